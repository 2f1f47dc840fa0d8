"""What Python's own protocols refuse of tensors and arrays: several numbers have no truth, and are no one number."""

from __future__ import annotations

import math

from tapelint.flow.values import Data, Value, Variable, options

from .natures import form


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
