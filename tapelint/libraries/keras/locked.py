"""What Keras 3 refuses to have written to a layer's attributes: weights that are properties, layers that come late."""

from __future__ import annotations

from tapelint.flow.graph import Site
from tapelint.flow.values import UNBOUND, Cell, Data, Flag, Value, Variable

from ..refusals import refusing
from ..registry import Registry
from ..world import Libraries
from .keras import LayerInfo, inner_layers, own_built, own_weights
from .weights import all_layers, is_keras, is_layer, is_old, leaves, tracked

PROPERTIES = {
    "kernel": ("Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D"),
    "embeddings": ("Embedding",),
}
"""Weights that nothing can be assigned to, by the layers that have them."""

LOCK = "locked"
"""Set on an object of a project's layer or model that is built, and takes no more layers and variables."""


def register(registry: Registry) -> None:
    """Add what is refused."""
    registry.sets.insert(0, _refuse)


def _refuse(world: Libraries, base: Value, name: str, value: Value, site: Site) -> bool:
    if not isinstance(base, Cell):
        return False
    info = base.info
    if isinstance(info, LayerInfo) and not info.old:
        owners = [f"keras.layers.{layer}" for layer in PROPERTIES.get(name, ())]
        refused = info.name in owners and (isinstance(value, Data) or getattr(value, "flavor", "") == "tf")
        if refused:
            refusing.refuse(world, "AttributeError", site, refusing.SETTER, [base, value])
        return refused or _is_late(world, base, value, name, site)
    lock = world.run.state.get((base.uid, LOCK)) if base.kind == "instance" else UNBOUND
    if not (isinstance(lock, Flag) and lock.sure):
        return False
    known = tracked(world, base)
    if any(_is_tracked(world, leaf) and leaf not in known for leaf in leaves(world, value)):
        world.raised("ValueError", site, f"Layer.{name}")
    return False


def _is_late(world: Libraries, layer: Cell, value: Value, name: str, site: Site) -> bool:
    """Whether a layer of Keras's own is built already, and is given a weight or layer that is not its own."""
    late = own_built(world, layer) and _is_tracked(world, value) and value not in own_weights(world, layer)
    if late and not inner_layers(world, layer):
        world.raised("ValueError", site, f"Layer.{name}")
        return True
    return False


def _is_tracked(world: Libraries, value: Value) -> bool:
    """Whether Keras keeps book of such a value: a layer, a variable of its own."""
    if isinstance(value, Variable):
        return value.flavor == "keras"
    return is_layer(value) and isinstance(value, Cell) and (value.kind != "instance" or is_keras(world, value))


def locks_before_call(world: Libraries, base: Cell) -> bool:
    """Whether a layer is locked before its `call` runs for the first time.

    One that has no `build` and holds layers that are not built is called on symbols first, and may add to itself then.
    """
    if own_built(world, base) or world.run.class_attribute(base, "build") is not None:
        return not own_built(world, base)
    inside = (layer for layer in all_layers(world, base) if isinstance(layer, Cell) and layer != base)
    return all(own_built(world, layer) for layer in inside)


def lock(world: Libraries, base: Cell) -> None:
    """From now on the layer takes no more layers and variables."""
    if is_keras(world, base) and not is_old(world, base):
        world.run.state.set((base.uid, LOCK), Flag())
