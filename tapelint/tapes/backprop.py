"""A question to the graph: what becomes of the gradient of some targets for each of some sources, on one recording.

Asked of each gradient call by `asking`. All that is needed is in the graph: what each operation does to a gradient
(the outcomes of its edges), and which recordings saw it. The backward pass as nodes of its own, for what is asked of
the gradient in turn, is made in `second_order`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from tapelint.facts import whose_backward_pass
from tapelint.flow.core import Core
from tapelint.flow.graph import CARRIES_NOTHING, MAYBE, SURE, UNSURE, Edge, Node
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO, Outcomes, along, nothing, parallel
from tapelint.tapes import rows


@dataclass(frozen=True, slots=True)
class Question:
    """From which targets to which sources, on which recording, and how the call sees them.

    `known`: the outcome that the tape's knowledge of a source allows. `since`: the number of nodes there were when the
    tape was told to watch a source, 0 where it was not told. `groups`: further sources, with one outcome for each
    group, after those of the others. `others`: the recordings that see this gradient being made,
    its own among them where it goes on.
    `summed`: by `gradient`, which takes a target that is a source, watched or not, and an integer one; a Jacobian
    does not. `rereads`: a Jacobian reads a trainable variable that is its target anew, which the tape then watches.
    `trusting`: what comes from outside is differentiable. `once`: no gradient of this gradient can be asked for.
    """

    recording: int
    targets: Sequence[Node]
    sources: Sequence[Node]
    known: Callable[[Node], int]
    since: Callable[[Node], int] = lambda node: 0
    groups: Sequence[Sequence[Node]] = ()
    others: Sequence[int] = ()
    summed: bool = True
    rereads: bool = True
    trusting: bool = False
    once: bool = True


@dataclass(slots=True)
class Answer:
    """The outcome of each source, what reached each node, and the error that a node on the way raises."""

    question: Question
    outcomes: list[int]
    reached: dict[int, Outcomes]
    error: str = ""
    unsure_error: bool = False
    culprit: Node | None = None


def connect(core: Core, question: Question) -> Answer:
    """What becomes of the gradient of the targets for each source."""
    asked = [*([source] for source in question.sources), *question.groups]
    failing = _failing(core, question)
    nodes = core.graph.ancestors(question.targets)
    restarting = [n for n in nodes if any(e.afresh for e in n.edges) and n.recorded.get(question.recording)]
    walk = _Walk(question, asked, [*failing, *(n for n in restarting if n not in failing)])
    for node in nodes:
        walk.visit(node)
    total = walk.total()
    met = [total.at(i) for i in range(len(asked), len(asked) + len(failing))]
    certain, unsure = _failures(list(failing), question.recording, met)
    culprit = certain[0] if certain else None
    error = failing[culprit] if culprit is not None else ""
    resists = not question.summed and _may_resist_vectorizing(core, question)
    resists = resists or _may_add_truths(core, question)
    if not question.summed and not total.flows & (1 << len(asked)) - 1:
        resists = resists or any(n.op == "tensorflow.while_loop" for n in nodes)  # what gives zeros only
    if error.startswith("?") or resists or _may_be_another(core, certain, failing):
        error, unsure = "", True
    if not error:
        reached = (total.flows | total.zero) & (1 << len(asked)) - 1
        culprit = next((t for t in question.targets if _raises_as_target(t, question, reached > 0)), None)
        error = culprit.error_as_target if culprit is not None else ""
    outcomes = [total.at(i) for i in range(len(asked))]
    for node in restarting:
        outcomes = _begun_afresh(walk, node, nodes, outcomes, total)
    return Answer(question, outcomes, walk.reached, error, unsure, culprit)


def _begun_afresh(
    walk: _Walk, node: Node, nodes: Sequence[Node], outcomes: list[int], total: Outcomes
) -> list[int]:
    """The outcomes with what an operation gives whose gradient is not zero where zeros come down to it."""
    met = total.at(walk.place(node))
    if not met & ZERO:
        return outcomes
    staged = any(n.op == "join" and n.detail in ("graph", "maybe") for n in nodes)  # a branch that is not run
    sure = met == ZERO and node.recorded[walk.question.recording] == SURE and not staged
    found = []
    for index, outcome in enumerate(outcomes):
        ways = (along(walk.reached[e.node.id].at(index), e.afresh) for e in node.edges if e.afresh)
        new = parallel(outcome, reduce(parallel, ways, NONE))
        found.append(new if sure or new == outcome else outcome | new | IGNORANT)
    return found


def _may_resist_vectorizing(core: Core, question: Question) -> bool:
    """Whether a Jacobian's rows may not be computed side by side: those of a graph's branches and loops, where their
    gradients are kept for a further gradient, or are what is differentiated; and what Python computes.
    """
    nodes = core.graph.ancestors(question.targets)
    again = any(n.op == "gradient" for n in nodes)
    staged = any((n.op == "join" and n.detail == "graph") or n.detail == "filled" or _goes_back(n) for n in nodes)
    twice = again and not question.once and any({n.op, n.detail} & whose_backward_pass("no rows twice") for n in nodes)
    return twice or (staged and (again or not question.once)) or any(n.op == PYTHON for n in nodes)


def _may_add_truths(core: Core, question: Question) -> bool:
    """Whether the gradient of the gradient of a graph's branches, called from outside of it, may add up truths, which
    TensorFlow refuses: of some branches within branches, and of some operations that choose by a truth.
    """
    nodes = core.graph.ancestors(question.targets)
    if not any(n.op == "gradient" and n.detail == "join" and n.depth > core.graph_depth for n in nodes):
        return False
    if any((n.detail if n.op == "gradient" else n.op).rpartition(".")[2] in CHOOSING for n in nodes if n.depth):
        return True
    joins = [n for n in core.graph.nodes if n.op == "join" and n.detail == "graph"]
    return any(e.node.op == "join" and e.node.depth > n.depth for n in joins for e in n.edges)


CHOOSING = ("operator **", "pow", "power", "where")
"""Operations whose backward pass chooses by a truth."""


def _goes_back(node: Node) -> bool:
    """Whether a node is the gradient of a graph's branch or loop."""
    return node.op == "gradient" and node.detail in ("join", "tensorflow.while_loop", "tensorflow.function")


