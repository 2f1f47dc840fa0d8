"""The source is watched only after it was used.

`tape.watch(x)` concerns what happens afterwards. What was computed from `x` before is not recorded, unless a variable
took part in it.

Bad:

```python
x = tf.constant(3.0)
with tf.GradientTape() as tape:
    y = x * x
    tape.watch(x)  # error: watched-too-late
g = tape.gradient(y, x)  # tf: none
```

Good:

```python
x = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
g = tape.gradient(y, x)  # tf: flows
```

To mend it: `tape.watch(x)` as the first line of the block; and watch the tensor that is really used, not one that it
was made from before.

When to ignore it: never; the gradient is always None.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL404", tags=("tape",))


@rule.on_cut("unwatched")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.detail == "late":
        name = cut.argument.text if cut.argument else "{sources}"
        help = f"watch `{name}` before its first use" if cut.argument else "watch it before its first use"
        yield rule.cut(cut, "`watch` comes after the first use", help=help)
