"""Attributes and methods of tensors, arrays and numbers that are no gradient's business; iteration over them."""

from __future__ import annotations

from collections.abc import Iterable

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.effects import is_effective
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Flag,
    Function,
    Library,
    Many,
    Method,
    Opaque,
    Partial,
    SliceOf,
    Tuple,
    Value,
    Variable,
    Wrapped,
    options,
)

from .. import apply, arguments
from ..arguments import OfWidth, dtype_cell
from ..keras import symbols, unseen
from ..names import EXTERNAL, root
from ..numerics import numbers
from ..python import sequences
from ..registry import FunctionHandler, MethodHandler, Registry
from ..shapes import shapes, widths
from ..tensorflow import members
from ..world import Libraries
from . import array_members

LARGEST_UNROLLED = 12
MAKING = frozenset(f"numpy.{n}" for n in ("array", "asarray", "empty", "zeros", "ones", "full", "empty_like"))
OBJECTS = (Library("builtins.object"), Library("numpy.object_"), Const("object"), Const("O"))
KEPT = ("dict", "layer", "optimizer", "object")
"""The kinds of things, beside the project's own, of which NumPy makes no numbers."""
DEEPEST = 4


def register(registry: Registry) -> None:
    """Add them."""
    registry.families += [_of_objects, _into_another]
    registry.attributes["data"] = data_attribute
    registry.attributes["opaque"] = opaque_attribute
    for kind in ("tensor", "ndarray", "variable", "number", "?"):
        registry.elements[kind] = _rows
    registry.elements["opaque"] = _unknown_rows
    registry.elements["shape"] = _sizes
    registry.methods[("ndarray", "*")] = _array_method
    registry.methods[("number", "*")] = _array_method
    registry.methods[("ndarray", "astype")] = _astype
    registry.methods[("float", "*")] = registry.methods[("int", "*")] = _array_method
    registry.methods[("shape", "__getitem__")] = _size
    registry.methods[("shape", "concatenate")] = lambda world, base, args, site: base
    registry.methods[("shape", "as_list")] = lambda world, base, args, site: containers.make_list(
        world.run, _known_sizes(world, base), site=site
    )
    registry.methods[("shape", "num_elements")] = lambda world, base, args, site: sequences.count(world)
    registry.methods[("tensor", "get_shape")] = lambda world, base, args, site: shape_value(world, base, site)
    registry.methods[("variable", "get_shape")] = lambda world, base, args, site: shape_value(world, base, site)
    registry.methods[("tensor", "set_shape")] = registry.methods[("variable", "set_shape")] = _set_shape
    registry.methods[("ndarray", "item")] = _item
    registry.methods[("ndarray", "__setitem__")] = _store_in_array
    for op in ("+", "-", "*", "/", "**", "//", "%", "@"):
        registry.methods[("ndarray", f"operator {op}=")] = _augmented(op)
    for name in ("fill", "put", "sort", "partition", "itemset", "resize"):
        registry.methods[("ndarray", name)] = _changing(name)
    registry.attributes["dtype"] = _of_dtype
    for name in ("numpy.dtype", "tensorflow.as_dtype", "tensorflow.dtypes.as_dtype"):
        registry.functions[name] = _dtype
    for name in ("vectorize", "frompyfunc"):
        registry.functions[f"numpy.{name}"] = _elementwise(f"numpy.{name}")
    for name in ("copyto", "put", "place", "putmask", "fill_diagonal", "random.shuffle"):
        registry.functions[f"numpy.{name}"] = _change_first
    registry.attributes["shape"] = _of_shape
    registry.sets.append(_set_in_array)


