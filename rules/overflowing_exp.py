"""An exponential overflows, and the gradient becomes NaN.

In float32 `exp(89)` is infinite. `log(1 + exp(x))` and `exp(z) / sum(exp(z))` are harmless functions of `x` and `z`,
but computed this way they are inf / inf for large arguments: NaN.

Bad:

```python
x = tf.Variable([1.0, 100.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.math.log(1.0 + tf.exp(x)))  # error: overflowing-exp
g = tape.gradient(y, x)  # tf: nan
```

Good:

```python
x = tf.Variable([1.0, 100.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.nn.softplus(x))
g = tape.gradient(y, x)  # tf: flows
```

To mend it: the fused function: `tf.nn.softplus(x)`, `tf.nn.softmax(z)`, `tf.reduce_logsumexp(z)`, `tf.sigmoid(x)`.

When to ignore it: when the argument stays small for a reason that the code does not show.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity

rule = Rule(__name__, code="TL305", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("overflow")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    whole = found.other("whole")
    fix = ask.fused(whole, found.rank) if whole else None
    of = " of {sources}" if found.sources else ""
    if found.certain:
        said = f"the gradient{of} is not finite: `{found.place.text}` overflows here"
    else:
        said = f"the gradient{of} can be NaN: `{found.place.text}` overflows for large `{found.argument.text}`"
    help = "use the fused function: `tf.nn.softplus`, `tf.nn.softmax`, `tf.reduce_logsumexp`, `tf.sigmoid`"
    yield rule.at(found, said, fix=fix, help=help)
