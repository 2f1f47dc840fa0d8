"""Cuts as they are made: where a way ends, told from the first step to the last."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tapelint.diagnostic import Span, Step
from tapelint.findings.paths import Hop, Syntax, place_of, steps_along
from tapelint.flow.graph import Node, Site
from tapelint.flow.values import Data, Opaque, Variable, options
from tapelint.source import last_name
from tapelint.tapes.journal import Entered, Execution, SourceResult
from tapelint.tapes.leaving import LEAVES
from tapelint.tapes.tape import Tapes
from tapelint.views import Cut, Place, Reason


@dataclass(slots=True)
class Cuts:
    """Makes the cuts of gradient calls of one run."""

    tapes: Tapes
    syntax: Syntax

    def at_hop(self, execution: Execution, hops: Sequence[Hop], index: int, reason: Reason, message: str) -> Cut:
        """A cut at one hop of a way, with the steps that lead there."""
        hop = hops[index]
        node = hop.node
        site = node.blame or node.site or execution.site
        argument = None
        if hop.edge.argument is not None and hasattr(hop.edge.argument, "lineno"):
            argument = place_of(Site(site.source, hop.edge.argument))
        owner = self.owner(execution)
        steps = steps_along(hops, hop, message, owner.chain if owner is not None else execution.chain)
        name = node.detail if node.op == "gradient" and node.detail else node.op
        return Cut(
            reason=reason,
            outcome="none",
            place=place_of(site),
            statement=self.syntax.statement_span(site),
            call=name,
            result=self.syntax.name(site),
            argument=argument,
            steps=tuple(steps),
        )

    def at_source(
        self, execution: Execution, source: SourceResult, site: Site, reason: Reason, detail: str,
        rest: Iterable[tuple[str, Place]], message: str,
    ) -> Cut:  # fmt: skip
        """A cut at a place that has to do with the source itself; `rest` are further places to name."""
        owner = self.owner(execution)
        places = list(rest)
        if owner is not None:
            places.append(("with", Place(owner.site.span, "")))
        return Cut(
            reason=reason,
            outcome="none",
            place=place_of(site),
            statement=self.syntax.statement_span(site),
            detail=detail,
            result=self.syntax.name(site),
            steps=(Step(site.span, message),),
            rest=tuple(places),
            argument=place_of(self.source_site(execution, source)),
        )

    def raised_at(self, node: Node, reason: Reason, message: str) -> Cut:
        """A cut at an operation of which the tape makes an exception."""
        site = node.blame or node.site
        assert site is not None
        return Cut(
            reason=reason,
            outcome="raises",
            place=place_of(site),
            statement=self.syntax.statement_span(site),
            call=node.op,
            result=self.syntax.name(site),
            steps=(Step(site.span, message),),
        )

    def source_site(self, execution: Execution, source: SourceResult) -> Site:
        """The source's own expression in the gradient call."""
        place = execution.sources_place
        if isinstance(place, (ast.List, ast.Tuple)):
            for element in place.elts:
                site = Site(execution.site.source, element)
                if site.text() == source.expression:
                    return site
        if isinstance(place, ast.expr):
            return Site(execution.site.source, place)
        return execution.site

    def definition(self, source: SourceResult) -> Site | None:
        """Where a source's variable is made, if the project makes it."""
        for option in options(source.value):
            if isinstance(option, Variable) and makes_variable(option.site):
                return option.site
        return None

    def owner(self, execution: Execution) -> Entered | None:
        """The with block (the last one) of the call's recording."""
        mine = [e for e in self.tapes.entered if e.recording == execution.recording]
        return mine[-1] if mine else None

    # -- steps at both ends

    def origin(self, execution: Execution, source: SourceResult) -> list[Step]:
        """The first step: where the source comes from, if that is another place than the call."""
        node = source.nodes[0]
        if node.site is None or node.site.span == execution.site.span or node.op == "weights":
            return []
        if node.kind == "variable" or any(isinstance(o, Variable) for o in options(source.value)):
            known = node.id in execution.watched
            return [
                Step(
                    node.site.span,
                    f"the tape watches `{source.expression}`" if known else f"`{source.expression}` is made here",
                )
            ]
        if isinstance(source.value, (Data, Opaque)):
            return [Step(node.site.span, f"`{source.expression}` is made here")]
        return []

    def end(self, execution: Execution, source: SourceResult, result: str) -> Step:
        """The last step: what TensorFlow gives for the source; `result` is "none" or "zero"."""
        if execution.method == LEAVES:
            return Step(execution.site.span, "what leaves with its tape here has no way back")
        says = {"none": "None", "zero": "zeros"}[result]
        if result == "none" and (execution.zeros or execution.method == "batch_jacobian"):
            says = "zeros in place of None"
        return Step(execution.site.span, f"TensorFlow returns {says} for `{source.expression}`")


def makes_variable(site: Site | None) -> bool:
    """Whether a place is a call that makes one variable."""
    node = site.node if site is not None else None
    return isinstance(node, ast.Call) and last_name(node.func) in ("Variable", "add_weight", "add_variable")


def joined(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """One cut for each place and reason, with the sources of all."""
    found: dict[tuple[Span, str, str, str], Cut] = {}
    for cut in cuts:
        key = (cut.place.span, cut.reason, cut.call, cut.detail)
        old = found.get(key)
        if old is None:
            found[key] = cut
        else:
            names = tuple(dict.fromkeys((*old.sources, *cut.sources)))
            others = old.others or cut.others
            found[key] = replace(old, sources=names, certain=old.certain and cut.certain, others=others)
    return tuple(found.values())
