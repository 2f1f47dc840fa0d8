"""`heapq` and `bisect`: lists that are kept in an order."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import PERMUTED, Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Many, Tuple, Value

from ..registry import Registry
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add the functions that change a list, and those that pick of one."""
    for name in ("heapq.heapify", "heapq.heappush", "bisect.insort", "bisect.insort_left", "bisect.insort_right"):
        registry.functions[name] = _put_in
    for name in ("heapq.heappop", "heapq.heappushpop", "heapq.heapreplace"):
        registry.functions[name] = _take_out
    for name in ("heapq.nsmallest", "heapq.nlargest"):
        registry.functions[name] = _picked


def _mixed(world: Libraries, cell: Value, more: list[Value], site: Site) -> Value:
    """Leave a list with these items, and nobody can tell in which order; any one of them."""
    items = containers.sequence(world.run, cell)
    held = [items.element] if isinstance(items, Many) else list(items.items) if isinstance(items, Tuple) else []
    with world.run.joining(PERMUTED):
        element = world.run.join_all([*held, *more])
    element = element if element is not UNBOUND else world.run.opaque(site, [cell])
    if isinstance(cell, Cell) and cell.kind == "list":
        world.run.state.set((cell.uid, "items"), Many(element))
    return element


def _put_in(world: Libraries, args: Arguments, site: Site) -> Value:
    _mixed(world, args.positional[0], args.positional[1:2], site)
    return NO_VALUE


def _take_out(world: Libraries, args: Arguments, site: Site) -> Value:
    return _mixed(world, args.positional[0], args.positional[1:2], site)


def _picked(world: Libraries, args: Arguments, site: Site) -> Value:
    """The first or last few of a sorted list."""
    items = world.run.iterate(args.get(1, "iterable"), site, to_end=True)
    with world.run.joining(PERMUTED):
        element = items.element if isinstance(items, Many) else world.run.join_all(items)
    return containers.make_list(world.run, Many(element if element is not UNBOUND else world.run.opaque(site)))
