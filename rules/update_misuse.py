"""The gradient is right, but the update is not.

`zip(variables, gradients)` the wrong way round, `apply_gradients(gradients, variables)` without `zip`, pairs that a
loop has used up, gradients of one list zipped with another, one optimizer of Keras 3 for variables that it was not
built with, `optimizer.minimize` with Keras 3, `v -= ...` on a `tf.Variable`, a list of gradients taken for one tensor,
a loop that gives its own name another value: the update raises, or trains nothing.

Bad:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
x -= 0.1 * g  # error: update-misuse  # tf: raises RuntimeError
```

```python
x, z = tf.Variable(3.0), tf.Variable([1.0, 2.0])
optimizer = keras.optimizers.Adam()
for v in (x, z):
    with tf.GradientTape() as tape:
        y = x * z
    optimizer.apply_gradients([(tape.gradient(y, v), v)])  # error: update-misuse  # tf: flows, raises ValueError
```

```python
x, z = tf.Variable(3.0), tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = x * z
gradients = tape.gradient(y, [x, z])  # tf: flows, flows
for g in gradients:
    g = tf.clip_by_norm(g, 1.0)  # error: update-misuse
```

Good:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
x.assign_sub(0.1 * g)
```

```python
x, z = tf.Variable(3.0), tf.Variable([1.0, 2.0])
optimizer = keras.optimizers.Adam()
optimizer.build([x, z])
for v in (x, z):
    with tf.GradientTape() as tape:
        y = x * z
    optimizer.apply_gradients([(tape.gradient(y, v), v)])  # tf: flows, flows
```

To mend it: `optimizer.apply_gradients(zip(gradients, variables))`, with the same list of variables as in the gradient
call; `list(zip(...))` where the pairs are used twice; `v.assign_sub(...)`; an optimizer for each model, or one that
is built with all variables before; a new list of the gradients that were clipped.

When to ignore it: never; the update raises or does nothing.
"""

import ast
from collections.abc import Iterator

from tapelint import Context, Diagnostic, Fix, Place, Problem, Rule

rule = Rule(__name__, code="TL501", tags=("training",))

KINDS = {
    "augmented variable": ("an augmented assignment to a `tf.Variable`", "use `assign_sub` or `assign_add`"),
    "swapped zip": ("variables and gradients are swapped", "gradients come first: `zip(gradients, variables)`"),
    "used zip": ("this iterator was used up before", "make it a list: `list(zip(gradients, variables))`"),
    "no minimize": ("Keras 3's optimizers have no `minimize`", "`apply_gradients(zip(tape.gradient(loss, v), v))`"),
    "update arguments": ("`apply_gradients` takes pairs", "`apply_gradients(zip(gradients, variables))`"),
    "unknown variable": ("the optimizer was built with other variables", "make an optimizer for each list"),
    "update refused": ("this update raises", "take gradients one by one, and use `assign_sub` of the variables"),
    "lost update": ("this changes nothing", "make a new list, or use `assign` and `assign_sub` of the variables"),
    "update mismatch": ("the gradients are those of another list of variables", "use one list for both"),
}
FIXES = {
    "augmented variable": ("assign_in_place", "Assign to the variable"),
    "swapped zip": ("swap_arguments", "Swap the arguments"),
    "no minimize": ("minimize_with_tape", "Take the gradient and apply it"),
    "update arguments": ("zip_arguments", "Zip them"),
    "lost update": ("assign_in_place", "Assign to the variable"),
}


@rule.on_problem(
    "augmented variable", "swapped zip", "used zip", "no minimize", "update arguments", "unknown variable",
    "update refused", "lost update", "update mismatch",
)  # fmt: skip
def check(problem: Problem, ask: Context) -> Iterator[Diagnostic]:
    said, help = KINDS[problem.kind]
    fix = _wrapped(problem, ask)
    if fix is None and problem.kind in FIXES and _can_be_mended(problem):
        name, message = FIXES[problem.kind]
        where = problem.statement if name == "assign_in_place" else problem.place
        fix = ask.fix(name, message, where, safe=True)
    error = f": {problem.error}" if problem.error else ""
    yield rule.at(problem, f"{problem.text or said}{error}", fix=fix, help=help)


def _wrapped(problem: Problem, ask: Context) -> Fix | None:
    """The fix where an argument of `zip` lacks what comes behind it, or a function takes a list for one tensor."""
    pair, model = problem.other("pair"), problem.other("model")
    if pair is not None:
        return ask.fix("wrap_argument", "Take the gradients of the pair", pair, "", "[0]", safe=True)
    if model is not None:
        return ask.fix("wrap_argument", "Take its variables", model, "", ".trainable_variables", safe=True)
    each = problem.other("list")
    text = _one_by_one(problem, each) if each is not None else ""
    return ask.fix("replace", "Do it to each of them", problem.place, text, safe=True) if text else None


def _one_by_one(problem: Problem, gradients: Place) -> str:
    """`[f(g, more) for g in gradients]` for `f(gradients, more)`; "" where the name is taken."""
    call = ast.parse(problem.place.text, mode="eval").body
    if not isinstance(call, ast.Call):
        return ""
    call.args[0] = ast.Name("g")
    taken = [n for n in ast.walk(call) if isinstance(n, ast.Name) and n.id == "g"]
    return f"[{ast.unparse(call)} for g in {gradients.text}]" if len(taken) == 1 else ""


def _can_be_mended(problem: Problem) -> bool:
    """Whether the fix for this kind fits the problem."""
    if problem.kind == "lost update":
        return problem.other("variable") is not None
    return problem.kind != "update arguments" or not problem.place.text.startswith("zip(")
