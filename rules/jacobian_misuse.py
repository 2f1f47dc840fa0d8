"""A gradient or jacobian call with arguments that do not fit.

With `experimental_use_pfor=False` the tape is asked once a row; outside of a `tf.function` it must be a persistent one:
RuntimeError. The same goes for `parallel_iterations`, by which the rows are computed in blocks.
`batch_jacobian` needs a target and a source with the same first dimension: ValueError. A misspelt argument raises as
well.

Bad:

```python
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = x * x
j = tape.jacobian(y, x, experimental_use_pfor=False)  # tf: raises RuntimeError  # error: jacobian-misuse
```

Good:

```python
x = tf.Variable([1.0, 2.0])
with tf.GradientTape(persistent=True) as tape:
    y = x * x
j = tape.jacobian(y, x, experimental_use_pfor=False)  # tf: flows
```

To mend it: `persistent=True`; `tape.jacobian` for a target without a batch axis.

When to ignore it: never; the call raises.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL416", tags=("tape",))

KINDS = {
    "jacobian without pfor": ("it asks the tape once a row, which needs `persistent=True`", "make the tape persistent"),
    "batch_jacobian shape": ("target and source differ in their first dimension", "use `jacobian`"),
    "misspelt argument": ("it has no such argument", "see the call's documentation"),
}


@rule.on_gradient
def check(gradient: Gradient, ask: Context) -> Iterator[Diagnostic]:
    for problem in gradient.problems:
        if problem.kind in KINDS:
            because, help = KINDS[problem.kind]
            fix = None
            if problem.kind == "jacobian without pfor" and gradient.tape:
                message = "Make the tape persistent"
                fix = ask.fix("add_keyword", message, gradient.tape.place, "persistent", "True", 0, safe=True)
            said = f"`{gradient.method}` raises {problem.error or 'an error'}: {problem.text or because}"
            yield rule.at(problem, said, fix=fix, help=help)
