"""What a Keras layer has: its attributes and methods."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Cell, Const, Data, Many, Tuple, Value, Variable, options

from ..numerics import numbers
from ..refusals.refusing import may_be_missing
from ..registry import Registry
from ..shapes import shapes
from ..tensorflow.variable_names import default_name
from ..world import Libraries
from . import layer_names
from .input_layers import KIND
from .keras import (
    RECURRENT,
    LayerInfo,
    build,
    call_layer,
    inner_layers,
    is_adapted,
    lacks_weights,
    own_weights,
    parameter,
)
from .keras_members import KERAS_METHODS, is_gone
from .losses import add_loss, losses
from .symbolic import symbolic_end
from .weights import OF_KERAS_2

PROPERTIES = ("kernel", "embeddings")
"""Weights that layers of Keras 3 keep under the same name with an underscore, if they do."""

WEIGHT_LISTS = (
    "weights", "variables", "trainable_weights", "trainable_variables", "non_trainable_weights",
    "non_trainable_variables",
)  # fmt: skip


def register(registry: Registry) -> None:
    """Add them."""
    registry.attributes["layer"] = layer_attribute
    registry.attributes["lambda layer"] = _lambda_attribute
    registry.methods.update({("layer", name): handler for name, handler in LAYER_METHODS.items()})
    registry.told.append(_compared)


LAYERS = ("layer", "lambda layer", KIND)
"""The kinds of layers and models that Keras made: each is equal to itself only."""


def _compared(op: str, left: Value, right: Value) -> bool | None:
    if op not in ("==", "!=") or not isinstance(left, Cell) or not isinstance(right, Cell):
        return None
    return (left.uid == right.uid) == (op == "==") if left.kind in LAYERS and right.kind in LAYERS else None


def layer_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """A layer's or model's attribute; None for a method."""
    stored = world.run.state.get((base.uid, name))
    if name in WEIGHT_LISTS:
        return world.registry.attributes["weights of"](world, base, name, site)
    if name == "trainable":
        return stored if stored is not UNBOUND else TRUE
    if stored is not UNBOUND and name not in ("weights", "built", "layers"):
        return stored
    if name == "__dict__":
        return Cell(world.run.uid(), "fields", base, site)
    if name == "losses":
        return losses(world, base, site)
    plain = isinstance(base.info, LayerInfo)
    given = _plain_attribute if plain else world.registry.attributes["model"]
    if name.startswith("_") and not name.startswith("__") and name not in LAYER_METHODS:
        known = plain and name[1:] in PROPERTIES and not lacks_weights(world, base)
        return given(world, base, name[1:], site) if known else world.run.opaque(site, [base], hint=name)
    old = base.info.old if plain else world.run.state.get((base.uid, OF_KERAS_2)) is not UNBOUND
    if not old and is_gone(world, "layer" if plain else "model", name):
        world.raised("AttributeError", site, f"Layer.{name}")
        return world.run.opaque(site, [base], hint=name)
    found = given(world, base, name, site)
    if found is None and not name.startswith("__") and name not in KERAS_METHODS:
        known_here = ("layer", name) in world.registry.methods
        return None if known_here else world.run.opaque(site, [base], hint=name)
    return found


def _lambda_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """What a layer made of a function has: no weights."""
    if name in WEIGHT_LISTS:
        return containers.make_list(world.run, Tuple(()), site=site)
    if name == "name":
        return layer_names.of_object(world, base, site)
    return symbolic_end(world, base, name, site) if name in ("output", "input") else None


def _plain_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    info: LayerInfo = base.info
    if name in ("output", "input"):
        return symbolic_end(world, base, name, site)
    if name == "built":
        return Const(world.run.state.get((base.uid, "built")) is not UNBOUND)
    if name == "name":
        given = info.args.keywords.get("name")
        return given if given not in (None, NO_VALUE) else layer_names.of_keras(world, default_name(info.name), site)
    if info.fact is not None and any(w.name == name for w in info.fact.weights):
        if lacks_weights(world, base) and info.name == "keras.layers.BatchNormalization":
            return NO_VALUE
        if lacks_weights(world, base) or (info.name in RECURRENT and not info.name.endswith("Cell") and not info.old):
            world.raised("AttributeError", site, f"Layer.{name}")
        build(world, base, site)
        every = [(weight, options(weight)[0]) for weight in own_weights(world, base)]
        found = [weight for weight, first in every if isinstance(first, Variable) and first.name == name]
        if name != "bias" and is_adapted(world, base):
            return world.run.opaque(site, [base])
        return found[0] if found else NO_VALUE
    if name in ("cell", "layer", "forward_layer") and (inner := inner_layers(world, base)):
        return inner[0]
    given = parameter(info, name)
    if isinstance(given, Const) and isinstance(given.value, str) and name.endswith(MADE_OF_TEXTS):
        return world.run.opaque(site, hint=name)
    return given if given is not UNBOUND else None


MADE_OF_TEXTS = ("activation", "initializer", "regularizer", "constraint", "policy")
"""How the names of attributes end that hold a function or an object where the constructor was given its name."""


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
    if isinstance(mine, list) and isinstance(given, list) and len(mine) != len(given) and listed is not None:
        world.raised("ValueError", site, "Layer.set_weights")
    every = [given.element] * len(mine) if isinstance(given, Many) and isinstance(mine, list) else given
    if isinstance(mine, list) and isinstance(every, list):
        for weight, value in zip(mine, every, strict=False):
            if _is_of_another_shape(world, weight, value):
                world.raised("ValueError", site, "Layer.set_weights")
                return NO_VALUE
            if isinstance(weight, Variable):
                world.registry.methods[("variable", "assign")](world, weight, Arguments([value]), site)
    return NO_VALUE


def _is_of_another_shape(world: Libraries, weight: Value, value: Value) -> bool:
    """Whether a weight of Keras 3 certainly is not set to this array."""
    if not isinstance(weight, Variable) or weight.flavor != "keras" or not isinstance(value, (Data, Variable)):
        return False
    mine, given = weight.shape, shapes.of_value(world, value)
    differ = mine is not None and given is not None and shapes.differ(mine, given)
    return differ and not may_be_missing(world, [value], "ValueError")


def _build(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    if isinstance(base.info, LayerInfo):
        build(world, base, site)
    else:
        world.registry.methods[("model", "build")](world, base, args, site)
    return NO_VALUE


def _nothing(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return NO_VALUE


def _call_alone(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`layer.call(x)`: it builds nothing."""
    if isinstance(base, Cell) and isinstance(base.info, LayerInfo) and lacks_weights(world, base):
        world.raised("AttributeError", site, "Layer.call")
    return call_layer(world, base, args, site)


def _flattened(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`layer._flatten_layers()`: it and all layers inside."""
    every = world.registry.attributes["layers of"](world, base, "", site)  # type: ignore[arg-type]
    own = world.run.truth(args.get(0, "include_self", TRUE))
    if own is None or not isinstance(every, Tuple) or args.get(1, "recursive", TRUE) != TRUE:
        return world.run.opaque(site, [base])
    return containers.make_list(world.run, Tuple(every.items if own else every.items[1:]), site=site)


LAYER_METHODS = {
    "_flatten_layers": _flattened,
    "get_weights": _get_weights, "set_weights": _set_weights, "build": _build, "add_loss": add_loss,
    "count_params": lambda world, base, args, site: world.inert("count_params", Arguments([]), site),
    "summary": _nothing, "save": _nothing, "save_weights": _nothing, "load_weights": reload,
    "__call__": call_layer, "call": _call_alone,
    "compute_output_shape": lambda world, base, args, site: world.inert("shape", Arguments([]), site),
    "get_config": lambda world, base, args, site: world.inert("config", Arguments([]), site),
}  # fmt: skip
