"""A `tf.function` runs its Python once a signature: later calls repeat what was traced then.

A later call is run on what the first has read, and leaves Python's names and objects as they are. Where nobody can
tell whether it is traced anew, and that makes a difference, the run loses track.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from tapelint.flow.core import Arguments
from tapelint.flow.state import Delta, Key
from tapelint.flow.values import (
    FALSE,
    TRUE,
    UNBOUND,
    Bound,
    Cell,
    Const,
    Data,
    Function,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Wrapped,
    is_tensor,
    options,
    parts_of,
)

from ..keras.layer_calls import SYMBOLIC_BUILD
from ..registry import FunctionHandler
from ..world import Libraries
from . import singletons


@dataclass(frozen=True, slots=True, eq=False)
class Trace(Value):
    """One trace: for which arguments, and what its Python read. `settled`: it was made for certain, and it is known
    whether it is the second one, after one that made variables."""

    args: tuple[tuple[str, Value], ...]
    read: Delta
    settled: bool


TRACES = "all traces"
"""Under this a graph function has its traces."""

SPOILED = "traced on symbols"
"""Set on a graph function that was traced while Keras built layers inside it, by calling a model on symbols: such a
trace holds no variables, and is repeated nevertheless."""


def repeated(world: Libraries, callee: Wrapped, args: Arguments, signed: bool, body: Callable[[], Value]) -> Value:
    """Call a graph function's body, for the first time or again. `signed`: any arguments share one trace."""
    with singletons.watched(world, UNBOUND):
        made = _repeated(world, callee, args, signed, body)
    if world.run.state.get((callee.uid, SPOILED)) is UNBOUND:
        return made
    return world.run.opaque(None, [made, *args.every()])


def _repeated(world: Libraries, callee: Wrapped, args: Arguments, signed: bool, body: Callable[[], Value]) -> Value:
    run, slot = world.run, (callee.uid, TRACES)
    given = _named(callee, args)
    known = run.state.get(slot)
    certain = not isinstance(known, OneOf) and not run.state.may_lack(slot)
    every = [t for o in options(known) if isinstance(o, Tuple) for t in o.items if isinstance(t, Trace)]
    relaxed = any(dict(callee.options).get(name, FALSE) != FALSE for name in RELAXED)
    alike = [t for t in every if signed or _may_match(world, t.args, given, relaxed)]
    if not signed and any(_has_another(t.args, given) for t in alike):
        run.lose_track()  # an object that may equal the one that is in the trace
    if alike and (not certain or len(alike) > 1 or args.rest is not None):
        disturbed = any(run.state.held(key) != value for trace in alike for key, value in trace.read.items())
        made, _, written = logged(world, body)
        if written or disturbed:  # nobody can tell which trace is repeated, if any is
            run.lose_track()
        return made
    if not alike:
        ended = run.ended()
        made, read, settled = _traced(world, body, _is_first(world, callee, every, given) if certain else None)
        if not settled and run.state.get(SYMBOLIC_BUILD) is not UNBOUND:
            run.state.set((callee.uid, SPOILED), TRUE)
        if run.ended() == ended:
            earlier = every if certain else [replace(trace, settled=False) for trace in every]
            run.state.set(slot, Tuple((*earlier, Trace(given, read, settled))))
        return made
    return _again(world, alike[0], signed or (not relaxed and _surely_matches(alike[0].args, given)), body)


RELAXED = ("reduce_retracing", "experimental_relax_shapes")
"""Options with which tensors of other shapes share a trace that is made for all of them, once there were several."""


def _is_first(world: Libraries, callee: Wrapped, traces: Sequence[Trace], given: Named) -> bool | None:
    """Whether a call is the first of its graph function; each object has one of its own for a method. None where nobody
    can tell.
    """
    function = callee.function
    names = [arg.arg for arg in function.node.args.args[:1]] if isinstance(function, Function) else []
    first = [value for name, value in given if name in names]
    if not traces or not first or not isinstance(first[0], Cell) or first[0].kind != "instance":
        return not traces
    if any((names[0], first[0]) in trace.args for trace in traces):
        return False
    method = world.run.class_attribute(first[0], function.name) if isinstance(function, Function) else None
    return True if isinstance(method, Bound) and method.function == callee else None


def _traced(world: Libraries, body: Callable[[], Value], is_first: bool | None) -> tuple[Value, Delta, bool]:
    """A body is traced: its result, what it read, and whether it is known which of two traces that is."""
    run = world.run
    first, ended, marks = len(run.graph.nodes), run.ended(), world.recorder.marks()
    if is_first is None or run.state.get(SYMBOLIC_BUILD) is not UNBOUND:
        made, read, _ = logged(world, body)
        return made, read, not any(node.kind == "variable" for node in run.graph.nodes[first:])
    with singletons.watched(world, singletons.NONE_YET if is_first else singletons.REFUSED):
        made, read, written = logged(world, body)
        word = run.state.get(singletons.MAKING)
        if word == singletons.MADE and run.ended() == ended:
            run.state.set(singletons.MAKING, singletons.REFUSED)
            middle = world.recorder.marks()
            made, read, _ = logged(world, body)
            world.recorder.forget(marks, middle)
    if isinstance(word, OneOf) and any(key in read and run.state.held(key) != read[key] for key in written):
        run.lose_track()  # a second trace would be another
    return made, read, not isinstance(word, OneOf)


