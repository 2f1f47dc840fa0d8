"""What a model of Keras 3 lacks until it is compiled: an optimizer, and a loss to compute."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import UNBOUND, Cell, Class, Flag, Library, Method, Tuple, Value

from .names import is_of_keras
from .weights import ModelInfo, is_keras, is_of_keras_2
from .world import Libraries, MethodHandler, Registry

COMPILED = "compiled"
"""Set on a model that was compiled, or perhaps."""


def register(registry: Registry) -> None:
    """Add what computes losses."""
    for kind in ("layer", "instance"):
        registry.methods[(kind, "loss")] = _computing("loss", "TypeError")  # it is None
        registry.methods[(kind, "compute_loss")] = _computing("compute_loss", "ValueError")


def note_compiled(world: Libraries, model: Cell) -> None:
    """A model was compiled, or may have been."""
    world.run.state.set((model.uid, COMPILED), Flag())


def never_compiled(world: Libraries, model: Cell) -> bool:
    """Whether a model of Keras 3 was certainly not compiled so far."""
    run = world.run
    if model.kind == "instance":
        order = run.lineage(model.info)
        seen = all(isinstance(c, Class) or (isinstance(c, Library) and is_of_keras(c.name)) for c in order)
        is_model = seen and is_keras(world, model, ("model",)) and run.is_made_here(model)
    else:
        is_model = isinstance(model.info, ModelInfo) and model.uid > run.outside
    return (
        is_model
        and not is_of_keras_2(world, model)
        and not run.is_in_unknown_hands(model)
        and run.state.get((model.uid, COMPILED)) is UNBOUND
    )


def _computing(name: str, error: str) -> MethodHandler:
    def compute(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        if never_compiled(world, base) and (name == "loss" or _adds_no_losses(world, base, site)):
            world.raised(error, site, f"Model.{name}")
        return world.run.call_unknown(Method(base, name), args, site)

    return compute


def _adds_no_losses(world: Libraries, model: Cell, site: Site) -> bool:
    """Whether no layer of a model has anything to add to a loss."""
    return containers.sequence(world.run, world.run.attribute(model, "losses", site)) == Tuple(())
