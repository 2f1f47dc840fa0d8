"""Tapes: when they record, what they record, and what they know of a node.

What is watched, asked, left out, or leaves with a tape stands in the rooms beside; what was seen, in the journal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tapelint.flow.core import Arguments, Frame
from tapelint.flow.graph import ALIAS, CARRIES_NOTHING, MAYBE, SURE, UNSURE, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE
from tapelint.flow.state import Delta, Key
from tapelint.flow.values import (
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Flag,
    OneOf,
    Tuple,
    Value,
    Variable,
    options,
)
from tapelint.libraries.tensorflow.written import written_to
from tapelint.libraries.world import Libraries
from tapelint.tapes import conditions, leaving, methods, watching
from tapelint.tapes.journal import Entered, Event, Execution

WATCH = "watch "
"""Under this word and a node's number the state of a recording has the flag that says whether the node is watched."""


ACTIVE = (0, "active")
"""Where the state has the recordings that run now."""
ELSEWHERE = "used elsewhere"
"""Under this a tape has a mark while code that is not run may have made use of it."""


@dataclass(slots=True)
class Tapes:
    """All tapes of one run: the recorder that the libraries' world speaks to.

    The journal: `executions` of gradient calls, `left` (tapes that leave the code, likewise), `entered` tapes, other
    `events`, and the values of `tests` (by the statement's id).
    `recordings` are the tapes by recording; `gradients` say which source of which call a node is the gradient of;
    `through_python` are the functions of Python that a gradient has gone through.
    """

    world: Libraries
    executions: list[Execution] = field(default_factory=list)
    left: list[Execution] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entered: list[Entered] = field(default_factory=list)
    recordings: dict[int, Cell] = field(default_factory=dict)
    gradients: dict[int, tuple[Execution, int]] = field(default_factory=dict)
    tests: dict[int, Value] = field(default_factory=dict)
    through_python: set[int] = field(default_factory=set)
    _hidden: frozenset[int] = frozenset()
    _silent: bool = False
    _last_active: tuple[Value, frozenset[int], dict[int, int]] = (UNBOUND, frozenset({-1}), {})
    _watches: int = 0
    _used: list[Variable] = field(default_factory=list)
    _collection: int = 0
    _unseen: bool = False
    _levels: dict[int, int] = field(default_factory=dict)
    _depths: dict[int, int] = field(default_factory=dict)
    _parts: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        methods.register(self)
        self.world.run.state.set(ACTIVE, Const(()))

    # -- entering, leaving

    def enter(self, cell: Cell, site: Site) -> Value:
        """The tape records from now on; a new recording if it has none yet."""
        run = self.world.run
        rec = self._ready(cell)
        here = len(run.graph.nodes)
        self.entered.append(Entered(site, cell, rec, run.chain, here, 1 << 60))
        self._set_active(rec, True)
        return cell

    def _ready(self, cell: Cell) -> int:
        """The recording that a tape goes on with; a new one if it has none, or has given its gradients."""
        rec = self.recording(cell)
        if rec is None or self.is_spent(cell):
            rec = self._new_recording(cell)
            self.world.run.state.set((cell.uid, "spent"), UNBOUND)
        self.world.run.state.set((cell.uid, ELSEWHERE), UNBOUND)
        return rec

    def use_elsewhere(self, cell: Cell) -> None:
        """Code that is not run may have entered a tape that was not, and made use of it."""
        if self.recording(cell) is None:
            self._new_recording(cell)
            self.world.run.state.set((cell.uid, ELSEWHERE), TRUE)

    def has_nothing(self, cell: Cell) -> bool:
        """Whether a tape has certainly recorded nothing, or has given its gradients."""
        return self.recording(cell) is None or self.is_spent(cell)

    def is_spent(self, cell: Cell) -> bool:
        """Whether a tape has certainly given its gradients, and has nothing any more."""
        flag = self.world.run.state.get((cell.uid, "spent"))
        return isinstance(flag, Flag) and flag.sure

    def _new_recording(self, cell: Cell) -> int:
        rec = self.world.run.uid()
        self.recordings[rec] = cell
        self.world.run.state.set((cell.uid, "recording"), Const(rec))
        return rec

    def leave(self, cell: Cell) -> None:
        """The tape stops recording; what it has it keeps."""
        for rec in self._perhaps(cell):
            self._set_active(rec, False)
            for entered in reversed(self.entered):
                if entered.recording == rec:
                    entered.until = len(self.world.run.graph.nodes)
                    break

    def stop(self, cell: Cell) -> None:
        """The tape pauses, but for what is traced in a graph within its own: that it records as one operation then."""
        if not self._is_around(cell):
            self.leave(cell)

    def go_on(self, cell: Cell) -> None:
        """The tape records again after a stop."""
        if self.recording(cell) is not None and not self._is_around(cell):
            self._set_active(self._ready(cell), True)

    def _is_around(self, cell: Cell) -> bool:
        """Whether a tape was entered outside of the graph that is being made."""
        depths = [self._depths[rec] for rec in self._perhaps(cell) if rec in self._depths]
        return bool(depths) and self.world.run.graph_depth > max(depths)

    def is_surely_recording(self, cell: Cell) -> bool:
        """Whether a tape certainly records already."""
        found = options(self.world.run.state.get(ACTIVE))
        perhaps = self._perhaps(cell)
        return bool(perhaps) and all(isinstance(o, Const) and not perhaps.isdisjoint(o.value) for o in found)

    def is_surely_stopped(self, cell: Cell) -> bool:
        """Whether a tape certainly does not record now."""
        known = self.world.run.state.get((cell.uid, ELSEWHERE)) is UNBOUND
        return known and self._perhaps(cell).isdisjoint(self._all_active(self.world.run.state.get(ACTIVE)))

    def reset(self, cell: Cell, site: Site) -> None:
        """The tape forgets what it has: a new recording begins, which is active if the old one was."""
        rec = self.recording(cell)
        if rec is not None and self._levels.get(rec, 0) < self.world.run.graph_mode:
            self.world.run.lose_track()  # what the graph has made so far is no part of what it records from now on
        was_active = rec is not None and rec in self.active()
        if rec is not None and was_active:
            self._set_active(rec, False)
        new = self._new_recording(cell)
        self.take_down(Event("reset", site, cell, recording=new))
        if was_active:
            self._set_active(new, True)

    def recording(self, cell: Cell) -> int | None:
        """The recording that a tape works on; None if it was never entered."""
        value = self.world.run.state.get((cell.uid, "recording"))
        if isinstance(value, OneOf):
            value = value.options[-1]
        if isinstance(value, Const) or value is UNBOUND:
            return value.value if isinstance(value, Const) else None
        return max(self._perhaps(cell), default=None)

    def _perhaps(self, cell: Cell) -> set[int]:
        """The recordings that a tape may work on."""
        value = self.world.run.state.get((cell.uid, "recording"))
        if all(isinstance(option, Const) for option in options(value)):
            return {option.value for option in options(value) if isinstance(option, Const)}
        return {rec for rec, own in self.recordings.items() if own == cell} if value is not UNBOUND else set()

    def is_one_recording(self, cell: Cell) -> bool:
        """Whether it is known on which recording a tape works; out of a graph it knows of nothing."""
        if self.world.run.state.get((cell.uid, ELSEWHERE)) is not UNBOUND:
            return False
        rec, is_known = self.recording(cell), len(self._perhaps(cell)) < 2
        return rec is None or (is_known and self._levels.get(rec, 0) <= self.world.run.graph_mode)

    def is_active(self, cell: Value) -> bool:
        """Whether a tape records now."""
        return isinstance(cell, Cell) and self.recording(cell) in self.active()

    def active(self) -> dict[int, int]:
        """The recordings that run now, and whether that is sure."""
        if self._silent:
            return {}
        value = self.world.run.state.get(ACTIVE)
        if value is self._last_active[0] and self._hidden is self._last_active[1]:
            return self._last_active[2]
        every = [o.value for o in options(value) if isinstance(o, Const)]
        found: dict[int, int] = {}
        for recordings in every:
            for rec in recordings:
                if rec not in self._hidden:
                    found[rec] = found.get(rec, 0) + 1
        now = {
            rec: SURE if n == len(every) and len(every) == len(options(value)) else MAYBE for rec, n in found.items()
        }
        self._last_active = (value, self._hidden, now)
        return now

    def _set_active(self, rec: int, on: bool) -> None:
        value = self.world.run.state.get(ACTIVE)
        now = list(self._all_active(value))
        if on and rec not in now:
            now.append(rec)
            self._levels.setdefault(rec, self.world.run.graph_mode)
            self._depths.setdefault(rec, self.world.run.graph_depth)
        elif not on and rec in now:
            now.remove(rec)
        self.world.run.state.set(ACTIVE, Const(tuple(sorted(now))))

    def _all_active(self, value: Value) -> Sequence[int]:
        return list(dict.fromkeys(rec for o in options(value) if isinstance(o, Const) for rec in o.value))

    @contextmanager
    def paused(self, later: bool = False) -> Iterator[None]:
        """No tape that records now goes on recording; one that is entered meanwhile does, unless `later`."""
        outer = self._hidden, self._silent
        self._hidden |= frozenset(self._all_active(self.world.run.state.get(ACTIVE)))
        self._silent |= later
        try:
            yield
        finally:
            self._hidden, self._silent = outer

    @contextmanager
    def collecting(self) -> Iterator[list[Variable]]:
        """The variables that are read meanwhile, whether a tape records or not."""
        outer = self._used, self._collection
        self._used, self._collection = [], self.world.run.uid()
        try:
            yield self._used
        finally:
            self._used, self._collection = outer

    def surely_read(self) -> set[int]:
        """The nodes of the variables that were read since it is collected which are, on whatever way one came here."""
        run = self.world.run
        flags = {v.node.id: run.state.get((self._collection, f"read {v.node.id}")) for v in self._used}
        return {node for node, flag in flags.items() if isinstance(flag, Flag) and flag.sure}

    @contextmanager
    def out_of_sight(self) -> Iterator[None]:
        """What is read meanwhile no tape sees, but for those outside of a graph that reads it."""
        outer, self._unseen = self._unseen, True
        try:
            yield
        finally:
            self._unseen = outer

    # -- recording

    def marks(self) -> tuple[int, ...]:
        """How much was noted so far: a call during which this grows is not one that can be skipped when repeated."""
        return len(self.executions), len(self.events), len(self.entered), len(self._hidden)

    def forget(self, since: tuple[int, ...], until: tuple[int, ...]) -> None:
        """What was noted in this time was done in a trace that is thrown away, and never runs."""
        del self.executions[since[0] : until[0]]
        del self.events[since[1] : until[1]]

    def is_recording(self, owner: int) -> bool:
        """Whether a field of the state belongs to a recording, not to a name or an object of the program."""
        return owner in self.recordings

    def made(self, node: Node) -> None:
        """A node was made: each active tape records it if an input is tracked."""
        self._note_leak(node)
        active = self.active()
        node.active = tuple(active)
        if (
            node.is_transparent
            or not node.declared
            or node.kind in ("numpy", "python", "object", "written", "variable")
        ):
            return
        for rec, sureness in active.items():
            status = self._status(node, rec)
            if status:
                node.recorded[rec] = status if sureness == SURE else MAYBE if status == SURE else status

    def _note_leak(self, node: Node) -> None:
        """An operation that takes what a graph has kept raises; what is unknown may not take it, and a gradient runs
        backwards where the operations ran.
        """
        left = self.world.known.left_in_graph
        if not left or node.opaque or node.is_transparent or node.op == "gradient":
            return
        leaked = (e for e in node.edges if e.node.id in left and e.node.depth > node.depth)
        if any(not edge.outcome & (NONE | IGNORANT) for edge in leaked):
            self.world.known.leaking.add(node.id)

    def _status(self, node: Node, rec: int) -> int:
        for edge in node.edges:
            if edge.node.op == "weights":
                self._watch_weights(edge.node, rec)
        if node.op == "unknown":
            used = [self.tracked(edge.node, rec) for edge in node.edges if edge.node.op == "weights"]
            return SURE if SURE in used else UNSURE
        found = 0
        for edge in node.edges:
            tracked = self.tracked(edge.node, rec)
            if tracked == SURE and node.op == "gradient" and edge.outcome & NONE and edge.outcome != NONE:
                tracked = MAYBE  # nobody can tell whether the backward pass uses it
            if tracked == SURE:
                return SURE
            found = UNSURE if UNSURE in (found, tracked) else found or tracked
        return found

    def _watch_weights(self, node: Node, rec: int) -> None:
        if self.recordings[rec].info.watches is not False:
            self.world.run.state.set(_watch_key(rec, node), Flag(True))

    def tracked(self, node: Node, rec: int) -> int:
        """Whether a recording knows a node: 0, SURE, MAYBE, UNSURE."""
        if node.dtype in CARRIES_NOTHING and not node.is_transparent:
            return 0
        return self._status_of(node, rec)

    def _status_of(self, node: Node, rec: int) -> int:
        flag = self.watch_flag(rec, node)
        if isinstance(flag, Flag) and flag.sure:
            return SURE
        status = node.recorded.get(rec, 0)
        if node.is_transparent:
            status = self._tracked_parts(node, rec)
        elif not status and node.opaque and node.op != "weights":
            alias = node.detail == ALIAS and not any(self.tracked(edge.node, rec) for edge in node.edges)
            status = 0 if alias else UNSURE
        if isinstance(flag, Flag) and not status:
            status = MAYBE
        if not status and self.world.run.state.get(_perhaps_key(rec, node)) is not UNBOUND:
            status = UNSURE
        if status in (0, MAYBE) and node.kind == "variable" and self._may_be_read(node, rec):
            status = UNSURE
        return status

    def known(self, node: Node, rec: int) -> int:
        """The outcome that a tape's knowledge of a source allows: nothing, everything, or nobody can tell."""
        status = self._status_of(node, rec) if node.kind == "variable" else self.tracked(node, rec)
        return {SURE: FLOWS, MAYBE: FLOWS | NONE, UNSURE: ANYTHING, 0: NONE}[status]

    def watch_flag(self, rec: int, node: Node) -> Value:
        """The flag under which a recording watches a node; UNBOUND where it does not."""
        return self.world.run.state.get(_watch_key(rec, node))

    def set_watched(self, rec: int, node: Node, sure: bool) -> None:
        """From now on a recording watches a node."""
        self.world.run.state.set(_watch_key(rec, node), Flag(sure))
        self._watches += 1

    def perhaps_watched(self, rec: int, nodes: Sequence[Node]) -> None:
        """A recording was told to watch something that may be one of these, or none."""
        for node in nodes:
            self.world.run.state.set(_perhaps_key(rec, node), TRUE)
        self._watches += 1

    def _may_be_read(self, node: Node, rec: int) -> bool:
        """Whether unknown code that was handed a variable may have read it while this tape was recording."""
        tape = self.recordings.get(rec)
        return self.world.run.has_escaped(node) and (tape is None or tape.info.watches is not False)

    def _tracked_parts(self, node: Node, rec: int) -> int:
        if node.op == "escaped":
            return UNSURE
        known = self._parts.get((node.id, rec))
        if known is not None and known[0] == self._watches:
            return known[1]
        parts = [self.tracked(edge.node, rec) for edge in node.edges if edge.outcome != NONE or node.op == "join"]
        self.world.run.spend(len(parts) / 8)
        sure = SURE in parts and (node.op != "join" or all(p == SURE for p in parts))
        status = SURE if sure else UNSURE if UNSURE in parts else MAYBE if any(parts) else 0
        self._parts[(node.id, rec)] = (self._watches, status)
        return status

    def use(self, variable: Variable, site: Site | None) -> Node:
        """A variable is read: tapes that watch what is accessed watch it."""
        run = self.world.run
        if variable not in self._used:
            self._used.append(variable)
        if self._collection:
            run.state.set((self._collection, f"read {variable.node.id}"), Flag())
        for rec, sureness in self.active().items():
            watches = self.recordings[rec].info.watches
            flag = self.watch_flag(rec, variable.node)
            if self._unseen and self._levels[rec] >= run.graph_mode:
                continue
            if watches is False or variable.trainable is False or (isinstance(flag, Flag) and flag.sure):
                continue
            self.set_watched(rec, variable.node, bool(watches and variable.trainable and sureness == SURE))
            watching.note(self, rec, variable)
        if lost := [Edge(node, NONE) for node in written_to(self.world, variable)]:
            edges = [Edge(variable.node, FLOWS, "linear"), *lost]
            return run.node("Variable.read_value", edges, site, dtype=variable.dtype)
        return variable.node

    # -- what else happens

    def raised(self, error: str, site: Site, call: str) -> None:
        """A call raises, and nothing mends it."""
        self.take_down(Event("raised", site, error=error, call=call))

    def handed_over(self, values: Sequence[Value], site: Site) -> None:
        """Unknown code gets these values: a tape among them, and what it may be asked about."""
        if any(isinstance(v, Cell) and v.kind == "tape" for v in values):
            leaving.leave(self, Tuple(tuple(values)), site)

    def note(self, word: str, value: Value, site: Site, args: Arguments | None = None) -> None:
        """Take down something that a problem may be read off later."""
        self.take_down(Event(word, site, value, args))

    def condition(self, kind: str, value: Value, test: ast.expr, frame: Frame, statement: ast.AST) -> None:
        """A Python condition was evaluated."""
        conditions.note(self, kind, value, test, frame, statement)

    def take_down(self, event: Event) -> None:
        """Write an event into the journal, with where and when it happened."""
        run = self.world.run
        event.chain, event.in_graph, event.at = run.chain, run.graph_mode > 0, len(run.graph.nodes)
        event.active = tuple(self.active())
        event.dead = bool(run.ended()) or (event.word == "raised" and run.doubting > 0)
        self.events.append(event)

    def traced(self, changed: Delta) -> Delta:
        """Of fields that changed while a branch of a graph was traced, those that the next one finds so: tapes'."""
        mine = {cell.uid for cell in self.recordings.values()}
        return {
            key: value
            for key, value in changed.items()
            if key == ACTIVE or (key[0] in mine and key[1] in ("recording", "spent"))
        }

    def branched(self, arms: Sequence[Delta]) -> None:
        """The arms of a branch have been run: what one of them watched counts no more as it did."""
        if any(name.startswith(WATCH) for arm in arms for _, name in arm):
            self._watches += 1


def _perhaps_key(rec: int, node: Node) -> Key:
    return rec, f"{WATCH}perhaps {node.id}"


def _watch_key(rec: int, node: Node) -> Key:
    return rec, f"{WATCH}{node.id}"
