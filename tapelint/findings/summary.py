"""What a run found, turned into the frozen views that rules and reports see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tapelint.diagnostic import Span
from tapelint.findings.causes import Finder
from tapelint.findings.conditions import Decisions
from tapelint.findings.cuts import joined
from tapelint.findings.doubts import doubt
from tapelint.findings.ended import steps_to_the_end
from tapelint.findings.found import Found
from tapelint.findings.paths import Syntax, place_of
from tapelint.findings.problems import problems
from tapelint.findings.singular import singularities, strongest
from tapelint.findings.unreached import unreached
from tapelint.flow.graph import Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE, ZERO
from tapelint.libraries.names import TAPE_LIBRARIES
from tapelint.source import Source
from tapelint.tapes.journal import Entered, Execution, TapeInfo
from tapelint.tapes.tape import Tapes
from tapelint.views import Analysis, Block, Cut, Gradient, Place, Problem, SourceVerdict, Tape


def build(tapes: Tapes, source: Source, cut_short: bool = False) -> Analysis:
    """All findings of one file's run."""
    return _Builder(tapes, source, cut_short).analysis()


@dataclass(slots=True)
class _Builder:
    tapes: Tapes
    source: Source
    cut_short: bool = False
    syntax: Syntax = field(default_factory=Syntax)
    found: list[Found] = field(default_factory=list)
    decisions: Decisions = field(init=False)

    def __post_init__(self) -> None:
        self.found = problems(self.tapes, self.syntax)
        self.decisions = Decisions(self.tapes, self.syntax)

    def analysis(self) -> Analysis:
        groups = self._groups()
        gradients = [self._gradient(group) for group in groups]
        blocks = self._blocks(groups, gradients)
        told = {id(p) for g in gradients for p in g.problems} | {id(p) for b in blocks for p in b.problems}
        rest = tuple(f.problem for f in self.found if id(f.problem) not in told)
        silent = unreached(self.source, {g.place.span for g in gradients}, self.cut_short)
        every = sorted([*gradients, *silent], key=lambda g: g.place.span)
        return Analysis(self.source.path, tuple(blocks), tuple(every), rest)

    def _groups(self) -> list[list[Execution]]:
        """Executions by the place of their call, in order; those after the program's end where there are no others."""
        found: dict[Span, list[Execution]] = {}
        for execution in self.tapes.executions:
            found.setdefault(execution.site.span, []).append(execution)
        for span, group in found.items():
            found[span] = [e for e in group if not e.dead] or group
        return [found[span] for span in sorted(found)]

    # -- gradients

    def _gradient(self, group: list[Execution]) -> Gradient:
        first = group[0]
        mine = {id(e) for e in group}
        own = [f.problem for f in self.found if id(f.execution) in mine]
        names = list(dict.fromkeys(s.expression for e in group for s in e.sources if not _is_untold(e, group)))
        told = [self._source(group, name, own) for name in names]
        return Gradient(
            place=place_of(first.site),
            method=first.method,
            tape=self._tape(first),
            target=_place(first, first.target_place),
            sources=tuple(verdict for verdict, _ in told),
            sources_place=_place(first, first.sources_place),
            cuts=joined([cut for _, cut in told if cut is not None]),
            zeros_for_none=first.zeros,
            in_graph=first.in_graph,
            in_loop=len({id(e) for e in group}) > 1,
            statement=self.syntax.statement_span(first.site),
            problems=tuple(own),
            reached=not first.dead,
            assumed=all(e.assumed for e in group),
        )

    def _source(
        self, group: list[Execution], name: str, own: Sequence[Problem]
    ) -> tuple[SourceVerdict, Cut | None]:
        """One source's verdict with its steps, and the cut that it comes from; `own` are the call's problems."""
        verdict = _verdict(group, name)
        rebound = next((p for p in own if p.kind == "rebound source" and name in p.sources), None)
        if rebound is not None:
            return SourceVerdict(name, verdict, rebound.steps), None
        cut = None
        if verdict.split()[0] in ("none", "zero", "sometimes", "raises"):
            found = (self._cut(e, i) for e in group for i, s in enumerate(e.sources) if s.expression == name)
            cut = next((c for c in found if c is not None), None)
        if cut is not None and cut.reason == "unregistered" and any(p.kind == "custom gradient count" for p in own):
            cut = None
        if cut is not None:
            cut = replace(cut, certain=cut.certain and not verdict.startswith("sometimes"))
        trusted = _is_trusted(group, name)
        why = self._doubt(group, name) if verdict == "unknown" or trusted else ""
        if verdict == "flows" and trusted:
            why = f"on trust: {why or 'what comes from outside is taken to be differentiable'}"
        steps = cut.steps if cut is not None else steps_to_the_end(self.tapes, group[0])
        return SourceVerdict(name, verdict, steps, why), cut

    def _doubt(self, group: list[Execution], name: str) -> str:
        asked = [(e, i) for e in group for i, s in enumerate(e.sources) if s.expression == name]
        return next((why for e, i in asked if (why := doubt(self.tapes, e, i))), "")

    def _cut(self, execution: Execution, position: int) -> Cut | None:
        """Why a source has no gradient, or has none on some ways through."""
        finder, decisions = Finder(self.tapes, self.syntax), self.decisions
        source = execution.sources[position]
        if execution.dead or (execution.error and self.syntax.is_meant_to_raise(execution.site)):
            return None
        branch = decisions.cut(execution, position)
        if branch is not None:
            return branch
        losing = decisions.losing(execution, position) if source.outcome != NONE else []
        if losing:
            found = finder.cut(replace(execution, targets=losing), replace(source, outcome=NONE))
            return replace(found, certain=False) if found is not None else None
        return finder.cut(execution, source)

    def _tape(self, execution: Execution) -> Tape | None:
        cell = execution.tape
        if cell.site is None:
            return None
        return self._tape_view(cell.info, cell.site)

    def _tape_view(self, info: TapeInfo, site: Site) -> Tape:
        return Tape(
            place_of(site), self._tape_name(site), bool(info.persistent), info.watches is not False, info.library,
            known_library=info.library in TAPE_LIBRARIES,
        )  # fmt: skip

    def _tape_name(self, site: Site) -> str:
        """The name that a tape is given: `as tape`, or an assignment."""
        parent = self.syntax.parent(site)
        target = getattr(parent, "optional_vars", None)
        if target is not None:
            return Site(site.source, target).text(40)
        name = self.syntax.name(site)
        return name if name != site.text(40) else ""

    # -- blocks

    def _blocks(self, groups: Sequence[list[Execution]], gradients: Sequence[Gradient]) -> list[Block]:
        by_span: dict[tuple[Span, Span], list[Entered]] = {}
        for entered in self.tapes.entered:
            if entered.tape.site is not None:
                by_span.setdefault((entered.site.span, entered.tape.site.span), []).append(entered)
        blocks: list[Block] = []
        decided = self.decisions.conditions()
        points = singularities(self.tapes, self.syntax)
        for (span, _), mine in sorted(by_span.items(), key=lambda item: item[0]):
            recordings = {e.recording for e in mine}
            asked = [
                g for g, group in zip(gradients, groups, strict=True) if any(e.recording in recordings for e in group)
            ]
            cell = mine[0].tape
            assert cell.site is not None
            here = tuple(f.problem for f in self.found if f.execution is None and f.recording in recordings)
            tests = {c.place.span: c for recording, c in decided if recording in recordings}
            singular = strongest(point for recording, point in points if recording in recordings)
            blocks.append(
                Block(
                    span,
                    self._tape_view(cell.info, cell.site),
                    conditions=tuple(tests.values()),
                    singularities=tuple(singular),
                    problems=here,
                    gradients=tuple(asked),
                    cuts=self._left(recordings),
                    escapes=any(e.recording in recordings for e in self.tapes.left),
                )
            )
        return blocks

    def _left(self, recordings: set[int]) -> tuple[Cut, ...]:
        """The cuts of values that leave the code together with their tape: perhaps nobody asks for their gradient."""
        finder = Finder(self.tapes, self.syntax)
        found: list[Cut] = []
        for execution in self.tapes.left:
            if execution.recording not in recordings:
                continue
            for source in execution.sources:
                site = source.nodes[0].site
                named = replace(source, expression=self.syntax.name(site) if site is not None else "it")
                cut = finder.cut(execution, named)
                if cut is not None:
                    found.append(replace(cut, certain=False))
        return joined(found)


