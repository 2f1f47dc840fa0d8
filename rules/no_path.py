"""No recorded path leads from the source to the target, and no finer rule names the place.

The value passes through a call of which nothing is known and whose result is not connected to the tape, or the
gradient call goes wrong in a way that has no rule of its own.

Bad:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.constant(3.0) * 2.0
g = tape.gradient(y, [x])  # tf: none  # error: unrelated-source
```

Good:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * 2.0
g = tape.gradient(y, [x])  # tf: flows
```

To mend it: follow the steps of the finding from the source to the place where they end, and compute that part with
TensorFlow inside the tape. `tapelint trace` shows the verdict of every gradient call.

When to ignore it: when the unknown call is known to return something differentiable. Better: say so in the settings,
`[tool.tapelint.facts]`.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL100", precision="high")


@rule.on_cut("unknown call")
def check(cut: Cut) -> Iterator[Diagnostic]:
    yield rule.cut(cut, f"the path ends at `{cut.place.text}`")


@rule.on_problem("other")
def check_problem(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"`{problem.place.text}` goes wrong"
    yield rule.at(problem, f"{said} ({problem.error})" if problem.error and problem.error not in said else said)
