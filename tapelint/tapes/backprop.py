"""A question to the graph: from targets back to sources over what one tape recorded; the backward pass as nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from tapelint.flow.core import Core
from tapelint.flow.graph import CARRIES_NOTHING, MAYBE, REFUSES_ROWS, ROWS, SURE, TRANSPARENT, UNSURE, Edge, Node
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO, Outcomes, nothing

OUT_OF_SIGHT = "opaque"
"""The linearity of an edge whose backward pass no tape sees, as in `tf.py_function`."""


@dataclass(slots=True)
class Answer:
    """The outcome of each source, what reached each node, and the error that a node on the way raises."""

    outcomes: list[int]
    reached: dict[int, Outcomes]
    error: str = ""
    unsure_error: bool = False
    culprit: Node | None = None


def connect(
    core: Core,
    rec: int,
    targets: Sequence[Node],
    sources: Sequence[Node],
    known: Callable[[Node], int],
    summed: bool = True,
    rereads: bool = True,
    others: Sequence[int] = (),
    since: Callable[[Node], int] = lambda node: 0,
    trusting: bool = False,
    groups: Sequence[Sequence[Node]] = (),
) -> Answer:
    """What becomes of the gradient of the targets for each source, on one recording.

    `summed`: by `gradient`, which takes a target that is a source, watched or not, and an integer one; a Jacobian
    does not. `rereads`: a Jacobian reads a trainable variable that is its target anew, which the tape then watches.
    `others`: the recordings that see this gradient being made. `since`: the number of nodes there were when the tape
    was told to watch a source. `trusting`: what comes from outside is differentiable. `groups`: further sources, with
    one outcome for each group, after those of the others.
    """
    failing = _failing(core, rec, targets, others)
    columns = [*([source] for source in sources), *groups]
    everyone = (1 << len(columns) + len(failing)) - 1
    bits: dict[int, int] = {}
    for index, column in enumerate(columns):
        for source in column:
            bits[source.id] = bits.get(source.id, 0) | 1 << index
    failures = {node.id: 1 << len(columns) + index for index, node in enumerate(failing)}
    own = _alternatives(targets) if summed else {t.id for t in targets if _is_reread(t) and rereads}
    unseen = sum(1 << i for i, column in enumerate(columns) if any(s.opaque or s.op == "weights" for s in column))
    late = {source.id: number for column in columns for source in column if (number := since(source))}
    reached: dict[int, Outcomes] = {}
    for node in core.graph.ancestors(targets):
        value = _value(node, rec, reached, everyone, late, trusting)
        mine = bits.get(node.id)
        if mine:
            outcome = FLOWS if node.id in own and node.dtype not in CARRIES_NOTHING else _source_outcome(node, known)
            value = value.parallel(nothing(everyone & ~mine).add(mine, outcome))
        if unseen and node.op == "unknown":
            value = value.parallel(nothing(everyone & ~unseen).add(unseen, ANYTHING))
        if node.id in failures:
            value = value.parallel(nothing(everyone & ~failures[node.id]).add(failures[node.id], FLOWS))
        reached[node.id] = value
    total = nothing(everyone)
    for target in targets:
        if summed and target.as_target and rec in target.active:
            for edge in target.as_target:
                total = total.parallel(reached[edge.node.id].along(edge.outcome, everyone))
        elif target.dtype not in CARRIES_NOTHING:
            total = total.parallel(reached[target.id])
    culprit, unsure = _first_failure(list(failing), rec, [total.at(len(columns) + i) for i in range(len(failing))])
    error = failing[culprit] if culprit is not None else ""
    if not error and (total.flows | total.zero) & (1 << len(columns)) - 1:
        culprit = next((t for t in targets if rec in t.active and t.error_as_target), None)
        error = culprit.error_as_target if culprit is not None else ""
    return Answer([total.at(i) for i in range(len(columns))], reached, error, unsure, culprit)


def _is_reread(target: Node) -> bool:
    return target.kind == "variable" and not target.detail


def _alternatives(targets: Sequence[Node]) -> set[int]:
    """The targets, and each of several that a target is."""
    found = {t.id for t in targets}
    todo = list(targets)
    while todo:
        node = todo.pop()
        for edge in node.edges if node.op == "join" else ():
            if edge.node.id not in found:
                found.add(edge.node.id)
                todo.append(edge.node)
    return found


def _source_outcome(node: Node, known: Callable[[Node], int]) -> int:
    return NONE if node.dtype in CARRIES_NOTHING and node.op != "join" else known(node)


def _value(
    node: Node, rec: int, reached: Mapping[int, Outcomes], everyone: int, late: Mapping[int, int], trusting: bool
) -> Outcomes:
    if node.op == "join":
        return _joined(node, reached, everyone)
    value = nothing(everyone)
    if node.op in ("pack", "escaped") or is_handed_on(node):
        status = SURE
    else:
        status = node.recorded.get(rec, 0)
        if not status:
            return value
    trusted = trusting and _is_trusted(node, rec)
    for edge in node.edges:
        before = reached[edge.node.id]
        if before.is_nothing():  # most edges lead away from the sources
            continue
        if node.id < late.get(edge.node.id, 0):
            outcome = _before_it_was_watched(node, edge)
        else:
            outcome = FLOWS if trusted and edge.node.op != "escaped" else edge.outcome
        path = before.along(outcome, everyone)
        value = path if value.is_nothing() else value.parallel(path)
    if status == SURE or (trusting and status == UNSURE):  # recorded, if what flows in is
        return value
    return value.add(everyone, NONE if status == MAYBE else NONE | IGNORANT)


def _is_trusted(node: Node, rec: int) -> bool:
    return node.opaque and (node.op == "attribute" or (node.outside and rec in node.recorded))


ONE_OPERATION = frozenset(
    [f"operator {sign}" for sign in "+-*/@"]
    + [f"tensorflow.{name}" for name in ("add", "subtract", "multiply", "divide", "matmul", "maximum", "minimum")]
)
"""What TensorFlow does in one step: it is recorded for all inputs if for one."""


def _before_it_was_watched(node: Node, edge: Edge) -> int:
    """What comes to a source that an operation used first: a variable was read and forgotten, of a tensor the last of
    the steps that make up the operation may remember it."""
    if edge.node.kind == "variable" and node.op not in TRANSPARENT and not node.opaque:
        return NONE
    return edge.outcome if node.op in ONE_OPERATION else edge.outcome | NONE | IGNORANT


def is_handed_on(node: Node) -> bool:
    """Whether a node is no operation but something unknown that may be, or hold, what it was made from."""
    return node.opaque and node.op in ("unknown", "attribute", "operator []")


def _joined(node: Node, reached: Mapping[int, Outcomes], everyone: int) -> Outcomes:
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


def _failing(core: Core, rec: int, targets: Sequence[Node], others: Sequence[int]) -> dict[Node, str]:
    """The operations behind the targets that raise when a gradient is asked of them, and what they raise."""
    nodes = core.graph.ancestors(targets)
    others = others if not core.graph_mode else ()
    refusing = {node.id for node in nodes if refuses_rows(node)}
    refusing &= _rows(core, rec, targets) if refusing else set()
    failing = {}
    for node in nodes:
        error = _error(node, others) or ("TypeError" if node.id in refusing else "")
        if error and node.recorded.get(rec):
            failing[node] = error
    return failing


def _error(node: Node, others: Sequence[int]) -> str:
    """What an operation raises; in a graph that other tapes recorded, too, what its gradient's gradient raises."""
    if node.error or not node.in_graph or not any(node.recorded.get(other) == SURE for other in others):
        return node.error
    return next((edge.again for edge in node.edges if edge.again == "NotImplementedError"), "")