PYTHON = "tensorflow.py_function"
LOOKUP, REFUSED = "LookupError", "NotImplementedError"


def _raises_as_target(target: Node, question: Question, reached: bool) -> bool:
    """Whether the backward pass fails at its first step, which it takes wherever the tape has the operation.

    reached: some source is connected with the targets; a Jacobian's pass ends before that if none is.
    """
    recorded = question.summed and target.recorded.get(question.recording) == SURE
    there = recorded or (reached and question.recording in target.active)
    return bool(target.error_as_target) and there


class _Walk:
    """What comes to each node from all sources at once; the nodes are visited in the order of making.

    Bit i of an `Outcomes` stands for what is asked i-th, a source or a group of them; the bits after these for the
    operations that raise when a gradient is asked of them: whether the backward pass comes to one is seen like that.
    """

    def __init__(self, question: Question, asked: Sequence[Sequence[Node]], failing: Sequence[Node]) -> None:
        self.question = question
        self.reached: dict[int, Outcomes] = {}
        self._everyone = (1 << len(asked) + len(failing)) - 1
        self._nothing = nothing(self._everyone)
        self._sources: dict[int, int] = {}
        for index, nodes in enumerate(asked):
            for node in nodes:
                self._sources[node.id] = self._sources.get(node.id, 0) | 1 << index
        self._failing = {node.id: 1 << index for index, node in enumerate(failing, len(asked))}
        self._anywhere = sum(1 << i for i, nodes in enumerate(asked) if any(map(_may_be_anywhere, nodes)))
        told = ((node.id, question.since(node)) for nodes in asked for node in nodes)
        self._watched_at = {key: number for key, number in told if number}
        self._read = {edge.node.id for target in question.targets for edge in target.as_target}
        self._ends = set(_alternatives(question.targets)) if question.summed else self._read_anew()

    def _read_anew(self) -> set[int]:
        """The targets that are sources by themselves, as a Jacobian sees them."""
        targets = _alternatives(self.question.targets).values() if self.question.rereads else ()
        return {target.id for target in targets if target.kind == "variable" and not target.detail}

    def place(self, node: Node) -> int:
        """The bit that stands for one of the operations of which it is asked whether the backward pass comes to it."""
        return self._failing[node.id].bit_length() - 1

    def visit(self, node: Node) -> None:
        """Find what comes to a node: through its inputs, and from the sources that it is."""
        value = self._through(node)
        if bits := self._sources.get(node.id):
            value = self._beside(value, bits, self._as_source(node))
        if self._anywhere and node.op == "unknown":
            value = self._beside(value, self._anywhere, ANYTHING)
        if bits := self._failing.get(node.id):
            value = self._beside(value, bits, FLOWS)
        self.reached[node.id] = value

    def total(self) -> Outcomes:
        """What comes to the targets together."""
        question, found = self.question, self._nothing
        for target in question.targets:
            if question.summed and target.as_target and question.recording in target.active:
                for edge in target.as_target:
                    found = found.parallel(self.reached[edge.node.id].along(edge.outcome, self._everyone))
            elif target.dtype not in CARRIES_NOTHING:
                found = found.parallel(self.reached[target.id])
            if target.dtype in CARRIES_NOTHING and question.summed:
                found = found.parallel(self._by_itself(target))
        return found

    def _by_itself(self, target: Node) -> Outcomes:
        """What comes to a target through which no gradient goes: from the sources that it is itself, ones."""
        bits = reduce(or_, (self._sources.get(key, 0) for key in _alternatives([target])), 0)
        value = self.reached[target.id]
        others = self._everyone & ~bits
        return Outcomes(value.none | others, value.zero & bits, value.flows & bits, value.ignorant & bits)

    def _beside(self, value: Outcomes, bits: int, outcome: int) -> Outcomes:
        """What comes to a node, if from the sources in `bits` this comes to it as well."""
        return value.parallel(nothing(self._everyone & ~bits).add(bits, outcome))

    def _as_source(self, node: Node) -> int:
        is_end = node.id in self._ends and (self.question.summed or node.dtype not in CARRIES_NOTHING)
        if is_end:
            return ANYTHING if node.dtype == "s" else FLOWS
        is_read = node.kind == "variable" and node.id in self._read
        carries = node.dtype not in CARRIES_NOTHING or node.op == "join" or is_read
        return self.question.known(node) if carries else NONE

    def _through(self, node: Node) -> Outcomes:
        """What comes to a node through its inputs: nothing through an operation that was not recorded."""
        value = self._nothing
        if node.op == "join":
            unseen = node.detail == "graph" and self.question.recording not in node.active
            return value if unseen else _joined(node, self.reached)
        recording = self.question.recording
        handed_on = node.is_transparent or is_handed_on(node)
        status = SURE if handed_on else node.recorded.get(recording, 0)
        if not status:
            return value
        trusted = self.question.trusting and _is_trusted(node, recording)
        for edge in node.edges:
            before = self.reached[edge.node.id]
            if before is self._nothing or before.is_nothing():  # most edges lead away from the sources
                continue
            if node.held is None and node.id < self._watched_at.get(edge.node.id, 0):
                outcome = _before_it_was_watched(node, edge)
            else:
                outcome = FLOWS if trusted and edge.node.op != "escaped" else edge.outcome
            path = before.along(outcome, self._everyone)
            value = path if value is self._nothing else value.parallel(path)
        if status == SURE or (self.question.trusting and status == UNSURE):  # recorded, if what flows in is
            return value
        return value.add(self._everyone, NONE if status == MAYBE else NONE | IGNORANT)


