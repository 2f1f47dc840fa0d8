"""The variables that an optimizer of Keras 3 was built with, by its first update or by `build`: it takes no others."""

from __future__ import annotations

from collections.abc import Sequence

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Many, OneOf, Tuple, Value, Variable, options

from ..world import Libraries

OF_ANY_CLASS = "keras.optimizers.Optimizer"
"""The class of optimizers of which nothing more is known."""

BUILT = "built with"
"""Where the state has an optimizer's variables: a sequence of them, or `NO_VALUE` where they are not known."""

UNKNOWN_VARIABLE = "Optimizer.apply_gradients to an unknown variable"
"""The call that an exception is noted under for a variable that an optimizer was not built with."""


def make(world: Libraries, name: str, args: Arguments, site: Site) -> Cell:
    """A new optimizer of Keras; what wraps others may build them, and one that stands for several is built by each."""
    made = Cell(world.run.uid(), "optimizer", name, site)
    if world.run.once_for_many:
        forget(world, made)
    for value in args.every():
        forget(world, value)
    return made


def copied(world: Libraries, optimizer: Cell, site: Site) -> Cell:
    """`copy.copy(optimizer)`: another one, which shares with it what it knows of its variables."""
    made = Cell(world.run.uid(), "optimizer", optimizer.info, site)
    for each in (optimizer, made):
        forget(world, each)
    return made


def forget(world: Libraries, value: Value) -> None:
    """An optimizer may be built by code that is not seen, with whatever variables."""
    for option in options(value):
        if isinstance(option, Cell) and option.kind == "optimizer":
            world.run.state.set((option.uid, BUILT), NO_VALUE)


def built(world: Libraries, optimizer: Value, variables: Value) -> None:
    """An optimizer is built with these, if it is not yet; later variables of other updates are refused."""
    if not isinstance(optimizer, Cell):
        return
    run = world.run
    known = _every(variables) is not None and not run.one_of_several and _is_seen(world, optimizer)
    old = run.state.held((optimizer.uid, BUILT))
    if old is UNBOUND:
        run.state.set((optimizer.uid, BUILT), variables if known else NO_VALUE)
    elif run.state.may_lack((optimizer.uid, BUILT)):
        run.state.set((optimizer.uid, BUILT), NO_VALUE)


def applied(world: Libraries, optimizer: Value, variables: Value, site: Site) -> None:
    """An optimizer changes these: it raises for one that it was not built with."""
    if not isinstance(optimizer, Cell):
        return
    key = (optimizer.uid, BUILT)
    old = world.run.state.get(key)
    surely = not world.run.state.may_lack(key) and _is_seen(world, optimizer)
    unknown = _unknown(old, variables) if surely else None
    if unknown is not None:
        world.recorder.note("unknown variable", Tuple((optimizer, unknown)), site)
        world.raised("ValueError", site, UNKNOWN_VARIABLE)
    built(world, optimizer, variables)


def is_unbuilt(world: Libraries, optimizer: Value) -> bool:
    """Whether an optimizer has certainly not been built yet."""
    seen = isinstance(optimizer, Cell) and _is_seen(world, optimizer)
    return seen and isinstance(optimizer, Cell) and world.run.state.held((optimizer.uid, BUILT)) is UNBOUND


def _unknown(old: Value, variables: Value) -> Variable | None:
    """A variable among these that an optimizer was certainly not built with, in whatever way that was."""
    every = [_every(way) for way in options(old)]
    if not isinstance(variables, Tuple) or old is UNBOUND or None in every:
        return None
    known = {variable.uid for way in every for variable in way or ()}
    return next((v for v in variables.items if isinstance(v, Variable) and v.uid not in known), None)


def _every(variables: Value) -> Sequence[Variable] | None:
    """All that may be among some variables; None where it is not known or may be others."""
    items = variables.items if isinstance(variables, Tuple) else ()
    if isinstance(variables, Many):
        items = (variables.element,)
    flat = [option for item in items for option in (item.options if isinstance(item, OneOf) else (item,))]
    found = [option for option in flat if isinstance(option, Variable)]
    return found if found and len(found) == len(flat) else None


def _is_seen(world: Libraries, optimizer: Cell) -> bool:
    """Whether all that is done with an optimizer of Keras 3 is seen."""
    run = world.run
    name = str(optimizer.info)
    return (
        name.startswith("keras.")
        and name != OF_ANY_CLASS
        and optimizer.uid > run.outside
        and not run.is_in_unknown_hands(optimizer)
        and run.state.get((optimizer.uid, "built")) is UNBOUND
    )
