"""What Python's own protocols refuse of tensors and arrays: several numbers have no truth, and are no one number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tapelint.flow.values import Data, Value, Variable, options

from .natures import form

if TYPE_CHECKING:
    from .world import Libraries


def is_none_yet(world: Libraries, value: Value) -> bool:
    """Whether a graph is made that has no truth of a value yet: a tensor from before it has one."""
    return world.is_in_graph(value) or (bool(world.run.graph_mode) and isinstance(value, Variable))


def of_iteration(value: Value) -> str:
    """The exception of iterating over a tensor, variable or array that has no axis; "" for what may have one."""
    if not isinstance(value, (Data, Variable)) or value.shape != ():
        return ""
    return "InvalidArgumentError" if isinstance(value, Variable) and value.flavor == "keras" else "TypeError"


def several(value: Value) -> bool:
    """Whether a value is a tensor, variable or array that certainly has more than one number, whatever it may be of
    several.
    """
    return all(map(_has_several, options(value)))


def _has_several(value: Value) -> bool:
    if isinstance(value, Data):
        plain = value.kind in ("tensor", "numpy") and not form(value)
    else:
        plain = isinstance(value, Variable) and value.flavor == "tf"
    if not plain or not isinstance(value, (Data, Variable)) or value.shape is None:
        return False
    lengths = [length for length in value.shape if length is not None]
    return len(lengths) == len(value.shape) and math.prod(lengths) > 1
