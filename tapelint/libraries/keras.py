"""Keras: layers with their weights, losses, metrics, optimizers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tapelint.facts import Effect, Fact
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import ROWS, Edge, Node, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Library,
    Many,
    Opaque,
    Tuple,
    Value,
    Variable,
)

from . import apply, initializers, numbers, shapes
from .graphs import unconverted
from .tensorflow import make_variable
from .world import Libraries, Registry

SYMBOLIC = "symbolic"
LINEAR_WEIGHTS = ("bias", "beta", "recurrent_bias")


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """What never changes about a layer: its class, its fact, what its constructor was given."""

    name: str
    fact: Fact | None
    args: Arguments


def register(registry: Registry) -> None:
    """Add layers, losses, metrics and optimizers."""
    registry.families.append(make)
    registry.functions["keras.Input"] = registry.functions["keras.layers.Input"] = _input
    registry.functions["keras.layers.InputLayer"] = _input
    registry.functions["keras.Variable"] = _keras_variable
    registry.functions["keras.layers.Lambda"] = _lambda_layer
    registry.calls["layer"] = call_layer
    registry.calls["loss"] = _call_loss
    registry.calls["metric"] = _call_metric
    registry.calls["lambda layer"] = _call_lambda
    registry.attributes["layer"] = layer_attribute
    registry.methods.update({("layer", name): handler for name, handler in LAYER_METHODS.items()})
    registry.methods[("metric", "update_state")] = _update_metric
    registry.methods[("metric", "result")] = _metric_result
    for name in ("reset_state", "reset_states", "merge_state"):
        registry.methods[("metric", name)] = _nothing
    registry.attributes["metric"] = lambda world, base, name, site: (
        containers.make_list(world.run, Tuple(())) if name in ("variables", "weights") else None
    )
    registry.methods[("loss", "call")] = _call_loss


def _nothing(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return NO_VALUE


def make(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """A Keras object by its class."""
    if not name.startswith(("keras.", "tf_keras.")):
        return None
    fact = world.facts.fact(name)
    kind = fact.kind if fact is not None else ""
    if (
        name.startswith(("keras.optimizers.", "tf_keras.optimizers.")) and name.rpartition(".")[2][:1].isupper()
    ) or kind == "optimizer":
        return Cell(world.run.uid(), "schedule" if ".schedules." in name else "optimizer", name, site)
    if kind == "layer":
        made = make_layer(world, fact.name if fact else name, args, site)
        if name.startswith("keras."):
            _draw(world, made, site)
        return made
    if kind in ("loss", "metric"):
        return Cell(world.run.uid(), kind, LayerInfo(fact.name if fact else name, fact, args), site)
    if name.startswith("keras.layers.") and name.rpartition(".")[2][:1].isupper():
        return make_layer(world, name, args, site)
    return None


def make_layer(world: Libraries, name: str, args: Arguments, site: Site) -> Cell:
    """A layer; its weights come with its first call, or with `build`."""
    cell = Cell(world.run.uid(), "layer", LayerInfo(name, world.facts.fact(name), args), site)
    trainable = args.keywords.get("trainable", UNBOUND)
    if trainable is not UNBOUND:
        world.run.state.set((cell.uid, "trainable"), trainable)
    if world.facts.fact(name) is None:
        world.run.escape(args.every())
    return cell


def _draw(world: Libraries, cell: Cell, site: Site) -> None:
    """Keras 3 keeps the state of a layer's random generator in a variable, where the layer draws at all."""
    info: LayerInfo = cell.info
    names = [p.name for p in info.fact.parameters] if info.fact is not None else []
    share = next((parameter(info, n) for n in ("rate", "stddev", "dropout") if n in names), UNBOUND)
    never = share is not UNBOUND and world.run.truth(share) is False and info.name not in RECURRENT
    if "seed" in names and not never:
        state = make_variable(world, UNBOUND, Const("uint32"), FALSE, "keras", site, "seed_generator_state")
        world.run.state.set((cell.uid, "random state"), state)


def random_states(world: Libraries, cell: Cell) -> tuple[Value, ...]:
    """The state of a layer's random generator, if it has one."""
    state = world.run.state.get((cell.uid, "random state"))
    return (state,) if state is not UNBOUND else ()


