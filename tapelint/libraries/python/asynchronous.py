"""Coroutines, and what runs them: `asyncio`."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Tuple, Value

from ..registry import Registry
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add what runs a coroutine to its end, and what starts it for later."""
    for name in ("run", "wait_for", "shield"):
        registry.functions[f"asyncio.{name}"] = _run
    registry.functions["asyncio.gather"] = _gather
    for name in ("create_task", "ensure_future", "as_completed", "wait", "TaskGroup", "Runner", "to_thread"):
        registry.functions[f"asyncio.{name}"] = _later


def _run(world: Libraries, args: Arguments, site: Site) -> Value:
    """`asyncio.run(coroutine)`."""
    return world.run.awaited(args.positional[0], site)


def _gather(world: Libraries, args: Arguments, site: Site) -> Value:
    """Several at once: in whichever order they go on, as long as none sees what another writes."""
    if args.rest is not None:
        return _later(world, args, site)
    results = tuple(world.run.awaited(value, site) for value in args.positional)
    for value in args.positional:
        world.run.asked_in_part(value)
    return Tuple(results)


def _later(world: Libraries, args: Arguments, site: Site) -> Value:
    """Nobody can tell when it is run."""
    world.run.lose_track()
    return world.run.opaque(site, args.every())
