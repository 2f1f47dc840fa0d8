"""tf.stop_gradient stands on the only path of a gradient.

`tf.stop_gradient` says that a value is a constant for every gradient. Where it lies on all paths from a source to the
target, the gradient is `None`.

Bad:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    h = tf.stop_gradient(w * 3.0)  # error: stopped-gradient
    y = h * h
g = tape.gradient(y, w)  # tf: none
```

Good:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    h = w + tf.stop_gradient(tf.round(w) - w)
    y = h * h
g = tape.gradient(y, w)  # tf: flows
```

To mend it: remove it, or stop only the other operand, as the straight-through estimator above does. A source that is
meant to be frozen does not belong into the list of sources.

When to ignore it: when the list of sources is long and some of it is frozen on purpose.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL111", tags=("operation",))


@rule.on_cut("operation")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if called(cut, "*stop_gradient"):
        alone = cut.argument is None or cut.argument.text == cut.result  # `h = h` would be left
        fix = None if alone else ask.fix("unwrap_call", "Remove the stop", cut.place)
        help = "remove it, or take {sources} out of the sources if it is frozen on purpose"
        yield rule.cut(cut, f"`{cut.place.text}` stops it", fix=fix, help=help)
