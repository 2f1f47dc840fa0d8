"""What works on numbers, and cannot be called while a graph is traced: some of Keras's methods, NumPy's functions."""

from __future__ import annotations

import re

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Value, Variable

from ..registry import MethodHandler, Registry
from ..shapes import shapes
from ..world import Libraries
from .weights import is_keras, is_of_keras_2, weights_of

IN_KERAS_3 = {
    "predict": "AttributeError", "predict_on_batch": "AttributeError", "get_weights": "NotImplementedError",
    "evaluate": "OperatorNotAllowedInGraphError", "fit": "OperatorNotAllowedInGraphError",
}  # fmt: skip
IN_KERAS_2 = ("predict", "predict_on_batch", "evaluate", "test_on_batch", "train_on_batch", "fit", "get_weights")


def register(registry: Registry) -> None:
    """Wrap the handlers that there are."""
    registry.families.append(_of_numpy)
    for kind in ("layer", "instance"):
        for name in IN_KERAS_2:
            if (handler := registry.methods.get((kind, name))) is not None:
                registry.methods[(kind, name)] = _refused(name, handler)


ON_ARRAYS = re.compile(r"numpy\.\w+\.(reduce|accumulate|reduceat|outer)|numpy\.vectorize\(\)")
"""Functions that make arrays of all they are given."""


def _of_numpy(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """A function of NumPy without facts: most of them refuse tensors that have no numbers."""
    if not name.startswith("numpy.") or world.facts.fact(name) is not None or not world.run.graph_mode:
        return None
    if not any(isinstance(value, Variable) or world.is_in_graph(value) for value in args.every()):
        return None
    if ON_ARRAYS.fullmatch(name):
        world.raised("NotImplementedError", site, name)
    return world.run.opaque(site, args.every())


def _refused(name: str, handler: MethodHandler) -> MethodHandler:
    def method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        shape = shapes.of_value(world, args.get(0, "x"))
        fits = shape is None or len(shape) > 1  # what is no batch most models refuse before
        if world.run.graph_mode and isinstance(base, Cell) and fits and (error := _error(world, base, name)):
            world.raised(error, site, f"Model.{name}")
        return handler(world, base, args, site)

    return method


def _error(world: Libraries, base: Cell, name: str) -> str:
    if base.kind == "instance" and not is_keras(world, base):
        return ""
    if name == "get_weights" and not weights_of(world, base):
        return ""
    return "RuntimeError" if is_of_keras_2(world, base) else IN_KERAS_3.get(name, "")
