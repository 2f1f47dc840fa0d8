"""All handlers of this package in one registry."""

from __future__ import annotations

from . import arrays, collections, keras, models, operators, python, tensorflow, training, variables
from .world import Registry


def register_all(registry: Registry) -> None:
    """Add every library's handlers."""
    for room in (operators, python, collections, arrays, variables, tensorflow, keras, models, training):
        room.register(registry)