def _place(execution: Execution, node: object) -> Place | None:
    if node is None or not hasattr(node, "lineno"):
        return None
    return place_of(Site(execution.site.source, node))  # type: ignore[arg-type]


def _is_trusted(group: list[Execution], name: str) -> bool:
    """Whether a source flows only if what comes from outside is differentiable."""
    return any(s.trusted for e in group for s in e.sources if s.expression == name)


def _is_untold(execution: Execution, group: Sequence[Execution]) -> bool:
    """Whether nobody knows which variables a call was given at one time, and they have names at another."""
    if len(execution.sources) != 1 or not execution.sources[0].outcome & IGNORANT:
        return False
    whole = execution.sources[0].expression
    return any(s.expression.startswith((f"{whole}[", f"{whole}.")) for e in group for s in e.sources)


def _verdict(group: list[Execution], name: str) -> str:
    """One word for all times that a call was run."""
    asked = [(e, s) for e in group for s in e.sources if s.expression == name or _is_untold(e, group)]
    words = {_word(e, s.outcome) for e, s in asked if not s.trusted}
    if _is_trusted(group, name):
        return "flows" if words <= {"flows"} else "unknown"
    if len(words) == 1:
        return words.pop()
    if any(e.trouble == "spent tape" and e.error == "RuntimeError" for e in group):
        return "raises RuntimeError"  # in a later round
    if words <= {"none", "flows", "sometimes none"}:
        return "sometimes none"
    return "unknown"


def _word(execution: Execution, outcome: int) -> str:
    if execution.dead:
        return f"raises {execution.dead}"
    if execution.error.startswith("?"):
        return "unknown"
    if execution.error:
        return f"raises {execution.error}"
    if execution.method == "batch_jacobian" and outcome == NONE:
        return "zero"  # it fills in zeros, asked or not
    return {NONE: "none", ZERO: "zero", FLOWS: "flows", NONE | FLOWS: "sometimes none"}.get(outcome, "unknown")
