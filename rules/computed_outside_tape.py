"""Something that a gradient needs is computed while no tape records.

A tape records from the start of its `with` block to the end. What is computed before it, after it, at import or in
`__init__` enters the block as a plain number: the gradient is `None` for all that was used there.

Bad:

```python
w = tf.Variable(2.0)
scale = tf.exp(w)  # error: computed-outside-tape
with tf.GradientTape() as tape:
    y = scale * 3.0
g = tape.gradient(y, w)  # tf: none
```

Good:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    scale = tf.exp(w)
    y = scale * 3.0
g = tape.gradient(y, w)  # tf: flows
```

To mend it: move the computation (the model's call, the loss, `tf.exp(log_scale)`) into the `with` block (`--fix` does,
where it stands right before or after it). What a class computes from its variables in `__init__` belongs into the
method that the tape runs.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Fix, Rule

rule = Rule(__name__, code="TL402", tags=("tape",))

WHEN = {
    "before": "is computed before the tape records",
    "after": "is computed after the tape has stopped",
}


@rule.on_cut("outside")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.detail in ("stopped", "reset", "other tape", "inner gradient", "dataset", "dataset loop"):
        return
    what = cut.result or cut.place.text
    because = f"`{what}` {WHEN.get(cut.detail, 'is computed where no tape records')}"
    help = f"compute `{what}` inside the `with` block"
    if cut.other("once") is not None:  # in `__init__`, or in the function that gives a closure
        help = f"compute `{what}` where it is used, in a function that the `with` block calls"
    yield rule.cut(cut, because, fix=_moved(cut, ask), help=help)


def _moved(cut: Cut, ask: Context) -> Fix | None:
    """The statement into the block, if it stands right before or after it and is not the gradient call itself."""
    block = cut.other("with")
    builder = {"before": "move_statement_into_block", "after": "move_statement_to_end_of_block"}.get(cut.detail)
    if block is None or builder is None or cut.statement.contains(cut.steps[-1].span):
        return None
    # Where other sources have their gradient, it may stand outside on purpose: a teacher's answer, a target.
    return ask.fix(builder, "Move it into the tape's block", cut.statement, block.span, safe=not cut.others)
