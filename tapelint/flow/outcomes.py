"""What can become of a gradient: sets of outcomes, and how they combine.

An outcome is a set out of {none, zero, flows} and a bit "ignorant" (something unknown took part), kept as four bits.
Along a path the setwise minimum holds, over parallel paths the setwise maximum, over joined branches the union.
Exactly `none` absorbs along a path, exactly `flows` over parallel ones: there ignorance does not matter.
"""

from __future__ import annotations

from typing import NamedTuple

NONE, ZERO, FLOWS, IGNORANT = 1, 2, 4, 8
ANYTHING = NONE | ZERO | FLOWS | IGNORANT


def _members(outcome: int) -> list[int]:
    return [bit for bit in (NONE, ZERO, FLOWS) if outcome & bit]


def _along(first: int, second: int) -> int:
    if NONE in (first, second):
        return NONE
    result = (first | second) & IGNORANT
    for a in _members(first):
        for b in _members(second):
            result |= min(a, b)
    return result


def _parallel(first: int, second: int) -> int:
    if FLOWS in (first, second):
        return FLOWS
    result = (first | second) & IGNORANT
    for a in _members(first):
        for b in _members(second):
            result |= max(a, b)
    return result


_ALONG = [[_along(a, b) for b in range(16)] for a in range(16)]
_PARALLEL = [[_parallel(a, b) for b in range(16)] for a in range(16)]


def along(first: int, second: int) -> int:
    """The outcome of two edges one after the other."""
    return _ALONG[first][second]


def parallel(first: int, second: int) -> int:
    """The outcome of two paths side by side."""
    return _PARALLEL[first][second]


class Outcomes(NamedTuple):
    """One outcome for each of many sources at once: in every field, bit i stands for source i."""

    none: int
    zero: int
    flows: int
    ignorant: int

    def at(self, index: int) -> int:
        """The outcome of one source."""
        return (
            (self.none >> index & 1) * NONE
            | (self.zero >> index & 1) * ZERO
            | (self.flows >> index & 1) * FLOWS
            | (self.ignorant >> index & 1) * IGNORANT
        )

    def is_nothing(self) -> bool:
        """Whether there is no path, for any source."""
        return not (self.flows or self.zero or self.ignorant)

    def along(self, edge: int, everyone: int) -> Outcomes:
        """After one more edge; `everyone` has the bits of all sources."""
        if edge == FLOWS:
            return self
        if edge == NONE:
            return Outcomes(everyone, 0, 0, 0)
        cut = self.none & ~(self.zero | self.flows | self.ignorant)
        zero = 0
        if edge & ZERO:
            zero |= self.zero | self.flows
        if edge & FLOWS:
            zero |= self.zero
        return Outcomes(
            (everyone if edge & NONE else self.none) | cut,
            zero & ~cut,
            (self.flows if edge & FLOWS else 0) & ~cut,
            (everyone if edge & IGNORANT else self.ignorant) & ~cut,
        )

    def parallel(self, other: Outcomes) -> Outcomes:
        """Beside another path."""
        sure = (self.flows & ~(self.none | self.zero | self.ignorant)) | (
            other.flows & ~(other.none | other.zero | other.ignorant)
        )
        zero = (self.zero & (other.zero | other.none)) | (other.zero & self.none)
        return Outcomes(
            self.none & other.none & ~sure,
            zero & ~sure,
            self.flows | other.flows,
            (self.ignorant | other.ignorant) & ~sure,
        )

    def union(self, other: Outcomes) -> Outcomes:
        """One way or another."""
        return Outcomes(
            self.none | other.none, self.zero | other.zero, self.flows | other.flows, self.ignorant | other.ignorant
        )

    def add(self, bits: int, outcome: int) -> Outcomes:
        """One way or another, where the other way has one outcome for the sources in `bits`."""
        return Outcomes(
            self.none | (bits if outcome & NONE else 0),
            self.zero | (bits if outcome & ZERO else 0),
            self.flows | (bits if outcome & FLOWS else 0),
            self.ignorant | (bits if outcome & IGNORANT else 0),
        )


def nothing(everyone: int) -> Outcomes:
    """No path, for every source."""
    return Outcomes(everyone, 0, 0, 0)
