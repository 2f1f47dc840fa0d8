"""Loops: known ones round by round, others a few rounds and then widened; and the ways out of them.

A loop of unknown length runs at least three rounds. Before the third, what changed from round to round is forgotten,
so that it stands for all that follow; rounds go on until nothing new reaches any name. At least one round is assumed
of a loop over data, and of one that becomes an operation of a graph, unless it overwrites what has a gradient; a
`while` of Python may have none.
A loop that becomes an operation of a graph (the world says so: `staged`) has further inputs, which the world adds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from . import containers, sets
from .core import Core, Loop
from .graph import Edge, Node, Site
from .matching import Matching
from .outcomes import FLOWS, NONE
from .state import Delta, Key, values_of
from .values import (
    NO_VALUE,
    SYMBOLIC,
    UNBOUND,
    Cell,
    Const,
    Data,
    Generator,
    Many,
    OneOf,
    Opaque,
    Perhaps,
    Tuple,
    Value,
    Variable,
    const_dtype,
    options,
    parts_of,
    plain,
)
from .waiting import may_end_early

ROUNDS = 3
"""So many rounds a loop of unknown length runs at least."""
MOST_ROUNDS = 12
"""After so many of them nothing is known of what still changes."""
DEEPEST = 3
"""So deep it is looked into containers that lie in containers."""
UNROLLED = 12
"""A loop over so many items, or fewer, is run round by round."""
FEW = 4
COSTLY = 1_000
"""A loop over more than a few numbers is not run round by round where that takes so many steps."""

DECIDED_ROUNDS = 24
"""Of a `while` so many rounds are run whose tests are known."""

Start = Callable[[], "bool | None"]
"""Begins a round: True, it takes place; False, it does not; None, nobody can tell."""

AnyLoop = ast.For | ast.AsyncFor | ast.While


class MadeFrom:
    """What each name of a loop has been made from, of all that was there before the loop."""

    def __init__(self, core: Core) -> None:
        self._graph, self._state = core.graph, core.state
        self._first = len(core.graph.nodes)
        self._newest = core.uid()
        self._masks: list[int] = []
        self._last: dict[Key, int] = {}
        self._changed: list[Key] = []

    def is_stable(self, changed: Delta) -> bool:
        """Whether no name of these is made from anything that it was not made from when last asked."""
        for node in self._graph.nodes[self._first + len(self._masks) :]:
            mask = 0
            for edge in node.edges:
                if edge.outcome != NONE:
                    mask |= self._mask(edge.node)
            self._masks.append(mask)
        old = (item for item in changed.items() if item[0][0] <= self._newest)
        now = {key: mask for key, value in old if (mask := self._of_value(plain(value), {}))}
        self._changed = [key for key, mask in now.items() if self._last.get(key) != mask]
        self._last = now
        return not self._changed

    def unstable(self, changed: Delta) -> list[Key]:
        """The names that were made from something else when last asked."""
        return [key for key in self._changed if key in changed]

    def _mask(self, node: Node) -> int:
        return self._masks[node.id - self._first] if node.id >= self._first else 1 << node.id

    def _of_value(self, value: Value, seen: dict[int, int], depth: int = 0) -> int:
        """By the value itself and what it holds; objects that are made anew every round count where a name has them.

        `seen`: the containers that were looked into, and how deep they lay.
        """
        if isinstance(value, (Data, Opaque)):
            return self._mask(value.node)
        if isinstance(value, Cell):
            is_inside = value.kind in ("list", "dict", "set", "tensor array") and depth < seen.get(value.uid, DEEPEST)
            seen[value.uid] = min(depth, seen.get(value.uid, DEEPEST))
            return self._of_value(self._state.get((value.uid, "items")), seen, depth + 1) if is_inside else 0
        mask = 0
        for item in parts_of(value):
            mask |= self._of_value(item, seen, depth)
        return mask


class Loops(Matching):
    """How loops are run."""

    def for_(self, node: ast.For | ast.AsyncFor) -> bool:
        begun = self.uid()
        iterable = self.evaluate(node.iter)
        once = iterable if isinstance(iterable, (Cell, Generator)) and self.is_once(iterable) else None
        shared = once if once is not None and once.uid <= begun else None  # others may hold it
        site = self.site(node.iter)
        staged = self.world.staged(iterable)
        if staged == "graph":
            self.world.looped(iterable, site)
        to_end = not may_end_early(node.body)
        items = self.elements(iterable, site) if staged else self.iterate(iterable, site, to_end)
        orders = sets.orders(self, iterable) if not staged else []
        if orders:
            arms = [partial(self._for_each, node, iterable, order, None, "") for order in orders]
            return any(self.branch(NO_VALUE, node, [*arms]))
        lists = [o for o in options(iterable) if isinstance(o, Cell) and o.kind == "list"]
        held = [self.state.get((each.uid, "items")) for each in lists]
        alive = self._for_each(node, iterable, items, shared, staged)
        if isinstance(iterable, OneOf) and held != [self.state.get((each.uid, "items")) for each in lists]:
            self.lose_track()  # it was gone over as it was before
        return alive

    def _for_each(
        self,
        node: ast.For | ast.AsyncFor,
        iterable: Value,
        items: list[Value] | Many,
        shared: Cell | Generator | None,
        staged: str,
    ) -> bool:
        """A loop over these items of a value; `shared`: it is an iterator that others may hold."""
        site = self.site(node.iter)
        begins = bool(items) if isinstance(items, list) else _has_rows(iterable)
        if staged and isinstance(items, list):
            items = Many(self.join_all(items))
        certain = isinstance(items, list)
        if isinstance(items, Many):
            rounds: list[Value] = [items.element] * MOST_ROUNDS
        elif len(items) <= UNROLLED:
            rounds = items
            if shared is None and self.live(iterable) is not None:
                return self._live(node, iterable, items, begins)
        else:
            rounds = [items[0], items[1], *[self.generalised(items[2:], site)] * (MOST_ROUNDS - 2)]

        def start(index: int, item: Value) -> Start:
            def run() -> bool | None:
                if shared is not None and not self.takes_one(shared, items, index):
                    self.lose_track()
                if staged and index == 0 and isinstance(iterable, (Data, Variable)):
                    self.graph.add("iterated", [Edge(n, NONE) for n in self.nodes_in(iterable)], site)
                now = self.item_now(iterable, items, index, item) if item is rounds[index] and rounds is items else item
                self.bind(node.target, now if now is not UNBOUND else self.opaque(site, [iterable]))
                return True if certain or index == 0 else None

            return run

        exact = isinstance(items, list) and rounds is items
        starts = [start(i, item) for i, item in enumerate(rounds)]
        if exact and items:
            starts.append(lambda: self.note_size(iterable, len(rounds)))
        general: list[Start] = []
        if exact and len(rounds) > FEW and all(isinstance(item, Const) for item in rounds):
            general = [start(2, self.generalised(rounds[2:], site))] * (len(rounds) - 2)
        with self.between(iterable, node.body):
            goes_on = self.loop(node, starts, exact, staged, general, begins)
        if isinstance(items, list) and not exact and not may_end_early(node.body):
            self.note_size(iterable, len(items))
        return goes_on

    def _live(self, node: ast.For | ast.AsyncFor, iterable: Value, first: list[Value], begins: bool) -> bool:
        """A loop over a list, which may be longer or shorter by the time that a round begins."""
        if not begins:
            return self.loop(node, [], True, "", (), False)
        site = self.site(node.iter)
        most = len(first) + UNROLLED

        def start(index: int) -> Start:
            def run() -> bool:
                now = self.live(iterable)
                if now is None or index == most:
                    self.lose_track()
                if now is None or index == most or index >= len(now):
                    return now is None and index < len(first) and self._bound(node.target, first[index], iterable, site)
                return self._bound(node.target, now[index], iterable, site)

            return run

        starts = [start(index) for index in range(most + 1)]
        general: list[Start] = []
        if len(first) > FEW and all(isinstance(item, Const) for item in first):
            rest = self.generalised(first[2:], site)

            def each() -> bool:
                self.note_size(iterable, len(first))
                return self._bound(node.target, rest, iterable, site)

            general = [each] * (len(first) - 2)
        return self.loop(node, starts, True, "", general, begins)

    def _bound(self, target: ast.expr, value: Value, iterable: Value, site: Site) -> bool:
        self.bind(target, value if value is not UNBOUND else self.opaque(site, [iterable]))
        return True

    def note_size(self, iterable: Value, size: int) -> bool:
        """A list or a dict had so many items when a loop over it began: where it has others now, rounds are amiss.

        False: there is no further round.
        """
        now = self._held_now(iterable)
        if isinstance(now, Many) or (now is not None and len(now.items) != size):
            self.lose_track()
        return False

    def _held_now(self, iterable: Value) -> Tuple | Many | None:
        """What lies by now in what a loop goes over, keys of a dict; None where it holds nothing by itself."""
        live: Value = containers.as_it_is(self, iterable)
        if isinstance(iterable, Cell) and iterable.kind == "dict":
            live = containers.view(self, iterable, 0)
        return containers.sequence(self, live) if isinstance(live, (Cell, Tuple, Many)) else None

    def item_now(self, iterable: Value, items: list[Value] | Many, index: int, item: Value) -> Value:
        """The item of a round: of a list or a dict the one that stands there by then."""
        self.asked_in_step(iterable, index)
        now = self._held_now(iterable)
        if now is None or not isinstance(items, list):
            return item
        if isinstance(now, Many) or len(now.items) != len(items):
            self.lose_track()
            return item
        if isinstance(iterable, Cell) and iterable.kind == "set":
            return item
        return now.items[index]

    def generalised(self, items: list[Value], site: Site) -> Value:
        """One value for all of many: for constants of one kind any of that kind."""
        kinds: dict[str, Value] = {}
        found: dict[Value, None] = {}
        for item in items:
            kind = const_dtype(item.value) if isinstance(item, Const) else "?"
            if kind == "?" or not all(isinstance(each, Const) for each in items):
                found[item] = None
            elif kind not in kinds:
                kinds[kind] = self.world.operate("any of", [item], site)
        self.spend(len(found) / 8)
        return sets.permuted(self, [*kinds.values(), *found])[0]

    def while_(self, node: ast.While) -> bool:
        staged = ""

        def start() -> bool | None:
            nonlocal staged
            test = self.frame.loops[-1].tested = self.evaluate(node.test)
            self.world.condition("while", test, node.test, self.frame, node)
            now = self.world.staged(test)
            if not self.frame.loops[-1].after_first and self.truth(test):
                self.frame.loops[-1].begins = True
            if now == "graph" and not staged and self.frame.loops[-1].after_first:
                self.world.raised("NotImplementedError", self.site(node))  # it has begun as a loop of Python's
            staged = staged or now
            self.frame.loops[-1].staged = bool(staged)
            return self.truth(test) if not staged else None

        if isinstance(node.test, ast.Constant) and node.test.value:
            return self.loop(node, [lambda: True] * MOST_ROUNDS, False, "")
        return self.loop(node, [start] * DECIDED_ROUNDS, False, lambda: staged)

    def loop(
        self,
        node: AnyLoop,
        rounds: Sequence[Start],
        exact: bool,
        staged: str | Callable[[], str],
        general: Sequence[Start] = (),
        begins: bool = False,
    ) -> bool:
        """Run rounds; `exact`: these are all that there are. `general`: what may stand for all but the first two.
        `begins`: there is one for certain."""
        is_staged = bool(staged) and isinstance(staged, str)
        loop = Loop(self.state.mark(), self.newest, len(self.frame.entered), staged=is_staged)
        loop.staged_in, loop.begins, loop.finals = self.staged_in, begins, len(self.frame.finals)
        first = len(self.graph.nodes)
        self.frame.loops.append(loop)
        exits: list[Delta] = []
        yielded = len(self.frame.yields or ())
        old_rounds = self.may_be_over
        alive = self._rounds(node, rounds, exact, loop, exits, general)
        self.may_be_over = old_rounds
        self.frame.loops.pop()
        if not (exact or loop.staged):
            self.ways.note(first, len(self.graph.nodes))
        if (loop.widened or not exact) and len(self.frame.yields or ()) > yielded:
            self.frame.yields_more = True
        if alive and not (_is_forever(node) and not exact):
            exits.append(self.state.delta(loop.mark))
        if not exits and node.orelse and not exact and not loop.begins and not _is_forever(node):
            exits.append({})  # the `else` of a loop that every round leaves: there may be no round
        if exits and not exact and not loop.begins and not _is_forever(node):
            exits += self._without_a_round(loop.mark, exits[-1])
        word = staged if isinstance(staged, str) else staged()
        old = self.state.plain_before(loop.mark) if word else {}
        with self.joining(word):
            goes_on = self._leave(node, loop, exits)
        if word and goes_on:
            self.world.staged_loop(first, old, values_of(loop.after_first), word, Site(self.frame.source, node))
        return goes_on

    def _rounds(
        self,
        node: AnyLoop,
        starts: Sequence[Start],
        exact: bool,
        loop: Loop,
        exits: list[Delta],
        general: Sequence[Start],
    ) -> bool:
        """Run the rounds one after the other; whether control comes out of the last."""
        earlier: list[Delta] = []
        rounds, begun, returns = list(starts), self.steps, len(self.frame.returns)
        made_from = MadeFrom(self)
        undecided = 0
        for index, start in enumerate(rounds):
            if index == 1 and general and (self.steps - begun) * len(general) > COSTLY:
                rounds[2:], exact, loop.widened = general, False, True
            if not exact and (undecided == ROUNDS - 1 or index == DECIDED_ROUNDS - 1):
                self.widen(loop.mark, earlier[-2] if len(earlier) > 1 else {})
            if index and loop.staged:  # it is traced once
                self.state.update(self.world.traced(self.state.before(loop.mark)))
            before = self.state.writes
            takes_place = start()
            if takes_place is False:
                return True
            if takes_place is None and (index or (isinstance(node, ast.While) and not self.world.staged(loop.tested))):
                exits.append(self.state.delta(loop.mark))
            undecided += takes_place is None or not isinstance(node, ast.While) or _is_forever(node)
            if not self._round(node.body, loop):
                return False
            self.may_be_over |= bool(loop.breaks) or len(self.frame.returns) > returns
            earlier.append(self.state.delta(loop.mark))
            loop.after_first = earlier[0]
            if self.state.writes == before or self.exhausted or (undecided > MOST_ROUNDS and not exact):
                break
            if not exact and undecided >= ROUNDS - 1 and made_from.is_stable(earlier[-1]) and undecided >= ROUNDS:
                break
        else:
            if not exact:
                self._give_up(earlier[-1], made_from)
        return True

    def _without_a_round(self, mark: int, after: Delta) -> list[Delta]:
        """What there is if no round takes place: asked for only where a round has overwritten what had a gradient, or
        given an object a field.
        """
        held = self.state.plain_before(mark)
        lost = {key for key, value in after.items() if key in held and self.loses(held[key], plain(value))}
        lost |= {key for key in after if held.get(key) is UNBOUND and self.is_field(key)}
        return [{key: value for key, value in after.items() if key not in lost}] if lost else []

    def loses(self, old: Value, new: Value) -> bool:
        """Whether something that a value was made from, on a tape, has no part in the one that takes its place."""
        if isinstance(old, Tuple) and isinstance(new, Tuple) and len(old.items) == len(new.items):
            return any(map(self.loses, old.items, new.items))
        arrays = (Data, Variable)
        if not isinstance(old, arrays) or not isinstance(new, arrays) or old.node is new.node:
            return False
        is_for_later = isinstance(old, Data) and old.kind == SYMBOLIC
        is_on_tape = is_for_later or old.node.kind == "variable" or bool(old.node.recorded)
        return is_on_tape and not self._origins(old.node) <= self._origins(new.node)

    def _origins(self, node: Node) -> set[int]:
        """Where a gradient comes out that goes in at a node."""
        seen, found, todo = {node.id}, set[int](), [node]
        while todo:
            now = todo.pop()
            before = [edge.node for edge in now.edges if edge.outcome & FLOWS]
            if not before:
                found.add(now.id)
            todo += [n for n in before if n.id not in seen]
            seen.update(n.id for n in before)
        self.spend(len(seen) / 16)
        return found

    def _give_up(self, changed: Delta, made_from: MadeFrom) -> None:
        """Rounds that still bring something new: of what they change nothing is known."""
        for key in made_from.unstable(changed):
            self.state.set(key, self.opaque(None, [plain(changed[key])]))

    # -- what every further round may change

    def widen(self, mark: int, earlier: Delta) -> None:
        """Forget what changes from round to round: constants, lengths, shapes, bounds."""
        for key, value in self.state.delta(mark).items():
            old = earlier.get(key)
            if old is not None and old != value:
                wide = self.wider(plain(old), plain(value))
                if wide is not plain(value):
                    self.state.set(key, Perhaps(wide) if isinstance(value, Perhaps) else wide)

    def wider(self, old: Value, new: Value) -> Value:
        """A value for all rounds, from those of two."""
        if isinstance(old, Const) and isinstance(new, Const):
            if old == new:
                return new
            kind = const_dtype(new.value)
            if kind in "b?" or const_dtype(old.value) == "?":
                return self.join(old, new)
            return Data(self.constant_node(), "python", kind)
        if isinstance(old, Data) and isinstance(new, Data):
            shape = new.shape if old.shape == new.shape else _common(old.shape, new.shape)
            return replace(new, shape=shape, range=new.range if old.range == new.range else None)
        if isinstance(old, Tuple) and isinstance(new, Tuple):
            if len(old.items) == len(new.items):
                return Tuple(tuple(self.wider(a, b) for a, b in zip(old.items, new.items, strict=True)), new.names)
            return Many(self.join_all([*old.items, *new.items]))
        if isinstance(old, Many) and isinstance(new, Many):
            return Many(self.wider(old.element, new.element))
        return new

    # -- the ways out

    def _round(self, body: list[ast.stmt], loop: Loop) -> bool:
        loop.continues.clear()
        with self.inner_graph(loop.staged):
            alive = self.execute(body)
        if not loop.continues:
            return alive
        ways = [*loop.continues, *([self.state.delta(loop.mark)] if alive else [])]
        self.state.rollback(loop.mark)
        with self.decided_by(loop.decider):
            self.merge(ways, loop.newest)
        return True

    def _leave(self, node: AnyLoop, loop: Loop, exits: list[Delta]) -> bool:
        ways = list(loop.breaks)
        site = Site(self.frame.source, node)
        if exits:
            self.state.rollback(loop.mark)
            with self.decided_by(site):
                self.merge(exits, loop.newest)
            alive = self.execute(node.orelse) if node.orelse else True
            if alive:
                ways.append(self.state.delta(loop.mark))
        if not ways:
            return False
        self.state.rollback(loop.mark)
        with self.decided_by(loop.decider or site):
            self.merge(ways, loop.newest)
        return True

    def break_(self, node: ast.Break) -> bool:
        loop = self.frame.loops[-1]
        if self.is_left_by_a_graph(loop):
            self.world.raised("NotImplementedError", self.site(node))
        if self.leave_through(loop.finals, loop.depth)[0]:
            loop.breaks.append(self.state.delta(loop.mark))
        return False

    def continue_(self, node: ast.Continue) -> bool:
        loop = self.frame.loops[-1]
        if self.leave_through(loop.finals, loop.depth)[0]:
            loop.continues.append(self.state.delta(loop.mark))
        return False

    def is_left_by_a_graph(self, loop: Loop) -> bool:
        """Whether a graph's branch would have to end a loop that Python runs."""
        return not loop.staged and not loop.staged_in and self.staged_in == "graph"

    def leave_through(self, finals: int, depth: int) -> tuple[bool, bool | None]:
        """Leave the with blocks and run the `finally` blocks of this frame that lie deeper."""
        raise NotImplementedError


def _common(
    first: tuple[int | None, ...] | None, second: tuple[int | None, ...] | None
) -> tuple[int | None, ...] | None:
    """What two shapes have in common."""
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if a == b else None for a, b in zip(first, second, strict=True))


def _has_rows(value: Value) -> bool:
    """Whether a tensor is known to have some."""
    if not isinstance(value, (Data, Variable)):
        return False
    known = value.range.array if isinstance(value, Data) and value.range is not None else None
    shape = value.shape if known is None else known.shape
    return bool(shape and shape[0])


def _is_forever(node: ast.AST) -> bool:
    return isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
