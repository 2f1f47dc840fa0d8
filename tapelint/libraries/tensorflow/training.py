"""What surrounds a gradient in training: data sets."""

from __future__ import annotations

from collections.abc import Sequence

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import SEVERAL, Edge, Node, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import NO_VALUE, Cell, Const, Data, Many, OneOf, Opaque, Tuple, Value, Variable

from .. import apply
from ..arguments import dtype_argument
from ..refusals import unfit
from ..registry import Registry
from ..shapes import widths
from ..world import Libraries
from . import signatures
from .graph_loops import rows
from .graphs import symbolic_arguments


def register(registry: Registry) -> None:
    """Add data sets."""
    registry.families.append(_dataset)
    registry.elements["dataset"] = _elements
    registry.methods[("dataset", "map")] = registry.methods[("dataset", "flat_map")] = _mapped
    registry.methods[("dataset", "*")] = _dataset_method


THROUGH = "tensorflow.data.Dataset"


def through(world: Libraries, value: Value, site: Site) -> Value:
    """A value as it comes out of a data set: new tensors that no tape knows."""
    if isinstance(value, Tuple):
        return Tuple(tuple(through(world, v, site) for v in value.items), value.names)
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        if known is not None:
            return containers.make_dict(world.run, [(k, through(world, v, site)) for k, v in known], site)
    if isinstance(value, OneOf):
        return world.run.join_all([through(world, option, site) for option in value.options])
    node = world.run.node_of(value, site)
    edges = [Edge(node, NONE)] if node is not None else []
    dtype = unfit.dtype_made(world, value)
    with world.paused():
        made = world.run.node(THROUGH, edges, site, dtype=dtype)
    made.detail = SEVERAL if isinstance(value, Opaque) else ""  # a structure of tensors, perhaps
    held = isinstance(value, Variable) or (isinstance(value, Data) and value.kind in ("tensor", "numpy"))
    return Data(made, "tensor", dtype, width=widths.of(world, value) if held else "")


