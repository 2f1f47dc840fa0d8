"""`tf.TensorArray`: a list that is not changed in a graph, and is in eager code."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Data, Many, Tuple, Value

from . import apply, sequences
from .world import Libraries, Registry


def register(registry: Registry) -> None:
    """Add the class and its methods."""
    registry.functions["tensorflow.TensorArray"] = _tensor_array
    for name, handler in TENSOR_ARRAY.items():
        registry.methods[("tensor array", name)] = handler


def _tensor_array(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = Cell(world.run.uid(), "tensor array", apply.dtype_argument(world, args.get(0, "dtype")), site)
    world.run.state.set((cell.uid, "items"), Tuple(()))
    return cell


def _array_write(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    written = args.get(1, "value")
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    made: Value = (
        Many(world.run.join(items.element, written)) if isinstance(items, Many) else Tuple((*items.items, written))
    )
    world.run.state.set((copy.uid, "items"), made)
    if not world.run.graph_mode:
        world.run.state.set((base.uid, "items"), made)
    return copy


def _array_stack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    node = world.run.node_of(containers.stored(world.run, base), site)
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    return Data(world.run.node("tensorflow.TensorArray", edges, site, dtype=base.info), "tensor", base.info)


def _array_read(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    found = containers.index(world.run, items, args.get(0, "index"))
    return found if found is not UNBOUND else world.run.opaque(site, [base])


def _array_unstack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    items = world.run.elements(args.get(0, "value"), site)
    world.run.state.set((copy.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items)))
    return copy


TENSOR_ARRAY = {
    "write": _array_write, "stack": _array_stack, "concat": _array_stack, "read": _array_read, "gather": _array_stack,
    "unstack": _array_unstack, "size": lambda world, base, args, site: sequences.count(world, site),
    "mark_used": lambda world, base, args, site: NO_VALUE, "close": lambda world, base, args, site: NO_VALUE,
    "identity": lambda world, base, args, site: base,
}  # fmt: skip
