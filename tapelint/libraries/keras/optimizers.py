"""Optimizers: what is applied to which variables, and what Keras 3's refuse."""

from __future__ import annotations

from collections.abc import Sequence

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Generator,
    Many,
    Opaque,
    Tuple,
    Value,
    Variable,
)

from ..refusals.refusing import listed
from ..registry import Registry
from ..shapes import shapes
from ..tensorflow.singletons import note_slots
from ..tensorflow.written import write, written_to
from ..world import Libraries
from . import optimizer_variables
from .keras_members import is_gone
from .optimizer_variables import OF_ANY_CLASS


def register(registry: Registry) -> None:
    """Add what optimizers do."""
    registry.methods[("optimizer", "apply_gradients")] = _apply_gradients
    for name in ("get_scaled_loss", "scale_loss"):
        registry.methods[("opaque", name)] = _scaled
    registry.methods[("opaque", "apply_gradients")] = _apply_unknown
    registry.methods[("optimizer", "apply")] = _apply
    registry.methods[("optimizer", "build")] = _build
    registry.methods[("optimizer", "minimize")] = _minimize
    registry.methods[("optimizer", "*")] = _optimizer_method
    registry.attributes["optimizer"] = _optimizer_attribute


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
    columns, once = _columns(world, pairs), Const(_was_asked(world, pairs))
    rows = world.run.elements(pairs, site)
    each: list[Value] = [rows.element] if isinstance(rows, Many) else rows
    seen = Many(listed(world, rows.element)) if isinstance(rows, Many) else Tuple(tuple(listed(world, r) for r in rows))
    world.recorder.note("update", Tuple((base, pairs, seen, columns, once)), site, args)
    if of_keras and (len(args.positional) > 1 or not args.keywords.keys() <= {"grads_and_vars"}):
        world.raised("TypeError", site, "Optimizer.apply_gradients")
    if isinstance(base, Cell) and isinstance(seen, Tuple) and all(map(_is_without_gradient, seen.items)):
        world.raised("ValueError", site, "Optimizer.apply_gradients")
    if of_keras and seen == Tuple(()):
        world.raised("ValueError", site, "Optimizer.apply_gradients")  # it takes the pairs apart
    if of_keras and isinstance(seen, Tuple) and any(isinstance(item, (Data, Variable)) for item in seen.items):
        _taken_apart(world, seen.items, site)
    note_slots(world, base, site)
    optimizer_variables.applied(world, base, _second_of(seen), site)
    if of_keras and isinstance(seen, Tuple) and any(map(_is_to_no_variable, seen.items)):
        world.raised("AttributeError", site, "Optimizer.apply_gradients")
    for row in each:
        if isinstance(row, Tuple) and len(row.items) == 2:
            _doubt_shape(world, *row.items)
            _write(world, *row.items, site)
        _touch(world, row, site)
    return world.inert("iterations", Arguments([]), site)


def _doubt_shape(world: Libraries, gradient: Value, variable: Value) -> None:
    """Note where a gradient is known not to have the shape of its variable."""
    found = [shapes.of_value(world, value) for value in (gradient, variable)]
    if isinstance(variable, Variable) and None not in found and found[0] != () and shapes.differ(*found):  # type: ignore[arg-type]
        world.known.failing.add(variable.node.id)


def _write(world: Libraries, gradient: Value, variable: Value, site: Site) -> None:
    """While a tape records: what a variable holds afterwards comes of its gradient, which no tape knows."""
    if not (isinstance(gradient, Data) and isinstance(variable, Variable) and world.recorder.active()):
        return
    edges = [Edge(gradient.node, linearity="linear"), *map(Edge, written_to(world, variable))]
    write(world, variable, "Optimizer.apply_gradients", edges, site)


def _taken_apart(world: Libraries, rows: Sequence[Value], site: Site) -> None:
    """Tensors in the place of pairs are taken apart along their first axis: into two parts it is not known what
    comes of it, of a number it is another exception.
    """
    shapes = [row.shape for row in rows if isinstance(row, (Data, Variable))]
    lengths = [shape[0] for shape in shapes if shape]
    known = [length for length in lengths if length is not None]
    if len(known) == len(rows) and min(known) != 2:
        world.raised("ValueError", site, "Optimizer.apply_gradients")
    else:
        world.run.lose_track()


def _was_asked(world: Libraries, pairs: Value) -> bool:
    """Whether items of an iterator were asked for before."""
    if isinstance(pairs, Generator):
        return world.run.state.get((pairs.uid, "rest")) is not UNBOUND
    return isinstance(pairs, Cell) and pairs.kind == "iterator" and pairs.uid in world.run.computed


def _second_of(rows: Value) -> Value:
    """The variables of pairs."""
    if isinstance(rows, Many):
        return Many(_second(rows.element))
    return Tuple(tuple(map(_second, rows.items))) if isinstance(rows, Tuple) else NO_VALUE


def _second(pair: Value) -> Value:
    return pair.items[1] if isinstance(pair, Tuple) and len(pair.items) == 2 else NO_VALUE


def _is_without_gradient(pair: Value) -> bool:
    return isinstance(pair, Tuple) and len(pair.items) == 2 and pair.items[0] == NO_VALUE


def _is_to_no_variable(pair: Value) -> bool:
    """Whether a pair has a gradient, and a tensor or a number in the place of the variable, or lists in both."""
    if not isinstance(pair, Tuple) or len(pair.items) != 2:
        return False
    first, second = pair.items
    if all(isinstance(each, Tuple) and each.items for each in pair.items):
        return True
    held = isinstance(first, (Data, Variable, Const)) and first != NO_VALUE
    number = isinstance(second, Const) and isinstance(second.value, (int, float))
    return held and (number or (isinstance(second, Data) and second.kind in ("tensor", "numpy", "python")))


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
    world.recorder.note("update", Tuple((base, gradients, NO_VALUE, columns, FALSE)), site, args)
    if variables == NO_VALUE and optimizer_variables.is_unbuilt(world, base):
        world.raised("ValueError", site, "Optimizer.apply")
    note_slots(world, base, site)
    if variables != NO_VALUE:
        optimizer_variables.applied(world, base, _as_tuple(world, variables), site)
    given, written = columns.items
    if isinstance(given, Tuple) and isinstance(written, Tuple):
        for gradient, variable in zip(given.items, written.items, strict=False):
            _doubt_shape(world, gradient, variable)
    _touch(world, variables, site)
    return NO_VALUE


def _build(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`optimizer.build(variables)`: it makes its own variables for these, and takes no others later."""
    note_slots(world, base, site)
    world.recorder.note("built", base, site)
    optimizer_variables.built(world, base, _as_tuple(world, args.get(0, "variables", NO_VALUE)))
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


def _optimizer_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    if str(base.info).startswith("keras.") and base.info != OF_ANY_CLASS and is_gone(world, "optimizer", name):
        world.raised("AttributeError", site, f"Optimizer.{name}")
        return world.run.opaque(site, [base], hint=name)
    if name == "variables" and str(base.info).startswith("keras.") and base.info != OF_ANY_CLASS:
        every = world.inert(name, Arguments([]), site)
        return containers.make_list(world.run, Many(every), site=site)
    if name in ("learning_rate", "lr", "iterations", "variables", "weights"):
        return world.inert(name, Arguments([]), site)
    if name.startswith("_") and not name.startswith("__"):
        return world.run.opaque(site, [base], hint=name)  # its slots, lists of variables
    return None
