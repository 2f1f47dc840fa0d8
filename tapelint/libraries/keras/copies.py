"""What leaves a model: predictions, copies, clones."""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    SYMBOLIC,
    TRUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Many,
    Method,
    Names,
    OneOf,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
)

from ..registry import FunctionHandler, MethodHandler, Registry
from ..shapes import shapes
from ..world import Libraries
from . import layer_members, optimizer_variables, revival, trainability
from .compiled import note_compiled
from .keras import BACKWARD, LayerInfo, own_built
from .models import build_any
from .weights import ModelInfo, all_layers, is_keras, is_layer, is_old, leaves, own_of, weights_of


def register(registry: Registry) -> None:
    """Add what gives numbers or copies of a model."""
    for name in ("keras.models.clone_model", "keras.clone_model", "keras.utils.clone_model"):
        registry.functions[name] = registry.functions[f"tf_{name}"] = _clone
    registry.functions["copy.deepcopy"] = _deep_copy
    registry.functions["copy.copy"] = _copied_by_keras(registry.functions["copy.copy"])
    registry.functions["dataclasses.asdict"] = _as_dict
    registry.functions["dataclasses.astuple"] = _as_tuple
    for kind in ("layer", "instance"):
        registry.methods[(kind, "predict_step")] = _predict_step
        for name in ("predict", "predict_on_batch"):
            registry.methods[(kind, name)] = _detaching(name, "numpy")
        for name in ("evaluate", "test_on_batch", "train_on_batch"):
            registry.methods[(kind, name)] = _detaching(name, "python")


