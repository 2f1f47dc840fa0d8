"""The layers inside a Keras layer or model, and its weights one by one in Keras's order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.state import Key
from tapelint.flow.values import (
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Many,
    Names,
    OneOf,
    Opaque,
    Tuple,
    Unbound,
    Value,
    Variable,
    options,
)

from .. import outside
from ..names import OLD_KERAS, is_of_keras
from ..tensorflow.members import FIELDS
from ..world import Libraries
from . import input_layers, keras, recurrent, trainability, unseen
from .keras import LayerInfo, own_built, own_weights


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A sequential or functional model; the latter with its symbolic inputs and outputs.

    `unclear`: which layers it has depends on a branch, on the rounds of a loop, or on what cannot be seen. `listed`:
    where they do, `layers` has each of them once.
    """

    form: str
    args: Arguments
    inputs: Value = UNBOUND
    outputs: Value = UNBOUND
    layers: tuple[Value, ...] = ()
    unclear: bool = False
    listed: bool = True


def sublayers(world: Libraries, base: Value) -> list[Value]:
    """The layers right inside a layer or model, in the order of its variables."""
    if not isinstance(base, Cell):
        return []
    if base.kind == "layer" and isinstance(base.info, ModelInfo):
        if base.info.form == "functional":
            return [layer for layer in base.info.layers if isinstance(layer, (Cell, Opaque))]
        every = stacked(world.run.state.get((base.uid, "layers")))
        return [layer for layer in every if not isinstance(layer, Data)]
    if base.kind == "layer":
        return list(keras.inner_layers(world, base))
    if base.kind == "instance":
        part = part_of(world, base)
        return [*([part] if part is not None else []), *(v for v in tracked(world, base) if is_layer(v))]
    return []


def stacked(layers: Value) -> tuple[Value, ...]:
    """The layers of a sequential model, or all that may be among them."""
    if isinstance(layers, Tuple):
        return layers.items
    if isinstance(layers, OneOf):
        return tuple(dict.fromkeys(layer for option in layers.options for layer in stacked(option)))
    return options(layers.element) if isinstance(layers, Many) else ()


def knows_its_layers(world: Libraries, base: Cell) -> bool:
    """Whether it is certain which layers a sequential or functional model has."""
    if base.info.form == "functional":
        return bool(base.info.listed)
    return isinstance(world.run.state.get((base.uid, "layers")), (Tuple, Unbound))


def list_of_layers(world: Libraries, base: Cell, site: Site) -> Value:
    """`model.layers`."""
    layers = layers_of(world, base)
    model = part_of(world, base) or base
    if not isinstance(model.info, ModelInfo) or knows_its_layers(world, model):
        return containers.make_list(world.run, Tuple(tuple(layers)), site=site)
    one = world.run.opaque(site, [base]) if model.info.form == "functional" else world.run.join_all(layers)
    return containers.make_list(world.run, Many(one), site=site)


def listed_layers(world: Libraries, base: Value) -> list[Value]:
    """What `model.layers` lists: in a functional model the input layers too."""
    if isinstance(base, Cell) and isinstance(base.info, ModelInfo) and base.info.form == "functional":
        return [input_layers.of_symbol(world, layer) for layer in base.info.layers]
    return sublayers(world, base)


PART = "built-in part"


def part_of(world: Libraries, base: Cell) -> Cell | None:
    """The concrete layer or model that an object of a project's class is as well."""
    part = world.run.state.get((base.uid, PART))
    return part if isinstance(part, Cell) else None


def layers_of(world: Libraries, base: Cell) -> list[Value]:
    """`model.layers`, of a project's class as well."""
    part = part_of(world, base) if base.kind == "instance" else None
    return listed_layers(world, part if part is not None and isinstance(part.info, ModelInfo) else base)


def held(world: Libraries, base: Cell) -> Iterable[Value]:
    """What a layer or model holds: its weights, the layers inside it, and what it was given to call."""
    if base.kind == "lambda layer":
        return [base.info]
    given = base.info.args.every() if isinstance(base.info, LayerInfo) else ()
    added = world.run.state.get((base.uid, "added weights"))
    layers = sublayers(world, base) if base.kind == "layer" else [part_of(world, base) or UNBOUND]
    return [*own_weights(world, base), added, *layers, *given]


