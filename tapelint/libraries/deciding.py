"""Python's functions that ask tensors for their truth: Python picks by it, and a graph has none to give."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Const, Data, Tuple, Value, Variable, is_tensor

from . import apply, truths
from .python import is_cast
from .world import FunctionHandler, Libraries, Registry

ASKING = ("bool", "any", "all", "max", "min", "sorted")
NUMBERS = ("float", "int")
COMPARING = ("max", "min", "sorted")


def register(registry: Registry) -> None:
    """Wrap the handlers that there are; after all others."""
    for name in ASKING:
        full = f"builtins.{name}"
        registry.functions[full] = _asking(full, registry.functions.get(full))
    for name in NUMBERS:
        full = f"builtins.{name}"
        registry.functions[full] = _number(full, registry.functions.get(full))


def _asking(name: str, handler: FunctionHandler | None) -> FunctionHandler:
    short = name.rpartition(".")[2]

    def ask(world: Libraries, args: Arguments, site: Site) -> Value:
        compares = bool(world.run.graph_mode) and short in COMPARING  # which gives tensors of the graph
        if _asks(world, short, args, is_tensor if compares else partial(truths.is_none_yet, world)):
            world.raised("OperatorNotAllowedInGraphError", site, "condition call")
        elif not compares and _asks(world, short, args, truths.several):
            world.raised("ValueError", site, "truth of several")
        with world.run.decided_by(site):
            return _handled(world, name, handler, args, site)

    return ask


def _number(name: str, handler: FunctionHandler | None) -> FunctionHandler:
    """`float(t)`: AutoGraph makes it a cast; without AutoGraph it asks for a value."""

    def number(world: Libraries, args: Arguments, site: Site) -> Value:
        first = args.positional[0] if args.positional else None
        if world.run.graph_mode and world.run.no_autograph and first is not None and is_tensor(first):
            world.raised("AttributeError" if isinstance(first, Variable) else "TypeError", site, name)
        elif not world.run.graph_mode and first is not None and truths.several(first) and not is_cast(world, first):
            world.raised("TypeError", site, name)
        return _handled(world, name, handler, args, site)

    return number


def _handled(world: Libraries, name: str, handler: FunctionHandler | None, args: Arguments, site: Site) -> Value:
    if handler is not None:
        return handler(world, args, site)
    fact = world.facts.fact(name)
    return apply.call_fact(world, fact, args, site) if fact is not None else world.run.opaque(site, args.every())


def _asks(world: Libraries, name: str, args: Arguments, refused: Callable[[Value], bool]) -> bool:
    """Whether the truth of something for which it is refused is certainly asked for."""
    given = args.positional
    if name == "bool":
        return len(given) == 1 and refused(given[0])
    items = containers.sequence(world.run, given[0]) if len(given) == 1 else Tuple(tuple(given))
    if not isinstance(items, Tuple) or args.rest is not None or "key" in args.keywords:
        return False
    if name in COMPARING:
        numbers = all(is_tensor(item) or _is_number(item) or refused(item) for item in items.items)
        return len(items.items) > 1 and numbers and any(map(refused, items.items))
    return bool(items.items) and refused(items.items[0])


def _is_number(value: Value) -> bool:
    if isinstance(value, Data):
        return value.kind == "python"
    return isinstance(value, Const) and isinstance(value.value, int | float)