def _again(world: Libraries, trace: Trace, sure: bool, body: Callable[[], Value]) -> Value:
    state = world.run.state
    disturbed = {key: value for key, value in trace.read.items() if state.held(key) != value}
    if not (sure and trace.settled):
        made, _, written = logged(world, body)
        if disturbed or written:
            world.run.lose_track()
        return made
    before = state.mark()
    for key in disturbed:
        state.set(key, trace.read[key])
    made, _, written = logged(world, body)
    held = state.before(before)
    for key in {*written, *disturbed} & held.keys():
        state.set(key, held[key])
    return made


def logged(world: Libraries, body: Callable[[], Value]) -> tuple[Value, Delta, set[Key]]:
    """A body's result, and what it read and wrote of Python's names and objects that were there before."""
    run = world.run
    newest = run.uid()
    with run.state.logged() as log:
        made = body()
    read = {key: value for key, value in log.read.items() if key[0] <= newest and run.is_of_python(key)}
    return made, read, {key for key in log.written if key[0] <= newest and run.is_of_python(key)}


def done_some_times(world: Libraries, body: Callable[[], Value], but: Collection[Key] = ()) -> Value:
    """The result of what is done nobody knows how often: what Python does there is done as often."""
    with world.run.inner_graph():
        return done_elsewhen(world, body, but)


def done_elsewhen(world: Libraries, body: Callable[[], Value], but: Collection[Key] = ()) -> Value:
    """The result of what is not done here and once: nobody can tell what it finds, if it changes what it finds; `but`:
    what the caller answers for.
    """
    made, _, written = logged(world, body)
    if not written <= set(but):
        world.run.lose_track()
    return made


def tried(world: Libraries, body: Callable[[], Value]) -> None:
    """Run what is done later, on what is not known yet, only to see whether it changes anything."""
    state, recorder = world.run.state, world.recorder
    mark, marks = state.mark(), recorder.marks()
    with world.paused():
        _, _, written = logged(world, body)
    state.rollback(mark)
    recorder.forget(marks, recorder.marks())
    if written:
        world.run.lose_track()


def some_times(handler: FunctionHandler) -> FunctionHandler:
    """A library's function that calls another nobody knows how often."""
    return lambda world, args, site: done_some_times(world, lambda: handler(world, args, site))


Named = tuple[tuple[str, Value], ...]


def _named(callee: Wrapped, args: Arguments) -> Named:
    """The arguments of a call by their parameters, with the defaults of those that were not given."""
    function = callee.function
    spec = function.node.args if isinstance(function, Function) else None
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)] if spec is not None else []
    given = {names[i] if i < len(names) else str(i): value for i, value in enumerate(args.positional)}
    defaults = dict(function.defaults) if isinstance(function, Function) else {}
    return tuple(sorted({**defaults, **given, **args.keywords}.items(), key=lambda each: each[0]))


def _may_match(world: Libraries, first: Named, second: Named, relaxed: bool) -> bool:
    """Whether two calls may share a trace."""
    if [name for name, _ in first] != [name for name, _ in second]:
        return False
    return not any(_differ(world, a, b, relaxed) for (_, a), (_, b) in zip(first, second, strict=True))


def _differ(world: Libraries, first: Value, second: Value, relaxed: bool) -> bool:
    """Whether a graph function is certainly traced for each of two arguments."""
    if isinstance(first, Const) and isinstance(second, Const):
        return bool(first.value != second.value)
    if isinstance(first, Cell) and isinstance(second, Cell) and first.kind == second.kind == "instance":
        return first.uid != second.uid and not any(_tells_itself(world, each) for each in (first, second))
    if isinstance(first, Data) and isinstance(second, Data) and first.kind == second.kind == "tensor":
        known = None not in (first.shape, second.shape) and None not in (*(first.shape or ()), *(second.shape or ()))
        return known and first.shape != second.shape and not relaxed
    return isinstance(first, Const) != isinstance(second, Const) and not any(
        isinstance(value, (OneOf, Opaque, Data)) and not is_tensor(value) for value in (first, second)
    )


def _tells_itself(world: Libraries, instance: Cell) -> bool:
    """Whether an object's own class says what it equals."""
    return world.run.own_method(instance, "__eq__") is not None or world.run.record_of(instance.info) is not None


def _has_another(first: Named, second: Named) -> bool:
    """Whether another object stands in the place of one, in two calls that may share a trace."""
    pairs = [(a, b) for (_, a), (_, b) in zip(first, second, strict=True)]
    return any(isinstance(a, Cell) and a.kind == "instance" and a != b for a, b in pairs)


def _surely_matches(first: Named, second: Named) -> bool:
    pairs = [(a, b) for (_, a), (_, b) in zip(first, second, strict=True)]
    return all((a == b and not _is_never_found(a)) or _are_alike(a, b) for a, b in pairs)


def _is_never_found(value: Value) -> bool:
    """Whether there is a method of an object in a value: it is gone when the next call asks for its trace."""
    return isinstance(value, Bound) or any(map(_is_never_found, parts_of(value)))


def _are_alike(first: Value, second: Value) -> bool:
    """Whether two arguments are tensors of one known shape and kind."""
    both = isinstance(first, Data) and isinstance(second, Data) and first.kind == second.kind == "tensor"
    if not both or not isinstance(first, Data) or not isinstance(second, Data):
        return False
    whole = first.shape is not None and None not in first.shape
    return whole and first.shape == second.shape and first.dtype == second.dtype != "?"
