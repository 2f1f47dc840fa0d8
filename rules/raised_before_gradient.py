"""The program raises before the gradient is asked for.

An operation on the way refuses what it is given: doubles beside floats, shapes that do not fit, an argument that it
does not have, a name that the library does not have. The exception ends the program, or the function, and `gradient`
is never called. What raises for a reason of its own, a NumPy function in a graph or a value that cannot be watched,
has a rule of its own.

Bad:

```python
w = tf.Variable([1.0, 2.0])
scale = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * scale)  # error: raised-before-gradient  # tf: raises InvalidArgumentError
g = tape.gradient(loss, w)
```

Good:

```python
w = tf.Variable([1.0, 2.0])
scale = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * tf.cast(scale, w.dtype))
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: give the operation what it takes: `tf.cast` to the other's dtype, another shape, the name that the
installed version has.

When to ignore it: where the exception is wanted and caught outside the code that is read.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL423", tags=("operation",))


@rule.on_problem("raised before")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = f"the gradient is never asked for: {problem.text}"
    yield rule.at(problem, said if problem.error in said else f"{said}: {problem.error}")
