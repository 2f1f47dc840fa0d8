"""NumPy is handed a symbolic tensor, inside tf.function.

While TensorFlow traces a `tf.function`, tensors have no values. A NumPy function on one raises NotImplementedError,
`.numpy()` raises AttributeError (NotImplementedError on a variable).

Bad:

```python
w = tf.Variable([1.0, 2.0])

@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = np.mean(w * w)  # error: numpy-in-graph
    return tape.gradient(loss, w)

g = step()  # tf: raises NotImplementedError
```

Good:

```python
w = tf.Variable([1.0, 2.0])

@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(w * w)
    return tape.gradient(loss, w)

g = step()  # tf: flows
```

To mend it: TensorFlow's function; `tf.print` for what is only to be shown.

When to ignore it: when the function is only run with `tf.config.run_functions_eagerly(True)`.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Problem, Rule

rule = Rule(__name__, code="TL116", tags=("numpy", "graph"))


@rule.on_problem("numpy in graph", "numpy() in graph")
def check(problem: Problem, ask: Context) -> Iterator[Diagnostic]:
    text = problem.place.text
    fix = ask.in_tensorflow(problem.text, problem.place)
    is_method = problem.kind == "numpy() in graph" and text.endswith(".numpy()")
    if is_method and not ask.used_as_array(problem.place):
        kept = any(f".{name}({text}" in ask.text(problem.statement) for name in ("append", "add", "extend"))
        # Who keeps it cannot read it.
        fix = ask.fix("drop_method_call", "Drop `.numpy()`", problem.place, safe=not kept)
    help = "in a `tf.function` tensors have no values: use TensorFlow's functions, `tf.print` to show one"
    said = f"`{text}` needs a value, and a `tf.function` has none"
    yield rule.at(problem, f"{said}: {problem.error}" if problem.error else said, fix=fix, help=help)
