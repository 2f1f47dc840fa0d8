"""Sets: what operators make of them, and the order in which they give their items."""

from __future__ import annotations

from collections.abc import Sequence

from . import containers
from .arithmetic import ANSWERS, COMPARISONS
from .core import PERMUTED, Core
from .graph import Site
from .values import Cell, Const, Library, Many, OneOf, Opaque, Tuple, Value, View

OPERATORS = ("|", "&", "-", "^")

FROZEN = Library("builtins.frozenset")
"""What a set that never changes has as its `info`."""

SMALLEST_TABLE = 8
MOST_ORDERS = 4


def is_set(value: Value) -> bool:
    """Whether a value is a set, or the keys or pairs of a dict, which do as one."""
    if isinstance(value, View):
        return value.which != 1
    return isinstance(value, Cell) and value.kind == "set"


def in_any_order(core: Core, value: Value) -> bool:
    """Whether nobody can tell in which order a set gives its items.

    Whole numbers that are small for its size lie in the order of their values, as each lies in a place of its own.
    """
    items = containers.stored(core, value) if isinstance(value, Cell) and value.kind == "set" else None
    if not isinstance(items, Tuple) or len(items.items) < 2:
        return False
    numbers = [item.value for item in items.items if isinstance(item, Const) and isinstance(item.value, int)]
    places = max(SMALLEST_TABLE, 5 * len(items.items) // 3)
    return len(numbers) < len(items.items) or not all(0 <= number < places for number in numbers)


def in_order(items: Sequence[Value]) -> list[Value]:
    """The items of a set of which the order is known."""
    return sorted(items, key=lambda item: item.value if isinstance(item, Const) else 0)


def orders(core: Core, value: Value) -> list[list[Value]]:
    """Orders in which a set may give its few items, so that each comes first and last in one; [] of all else."""
    items = containers.stored(core, value) if isinstance(value, Cell) and in_any_order(core, value) else None
    if not isinstance(items, Tuple) or len(items.items) > MOST_ORDERS:
        return []
    return [[*items.items[i:], *items.items[:i]] for i in range(len(items.items))]


def permuted(core: Core, items: Sequence[Value]) -> list[Value]:
    """Items of which nobody can tell which is where."""
    with core.joining(PERMUTED):
        element = core.join_all(items)
    if isinstance(element, OneOf):
        core.permuted.add(element)
    return [element] * len(items)


def items_of(core: Core, value: Value, site: Site, to_end: bool = False) -> list[Value] | Many:
    """What iterating gives where the order does not matter."""
    if isinstance(value, Cell) and value.kind == "set":
        items = containers.stored(core, value)
        return items if isinstance(items, Many) else list(items.items)
    core.in_no_order = isinstance(value, Cell) and value.uid in core.expressions
    try:
        return core.iterate(value, site, to_end)
    finally:
        core.in_no_order = False


def combined(core: Core, op: str, left: Tuple | Many, right: Tuple | Many) -> Tuple | Many:
    """The items of `left | right` and the like."""
    if op == "|":
        return containers.distinct(core, containers.concatenate(core, left, right))
    if isinstance(left, Tuple) and isinstance(right, Tuple):
        first, second = containers.plain_keys(core, left), containers.plain_keys(core, right)
        if first is not None and second is not None:
            kept = [item for key, item in first.items() if (key in second) is (op == "&")]
            more = [item for key, item in second.items() if op == "^" and key not in first]
            return Tuple((*kept, *more))
    both = (left, right) if op == "^" else (left,)
    every = [item for items in both for item in (items.items if isinstance(items, Tuple) else (items.element,))]
    return Many(core.join_all(every)) if every else Tuple(())


def compared(core: Core, op: str, left: Value, right: Value) -> bool | None:
    """What a comparison of two sets gives; None where nobody can tell, or they are none."""
    if op not in COMPARISONS or not (is_set(left) and is_set(right)):
        return None
    sides = [containers.sequence(core, side) for side in (left, right)]
    keys = [containers.plain_keys(core, side) if isinstance(side, Tuple) else None for side in sides]
    if keys[0] is None or keys[1] is None or not all(isinstance(key, Const) for side in keys for key in side or ()):
        return None
    first, second = keys[0].keys(), keys[1].keys()
    return bool(ANSWERS[op](first, second))


def is_changed(core: Core, cell: Value, op: str, other: Value, site: Site) -> bool:
    """`cell op= other`: whether it has changed a set."""
    if not isinstance(cell, Cell) or cell.kind != "set" or cell.info == FROZEN or op not in OPERATORS:
        return False
    items = containers.stored(core, cell)
    if isinstance(other, Opaque):
        made: Tuple | Many = containers.concatenate(core, items, Many(core.opaque(site, [other])))
    elif is_set(other) and (more := containers.sequence(core, other)) is not None:
        made = combined(core, op, items, more)
    else:
        return False
    core.state.set((cell.uid, "items"), made)
    return True
