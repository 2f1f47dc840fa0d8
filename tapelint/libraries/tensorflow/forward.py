"""`tf.autodiff.ForwardAccumulator`: derivatives that are computed along with what is computed."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Value, Variable

from ..registry import Registry
from ..structures import flattened
from ..world import Libraries

ACCUMULATOR = "accumulator"


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["tensorflow.autodiff.ForwardAccumulator"] = _make
    registry.enters[ACCUMULATOR] = lambda world, cell, site: cell
    registry.methods[(ACCUMULATOR, "jvp")] = _product


def _make(world: Libraries, args: Arguments, site: Site) -> Value:
    """What it watches is asked for its dtype, which is a text in Keras 3."""
    watched = flattened(world, args.get(0, "primals")) or []
    if any(isinstance(v, Variable) and v.flavor == "keras" for v in watched):
        world.raised("AttributeError", site, "tensorflow.autodiff.ForwardAccumulator")
    return Cell(world.run.uid(), ACCUMULATOR, tuple(args.every()), site)


def _product(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """The derivative along the tangents: of what is linear it does not depend on the numbers, and some of what comes
    out is no tensor. Nobody can tell what a gradient of it gives.
    """
    assert isinstance(base, Cell)
    return world.run.opaque(site, [*base.info, *args.every()])
