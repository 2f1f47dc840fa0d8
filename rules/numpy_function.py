"""A gradient has to pass tf.numpy_function, which has none.

`tf.numpy_function` (and `tf.compat.v1.py_func`) runs a Python function on arrays. TensorFlow cannot look into it and
gives `None` without a word.

Bad:

```python
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.numpy_function(np.square, [x], tf.float32)  # error: numpy-function
    loss = tf.reduce_sum(y)
g = tape.gradient(loss, x)  # tf: none
```

Good:

```python
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.py_function(tf.square, [x], tf.float32)
    loss = tf.reduce_sum(y)
g = tape.gradient(loss, x)  # tf: flows
```

To mend it: `tf.py_function` differentiates what TensorFlow's functions do inside it (`--fix` writes it where all that
the function does has its like in TensorFlow); or give the derivative yourself, with `tf.custom_gradient` around the
call.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL104", tags=("numpy",))


@rule.on_cut("operation", "detached")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if called(cut, "*numpy_function", "*.py_func"):
        help = "use TensorFlow's functions, in a `tf.py_function` if need be, or `tf.custom_gradient` around the call"
        fix = ask.differentiable(cut.place)
        yield rule.cut(cut, f"`{cut.place.text}` has no gradient", fix=fix, help=help)
