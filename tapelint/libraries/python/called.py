"""Which values can be called, and what an object may have been given before."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    FALSE,
    TRUE,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Method,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

from ..tensorflow import members
from ..world import Libraries


def may_have_by_now(world: Libraries, base: Cell, name: str) -> bool:
    """Whether an object may have been given an attribute before the entry that is run."""
    return base.uid <= world.run.outside and world.run.is_set_somewhere(name)


def is_called(world: Libraries, args: Arguments, site: Site) -> Value:
    """`callable(value)`."""
    value = args.positional[0]
    if isinstance(value, (Function, Bound, Class, Partial, Wrapped, Library, Method)) and world.is_settled(value):
        return TRUE
    if isinstance(value, (Const, Data, Tuple, Variable)):
        return FALSE
    known = _is_callable_object(world, value) if isinstance(value, Cell) else None
    return Const(known) if known is not None else world.run.unknown_bool(Tuple(()), site)


def _is_callable_object(world: Libraries, value: Cell) -> bool | None:
    """Whether an object's class has `__call__`: what an object has in its own fields does not count."""
    if value.kind == "instance":
        found = world.run.find_in_class(value.info, "__call__")
        if found is not None:
            return True if isinstance(found[0], (Function, Const)) else None
        settled = not members.is_written(world, value) and not may_have_by_now(world, value, "__call__")
        return False if settled else None
    if world.run.own_method(value, "__call__") is not None:
        return True
    return False if value.kind in ("list", "dict", "set") and value.info is None else None
