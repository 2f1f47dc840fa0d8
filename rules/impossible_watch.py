"""tape.watch is given something that cannot be watched.

`tape.watch` takes tensors and `tf.Variable`s. A NumPy array, a Python number, a symbolic Keras tensor and, in Keras
3, a Keras variable raise ValueError.

Bad:

```python
x = np.ones([2], dtype=np.float32)
with tf.GradientTape() as tape:
    tape.watch(x)  # error: impossible-watch  # tf: raises ValueError
    y = tf.reduce_sum(x * x)
g = tape.gradient(y, x)
```

Good:

```python
x = tf.convert_to_tensor(np.ones([2], dtype=np.float32))
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(x * x)
g = tape.gradient(y, x)  # tf: flows
```

To mend it: `tf.convert_to_tensor` first. Trainable Keras variables are watched anyway; for others watch
`variable.value`.

When to ignore it: never; the call raises.
"""

from collections.abc import Iterator

from tapelint import Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL415", tags=("tape",))


@rule.on_problem("impossible watch")
def check(problem: Problem) -> Iterator[Diagnostic]:
    said = problem.text or f"`{problem.place.text}` cannot be watched"
    help = f"make it a tensor first: `tf.convert_to_tensor({problem.place.text})`"
    if "Keras" in said or "keras" in said:
        help = f"a trainable Keras variable is watched anyway; else watch `{problem.place.text}.value`"
    elif problem.error == "AttributeError":
        help = "enter the tape first (`with ... as tape:`), and watch and compute inside its block"
    yield rule.at(problem, f"{said}: {problem.error}" if problem.error else said, help=help)
