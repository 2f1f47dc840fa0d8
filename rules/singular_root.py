"""A square root, or what contains one, of something that can be zero.

The slope of a square root at 0 is infinite. `tf.sqrt` gives inf there; `tf.norm`, `tf.math.reduce_std` and
`tf.math.reduce_euclidean_norm`, which take the root of a sum of squares, give NaN: 0 times infinity. A distance is 0
between equals: each with itself, or what one model makes of two inputs that are the same (pairs and triplets).

Bad:

```python
a = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape() as tape:
    distances = tf.norm(a - tf.constant([1.0, 2.0]), axis=1)  # error: singular-root
g = tape.gradient(distances, a)  # tf: nan
```

Good:

```python
a = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape() as tape:
    squared = tf.reduce_sum(tf.square(a - tf.constant([1.0, 2.0])), axis=1)
    distances = tf.sqrt(squared + 1e-12)
g = tape.gradient(distances, a)  # tf: flows
```

To mend it: add a small number under the root, use the squared distance, or `tf.math.reduce_variance`. Adding it after
the root does not help.

When to ignore it: when the argument cannot be 0 for a reason that the code does not show.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity, called

rule = Rule(__name__, code="TL302", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("root")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    fix = None
    argument = found.argument.text
    if called(found, "*.sqrt", "*.rsqrt"):
        if found.at.startswith("below"):
            help = f"keep `{argument}` from being negative"
        else:
            fix = ask.fix("add_epsilon", "Add a small number under the root", found.argument, "1e-12")
            help = f"add a small number under the root: `{argument} + 1e-12`"
    else:
        help = "take the root of the sum of squares plus a small number, or stay with the square"
    yield rule.singular(found, fix=fix, help=help)
