"""Whether a name is read after a statement: only then a graph's operation gives it back."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tapelint.source import walk

LOOPS = (ast.For, ast.AsyncFor, ast.While)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)


def is_read_after(function: ast.AST, statement: ast.stmt, name: str) -> bool | None:
    """Whether a function reads one of its names after a statement of it; None where nobody can tell.

    What comes first in the text after the statement decides. A loop around it, and functions that are defined in this
    one, may read the name in another order.
    """
    nodes = walk(function)
    inner = [node for node in nodes if isinstance(node, SCOPES) and node is not function]
    own = _of_comprehensions(nodes, name).union(*(_inside(node) for node in inner if _binds(node, name)))
    uses = [node for node in nodes if isinstance(node, ast.Name) and node.id == name and node not in own]
    after = sorted((node for node in uses if _place(node) >= _end(statement)), key=_place)
    if after and isinstance(after[0].ctx, ast.Load):
        return True
    if after and _is_read_by_its_assignment(nodes, after[0]):
        return True
    around = [node for node in nodes if isinstance(node, LOOPS) and _encloses(node, statement)]
    nested = [node for node in inner if not _binds(node, name)]
    return None if after or any(_reads(node, name) for node in (*around, *nested)) else False


def _of_comprehensions(nodes: Sequence[ast.AST], name: str) -> set[ast.AST]:
    """What stands for a name of a comprehension's own: all of that name in it, but for what it goes over first."""
    found: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            targets = [n for each in node.generators for n in walk(each.target)]
            if any(isinstance(n, ast.Name) and n.id == name for n in targets):
                found |= set(walk(node)) - set(walk(node.generators[0].iter))
    return found


def _inside(scope: ast.AST) -> set[ast.AST]:
    """What is run when a function is called."""
    body = scope.body if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) else [scope.body]  # type: ignore[attr-defined]
    return {node for each in body for node in walk(each)}


def _binds(scope: ast.AST, name: str) -> bool:
    """Whether a function has a parameter of this name."""
    spec: ast.arguments = scope.args  # type: ignore[attr-defined]
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    return any(each is not None and each.arg == name for each in every)


def _place(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _encloses(outer: ast.stmt, inner: ast.expr | ast.stmt) -> bool:
    return _place(outer) <= _place(inner) and _end(inner) <= _end(outer)


def _is_read_by_its_assignment(nodes: list[ast.AST], stored: ast.Name) -> bool:
    """`z += 1`, and `z = z + 1`."""
    around = [node for node in nodes if isinstance(node, ASSIGNMENTS) and _encloses(node, stored)]
    return any(isinstance(node, ast.AugAssign) or _reads(node, stored.id) for node in around)


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in walk(node))
