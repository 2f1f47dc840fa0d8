"""The path leads through code during which the tape does not record.

`tape.stop_recording()` is meant for what is only looked at, and `tape.reset()` forgets all that was recorded before.
What the target needs must not lie there.

Bad:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    with tape.stop_recording():
        h = w * 3.0  # error: recording-stopped
    y = h * h
g = tape.gradient(y, w)  # tf: none
```

Good:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    h = w * 3.0
    with tape.stop_recording():
        print(h)
    y = h * h
g = tape.gradient(y, w)  # tf: flows
```

To mend it: compute what the target needs outside `stop_recording()`, and after the last `reset()`.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL409", tags=("tape",))


@rule.on_cut("outside")
def check(cut: Cut) -> Iterator[Diagnostic]:
    what = cut.result or cut.place.text
    if cut.detail == "stopped":
        because = f"`{what}` is computed while recording is stopped"
        yield rule.cut(cut, because, help="compute it while the tape records")
    elif cut.detail == "reset":
        because = f"`{cut.place.text}` makes the tape forget what it recorded before"
        yield rule.cut(cut, because, help="compute what the target needs after the reset, or leave the reset out")
