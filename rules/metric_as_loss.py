"""A Keras metric is used where a loss is needed.

A metric object keeps its sums in variables, and what `result()` returns is computed from those: nothing of it leads
back to the model. Accuracies count comparisons and have no gradient either.

Bad:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
mse = keras.metrics.MeanSquaredError()
with tf.GradientTape() as tape:
    loss = mse(tf.zeros([4, 1]), model(tf.ones([4, 2])))  # error: metric-as-loss
g = tape.gradient(loss, model.trainable_variables)  # tf: none, none
```

Good:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
mse = keras.losses.MeanSquaredError()
with tf.GradientTape() as tape:
    loss = mse(tf.zeros([4, 1]), model(tf.ones([4, 2])))
g = tape.gradient(loss, model.trainable_variables)  # tf: flows, flows
```

To mend it: use the class of the same name in `keras.losses`, a cross-entropy in place of an accuracy, and keep the
metric for reports.

When to ignore it: never; a metric object has no gradient.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL114", tags=("keras",))


@rule.on_cut("operation", "detached")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if called(cut, "*.metrics.*", "Metric.*"):
        help = "use a loss from `keras.losses`; keep the metric for reports"
        yield rule.cut(cut, f"`{cut.place.text}` is a metric, which has no gradient", help=help)
