"""A missing gradient is hidden behind zeros.

With `unconnected_gradients=ZERO`, and in `batch_jacobian`, TensorFlow returns zeros where there is no path. The
program runs on and nothing is learned there.

Bad:

```python
w = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.round(w) * 2.0)  # error: non-differentiable-op
g = tape.gradient(y, w, unconnected_gradients="zero")  # tf: zero  # warning: hidden-by-zero
```

Good:

```python
w = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(w * 2.0)
g = tape.gradient(y, w, unconnected_gradients="zero")  # tf: flows
```

To mend it: mend the cut that the other finding names. Ask for zeros only for sources that are known to be optional:
where the target simply does not use the source, this is a note.

When to ignore it: when the source is optional.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL417", level="warning", tags=("tape",))


@rule.on_gradient
def check(gradient: Gradient) -> Iterator[Diagnostic]:
    hidden = [cut for cut in gradient.cuts if cut.outcome == "none" and cut.certain]
    if not hidden or not (gradient.zeros_for_none or gradient.method == "batch_jacobian"):
        return
    help = "mend the path, or take the source out"
    said = "zeros stand for the missing gradient of {sources}: no path leads to the target"
    if all(cut.reason == "unwatched" for cut in hidden):
        said = "zeros stand for the missing gradient of {sources}, which the tape does not watch"
        help = "call `tape.watch` before it is used"
    yield rule.at(
        gradient,
        said,
        level="note" if all(cut.reason in ("unrelated", "branch") for cut in hidden) else "warning",
        sources=[source for cut in hidden for source in cut.sources],
        steps=hidden[0].steps,
        help=help,
    )
