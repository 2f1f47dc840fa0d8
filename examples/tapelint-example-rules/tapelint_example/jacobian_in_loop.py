"""A Jacobian is computed in every round of a loop.

`tape.jacobian` costs about one backward pass for each element of the target. In a training loop that is rarely meant.

Bad:

```python
x = tf.Variable([1.0, 2.0])
for step in range(2):
    with tf.GradientTape() as tape:
        y = x * x
    j = tape.jacobian(y, x)  # tf: flows  # note: jacobian-in-loop
```

Good:

```python
x = tf.Variable([1.0, 2.0])
for step in range(2):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x * x)
    g = tape.gradient(y, x)  # tf: flows
```
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Gradient, Rule

rule = Rule(__name__, code="EX001", level="note", precision="medium")


@rule.on_gradient
def check(gradient: Gradient) -> Iterator[Diagnostic]:
    if gradient.method != "gradient" and gradient.in_loop:
        yield rule.at(gradient, f"`{gradient.place.text}` is computed in every round", help="is `gradient` enough?")
