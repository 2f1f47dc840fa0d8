"""Calls of Keras's layers and models: which was called first, for training or not, and what they add to the losses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Cell, Tuple, Value, Variable

from ..world import Libraries

ADDED = "added losses"
"""Under this lies what a layer added to the losses when it was called last."""

CALLED = (0, "a layer is called")
TRAINING = (0, "a layer is called for training")
"""Under this lies what `training` is, as the last layer took it that was called within the first one."""


SYMBOLIC_BUILD = (0, "building by a symbolic call")
"""Set while Keras 3 builds a project's model by calling it on symbols: the variables are made when that has ended."""


@contextmanager
def called(world: Libraries, base: Cell) -> Iterator[None]:
    """While a layer is called. A call that no other layer makes forgets the losses of earlier calls."""
    state = world.run.state
    if is_within_a_call(world):
        yield
        return
    for layer in world.registry.attributes["layers of"](world, base, "", None).items:  # type: ignore
        if isinstance(layer, Cell) and state.get((layer.uid, ADDED)) is not UNBOUND:
            state.set((layer.uid, ADDED), Tuple(()))
    state.set(CALLED, TRUE)
    try:
        yield
    finally:
        state.set(CALLED, UNBOUND)
        state.set(TRAINING, UNBOUND)


def is_within_a_call(world: Libraries) -> bool:
    """Whether what runs now is run by a layer's or model's call."""
    return world.run.state.get(CALLED) is not UNBOUND


def settle_training(world: Libraries, given: Value, default: Value) -> Value:
    """What a layer of Keras 3 takes for `training`: what it is given, or what the call around has, or its default."""
    around = world.run.state.get(TRAINING)
    value = given if given is not UNBOUND else around if around not in (UNBOUND, NO_VALUE) else default
    world.run.state.set(TRAINING, NO_VALUE if value is UNBOUND else value)
    return value


def note_loss(world: Libraries, layer: Cell, loss: Value) -> None:
    """Keep what a layer adds to the losses; while it is called on symbols that is forgotten at once."""
    if not world.is_symbolic([loss]):
        world.run.state.push((layer.uid, ADDED), loss)


REGULARIZER = "regularizer"


def regularize(world: Libraries, weight: Variable, regularizer: Value) -> None:
    """Keep what a weight was given that makes a loss of it."""
    if regularizer not in (UNBOUND, NO_VALUE):
        world.run.state.set((weight.uid, REGULARIZER), regularizer)


def regularizer_of(world: Libraries, weight: Value) -> Value:
    """What makes a loss of a weight; UNBOUND where nothing does."""
    return world.run.state.get((weight.uid, REGULARIZER)) if isinstance(weight, Variable) else UNBOUND
