"""Operations whose gradient is not finite where their argument can be seen to go, as views that rules ask about.

An operation counts if a tape recorded it, a source of a gradient call reaches its argument, and the gradient of the
target comes back to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tapelint.diagnostic import Span, Step
from tapelint.findings.flatness import Call, nothing_comes_back
from tapelint.findings.overflow import is_of_a_variable, overflows
from tapelint.findings.paths import Syntax, place_of, steps_along, way
from tapelint.findings.singular_guards import asked_for, guarded_by_if
from tapelint.flow.graph import SURE, Edge, Node, Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, ZERO
from tapelint.libraries.names import TAPE_LIBRARIES
from tapelint.libraries.numerics import numbers_gates
from tapelint.libraries.numerics.numbers_gates import Places
from tapelint.libraries.numerics.numbers_judgement import Judgement
from tapelint.libraries.numerics.numbers_names import short
from tapelint.libraries.shapes import shapes
from tapelint.tapes.backprop import Answer
from tapelint.tapes.journal import Execution
from tapelint.tapes.tape import Tapes
from tapelint.views import Place, Singularity

FREE, PICKED = -1, -2
PICKING = frozenset(["set_diag", "boolean_mask", "gather_nd", "tensor_scatter_nd_update", "scatter_update"])
"""Operations that leave some elements out, or put others in their place: no gradient comes back to those."""
PASSED_ON = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "negative",
        "sum",
        "mean",
        "identity",
        "cast",
        "reshape",
        "expand_dims",
        "squeeze",
        "transpose",
        "tile",
        "[]",
        "stack",
        "concat",
    ]
)
STRENGTH = {"certain": 2, "possible": 1, "unknown": 0}


def singularities(tapes: Tapes, syntax: Syntax | None = None) -> list[tuple[int, Singularity]]:
    """All of one run, each with the recording it lies on; one for each kind and place, the strongest evidence first."""
    judgements = tapes.world.known.judgements
    if not judgements:
        return []
    by_node: dict[int, list[Judgement]] = {}
    for judgement in judgements:
        by_node.setdefault(judgement.node.id, []).append(judgement)
    found: list[tuple[int, Singularity]] = []
    for execution in tapes.executions:
        answer = execution.answer
        if answer is not None and not execution.dead:
            reader = _Reader(tapes, syntax or Syntax(), execution, answer)
            found += [(execution.recording, view) for view in reader.views(by_node)]
    return _joined(found)


def _joined(found: Sequence[tuple[int, Singularity]]) -> list[tuple[int, Singularity]]:
    by_recording: dict[int, list[Singularity]] = {}
    for rec, view in found:
        by_recording.setdefault(rec, []).append(view)
    return [(rec, view) for rec, views in sorted(by_recording.items()) for view in strongest(views)]


def strongest(views: Iterable[Singularity]) -> list[Singularity]:
    """One for each kind and place, with the strongest evidence that any of them has and the sources of all."""
    best: dict[tuple[Span, str], Singularity] = {}
    for view in views:
        key = (view.place.span, view.kind)
        old = best.get(key)
        if old is None:
            best[key] = view
            continue
        strong, weak = (view, old) if STRENGTH[view.evidence] > STRENGTH[old.evidence] else (old, view)
        best[key] = replace(strong, sources=tuple(dict.fromkeys((*strong.sources, *weak.sources))))
    return list(_once_an_expression([view for _, view in sorted(best.items(), key=lambda item: item[0][0])]))


def _once_an_expression(found: Sequence[Singularity]) -> Iterator[Singularity]:
    """Without the second of two equal exponentials in one expression: `exp(z) / reduce_sum(exp(z))`."""
    seen: set[tuple[Place, str]] = set()
    for view in found:
        whole = view.other("whole")
        if whole is not None:
            if (whole, view.place.text) in seen:
                continue
            seen.add((whole, view.place.text))
        yield view


@dataclass(slots=True)
class _Reader:
    """One gradient call: through which operations its gradient comes back, and from where their arguments come."""

    tapes: Tapes
    syntax: Syntax
    execution: Execution
    answer: Answer
    behind: dict[int, set[int]] = field(default_factory=dict)
    users: dict[int, list[tuple[Node, Edge]]] = field(default_factory=dict)
    always: set[int] = field(default_factory=set)
    carrying: set[int] = field(default_factory=set)
    call: Call | None = None

    def views(self, by_node: dict[int, list[Judgement]]) -> list[Singularity]:
        self._walk_back()
        found: list[Singularity] = []
        for node_id in self.behind:
            for judgement in by_node.get(node_id, ()):
                view = None if self._is_told_by_division(judgement, by_node) else self._view(judgement)
                if view is not None:
                    found.append(view)
        return [*found, *self._factors(by_node)]

    def _is_told_by_division(self, judgement: Judgement, by_node: dict[int, list[Judgement]]) -> bool:
        """Whether a root is nothing but a divisor that is told to be 0, or safe: then the root is fine as well."""
        users = self.users.get(judgement.node.id, [])
        if judgement.kind != "root" or not judgement.guarded or judgement.evidence == "unknown":
            return False

        def tells(user: Node) -> bool:
            of_user = by_node.get(user.id, ())
            told = any(each.kind == "division" and each.evidence == judgement.evidence for each in of_user)
            return short(user.op) == "divide_no_nan" or (short(user.op) == "/" and told)

        return bool(users) and all(tells(user) and user.edges[-1].node is edge.node for user, edge in users)

    def _factors(self, by_node: dict[int, list[Judgement]]) -> list[Singularity]:
        """Numbers that are certainly not finite and multiply what carries the gradient; no source reaches them."""
        ancestors = self.tapes.world.run.graph.ancestors(self.execution.targets)
        broken = [j for n in ancestors for j in by_node.get(n.id, ()) if j.evidence == "certain" and not j.finite]
        found: list[Singularity] = []
        if not broken:
            return found
        users: dict[int, list[Node]] = {}
        for node in ancestors:
            for edge in node.edges:
                users.setdefault(edge.node.id, []).append(node)
        for judgement in broken:
            if self._reached_by(judgement)[0] or guarded_by_if(self.syntax, judgement):
                continue
            names, source = self._sources(_multiplied(judgement.node, users, self.behind))
            if names:
                found.append(self._made(judgement, names, source, None, []))
        return found

    def _walk_back(self) -> None:
        """For each operation that the gradient comes back to: the `where` calls on the ways there, PICKED, FREE.

        And which it comes back to on every way through the program, none behind a join of branches; and to which more
        than zeros come.
        """
        rec = self.execution.recording
        graph = self.tapes.world.run.graph
        wheres = self.tapes.world.known.wheres
        for target in self.execution.targets:
            self.behind.setdefault(target.id, set()).add(FREE)
            self.always.add(target.id)
            self.carrying.add(target.id)
        for node in reversed(graph.ancestors(self.execution.targets)):
            mine = self.behind.get(node.id)
            if mine is None or not (node.is_transparent or node.recorded.get(rec)):
                continue
            is_where = short(node.op) == "where" and len(node.edges) > 1
            here = node.id in self.always and (node.is_transparent or node.recorded.get(rec) == SURE)
            here = here and not (node.joins and len(node.edges) > 1)
            for edge in node.edges:
                if edge.outcome & IGNORANT or not edge.outcome & (FLOWS | ZERO):
                    continue
                tags = {node.id} if is_where and node.id in wheres else mine
                if FREE in tags and self._leaves_out(node, edge):
                    tags = (tags - {FREE}) | {PICKED}
                self.behind.setdefault(edge.node.id, set()).update(tags)
                self.users.setdefault(edge.node.id, []).append((node, edge))
                if here and edge.outcome == FLOWS:
                    self.always.add(edge.node.id)
                if node.id in self.carrying and edge.outcome & FLOWS and not self._times_nought(node, edge):
                    self.carrying.add(edge.node.id)

    def _times_nought(self, node: Node, edge: Edge) -> bool:
        """Whether what comes back through a product or a quotient is multiplied by nothing but zeros."""
        others = [e.node.id for e in node.edges if e is not edge]
        noughts = self.tapes.world.known.noughts
        if short(node.op) == "/":
            return edge is node.edges[-1] and any(other in noughts for other in others)
        return short(node.op) in ("*", "@", "matvec") and any(other in noughts for other in others)

    def _leaves_out(self, node: Node, edge: Edge) -> bool:
        """Whether no gradient comes back to some elements: they are not picked, or multiplied by a mask's zeros."""
        op = short(node.op)
        if op == "*":
            return any(e is not edge and e.node.id in self.tapes.world.known.masks for e in node.edges)
        return op in PICKING

    def _reached_by(self, judgement: Judgement) -> tuple[list[str], Node | None]:
        """The sources that reach the arguments of an operation where they are singular."""
        exact = judgement.evidence == "certain" and bool(self.tapes.world.known.gates)
        return self._sources(judgement.inputs, judgement.places if exact else ())

    def _sources(self, nodes: Sequence[Node], places: Sequence[Places] = ()) -> tuple[list[str], Node | None]:
        """The sources that reach one of these nodes, in some of the places; and the node of the first."""
        behind = [numbers_gates.behind(self.tapes.world, n, p) for n, p in zip(nodes, places, strict=False)]
        names: list[str] = []
        first: Node | None = None
        bit = 0
        for source in self.execution.sources:
            for node in source.nodes:
                for at, other in enumerate(nodes):
                    reached = self.answer.reached.get(other.id)
                    if (
                        reached is not None
                        and (reached.flows | reached.zero) >> bit & 1
                        and other.dtype not in ("i", "b", "s")
                        and (not behind or node.id in behind[at])
                    ):
                        first = first or node
                        names.append(source.expression)
                bit += 1
        return list(dict.fromkeys(names)), first

    def _view(self, judgement: Judgement) -> Singularity | None:
        node = judgement.node
        tags = self.behind[node.id]
        inside = FREE not in tags
        flat = judgement.guarded and nothing_comes_back(judgement, self._asked())
        if judgement.guarded and (inside or flat or node.id not in self.carrying):
            return None
        inside = inside and PICKED not in tags
        if judgement.held and judgement.kind in ("root", "power"):
            return None
        names, source = self._reached_by(judgement)
        if not names:
            return None
        evidence, because = judgement.evidence, judgement.because
        condition = None
        if inside:
            asked, condition = asked_for(self.tapes, judgement, node, sorted(tags), self.users)
            if evidence == "unknown" and asked:
                evidence, because = "possible", asked
        rest: list[tuple[str, Place]] = []
        pattern = overflows(judgement, self.users) if judgement.kind == "overflow" else None
        if pattern is not None:
            rest += [("whole", pattern.whole)] if pattern.whole is not None else []
            scale = is_of_a_variable(node) and shapes.of_value(self.tapes.world, judgement.value) == ()
            if evidence == "unknown" and not scale:
                evidence, because = "possible", pattern.because
        if evidence != "unknown" and not inside and guarded_by_if(self.syntax, judgement):
            evidence = "unknown"
        if judgement.kind == "overflow" and evidence == "unknown":
            return None
        if condition is not None:
            rest.append(("condition", condition))
        hidden = self._hidden_by(tags) if inside else None
        made = replace(judgement, evidence=evidence, because=because)
        return self._made(made, names, source, hidden, rest)

    def _asked(self) -> Call:
        """The call, as it is read the first time."""
        if self.call is None:
            depends = {node.id for source in self.execution.sources for node in source.nodes}
            for node in self.tapes.world.run.graph.ancestors(self.execution.targets):
                if any(edge.node.id in depends for edge in node.edges):
                    depends.add(node.id)
            targets = {target.id for target in self.execution.targets}
            self.call = Call(self.users, targets, depends, self.tapes.world.known.arrays)
        return self.call

    def _hidden_by(self, tags: set[int]) -> Place | None:
        graph = self.tapes.world.run.graph
        sites = [graph.nodes[tag].site for tag in sorted(tags)]
        return next((place_of(site) for site in sites if site is not None), None)

    def _made(
        self,
        judgement: Judgement,
        names: Sequence[str],
        source: Node | None,
        hidden: Place | None,
        rest: list[tuple[str, Place]],
    ) -> Singularity:
        site = judgement.node.blame or judgement.site
        place = place_of(site)
        argument = place
        if isinstance(judgement.argument, ast.expr) and hasattr(judgement.argument, "lineno"):
            argument = place_of(Site(judgement.site.source, judgement.argument))
        numerator = None
        if isinstance(judgement.numerator, ast.expr):
            numerator = place_of(Site(judgement.site.source, judgement.numerator))
        result = judgement.gradient
        known = self.execution.info.library in TAPE_LIBRARIES
        shape = shapes.of_value(self.tapes.world, judgement.value)
        return Singularity(
            kind=judgement.kind,
            call=judgement.name,
            place=place,
            argument=argument,
            statement=self.syntax.statement_span(site),
            at=judgement.at,
            result="nan" if hidden is not None else result,
            evidence=judgement.evidence,
            because=judgement.because,
            numerator=numerator,
            hidden_by=hidden,
            sources=tuple(names),
            steps=tuple(self._steps(judgement, source, names, place)),
            known_library=known,
            not_negative=judgement.not_negative,
            rest=tuple(rest),
            rank=None if shape is None else len(shape),
            whole=judgement.whole,
            certain=known and judgement.evidence == "certain" and judgement.node.id in self.always,
        )

    def _steps(self, judgement: Judgement, source: Node | None, names: Sequence[str], place: Place) -> list[Step]:
        if source is None:
            return []
        steps: list[Step] = []
        if source.site is not None and source.site.span != self.execution.site.span:
            word = "the tape watches" if source.id in self.execution.watched else "the source is"
            steps.append(Step(source.site.span, f"{word} `{names[0]}`"))
        graph = self.tapes.world.run.graph
        hops = way(graph, self.execution.recording, source, [judgement.node])
        says = (
            "not finite here"
            if judgement.evidence == "certain"
            else "not finite where " + (judgement.because or "it is singular")
        )
        if hops:
            steps += steps_along(hops, hops[-1], says, self.execution.chain)
        else:
            steps.append(Step(place.span, says))
        can = "returns" if judgement.evidence == "certain" else "can return"
        last = Step(self.execution.site.span, f"TensorFlow {can} {judgement.gradient} for `{names[0]}`")
        return [*steps, last]


def _multiplied(node: Node, users: dict[int, list[Node]], behind: dict[int, set[int]]) -> list[Node]:
    """What a number is multiplied with on the way of the gradient, after steps that keep it not finite."""
    found: list[Node] = []
    seen = {node.id}
    todo = [node]
    while todo:
        for user in users.get(todo.pop().id, ()):
            if user.id in seen:
                continue
            seen.add(user.id)
            op = short(user.op)
            if op in ("*", "@") and user.recorded and user.id in behind:
                found += [e.node for e in user.edges if e.node.id not in seen]
            elif op in PASSED_ON or user.is_transparent:
                todo.append(user)
    return found
