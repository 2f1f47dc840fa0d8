"""The update is made while the tape records.

A persistent tape, or an outer one, still records when `optimizer.apply_gradients` stands in its `with` block. The
update is right, but it costs time and memory for nothing.

Bad:

```python
x = tf.Variable(3.0)
optimizer = keras.optimizers.SGD(0.1)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
    g = tape.gradient(y, x)  # tf: flows  # note: gradient-inside-tape
    optimizer.apply_gradients([(g, x)])  # note: update-inside-tape
del tape
```

Good:

```python
x = tf.Variable(3.0)
optimizer = keras.optimizers.SGD(0.1)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
optimizer.apply_gradients([(g, x)])
```

To mend it: update after the `with` block.

When to ignore it: it is a note, not a failure.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL502", level="note", precision="medium", tags=("training",))


@rule.on_problem("update inside tape")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"the update `{problem.place.text}` is made while the tape records"
    yield rule.at(problem, said, help="update after the `with` block")
