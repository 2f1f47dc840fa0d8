"""An operation on the way has no gradient registered: the gradient call raises.

Some operations are differentiable in principle, but nobody wrote the derivative: `tf.linalg.lu`, `tf.unique`,
`tf.image.adjust_contrast`, `tf.image.resize` with `method="area"`. TensorFlow raises LookupError when the gradient is
asked for.

Bad:

```python
m = tf.Variable([[2.0, 1.0], [1.0, 3.0]])
with tf.GradientTape() as tape:
    lu, p = tf.linalg.lu(m)  # error: unregistered-gradient
    y = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(lu)))
g = tape.gradient(y, m)  # tf: raises LookupError
```

Good:

```python
m = tf.Variable([[2.0, 1.0], [1.0, 3.0]])
with tf.GradientTape() as tape:
    sign, y = tf.linalg.slogdet(m)
g = tape.gradient(y, m)  # tf: flows
```

To mend it: another operation (`tf.linalg.slogdet`, bilinear resizing), `tf.stop_gradient` around it where no gradient
is meant to pass, or `tf.custom_gradient`.

When to ignore it: never; the call raises.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL117", tags=("operation",))


@rule.on_cut("unregistered")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.call == "custom gradient":
        return
    help = "use another operation, `tf.stop_gradient` around it, or `tf.custom_gradient`"
    lacks = "has a gradient that refuses an `IndexedSlices`" if cut.detail == "rows" else "has no gradient registered"
    yield rule.cut(cut, f"`{cut.place.text}` {lacks}", help=help)
