"""Which elements of a known array a bound holds: `tf.maximum(x, 0.0)` selects the bound; no gradient goes back there.

An operation whose derivative is infinite at such an element does no harm: TensorFlow selects zeros for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.flow.ranges import UNBOUNDED, Array, Range
from tapelint.flow.values import Cell, Const, Data, Tuple, Value

from . import numbers_known
from .numbers_arrays import ALONG, BINARY, REDUCE, UNARY, elementwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .world import Libraries

NONE: frozenset[int] = frozenset()
IN_PLACE = frozenset(["identity", "cast", "reshape", "flatten", "expand_dims", "squeeze"])
"""Operations that leave every number where it is in the flat order."""


def held_in(world: Libraries, op: str, values: Sequence[Value], result: Array) -> frozenset[int]:
    """The flat places of the elements that come from a bound that is written down, after the operation `op`."""
    ranges = [numbers_known.of_value(world, v) or UNBOUNDED for v in values]
    arrays = [r.array for r in ranges]
    plain = [_is_plain(world, v) for v in values]
    if not ranges:
        return NONE
    if op in ("maximum", "minimum", "clip_by_value", "where"):
        known = [a for a in arrays if a is not None]
        if len(known) != len(arrays) or len(known) not in (2, 3):
            return NONE
        return _selected(op, plain, known, result) | _further(ranges, plain, result)
    if (op in UNARY and op not in ("zeros_like", "ones_like")) or op in IN_PLACE:
        return _further(ranges[:1], plain[:1], result)
    if op in REDUCE or op in ALONG:
        whole = ranges[0].array is not None and ranges[0].held.issuperset(range(len(ranges[0].array.flat)))
        return frozenset(range(len(result.flat))) if whole else NONE
    return _further(ranges, plain, result) if op in BINARY else NONE


def _is_plain(world: Libraries, value: Value) -> bool:
    """Whether it is made of numbers that are written down, so that no tape follows it."""
    if isinstance(value, (Tuple, Cell)):
        items = numbers_known.items_of(world, value)
        return bool(items) and all(_is_plain(world, item) for item in items)
    return isinstance(value, Const) or (isinstance(value, Data) and value.kind in ("numpy", "python"))


def _further(ranges: Sequence[Range], plain: Sequence[bool], result: Array) -> frozenset[int]:
    """What is held already, where all other operands are plain numbers."""
    moving = [r for r, fixed in zip(ranges, plain, strict=True) if not fixed]
    if len(moving) != 1 or moving[0].array is None or len(moving[0].array.flat) != len(result.flat):
        return NONE
    return moving[0].held


def _selected(op: str, plain: Sequence[bool], arrays: Sequence[Array], result: Array) -> frozenset[int]:
    if op == "clip_by_value":
        if not (plain[1] and plain[2]):
            return NONE
        marks = elementwise(lambda x, low, high: float(x < low or x > high), arrays, True)
    elif op == "where":
        if len(arrays) != 3 or not (plain[1] or plain[2]):
            return NONE
        marks = elementwise(lambda c, _a, _b: float(plain[1] if c else plain[2]), arrays, True)
    elif len(arrays) == 2 and plain[0] != plain[1]:
        first = BINARY[">=" if op == "maximum" else "<="]
        marks = elementwise(lambda a, b: float(bool(first(a, b)) == plain[0]), arrays, True)
    else:
        return NONE
    if marks is None or marks.shape != result.shape:
        return NONE
    return frozenset(i for i, x in enumerate(marks.flat) if x)
