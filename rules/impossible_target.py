"""The target of a gradient is no tensor.

`None`, a Python number or a NumPy value as the target: the gradient call raises TypeError or AttributeError.

Bad:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    loss = float(w * w)  # error: impossible-target
g = tape.gradient(loss, w)  # tf: raises AttributeError
```

Good:

```python
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    loss = w * w
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: keep the loss a tensor, and `return` it from the function that computes it. `sum(model.losses)` is the
number 0 when no layer has a regulariser.

When to ignore it: never; the call raises.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL414", tags=("tape",))


@rule.on_gradient
def check(gradient: Gradient) -> Iterator[Diagnostic]:
    explained = any(cut.reason in ("detached", "external") for cut in gradient.cuts)
    for problem in gradient.problems:
        if problem.kind == "impossible target" and not explained:
            said = problem.text or f"`{problem.place.text}` is no tensor"
            help = "keep the target a tensor until the gradient is taken"
            yield rule.at(problem, f"{said}: {problem.error}" if problem.error else said, help=help)
