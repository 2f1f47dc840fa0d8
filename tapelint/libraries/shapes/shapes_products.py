"""Products over axes: of matrices, of a matrix and a vector, over axes that are named. Their shapes, and which fit."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from tapelint.flow import containers
from tapelint.flow.values import Cell, Const, Tuple, Value

from ..numerics.numbers_exact import constant
from .shapes import Shape, broadcast, of_value

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries


def turned_sides(world: Libraries, given: Given) -> list[Shape | None] | None:
    """The shapes of the two sides of a product of matrices as they are multiplied; None where that is not clear."""
    shapes = [of_value(world, v) for v in list(given.values.values())[:2]]
    for index, side in enumerate("ab"):
        turned = [given.get(f"{word}_{side}", Const(False)) for word in ("transpose", "adjoint")]
        shape = shapes[index] if index < len(shapes) else None
        if not all(isinstance(each, Const) for each in turned):
            return None
        if any(getattr(each, "value", None) for each in turned) and shape is not None and len(shape) >= 2:
            shapes[index] = (*shape[:-2], shape[-1], shape[-2])
    return shapes


def of_matrices(world: Libraries, given: Given) -> Shape | None:
    """The shape of `matmul`, of matrices or of batches of them."""
    sides = turned_sides(world, given)
    if sides is None or len(sides) != 2 or sides[0] is None or sides[1] is None or min(map(len, sides)) < 2:  # type: ignore[arg-type]
        return None
    before = broadcast([sides[0][:-2], sides[1][:-2]])
    return (*before, sides[0][-2], sides[1][-1]) if before is not None else None


def of_vector(world: Libraries, given: Given) -> Shape | None:
    """The shape of `matvec`, of matrices and vectors or of batches of them."""
    matrix, vector = (of_value(world, given.get(side)) for side in "ab")
    if given.values.keys() & {"transpose_a", "adjoint_a"} or not matrix or not vector or len(matrix) < 2:
        return None
    before = broadcast([matrix[:-2], vector[:-1]])
    return (*before, matrix[-2]) if before is not None else None


Sides = tuple[Sequence[int], Sequence[int]]


def of_tensors(world: Libraries, given: Given) -> Shape | None:
    """The shape of `tensordot`."""
    one, other = (of_value(world, given.get(side)) for side in "ab")
    if one is None or other is None or (axes := _summed(world, given, one, other)) is None:
        return None
    if not _are_there(axes, one, other):
        return None
    gone = [{axis % len(shape) for axis in own} for own, shape in zip(axes, (one, other), strict=True)]
    return tuple(
        n for shape, lost in zip((one, other), gone, strict=True) for i, n in enumerate(shape) if i not in lost
    )


def are_unfit_tensors(world: Libraries, given: Given) -> bool:
    """Whether two tensors have not the axes that `tensordot` sums over, or have other numbers of elements along them:
    that is all that it looks at.
    """
    one, other = (of_value(world, given.get(side)) for side in "ab")
    if one is None or other is None or (axes := _summed(world, given, one, other)) is None:
        return False
    if len(axes[0]) != len(axes[1]) or not _are_there(axes, one, other):
        return True
    lengths = [[shape[axis] for axis in own] for own, shape in zip(axes, (one, other), strict=True)]
    numbers = [prod(n for n in each if n is not None) if None not in each else None for each in lengths]
    return None not in numbers and numbers[0] != numbers[1]


def are_axes_missing(world: Libraries, given: Given) -> bool:
    """Whether `tensordot` may be asked for axes that its tensors have not: it says so before a kernel is asked."""
    one, other = (of_value(world, given.get(side)) for side in "ab")
    axes = _summed(world, given, one, other) if one is not None and other is not None else None
    return axes is None or one is None or other is None or not _are_there(axes, one, other)


def _summed(world: Libraries, given: Given, one: Shape, other: Shape) -> Sides | None:
    """The axes that `tensordot` sums over, of both sides; None where they are not known."""
    axes = constant(world, given, "axes")
    if isinstance(axes, int) and not isinstance(axes, bool):
        return (range(len(one) - axes, len(one)), range(axes)) if axes >= 0 else None
    if not isinstance(axes, tuple) or len(axes) != 2:
        return None
    first, second = (each if isinstance(each, tuple) else (each,) for each in axes)
    known = all(isinstance(n, int) and not isinstance(n, bool) for n in (*first, *second))
    return (first, second) if known else None


def _are_there(axes: Sides, one: Shape, other: Shape) -> bool:
    sides = zip(axes, (one, other), strict=True)
    return all(-len(shape) <= axis < len(shape) for own, shape in sides for axis in own)


def of_sum(world: Libraries, given: Given) -> Shape | None:
    """The shape of `einsum`, of an equation that is written out."""
    terms = _terms(world, given)
    if terms is None or terms.result is None:
        return None
    lengths: dict[str, int | None] = {}
    for term, shape in zip(terms.inputs, terms.shapes, strict=True):
        if shape is None or len(shape) != len(term):
            return None
        for letter, length in zip(term, shape, strict=True):
            known = lengths.get(letter)
            lengths[letter] = length if known in (None, 1) else known
    return tuple(lengths.get(letter) for letter in terms.result)


class _Terms(NamedTuple):
    """The sides of an equation of `einsum`, and the shapes of what it is given."""

    inputs: list[str]
    result: str | None
    shapes: list[Shape | None]


def _terms(world: Libraries, given: Given) -> _Terms | None:
    equation, inputs = constant(world, given, "equation", "subscripts"), given.get("inputs", given.get("operands"))
    items = _listed(world, inputs)
    if not isinstance(equation, str) or "." in equation or items is None:
        return None
    before, arrow, after = equation.replace(" ", "").partition("->")
    terms = before.split(",")
    if len(terms) != len(items):
        return _Terms(terms, None, [])
    return _Terms(terms, after if arrow else None, [of_value(world, item) for item in items])


def _listed(world: Libraries, values: Value) -> tuple[Value, ...] | None:
    items = containers.sequence(world.run, values) if isinstance(values, (Cell, Tuple)) else None
    return items.items if isinstance(items, Tuple) else None


def is_odd_sum(world: Libraries, given: Given) -> bool:
    """Whether tensors do not have the axes that the equation of `einsum` names, or these differ in length."""
    terms = _terms(world, given)
    if terms is None:
        return False
    if len(terms.shapes) != len(terms.inputs):
        return True
    lengths: dict[str, set[int]] = {}
    for term, shape in zip(terms.inputs, terms.shapes, strict=True):
        if shape is not None and len(shape) != len(term):
            return True
        for letter, length in zip(term, shape or (), strict=False):
            lengths.setdefault(letter, set()).update([length] if length is not None else [])
    return any(len(found) > 1 for found in lengths.values())