def _may_be_anywhere(source: Node) -> bool:
    """Whether anything unknown may have been made from a source."""
    return source.opaque or source.op == "weights"


def _alternatives(targets: Sequence[Node]) -> dict[int, Node]:
    """The targets, and each of several that a target is, by their ids."""
    found = {t.id: t for t in targets}
    todo = list(targets)
    while todo:
        node = todo.pop()
        for edge in node.edges if node.op == "join" and node.detail != "graph" else ():
            if edge.node.id not in found:
                found[edge.node.id] = edge.node
                todo.append(edge.node)
    return found


def _is_trusted(node: Node, rec: int) -> bool:
    return node.opaque and (node.op == "attribute" or (node.outside and rec in node.recorded))


def _before_it_was_watched(node: Node, edge: Edge) -> int:
    """What comes to a source that an operation used first: a variable was read and forgotten, of a tensor the last of
    the steps that make up the operation may remember it; what a graph captured has another name there."""
    if edge.node.kind == "variable" and not node.is_transparent and not node.opaque:
        return NONE
    one_step = node.op in whose_backward_pass("one step")
    captured = node.depth > edge.node.depth
    return edge.outcome if one_step and not captured else edge.outcome | NONE | IGNORANT


def is_handed_on(node: Node) -> bool:
    """Whether a node is no operation but something unknown that may be, or hold, what it was made from."""
    return node.opaque and node.op in ("unknown", "attribute", "operator []")


