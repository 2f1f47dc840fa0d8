"""What of a model is trainable by its own account: the `trainable` of layers and of their weights.

Keras 3 keeps a word a weight. Setting a layer's `trainable` writes it to the weights and layers inside that are there
by then, and a weight that is made in a frozen layer is frozen. Which variables tapes watch is another matter: that is
settled when the variable is made.
"""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import TRUE, UNBOUND, Cell, Const, Value, Variable

from ..registry import Registry
from ..world import Libraries

TRAINABLE = "trainable"


def register(registry: Registry) -> None:
    """Add what `weight.trainable = ...` does."""
    registry.sets.append(_set_of_weight)


def stated(world: Libraries, owner: Cell) -> Value:
    """What was written to a layer's `trainable`; UNBOUND where nothing was."""
    return world.run.state.get((owner.uid, TRAINABLE))


def of_layer(world: Libraries, layer: Cell) -> bool | None:
    """What `layer.trainable` says; None where nobody can tell."""
    value = stated(world, layer)
    return True if value is UNBOUND else world.run.truth(value)


def of_weight(world: Libraries, weight: Variable) -> bool | None:
    """What `weight.trainable` says; None where nobody can tell."""
    value = world.run.state.get((weight.uid, TRAINABLE)) if weight.flavor == "keras" else UNBOUND
    return weight.trainable if value is UNBOUND else world.run.truth(value)


def unclear(world: Libraries, weight: Variable) -> bool:
    """Whether something was written to `weight.trainable`, and nobody can tell what."""
    value = world.run.state.get((weight.uid, TRAINABLE))
    return value is not UNBOUND and world.run.truth(value) is None


def take_in(world: Libraries, layer: Cell | None, weight: Variable) -> None:
    """A layer of Keras 3 has a new weight: of a frozen one it is frozen. None: the weight is no layer's."""
    if weight.flavor == "keras" and weight.trainable is not False:
        value = stated(world, layer) if layer is not None else TRUE
        world.run.state.set((weight.uid, TRAINABLE), TRUE if value is UNBOUND else value)


def write(world: Libraries, weight: Value, value: Value) -> None:
    """A layer's `trainable` was set, and so is that of a weight of its that was trainable once."""
    if isinstance(weight, Variable) and weight.flavor == "keras" and weight.trainable is not False:
        world.run.state.set((weight.uid, TRAINABLE), value)


def give(world: Libraries, layer: Cell, args: Arguments) -> None:
    """What a layer is when it is made: trainable, if its constructor is told nothing else."""
    given = args.keywords.get(TRAINABLE, UNBOUND)
    world.run.state.set((layer.uid, TRAINABLE), TRUE if given is UNBOUND else given)


def _set_of_weight(world: Libraries, base: Value, name: str, value: Value, site: Site) -> bool:
    if name != TRAINABLE or not isinstance(base, Variable):
        return False
    if base.flavor == "keras":
        truth = world.run.truth(value)
        world.run.state.set((base.uid, TRAINABLE), value if truth is None else Const(truth))
    else:
        world.raised("AttributeError", site, "Variable.trainable")
    return True
