"""A logarithm of something that can be zero.

`tf.math.log(0)` is minus infinity and its derivative infinite. A softmax or sigmoid that is sure rounds to exactly 0
or 1, so `log(softmax(z))` and `log(1 - sigmoid(z))` get there in ordinary training.

Bad:

```python
logits = tf.Variable([[0.0, 200.0]])
with tf.GradientTape() as tape:
    loss = -tf.reduce_sum(tf.constant([[1.0, 0.0]]) * tf.math.log(tf.nn.softmax(logits)))  # error: singular-log
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

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL304", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("log")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    help = f"add a small number: `{found.argument.text} + 1e-7`"
    fix = ask.fused(found.place)
    if fix:
        help = "the fused function is finite everywhere"
    elif found.not_negative:
        fix = ask.fix("add_epsilon", "Add a small number", found.argument)
    yield rule.singular(found, fix=fix, help=help)
