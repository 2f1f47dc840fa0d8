"""The gradient is right, but the update is not.

`zip(variables, gradients)` the wrong way round, `apply_gradients(gradients, variables)` without `zip`, a `zip` that a
loop has used up, gradients of one list zipped with another, `optimizer.minimize` with Keras 3, `v -= ...` on a
`tf.Variable`: the update raises, or trains nothing.

Bad:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
x -= 0.1 * g  # error: update-misuse  # tf: raises RuntimeError
```

Good:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
x.assign_sub(0.1 * g)
```

To mend it: `optimizer.apply_gradients(zip(gradients, variables))`, with the same list of variables as in the gradient
call; `list(zip(...))` where the pairs are used twice; `v.assign_sub(...)`.

When to ignore it: never; the update raises or does nothing.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL501", tags=("training",))

KINDS = {
    "augmented variable": ("an augmented assignment to a `tf.Variable`", "use `assign_sub` or `assign_add`"),
    "swapped zip": ("variables and gradients are swapped", "gradients come first: `zip(gradients, variables)`"),
    "used zip": ("this iterator was used up before", "make it a list: `list(zip(gradients, variables))`"),
    "no minimize": ("Keras 3's optimizers have no `minimize`", "`apply_gradients(zip(tape.gradient(loss, v), v))`"),
    "update arguments": ("`apply_gradients` takes pairs", "`apply_gradients(zip(gradients, variables))`"),
    "unknown variable": ("the optimizer was built with other variables", "make an optimizer for each list of variables"),
    "update refused": ("this update raises", "take gradients one by one, and use `assign_sub` of the variables"),
    "update mismatch": ("the gradients are those of another list of variables", "use one list for both"),
}
FIXES = {
    "augmented variable": ("assign_in_place", "Assign to the variable"),
    "swapped zip": ("swap_arguments", "Swap the arguments"),
    "no minimize": ("minimize_with_tape", "Take the gradient and apply it"),
    "update arguments": ("zip_arguments", "Zip them"),
}


@rule.on_problem(
    "augmented variable", "swapped zip", "used zip", "no minimize", "update arguments", "unknown variable",
    "update refused", "update mismatch",
)  # fmt: skip
def check(problem: Problem, ask: Context) -> Iterator[Diagnostic]:
    said, help = KINDS[problem.kind]
    fix = None
    if problem.kind in FIXES and not (problem.kind == "update arguments" and problem.place.text.startswith("zip(")):
        name, message = FIXES[problem.kind]
        where = problem.statement if name == "assign_in_place" else problem.place
        fix = ask.fix(name, message, where, safe=True)
    error = f": {problem.error}" if problem.error else ""
    yield rule.at(problem, f"{problem.text or said}{error}", fix=fix, help=help)
