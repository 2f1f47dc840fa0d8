"""`tf.TensorArray`: a list that is not changed in a graph, and is in eager code."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS, NONE, ZERO
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Flag, Many, Tuple, Value, Variable, is_tensor

from . import apply, widths
from .shapes import differ, of_value
from .world import Libraries, Registry


def register(registry: Registry) -> None:
    """Add the class and its methods."""
    registry.functions["tensorflow.TensorArray"] = _tensor_array
    for name, handler in TENSOR_ARRAY.items():
        registry.methods[("tensor array", name)] = handler


def _tensor_array(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = Cell(world.run.uid(), "tensor array", apply.dtype_argument(args.get(0, "dtype")), site)
    world.run.state.set((cell.uid, "items"), Tuple(()))
    width = widths.named(args.get(0, "dtype"))
    world.run.state.set((cell.uid, "dtype"), Const(width) if width else UNBOUND)
    return cell


MIXED = "written in another order"
"""Set on an array whose elements do not stand in the order in which they were written, as far as can be seen."""


def _array_write(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    written = args.get(1, "value")
    if isinstance(written, Variable):
        written = Data(world.use(written, site), "tensor", written.dtype, written.shape)
    _doubt(world, base, items, written)
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    world.run.state.set((copy.uid, "dtype"), world.run.state.get((base.uid, "dtype")))
    made: Value = (
        Many(world.run.join(items.element, written)) if isinstance(items, Many) else Tuple((*items.items, written))
    )
    in_order = isinstance(items, Tuple) and args.get(0, "index") == Const(len(items.items))
    mixed = world.run.state.get((base.uid, MIXED)) if in_order else Flag()
    for cell in (copy,) if world.run.graph_mode else (copy, base):
        world.run.state.set((cell.uid, "items"), made)
        world.run.state.set((cell.uid, MIXED), mixed)
    return copy


def _doubt(world: Libraries, array: Cell, items: Value, written: Value) -> None:
    """Note that an element may be refused: it has another dtype than the array, or another shape than those in it."""
    held = items.items if isinstance(items, Tuple) else ()
    if not isinstance(written, Data) or not is_tensor(written):
        return
    letters = {array.info, written.dtype}
    known = {world.run.state.get((array.uid, "dtype")), Const(widths.seeming(world, written))}
    unlike = (len(letters) > 1 and letters <= set("fibcs")) or (len(known) > 1 and not {UNBOUND, Const("")} & known)
    shapes = [shape for each in held if (shape := of_value(world, each)) is not None]
    if unlike or any(differ(written.shape, shape) for shape in shapes if written.shape is not None):
        world.known.failing.add(written.node.id)


def _array_stack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    node = world.run.node_of(containers.stored(world.run, base), site)
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    return Data(world.run.node("TensorArray.stack", edges, site, dtype=base.info), "tensor", base.info)


def _array_read(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    mixed = world.run.state.get((base.uid, MIXED)) is not UNBOUND
    found = containers.index(world.run, items, args.get(0, "index")) if not mixed else UNBOUND
    if found is UNBOUND:
        return world.run.opaque(site, [base])
    return _beside_others(world, found, items, site) if world.run.graph_mode else found


def _beside_others(world: Libraries, found: Value, items: Value, site: Site) -> Value:
    """In a graph zeros are sent back to the elements that are not read."""
    node = world.run.node_of(found, site)
    every = items.items if isinstance(items, Tuple) else ()
    others = [n for v in every if (n := world.run.node_of(v, site)) is not None]
    if node is None or not isinstance(found, (Data, Variable)):
        return found
    edges = [Edge(node, FLOWS, "linear"), *(Edge(n, ZERO, "filled") for n in others if n is not node)]
    made = world.run.node("tensorflow.TensorArray.read", edges, site, dtype=node.dtype)
    return Data(made, "tensor", node.dtype, found.shape, getattr(found, "range", None))


def _array_unstack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    value = args.get(0, "value")
    if containers.sequence(world.run, value) is not None:
        value = world.call_library("tensorflow.stack", Arguments([value]), site)
    items = world.run.elements(value, site)
    world.run.state.set((copy.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items)))
    return copy


def _array_size(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    node = world.run.node_of(containers.stored(world.run, base), site) if isinstance(base, Cell) else None
    if node is None:
        return Data(world.run.constant_node(), "tensor", "i", ())
    return Data(world.run.node("TensorArray.size", [Edge(node, NONE)], site, dtype="i"), "tensor", "i", ())


TENSOR_ARRAY = {
    "write": _array_write, "stack": _array_stack, "concat": _array_stack, "read": _array_read, "gather": _array_stack,
    "unstack": _array_unstack, "size": _array_size,
    "mark_used": lambda world, base, args, site: NO_VALUE, "close": lambda world, base, args, site: NO_VALUE,
    "identity": lambda world, base, args, site: base,
}  # fmt: skip
