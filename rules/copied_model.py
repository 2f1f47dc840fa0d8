"""The target is computed with a copy of what the gradient is asked for.

`clone_model`, `copy.deepcopy` and `get_weights` make copies: other variables, or plain arrays. `tf.constant(v)` copies
a variable too (a tensor it hands through). The original has no part in the target, so its gradient is `None`. The
other way round a `tf.Variable` that is made of a tensor is a copy of it: what is computed from the tensor has no way
back to the variable.

Bad:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
copy_of_it = keras.models.clone_model(model)  # error: copied-model
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(copy_of_it(tf.ones([4, 2])))
g = tape.gradient(loss, model.trainable_variables)  # tf: none, none
```

```python
image = tf.constant([[1.0, 2.0]])
variable = tf.Variable(image)
with tf.GradientTape() as tape:
    y = tf.reduce_sum(image * image)
g = tape.gradient(y, variable)  # tf: none  # error: copied-model
```

Good:

```python
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(tf.ones([4, 2])))
g = tape.gradient(loss, model.trainable_variables)  # tf: flows, flows
```

To mend it: use the original in the tape, or ask for the copy's variables. For MAML compute the adapted weights as
tensors from the original variables and apply the layers by hand.

When to ignore it: never; one of the two objects is the wrong one.
"""

from collections.abc import Iterator

from tapelint import Context, Cut, Diagnostic, Rule, called

rule = Rule(__name__, code="TL110", tags=("keras",))


@rule.on_cut("detached", "operation", "unrelated")
def check(cut: Cut, ask: Context) -> Iterator[Diagnostic]:
    if cut.reason == "unrelated":
        original = cut.other("original")
        if cut.detail != "copy":
            return
        if original is not None and original.text.isidentifier():
            help = f"compute with `{cut.place.text}`, or watch `{original.text}` and ask for its gradient"
            yield rule.cut(cut, f"it is a copy of `{original.text}`, which the target is computed from", help=help)
            return
    elif called(cut, "tensorflow.constant"):
        fix = ask.fix("unwrap_call", "Use the variable itself", cut.place, safe=True) if cut.argument else None
        kept = cut.argument.text if cut.argument else "the variable"
        yield rule.cut(cut, f"`{cut.place.text}` copies the value", fix=fix, help=f"use `{kept}` itself")
        return
    elif not called(cut, "*.clone_model", "copy.*", "*.get_weights"):
        return
    help = "use the original in the tape, or ask for the gradient of the copy's variables"
    yield rule.cut(cut, f"`{cut.place.text}` is a copy", help=help)
