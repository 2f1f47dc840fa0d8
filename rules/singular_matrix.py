"""A decomposition or a solution of a singular matrix.

`tf.linalg.cholesky`, `tf.linalg.logdet` and the solvers divide by what is on the diagonal of a triangle. Where that is
0, or the root of a negative number, the gradient is infinite or NaN: with a row or column of zeros, with columns that
depend on each other, with a matrix that is not positive definite. `tf.linalg.qr` has no slope where a column is 0.

Bad:

```python
points = tf.Variable([[1.0, 0.0], [0.0, 0.0]])
with tf.GradientTape() as tape:
    volume = tf.linalg.logdet(points)  # error: singular-matrix
g = tape.gradient(volume, points)  # tf: nan
```

Good:

```python
points = tf.Variable([[1.0, 0.0], [0.0, 0.0]])
with tf.GradientTape() as tape:
    volume = tf.linalg.logdet(points + 1e-3 * tf.eye(2))
g = tape.gradient(volume, points)  # tf: flows
```

To mend it: add a small multiple of the identity, as in `m + 1e-3 * tf.eye(n)`; for least squares give an
`l2_regularizer`.

When to ignore it: when the matrix cannot be singular for a reason that the code does not show.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL309", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("matrix")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    yield rule.singular(found, help="add a small multiple of the identity")
