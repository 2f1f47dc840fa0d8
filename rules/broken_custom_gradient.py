"""A custom gradient returns None, or too few gradients, or cannot calculate with what comes down to it.

The function that a `tf.custom_gradient` function returns beside its value must return one gradient for each argument.
`None` among them is a `None` for what flows in there; too few of them raise ValueError when the gradient is asked
for. Where only rows of its result are looked up (`tf.gather`), what comes from above is an `IndexedSlices`, with which
Python cannot calculate: `upstream * 2.0` raises TypeError.

Bad:

```python
@tf.custom_gradient
def quantise(x):
    def grad(upstream):
        return None  # error: broken-custom-gradient
    return tf.round(x), grad

w = tf.Variable(1.7)
with tf.GradientTape() as tape:
    y = quantise(w) * 2.0
g = tape.gradient(y, w)  # tf: none
```

Good:

```python
@tf.custom_gradient
def quantise(x):
    def grad(upstream):
        return upstream
    return tf.round(x), grad

w = tf.Variable(1.7)
with tf.GradientTape() as tape:
    y = quantise(w) * 2.0
g = tape.gradient(y, w)  # tf: flows
```

To mend it: return a tensor for each argument; `tf.zeros_like(x)` where there is none to pass on. Of rows make a
tensor first: `upstream = tf.convert_to_tensor(upstream)`.

When to ignore it: when the argument is never trained.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL112", tags=("operation",))
HELP = "return one gradient for each argument"
DENSE = "make a tensor of what comes from above first, with `tf.convert_to_tensor`"


@rule.on_cut("custom gradient", "unregistered")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.reason == "custom gradient":
        yield rule.cut(cut, "the custom gradient returns None for {it}", help=HELP)
    elif cut.call == "custom gradient" and cut.detail == "rows":
        yield rule.cut(cut, "the custom gradient calculates with an `IndexedSlices`", help=DENSE)
    elif cut.call == "custom gradient":
        yield rule.cut(cut, "the custom gradient returns too few", help=HELP)


@rule.on_problem("custom gradient count")
def check_count(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"`{problem.place.text}` returns another number of gradients than there are arguments"
    yield rule.at(problem, said, help=HELP)
