"""All handlers of this package in one registry."""

from __future__ import annotations

from . import (
    arrays,
    collections,
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
    for room in (operators, python, collections, arrays, variables, tensorflow, graphs, wrappers, tensor_arrays, keras, models, training):
        room.register(registry)
