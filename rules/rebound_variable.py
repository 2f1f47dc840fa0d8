"""A variable is replaced by a tensor, so that the next round has no gradient.

`x = x - 0.1 * g` makes a new tensor and gives it the variable's name. The tape watches variables, not tensors: from
the second round on the gradient is `None`. On a Keras variable `x -= g` does the same.

Bad:

```python
x = tf.Variable(3.0)
for step in range(3):
    with tf.GradientTape() as tape:
        y = x * x
    g = tape.gradient(y, x)  # tf: flows then none
    x = x - 0.1 * g  # error: rebound-variable  # tf: raises TypeError
```

Good:

```python
x = tf.Variable(3.0)
for step in range(3):
    with tf.GradientTape() as tape:
        y = x * x
    g = tape.gradient(y, x)  # tf: flows
    x.assign_sub(0.1 * g)
```

To mend it: `x.assign_sub(0.1 * g)`, or an optimizer's `apply_gradients`. Where tensors are wanted (MAML),
`tape.watch(x)` in every round.

When to ignore it: when the gradient is taken only once.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Gradient, Problem, Rule

rule = Rule(__name__, code="TL406", tags=("variable",))


@rule.on_gradient
def check(gradient: Gradient, ask: Context) -> Iterator[Diagnostic]:
    told = any(problem.kind == "rebound source" for problem in gradient.problems)
    for cut in gradient.cuts:
        if cut.reason == "unwatched" and cut.detail == "rebound" and not told:
            yield _found(cut, ask)


@rule.on_problem("rebound source")
def check_problem(problem: Problem, ask: Context) -> Iterator[Diagnostic]:
    yield _found(problem, ask)


def _found(found: Cut | Problem, ask: Context) -> Diagnostic:
    fix = ask.fix("assign_in_place", "Assign to the variable", found.statement, safe=True)
    said = "the gradient of {sources} is None from the next round on: the name stands for a plain tensor then"
    help = "use `assign_sub`, or watch it in every round"
    return rule.at(found, said, level="error", fix=fix, help=help)
