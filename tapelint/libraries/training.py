"""What surrounds a gradient in training: data sets and optimizers."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import NO_VALUE, Cell, Const, Data, Many, Opaque, Tuple, Value, Variable

from . import apply, unfit
from .graph_loops import rows
from .graphs import symbolic_arguments
from .keras_members import is_gone
from .singletons import note_slots
from .world import Libraries, Registry


def register(registry: Registry) -> None:
    """Add data sets and optimizers."""
    registry.families.append(_dataset)
    registry.elements["dataset"] = _elements
    registry.methods[("dataset", "map")] = registry.methods[("dataset", "flat_map")] = _mapped
    registry.methods[("dataset", "*")] = _dataset_method
    registry.methods[("optimizer", "apply_gradients")] = _apply_gradients
    for name in ("get_scaled_loss", "scale_loss"):
        registry.methods[("opaque", name)] = _scaled
    registry.methods[("opaque", "apply_gradients")] = _apply_unknown
    registry.methods[("optimizer", "apply")] = _apply
    registry.methods[("optimizer", "minimize")] = _minimize
    registry.methods[("optimizer", "*")] = _optimizer_method
    registry.attributes["optimizer"] = _optimizer_attribute


# -- data sets

THROUGH = "tensorflow.data.Dataset"


def through(world: Libraries, value: Value, site: Site) -> Value:
    """A value as it comes out of a data set: new tensors that no tape knows."""
    if isinstance(value, Tuple):
        return Tuple(tuple(through(world, v, site) for v in value.items), value.names)
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        if known is not None:
            return containers.make_dict(world.run, [(k, through(world, v, site)) for k, v in known], site)
    node = world.run.node_of(value, site)
    edges = [Edge(node, NONE)] if node is not None else []
    dtype = unfit.dtype_made(world, value)
    with world.paused():
        made = world.run.node(THROUGH, edges, site, dtype=dtype)
    return Data(made, "tensor", dtype)


def _dataset(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    if not name.startswith(("tensorflow.data.", "tensorflow_datasets.")):
        return None
    last = name.rpartition(".")[2]
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
    if last == "range":
        return make_dataset(world, through(world, Const(0), site), site)
    if last == "load" or last[:1].islower() or last in ("Dataset", "TFRecordDataset", "TextLineDataset"):
        is_class = last[:1].isupper()
        node = world.run.node(name, [], site, dtype="?", kind="tensor" if is_class else "?")
        return make_dataset(world, Data(node, "tensor", "?") if is_class else Opaque(node), site)
    return None


def _slices(world: Libraries, value: Value, site: Site) -> Value:
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value) or []
        return containers.make_dict(world.run, [(k, _slices(world, v, site)) for k, v in known], site)
    if isinstance(value, Tuple):
        return Tuple(tuple(_slices(world, item, site) for item in value.items), value.names)
    if isinstance(value, Cell) and value.kind == "list":
        node = world.run.node_of(value, site) or world.run.constant_node()
        return Data(node, "tensor", unfit.dtype_made(world, value))
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
        return world.run.opaque(site, [base.info, *_put_in(world, base.info), *args.positional[1:]])
    if name in ("apply", "interleave", "window", "group_by_window"):
        return world.run.opaque(site, [base.info, *args.positional[1:]])
    return base


OPERATIONS = ("get_single_element", "reduce")
"""What reads a data set in one operation, which a tape records: it has no gradient, and may raise for that."""


def _put_in(world: Libraries, element: Value) -> list[Value]:
    """The tensors that a data set was made from."""
    behind = world.run.graph.ancestors(world.run.nodes_in(element))
    return [Data(edge.node) for node in behind if node.op == THROUGH for edge in node.edges]


# -- optimizers


def _touch(world: Libraries, value: Value, site: Site) -> None:
    """Variables get new contents of which nothing is known."""
    for node_value in _variables(world, value):
        content = Data(world.run.constant_node(), "tensor", node_value.dtype, node_value.shape)
        world.run.state.set((node_value.uid, "content"), content)


def _variables(world: Libraries, value: Value) -> list[Variable]:
    if isinstance(value, Variable):
        return [value]
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        return [v for item in items.items for v in _variables(world, item)]
    return _variables(world, items.element) if isinstance(items, Many) else []


def _apply_gradients(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    pairs = args.get(0, "grads_and_vars")
    of_keras = isinstance(base, Cell) and str(base.info).startswith("keras.") and base.info != OF_ANY_CLASS
    columns = _columns(world, pairs)
    rows = world.run.elements(pairs, site)
    each: list[Value] = [rows.element] if isinstance(rows, Many) else rows
    seen = (
        Many(_as_tuple(world, rows.element))
        if isinstance(rows, Many)
        else Tuple(tuple(_as_tuple(world, r) for r in rows))
    )
    world.recorder.note("update", Tuple((base, pairs, seen, columns)), site, args)
    if of_keras and (len(args.positional) > 1 or not args.keywords.keys() <= {"grads_and_vars"}):
        world.raised("TypeError", site, "Optimizer.apply_gradients")
    if isinstance(base, Cell) and isinstance(seen, Tuple) and all(map(_is_without_gradient, seen.items)):
        world.raised("ValueError", site, "Optimizer.apply_gradients")
    note_slots(world, base, site)
    if of_keras and isinstance(seen, Tuple) and any(map(_is_turned_round, seen.items)):
        world.raised("AttributeError", site, "Optimizer.apply_gradients")
    for row in each:
        _touch(world, row, site)
    return NO_VALUE


def _is_without_gradient(pair: Value) -> bool:
    return isinstance(pair, Tuple) and len(pair.items) == 2 and pair.items[0] == NO_VALUE


def _is_turned_round(pair: Value) -> bool:
    """Whether a pair has a variable for the gradient, and a tensor in the place of the variable."""
    if not isinstance(pair, Tuple) or len(pair.items) != 2:
        return False
    first, second = pair.items
    return isinstance(first, Variable) and isinstance(second, Data) and second.kind == "tensor"


def _apply_unknown(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """Whatever has this method is an optimizer; nothing more is known of it."""
    _apply_gradients(world, base, args, site)
    return world.run.call_unknown(base, args, site)


def _columns(world: Libraries, pairs: Value) -> Value:
    """What a `zip` was made from, as it is now."""
    zipped = world.run.state.get((pairs.uid, "zipped")) if isinstance(pairs, Cell) else NO_VALUE
    return Tuple(tuple(_as_tuple(world, v) for v in zipped.items)) if isinstance(zipped, Tuple) else NO_VALUE


def _as_tuple(world: Libraries, value: Value) -> Value:
    """A sequence with the items that it has now; anything else as it is."""
    items = containers.sequence(world.run, value)
    return items if items is not None else value


def _apply(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    gradients, variables = args.get(0, "grads"), args.get(1, "trainable_variables", NO_VALUE)
    columns = Tuple((_as_tuple(world, gradients), _as_tuple(world, variables)))
    world.recorder.note("update", Tuple((base, gradients, NO_VALUE, columns)), site, args)
    note_slots(world, base, site)
    _touch(world, variables, site)
    return NO_VALUE


def _minimize(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """Keras 2 only: the loss is a function that is called, or a tensor with a tape."""
    if isinstance(base, Cell) and str(base.info).startswith("keras."):
        world.raised("AttributeError", site, "Optimizer.minimize")
    loss = args.get(0, "loss")
    if world.is_callable(loss):
        world.run.call(loss, Arguments([]), site)
    variables = args.get(1, "var_list", NO_VALUE)
    if world.is_callable(variables):
        variables = world.run.call(variables, Arguments([]), site)
    _touch(world, variables, site)
    return NO_VALUE


def _scaled(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """A loss made larger for the sake of half precision: by whatever optimizer, it is that loss times a number."""
    node = world.run.node_of(args.positional[0], site) if args.positional else None
    edges = [Edge(node, linearity="linear")] if node is not None else []
    return Data(world.run.node("Optimizer.scale_loss", edges, site, dtype="f"))


def _optimizer_method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    name = args.positional[0].value  # type: ignore[attr-defined]
    if name in ("get_scaled_loss", "scale_loss", "get_unscaled_gradients"):
        value = args.positional[1]
        node = world.run.node_of(value, site)
        if isinstance(value, (Data, Opaque)) and node is not None:
            return Data(world.run.node(f"Optimizer.{name}", [Edge(node, linearity="linear")], site, dtype="f"))
        return value
    return world.inert(f"Optimizer.{name}", Arguments([]), site)


OF_ANY_CLASS = "keras.optimizers.Optimizer"
"""The class of optimizers of which nothing more is known."""


def _optimizer_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    if str(base.info).startswith("keras.") and base.info != OF_ANY_CLASS and is_gone(world, "optimizer", name):
        world.raised("AttributeError", site, f"Optimizer.{name}")
        return world.run.opaque(site, [base], hint=name)
    if name in ("learning_rate", "lr", "iterations", "variables", "weights"):
        return world.inert(name, Arguments([]), site)
    if name.startswith("_") and not name.startswith("__"):
        return world.run.opaque(site, [base], hint=name)  # its slots, lists of variables
    return None