def _of_objects(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """An array of `dtype=object` holds what it is given, tensors too; NumPy's functions call the operators of these."""
    if root(name) != "numpy":
        return None
    asked = args.get(2 if name == "numpy.full" else 1, "dtype") if name in MAKING else UNBOUND
    filled = args.get(1, "fill_value") == NO_VALUE if name == "numpy.full" else False
    of_some = asked is UNBOUND and any(_holds_objects(world, v) or _is_no_number(world, v) for v in args.every())
    if asked in OBJECTS or filled or of_some:
        return _array_of_objects(world, args.every(), site)
    return None


def _is_no_number(world: Libraries, value: Value, depth: int = 0) -> bool:
    """Whether NumPy can only keep a value as it is, or a part of a list of them. Alone a function is there to be
    called, and None stands for what is not given.
    """
    items = containers.sequence(world.run, value) if isinstance(value, (Cell, Tuple)) else None
    if items is not None:
        parts = items.items if isinstance(items, Tuple) else (items.element,)
        return depth < DEEPEST and any(_is_no_number(world, part, depth + 1) for part in parts)
    if isinstance(value, Cell) and value.kind == "instance":
        return world.run.own_method(value, "__array__") is None
    if isinstance(value, Cell):
        return value.kind in KEPT if depth == 0 else value.kind not in ("shape", "dtype")
    return depth > 0 and (isinstance(value, (Function, Class, Bound, Partial, Wrapped)) or value == NO_VALUE)


def _array_of_objects(world: Libraries, held: Iterable[Value], site: Site) -> Opaque:
    made = world.run.opaque(site, held)
    world.known.of_objects.add(made.node.id)
    return made


def _holds_objects(world: Libraries, value: Value) -> bool:
    """Whether a value is an array of objects, a part of one, or a list of such."""
    known = world.known.of_objects
    todo = [o.node for v in (value, *arguments.listed(world, value)) for o in options(v) if isinstance(o, Opaque)]
    seen = set[int]()
    while known and todo:
        node = todo.pop()
        if node.id in known:
            return True
        seen.add(node.id)
        todo += [edge.node for edge in node.edges if edge.node.opaque and edge.node.id not in seen]
    return False


def _into_another(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """`np.add(a, b, out=c)`, `np.add.at(c, i, b)`: an array that is given is changed."""
    if not name.startswith("numpy."):
        return None
    out = args.keywords.get("out", NO_VALUE)
    changed = list(out.items) if isinstance(out, Tuple) else [out]
    changed += args.positional[:1] if name.endswith(".at") else []
    for array in changed:
        for option in options(array):
            if isinstance(option, Data):
                _changed(world, option)
    return None


def shape_value(world: Libraries, base: Value, site: Site) -> Value:
    """`x.shape`: numbers that are known, or counts; a tuple of Python's if it is NumPy's."""
    shape = shapes.of_value(world, base) if isinstance(base, (Data, Variable)) else None
    if isinstance(base, Data) and base.kind == "numpy" and shape is not None and None not in shape:
        return Tuple(tuple(map(Const, shape)))
    signed = world.known.signed.get(base.node.id) if isinstance(base, Data) else None
    if signed is not None:  # no number for an axis that may have any length
        shape = signed
    cell = Cell(world.run.uid(), "shape", shape, site)
    if shape is None:
        world.run.state.set((cell.uid, "items"), Many(sequences.count(world)))
    else:
        is_known = signed is not None
        sizes = tuple(Const(n) if n is not None or is_known else sequences.count(world) for n in shape)
        world.run.state.set((cell.uid, "items"), Tuple(sizes))
    return cell


def _of_shape(world: Libraries, base: Value, name: str, site: Site) -> Value | None:
    """What a shape says of itself."""
    if name == "dims":
        return world.inert("Shape.dims", Arguments([]), site)
    if name not in ("rank", "ndims"):
        return None
    known = base.info if isinstance(base, Cell) else None
    return Const(len(known)) if known is not None else sequences.count(world)


def _sizes(world: Libraries, cell: Cell, site: Site) -> list[Value] | Many:
    items = _known_sizes(world, cell)
    return list(items.items) if isinstance(items, Tuple) else items


def _known_sizes(world: Libraries, shape: Value) -> Tuple | Many:
    """The numbers of a shape."""
    items = world.run.state.get((shape.uid, "items")) if isinstance(shape, Cell) else None
    return items if isinstance(items, Tuple) else Many(sequences.count(world))


def _size(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = world.run.state.get((base.uid, "items"))
    world.keyed(args.positional[0], site)
    if isinstance(items, Tuple):
        key = args.positional[0]
        place = key.value if isinstance(key, Const) and type(key.value) is int else None
        if place is not None and not -len(items.items) <= place < len(items.items):
            world.raised("IndexError", site, "shape")
        found = containers.index(world.run, items, key)
        if isinstance(found, (Const, Data, Tuple)):
            return found
    number = sequences.count(world)
    return Many(number) if isinstance(args.positional[0], SliceOf) else number


def _set_shape(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`x.set_shape(shape)`, which raises where the shape is known to be another one."""
    known, wanted = shapes.of_value(world, base), shapes.as_shape(world, args.get(0, "shape"))
    if known is not None and wanted is not None and shapes.differ(known, wanted):
        world.raised("ValueError", site, "Tensor.set_shape")
    return NO_VALUE


def _item(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`array.item()`: the only number of an array; one of several is asked for by its place."""
    shape = shapes.of_value(world, base)
    if not args.every() and shape is not None and any(length not in (1, None) for length in shape):
        world.raised("ValueError", site, "ndarray.item")
    fact = world.facts.fact("ndarray.item")
    if fact is None or _object(base):
        return _array_method(world, base, args.before(Const("item")), site)
    full = args.before(base)
    full.places[0] = getattr(getattr(site.node, "func", None), "value", site.node)
    return apply.call_fact(world, fact, full, site)


class AsText(str):
    """The category of a dtype that is a text, as the variables of Keras have it."""

    __slots__ = ()


class OfArray(OfWidth):
    """The category of a dtype that is NumPy's."""


REAL = {"complex64": "float32", "complex128": "float64"}
"""The dtypes of what complex numbers are made of."""


def dtype_value(dtype: str, of_numpy: bool = False, width: str = "") -> Value:
    """`x.dtype`."""
    word = dtype if dtype in "fibcs" else "?"
    return dtype_cell((OfArray if of_numpy else OfWidth)(word, width))


def _dtype(world: Libraries, args: Arguments, site: Site) -> Value:
    """`np.dtype("int32")`, `tf.as_dtype(...)`."""
    asked = args.positional[0] if args.positional else UNBOUND
    return dtype_value(apply.dtype_argument(asked), width=widths.named(asked))


def _of_dtype(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """The attributes of a dtype: most are a dtype again, or its name."""
    word = base.info
    if isinstance(word, AsText):
        if not hasattr(word, name):
            world.raised("AttributeError", site, f"str.{name}")
            return world.run.opaque(site)
        return None
    if name == "name" and word != "?":
        return dtype_cell(AsText(word))
    if name == "real_dtype" and word == "c":
        return dtype_value("f", width=REAL.get(getattr(word, "width", ""), ""))
    if name in ("base_dtype", "as_numpy_dtype", "real_dtype", "name", "type", "str"):
        return base
    if name in ("max", "min") and word in ("f", "i") and not isinstance(word, OfArray):
        return Data(world.run.constant_node(), "numpy", word, ())
    if name == "size" and not isinstance(word, OfArray):
        return Data(world.run.constant_node(), "python", "i")
    kinds = {"is_floating": "f", "is_integer": "i", "is_bool": "b", "is_complex": "c"}
    return Const(word == kinds[name]) if name in kinds and word != "?" else None


def data_attribute(world: Libraries, base: Value, name: str, site: Site) -> Value | None:
    """What tensors, arrays and variables have that carries no gradient; None for what facts answer."""
    if name in ("output", "input") and isinstance(base, Data) and base.kind == "symbolic":
        return base  # an input layer, for which its tensor stands
    if members.lacks(world, base, name) or symbols.lacks(world, base, name):
        world.raised("AttributeError", site, f"Tensor.{name}")
        return world.run.opaque(site)
    if isinstance(base, Data) and base.kind == "numpy" and array_members.lacks(world, base, name):
        world.raised("AttributeError", site, f"ndarray.{name}")
        return world.run.opaque(site)
    if name == "shape":
        return shape_value(world, base, site)
    if name == "dtype" and isinstance(base, (Data, Variable)):
        return dtype_value(base.dtype, isinstance(base, Data) and base.kind == "numpy", widths.of(world, base))
    if name in ("ndim", "rank", "size", "itemsize", "nbytes"):
        shape = base.shape if isinstance(base, (Data, Variable)) else None
        return Const(len(shape)) if shape is not None and name in ("ndim", "rank") else sequences.count(world)
    if name in ("name", "device", "path", "op", "graph"):
        known = getattr(base, "name", "") or name
        return Const(known) if name == "name" else world.inert(f"Tensor.{name}", Arguments([]), site)
    if isinstance(base, Data) and base.kind == "numpy" and not _has(world, name):
        edges = [Edge(base.node, NONE)]
        op = f"{_object(base) or 'ndarray'}.{name}"
        made = world.run.node(op, edges, site, dtype="f", kind="numpy", detail=array_members.OWN)
        return Data(made, "numpy", "f")
    if name in ("T", "real", "imag", "flat"):
        fact = world.facts.fact(f"{'Tensor' if isinstance(base, Data) and base.kind == 'tensor' else 'ndarray'}.{name}")
        if fact is not None:
            return apply.call_fact(world, fact, Arguments([base]), site)
        node = world.run.node_of(base, site)
        edges = [Edge(node, FLOWS, "linear")] if node is not None else []
        kind = base.kind if isinstance(base, Data) else "tensor"
        return Data(world.run.node(f"ndarray.{name}", edges, site, dtype="f", kind=kind), kind)
    return None


def _has(world: Libraries, name: str) -> bool:
    """Whether an array has an attribute; what lacks it is no array, but an object that another library made."""
    known = name.startswith("__") or name in ("T", "real", "imag", "flat", "base", "data", "strides", "flags")
    return known or ("ndarray", name) in world.registry.methods or world.facts.fact(f"ndarray.{name}") is not None


def opaque_attribute(world: Libraries, base: Value, name: str, site: Site) -> Value | None:
    """An unknown object's attribute: shapes and dtypes carry nothing, variables of a model are one source."""
    assert isinstance(base, Opaque)
    if name in ("shape", "dtype", "ndim", "name", "rank", "size"):
        return world.inert(name, Arguments([base]), site)
    if name == "apply_gradients":
        return Method(base, name)
    if name in unseen.WEIGHTS:
        return Opaque(unseen.weights_node(world, base, site), name)
    return None


def _rows(world: Libraries, value: Cell, site: Site) -> list[Value] | Many:
    """Iterating over an array: its rows. A variable of Keras does not say where it ends, which is an error."""
    if isinstance(value, Variable) and value.flavor == "keras" and not world.run.graph_mode:
        return Many(world.run.opaque(site, [value]))
    shape = getattr(value, "shape", None)
    node = world.run.node_of(value, site)
    dtype = apply.dtype_of(world, value) or "?"
    rest = shape[1:] if shape else None
    kind = value.kind if isinstance(value, Data) else "tensor"

    def row(index: int | None) -> Value:
        edges = [Edge(node, FLOWS, "linear")] if node is not None else []
        made = world.run.node("operator []", edges, site, dtype=dtype, kind=kind)
        bounds = numbers.of_part(world, value, Const(0), index, None)[1]
        return Data(made, kind, dtype, rest, bounds, widths.of(world, value))

    if shape and shape[0] is not None and shape[0] <= LARGEST_UNROLLED:
        return [row(i) for i in range(shape[0])]
    return Many(row(None))


def _unknown_rows(world: Libraries, value: Cell, site: Site) -> list[Value] | Many:
    assert isinstance(value, Opaque)
    if unseen.is_weights(value):
        return unseen.rows(world, value, site)
    node = world.run.node("operator []", [Edge(value.node, FLOWS, "linear")], site, dtype="?", kind="?", opaque=True)
    return Many(Opaque(node))


def _array_method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """Any other method of an array or number: an array or number again."""
    name = args.positional[0].value  # type: ignore[attr-defined]
    rest = args.after(1).before(base)
    nodes = [n for v in rest.every() if (n := world.run.node_of(v, site)) is not None]
    kind = _object(base) or "ndarray"
    node = world.run.node(f"{kind}.{name}", [Edge(n, NONE) for n in nodes], site, dtype="f", kind="numpy")
    dtype = apply.dtype_argument(args.positional[1]) if name == "astype" and len(args.positional) > 1 else None
    dtype = dtype or (base.dtype if isinstance(base, Data) else "f")
    bounds = numbers.of_method(world, name, base, args.after(1))
    if name in ("item", "tolist"):
        return Data(node, "python", dtype)
    shape = base.shape if isinstance(base, Data) and name in ("astype", "copy") else None
    width = widths.of(world, base) if name != "astype" else widths.named(args.get(1, "dtype"), of_numpy=True)
    return Data(node, "numpy", dtype, shape, bounds, width if root(node.op) == "ndarray" else "")


def _astype(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`array.astype(dtype)`; one of objects can be given tensors."""
    fact = world.facts.fact("ndarray.astype")
    if args.get(0, "dtype") in OBJECTS:
        return _array_of_objects(world, [base], site)
    if fact is None or _object(base):
        return _array_method(world, base, args.before(Const("astype")), site)
    full = args.before(base)
    full.places[0] = getattr(getattr(site.node, "func", None), "value", site.node)
    return apply.call_fact(world, fact, full, site)


def _object(base: Value) -> str:
    """What of another library made a value, an image or a table perhaps, whose methods are its own; else ""."""
    return base.node.op if isinstance(base, Data) and root(base.node.op) in EXTERNAL else ""


def _changing(name: str) -> MethodHandler:
    """A method that changes an array in place, where the value is an array."""

    def method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        if _object(base):
            return _array_method(world, base, args.before(Const(name)), site)
        if name == "resize" and isinstance(base, Data):
            world.known.reshaped.add(base.node.id)
        return _change(world, base, args, site)

    return method


def _set_in_array(world: Libraries, base: Value, name: str, value: Value, site: Site) -> bool:
    """`array.shape = sizes`, or another dtype: the array itself is another from now on."""
    if not (isinstance(base, Data) and base.kind == "numpy") or name not in ("shape", "dtype", "strides", "data"):
        return False
    world.known.reshaped.add(base.node.id)
    _changed(world, base)
    return True


def _changed(world: Libraries, value: Value) -> None:
    """An array is changed in place: it and what it is a view of hold other numbers from now on."""
    node = world.run.node_of(value)
    while node is not None and node.kind == "numpy":
        world.run.state.set((node.id, "changed"), Flag())
        node = next((e.node for e in node.edges if e.node.kind == "numpy"), None)


def _augmented(op: str) -> MethodHandler:
    """`array op= value`: in place for an array, a new tensor where the value is one."""

    def augment(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Data)
        made = world.run.operate(op, base, args.positional[0], site)
        if isinstance(made, Data) and made.kind == "numpy":
            if base.shape and BY_ROOM.find(made.dtype) > BY_ROOM.find(base.dtype) >= 0:
                world.raised("TypeError", site, "ndarray operator op=")
            _changed(world, base)
            world.run.state.set((base.node.id, "stored"), made)
        return made

    return augment


BY_ROOM = "bifc"
"""Arrays of each of these categories have no room for the numbers of the later ones."""


def _elementwise(name: str) -> FunctionHandler:
    """What makes a function of numbers into one of arrays, which NumPy runs; a decorator as well."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        if any(map(is_effective, args.every())):
            world.run.lose_track()  # nobody can tell how often it is called
        if name.endswith("frompyfunc") or len(args.positional) > 1 or "otypes" in args.keywords:
            return world.run.opaque(site, args.every())  # it may give arrays of objects
        return Library(f"{name}()" if args.positional else name)

    return make


def _change(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`array.fill(value)` and the like."""
    _changed(world, base)
    for value in args.positional:
        if isinstance(value, (Data, Variable, Opaque)):
            _store_in_array(world, base, Arguments([NO_VALUE, value]), site)
    return NO_VALUE


def _change_first(world: Libraries, args: Arguments, site: Site) -> Value:
    """`np.copyto(array, values)` and the like."""
    return _change(world, args.positional[0], args.after(1), site) if args.positional else NO_VALUE


def _store_in_array(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`array[i] = tensor`: the number is copied into the array, the tape does not see it."""
    if not isinstance(base, Data):  # something unknown
        world.run.escape([base, args.positional[1]])
        return NO_VALUE
    _changed(world, base)
    old = world.run.node_of(base, site)
    new = world.run.node_of(args.positional[1], site)
    if new is not None and old is not None:
        place = getattr(site.node, "value", None)
        edges = [Edge(old, FLOWS, "linear"), Edge(new, NONE, "other", place)]
        made = world.run.node("numpy.ndarray.__setitem__", edges, site, dtype=base.dtype, kind="numpy")
        world.run.state.set((base.node.id, "stored"), Data(made, "numpy", base.dtype))
    return NO_VALUE
