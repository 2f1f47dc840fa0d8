"""What the managers of with blocks do with exceptions, as it is written down."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from tapelint.source import walk

from .attempts import ANY_OTHER
from .functions import own_nodes
from .values import Function, Value


def swallowed_by_exit(method: Value) -> Sequence[ast.expr]:
    """The exceptions that an `__exit__` of the program swallows, or may."""
    if not isinstance(method, Function):
        return ()
    returned = [n.value for n in own_nodes(method.node) if isinstance(n, ast.Return)]
    truths = [v for v in returned if v is not None and not (isinstance(v, ast.Constant) and not v.value)]
    if any(isinstance(v, ast.Constant) for v in truths):
        return (ast.Name("Exception", ast.Load()),)
    return (ANY_OTHER,) if truths else ()


def caught_around_yields(function: ast.AST) -> Sequence[ast.expr]:
    """The exceptions that a generator catches where it yields, so that a block that it manages does not raise them."""
    caught: list[ast.expr] = []
    for node in own_nodes(function):
        if not isinstance(node, ast.Try) or not any(isinstance(n, ast.Yield) for s in node.body for n in walk(s)):
            continue
        for handler in node.handlers:
            if isinstance(handler.body[-1], ast.Raise):
                continue
            every = handler.type or ast.Name("Exception")
            kinds = every.elts if isinstance(every, ast.Tuple) else [every]
            plain = not any(isinstance(n, ast.Raise) for statement in handler.body for n in walk(statement))
            caught += [each if plain and _is_exception(each) else ANY_OTHER for each in kinds]
    return caught


def entered_later(body: Sequence[ast.stmt]) -> list[ast.expr]:
    """What a block gives to `enter_context` or `push`."""
    calls = [n for statement in body for n in walk(statement) if isinstance(n, ast.Call)]
    later = [n for n in calls if isinstance(n.func, ast.Attribute) and n.func.attr in ("enter_context", "push")]
    return [n.args[0] for n in later if n.args]


def _is_exception(name: ast.expr) -> bool:
    """Whether a name is that of one of Python's exceptions."""
    kind = getattr(builtins, name.id, None) if isinstance(name, ast.Name) else None
    return isinstance(kind, type) and issubclass(kind, BaseException)
