"""A persistent tape lives longer than it is needed.

A persistent tape keeps every intermediate result until it is deleted. Nothing is wrong, but the memory stays in use.

Bad:

```python
x = tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:  # note: persistent-tape-kept
    y = x * x
g = tape.gradient(y, x)  # tf: flows
```

Good:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
```

To mend it: leave `persistent=True` out where the tape is asked once; `del tape` after the last gradient otherwise.

When to ignore it: when memory is no concern. It is a note, not a failure.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL421", level="note", precision="medium", tags=("memory",))


@rule.on_problem("persistent tape kept")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"`{problem.place.text}` keeps all it recorded: it is persistent and never deleted"
    yield rule.at(problem, said, help="`del` it after the last gradient, or leave `persistent=True` out")
