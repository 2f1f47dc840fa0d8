"""A comment suppresses findings, but there is none.

`# tapelint: ignore[...]`, `# tapelint: ignore-file[...]` and `# noqa: TL...` that suppress nothing hide the next real
finding on that line. Only rules that were run are judged.

Bad:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.square(x)  # tapelint: ignore[numpy-call]  # warning: unused-ignore
g = tape.gradient(y, x)  # tf: flows
```

Good:

```python
x = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.square(x)
g = tape.gradient(y, x)  # tf: flows
```

To mend it: remove the comment; `--fix` does.

When to ignore it: leave the rule out (`ignore = ["TL001"]`) where the same file is checked with several versions of a
library.
"""

from collections.abc import Iterator

from tapelint import Comment, Diagnostic, Rule

rule = Rule(__name__, code="TL001", level="warning", tags=("tapelint",))


@rule.on_unused_ignore
def check(comment: Comment) -> Iterator[Diagnostic]:
    names = ", ".join(comment.unused)
    said = f"`{names}` is ignored here, but not reported" if names else "nothing is reported here that could be ignored"
    yield rule.at(comment.span, said, fix=comment.fix)
