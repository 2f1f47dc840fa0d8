"""Matrices at which a decomposition or a solver is singular: with zeros on the diagonal, dependent columns, no root."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal

from tapelint.facts.values import SingularOf
from tapelint.flow.ranges import Array, Range, Reach

from .numbers_arrays import size

Matrix = Sequence[Sequence[float]]
Evidence = Literal["certain", "possible", "unknown"]
CLEARLY = 1e-3
"""By how much of its largest element a pivot must be negative to be so after rounding."""
WORDS: dict[SingularOf, str] = {
    "row": "0 in a whole row",
    "column": "0 in a whole column",
    "diagonal": "0 on its diagonal",
    "dependent": "singular",
    "indefinite": "not positive definite",
}


def evidence(r: Range, of: SingularOf) -> Reach | Evidence | None:
    """Whether a matrix, or one of several, is singular in the way of a word; None where it is not."""
    if r.array is not None:
        if not r.array.finite:
            return None
        found = [TESTS[of](m) for m in _matrices(r.array)]
        return "certain" if "certain" in found else "possible" if "possible" in found else None
    if r.low == 0 == r.high:
        return r.point(0.0) or "certain"
    wanted = ("all", "row") if of == "row" else ("all",)
    zeros = next((p for p in r.points if p.at == 0 and p.scope in wanted), None)
    if zeros is not None:
        return zeros
    return None if r.generic or (of != "dependent" and r.positive and of != "indefinite") else "unknown"


def _matrices(array: Array) -> list[Matrix]:
    if len(array.shape) < 2:
        return [[array.flat]]
    rows, columns = array.shape[-2:]
    flat = array.flat
    starts = range(0, size(array.shape), max(1, rows * columns))
    return [[flat[at + i * columns : at + (i + 1) * columns] for i in range(rows)] for at in starts]


def _row(matrix: Matrix) -> str:
    return "certain" if any(not any(row) for row in matrix) else ""


def _column(matrix: Matrix) -> str:
    return _row(list(zip(*matrix, strict=True)))


def _diagonal(matrix: Matrix) -> str:
    return "certain" if any(row[i] == 0 for i, row in enumerate(matrix) if i < len(row)) else ""


def _dependent(matrix: Matrix) -> str:
    """Exact elimination; rounding can leave a little of what is 0."""
    if _column(matrix):
        return "certain"
    rows = [[Fraction(x) for x in row] for row in matrix]
    columns = len(rows[0])
    if len(rows) < columns:
        return "possible"
    for at in range(columns):
        pivot = next((i for i in range(at, len(rows)) if rows[i][at]), None)
        if pivot is None:
            return "possible"
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for i in range(at + 1, len(rows)):
            factor = rows[i][at] / rows[at][at]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[at], strict=True)]
    return ""


def _indefinite(matrix: Matrix) -> str:
    """The pivots of the lower triangle, of which none may be 0 or negative."""
    size = len(matrix)
    if any(len(row) != size for row in matrix):
        return ""
    if any(matrix[i][i] <= 0 for i in range(size)):
        return "certain"
    a = [[Fraction(matrix[max(i, j)][min(i, j)]) for j in range(size)] for i in range(size)]
    largest = max(abs(x) for row in a for x in row)
    for at in range(size):
        if a[at][at] <= 0:
            return "certain" if a[at][at] < -CLEARLY * largest else "possible"
        for i in range(at + 1, size):
            factor = a[i][at] / a[at][at]
            a[i] = [x - factor * y for x, y in zip(a[i], a[at], strict=True)]
    return ""


TESTS: dict[SingularOf, Callable[[Matrix], str]] = {
    "row": _row,
    "column": _column,
    "diagonal": _diagonal,
    "dependent": _dependent,
    "indefinite": _indefinite,
}
