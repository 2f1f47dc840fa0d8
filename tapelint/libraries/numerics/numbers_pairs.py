"""Squared distances of all pairs by the expanded square: |a|^2 - 2 a.b + |b|^2, which is 0 where a is b."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapelint.flow.ranges import Reach

from .numbers_known import Key

if TYPE_CHECKING:
    from ..world import Libraries

LAID_OUT = ("expand_dims", "[new]", "transpose", "reshape", "identity", "copy")
ITSELF = Reach(0.0, "each is compared with itself too")


def of_all_pairs(world: Libraries, key: Key | None) -> bool:
    """Whether a value is the matrix of squared distances between the rows of one matrix."""
    _, terms = world.known.linear.get(key, (0.0, ())) if key is not None else (0.0, ())
    if sorted(c for _, c in terms) != [-2.0, 1.0, 1.0]:
        return False
    product = next(k for k, c in terms if c == -2.0)
    return all(_is_square_of(world, _unlaid(world, k), product) for k, c in terms if c == 1.0)


def _unlaid(world: Libraries, key: Key) -> Key:
    """What a value was before it was laid out along another axis."""
    made = _origin(world, key)
    while made and made[0] in LAID_OUT and isinstance(made[1], int):
        key = made[1]
        made = _origin(world, key)
    return key


def _is_square_of(world: Libraries, key: Key, product: Key) -> bool:
    """Whether a value has the squared lengths of the rows that a product pairs with each other."""
    made, pair = _origin(world, key), _origin(world, product)
    if len(made) < 2 or len(pair) < 3 or pair[0] != "@" or not isinstance(pair[1], int) or not isinstance(pair[2], int):
        return False
    if _unlaid(world, pair[1]) != _unlaid(world, pair[2]):
        return False
    if made[0] in ("diag_part", "diagonal"):
        return made[1] == product
    squared = _origin(world, made[1]) if made[0] == "sum" and isinstance(made[1], int) else ()
    power = squared[:1] == ("square",) or (squared[:1] == ("*",) and squared[1:2] == squared[2:3])
    if squared[:1] == ("**",) and len(squared) > 2 and isinstance(squared[2], int):
        power = _origin(world, squared[2])[-1:] in (("2",), ("2.0",))
    return power and isinstance(squared[1], int) and _unlaid(world, squared[1]) == _unlaid(world, pair[1])


def _origin(world: Libraries, key: Key) -> Sequence[object]:
    return world.known.origin.get(key, ())