def _first_failure(failing: Sequence[Node], rec: int, outcomes: Sequence[int]) -> tuple[Node | None, bool]:
    """The operation that raises when the backward pass certainly meets it; else whether it may meet one.

    A gradient that is zero is asked for as well as another.
    """
    unsure = False
    for node, outcome in zip(reversed(failing), reversed(outcomes), strict=True):
        if outcome == NONE:
            continue
        if node.recorded[rec] == SURE and not outcome & (NONE | IGNORANT):
            return node, False
        unsure = True
    return None, unsure


HANDED_BACK = ("Variable.read_value", "tensorflow.identity")
"""Operations whose gradient is the very object that comes from above."""


GATHERED_BACK = ("tensorflow.scatter_nd",)
"""Operations whose gradient looks up rows of what comes from above."""

REFUSE_ROWS_AGAIN = ("tensorflow.tanh", "keras.ops.tanh", "keras.activations.tanh")
"""Operations whose gradient's gradient raises TypeError if an `IndexedSlices` comes down to it."""


def refuses_rows(node: Node) -> bool:
    """Whether the gradient of an operation raises if an `IndexedSlices` comes down to it."""
    return node.detail == REFUSES_ROWS or (node.op == "gradient" and node.detail in REFUSE_ROWS_AGAIN)


