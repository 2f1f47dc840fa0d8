"""What is written over a layer's own attributes: a tensor in the place of a weight, another `call` or activation."""

from __future__ import annotations

from collections.abc import Collection

from tapelint.flow.values import UNBOUND, Cell, Names, Value

from ..world import Libraries

OWNER = "whose part"
"""Under this a concrete layer knows the object of a project's class that it is the built-in part of."""

ANY_FIELD = "any field"
"""Under this lies what was written to a field whose name is not known."""


def written(world: Libraries, cell: Cell, name: str) -> Value:
    """What code outside of Keras wrote to an attribute of a layer; UNBOUND where none did."""
    for each in (world.run.state.get((cell.uid, OWNER)), cell):
        names = world.run.state.get((each.uid, "__names__")) if isinstance(each, Cell) else UNBOUND
        if isinstance(each, Cell) and isinstance(names, Names) and name in names.names:
            return world.run.state.get((each.uid, name))
    return UNBOUND


def instead_of(world: Libraries, cell: Cell, weights: Collection[str], own: Collection[Value]) -> list[Value]:
    """What a layer uses instead of its own weights, whose names are given, or instead of its own `call`."""
    fields = [*weights, *(f"_{name}" for name in weights), "call", ANY_FIELD]
    found = [written(world, cell, name) for name in fields]
    return [value for value in found if value is not UNBOUND and value not in own]


def write_somewhere(world: Libraries, cell: Cell, value: Value) -> None:
    """Something was written to a field of a layer, and which is not known."""
    world.run.set_attribute(cell, ANY_FIELD, value, cell.site)  # type: ignore[arg-type]
