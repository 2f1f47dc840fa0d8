"""A gradient that is differentiated again was taken outside the outer tape.

For a second derivative the outer tape must see the inner `gradient` call, for that is where the first derivative is
computed. Taken after the outer block has ended, the first derivative is a plain number for the outer tape.

Bad:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x * x * x
dy = inner.gradient(y, x)  # error: inner-gradient-outside-outer-tape
ddy = outer.gradient(dy, x)  # tf: none
```

Good:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x * x * x
    dy = inner.gradient(y, x)
ddy = outer.gradient(dy, x)  # tf: flows
```

To mend it: indent the inner `gradient` call into the outer `with` block.

When to ignore it: never, if the second derivative is needed.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL411", tags=("tape",))


@rule.on_cut("outside")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.detail == "inner gradient":
        because = "the inner gradient is taken outside the outer tape"
        yield rule.cut(cut, because, help="compute and take the inner gradient inside the outer `with` block")
