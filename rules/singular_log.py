"""A logarithm of something that can be zero.

`tf.math.log(0)` is minus infinity and its derivative infinite. A softmax or sigmoid that is sure rounds to exactly 0
or 1, so `log(softmax(z))` and `log(1 - sigmoid(z))` get there in ordinary training.

Bad:

```python
logits = tf.Variable([[0.0, 200.0]])
with tf.GradientTape() as tape:
    loss = -tf.reduce_sum(tf.constant([[1.0, 0.0]]) * tf.math.log(tf.nn.softmax(logits)))  # warning: singular-log
g = tape.gradient(loss, logits)  # tf: nan
```

Good:

```python
logits = tf.Variable([[0.0, 200.0]])
with tf.GradientTape() as tape:
    loss = -tf.reduce_sum(tf.constant([[1.0, 0.0]]) * tf.nn.log_softmax(logits))
g = tape.gradient(loss, logits)  # tf: flows
```

To mend it: `tf.nn.log_softmax`, `tf.math.log_sigmoid` or a loss from logits; `tf.math.xlogy(p, p)` for `p * log(p)`;
`log(p + 1e-7)`. Clip the argument, not the result.

When to ignore it: when the argument cannot be 0 for a reason that the code does not show.
"""

import re
from collections.abc import Iterator

from tapelint import Context, Diagnostic, Rule, Singularity

rule = Rule(__name__, code="TL304", level="warning", precision="high", tags=("numbers",))

FUSED = {
    "tensorflow.nn.softmax": "tensorflow.nn.log_softmax",
    "tensorflow.sigmoid": "tensorflow.math.log_sigmoid",
    "tensorflow.math.sigmoid": "tensorflow.math.log_sigmoid",
    "tensorflow.nn.sigmoid": "tensorflow.math.log_sigmoid",
}


@rule.on_singularity("log")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    fix = None
    help = f"add a small number: `{found.argument.text} + 1e-7`"
    fused = _fused(found, ask)
    if fused:
        fix = ask.fix("replace", f"Use `{fused.partition('(')[0]}`", found.place, fused, safe=True)
        help = "the fused function is finite everywhere"
    elif found.not_negative:
        fix = ask.fix("add_epsilon", "Add a small number", found.argument)
    yield rule.singular(found, fix=fix, help=help)


def _fused(found: Singularity, ask: Context) -> str:
    """`log(softmax(z))`, `log(sigmoid(z))` and `log(1 - sigmoid(z))` in one function, "" for all others."""
    argument = re.sub(r"^1(\.0?)? *- *", "", text := ask.text(found.argument.span))
    for name, fused in FUSED.items():
        start = ask.spelled(name, found.place) + "("
        inner = argument[len(start) : -1]
        plain = argument.startswith(start) and argument.endswith(")") and not re.search(r"\).*\(", inner)
        if plain and (argument == text or "sigmoid" in name):
            return f"{fused}({inner})" if argument == text else f"{fused}(-({inner}))"
    return ""
