"""`function.get_concrete_function(...)`: a trace by itself, for tensors that a specification describes."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    NO_VALUE,
    TRUE,
    UNBOUND,
    Bound,
    Const,
    Data,
    Method,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Wrapped,
)

from . import apply, shapes
from .graphs import call_graph_function, is_signed
from .world import Libraries, Registry

SPECIFIED = "specified"
"""Under this lie the shape and dtype that a `tf.TensorSpec` was given, by its node."""


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["tensorflow.TensorSpec"] = _specification
    for kind in ("tensorflow.function", "bound"):
        registry.methods[(kind, "get_concrete_function")] = _concrete


def _specification(world: Libraries, args: Arguments, site: Site) -> Value:
    made = world.inert("tensorflow.TensorSpec", args, site)
    assert isinstance(made, Opaque)
    given = Tuple((args.get(0, "shape"), args.get(1, "dtype", Const("float32"))))
    world.run.state.set((made.node.id, SPECIFIED), given)
    return made


def _concrete(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """The function is traced now. What comes out takes tensors only, and repeats that trace whatever they are."""
    callee, first = (base.function, [base.self]) if isinstance(base, Bound) else (base, [])
    if not isinstance(callee, Wrapped) or callee.kind != "tensorflow.function":
        return world.run.call_unknown(Method(base, "get_concrete_function"), args, site)
    run = world.run
    wanted = _signature(world, callee) if is_signed(callee) and not args.every() else args
    if wanted is None or wanted.rest is not None:
        return run.call_unknown(Method(base, "get_concrete_function"), args, site)
    handed = Arguments(
        [_placeholder(world, value, site) for value in wanted.positional],
        {name: _placeholder(world, value, site) for name, value in wanted.keywords.items()},
    )
    with world.paused():
        call_graph_function(world, callee, handed.before(*first), site)
    traces = run.state.get((callee.uid, "traces"))
    plain = all(isinstance(value, Data) and value.kind == "tensor" for value in handed.every())
    if not plain or not isinstance(traces, Tuple) or not traces.items:
        return run.call_unknown(Method(base, "get_concrete_function"), args, site)
    if not handed.every():
        return base
    made = Wrapped(callee.kind, callee.function, (*callee.options, ("input_signature", TRUE)), run.uid())
    run.state.set((made.uid, "traces"), Tuple(traces.items[-1:]))
    return Bound(made, first[0]) if first else made


def _signature(world: Libraries, callee: Wrapped) -> Arguments | None:
    """What a function was told to be called with; None where that cannot be seen."""
    items = containers.sequence(world.run, dict(callee.options).get("input_signature", NO_VALUE))
    return Arguments(list(items.items)) if isinstance(items, Tuple) else None


def _placeholder(world: Libraries, value: Value, site: Site) -> Value:
    """What stands for a tensor that is described, or for one that is given, while the function is traced."""
    given = world.run.state.get((value.node.id, SPECIFIED)) if isinstance(value, Opaque) else UNBOUND
    if not isinstance(given, Tuple):
        return value
    shape, dtype = given.items
    kind = apply.dtype_argument(dtype) or "?"
    node = world.run.node("tensorflow.placeholder", [], site, dtype=kind)
    return Data(node, "tensor", kind, None if isinstance(shape, OneOf) else shapes.as_shape(world, shape))