def _detaching(name: str, kind: str) -> MethodHandler:
    def detach(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        if isinstance(base, Cell) and not world.run.graph_mode:  # which no graph can do
            _build_by_calling(world, base, args, site)
        weights = weights_of(world, base) or []
        nodes: list[Node] = [n for v in (*args.every(), *weights) if (n := world.run.node_of(v, site)) is not None]
        made = world.run.node(f"Model.{name}", [Edge(n, NONE) for n in nodes], site, dtype="f", kind=kind)
        shape = shapes.of_value(world, args.get(0, "x"))
        if world.run.graph_mode or (shape is not None and len(shape) < 2):
            world.known.doubt([made])  # most models take batches
        if isinstance(base, Cell) and name == "train_on_batch":
            layer_members.reload(world, base, args, site)
        return Data(made, kind, "f")

    return detach


def _predict_step(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`model.predict_step(data)`: a call that gives a tensor, on the first part of what it is given."""
    data = args.get(0, "data")
    items = containers.sequence(world.run, data)
    if isinstance(items, Many):
        return world.run.opaque(site, [base, data])
    first = items.items[0] if isinstance(items, Tuple) and items.items else data
    return world.run.call(base, Arguments([first], {"training": FALSE}), site)


def _build_by_calling(world: Libraries, model: Cell, args: Arguments, site: Site) -> None:
    """A model of the project is built by its first call, which a prediction makes out of sight of every tape."""
    is_new = model.kind == "instance" and not all(
        own_built(world, layer) or not isinstance(layer.info, LayerInfo)
        for layer in all_layers(world, model)
        if isinstance(layer, Cell) and (layer == model or layer.kind == "layer")
    )
    if is_new and args.positional and world.run.class_attribute(model, "call") is not None:
        with world.paused():
            world.run.call(model, Arguments(args.positional[:1]), site)
    build_any(world, model, site)


def _clone(world: Libraries, args: Arguments, site: Site) -> Value:
    return duplicate(world, args.get(0, "model"), "keras.models.clone_model", site, {})


def _deep_copy(world: Libraries, args: Arguments, site: Site) -> Value:
    value, memo = args.get(0, "x"), args.get(1, "memo", NO_VALUE)
    if isinstance(value, Variable) and value.flavor == "tf" and world.run.graph_mode:
        world.raised("NotImplementedError", site, "copy.deepcopy")
    done: dict[int, Value] = {}
    if isinstance(memo, Cell) and memo.kind == "dict":
        done = world.copied.setdefault(memo.uid, done)
        if any(_may_be_asked_for(world, held, value) for held in _held(world, memo)):
            world.run.lose_track()
    elif memo != NO_VALUE:
        world.run.lose_track()
    return duplicate(world, value, "copy.deepcopy", site, done)


def _held(world: Libraries, memo: Cell) -> list[Value]:
    known = containers.pairs(world.run, memo)
    if known is None:
        value = containers.any_pair(world.run, memo)[1]
        return [] if value is UNBOUND else [value]
    return [value for _, value in known]


def _may_be_asked_for(world: Libraries, held: Value, value: Value) -> bool:
    """Whether what the program has put down as a copy may be one of something in a value; objects made for a copy of
    what holds the value are none."""
    if not isinstance(held, Opaque) and not (isinstance(held, Cell) and held.kind == "instance"):
        return True
    todo, seen = [value], set[int]()
    while todo:
        item = todo.pop()
        if item == held:
            return True
        todo += world.run.inside(item, seen)
    return False


def _copied_by_keras(plain: FunctionHandler) -> FunctionHandler:
    """`copy.copy(x)`, which Keras 3 answers for its objects with one that shares nothing."""

    def copy(world: Libraries, args: Arguments, site: Site) -> Value:
        value = args.get(0, "x")
        if isinstance(value, Cell) and value.kind == "optimizer":
            return optimizer_variables.copied(world, value, site)
        if not isinstance(value, Cell) or not is_layer(value) or getattr(value.info, "old", False):
            return plain(world, args, site)
        of_keras = value.kind != "instance" or (is_keras(world, value) and not is_old(world, value))
        return (_deep_copy if of_keras else plain)(world, args, site)

    return copy


def _as_dict(world: Libraries, args: Arguments, site: Site) -> Value:
    """`dataclasses.asdict(object)`: a dict of copies."""
    return _taken_apart(world, args.get(0, "obj"), site, True)


def _as_tuple(world: Libraries, args: Arguments, site: Site) -> Value:
    """`dataclasses.astuple(object)`: a tuple of copies."""
    return _taken_apart(world, args.get(0, "obj"), site, False)


def _taken_apart(world: Libraries, value: Value, site: Site, named: bool) -> Value:
    run = world.run
    record = run.record_of(value.info) if isinstance(value, Cell) and value.kind == "instance" else None
    if record is not None and isinstance(value, Cell):
        fields = [f.name for f in record.fields if f.kept]
        parts = [_taken_apart(world, run.attribute(value, name, site), site, named) for name in fields]
        pairs = [(Const(name), part) for name, part in zip(fields, parts, strict=True)]
        return containers.make_dict(run, pairs, site) if named else Tuple(tuple(parts))
    if isinstance(value, Cell) and value.kind == "list" and isinstance(items := containers.stored(run, value), Tuple):
        return containers.make_list(run, Tuple(tuple(_taken_apart(world, v, site, named) for v in items.items)))
    if isinstance(value, Tuple):
        return Tuple(tuple(_taken_apart(world, v, site, named) for v in value.items), value.names)
    if isinstance(value, Cell) and value.kind == "dict" and (known := containers.pairs(run, value)) is not None:
        return containers.make_dict(run, [(k, _taken_apart(world, v, site, named)) for k, v in known], site)
    return duplicate(world, value, "copy.deepcopy", site, {})


def duplicate(world: Libraries, value: Value, name: str, site: Site, done: dict[int, Value]) -> Value:
    """A copy that shares nothing: variables are new ones that no gradient leads back from."""
    if isinstance(value, Variable):
        if value.uid not in done:
            node = world.run.node(name, [Edge(value.node, NONE)], site, dtype=value.dtype, kind="variable")
            done[value.uid] = Variable(
                world.run.uid(), node, value.flavor, value.trainable, value.dtype, value.shape, value.name, site
            )
        return done[value.uid]
    if isinstance(value, Tuple):
        return Tuple(tuple(duplicate(world, v, name, site, done) for v in value.items), value.names)
    if isinstance(value, Many):
        return Many(duplicate(world, value.element, name, site, done))
    if isinstance(value, OneOf):
        return world.run.join_all([duplicate(world, v, name, site, done) for v in value.options])
    if isinstance(value, Bound):
        return Bound(value.function, duplicate(world, value.self, name, site, done))
    if isinstance(value, Method) and (isinstance(value.base, Variable) or is_layer(value.base)):
        return Method(duplicate(world, value.base, name, site, done), value.name)
    if isinstance(value, Partial):
        keywords = tuple((word, duplicate(world, v, name, site, done)) for word, v in value.keywords)
        positional = tuple(duplicate(world, v, name, site, done) for v in value.args)
        return Partial(duplicate(world, value.function, name, site, done), positional, keywords)
    if isinstance(value, Opaque):
        node = world.run.node(name, [Edge(value.node, NONE)], site, dtype="?", kind="?", opaque=True)
        return Opaque(node)
    if not isinstance(value, Cell) or (isinstance(value.info, Class) and value.kind != "instance"):
        return value
    return _duplicate_cell(world, value, name, site, done)


def _duplicate_cell(world: Libraries, value: Cell, name: str, site: Site, done: dict[int, Value]) -> Value:
    if value.uid in done:
        return done[value.uid]
    if world.run.own_method(value, "__reduce__") is not None or world.run.own_method(value, "__setstate__") is not None:
        world.run.lose_track()
    own = world.run.own_method(value, "__deepcopy__")
    if own is not None and name == "copy.deepcopy":
        memo = containers.make_dict(world.run, [], site)
        world.copied[memo.uid] = done
        done[value.uid] = world.run.call(own, Arguments([memo]), site)
        return done[value.uid]
    if value.kind in ("layer", "instance", "lambda layer") and (error := revival.refusal(world, value, name)):
        if error != revival.PERHAPS:
            world.raised(error, site, name)
        done[value.uid] = world.run.opaque(site, [value])
        return done[value.uid]
    info = value.info
    state = world.run.state
    copy = Cell(world.run.uid(), value.kind, _copied_info(world, info, name, site, done), value.site)
    done[value.uid] = copy
    if copy.kind in ("layer", "instance"):
        note_compiled(world, copy)  # as what it is a copy of, perhaps
    optimizer_variables.forget(world, copy)
    if isinstance(info, ModelInfo) and info.form == "functional":
        layers = tuple(duplicate(world, v, name, site, done) for v in info.layers)
        table = {a.uid: b for a, b in zip(info.layers, layers, strict=True) if isinstance(a, Cell)}
        copy = _clone_functional(world, value, info, layers, table)
        kept = trainability.stated(world, value) if name == "copy.deepcopy" else TRUE
        state.set((copy.uid, trainability.TRAINABLE), kept)
        done[value.uid] = copy
        note_compiled(world, copy)
        return copy
    names = state.get((value.uid, "__names__"))
    fields = names.names if isinstance(names, Names) else ()
    inner = ("items", "layers", "weights", "built", "trainable", "added weights", BACKWARD)
    for field in dict.fromkeys([*fields, *inner]):
        held = state.get((value.uid, field))
        if held is not UNBOUND:
            state.set((copy.uid, field), duplicate(world, held, name, site, done))
    if isinstance(names, Names):
        state.set((copy.uid, "__names__"), names)
    if isinstance(info, ModelInfo) and name == "copy.deepcopy":
        trainability.give(world, copy, Arguments([]))
    for weight in own_of(world, copy, False) or ():
        if isinstance(weight, Variable):
            trainability.take_in(world, copy, weight)
    return copy


def _copied_info(world: Libraries, info: object, name: str, site: Site, done: dict[int, Value]) -> object:
    """What a layer was made with; the layers that it was given are copied too."""
    if not isinstance(info, LayerInfo) or not any(is_layer(v) for g in info.args.every() for v in leaves(world, g)):
        return info
    positional = [duplicate(world, v, name, site, done) for v in info.args.positional]
    keywords = {key: duplicate(world, v, name, site, done) for key, v in info.args.keywords.items()}
    return replace(info, args=Arguments(positional, keywords, info.args.rest, info.args.places))


def _clone_functional(
    world: Libraries, value: Cell, info: ModelInfo, layers: tuple[Value, ...], table: dict[int, Value]
) -> Cell:
    """The same graph of calls over other layers."""
    moved: dict[int, Data] = {}

    def move(symbol: Value) -> Value:
        call = world.symbolic_calls.get(symbol.node.id) if isinstance(symbol, Data) else None
        if not isinstance(symbol, Data) or (call is None and symbol.node.op != "join"):
            return symbol
        if symbol.node.id not in moved and call is None:
            arms = [move(replace(symbol, node=edge.node)) for edge in symbol.node.edges]
            node = world.run.phi([world.run.node_of(arm) for arm in arms]) or symbol.node
            moved[symbol.node.id] = replace(symbol, node=node)
        elif symbol.node.id not in moved and call is not None:
            callee, args, index = call
            keywords = {name: move_any(v) for name, v in args.keywords.items()}
            inner = Arguments([move_any(v) for v in args.positional], keywords)
            node = world.run.node(symbol.node.op, [], symbol.node.site, dtype=symbol.dtype, kind=SYMBOLIC)
            moved[symbol.node.id] = Data(node, SYMBOLIC, symbol.dtype, symbol.shape)
            callee = table.get(callee.uid, callee) if isinstance(callee, Cell) else callee
            world.symbolic_calls[node.id] = (callee, inner, index)
        return moved[symbol.node.id]

    def move_any(item: Value) -> Value:
        return containers.rebuilt(world.run, item, move)

    outputs = move_any(info.outputs)
    return Cell(world.run.uid(), "layer", replace(info, outputs=outputs, layers=layers), value.site)
