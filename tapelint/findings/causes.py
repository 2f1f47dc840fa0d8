"""Why the gradient of a source is missing or zero, as a cut for rules to ask about.

The tape does not know the source, the target is not computed from it, or the way from one to the other breaks.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tapelint.diagnostic import Step
from tapelint.findings.breaks import Breaks
from tapelint.findings.cuts import makes_variable
from tapelint.findings.paths import Hop, operand, place_of, way
from tapelint.flow.graph import CARRIES_NOTHING, Node, Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.values import Opaque, Variable, options
from tapelint.libraries.names import shown
from tapelint.libraries.tensorflow.graphs import COPIED_ARGUMENT
from tapelint.tapes import rows, targets
from tapelint.tapes.journal import Execution, SourceResult
from tapelint.views import Cut, Place

NUMBERS = ("Model.evaluate", "Model.test_on_batch")
"""What gives plain numbers to a program that asks for a loss."""

NUMBER_ERRORS = "TypeError or AttributeError"
"""TensorFlow reads a Python number as the number of a dtype: which exception comes of it depends on the number."""

CUTTING = ("operation", "detached", "external", "integer")
"""Breaks that lie in what is computed."""


@dataclass(slots=True)
class Finder(Breaks):
    """Finds the cuts of gradient calls of one run."""

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
            steps=(*self.origin(execution, source), *found.steps, self.end(execution, source, result)),
            certain=outcome in (NONE, ZERO) and not self._is_foreign(execution),
            in_graph=execution.in_graph,
            others=any(other.outcome == FLOWS for other in execution.sources),
        )

    def _is_foreign(self, execution: Execution) -> bool:
        """Whether the tape is another library's, of which nothing was measured."""
        return execution.info.library in self.tapes.world.tape_roots

    def _raising(self, execution: Execution, source: SourceResult) -> Cut | None:
        """An operation without a registered gradient, or a target that NumPy has computed."""
        answer = execution.answer
        culprit = answer.culprit if answer is not None else None
        error = execution.error
        if execution.trouble == "unregistered" and culprit is not None and culprit.site is not None:
            found = self._unregistered(culprit)
        elif execution.trouble == "impossible target" and source.nodes:
            hops = way(self.tapes.world.run.graph, execution.recording, source.nodes[0], execution.targets)
            lost = self.first_break(execution, hops) if hops else None
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
            steps=(*self.origin(execution, source), *found.steps, says),
        )

    def _unregistered(self, culprit: Node) -> Cut:
        again = culprit.op == "gradient"
        what = f"the gradient of {shown(culprit.detail)}" if again else shown(culprit.op)
        if not culprit.error and any(edge.again == "LookupError" for edge in culprit.edges):
            message = f"the gradient of {what} has no registered gradient, and a graph under a further tape needs it"
            return self.raised_at(culprit, "unregistered", message)
        if not rows.refuses(culprit):
            return self.raised_at(culprit, "unregistered", f"{what} has no registered gradient")
        message = f"only rows of {what} are looked up: an `IndexedSlices` comes down to it"
        return replace(self.raised_at(culprit, "unregistered", message), detail="rows")

    # -- finding

    def _find(self, execution: Execution, source: SourceResult, node: Node) -> Cut | None:
        run = self.tapes.world.run
        rec = execution.recording
        hops = way(run.graph, rec, node, execution.targets)
        if node.dtype in CARRIES_NOTHING and node.op != "join":
            return self._integer_source(execution, source, node)
        if hops is None and (beside := way(run.graph, rec, node, execution.filled)):
            return self.first_break(execution, beside)
        if hops is None and (after := self._before_variables(execution, source, node)) is not None:
            return after
        if hops is None:
            return self._decided(execution, node) or self._no_way(execution, source, node)
        if not hops:
            return None
        if node.id not in execution.watched:
            found = self._unwatched(execution, source, node, hops)
        else:
            found = self._late(execution, source, node, hops)
        return found if found is not None else self.first_break(execution, hops)

    def _before_variables(self, execution: Execution, source: SourceResult, node: Node) -> Cut | None:
        """Where the path ends behind what a model gave whose variables `node` stands for, not all of which are seen; or
        behind variables, of which the source is a list that cannot be seen.
        """
        world, rec = self.tapes.world, execution.recording
        begins = [made for made in world.outputs.get(world.partly.get(node.id, 0), ()) if rec in made.active]
        if not begins and isinstance(source.value, Opaque) and targets.ends_before_variables(execution.targets):
            held = {n.id for n in world.run.graph.ancestors([node]) if n.kind == "variable"}
            begins = [n for n in world.run.graph.ancestors(execution.targets) if n.id in held]
        every = (way(world.run.graph, rec, each, execution.targets) for each in begins)
        return next((cut for hops in every if hops and (cut := self.first_break(execution, hops)) is not None), None)

    # -- sources that the tape does not know

    def _late(self, execution: Execution, source: SourceResult, node: Node, hops: Sequence[Hop]) -> Cut | None:
        """A source that the tape watches, but only after it was used."""
        first = next((h.node for h in hops if not h.node.is_transparent), None)
        if first is None or node.recorded.get(execution.recording):
            return None
        if execution.recording not in first.active and any(hop.node.op == "gradient" for hop in hops):
            return None  # a derivative that was asked for before: no watch makes the tape know it
        if self._why_unwatched(execution, source, node) is None:
            return None
        if not _is_variable(source) and first.recorded.get(execution.recording):
            return None
        for event in self.tapes.events:
            if event.word != "watch" or event.at <= first.id or event.recording != execution.recording:
                continue
            if node in self.tapes.world.run.nodes_in(event.value):
                message = f"the tape watches `{source.expression}` after its use"
                rest = [("watch", place_of(event.site))]
                return self.at_source(execution, source, event.site, "unwatched", "late", rest, message)
        return None

    def _unwatched(self, execution: Execution, source: SourceResult, node: Node, hops: Sequence[Hop]) -> Cut | None:
        """The tape does not know the source."""
        rec = execution.recording
        detail = self._why_unwatched(execution, source, node)
        if detail is None:
            return None
        first = next((h.node for h in hops if not h.node.is_transparent), None)
        if detail == "tensor" and first is not None and rec not in first.active and node.recorded:
            return None
        if _is_copied_variable(node) and node.site is not None:
            return self._copied_argument(execution, source, node.site)
        site = self.source_site(execution, source)
        if detail == "watching is off" and execution.tape.site is not None:
            site = execution.tape.site
        if detail == "non-trainable":
            site = self.definition(source) or site
        return self.at_source(
            execution, source, site, "unwatched", detail, [], f"the tape does not watch `{source.expression}`"
        )

    def _copied_argument(self, execution: Execution, source: SourceResult, site: Site) -> Cut:
        message = "the path ends: in a `tf.function` a Keras variable that is its argument is a plain tensor"
        made = self.at_source(execution, source, site, "operation", "function argument", [], message)
        return replace(made, call="keras.Variable")

    def _why_unwatched(self, execution: Execution, source: SourceResult, node: Node) -> str | None:
        off = "watching is off" if execution.info.watches is False else None
        for option in options(source.value):
            if isinstance(option, Variable):
                return "non-trainable" if option.trainable is False else off
        if node.op == "weights":
            return off
        if self._was_variable(execution, source):
            return "rebound"
        return "tensor"

    def _was_variable(self, execution: Execution, source: SourceResult) -> bool:
        """Whether the same expression of the same call was a variable another time."""
        same = (e for e in self.tapes.executions if e.site.span == execution.site.span)
        return any(s.expression == source.expression and _is_variable(s) for e in same for s in e.sources)

    def _integer_source(self, execution: Execution, source: SourceResult, node: Node) -> Cut:
        site = self.definition(source) or node.site or self.source_site(execution, source)
        if node.site is not None and node.kind == "tensor" and node.op.startswith("operator"):
            site = self.source_site(execution, source)
        return self.at_source(
            execution, source, site, "unwatched", "integer", [], f"`{source.expression}` is made of integers"
        )

    # -- sources that do not lead to the target

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
                if hops and (found := self.first_break(execution, hops)) is not None:
                    return found
        return None

    def _no_way(self, execution: Execution, source: SourceResult, node: Node) -> Cut:
        """The target is not computed from the source: what is the source then?"""
        if _is_copied_variable(node) and node.site is not None:
            return self._copied_argument(execution, source, node.site)
        shared = self._shared(execution, node)
        detail = self._why_unrelated(execution, source, node, shared)
        if detail == "derived" and shared is not None and (cut := self._cut_from_all(execution, shared)) is not None:
            return cut
        rest: list[tuple[str, Place]] = []
        if detail == "derived" and shared is not None and shared.site is not None:
            rest.append(("variable", Place(shared.site.span, self._whole(node, shared))))
        if detail == "copy" and (original := self._original(execution, source)) is not None:
            rest.append(("original", original))
        if detail == "unused" and (number := self._as_number(execution, node)) is not None:
            rest.append(("number", place_of(number)))
        site = self.source_site(execution, source)
        message = {
            "copy": f"`{source.expression}` is a copy of what the target is computed from",
            "unused": f"nothing in the target is computed from `{source.expression}`",
            "swapped": f"`{source.expression}` is computed from the target, not the other way round",
            "derived": f"`{source.expression}` is made here, beside the way to the target",
            "other model": f"the target is computed from other variables than `{source.expression}`",
            "linear": f"the first derivative is the same for every `{source.expression}`",
            "differentiated": f"the derivative is the same for every `{source.expression}`",
        }[detail]
        return self.at_source(execution, source, site, "unrelated", detail, rest, message)

    def _cut_from_all(self, execution: Execution, shared: Node) -> Cut | None:
        """Where the target is cut from what the source was made from as well: then it is cut from whatever was used."""
        hops = way(self.tapes.world.run.graph, execution.recording, shared, execution.targets)
        found = self.first_break(execution, hops) if hops else None
        return found if found is not None and found.reason in CUTTING else None

    def _as_number(self, execution: Execution, node: Node) -> Site | None:
        """Where, while the tape records, a source becomes a number of Python's, with which anything can be done."""
        mine = {node.id}
        for other in self.tapes.world.run.graph.nodes[node.id + 1 :]:
            if not any(edge.node.id in mine for edge in other.edges):
                continue
            if other.kind == "python" and execution.recording in other.active:
                return other.site
            mine.add(other.id)
        return None

    def _why_unrelated(self, execution: Execution, source: SourceResult, node: Node, shared: Node | None) -> str:
        """What a source is that the target is not computed from."""
        mine = {n.id for n in self.tapes.world.run.graph.ancestors([node])}
        if any(target.id in mine for target in execution.targets if target is not node):
            return "swapped"
        if self._is_first_derivative(execution, node):
            return "linear"
        if not _is_variable(source) and (shared is not None or self._was_variable(execution, source)):
            return "derived"
        if self._original(execution, source) is not None:
            return "copy"
        if self._is_differentiated(execution, node):
            return "differentiated"
        all_none = all(other.outcome == NONE for other in execution.sources)
        return "other model" if all_none and _is_variable(source) else "unused"

    def _original(self, execution: Execution, source: SourceResult) -> Place | None:
        """What a variable was made of, where the target is computed from that, not from the variable."""
        if not any(isinstance(o, Variable) and makes_variable(o.site) for o in options(source.value)):
            return None
        behind = {node.id for node in self.tapes.world.run.graph.ancestors(execution.targets)}
        for node in source.nodes:
            for edge in node.edges:
                made_before = edge.node.id in behind and edge.node.site is not None and edge.node.kind != "variable"
                if made_before and node.site is not None and isinstance(edge.argument, ast.expr):
                    return place_of(Site(node.site.source, edge.argument))
        return None

    def _shared(self, execution: Execution, node: Node) -> Node | None:
        """The last thing that the tape knows and that both the source and the target are made from."""
        graph = self.tapes.world.run.graph
        known = {n.id for n in graph.ancestors(execution.targets)} & execution.watched
        return next((n for n in reversed(graph.ancestors([node])) if n.id in known and n is not node), None)

    def _is_first_derivative(self, execution: Execution, node: Node) -> bool:
        """Whether the target is the gradient, with respect to this same source, of what is linear in it."""
        inner = self._inner(execution)
        return any(s.outcome == FLOWS and node in s.nodes for e in inner for s in e.sources)

    def _is_differentiated(self, execution: Execution, node: Node) -> bool:
        """Whether the target is made of derivatives of what is computed from the source: a constant that is added."""
        graph = self.tapes.world.run.graph
        return any(node in graph.ancestors(e.targets) for e in self._inner(execution))

    def _inner(self, execution: Execution) -> list[Execution]:
        """The gradient calls of which the target is made."""
        behind = self.tapes.world.run.graph.ancestors(execution.targets)
        asked = {n.site.span for n in behind if n.op == "gradient" and n.site is not None}
        return [e for e in self.tapes.executions if e is not execution and e.site.span in asked]

    def _whole(self, part: Node, whole: Node) -> str:
        """What the user calls the value that a source is a part of."""
        inputs = [edge.node for edge in part.edges]
        if part.site is not None and (whole in inputs or any(whole in (e.node for e in n.edges) for n in inputs)):
            inner = operand(part.site.node)
            if inner is not None:
                return Site(part.site.source, inner).text(40)
        name = self.syntax.name(whole.site) if whole.site is not None else ""
        return name if "(" not in name else ""


def _is_copied_variable(node: Node) -> bool:
    """Whether a `tf.function` sees a variable as this tensor; a tensor that it is handed is one to it as well."""
    return node.op == COPIED_ARGUMENT and any(edge.node.kind == "variable" for edge in node.edges)


def _is_variable(source: SourceResult) -> bool:
    return any(isinstance(option, Variable) for option in options(source.value))
