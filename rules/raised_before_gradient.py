"""The program raises before the gradient is asked for.

An operation on the way refuses what it is given: doubles beside floats, shapes that do not fit, an argument that it
does not have, a name that the library does not have. The exception ends the program, or the function, and `gradient`
is never called. What raises for a reason of its own, a NumPy function in a graph or a value that cannot be watched,
has a rule of its own.

Bad:

```python
w = tf.Variable([1.0, 2.0])
scale = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * scale)  # error: raised-before-gradient  # tf: raises InvalidArgumentError
g = tape.gradient(loss, w)
```

Good:

```python
w = tf.Variable([1.0, 2.0])
scale = tf.constant([1.0, 2.0], tf.float64)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w * tf.cast(scale, w.dtype))
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: give the operation what it takes: `tf.cast` to the other's dtype, another shape, the name that the
installed version has.

When to ignore it: where the exception is wanted and caught outside the code that is read.
"""

import re
from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL423", tags=("operation",))

HELP = {
    "AttributeError": "this has no such attribute: look the name up for the installed version",
    "InvalidArgumentError": "dtypes or shapes do not go together: `tf.cast` gives one tensor the dtype of another",
    "NameError": "nothing has this name here: it is bound later, elsewhere, or was deleted",
    "TypeError": "this does not take what it is given: another number of arguments, another name, another kind",
    "UnboundLocalError": "a function that binds a name anywhere has it as its own: bind it before, or say `global`",
}
"""What most often is wrong, by the exception."""
IN_KERAS_3 = {
    "evaluate_generator": "`evaluate` takes generators, too",
    "fit_generator": "`fit` takes generators, too",
    "get_shape": "variables and arrays have `shape`",
    "lr": "optimizers have `learning_rate`",
    "predict_generator": "`predict` takes generators, too",
    "reset_states": "metrics and recurrent layers have `reset_state`",
}
"""What there is in the place of an attribute that Keras 2 has and Keras 3 has not."""

SIZED = re.compile(r"\b(?:Dense|Embedding|GroupNormalization|MultiHeadAttention|RepeatVector)\(")
OF_SIZES = "a size is a positive whole number of Python's in Keras 3: `int(...)` makes one of NumPy's"


@rule.on_problem("raised before")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = f"the gradient is never asked for: {problem.text}"
    said = said if problem.error in said else f"{said}: {problem.error}"
    yield rule.at(problem, said, help=_help(problem))


def _help(problem: Problem) -> str:
    if problem.error in ("TypeError", "ValueError") and SIZED.search(problem.text):
        return OF_SIZES
    name = re.search(r"\.(\w+)`", problem.text)
    instead = IN_KERAS_3.get(name[1]) if name is not None and problem.error == "AttributeError" else None
    return f"this has no such attribute, in Keras 3 at least: {instead}" if instead else HELP.get(problem.error, "")
