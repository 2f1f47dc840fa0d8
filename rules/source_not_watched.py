"""The tape does not watch the source of a gradient.

A tape watches trainable variables by itself. A plain tensor (a constant, a batch, a random tensor) it knows only
after `tape.watch`; with `watch_accessed_variables=False` that holds for variables too. The gradient is `None`.

Bad:

```python
x = tf.constant(3.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: none  # error: source-not-watched
```

Good:

```python
x = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
g = tape.gradient(y, x)  # tf: flows
```

To mend it: `tape.watch(x)` as the first line of the block, before `x` is used; or make it a `tf.Variable` if it is to
be trained.

When to ignore it: never; without a watch there is no gradient.
"""

import re
from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Fix, Gradient, Rule

rule = Rule(__name__, code="TL401", tags=("tape",))


@rule.on_gradient
def check(gradient: Gradient, ask: Context) -> Iterator[Diagnostic]:
    if gradient.zeros_for_none or gradient.method == "batch_jacobian":
        return  # hidden-by-zero says it
    tape = gradient.tape.name if gradient.tape else ""
    for cut in gradient.cuts:
        if cut.reason != "unwatched" or cut.detail in ("late", "rebound", "integer", "non-trainable"):
            continue
        name = cut.argument.text if cut.argument else cut.sources[0] if cut.sources else "x"
        because = "the tape watches variables by itself, a tensor only after `watch`"
        if cut.detail == "watching is off":
            because = "the tape watches nothing by itself (`watch_accessed_variables=False`)"
        fix = _watch(cut, tape, name, ask)
        help = f"call `{tape or 'tape'}.watch({name})` before `{name}` is used"
        if cut.detail == "watching is off" and not _is_plain(cut, ask):
            help = "leave the option out, or watch them before they are used; of a variable of Keras 3 its `value`"
        yield rule.cut(cut, because, fix=fix, help=help)


def _is_plain(cut: Cut, ask: Context) -> bool:
    """Whether what is not watched is made by `tf.Variable`: Keras 3's variables `watch` refuses."""
    variable = ask.spelled("tensorflow.Variable", cut.place) + "("
    return any(ask.text(step.span).startswith(variable) for step in cut.steps if step.span != cut.place.span)


def _watch(cut: Cut, tape: str, name: str, ask: Context) -> Fix | None:
    """A watch at the top of the block, if what the name stands for exists there and can be watched."""
    block = cut.other("with")
    first = re.escape(name.strip("[]()").split(",")[0])
    if not tape or block is None or not re.search(rf"\b{first}\b", ask.text(block.span)):
        return None
    made = [step.span for step in cut.steps if step.span != cut.place.span][:1]
    if any(block.span.contains(span) for span in made):
        return None
    if cut.detail == "watching is off" and not _is_plain(cut, ask):
        return None
    line = f"{tape}.watch({name})"
    return ask.fix("insert_first_in_block", f"Add `{line}`", block, line, safe=True)
