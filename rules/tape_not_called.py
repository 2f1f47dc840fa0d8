"""The class GradientTape is entered, not a tape.

`with tf.GradientTape as tape:` lacks the call that makes a tape. Python raises TypeError.

Bad:

```python
x = tf.Variable(2.0)
with tf.GradientTape as tape:  # error: tape-not-called  # tf: raises TypeError
    y = x * x
g = tape.gradient(y, x)
```

Good:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = x * x
g = tape.gradient(y, x)  # tf: flows
```

To mend it: `tf.GradientTape()`.

When to ignore it: never; the statement raises.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL420", tags=("tape",))


@rule.on_problem("tape not called")
def check(problem: Problem, ask: Context) -> Iterator[Diagnostic]:
    text = problem.place.text
    fix = ask.fix("add_call", f"Call it: `{text}()`", problem.place, safe=True)
    yield rule.at(problem, f"`{text}` is a class, not a tape: {problem.error or 'TypeError'}", fix=fix)
