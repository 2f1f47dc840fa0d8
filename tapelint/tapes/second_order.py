"""The backward pass as a part of the graph: what a gradient is made of, for the tapes that see it being made.

For each operation on the way, its edges' linearity says which of its inputs the derivative depends on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from tapelint.flow.core import Core
from tapelint.flow.graph import CARRIES_NOTHING, OUT_OF_SIGHT, SURE, UNSURE, Edge, Node
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO, Outcomes
from tapelint.tapes.backprop import Answer


def backward(core: Core, answer: Answer, upstream: Node) -> list[Node | None]:
    """The backward pass as nodes of its own, which the tapes that run record; the node of each source's gradient.

    `upstream` is what comes down to the targets.
    """
    rec, targets, sources = answer.question.recording, answer.question.targets, answer.question.sources
    nodes = [n for n in core.graph.ancestors(targets) if n.id in answer.reached]
    relevant = {n.id for n in nodes if _reaches(answer.reached[n.id])}
    sums: dict[int, Node] = {t.id: upstream for t in targets if t.id in relevant}
    met = _surely_met(nodes, rec, targets)
    around = _around(core, rec, targets)
    first = len(core.graph.nodes)
    for target in targets if answer.question.summed else ():
        for edge in target.as_target if rec in target.active else ():
            if edge.node.id in relevant:
                _accumulate(core, sums, edge.node, _local(core, target, edge, upstream, None))
    stop = {s.id for s in sources}
    for node in reversed(nodes):
        above = sums.get(node.id)
        if above is None or node.id not in relevant:
            continue
        if node.id in stop and not any(e.node.id in relevant for e in node.edges):
            continue
        if not node.is_transparent and not node.recorded.get(rec):
            continue
        for edge in node.edges:
            if edge.node.id in relevant and edge.outcome != NONE:
                term = _local(core, node, edge, above, around if node.depth > core.graph_depth else None)
                if term is not above and node.id not in met:
                    _doubt(term, above, first)
                _accumulate(core, sums, edge.node, term)
    return [sums.get(s.id) for s in sources]


def met(core: Core, answer: Answer) -> list[tuple[Node, bool]]:
    """The operations that a backward pass comes to, or may, and whether it does so for certain."""
    question = answer.question
    nodes = [n for n in core.graph.ancestors(question.targets) if n.recorded.get(question.recording)]
    certain = _surely_met(core.graph.ancestors(question.targets), question.recording, question.targets)
    return [(node, node.id in certain) for node in nodes]


def _reaches(outcomes: Outcomes) -> bool:
    return bool(outcomes.zero | outcomes.flows | outcomes.ignorant)


def _surely_met(nodes: Sequence[Node], rec: int, targets: Sequence[Node]) -> set[int]:
    """The nodes that the backward pass comes to, whichever branches the program takes."""
    behind: dict[int, int] = {}
    for place, node in enumerate(nodes):
        parts = [behind.get(e.node.id, 0) for e in node.edges if not e.outcome & (NONE | IGNORANT)]
        if node.op == "join" and node.detail != "graph":
            found = reduce(and_, parts) if parts and len(parts) == len(node.edges) else 0
        elif node.is_transparent or node.recorded.get(rec) == SURE:
            found = reduce(or_, parts, 0)
        else:
            found = 0
        behind[node.id] = found | 1 << place
    met = reduce(or_, (behind.get(t.id, 0) for t in targets), 0)
    return {node.id for place, node in enumerate(nodes) if met >> place & 1}


def _doubt(term: Node, above: Node, first: int) -> None:
    """A gradient that is there only if the one from above is: so are its other inputs, and what raises in it.

    `first`: where the nodes of this backward pass begin.
    """
    for node in (term, *(e.node for e in term.edges if e.node.id >= first and e.node is not above)):
        if node.error:
            node.recorded.update((rec, UNSURE) for rec, status in node.recorded.items() if status == SURE)
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


def _around(core: Core, rec: int, targets: Sequence[Node]) -> Node | None:
    """What the graphs on the way take from outside: their backward passes are graphs, too, from which zeros may come
    back to all of it; None where there is no graph.
    """
    live = {t.id for t in targets}
    found: dict[int, Node] = {}
    depth, back = 0, ZERO | NONE
    for node in reversed(core.graph.ancestors(targets)):
        within = node.depth > core.graph_depth
        if node.id not in live or not (within or node.is_transparent or node.recorded.get(rec)):
            continue
        depth = max(depth, node.depth)
        for edge in node.edges:
            if within and edge.again == "none":
                back = ANYTHING  # a gradient of its own gives what it gives, whatever comes down to it
            if within or edge.outcome != NONE:
                live.add(edge.node.id)
            if within and edge.node.depth <= core.graph_depth and edge.node.dtype not in CARRIES_NOTHING:
                found[edge.node.id] = edge.node
    if not found:
        return None
    made = core.node("gradient", [Edge(found[key], back, "filled") for key in sorted(found)], dtype="f")
    made.depth = depth
    return made


def _local(core: Core, node: Node, edge: Edge, above: Node, around: Node | None) -> Node:
    """The gradient of one operation for one input, made from what comes down to it from above.

    `around`: where zeros may come back besides, if the operation lies in a graph.
    """
    zeros = [Edge(around, FLOWS, "filled")] if around is not None else []
    if node.is_transparent:
        return _handed_down(core, node, above, zeros)
    if edge.linearity == OUT_OF_SIGHT or above.detail == OUT_OF_SIGHT:
        return core.node("gradient", [Edge(above, ANYTHING)], node.site, dtype="f", detail=OUT_OF_SIGHT)
    if edge.linearity == "filled" or (edge.linearity == "zero" and not node.op.startswith("operator ")):
        if not zeros:
            return core.graph.add("gradient", [Edge(above, NONE)], node.site)
        made = core.node("gradient", [Edge(above, ZERO | NONE, "filled"), *zeros], node.site, dtype="f")
        return _in_graph(made, node)
    others = [e.node for e in node.edges if e is not edge and e.outcome != NONE]
    if edge.outcome == ZERO and edge.on is None:
        unclear = [Edge(n, ANYTHING) for n in (edge.node, *others)]
        return core.node("gradient", [Edge(above, ZERO, "bilinear"), *unclear], node.site, dtype="f", detail=node.op)
    if edge.on is not None and edge.again not in ("", "none"):
        return _computed_again(core, node, edge, above)
    edges = [*_derivative(node, edge, others), *zeros]
    first = Edge(above, NONE if edge.again == "none" else edge.outcome, "bilinear" if edges else "linear")
    error = "" if edge.again == "none" else edge.again
    made = core.node("gradient", [first, *edges], node.site, dtype="f", detail=node.op, blame=node.blame, error=error)
    return _in_graph(made, node)


def _in_graph(made: Node, node: Node) -> Node:
    """The gradient of an operation: the backward pass of a graph is one."""
    made.depth = max(made.depth, node.depth)
    return made


def _handed_down(core: Core, node: Node, above: Node, zeros: Sequence[Edge]) -> Node:
    """What comes down through a node that is no operation; through a join only if its branch was taken."""
    if node.op == "pack":
        return above
    outcome = FLOWS | NONE | IGNORANT if node.op == "join" else ANYTHING
    detail = "join" if node.detail == "graph" else ""
    made = core.node("gradient", [Edge(above, outcome, "linear"), *zeros], node.site, dtype="f", detail=detail)
    return _in_graph(made, node)


def _derivative(node: Node, edge: Edge, others: Sequence[Node]) -> list[Edge]:
    """What the derivative of an operation for one input is made of; nothing where it is a constant.

    `others` are its further inputs that carry a gradient.
    """
    if edge.on is not None:
        return [Edge(n, outcome, "unclear") for n, outcome in edge.on]
    if edge.linearity == "linear":
        return []
    if edge.linearity == "bilinear":
        factors = [e for e in node.edges if e is not edge and e.outcome != NONE and e.linearity != "linear"]
        beside = [Edge(edge.node, ANYTHING)] if edge.node.op == "pack" else []  # factors side by side in one argument
        found = [Edge(e.node, FLOWS, "bilinear" if e.linearity == "bilinear" else "other") for e in factors]
        return [*found, *beside]
    if edge.linearity == "square":
        return [Edge(edge.node, FLOWS, "bilinear")]
    if edge.linearity == "piecewise":
        bends = [e.node for e in node.edges if e.linearity == "piecewise" and e.outcome != NONE]
        rest = [n for n in others if n not in bends and n is not edge.node]
        return [*(Edge(n, ZERO, "settled") for n in bends), *(Edge(n, FLOWS, "other") for n in rest)]
    if edge.linearity == "unclear":
        return [Edge(n, ANYTHING) for n in (edge.node, *others)]
    own = FLOWS if edge.outcome == FLOWS else ANYTHING
    added = {e.node.id for e in node.edges if e.linearity == "linear"}  # no derivative depends on a summand
    return [Edge(edge.node, own, "other"), *(Edge(n, own, "other") for n in others if n.id not in added)]


def _computed_again(core: Core, node: Node, edge: Edge, above: Node) -> Node:
    """A gradient that raises where it is differentiated by what it certainly hangs on; by the rest it may be."""
    assert edge.on is not None
    certain = [Edge(n, FLOWS, "other") for n, outcome in edge.on if outcome == FLOWS]
    rest = [Edge(n, outcome, "other") for n, outcome in edge.on if outcome != FLOWS]
    before = [Edge(above, FLOWS, "other"), *certain, *(rest if node.depth else ())]  # of a graph it is asked anyway
    raising = core.node("gradient", before, node.site, dtype="f", detail=node.op, error=edge.again)
    return core.node("gradient", [Edge(raising, edge.outcome, "linear"), *rest], node.site, dtype="f", detail=node.op)


def loosen(made: Sequence[Node]) -> None:
    """The backward pass of a Jacobian is a graph's: what eager code refuses to differentiate again may work there, if
    none of what it is made of has a gradient that cannot be differentiated.
    """
    for node in made:
        if node.error == "NotImplementedError":
            node.error = PERHAPS
            node.edges = tuple(edge._replace(outcome=edge.outcome | ANYTHING) for edge in node.edges)
        elif any(edge.node.error == PERHAPS and edge.node.detail == node.detail for edge in node.edges):
            node.error = PERHAPS


PERHAPS = "?LookupError"
