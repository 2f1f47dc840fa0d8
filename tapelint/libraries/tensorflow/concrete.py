"""`function.get_concrete_function(...)`: a trace by itself, for tensors that a specification describes."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    TRUE,
    Bound,
    Data,
    Method,
    Tuple,
    Value,
    Wrapped,
)

from ..registry import Registry
from ..world import Libraries
from . import signatures
from .graphs import call_graph_function, is_signed
from .traces import TRACES


def register(registry: Registry) -> None:
    """Add the handlers."""
    for kind in ("tensorflow.function", "bound"):
        registry.methods[(kind, "get_concrete_function")] = _concrete


def _concrete(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """The function is traced now. What comes out takes tensors only, and repeats that trace whatever they are."""
    callee, first = (base.function, [base.self]) if isinstance(base, Bound) else (base, [])
    if not isinstance(callee, Wrapped) or callee.kind != "tensorflow.function":
        return world.run.call_unknown(Method(base, "get_concrete_function"), args, site)
    run = world.run
    wanted = signatures.of(world, callee) if is_signed(callee) and not args.every() else args
    if wanted is None or wanted.rest is not None:
        return run.call_unknown(Method(base, "get_concrete_function"), args, site)
    handed = Arguments(
        [signatures.placeholder(world, value, site) for value in wanted.positional],
        {name: signatures.placeholder(world, value, site) for name, value in wanted.keywords.items()},
    )
    with world.paused():
        call_graph_function(world, callee, handed.before(*first), site)
    traces = run.state.get((callee.uid, TRACES))
    plain = all(isinstance(value, Data) and value.kind == "tensor" for value in handed.every())
    if not plain or not isinstance(traces, Tuple) or not traces.items:
        return run.call_unknown(Method(base, "get_concrete_function"), args, site)
    if not handed.every():
        return base
    made = Wrapped(callee.kind, callee.function, (*callee.options, ("input_signature", TRUE)), run.uid())
    run.state.set((made.uid, TRACES), Tuple(traces.items[-1:]))
    return Bound(made, first[0]) if first else made
