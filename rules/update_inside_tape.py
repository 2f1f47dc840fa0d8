"""The update is made while the tape records.

`optimizer.apply_gradients` inside the `with` block is recorded too. The update is right, but it costs time and memory
for nothing.

Bad:

```python
x = tf.Variable(3.0)
optimizer = keras.optimizers.SGD(0.1)
with tf.GradientTape() as tape:
    y = x * x
    g = tape.gradient(y, x)  # tf: flows
    optimizer.apply_gradients([(g, x)])  # note: update-inside-tape
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
    said = problem.text or f"the tape records the update `{problem.place.text}`"
    yield rule.at(problem, said, help="update after the `with` block")