def looked_up(core: Core, rec: int, targets: Sequence[Node], sources: Sequence[Node]) -> set[int]:
    """The sources of which only rows are looked up: their gradients are no tensors but `IndexedSlices`."""
    return {s.id for s in sources} & _rows(core, rec, targets) if not core.graph_mode else set()


def _rows(core: Core, rec: int, targets: Sequence[Node]) -> set[int]:
    """The nodes whose gradients are `IndexedSlices`."""
    whole = {t.id for t in targets}
    rows: set[int] = set()
    for node in reversed(core.graph.ancestors(targets)):
        summed = node.op == "gradient" and not node.detail
        handed = (node.op in HANDED_BACK or summed) and node.id in rows - whole
        gathered = node.op == "gradient" and node.detail in GATHERED_BACK
        gives_rows = node.detail == ROWS or handed or gathered
        found = rows if gives_rows and node.recorded.get(rec) == SURE else whole
        found |= {edge.node.id for edge in node.edges if edge.outcome != NONE}
    return rows - whole


# -- second order


def backward(
    core: Core, rec: int, targets: Sequence[Node], sources: Sequence[Node], answer: Answer, upstream: Node
) -> list[Node | None]:
    """The backward pass as nodes of its own, which the tapes that run record; the node of each source's gradient."""
    nodes = [n for n in core.graph.ancestors(targets) if n.id in answer.reached]
    relevant = {n.id for n in nodes if _reaches(answer.reached[n.id])}
    sums: dict[int, Node] = {t.id: upstream for t in targets if t.id in relevant}
    met = _surely_met(nodes, rec, targets)
    stop = {s.id for s in sources}
    for node in reversed(nodes):
        above = sums.get(node.id)
        if above is None or node.id not in relevant:
            continue
        transparent = node.op in TRANSPARENT
        if node.id in stop and not any(e.node.id in relevant for e in node.edges):
            continue
        if not transparent and not node.recorded.get(rec):
            continue
        for edge in node.edges:
            if edge.node.id in relevant and edge.outcome != NONE:
                term = _local(core, node, edge, above, transparent)
                if term is not above and node.id not in met:
                    _doubt(term, above)
                _accumulate(core, sums, edge.node, term)
    return [sums.get(s.id) for s in sources]


def _reaches(outcomes: Outcomes) -> bool:
    return bool(outcomes.zero | outcomes.flows | outcomes.ignorant)


def _surely_met(nodes: Sequence[Node], rec: int, targets: Sequence[Node]) -> set[int]:
    """The nodes that the backward pass comes to, whichever branches the program takes."""
    behind: dict[int, int] = {}
    for place, node in enumerate(nodes):
        parts = [behind.get(e.node.id, 0) for e in node.edges if not e.outcome & (NONE | IGNORANT)]
        if node.op == "join" and node.detail != "graph":
            found = reduce(and_, parts) if parts and len(parts) == len(node.edges) else 0
        elif node.op in TRANSPARENT or node.recorded.get(rec) == SURE:
            found = reduce(or_, parts, 0)
        else:
            found = 0
        behind[node.id] = found | 1 << place
    met = reduce(or_, (behind.get(t.id, 0) for t in targets), 0)
    return {node.id for place, node in enumerate(nodes) if met >> place & 1}


def _doubt(term: Node, above: Node) -> None:
    """A gradient that is there only if the one from above is: so are its other inputs."""
    term.edges = tuple(
        e if e.node is above or e.outcome == NONE else e._replace(outcome=e.outcome | NONE | IGNORANT)
        for e in term.edges
    )


def _accumulate(core: Core, sums: dict[int, Node], node: Node, term: Node) -> None:
    old = sums.get(node.id)
    if old is None:
        sums[node.id] = term
    elif old is not term:
        sums[node.id] = core.node(
            "gradient", [Edge(old, FLOWS, "linear"), Edge(term, FLOWS, "linear")], node.site, dtype="f"
        )


