"""Keras: its objects as they are made, the weights of layers, and what calling a layer gives."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from tapelint.facts import Effect, Fact, whose_backward_pass
from tapelint.facts.values import Linearity
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import MISSING, ROWS, SEVERAL, Edge, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    OneOf,
    Tuple,
    Value,
    Variable,
    options,
    parts_of,
)

from .. import apply
from ..names import OLD_KERAS, is_of_keras, of_keras
from ..natures import is_regularizer
from ..refusals import fitting
from ..refusals.refusing import may_be_missing
from ..registry import Registry
from ..shapes import shapes, shapes_layers, widths
from ..tensorflow.singletons import note_metric, note_optimizer
from ..tensorflow.tensorflow import make_variable
from ..tensorflow.variable_names import name_weight
from ..world import Libraries
from . import initializers, keras_arguments, merging, optimizer_variables, trainability
from .layer_calls import SYMBOLIC_BUILD, called, note_loss, regularize, settle_training
from .replaced import instead_of, written
from .symbolic import symbolic

LINEAR_WEIGHTS = ("bias", "beta", "recurrent_bias", "attention_output/bias")


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """What never changes about a layer: its class, its fact, what its constructor was given.

    `old`: it is one of Keras 2, whose weights are variables of TensorFlow.
    """

    name: str
    fact: Fact | None
    args: Arguments
    old: bool = False


def register(registry: Registry) -> None:
    """Add what makes Keras's objects, and calls of layers."""
    registry.families.append(make)
    registry.calls["layer"] = call_layer


