"""Keras models: sequential, functional, subclassed; the order of their variables; `tf.Module`; copies."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Class,
    Const,
    Data,
    Flag,
    Library,
    Many,
    Method,
    Names,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
)

from . import apply, keras, python
from .keras import LAYER_METHODS, WEIGHT_LISTS, LayerInfo, build, own_weights, symbolic
from .graphs import unconverted
from .tensorflow import flattened, make_variable
from .world import Libraries, Registry


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A sequential or functional model; the latter with its symbolic inputs and outputs."""

    form: str
    args: Arguments
    inputs: Value = UNBOUND
    outputs: Value = UNBOUND
    layers: tuple[Value, ...] = ()


def register(registry: Registry) -> None:
    """Add models and modules."""
    for name in ("keras.Sequential", "keras.models.Sequential"):
        registry.functions[name] = _sequential
    for name in ("keras.Model", "keras.models.Model"):
        registry.functions[name] = _functional
    for name in ("keras.models.clone_model", "keras.clone_model", "keras.utils.clone_model"):
        registry.functions[name] = _clone
    registry.functions["copy.deepcopy"] = _deep_copy
    registry.calls["model"] = call_model
    registry.attributes["model"] = model_attribute
    registry.attributes["weights of"] = weights_attribute
    registry.attributes["layers of"] = lambda world, base, name, site: Tuple(tuple(all_layers(world, base)))
    registry.methods[("model", "build")] = _build_model
    registry.bases["layer"] = registry.bases["model"] = inherited
    registry.bases["module"] = module_inherited
    registry.bases["loss"] = registry.bases["metric"] = loss_inherited
    registry.bases["object"] = lambda world, base, cls, name, site: (
        Method(base, name) if name in ("__init__", "__init_subclass__") else None
    )
    for kind in ("layer", "instance"):
        for name in ("predict", "predict_on_batch", "predict_step"):
            registry.methods[(kind, name)] = _detaching(name, "numpy")
        for name in ("evaluate", "test_on_batch", "train_on_batch"):
            registry.methods[(kind, name)] = _detaching(name, "python")
        registry.methods[(kind, "add")] = _add_layer
        registry.methods[(kind, "pop")] = _pop_layer
        registry.methods[(kind, "get_layer")] = _get_layer
        registry.methods[(kind, "fit")] = _fit
    for name, handler in LAYER_METHODS.items():
        registry.methods[("instance", name)] = handler
    registry.methods[("instance", "compile")] = _compile
    registry.methods[("instance", "__call__")] = call_instance
    registry.methods[("instance", "__init__")] = lambda world, base, args, site: NO_VALUE
    registry.methods[("instance", "build")] = _build_instance
    for name in ("add_weight", "add_variable"):
        registry.methods[("instance", name)] = _add_weight
    registry.methods[("instance", "loss __call__")] = _call_loss_instance
    registry.sets.append(_set_trainable)


# -- sequential


