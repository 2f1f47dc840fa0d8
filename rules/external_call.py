"""A library that knows no tensors computes something that a gradient needs.

SciPy, scikit-learn, OpenCV, PIL, pandas and the `math` module take the tensor's value as an array or a number and
give one back. TensorFlow records nothing of it, so the gradient is `None`.

Bad:

```python
import math

x = tf.Variable(0.5)
with tf.GradientTape() as tape:
    y = tf.square(math.exp(x))  # error: external-call
g = tape.gradient(y, x)  # tf: none
```

Good:

```python
x = tf.Variable(0.5)
with tf.GradientTape() as tape:
    y = tf.square(tf.exp(x))
g = tape.gradient(y, x)  # tf: flows
```

To mend it: use TensorFlow's function (`tf.exp`, `tf.math.erf`, `tf.image.*`, `tf.linalg.*`). Where there is none,
wrap the call in a `tf.custom_gradient` function that says what its derivative is.

When to ignore it: when the value is meant to be a constant. `tf.stop_gradient` says that better.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL103", precision="high", tags=("numpy",))


@rule.on_cut("external", "detached")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.reason == "detached" and not called(cut, "math.*"):
        return
    library = cut.call.partition(".")[0]
    other = ask.equivalent(cut.call)
    help = f"compute `{cut.result}` with TensorFlow, or wrap the call in a `tf.custom_gradient` function"
    if other:
        help = f"`{ask.spelled(other, cut.place)}` computes the same and keeps the gradient"
    fix = ask.in_tensorflow(cut.call, cut.place, cut.result)
    yield rule.cut(cut, f"`{library}` computes `{cut.result}` outside TensorFlow", fix=fix, help=help)
