"""What a run found, turned into the frozen views that rules and reports see."""

from __future__ import annotations

from tapelint.diagnostic import Span
from tapelint.flow.graph import Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE, ZERO
from tapelint.source import Source
from tapelint.tape import Execution, TapeInfo, Tapes
from tapelint.views import Analysis, Gradient, Place, SourceVerdict, Tape


def build(tapes: Tapes, source: Source) -> Analysis:
    """All findings of one file's run."""
    gradients = tuple(_gradient(tapes, group) for group in _groups(tapes))
    return Analysis(source.path, (), gradients, ())


def _groups(tapes: Tapes) -> list[list[Execution]]:
    """Executions by the place of their call, in order of place."""
    found: dict[Span, list[Execution]] = {}
    for execution in tapes.executions:
        found.setdefault(execution.site.span, []).append(execution)
    for span, group in found.items():
        alive = [e for e in group if not e.dead]
        found[span] = alive or group
    return [found[span] for span in sorted(found)]


def _gradient(tapes: Tapes, group: list[Execution]) -> Gradient:
    first = group[0]
    names = list(dict.fromkeys(s.expression for e in group for s in e.sources))
    counts = {len(e.sources) for e in group}
    verdicts = tuple(SourceVerdict(name, _verdict(group, name)) for name in names)
    del counts
    return Gradient(
        place_of(first.site), first.method, _tape(first), _target(first), verdicts,
        zeros_for_none=first.zeros, in_graph=first.in_graph,
    )  # fmt: skip


def place_of(site: Site) -> Place:
    """An expression with its text."""
    return Place(site.span, site.text())


def _target(execution: Execution) -> Place | None:
    if execution.target_place is None:
        return None
    return place_of(Site(execution.site.source, execution.target_place))


def _tape(execution: Execution) -> Tape | None:
    cell = execution.tape
    if cell is None or cell.site is None:
        return None
    info: TapeInfo = cell.info
    return Tape(place_of(cell.site), "", bool(info.persistent), info.watches is not False, info.library)


def _verdict(group: list[Execution], name: str) -> str:
    """One word for all times that a call was run."""
    words = {_word(e, s.outcome) for e in group for s in e.sources if s.expression == name}
    if len(words) == 1:
        return words.pop()
    if words <= {"none", "flows", "sometimes none"}:
        return "sometimes none"
    return "unknown"


def _word(execution: Execution, outcome: int) -> str:
    if execution.dead:
        return "raises RuntimeError"
    if execution.error.startswith("?"):
        return "unknown"
    if execution.error:
        return f"raises {execution.error}"
    return {
        NONE: "none", ZERO: "zero", FLOWS: "flows", NONE | FLOWS: "sometimes none",
    }.get(outcome, "unknown" if outcome & IGNORANT or outcome else "unknown")  # fmt: skip
