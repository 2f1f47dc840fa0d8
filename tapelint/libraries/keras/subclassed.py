"""The project's own layers, models and modules: what their Keras or TensorFlow base class gives them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import NONE
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
    Tuple,
    Value,
    Variable,
)
from tapelint.source import walk

from .. import apply
from ..arguments import OfWidth, dtype_cell
from ..names import is_of_keras
from ..python import plain
from ..registry import Registry
from ..shapes import shapes, widths
from ..structures import flattened
from ..tensorflow.graphs import symbolic_arguments, unconverted
from ..tensorflow.members import has_what_is_seen, module_lacks
from ..tensorflow.tensorflow import make_variable
from ..tensorflow.variable_names import SCOPED, hide_name
from ..world import Libraries
from . import initializers, layer_names, optimizer_variables, trainability
from .compiled import never_compiled, note_compiled
from .keras import LayerInfo, build, first_trainable, make_layer, own_built
from .keras_members import KERAS_METHODS, is_gone
from .layer_calls import SYMBOLIC_BUILD, called, regularize, settle_training
from .layer_members import LAYER_METHODS, WEIGHT_LISTS, reload
from .locked import lock, locks_before_call
from .losses import losses
from .models import functional, sequential
from .replaced import OWNER
from .symbolic import symbolic, symbolic_end
from .weights import (
    PART,
    ModelInfo,
    is_keras,
    is_layer,
    is_of_keras_2,
    is_old,
    leaves,
    list_of_layers,
    part_of,
    tracked,
    unknown_weights,
    weights_attribute,
    weights_of,
)


def register(registry: Registry) -> None:
    """Add what base classes give."""
    registry.bases["layer"] = registry.bases["model"] = inherited
    registry.bases["module"] = module_inherited
    registry.functions["tensorflow.Module"] = lambda world, args, site: Cell(
        world.run.uid(), "instance", Library("tensorflow.Module"), site
    )
    registry.has_what_is_seen = has_what_is_seen
    registry.bases["object"] = _of_python
    for name, handler in LAYER_METHODS.items():
        registry.methods[("instance", name)] = handler
    for kind in ("layer", "instance"):
        registry.methods[(kind, "fit")] = _fit
        registry.methods[(kind, "compile")] = _compile
    registry.methods[("instance", "__call__")] = call_instance
    registry.methods[("instance", "__init__")] = lambda world, base, args, site: NO_VALUE
    registry.methods[("keras init", "__init__")] = _initialise
    registry.methods[("instance", "build")] = _build_of_keras
    registry.methods[("instance", "first call")] = build_instance
    registry.methods[("instance", "ran build")] = _note_built
    for name in ("add_weight", "add_variable"):
        registry.methods[("instance", name)] = _add_weight


def inherited(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What `keras.Model` and `keras.layers.Layer` give to the project's classes."""
    if not isinstance(base, Cell):
        return Library(f"{cls}.{name}")
    if name in WEIGHT_LISTS:
        return weights_attribute(world, base, name, site)
    if name == "layers":
        return list_of_layers(world, base, site)
    if name == "losses":
        return losses(world, base, site)
    if name == "trainable":
        return TRUE
    if name in ("output", "input"):
        return symbolic_end(world, base, name, site)
    if name == "built":
        return Const(own_built(world, base))
    if name == "optimizer":
        if never_compiled(world, base):
            world.raised("AttributeError", site, f"{cls}.{name}")
        if _sets_itself(world, base, name):
            return world.run.opaque(site, [base], hint=name)
        package = "tf_keras" if is_old(world, base) else "keras"
        return Cell(world.run.uid(), "optimizer", f"{package}.optimizers.Optimizer", site)
    if name == "name":
        return layer_names.of_object(world, base, site)
    if name in ("dtype", "compute_dtype", "variable_dtype"):
        return dtype_cell(OfWidth("f"))
    if name in ("input_spec", "run_eagerly", "stateful", "metrics"):
        return world.inert(name, Arguments([]), site)
    if name in ("compiled_loss", "compute_loss", "compiled_metrics", "loss", "compute_metrics"):
        return _compiled(world, base, name, site)
    part = part_of(world, base)
    plain = cls.rpartition(".")[2] in ("Model", "Layer", "Wrapper") and part is None
    if name == "__init__" or (name in ("build", "call", "__call__") and not plain):
        return _of_part(world, base, cls, name)
    if part is not None and isinstance(part.info, (LayerInfo, ModelInfo)) and name not in KERAS_METHODS:
        return world.run.attribute(part, name, site)
    if _lacks(world, base, name):
        world.raised("AttributeError", site, f"{cls}.{name}")
    return Method(base, name) if name in KERAS_METHODS or name.startswith("__") else None


