"""The source is a new tensor, made from what the target uses.

`v[0]` in the gradient call is a slice that is made there and then: the target was computed from `v`, not from this
slice, so the gradient is `None`. The same holds for `inputs[:, :1]`, `tf.reshape(v, ...)` and `-v`.

Bad:

```python
v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(v * v)
g = tape.gradient(y, v[0])  # tf: none  # error: source-made-after-use
```

Good:

```python
v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(v * v)
g = tape.gradient(y, v)[0]  # tf: flows
```

To mend it: differentiate with respect to the whole and slice the gradient; or slice first, inside the tape, and
compute the target from the slices.

When to ignore it: never; the gradient is always None.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL403", tags=("tape",))


@rule.on_cut("unrelated")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.detail == "derived":
        whole = cut.other("variable") or cut.argument
        name = f"`{whole.text}`" if whole and whole.text else "what the target is computed from"
        help = f"differentiate with respect to {name}, and take the part from the gradient"
        yield rule.cut(cut, "the target was not computed from this new tensor", help=help)