def _local(core: Core, node: Node, edge: Edge, above: Node, transparent: bool) -> Node:
    """The gradient of one operation for one input."""
    if transparent:
        outcome = FLOWS | NONE | IGNORANT if node.op == "join" else FLOWS if node.op == "pack" else ANYTHING
        return (
            above if outcome == FLOWS else core.node("gradient", [Edge(above, outcome, "linear")], node.site, dtype="f")
        )
    if edge.linearity == OUT_OF_SIGHT or above.detail == OUT_OF_SIGHT:
        hidden = core.graph.add("gradient", [Edge(above, NONE)], node.site)
        hidden.detail = OUT_OF_SIGHT
        return hidden
    if edge.linearity == "filled" or (edge.linearity == "zero" and not node.op.startswith("operator ")):
        return core.graph.add("gradient", [Edge(above, NONE)], node.site)
    through = edge.outcome
    others = [e.node for e in node.edges if e is not edge and e.outcome != NONE]
    if through == ZERO and edge.on is None:
        unclear = [Edge(n, ANYTHING) for n in (edge.node, *others)]
        return core.node("gradient", [Edge(above, ZERO, "bilinear"), *unclear], node.site, dtype="f", detail=node.op)
    if edge.on is not None and edge.again not in ("", "none"):
        return _computed_again(core, node, edge, above)
    edges: list[Edge] = []
    if edge.on is not None:
        edges = [Edge(n, outcome, "other") for n, outcome in edge.on]
    elif edge.linearity == "bilinear":
        factors = [e.node for e in node.edges if e is not edge and e.outcome != NONE and e.linearity != "linear"]
        edges = [Edge(n, FLOWS, "bilinear") for n in factors]
        if edge.node.op == "pack":
            edges.append(Edge(edge.node, ANYTHING))  # the factors lie side by side in one argument
    elif edge.linearity == "square":
        edges = [Edge(edge.node, FLOWS, "bilinear")]
    elif edge.linearity == "piecewise":
        bends = [e.node for e in node.edges if e.linearity == "piecewise" and e.outcome != NONE]
        edges = [Edge(n, ZERO, "settled") for n in bends]
        edges += [Edge(n, FLOWS, "other") for n in others if n not in bends and n is not edge.node]
    elif edge.linearity == "unclear":
        edges = [Edge(n, ANYTHING) for n in (edge.node, *others)]
    elif edge.linearity != "linear":
        own = FLOWS if edge.outcome == FLOWS else ANYTHING
        added = {e.node.id for e in node.edges if e.linearity == "linear"}  # no derivative depends on a summand
        beside = [n for n in others if n.id not in added]
        edges = [Edge(edge.node, own, "other"), *(Edge(n, FLOWS, "other") for n in beside)]
    if node.in_graph and not core.graph_mode:
        known = {e.node.id for e in edges}
        edges += [Edge(n, ZERO | NONE, "filled") for n in (edge.node, *others) if n.id not in known]
    first = Edge(above, NONE if edge.again == "none" else through, "bilinear" if edges else "linear")
    error = "" if edge.again == "none" else edge.again
    return core.node("gradient", [first, *edges], node.site, dtype="f", detail=node.op, blame=node.blame, error=error)


def _computed_again(core: Core, node: Node, edge: Edge, above: Node) -> Node:
    """A gradient that raises where it is differentiated by what it certainly hangs on; by the rest it may be."""
    assert edge.on is not None
    certain = [Edge(n, FLOWS, "other") for n, outcome in edge.on if outcome == FLOWS]
    raising = core.node(
        "gradient", [Edge(above, FLOWS, "other"), *certain], node.site, dtype="f", detail=node.op, error=edge.again
    )
    rest = [Edge(n, outcome, "other") for n, outcome in edge.on if outcome != FLOWS]
    return core.node("gradient", [Edge(raising, edge.outcome, "linear"), *rest], node.site, dtype="f", detail=node.op)


def loosen(made: Sequence[Node]) -> None:
    """The backward pass of a Jacobian is a graph's: what eager code refuses to differentiate again may work there."""
    for node in made:
        if node.error == "NotImplementedError":
            node.error = ""
            node.edges = tuple(edge._replace(outcome=edge.outcome | ANYTHING) for edge in node.edges)
