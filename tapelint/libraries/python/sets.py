"""Methods of sets."""

from __future__ import annotations

from collections.abc import Callable

from tapelint.flow import containers, sets
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Many, Tuple, Value

from ..registry import MethodHandler, Registry
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add the methods."""
    for name, op in (("union", "|"), ("intersection", "&"), ("difference", "-"), ("symmetric_difference", "^")):
        registry.methods[("set", name)] = _made(op)
        registry.methods[("set", "update" if op == "|" else f"{name}_update")] = _changed(op)
    for name, op in (("issubset", "<="), ("issuperset", ">=")):
        registry.methods[("set", name)] = _compared(op)
    registry.methods[("set", "isdisjoint")] = _is_disjoint
    registry.methods[("set", "pop")] = _pop


def _taken_in(world: Libraries, base: Cell, op: str, args: Arguments, site: Site) -> Tuple | Many:
    """The items of a set after the operator with each of the others, whatever gives items."""
    made = containers.stored(world.run, base)
    for other in args.every():
        items = sets.items_of(world.run, other, site)
        more = items if isinstance(items, Many) else containers.distinct(world.run, Tuple(tuple(items)))
        made = sets.combined(world.run, op, made, more)
    return made


def _made(op: str) -> MethodHandler:
    def make(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        return containers.make_list(world.run, _taken_in(world, base, op, args, site), "set", site, base.info)

    return make


def _changed(op: str) -> MethodHandler:
    def change(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        world.run.state.set((base.uid, "items"), _taken_in(world, base, op, args, site))
        return NO_VALUE

    return change


def _other(world: Libraries, args: Arguments, site: Site) -> Cell:
    """What a method is given, as a set."""
    items = sets.items_of(world.run, args.get(0, "other"), site)
    return containers.make_list(world.run, items if isinstance(items, Many) else Tuple(tuple(items)), "set", site)


def _told(answer: Callable[[Libraries, Cell, Cell], bool | None]) -> MethodHandler:
    def tell(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        other = _other(world, args, site)
        told = answer(world, base, other)
        return Const(told) if told is not None else world.run.unknown_bool(Tuple((base, other)), site)

    return tell


def _compared(op: str) -> MethodHandler:
    return _told(lambda world, base, other: sets.compared(world.run, op, base, other))


def _shares_nothing(world: Libraries, base: Cell, other: Cell) -> bool | None:
    both = [containers.stored(world.run, cell) for cell in (base, other)]
    left, right = (containers.plain_keys(world.run, items) if isinstance(items, Tuple) else None for items in both)
    if left is None or right is None or not all(isinstance(key, Const) for key in (*left, *right)):
        return None
    return left.keys().isdisjoint(right)


_is_disjoint = _told(_shares_nothing)


def _pop(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`set.pop()`: any one of them."""
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    if isinstance(items, Many):
        return items.element if items.element is not UNBOUND else world.run.opaque(site)
    if not items.items:
        world.run.may_raise("KeyError")
        return world.run.opaque(site)
    mixed = sets.permuted(world.run, items.items)
    world.run.state.set((base.uid, "items"), Tuple(tuple(mixed[1:])))
    return mixed[0]
