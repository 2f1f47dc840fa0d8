"""What certainly raises where variables are updated by hand: parts that are set, methods and setters that lack.

Each is noted with the values that are refused, so that a finding can say what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.graph import ROWS, Site
from tapelint.flow.values import Cell, Data, Many, Tuple, Value, Variable

from .natures import form

if TYPE_CHECKING:
    from .world import Libraries

ASSIGNING = ("assign", "assign_add", "assign_sub")
"""Methods of variables that no tensor has."""

OF_ROWS = ("consumers", "dense_shape", "device", "dtype", "graph", "indices", "name", "op", "shape", "values")
"""What an `IndexedSlices` has."""

ITEM, ITERATION, SETTER, METHOD, PACKED = (
    "item assignment", "iteration over a layer", "no setter", "no such method", "a list as one tensor",
)  # fmt: skip
"""The calls that exceptions are noted under."""


def refuse(world: Libraries, error: str, site: Site, call: str, values: Sequence[Value]) -> None:
    """These values are refused: lists are noted as they are now."""
    world.recorder.note("refused", Tuple(tuple(listed(world, value) for value in values)), site)
    world.raised(error, site, call)


def listed(world: Libraries, value: Value) -> Value:
    """A list with the items that it has now; anything else as it is."""
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        return Tuple(tuple(listed(world, item) for item in items.items))
    return Many(items.element) if isinstance(items, Many) else value


def is_tensor_for_sure(value: Value) -> bool:
    """Whether a value is a tensor of TensorFlow, and no variable or thing in parts."""
    return isinstance(value, Data) and value.kind == "tensor" and not value.node.opaque and not form(value)


def has_no_items_to_set(value: Value) -> bool:
    """Whether `value[i] = ...` raises a TypeError: variables and tensors, in a graph as well."""
    return isinstance(value, Variable) or is_tensor_for_sure(value)


def lacks(value: Data, name: str) -> bool:
    """Whether a tensor has no such method of variables, or an `IndexedSlices` none of tensors.

    A part of a variable has `assign`.
    """
    op = value.node.op
    if form(value) == ROWS:
        return not name.startswith("_") and name not in OF_ROWS
    if name not in ASSIGNING or not is_tensor_for_sure(value) or (op == "operator []" and name == "assign"):
        return False
    return op.startswith(("operator ", "tensorflow.")) and not op.startswith(("tensorflow.compat.", "tensorflow.raw"))


def is_never_iterated(value: Value) -> bool:
    """Whether a value is a layer or model of Keras itself: none of them is a sequence."""
    return isinstance(value, Cell) and value.kind == "layer"

