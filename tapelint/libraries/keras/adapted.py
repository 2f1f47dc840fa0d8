"""Layers of Keras 3 whose kernel is no variable of its own any more: adapters lie beside it, or it was quantised."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, Cell, Value

from ..registry import Registry
from ..world import Libraries
from .keras import ADAPTED, LayerInfo, lacks_weights
from .weights import all_layers


def register(registry: Registry) -> None:
    """Add what does that to layers and models."""
    registry.methods[("layer", "enable_lora")] = _enable
    for kind in ("layer", "instance"):
        registry.methods[(kind, "quantize")] = _quantize


def _enable(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    if isinstance(base.info, LayerInfo) and lacks_weights(world, base):
        world.raised("ValueError", site, "Layer.enable_lora")
    world.run.state.set((base.uid, ADAPTED), TRUE)
    return NO_VALUE


def _quantize(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    for layer in all_layers(world, base):
        if isinstance(layer, Cell):
            world.run.state.set((layer.uid, ADAPTED), TRUE)
    return NO_VALUE
