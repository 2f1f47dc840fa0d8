"""What a program can do with a tape: make it, enter and leave it, call its methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import FALSE, NO_VALUE, TRUE, UNBOUND, Cell, Const, Library, Value
from tapelint.libraries.names import root
from tapelint.libraries.registry import MethodHandler
from tapelint.libraries.tensorflow import members
from tapelint.libraries.world import Libraries
from tapelint.tapes import asking, watching
from tapelint.tapes.journal import TapeInfo

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes

GRADIENT_METHODS = ("gradient", "jacobian", "batch_jacobian")

OnTape = Callable[[Cell, Arguments, Site], Value]


def register(tapes: Tapes) -> None:
    """Tell the libraries' world what tapes answer to."""
    registry = tapes.world.registry
    registry.families += [_unbound, _made]
    registry.enters["library"] = lambda world, value, site: _enter_class(tapes, value, site)
    registry.enters["tape"] = lambda world, cell, site: _enter(tapes, cell, site)
    registry.leaves["tape"] = lambda world, cell, site: tapes.leave(cell)
    registry.enters["stopped tape"] = lambda world, cell, site: _stop(tapes, cell.info, site)
    registry.leaves["stopped tape"] = lambda world, cell, site: tapes.go_on(cell.info)
    registry.enters["ensured tape"] = lambda world, cell, site: tapes.enter(cell.info, site) if cell.info else NO_VALUE
    registry.leaves["ensured tape"] = lambda world, cell, site: tapes.leave(cell.info) if cell.info else None
    registry.attributes["tape"] = _attribute
    for name, handle in _methods(tapes).items():
        registry.methods[("tape", name)] = _method(handle)


def _methods(tapes: Tapes) -> dict[str, OnTape]:
    uid = tapes.world.run.uid
    leave = _doing(lambda tape, site: tapes.leave(tape))
    return {
        **{name: _asking(tapes, name) for name in GRADIENT_METHODS},
        "watch": lambda tape, args, site: watching.watch(tapes, tape, args, site),
        "watched_variables": lambda tape, args, site: watching.watched_variables(tapes, tape, site),
        "reset": _doing(lambda tape, site: _reset(tapes, tape, site)),
        "stop_recording": lambda tape, args, site: Cell(uid(), "stopped tape", tape),
        "_ensure_recording": lambda tape, args, site: Cell(
            uid(), "ensured tape", None if tapes.is_active(tape) else tape
        ),
        "__enter__": lambda tape, args, site: _enter(tapes, tape, site),
        "__exit__": leave,
        "_push_tape": lambda tape, args, site: _enter(tapes, tape, site),
        "_pop_tape": leave,
    }


def _attribute(world: Libraries, base: Value, name: str, site: Site) -> Value | None:
    """What a tape lacks; that of another library may have more."""
    assert isinstance(base, Cell)
    stored = world.run.state.get((base.uid, name)) is not UNBOUND
    if base.info.library == "tensorflow" and name not in members.TAPE and not name.startswith("__") and not stored:
        world.raised("AttributeError", site, f"tensorflow.GradientTape.{name}")
    return None


def _enter(tapes: Tapes, tape: Cell, site: Site) -> Value:
    if tape.info.library == "tensorflow" and tapes.is_surely_recording(tape):
        tapes.world.raised("ValueError", site, "GradientTape.__enter__")
        return NO_VALUE
    return tapes.enter(tape, site)


def _stop(tapes: Tapes, tape: Cell, site: Site) -> Value:
    if tapes.has_nothing(tape):
        tapes.world.raised("RuntimeError", site, "GradientTape.stop_recording")
    elif not _is_refused(tapes, tape, site, "stop_recording"):
        tapes.stop(tape)
    return NO_VALUE


def _reset(tapes: Tapes, tape: Cell, site: Site) -> None:
    if not _is_refused(tapes, tape, site, "reset"):
        tapes.reset(tape, site)


def _is_refused(tapes: Tapes, tape: Cell, site: Site, method: str) -> bool:
    """Whether a method raises because the tape does not record."""
    refused = bool(tape.info.library == "tensorflow" and tapes.is_surely_stopped(tape))
    if refused:
        tapes.world.raised("ValueError", site, f"GradientTape.{method}")
    return refused


def _method(handle: OnTape) -> MethodHandler:
    def call(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        return handle(base, args, site)

    return call


def _asking(tapes: Tapes, method: str) -> OnTape:
    return lambda tape, args, site: asking.ask(tapes, tape, method, args, site)


def _doing(act: Callable[[Cell, Site], None]) -> OnTape:
    """A method that is called for what it does."""

    def call(tape: Cell, args: Arguments, site: Site) -> Value:
        act(tape, site)
        return NO_VALUE

    return call


# -- making


def _unbound(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """`tf.GradientTape.watch(tape, x)`: a method as the class has it."""
    owner, _, method = name.rpartition(".")
    tape = args.positional[0] if args.positional and owner.endswith("GradientTape") else NO_VALUE
    known = isinstance(tape, Cell) and tape.kind == "tape" and ("tape", method) in world.registry.methods
    return world.call_method(tape, method, args.after(1), site) if known else None


def _made(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """Whatever is called `.GradientTape` makes a tape; a wrapper of one gives it back."""
    if not name.endswith("GradientTape"):
        if world.is_of_tape_library(name) and name.endswith(".Variable"):
            return world.registry.functions["tensorflow.Variable"](world, args, site)
        return None
    first = args.get(0, "tape", args.get(0, "gradtape"))
    if isinstance(first, Cell) and first.kind == "tape":
        return first
    if name.endswith("DistributedGradientTape"):
        return first if first is not UNBOUND else None
    persistent = _flag(args.get(0, "persistent", FALSE))
    watches = _flag(args.get(1, "watch_accessed_variables", TRUE))
    return Cell(world.run.uid(), "tape", TapeInfo(persistent, watches, root(name)), site)


def _flag(value: Value) -> bool | None:
    return bool(value.value) if isinstance(value, Const) else None


def _enter_class(tapes: Tapes, value: Value, site: Site) -> Value:
    """`with tf.GradientTape as tape`: the call is missing."""
    world = tapes.world
    if isinstance(value, Library) and value.name.endswith("GradientTape"):
        world.raised("TypeError", site, "tape not called")
        return Cell(world.run.uid(), "tape", TapeInfo(False, True, root(value.name), False), site)
    return world.run.opaque(site, [])
