"""A gradient is known to be amiss, and no finer rule says why.

This is the net under the other rules. `tapelint trace` says of a source that its gradient is `None`, zero or an
exception, and none of the places on the way has a rule of its own. No program is known for which that is so: whoever
sees this finding has found a gap, and a report of it is welcome.

A finer rule speaks of this, as it should.

Bad:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.constant(3.0) * 2.0
g = tape.gradient(y, [x])  # tf: none  # error: unrelated-source
```

Good:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * 2.0
g = tape.gradient(y, [x])  # tf: flows
```

To mend it: follow the steps of the finding from the source to the place where they end, and compute that part with
TensorFlow inside the tape. `tapelint trace` shows the verdict of every gradient call.

When to ignore it: when a function of the project is taken for something that it is not. Better: say what it does in
the settings, `[tool.tapelint.facts]`.
"""

from collections.abc import Iterator
from typing import Literal

from tapelint import Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL100", precision="high")

SAID = {
    "none": "no gradient reaches {sources}: no recorded path leads there from the target",
    "zero": "the gradient of {sources} is always zero",
    "raises": "the gradient of {sources} raises {error}",
}


@rule.on_gradient
def check(gradient: Gradient) -> Iterator[Diagnostic]:
    known = gradient.tape is None or gradient.tape.known_library
    told = {name for cut in gradient.cuts for name in cut.sources}
    for source in gradient.sources if gradient.reached and not gradient.problems else ():
        word, _, error = source.verdict.partition(" ")
        # A RuntimeError is the tape's: what led to it raises before, and is told there.
        if source.expression in told or word not in SAID or error == "RuntimeError":
            continue
        help = "compute the target from it with TensorFlow, inside the tape's block"
        said = SAID[word].replace("{error}", error)
        level: Literal["error", "warning"] = "error" if known else "warning"
        yield rule.at(gradient, said, level=level, sources=(source.expression,), steps=source.steps, help=help)
