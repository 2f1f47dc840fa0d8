"""Tapes: what they record, what they watch, and what a gradient call asks of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tapelint.flow import containers
from tapelint.flow.core import Arguments, Frame
from tapelint.flow.functions import following
from tapelint.flow.graph import CARRIES_NOTHING, MAYBE, SURE, TRANSPARENT, UNSURE, Chain, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE
from tapelint.flow.state import Delta
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    options,
)
from tapelint.libraries.names import root
from tapelint.libraries.structures import flattened
from tapelint.libraries.world import Libraries, MethodHandler
from tapelint.tapes import backprop

GRADIENT_METHODS = ("gradient", "jacobian", "batch_jacobian")
UNCONVERTED = ("assert", "comprehension")
"""Conditions that AutoGraph leaves as they are."""


@dataclass(frozen=True, slots=True)
class TapeInfo:
    """How a tape was made. A flag is None where it is not known."""

    persistent: bool | None
    watches: bool | None
    library: str
    called: bool = True


@dataclass(slots=True)
class SourceResult:
    """What one gradient call found for one source: its nodes, the outcome, the exception in place of an answer."""

    expression: str
    value: Value
    nodes: list[Node]
    outcome: int
    error: str = ""


@dataclass(slots=True)
class Execution:
    """One time that a gradient call was run."""

    site: Site
    method: str
    tape: Cell | None
    recording: int
    target: Value
    targets: list[Node]
    target_place: ast.AST | None
    sources_place: ast.AST | None
    sources: list[SourceResult]
    zeros: bool
    dead: bool
    in_graph: bool
    chain: Chain | None
    error: str = ""
    trouble: str = ""
    watched: frozenset[int] = frozenset()
    asked: Value = NO_VALUE
    output_gradients: Value = UNBOUND
    leaves: tuple[Value, ...] = ()
    active: tuple[int, ...] = ()
    why_unknown: str = ""


@dataclass(slots=True)
class Event:
    """Something to know that is no gradient call: an exception, a condition, an update."""

    word: str
    site: Site
    value: Value = NO_VALUE
    args: Arguments | None = None
    error: str = ""
    call: str = ""
    chain: Chain | None = None
    in_graph: bool = False
    active: tuple[int, ...] = ()
    detail: object = None
    dead: bool = False
    at: int = 0


@dataclass(slots=True)
class Entered:
    """One with block (or other entry) of a tape."""

    site: Site
    tape: Cell
    recording: int
    chain: Chain | None = None
    at: int = 0
    until: int = 0


@dataclass(slots=True)
class Tapes:
    """All tapes of one run: the recorder that the libraries' world speaks to."""

    world: Libraries
    answer: Callable[[Tapes, Cell, str, Arguments, Site], Value]
    leave_code: Callable[[Tapes, Value, Site], None]
    executions: list[Execution] = field(default_factory=list)
    left: list[Execution] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entered: list[Entered] = field(default_factory=list)
    recordings: dict[int, Cell] = field(default_factory=dict)
    answers: dict[int, backprop.Answer] = field(default_factory=dict)
    gradients: dict[int, tuple[Execution, int]] = field(default_factory=dict)
    tests: dict[int, Value] = field(default_factory=dict)
    _hidden: frozenset[int] = frozenset()
    _last_active: tuple[Value, frozenset[int], dict[int, int]] = (UNBOUND, frozenset({-1}), {})
    _watches: int = 0
    _used: list[Variable] = field(default_factory=list)
    _parts: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        registry = self.world.registry
        registry.families.append(self._tape_family)
        registry.enters["tape"] = lambda world, cell, site: self.enter(cell, site)
        registry.leaves["tape"] = lambda world, cell, site: self.leave(cell)
        registry.enters["stopped tape"] = lambda world, cell, site: self._stop(cell)
        registry.leaves["stopped tape"] = lambda world, cell, site: self._restart(cell)
        registry.methods[("tape", "_ensure_recording")] = lambda world, base, args, site: Cell(
            world.run.uid(), "ensured tape", (base, self.is_active(base))
        )
        registry.enters["ensured tape"] = lambda world, cell, site: (
            NO_VALUE if cell.info[1] else self.enter(cell.info[0], site)
        )
        registry.leaves["ensured tape"] = lambda world, cell, site: None if cell.info[1] else self.leave(cell.info[0])
        registry.enters["library"] = lambda world, cell, site: self._enter_library(cell, site)
        for name in GRADIENT_METHODS:
            registry.methods[("tape", name)] = self._asker(name)
        registry.methods[("tape", "watch")] = self._watch
        registry.methods[("tape", "reset")] = self._reset
        registry.methods[("tape", "stop_recording")] = lambda world, base, args, site: Cell(
            world.run.uid(), "stopped tape", base
        )
        registry.methods[("tape", "watched_variables")] = self._watched_variables
        registry.methods[("tape", "__enter__")] = lambda world, base, args, site: self.enter(base, site)  # type: ignore[arg-type]
        registry.methods[("tape", "__exit__")] = self._exit
        registry.methods[("tape", "_push_tape")] = lambda world, base, args, site: self.enter(base, site)  # type: ignore[arg-type]
        registry.methods[("tape", "_pop_tape")] = self._exit

    # -- making, entering, leaving

    def _tape_family(self, world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
        """Whatever is called `.GradientTape` makes a tape; a wrapper of one gives it back."""
        if not name.endswith(("GradientTape",)):
            if world.is_of_tape_library(name) and name.endswith(".Variable"):
                return world.registry.functions["tensorflow.Variable"](world, args, site)
            return None
        first = args.get(0, "tape", args.get(0, "gradtape"))
        if isinstance(first, Cell) and first.kind == "tape":
            return first
        if name.endswith("DistributedGradientTape"):
            return first if first is not UNBOUND else None
        return self.make(name, args, site)

    def make(self, name: str, args: Arguments, site: Site) -> Cell:
        """A tape that was not entered yet."""
        persistent = _flag(args.get(0, "persistent", FALSE))
        watches = _flag(args.get(1, "watch_accessed_variables", TRUE))
        return Cell(self.world.run.uid(), "tape", TapeInfo(persistent, watches, root(name)), site)

    def enter(self, cell: Cell, site: Site) -> Value:
        """The tape records from now on; a new recording if it has none yet."""
        run = self.world.run
        rec = self.recording(cell)
        if rec is None or self._is_spent(cell):
            rec = self._new_recording(cell)
            run.state.set((cell.uid, "spent"), UNBOUND)
        here = len(run.graph.nodes)
        self.entered.append(Entered(site, cell, rec, run.chain, here, 1 << 60))
        self._set_active(rec, True)
        return cell

    def _new_recording(self, cell: Cell) -> int:
        rec = self.world.run.uid()
        self.recordings[rec] = cell
        self.world.run.state.set((cell.uid, "recording"), Const(rec))
        return rec

    def leave(self, cell: Cell) -> None:
        """The tape stops recording; what it has it keeps."""
        rec = self.recording(cell)
        if rec is not None:
            self._set_active(rec, False)
            for entered in reversed(self.entered):
                if entered.recording == rec:
                    entered.until = len(self.world.run.graph.nodes)
                    break

    def _exit(self, world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        self.leave(base)
        return NO_VALUE

    def _enter_library(self, value: Value, site: Site) -> Value:
        """`with tf.GradientTape as tape`: the call is missing."""
        if isinstance(value, Library) and value.name.endswith("GradientTape"):
            self.world.raised("TypeError", site, "tape not called")
            return Cell(self.world.run.uid(), "tape", TapeInfo(False, True, root(value.name), False), site)
        return self.world.run.opaque(site, [])

    def _stop(self, cell: Cell) -> Value:
        self.leave(cell.info)
        return NO_VALUE

    def _restart(self, cell: Cell) -> None:
        rec = self.recording(cell.info)
        if rec is not None:
            self._set_active(rec, True)

    def _reset(self, world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        rec = self.recording(base)
        sure = self.active().get(rec) if rec is not None else None
        if rec is not None and sure is not None:
            self._set_active(rec, False)
        new = self._new_recording(base)
        self.events.append(Event("reset", site, base, detail=(rec, new)))
        if sure is not None:
            self._set_active(new, True)
        return NO_VALUE

    def recording(self, cell: Cell) -> int | None:
        """The recording that a tape works on; None if it was never entered."""
        value = self.world.run.state.get((cell.uid, "recording"))
        if isinstance(value, OneOf):
            value = value.options[-1]
        return value.value if isinstance(value, Const) else None

    def is_active(self, cell: Value) -> bool:
        """Whether a tape records now."""
        return isinstance(cell, Cell) and self.recording(cell) in self.active()

    def active(self) -> dict[int, int]:
        """The recordings that run now, and whether that is sure."""
        value = self.world.run.state.get((0, "active"))
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
        value = self.world.run.state.get((0, "active"))
        now = list(self._all_active(value))
        if on and rec not in now:
            now.append(rec)
        elif not on and rec in now:
            now.remove(rec)
        self.world.run.state.set((0, "active"), Const(tuple(sorted(now))))

    def _all_active(self, value: Value) -> Sequence[int]:
        return list(dict.fromkeys(rec for o in options(value) if isinstance(o, Const) for rec in o.value))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No tape that records now goes on recording; one that is entered meanwhile does."""
        outer = self._hidden
        self._hidden |= frozenset(self._all_active(self.world.run.state.get((0, "active"))))
        try:
            yield
        finally:
            self._hidden = outer

    @contextmanager
    def collecting(self) -> Iterator[list[Variable]]:
        """The variables that are read meanwhile, whether a tape records or not."""
        outer, self._used = self._used, []
        try:
            yield self._used
        finally:
            self._used = outer

    # -- recording

    def marks(self) -> tuple[int, ...]:
        """How much was noted so far: a call during which this grows is not one that can be skipped when repeated."""
        return len(self.executions), len(self.events), len(self.entered), len(self._hidden)

    def made(self, node: Node) -> None:
        """A node was made: each active tape records it if an input is tracked."""
        active = self.active()
        node.active = tuple(active)
        if (
            node.op in TRANSPARENT
            or not node.declared
            or node.kind in ("numpy", "python", "object", "written", "variable")
        ):
            return
        for rec, sureness in active.items():
            status = self._status(node, rec)
            if status:
                node.recorded[rec] = status if sureness == SURE else MAYBE if status == SURE else status

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
            if tracked == SURE:
                return SURE
            found = UNSURE if UNSURE in (found, tracked) else found or tracked
        return found

    def _watch_weights(self, node: Node, rec: int) -> None:
        if self.recordings[rec].info.watches is not False:
            self.world.run.state.set((rec, f"watch {node.id}"), Flag(True))

    def tracked(self, node: Node, rec: int) -> int:
        """Whether a recording knows a node: 0, SURE, MAYBE, UNSURE."""
        if node.dtype in CARRIES_NOTHING and node.op not in TRANSPARENT:
            return 0
        flag = self.world.run.state.get((rec, f"watch {node.id}"))
        if isinstance(flag, Flag) and flag.sure:
            return SURE
        status = node.recorded.get(rec, 0)
        if node.op in TRANSPARENT:
            status = self._tracked_parts(node, rec)
        elif not status and node.opaque and node.op != "weights":
            status = UNSURE
        if isinstance(flag, Flag) and not status:
            status = MAYBE
        if status in (0, MAYBE) and node.kind == "variable" and self._may_be_read(node, rec):
            status = UNSURE
        return status

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
        sure = SURE in parts and (node.op == "pack" or all(p == SURE for p in parts))
        status = SURE if sure else UNSURE if UNSURE in parts else MAYBE if any(parts) else 0
        self._parts[(node.id, rec)] = (self._watches, status)
        return status

    def use(self, variable: Variable, site: Site | None) -> Node:
        """A variable is read: tapes that watch what is accessed watch it."""
        run = self.world.run
        if variable not in self._used:
            self._used.append(variable)
        for rec, sureness in self.active().items():
            key = (rec, f"watch {variable.node.id}")
            watches = self.recordings[rec].info.watches
            flag = run.state.get(key)
            if watches is False or variable.trainable is False or (isinstance(flag, Flag) and flag.sure):
                continue
            run.state.set(key, Flag(bool(watches and variable.trainable and sureness == SURE)))
            self._note_watched(rec, variable)
            self._watches += 1
        written = run.state.get((variable.uid, "assigned"))
        if lost := [Edge(each.node, NONE) for each in options(written) if isinstance(each, Opaque)]:
            edges = [Edge(variable.node, FLOWS, "linear"), *lost]
            return run.node("Variable.read_value", edges, site, dtype=variable.dtype)
        return variable.node

    # -- watching

    def _watch(self, world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        value = args.get(0, "tensor")
        rec = self.recording(base)
        leaves = self._leaves(value)
        watched = leaves[0] if len(leaves) == 1 else Tuple(tuple(leaves))
        self.events.append(
            Event(
                "watch", site, watched, args, detail=(base, rec), chain=world.run.chain, at=len(world.run.graph.nodes)
            )
        )
        if rec is None:
            world.raised("AttributeError", site, "GradientTape.watch")
            return NO_VALUE
        for leaf in leaves:
            self._watch_one(rec, leaf, site)
        return NO_VALUE

    def _leaves(self, value: Value) -> list[Value]:
        leaves = flattened(self.world, value)
        if leaves is not None:
            return leaves
        items = containers.sequence(self.world.run, value)
        return [items.element] if isinstance(items, Many) else [value]

    def _watch_one(self, rec: int, value: Value, site: Site) -> None:
        several = isinstance(value, OneOf)
        for option in options(value):
            if isinstance(option, Many):
                self._watch_one(rec, option.element, site)
            bad = isinstance(option, Const) or (
                isinstance(option, Data) and option.kind in ("numpy", "python", "symbolic")
            )
            bad = bad or (isinstance(option, Cell) and option.kind in ("layer", "instance"))
            if bad or (isinstance(option, Variable) and option.flavor == "keras"):
                if not several:
                    self.world.raised("ValueError", site, "GradientTape.watch")
                continue
            if isinstance(option, (Data, Opaque, Variable)):
                self._mark(rec, option.node, not several)
            if isinstance(option, Variable):
                self._note_watched(rec, option)

    def _mark(self, rec: int, node: Node, sure: bool) -> None:
        key = (rec, f"watch {node.id}")
        old = self.world.run.state.get(key)
        if not (isinstance(old, Flag) and old.sure):
            self.world.run.state.set(key, Flag(sure))
            self._watches += 1
        if node.op == "join":
            for edge in node.edges:
                self._mark(rec, edge.node, False)

    def _note_watched(self, rec: int, variable: Variable) -> None:
        """Keep the variables that a recording watches, in order."""
        known = self.world.run.state.get((rec, "variables"))
        items = known.items if isinstance(known, Tuple) else ()
        if variable not in items:
            self.world.run.state.set((rec, "variables"), Tuple((*items, variable)))

    def _watched_variables(self, world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        rec = self.recording(base) if isinstance(base, Cell) else None
        known = world.run.state.get((rec, "variables")) if rec is not None else UNBOUND
        sure = isinstance(known, Tuple) and all(
            isinstance(v, Variable) and world.run.state.get((rec or 0, f"watch {v.node.id}")) == Flag(True)
            for v in known.items
        )
        return known if sure else world.run.opaque(site, [known] if known is not UNBOUND else [])

    # -- asking

    def _asker(self, method: str) -> MethodHandler:
        def ask(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
            assert isinstance(base, Cell)
            return self.ask(base, method, args, site)

        return ask

    def _is_spent(self, cell: Cell) -> bool:
        flag = self.world.run.state.get((cell.uid, "spent"))
        return isinstance(flag, Flag) and flag.sure

    def ask(self, cell: Cell, method: str, args: Arguments, site: Site) -> Value:
        """`tape.gradient(target, sources)`: the verdict a source, and the value that comes out."""
        return self.answer(self, cell, method, args, site)

    def known(self, node: Node, rec: int) -> int:
        """The outcome that a tape's knowledge of a source allows: nothing, everything, or nobody can tell."""
        status = self.tracked(node, rec)
        return {SURE: FLOWS, MAYBE: FLOWS | NONE, UNSURE: ANYTHING, 0: NONE}[status]

    # -- what else happens

    def raised(self, error: str, site: Site, call: str) -> None:
        """The program ends here with an exception that nothing catches."""
        run = self.world.run
        dead = self.is_dead()
        self.events.append(
            Event("raised", site, error=error, call=call, chain=run.chain, in_graph=run.graph_mode > 0,
                  active=tuple(self.active()), dead=dead)
        )  # fmt: skip
        if not dead:
            run.state.set((0, "raised"), Flag(True))

    def is_dead(self) -> bool:
        """Whether the program has certainly ended before this point."""
        flag = self.world.run.state.get((0, "raised"))
        return isinstance(flag, Flag) and flag.sure

    def handed_over(self, values: Sequence[Value], site: Site) -> None:
        """Unknown code gets these values: a tape among them, and what it may be asked about."""
        if any(isinstance(v, Cell) and v.kind == "tape" for v in values):
            self.leave_code(self, Tuple(tuple(values)), site)

    def note(self, word: str, value: Value, site: Site, args: Arguments | None = None) -> None:
        """Take down something that a problem may be read off later."""
        run = self.world.run
        self.events.append(
            Event(word, site, value, args, chain=run.chain, active=tuple(self.active()), in_graph=run.graph_mode > 0,
                  dead=self.is_dead())
        )  # fmt: skip

    def condition(self, kind: str, value: Value, test: ast.expr, frame: Frame, statement: ast.AST) -> None:
        """A Python condition was evaluated: of interest if it is on a tensor, or leaves something out for good."""
        run = self.world.run
        site = Site(frame.source, test)
        self.tests[id(statement)] = value
        if not is_tensor(value):
            self._left_out(value, site, statement, frame)
            return
        dead, error = self.is_dead(), ""
        certain = all(is_tensor(option) for option in options(value))
        if certain and run.graph_mode and (run.no_autograph or kind in UNCONVERTED):
            error = "OperatorNotAllowedInGraphError"
            self.world.raised(error, site, f"condition {kind}")
        elif not self.world.staged(value):
            self._left_out(value, site, statement, frame)
        self.events.append(
            Event("condition", site, value, call=kind, chain=run.chain, in_graph=run.graph_mode > 0, error=error,
                  active=tuple(self.active()), detail=statement, dead=dead)
        )  # fmt: skip

    def _left_out(self, value: Value, site: Site, statement: ast.AST, frame: Frame) -> None:
        """An arm that is known not to run, while a tape records: what the names in it stand for.

        After a body that ends the function what follows is the other arm.
        """
        truth = self.world.run.truth(value) if self.active() and isinstance(statement, (ast.If, ast.IfExp)) else None
        if truth is None:
            return
        assert isinstance(statement, (ast.If, ast.IfExp))
        arm = statement.orelse if truth else statement.body
        if truth and isinstance(statement, ast.If) and not arm and isinstance(statement.body[-1], ast.Return):
            arm = list(following(frame.function.node, statement)) if frame.function is not None else []
        every = [node for each in (arm if isinstance(arm, list) else [arm]) for node in _used(each)]
        named = [(node, found) for node in every for found in self._named(node)]
        if named:
            self.events.append(
                Event("left out", site, Const(truth), active=tuple(self.active()), detail=(statement, named),
                      chain=self.world.run.chain, dead=self.is_dead())
            )  # fmt: skip

    def _named(self, node: ast.AST) -> list[int]:
        """The nodes of the variables and tensors that a name or an attribute of a name stands for."""
        run = self.world.run
        if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
            return []
        if isinstance(node, ast.Name):
            value = run.look_up(node.id)
        elif isinstance(node.value, ast.Name) and isinstance(base := run.look_up(node.value.id), Cell):
            value = run.state.get((base.uid, node.attr))
        else:
            return []
        if isinstance(value, Cell) and value.kind == "layer":
            weights = run.state.get((value.uid, "weights"))
            return [w.node.id for w in options(weights) if isinstance(w, Variable)] + [
                w.node.id for w in (weights.items if isinstance(weights, Tuple) else ()) if isinstance(w, Variable)
            ]
        return [o.node.id for o in options(value) if isinstance(o, (Variable, Data))]

    def branched(self, arms: Sequence[Delta]) -> None:
        """The arms of a branch have been run: what one of them watched counts no more as it did."""
        if any(name.startswith("watch ") for arm in arms for _, name in arm):
            self._watches += 1


def _used(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the names that are only handed back as they are."""
    if isinstance(node, ast.Return):
        parts = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else [node.value]
        children: list[ast.AST] = [p for p in parts if p is not None and not isinstance(p, (ast.Name, ast.Attribute))]
    else:
        yield node
        children = [*ast.iter_child_nodes(node)]
    for child in children:
        yield from _used(child)


def is_tensor(value: Value) -> bool:
    """Whether a value is certainly a tensor or variable."""
    if isinstance(value, OneOf):
        return any(is_tensor(option) for option in value.options)
    return isinstance(value, Variable) or (isinstance(value, Data) and value.kind == "tensor")


def _flag(value: Value) -> bool | None:
    return bool(value.value) if isinstance(value, Const) else None
