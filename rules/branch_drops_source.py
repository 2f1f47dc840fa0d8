"""A source is used in one branch only, so its gradient is None when the other one runs.

In eager code Python takes one branch and the tape records that one. A variable that only the other branch uses has no
path to the target: `None`, and optimizers skip it or raise. Inside `tf.function` the same code gives zeros.

Bad:

```python
low, high = tf.Variable(1.0), tf.Variable(2.0)
x = tf.random.uniform([])
with tf.GradientTape() as tape:
    if x > 2.0:  # warning: branch-drops-source
        y = high * x
    else:
        y = low * x
g = tape.gradient(y, [low, high])  # tf: flows, none
```

Good:

```python
low, high = tf.Variable(1.0), tf.Variable(2.0)
x = tf.constant([1.0, 3.0])
with tf.GradientTape() as tape:
    y = tf.where(x > 2.0, high, low) * x
g = tape.gradient(y, [low, high])  # tf: flows, flows
```

To mend it: compute both branches and pick with `tf.where` (the gradient is 0 then, not `None`), or skip the `None`s
where the update is made.

A guard against NaN (`if tf.math.is_nan(loss): loss = tf.constant(0.0)`) is only a note.

When to ignore it: when the update copes with `None`.
"""

import re
from collections.abc import Iterator

from tapelint import Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL202", precision="high", tags=("control-flow",))
GUARD = re.compile(r"\b(is_nan|is_inf|is_finite|isnan|isinf|isfinite)\(")  # the other branch is for lost numbers
ALL = "weigh all of them (a softmax in place of the index): the others get a gradient too then, not None"
HELP = "`tf.where` computes both branches and picks: the gradient is 0 then, not None"


@rule.on_gradient
def check(gradient: Gradient) -> Iterator[Diagnostic]:
    for cut in gradient.cuts:
        if cut.reason == "branch" and not gradient.zeros_for_none:
            test = cut.other("condition") or cut.place
            because = f"used in only one branch of `{test.text}`"
            if cut.certain:
                because = f"used only in the branch that `{test.text}` does not take"
            elif cut.detail == "pick":
                because = f"`{test.text}` is one of several"
            found = rule.cut(cut, because, help=ALL if cut.detail == "pick" else HELP)
            yield found.at_level("note") if GUARD.search(test.text) and not cut.certain else found
