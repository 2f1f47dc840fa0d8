"""A power whose derivative is not finite.

`x ** a` with `a` below 1 has an infinite slope at 0, and a fractional power of a negative number is NaN. Unlike
`tf.sqrt`, `x ** 0.5` gives NaN even where the gradient that comes in is 0.

Bad:

```python
k = tf.Variable([0.0, 4.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(k ** 0.5)  # error: singular-power
g = tape.gradient(y, k)  # tf: inf
```

Good:

```python
k = tf.Variable([0.0, 4.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.maximum(k, 1e-6) ** 0.5)
g = tape.gradient(y, k)  # tf: flows
```

To mend it: keep the base away from 0: `tf.maximum(x, 1e-6) ** a`, `tf.abs(x) + 1e-6`.

When to ignore it: when the base cannot be 0 or negative for a reason that the code does not show.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL306", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("power")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    base = found.argument.text
    fix = ask.fix("replace", "Keep the base away from 0", found.argument, f"tensorflow.maximum({base}, 1e-6)")
    help = f"keep the base away from 0: `{ask.spelled('tensorflow.maximum', found.place)}({base}, 1e-6)`"
    yield rule.singular(found, fix=fix, help=help)
