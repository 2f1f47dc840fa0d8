"""What layers and models of Keras 3 refuse by the shape of what they are called with, or by how much it is."""

from __future__ import annotations

from dataclasses import replace

from tapelint.facts import refused_ranks
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import UNBOUND, Cell, Data, Tuple, Value, Variable, options

from ..refusals.refusing import may_be_missing
from ..shapes import shapes_layers
from ..shapes.shapes import Shape, as_shape, cannot_become, differ
from ..world import Libraries
from .keras import LayerInfo, own_built, parameter
from .weights import ModelInfo, is_of_keras_2


def check(world: Libraries, layer: Cell, args: Arguments, site: Site) -> Arguments:
    """A layer or model is called: what it takes instead, where a model takes away or adds a last axis of length 1."""
    if layer.kind == "instance" or is_of_keras_2(world, layer):
        return args
    first = args.get(0, "inputs")
    if isinstance(layer.info, ModelInfo):
        return _taken_by_model(world, layer, args, first, site)
    if _has_two_inputs(layer, args):
        world.raised("TypeError", site, "Layer.__call__")
    elif isinstance(layer.info, LayerInfo) and (
        _is_refused(world, layer.info, _shape(first)) or _is_too_small(world, layer, first)
    ):
        _refuse(world, layer.info.name, first, site)
    return args


def _refuse(world: Libraries, name: str, value: Value, site: Site) -> None:
    """Raise for the shape of a value, if it was made."""
    if not may_be_missing(world, [value], "ValueError"):
        world.raised("ValueError", site, name)


def _shape(value: Value) -> Shape | None:
    """The shape of one tensor or variable; None of anything else."""
    return value.shape if isinstance(value, (Data, Variable)) else None


def _has_two_inputs(layer: Cell, args: Arguments) -> bool:
    """Whether a second tensor stands where Keras says itself whether the call is for training."""
    if not _is_second_tensor(args):
        return False
    fact = layer.info.fact if isinstance(layer.info, LayerInfo) else None
    named = [p.name for p in fact.call_parameters[1:]] if fact is not None else ["unknown"]
    return named[:1] in ([], ["training"])


def _is_refused(world: Libraries, info: LayerInfo, shape: Shape | None) -> bool:
    """Whether a built-in layer refuses a tensor for the number of its axes, or of what it holds."""
    if shape is None:
        return False
    if info.name == "keras.layers.Permute":
        order = as_shape(world, parameter(info, "dims"))
        return order is not None and len(shape) != len(order) + 1
    if info.name != "keras.layers.Reshape":
        return len(shape) in refused_ranks(info.name)
    wanted = as_shape(world, parameter(info, "target_shape"))
    if wanted is None or not shape or None in (*shape[1:], *wanted):
        return False
    return cannot_become(shape[1:], wanted)


def _is_too_small(world: Libraries, layer: Cell, value: Value) -> bool:
    """Whether Keras finds that nothing would be left of a map: as it builds the layer, or calls it on a symbol."""
    info, shape = layer.info, _shape(value)
    if not shape or world.run.graph_mode:
        return False
    if not shapes_layers.leaves_nothing(world, info.name, lambda word: parameter(info, word), shape):
        return False
    if "Pooling" in info.name:
        return world.is_symbolic([value])
    return "Cropping" in info.name or not own_built(world, layer)


def _is_second_tensor(args: Arguments) -> bool:
    return len(args.positional) > 1 and isinstance(args.positional[1], (Data, Variable))


def _taken_by_model(world: Libraries, model: Cell, args: Arguments, first: Value, site: Site) -> Arguments:
    """A model is called that may know the shape of its one input."""
    given, asked = _shape(first), _input_of(world, model)
    if _is_second_tensor(args):
        if asked is None and model.info.form == "functional":
            world.run.lose_track()  # it may have several inputs, which is seen first
        else:
            world.raised("TypeError", site, "Model.__call__")
    if asked is not None and containers.is_dict(first):
        world.run.lose_track()  # by the input's name
    if asked is None or given is None:
        return args
    longer = len(given) == len(asked) + 1 and given[-1] in (1, None)
    shorter = len(given) == len(asked) - 1 and asked[-1] in (1, None)
    if not (longer or shorter):
        if len(given) != len(asked) or (model.info.form == "functional" and differ(given[1:], asked[1:])):
            _refuse(world, "Model.__call__", first, site)
        return args
    taken = given[:-1] if longer else (*given, 1)
    if not isinstance(first, Data) or given[-1] is None or asked[-1] is None or differ(taken[1:], asked[1:]):
        world.run.lose_track()
        return args
    positional = [replace(first, shape=taken), *args.positional[1:]] if args.positional else []
    return replace(args, positional=positional)


def _input_of(world: Libraries, model: Cell) -> Shape | None:
    """The shape of a model's one input; None where it is not known, or where there are several."""
    if model.info.form == "sequential":
        return _shape(world.run.state.get((model.uid, "own input")))
    inputs = model.info.inputs
    items = containers.sequence(world.run, inputs) if isinstance(inputs, (Cell, Tuple)) else None
    if isinstance(items, Tuple) and len(items.items) == 1:
        inputs = items.items[0]
    return _shape(inputs) if len(options(inputs)) == 1 and inputs is not UNBOUND else None
