"""Things that hold tensors: ragged and sparse tensors and `IndexedSlices`. A tape sees what they hold, not them.

What a constructor is given stays the same tensor: who makes a sparse tensor of `x` before a tape, and has the tape
watch `x`, watches what the sparse tensor holds. What a variable is read for, or an array is copied to, is a new one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.flow.graph import Edge
from tapelint.flow.outcomes import ANYTHING, FLOWS
from tapelint.flow.values import NO_VALUE, UNBOUND, Data, Value, Variable, is_tensor

from ..natures import IN_PARTS, form

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

_OF_ROWS = ("row_splits", "row_lengths", "row_starts", "row_limits", "value_rowids", "uniform_row_length")
HOLDS = {
    "tensorflow.sparse.SparseTensor": "values",
    "tensorflow.IndexedSlices": "values",
    "SparseTensor.with_values": "new_values",
    "RaggedTensor.with_values": "new_values",
    "RaggedTensor.with_flat_values": "new_values",
    **{f"tensorflow.RaggedTensor.from_{name}": "values" for name in _OF_ROWS},
    **{f"tensorflow.RaggedTensor.from_nested_{name}": "flat_values" for name in (*_OF_ROWS[:2], _OF_ROWS[4])},
}
"""The parameter for what a thing holds, by the function that makes it."""

COMPONENTS = ("values", "flat_values")
"""The attributes that are what a thing holds: to ask for them is no operation."""


def hold(world: Libraries, name: str, given: Given, made: Value) -> None:
    """Note what a thing holds that a function has made."""
    value = given.values.get(HOLDS.get(name, ""))
    if name == "tensorflow.IndexedSlices" and isinstance(made, Data) and is_tensor(given.get("indices")):
        world.known.indices[made.node.id] = given.get("indices")
    if value is None or not isinstance(made, Data):
        return
    if name == "tensorflow.IndexedSlices" and given.get("dense_shape") in (UNBOUND, NO_VALUE) and given.rest is None:
        world.known.shapeless.add(made.node.id)
    if isinstance(value, Data) and value.kind == "tensor" and value.dtype == made.dtype:
        made.node.held, made.node.is_transparent = value.node, True
        made.node.recorded.clear()
        world.known.held[made.node.id] = value
    elif isinstance(value, Variable) and name == "tensorflow.IndexedSlices":
        world.known.held[made.node.id] = value  # which is not read
    elif isinstance(value, Variable):
        value_read(world, value, made)


def value_read(world: Libraries, variable: Variable, made: Data) -> None:
    """Note that something is what was read of a variable: as the target it has a gradient, of whole numbers as well."""
    if variable.flavor == "tf" and variable.dtype in ("i", "b"):
        outcome = FLOWS if not world.run.graph_mode else ANYTHING  # which may be asked for outside of the graph
        made.node.as_target = (Edge(variable.node, outcome, "linear"),)


def component(world: Libraries, base: Data, name: str) -> Value | None:
    """What a thing holds; None where the attribute is another one, or nobody can tell."""
    nature = form(base)
    if name == "indices":
        return world.known.indices.get(base.node.id)
    if name not in COMPONENTS or nature not in IN_PARTS:
        return None
    held = world.known.held.get(base.node.id)
    if isinstance(held, (Data, Variable)) and base.node.id in world.known.failing:
        world.known.failing.add(held.node.id)  # if it could be held, it is what is asked for
    if held is None:
        return None if base.node.is_indexed_slices else replace(base, is_part=True)
    inner = component(world, held, name) if name == "flat_values" and isinstance(held, Data) else None
    return inner if inner is not None else held
