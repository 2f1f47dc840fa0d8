"""What casts doubt on a claim: an exception that may have come before, a zero that may be NaN, a target that may be
another thing than it seems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapelint.facts import whose_backward_pass
from tapelint.flow.graph import Node
from tapelint.flow.outcomes import NONE, ZERO, Outcomes
from tapelint.flow.values import NO_VALUE, Data, Opaque, Value, options
from tapelint.tapes.backprop import PYTHON, Answer
from tapelint.tapes.journal import Execution

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes

UNKNOWN_TARGET = "unknown target"
"""The target where an object of a class that may be a structure of tensors is one."""


REFUSED = "InvalidArgumentError"
"""The exception of what may have refused its arguments before the call."""


class Doubts:
    """What speaks against the claims of one call."""

    def __init__(self, tapes: Tapes, execution: Execution, answer: Answer) -> None:
        self._tapes, self._targets, self._answer = tapes, execution.targets, answer
        self._unknown_target = any(n.op == UNKNOWN_TARGET for n in execution.targets)
        self._itself = _perhaps_the_same(tapes, execution.targets)
        self._may_be_no_tensor = any(map(_may_be_no_tensor, execution.leaves))
        self.refused = _may_have_met(tapes, tapes.world.known.refusing, _targets(tapes, execution))
        some = any(outcome & ZERO for outcome in answer.outcomes)
        self._spoiling = _spoiling(tapes, execution.targets) if some else _Spoiling()

    def on(self, outcome: int, nodes: Mapping[int, Node]) -> bool:
        """Whether this outcome of a source, which is one of these nodes, by their places in the question, may be
        another.
        """
        if self._unknown_target:
            return True
        if outcome == NONE and (self._may_be_no_tensor or self._may_meet([*nodes.values()])):
            return True
        if outcome in (NONE, ZERO) and self.refused:
            return True
        return bool(outcome & ZERO) and any(self._on_zero(node, index) for index, node in nodes.items())

    def _may_meet(self, sources: Sequence[Node]) -> bool:
        """Whether a target may be a source that was given back, or is computed from what a source may be."""
        before = _perhaps_the_same(self._tapes, sources)
        met = before and any(n.id in before for n in self._tapes.world.run.graph.ancestors(self._targets))
        return bool(met) or any(source.id in self._itself for source in sources)

    def _on_zero(self, source: Node, index: int) -> bool:
        one_sided = _is_on_one_side(self._tapes, self._targets, source, self._answer.reached, index)
        return one_sided or self._spoiling.of(self._answer, source, index)


def _may_be_no_tensor(target: Value) -> bool:
    """Whether a target may be None, or some object of a library: if it is no tensor, the call raises."""
    unknown = [option.node for option in options(target) if isinstance(option, Opaque)]
    owners = [edge.node for node in unknown if node.op == "attribute" for edge in node.edges]
    return NO_VALUE in options(target) or any(node.kind == "object" for node in (*unknown, *owners))


def failure(tapes: Tapes, execution: Execution, every: Sequence[Node]) -> str:
    """The exception that the program may have met before the call or may meet in it, or ""; `every`: the sources."""
    found, failing, targets = "", tapes.world.known.failing, _targets(tapes, execution)
    left = tapes.world.known.left_in_graph
    may_fail = _may_have_met(tapes, failing, targets) or _may_have_asked(tapes, execution)
    depth = tapes.world.run.graph_depth
    if any(n.id in left and (not execution.in_graph or n.depth > depth) for n in (*execution.targets, *every)):
        found = "TypeError"
    elif may_fail or _adds_a_number(tapes, execution):
        found = REFUSED
    elif _may_have_met(tapes, tapes.world.known.watched_models, [*execution.targets, *every]):
        found = "ValueError"
    elif _may_have_met(tapes, tapes.world.known.leaking, execution.targets) or _asks_again(tapes, execution):
        found = "TypeError"
    return "UnknownError" if _is_python_again(tapes, execution) and not found else found


def _targets(tapes: Tapes, execution: Execution) -> Sequence[Node]:
    """The targets of a call, and what holds them; where it has none, but None in their place, those of all calls
    before, and what gave None.
    """
    holding = [leaf.node for leaf in execution.leaves if isinstance(leaf, Data) and leaf.node.held is not None]
    if execution.targets or NO_VALUE not in execution.leaves:
        return [*execution.targets, *holding]
    return [*(node for before in tapes.executions for node in before.targets), *tapes.world.known.nothing]


def _may_have_met(tapes: Tapes, failing: Set[int], targets: Sequence[Node]) -> bool:
    """Whether an operation before the target may have raised for what it was given, one behind a gradient too."""
    if not failing:
        return False
    asked, todo = set[int](), [targets]
    while todo:
        before = tapes.world.run.graph.ancestors(todo.pop())
        if any(node.id in failing for node in before):
            return True
        for node in before:
            inner = tapes.gradients[node.id][0] if node.id in tapes.gradients else None
            if inner is not None and id(inner) not in asked:
                asked.add(id(inner))
                todo.append(_targets(tapes, inner))
    return False


def _may_have_asked(tapes: Tapes, execution: Execution) -> bool:
    """Whether a gradient that the target is computed from may have raised; any, where the target is None."""
    if NO_VALUE in execution.leaves:
        return any(each.error.startswith("?") for each in tapes.executions if each is not execution)
    before = tapes.world.run.graph.ancestors(_targets(tapes, execution)) if tapes.gradients else ()
    return any(tapes.gradients[n.id][0].error.startswith("?") for n in before if n.id in tapes.gradients)


def _asks_again(tapes: Tapes, execution: Execution) -> bool:
    """Whether a Jacobian runs code of the program again, in its graph: not all that runs eagerly does there."""
    before = tapes.world.run.graph.ancestors(execution.targets) if execution.method != "gradient" else ()
    return any(node.op == "tensorflow.recompute_grad" for node in before)


def _is_python_again(tapes: Tapes, execution: Execution) -> bool:
    """Whether a gradient goes through a function of Python through which one has gone before: it can do so once."""
    nodes = tapes.world.run.graph.ancestors(execution.targets)
    met = {n.id for n in nodes if n.op == PYTHON and execution.recording in n.recorded}
    again = bool(met & tapes.through_python)
    tapes.through_python |= met
    return again


def _adds_a_number(tapes: Tapes, execution: Execution) -> bool:
    """Whether what a function of Python has cut may be added to other gradients: it comes back as a mere number."""
    nodes = tapes.world.run.graph.ancestors(execution.targets)
    known = tapes.world.known
    mine = (n for n in nodes if n.op == PYTHON and execution.recording in n.recorded)
    cut = {key for node in mine for key in known.mere_zeros.get(node.id, ())}
    if not cut:
        return False
    behind = (n for n in nodes if n.id not in known.handed_to_python)
    ways = Counter(edge.node.id for node in behind for edge in node.edges if edge.outcome != NONE)
    ways.update(target.id for target in execution.targets)
    return any(ways[key] > 1 for key in cut)


def _is_on_one_side(
    tapes: Tapes, targets: list[Node], source: Node, reached: Mapping[int, Outcomes], index: int
) -> bool:
    """Whether a difference whose sides cancel has this source on one side only, so that it is none for it.

    So it is where the tape recorded one side alone. Sides that have equal numbers, but not the same tensors, tell
    nothing of a tensor that may be one of these.
    """
    graph, cancelled = tapes.world.run.graph, tapes.world.known.cancelled
    for node in graph.ancestors(targets) if cancelled else ():
        if node.id in cancelled:
            behind = [graph.ancestors([edge.node]) for edge in node.edges]
            recorded = {reached[edge.node.id].at(index) for edge in node.edges if edge.node.id in reached}
            if len({source in side for side in behind}) > 1 or len(recorded) > 1:
                return True
            leaves = [{n for n in side if not n.edges and n.kind == "tensor"} for side in behind]
            if source in behind[0] and source.kind != "variable" and any(leaves[0] ^ other for other in leaves):
                return True
    return False


def _perhaps_the_same(tapes: Tapes, nodes: Sequence[Node]) -> set[int]:
    """The nodes that one of these may be, because what made it may have given back what it was given."""
    same, found, todo = tapes.world.known.same, set[int](), [node.id for node in nodes]
    while todo:
        before = same.get(todo.pop(), set()) - found
        found |= before
        todo += before
    return found


@dataclass(slots=True)
class _Spoiling:
    """The nodes where a zero may be left as NaN: whichever it is, or (`guarded`) only one that a gradient which comes
    from there is multiplied by. `behind`: where that NaN comes down to.
    """

    nodes: set[int] = field(default_factory=set)
    guarded: set[int] = field(default_factory=set)
    behind: set[int] = field(default_factory=set)

    def of(self, answer: Answer, source: Node, at: int) -> bool:
        """Whether a zero that a source has may be none."""
        reached = answer.reached
        met = any(key in reached and reached[key].at(at) != NONE for key in self.nodes) or any(
            key in reached and reached[key].at(at) & ZERO for key in self.guarded
        )
        return met and source.id in self.behind


def _spoiling(tapes: Tapes, targets: Sequence[Node]) -> _Spoiling:
    """Where the derivative may be infinite at the numbers that stand there, or is multiplied by what may have been
    computed from NaN or an infinity.
    """
    known = tapes.world.known
    found = {j.node.id for j in known.judgements if not j.guarded}
    judged = {j.node.op for j in known.judgements}
    for node in tapes.world.run.graph.ancestors(targets) if judged else ():
        if node.op == "gradient" and node.detail in judged:  # made of a derivative that may be infinite
            found.add(node.id)
    no_numbers = known.no_numbers | known.by_no_number | known.doubtful
    no_numbers |= {j.node.id for j in known.judgements if not j.finite}
    for node in tapes.world.run.graph.ancestors(targets) if no_numbers else ():
        bad = [edge for edge in node.edges if edge.node.id in no_numbers]
        if not bad and node.id not in known.by_no_number:
            continue
        no_numbers.add(node.id)
        for edge in node.edges:
            alone = edge.linearity == "bilinear" and node.id not in known.by_no_number and bad == [edge]
            if edge.linearity not in INDIFFERENT and not alone:
                found.add(edge.node.id)
    guarded = {j.node.id for j in known.judgements if j.guarded}
    return _Spoiling(found, guarded, _behind(tapes, targets, found | guarded))


def _behind(tapes: Tapes, targets: Sequence[Node], keys: set[int]) -> set[int]:
    """All that a gradient comes down to from these nodes, but for where it is not even asked for a product with 0."""
    shut, found = whose_backward_pass("shuts out"), set(keys)
    for node in reversed(tapes.world.run.graph.ancestors(targets)):
        if node.id in found:
            open_edges = (e for e in node.edges if e.outcome != ZERO or node.op not in shut)
            found.update(edge.node.id for edge in open_edges if edge.outcome != NONE)
    return found


INDIFFERENT = ("linear", "filled", "settled")
"""The linearities of edges whose derivative is the same for whatever numbers are there."""
