"""A function where its derivative is not finite.

Few functions have a slope everywhere. `digamma`, `lgamma` and `polygamma` have poles at 0 and at every negative whole
number, `tf.linalg.global_norm` and `tf.clip_by_global_norm` have no slope where all tensors are 0, and a cross-entropy
from probabilities divides each row by its sum: a row of zeros gives NaN.

Bad:

```python
v = tf.Variable([0.0, 0.0])
w = tf.Variable([0.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(v - w) + tf.linalg.global_norm([v, w])  # error: singular-point
g = tape.gradient(loss, [v, w])  # tf: nan, nan
```

Good:

```python
v = tf.Variable([0.0, 0.0])
w = tf.Variable([0.0])
with tf.GradientTape() as tape:
    squared = tf.add_n([tf.reduce_sum(tf.square(each)) for each in (v, w)])
    loss = tf.reduce_sum(v - w) + tf.sqrt(squared + 1e-12)
g = tape.gradient(loss, [v, w])  # tf: flows, flows
```

To mend it: keep the argument away from the point, by a small number that is added or by `tf.maximum`; for a
cross-entropy hand over the logits with `from_logits=True`.

When to ignore it: when the argument cannot get there for a reason that the code does not show.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL308", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("point")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    help = f"keep `{found.argument.text}` away from there"
    if "crossentropy" in found.call.lower():
        help = "hand over the logits, with `from_logits=True`"
    yield rule.singular(found, help=help)
