"""The heart of one run: the graph, the state, where we are, what is joined and what escapes.

The rooms beside it (expressions, statements, functions, classes, modules) are layers over `Core`; what libraries do is
asked of a `World`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapelint.source import Source

from .doubting import Doubting
from .escape import Escape
from .graph import MISSING, Chain, Edge, Graph, Node, Site
from .memory import Memory
from .outcomes import ANYTHING, FLOWS
from .ranges import Range
from .state import Delta, Key, State
from .values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Function,
    Generator,
    Many,
    Method,
    Names,
    OneOf,
    Opaque,
    SliceOf,
    Tuple,
    Value,
    Variable,
    const_dtype,
    one_of,
    options,
)
from .ways import Ways

if TYPE_CHECKING:
    from .world import World

MOST_OPTIONS = 8
"""A value that is one of more than so many is something unknown, or one number."""
ALL_NAMES = "*"
"""Under this a scope that imports all of something unseen has a flag."""

UNFOLLOWED: Key = (0, "unfollowed")
"""Where the state says that something the project's own code does was not followed."""

ENDED: Key = (0, "raised")
ENDED_BY: Key = (0, "raised by")
"""Where the state keeps that an exception ended what is run, and which."""

OBJECTS = ("instance", "object", "tensor array")  # kinds of objects that hold numbers in their fields

PERMUTED = "failure"
"""Each is one of several, and all of them are there: that one is another is no reason to say that it is cut."""

MOST_CALLS_DEEP = 150
STEPS = 120_000
"""So many steps a run takes, if nobody says otherwise."""


@dataclass(slots=True)
class Arguments:
    """What a call hands over. `rest` stands for arguments of unknown number (`*many`, `**unknown`)."""

    positional: list[Value]
    keywords: dict[str, Value] = field(default_factory=dict)
    rest: Value | None = None
    places: dict[int | str, ast.AST] = field(default_factory=dict)

    def get(self, index: int, name: str, default: Value = UNBOUND) -> Value:
        """The argument at a position or under a name."""
        if index < len(self.positional):
            return self.positional[index]
        return self.keywords.get(name, default)

    def every(self) -> list[Value]:
        """All values handed over."""
        return [*self.positional, *self.keywords.values(), *([self.rest] if self.rest is not None else [])]

    def after(self, count: int) -> Arguments:
        """The same call without its first positional arguments."""
        places = {
            (k - count if isinstance(k, int) else k): p
            for k, p in self.places.items()
            if not isinstance(k, int) or k >= count
        }
        return Arguments(self.positional[count:], dict(self.keywords), self.rest, places)

    def before(self, *first: Value) -> Arguments:
        """The same call with more first arguments."""
        places = {(k + len(first) if isinstance(k, int) else k): p for k, p in self.places.items()}
        return Arguments([*first, *self.positional], dict(self.keywords), self.rest, places)


@dataclass(slots=True)
class Loop:
    """A loop that is being run: the state's mark and the last identity given at its start, the states in which
    rounds were left, the last test.

    `depth`, `finals`: how many with blocks and `finally` blocks of its frame it lies in. `decider`: the statement that
    decides whether it is left. `staged`: whether it becomes an operation of a graph; `staged_in`: whether it lies in a
    branch that does ("graph", "maybe" or ""). `after_first`: what the first round changed. `begins`: whether it has a
    first round for certain. `widened`: whether its last rounds stand for more than one.
    """

    mark: int
    newest: int
    depth: int
    breaks: list[Delta] = field(default_factory=list)
    continues: list[Delta] = field(default_factory=list)
    decider: Site | None = None
    tested: Value = UNBOUND
    staged: bool = False
    after_first: Delta = field(default_factory=dict)
    staged_in: str = ""
    finals: int = 0
    begins: bool = False
    widened: bool = False


Entered = tuple[Value, Site]
"""The manager of a with block that is being run, and the statement."""