def _sets_itself(world: Libraries, base: Cell, name: str) -> bool:
    """Whether a method of the program's own, of an object's class, gives something this attribute."""
    classes = [cls.node for cls in world.run.lineage(base.info) if isinstance(cls, Class)]
    stores = (n for cls in classes for n in walk(cls) if isinstance(n, ast.Attribute) and n.attr == name)
    return any(isinstance(node.ctx, ast.Store) for node in stores)


def _lacks(world: Libraries, base: Cell, name: str) -> bool:
    """Whether an object of a class of the program certainly has no such attribute: Keras 2 had it."""
    order = world.run.lineage(base.info)
    seen = all(isinstance(c, Class) or (isinstance(c, Library) and is_of_keras(c.name)) for c in order)
    hooked = not world.run.hooks.isdisjoint(["__getattr__", "__getattribute__"])
    kind = "model" if is_keras(world, base, ("model",)) else "layer"
    return seen and not hooked and not is_old(world, base) and is_gone(world, kind, name)


def _of_part(world: Libraries, base: Cell, cls: str, name: str) -> Value | None:
    """What a project's class has from the concrete layer or model that it extends (Dense, Sequential, functional)."""
    if name == "__init__":
        return Method(Cell(world.run.uid(), "keras init", (base, cls)), "__init__")
    part = part_of(world, base)
    if part is None:
        return world.run.opaque(None, [base], hint=name)
    own = [world.run.find_in_class(base.info, method) for method in ("call", "build")]
    calls_own = name == "__call__" and any(each is not None and isinstance(each[1], Class) for each in own)
    return Method(base, name) if name == "build" or calls_own else part


def _initialise(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`super().__init__(...)` of a Keras class: the part that is no code of the project."""
    assert isinstance(base, Cell)
    instance, cls = base.info
    trainability.give(world, instance, args)
    layer_names.give(world, instance, args)
    last = cls.rpartition(".")[2]
    part: Value = UNBOUND
    if last == "Sequential":
        part = sequential(world, args, site)
    elif last == "Model":
        part = functional(world, args, site)
    elif last == "Wrapper":
        world.run.set_attribute(instance, "layer", args.get(0, "layer"), site)
    elif last == "Lambda":
        part = Cell(world.run.uid(), "lambda layer", args.get(0, "function"), site)
    elif last != "Layer":
        part = make_layer(world, cls, args, site)
    elif args.positional and not is_old(world, instance):
        world.raised("TypeError", site)  # Keras 3 takes them by name only
    if isinstance(part, Cell) and part.kind in ("layer", "lambda layer"):
        world.run.state.set((instance.uid, PART), part)
        world.run.state.set((part.uid, OWNER), instance)
    return NO_VALUE


def _compiled(world: Libraries, base: Cell, name: str, site: Site) -> Value:
    given = world.run.state.get((base.uid, f"compiled {name}"))
    if name == "compute_loss":
        return Method(base, "compute_loss")
    if name in ("compiled_loss", "loss") and given is not UNBOUND:
        return given
    return Method(base, "loss" if name == "loss" else "compiled_loss")


def call_instance(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`instance(x)` of a subclassed layer or model: `build` once, then `call`."""
    assert isinstance(base, Cell)
    with called(world, base):
        return _call_instance(world, base, args, site)


def _call_instance(world: Libraries, base: Cell, args: Arguments, site: Site) -> Value:
    world.recorder.note("called", base, site)
    by_symbols = not own_built(world, base) and _builds_by_call(world, base)
    locks = locks_before_call(world, base)
    build_instance(world, base, args, site)
    if locks:
        lock(world, base)
    own = world.run.state.get((base.uid, "call"))  # an object's own comes before its class's
    method = own if own is not UNBOUND else world.run.class_attribute(base, "call")
    if method is None:
        part = part_of(world, base)
        if part is not None:
            return world.run.call(part, args, site)
        return world.run.call_unknown(base, args, site)
    kept = widths.autocast_all(world, args, site, is_old(world, base))
    function = getattr(method, "function", None)
    node = getattr(function, "node", None)
    _take_training(world, base, node, kept)
    dropped = ("training", "mask") if is_old(world, base) else ("training",)
    if node is not None and node.args.kwarg is None:
        names = {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}
        kept.keywords = {k: v for k, v in kept.keywords.items() if k in names or k not in dropped}
    if not is_old(world, base) and world.run.misfits(method, kept):
        world.raised("TypeError", site)
    with as_keras_calls(world, base), _building(world, by_symbols):
        made = world.run.call(method, kept, site)
    lock(world, base)
    world.recorder.note("ran", Tuple((base, _fields(world, base))), site)
    world.gave(base, made)
    return symbolic(world, base, args, made)


def _take_training(world: Libraries, base: Cell, node: ast.FunctionDef | None, args: Arguments) -> None:
    """Hand the `training` of the call around to a `call` that takes one and is given none."""
    if is_old(world, base):
        return
    spec = node.args if node is not None else ast.arguments([], [], kwonlyargs=[], kw_defaults=[], defaults=[])
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)][1:]
    defaults: dict[str, ast.expr | None] = dict(zip(reversed(names), reversed(spec.defaults), strict=False))
    defaults.update((a.arg, value) for a, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True))
    takes = "training" in names or "training" in defaults
    given = args.get(names.index("training") if "training" in names else 99, "training")
    default = defaults.get("training")
    value = settle_training(world, given, Const(default.value) if isinstance(default, ast.Constant) else UNBOUND)
    if takes and given is UNBOUND and value not in (UNBOUND, NO_VALUE):
        args.keywords["training"] = value


