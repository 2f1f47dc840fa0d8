"""Hand-made functions in which an exponential overflows although the function itself is harmless."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from tapelint.flow.graph import Edge, Node, Site
from tapelint.libraries.numbers_names import short
from tapelint.libraries.numbers_singular import Judgement
from tapelint.views import Place

PASSING = frozenset(
    ["+", "-", "*", "identity", "sum", "mean", "stack", "concat", "reshape", "[]", "negative", "expand_dims", "squeeze"]
)
MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Pattern:
    """Why an overflow matters, and the fused call to write instead, at its place."""

    because: str
    fused: Place | None = None


def overflows(judgement: Judgement, users: Mapping[int, list[tuple[Node, Edge]]]) -> Pattern | None:
    """The harmless function that an exponential is part of; None where it is used for itself."""
    node = judgement.node
    text = judgement.site.text(30)
    after, ends = _uses(node, users)
    for end, edge in ends:
        op = short(end.op)
        if op in ("log", "log1p"):
            return Pattern(f"`{text}` overflows before the logarithm is taken", _fused(end, judgement))
        if op in ("/", "reciprocal") and len(end.edges) >= 1:
            inputs = [e.node.id for e in end.edges]
            both = sum(i in after for i in inputs) > 1
            below = edge.node is end.edges[-1].node and edge.linearity != "bilinear"
            if both:
                return Pattern(f"`{text}` overflows, and infinity over infinity is NaN", _fused(end, judgement))
            if below and op == "/":
                return Pattern(
                    f"`{text}` overflows, and the derivative of the quotient is 0 times infinity",
                    _fused(end, judgement),
                )
    return None


def _uses(node: Node, users: Mapping[int, list[tuple[Node, Edge]]]) -> tuple[set[int], list[tuple[Node, Edge]]]:
    """What is made of an exponential by sums and the like, and the operations that these end in."""
    after = {node.id}
    todo = [node]
    ends: list[tuple[Node, Edge]] = []
    while todo and len(after) < MOST_STEPS:
        at = todo.pop(0)
        for user, edge in users.get(at.id, ()):
            if short(user.op) in PASSING or user.op in ("join", "pack"):
                if user.id not in after:
                    after.add(user.id)
                    todo.append(user)
            else:
                ends.append((user, edge))
    return after, ends


def _fused(end: Node, judgement: Judgement) -> Place | None:
    """`log(1 + exp(x))` and `1 / (1 + exp(-x))` as one call, where they are written in one expression."""
    site = end.site
    if site is None or judgement.site.source is not site.source or not isinstance(judgement.argument, ast.expr):
        return None
    call, inner = site.node, judgement.site.node
    argument = Site(site.source, judgement.argument).text(200)
    if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
        if _is_one_plus(call.args[0], inner) or (short(end.op) == "log1p" and call.args[0] is inner):
            return Place(site.span, f"tensorflow.nn.softplus({argument})")
        return None
    if (
        isinstance(call, ast.BinOp)
        and isinstance(call.op, ast.Div)
        and _is_one(call.left)
        and _is_one_plus(call.right, inner)
    ):
        minus = judgement.argument
        if isinstance(minus, ast.UnaryOp) and isinstance(minus.op, ast.USub):
            return Place(site.span, f"tensorflow.sigmoid({Site(site.source, minus.operand).text(200)})")
    return None


def _is_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (1, 1.0)


def _is_one_plus(node: ast.AST, inner: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return False
    return (_is_one(node.left) and node.right is inner) or (_is_one(node.right) and node.left is inner)
