"""`tf.function(input_signature=...)`: what it refuses of what it is called with, and what it makes of that.

A call with a tensor of another dtype or shape raises. An axis of which the signature does not say how long it is has
no length while the graph is made: `x.shape[0]` is None.
"""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Function,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

from ..arguments import are_apart, dtype_argument
from ..natures import form
from ..registry import Registry
from ..shapes import shapes, widths
from ..world import Libraries

SPECIFIED = "specified"
"""Under this lie the shape and dtype that a `tf.TensorSpec` was given, by its node."""
REFUSED = "input signature"
"""The call that the exceptions are noted under."""


def register(registry: Registry) -> None:
    """Add the class of specifications."""
    registry.functions["tensorflow.TensorSpec"] = _specification


def _specification(world: Libraries, args: Arguments, site: Site) -> Value:
    made = world.inert("tensorflow.TensorSpec", args, site)
    assert isinstance(made, Opaque)
    given = Tuple((args.get(0, "shape"), args.get(1, "dtype", Const("float32"))))
    world.run.state.set((made.node.id, SPECIFIED), given)
    return made


def of(world: Libraries, callee: Wrapped) -> Arguments | None:
    """What a graph function was told to be called with; None where that cannot be seen."""
    items = containers.sequence(world.run, dict(callee.options).get("input_signature", NO_VALUE))
    return Arguments(list(items.items)) if isinstance(items, Tuple) else None


def specified(world: Libraries, value: Value) -> tuple[Value, Value] | None:
    """The shape and the dtype that a specification was given; None for anything else."""
    given = world.run.state.get((value.node.id, SPECIFIED)) if isinstance(value, Opaque) else UNBOUND
    return (given.items[0], given.items[1]) if isinstance(given, Tuple) else None


def shape_of(world: Libraries, shape: Value) -> tuple[int | None, ...] | None:
    """A shape that was specified: None for an axis of any length, and for shapes of any rank."""
    return None if isinstance(shape, OneOf) or shape == NO_VALUE else shapes.as_shape(world, shape)


def bound(world: Libraries, callee: Wrapped, args: Arguments, site: Site) -> Arguments:
    """The arguments by a signature: numbers and arrays are made tensors; others than it says raise."""
    wanted = of(world, callee)
    if wanted is None or args.rest is not None or args.keywords:
        return args
    skipped = _before(callee, args, wanted)
    if len(args.positional) - skipped < len(wanted.positional) and not _has_defaults(callee):
        world.raised("TypeError", site, REFUSED)
    values = list(args.positional)
    for index, spec in enumerate(wanted.positional, skipped):
        given = specified(world, spec)
        if given is not None and index < len(values):
            values[index] = _cast(world, values[index], shape_of(world, given[0]), given[1], site)
    return replace(args, positional=values)


def _before(callee: Wrapped, args: Arguments, wanted: Arguments) -> int:
    """How many arguments come before those that are specified: the object of a method."""
    first = args.positional[0] if args.positional else UNBOUND
    own = isinstance(first, Cell) and first.kind not in ("list", "dict", "set")
    return 1 if own and len(args.positional) > len(wanted.positional) else 0


def _has_defaults(callee: Wrapped) -> bool:
    function = callee.function
    return not isinstance(function, Function) or bool(function.node.args.defaults or function.node.args.vararg)


def _cast(
    world: Libraries, value: Value, shape: tuple[int | None, ...] | None, dtype: Value, site: Site
) -> Value:
    letter, width = dtype_argument(dtype), widths.named(dtype)
    if isinstance(value, Const):
        return _number(world, value, letter, dtype, site)
    if not isinstance(value, (Data, Variable)) or (isinstance(value, Data) and form(value)):
        return value
    known = shapes.of_value(world, value)
    if shape is not None and known is not None and shapes.differ(known, shape):
        world.raised("TypeError", site, REFUSED)
    if isinstance(value, Data) and value.kind == "numpy":
        node = world.run.node("tensorflow.constant", [Edge(value.node, FLOWS, "linear")], site, dtype=letter or "?")
        return Data(node, "tensor", letter or "?", known, None, width)
    own = widths.of(world, value)
    if (own in widths.EXACT and width and own != width) or are_apart(value.dtype, letter):
        world.raised("TypeError", site, REFUSED)
    return value


def _number(world: Libraries, value: Const, letter: str, dtype: Value, site: Site) -> Value:
    """A number of Python's, which is made a tensor of the dtype, if it has room for it."""
    if type(value.value) not in (int, float, bool) or letter not in ("f", "i"):
        return value
    if type(value.value) is float and letter == "i":
        world.raised("TypeError", site, REFUSED)
        return value
    return world.call_library("tensorflow.constant", Arguments([Const(float(value.value)), dtype]), site)


def mark(world: Libraries, callee: Wrapped, traced: Arguments) -> None:
    """Keep of which axes the tensors of a graph have no length while it is made."""
    wanted = of(world, callee)
    if wanted is None:
        return
    skipped = _before(callee, traced, wanted)
    for spec, value in zip(wanted.positional, traced.positional[skipped:], strict=False):
        given = specified(world, spec)
        shape = shape_of(world, given[0]) if given is not None else None
        if shape is not None and isinstance(value, Data):
            world.known.signed[value.node.id] = shape


def placeholder(world: Libraries, value: Value, site: Site) -> Value:
    """What stands for a tensor that is described, or for one that is given, while the function is traced."""
    given = specified(world, value)
    if given is None:
        return value
    kind = dtype_argument(given[1]) or "?"
    node = world.run.node("tensorflow.placeholder", [], site, dtype=kind)
    return Data(node, "tensor", kind, shape_of(world, given[0]))
