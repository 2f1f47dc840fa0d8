"""An inverse function at the edge of where it is defined.

The slopes of `acos` and `asin` at -1 and 1, of `atanh` at -1 and 1, of `acosh` at 1 are infinite, and that of
`atan2(0, 0)` is NaN. A cosine of two equal directions is 1, or by rounding a little more.

Bad:

```python
cosine = tf.Variable([1.0, 0.5])
with tf.GradientTape() as tape:
    angle = tf.acos(tf.clip_by_value(cosine, -1.0, 1.0))  # error: singular-inverse
g = tape.gradient(angle, cosine)  # tf: inf
```

Good:

```python
cosine = tf.Variable([1.0, 0.5])
with tf.GradientTape() as tape:
    angle = tf.acos(tf.clip_by_value(cosine, -0.99999, 0.99999))
g = tape.gradient(angle, cosine)  # tf: flows
```

To mend it: clip the argument inside the open interval, or add a small number to the first argument of `atan2`.

When to ignore it: when the argument cannot reach the edge for a reason that the code does not show.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL307", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("inverse")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    help = f"clip `{found.argument.text}` inside the open interval"
    if found.call.endswith("atan2"):
        help = "add a small number to one of the arguments"
    yield rule.singular(found, help=help)
