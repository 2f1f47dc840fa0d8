"""A layer is made and never called.

A layer that `__init__` makes and `call` does not use has no variables. No gradient is ever `None`, nothing warns; it
just does not learn, and the model is smaller than it was meant to be.

Bad:

```python
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(4)
        self.second = keras.layers.Dense(1)  # warning: unused-layer

    def call(self, x):
        return self.first(x)

net = Net()
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(net(tf.ones([2, 3])))
g = tape.gradient(loss, net.trainable_variables)  # tf: flows, flows
```

Good:

```python
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(4)
        self.second = keras.layers.Dense(1)

    def call(self, x):
        return self.second(self.first(x))

net = Net()
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(net(tf.ones([2, 3])))
g = tape.gradient(loss, net.trainable_variables)  # tf: flows, flows, flows, flows
```

To mend it: call it, or remove it.

When to ignore it: when it is kept so that old checkpoints load.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL503", level="warning", precision="high", tags=("keras",))


@rule.on_problem("unused layer")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"the layer `{problem.place.text}` is never called: it has no variables"
    yield rule.at(problem, said, help="call it, or remove it")
