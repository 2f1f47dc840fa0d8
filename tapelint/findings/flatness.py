"""Whether anything comes back to a result where it is 0: not where it is squared behind, or cut off by a ReLU.

A root has an infinite slope at 0, but where nothing comes down to it TensorFlow gives 0 for it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tapelint.flow.graph import Edge, Node
from tapelint.flow.ranges import Array
from tapelint.libraries.numerics.numbers_judgement import Judgement
from tapelint.libraries.numerics.numbers_names import short
from tapelint.libraries.numerics.numbers_pairs import ITSELF

Users = Mapping[int, list[tuple[Node, Edge]]]
"""By node, the operations that take it, each with the edge from it."""
MOST_STEPS = 200
CUTTING = ("relu", "relu6", "maximum")
SQUARES = ("square", "squared_difference", "abs")
LOSSES = tuple(f"keras.losses.{name}" for name in ("Mean", "mean_", "Huber", "huber", "LogCosh", "log_cosh"))
"""What has no slope where its arguments are equal."""
SPREADING = frozenset(
    [
        *("sum", "mean", "min", "add_n", "negative", "identity", "cast", "reshape", "expand_dims", "squeeze"),
        *("flatten", "transpose", "stack", "concat", "tile", "repeat", "broadcast_to", "norm", "sqrt", "exp", "expm1"),
        *("log1p", "softplus", "sigmoid", "tanh", "sin", "sinh", "atan", "asinh", "log_softmax", "logsumexp"),
        *("minimum", "variance", "leaky_relu", "elu", "selu", "gelu", "swish", "silu"),
    ]
)
"""What has a slope where its argument is 0, and takes all of its elements, or the least."""


@dataclass(frozen=True, slots=True)
class Call:
    """A gradient call: its targets, what its sources are in (`depends`), and the numbers that are known (`arrays`)."""

    users: Users
    targets: Collection[int]
    depends: Collection[int]
    arrays: Mapping[int, Array]


def nothing_comes_back(judgement: Judgement, call: Call) -> bool:
    """Whether what uses a result is flat where the result is 0, or may well be.

    That it is not must be seen where the result is certainly 0 in some elements only: on the way to the target others
    may be picked, or these multiplied by nothing.
    """
    if judgement.finite and _Way(judgement, call, _is_compared_with_itself(judgement)).is_flat(judgement.node):
        return True
    some = judgement.evidence == "certain" and not judgement.whole and getattr(judgement.value, "shape", None) != ()
    return some and not _Way(judgement, call, True).comes_back()


def _is_compared_with_itself(judgement: Judgement) -> bool:
    """Whether a known table has nothing but zeros just where each is compared with itself."""
    if judgement.because == ITSELF.because:
        return True
    known = getattr(judgement.value, "range", None)
    array = known.array if known is not None else None
    if array is None or len(array.shape) < 2 or array.shape[0] != array.shape[1] or array.shape[0] < 2:
        return False
    size, inner = array.shape[0], math.prod(array.shape[2:])
    cells = [array.flat[at : at + inner] for at in range(0, size * size * inner, inner)]
    empty = [at for at, cell in enumerate(cells) if not any(cell)]
    return bool(empty) and all(at // size == at % size for at in empty)


@dataclass(slots=True)
class _Way:
    """From a result to the targets. `like_it`: what is subtracted from it may be 0 where it is 0 itself."""

    judgement: Judgement
    call: Call
    like_it: bool
    seen: set[tuple[int, bool, frozenset[str]]] = field(default_factory=set)

    def is_flat(self, node: Node, deep: int = 4) -> bool:
        """Whether all that uses a node is flat where the node is 0."""
        mine = self.call.users.get(node.id, [])
        return bool(mine) and deep > 0 and all(self._cuts(node, user, edge, deep) for user, edge in mine)

    def _cuts(self, node: Node, user: Node, edge: Edge, deep: int) -> bool:
        op = short(user.op)
        if self._is_flat_at_0(node, user, edge):
            return True
        if op == "*" or (op == "/" and edge is not user.edges[-1]):
            return self.is_flat(user, deep - 1)
        if op not in ("-", "+"):
            return False
        other, behind = _other_operand(user, edge), self.call.users.get(user.id, [])
        if other is None or not behind:
            return False
        if all(short(each.op) in CUTTING for each, _ in behind):
            at_equals = len(user.edges) > 1 and any(short(each.op) == "maximum" for each, _ in behind)
            return not at_equals and _is_cut_off(user, op, other)
        if not self.like_it or op == "+" or _is_number(other):
            return False
        return all(short(each.op) in SQUARES for each, _ in behind) or self.is_flat(user, deep - 1)

    def _is_flat_at_0(self, node: Node, user: Node, edge: Edge) -> bool:
        op = short(user.op)
        twice = sum(e.node is node for e in user.edges) > 1 and op == "*"
        if edge.linearity == "square" or twice or op in ("relu", "relu6") or _is_high_power(user):
            return True
        if op in ("maximum", "clip_by_value") and _has_a_floor(user, edge):
            return True
        return self.like_it and len(user.edges) > 1 and (op in SQUARES or user.op.startswith(LOSSES))

    def comes_back(self) -> bool:
        """Whether a gradient certainly comes back from a target to all elements of the result where it is 0: by one way
        that nothing is multiplied to, or by two whose factors are not 0 both, `f` and `1 - f`.
        """
        todo: list[tuple[Node, bool, frozenset[str]]] = [(self.judgement.node, not self.judgement.finite, frozenset())]
        arrived: set[frozenset[str]] = set()
        while todo and len(self.seen) < MOST_STEPS:
            node, beside, factors = todo.pop()
            if node.id in self.call.targets:
                arrived.add(factors)
            if (node.id, beside, factors) in self.seen:
                continue
            self.seen.add((node.id, beside, factors))
            for user, edge in self.call.users.get(node.id, ()):
                after = self._after(node, user, edge, beside)
                if after is not None:
                    todo.append((user, after, factors | self._factor(user, edge)))
        single = {next(iter(factors)) for factors in arrived if len(factors) == 1}
        return frozenset() in arrived or any(f"{one} - {each}" in single for each in single for one in ("1", "1.0"))

    def _after(self, node: Node, user: Node, edge: Edge, beside: bool) -> bool | None:
        """Whether what an operation gives is surely not 0 there (`beside`); None where nothing may come back by it."""
        op = short(user.op)
        reduces = user.op.startswith("keras.losses.") and len(user.edges) == 1 and edge.linearity == "linear"
        if user.is_transparent or op in SPREADING or reduces:
            return beside
        other = _other_operand(user, edge) if op in ("+", "-", "*", "/") else None
        if op in ("+", "-"):
            array = self._array_beside(user, edge)
            sure = len(user.edges) == 1 or (array is not None and all(array.flat))
            return beside or (_is_number(other, but_not=0) if _is_number(other) else sure)
        if op in ("*", "/"):
            return beside or (op == "/" and edge is user.edges[-1] and len(user.edges) > 1)
        flat = self._is_flat_at_0(node, user, edge) or op in (*CUTTING, *SQUARES) or user.op.startswith(LOSSES)
        return True if flat and beside and (op not in CUTTING or not self._is_below(node)) else None

    def _factor(self, user: Node, edge: Edge) -> frozenset[str]:
        """What an operation multiplies with, in words, if that may be 0."""
        other = _other_operand(user, edge) if short(user.op) == "*" else None
        if other is None or _is_number(other, but_not=0) or _is_variable(user, edge):
            return frozenset(["something"] if short(user.op) == "*" and other is None else [])
        if not self.judgement.finite and any(e.node.id in self.call.depends for e in user.edges if e is not edge):
            return frozenset()  # which is multiplied by infinity itself
        array = self._array_beside(user, edge)
        return frozenset() if array is not None and all(array.flat) else frozenset([ast.unparse(other)])

    def _array_beside(self, user: Node, edge: Edge) -> Array | None:
        """The numbers of what else an operation takes, where they are known."""
        return next((self.call.arrays.get(each.node.id) for each in user.edges if each is not edge), None)

    def _is_below(self, node: Node) -> bool:
        """Whether a number was subtracted from the result: then it is below 0 where the result is 0."""
        at = node.site.node if node.site is not None else None
        return isinstance(at, ast.BinOp) and isinstance(at.op, ast.Sub) and _is_number(at.right)


def _is_number(node: ast.AST | None, but_not: float | None = None) -> bool:
    """Whether an expression is a number that is written out."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value != but_not


def _is_variable(user: Node, edge: Edge) -> bool:
    """Whether what else an operation takes is a variable, which is hardly 0."""
    others = [each.node for each in user.edges if each is not edge]
    return bool(others) and all(other.kind == "variable" or other.op == "Variable.read_value" for other in others)


def _has_a_floor(user: Node, edge: Edge) -> bool:
    """Whether `maximum` or `clip_by_value` keeps what it is given from 0, by a number that is written out."""
    at = user.site.node if user.site is not None else None
    others = [arg for arg in at.args[:2] if arg is not edge.argument] if isinstance(at, ast.Call) else []
    return len(others) == 1 and isinstance(others[0], ast.Constant) and _is_number(others[0], but_not=0)


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
