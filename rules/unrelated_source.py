"""The target is not computed from the source.

The source has no part in the target: a variable that the forward pass does not use, the variables of another model,
or target and source swapped in the call. TensorFlow returns `None` for it.

Bad:

```python
w1, w2 = tf.Variable(1.0), tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = w1 * 3.0
g = tape.gradient(y, [w1, w2])  # tf: flows, none  # error: unrelated-source
```

Good:

```python
w1, w2 = tf.Variable(1.0), tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = w1 * 3.0 + w2
g = tape.gradient(y, [w1, w2])  # tf: flows, flows
```

To mend it: use the source in the target, or ask for the variables that the target was computed with. Where a source
is optional, `unconnected_gradients=tf.UnconnectedGradients.ZERO` gives zeros.

When to ignore it: when the `None`s are dropped afterwards.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL408", tags=("tape",))

BECAUSE = {
    "swapped": ("target and source are swapped", "the target comes first: `tape.gradient(loss, variables)`"),
    "differentiated": (
        "the target is made of derivatives, which do not depend on {it}",
        "what is only added before a derivative is taken, such as the last bias, does not change it: add a loss on the "
        "value itself, or take {it} out of the sources",
    ),
    "other model": ("the target is computed with other variables", "ask for the variables of the model that it uses"),
}


@rule.on_gradient
def check(gradient: Gradient) -> Iterator[Diagnostic]:
    for cut in gradient.cuts:
        elsewhere = cut.detail in ("derived", "copy", "linear")
        if cut.reason == "unrelated" and not elsewhere and not gradient.zeros_for_none:
            usual = ("the target does not use {it}", "use {it} in the target, or take {it} out of the sources")
            because, help = BECAUSE.get(cut.detail, usual)
            if number := cut.other("number"):
                because = f"the target does not use {{it}}; `{number.text}` takes a number out of TensorFlow"
                help = "where that number decides something, such as how often a loop runs: compute with {it} instead"
            yield rule.cut(cut, because, help=help)
