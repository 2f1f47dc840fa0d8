"""`tf.TensorArray`: a list that is not changed in a graph, and is in eager code."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS, NONE, ZERO
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Many,
    Tuple,
    Value,
    Variable,
    is_tensor,
)

from .. import apply
from ..arguments import are_apart, plain_constant
from ..natures import form
from ..refusals.refusing import OF_KERNELS
from ..registry import Registry
from ..shapes import widths
from ..shapes.shapes import differ, of_value
from ..world import Libraries


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
    size, grows = args.get(1, "size"), args.get(2, "dynamic_size", FALSE)
    is_known = isinstance(size, Const) and type(size.value) is int and grows in (FALSE, NO_VALUE)
    world.run.state.set((cell.uid, SIZE), size if is_known and args.rest is None else UNBOUND)
    clears = args.get(3, "clear_after_read", TRUE) in (TRUE, NO_VALUE) and args.rest is None
    world.run.state.set((cell.uid, CLEARS), Const(clears))
    infers = args.get(7, "infer_shape", TRUE) == TRUE and args.rest is None
    world.run.state.set((cell.uid, INFERS), Const(infers))
    shape = args.get(8, "element_shape")
    world.run.state.set((cell.uid, SHAPE), UNBOUND if shape is NO_VALUE else shape)
    return cell


SIZE, CLEARS, INFERS, SHAPE = SETTINGS = ("size", "clear_after_read", "infer_shape", "element_shape")
"""Set on an array: how many elements it has room for, where that is known and does not grow; whether an element that
is read is gone outside of graphs; whether all elements must be of one shape; which.
"""
MIXED = "written in another order"
"""Set on an array whose elements do not stand in the order in which they were written, as far as can be seen."""


def _array_write(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items, index = containers.stored(world.run, base), args.get(0, "index")
    written = args.get(1, "value")
    if isinstance(written, Variable):
        width = widths.of(world, written)
        written = Data(world.use(written, site), "tensor", written.dtype, written.shape, width=width)
    if error := _refusal(world, base, index, items, written):
        world.raised(error, site, "TensorArray.write")
    _doubt(world, base, index, items, written)
    array = _changed(world, base, site)
    in_order = _setting(world, base, MIXED) is UNBOUND
    placed = _placed(world, base, items, index, written, site) if in_order else None
    if placed is not None:
        made: Value = placed
    elif isinstance(items, Many):
        made = Many(world.run.join(items.element, written))
    else:
        made = Tuple((*items.items, written))
    world.run.state.set((array.uid, "items"), made)
    world.run.state.set((array.uid, MIXED), Flag() if placed is None else UNBOUND)
    return array


def _placed(world: Libraries, array: Cell, items: Value, index: Value, written: Value, site: Site) -> Tuple | None:
    """The elements with one at a known place; None where the place is not known. What nobody wrote is zeros."""
    at = index.value if isinstance(index, Const) else None
    if not isinstance(items, Tuple) or type(at) is not int or not 0 <= at < len(items.items) + MOST_UNWRITTEN:
        return None
    missing = [_zeros(world, array, written, site) for _ in range(at - len(items.items))]
    return Tuple((*items.items[:at], *missing, written, *items.items[at + 1 :]))


MOST_UNWRITTEN = 20


EMPTY = "TensorArray element"
"""What nobody wrote."""
CLEARED = "TensorArray.cleared"
"""What stands in the place of an element that was read."""


def _zeros(world: Libraries, array: Cell, like: Value, site: Site, op: str = EMPTY) -> Data:
    """What stands where nothing is kept, of the shape of the elements that were."""
    return Data(world.run.node(op, [], site, dtype=array.info), "tensor", array.info, of_value(world, like))


def _changed(world: Libraries, base: Cell, site: Site) -> Cell:
    """The array that a method changes: itself, in a graph a new one."""
    if not world.run.graph_mode:
        return base
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    for setting in ("dtype", *SETTINGS):
        world.run.state.set((copy.uid, setting), world.run.state.get((base.uid, setting)))
    return copy


def _refusal(world: Libraries, array: Cell, index: Value, items: Value, written: Value) -> str:
    """The exception of an element that is certainly refused; "" where there is none.

    Which exception a graph raises, and when, hangs on the operation that it makes of the loop around.
    """
    if written == NO_VALUE and index != NO_VALUE:
        return "ValueError"
    if world.run.graph_mode:
        return ""
    if _is_outside(world, array, index):
        return "OutOfRangeError"
    dtype = _setting(world, array, "dtype")
    if isinstance(written, Const):
        return OF_KERNELS if type(written.value) is float and array.info == "i" else ""
    if not isinstance(written, Data) or written.kind != "tensor" or form(written):
        return ""
    unlike = written.width in widths.EXACT and dtype not in (UNBOUND, Const(written.width))
    if unlike or are_apart(array.info, written.dtype):
        return OF_KERNELS
    return "ValueError" if _is_of_other_shape(world, array, items, written) else ""


def _is_outside(world: Libraries, array: Cell, index: Value) -> bool:
    """Whether an array has no such place for certain."""
    size, at = (each.value if isinstance(each, Const) else None for each in (_setting(world, array, SIZE), index))
    return type(at) is int and (at < 0 or (type(size) is int and at >= size))


def _is_of_other_shape(world: Libraries, array: Cell, items: Value, written: Data) -> bool:
    """Whether an element has another shape than the array asks for, or than those in it."""
    if written.shape is None:
        return False
    held = items.items if isinstance(items, Tuple) and _setting(world, array, INFERS) == TRUE else ()
    shapes = [shape for each in held if (shape := of_value(world, each)) is not None]
    wanted = plain_constant(world, _setting(world, array, SHAPE))
    if isinstance(wanted, (tuple, list)) and all(type(size) is int or size is None for size in wanted):
        shapes.append(tuple(wanted))
    return any(differ(written.shape, shape) for shape in shapes)


def _setting(world: Libraries, array: Cell, name: str) -> Value:
    return world.run.state.get((array.uid, name))


def _doubt(world: Libraries, array: Cell, index: Value, items: Value, written: Value) -> None:
    """Note that an element may be refused: it has another dtype than the array, or another shape than those in it."""
    if not isinstance(written, Data) or not is_tensor(written):
        return
    letters = {array.info, written.dtype}
    known = {_setting(world, array, "dtype"), Const(widths.seeming(world, written))}
    unlike = (len(letters) > 1 and letters <= set("fibcs")) or (len(known) > 1 and not {UNBOUND, Const("")} & known)
    if unlike or _is_outside(world, array, index) or _is_of_other_shape(world, array, items, written):
        world.known.failing.add(written.node.id)


def _array_stack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    node = world.run.node_of(containers.stored(world.run, base), site)
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    return Data(world.run.node("TensorArray.stack", edges, site, dtype=base.info), "tensor", base.info)


def _array_read(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items, index = containers.stored(world.run, base), args.get(0, "index")
    mixed = _setting(world, base, MIXED) is not UNBOUND
    found = containers.index(world.run, items, index) if not mixed else UNBOUND
    if found is UNBOUND:
        return world.run.opaque(site, [base])
    if world.run.graph_mode:
        return _beside_others(world, found, items, site)
    if isinstance(found, Data) and found.node.op == CLEARED:
        world.raised(OF_KERNELS, site, "TensorArray.read")
    if isinstance(items, Tuple) and isinstance(index, Const) and type(index.value) is int:
        _clear(world, base, items, index.value, found, site)
    return found


def _clear(world: Libraries, array: Cell, items: Tuple, at: int, element: Value, site: Site) -> None:
    """An element is read outside of graphs, and gone, unless the array was made to keep it."""
    if _setting(world, array, CLEARS) != TRUE or not 0 <= at < len(items.items):
        return
    cleared = _zeros(world, array, element, site, CLEARED)
    world.run.state.set((array.uid, "items"), Tuple((*items.items[:at], cleared, *items.items[at + 1 :])))


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
    value = args.get(0, "value")
    if containers.sequence(world.run, value) is not None:
        value = world.call_library("tensorflow.stack", Arguments([value]), site)
    items = world.run.elements(value, site)
    array = _changed(world, base, site)
    world.run.state.set((array.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items)))
    world.run.state.set((array.uid, MIXED), UNBOUND)
    return array


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