def make(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """A Keras object by its class."""
    if not is_of_keras(name):
        return None
    fact = world.facts.fact(name)
    kind = fact.kind if fact is not None else ""
    if (
        name.startswith(("keras.optimizers.", "tf_keras.optimizers.")) and name.rpartition(".")[2][:1].isupper()
    ) or kind == "optimizer":
        if ".schedules." in name:
            return Cell(world.run.uid(), "schedule", name, site)
        note_optimizer(world, name, site)
        keras_arguments.note_made(world, name, fact, args)
        return optimizer_variables.make(world, name, args, site)
    if kind in ("layer", "loss", "metric", "regularizer", "constraint"):
        keras_arguments.note_made(world, name, fact, args)
    if kind == "layer":
        return make_layer(world, name, args, site)
    if kind == "loss" and not name.startswith(OLD_KERAS) and _is_no_reduction(keras_arguments.reduction_of(fact, args)):
        world.raised("ValueError", site, name)
    if kind in ("loss", "metric"):
        info = LayerInfo(fact.name if fact else name, fact, args, name.startswith(OLD_KERAS))
        if kind == "metric":
            note_metric(world, name, site)
        return Cell(world.run.uid(), kind, info, site)
    if of_keras(name).startswith("keras.layers.") and name.rpartition(".")[2][:1].isupper():
        return make_layer(world, name, args, site)
    return None


def _is_no_reduction(value: Value) -> bool:
    """Whether a loss of Keras 3 refuses what it is told to make of its numbers: "auto" of Keras 2."""
    return isinstance(value, Const) and value.value not in REDUCTIONS


REDUCTIONS = (None, "none", "sum", "mean", "sum_over_batch_size", "mean_with_sample_weight")


def make_layer(world: Libraries, name: str, args: Arguments, site: Site) -> Cell:
    """A layer; its weights come with its first call, or with `build`."""
    apply.may_call_again(world, args, site)
    fact, old = world.facts.fact(name), name.startswith(OLD_KERAS)
    cell = Cell(world.run.uid(), "layer", LayerInfo(fact.name if fact else name, fact, args, old), site)
    trainability.give(world, cell, args)
    if fact is None:
        world.run.escape(args.every())
    if not old:
        _draw(world, cell, site)
        if error := keras_arguments.refused_size(cell.info.name, fact, args):
            world.raised(error, site, name)
    return cell


def _draw(world: Libraries, cell: Cell, site: Site | None) -> None:
    """Keras 3 keeps the state of a layer's random generator in a variable, where the layer draws at all."""
    info: LayerInfo = cell.info
    names = [p.name for p in info.fact.parameters] if info.fact is not None else []
    share = next((parameter(info, n) for n in ("rate", "stddev", "dropout") if n in names), UNBOUND)
    never = share is not UNBOUND and world.run.truth(share) is False and info.name not in RECURRENT
    if site is not None and "seed" in names and not never:
        state = make_variable(world, UNBOUND, Const("uint32"), FALSE, "keras", site, "seed_generator_state")
        world.run.state.set((cell.uid, "random state"), state)


def random_states(world: Libraries, cell: Cell) -> tuple[Value, ...]:
    """The state of a layer's random generator, if it has one."""
    state = world.run.state.get((cell.uid, "random state"))
    return (state,) if state is not UNBOUND else ()


# -- weights


def parameter(info: LayerInfo, name: str) -> Value:
    """A constructor parameter of a layer, given or default (as text)."""
    fact = info.fact
    names = [p.name for p in fact.parameters] if fact is not None else []
    given = info.args.get(names.index(name) if name in names else 99, name)
    if given is not UNBOUND or fact is None:
        return given
    default = next((p.default for p in fact.parameters if p.name == name), None)
    if default is None:
        return UNBOUND
    return DEFAULTS[default] if default in DEFAULTS else Const(_literal(default))


DEFAULTS: dict[str, Value] = {"True": TRUE, "False": FALSE, "None": NO_VALUE}


def _literal(text: str) -> object:
    """What a default is: a number or a text."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def own_built(world: Libraries, cell: Cell) -> bool:
    """What a layer's own attribute `built` says."""
    return world.run.state.get((cell.uid, "built")) not in (UNBOUND, Const(False))


def lacks_weights(world: Libraries, cell: Cell) -> bool:
    """Whether a layer of Keras 3 has no weights yet, for certain, and will have some."""
    info: LayerInfo = cell.info
    seen = cell.uid > world.run.outside and not world.run.is_in_unknown_hands(cell)
    return seen and not own_built(world, cell) and not info.old and info.fact is not None and bool(info.fact.weights)


def build(world: Libraries, cell: Cell, site: Site, inputs: shapes.Shape | None = None) -> None:
    """Make a layer's weights, once; `inputs`: the shape of what it is called with."""
    if own_built(world, cell):
        return
    world.run.state.set((cell.uid, "built"), Const(True))
    info: LayerInfo = cell.info
    weights: list[Value] = []
    for inner in inner_layers(world, cell):
        if isinstance(inner.info, LayerInfo):
            build(world, inner, site)
    for weight in info.fact.weights if info.fact is not None else ():
        if weight.when is not None and _is_left_out(world, parameter(info, weight.when[0]), weight.when[1]):
            continue
        trainable = first_trainable(world, cell, Const(weight.trainable))
        shape = shapes_layers.of_weight(world, info.name, weight.name, lambda word: parameter(info, word), inputs)
        start = initializers.content(world, parameter(info, f"{weight.name}_initializer"), shape, site)
        flavor = "tf" if info.old else "keras"
        made = make_variable(world, start, Const("float32"), trainable, flavor, cell.site or site, weight.name)
        made = _as_on_other_ways(world, cell, made)
        if info.old:
            name_weight(world, made, info.args.keywords.get("name", UNBOUND), info.name)
        if weight.outcome == "none":
            world.run.state.set((made.uid, "outcome"), Const("none"))
        trainability.take_in(world, cell, made)
        regularize(world, made, parameter(info, f"{weight.name}_regularizer"))
        weights.append(made)
    world.run.state.set((cell.uid, "weights"), Tuple(tuple(weights)))


def _as_on_other_ways(world: Libraries, cell: Cell, made: Variable) -> Variable:
    """A weight that a layer has: the same one where it is built on another way through the program as well."""
    twin = world.built.setdefault((cell.uid, made.name), made)
    if twin is made or (twin.shape, twin.trainable) != (made.shape, made.trainable):
        return made
    for field in ("content", "dtype"):
        world.run.state.set((twin.uid, field), world.run.state.get((made.uid, field)))
    return twin


def _is_left_out(world: Libraries, value: Value, wanted: bool | str) -> bool:
    """Whether a constructor parameter certainly is not what a weight needs to exist."""
    if isinstance(wanted, str):
        return isinstance(value, Const) and value.value != wanted
    if not wanted and isinstance(value, Const) and isinstance(value.value, (int, float)):
        return value.value is not False  # a number that is given, be it 0, is no missing one
    truth = world.run.truth(value) if value is not UNBOUND else None
    return truth is not None and truth != wanted


def first_trainable(world: Libraries, cell: Cell, wanted: Value) -> Value:
    """Whether a weight is trainable when its variable is made, which decides what tapes watch; UNBOUND where nobody can
    tell. What is set later, or was set on the layer, changes the lists of variables only: but while a model is built by
    a symbolic call, the layer's word comes first, if that call works.
    """
    deferred = world.run.state.get(SYMBOLIC_BUILD) is not UNBOUND and wanted != FALSE
    return UNBOUND if deferred and trainability.stated(world, cell) not in (UNBOUND, TRUE) else wanted


BACKWARD = "backward layer"
"""The field of a Bidirectional layer that holds the copy which runs backwards."""


def inner_layers(world: Libraries, cell: Cell) -> list[Cell]:
    """Layers that a wrapper was given (Bidirectional, TimeDistributed, RNN)."""
    info: LayerInfo = cell.info
    found: list[Cell] = []
    for value in info.args.every():
        items = containers.sequence(world.run, value)
        each = [way for item in (parts_of(items) if items is not None else [value]) for way in options(item)]
        found += [v for v in each if isinstance(v, Cell) and v.kind in ("layer", "instance")]
    if info.name.endswith(".layers.Bidirectional") and found:
        key = (cell.uid, BACKWARD)
        other = world.run.state.get(key)
        if not isinstance(other, Cell) and isinstance(found[0].info, LayerInfo):
            other = _once_more(world, found[0])
            world.run.state.set(key, other)
            if random_states(world, found[0]):
                _draw(world, other, found[0].site or cell.site)
        if isinstance(other, Cell) and len(found) == 1:
            found.append(other)
    return found


def _once_more(world: Libraries, layer: Cell) -> Cell:
    """A layer made like another one, of which the layers inside are made once more as well."""
    info: LayerInfo = layer.info

    def again(value: Value) -> Value:
        if isinstance(value, Cell) and value.kind == "layer" and isinstance(value.info, LayerInfo):
            return _once_more(world, value)
        items = containers.sequence(world.run, value)
        if isinstance(items, Tuple) and any(isinstance(item, Cell) for item in items.items):
            return containers.make_list(world.run, Tuple(tuple(map(again, items.items))))
        return value

    keywords = {name: again(value) for name, value in info.args.keywords.items()}
    given = replace(info.args, positional=[again(value) for value in info.args.positional], keywords=keywords)
    made = Cell(world.run.uid(), "layer", replace(info, args=given), layer.site)
    trainability.give(world, made, given)
    return made


def every_inner(world: Libraries, cell: Cell) -> list[Cell]:
    """The layers that a wrapper was given, and those that they were given in their turn."""
    found: list[Cell] = []
    for inner in inner_layers(world, cell):
        found += [inner, *(every_inner(world, inner) if isinstance(inner.info, LayerInfo) else ())]
    return found


def own_weights(world: Libraries, cell: Cell) -> tuple[Value, ...]:
    """The weights of one layer as it is now; none before it is built."""
    weights = world.run.state.get((cell.uid, "weights"))
    return weights.items if isinstance(weights, Tuple) else ()


ADAPTED = "adapted"
"""Set on a layer when low-rank adapters were put beside its kernel, or when that was quantised."""


def is_adapted(world: Libraries, cell: Cell) -> bool:
    """Whether a layer's kernel is, or may be, something computed and no variable any more."""
    asked = cell.info.args.keywords.get("lora_rank", NO_VALUE) if isinstance(cell.info, LayerInfo) else NO_VALUE
    return asked != NO_VALUE or world.run.state.get((cell.uid, ADAPTED)) is not UNBOUND


def replaced(world: Libraries, cell: Cell) -> list[Value]:
    """What was written in the place of a layer's weights, or of its call."""
    fact = cell.info.fact if isinstance(cell.info, LayerInfo) else None
    return instead_of(world, cell, [w.name for w in fact.weights], own_weights(world, cell)) if fact is not None else []


def _still_used(world: Libraries, cell: Cell) -> list[Value]:
    """The weights in whose places nothing was written."""
    kept = []
    for weight in own_weights(world, cell):
        names = {option.name for option in options(weight) if isinstance(option, Variable)}
        fields = [*names, *(f"_{name}" for name in names)]
        if all(written(world, cell, field) in (UNBOUND, weight) for field in fields):
            kept.append(weight)
    return kept


# -- calls


def call_layer(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """`layer(x)`."""
    assert isinstance(callee, Cell)
    with called(world, callee):
        return _call(world, callee, args, site)


def _call(world: Libraries, callee: Cell, args: Arguments, site: Site) -> Value:
    if isinstance(callee.info, LayerInfo):
        return _call_plain(world, callee, args, site)
    if callee.kind == "instance":  # `call` of a class that has none of its own
        return world.run.call_unknown(callee, args, site)
    handler = world.registry.calls["model"]
    return handler(world, callee, args, site)


def _call_plain(world: Libraries, cell: Cell, args: Arguments, site: Site) -> Value:
    info: LayerInfo = cell.info
    world.recorder.note("called", cell, site)
    inputs = shapes.of_value(world, args.get(0, "inputs"))
    if world.run.graph_mode and not own_built(world, cell) and _is_unfit(world, info, args):
        nothing = world.run.opaque(site, args.every())  # before it is told that no variable can be made there
        world.known.doubt([nothing.node])
        return nothing
    if not info.old and not own_built(world, cell):
        merging.check(world, info.name, lambda word: parameter(info, word), args.get(0, "inputs"), site)
    build(world, cell, site, inputs)
    if _is_misfit(world, cell, inputs) and not may_be_missing(world, [args.get(0, "inputs")], "ValueError"):
        world.raised("ValueError", site, info.name)
    if _has_a_variable_for_keys(world, info, args):
        world.raised("AttributeError", site, info.name)
    if info.fact is None:
        return world.run.call_unknown(cell, args, site)
    if info.name == STACK:
        return _of_a_stack(world, cell, args, site)
    keras_arguments.note_called(world, info.fact, args)
    if world.is_callable(own := written(world, cell, "call")):
        return world.run.call(own, args, site)
    if instead := replaced(world, cell):
        used = [*args.every(), *_still_used(world, cell), *inner_layers(world, cell), *instead]
        made = world.run.call_unknown(Library(info.name), Arguments(used), site)
        made.node.outside = True  # it is differentiable, as layers are
        return made
    inner = [c for c in inner_layers(world, cell) if c.kind == "instance" or not isinstance(c.info, LayerInfo)]
    if (parts := world.registry.calls["both ways"](world, cell, args, site)) is not UNBOUND:
        return parts
    if info.name.endswith(".layers.TimeDistributed"):
        wrapped = parameter(info, "layer")
        inner += [wrapped] if isinstance(wrapped, Cell) and wrapped.kind == "lambda layer" else []
        if inner:
            return world.run.call(inner[0], args, site)
    steps = bool(inner) or info.name == "keras.layers.RNN"
    if steps and (around := world.registry.calls["layer around a cell"](world, cell, args, site)) is not UNBOUND:
        return around
    given = _for_training(world, info.fact, info.old, apply.bind(info.fact.call_parameters, args), args)
    if info.name.endswith(".BatchNormalization") and trainability.of_layer(world, cell) is not True:
        _frozen(world, cell, given, site)
    constants, unknown = apply.constants(world, apply.bind(info.fact.parameters, info.args))
    more, more_unknown = apply.constants(world, given)
    if info.name.endswith(".ReLU"):  # what it is told says which numbers it gives
        told = {word: parameter(info, word) for word in ("negative_slope", "threshold")}
        given.values.update({n: v for n, v in told.items() if v is not UNBOUND and getattr(v, "value", True)})
    function = written(world, cell, "activation")
    function = parameter(info, "activation") if function is UNBOUND else function
    effect = info.fact.effect({**constants, **more}, unknown | more_unknown)
    edges = weight_edges(world, cell, site)
    if info.name.endswith(".BatchNormalization"):
        edges = _of_a_batch(world, cell, edges, given)
    effect = _with_weights(world, effect, given) if edges else effect
    edges += apply.by_own_code(world, _unfollowed(world, cell), site)
    result = apply.answer(world, info.name, effect, given, site, edges)
    result = _as_layers_give(world, cell, args, given, result, site)
    result = _activate(world, cell, function, result, site)
    _note_penalty(world, cell, result, site)
    return symbolic(world, cell, args, result)


def _of_a_stack(world: Libraries, cell: Cell, args: Arguments, site: Site) -> Value:
    """One step of cells that stand one behind the other: what each leaves hangs on some of the weights."""
    made = world.run.opaque(site, args.every(), reached=[edge.node for edge in weight_edges(world, cell, site)])
    made.node.detail = MISSING
    return made


def _as_layers_give(
    world: Libraries, cell: Cell, args: Arguments, given: apply.Given, result: Value, site: Site
) -> Value:
    """What a layer gives, with what is known of its dtype, its rows and its shape, and whether it may be refused."""
    info: LayerInfo = cell.info
    assert info.fact is not None
    if isinstance(result, Data) and result.dtype == "f":
        result = replace(result, width=widths.of_layer(world, parameter(info, "dtype")))
    if _may_drop_all(world, info, given):
        result = world.run.opaque(site, [result])
    _without_later_weights(world, cell, result)
    if info.name in whose_backward_pass("looks up rows") and isinstance(result, Data):
        result.node.detail = result.node.detail or ROWS
    alone = isinstance(args.get(0, "inputs"), (Data, Variable)) and not inner_layers(world, cell)
    if isinstance(result, Data) and not alone:
        result.node.detail = result.node.detail or SEVERAL  # as many as it was given, or as the inner layer gives
    result = shapes_layers.of_layer(world, info.name, lambda word: parameter(info, word), given, result)
    if not info.old:
        result = merging.shaped(world, info.name, lambda word: parameter(info, word), args.get(0, "inputs"), result)
        apply.doubt(world, info.fact, given, world.run.nodes_in(result))
    return result


def _is_unfit(world: Libraries, info: LayerInfo, args: Arguments) -> bool:
    """Whether a layer of Keras 3 is called with what it refuses."""
    if info.fact is None or info.old:
        return False
    given = apply.bind(info.fact.call_parameters, args)
    return fitting.is_unfit(world, info.fact, given) or fitting.is_oddly_given(world, info.fact, given)


def _for_training(world: Libraries, fact: Fact, old: bool, given: apply.Given, args: Arguments) -> apply.Given:
    """What a layer is given, with the `training` that it takes from the call around."""
    mine = next((p for p in fact.call_parameters if p.name == "training"), None)
    if old:
        return given
    default = UNBOUND if mine is None or mine.default is None else DEFAULTS.get(mine.default, UNBOUND)
    value = settle_training(world, given.get("training", args.keywords.get("training", UNBOUND)), default)
    if mine is not None and value not in (UNBOUND, NO_VALUE):
        given.values["training"] = value
    return given


def _may_drop_all(world: Libraries, info: LayerInfo, given: apply.Given) -> bool:
    """Whether a layer may give zeros that are made of nothing: it leaves all out while a model is trained."""
    rate = parameter(info, "rate") if info.name.partition("Dropout")[1] else UNBOUND
    return isinstance(rate, Const) and rate.value == 1 and given.values.get("training") != FALSE


def _is_misfit(world: Libraries, cell: Cell, inputs: shapes.Shape | None) -> bool:
    """Whether a dense layer was built for inputs of another length."""
    kernel = next(iter(own_weights(world, cell)), None) if cell.info.name == "keras.layers.Dense" else None
    shape = kernel.shape if isinstance(kernel, Variable) else None
    if not inputs or shape is None or len(shape) != 2:
        return False
    return None not in (inputs[-1], shape[0]) and inputs[-1] != shape[0]


def _has_a_variable_for_keys(world: Libraries, info: LayerInfo, args: Arguments) -> bool:
    """Whether an attention layer asks a variable of TensorFlow for its number of axes, which it does not tell."""
    if info.name != "keras.layers.Attention" or info.old or parameter(info, "score_mode") != Const("dot"):
        return False
    items = containers.sequence(world.run, args.get(0, "inputs"))
    last = items.items[-1] if isinstance(items, Tuple) and len(items.items) > 1 else UNBOUND
    return isinstance(last, Variable) and last.flavor == "tf"


def _frozen(world: Libraries, cell: Cell, given: apply.Given, site: Site) -> None:
    """A normalisation that is frozen, or may be, does what it does where it is not being trained."""
    if given.get("training") not in (UNBOUND, NO_VALUE, FALSE):
        surely = trainability.of_layer(world, cell) is False
        given.values["training"] = FALSE if surely else world.run.opaque(site)


def _of_a_batch(world: Libraries, cell: Cell, edges: list[Edge], given: apply.Given) -> list[Edge]:
    """What a normalisation reads: what is known of earlier batches only where it is not being trained."""
    training = given.get("training")
    if training in (UNBOUND, NO_VALUE, FALSE):
        return edges
    moving = {
        weight.node for weight in own_weights(world, cell)
        if isinstance(weight, Variable) and weight.name.startswith("moving_")
    }  # fmt: skip
    outcome = NONE if training == TRUE else ANYTHING
    return [edge._replace(outcome=outcome) if edge.node in moving else edge for edge in edges]


def _unfollowed(world: Libraries, cell: Cell) -> list[Value]:
    """The project's code that a layer runs and that is not followed: a cell's, an activation between its steps."""
    info: LayerInfo = cell.info
    found: list[Value] = []
    for layer in [cell, *every_inner(world, cell)]:
        if not isinstance(layer.info, LayerInfo):
            found.append(layer)
            continue
        followed = layer is cell and info.name not in RECURRENT
        names = apply.bind(layer.info.fact.parameters, layer.info.args).values if layer.info.fact is not None else {}
        found += [v for n, v in names.items() if n.endswith("activation") and not (followed and n == "activation")]
        wrapped = [v for n, v in names.items() if n in ("layer", "cell")]
        found += [v.info for v in wrapped if isinstance(v, Cell) and v.kind == "lambda layer"]
    return found


def penalty(world: Libraries, regularizer: Value, value: Value, site: Site) -> Value:
    """What a regularizer makes of a weight or of what a layer gives."""
    if is_regularizer(regularizer) or world.is_callable(regularizer):
        return world.run.call(regularizer, Arguments([value]), site)
    node = world.run.node_of(value, site)
    edges = [Edge(node, FLOWS, "square")] if node is not None else []
    return Data(world.run.node("keras.regularizers", edges, site, dtype="f"))


def _note_penalty(world: Libraries, cell: Cell, result: Value, site: Site) -> None:
    """Keep what a layer adds to a loss for what it gives."""
    regularizer = parameter(cell.info, "activity_regularizer")
    adds = cell.info.name == "keras.layers.ActivityRegularization" or regularizer not in (UNBOUND, NO_VALUE)
    if adds and not world.is_symbolic([result]):
        note_loss(world, cell, penalty(world, regularizer, result, site))


def _with_weights(world: Libraries, effect: Effect, given: apply.Given) -> Effect:
    """A layer that is linear in its inputs is bilinear with its weights, which are floats: so is its result."""
    inputs = {n: replace(i, linearity="bilinear") if i.linearity == "linear" else i for n, i in effect.inputs.items()}
    result = effect.result
    if result.dtype == "same" and apply.result_dtype(world, "", effect, given) in "ib":
        result = replace(result, dtype="float32")
    return replace(effect, inputs=inputs, result=result)


def weight_edges(world: Libraries, cell: Cell, site: Site) -> list[Edge]:
    """The edges from a layer's weights to its output, those of inner layers included."""
    edges: list[Edge] = []
    for layer in [cell, *every_inner(world, cell)]:
        for weight in (way for own in own_weights(world, layer) for way in options(own)):
            if isinstance(weight, Variable):
                node = world.use(weight, site)
                linearity = _linearity(cell, layer, weight.name)
                cut = world.run.state.get((weight.uid, "outcome")) is not UNBOUND or (
                    not weight.trainable and weight.dtype != "f"
                )
                edges.append(Edge(node, NONE if cut else FLOWS, linearity))
    return edges


def _linearity(cell: Cell, layer: Cell, weight: str) -> Linearity:
    """On what the derivative of what a layer gives depends, by a weight of its own or of a layer inside it."""
    info = layer.info
    activation = parameter(info, "activation") if info.fact is not None else UNBOUND
    straight = activation in (UNBOUND, NO_VALUE, Const("linear"))
    around = cell.info.name.endswith(("layers.Bidirectional", "layers.RNN"))
    if info.name in RECURRENT or around:
        return "unclear" if straight and activation is not UNBOUND else "other"
    if not straight and layer is not cell:
        return "other"
    if weight.startswith(("query/", "key/")):  # through a softmax
        return "other"
    return "linear" if weight in LINEAR_WEIGHTS else "bilinear"


NOT_OF_THE_SCORES = ("value/", "attention_output/")
"""The weights of an attention layer that come after its scores, by how their names begin."""


def _without_later_weights(world: Libraries, cell: Cell, result: Value) -> None:
    """Scores that an attention layer gives beside its output are computed without the weights that come later."""
    scores = result.items[1] if isinstance(result, Tuple) and len(result.items) == 2 else None
    later = {
        world.run.node_of(weight)
        for weight in own_weights(world, cell)
        if isinstance(weight, Variable) and weight.name.startswith(NOT_OF_THE_SCORES)
    }
    if isinstance(scores, Data) and later:
        scores.node.edges = tuple(edge for edge in scores.node.edges if edge.node not in later)


def blamed(value: Value, site: Site | None) -> Value:
    """The same value; what is wrong with it is to be mended at another place."""
    if isinstance(value, Data):
        value.node.blame = site
    return value


def _activate(world: Libraries, cell: Cell, function: Value, result: Value, site: Site) -> Value:
    info: LayerInfo = cell.info
    if isinstance(function, OneOf):
        with world.run.for_one_of_several():
            each = [_activate(world, cell, option, result, site) for option in function.options]
        return world.run.join_all(each)
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


STACK = "keras.layers.StackedRNNCells"
RECURRENT = frozenset(
    f"keras.layers.{n}"
    for n in (
        *("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"),
        *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    )
)