def _sequential(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = Cell(world.run.uid(), "layer", ModelInfo("sequential", args), site)
    given = args.get(0, "layers", NO_VALUE)
    items: list[Value] | Many = world.run.elements(given, site) if given != NO_VALUE else []
    world.run.state.set((cell.uid, "layers"), items if isinstance(items, Many) else Tuple(tuple(items)))
    _build_if_shaped(world, cell, site)
    return cell


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
    if shaped:
        _build_model(world, cell, Arguments([]), site)


def _build_model(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    for layer in sublayers(world, base):
        build_any(world, layer, site)
    return NO_VALUE


def build_any(world: Libraries, layer: Value, site: Site) -> None:
    """Build a layer or model of any kind."""
    if isinstance(layer, Cell) and layer.kind == "layer":
        if isinstance(layer.info, LayerInfo):
            build(world, layer, site)
        else:
            _build_model(world, layer, Arguments([]), site)
    elif isinstance(layer, Cell) and layer.kind == "instance":
        _build_instance(world, layer, Arguments([]), site)


def _add_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    old = world.run.state.get((base.uid, "layers"))
    new = args.positional[0] if args.positional else NO_VALUE
    items = Tuple((*old.items, new)) if isinstance(old, Tuple) else Many(world.run.join(getattr(old, "element", new), new))
    world.run.state.set((base.uid, "layers"), items)
    _build_if_shaped(world, base, site)
    return NO_VALUE


def _pop_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    old = world.run.state.get((base.uid, "layers"))
    if isinstance(old, Tuple) and old.items:
        world.run.state.set((base.uid, "layers"), Tuple(old.items[:-1]))
    return NO_VALUE


# -- functional


def _functional(world: Libraries, args: Arguments, site: Site) -> Value:
    inputs, outputs = args.get(0, "inputs"), args.get(1, "outputs")
    if inputs is UNBOUND or outputs is UNBOUND:
        return Cell(world.run.uid(), "instance", Library("keras.Model"), site)
    order = _functional_layers(world, outputs)
    info = ModelInfo("functional", args, inputs, outputs, tuple(order))
    return Cell(world.run.uid(), "layer", info, site)


def _symbols(world: Libraries, value: Value) -> list[Data]:
    leaves = flattened(world, value)
    return [v for v in leaves or [] if isinstance(v, Data)]


def _functional_layers(world: Libraries, outputs: Value) -> list[Value]:
    """The layers between inputs and outputs, in Keras's order: by depth from the outputs, then by first visit."""
    depth: dict[int, int] = {}
    index: dict[int, int] = {}
    made: dict[int, Value] = {}

    def visit(symbol: Data, at: int, trail: frozenset[int]) -> None:
        call = world.symbolic_calls.get(symbol.node.id)
        if call is None or symbol.node.id in trail:
            return
        callee = call[0]
        key = callee.uid if isinstance(callee, Cell) else -symbol.node.id
        index.setdefault(key, len(index))
        if depth.get(key, -1) >= at and key in made:
            return
        depth[key] = max(depth.get(key, 0), at)
        made[key] = callee
        for value in call[1].every():
            for inner in _symbols(world, value):
                visit(inner, at + 1, trail | {symbol.node.id})

    for output in _symbols(world, outputs):
        visit(output, 0, frozenset())
    ordered = sorted(made, key=lambda key: (-depth[key], index[key]))
    return [made[key] for key in ordered if isinstance(made[key], Cell)]


def call_model(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """`model(x)` of a sequential or functional model."""
    assert isinstance(callee, Cell)
    world.recorder.note("called", callee, site)
    info: ModelInfo = callee.info
    first = args.get(0, "inputs")
    if info.form == "sequential":
        result = _run_sequential(world, callee, first, args, site)
    else:
        result = _replay(world, info, first, args, site)
    return symbolic(world, callee, args, result)


def _run_sequential(world: Libraries, cell: Cell, value: Value, args: Arguments, site: Site) -> Value:
    layers = world.run.state.get((cell.uid, "layers"))
    extra = {k: v for k, v in args.keywords.items() if k == "training"}
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
    leaves, given = _symbols(world, info.inputs), flattened(world, value)
    if given is None or (len(given) != len(leaves) and len(leaves) != 1):
        return world.run.opaque(site, [value])
    if isinstance(info.inputs, Cell) and info.inputs.kind == "dict" and not (isinstance(value, Cell) and value.kind == "dict"):
        return world.run.opaque(site, [value])
    for symbol, leaf in zip(leaves, given if len(given) == len(leaves) else [value], strict=False):
        known[symbol.node.id] = leaf
    extra = {k: v for k, v in args.keywords.items() if k == "training"}
    return _again(world, info.outputs, known, extra, site)


def _again(world: Libraries, value: Value, known: dict[int, Value], extra: dict[str, Value], site: Site) -> Value:
    if isinstance(value, Cell) and value.kind == "dict":
        pairs = containers.pairs(world.run, value) or []
        rows = [(k, _again(world, v, known, extra, site)) for k, v in pairs]
        return containers.make_dict(world.run, rows, site)
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        made = Tuple(tuple(_again(world, v, known, extra, site) for v in items.items))
        return containers.make_list(world.run, made) if isinstance(value, Cell) else made
    if not isinstance(value, Data) or value.kind != keras.SYMBOLIC:
        return value
    if value.node.id in known:
        return known[value.node.id]
    call = world.symbolic_calls.get(value.node.id)
    if call is None:
        return world.run.opaque(site, [])
    callee, args, index = call
    inner = Arguments(
        [_again(world, v, known, extra, site) for v in args.positional],
        {n: _again(world, v, known, extra, site) for n, v in args.keywords.items()},
    )
    if isinstance(callee, Cell) and callee.kind == "layer":
        inner.keywords = {**extra, **inner.keywords}
    if isinstance(callee, Const):
        made_value = world.operate(callee.value, inner.positional, site)
    else:
        made_value = world.run.call(callee, inner, site)
    if index is not None:
        parts = world.run.elements(made_value, site)
        made_value = parts[index] if isinstance(parts, list) and index < len(parts) else world.run.opaque(site, [made_value])
    known[value.node.id] = made_value
    return made_value


# -- layers and weights of any model


def sublayers(world: Libraries, base: Value) -> list[Value]:
    """The layers right inside a layer or model, in the order of its variables."""
    if not isinstance(base, Cell):
        return []
    if base.kind == "layer" and isinstance(base.info, ModelInfo):
        if base.info.form == "functional":
            return list(base.info.layers)
        layers = world.run.state.get((base.uid, "layers"))
        return [v for v in layers.items if not isinstance(v, Data)] if isinstance(layers, Tuple) else [layers]
    if base.kind == "layer":
        return list(keras.inner_layers(world, base))
    if base.kind == "instance":
        return [v for v in _tracked(world, base) if _is_layer(v)]
    return []


def _is_layer(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind in ("layer", "instance", "lambda layer")


def _tracked(world: Libraries, base: Cell) -> list[Value]:
    """What an object's attributes hold, in order of first writing, lists and dicts taken apart."""
    found: list[Value] = []
    names = world.run.state.get((base.uid, "__names__"))
    for name in names.names if isinstance(names, Names) else ():
        found += _leaves(world, world.run.state.get((base.uid, name)))
    unique: list[Value] = []
    for value in found:
        if value not in unique:
            unique.append(value)
    return unique


def _leaves(world: Libraries, value: Value, depth: int = 0) -> Iterable[Value]:
    if depth > 4:
        return []
    if isinstance(value, OneOf):
        return [leaf for o in value.options for leaf in _leaves(world, o, depth + 1)]
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        return [leaf for _, v in known or [] for leaf in _leaves(world, v, depth + 1)]
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        return [leaf for v in items.items for leaf in _leaves(world, v, depth + 1)]
    if isinstance(items, Many):
        return _leaves(world, items.element, depth + 1)
    return [value]


def all_layers(world: Libraries, base: Value, seen: set[int] | None = None) -> list[Value]:
    """A layer and all layers inside it."""
    seen = set() if seen is None else seen
    if not isinstance(base, Cell) or base.uid in seen:
        return []
    seen.add(base.uid)
    return [base, *(inner for layer in sublayers(world, base) for inner in all_layers(world, layer, seen))]


def weights_of(world: Libraries, base: Value, seen: set[int] | None = None) -> list[Value] | None:
    """The weights of a layer or model in Keras's order; None where they are not known."""
    seen = set() if seen is None else seen
    if not isinstance(base, Cell):
        return None
    if base.uid in seen:
        return []
    seen.add(base.uid)
    found: list[Value] = []
    if base.kind == "layer" and isinstance(base.info, LayerInfo):
        if base.info.fact is None:
            return None
        found += own_weights(world, base)
    elif base.kind == "instance":
        own = [v for v in _tracked(world, base) if isinstance(v, Variable) and v.flavor == "keras"]
        added = world.run.state.get((base.uid, "added weights"))
        own += [v for v in (added.items if isinstance(added, Tuple) else ()) if v not in own]
        found += sorted(own, key=lambda v: not v.trainable)  # type: ignore[attr-defined]
        if any(isinstance(c, Opaque) for c in world.run.lineage(base.info)):
            return None
    for layer in sublayers(world, base):
        if isinstance(layer, Cell) and layer.kind == "instance" and not _is_keras(world, layer):
            continue
        inner = weights_of(world, layer, seen) if not (isinstance(layer, Cell) and layer.kind == "lambda layer") else []
        if inner is None:
            return None
        found += [w for w in inner if w not in found]
    return found


def _is_keras(world: Libraries, cell: Cell) -> bool:
    lineage = world.run.lineage(cell.info)
    return any(isinstance(c, Library) and world.base_family(c.name) in ("layer", "model") for c in lineage)


def _frozen(world: Libraries, base: Value) -> set[int]:
    """Weights of layers whose `trainable` is off."""
    found: set[int] = set()
    for layer in all_layers(world, base):
        assert isinstance(layer, Cell)
        if world.run.state.get((layer.uid, "trainable")) == FALSE:
            found |= {w.uid for w in weights_of(world, layer) or [] if isinstance(w, Variable)}
    return found


def weights_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """`weights`, `trainable_variables` and the like, weight by weight."""
    weights = weights_of(world, base)
    if weights is None:
        return unknown_weights(world, base, site)
    if "trainable" in name:
        frozen = _frozen(world, base)
        on = [w for w in weights if isinstance(w, Variable) and w.trainable is not False and w.uid not in frozen]
        weights = [w for w in weights if w not in on] if name.startswith("non_") else list(on)
    if not weights and not _is_built(world, base):
        world.recorder.note("read before build", base, site)
    return containers.make_list(world.run, Tuple(tuple(weights)), site=site)


def _is_built(world: Libraries, base: Cell) -> bool:
    return any(world.run.state.get((c.uid, "built")) is not UNBOUND for c in all_layers(world, base) if isinstance(c, Cell))


def unknown_weights(world: Libraries, base: Cell, site: Site) -> Value:
    """The variables of a model that cannot be seen wholly, as one source."""
    key = (base.uid, "unknown weights")
    known = world.run.state.get(key)
    if known is UNBOUND:
        node = world.run.node("weights", [], site, dtype="f", kind="weights")
        known = Opaque(node, "weights")
        world.run.state.set(key, known)
    return known


def model_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """An attribute of a sequential or functional model; None for a method."""
    info: ModelInfo = base.info
    if name == "layers":
        return containers.make_list(world.run, Tuple(tuple(sublayers(world, base))), site=site)
    if name in ("input", "inputs", "output", "outputs"):
        value = info.inputs if name.startswith("input") else info.outputs
        if value is UNBOUND:
            return Data(world.run.node(f"Layer.{name}", [], site, dtype="f", kind=keras.SYMBOLIC), keras.SYMBOLIC)
        if name.endswith("s") and containers.sequence(world.run, value) is None:
            return containers.make_list(world.run, Tuple((value,)))
        return value
    if name == "built":
        return Const(_is_built(world, base))
    if name == "name":
        return info.args.keywords.get("name", Const("model"))
    if name == "optimizer":
        return Cell(world.run.uid(), "optimizer", "keras.optimizers.Optimizer", site)
    return None


def _get_layer(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    name, index = args.get(0, "name"), args.get(1, "index")
    layers = sublayers(world, base)
    if isinstance(name, Const) and isinstance(name.value, str):
        for layer in layers:
            if isinstance(layer, Cell) and isinstance(layer.info, (LayerInfo, ModelInfo)) and layer.info.args.keywords.get("name") == name:
                return layer
    if isinstance(index, Const) and isinstance(index.value, int) and -len(layers) <= index.value < len(layers):
        return layers[index.value]
    return world.run.join_all([v for v in layers if _is_layer(v)]) if layers else world.run.opaque(site, [base])


def _set_trainable(world: Libraries, base: Value, name: str, value: Value, site: Site) -> bool:
    if name != "trainable" or not isinstance(base, Cell) or base.kind not in ("layer", "instance"):
        return False
    for layer in all_layers(world, base):
        assert isinstance(layer, Cell)
        world.run.state.set((layer.uid, "trainable"), value)
    return base.kind == "layer"


# -- subclassed


def inherited(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What `keras.Model` and `keras.layers.Layer` give to the project's classes."""
    if not isinstance(base, Cell):
        return Library(f"{cls}.{name}")
    if name in WEIGHT_LISTS:
        return weights_attribute(world, base, name, site)
    if name == "layers":
        return containers.make_list(world.run, Tuple(tuple(sublayers(world, base))), site=site)
    if name == "losses":
        return keras.losses(world, base, site)
    if name == "trainable":
        return TRUE
    if name == "built":
        return Const(world.run.state.get((base.uid, "built")) is not UNBOUND)
    if name == "optimizer":
        return Cell(world.run.uid(), "optimizer", "keras.optimizers.Optimizer", site)
    if name in ("dtype", "compute_dtype", "name", "input_spec", "run_eagerly", "stateful", "metrics"):
        return world.inert(name, Arguments([]), site)
    if name in ("compiled_loss", "compute_loss", "compiled_metrics", "loss", "compute_metrics"):
        return _compiled(world, base, name, site)
    special = {"__init__", "build", "call"}
    if cls not in ("keras.Model", "keras.layers.Layer", "keras.Sequential", "keras.Layer") and name in special | {"__call__"}:
        return _of_builtin_layer(world, base, cls, name)
    return Method(base, name)


def _of_builtin_layer(world: Libraries, base: Cell, cls: str, name: str) -> Value | None:
    """A project's class that extends a concrete layer (Dense, GRUCell): its own part is that layer."""
    if name == "__init__":
        return Method(Cell(base.uid, "builtin layer init", (base, cls)), "__init__")
    inner = world.run.state.get((base.uid, "built-in part"))
    return inner if isinstance(inner, Cell) and name != "build" else Method(base, name) if name != "call" else inner


def _compiled(world: Libraries, base: Cell, name: str, site: Site) -> Value:
    given = world.run.state.get((base.uid, f"compiled {name}"))
    if name == "compute_loss":
        return Method(base, "compute_loss")
    if name in ("compiled_loss", "loss") and given is not UNBOUND:
        return given
    return Method(base, "compiled_loss")


def call_instance(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`instance(x)` of a subclassed layer or model: `build` once, then `call`."""
    assert isinstance(base, Cell)
    world.recorder.note("called", base, site)
    _build_instance(world, base, args, site)
    method = world.run.class_attribute(base, "call")
    if method is None:
        inner = world.run.state.get((base.uid, "built-in part"))
        if isinstance(inner, Cell):
            return world.run.call(inner, args, site)
        return world.run.call_unknown(base, args, site)
    kept = Arguments(list(args.positional), dict(args.keywords), args.rest, args.places)
    function = getattr(method, "function", None)
    node = getattr(function, "node", None)
    if node is not None and node.args.kwarg is None:
        names = {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}
        kept.keywords = {k: v for k, v in kept.keywords.items() if k in names or k not in ("training", "mask")}
    with as_keras_calls(world, base):
        made = world.run.call(method, kept, site)
    world.recorder.note("ran", Tuple((base, _fields(world, base))), site)
    return symbolic(world, base, args, made)


def _fields(world: Libraries, base: Cell) -> Value:
    """The attributes that hold layers, each as a pair of its name and the layer."""
    names = world.run.state.get((base.uid, "__names__"))
    every = [(name, world.run.state.get((base.uid, name))) for name in (names.names if isinstance(names, Names) else ())]
    return Tuple(tuple(Tuple((Const(name), value)) for name, value in every if _is_layer(value)))


def as_keras_calls(world: Libraries, base: Cell) -> AbstractContextManager[None]:
    """Keras 3 calls what a project's class defines without AutoGraph, Keras 2 with it."""
    lineage = world.run.lineage(base.info)
    old = any(isinstance(cls, Library) and cls.name.startswith("tf_keras.") for cls in lineage)
    return nullcontext() if old else unconverted(world)


def _build_instance(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    if world.run.state.get((base.uid, "built")) is not UNBOUND:
        return NO_VALUE
    world.run.state.set((base.uid, "built"), Flag())
    method = world.run.class_attribute(base, "build")
    if method is not None:
        first = args.get(0, "inputs")
        shape = world.inert("shape", Arguments([]), site) if first is UNBOUND else world.run.attribute(first, "shape", site)
        world.run.call(method, Arguments([shape]), site)
    return NO_VALUE


def _add_weight(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    trainable = args.keywords.get("trainable", TRUE)
    dtype = args.keywords.get("dtype", Const("float32"))
    name = args.keywords.get("name", args.get(0, "name", Const("")))
    dtype = Const("float32") if dtype == NO_VALUE else dtype
    label = str(name.value) if isinstance(name, Const) and isinstance(name.value, str) else ""
    made = make_variable(world, UNBOUND, dtype, trainable, "keras", site, label)
    old = world.run.state.get((base.uid, "added weights"))
    world.run.state.set((base.uid, "added weights"), Tuple((*(old.items if isinstance(old, Tuple) else ()), made)))
    return made


def _compile(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    names = ("optimizer", "loss")
    for index, name in enumerate(names):
        value = args.get(index, name)
        if name == "loss" and isinstance(value, Const) and isinstance(value.value, str):
            value = Library(f"keras.losses.{value.value}")
        if name == "optimizer" and isinstance(value, Const) and isinstance(value.value, str):
            value = Cell(world.run.uid(), "optimizer", "keras.optimizers.Optimizer", site)
        if value is not UNBOUND:
            world.run.state.set((base.uid, "optimizer" if name == "optimizer" else f"compiled {name}"), value)
    return NO_VALUE


def _fit(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`model.fit` runs an overridden `train_step` in a graph."""
    assert isinstance(base, Cell)
    step = world.run.class_attribute(base, "train_step") if base.kind == "instance" else None
    if step is not None:
        x, y = args.get(0, "x"), args.get(1, "y")
        batch = [world.inert("batch", Arguments([v]), site) if not isinstance(v, Const) else v for v in (x, y) if v is not UNBOUND]
        fresh = [_batch_of(world, v, site) for v in batch]
        data: Value = Tuple(tuple(fresh)) if len(fresh) != 1 else one_batch(world, x, fresh[0], site)
        world.run.graph_mode += 1
        try:
            with unconverted(world):
                world.run.branch(NO_VALUE, site.node, [lambda: world.run.call(step, Arguments([data]), site) and None])
        finally:
            world.run.graph_mode -= 1
    return world.inert("Model.fit", Arguments([]), site)


def one_batch(world: Libraries, x: Value, fresh: Value, site: Site) -> Value:
    """What `train_step` gets for one argument: an array's batch alone or in a tuple, or a dataset's element."""
    if isinstance(x, Cell) and x.kind == "dataset":
        items = world.run.elements(x, site)
        return items.element if isinstance(items, Many) else world.run.join_all(items)
    return Tuple((fresh,)) if False else fresh


def _batch_of(world: Libraries, value: Value, site: Site) -> Value:
    node = world.run.node_of(value, site)
    edges = [Edge(node, NONE)] if node is not None else []
    return Data(world.run.node("Model.fit", edges, site, dtype="f"), "tensor", "f")


# -- modules, losses


def module_inherited(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What `tf.Module` gives: its variables, by sorted attribute names."""
    if not isinstance(base, Cell):
        return Library(f"{cls}.{name}")
    if name in ("variables", "trainable_variables", "non_trainable_variables"):
        found = module_variables(world, base, set())
        if found is None:
            return unknown_weights(world, base, site)
        if name != "variables":
            wanted = name == "trainable_variables"
            found = [v for v in found if isinstance(v, Variable) and (v.trainable is not False) == wanted]
        return Tuple(tuple(found))
    if name in ("name", "name_scope", "submodules"):
        return world.inert(name, Arguments([]), site)
    return Method(base, name)


def module_variables(world: Libraries, base: Cell, seen: set[int]) -> list[Value] | None:
    """All variables that a module's attributes hold, in TensorFlow's order."""
    if base.uid in seen:
        return []
    seen.add(base.uid)
    names = world.run.state.get((base.uid, "__names__"))
    later: list[Cell] = []
    found: list[Value] = []
    for name in sorted(names.names) if isinstance(names, Names) else ():
        for value in _leaves(world, world.run.state.get((base.uid, name))):
            if isinstance(value, Variable) and value not in found:
                found.append(value)
            elif isinstance(value, Cell) and value.kind in ("instance", "layer"):
                later.append(value)
    for value in later:
        inner = module_variables(world, value, seen) if value.kind == "instance" and not _is_keras(world, value) else weights_of(world, value)
        if inner is None:
            return None
        found += [v for v in inner if v not in found]
    return found


def loss_inherited(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What `keras.losses.Loss` gives: calling it calls `call` and takes the mean."""
    if name == "__call__" and isinstance(base, Cell):
        return Method(base, "loss __call__")
    return Method(base, name)


def _call_loss_instance(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    method = world.run.class_attribute(base, "call")
    if method is None:
        return world.run.call_unknown(base, args, site)
    with as_keras_calls(world, base):
        result = world.run.call(method, args, site)
    node = world.run.node_of(result, site)
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    return Data(world.run.node("keras.losses.Loss", edges, site, dtype="f"), "tensor", "f", ())


# -- what leaves the model


def _detaching(name: str, kind: str) -> keras_method:  # type: ignore[valid-type]
    def detach(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        weights = weights_of(world, base) or []
        nodes: list[Node] = [n for v in (*args.every(), *weights) if (n := world.run.node_of(v, site)) is not None]
        made = world.run.node(f"Model.{name}", [Edge(n, NONE) for n in nodes], site, dtype="f", kind=kind)
        if isinstance(base, Cell):
            build_any(world, base, site)
        return Data(made, kind, "f")

    return detach


keras_method = object


def _clone(world: Libraries, args: Arguments, site: Site) -> Value:
    return duplicate(world, args.get(0, "model"), "keras.models.clone_model", site, {})


def _deep_copy(world: Libraries, args: Arguments, site: Site) -> Value:
    return duplicate(world, args.get(0, "x"), "copy.deepcopy", site, {})


def duplicate(world: Libraries, value: Value, name: str, site: Site, done: dict[int, Value]) -> Value:
    """A copy that shares nothing: variables are new ones that no gradient leads back from."""
    if isinstance(value, Variable):
        if value.uid not in done:
            node = world.run.node(name, [Edge(value.node, NONE)], site, dtype=value.dtype, kind="variable")
            done[value.uid] = Variable(world.run.uid(), node, value.flavor, value.trainable, value.dtype, value.shape, value.name, site)
        return done[value.uid]
    if isinstance(value, Tuple):
        return Tuple(tuple(duplicate(world, v, name, site, done) for v in value.items), value.names)
    if isinstance(value, Many):
        return Many(duplicate(world, value.element, name, site, done))
    if isinstance(value, Opaque):
        node = world.run.node(name, [Edge(value.node, NONE)], site, dtype="?", kind="?", opaque=True)
        return Opaque(node)
    if not isinstance(value, Cell) or (isinstance(value.info, Class) and value.kind != "instance"):
        return value
    return _duplicate_cell(world, value, name, site, done)


def _duplicate_cell(world: Libraries, value: Cell, name: str, site: Site, done: dict[int, Value]) -> Value:
    if value.uid in done:
        return done[value.uid]
    info = value.info
    state = world.run.state
    copy = Cell(world.run.uid(), value.kind, info, value.site)
    done[value.uid] = copy
    if isinstance(info, ModelInfo) and info.form == "functional":
        layers = tuple(duplicate(world, v, name, site, done) for v in info.layers)
        table = {a.uid: b for a, b in zip(info.layers, layers, strict=True) if isinstance(a, Cell)}
        copy = _clone_functional(world, value, info, layers, table)
        done[value.uid] = copy
        return copy
    names = state.get((value.uid, "__names__"))
    fields = names.names if isinstance(names, Names) else ()
    for field in dict.fromkeys([*fields, "items", "layers", "weights", "built", "trainable", "added weights"]):
        held = state.get((value.uid, field))
        if held is not UNBOUND:
            state.set((copy.uid, field), duplicate(world, held, name, site, done))
    if isinstance(names, Names):
        state.set((copy.uid, "__names__"), names)
    return copy


def _clone_functional(world: Libraries, value: Cell, info: ModelInfo, layers: tuple[Value, ...], table: dict[int, Value]) -> Cell:
    """The same graph of calls over other layers."""
    moved: dict[int, Data] = {}

    def move(symbol: Value) -> Value:
        if not isinstance(symbol, Data) or symbol.node.id not in world.symbolic_calls:
            return symbol
        if symbol.node.id not in moved:
            callee, args, index = world.symbolic_calls[symbol.node.id]
            inner = Arguments([move_any(v) for v in args.positional], {n: move_any(v) for n, v in args.keywords.items()})
            node = world.run.node(symbol.node.op, [], symbol.node.site, dtype=symbol.dtype, kind=keras.SYMBOLIC)
            moved[symbol.node.id] = Data(node, keras.SYMBOLIC, symbol.dtype, symbol.shape)
            world.symbolic_calls[node.id] = (table.get(callee.uid, callee) if isinstance(callee, Cell) else callee, inner, index)
        return moved[symbol.node.id]

    def move_any(item: Value) -> Value:
        items = containers.sequence(world.run, item)
        if isinstance(items, Tuple):
            return Tuple(tuple(move_any(v) for v in items.items))
        return move(item)

    outputs = move_any(info.outputs)
    return Cell(world.run.uid(), "layer", ModelInfo("functional", info.args, info.inputs, outputs, layers), value.site)


__all__ = ["WEIGHT_LISTS", "own_weights", "register"]
