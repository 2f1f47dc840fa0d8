"""What is known of numbers: how low, how high, which points are met, small arrays element by element."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isinf, isnan
from typing import Literal

Scope = Literal["element", "row", "all"]
MOST_POINTS = 6


@dataclass(frozen=True, slots=True)
class Reach:
    """A number that can be seen to be met, and why in words.

    `scope`: one element is there; all elements of one row (so that a sum over an axis is there as well); all of them.
    `certain`: on every run. `held`: a bound (`tf.maximum`, a clip) holds the value there, and lets no gradient back.
    """

    at: float
    because: str = ""
    scope: Scope = "element"
    certain: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """A small array whose numbers are known, in row-major order."""

    shape: tuple[int, ...]
    flat: tuple[float, ...]

    @property
    def finite(self) -> bool:
        """Whether every number is finite."""
        return not any(isinf(x) or isnan(x) for x in self.flat)


@dataclass(frozen=True, slots=True)
class Range:
    """Every element lies between `low` and `high`; an open end is approached but, rounding aside, never met.

    `points` are numbers that some element can be seen to take. `array`: all elements, where they are known. `double`:
    64 bits wide. `key`: two values with one key are the same numbers. `rows`: the keys of the entries along the first
    axis. `same`: the axes, counted from the end, along which all entries are equal. `generic`: random numbers, of
    which none takes a given value. `like`: of a variable's content, the key of what was written into it.
    """

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    points: tuple[Reach, ...] = ()
    array: Array | None = None
    double: bool = False
    key: int | None = None
    rows: tuple[int, ...] | None = None
    same: frozenset[int] = frozenset()
    generic: bool = False
    like: int | None = None

    @staticmethod
    def exactly(number: float) -> Range:
        """A single number."""
        return Range.of(Array((), (float(number),)))

    @staticmethod
    def of(array: Array, double: bool = False) -> Range:
        """Numbers that are known; none at all where the array is empty."""
        real = [x for x in array.flat if not isnan(x)]
        whole = len(real) == len(array.flat) and bool(real)
        low, high = (min(real), max(real)) if whole else (-inf, inf)
        return Range(low, high, array=array, double=double)

    @property
    def constant(self) -> float | None:
        """The number, where there is one only."""
        return self.low if self.low == self.high else None

    def contains(self, number: float) -> bool:
        """Whether the bounds allow it."""
        if self.array is not None:
            return number in self.array.flat or any(isnan(x) for x in self.array.flat)
        if number == self.low == self.high:
            return True
        if number == self.low:
            return not self.low_open
        if number == self.high:
            return not self.high_open
        return self.low < number < self.high

    @property
    def positive(self) -> bool:
        """Above zero, rounding aside."""
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def not_negative(self) -> bool:
        """Zero or above."""
        return self.low >= 0

    def point(self, number: float) -> Reach | None:
        """The strongest evidence that some element is this number."""
        found = [p for p in self.points if p.at == number]
        return max(found, key=lambda p: (p.certain, not p.held), default=None)

    def loose(self) -> Range:
        """The same bounds without what identifies the numbers."""
        return replace(self, key=None, rows=None)

    def join(self, other: Range) -> Range:
        """One or the other."""
        if self == other:
            return self
        low, low_open = min((self.low, self.low_open), (other.low, other.low_open))
        high = max(self.high, other.high)
        high_open = all(r.high_open for r in (self, other) if r.high == high)
        points = dict.fromkeys((*self._seen(), *other._seen()))
        return Range(
            low, high, low_open, high_open, tuple(points)[:MOST_POINTS], None, self.double and other.double,
            same=self.same & other.same, generic=self.generic and other.generic,
        )  # fmt: skip

    def _seen(self) -> tuple[Reach, ...]:
        """The points as they are after a join: no longer certain; zeros of a known array among them."""
        own = tuple(replace(p, certain=False) for p in self.points)
        if self.array is not None and 0.0 in self.array.flat:
            scope: Scope = "all" if not any(self.array.flat) else "element"
            own += (Reach(0.0, "", scope),)
        return own


UNBOUNDED = Range()
