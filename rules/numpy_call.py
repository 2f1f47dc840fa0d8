"""NumPy computes something that a gradient needs.

A NumPy function turns the tensor that it is given into a plain array, so the tape does not see what it does and the
path of the gradient ends there. If the array goes on into TensorFlow the gradient is `None`; if it is itself the
target, the gradient call raises AttributeError. Operators do not do this: in `np.ones(3) * x` TensorFlow multiplies.

Bad:

```python
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(np.square(x))  # error: numpy-call
g = tape.gradient(y, x)  # tf: none
```

Good:

```python
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.square(x))
g = tape.gradient(y, x)  # tf: flows
```

To mend it: use TensorFlow's function of the same name (`tf.square`, `tf.reduce_mean`, `tf.math.sin`); `tf.stack` for
`np.array([a, b])`; `tf.TensorArray` or a list and `tf.stack` for an array that is filled element by element.

When to ignore it: when the value is meant to be a constant. `tf.stop_gradient` says that better.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL101", tags=("numpy",))


@rule.on_cut("detached")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if not called(cut, "numpy.*"):
        return
    if called(cut, "numpy.ndarray.__setitem__"):
        help = "collect the tensors in a list and `tf.stack` them, or write them into a `tf.TensorArray`"
        yield rule.cut(cut, f"`{cut.place.text}` is an element of a NumPy array", help=help)
        return
    other = ask.equivalent(cut.call)
    help = f"compute `{cut.result}` with TensorFlow's functions, which the tape records"
    if other:
        help = f"`{ask.spelled(other, cut.place)}` computes the same and keeps the gradient"
    fix = ask.in_tensorflow(cut.call, cut.place, cut.result)
    yield rule.cut(cut, f"NumPy computes `{cut.result}`", fix=fix, help=help)
