"""A gradient is taken while a persistent tape still records.

Inside its own block a persistent tape records the gradient computation too. The result is right, but it costs time
and memory; it is needed only for second derivatives.

Bad:

```python
x = tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
    g = tape.gradient(y, x)  # tf: flows  # note: gradient-inside-tape
del tape
```

Good:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
```

To mend it: take the gradient after the `with` block.

When to ignore it: when the tape is asked for a second derivative afterwards. It is a note, not a failure.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL422", level="note", precision="medium", tags=("memory",))


@rule.on_problem("gradient inside tape")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or "the tape records its own gradient computation"
    yield rule.at(problem, said, help="take the gradient after the `with` block")