def _keras_variable(world: Libraries, args: Arguments, site: Site) -> Value:
    initial = args.get(0, "initializer")
    trainable = args.keywords.get("trainable", args.get(3, "trainable", TRUE))
    dtype = args.get(2, "dtype", Const("float32"))
    start = initial
    if initial is UNBOUND or isinstance(initial, (Library, Opaque)) or _is_text(initial) or _is_object(initial):
        start = initializers.content(world, initial, shapes.as_shape(world, args.get(1, "shape")), site)
    return make_variable(world, start, Const("float32") if dtype == NO_VALUE else dtype, trainable, "keras", site)


def _is_text(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str)


def _is_object(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind not in ("list", "dict")


# -- weights


def parameter(info: LayerInfo, name: str) -> Value:
    """A constructor parameter of a layer, given or default (as text)."""
    fact = info.fact
    names = [p.name for p in fact.parameters] if fact is not None else []
    given = info.args.get(names.index(name) if name in names else 99, name)
    if given is not UNBOUND or fact is None:
        return given
    default = next((p.default for p in fact.parameters if p.name == name), None)
    words: dict[str, Value] = {"True": TRUE, "False": FALSE, "None": NO_VALUE}
    if default is None:
        return UNBOUND
    return words.get(default, Const(default.strip("'\"")))


def build(world: Libraries, cell: Cell, site: Site, inputs: shapes.Shape | None = None) -> None:
    """Make a layer's weights, once; `inputs`: the shape of what it is called with."""
    if world.run.state.get((cell.uid, "built")) is not UNBOUND:
        return
    world.run.state.set((cell.uid, "built"), Flag())
    info: LayerInfo = cell.info
    weights: list[Value] = []
    for inner in inner_layers(world, cell):
        if isinstance(inner.info, LayerInfo):
            build(world, inner, site)
    for weight in info.fact.weights if info.fact is not None else ():
        if weight.when is not None:
            value = parameter(info, weight.when[0])
            truth = world.run.truth(value) if value is not UNBOUND else None
            if truth is not None and truth != weight.when[1]:
                continue
        trainable = Const(weight.trainable)
        shape = shapes.of_weight(info.name, weight.name, lambda word: parameter(info, word), inputs)
        start = initializers.content(world, parameter(info, f"{weight.name}_initializer"), shape, site)
        made = make_variable(world, start, Const("float32"), trainable, "keras", cell.site or site, weight.name)
        if weight.outcome == "none":
            world.run.state.set((made.uid, "outcome"), Const("none"))
        weights.append(made)
    world.run.state.set((cell.uid, "weights"), Tuple(tuple(weights)))


def inner_layers(world: Libraries, cell: Cell) -> list[Cell]:
    """Layers that a wrapper was given (Bidirectional, TimeDistributed, RNN)."""
    info: LayerInfo = cell.info
    found: list[Cell] = []
    for value in info.args.every():
        items = containers.sequence(world.run, value)
        each = items.items if isinstance(items, Tuple) else (value,)
        found += [v for v in each if isinstance(v, Cell) and v.kind in ("layer", "instance")]
    if info.name.endswith(".layers.Bidirectional") and found:
        key = (cell.uid, "backward layer")
        other = world.run.state.get(key)
        if not isinstance(other, Cell) and isinstance(found[0].info, LayerInfo):
            other = Cell(world.run.uid(), "layer", found[0].info, found[0].site)
            world.run.state.set(key, other)
        if isinstance(other, Cell) and len(found) == 1:
            found.append(other)
    return found


def own_weights(world: Libraries, cell: Cell) -> tuple[Value, ...]:
    """The weights of one layer as it is now; none before it is built."""
    weights = world.run.state.get((cell.uid, "weights"))
    return weights.items if isinstance(weights, Tuple) else ()


# -- calls


def call_layer(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """`layer(x)`."""
    assert isinstance(callee, Cell)
    if isinstance(callee.info, LayerInfo):
        return _call_plain(world, callee, args, site)
    handler = world.registry.calls["model"]
    return handler(world, callee, args, site)


def _call_plain(world: Libraries, cell: Cell, args: Arguments, site: Site) -> Value:
    info: LayerInfo = cell.info
    world.recorder.note("called", cell, site)
    build(world, cell, site, shapes.of_value(world, args.get(0, "inputs")))
    if info.fact is None:
        return world.run.call_unknown(cell, args, site)
    inner = [c for c in inner_layers(world, cell) if c.kind == "instance" or not isinstance(c.info, LayerInfo)]
    if inner and info.name.endswith(".layers.TimeDistributed"):
        return world.run.call(inner[0], args, site)
    given = apply.bind(info.fact.call_parameters, args)
    constants, unknown = apply.constants(world, apply.bind(info.fact.parameters, info.args))
    more, more_unknown = apply.constants(world, given)
    function = parameter(info, "activation")
    effect = info.fact.effect({**constants, **more}, unknown | more_unknown)
    edges = weight_edges(world, cell, site)
    result = apply.answer(
        world, info.name, _with_weights(world, effect, given) if edges else effect, given, site, edges
    )
    if info.name == "keras.layers.Embedding" and isinstance(result, Data):
        result.node.detail = result.node.detail or ROWS
    result = shapes.of_layer(world, info.name, lambda word: parameter(info, word), given, result)
    result = _activate(world, cell, function, result, site)
    return symbolic(world, cell, args, result)


def _with_weights(world: Libraries, effect: Effect, given: apply.Given) -> Effect:
    """A layer that is linear in its inputs is bilinear with its weights, which are floats: so is its result."""
    inputs = {n: replace(i, linearity="bilinear") if i.linearity == "linear" else i for n, i in effect.inputs.items()}
    result = effect.result
    if result.dtype == "same" and apply.result_dtype(world, effect, given) in "ib":
        result = replace(result, dtype="float32")
    return replace(effect, inputs=inputs, result=result)


def weight_edges(world: Libraries, cell: Cell, site: Site) -> list[Edge]:
    """The edges from a layer's weights to its output, those of inner layers included."""
    edges: list[Edge] = []
    for layer in [cell, *inner_layers(world, cell)]:
        for weight in own_weights(world, layer):
            if isinstance(weight, Variable):
                node = world.use(weight, site)
                linearity = "linear" if weight.name in LINEAR_WEIGHTS else "bilinear"
                cut = world.run.state.get((weight.uid, "outcome")) is not UNBOUND or (
                    not weight.trainable and weight.dtype != "f"
                )
                edges.append(Edge(node, NONE if cut else FLOWS, linearity))
    return edges


def blamed(value: Value, site: Site | None) -> Value:
    """The same value; what is wrong with it is to be mended at another place."""
    if isinstance(value, Data):
        value.node.blame = site
    return value


def _activate(world: Libraries, cell: Cell, function: Value, result: Value, site: Site) -> Value:
    info: LayerInfo = cell.info
    if function in (UNBOUND, NO_VALUE) or not isinstance(result, Data):
        return result
    if isinstance(function, Const) and isinstance(function.value, str):
        fact = world.facts.fact(f"keras.activations.{function.value}")
        if fact is None or function.value == "linear" or info.name in RECURRENT:
            return result
        return blamed(apply.call_fact(world, fact, Arguments([result]), site), cell.site)
    if info.name in ("keras.layers.Activation",) or info.name not in RECURRENT:
        return world.run.call(function, Arguments([result]), site)
    return result


RECURRENT = frozenset(
    f"keras.layers.{n}"
    for n in [
        "LSTM",
        "GRU",
        "SimpleRNN",
        "LSTMCell",
        "GRUCell",
        "SimpleRNNCell",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
    ]
)


def symbolic(world: Libraries, callee: Value, args: Arguments, result: Value) -> Value:
    """Remember how a symbolic result was made, so that a functional model can make it again."""
    if not world.is_symbolic(args.every()):
        return result
    made = _symbolic_part(world, callee, args, result, None)
    if isinstance(result, Tuple):
        parts = [_symbolic_part(world, callee, args, part, i) for i, part in enumerate(result.items)]
        made = Tuple(tuple(parts), result.names)
    # `layer.output` is what its first call gave.
    if isinstance(callee, Cell) and world.run.state.get((callee.uid, "symbolic output")) is UNBOUND:
        world.run.state.set((callee.uid, "symbolic output"), made)
        world.run.state.set((callee.uid, "symbolic input"), args.get(0, "inputs"))
    return made


def _symbolic_part(world: Libraries, callee: Value, args: Arguments, part: Value, index: int | None) -> Value:
    if not isinstance(part, (Data, Opaque)):
        return part
    world.symbolic_calls[part.node.id] = (callee, args, index)
    if isinstance(part, Opaque):
        return Data(part.node, SYMBOLIC, "?")
    return Data(part.node, SYMBOLIC, part.dtype, part.shape, part.range)


def _input(world: Libraries, args: Arguments, site: Site) -> Value:
    node = world.run.node("keras.Input", [], site, dtype="f", kind=SYMBOLIC)
    shape = shapes.as_shape(world, args.get(0, "shape"))
    dtype = args.keywords.get("dtype", UNBOUND)
    kind = apply.dtype_argument(world, dtype) if dtype not in (UNBOUND, NO_VALUE) else "f"
    return Data(node, SYMBOLIC, kind, (None, *shape) if shape is not None else None)


def _lambda_layer(world: Libraries, args: Arguments, site: Site) -> Value:
    return Cell(world.run.uid(), "lambda layer", args.get(0, "function"), site)


def _call_lambda(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    with unconverted(world):
        made = world.run.call(callee.info, args, site)
    return symbolic(world, callee, args, made)


def layer_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """A layer's or model's attribute; None for a method."""
    stored = world.run.state.get((base.uid, name))
    if name in WEIGHT_LISTS:
        return world.registry.attributes["weights of"](world, base, name, site)
    if name == "trainable":
        return stored if stored is not UNBOUND else TRUE
    if stored is not UNBOUND and name not in ("weights", "built", "layers"):
        return stored
    if name == "losses":
        return losses(world, base, site)
    if isinstance(base.info, LayerInfo):
        return _plain_attribute(world, base, name, site)
    return world.registry.attributes["model"](world, base, name, site)


WEIGHT_LISTS = (
    "weights", "variables", "trainable_weights", "trainable_variables", "non_trainable_weights",
    "non_trainable_variables",
)  # fmt: skip


def symbolic_end(world: Libraries, base: Cell, name: str, site: Site) -> Value:
    """A layer's `input` or `output`: the symbolic tensor that its first call took or gave."""
    known = world.run.state.get((base.uid, f"symbolic {name}"))
    if known is not UNBOUND:
        return known
    return Data(world.run.node(f"Layer.{name}", [], site, dtype="f", kind=SYMBOLIC), SYMBOLIC)


def _plain_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    info: LayerInfo = base.info
    if name in ("output", "input"):
        return symbolic_end(world, base, name, site)
    if name == "built":
        return Const(world.run.state.get((base.uid, "built")) is not UNBOUND)
    if name == "name":
        given = info.args.keywords.get("name")
        return given if given is not None else Const(info.name)
    if info.fact is not None and any(w.name == name for w in info.fact.weights):
        build(world, base, site)
        found = [w for w in own_weights(world, base) if isinstance(w, Variable) and w.name == name]
        return found[0] if found else NO_VALUE
    if name in ("cell", "layer", "forward_layer") and (inner := inner_layers(world, base)):
        return inner[0]
    given = parameter(info, name)
    return given if given is not UNBOUND else None


def losses(world: Libraries, base: Cell, site: Site) -> Value:
    """`layer.losses`: regularisation of the weights, and what `add_loss` took."""
    added = world.run.state.get((base.uid, "added losses"))
    found: list[Value] = list(added.items) if isinstance(added, Tuple) else []
    for layer in world.registry.attributes["layers of"](world, base, "", site).items:  # type: ignore[union-attr]
        if not isinstance(layer, Cell) or not isinstance(layer.info, LayerInfo):
            if isinstance(layer, Cell) and layer is not base:
                more = world.run.state.get((layer.uid, "added losses"))
                found += more.items if isinstance(more, Tuple) else ()
            continue
        for weight in own_weights(world, layer):
            given = parameter(layer.info, f"{getattr(weight, 'name', '')}_regularizer")
            if isinstance(weight, Variable) and given not in (UNBOUND, NO_VALUE):
                edge = Edge(world.use(weight, site), FLOWS, "square")
                found.append(Data(world.run.node("keras.regularizers", [edge], site, dtype="f")))
    return containers.make_list(world.run, Tuple(tuple(found)))


def _get_weights(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`layer.get_weights()`: NumPy copies, one a weight."""
    listed = world.registry.attributes["weights of"](world, base, "weights", site)  # type: ignore[arg-type]
    items = world.run.elements(listed, site) if listed is not None else Many(world.run.opaque(site))

    def copy(value: Value) -> Value:
        node = world.run.node_of(value, site)
        edges = [Edge(node, NONE)] if node is not None else []
        made = world.run.node("Layer.get_weights", edges, site, dtype="f", kind="numpy")
        return Data(made, "numpy", "f", getattr(value, "shape", None))

    if isinstance(items, Many):
        return Many(copy(items.element))
    return containers.make_list(world.run, Tuple(tuple(copy(v) for v in items)))


def reload(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`set_weights`, `load_weights`, `fit`: nothing is known of the weights' numbers any more."""
    assert isinstance(base, Cell)
    listed = world.registry.attributes["weights of"](world, base, "weights", site)
    items = world.run.elements(listed, site) if listed is not None else []
    for weight in items if isinstance(items, list) else []:
        if isinstance(weight, Variable):
            numbers.forget(world, weight)
    return NO_VALUE


def _set_weights(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`layer.set_weights(arrays)`: each weight is assigned."""
    reload(world, base, args, site)
    listed = world.registry.attributes["weights of"](world, base, "weights", site)  # type: ignore[arg-type]
    mine = world.run.elements(listed, site) if listed is not None else []
    given = world.run.elements(args.get(0, "weights"), site)
    every = [given.element] * len(mine) if isinstance(given, Many) and isinstance(mine, list) else given
    if isinstance(mine, list) and isinstance(every, list):
        for weight, value in zip(mine, every, strict=False):
            if isinstance(weight, Variable):
                world.registry.methods[("variable", "assign")](world, weight, Arguments([value]), site)
    return NO_VALUE


def _build(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    if isinstance(base.info, LayerInfo):
        build(world, base, site)
    else:
        world.registry.methods[("model", "build")](world, base, args, site)
    return NO_VALUE


def _add_loss(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    old = world.run.state.get((base.uid, "added losses"))
    items = old.items if isinstance(old, Tuple) else ()
    world.run.state.set((base.uid, "added losses"), Tuple((*items, *args.positional[:1])))
    return NO_VALUE


LAYER_METHODS = {
    "get_weights": _get_weights, "set_weights": _set_weights, "build": _build, "add_loss": _add_loss,
    "count_params": lambda world, base, args, site: world.inert("count_params", Arguments([]), site),
    "summary": _nothing, "compile": _nothing, "save": _nothing, "save_weights": _nothing, "load_weights": reload,
    "__call__": call_layer, "call": call_layer,
    "compute_output_shape": lambda world, base, args, site: world.inert("shape", Arguments([]), site),
    "get_config": lambda world, base, args, site: world.inert("config", Arguments([]), site),
}  # fmt: skip


# -- losses and metrics


def _call_loss(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    info: LayerInfo = callee.info
    if info.fact is None:
        return world.run.call_unknown(callee, args, site)
    given = apply.bind(info.fact.call_parameters, args)
    constants, unknown = apply.constants(world, apply.bind(info.fact.parameters, info.args))
    more, _ = apply.constants(world, given)
    return apply.answer(world, info.name, info.fact.effect({**constants, **more}, unknown), given, site)


def _update_metric(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    node = _pack(world, args, site)
    if node is not None:
        world.run.state.set((base.uid, "seen"), Opaque(node))
    return NO_VALUE


def _pack(world: Libraries, args: Arguments, site: Site) -> Node | None:
    return world.run.node_of(Tuple(tuple(args.every())), site)


def _metric_result(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    seen = world.run.state.get((base.uid, "seen"))
    edges = [Edge(seen.node, NONE)] if isinstance(seen, Opaque) else []
    return Data(world.run.node("Metric.result", edges, site, dtype="f"), "tensor", "f")


def _call_metric(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    node = _pack(world, args, site)
    edges = [Edge(node, NONE)] if node is not None else []
    _update_metric(world, callee, args, site)
    return Data(world.run.node("Metric.__call__", edges, site, dtype="f"), "tensor", "f")
