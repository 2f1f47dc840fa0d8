"""Keras's methods that work on numbers, and cannot be called while a graph is traced."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Value

from .weights import is_keras, is_of_keras_2, weights_of
from .world import Libraries, MethodHandler, Registry

IN_KERAS_3 = {
    "predict": "AttributeError", "predict_on_batch": "AttributeError", "get_weights": "NotImplementedError",
    "evaluate": "OperatorNotAllowedInGraphError", "fit": "OperatorNotAllowedInGraphError",
}  # fmt: skip
IN_KERAS_2 = ("predict", "predict_on_batch", "evaluate", "test_on_batch", "train_on_batch", "fit", "get_weights")


def register(registry: Registry) -> None:
    """Wrap the handlers that there are."""
    for kind in ("layer", "instance"):
        for name in IN_KERAS_2:
            if (handler := registry.methods.get((kind, name))) is not None:
                registry.methods[(kind, name)] = _refused(name, handler)


def _refused(name: str, handler: MethodHandler) -> MethodHandler:
    def method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        if world.run.graph_mode and isinstance(base, Cell) and (error := _error(world, base, name)):
            world.raised(error, site, f"Model.{name}")
        return handler(world, base, args, site)

    return method


def _error(world: Libraries, base: Cell, name: str) -> str:
    if base.kind == "instance" and not is_keras(world, base):
        return ""
    if name == "get_weights" and not weights_of(world, base):
        return ""
    return "RuntimeError" if is_of_keras_2(world, base) else IN_KERAS_3.get(name, "")
