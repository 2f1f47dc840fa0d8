"""tf.where hides a value that is not finite, but not its gradient.

`tf.where(c, a, b)` computes both branches and picks. Backwards, the branch that was not picked gets a gradient of 0;
where its derivative is infinite or NaN, 0 times that is NaN, and the NaN reaches the source.

Bad:

```python
x = tf.Variable([0.0, 1.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.where(x > 0.0, tf.math.log(x), 0.0))  # error: unsafe-where
g = tape.gradient(y, x)  # tf: nan
```

Good:

```python
x = tf.Variable([0.0, 1.0])
with tf.GradientTape() as tape:
    safe = tf.where(x > 0.0, x, 1.0)
    y = tf.reduce_sum(tf.where(x > 0.0, tf.math.log(safe), 0.0))
g = tape.gradient(y, x)  # tf: flows
```

To mend it: pick twice: first make the argument safe where the branch is not wanted, then pick the result. For
division `tf.math.divide_no_nan`, for `x * log(x)` `tf.math.xlogy`.

When to ignore it: when the branch is finite wherever it is not picked, for a reason that the code does not show.
"""

import ast
from collections.abc import Iterator

from tapelint import Context, Diagnostic, Fix, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL303", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity()
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if not found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    said = f"`tf.where` picks the other branch where `{found.place.text}` is not finite, but its gradient is NaN"
    if found.sources:
        said = f"the gradient of {{sources}} {'is' if found.certain else 'can be'} NaN: {said}"
    help = f"make `{found.argument.text}` safe with a `tf.where` of its own before it gets there"
    yield rule.at(found, said, fix=_safe_first(found, ask), help=help)


def _safe_first(found: Singularity, ask: Context) -> Fix | None:
    """The argument becomes 1 where the branch is not picked; None where the branch is not written in the `where`."""
    text = ask.text(found.hidden_by.span) if found.hidden_by else ""
    call = ast.parse(f"({text})", mode="eval").body
    no_safe_number = found.kind in ("inverse", "point", "matrix")
    if not isinstance(call, ast.Call) or len(call.args) != 3 or call.keywords or no_safe_number:
        return None
    condition, *branches = (ast.get_source_segment(f"({text})", each) or "" for each in call.args)
    inside = [ask.text(found.place.span) in branch for branch in branches]
    if inside[0] == inside[1]:
        return None
    argument = ask.text(found.argument.span)
    if f"where({condition}," in argument or _is_within(found, ask, condition):
        return None  # it is safe by this condition already, and singular all the same
    values = f"{argument}, 1.0" if inside[0] else f"1.0, {argument}"
    safe = f"tensorflow.where({condition}, {values})"
    return ask.fix("replace", "Make the argument safe first", found.argument, safe)


def _is_within(found: Singularity, ask: Context, condition: str) -> bool:
    """Whether the argument stands in a `where` of its own by the same condition."""
    outer = ask.text(found.hidden_by.span) if found.hidden_by else ""
    before = outer.partition(ask.text(found.argument.span))[0]
    return before.count(f"where({condition},") > 1
