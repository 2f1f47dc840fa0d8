"""What `with` enters that neither records nor stops recording: contextlib's managers, devices, scopes."""

from __future__ import annotations

import ast

from tapelint.flow.attempts import ANY_OTHER, is_exception
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Cell, Generator, Library, Partial, Tuple, Value, Wrapped

from ..registry import Registry
from ..tensorflow.variable_names import scoping
from ..world import Libraries

PLAIN = (
    "tensorflow.device", "tensorflow.name_scope", "tensorflow.control_dependencies",
    "tensorflow.profiler.experimental.Profile", "tensorflow.profiler.experimental.Trace",
    "keras.name_scope", "tensorflow.summary.record_if", "keras.device", "contextlib.redirect_stdout",
)  # fmt: skip
"""Managers that change nothing of the numbers and give nothing."""

WAYS = ("", ".object", ".multiple")
PATCHES = tuple(f"{library}.patch{way}" for library in ("unittest.mock", "mock") for way in WAYS)
"""Managers that put something else in the place of anybody's attribute."""


LATER = "called when left"
"""The kind of what an exit stack calls when it is left."""


def register(registry: Registry) -> None:
    """Add the managers."""
    for name in PLAIN:
        registry.functions[name] = lambda world, args, site: Cell(world.run.uid(), "context")
    registry.functions["tensorflow.name_scope"] = scoping(registry.functions["tensorflow.name_scope"])
    registry.functions["contextlib.suppress"] = _suppressing
    registry.functions["contextlib.nullcontext"] = _holding
    registry.functions["contextlib.closing"] = _closing
    registry.enters["closing"] = lambda world, cell, site: cell.info if isinstance(cell.info, Value) else NO_VALUE
    registry.leaves["closing"] = _closed
    registry.functions["contextlib.contextmanager"] = lambda world, args, site: Wrapped(
        "context manager", args.get(0, "func")
    )
    registry.functions["contextlib.ExitStack"] = lambda world, args, site: Cell(
        world.run.uid(), "exit stack", site=site
    )
    registry.bases["context decorator"] = lambda world, base, cls, name, site: (
        Wrapped("decorating", base) if name == "__call__" else None
    )
    registry.calls["decorating"] = lambda world, callee, args, site: _decorated(
        callee.function if isinstance(callee, Wrapped) else callee, args
    )
    registry.calls["generator"] = lambda world, callee, args, site: _decorated(callee, args)
    registry.calls["in a context"] = _in_context
    for name in PATCHES:
        registry.functions[name] = lambda world, args, site: Cell(world.run.uid(), "patch")
    registry.calls["patch"] = lambda world, callee, args, site: world.run.opaque(site)
    registry.enters["patch"] = _patched
    registry.methods[("patch", "start")] = lambda world, base, args, site: _patched(world, base, site)
    registry.calls["context manager"] = _made
    registry.enters["context"] = lambda world, cell, site: cell.info if isinstance(cell.info, Value) else NO_VALUE
    registry.enters["suppressor"] = lambda world, cell, site: NO_VALUE
    registry.enters["exit stack"] = lambda world, cell, site: cell
    registry.leaves["exit stack"] = _unwind
    registry.methods[("exit stack", "enter_context")] = _enter_later
    registry.methods[("exit stack", "callback")] = _call_later
    registry.methods[("exit stack", "push")] = _leave_later
    registry.methods[("exit stack", "pop_all")] = _handed_on
    registry.methods[("exit stack", "close")] = _close


def _holding(world: Libraries, args: Arguments, site: Site) -> Value:
    given = args.get(0, "enter_result")
    return Cell(world.run.uid(), "context", given if given is not UNBOUND else NO_VALUE)


def _closing(world: Libraries, args: Arguments, site: Site) -> Value:
    """`closing(thing)`: its `close` is called at the end of the block."""
    return Cell(world.run.uid(), "closing", args.get(0, "thing", NO_VALUE))


def _closed(world: Libraries, cell: Cell, site: Site) -> None:
    if isinstance(cell.info, Value):
        world.run.call(world.run.attribute(cell.info, "close", site), Arguments([]), site)


def _patched(world: Libraries, patch: Value, site: Site) -> Value:
    world.run.lose_track()
    return world.run.opaque(site)


def _suppressing(world: Libraries, args: Arguments, site: Site) -> Value:
    """`suppress(ValueError, KeyError)`: its block ends where one of these is raised."""
    written = site.node.args if isinstance(site.node, ast.Call) else []
    plain = len(written) == len(args.positional) and not any(isinstance(node, ast.Starred) for node in written)
    named: list[ast.expr] = []
    for index, value in enumerate(args.positional):
        name = value.name.removeprefix("builtins.") if isinstance(value, Library) and is_exception(value) else ""
        here = written[index] if plain else ANY_OTHER
        named.append(ast.Name(name, ast.Load()) if name and not plain else here)
    if args.rest is not None:
        named.append(ANY_OTHER)
    return Cell(world.run.uid(), "suppressor", tuple(named))


def _made(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    return world.run.call(callee.function, args, site)


def _decorated(manager: Value, args: Arguments) -> Value:
    """`@manager`: a function that runs in a with block each time."""
    return Wrapped("in a context", args.get(0, "func", NO_VALUE), (("manager", manager),))


def _in_context(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    manager = dict(callee.options)["manager"]
    if isinstance(manager, Generator):  # which Python makes anew each time
        if world.run.state.get((manager.uid, "used")) is not UNBOUND:
            world.run.lose_track()
        world.run.state.set((manager.uid, "used"), TRUE)
    world.run.enter(manager, site, site)
    result = world.run.call(callee.function, args, site)
    world.run.leave(manager, site)
    return result


def _enter_later(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`stack.enter_context(manager)`: left when the stack is."""
    assert isinstance(base, Cell)
    manager = args.get(0, "cm")
    world.run.state.push((base.uid, "entered"), manager)
    return world.run.enter(manager, site, site)


def _call_later(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`stack.callback(function, ...)`: called when the stack is left."""
    assert isinstance(base, Cell)
    later = Partial(args.positional[0], tuple(args.positional[1:]), tuple(args.keywords.items()))
    world.run.state.push((base.uid, "entered"), Wrapped(LATER, later))
    return args.positional[0]


def _leave_later(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`stack.push(manager)`, or a function that is called as a manager's `__exit__` is."""
    assert isinstance(base, Cell)
    manager = args.positional[0]
    if world.is_callable(manager):
        manager = Wrapped(LATER, Partial(manager, (NO_VALUE, NO_VALUE, NO_VALUE), ()))
    world.run.state.push((base.uid, "entered"), manager)
    return args.positional[0]


def _handed_on(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`stack.pop_all()`: another stack leaves them."""
    assert isinstance(base, Cell)
    other = Cell(world.run.uid(), "exit stack", site=site)
    world.run.state.set((other.uid, "entered"), world.run.state.get((base.uid, "entered")))
    world.run.state.set((base.uid, "entered"), Tuple(()))
    return other


def _close(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    _unwind(world, base, site)
    return NO_VALUE


def _unwind(world: Libraries, cell: Cell, site: Site) -> None:
    entered = world.run.state.get((cell.uid, "entered"))
    for manager in reversed(entered.items if isinstance(entered, Tuple) else ()):
        if isinstance(manager, Wrapped) and manager.kind == LATER:
            world.run.call(manager.function, Arguments([]), site)
        else:
            world.run.leave(manager, site)
    world.run.state.set((cell.uid, "entered"), Tuple(()))
