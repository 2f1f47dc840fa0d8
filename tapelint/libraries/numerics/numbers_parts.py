"""What is known of parts: `base[key]`, what `unstack`, `split` and iterating give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.ranges import UNBOUNDED, Range, Reach
from tapelint.flow.values import NO_VALUE, Const, SliceOf, Tuple, Value

from ..shapes import shapes
from . import numbers_exact
from .numbers_identity import rows_of
from .numbers_known import Key, key_of, of_value
from .numbers_points import Scene, met, points_of

if TYPE_CHECKING:
    from ..world import Libraries


def of_index(world: Libraries, base: Value, key: Value) -> Range | None:
    """What is known of the numbers of `base[key]`."""
    own = of_value(world, base)
    base_key, index_key = key_of(world, base), _index_key(world, key)
    found = own or UNBOUNDED
    array = numbers_exact.index(world, own.array, key) if own is not None and own.array is not None else None
    if array is not None:
        found = Range.of(array, found.double)
    elif own is not None:
        found = replace(own, array=None, points=_points(base, key, own))
    identity = None
    if base_key is not None and index_key is not None:
        word = "[new]" if Const(None) in (key.items if isinstance(key, Tuple) else (key,)) else "[]"
        identity = world.known.key(word, base_key, index_key)
    return replace(found, key=identity, rows=_index_rows(world, base, key), same=frozenset())


def _points(base: Value, key: Value, own: Range) -> tuple[Reach, ...]:
    """The points that an index leaves: all, where it picks nothing; those of whole rows, where it picks within them."""
    items = [item for item in (key.items if isinstance(key, Tuple) else (key,)) if item != NO_VALUE]
    whole = [item in (WHOLE, Const(...)) for item in items]
    shape = getattr(base, "shape", None)
    at_the_end = Const(...) in items or (shape is not None and len(shape) == len(items))
    return points_of(own) if all(whole) else met(Scene("[]", [own], "", not (all(whole[:-1]) and at_the_end)))


WHOLE = SliceOf(NO_VALUE, NO_VALUE, NO_VALUE)


def of_part(
    world: Libraries, value: Value, axis: Value, index: int | None, split: Sequence[int | None] | int | None
) -> tuple[shapes.Shape | None, Range | None]:
    """Shape and numbers of one of the parts that `unstack`, `split` or iterating give; `index` None: of any of them.

    `split`: into how many parts the axis is split, or how long each is, -1 for what is left; None where it is gone.
    """
    shape = shapes.of_value(world, value)
    if (
        shape is None
        or not isinstance(axis, Const)
        or not isinstance(axis.value, int)
        or not -len(shape) <= axis.value < len(shape)
    ):
        own = of_value(world, value)
        return None, replace(
            own, array=None, points=(), key=None, rows=None, same=frozenset()
        ) if own is not None else None
    at = axis.value % len(shape)
    ends = _ends(shape[at], split, index) if split is not None and index is not None else None
    if index is None or (split is not None and ends is None):
        own = of_value(world, value)
        rest = None if split is not None else (*shape[:at], *shape[at + 1 :])
        return rest, replace(own, array=None, key=None, rows=None, same=frozenset()) if own is not None else None
    place: Value = Const(index)
    rest = (*shape[:at], *shape[at + 1 :])
    if ends is not None:
        place = SliceOf(Const(ends[0]), Const(ends[1]), NO_VALUE)
        rest = (*shape[:at], ends[1] - ends[0], *shape[at + 1 :])
    return rest, of_index(world, value, Tuple((*[WHOLE] * at, place)))


def _ends(length: int | None, split: Sequence[int | None] | int, index: int) -> tuple[int, int] | None:
    """Where a part of an axis begins and ends; None where that is not known, or the parts do not fit."""
    if isinstance(split, int):
        if length is None or split <= 0 or length % split:
            return None
        split = [length // split] * split
    sizes = list(split)
    if sizes.count(-1) == 1 and length is not None and None not in sizes:
        sizes[sizes.index(-1)] = length - sum(n for n in sizes if n is not None) - 1
    known = [n for n in sizes[: index + 1] if n is not None and n >= 0]
    return (sum(known[:-1]), sum(known)) if len(known) == index + 1 else None


def _index_key(world: Libraries, key: Value) -> Key | None:
    if isinstance(key, SliceOf):
        parts = [key_of(world, v) for v in (key.start, key.stop, key.step)]
        return world.known.key("slice", *parts) if None not in parts else None
    if isinstance(key, Tuple):
        parts = [_index_key(world, v) for v in key.items]
        return world.known.key("index", *parts) if None not in parts else None
    return key_of(world, key)


def _index_rows(world: Libraries, base: Value, key: Value) -> tuple[int, ...] | None:
    rows = rows_of(world, base)
    if rows is None or not isinstance(key, SliceOf):
        return None
    ends = containers.ends(key)
    return rows[slice(*ends)] if ends is not None else None
