"""Keras models that are put together from layers: sequential and functional."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.effects import is_reaching_out
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    SYMBOLIC,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Many,
    OneOf,
    Tuple,
    Value,
    options,
)

from ..arguments import dtype_argument
from ..registry import FunctionHandler, Registry
from ..shapes import shapes, shapes_layers
from ..world import Libraries
from . import layer_names, trainability
from .compiled import never_compiled
from .keras import LayerInfo, build, parameter
from .layer_calls import settle_training
from .replays import are_listed, as_input, functional_layers, inputs_in, is_disconnected, replay
from .symbolic import symbolic
from .weights import (
    OF_KERAS_2,
    ModelInfo,
    all_layers,
    held,
    is_built,
    is_keras,
    is_layer,
    is_of_keras_2,
    knows_its_layers,
    layers_of,
    list_of_layers,
    own_of,
    part_of,
    stacked,
    sublayers,
    unknown_weights,
    weights_attribute,
)


def register(registry: Registry) -> None:
    """Add the two kinds of models."""
    for name in ("keras.Sequential", "keras.models.Sequential"):
        registry.functions[name] = sequential
        registry.functions[f"tf_{name}"] = _of_keras_2(sequential)
    for name in ("keras.Model", "keras.models.Model"):
        registry.functions[name] = functional
        registry.functions[f"tf_{name}"] = _of_keras_2(functional)
    registry.calls["model"] = call_model
    registry.attributes["model"] = model_attribute
    registry.attributes["weights of"] = weights_attribute
    registry.attributes["of an unseen class"] = lambda world, base, name, site: (
        unknown_weights(world, base, site) if name in ("trainable_variables", "trainable_weights") else None
    )
    registry.attributes["layers of"] = lambda world, base, name, site: Tuple(tuple(all_layers(world, base)))
    registry.methods[("model", "build")] = build_model
    for kind in ("layer", "instance"):
        registry.methods[(kind, "add")] = _add_layer
        registry.methods[(kind, "pop")] = _pop_layer
        registry.methods[(kind, "get_layer")] = _get_layer
    registry.sets.append(_set_trainable)
    registry.holds.update(dict.fromkeys(("layer", "lambda layer", "instance"), held))


# -- sequential


def sequential(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = Cell(world.run.uid(), "layer", ModelInfo("sequential", args), site)
    trainability.give(world, cell, args)
    given = args.get(0, "layers", NO_VALUE)
    items: list[Value] | Many = world.run.elements(given, site) if given != NO_VALUE else []
    world.run.state.set((cell.uid, "layers"), items if isinstance(items, Many) else Tuple(tuple(items)))
    _mark_inside(world, items)
    _build_if_shaped(world, cell, site)
    return cell


def _of_keras_2(make: FunctionHandler) -> FunctionHandler:
    def made(world: Libraries, args: Arguments, site: Site) -> Value:
        cell = make(world, args, site)
        if isinstance(cell, Cell):
            world.run.state.set((cell.uid, OF_KERAS_2), TRUE)
        return cell

    return made


INSIDE = "inside"
"""Set on what a sequential model was given: that calls it on symbols as soon as it is built."""


def _mark_inside(world: Libraries, items: Iterable[Value] | Many) -> None:
    for item in (items.element,) if isinstance(items, Many) else items:
        for option in options(item):
            if isinstance(option, Cell) and option.kind == "instance":
                method = world.run.class_attribute(option, "call")
                if method is not None and is_reaching_out(method):
                    world.run.lose_track()  # it is called on symbols, too
            if isinstance(option, Cell):
                world.run.state.set((option.uid, INSIDE), TRUE)


def _build_if_shaped(world: Libraries, cell: Cell, site: Site) -> None:
    """A sequential model that knows its input's shape builds itself."""
    layers = stacked(world.run.state.get((cell.uid, "layers")))
    if not layers:
        return
    first = layers[0]
    shaped = isinstance(first, Data) or (
        isinstance(first, Cell) and isinstance(first.info, (LayerInfo, ModelInfo))
        and any(n in first.info.args.keywords for n in ("input_shape", "input_dim", "batch_input_shape"))
    )  # fmt: skip
    if shaped or (len(layers) > 1 and _knows_its_shape(world, first)):
        build_model(world, cell, Arguments([]), site)


def _knows_its_shape(world: Libraries, layer: Value) -> bool:
    """Whether a model that is the first layer of another one has inputs of its own."""
    if not isinstance(layer, Cell) or not isinstance(layer.info, ModelInfo):
        return False
    return layer.info.form == "functional" or world.run.state.get((layer.uid, "own input")) is not UNBOUND


