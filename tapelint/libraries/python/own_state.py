"""What a thread or a context has of its own: `threading.local`, `contextvars.ContextVar`."""

from __future__ import annotations

import ast

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Cell, Library, Value, options

from ..registry import Registry
from ..world import Libraries
from .python import OWN_STATE

VARIABLE, TOKEN, CONTEXT = "context variable", "context token", "context"
NOT_SET = Library("contextvars.Token.MISSING")


def register(registry: Registry) -> None:
    """Add them."""
    registry.functions["threading.local"] = _local
    registry.functions["contextvars.copy_context"] = lambda world, args, site: Cell(world.run.uid(), CONTEXT, site=site)
    registry.methods[(CONTEXT, "run")] = _run
    registry.functions["contextvars.ContextVar"] = _variable
    registry.methods[(VARIABLE, "get")] = _get
    registry.methods[(VARIABLE, "set")] = _set
    registry.methods[(VARIABLE, "reset")] = _reset
    registry.attributes[VARIABLE] = lambda world, base, name, site: base.info[0] if name == "name" else None
    registry.attributes[TOKEN] = _of_token


def _local(world: Libraries, args: Arguments, site: Site) -> Value:
    """`threading.local()`: an object of which each thread sees fields of its own."""
    world.run.state.set(OWN_STATE, TRUE)
    return Cell(world.run.uid(), "object", site=site)


def _run(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`context.run(function, ...)`: what it sets is seen there only."""
    world.run.lose_track()
    return world.run.call(args.positional[0], args.after(1), site) if args.positional else world.run.opaque(site)


def _variable(world: Libraries, args: Arguments, site: Site) -> Value:
    """`ContextVar(name, default=...)`."""
    world.run.state.set(OWN_STATE, TRUE)
    cell = Cell(world.run.uid(), VARIABLE, (args.get(0, "name", NO_VALUE), args.get(9, "default", NOT_SET)), site)
    world.run.state.set((cell.uid, "items"), NOT_SET)
    if (default := cell.info[1]) is not NOT_SET:
        world.run.state.set((cell.uid, "default"), default)
    return cell


def _get(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`variable.get()`: what was set last, else the default of the call or of the variable."""
    assert isinstance(base, Cell)
    run = world.run
    default = args.get(0, "default", run.state.get((base.uid, "default")))
    held = options(run.state.get((base.uid, "items")))
    if default is UNBOUND and NOT_SET in held:
        if len(held) == 1:
            world.raised("LookupError", site)
        else:
            run.may_raise("LookupError")
        default = run.missing(site) if len(held) == 1 else UNBOUND
    found = [default if each == NOT_SET else each for each in held]
    return run.join_all([each for each in found if each is not UNBOUND])


def _set(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`variable.set(value)`: gives a token that knows what was there. A task of its own has a copy of the context."""
    assert isinstance(base, Cell)
    run = world.run
    if any(f.function is not None and isinstance(f.function.node, ast.AsyncFunctionDef) for f in run.frames):
        run.lose_track()
    token, slot = Cell(run.uid(), TOKEN, base, site), (base.uid, "items")
    run.state.set((token.uid, "items"), run.state.get(slot))
    run.state.set(slot, args.get(0, "value", NO_VALUE))
    return token


def _reset(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`variable.reset(token)`."""
    assert isinstance(base, Cell)
    run = world.run
    tokens = [each for each in options(args.get(0, "token")) if each != NO_VALUE]
    if all(isinstance(each, Cell) and each.info == base for each in tokens):
        old = run.join_all([run.state.get((each.uid, "items")) for each in tokens if isinstance(each, Cell)])
    else:
        old = run.opaque(site, args.every())
    run.state.set((base.uid, "items"), old if old is not UNBOUND else run.opaque(site))
    return NO_VALUE


def _of_token(world: Libraries, base: Value, name: str, site: Site) -> Value | None:
    assert isinstance(base, Cell)
    return {"var": base.info, "old_value": world.run.state.get((base.uid, "items"))}.get(name)
