"""All handlers of this package in one registry."""

from __future__ import annotations

from . import (
    arrays,
    collections,
    contexts,
    graphs,
    keras,
    models,
    operators,
    python,
    tensor_arrays,
    tensorflow,
    training,
    variables,
    wrappers,
)
from .world import Registry


def register_all(registry: Registry) -> None:
    """Add every library's handlers."""
    for room in (operators, python, collections, contexts, arrays, variables, tensorflow, graphs, wrappers, tensor_arrays, keras, models, training):
        room.register(registry)
