"""Arguments that a function casts to the dtype of another one, which has no gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.facts.table import casts
from tapelint.flow.core import Arguments
from tapelint.flow.graph import CONVERTED, Site
from tapelint.flow.values import UNBOUND, Const, Data, Value, Variable

from .arguments import Given, python_numbers
from .shapes import widths

if TYPE_CHECKING:
    from .world import Libraries


def as_cast(world: Libraries, name: str, given: Given, site: Site) -> Given:
    """What a function, by the name of its fact, computes with."""
    known = casts().get(name)
    if known is None:
        return given
    values = dict(given.values)
    for (parameter, letter), lost in known.items():
        dtype = _of_letter(world, given.get(parameter), letter)
        for other in sorted(lost) if dtype else ():
            if isinstance(values.get(other, UNBOUND), (Data, Variable)):
                cast = world.call_library("tensorflow.cast", Arguments([values[other], Const(dtype)]), site)
                for node in world.run.nodes_in(cast):
                    node.detail = CONVERTED
                values[other] = cast
    return Given(values, given.places, given.rest)


def _of_letter(world: Libraries, value: Value, letter: str) -> str:
    """The dtype of a value of whole numbers (i) or truths (b), or of the tensor made of it; "" where it is none."""
    plain = "bool" if letter == "b" else "int32"
    if isinstance(value, (Data, Variable)):
        return (widths.of_variable(world, value) or plain) if value.dtype == letter else ""
    numbers = python_numbers(world, value)
    kind = bool if letter == "b" else int
    return plain if numbers and all(type(number) is kind for number in numbers) else ""