@dataclass(slots=True)
class Raised:
    """An exception that leaves a block: the state in which it does, and itself where the program raised it.

    `swallowed`: whether the managers of the block keep it to themselves, where they say. `error`: the class that it is
    of, or of one that extends it, where something of a library raised it.
    """

    state: Delta
    value: Value = UNBOUND
    swallowed: bool | None = None
    error: str = ""


@dataclass(slots=True)
class Attempt:
    """A `try` body that is being run, with the exceptions that left it.

    `newest`: the last identity that was given before it.
    `depth`, `finals`: how many with blocks and `finally` blocks of its frame it lies in. `passed`: the states after its
    assignments, from which one may come as well, and the with blocks it was in. `mended`: a handler does something in
    place of what was tried. `guarded`: it is a with block whose managers may swallow an exception. `handlers`: None
    where anything may be caught. `passed_through`: an exception certainly ended its body that no handler catches.
    `may_raise`: something unknown was called, which may raise anything. `may_fail`, `may_refuse`: something was done
    that raises for some numbers or shapes: by TensorFlow, or by Python and NumPy, which raise none of its exceptions.
    """

    mark: int
    newest: int
    frames: int
    depth: int
    finals: int
    mended: bool = True
    guarded: bool = False
    raises: list[Raised] = field(default_factory=list)
    passed: list[tuple[Delta, tuple[Entered, ...]]] = field(default_factory=list)
    handlers: Sequence[ast.ExceptHandler] | None = None
    passed_through: bool = False
    may_raise: bool = False
    may_fail: bool = False
    may_refuse: bool = False


class Suspension(Exception):
    """A generator stops at a `yield` until it is resumed: what it gives, and what is left to do, innermost first."""

    def __init__(self, value: Value) -> None:
        super().__init__("yield")
        self.value = value
        self.rest: list[tuple[Sequence[ast.stmt], int]] = []
        """Statements to go on with, or no statements and the depth of with blocks to go back to."""


@dataclass(slots=True)
class Frame:
    """One run of a function's, class's or module's body. Its names lie in the state under `uid`.

    `scopes`: the frames around it, innermost first. `owner`: the class that a method belongs to, or what else made the
    frame. `mark`: where the state's trail began. `returns`: the state and the value of each way out so far, `deciders`
    the statements that decide which is taken, `staged` whether a graph's condition does. `yields`: what a generator
    gave; `yields_more` where it may give more of it, `suspends` where it is to stop at a `yield`. `finals`, `loops`,
    `entered`: the `finally` blocks (with how many with blocks lie around each), loops and with blocks that are being
    run, outermost first.
    """

    uid: int
    source: Source
    module: int
    scopes: tuple[int, ...] = ()
    function: Function | None = None
    owner: Value | None = None
    mark: int = 0
    returns: list[tuple[Delta, Value]] = field(default_factory=list)
    deciders: list[Site] = field(default_factory=list)
    yields: list[Value] | None = None
    yields_more: bool = False
    suspends: bool = False
    staged: str = ""
    left_at: int = 0
    """How many nodes there were when the first of several ways left it."""
    finals: list[tuple[list[ast.stmt], int]] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    entered: list[Entered] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)


