"""A tape is asked for a gradient that it no longer, or never, can give.

A tape that is not persistent forgets what it recorded at the first `gradient` call: the second raises RuntimeError.
So does a tape that was made but never entered.

Bad:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
    z = y * y
dy = tape.gradient(y, x)
dz = tape.gradient(z, x)  # tf: raises RuntimeError  # error: spent-tape
```

Good:

```python
x = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
    z = y * y
dy = tape.gradient(y, x)
dz = tape.gradient(z, x)  # tf: flows
```

To mend it: `persistent=True`, and `del tape` when done with it; or one call with a list of sources; or a tape for
each target.

When to ignore it: never; the call raises.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Gradient, Problem, Rule

rule = Rule(__name__, code="TL412", tags=("tape",))


@rule.on_gradient
def check(gradient: Gradient, ask: Context) -> Iterator[Diagnostic]:
    for problem in gradient.problems:
        if problem.kind == "spent tape":
            fix = None
            if gradient.tape:
                message = "Make the tape persistent"
                fix = ask.fix("add_keyword", message, gradient.tape.place, "persistent", "True", 0, safe=True)
            named = f"`{gradient.tape.name}`" if gradient.tape and gradient.tape.name else "the tape"
            said = f"{named} is spent: it was asked before"
            yield rule.at(problem, said, fix=fix, help="make the tape with `persistent=True`, or one for each target")


@rule.on_problem("tape never entered")
def check_entered(problem: Problem) -> Iterator[Diagnostic]:
    said = f"`{problem.place.text}` asks a tape that was never entered"
    yield rule.at(problem, said, help="compute the target inside `with ... as tape:`")
