"""What variables are called: `variable.name`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Const, Data, Value, Variable

if TYPE_CHECKING:
    from ..registry import FunctionHandler
    from ..world import Libraries

TEXT = "name of its own"
"""Under this lies what TensorFlow calls a variable."""

SCOPED = (0, "name scope")
"""Set once a scope is opened that puts something in front of names."""


def scoping(plain: FunctionHandler) -> FunctionHandler:
    """A function that opens a scope of names."""

    def scope(world: Libraries, args: Arguments, site: Site) -> Value:
        world.run.state.set(SCOPED, TRUE)
        return plain(world, args, site)

    return scope


def name_it(world: Libraries, variable: Variable, given: Value) -> None:
    """Note the name that a `tf.Variable` was given; NO_VALUE or UNBOUND where it was given none."""
    if given in (UNBOUND, NO_VALUE):
        given = Const("Variable")
    if isinstance(given, Const) and isinstance(given.value, str) and world.run.state.get(SCOPED) is UNBOUND:
        world.run.state.set((variable.uid, TEXT), Const(f"{given.value}:0"))


def default_name(cls: str) -> str:
    """What Keras calls an object of one of its classes: "batch_normalization", perhaps with a number after it."""
    last = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", cls.rpartition(".")[2])
    return re.sub("([a-z])([A-Z])", r"\1_\2", last).lower()


def name_weight(world: Libraries, variable: Variable, layer: Value, cls: str) -> None:
    """Note the name of a weight of a layer of Keras 2, by the layer's name, or by its class where it has none."""
    owner = layer.value if isinstance(layer, Const) else default_name(cls) if layer is UNBOUND else None
    if owner is not None:
        name_it(world, variable, Const(f"{owner}/{variable.name}"))


def hide_name(world: Libraries, variable: Variable, given: Value, site: Site) -> None:
    """Note that nobody knows the name of a variable of Keras, if it was given one that is no constant."""
    if not isinstance(given, Const):
        world.run.state.set((variable.uid, TEXT), _unknown(world, site))


def _unknown(world: Libraries, site: Site) -> Value:
    return Data(world.run.node("Variable.name", [], site, dtype="s", kind="python"), "python", "s")


def name_of(world: Libraries, variable: Variable, site: Site) -> Value:
    """`variable.name`: in Keras 3 the weight's name alone; a text of which nothing is known where it is not known."""
    known = world.run.state.get((variable.uid, TEXT))
    if known is not UNBOUND:
        return known
    if variable.flavor == "keras":
        return Const(variable.name.rpartition("/")[2] or "variable")
    return _unknown(world, site)
