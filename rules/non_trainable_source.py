"""The source is a variable that is not trainable.

A tape watches only trainable variables by itself. One made with `trainable=False`, and the moving statistics of
BatchNormalization that `model.variables` and `model.weights` contain, get `None`.

Bad:

```python
table = tf.Variable([1.0, 2.0], trainable=False)  # error: non-trainable-source
with tf.GradientTape() as tape:
    y = tf.reduce_sum(table * table)
g = tape.gradient(y, table)  # tf: none
```

Good:

```python
table = tf.Variable([1.0, 2.0], trainable=False)
with tf.GradientTape() as tape:
    tape.watch(table)
    y = tf.reduce_sum(table * table)
g = tape.gradient(y, table)  # tf: flows
```

To mend it: `model.trainable_variables` in place of `model.variables`; or make the variable trainable; or `tape.watch`
it.

When to ignore it: when the `None`s are dropped afterwards.
"""

from collections.abc import Iterator

from tapelint import Context, Diagnostic, Gradient, Rule

rule = Rule(__name__, code="TL407", tags=("tape",))


@rule.on_gradient
def check(gradient: Gradient, ask: Context) -> Iterator[Diagnostic]:
    for cut in gradient.cuts:
        if cut.reason == "unwatched" and cut.detail == "non-trainable":
            fix = None
            sources = gradient.sources_place
            some = len(cut.sources) < len(gradient.sources)  # else no source would be left
            if some and sources and sources.text.endswith((".variables", ".weights")):
                better = sources.text.rpartition(".")[0] + ".trainable_variables"
                fix = ask.fix("replace", f"Use `{better}`", sources, better)
            help = "ask for `trainable_variables`, make it trainable, or `watch` it"
            yield rule.cut(cut, "by itself a tape watches only what is trainable", fix=fix, help=help)
