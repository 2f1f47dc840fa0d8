"""What changes while a program runs: one heap of fields with an undo trail.

A branch runs, its difference is taken and undone, the other runs, the differences are joined. Cost follows the writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from .values import UNBOUND, Flag, Perhaps, Tuple, Unbound, Value, plain

Key = tuple[int, str]
Delta = dict[Key, Value]


@dataclass(slots=True)
class Log:
    """What was read before it was written, since the log was begun, as the state holds it."""

    read: Delta = field(default_factory=dict)
    written: set[Key] = field(default_factory=set)

    def include(self, inner: Log) -> None:
        """What an inner log saw was seen by this one too."""
        for key, value in inner.read.items():
            if key not in self.written:
                self.read.setdefault(key, value)
        self.written |= inner.written


def values_of(fields: Delta) -> Delta:
    """The values that fields of a difference have, if they have any."""
    return {key: plain(held) for key, held in fields.items()}


class State:
    """Fields of frames, modules, instances, containers and tapes: (identity, name) -> value.

    A field that was written on some of several ways only is held as a `Perhaps`: who asks for the value gets it all the
    same, `may_lack` tells. Differences (`Delta`) have it as it is held.
    """

    __slots__ = ("_heap", "_trail", "doubted", "log", "of_calls", "writes")

    def __init__(self) -> None:
        self._heap: dict[Key, Value] = {}
        self._trail: list[tuple[Key, Value]] = []
        self.writes = 0
        self.log: Log | None = None
        self.doubted: set[str] = set()
        """The names of all fields that some object may have or lack."""
        self.of_calls: set[int] = set()
        """The frames of functions: a name of theirs that is read was bound."""

    @contextmanager
    def logged(self) -> Iterator[Log]:
        """What is read and written meanwhile; a log that was begun before has it, too."""
        outer, log = self.log, Log()
        self.log = log
        try:
            yield log
        finally:
            self.log = outer
            if outer is not None:
                outer.include(log)

    def get(self, key: Key) -> Value:
        """The value, or UNBOUND."""
        value = self._heap.get(key, UNBOUND)
        if self.log is not None and key not in self.log.written:
            self.log.read.setdefault(key, value)
        return value.value if type(value) is Perhaps else value

    def looked_at(self, key: Key) -> Value:
        """The value, or UNBOUND; it is not the program that reads it."""
        value = self._heap.get(key, UNBOUND)
        return value.value if type(value) is Perhaps else value

    def those(self, owner: int, names: Sequence[str]) -> list[Value]:
        """The values of the fields of these names that something has, without those that it lacks."""
        if self.log is not None:
            return [value for name in names if (value := self.get((owner, name))) is not UNBOUND]
        heap = self._heap
        found = [value for name in names if (value := heap.get((owner, name), UNBOUND)) is not UNBOUND]
        return [value.value if type(value) is Perhaps else value for value in found]

    def held(self, key: Key) -> Value:
        """The value, a `Perhaps` where the field may be absent, or UNBOUND."""
        value = self._heap.get(key, UNBOUND)
        if self.log is not None and key not in self.log.written:
            self.log.read.setdefault(key, value)
        return value

    def may_lack(self, key: Key) -> bool:
        """Whether a field that has a value may be absent as well, by the way that was taken."""
        return type(self.held(key)) is Perhaps

    def set(self, key: Key, value: Value) -> None:
        """Write, remembering what was there."""
        heap = self._heap
        if self.log is not None:
            self.log.written.add(key)
        self._trail.append((key, heap.get(key, UNBOUND)))
        self.writes += 1
        heap[key] = value

    def push(self, key: Key, value: Value) -> None:
        """Add to the end of the tuple that a field holds."""
        old = self.get(key)
        self.set(key, Tuple((*(old.items if isinstance(old, Tuple) else ()), value)))

    def keys_of(self, owners: Collection[int]) -> list[Key]:
        """The fields that these have."""
        return [key for key, value in self._heap.items() if key[0] in owners and value is not UNBOUND]

    def settle(self, key: Key, value: Value) -> None:
        """Put a value in the place of one that was put off: no change that a branch could undo."""
        self._heap[key] = Perhaps(value) if type(self._heap.get(key)) is Perhaps else value

    def keep(self, mark: int) -> None:
        """Let no rollback undo what was written since the mark."""
        del self._trail[mark:]

    def forget(self, mark: int, owner: int) -> None:
        """Let go of all that was written to an owner since the mark: nobody can ask for it any more."""
        late = self._trail[mark:]
        gone = {key for key, _ in late if key[0] == owner}
        if gone:
            self._trail[mark:] = [entry for entry in late if entry[0][0] != owner]
            for key in gone:
                self._heap.pop(key, None)

    def mark(self) -> int:
        """The present moment."""
        return len(self._trail)

    def delta(self, mark: int) -> Delta:
        """What has changed since the mark, as it is now."""
        heap = self._heap
        return {key: heap.get(key, UNBOUND) for key in dict.fromkeys(key for key, _ in self._trail[mark:])}

    def update(self, fields: Delta) -> None:
        """Write several fields, as the program does."""
        for key, value in fields.items():
            self.set(key, value)

    def before(self, mark: int) -> Delta:
        """What the fields that changed since the mark held then."""
        found: Delta = {}
        for key, old in self._trail[mark:]:
            found.setdefault(key, old)
        return found

    def plain_before(self, mark: int) -> Delta:
        """Likewise, as who asks gets it."""
        return values_of(self.before(mark))

    def rollback(self, mark: int) -> None:
        """Undo all writes since the mark."""
        heap, trail = self._heap, self._trail
        while len(trail) > mark:
            key, old = trail.pop()
            if self.log is not None:
                self.log.written.discard(key)
            if old is UNBOUND:
                heap.pop(key, None)
            else:
                heap[key] = old

    def take(self, mark: int) -> Delta:
        """The changes since the mark, which are undone."""
        delta = self.delta(mark)
        self.rollback(mark)
        return delta

    def apply(self, delta: Delta) -> None:
        """Make the present state what a difference says; what is so already is not written."""
        for key, value in delta.items():
            if self._heap.get(key, UNBOUND) is not value:
                self.set(key, value)

    def merge(self, deltas: Sequence[Delta], join: Callable[[Value, Value], Value], newest: int) -> None:
        """Write the union of several differences to the present state, of which one is what happens.

        `newest`: the last identity of what was there when the ways parted.
        """
        if len(deltas) == 1:
            self.apply(deltas[0])
            return
        keys = dict.fromkeys(key for delta in deltas for key in delta)
        for key in keys:
            before = self._heap.get(key, UNBOUND)
            each = [delta.get(key, before) for delta in deltas]
            value = plain(each[0])
            for other in each[1:]:
                value = join(value, plain(other))
            asked = 0 < key[0] <= newest and key[0] not in self.of_calls and not isinstance(value, (Flag, Unbound))
            if asked and any(one is UNBOUND or type(one) is Perhaps for one in each):
                value = before if type(before) is Perhaps and before.value is value else Perhaps(value)
                self.doubted.add(key[1])
            if value is not before:
                self.set(key, value)
