"""Keras models that are put together from layers: sequential and functional."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Many,
    Opaque,
    Tuple,
    Value,
    options,
)

from . import layer_names, trainability, unseen
from .keras import LayerInfo, build
from .layer_calls import settle_training
from .structures import flattened
from .symbolic import SYMBOLIC, symbolic
from .weights import (
    OF_KERAS_2,
    ModelInfo,
    all_layers,
    held,
    is_built,
    is_keras,
    is_layer,
    is_of_keras_2,
    layers_of,
    own_of,
    sublayers,
    unknown_weights,
    weights_attribute,
)
from .world import FunctionHandler, Libraries, Registry


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
            if isinstance(option, Cell):
                world.run.state.set((option.uid, INSIDE), TRUE)


def _build_if_shaped(world: Libraries, cell: Cell, site: Site) -> None:
    """A sequential model that knows its input's shape builds itself."""
    layers = world.run.state.get((cell.uid, "layers"))
    if not isinstance(layers, Tuple) or not layers.items:
        return
    first = layers.items[0]
    shaped = isinstance(first, Data) or (
        isinstance(first, Cell) and isinstance(first.info, (LayerInfo, ModelInfo))
        and any(n in first.info.args.keywords for n in ("input_shape", "input_dim", "batch_input_shape"))
    )  # fmt: skip
    if shaped or (len(layers.items) > 1 and _knows_its_shape(world, first)):
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
        value = Data(world.run.node("keras.Input", [], site, dtype="f", kind=SYMBOLIC), SYMBOLIC)
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


