"""Shapes that do not fit where a loss of Keras 3 holds what is true against what is predicted, or weighs examples."""

from __future__ import annotations

from tapelint.flow.values import NO_VALUE, UNBOUND, Const, Data, Value, Variable

from ..arguments import Given
from ..natures import form
from ..refusals.refusing import OF_KERNELS
from ..shapes.shapes import Shape, broadcast, differ, of_value
from ..shapes.shapes_misfit import clash
from ..world import Libraries

BROADCAST = frozenset(
    "cosinesimilarity hinge huber kldivergence logcosh meanabsoluteerror meanabsolutepercentageerror "  # noqa: SIM905
    "meansquarederror meansquaredlogarithmicerror poisson squaredhinge".split()
)
"""Losses, as functions and as classes, whose two arguments only kernels hold against each other."""

ALIKE = ("binarycrossentropy", "categoricalcrossentropy")
"""Losses that ask for two of one shape."""

OF_CLASSES = "sparsecategoricalcrossentropy"


def refused(world: Libraries, name: str, given: Given, squeezes: bool) -> str:
    """What a loss raises for the shapes that it is given; "" where it takes them, or where nobody can tell.

    `squeezes`: a last axis of length 1 is added or taken away first, where that makes the ranks the same.
    """
    values = [given.get("y_true"), given.get("y_pred")]
    true, pred = (of_value(world, value) for value in values)
    if not all(map(_is_of_numbers, values)) or not true or not pred or given.rest is not None:
        return ""
    if squeezes:
        together = _of_one_rank(true, pred)
        if together is None:
            return ""
        true, pred = together
    if name in ALIKE and differ(true, pred):
        return "ValueError"
    if name == OF_CLASSES and _are_no_labels(true, pred, given):
        return "ValueError"
    if name in BROADCAST and clash((true, pred)):
        return OF_KERNELS
    made = pred if name == OF_CLASSES or name in ALIKE else broadcast((true, pred)) if name in BROADCAST else None
    return OF_KERNELS if made is not None and _is_weighed_by_others(world, made[:-1], given) else ""


def _is_of_numbers(value: Value) -> bool:
    """Whether a value is one array of numbers."""
    return isinstance(value, (Data, Variable)) and value.dtype in "fi" and not (isinstance(value, Data) and form(value))


def _of_one_rank(one: Shape, other: Shape) -> tuple[Shape, Shape] | None:
    """Two shapes as Keras makes one rank of two; None where that depends on a length that is not known."""
    if abs(len(one) - len(other)) != 1:
        return one, other
    long, short = sorted((one, other), key=len, reverse=True)
    if long[-1] is None:
        return None
    if long[-1] != 1:
        return one, other
    if len(short) == 1:
        short = (*short, 1)
    else:
        long = long[:-1]
    return (long, short) if len(one) > len(other) else (short, long)


def _are_no_labels(true: Shape, pred: Shape, given: Given) -> bool:
    """Whether what is true is certainly not one class for each row of what is predicted."""
    if given.get("axis", Const(-1)) != Const(-1) or given.get("ignore_class", NO_VALUE) != NO_VALUE:
        return False
    if len(true) == len(pred):
        if true[-1] is None:
            return False
        true = true[:-1] if true[-1] == 1 else true
    return differ(true, pred[:-1])


def _is_weighed_by_others(world: Libraries, made: Shape, given: Given) -> bool:
    """Whether the weights of examples do not fit the numbers that a loss makes of them."""
    value = given.get("sample_weight", NO_VALUE)
    weights = of_value(world, value) if value not in (NO_VALUE, UNBOUND) else None
    if not weights or not made:
        return False
    together = _of_one_rank(made, weights)
    return together is not None and clash(together)
