"""What Python says of containers that it compares item by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import containers
from .arithmetic import ANSWERS, COMPARISONS
from .core import Core
from .values import Cell, Class, Const, Counted, Function, Library, Tuple, Value, Variable, View


class NotKnown(TypeError):
    """Nobody can tell what a comparison gives."""


class Unknown:
    """What equals itself, and nobody can tell what else, or what it comes before."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise NotKnown

    def __lt__(self, other: object) -> bool:
        raise NotKnown


def comparable(core: Core, values: Sequence[Value]) -> list[Any]:
    """Values for Python to compare, whole tuples, lists and dicts among them; NotKnown where nobody can tell."""
    unknown: dict[Value, Unknown] = {}

    def plain(value: Value) -> Any:
        if isinstance(value, Const):
            return value.value
        if isinstance(value, Tuple) and not isinstance(value, (View, Counted)):
            return tuple(plain(item) for item in value.items)
        if isinstance(value, Cell) and value.kind == "list" and value.info is None:
            items = containers.stored(core, value)
            return [plain(item) for item in items.items] if isinstance(items, Tuple) else Unknown()
        if containers.is_dict(value) and isinstance(value, Cell):
            known = containers.pairs(core, value)
            if known is not None and all(isinstance(key, Const) for key, _ in known):
                return {key.value: plain(item) for key, item in known if isinstance(key, Const)}
        if isinstance(value, (Variable, Function, Class, Library)):
            return unknown.setdefault(value, Unknown())
        return Unknown()

    return [plain(value) for value in values]


def compared(core: Core, op: str, left: Value, right: Value) -> bool | None:
    """What a comparison of two containers gives; None where nobody can tell, or they are none."""
    if op not in COMPARISONS or not (containers.is_structure(left) and containers.is_structure(right)):
        return None
    try:
        return bool(ANSWERS[op](*comparable(core, [left, right])))
    except TypeError:
        return None
