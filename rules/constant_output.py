"""The output of an operation on the way cannot change.

A softmax over an axis of length 1 is always 1, a saturated one is 1 or 0, a ReLU below 0 is 0, a batch normalised
over a single value is 0. What feeds only that gets zeros for a gradient and never learns.

Bad:

```python
w = tf.Variable(tf.ones([4, 1]))
with tf.GradientTape() as tape:
    p = tf.nn.softmax(tf.matmul(tf.ones([2, 4]), w))  # error: constant-output
    loss = tf.reduce_mean(tf.square(p - 0.5))
g = tape.gradient(loss, w)  # tf: zero
```

Good:

```python
w = tf.Variable(tf.ones([4, 1]))
with tf.GradientTape() as tape:
    p = tf.sigmoid(tf.matmul(tf.ones([2, 4]), w))
    loss = tf.reduce_mean(tf.square(p - 0.5))
g = tape.gradient(loss, w)  # tf: flows
```

To mend it: `tf.sigmoid` for one output or two outputs for a softmax, the softmax over the right axis, a loss from
logits, random initial values, no normalisation over a single value.

Weights of zeros that learn themselves, as in the last layer of a branch that is to start as an identity, are a note:
after the first update the gradient flows.

When to ignore it: never, if the weights are to learn.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL119", precision="high", tags=("numbers",))

HELP = (
    (("*softmax*", "*Softmax*"), "`tf.sigmoid` for one output, or the right axis; a loss from logits if it saturates"),
    (("*.BatchNormalization",), "leave the normalisation out here, or take a larger batch"),
    (("*.LayerNormalization",), "normalise over more than one feature"),
    (("*relu*", "*ReLU*"), "start where some inputs are positive, or use `tf.nn.leaky_relu`"),
    (("*sigmoid*", "*tanh*"), "start with smaller numbers, or take the loss from logits"),
    (("operator *", "*.multiply"), "a factor that is all zeros lets no gradient through"),
    (("*matmul", "operator @", "*.Dense", "*.Conv*"), "start with random weights, not with zeros"),
)


@rule.on_cut("constant")
def check(cut: Cut) -> Iterator[Diagnostic]:
    help = next((text for names, text in HELP if called(cut, *names)), "")
    if cut.detail == "start":
        yield rule.cut(cut, f"`{cut.place.text}` cannot change before its zeros are trained away", level="note")
        return
    why = f": {cut.detail}" if cut.detail else ""
    yield rule.cut(cut, f"`{cut.place.text}` cannot change{why}", help=help)