def is_layer(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind in ("layer", "instance", "lambda layer")


FORMER = "places of what was tracked"
"""Under this an object of Keras 3 has the order of its attributes once one was replaced, and what these held before."""


def places(world: Libraries, base: Cell) -> list[str]:
    """Under what an object has the layers and variables that Keras keeps book of, in order."""
    found: dict[str, None] = {}
    for key in (FORMER, "__names__"):
        names = world.run.state.get((base.uid, key))
        found.update(dict.fromkeys(names.names if isinstance(names, Names) else ()))
    return list(found)


def tracked(world: Libraries, base: Cell) -> list[Value]:
    """What an object's attributes hold, in order of first writing, lists and dicts taken apart."""
    found: list[Value] = []
    for name in places(world, base):
        found += leaves(world, world.run.state.get((base.uid, name)))
    unique: list[Value] = []
    for value in found:
        if value not in unique:
            unique.append(value)
    return unique


def leaves(world: Libraries, value: Value, depth: int = 0) -> Iterable[Value]:
    if depth > 4:
        return []
    if isinstance(value, OneOf):
        return [leaf for o in value.options for leaf in leaves(world, o, depth + 1)]
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        values = [v for _, v in known] if known is not None else [containers.any_pair(world.run, value)[1]]
        return [leaf for v in values for leaf in leaves(world, v, depth + 1)]
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        return [leaf for v in items.items for leaf in leaves(world, v, depth + 1)]
    if isinstance(items, Many):
        return leaves(world, items.element, depth + 1)
    return [value]


def all_layers(world: Libraries, base: Value, seen: set[int] | None = None) -> list[Value]:
    """A layer and all layers inside it."""
    seen = set() if seen is None else seen
    if not isinstance(base, Cell) or base.uid in seen:
        return []
    seen.add(base.uid)
    return [base, *(inner for layer in sublayers(world, base) for inner in all_layers(world, layer, seen))]


def weights_of(world: Libraries, base: Value, seen: set[int] | None = None, states: bool = False) -> list[Value] | None:
    """The weights of a layer or model in Keras's order; None where they are not known.

    `states`: with the states of random generators, which `variables` lists and `weights` does not.
    """
    seen = set() if seen is None else seen
    if not isinstance(base, Cell):
        return None
    if base.uid in seen:
        return []
    seen.add(base.uid)
    own = own_of(world, base, states)
    if own is None:
        return None
    found: list[Value] = []
    old = base.kind == "instance" and is_old(world, base)
    for layer in sublayers(world, base):
        if unseen.used_weights(world, layer) is not None:
            continue
        if isinstance(layer, Cell) and layer.kind == "instance" and not is_keras(world, layer):
            if old:  # modules of TensorFlow count
                return None
            continue
        is_lambda = isinstance(layer, Cell) and layer.kind == "lambda layer"
        inner = weights_of(world, layer, seen, states) if not is_lambda else []
        if inner is None:
            return None
        found += [w for w in inner if w not in found]
    if not old:
        return [*own, *(w for w in found if w not in own)]
    own = [w for w in own if w not in found]
    if is_keras(world, base, ("model",)):
        return [*found, *own]
    return sorted([*own, *found], key=_is_frozen)


def own_of(world: Libraries, base: Cell, states: bool) -> list[Value] | None:
    """A layer's weights without those of the layers inside it; None where they are not known."""
    if isinstance(base.info, ModelInfo) and (base.info.unclear or not knows_its_layers(world, base)):
        return None
    if base.kind == "layer" and isinstance(base.info, LayerInfo):
        if base.info.fact is None or _wraps_unseen(world, base, base.info):
            return None
        if states and base.info.name in DRAWING_OFTEN:
            return None
        if keras.is_adapted(world, base) or any(isinstance(weight, OneOf) for weight in own_weights(world, base)):
            return None
        kept = sublayers(world, base) if base.info.name in KEEPING_THE_KERNEL else []
        first = [w for inner in kept if isinstance(inner, Cell) for w in own_weights(world, inner)[:1]]
        return [*first, *own_weights(world, base), *(keras.random_states(world, base) if states else ())]
    if base.kind != "instance":
        return []  # a Lambda layer has none
    old = is_old(world, base)
    own: list[Value] = [v for v in tracked(world, base) if isinstance(v, Variable) and (old or v.flavor == "keras")]
    if old and not set(own) <= set(world.run.fields(base.uid)):  # a list of variables is a thing of its own
        return None
    added = world.run.state.get((base.uid, "added weights"))
    more: list[Value] = [v for v in added.items if isinstance(v, Variable)] if isinstance(added, Tuple) else []
    own = more if set(own) <= set(more) else [*own, *(v for v in more if v not in own)]
    if (part := part_of(world, base)) is not None and isinstance(part.info, LayerInfo):
        built_in = [w for w in own_weights(world, part) if isinstance(w, Variable) and w not in own]
        own = sorted([*own, *built_in], key=_made)  # all are of one layer
    if any(outside.is_unseen(c) for c in world.run.lineage(base.info)):
        return None
    return sorted(own, key=_is_frozen)


def _made(weight: Value) -> int:
    return weight.uid if isinstance(weight, Variable) else 0


def _is_frozen(weight: Value) -> bool:
    return isinstance(weight, Variable) and weight.trainable is False


DRAWING_OFTEN = ("keras.layers.AugMix", "keras.layers.RandAugment")
"""Layers made of others that each have a random generator: how many is not known."""

KEEPING_THE_KERNEL = ("keras.layers.SpectralNormalization",)
"""Layers that hold the kernel of the layer inside them as a weight of their own, which comes first."""


def _wraps_unseen(world: Libraries, base: Cell, info: LayerInfo) -> bool:
    """Whether nothing is known of what lies inside of a layer: of a layer that it was given, or how many these are, or
    what the project's own code does when it is called as a cell.
    """
    given = [keras.parameter(info, name) for name in info.fact.inner] if info.fact is not None else []
    if any(isinstance(leaf, Opaque) for value in given for leaf in leaves(world, value)):
        return True
    if any(isinstance(containers.sequence(world.run, v), Many) for v in info.args.every()) and sublayers(world, base):
        return True
    cells = [inner for inner in keras.inner_layers(world, base) if inner.kind == "instance"]
    return info.name in RUNNING_CELLS and bool(cells) and not recurrent.follows(world, base)


RUNNING_CELLS = ("keras.layers.RNN", "keras.layers.StackedRNNCells")


def is_old(world: Libraries, cell: Cell) -> bool:
    """Whether an object's class is one of Keras 2."""
    return any(isinstance(c, Library) and c.name.startswith(OLD_KERAS) for c in world.run.lineage(cell.info))


def is_keras(world: Libraries, cell: Cell, families: tuple[str, ...] = ("layer", "model")) -> bool:
    """Whether an object's class is one of Keras, of these families."""
    lineage = world.run.lineage(cell.info)
    return any(isinstance(c, Library) and world.base_family(c.name) in families for c in lineage)


def trainable_weights(world: Libraries, base: Cell, weights: Iterable[Value]) -> list[Value] | None:
    """Those of a layer's weights that are trainable as it is now; None where nobody can tell."""
    mine = [w for w in weights if isinstance(w, Variable)]
    word = trainability.of_layer(world, base)
    if word is None and mine:
        return None
    if word is False:
        return []
    if is_of_keras_2(world, base):
        return _not_frozen(world, base, mine)
    words = [trainability.of_weight(world, weight) for weight in mine]
    listed = [weight for weight, word in zip(mine, words, strict=True) if word is not False]
    unclear = any(w is None and trainability.unclear(world, each) for each, w in zip(mine, words, strict=True))
    return None if unclear else list(listed)


def _not_frozen(world: Libraries, base: Cell, weights: Iterable[Variable]) -> list[Value] | None:
    """In Keras 2 the layers have a word each, the weights none."""
    frozen: set[int] = set()
    for layer in all_layers(world, base):
        assert isinstance(layer, Cell)
        word = trainability.of_layer(world, layer)
        inside = weights_of(world, layer) if word is not True else []
        if word is None and inside:
            return None
        frozen |= {w.uid for w in inside or [] if isinstance(w, Variable)}
    return [w for w in weights if w.trainable is not False and w.uid not in frozen]


def is_of_keras_2(world: Libraries, layer: Cell) -> bool:
    """Whether a layer or model is one of Keras 2."""
    if layer.kind == "instance":
        return is_old(world, layer)
    return getattr(layer.info, "old", False) or world.run.state.get((layer.uid, OF_KERAS_2)) is not UNBOUND


OF_KERAS_2 = "of Keras 2"


def weights_attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """`weights`, `trainable_variables` and the like, weight by weight."""
    weights = weights_of(world, base, states=name in ("variables", "non_trainable_variables"))
    if weights is None:
        return unknown_weights(world, base, site)
    layers = [layer for layer in all_layers(world, base) if isinstance(layer, Cell)]
    if any(_lists_others(world, layer) for layer in layers):
        return unknown_weights(world, base, site)
    parts = unseen_parts(world, base)
    if any(_holds_one_of_several(world, layer) for layer in layers):
        return unseen.of_parts(world, weights, site) if weights else unknown_weights(world, base, site)
    if parts and not name.startswith("non_"):
        return unseen.of_parts(world, [*weights, *parts], site)
    lacking = not isinstance(base.info, LayerInfo) and not sublayers(world, base) and not _holds_none(world, base)
    foreign = is_from_outside(world, base) or world.run.is_in_unknown_hands(base)
    if not weights and (lacking or foreign):
        return unknown_weights(world, base, site)
    if "trainable" in name:
        on = trainable_weights(world, base, weights)
        if on is None:
            return unknown_weights(world, base, site)
        weights = [w for w in weights if w not in on] if name.startswith("non_") else on
    if not weights and not is_built(world, base):
        world.recorder.note("read before build", base, site)
    return containers.make_list(world.run, Tuple(tuple(weights)), site=site)


def _holds_one_of_several(world: Libraries, layer: Cell) -> bool:
    """Whether nobody knows which of several layers with weights a field of an object holds, if it holds one."""
    if layer.kind != "instance":
        return False
    perhaps = [option for name in places(world, layer) for option in _perhaps_held(world, (layer.uid, name))]
    return any(is_layer(option) and weights_of(world, option) != [] for option in perhaps)


def _perhaps_held(world: Libraries, key: Key) -> Sequence[Value]:
    """What a field may hold, itself or in a list or a dict, where it is one of several or perhaps not there."""
    value = world.run.state.get(key)
    if isinstance(value, OneOf) or world.run.state.may_lack(key):
        return options(value)
    if isinstance(value, Cell) and value.kind == "dict":
        is_known = containers.pairs(world.run, value) is not None
        return () if is_known else options(containers.any_pair(world.run, value)[1])
    items = containers.sequence(world.run, value)
    inside = items.element if isinstance(items, Many) else UNBOUND
    return inside.options if isinstance(inside, OneOf) else ()


def _lists_others(world: Libraries, layer: Cell) -> bool:
    """Whether what was written over a layer's attributes may be listed among its variables: Keras 3 keeps book of its
    own variables and of layers, and still lists what they replace.
    """
    written = keras.replaced(world, layer)
    if not written or is_of_keras_2(world, layer):
        return bool(written)
    plain = (Data, Const, Function, Bound, Library)
    return not all(isinstance(v, plain) or (isinstance(v, Variable) and v.flavor == "tf") for v in written)


def _holds_none(world: Libraries, base: Cell) -> bool:
    """Whether an object of a class of the program, of Keras 3, was certainly seen to take no variables and layers."""
    if base.kind != "instance" or is_old(world, base) or not world.run.is_made_here(base):
        return False
    order = world.run.lineage(base.info)
    seen = all(isinstance(c, Class) or (isinstance(c, Library) and is_of_keras(c.name)) for c in order)
    plain = (Variable, Data, Const, Function, Bound)
    held = [v for v in tracked(world, base) if not isinstance(v, plain)]
    return seen and not held and world.run.state.get((base.uid, FIELDS)) is UNBOUND


def is_built(world: Libraries, base: Cell) -> bool:
    return any(own_built(world, c) for c in all_layers(world, base) if isinstance(c, Cell))


def is_from_outside(world: Libraries, base: Cell) -> bool:
    """Whether an object was there before what is run now: what was done to it meanwhile is not known."""
    return base.uid <= world.run.outside


def unseen_parts(world: Libraries, base: Cell) -> list[Value]:
    """The variables of the layers and models inside that cannot be seen, of those that were called so far."""
    found: list[Value] = []
    for layer in all_layers(world, base):
        own = tracked(world, layer) if isinstance(layer, Cell) and layer.kind == "instance" else []
        held = [*own, *(inner for inner in sublayers(world, layer) if inner not in own)]
        found += [known for value in held if (known := unseen.used_weights(world, value)) is not None]
    return found


def unknown_weights(world: Libraries, base: Cell, site: Site) -> Value:
    """The variables of a model that cannot be seen wholly, as one source."""
    key = (base.uid, "unknown weights")
    known = world.run.state.get(key)
    if known is UNBOUND:
        node = world.run.node("weights", [], site, dtype="f", kind="weights", detail=unseen.PARTLY)
        known = Opaque(node, "weights")
        world.run.state.set(key, known)
        world.partly[node.id] = base.uid
    return known
