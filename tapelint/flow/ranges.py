"""Bounds of numbers: how low, how high, and whether an end is reached."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Range:
    """Every element lies between `low` and `high`; an open end is approached but never reached.

    `reaches` are the numbers of which it can be seen that some element takes them (a tensor made of zeros: 0.0), with
    the reason in words.
    """

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    reaches: tuple[tuple[float, str], ...] = ()

    @staticmethod
    def exactly(number: float, because: str = "") -> Range:
        """All elements are one number."""
        return Range(number, number, reaches=((number, because),))

    @property
    def constant(self) -> float | None:
        """The number, where there is one only."""
        return self.low if self.low == self.high else None

    def contains(self, number: float) -> bool:
        """Whether the bounds allow it."""
        if number == self.low:
            return not self.low_open
        if number == self.high:
            return not self.high_open
        return self.low < number < self.high

    def join(self, other: Range) -> Range:
        """Bounds of one or the other."""
        low, low_open = min((self.low, self.low_open), (other.low, other.low_open))
        high = max(self.high, other.high)
        high_open = all(r.high_open for r in (self, other) if r.high == high)
        reaches = tuple(dict.fromkeys(self.reaches + other.reaches))
        return Range(low, high, low_open, high_open, reaches)


UNBOUNDED = Range()
