"""Whether nothing comes back to a result where it is 0: it is squared behind, or a ReLU cuts it off.

A root has an infinite slope at 0, but where nothing comes down to it TensorFlow gives 0 for it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from tapelint.flow.graph import Edge, Node
from tapelint.libraries.numbers_judgement import Judgement
from tapelint.libraries.numbers_names import short
from tapelint.libraries.numbers_pairs import ITSELF

Users = Mapping[int, list[tuple[Node, Edge]]]
"""By node, the operations that take it, each with the edge from it."""
MOST_DEEP = 3
CUTTING = ("relu", "relu6", "maximum")
LIKE_SQUARES = ("square", "squared_difference", "abs")
LOSSES = tuple(f"keras.losses.{name}" for name in ("Mean", "mean_", "Huber", "huber", "LogCosh", "log_cosh"))
"""What has no slope where its arguments are equal."""


def nothing_comes_back(judgement: Judgement, users: Users) -> bool:
    """Whether what uses a result is flat where the result is 0, or may well be: each is compared with itself, and with
    what a table says of each, which for itself is 0.
    """
    of_pairs = judgement.because == ITSELF.because or _is_on_the_diagonal(judgement)
    return _is_flat(judgement.node, users, of_pairs, MOST_DEEP)


def _is_on_the_diagonal(judgement: Judgement) -> bool:
    """Whether a known table has nothing but zeros just where each is compared with itself."""
    known = getattr(judgement.value, "range", None)
    array = known.array if known is not None else None
    if array is None or len(array.shape) < 2 or array.shape[0] != array.shape[1] or array.shape[0] < 2:
        return False
    size, inner = array.shape[0], math.prod(array.shape[2:])
    cells = [array.flat[at : at + inner] for at in range(0, size * size * inner, inner)]
    empty = [at for at, cell in enumerate(cells) if not any(cell)]
    return bool(empty) and all(at // size == at % size for at in empty)


def _is_flat(node: Node, users: Users, of_pairs: bool, deep: int) -> bool:
    mine = users.get(node.id, [])
    return bool(mine) and deep > 0 and all(_cuts(node, user, edge, users, of_pairs, deep) for user, edge in mine)


def _cuts(node: Node, user: Node, edge: Edge, users: Users, of_pairs: bool, deep: int) -> bool:
    op = short(user.op)
    twice = sum(e.node is node for e in user.edges) > 1 and op == "*"
    if edge.linearity == "square" or twice or op in ("relu", "relu6") or _is_high_power(user):
        return True
    if of_pairs and len(user.edges) > 1 and (op in LIKE_SQUARES or user.op.startswith(LOSSES)):
        return True
    if op == "*" or (op == "/" and edge is not user.edges[-1]):
        return _is_flat(user, users, of_pairs, deep - 1)
    if op not in ("-", "+") or user.site is None:
        return False
    other = _other_operand(user, edge)
    behind = users.get(user.id, [])
    if other is None or not behind:
        return False
    if all(short(each.op) in CUTTING for each, _ in behind):
        at_equals = len(user.edges) > 1 and any(short(each.op) == "maximum" for each, _ in behind)
        return not at_equals and _is_cut_off(user, op, other)
    if not of_pairs or op == "+" or isinstance(other, ast.Constant):
        return False
    return all(short(each.op) in LIKE_SQUARES for each, _ in behind) or _is_flat(user, users, of_pairs, deep - 1)


def _other_operand(user: Node, edge: Edge) -> ast.expr | None:
    at = user.site.node if user.site is not None else None
    if not isinstance(at, ast.BinOp):
        return None
    return at.right if edge is user.edges[0] and edge.argument is not at.right else at.left


def _is_cut_off(user: Node, op: str, other: ast.expr) -> bool:
    """Whether `d - margin` is below 0 where d is 0. Of a margin that is not written out it is taken to be positive."""
    at = user.site.node if user.site is not None else None
    on_the_left = isinstance(at, ast.BinOp) and other is at.right
    return op == "-" and on_the_left and not (isinstance(other, ast.UnaryOp) and isinstance(other.op, ast.USub))


def _is_high_power(node: Node) -> bool:
    """Whether an operation is a power of 2 or more: its derivative at 0 is 0."""
    if short(node.op) != "**" or node.site is None:
        return False
    at = node.site.node
    exponent = (
        at.right if isinstance(at, ast.BinOp) else at.args[1] if isinstance(at, ast.Call) and len(at.args) > 1 else None
    )
    return isinstance(exponent, ast.Constant) and isinstance(exponent.value, (int, float)) and exponent.value >= 2
