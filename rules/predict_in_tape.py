"""A model is run by predict, whose result is no tensor.

`predict`, `predict_on_batch`, `evaluate` and `test_on_batch` return NumPy arrays or Python numbers. The tape does not
see what the model did, and no gradient reaches its weights or its input.

Bad:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
x = tf.ones([4, 2])
with tf.GradientTape() as tape:
    prediction = model.predict(x, verbose=0)  # error: predict-in-tape
    loss = tf.reduce_mean(tf.square(prediction - 1.0))
g = tape.gradient(loss, model.trainable_variables)  # tf: none, none
```

Good:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
x = tf.ones([4, 2])
with tf.GradientTape() as tape:
    prediction = model(x, training=True)
    loss = tf.reduce_mean(tf.square(prediction - 1.0))
g = tape.gradient(loss, model.trainable_variables)  # tf: flows, flows
```

To mend it: call the model: `model(x)`, with `training=True` or `training=False` as needed.

When to ignore it: when the prediction is meant to be a constant; then it is not reported as long as another path
leads to the target.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL105", tags=("keras",))


@rule.on_cut("detached")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if not called(cut, "*.predict", "*.predict_on_batch", "*.evaluate", "*.test_on_batch"):
        return
    fix = None
    if called(cut, "*.predict", "*.predict_on_batch") and not ask.used_as_array(cut.place, cut.result):
        fix = ask.fix("call_instead_of_predict", "Call the model", cut.place, safe=True)
    method = cut.call.rpartition(".")[2]
    help = "call the model itself, `model(x, training=...)`"
    yield rule.cut(cut, f"`{method}` returns plain numbers", fix=fix, help=help)
