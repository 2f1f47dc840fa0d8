"""What a gradient function makes of what comes down to it, read off the nodes that a run of it made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from operator import or_

from tapelint.flow.graph import UPSTREAM, Node
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE, ZERO, along, parallel
from tapelint.flow.values import NO_VALUE, Data, OneOf, Value, Variable

from ..numerics.numbers_names import short
from ..world import Libraries

ZEROS = ("tensorflow.zeros_like", "tensorflow.zeros", "keras.ops.zeros_like", "keras.ops.zeros")


def outcome_of(gradient: Value) -> int:
    """What becomes of a gradient for which a gradient function returns a value."""
    if gradient == NO_VALUE:
        return NONE
    if isinstance(gradient, OneOf):
        return reduce(or_, (outcome_of(option) for option in gradient.options))
    if isinstance(gradient, Data) and gradient.node.op in ZEROS:
        return ZERO
    if isinstance(gradient, Data) and gradient.kind != "tensor":
        return ANYTHING  # an array is taken by some of what differentiates, and refused by others
    return FLOWS if isinstance(gradient, (Data, Variable)) else ANYTHING


def made_of(world: Libraries, gradient: Value, first: int, every: bool = False) -> tuple[tuple[Node, int], ...]:
    """What there was before the call (nodes before `first`), or comes from above, that a gradient is made from.

    every: also that which itself gets no gradient.
    """
    targets = world.run.nodes_in(gradient)
    before, inside = _behind(targets, first)
    found = []
    for leaf in before.values():
        outcome = _from_leaf(leaf, [inside[key] for key in sorted(inside)], targets)
        if every or outcome != NONE:
            found.append((leaf, outcome))
    return tuple(found)


def _behind(targets: Sequence[Node], first: int) -> tuple[dict[int, Node], dict[int, Node]]:
    """The leaves that some nodes were made from, and what lies between."""
    before: dict[int, Node] = {}
    inside: dict[int, Node] = {}
    todo = list(targets)
    while todo:
        node = todo.pop()
        if node.id < first or node.kind == "variable" or node.op == UPSTREAM:
            before[node.id] = node
        elif node.id not in inside:
            inside[node.id] = node
            todo += [edge.node for edge in node.edges]
    return before, inside


def _from_leaf(leaf: Node, inside: Sequence[Node], targets: Sequence[Node]) -> int:
    """What becomes of a gradient on the way from the targets to one leaf."""
    reached: dict[int, int] = {leaf.id: ANYTHING if leaf.opaque else FLOWS}
    for node in inside:
        parts = [along(reached.get(edge.node.id, NONE), edge.outcome) for edge in node.edges]
        merge = or_ if node.op == "join" else parallel
        reached[node.id] = reduce(merge, parts) if parts else ANYTHING if node.opaque else NONE
    return reduce(parallel, (reached.get(t.id, NONE) for t in targets), NONE)


# -- where zeros come down


MULTIPLYING = frozenset(("*", "@", "matvec", "tensordot", "einsum"))
"""What gives zeros if one of its arguments is zero."""

KEEPING_ZERO = frozenset(
    "negative identity reshape transpose squeeze expand_dims broadcast_to tile repeat cast sum mean abs sign square "  # noqa: SIM905
    "tanh relu clip_by_norm gather reverse flatten".split()
)
"""What gives zeros of zeros, whatever else it is told."""

LIKE = frozenset(("ones_like", "ones", "shape", "size", "rank"))
"""What asks a tensor for its form only."""


def of_zeros(world: Libraries, gradient: Value, first: int) -> int:
    """What a gradient function gives if zeros come down to it: ZERO, FLOWS where it is something else, or ANYTHING."""
    if not isinstance(gradient, Data):
        return FLOWS if isinstance(gradient, Variable) else ANYTHING
    bounds = gradient.range
    if short(gradient.node.op) == "clip_by_value" and bounds is not None and gradient.node.edges:
        clipped = _of_zeros(gradient.node.edges[0].node, first)
        return ZERO if clipped == ZERO and -INFINITE < bounds.low <= 0 <= bounds.high < INFINITE else ANYTHING
    return _of_zeros(gradient.node, first)


INFINITE = float("inf")


def _of_zeros(target: Node, first: int) -> int:
    before, inside = _behind([target], first)
    known: dict[int, int] = {key: ZERO if leaf.op == UPSTREAM else FLOWS for key, leaf in before.items()}
    hanging = {key for key, leaf in before.items() if leaf.op == UPSTREAM}
    for key in sorted(inside):
        node = inside[key]
        if any(edge.node.id in hanging for edge in node.edges):
            hanging.add(key)
        known[key] = _of_node(node, known, hanging)
    return known[target.id]


def _of_node(node: Node, known: Mapping[int, int], hanging: Collection[int]) -> int:
    """What an operation gives; `hanging`: what depends on what comes down."""
    name = short(node.op)
    if node.op in ZEROS:
        return ZERO
    if name in LIKE:
        return FLOWS
    found = [known[edge.node.id] for edge in node.edges]
    if node.op == "join" or node.op == "gradient":
        return reduce(or_, found, 0) if node.op == "join" and found else ANYTHING
    if name in MULTIPLYING:
        return ZERO if ZERO in found else FLOWS if set(found) <= {FLOWS} else ANYTHING
    if node.id not in hanging:
        return ANYTHING if ANYTHING in found or node.opaque else FLOWS
    if name in ("+", "-", "add_n"):
        return _of_sum(found) if len(found) > 1 else ANYTHING
    if name == "/":
        return ZERO if found[0] == ZERO and ZERO not in found[1:] else ANYTHING
    return ZERO if name in KEEPING_ZERO and found[0] == ZERO else ANYTHING


def _of_sum(found: Sequence[int]) -> int:
    if set(found) == {ZERO}:
        return ZERO
    return FLOWS if found.count(FLOWS) == 1 and set(found) <= {ZERO, FLOWS} else ANYTHING
