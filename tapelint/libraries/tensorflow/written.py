"""What a program has written into variables: it stands beside the way of a gradient, and tells where that ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.values import UNBOUND, Opaque, Variable, options

if TYPE_CHECKING:
    from ..world import Libraries

ASSIGNED = "assigned"


def written_to(world: Libraries, variable: Variable) -> list[Node]:
    """What a variable may hold by now that was computed."""
    return [each.node for each in options(world.run.state.get((variable.uid, ASSIGNED))) if isinstance(each, Opaque)]


def write(world: Libraries, variable: Variable, op: str, edges: Sequence[Edge], site: Site) -> None:
    """From now on a variable holds what an operation has written, out of sight of every tape."""
    with world.paused():
        made = world.run.node(op, edges, site, dtype=variable.dtype, kind="written")
    world.run.state.set((variable.uid, ASSIGNED), Opaque(made))


def forget(world: Libraries, variable: Variable) -> None:
    """From now on a variable holds nothing that was computed."""
    world.run.state.set((variable.uid, ASSIGNED), UNBOUND)
