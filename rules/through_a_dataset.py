"""A gradient has to pass tf.data.

A `tf.data` pipeline runs by itself, outside every tape. What it yields has no history: not the tensors that went in,
nor the variables that a function in `map` uses. In a `tf.function`, AutoGraph makes a `Dataset.reduce` of a loop over
a data set: nothing comes back through it, neither to what the loop uses nor to what it began with.

Bad:

```python
gain = tf.Variable(2.0)
data = tf.data.Dataset.from_tensor_slices([1.0, 2.0]).map(lambda x: x * gain)  # error: through-a-dataset
with tf.GradientTape() as tape:
    loss = tf.add_n([x * x for x in data])
g = tape.gradient(loss, gain)  # tf: none
```

Good:

```python
gain = tf.Variable(2.0)
data = tf.data.Dataset.from_tensor_slices([1.0, 2.0])
with tf.GradientTape() as tape:
    loss = tf.add_n([tf.square(x * gain) for x in data])
g = tape.gradient(loss, gain)  # tf: flows
```

To mend it: do what is learned after the pipeline, inside the tape; slice tensors directly where they are to be
differentiated. In a `tf.function` open the tape inside the loop, or loop over `iter(dataset)`, which stays a loop.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL115", tags=("data",))


@rule.on_cut("outside")
def check(cut: Cut) -> Iterator[Diagnostic]:
    if cut.detail == "dataset loop":
        help = "open the tape inside the loop, or loop over `iter(...)` of the data set"
        yield rule.cut(cut, "a loop over a data set in a graph has no gradient", help=help)
    if cut.detail == "dataset":
        help = "compute it after the pipeline, inside the tape"
        yield rule.cut(cut, f"`{cut.place.text}` runs in `tf.data`, outside the tape", help=help)
