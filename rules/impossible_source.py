"""The source of a gradient is nothing that TensorFlow can differentiate by.

A model, a layer, a NumPy array, the result of `get_weights()`, a symbolic Keras tensor or a string as a source: the
gradient call raises AttributeError or TypeError.

Bad:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(tf.ones([4, 2])))
g = tape.gradient(loss, model)  # tf: raises AttributeError  # error: impossible-source
```

Good:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(tf.ones([4, 2])))
g = tape.gradient(loss, model.trainable_variables)  # tf: flows, flows
```

To mend it: variables or watched tensors: `model.trainable_variables`, `tf.convert_to_tensor(array)` with
`tape.watch`; for Grad-CAM a model with two outputs.

When to ignore it: never; the call raises.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL413", tags=("tape",))


@rule.on_problem("impossible source")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"`{problem.place.text}` cannot be a source"
    help = "sources are variables and watched tensors, such as `model.trainable_variables`"
    yield rule.at(problem, f"{said}: {problem.error}" if problem.error else said, help=help)
