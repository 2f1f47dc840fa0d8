"""Hand-made functions in which an exponential overflows although the function itself is harmless."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from tapelint.findings.flatness import Users
from tapelint.findings.paths import place_of
from tapelint.flow.graph import Edge, Node
from tapelint.libraries.numerics.numbers_judgement import Judgement
from tapelint.libraries.numerics.numbers_names import short
from tapelint.views import Place

PASSING = frozenset(
    ["+", "-", "*", "identity", "sum", "mean", "stack", "concat", "reshape", "[]", "negative", "expand_dims", "squeeze"]
)
ADDING = frozenset(["+", "-", "sum", "mean", "add_n", "concat", "stack"])
LOGARITHMS = ("log", "log1p", "log_softmax")
MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Pattern:
    """Why an overflow matters, and the expression that makes it do so."""

    because: str
    whole: Place | None = None


def overflows(judgement: Judgement, users: Users) -> Pattern | None:
    """The harmless function that an exponential is part of; None where it is used for itself."""
    node = judgement.node
    text = judgement.site.text(30)
    if _is_entropy(node):
        return None
    after, ends = _uses(node, users)
    for end, edge in ends:
        op = short(end.op)
        if op == "log1p" or (op == "log" and _is_added_to(edge.node, after)):
            return Pattern(f"`{text}` overflows before the logarithm is taken", _whole(end))
        if op in ("/", "reciprocal") and len(end.edges) >= 1:
            inputs = [e.node.id for e in end.edges]
            both = sum(i in after for i in inputs) > 1
            below = edge.node is end.edges[-1].node and edge.linearity != "bilinear"
            if both:
                return Pattern(f"`{text}` overflows, and infinity over infinity is NaN", _whole(end))
            if op == "/" and not below and _stands_below_too(end, judgement):
                return Pattern(f"`{text}` overflows, and infinity over infinity is NaN", _whole(end))
            if below and op == "/" and _is_added_to(edge.node, after):
                because = f"`{text}` overflows, and the derivative of the quotient is 0 times infinity"
                return Pattern(because, _whole(end))
    return None


def _is_entropy(node: Node) -> bool:
    """Whether the exponent is made of products with a logarithm: what is a share times its logarithm is never large."""
    seen, todo = {node.id}, [edge.node for edge in node.edges]
    while todo and len(seen) < MOST_STEPS:
        at = todo.pop()
        if short(at.op) in ("*", "multiply") and any(short(edge.node.op) in LOGARITHMS for edge in at.edges):
            return True
        if short(at.op) in PASSING and at.id not in seen:
            todo += [edge.node for edge in at.edges]
        seen.add(at.id)
    return False


def is_of_a_variable(node: Node) -> bool:
    """Whether the exponent is a variable, or a multiple of one: by its logarithm a positive number can be learned."""
    while len(carrying := [edge.node for edge in node.edges if edge.node.edges or edge.node.kind == "variable"]) == 1:
        node = carrying[0]
        if node.kind == "variable":
            return True
        if short(node.op) not in ("*", "negative", "identity", "/") and not node.is_transparent:
            return False
    return False


def _is_added_to(divisor: Node, after: Collection[int]) -> bool:
    """Whether something is added to an exponential before it divides, or its logarithm is taken: alone it is a scale
    that is kept positive.

    `after`: what is made of the exponential.
    """
    todo, seen = [divisor], {divisor.id}
    while todo:
        at = todo.pop()
        if short(at.op) in ADDING:
            return True
        inner = [edge.node for edge in at.edges if edge.node.id in after and edge.node.id not in seen]
        seen.update(node.id for node in inner)
        todo += inner
    return False


def _stands_below_too(end: Node, judgement: Judgement) -> bool:
    """Whether the same exponential is written out once more in the divisor."""
    quotient = end.site.node if end.site is not None else None
    if not isinstance(quotient, ast.BinOp):
        return False
    mine = ast.dump(judgement.site.node)
    return any(ast.dump(each) == mine for each in ast.walk(quotient.right) if isinstance(each, ast.Call))


def _whole(end: Node) -> Place | None:
    return place_of(end.site) if end.site is not None else None


def _uses(node: Node, users: Users) -> tuple[set[int], list[tuple[Node, Edge]]]:
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
