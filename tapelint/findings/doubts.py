"""Why a verdict is unknown: the place at which it stops being known, in words."""

from __future__ import annotations

from collections.abc import Mapping

from tapelint.flow.graph import Node
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, Outcomes
from tapelint.tapes.journal import Execution, SourceResult
from tapelint.tapes.tape import Tapes


def doubt(tapes: Tapes, execution: Execution, position: int) -> str:
    """What is not known about the way of one source of a call to its target; "" where nothing can be named."""
    if execution.why_unknown:
        return execution.why_unknown
    source = execution.sources[position]
    answer = execution.answer
    if source.part_of is not None and source.part_of.site is not None:
        return f"which variables come into the part that is used of `{source.part_of.site.text(50)}` is not known"
    if not source.nodes or answer is None:
        return "which variables these are is not known"
    at = sum(len(before.nodes) for before in execution.sources[:position])
    unknown = ((i, node) for i, node in enumerate(source.nodes, at) if answer.outcomes[i] & IGNORANT)
    first = next(unknown, None)
    said = _on_the_way(tapes, execution, answer.reached, *first, source) if first is not None else ""
    return said or _whether_it_is_there(tapes, source) or _whether_it_raises(execution)


def _whether_it_is_there(tapes: Tapes, source: SourceResult) -> str:
    """What is in doubt of a source that is made on some ways only, of which the target may use it on each."""
    if not any(tapes.world.run.ways.has(node.id) for node in source.nodes):
        return ""
    return f"whether `{source.expression}` is used wherever it is there is not known"


def _whether_it_raises(execution: Execution) -> str:
    """What is in doubt where the gradient itself is not: whether it is asked for at all."""
    error = execution.error.lstrip("?")
    return f"whether this raises {error}, or what comes before it does, is not known" if error else ""


def _on_the_way(
    tapes: Tapes, execution: Execution, reached: Mapping[int, Outcomes], index: int, source: Node, named: SourceResult
) -> str:
    """The last operation up to which the gradient certainly flows; else the one that nothing is known of."""
    ways = list(reversed(tapes.world.run.graph.ancestors(execution.targets)))
    lost = (n for n in ways if _is_ignorant(reached, n, index) and any(_flows(reached, e.node, index) for e in n.edges))
    said = next((text for node in lost if (text := _said(node))), "")
    if said:
        return said
    for node in ways:
        if not _is_ignorant(reached, node, index) or any(_is_ignorant(reached, e.node, index) for e in node.edges):
            continue
        if node is source:
            known = tapes.known(node, execution.recording)
            return f"whether the tape watches `{named.expression}` is not known" if known == ANYTHING else ""
        said = _said(node)
        if said:
            return said
    if all(reached[t.id].at(index) == NONE for t in execution.targets if t.id in reached):
        return f"what `{named.expression}` is, or is a part of, is not known"
    return ""


def _is_ignorant(reached: Mapping[int, Outcomes], node: Node, index: int) -> bool:
    outcomes = reached.get(node.id)
    return outcomes is not None and bool(outcomes.at(index) & IGNORANT)


def _flows(reached: Mapping[int, Outcomes], node: Node, index: int) -> bool:
    outcomes = reached.get(node.id)
    return outcomes is not None and outcomes.at(index) == FLOWS


def _said(node: Node) -> str:
    if node.op == "parameter":
        return f"`{node.detail}` comes from code that is not seen"
    if node.op == "escaped":
        return "it was handed to code that is not seen"
    if node.site is None:
        return ""
    text = node.site.text(50)
    if node.op in ("unknown", "attribute", "operator []") or node.opaque:
        return f"what `{text}` gives is not known"
    return f"what becomes of a gradient in `{text}` is not known"
