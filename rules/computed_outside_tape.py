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

To mend it: move the computation (the model's call, the loss, `tf.exp(log_scale)`) into the `with` block. What a class
computes from its variables in `__init__` belongs into the method that the tape runs.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL402", tags=("tape",))

WHEN = {
    "before": "is computed before the tape records",
    "after": "is computed after the tape has stopped",
}


@rule.on_cut("outside")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.detail in ("stopped", "reset", "other tape", "inner gradient", "dataset"):
        return
    block = cut.other("with")
    fix = None
    if block and cut.detail == "before":
        message = "Move it into the tape's block"
        fix = ask.fix("move_statement_into_block", message, cut.statement, block.span, safe=True)
    what = cut.result or cut.place.text
    because = f"`{what}` {WHEN.get(cut.detail, 'is computed where no tape records')}"
    yield rule.cut(cut, because, fix=fix, help=f"compute `{what}` inside the `with` block")