def _builds_by_call(world: Libraries, base: Cell) -> bool:
    """Whether Keras 3 makes the variables of a layer by calling it on symbols: it has no `build` of its own."""
    return world.run.class_attribute(base, "build") is None and not is_old(world, base)


@contextmanager
def _building(world: Libraries, by_symbols: bool) -> Iterator[None]:
    """While a first call lasts, which builds the layers inside."""
    outer = world.run.state.get(SYMBOLIC_BUILD)
    if by_symbols:
        world.run.state.set(SYMBOLIC_BUILD, Flag())
    try:
        yield
    finally:
        if by_symbols:
            world.run.state.set(SYMBOLIC_BUILD, outer)


def _fields(world: Libraries, base: Cell) -> Value:
    """The attributes that hold layers, each as a pair of its name and the layer."""
    names = world.run.state.get((base.uid, "__names__"))
    every = [
        (name, world.run.state.get((base.uid, name))) for name in (names.names if isinstance(names, Names) else ())
    ]
    return Tuple(tuple(Tuple((Const(name), value)) for name, value in every if is_layer(value)))


def as_keras_calls(world: Libraries, base: Cell) -> AbstractContextManager[None]:
    """Keras 3 calls what a project's class defines without AutoGraph, Keras 2 with it."""
    return nullcontext() if is_old(world, base) else unconverted(world)


