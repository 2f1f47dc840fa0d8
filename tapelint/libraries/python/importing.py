"""Modules by name: `importlib.import_module`, `__import__`, `importlib.reload`, `sys.modules`."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Const, ModuleValue, Value

from ..registry import Registry
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["importlib.import_module"] = _import_module
    registry.functions["builtins.__import__"] = _import_top
    registry.functions["importlib.reload"] = _reload
    registry.functions["sys.modules[]"] = _loaded


def _import_module(world: Libraries, args: Arguments, site: Site) -> Value:
    return _imported(world, args.get(0, "name"), site)


def _import_top(world: Libraries, args: Arguments, site: Site) -> Value:
    """`__import__("a.b")` imports a.b, and gives a."""
    name = args.get(0, "name")
    made = _imported(world, name, site)
    nested = isinstance(name, Const) and "." in str(name.value)
    return _imported(world, Const(str(name.value).partition(".")[0]), site) if nested else made  # type: ignore[attr-defined]


def _imported(world: Libraries, name: Value, site: Site) -> Value:
    if isinstance(name, Const) and isinstance(name.value, str):
        return world.run.import_named(name.value)
    world.run.lose_track()  # any of the project's modules may be run
    return world.run.missing(site)


def _reload(world: Libraries, args: Arguments, site: Site) -> Value:
    """`importlib.reload(module)` runs its body once more, in the same names."""
    module = args.get(0, "module")
    if isinstance(module, ModuleValue):
        world.run.run_again(module)
    return module


def _loaded(world: Libraries, args: Arguments, site: Site) -> Value:
    """`sys.modules[name]`."""
    name = args.positional[0]
    found = world.run.loaded(name.value) if isinstance(name, Const) and isinstance(name.value, str) else None
    return found if found is not None else world.run.opaque(site)
