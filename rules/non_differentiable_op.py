"""An operation without a gradient stands between the source and the target.

Rounding (`tf.round`, `tf.floor`, `//`), choosing (`tf.argmax`, `tf.argsort`), comparing, counting, shuffling and
using a value as an index have no gradient in TensorFlow: it returns `None` for whatever reaches the target only
through them.

Bad:

```python
w = tf.Variable([0.2, 1.7])
with tf.GradientTape() as tape:
    steps = tf.round(w)  # error: non-differentiable-op
    loss = tf.reduce_sum(steps * 2.0)
g = tape.gradient(loss, w)  # tf: none
```

Good:

```python
w = tf.Variable([0.2, 1.7])
with tf.GradientTape() as tape:
    steps = w + tf.stop_gradient(tf.round(w) - w)
    loss = tf.reduce_sum(steps * 2.0)
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: use a smooth stand-in (`tf.sigmoid` for a threshold, `tf.nn.softmax` for an argmax, a cross-entropy for an
accuracy), or a straight-through estimator as above: the rounded value forwards, the gradient of the unrounded one
backwards.

When to ignore it: never, if the gradient is needed; an operation that a gradient does not need is not reported.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL106", tags=("operation",))

OTHER_RULES = (
    *("*.Variable", "tensorflow.constant", "*.assign*", "Variable.*scatter_*", "*.clone_model", "copy.*"),
    *("*stop_gradient", "*.metrics.*", "Metric.*", "*numpy_function", "*.py_func", "*.categorical"),
    *("*.random.*", "*.multinomial", "*.get_weights", "Optimizer.*"),
)
INSTEAD = {
    "tensorflow.round": "a straight-through estimator: `{x} + tf.stop_gradient(tf.round({x}) - {x})`",
    "tensorflow.math.argmax": "`tf.nn.softmax`, or a loss on `{x}` itself",
    "tensorflow.argmax": "`tf.nn.softmax`, or a loss on `{x}` itself",
}
COMPARISONS = ("operator <*", "operator >*", "operator ==", "operator !=", "tensorflow.*greater*", "tensorflow.*less*")


@rule.on_cut("operation", "integer")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if (cut.reason == "integer" and cut.detail != "index") or cut.detail == "noise":
        return
    if called(cut, *OTHER_RULES) and not called(cut, "*.shuffle", "*.random_crop"):
        return
    x = cut.argument.text if cut.argument else "x"
    if cut.detail == "captured":
        said = f"the `tf.py_function` around `{cut.place.text}` is not handed it"
        yield rule.cut(cut, said, help="hand it over as an argument: `inp=[...]`")
        return
    if cut.detail == "looked up":
        where = "" if cut.call.rpartition(".")[2] in cut.place.text else f" in an `{cut.call.rpartition('.')[2]}`"
        help = "an index has no slope: differentiate by what is looked up, such as the output of the `Embedding`"
        yield rule.cut(cut, f"`{cut.place.text}` only looks it up{where}", help=help)
        return
    if cut.detail == "index":
        help = "an index has no slope: differentiate by what is looked up, or interpolate between two entries"
    elif called(cut, *COMPARISONS):
        help = "a comparison has no slope; `tf.sigmoid` of the difference is a smooth one"
    else:
        instead = INSTEAD.get(cut.call, "a smooth stand-in, or a straight-through estimator with `tf.stop_gradient`")
        help = "use " + instead.replace("{x}", x)
    part = cut.detail.removeprefix("part ") if cut.detail.startswith("part ") else ""
    what = f"`{part}` of `{cut.place.text}`" if part else f"`{cut.place.text}`"
    yield rule.cut(cut, f"{what} has no gradient", help=help)
