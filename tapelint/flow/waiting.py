"""Iterators: Python computes their items one by one, a run all at once when the first is asked for.

That comes to the same as long as nobody changes in between what the items are made from, sees between two items what
computing them writes, or leaves some of what writes out. Otherwise the run loses track.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from tapelint.source import walk

from .core import UNFOLLOWED, Core
from .graph import Node, Site
from .state import Delta, Key
from .values import (
    UNBOUND,
    Bound,
    Cell,
    Const,
    Flag,
    Function,
    Generator,
    Many,
    OneOf,
    Partial,
    Tuple,
    Value,
    Wrapped,
)  # fmt: skip
from .world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Computed:
    """What computing an iterator's items has read and written, as it was right after."""

    read: Delta
    written: frozenset[Key]


class Waiting(Core):
    """What is computed before its time."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.lost_at: Site | None = None
        self.lost_within: Site | None = None
        """The call that could not be followed, if it is known, and the one in which that was."""
        self.computed: dict[int, Computed] = {}
        self.in_step: set[int] = set()
        """The iterators that take one item of each sequence for one of their own."""
        self.handed_over: set[int] = set()
        """The iterators that only another one has."""
        self.counted: dict[int, tuple[Cell, int]] = {}
        """Of an `enumerate` that goes over a list: the list, and the first number."""
        self.over_sets: set[int] = set()
        """The frames of comprehensions that go over sets of which the order is not known."""
        self.once_for_many = 0
        """Whether what is made now stands for several of its kind."""
        self.waiting_frames: set[int] = set()
        """The frames of generators: nobody else sees their names."""
        self.read_later: set[int] = set()
        """The frames whose names generator expressions read, perhaps after their calls have ended."""
        self.only_looks = 0
        """Whether what is done now goes over no iterator."""
        self.given_so_far: list[list[Value]] = []
        """Of the iterators that are computed now: the items that come before what is run."""

    def lose_track(self, site: Site | None = None) -> None:
        """From now on nobody can tell what is read, written and done: nothing is claimed any more. `site`: where."""
        if self.state.looked_at(UNFOLLOWED) is UNBOUND:
            self.lost_at, self.lost_within = site, self.chain.site if self.chain is not None else None
        self.state.set(UNFOLLOWED, Flag())

    def give_away(self, values: Iterable[Value], places: Iterable[ast.AST]) -> None:
        """Values are given to an iterator; those iterators among them that are made in these places nobody else has."""
        made = set(map(id, places))
        for value in values if made else ():
            if isinstance(value, Cell) and value.kind == "iterator" and value.site and id(value.site.node) in made:
                self.handed_over.add(value.uid)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """What is run meanwhile only looks at values: iterators give nothing of theirs away."""
        self.only_looks += 1
        try:
            yield
        finally:
            self.only_looks -= 1

    def parts_of(self, value: Value, site: Site | None) -> list[Node]:
        once = self.only_looks and self.is_once(value)
        return super().parts_of(value, None if once else site)

    @contextmanager
    def once_for(self, items: object) -> Iterator[None]:
        """What is run meanwhile is run for each of these; where they are not known one by one, once for all."""
        self.once_for_many += isinstance(items, Many)
        try:
            yield
        finally:
            self.once_for_many -= isinstance(items, Many)

    def compute(self, uid: int, items: Callable[[], T], seen: bool = False) -> T:
        """Compute an iterator's items now. `seen`: it has fields that the program sees."""
        newest, state = self.uid(), self.state
        with state.logged() as log:
            found = items()
        apart = self.waiting_frames if seen else {uid, *self.waiting_frames}
        if not apart.isdisjoint(self.enclosing):
            apart = apart - self._seen_by(found)

        def counts(key: Key) -> bool:
            owner = key[0]
            is_seen = owner not in apart and owner not in self.handed_over
            return owner <= newest and is_seen and not self.world.is_recording(owner)

        read = {key: state.get(key) for key in log.read if counts(key)}
        written = frozenset(key for key in log.written if counts(key) and key[0] > 0)
        self.computed[uid] = Computed(read, written)
        return found

    def _seen_by(self, items: object) -> set[int]:
        """The frames whose names the functions among some items read when they are called."""
        found: set[int] = set()
        todo: list[object] = list(items) if isinstance(items, list) else [items]
        seen: set[int] = set()
        while todo:
            item = todo.pop()
            if isinstance(item, Function):
                found.update(item.scopes)
            elif isinstance(item, (Tuple, Many, OneOf, Bound, Partial, Wrapped, Cell)):
                todo += self.inside(item, seen)
        return found

    @contextmanager
    def giving(self, items: list[Value]) -> Iterator[None]:
        """What is run meanwhile computes an iterator that gives these items, more and more."""
        self.given_so_far.append(items)
        try:
            yield
        finally:
            self.given_so_far.pop()

    def need_not_raise(self) -> bool:
        """Whether nobody can tell that an exception comes here: one of an iterator that has given some items only does
        where it is asked for more.
        """
        if any(self.given_so_far):
            self.lose_track()
        return self.state.get(UNFOLLOWED) is not UNBOUND

    def goes_over(self, iterator: Cell, cell: Cell) -> None:
        """An iterator gives the items of a list that may change meanwhile."""
        key = (cell.uid, "items")
        self.computed[iterator.uid] = Computed({key: self.state.get(key)}, frozenset())

    def computed_for(self, value: Value) -> Computed | None:
        """What computing a value's items took, where it is an iterator whose items were computed."""
        return self.computed.get(value.uid) if isinstance(value, (Generator, Cell)) else None

    def is_disturbed(self, computed: Computed) -> bool:
        """Whether what items were made from is another by now."""
        return any(self.state.looked_at(key) != value for key, value in computed.read.items())

    def asked_in_step(self, value: Value, index: int) -> None:
        """The item at an index is asked for: what is changed since in sequences that lie behind is no matter."""
        computed = self.computed_for(value)
        if computed is None or not isinstance(value, Cell) or value.uid not in self.in_step:
            return
        now = {key: self.state.looked_at(key) for key in computed.read}
        if any(not _same_from(index, held, now[key]) for key, held in computed.read.items()):
            self.lose_track()

    def asked_again(self, value: Value) -> None:
        """More of an iterator is asked for: Python computes it now only."""
        computed = self.computed_for(value)
        if computed is not None and self.is_disturbed(computed):
            self.lose_track()

    def asked_in_part(self, value: Value) -> None:
        """Not all of an iterator may have been asked for: Python has not computed the rest."""
        computed = self.computed_for(value)
        if computed is not None and computed.written:
            self.lose_track()

    def asked_for_one(self, value: Value) -> None:
        """`item in value`: an iterator is used up to the item."""
        if self.is_once(value):
            self.lose_track()

    def is_once(self, value: Value) -> bool:
        """Whether a value gives its items once only."""
        return isinstance(value, Generator) or (isinstance(value, Cell) and value.kind == "iterator")

    def keep_rest(self, iterator: Cell | Generator, rest: Sequence[Value] | Many) -> None:
        """These are what an iterator still gives."""
        self.state.set(_place_of(iterator), rest if isinstance(rest, Many) else Tuple(tuple(rest)))

    def live(self, value: Value) -> tuple[Value, ...] | None:
        """What a loop over a list, or over `enumerate` of one, goes over as the list is now; None of all else."""
        cell, start = self.counted.get(value.uid, (value, None)) if isinstance(value, Cell) else (value, None)
        if not (isinstance(cell, Cell) and cell.kind == "list" and cell.info is None):
            return None
        items = self.filled_with(cell) is None and self.state.get((cell.uid, "items"))
        if not isinstance(items, Tuple):
            return None
        if start is None:
            return items.items
        return tuple(Tuple((Const(start + index), item)) for index, item in enumerate(items.items))

    def going_over(self, value: Value, items: list[Value] | Many) -> Iterator[Value]:
        """The items of a value one by one; those of a list as it is by the time that each is asked for."""
        if isinstance(items, Many) or self.is_once(value) or self.live(value) is None:
            yield from [items.element] if isinstance(items, Many) else items
            return
        index = 0
        while (now := self.live(value)) is not None and index < len(now):
            if index > 2 * len(items):
                break
            yield now[index]
            index += 1
        if now is None or index < len(now):
            self.lose_track()

    def takes_one(self, iterator: Cell | Generator, items: list[Value] | Many, index: int) -> bool:
        """A loop over an iterator, of which these were the items, takes the next one.

        False where somebody else has taken of them meanwhile.
        """
        kept = Tuple(()) if index == 0 else items if isinstance(items, Many) else Tuple(tuple(items[index:]))
        undisturbed = self.state.get(_place_of(iterator)) == kept
        self.keep_rest(iterator, items if isinstance(items, Many) else items[index + 1 :])
        return undisturbed

    @contextmanager
    def between(self, value: Value, body: Sequence[ast.AST] = ()) -> Iterator[None]:
        """What is done meanwhile, Python does between the items of an iterator."""
        computed = self.computed_for(value)
        if computed is None:
            yield
            return
        with self.state.logged() if computed.written else nullcontext() as log:
            yield
        seen = log is not None and not computed.written.isdisjoint(log.read)
        in_step = isinstance(value, Cell) and value.uid in self.in_step and body
        if in_step and any(_is_longer(held, self.state.looked_at(key)) for key, held in computed.read.items()):
            self.lose_track()
        if seen or (computed.written and may_end_early(body)) or (not in_step and self.is_disturbed(computed)):
            self.lose_track()


def _place_of(iterator: Cell | Generator) -> Key:
    """Where the state has what an iterator still gives."""
    return iterator.uid, "rest" if isinstance(iterator, Generator) else "items"


def _is_longer(held: Value, now: Value) -> bool:
    """Whether a sequence may have another number of items than it had."""
    return isinstance(held, Tuple) and not (isinstance(now, Tuple) and len(held.items) == len(now.items))


def _same_from(index: int, held: Value, now: Value) -> bool:
    """Whether two sequences have the same items from an index on."""
    both = isinstance(held, Tuple) and isinstance(now, Tuple) and len(held.items) == len(now.items)
    if not both or not isinstance(held, Tuple) or not isinstance(now, Tuple):
        return held == now
    return held.items[index:] == now.items[index:]


def may_end_early(body: Sequence[ast.AST]) -> bool:
    """Whether a loop with this body may leave out some of its rounds."""
    return any(isinstance(n, (ast.Break, ast.Return, ast.Raise)) for part in body for n in walk(part))
