"""A tensor becomes a NumPy array or a Python number on the way of a gradient.

`.numpy()`, `float(t)`, `int(t)`, `.item()`, `.tolist()` and `keras.ops.convert_to_numpy` copy the value out of
TensorFlow. The copy does not know where it came from, so the gradient is `None`, or the gradient call raises if the
copy is the target.

Bad:

```python
w = tf.Variable(3.0)
with tf.GradientTape() as tape:
    scale = float(w)  # error: tensor-to-python
    loss = tf.square(tf.constant(2.0) * scale)
g = tape.gradient(loss, w)  # tf: none
```

Good:

```python
w = tf.Variable(3.0)
with tf.GradientTape() as tape:
    loss = tf.square(tf.constant(2.0) * w)
print(float(loss))
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: keep the tensor until the gradient is taken and convert it afterwards. Tensors that are collected in a
list are joined by `tf.stack`.

When to ignore it: when the value is meant to be a constant. `tf.stop_gradient` says that better.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL102", tags=("numpy",))

OTHER_RULES = ("numpy.*", "math.*", "*.get_weights", "*.metrics.*", "Metric.*", "*numpy_function", "*.py_func")
RUNS_A_MODEL = ("*.predict", "*.predict_on_batch", "*.evaluate", "*.test_on_batch")


@rule.on_cut("detached")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if called(cut, *OTHER_RULES, *RUNS_A_MODEL):
        return
    fix = None
    if ask.used_as_array(cut.place, cut.result):
        pass  # it would have to be changed, too
    elif called(cut, "*.numpy"):
        fix = ask.fix("drop_method_call", "Drop `.numpy()`", cut.place, safe=True)
    elif cut.argument and called(cut, "builtins.float", "*.convert_to_numpy"):
        fix = ask.fix("unwrap_call", "Keep the tensor", cut.place, safe=True)
    kept = cut.argument.text if cut.argument else "the tensor"
    help = f"keep `{kept}` a tensor until the gradient is taken" if cut.argument else "keep it a tensor"
    yield rule.cut(cut, f"`{cut.place.text}` copies the value out of TensorFlow", fix=fix, help=help)
