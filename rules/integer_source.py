"""The source is an integer.

Only floats (and complex numbers) have gradients. `tf.Variable(3)` and `tf.constant([1, 2])` are int32, the pixels that
`tf.io.decode_jpeg` and `keras.datasets.mnist.load_data` give are uint8: the gradient is `None`, with no more than a
warning in the log.

Bad:

```python
x = tf.Variable(3)  # error: integer-source
with tf.GradientTape() as tape:
    y = tf.cast(x, tf.float32) * 2.0
g = tape.gradient(y, x)  # tf: none
```

Good:

```python
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * 2.0
g = tape.gradient(y, x)  # tf: flows
```

To mend it: write the number with a point, or give `dtype=tf.float32`; of what was read, make floats with `tf.cast`
before the tape watches it, and differentiate by these.

When to ignore it: never; the gradient is always None.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule

rule = Rule(__name__, code="TL405", tags=("tape",))

WRITTEN = "write the numbers with a point, or `dtype=tf.float32`"
READ = "make floats of it before the tape sees it, as `tf.cast(..., tf.float32)` does, and differentiate by those"


@rule.on_cut("unwatched")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.detail == "integer":
        fix = ask.fix("integers_to_floats", "Make it a float", cut.place)
        help = WRITTEN if fix else READ
        yield rule.cut(cut, "integers have no gradient", fix=fix, help=help)
