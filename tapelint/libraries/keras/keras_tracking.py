"""What a layer or model of Keras 3 keeps of what is assigned to its attributes, also when that is replaced later."""

from __future__ import annotations

from collections.abc import Iterable

from tapelint.flow import containers
from tapelint.flow.containers import MOST_DEEP
from tapelint.flow.operators import TWIN
from tapelint.flow.values import UNBOUND, Cell, Flag, Many, Names, OneOf, Tuple, Value, Variable

from ..registry import Registry
from ..world import Libraries
from .locked import LOCK
from .weights import FORMER, is_keras, is_layer, is_of_keras_2, is_old, leaves, places


def register(registry: Registry) -> None:
    """Add it."""
    registry.kept = _kept


def _kept(world: Libraries, base: Value, name: str, value: Value, replaces: bool) -> Value:
    """What lies in an attribute after an assignment: copies of lists, dicts and sets, which Keras watches.

    `replaces`: it is certain that this comes in the place of what was there.
    """
    if not isinstance(base, Cell) or base.kind not in ("instance", "layer"):
        return value
    if is_of_keras_2(world, base) or (base.kind == "instance" and not is_keras(world, base)):
        return _wrapped(world, base, value)
    if replaces and base.kind == "instance" and world.run.state.get((base.uid, LOCK)) is UNBOUND:
        _remember(world, base, name, value)
    return _copied(world, value)


def _wrapped(world: Libraries, base: Cell, value: Value) -> Value:
    """What lies in an attribute of another object: a `tf.Module` and a layer of Keras 2 wrap a list or a dict."""
    wraps = base.kind == "layer" or is_keras(world, base, ("module", "layer", "model"))
    if wraps and isinstance(value, Cell) and value.kind in ("list", "dict"):
        world.run.state.set((value.uid, TWIN), Flag(True))
    return value


def _copied(world: Libraries, value: Value, depth: int = 0) -> Value:
    if depth > MOST_DEEP:
        return value
    run = world.run
    if isinstance(value, OneOf):
        return run.join_all([_copied(world, option, depth + 1) for option in value.options])
    if isinstance(value, Many):
        return Many(_copied(world, value.element, depth + 1)) if value.element is not UNBOUND else value
    if type(value) is Tuple:
        return Tuple(tuple(_copied(world, item, depth + 1) for item in value.items), value.names)
    if not isinstance(value, Cell) or value.kind not in ("list", "dict", "set"):
        return value
    if value.kind != "dict" and value.info is not None:  # another class than the one that Keras copies
        return value
    items: Value = run.state.get((value.uid, "items"))
    if run.filled_with(value) is not None:
        items = Many(Tuple(containers.any_pair(run, value))) if value.kind == "dict" else containers.stored(run, value)
    made = Cell(run.uid(), value.kind, None, value.site)
    run.state.set((made.uid, "items"), _copied(world, items, depth + 1) if items is not UNBOUND else Tuple(()))
    return made


def _remember(world: Libraries, base: Cell, name: str, value: Value) -> None:
    """Keep book of the layers and variables that an attribute held so far: they stay where they are in the lists."""
    state = world.run.state
    old = state.get((base.uid, name))
    if old is UNBOUND:
        return
    new = list(leaves(world, value))
    gone = [leaf for leaf in _booked(world, leaves(world, old)) if leaf not in new]
    if not gone:
        return
    order = places(world, base)
    former = f"{name} of before {len(order)}"
    state.set((base.uid, former), Tuple(tuple(gone)))
    state.set((base.uid, FORMER), Names((*(former if each == name else each for each in order), name)))


def _booked(world: Libraries, values: Iterable[Value]) -> list[Value]:
    """Those of some values that Keras keeps book of."""
    found = []
    for value in values:
        if isinstance(value, Variable):
            booked = value.flavor == "keras"
        else:
            booked = is_layer(value) and not (isinstance(value, Cell) and _is_a_strangers(world, value))
        if booked:
            found.append(value)
    return found


def _is_a_strangers(world: Libraries, value: Cell) -> bool:
    return value.kind == "instance" and (not is_keras(world, value) or is_old(world, value))
