"""The gradient is asked of a tape that did not record the target.

With two tapes at work each knows only what ran while it recorded, and only what it watches. Asking the other one
gives `None`.

Bad:

```python
a, b = tf.Variable(1.0), tf.Variable(2.0)
with tf.GradientTape() as tape_a:
    loss_a = a * a
with tf.GradientTape() as tape_b:
    loss_b = b * b
g = tape_b.gradient(loss_a, a)  # tf: none  # error: wrong-tape
```

Good:

```python
a, b = tf.Variable(1.0), tf.Variable(2.0)
with tf.GradientTape() as tape_a:
    loss_a = a * a
with tf.GradientTape() as tape_b:
    loss_b = b * b
g = tape_a.gradient(loss_a, a)  # tf: flows
```

To mend it: ask the tape that recorded the target. Give tapes different names: a second `as tape` hides the first.

When to ignore it: never; the gradient is always None.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL410", tags=("tape",))


@rule.on_cut("outside")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.detail == "other tape":
        yield rule.cut(cut, "another tape recorded the target", help="ask the tape that recorded the target")
