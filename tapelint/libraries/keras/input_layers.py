"""The layers that stand for the inputs of functional models: `model.layers[0]`, which is no layer to be called."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Cell, Data, Tuple, Value

from ..registry import Registry
from ..world import Libraries
from . import layer_names
from .symbolic import CALLABLE

KIND = "input layer"
EMPTY = ("weights", "variables", "trainable_weights", "trainable_variables", "non_trainable_weights",
         "non_trainable_variables", "losses")  # fmt: skip


def register(registry: Registry) -> None:
    """Add what they have, and that they cannot be called."""
    registry.attributes[KIND] = _attribute
    registry.calls[KIND] = _call


def of_symbol(world: Libraries, symbol: Value) -> Value:
    """The layer of which this symbolic tensor is the output; another value as it is."""
    if not isinstance(symbol, Data) or symbol.node.op == "join" or symbol.node.detail == CALLABLE:
        return symbol
    key = (-symbol.node.id - 1, KIND)
    known = world.run.state.get(key)
    if known is UNBOUND:
        known = Cell(world.run.uid(), KIND, symbol, symbol.node.site)
        world.run.state.set(key, known)
    return known


def _attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    written = world.run.state.get((base.uid, name))
    if written is not UNBOUND:
        return written
    if name in EMPTY:
        return containers.make_list(world.run, Tuple(()), site=site)
    if name in ("trainable", "built"):
        return TRUE
    if name == "output":
        return base.info if isinstance(base.info, Data) else NO_VALUE
    return layer_names.of_keras(world, "input_layer", site) if name == "name" else None


def _call(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    world.raised("TypeError", site, "InputLayer")
    return world.run.opaque(site, args.every())
