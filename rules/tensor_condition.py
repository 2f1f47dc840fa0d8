"""A Python condition on a tensor decides what the tape records.

Python runs one branch, and the tape records only that one: the gradient is right for the branch taken and knows
nothing of the other, nor of the condition. Inside `tf.function` AutoGraph turns the `if` into `tf.cond`, and nothing
is wrong. It does not convert `assert`, the `if` of a comprehension, `max`, `min`, `sorted`, `any`, `all` and `bool`:
these raise OperatorNotAllowedInGraphError there, and so does every condition with `autograph=False`, and in `call` and
`train_step`, which Keras 3 runs without AutoGraph. What AutoGraph does convert must be one truth: a condition on a
number, or on several truths (`if x > 1.0:` of a vector), raises in a graph.

Bad:

```python
x = tf.Variable(2.0)

@tf.function(autograph=False)
def step():
    with tf.GradientTape() as tape:
        y = x * x if x > 1.0 else x  # error: tensor-condition
    return tape.gradient(y, x)

g = step()  # tf: raises OperatorNotAllowedInGraphError
```

Good:

```python
x = tf.Variable(2.0)

@tf.function(autograph=False)
def step():
    with tf.GradientTape() as tape:
        y = tf.where(x > 1.0, x * x, x)
    return tape.gradient(y, x)

g = step()  # tf: flows
```

To mend it: `tf.where` computes both branches and picks; `tf.cond` runs one and works in graphs too.

When to ignore it: in eager code where the branch taken is meant. It is a note there, not a failure.
"""

from collections.abc import Iterator

from tapelint import Condition, Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL201", precision="high", tags=("control-flow",))
HELP = "`tf.where` computes both branches and picks, `tf.cond` runs one; both work in graphs too"


@rule.on_condition
def check(condition: Condition) -> Iterator[Diagnostic]:
    where = f"the {condition.kind} on `{condition.test.text}`"
    if condition.effect == "raises":
        yield rule.at(condition, f"{where} raises OperatorNotAllowedInGraphError in a graph", level="error", help=HELP)
    elif not condition.known_library:
        said = f"{where} chooses what the tape records: the gradient may be None"
        yield rule.at(condition, said, level="warning", help="compute both branches and pick one with an operation")
    elif condition.effect == "changes" and not condition.drops:
        yield rule.at(condition, f"{where} decides what the gradient is of", level="warning", help=HELP)
    elif condition.effect == "records":
        yield rule.at(condition, f"{where}: the tape records only the branch that is taken", level="note")


@rule.on_problem("condition in graph")
def check_graph(problem: Problem) -> Iterator[Diagnostic]:
    said = f"a Python condition on the tensor `{problem.place.text}` raises {problem.error or 'an error'} in a graph"
    yield rule.at(problem, said, help=HELP)
