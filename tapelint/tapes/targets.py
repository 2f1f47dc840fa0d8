"""The targets of a gradient call: their nodes, what explains them, and whether anything comes back from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tapelint.flow.graph import Node
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import Cell, Opaque, Value, Variable, options
from tapelint.libraries import natures
from tapelint.libraries.structures import flattened
from tapelint.libraries.tensorflow.written import written_to
from tapelint.tapes.doubts import UNKNOWN_TARGET

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes


def target_nodes(tapes: Tapes, target: Value) -> list[Node]:
    """The nodes of a target and of all in it; none for what has none."""
    leaves = flattened(tapes.world, target)
    found: list[Node] = []
    for leaf in leaves if leaves is not None else [target]:
        if isinstance(leaf, Variable):
            found.append(leaf.node)
            continue
        node = tapes.world.run.node_of(leaf)
        instance = node is None and isinstance(leaf, Cell) and leaf.kind == "instance"
        if (instance or (isinstance(leaf, Opaque) and leaf.node.kind == "object")) and not natures.nature(leaf):
            node = tapes.world.run.graph.add(UNKNOWN_TARGET)
        kinds = {"variable" if isinstance(o, Variable) else getattr(o, "kind", "") for o in options(leaf)}
        if {"variable", "numpy"} <= kinds:
            node = tapes.world.run.graph.add(UNKNOWN_TARGET)  # a variable as it is, which an array beside it hides
        if node is not None:
            found.append(node.innermost)
    return found


def assigned_to(tapes: Tapes, target: Value) -> list[Node]:
    """What was assigned to a variable that is itself the target: it stands beside the way, and explains."""
    return written_to(tapes.world, target) if isinstance(target, Variable) else []


def ends_before_variables(targets: Iterable[Node]) -> bool:
    """Whether nothing comes back from the targets, whatever variables there are: each way ends at an operation without
    a gradient, before it comes to a variable or to what is not known.
    """
    todo, seen = list(targets), set[int]()
    while todo:
        node = todo.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.kind != "tensor" or node.opaque or node.outside or node.op in ("weights", "escaped"):
            return False
        todo += [edge.node for edge in node.edges if edge.outcome != NONE]
    return bool(seen)
