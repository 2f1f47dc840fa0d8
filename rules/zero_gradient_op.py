"""The gradient of an operation on the way is always zero.

`tf.sign` is flat wherever it is differentiable, a clipped value does not move outside its bounds, and the second
derivative of ReLU is 0. TensorFlow returns zeros, not `None`, so nothing warns and nothing learns.

Bad:

```python
w = tf.Variable([0.5, -1.5])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.sign(w))  # error: zero-gradient-op
g = tape.gradient(loss, w)  # tf: zero
```

Good:

```python
w = tf.Variable([0.5, -1.5])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.tanh(w))
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: a smooth stand-in: `tf.tanh` for `tf.sign`, `tf.nn.softplus` for a lower bound, `tf.tanh` with a scale for
two; `tanh` or `swish` activations where a second derivative is taken.

When to ignore it: where a bound is meant to stop learning.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL118", tags=("numbers",))


@rule.on_cut("zero")
def check(cut: Cut) -> Iterator[Diagnostic]:
    help = "use a smooth stand-in: `tf.tanh`, `tf.nn.softplus`, `tf.sigmoid`"
    if cut.detail == "beside":
        is_statement = cut.place.text.startswith(("while ", "for ", "if "))
        block = cut.place.text.partition(":")[0] if is_statement else cut.place.text
        what = "what is asked for" if cut.result.startswith(block[:20]) else f"`{cut.result}`"
        help = "differentiate what is computed from it: how often a loop runs, or which way, has no slope"
        yield rule.cut(cut, f"`{block}` uses it, but does not compute {what} from it", help=help)
        return
    because = f"the gradient of `{cut.place.text}` is 0"
    if cut.outcome == "none":
        because = f"the gradient of `{cut.place.text}` cannot be differentiated again"
    elif cut.detail == "again":
        help = "use an activation that has one, such as `tanh`, `swish` or `softplus`"
        because = f"the second derivative of `{cut.call.rpartition('.')[2]}` in `{cut.place.text}` is 0"
    elif called(cut, "*clip*", "*.maximum", "*.minimum", "*relu*"):
        because = f"`{cut.place.text}` does not move outside its bounds"
    yield rule.cut(cut, because, help=help)
