"""The list of variables is read before the model has any.

A layer or subclassed model makes its variables when it is first called. `model.trainable_variables` before that is an
empty list, and stays the empty list that it was: the gradient is an empty list too. Keras 3's optimizer raises, Keras
2's skips the step.

Bad:

```python
layer = keras.layers.Dense(1)
variables = layer.trainable_variables  # error: variables-read-before-build
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(layer(tf.ones([4, 2])))
g = tape.gradient(loss, variables)  # tf: empty
```

Good:

```python
layer = keras.layers.Dense(1)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(layer(tf.ones([4, 2])))
g = tape.gradient(loss, layer.trainable_variables)  # tf: flows, flows
```

To mend it: read the list at the gradient call, or build the model first (`model.build(shape)`, an `Input`).

When to ignore it: never; there is nothing to differentiate by.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL418", tags=("keras",))


@rule.on_problem("no sources")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"`{problem.place.text}` is an empty list here: the model is not built yet"
    yield rule.at(problem, said, help="read the variables after the first call, or at the gradient call")
