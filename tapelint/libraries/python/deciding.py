"""Python's functions that ask tensors for their truth: Python picks by it, and a graph has none to give."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Const, Data, Tuple, Value, Variable

from .. import apply
from ..registry import FunctionHandler, Registry
from ..world import Libraries

COMPARING = {"max": ">", "min": "<", "sorted": "<"}
"""What compares each item with one before it, and how."""


def register(registry: Registry) -> None:
    """Wrap the handlers that there are; after all others."""
    for name in ("bool", "any", "all", *COMPARING):
        full = f"builtins.{name}"
        registry.functions[full] = _asking(full, registry.functions.get(full))


def _asking(name: str, handler: FunctionHandler | None) -> FunctionHandler:
    op = COMPARING.get(name.rpartition(".")[2], "")

    def ask(world: Libraries, args: Arguments, site: Site) -> Value:
        if op:
            _compare(world, op, args, site)
        with world.run.decided_by(site):
            if handler is not None:
                return handler(world, args, site)
            fact = world.facts.fact(name)
            assert fact is not None
            return apply.call_fact(world, fact, args, site)

    return ask


def _compare(world: Libraries, op: str, args: Arguments, site: Site) -> None:
    """Compare the second of several numbers, tensors or arrays with the first, and ask for the truth of it."""
    given = args.positional
    items = containers.sequence(world.run, given[0]) if len(given) == 1 else Tuple(tuple(given))
    if not isinstance(items, Tuple) or args.rest is not None or "key" in args.keywords:
        return
    if len(items.items) > 1 and all(map(_is_number, items.items)) and any(map(_is_array, items.items)):
        world.asked(world.run.compare_pair(op, items.items[1], items.items[0], site), site)


def _is_number(value: Value) -> bool:
    return _is_array(value) or (isinstance(value, Const) and isinstance(value.value, int | float))


def _is_array(value: Value) -> bool:
    return isinstance(value, (Data, Variable))