class Core(Escape, Doubting):
    """State and services that all rooms share."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.graph, self.ways = Graph(), Ways()
        self.state = State()
        self.memory = Memory(self.state)
        self._uids = 0
        self._constant: Node | None = None
        self._phis: dict[tuple[int | str, ...], Node] = {}
        self.open_scopes: set[int] = set()

        # where we are
        self.frames: list[Frame] = []
        self.attempts: list[Attempt] = []
        self.chain: Chain | None = None
        self.outside = 0
        """The last identity of what was made before the entry that is run: it may have been used since."""

        # how much is left to do
        self.steps = 0.0
        self.limit = STEPS
        self.call_limit: float = STEPS
        self.patched = False  # whether the program has put something in the place of a library's function
        self.exhausted = False

        # how code is run that libraries call: counts of what is around us
        self.graph_mode = 0
        self._inner_graphs = 0
        self.no_autograph = 0
        self.fell_back = False  # whether AutoGraph leaves code as it is only because it cannot convert it
        self.importing = 0  # bodies of imported modules that are being run, one within the other
        self.one_of_several = 0  # what is run now is run for one of several values: it need not be so
        self.converting: set[int] = set()
        """The frames of code that AutoGraph converts, and with it the functions defined there."""
        self.converted = False
        """Whether AutoGraph has converted code that runs eagerly, as the body of a `tf.map_fn`."""
        self.run_twice = 0  # bodies that are run now without tapes, and later once more with those that they make
        self.arguments_of_graphs: frozenset[int] = frozenset()  # nodes that are without numbers while a graph is made

        # which way is taken, and what decides it
        self.join_detail = ""
        self.staged_in = ""
        self.doubting = 0
        """How many handlers are being run of which nobody can tell whether they are."""
        self.deciding: Site | None = None
        self.choosing = self.may_be_over = False
        """Whether a method is called that belongs to one of several objects; whether a loop may be left by now."""
        self.chosen: dict[Value, Site] = {}
        self.permuted: set[Value] = set()
        """Values of which each is one of several that are all there."""
        self.expressions: set[int] = set()
        """The iterators that generator expressions are."""
        self.in_no_order = False
        """Whether the items of one of them are asked for where their order does not matter."""

        # what others can reach
        self.enclosing = set()
        self.namespaces = set()
        self.inner: dict[ast.stmt, Value] = {}
        """The functions and classes that were defined inside functions, by their definition."""

    # -- identity, places, steps

    def uid(self) -> int:
        """A fresh identity."""
        self._uids += 1
        return self._uids

    @property
    def newest(self) -> int:
        """The last identity that was given."""
        return self._uids

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def site(self, node: ast.AST) -> Site:
        """A syntax node of the file that is being run."""
        return Site(self.frames[-1].source, node)

    def step(self) -> bool:
        """Count one step; False once nothing more is to be run at all.

        Past the budget functions are no more entered and loops run one round, so that the program's end comes soon.
        """
        self.steps += 1
        if self.steps > self.limit:
            self.exhausted = True
        return self.steps < 2 * self.limit

    def spend(self, steps: float) -> None:
        """Count work that is no step of the program."""
        self.steps += steps

    @contextmanager
    def for_one_of_several(self) -> Iterator[None]:
        """What is run meanwhile is run for one of several values: what it raises need not be raised."""
        self.one_of_several += 1
        try:
            yield
        finally:
            self.one_of_several -= 1

    # -- nodes

    def node(self, op: str, edges: Sequence[Edge] = (), site: Site | None = None, **fields: object) -> Node:
        """A new operation or leaf, with who records it."""
        node = self.graph.add(op, edges, site, self.chain)
        for name, value in fields.items():
            setattr(node, name, value)
        node.depth = self.graph_depth
        self.world.made(node)
        return node

    def opaque(
        self,
        site: Site | None,
        inputs: Iterable[Value] = (),
        hint: str = "",
        op: str = "unknown",
        behind: Sequence[Edge] = (),
        reached: Iterable[Node] = (),
    ) -> Opaque:
        """Something unknown, perhaps made from these values and nodes and what escaped; `behind`: surely from that."""
        seen: set[int] = set()
        nodes = {n.id: n for n in reached}
        nodes.update((n.id, n) for value in inputs for n in self.nodes_in(value, seen))
        if self._pool is not None:
            nodes[self._pool.id] = self._pool
        self._maybe_read |= {key for key, node in nodes.items() if node.kind == "variable"}
        edges = [*(Edge(nodes[key], ANYTHING) for key in sorted(nodes)), *behind]
        return Opaque(self.node(op, edges, site, dtype="?", kind="?", opaque=True), hint)

    def part(self, site: Site | None, value: Value) -> Opaque:
        """One of what something unknown holds."""
        made = self.opaque(site, [value])
        made.node.outside = isinstance(value, Opaque)
        return made

    def missing(self, site: Site | None, name: str = "") -> Opaque:
        """Something of the project itself that is not known: unlike what comes from outside it is not trusted."""
        made = self.opaque(site, hint=name)
        made.node.detail = MISSING
        return made

    def leaf(self, hint: str, site: Site | None = None) -> Opaque:
        """Something unknown that comes from outside, made before everything else: a parameter."""
        return Opaque(self.node("parameter", (), site, dtype="?", kind="?", detail=hint, opaque=True), hint)

    def node_of(self, value: Value, site: Site | None = None) -> Node | None:
        """The node of a value as an input of an operation; None for what holds no numbers of a graph."""
        if isinstance(value, Data) and value.kind == "numpy":
            stored = self.state.get((value.node.id, "stored"))
            return stored.node if isinstance(stored, Data) else value.node
        if isinstance(value, (Data, Opaque)):
            return value.node
        if isinstance(value, Variable):
            return self.world.use(value, site)
        if isinstance(value, OneOf):
            detail = PERMUTED if value in self.permuted else self.join_detail
            with self.joining(detail), self.decided_by(self.deciding or self.chosen.get(value)):
                return self.phi([self.node_of(option, site) for option in value.options])
        self.spend(1 / 8)
        nodes = self.parts_of(value, site) if self.steps < 2 * self.limit else []
        if not nodes:
            return None
        if len(nodes) == 1:
            return nodes[0]
        packed = self.node("pack", [Edge(n, FLOWS, "linear") for n in nodes], site)
        packed.detail = "pack"
        return packed

    def parts_of(self, value: Value, site: Site | None) -> list[Node]:
        """The nodes of a container's items."""
        items: Iterable[Value] = ()
        if isinstance(value, Tuple):
            items = value.items
        elif isinstance(value, Many):
            items = (value.element,)
        elif isinstance(value, Cell) and value.kind in ("list", "dict", "set"):
            items = [v for v in (self.state.get((value.uid, "items")), self.filled_with(value)) if v is not None]
        elif isinstance(value, SliceOf):
            items = (value.start, value.stop, value.step)
        elif isinstance(value, Generator) or (isinstance(value, Cell) and value.kind == "iterator"):
            more = self.elements(value, site) if site is not None else Many(self.opaque(site, [value]))
            items = (more.element,) if isinstance(more, Many) else more
        elif isinstance(value, Method) and isinstance(value.base, (Data, Opaque)):
            return [self.opaque(site, [value.base]).node]  # an attribute of which nothing is known
        elif isinstance(value, Cell) and value.kind in OBJECTS:
            nodes = self.nodes_in(value)
            return [self.opaque(site, map(Data, nodes)).node] if nodes or self.holds_more(value) else []
        found = (self.node_of(item, site) for item in items)
        return list({n.id: n for n in found if n is not None}.values())

    def phi(self, nodes: Sequence[Node | None], site: Site | None = None) -> Node | None:
        """One of several nodes, by the branch taken."""
        present = list({n.id: n for n in nodes if n is not None}.values())
        if not present:
            return None
        if len(present) < len(nodes) and any(n is None for n in nodes):
            present.append(self.constant_node())
        if len(present) == 1:
            return present[0]
        key: tuple[int | str, ...] = (*sorted(n.id for n in present), self.join_detail)
        if key not in self._phis:
            where = site or self.deciding
            node = self.node("join", [Edge(n) for n in present], where, joins=True, detail=self.join_detail)
            kinds = {n.dtype for n in present}
            node.dtype = kinds.pop() if len(kinds) == 1 else "?" if "?" in kinds else "f"
            self._phis[key] = node
        return self._phis[key]

    def constant_node(self) -> Node:
        """The leaf that stands for numbers without a history."""
        if self._constant is None:
            self._constant = self.graph.add("constant")
        return self._constant

    # -- joins

    @property
    def graph_depth(self) -> int:
        """In how many graphs, one within the other, is run what is being run; 0 in eager code."""
        return self.graph_mode + self._inner_graphs if self.graph_mode else 0

    @contextmanager
    def inner_graph(self, there: bool = True) -> Iterator[None]:
        """What is run meanwhile is in a graph within the graph, if there is one: that of a branch or a loop's body."""
        self._inner_graphs += there
        try:
            yield
        finally:
            self._inner_graphs -= there

    @contextmanager
    def joining(self, staged: str) -> Iterator[None]:
        """What is joined meanwhile is joined by a graph's operation ("graph"), perhaps ("maybe"), or by Python ("");
        "failure": by whether something raised.
        """
        old, self.join_detail = self.join_detail, staged
        try:
            yield
        finally:
            self.join_detail = old

    @contextmanager
    def decided_by(self, site: Site | None) -> Iterator[None]:
        """What is joined meanwhile is one or the other by what a statement decides: it is the place of the join."""
        old, self.deciding = self.deciding, site
        try:
            yield
        finally:
            self.deciding = old

    def join(self, first: Value, second: Value) -> Value:
        """The value that is one or the other."""
        if first is second or first == second:
            return first
        if isinstance(first, Flag) or isinstance(second, Flag):
            sure = any(isinstance(flag, Flag) and flag.sure for flag in (first, second))
            return Flag(sure and self.join_detail == "graph")
        if first is UNBOUND or second is UNBOUND:
            return second if first is UNBOUND else first
        if isinstance(first, Data) and isinstance(second, Data):
            return self.join_data(first, second)
        if isinstance(first, Tuple) and isinstance(second, Tuple) and len(first.items) == len(second.items):
            return Tuple(tuple(self.join(a, b) for a, b in zip(first.items, second.items, strict=True)), first.names)
        if isinstance(first, Names) and isinstance(second, Names):
            return Names(tuple(dict.fromkeys((*first.names, *second.names))))
        if self.join_detail == "failure" and _are_numbers(first, second):
            return self.opaque(None, [first, second])
        if self.join_detail in ("graph", "maybe") and (isinstance(first, Data) or isinstance(second, Data)):
            one, other = self.as_number(first), self.as_number(second)
            if one is not None and other is not None:
                return self.join_data(one, other)
        made = self._limited(one_of((first, second)))
        if self.deciding is not None and isinstance(made, OneOf):
            self.chosen[made] = self.deciding
        return made

    def as_number(self, value: Value) -> Data | None:
        """A number of Python's as a branch of a graph gives it; None for what is no number."""
        if isinstance(value, Const) and isinstance(value.value, (bool, int, float)):
            number = Range.exactly(value.value)
            return Data(self.constant_node(), "python", const_dtype(value.value), (), number)
        return value if isinstance(value, Data) else None

    def join_data(self, first: Data, second: Data) -> Data:
        """Two numbers, one of which it is: a tensor, if a graph's operation gives it."""
        node = first.node if first.node is second.node else self.phi([first.node, second.node])
        assert node is not None
        kinds = {first.kind, second.kind}
        converted = self.join_detail == "graph" and "tensor" in kinds <= {"tensor", "numpy", "python"}
        kind = first.kind if len(kinds) == 1 else "tensor" if converted else "?"
        dtype = first.dtype if first.dtype == second.dtype else "?"
        shape = first.shape if first.shape == second.shape else None
        both = first.range is not None and second.range is not None
        bounds = first.range.join(second.range) if both and first.range and second.range else None
        return Data(node, kind, dtype, shape, bounds, first.width if first.width == second.width else "")

    def _limited(self, value: Value) -> Value:
        """Not more alternatives than can be followed."""
        found = options(value)
        if len(found) <= MOST_OPTIONS:
            return self._one_data(value, found)
        if all(isinstance(o, (Tuple, Many)) for o in found):
            elements = [
                e
                for o in found
                for e in (o.items if isinstance(o, Tuple) else (o.element,))  # type: ignore[attr-defined]
            ]
            return Many(self.join_all(elements))
        if all(isinstance(o, Const) for o in found):
            return Data(self.constant_node(), "python", const_dtype(found[0].value))  # type: ignore[attr-defined]
        return self.opaque(None, found)

    def _one_data(self, value: Value, found: tuple[Value, ...]) -> Value:
        """Several numbers among the alternatives become one."""
        data = [o for o in found if isinstance(o, Data)]
        if len(data) > 1:
            joined = data[0]
            for other in data[1:]:
                joined = self.join_data(joined, other)
            return one_of([joined, *(o for o in found if not isinstance(o, Data))])
        return value

    def join_all(self, values: Sequence[Value]) -> Value:
        """One of many values; UNBOUND for none."""
        if not values:
            return UNBOUND
        result = values[0]
        for value in values[1:]:
            result = self.join(result, value)
        return result

    def merge(self, deltas: Sequence[Delta], newest: int) -> None:
        """The state after one of several ways. `newest`: the last identity that was given before they parted."""
        if self.open_scopes and len(deltas) > 1:
            deltas = [self._with_unseen_names(delta, deltas) for delta in deltas]
        self.state.merge(deltas, self.join, newest)

    def _with_unseen_names(self, delta: Delta, every: Sequence[Delta]) -> Delta:
        """A way that imports all of what cannot be seen may have bound the names that other ways bind."""
        scopes = [scope for scope in self.open_scopes if (scope, ALL_NAMES) in delta]
        names = [key for other in every for key in other if key[0] in scopes and key not in delta]
        new = dict.fromkeys(key for key in names if self.state.get(key) is UNBOUND)
        return {**{key: self.opaque(None, hint=key[1]) for key in new}, **delta} if new else delta

    # -- what other rooms give

    def evaluate(self, node: ast.expr) -> Value:
        """The value of an expression in the innermost frame."""
        raise NotImplementedError

    def execute(self, body: Sequence[ast.stmt]) -> bool:
        """Run statements in the innermost frame; False if control does not come out at their end."""
        raise NotImplementedError

    def has_equals(self, value: Value) -> bool:
        """Whether another object may be equal to one: its class says what equals it."""
        raise NotImplementedError

    def call(self, callee: Value, args: Arguments, site: Site) -> Value:
        """Call a value."""
        raise NotImplementedError

    def attribute(self, base: Value, name: str, site: Site) -> Value:
        """`base.name`."""
        raise NotImplementedError

    def members_of(self, value: Value) -> list[Value] | None:
        """The members of an enumeration, or of a value of flags; None for anything else."""
        raise NotImplementedError

    def elements(self, value: Value, site: Site) -> list[Value] | Many:
        """What iterating gives: a known list, or one element for all."""
        raise NotImplementedError

    def iterate(self, value: Value, site: Site, to_end: bool = False) -> list[Value] | Many:
        """What iterating gives where Python does it, which some values refuse; `to_end`: it goes on to their end."""
        self.world.iterated(value, site, to_end)
        self.asked(value, "__iter__", site)
        return self.elements(value, site)


def _are_numbers(first: Value, second: Value) -> bool:
    """Whether two values are numbers or something unknown, and not constants both."""
    constants = [v for v in (first, second) if isinstance(v, Const) and v != NO_VALUE]
    tensors = [v for v in (first, second) if isinstance(v, (Data, Opaque))]
    return len(constants) + len(tensors) == 2 and bool(tensors)
