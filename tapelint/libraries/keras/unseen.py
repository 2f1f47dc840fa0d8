"""Models that cannot be seen: all variables of one are one source, those of several in a list a source a model."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from tapelint.flow import containers
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import Data, Many, Opaque, Tuple, Value, Variable

from ..registry import Registry
from ..world import Libraries

WEIGHTS = ("trainable_variables", "trainable_weights", "variables", "weights")
LISTED = "weights side by side"
"""The node of a list in which the variables of several models lie, one of which cannot be seen."""


def register(registry: Registry) -> None:
    """Add what calling an unseen model uses."""
    registry.behind.append(_own_weights)


def weights_node(world: Libraries, model: Opaque, site: Site | None) -> Node:
    """The one node that stands for all variables of a model that cannot be seen."""
    key = (-model.node.id - 1, "weights of a model")
    known = world.run.state.get(key)
    if isinstance(known, Opaque):
        return known.node
    node = world.run.graph.add("weights", [], site, world.run.chain)
    node.dtype = "f"
    node.kind = "weights"
    world.run.state.settle(key, Opaque(node))
    return node


def used_weights(world: Libraries, value: Value) -> Opaque | None:
    """The variables of an unseen model that was called, or asked for them."""
    known = world.run.state.get((-value.node.id - 1, "weights of a model")) if isinstance(value, Opaque) else None
    return known if isinstance(known, Opaque) else None


def of_parts(world: Libraries, weights: Sequence[Value], site: Site) -> Opaque:
    """The variables of a model some of whose layers cannot be seen, as one source."""
    edges = [Edge(w.node, FLOWS, "linear") for w in weights if isinstance(w, (Variable, Opaque))]
    node = world.run.graph.add(PARTS, edges, site, world.run.chain)
    node.dtype, node.kind = "f", "weights"
    return Opaque(node, "weights")


def _own_weights(world: Libraries, callee: Value, site: Site) -> list[Node]:
    """Calling a model that cannot be seen uses its variables."""
    return [weights_node(world, callee, site)] if isinstance(callee, Opaque) and not is_weights(callee) else []


PARTS = "weights of parts"
"""The node of one model's variables, where some of its layers cannot be seen."""

PARTLY = "partly seen"
"""What marks the variables of a model whose own code can be seen: who uses them is not always known."""


def is_weights(value: Value) -> bool:
    """Whether a value is the list of an unseen model's variables, or one in which such lists lie."""
    return isinstance(value, Opaque) and value.node.op in ("weights", LISTED, PARTS)


def joined(world: Libraries, operands: Sequence[Value], site: Site) -> Value | None:
    """`a.trainable_variables + b.trainable_variables`; None where that is no sum of lists of variables."""
    if not any(is_weights(operand) for operand in operands):
        return None
    edges: list[Edge] = []
    places = [getattr(site.node, side, None) for side in ("left", "right")]
    for operand, place in zip(operands, places, strict=False):
        if isinstance(operand, Opaque):
            inner = operand.node.edges if operand.node.op == LISTED else (Edge(operand.node, FLOWS, "linear", place),)
            edges += inner
            continue
        items = containers.sequence(world.run, operand)
        if not isinstance(items, Tuple) or not all(isinstance(v, (Variable, Opaque, Data)) for v in items.items):
            return None
        edges += [Edge(v.node, FLOWS, "linear") for v in items.items if isinstance(v, (Variable, Opaque, Data))]
    node = world.run.graph.add(LISTED, edges, site, world.run.chain)
    node.dtype, node.kind = "f", "weights"
    return Opaque(node, "weights")


def rows(world: Libraries, value: Opaque, site: Site) -> Many:
    """Any one of the variables."""
    if value.node.op == "weights":
        return Many(value)
    return Many(world.run.opaque(site, [Opaque(edge.node) for edge in value.node.edges]))


def used_in_part(behind: Iterable[Node], weights: Node) -> Node | None:
    """The call of an unseen model of whose several results only some come into what is `behind` a target, so that
    perhaps not all variables do; None where all may.
    """
    nodes = list(behind)
    calls = {node.id: node for node in nodes if any(edge.node is weights for edge in node.edges)}
    taken: dict[tuple[int, int], set[int]] = {}
    wanted: dict[int, int] = {}
    for node, call in ((n, edge.node.id) for n in nodes for edge in n.edges if edge.node.id in calls):
        place = node.site.node if node.op == "operator []" and node.site is not None else None
        if not _takes_one(place):
            return None
        taken.setdefault((call, id(place)), set()).add(node.id)
        wanted[id(place)] = len(place.elts) if isinstance(place, (ast.Tuple, ast.List)) else 2
    if any(len(found) >= wanted[place] for (_, place), found in taken.items()):
        return None
    return next((calls[call] for call, _ in taken), None)


def _takes_one(place: ast.AST | None) -> bool:
    """Whether this takes one of several things, if it is no tensor that has rows."""
    if isinstance(place, ast.Subscript):
        return isinstance(place.slice, (ast.Constant, ast.UnaryOp))
    return isinstance(place, (ast.Tuple, ast.List))
