"""A value reaches the target only through an assignment to a variable.

`assign`, `assign_add`, `assign_sub` and the scatter updates write a number into a variable. The tape does not record
that: what the variable holds afterwards has no history, and nothing reaches what was assigned.

Bad:

```python
x = tf.Variable(2.0)
state = tf.Variable(1.0)
with tf.GradientTape() as tape:
    state.assign(x * 3.0)  # error: assignment-on-the-path
    y = state * state
g = tape.gradient(y, x)  # tf: none
```

Good:

```python
x = tf.Variable(2.0)
state = tf.Variable(1.0)
with tf.GradientTape() as tape:
    new_state = x * 3.0
    y = new_state * new_state
g = tape.gradient(y, x)  # tf: flows
state.assign(new_state)
```

To mend it: compute with the tensor, and write it into the variable after the gradient is taken.

When to ignore it: when what is assigned is meant to be a constant for this gradient.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL109", tags=("variable",))


@rule.on_cut("operation")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if called(cut, "Optimizer.*"):
        help = "take the step with tensors: `new = w - rate * gradient`, and compute with `new`"
        yield rule.cut(cut, f"`{cut.place.text}` is not recorded", help=help)
    elif cut.detail != "filled" and called(cut, "*.assign*", "Variable.*scatter_*"):
        value = f"`{cut.argument.text}`" if cut.argument else "the tensor"
        help = f"compute with {value} itself, and assign it after the gradient is taken"
        yield rule.cut(cut, f"`{cut.place.text}` is not recorded", help=help)