def _wire(world: Libraries, cell: Cell, layers: Tuple, site: Site) -> None:
    """Give each layer of a sequential model the symbolic tensors that it takes and gives: its input and output."""
    state = world.run.state
    known = state.get((cell.uid, "own input"))
    value = layers.items[0] if isinstance(layers.items[0], Data) else known
    if not isinstance(value, Data):
        node = world.run.node("keras.Input", [], site, dtype="f", kind=SYMBOLIC)
        value = Data(node, SYMBOLIC, shape=_shape_asked(world, layers.items[0]))
    state.set((cell.uid, "own input"), value)
    for layer in layers.items:
        if not isinstance(layer, Cell):
            continue
        made = state.get((layer.uid, "symbolic output"))
        if not isinstance(made, Data):
            node = world.run.node("Layer.output", [], site, dtype="f", kind=SYMBOLIC)
            world.symbolic_calls[node.id] = (layer, Arguments([value]), None)
            made = Data(node, SYMBOLIC)
            state.set((layer.uid, "symbolic input"), value)
            state.set((layer.uid, "symbolic output"), made)
        value = made
    state.set((cell.uid, "own output"), value)


def _shape_asked(world: Libraries, first: Value) -> shapes.Shape | None:
    """The shape that the first layer of a sequential model is told that its inputs have."""
    if not isinstance(first, Cell) or not isinstance(first.info, LayerInfo):
        return None
    given = first.info.args.keywords
    length = shapes.as_shape(world, given["input_dim"]) if "input_dim" in given else None
    shape = shapes.as_shape(world, given["input_shape"]) if "input_shape" in given else length
    return (None, *shape) if shape is not None else None


def _build_stack(world: Libraries, layers: Tuple, site: Site) -> None:
    """Build the layers of a sequential model that knows the shape of its inputs, one after the other."""
    first = layers.items[0]
    shape = first.shape if isinstance(first, Data) else _shape_asked(world, first)
    for layer in layers.items:
        if isinstance(layer, Cell) and isinstance(layer.info, LayerInfo):
            build(world, layer, site, shape)
            name, made_with = layer.info.name, partial(parameter, layer.info)
            if shape and not layer.info.old and shapes_layers.leaves_nothing(world, name, made_with, shape):
                world.raised("ValueError", site, name)
            shape = shapes_layers.after_layer(world, name, made_with, shape) if shape is not None else None
        elif not isinstance(layer, Data):
            build_any(world, layer, site)
            shape = None