def build_model(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    for layer in sublayers(world, base):
        build_any(world, layer, site)
    layers = world.run.state.get((base.uid, "layers"))
    if base.kind == "layer" and isinstance(layers, Tuple) and layers.items:
        _wire(world, base, layers, site)
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
    old = world.run.state.get((base.uid, "layers"))
    new = args.positional[0] if args.positional else NO_VALUE
    items = (
        Tuple((*old.items, new)) if isinstance(old, Tuple) else Many(world.run.join(getattr(old, "element", new), new))
    )
    world.run.state.set((base.uid, "layers"), items)
    _mark_inside(world, [new])
    _build_if_shaped(world, base, site)
    return NO_VALUE


def _pop_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    old = world.run.state.get((base.uid, "layers"))
    if isinstance(old, Tuple) and old.items:
        world.run.state.set((base.uid, "layers"), Tuple(old.items[:-1]))
    return NO_VALUE


# -- functional


def functional(world: Libraries, args: Arguments, site: Site) -> Value:
    inputs, outputs = args.get(0, "inputs"), args.get(1, "outputs")
    if inputs is UNBOUND or outputs is UNBOUND:
        return Cell(world.run.uid(), "instance", Library("keras.Model"), site)
    leaves = {symbol.node.id for symbol in symbols(world, inputs)}
    order = _functional_layers(world, outputs, leaves)
    unclear = any(isinstance(v, Data) and v.node.id not in leaves and v.node.op != "keras.Input" for v in order)
    info = ModelInfo("functional", args, inputs, outputs, tuple(order), unclear)
    if leaves and _is_disconnected(world, outputs, leaves):
        world.raised("ValueError", site, "keras.Model")
    cell = Cell(world.run.uid(), "layer", info, site)
    trainability.give(world, cell, args)
    return cell


def _is_disconnected(world: Libraries, outputs: Value, leaves: set[int]) -> bool:
    """Whether an output certainly needs an input that is none of the model's."""
    todo, seen = symbols(world, outputs), set(leaves)
    while todo:
        symbol = todo.pop()
        if symbol.node.id in seen:
            continue
        seen.add(symbol.node.id)
        if symbol.node.op == "keras.Input" and symbol.node.id not in world.symbolic_calls:
            return True
        if symbol.node.op != "join":
            todo += _inputs_of(world, symbol)
    return False


def symbols(world: Libraries, value: Value) -> list[Data]:
    leaves = flattened(world, value)
    return [v for v in leaves or [] if isinstance(v, Data)]


def _functional_layers(world: Libraries, outputs: Value, leaves: Collection[int]) -> list[Value]:
    """The layers from inputs to outputs, in Keras's order: by depth from the outputs, then by first visit.

    Where Keras has an input layer, its symbolic tensor stands. `leaves`: the nodes of the inputs.
    """

    def inputs_of(symbol: Data) -> list[Data]:
        return _inputs_of(world, symbol) if symbol.node.id not in leaves else []

    def key_of(symbol: Data) -> int:
        return _key(world, symbol) if symbol.node.id not in leaves else -symbol.node.id - 1

    index: dict[int, int] = {}
    seen: dict[int, Data] = {}
    todo = symbols(world, outputs)[::-1]
    depth = {symbol.node.id: 0 for symbol in todo}
    while todo:
        symbol = todo.pop()
        if symbol.node.id not in seen:
            seen[symbol.node.id] = symbol
            index.setdefault(key_of(symbol), len(index))
            todo += inputs_of(symbol)[::-1]
    layers: dict[int, tuple[int, Value]] = {}
    for number in sorted(seen, reverse=True):
        symbol = seen[number]
        call = world.symbolic_calls.get(number) if number not in leaves else None
        key, at = key_of(symbol), depth.get(number, 0)
        layers[key] = (max(at, layers[key][0] if key in layers else 0), call[0] if call is not None else symbol)
        for inner in inputs_of(symbol):
            depth[inner.node.id] = max(depth.get(inner.node.id, 0), layers[key][0] + 1)
    ordered = sorted(layers, key=lambda key: (-layers[key][0], index[key]))
    return [layers[key][1] for key in ordered if isinstance(layers[key][1], (Cell, Data, Opaque))]


def _key(world: Libraries, symbol: Data) -> int:
    """What stands for the layer that made a symbolic tensor: one for all its calls."""
    call = world.symbolic_calls.get(symbol.node.id)
    return call[0].uid if call is not None and isinstance(call[0], Cell) else -symbol.node.id - 1


def _inputs_of(world: Libraries, symbol: Data) -> list[Data]:
    call = world.symbolic_calls.get(symbol.node.id)
    if call is None and symbol.node.op == "join":
        return _arms(symbol)
    return [inner for value in (call[1].every() if call is not None else ()) for inner in symbols(world, value)]


def _arms(symbol: Data) -> list[Data]:
    """The symbolic tensors one of which this is, by the branch or the rounds of a loop."""
    return [replace(symbol, node=edge.node) for edge in symbol.node.edges]


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
        result = _run_sequential(world, callee, first, args, site)
    else:
        result = _replay(world, info, first, args, site)
    world.gave(callee, result)
    return symbolic(world, callee, asked, result)


def _run_sequential(world: Libraries, cell: Cell, value: Value, args: Arguments, site: Site) -> Value:
    layers = world.run.state.get((cell.uid, "layers"))
    extra = {k: v for k, v in args.keywords.items() if k == "training" and v != NO_VALUE}
    if isinstance(layers, Many):
        return world.run.call(layers.element, Arguments([value], extra), site)
    if not isinstance(layers, Tuple):
        return world.run.opaque(site, [cell, value])
    for layer in layers.items:
        if not isinstance(layer, Data):
            value = world.run.call(layer, Arguments([value], dict(extra) if _takes_training(layer) else {}), site)
    return value


def _takes_training(layer: Value) -> bool:
    return isinstance(layer, Cell) and layer.kind == "layer"


def _replay(world: Libraries, info: ModelInfo, value: Value, args: Arguments, site: Site) -> Value:
    """Make the outputs of a functional model again from new inputs."""
    known: dict[int, Value] = {}
    leaves, given = symbols(world, info.inputs), flattened(world, value)
    if given is None or (len(given) != len(leaves) and len(leaves) != 1):
        return _of_unseen(world, info, value, site)
    if (
        isinstance(info.inputs, Cell)
        and info.inputs.kind == "dict"
        and not (isinstance(value, Cell) and value.kind == "dict")
    ):
        return world.run.opaque(site, [value])
    for symbol, leaf in zip(leaves, given if len(given) == len(leaves) else [value], strict=False):
        known[symbol.node.id] = leaf
    extra = {k: v for k, v in args.keywords.items() if k == "training" and v != NO_VALUE}
    return _alone(world, _again(world, info.outputs, known, extra, site))


def _alone(world: Libraries, outputs: Value) -> Value:
    """What a call gives: Keras takes a list of one output apart."""
    items = containers.sequence(world.run, outputs)
    return items.items[0] if isinstance(items, Tuple) and len(items.items) == 1 else outputs


def _of_unseen(world: Libraries, info: ModelInfo, value: Value, site: Site) -> Value:
    """The outputs of a model that was cut out of one that cannot be seen; its last ones come from what lies inside."""
    world.run.node_of(value, site)  # it reads the variables among them
    used = [Opaque(unseen.weights_node(world, model, site)) for model in _cut_from(world, info.inputs)]
    items = containers.sequence(world.run, info.outputs)
    if not isinstance(items, Tuple):
        return _unseen_output(world, [value, *used], site)
    made: dict[int, Value] = {}
    for index in sorted(range(len(items.items)), key=lambda index: -_depth(items.items[index])):
        made[index] = _unseen_output(world, [value, *used, *made.values()], site)
    return _alone(world, Tuple(tuple(made[index] for index in range(len(items.items)))))


def _unseen_output(world: Libraries, inputs: list[Value], site: Site) -> Opaque:
    made = world.run.opaque(site, inputs)
    made.node.outside = True
    return made


def _cut_from(world: Libraries, inputs: Value) -> list[Opaque]:
    """The unseen models of which these are the inputs."""
    items = containers.sequence(world.run, inputs)
    each = items.items if isinstance(items, Tuple) else (inputs,)
    return [Opaque(v.node.edges[0].node) for v in each if isinstance(v, Opaque) and v.node.op == "attribute"]


def _depth(output: Value) -> int:
    """How late that was made of which something is the output: a layer comes after the model that it was taken from."""
    edges = output.node.edges if isinstance(output, Opaque) else ()
    return edges[0].node.id if edges else 0


def _again(world: Libraries, value: Value, known: dict[int, Value], extra: dict[str, Value], site: Site) -> Value:
    if isinstance(value, Cell) and value.kind == "dict":
        pairs = containers.pairs(world.run, value) or []
        rows = [(k, _again(world, v, known, extra, site)) for k, v in pairs]
        return containers.make_dict(world.run, rows, site)
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        made = Tuple(tuple(_again(world, v, known, extra, site) for v in items.items))
        return containers.make_list(world.run, made) if isinstance(value, Cell) else made
    if not isinstance(value, Data) or value.kind != SYMBOLIC:
        return value
    if value.node.id in known:
        return known[value.node.id]
    call = world.symbolic_calls.get(value.node.id)
    if call is None and value.node.op == "join":
        arms = [_again(world, arm, known, extra, site) for arm in _arms(value)]
        known[value.node.id] = joined = world.run.join_all(arms)
        return joined
    if call is None:
        return world.run.opaque(site, known.values())
    callee, args, index = call
    inner = Arguments(
        [_again(world, v, known, extra, site) for v in args.positional],
        {n: _again(world, v, known, extra, site) for n, v in args.keywords.items()},
    )
    if isinstance(callee, Cell) and callee.kind == "layer":
        old = is_of_keras_2(world, callee)
        inner.keywords = {**extra, **inner.keywords} if old else {**inner.keywords, **extra}
    elif extra and isinstance(callee, Cell) and "training" in inner.keywords and not is_of_keras_2(world, callee):
        inner.keywords = {**inner.keywords, **extra}
    if isinstance(callee, Const):
        made_value = world.operate(callee.value, inner.positional, site)
    else:
        made_value = world.run.call(callee, inner, site)
    if index is not None:
        parts = world.run.elements(made_value, site)
        made_value = (
            parts[index] if isinstance(parts, list) and index < len(parts) else world.run.opaque(site, [made_value])
        )
    known[value.node.id] = made_value
    return made_value


# -- attributes


def model_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """An attribute of a sequential or functional model; None for a method."""
    info: ModelInfo = base.info
    if name == "layers":
        return containers.make_list(world.run, Tuple(tuple(layers_of(world, base))), site=site)
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
    if name == "optimizer":
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
    if isinstance(name, Const) and isinstance(name.value, str):
        found = _named(world, layers, name, site)
        if len(found) == 1:
            return found[0]
        layers = found or layers
    if isinstance(index, Const) and isinstance(index.value, int) and -len(layers) <= index.value < len(layers):
        return layers[index.value]
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
