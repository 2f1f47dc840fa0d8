"""A gradient has to pass a random choice.

A sample of `tf.random.categorical` is an index drawn by chance; it does not change smoothly with the logits, so no
gradient reaches them, as none passes `tf.random.uniform([]) < p`. (`tf.random.normal(mean=m, stddev=s)` is a formula in
`m` and `s`, and differentiable.)

Bad:

```python
logits = tf.Variable([[1.0, 2.0, 0.5]])
values = tf.constant([1.0, 2.0, 4.0])
with tf.GradientTape() as tape:
    action = tf.random.categorical(logits, 1)  # error: sampled-value
    loss = tf.reduce_sum(tf.gather(values, action))
g = tape.gradient(loss, logits)  # tf: none
```

Good:

```python
logits = tf.Variable([[1.0, 2.0, 0.5]])
values = tf.constant([1.0, 2.0, 4.0])
action = tf.random.categorical(logits, 1)
with tf.GradientTape() as tape:
    log_prob = tf.gather(tf.nn.log_softmax(logits), action, batch_dims=1)
    loss = -tf.reduce_sum(log_prob * tf.gather(values, action))
g = tape.gradient(loss, logits)  # tf: flows
```

To mend it: use the log-probability of what was drawn (policy gradient), a Gumbel softmax, or the expected value
`tf.reduce_sum(tf.nn.softmax(logits) * values)`.

When to ignore it: never, if the gradient is needed.
"""

from collections.abc import Iterator

from tapelint import Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL113", tags=("operation",))


@rule.on_cut("operation")
def check(cut: Cut) -> Iterator[Diagnostic]:
    drawn = called(cut, "*.categorical", "*.random.*", "*.multinomial")
    if cut.detail == "noise" or (drawn and not called(cut, "*.shuffle", "*.random_crop")):
        help = "use the log-probability of the sample, or a Gumbel softmax"
        yield rule.cut(cut, f"`{cut.result or cut.place.text}` is drawn by chance", help=help)
