"""What was made on one of several ways only: whether it is there at all depends on which was taken."""

from __future__ import annotations

from bisect import bisect_right


class Ways:
    """The numbers of the nodes that were made on some ways only, as ranges one after the other."""

    def __init__(self) -> None:
        self._first: list[int] = []
        self._end: list[int] = []

    def note(self, first: int, end: int) -> None:
        """All nodes from `first` on, up to but without `end`, which is the next, were made on one of several ways."""
        while self._first and self._first[-1] >= first:
            self._first.pop()
            self._end.pop()
        if self._end and self._end[-1] >= first:
            self._end[-1] = end
        elif first < end:
            self._first.append(first)
            self._end.append(end)

    def has(self, number: int) -> bool:
        """Whether a node may be missing, by the way that was taken."""
        place = bisect_right(self._first, number) - 1
        return place >= 0 and number < self._end[place]