def _dataset(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    if not name.startswith(("tensorflow.data.", "tensorflow_datasets.")):
        return None
    last = name.rpartition(".")[2]
    if last == "from_generator":
        apply.may_call_again(world, args, site)
    if last in ("from_tensor_slices", "from_tensors"):
        value = args.positional[0] if args.positional else NO_VALUE
        element = _slices(world, value, site) if last == "from_tensor_slices" else value
        return make_dataset(world, through(world, element, site), site)
    if last == "zip":
        parts = world.run.elements(args.positional[0], site) if len(args.positional) == 1 else list(args.positional)
        items = [parts.element] if isinstance(parts, Many) else parts
        return make_dataset(world, Tuple(tuple(_one(world, p, site) for p in items)), site)
    if last in OPERATIONS and args.positional and isinstance(args.positional[0], Cell):
        return _dataset_method(world, args.positional[0], Arguments([Const(last), *args.positional[1:]]), site)
    if last == "from_generator" and (generated := _generated(world, name, args, site)) is not None:
        return make_dataset(world, generated, site)
    if last == "range":
        return make_dataset(world, through(world, Const(0), site), site)
    if last == "load" or last[:1].islower() or last in ("Dataset", "TFRecordDataset", "TextLineDataset"):
        is_class = last[:1].isupper()
        node = world.run.node(name, [], site, dtype="?", kind="tensor" if is_class else "?")
        return make_dataset(world, Data(node, "tensor", "?") if is_class else Opaque(node), site)
    return None


def _generated(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """An element of what a generator gives, by what is said of its dtypes; None where that cannot be seen."""
    told = args.get(4, "output_signature", NO_VALUE)
    return _told(world, name, args.get(1, "output_types", NO_VALUE) if told == NO_VALUE else told, site)


def _told(world: Libraries, name: str, told: Value, site: Site) -> Value | None:
    """A tensor of each dtype in a structure of them, or of specifications."""
    if isinstance(told, Tuple):
        items = [_told(world, name, item, site) for item in told.items]
        return Tuple(tuple(i for i in items if i is not None)) if None not in items else None
    if isinstance(told, Cell) and told.kind == "dict":
        pairs = [(key, _told(world, name, value, site)) for key, value in containers.pairs(world.run, told) or ()]
        every = [(key, made) for key, made in pairs if made is not None]
        return containers.make_dict(world.run, every, site) if every and len(every) == len(pairs) else None
    given = signatures.specified(world, told)
    dtype = told if given is None else given[1]
    letter, width = dtype_argument(dtype), widths.named(dtype)
    if not width and letter != "s":
        return None
    return Data(world.run.node(name, [], site, dtype=letter), "tensor", letter, width=width)


def _slices(world: Libraries, value: Value, site: Site) -> Value:
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value) or []
        return containers.make_dict(world.run, [(k, _slices(world, v, site)) for k, v in known], site)
    if isinstance(value, Tuple):
        return Tuple(tuple(_slices(world, item, site) for item in value.items), value.names)
    if isinstance(value, Cell) and value.kind == "list":
        node = world.run.node_of(value, site) or world.run.constant_node()
        return Data(node, "tensor", unfit.dtype_made(world, value))
    if isinstance(value, (Data, Variable)) and value.shape == ():
        world.raised("ValueError", site, "tensorflow.data.Dataset.from_tensor_slices")
    return rows(world, value, site)


def make_dataset(world: Libraries, element: Value, site: Site) -> Cell:
    """A data set whose elements are all like one."""
    return Cell(world.run.uid(), "dataset", element, site)


def _one(world: Libraries, value: Value, site: Site) -> Value:
    items = world.run.elements(value, site)
    return items.element if isinstance(items, Many) else world.run.join_all(items)


def _elements(world: Libraries, cell: Cell, site: Site) -> list[Value] | Many:
    return Many(through(world, cell.info, cell.site or site))


def _mapped(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`dataset.map(f)`: f runs in a graph of its own."""
    assert isinstance(base, Cell)
    element = base.info
    given = list(element.items) if isinstance(element, Tuple) else [element]
    world.run.graph_mode += 1
    try:
        with world.paused(), symbolic_arguments(world, given):
            made = world.run.call(args.get(0, "map_func"), Arguments(given), site)
    finally:
        world.run.graph_mode -= 1
    if isinstance(made, Cell) and made.kind == "dataset":
        made = made.info
    return make_dataset(world, made, site)


def _dataset_method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    name = args.positional[0].value  # type: ignore[attr-defined]
    if name == "enumerate":
        return make_dataset(world, Tuple((through(world, Const(0), site), base.info)), site)
    if name in ("as_numpy_iterator",):
        return Many(apply.detached(world, "tensorflow.data.Dataset.as_numpy_iterator", Arguments([base.info]), site))
    if name in ("cardinality", "__len__"):
        return world.inert(name, Arguments([]), site)
    if name in OPERATIONS:
        element: Value = base.info
        if name == SINGLE and not _is_recorded(world, world.run.nodes_in(element)):
            return element
        made = world.run.opaque(site, [base.info, *_put_in(world, base.info), *args.positional[1:]])
        if _is_recorded(world, [edge.node for edge in made.node.edges]):
            made.node.error = PERHAPS
        return made
    if name in ("apply", "interleave", "window", "group_by_window"):
        return world.run.opaque(site, [base.info, *args.positional[1:]])
    return base


def _is_recorded(world: Libraries, nodes: Sequence[Node]) -> bool:
    """Whether a tape may know something of what was put into a data set."""
    return any(node.recorded or node.kind == "variable" for node in world.run.graph.ancestors(nodes))


SINGLE = "get_single_element"
OPERATIONS = (SINGLE, "reduce")
"""What reads a data set in one operation, which a tape records: it has no gradient, and may raise for that."""
PERHAPS = "?LookupError"


def _put_in(world: Libraries, element: Value) -> list[Value]:
    """The tensors that a data set was made from."""
    behind = world.run.graph.ancestors(world.run.nodes_in(element))
    return [Data(edge.node) for node in behind if node.op == THROUGH for edge in node.edges]