def _joined(node: Node, reached: Mapping[int, Outcomes]) -> Outcomes:
    """One of several; in a graph's own branch what one arm leaves out is zero there, not missing."""
    parts = [reached[edge.node.id] for edge in node.edges]
    value = parts[0]
    for part in parts[1:]:
        value = value.union(part)
    if node.detail == "failure":
        unclear = (value.none & value.zero) | (value.none & value.flows) | (value.zero & value.flows)
        return Outcomes(value.none, value.zero, value.flows, value.ignorant | unclear)
    if node.detail not in ("graph", "maybe"):
        return value
    mixed = value.none & (value.zero | value.flows)
    if node.detail == "maybe":
        return Outcomes(value.none, value.zero | mixed, value.flows, value.ignorant)
    return Outcomes(value.none & ~mixed, value.zero | mixed, value.flows, value.ignorant)


def _failing(core: Core, question: Question) -> dict[Node, str]:
    """The operations behind the targets that raise when a gradient is asked of them, and what they raise.

    "?" in front: where it may be, as in the graph of a Jacobian, which has no rows of its own.
    """
    rec, nodes = question.recording, core.graph.ancestors(question.targets)
    others = question.others if not core.graph_mode else ()
    refusing = {node.id for node in nodes if rows.refuses(node)}
    certain, perhaps = rows.behind(core, rec, question.targets) if refusing else (set(), set())
    refused = dict.fromkeys(refusing & certain, "TypeError" if question.summed else "?TypeError")
    refused |= dict.fromkeys(refusing & perhaps, "?TypeError")
    if others or not question.summed:
        refused |= dict.fromkeys(rows.refusing_again(nodes), "?TypeError")
    failing = {}
    for node in nodes:
        error = _error(node, others) or refused.get(node.id, "")
        if not question.summed and error in ("", REFUSED) and node.depth and _refuses_again(node):
            error = "" if question.once else f"?{REFUSED}"
        if not error and not question.summed and not question.once and any(edge.again == LOOKUP for edge in node.edges):
            error = f"?{LOOKUP}"  # its rows are computed in a graph, whose own gradient is made at once
        if error and node.recorded.get(rec):
            failing[node] = error
    return failing


def _error(node: Node, others: Sequence[int]) -> str:
    """What an operation raises; in a graph that other tapes recorded, too, what its gradient's gradient raises."""
    if node.error or not node.depth or not any(node.recorded.get(other) == SURE for other in others):
        return node.error
    return next((edge.again for edge in node.edges if edge.again in (REFUSED, LOOKUP)), "")


def _refuses_again(node: Node) -> bool:
    return any(edge.again == REFUSED for edge in node.edges)


def _failures(failing: Sequence[Node], rec: int, outcomes: Sequence[int]) -> tuple[list[Node], bool]:
    """The operations that raise as the backward pass certainly meets them, the last first; and whether there may be
    another. A gradient that is zero is asked for as well as another.
    """
    certain, unsure = [], False
    for node, outcome in zip(reversed(failing), reversed(outcomes), strict=True):
        if outcome != NONE and node.recorded[rec] == SURE and not outcome & (NONE | IGNORANT):
            certain.append(node)
        unsure = unsure or outcome != NONE
    return certain, unsure and not certain


def _may_be_another(core: Core, certain: Sequence[Node], failing: Mapping[Node, str]) -> bool:
    """Whether what the backward pass meets first may raise another exception: of two that lie side by side, either may
    be the first.
    """
    others = [node for node in certain[1:] if failing[node] != failing[certain[0]]]
    behind = {node.id for node in core.graph.ancestors(certain[:1])} if others else set()
    return any(node.id not in behind for node in others)
