"""Whether a name is read after a statement: only then a graph's operation gives it back."""

from __future__ import annotations

import ast

LOOPS = (ast.For, ast.AsyncFor, ast.While)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)


def is_read_after(function: ast.AST, statement: ast.stmt, name: str) -> bool | None:
    """Whether a function reads one of its names after a statement of it; None where nobody can tell.

    What comes first in the text after the statement decides. A loop around it, and functions that are defined in this
    one, may read the name in another order.
    """
    uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    after = sorted((node for node in uses if _place(node) >= _end(statement)), key=_place)
    if after and isinstance(after[0].ctx, ast.Load):
        return True
    if after and _is_read_by_its_assignment(function, after[0]):
        return True
    return None if after or _may_be_read_otherwise(function, statement, name) else False


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(statement: ast.stmt) -> tuple[int, int]:
    return statement.end_lineno or statement.lineno, statement.end_col_offset or 0


def _is_read_by_its_assignment(function: ast.AST, stored: ast.Name) -> bool:
    """`z += 1`, and `z = z + 1`."""
    around = [node for node in ast.walk(function) if isinstance(node, ASSIGNMENTS) and _has(node, stored)]
    return any(isinstance(node, ast.AugAssign) or _reads(node, stored.id) for node in around)


def _may_be_read_otherwise(function: ast.AST, statement: ast.stmt, name: str) -> bool:
    inside = [node for node in ast.walk(function) if isinstance(node, LOOPS) and _has(node, statement)]
    nested = [node for node in ast.walk(function) if isinstance(node, SCOPES) and node is not function]
    return any(_reads(node, name) for node in (*inside, *nested))


def _has(node: ast.AST, inner: ast.AST) -> bool:
    return any(each is inner for each in ast.walk(node))


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(node))
