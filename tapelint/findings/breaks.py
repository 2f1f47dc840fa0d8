"""Why a gradient is missing or zero: the place where the way from the source ends, as a cut for rules to ask about."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tapelint.diagnostic import Span, Step
from tapelint.findings.paths import (
    Hop,
    Syntax,
    chain_sites,
    gives_function,
    operand,
    place_of,
    seen_from,
    steps_along,
    way,
)
from tapelint.flow.graph import CARRIES_NOTHING, TRANSPARENT, Node, Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.values import Cell, Data, Opaque, Variable, options
from tapelint.libraries.names import EXTERNAL, root, shown
from tapelint.tapes.journal import Entered, Execution, SourceResult, TapeInfo
from tapelint.tapes.leaving import LEAVES
from tapelint.tapes.tape import Tapes
from tapelint.views import Cut, Place, Reason

CASTS = ("cast", "saturate_cast", "convert_image_dtype", "to_int32", "to_int64")
NUMBERS = ("Model.evaluate", "Model.test_on_batch")
"""What gives plain numbers to a program that asks for a loss."""

NUMBER_ERRORS = "TypeError or AttributeError"
"""TensorFlow reads a Python number as the number of a dtype: which exception comes of it depends on the number."""

ASSIGNMENTS = ("Variable.assign", "Variable.scatter", "Variable.load")


@dataclass(slots=True)
class Finder:
    """Finds the cuts of gradient calls of one run."""

    tapes: Tapes
    syntax: Syntax

    def cut(self, execution: Execution, source: SourceResult) -> Cut | None:
        """The cut of one source of one call; None where its verdict is no proven lack, or something else tells it."""
        if execution.error:
            return self._raising(execution, source)
        outcome = source.outcome & ~IGNORANT
        if source.outcome & IGNORANT or outcome == FLOWS or not source.nodes:
            return None
        found = self._find(execution, source, source.nodes[0])
        if found is None:
            return None
        result: Literal["none", "zero"] = "zero" if outcome == ZERO else "none"
        return replace(
            found,
            outcome=result,
            sources=(source.expression,),
            steps=(*self._origin(execution, source), *found.steps, self._end(execution, source, result)),
            certain=outcome in (NONE, ZERO) and not self._is_foreign(execution),
            in_graph=execution.in_graph,
        )

    def _is_foreign(self, execution: Execution) -> bool:
        """Whether the tape is another library's, of which nothing was measured."""
        info: TapeInfo | None = execution.tape.info if execution.tape is not None else None
        return info is not None and info.library in self.tapes.world.tape_roots

    def _raising(self, execution: Execution, source: SourceResult) -> Cut | None:
        """An operation without a registered gradient, or a target that NumPy has computed."""
        answer = self.tapes.answers.get(id(execution))
        culprit = answer.culprit if answer is not None else None
        error = execution.error
        if execution.trouble == "unregistered" and culprit is not None and culprit.site is not None:
            message = f"{shown(culprit.op)} has no registered gradient"
            found = self._bare(culprit, "unregistered", message)
        elif execution.trouble == "impossible target" and source.nodes:
            hops = way(self.tapes.world.run.graph, execution.recording, source.nodes[0], execution.targets)
            lost = self._first_break(execution, hops) if hops else None
            if lost is None or not lost.call.startswith(("numpy.", "Model.")):
                return None
            found = lost
            if lost.call in NUMBERS:
                error = NUMBER_ERRORS
        else:
            return None
        says = Step(execution.site.span, f"`{execution.site.text(40)}` raises {error}")
        return replace(
            found,
            outcome="raises",
            error=error,
            sources=(source.expression,),
            in_graph=execution.in_graph,
            steps=(*self._origin(execution, source), *found.steps, says),
        )

    def _bare(self, node: Node, reason: Reason, message: str) -> Cut:
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

    # -- finding

    def _find(self, execution: Execution, source: SourceResult, node: Node) -> Cut | None:
        run = self.tapes.world.run
        rec = execution.recording
        hops = way(run.graph, rec, node, execution.targets)
        if node.dtype in CARRIES_NOTHING and node.op != "join":
            return self._integer_source(execution, source, node)
        if hops is None:
            return self._decided(execution, node) or self._no_way(execution, source, node)
        if not hops:
            return None
        if node.id not in execution.watched:
            found = self._unwatched(execution, source, node, hops)
        else:
            found = self._late(execution, source, node, hops)
        return found if found is not None else self._first_break(execution, hops)

    def _first_break(self, execution: Execution, hops: Sequence[Hop]) -> Cut | None:
        rec = execution.recording
        for index, hop in enumerate(hops):
            node = hop.node
            if node.op in TRANSPARENT:
                continue
            if hop.edge.outcome == NONE:
                return self._lost(execution, hops, index)
            if not hop.edge.outcome & FLOWS:
                return self._zero(execution, hops, index)
            if not node.recorded.get(rec):
                told = self._telling(hops, index, rec)
                if hops[told].edge.outcome == NONE:
                    return self._lost(execution, hops, told)
                return self._unrecorded(execution, hops, told)
        return None  # every edge of the way flows: it is taken on some ways through only

    def _telling(self, hops: Sequence[Hop], index: int, rec: int) -> int:
        """Of several breaks the one that explains, not what led there: a data set, an assignment, an inner gradient."""
        for later, hop in enumerate(hops):
            if later > index and (hop.node.op.startswith("tensorflow.data.") or hop.node.kind == "written"):
                return later
            if later > index and hop.node.op == "gradient" and not hop.node.recorded.get(rec):
                return later if hops[index].node.recorded else index
        return index

    # -- the kinds of breaks

    def _lost(self, execution: Execution, hops: Sequence[Hop], index: int) -> Cut:
        """An operation that has no gradient for its input, or that leaves TensorFlow."""
        hop = hops[index]
        node = hop.node
        reason: Reason = "operation"
        if node.op.startswith("tensorflow.data."):
            reason = "outside"
        elif node.op == "custom gradient":
            reason = "custom gradient"
        elif node.kind in ("numpy", "python", "object"):
            reason = (
                "external"
                if root(node.op) in EXTERNAL or root(node.op) in ("math", "cmath", "statistics")
                else "detached"
            )
        elif node.dtype in CARRIES_NOTHING and node.op.rpartition(".")[2] in CASTS:
            reason = "integer"
        elif node.op == "gradient" and node.detail:
            reason = "zero"
        message = _lost_message(node, reason)
        made = self._cut(execution, hops, index, reason, message)
        if reason == "outside":
            return replace(made, detail="dataset")
        if reason == "operation" and _against_noise(hop):
            return replace(made, detail="noise")
        return replace(made, detail="index") if reason == "integer" and self._is_index(hops, index) else made

    def _is_index(self, hops: Sequence[Hop], index: int) -> bool:
        """Whether the integer is used to pick from a table."""
        after = next((h.node for h in hops[index + 1 :] if h.node.op not in TRANSPARENT), None)
        return after is not None and after.op.rpartition(".")[2] in (
            "gather",
            "gather_nd",
            "operator []",
            "take",
            "embedding_lookup",
        )

    def _zero(self, execution: Execution, hops: Sequence[Hop], index: int) -> Cut:
        node = hops[index].node
        name = node.detail if node.op == "gradient" and node.detail else node.op
        reason: Reason = "constant" if node.detail == "constant" else "zero"
        made = self._cut(execution, hops, index, reason, f"the gradient of {shown(name)} is always zero")
        return replace(made, call=name)

    def _unrecorded(self, execution: Execution, hops: Sequence[Hop], index: int) -> Cut | None:
        """A differentiable operation that the tape did not see."""
        node = hops[index].node
        rec = execution.recording
        if node.kind == "written":
            made = self._cut(execution, hops, index, "operation", "what is assigned to a variable leaves the path")
            return replace(made, detail="filled") if self._fills_a_new_one(hops[index:], rec) else made
        if rec in node.active:
            return self._cut(execution, hops, index, "operation", f"{shown(node.op)} is not recorded")
        detail = self._when(execution, node)
        message = {
            "before": "computed before the tape records", "after": "computed after the tape has stopped",
            "stopped": "computed while recording is stopped", "reset": "the tape forgot this in `reset`",
            "other tape": "another tape records this", "no tape": "computed where no tape records",
            "inner gradient": "this gradient is taken outside the outer tape",
        }[detail]  # fmt: skip
        made = self._cut(execution, hops, index, "outside", message)
        made = replace(made, detail=detail)
        return self._moved(execution, made, node, detail)

    def _fills_a_new_one(self, hops: Sequence[Hop], rec: int) -> bool:
        """Whether what is written goes into a variable that was made while the tape records."""
        read = next((hop.node for hop in hops if hop.node.kind != "written"), None)
        variables = [edge.node for edge in read.edges if edge.node.kind == "variable"] if read is not None else []
        return bool(variables) and all(rec in node.active for node in variables)

    def _moved(self, execution: Execution, cut: Cut, node: Node, detail: str) -> Cut:
        """Say it in the code that owns the tape, where a call from there led to the place."""
        owner = self._owner(execution)
        site: Site | None
        if detail == "reset":
            site = self._reset_site(execution)
        elif detail == "other tape":
            site = execution.site
        else:
            site = seen_from(node.chain, owner.chain, node.site) if owner is not None else node.site
            if detail == "stopped":
                site = self._inside_stop(node) or site
            if node.site is not None and self._while_making(node, owner):
                site, detail = node.site, "no tape"
                cut = replace(cut, detail=detail)
        if site is None:
            return cut
        rest = cut.rest
        if owner is not None:
            rest = (*rest, ("with", Place(owner.site.span, "")))
        if detail == "other tape" and (other := self._recorder_of(node)) is not None:
            rest = (*rest, ("tape", place_of(other)))
        return replace(
            cut,
            place=place_of(site),
            statement=self.syntax.statement_span(site),
            result=self.syntax.name(site),
            rest=rest,
        )

    def _while_making(self, node: Node, owner: Entered | None) -> bool:
        """Whether an operation runs once, when an object or a closure is made: in `__init__`, or called from there."""
        places = [node.site, *chain_sites(node.chain)]
        functions = [self.syntax.function(site) for site in places if site is not None]
        own = self.syntax.function(owner.site) if owner is not None else None
        names = ("__init__", "__post_init__", "build", "setup")
        return any(getattr(f, "name", "") in names or (f is not own and gives_function(f)) for f in functions)

    def _inside_stop(self, node: Node) -> Site | None:
        """Of an operation and the calls that led to it the outermost that stands under `stop_recording`."""
        places = [*chain_sites(node.chain)[::-1], *([node.site] if node.site is not None else [])]
        return next((site for site in places if self.syntax.under(site, "stop_recording")), None)

    def _when(self, execution: Execution, node: Node) -> str:
        """When, seen from the tape, an operation ran."""
        rec = execution.recording
        cell = self.tapes.recordings.get(rec)
        mine = [r for r in node.recorded if self.tapes.recordings.get(r) is cell]
        if mine:
            return "reset"
        if node.op == "gradient":
            return "inner gradient"
        if node.recorded:
            return "other tape"
        spans = [e for e in self.tapes.entered if e.recording == rec]
        if not spans:
            return "no tape"
        if node.chain is None and node.site is not None and node.site.source is not spans[0].site.source:
            return "no tape"
        first = min(e.at for e in spans)
        last = max(e.until for e in spans)
        if node.id < first:
            owner = spans[0]
            same = seen_from(node.chain, owner.chain, node.site) is not node.site or node.chain is owner.chain
            return "before" if same else "no tape"
        return "after" if node.id >= last else "stopped"

    # -- sources

    def _late(self, execution: Execution, source: SourceResult, node: Node, hops: Sequence[Hop]) -> Cut | None:
        """A tensor that the tape watches, but only after it was used."""
        if any(isinstance(o, Variable) for o in options(source.value)) or node.recorded.get(execution.recording):
            return None
        first = next((h.node for h in hops if h.node.op not in TRANSPARENT), None)
        if first is None or first.recorded.get(execution.recording):
            return None
        for event in self.tapes.events:
            if event.word != "watch" or event.at <= first.id or event.recording != execution.recording:
                continue
            if node in self.tapes.world.run.nodes_in(event.value):
                message = f"the tape watches `{source.expression}` after its use"
                rest = [("watch", place_of(event.site))]
                return self._at(execution, source, event.site, "unwatched", "late", rest, message)
        return None

    def _unwatched(self, execution: Execution, source: SourceResult, node: Node, hops: Sequence[Hop]) -> Cut | None:
        """The tape does not know the source."""
        rec = execution.recording
        detail = self._why_unwatched(execution, source, node)
        if detail is None:
            return None
        first = next((h.node for h in hops if h.node.op not in TRANSPARENT), None)
        if detail == "tensor" and first is not None and rec not in first.active and node.recorded:
            return None
        if node.op == "tensorflow.function argument" and node.site is not None:
            return self._copied_argument(execution, source, node.site)
        site = self._source_site(execution, source)
        rest: list[tuple[str, Place]] = []
        if detail == "watching is off" and execution.tape is not None and execution.tape.site is not None:
            site = execution.tape.site
        if detail == "non-trainable":
            site = self._definition(source) or site
        return self._at(
            execution, source, site, "unwatched", detail, rest, f"the tape does not watch `{source.expression}`"
        )

    def _copied_argument(self, execution: Execution, source: SourceResult, site: Site) -> Cut:
        message = "the path ends: in a `tf.function` a Keras variable that is its argument is a plain tensor"
        made = self._at(execution, source, site, "operation", "function argument", [], message)
        return replace(made, call="keras.Variable")

    def _why_unwatched(self, execution: Execution, source: SourceResult, node: Node) -> str | None:
        info: TapeInfo | None = execution.tape.info if execution.tape is not None else None
        for option in options(source.value):
            if isinstance(option, Variable):
                if option.trainable is False:
                    return "non-trainable"
                return "watching is off" if info is not None and info.watches is False else None
        if node.op == "weights":
            return "watching is off" if info is not None and info.watches is False else None
        if any(self._once_variable(e, source) for e in self.tapes.executions if e.site.span == execution.site.span):
            return "rebound"
        return "tensor"

    def _once_variable(self, execution: Execution, source: SourceResult) -> bool:
        return any(
            s.expression == source.expression and any(isinstance(o, Variable) for o in options(s.value))
            for s in execution.sources
        )

    def _integer_source(self, execution: Execution, source: SourceResult, node: Node) -> Cut:
        site = self._definition(source) or node.site or self._source_site(execution, source)
        if node.site is not None and node.kind == "tensor" and node.op.startswith("operator"):
            site = self._source_site(execution, source)
        return self._at(
            execution, source, site, "unwatched", "integer", [], f"`{source.expression}` is made of integers"
        )

    def _decided(self, execution: Execution, node: Node) -> Cut | None:
        """Python decided by the source what the target is, and by nothing else does the one come into the other."""
        graph, recording = self.tapes.world.run.graph, execution.recording
        behind = graph.ancestors(execution.targets)
        deciding = {id(n.site.node) for n in behind if n.op == "join" and n.site is not None}
        constant = not any(n.recorded.get(recording) for n in behind)
        for event in self.tapes.events:
            if event.word != "condition" or recording not in event.active:
                continue
            if constant or id(event.statement) in deciding:
                hops = way(graph, recording, node, self.tapes.world.run.nodes_in(event.value))
                if hops and (found := self._first_break(execution, hops)) is not None:
                    return found
        return None

    def _no_way(self, execution: Execution, source: SourceResult, node: Node) -> Cut | None:
        """The target is not computed from the source: what is the source then?"""
        graph = self.tapes.world.run.graph
        if node.op == "tensorflow.function argument" and node.site is not None:
            return self._copied_argument(execution, source, node.site)
        behind = {n.id for n in graph.ancestors(execution.targets)}
        mine = graph.ancestors([node])
        detail = "unused"
        rest: list[tuple[str, Place]] = []
        if any(t.id in {n.id for n in mine} for t in execution.targets if t is not node):
            detail = "swapped"
        elif self._is_first_derivative(execution, node):
            detail = "linear"
        else:
            shared = [n for n in mine if n.id in behind and n is not node and n.id in execution.watched]
            if shared:
                detail = "derived"
                if shared[-1].site is not None:
                    rest.append(("variable", Place(shared[-1].site.span, self._whole(node, shared[-1]))))
            elif any(
                self._once_variable(e, source) for e in self.tapes.executions if e.site.span == execution.site.span
            ) and not any(isinstance(o, Variable) for o in options(source.value)):
                detail = "derived"
            elif all(s.outcome == NONE for s in execution.sources) and any(
                isinstance(o, Variable) for o in options(source.value)
            ):
                detail = "other model"
        site = self._source_site(execution, source)
        message = {
            "unused": f"nothing in the target is computed from `{source.expression}`",
            "swapped": f"`{source.expression}` is computed from the target, not the other way round",
            "derived": f"`{source.expression}` is made here, beside the way to the target",
            "other model": f"the target is computed from other variables than `{source.expression}`",
            "linear": f"the first derivative is the same for every `{source.expression}`",
        }[detail]
        return self._at(execution, source, site, "unrelated", detail, rest, message)

    def _is_first_derivative(self, execution: Execution, node: Node) -> bool:
        """Whether the target is the gradient, with respect to this same source, of what is linear in it."""
        behind = self.tapes.world.run.graph.ancestors(execution.targets)
        asked = {n.site.span for n in behind if n.op == "gradient" and n.site is not None}
        inner = [e for e in self.tapes.executions if e is not execution and e.site.span in asked]
        return any(s.outcome == FLOWS and node in s.nodes for e in inner for s in e.sources)

    def _whole(self, part: Node, whole: Node) -> str:
        """What the user calls the value that a source is a part of."""
        inputs = [edge.node for edge in part.edges]
        if part.site is not None and (whole in inputs or any(whole in (e.node for e in n.edges) for n in inputs)):
            inner = operand(part.site.node)
            if inner is not None:
                return Site(part.site.source, inner).text(40)
        name = self.syntax.name(whole.site) if whole.site is not None else ""
        return name if "(" not in name else ""

    # -- building

    def _cut(self, execution: Execution, hops: Sequence[Hop], index: int, reason: Reason, message: str) -> Cut:
        hop = hops[index]
        node = hop.node
        site = node.blame or node.site or execution.site
        argument = None
        if hop.edge.argument is not None and hasattr(hop.edge.argument, "lineno"):
            argument = place_of(Site(site.source, hop.edge.argument))
        owner = self._owner(execution)
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

    def _at(
        self, execution: Execution, source: SourceResult, site: Site, reason: Reason, detail: str,
        rest: Iterable[tuple[str, Place]], message: str,
    ) -> Cut:  # fmt: skip
        owner = self._owner(execution)
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
            argument=place_of(self._source_site(execution, source)),
        )

    def _source_site(self, execution: Execution, source: SourceResult) -> Site:
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

    def _definition(self, source: SourceResult) -> Site | None:
        """Where a source's variable is made, if the project makes it."""
        for option in options(source.value):
            if isinstance(option, Variable) and option.site is not None:
                node = option.site.node
                if isinstance(node, ast.Call) and _makes_variable(node):
                    return option.site
        return None

    def _owner(self, execution: Execution) -> Entered | None:
        """The with block (the last one) of the call's recording."""
        mine = [e for e in self.tapes.entered if e.recording == execution.recording]
        return mine[-1] if mine else None

    def _reset_site(self, execution: Execution) -> Site:
        for event in self.tapes.events:
            if event.word == "reset" and event.recording == execution.recording:
                return event.site
        return execution.site

    def _recorder_of(self, node: Node) -> Site | None:
        for rec in node.recorded:
            cell = self.tapes.recordings.get(rec)
            if isinstance(cell, Cell):
                return cell.site
        return None

    # -- steps at both ends

    def _origin(self, execution: Execution, source: SourceResult) -> list[Step]:
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

    def _end(self, execution: Execution, source: SourceResult, result: str) -> Step:
        if execution.method == LEAVES:
            return Step(execution.site.span, "what leaves with its tape here has no way back")
        says = {"none": "None", "zero": "zeros"}[result]
        if result == "none" and (execution.zeros or execution.method == "batch_jacobian"):
            says = "zeros in place of None"
        return Step(execution.site.span, f"TensorFlow returns {says} for `{source.expression}`")