def build_model(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    layers = world.run.state.get((base.uid, "layers"))
    stack = layers if base.kind == "layer" and isinstance(layers, Tuple) and layers.items else None
    if stack is not None:
        _build_stack(world, stack, site)
    for layer in sublayers(world, base):
        build_any(world, layer, site)
    if stack is not None:
        _wire(world, base, stack, site)
    return NO_VALUE


def build_any(world: Libraries, layer: Value, site: Site) -> None:
    """Build a layer or model of any kind."""
    if isinstance(layer, Cell) and layer.kind == "layer":
        if isinstance(layer.info, LayerInfo):
            build(world, layer, site)
        else:
            build_model(world, layer, Arguments([]), site)
    elif isinstance(layer, Cell) and layer.kind == "instance":
        world.registry.methods[("instance", "first call")](world, layer, Arguments([]), site)


def _add_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    base = part_of(world, base) or base
    new = args.positional[0] if args.positional else NO_VALUE
    longer = [
        Tuple((*old.items, new)) if isinstance(old, Tuple) else Many(world.run.join(getattr(old, "element", new), new))
        for old in options(world.run.state.get((base.uid, "layers")))
    ]
    world.run.state.set((base.uid, "layers"), world.run.join_all(longer))
    _mark_inside(world, [new])
    _build_if_shaped(world, base, site)
    return NO_VALUE


def _pop_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    base = part_of(world, base) or base
    old = world.run.state.get((base.uid, "layers"))
    if old is not UNBOUND:
        shorter = [Tuple(way.items[:-1]) if isinstance(way, Tuple) else way for way in options(old)]
        world.run.state.set((base.uid, "layers"), world.run.join_all(shorter))
    return NO_VALUE


# -- functional


def functional(world: Libraries, args: Arguments, site: Site) -> Value:
    inputs, outputs = (containers.rebuilt(world.run, args.get(i, n)) for i, n in enumerate(("inputs", "outputs")))
    if inputs is UNBOUND or outputs is UNBOUND:
        return Cell(world.run.uid(), "instance", Library("keras.Model"), site)
    symbols, certain = inputs_in(world, inputs)
    leaves = {symbol.node.id for symbol in symbols}
    order = functional_layers(world, outputs, leaves)
    listed = certain and are_listed(world, [outputs], leaves)
    unclear = not listed or any(
        isinstance(v, Data) and v.node.id not in leaves and v.node.op != "keras.Input" for v in order
    )
    info = ModelInfo("functional", args, inputs, outputs, tuple(order), unclear, listed)
    if leaves and certain and is_disconnected(world, outputs, leaves):
        world.raised("ValueError", site, "keras.Model")
    cell = Cell(world.run.uid(), "layer", info, site)
    trainability.give(world, cell, args)
    return cell


def call_model(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """`model(x)` of a sequential or functional model."""
    assert isinstance(callee, Cell)
    world.recorder.note("called", callee, site)
    info: ModelInfo = callee.info
    first, asked = args.get(0, "inputs"), args
    if not is_of_keras_2(world, callee):
        value = settle_training(world, args.keywords.get("training", UNBOUND), NO_VALUE)
        args = replace(args, keywords={**args.keywords, "training": value})
    if info.form == "sequential":
        layers = world.run.state.get((callee.uid, "layers"))
        if isinstance(layers, Tuple) and layers.items and world.run.state.get((callee.uid, "own output")) is UNBOUND:
            _wire(world, callee, layers, site)
        if layers == Tuple(()) and _is_as_written(world, callee) and not is_of_keras_2(world, callee):
            world.raised("ValueError", site, "Sequential.__call__")
        first = first if is_of_keras_2(world, callee) else as_input(world, first, _input_dtype(layers), site)
        result = _run_sequential(world, callee, first, args, site)
    else:
        result = replay(world, info, first, args, site)
    world.gave(callee, result)
    return symbolic(world, callee, asked, result)


def _is_as_written(world: Libraries, model: Cell) -> bool:
    """Whether only the code that is run can have put layers into a model."""
    known: bool = model.info.args.rest is None and model.uid > world.run.outside
    return known and not world.run.is_in_unknown_hands(model)


def _input_dtype(layers: Value) -> str:
    """The dtype of a sequential model's input: that of its first layer."""
    first = layers.items[0] if isinstance(layers, Tuple) and layers.items else layers
    if isinstance(first, Data):
        return first.dtype
    info = first.info if isinstance(first, Cell) else None
    return dtype_argument(info.args.keywords.get("dtype", UNBOUND)) if isinstance(info, (LayerInfo, ModelInfo)) else "f"


def _run_sequential(world: Libraries, cell: Cell, value: Value, args: Arguments, site: Site) -> Value:
    layers = world.run.state.get((cell.uid, "layers"))
    extra = {k: v for k, v in args.keywords.items() if k == "training" and v != NO_VALUE}
    if not isinstance(layers, Tuple):
        for layer in stacked(layers):  # of what shape its weights are depends on what comes before it
            if isinstance(layer, Cell) and isinstance(layer.info, LayerInfo):
                build(world, layer, site)
    return _run_stack(world, cell, layers, value, extra, site)


def _run_stack(
    world: Libraries, cell: Cell, layers: Value, value: Value, extra: dict[str, Value], site: Site
) -> Value:
    if isinstance(layers, OneOf):
        ways = [partial(_run_stack, world, cell, way, value, extra, site) for way in layers.options]
        return _one_way(world, layers, ways, site)
    if isinstance(layers, Many):
        value = replace(value, shape=None) if isinstance(value, Data) else value
        steps = [_run_one_of(world, layers, value, extra, site)]
        steps.append(_run_one_of(world, layers, steps[0], extra, site))
        return world.run.join_all(steps)
    if not isinstance(layers, Tuple):
        return world.run.opaque(site, [cell, value])
    for layer in layers.items:
        value = _run_layer(world, layer, value, extra, site)
    return value


def _run_one_of(world: Libraries, layers: Many, value: Value, extra: dict[str, Value], site: Site) -> Value:
    each = [layer for layer in stacked(layers) if not isinstance(layer, Data)]
    return _one_way(world, layers, [partial(_run_layer, world, layer, value, extra, site) for layer in each], site)


def _run_layer(world: Libraries, layer: Value, value: Value, extra: dict[str, Value], site: Site) -> Value:
    if isinstance(layer, Data):
        return value
    return world.run.call(layer, Arguments([value], dict(extra) if _takes_training(layer) else {}), site)


def _one_way(world: Libraries, chosen: Value, ways: Sequence[Callable[[], Value]], site: Site) -> Value:
    """What comes out of one of several ways."""
    if len(ways) == 1:
        return ways[0]()
    results: list[Value] = []

    def taken(way: Callable[[], Value]) -> None:
        results.append(way())

    world.run.branch(chosen, site.node, [partial(taken, way) for way in ways])
    return world.run.join_all(results)


def _takes_training(layer: Value) -> bool:
    return isinstance(layer, Cell) and layer.kind == "layer"


# -- attributes


def model_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """An attribute of a sequential or functional model; None for a method."""
    info: ModelInfo = base.info
    if name == "layers":
        return list_of_layers(world, base, site)
    if name in ("input", "inputs", "output", "outputs"):
        value = info.inputs if name.startswith("input") else info.outputs
        if info.form == "sequential" and not name.endswith("s") and _was_never_called(world, base):
            world.raised("AttributeError", site, f"Layer.{name}")
        if value is UNBOUND and not name.endswith("s"):
            value = world.run.state.get((base.uid, f"symbolic {name}"))
        if value is UNBOUND:
            value = world.run.state.get((base.uid, f"own {name.rstrip('s')}"))
        if value is UNBOUND:
            return Data(world.run.node(f"Layer.{name}", [], site, dtype="f", kind=SYMBOLIC), SYMBOLIC)
        if name.endswith("s") and containers.sequence(world.run, value) is None:
            return containers.make_list(world.run, Tuple((value,)))
        return value
    if name == "built":
        return Const(is_built(world, base))
    if name == "name":
        given = info.args.keywords.get("name", NO_VALUE)
        return given if given != NO_VALUE else layer_names.of_keras(world, info.form, site)
    if name == "loss" and (given := world.run.state.get((base.uid, "compiled loss"))) is not UNBOUND:
        return given
    if name == "optimizer":
        if never_compiled(world, base):
            world.raised("AttributeError", site, f"Model.{name}")
        return Cell(world.run.uid(), "optimizer", "keras.optimizers.Optimizer", site)
    return None


def _was_never_called(world: Libraries, base: Cell) -> bool:
    """Whether a sequential model of Keras 3 was certainly not called on symbols: it has no `input` and `output` then,
    whatever else it was called on. (Its `inputs` and `outputs` are those of the model that it builds inside.)
    """
    state = world.run.state
    marks = (state.get((base.uid, word)) for word in ("symbolic output", INSIDE, OF_KERAS_2))
    return all(mark is UNBOUND for mark in marks) and not (
        base.info.unclear or base.uid <= world.run.outside or world.run.is_in_unknown_hands(base)
    )


def _get_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    name, index = args.get(0, "name"), args.get(1, "index")
    layers = layers_of(world, base)
    if isinstance(base.info, ModelInfo) and base.info.form == "functional" and not base.info.listed:
        return world.run.opaque(site, [base])
    if isinstance(name, Const) and isinstance(name.value, str):
        found = _named(world, layers, name, site)
        if len(found) == 1:
            return found[0]
        layers = found or layers
    place = index.value if isinstance(index, Const) and isinstance(index.value, int) else None
    if isinstance(base.info, ModelInfo) and not knows_its_layers(world, base):
        place = None
    if place is not None and -len(layers) <= place < len(layers):
        return layers[place]
    return world.run.join_all([v for v in layers if is_layer(v)]) if layers else world.run.opaque(site, [base])


def _named(world: Libraries, layers: Iterable[Value], name: Const, site: Site) -> list[Value]:
    """The layers that a name may be of; the first one that is certainly called so comes alone."""
    found: list[Value] = []
    for layer in layers:
        same = world.run.truth(world.run.compare_pair("==", world.run.attribute(layer, "name", site), name, site))
        if same is True:
            return [layer]
        if same is not False:
            found.append(layer)
    return found


def _set_trainable(world: Libraries, base: Value, name: str, value: Value, site: Site) -> bool:
    if name != "trainable" or not isinstance(base, Cell) or base.kind not in ("layer", "instance"):
        return False
    if base.kind == "instance" and not is_keras(world, base):
        return False
    truth = world.run.truth(value)
    _write_trainable(world, base, value if truth is None else Const(truth), set())
    return True


def _write_trainable(world: Libraries, layer: Value, value: Value, seen: set[int]) -> None:
    """Set `trainable` of a layer, its weights and the layers inside. In Keras 3 nothing happens where a layer says
    so already, whatever the layers inside say.
    """
    if not isinstance(layer, Cell) or layer.uid in seen:
        return
    seen.add(layer.uid)
    if not is_of_keras_2(world, layer):
        now = trainability.of_layer(world, layer)
        if now is not None and Const(now) == value:
            return
        value = value if now is not None else world.run.join(world.run.join(TRUE, FALSE), value)
    world.run.state.set((layer.uid, "trainable"), value)
    for weight in own_of(world, layer, False) or ():
        trainability.write(world, weight, value)
    for inner in sublayers(world, layer):
        _write_trainable(world, inner, value, seen)
