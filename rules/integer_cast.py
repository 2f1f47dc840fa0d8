"""A value becomes an integer or a boolean on the way of a gradient.

Only floating-point (and complex) tensors have gradients. `tf.cast` to an integer or boolean type, and every operation
whose result is one, ends the path: `None`, also when the target itself is an integer.

Bad:

```python
w = tf.Variable([0.5, 1.5])
with tf.GradientTape() as tape:
    pixels = tf.cast(w * 255.0, tf.int32)  # error: integer-cast
    loss = tf.reduce_mean(tf.cast(pixels, tf.float32))
g = tape.gradient(loss, w)  # tf: none
```

Good:

```python
w = tf.Variable([0.5, 1.5])
with tf.GradientTape() as tape:
    pixels = w * 255.0
    loss = tf.reduce_mean(pixels)
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: stay with floats until the gradient is taken; or pass the integer value forwards and the gradient of the
float backwards: `x + tf.stop_gradient(tf.round(x) - x)`.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL107", tags=("operation",))


@rule.on_cut("integer")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.detail == "index":
        return  # non-differentiable-op
    kept = f"keep `{cut.argument.text}` a float" if cut.argument else "keep it a float"
    help = f"{kept} until the gradient is taken; only floats have gradients"
    made = f"`{cut.result or cut.place.text}` is no float"
    if cut.detail == "converted":
        made = f"`{cut.place.text}` casts it to whole numbers"
        help = "it casts its arguments to the dtype of one of them, which is no float: make floats of that"
    yield rule.cut(cut, made, help=help)