def _against_noise(hop: Hop) -> bool:
    """Whether a comparison sets a value against random numbers: what comes out is drawn by chance."""
    if hop.node.dtype != "b":
        return False
    others = [edge.node for edge in hop.node.edges if edge is not hop.edge]
    return any(".random." in node.op for node in (*others, *(e.node for n in others for e in n.edges)))


def _makes_variable(node: ast.Call) -> bool:
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    return name in ("Variable", "add_weight", "add_variable")


def _lost_message(node: Node, reason: Reason) -> str:
    name = shown(node.op)
    if reason == "detached":
        kind = "array" if node.kind == "numpy" else "number"
        if node.op == "numpy.ndarray.__setitem__":
            return "the path ends: the array takes the number, not its history"
        if node.op.startswith("numpy."):
            return "the path ends: NumPy returns a plain array"
        return f"the path ends: {name} returns a plain {kind}"
    if reason == "external":
        return f"the path ends: {name} knows no tensors"
    if reason == "integer":
        return "the path ends: integers carry no gradient"
    if reason == "custom gradient":
        return "the path ends: the custom gradient returns None for this"
    if node.op.startswith("tensorflow.data."):
        return "the path ends: what comes out of a data set is new to the tape"
    if node.op.startswith(ASSIGNMENTS) or node.kind == "written":
        return "the path ends: the variable takes the value, not its history"
    if node.kind == "variable":
        return "the path ends: a new variable begins here"
    if node.op == "gradient":
        what = shown(node.detail) if node.detail else "it"
        return f"the path ends: the gradient of {what} cannot be differentiated again"
    return f"the path ends: {name} has no gradient"


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
            found[key] = replace(old, sources=names, certain=old.certain and cut.certain)
    return tuple(found.values())
