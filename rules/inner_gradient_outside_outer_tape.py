"""A gradient that is differentiated again was taken outside the outer tape, or is the same everywhere.

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

To mend it: indent the inner `gradient` call into the outer `with` block (`--fix` does, where it stands right after
it).

The second derivative of what is linear in the source is `None` as well, not zero: the first derivative is not computed
from the source. Where that is meant, `unconnected_gradients=tf.UnconnectedGradients.ZERO` gives zeros.

When to ignore it: never, if the second derivative is needed.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL411", tags=("tape",))


@rule.on_cut("outside")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.detail != "inner gradient":
        return
    block = cut.other("with")
    fix = None
    if block:
        message = "Take it inside the outer tape's block"
        fix = ask.fix("move_statement_to_end_of_block", message, cut.statement, block.span, safe=True)
    because = "the inner gradient is taken outside the outer tape"
    help = "compute and take the inner gradient inside the outer `with` block"
    yield rule.cut(cut, because, fix=fix, help=help)


@rule.on_gradient
def check_linear(gradient: Gradient) -> Iterator[Diagnostic]:
    for cut in gradient.cuts:
        if cut.reason == "unrelated" and cut.detail == "linear" and not gradient.zeros_for_none:
            because = "the first derivative does not depend on {it}"
            help = "what is linear has no second derivative; ask for zeros with `unconnected_gradients`"
            yield rule.cut(cut, because, help=help)
