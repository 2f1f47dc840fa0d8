"""A tensor is put into a new variable on the way of a gradient.

`tf.Variable(t)` copies the value of `t` into a variable that has no history. The gradient ends at the copy.

Bad:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    h = tf.Variable(w * 3.0)  # error: new-variable
    y = h * h
g = tape.gradient(y, w)  # tf: none
```

Good:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    h = w * 3.0
    y = h * h
g = tape.gradient(y, w)  # tf: flows
```

To mend it: use the tensor itself. A variable that is filled piece by piece becomes a list and `tf.stack`, or
`tf.tensor_scatter_nd_update`. In Keras 3 a variable that is handed to a `tf.function` as an argument is copied too:
let the function close over the model.

When to ignore it: when a copy is what is wanted; `tf.stop_gradient(t)` says so.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL108", tags=("variable",))


@rule.on_cut("operation")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.detail == "filled":
        help = "collect the pieces in a list and `tf.stack` them, or use `tf.tensor_scatter_nd_update`"
        yield rule.cut(cut, f"`{cut.place.text}` fills a new variable with copies", help=help)
        return
    if not called(cut, "*.Variable"):
        return
    if cut.detail == "function argument":
        because = "a `tf.function` copies a Keras variable that is its argument"
        yield rule.cut(cut, because, help="let the function close over the variable")
        return
    fix = ask.fix("unwrap_call", "Use the value itself", cut.place, safe=True) if cut.argument else None
    kept = cut.argument.text if cut.argument else "the value"
    yield rule.cut(cut, f"`{cut.place.text}` copies the value", fix=fix, help=f"use `{kept}` itself")
