"""All handlers of this package in one registry."""

from __future__ import annotations

from . import (
    arrays,
    collections,
    contexts,
    copies,
    graphs,
    keras,
    models,
    operators,
    python,
    random_arrays,
    subclassed,
    tensor_arrays,
    tensorflow,
    training,
    variables,
    wrappers,
)
from .world import Registry


def register_all(registry: Registry) -> None:
    """Add every library's handlers."""
    of_python = (operators, python, collections, contexts, arrays, random_arrays)
    of_tensorflow = (variables, tensorflow, graphs, wrappers, tensor_arrays, keras, models, subclassed, copies, training)
    for room in (*of_python, *of_tensorflow):
        room.register(registry)
