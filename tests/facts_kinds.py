"""What functions refuse that stands for another kind of argument than their experiments had: one tensor for a list of
them, a dense tensor for a thing in parts, None, nothing at all. fits.txt has it, and `facts_fits` checks it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import facts_lab as lab
from facts_unlike import leaves_in, raised

tf = lab.tf
Given = Sequence[tuple[str, ast.expr]]


def tried(call: ast.Call, env: dict[str, Any], given: Given, optional: set[str]) -> Iterator[tuple[str, str, bool]]:
    """By parameter and letter, whether a call raises with something else in place of what it is given: one tensor (]),
    a dense one (t); for what need not be given None (N), and nothing (-), if without all such it raises as well.
    """
    for parameter, argument in given:
        for letter, values in _others(argument, env).items():
            seen = [raised(_with(call, {argument: ast.Name("other")}), {**env, "other": value}) for value in values]
            yield parameter, letter, all(seen)
        if parameter in optional and isinstance(env.get(getattr(argument, "id", "")), tf.Tensor):
            yield parameter, "N", bool(raised(_with(call, {argument: ast.Constant(None)}), env))
    named = {name: argument for name, argument in given if name in optional}
    bare = raised(_with(call, dict.fromkeys(named.values())), env) if named else ""
    for parameter in optional:
        yield parameter, "-", bool(bare and parameter in named and raised(_with(call, {named[parameter]: None}), env))


def _others(argument: ast.expr, env: Mapping[str, Any]) -> dict[str, list[Any]]:
    """By their letters, what is tried in the place of an argument."""
    items = [env[leaf] for leaf in leaves_in(argument)] if isinstance(argument, (ast.List, ast.Tuple)) else []
    if items and len(items) == len(argument.elts) and all(isinstance(item, tf.Tensor) for item in items):  # type: ignore[attr-defined]
        alike = all(item.shape == items[0].shape and item.dtype == items[0].dtype for item in items)
        return {"]": [*(item for item in items if item.shape.rank), *([tf.stack(items)] if alike else [])]}
    made = lab.run(ast.unparse(argument), env) if isinstance(argument, (ast.Call, ast.Name)) else None
    if isinstance(made, tf.SparseTensor):
        return {"t": [tf.sparse.to_dense(tf.sparse.reorder(made))]}
    return {"t": [made.to_tensor()]} if isinstance(made, tf.RaggedTensor) else {}


def _with(call: ast.Call, instead: Mapping[ast.expr, ast.expr | None]) -> str:
    """The call with other arguments in the place of some; those that come after one that is left out are left out."""
    args: list[ast.expr] = []
    for argument in call.args:
        changed = instead.get(argument, argument)
        if changed is None:
            break
        args.append(changed)
    keywords = [
        ast.keyword(k.arg, changed) for k in call.keywords if (changed := instead.get(k.value, k.value)) is not None
    ]
    return ast.unparse(ast.Call(call.func, args, keywords))
