"""A division by something that can be zero.

At 0 both `1 / x` and its derivative are infinite, and `0 / 0` is NaN. One such element is enough: the optimizer
writes NaN into the weights and every later step is NaN too. It is an error where the divisor is seen to be 0 on every
way through the program, and a warning where it can be: the sum of a mask, a difference of equals, a `relu`.

Bad:

```python
x = tf.Variable([1.0, 0.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(1.0 / x)  # error: singular-division
g = tape.gradient(y, x)  # tf: inf
```

Good:

```python
x = tf.Variable([1.0, 0.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.math.divide_no_nan(1.0, x))
g = tape.gradient(y, x)  # tf: flows
```

To mend it: `tf.math.divide_no_nan(a, b)` is 0 where b is 0; `a / (b + 1e-7)` if b is never negative; `tf.maximum(n,
1.0)` for a mean over what may be nothing; `tf.math.l2_normalize(x)` for `x / tf.norm(x)`.

When to ignore it: when the divisor cannot be zero for a reason that the code does not show. A division by something
of which nothing is known is reported only with `pedantic = true`.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Pedantic, Rule, Singularity, called

rule = Rule(__name__, code="TL301", precision="high", tags=("numbers",), options=Pedantic)


@rule.on_singularity("division")
def check(found: Singularity, ask: Context) -> Iterator[Diagnostic]:
    if found.hidden_by or (found.evidence == "unknown" and not ask.pedantic):
        return
    divisor = found.argument.text
    fix = None
    help = f"`tf.math.divide_no_nan` is 0 where `{divisor}` is 0, and so is its gradient"
    if found.argument == found.place:
        help = "`tf.math.l2_normalize` is finite everywhere, as is what is divided by its norm plus a small number"
    elif not found.known_library or called(found, "operator %", "*mod", "*.remainder"):
        help = f"keep `{divisor}` away from 0"
    elif found.call == "operator /":
        callee = "tensorflow.math.divide_no_nan"
        fix = ask.fix("operator_to_call", f"Use `{ask.spelled(callee, found.place)}`", found.place, callee)
    elif found.not_negative:
        fix = ask.fix("add_epsilon", "Add a small number", found.argument)
    yield rule.singular(found, fix=fix, help=help)