def build_instance(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    if own_built(world, base):
        return NO_VALUE
    world.run.state.set((base.uid, "built"), Const(True))
    method = world.run.class_attribute(base, "build")
    first = args.get(0, "inputs")
    if method is None:
        _build_part(world, base, shapes.of_value(world, first) if first is not UNBOUND else None, site)
        if _wraps(world, base):
            _build_wrapped(world, base, _shape_of(world, first, site), site)
    else:
        before = len(world.run.graph.nodes)
        world.run.call(method, Arguments([_shape_of(world, first, site)]), site)
        if world.run.state.get(SYMBOLIC_BUILD) is not UNBOUND:
            _leave_in_graph(world, before)
    return NO_VALUE


def _leave_in_graph(world: Libraries, before: int) -> None:
    """Tensors that a layer makes in its `build`, while Keras 3 calls the model around it on symbols: they belong to a
    graph that is thrown away, and what uses them later raises.
    """
    depth = world.run.graph_depth
    for node in world.run.graph.nodes[before:]:
        if node.kind == "tensor" and not node.is_transparent and not node.opaque:
            node.depth = max(node.depth, depth + 1)
            world.known.left_in_graph.add(node.id)


def _shape_of(world: Libraries, inputs: Value, site: Site) -> Value:
    """The shape with which `build` is called."""
    if inputs is UNBOUND or plain.lacks(inputs, "shape"):
        return world.inert("shape", Arguments([]), site)
    return world.run.attribute(inputs, "shape", site)


def _build_of_keras(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """Keras's own `build`, of a class without one, or by `super()`: variables are made of a concrete layer only."""
    assert isinstance(base, Cell)
    world.run.state.set((base.uid, "built"), Const(True))
    shape = args.get(0, "input_shape", NO_VALUE)
    _build_part(world, base, shapes.as_shape(world, shape), site)
    if _wraps(world, base):
        _build_wrapped(world, base, shape, site)
    return NO_VALUE


def _wraps(world: Libraries, base: Cell) -> bool:
    """Whether an object is of a class of the program that extends Keras's `Wrapper`."""
    order = world.run.lineage(base.info)
    return any(isinstance(cls, Library) and cls.name.endswith(".layers.Wrapper") for cls in order)


def _build_wrapped(world: Libraries, base: Cell, shape: Value, site: Site) -> None:
    """`Wrapper.build`: the layer inside is built, if it is not."""
    layer = world.run.state.get((base.uid, "layer"))
    if isinstance(layer, Cell) and world.run.truth(world.run.attribute(layer, "built", site)) is not True:
        world.run.call(world.run.attribute(layer, "build", site), Arguments([shape]), site)


def _build_part(world: Libraries, base: Cell, inputs: shapes.Shape | None, site: Site) -> None:
    part = part_of(world, base)
    if part is not None and isinstance(part.info, LayerInfo):
        build(world, part, site, inputs)


def _note_built(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """In Keras 3 a layer is built once its own `build` has run, whoever called it."""
    if isinstance(base, Cell) and is_keras(world, base) and not is_old(world, base):
        found = world.run.find_in_class(base.info, "build")
        if found is not None and found[0] == args.positional[0]:
            world.run.state.set((base.uid, "built"), Const(True))
    return NO_VALUE


def _add_weight(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    trainable = first_trainable(world, base, args.keywords.get("trainable", TRUE))
    if is_keras(world, base, ("metric",)):  # it counts
        trainable = FALSE
    dtype = args.keywords.get("dtype", Const("float32"))
    name = args.keywords.get("name", args.get(0, "name", Const("")))
    dtype = Const("float32") if dtype == NO_VALUE else dtype
    label = str(name.value) if isinstance(name, Const) and isinstance(name.value, str) else ""
    flavor = "tf" if is_old(world, base) else "keras"
    made = make_variable(world, _start(world, args, site), dtype, trainable, flavor, site, label)
    trainability.take_in(world, base, made)
    regularize(world, made, args.keywords.get("regularizer", UNBOUND))
    hide_name(world, made, name, site)
    world.run.state.push((base.uid, "added weights"), made)
    return made


def _start(world: Libraries, args: Arguments, site: Site) -> Value:
    """What `add_weight(shape, initializer)` starts with; in Keras 2 a name comes first."""
    named = isinstance(args.get(0, ""), Const) and isinstance(getattr(args.get(0, ""), "value", None), str)
    asked = args.get(1 if named else 0, "shape", NO_VALUE)
    shape = () if asked == NO_VALUE else shapes.as_shape(world, asked)
    initializer = args.get(3 if named else 1, "initializer", NO_VALUE)
    if initializer == NO_VALUE:
        initializer = Const("glorot_uniform")
    return initializers.content(world, initializer, shape, site)


def _compile(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    note_compiled(world, base)
    names = ("optimizer", "loss")
    for index, name in enumerate(names):
        value = args.get(index, name)
        if name == "loss" and value is UNBOUND and args.rest is None and not is_old(world, base):
            value = NO_VALUE
        if name == "loss" and isinstance(value, Const) and isinstance(value.value, str):
            value = Library(f"keras.losses.{value.value}")
        if name == "optimizer" and isinstance(value, Const) and isinstance(value.value, str):
            value = Cell(world.run.uid(), "optimizer", "keras.optimizers.Optimizer", site)
        if name == "optimizer":
            optimizer_variables.forget(world, value)  # training builds it with all variables of the model
        if name == "loss" and value is not UNBOUND:
            world.run.escape([value])  # Keras calls it in `compute_loss`
        if value is not UNBOUND:
            world.run.state.set((base.uid, "optimizer" if name == "optimizer" else f"compiled {name}"), value)
    eagerly = args.keywords.get("run_eagerly", UNBOUND)
    if eagerly is not UNBOUND:
        world.run.state.set((base.uid, "run_eagerly"), eagerly)
    return NO_VALUE


def _runs_eagerly(world: Libraries, base: Cell) -> bool:
    """Whether `fit` may run `train_step` without a graph."""
    wanted = world.run.state.get((base.uid, "run_eagerly"))
    told = world.run.state.get((0, "functions run eagerly")) is not UNBOUND
    return told or (wanted is not UNBOUND and world.run.truth(wanted) is not False)


@contextmanager
def _graph(world: Libraries, on: bool) -> Iterator[None]:
    world.run.graph_mode += on
    try:
        yield
    finally:
        world.run.graph_mode -= on


def _fit(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`model.fit` runs an overridden `train_step` in a graph."""
    assert isinstance(base, Cell)
    step = world.run.class_attribute(base, "train_step") if base.kind == "instance" else None
    if step is not None:
        x, y = args.get(0, "x"), args.get(1, "y")
        fresh = [_batch_of(world, v, site) for v in (x, y) if v is not UNBOUND]
        data: Value = Tuple(tuple(fresh)) if len(fresh) != 1 else one_batch(world, x, fresh[0], site)
        eagerly = _runs_eagerly(world, base)
        mode = nullcontext() if eagerly or is_old(world, base) else unconverted(world)
        with mode, _graph(world, not eagerly), symbolic_arguments(world, [data]):
            world.run.branch(NO_VALUE, site.node, [lambda: world.run.call(step, Arguments([data]), site) and None])
    reload(world, base, args, site)
    return world.inert("Model.fit", Arguments([]), site)


def one_batch(world: Libraries, x: Value, fresh: Value, site: Site) -> Value:
    """What `train_step` gets for one argument: an array's batch alone or in a tuple, or a dataset's element."""
    if isinstance(x, Cell) and x.kind == "dataset":
        items = world.run.elements(x, site)
        return items.element if isinstance(items, Many) else world.run.join_all(items)
    return fresh


def _batch_of(world: Libraries, value: Value, site: Site) -> Value:
    """A part of the data: whole numbers and truths stay what they are, other numbers become floats of Keras's."""
    given = apply.dtype_of(world, value) if isinstance(value, (Data, Variable)) else ""
    batch = value if isinstance(value, Const) else world.inert("batch", Arguments([value]), site)
    node = world.run.node_of(batch, site)
    dtype = given if given in ("i", "b") else "f"
    edges = [Edge(node, NONE)] if node is not None else []
    return Data(world.run.node("Model.fit", edges, site, dtype=dtype), "tensor", dtype)


# -- Python's own, modules, losses


def _of_python(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What Python's own classes do for those that extend them; containers keep what they are given."""
    keeps = cls in ("builtins.dict", "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple")
    return Method(base, name) if name == "__init_subclass__" or (name == "__init__" and not keeps) else None


def module_inherited(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What `tf.Module` gives: its variables, by sorted attribute names."""
    if not isinstance(base, Cell):
        return Library(f"{cls}.{name}")
    if name in ("variables", "trainable_variables", "non_trainable_variables"):
        found = module_variables(world, base, set())
        if found is not None and name != "variables":
            wanted = name == "trainable_variables"
            found = [v for v in found if isinstance(v, Variable) and (v.trainable is not False) == wanted]
        if not found and (found is None or not any(is_layer(v) for v in tracked(world, base))):
            return unknown_weights(world, base, site)
        return Tuple(tuple(found))
    if name in ("name_scope", "with_name_scope"):
        world.run.state.set(SCOPED, TRUE)
    if name in ("name", "name_scope", "submodules"):
        return world.inert(name, Arguments([]), site)
    if module_lacks(world, base, name):
        world.raised("AttributeError", site, f"{cls}.{name}")
    return Method(base, name)


def module_variables(world: Libraries, base: Cell, seen: set[int]) -> list[Value] | None:
    """All variables that a module's attributes hold, in TensorFlow's order. It knows no layers and variables of
    Keras 3."""
    if base.uid in seen:
        return []
    seen.add(base.uid)
    names = world.run.state.get((base.uid, "__names__"))
    later: list[Cell] = []
    found: list[Value] = []
    for name in sorted(names.names) if isinstance(names, Names) else ():
        held = world.run.state.get((base.uid, name))
        known = flattened(world, held)
        for value in known if known is not None else leaves(world, held):
            if isinstance(value, Variable) and value.flavor == "tf" and value not in found:
                found.append(value)
            elif isinstance(value, Cell) and value.kind in ("instance", "layer"):
                later.append(value)
    for value in later:
        is_module = value.kind == "instance" and not is_keras(world, value)
        if is_module and _has_unseen_base(world, value):
            return None
        if not is_module and not is_of_keras_2(world, value):
            continue
        inner = module_variables(world, value, seen) if is_module else weights_of(world, value)
        if inner is None:
            return None
        found += [v for v in inner if v not in found]
    return found


def _has_unseen_base(world: Libraries, cell: Cell) -> bool:
    """Whether an object's class comes from one that cannot be seen, which may hold variables of its own."""
    bases = [c for c in world.run.lineage(cell.info) if not isinstance(c, Class)]
    return any(not isinstance(c, Library) or not (_is_plain(c.name) or world.base_family(c.name)) for c in bases)


def _is_plain(name: str) -> bool:
    return name == "tensorflow.Module" or name.partition(".")[0] in ("builtins", "abc", "typing", "enum")
