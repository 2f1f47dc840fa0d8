"""Python conditions on tensors: what they decide of what a tape records, and which sources one branch leaves out."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tapelint.diagnostic import Span, Step
from tapelint.findings.paths import Syntax, is_about_shape, place_of
from tapelint.flow.graph import Node, Site
from tapelint.flow.outcomes import FLOWS, NONE, ZERO
from tapelint.flow.values import Data, Opaque, Value, Variable, options
from tapelint.libraries.names import TAPE_LIBRARIES
from tapelint.libraries.refusals.protocols import IN_GRAPH
from tapelint.tapes.backprop import Answer
from tapelint.tapes.conditions import is_tensor
from tapelint.tapes.journal import Event, Execution, SourceResult, TapeInfo
from tapelint.tapes.tape import Tapes
from tapelint.views import Condition, ConditionEffect, ConditionKind, Cut, Place

_RECORDS = {
    "if": "Python takes one branch, and only that one is recorded",
    "while": "Python decides how many rounds there are, and only those are recorded",
    "assert": "Python decides whether the program goes on; the tape records nothing of it",
    "comprehension": "Python decides what is kept, and only that is recorded",
}
RANK = ("converted", "records", "changes", "raises")
COMPUTING = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript)
HEADS = (ast.If, ast.IfExp, ast.While, ast.Assert)


def conditions(tapes: Tapes, syntax: Syntax | None = None) -> list[tuple[int, Condition]]:
    """The conditions that were evaluated while a tape recorded and that matter to a gradient asked of it.

    One for each recording and place, with the recording that it belongs to, in order of place.
    """
    return Decisions(tapes, syntax or Syntax()).conditions()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A source that reaches the target on some sides of a join only: by which nodes it does, by which it does not."""

    index: int
    join: Node
    using: tuple[Node, ...]
    without: tuple[Node, ...]


@dataclass(slots=True)
class Decisions:
    """What the branches of one run decide."""

    tapes: Tapes
    syntax: Syntax
    _behind: dict[int, list[Node]] = field(default_factory=dict)
    _sites: dict[int, tuple[set[int], set[int]]] = field(default_factory=dict)
    _drops: dict[int, list[tuple[SourceResult, Dropped]]] = field(default_factory=dict)

    # -- conditions

    def conditions(self) -> list[tuple[int, Condition]]:
        """See the function of that name."""
        found: dict[tuple[int, Span], Condition] = {}
        inner = self._inner_parts()
        for event in self.tapes.events:
            if event.word != "condition" or event.dead or id(event.site.node) in inner:
                continue
            for recording in event.active:
                condition = self._condition(event, recording)
                if condition is not None:
                    key = (recording, condition.place.span)
                    found[key] = _graver(found[key], condition) if key in found else condition
        return [(key[0], found[key]) for key in sorted(found, key=lambda k: (k[1], k[0]))]

    def _inner_parts(self) -> set[int]:
        """Tests of `and`, `or`, `not` and chained comparisons that are part of another condition's test."""
        found: set[int] = set()
        for event in self.tapes.events:
            if event.word == "condition" and isinstance(event.statement, HEADS):
                found |= {id(node) for node in ast.walk(event.site.node) if node is not event.site.node}
                if event.call not in ("if", "while", "ternary", "assert"):
                    found.add(id(event.site.node))
        return found

    def _condition(self, event: Event, recording: int) -> Condition | None:
        effect, drops, uses, steps = self._effect(event, recording)
        if effect is None:
            return None
        info = self.tapes.recordings[recording].info
        library = info.library if isinstance(info, TapeInfo) else "tensorflow"
        kind: ConditionKind = event.call  # type: ignore[assignment]
        test = place_of(event.site)
        return Condition(
            kind, test, test, effect, self.syntax.statement_span(event.site), drops=drops, uses=uses, steps=steps,
            known_library=library in TAPE_LIBRARIES,
        )  # fmt: skip

    def _effect(
        self, event: Event, recording: int
    ) -> tuple[ConditionEffect | None, tuple[str, ...], Place | None, tuple[Step, ...]]:
        """What a condition does; None in front where it matters to no gradient."""
        if event.error:
            return "raises", (), None, tuple(why_raises(self.syntax, event))
        asked = [e for e in self.tapes.executions if e.recording == recording and not e.dead and e.sources]
        matter = [e for e in asked if self._matters(event, e)]
        if not matter:
            return None, (), None, ()
        if event.in_graph:
            return "converted", (), None, ()
        drops: dict[str, tuple[Execution, Dropped]] = {}
        for execution in matter:
            for source, dropped in self._dropped(execution):
                here = dropped.join.site is not None and dropped.join.site.node is event.statement
                if here and not self._losing(dropped, source):
                    drops.setdefault(source.expression, (execution, dropped))
        if not drops and self._asks_for_shapes(event):
            return None, (), None, ()
        if not drops:
            return "records", (), None, (Step(event.site.span, _RECORDS.get(event.call, _RECORDS["if"])),)
        execution, first = next(iter(drops.values()))
        source = execution.sources[self._owner(execution, first.index)]
        steps = self._steps(execution, source, event.site, first)
        use = self._use(first, self._nodes(execution)[first.index])
        return "changes", tuple(drops), place_of(use) if use is not None else None, tuple(steps)

    def _asks_for_shapes(self, event: Event) -> bool:
        """Whether a test asks for ranks, shapes and sizes only: no number of a tensor decides it."""
        todo = list(self.tapes.world.run.nodes_in(event.value))
        seen: set[int] = set()
        while todo:
            node = todo.pop()
            if node.id in seen or is_about_shape(node):
                seen.add(node.id)
                continue
            seen.add(node.id)
            if node.opaque or node.kind == "variable" or node.recorded:
                return False
            todo += [edge.node for edge in node.edges]
        return any(is_about_shape(self.tapes.world.run.graph.nodes[number]) for number in seen)

    # -- what matters

    def _ancestors(self, execution: Execution) -> list[Node]:
        key = id(execution)
        if key not in self._behind:
            self._behind[key] = self.tapes.world.run.graph.ancestors(execution.targets)
        return self._behind[key]

    def _places(self, execution: Execution) -> tuple[set[int], set[int]]:
        """The statements that decide what a target is made of, and the expressions that were recorded on the way."""
        key = id(execution)
        if key not in self._sites:
            behind = [n for n in self._ancestors(execution) if n.site is not None]
            deciding = {id(n.site.node) for n in behind if n.op == "join" and n.site is not None}
            self._sites[key] = deciding, {id(n.site.node) for n in behind if n.recorded and n.site is not None}
        return self._sites[key]

    def _matters(self, event: Event, execution: Execution) -> bool:
        """Whether a condition decides something on the way to a target that the sources reach."""
        if event.call == "assert":
            return self._is_about(event.value, execution)
        deciding, recorded = self._places(execution)
        if id(event.statement) in deciding:
            return True
        return event.statement is not None and any(id(node) in recorded for node in ast.walk(event.statement))

    def _is_about(self, value: Value, execution: Execution) -> bool:
        """Whether a value is computed from a source."""
        nodes = [n for o in options(value) if (n := _node(o)) is not None]
        mine = {n.id for n in self._nodes(execution)}
        return any(n.id in mine for n in self.tapes.world.run.graph.ancestors(nodes))

    # -- sources that one branch leaves out

    def _nodes(self, execution: Execution) -> list[Node]:
        """The nodes of all sources, in the order of the answer's bits."""
        return [node for source in execution.sources for node in source.nodes]

    def _owner(self, execution: Execution, index: int) -> int:
        """The source to which a node of `_nodes` belongs."""
        for position, source in enumerate(execution.sources):
            if index < len(source.nodes):
                return position
            index -= len(source.nodes)
        raise IndexError(index)

    def _dropped(self, execution: Execution) -> list[tuple[SourceResult, Dropped]]:
        """Every source that may get None, with the join that decides it."""
        key = id(execution)
        if key not in self._drops:
            every = [
                (source, self.dropped(execution, position) if source.outcome & NONE else None)
                for position, source in enumerate(execution.sources)
            ]
            self._drops[key] = [(source, found) for source, found in every if found is not None]
        return self._drops[key]

    def dropped(self, execution: Execution, position: int) -> Dropped | None:
        """The join at which one side has a way from a source and another has none.

        Of several the nearest to the target with a side that certainly has one: further up it is mixed with others.
        """
        answer = execution.answer
        source = execution.sources[position]
        if answer is None or not source.nodes:
            return None
        index = sum(len(s.nodes) for s in execution.sources[:position])
        mixed: Dropped | None = None
        for node in reversed(self._ancestors(execution)):
            if node.op != "join" or node.id not in answer.reached:
                continue
            sides = [(edge.node, self._at(answer, edge.node, index)) for edge in node.edges]
            using = tuple(n for n, outcome in sides if outcome & (FLOWS | ZERO))
            without = tuple(n for n, outcome in sides if outcome == NONE)
            if using and without and node.site is not None:
                found = Dropped(index, node, using, without)
                if any(not outcome & NONE for _, outcome in sides):
                    return found
                mixed = mixed or found
        return mixed

    def _at(self, answer: Answer, node: Node, index: int) -> int:
        reached = answer.reached.get(node.id)
        return reached.at(index) if reached is not None else NONE

    def _use(self, dropped: Dropped, source: Node) -> Site | None:
        """The first expression by which a side uses the source, in the branch where it lies."""
        behind = self.tapes.world.run.graph.ancestors(dropped.using)
        without = {n.id for n in self.tapes.world.run.graph.ancestors(dropped.without)}
        reached = {source.id}
        for node in behind:
            if any(e.node.id in reached and e.outcome != NONE for e in node.edges):
                reached.add(node.id)
                if not node.is_transparent and node.site is not None and node.id not in without:
                    return node.site
        return None

    def _steps(self, execution: Execution, source: SourceResult, test: Site, dropped: Dropped) -> list[Step]:
        steps: list[Step] = []
        name = source.expression
        made = next((o.site for o in options(source.value) if isinstance(o, Variable)), None)
        if made is not None:
            steps.append(Step(made.span, f"the tape watches `{name}`"))
        picks = isinstance(test.node, ast.Subscript)
        taken = "this is one of several" if picks else "Python takes one branch"
        steps.append(Step(test.span, f"{taken}, and the tape records that one"))
        use = self._use(dropped, self._nodes(execution)[dropped.index])
        if use is not None:
            steps.append(Step(use.span, f"only this branch uses `{name}`"))
        other = "another is picked" if picks else "the other branch runs"
        steps.append(Step(execution.site.span, f"TensorFlow returns None for `{name}` when {other}"))
        return steps

    # -- cuts

    def cut(self, execution: Execution, position: int) -> Cut | None:
        """The branch that leaves a source of a gradient call out, as a cut; None where no condition does."""
        source = execution.sources[position]
        if source.outcome == NONE:
            return self._left_out(execution, source)
        dropped = self.dropped(execution, position)
        if dropped is None or dropped.join.site is None or dropped.join.detail == "graph":
            return None
        if self._losing(dropped, source):
            return None
        test = _test(dropped.join.site)
        if test is None or not self._depends_on_data(dropped.join.site.node):
            return None
        use = self._use(dropped, self._nodes(execution)[dropped.index])
        steps = self._steps(execution, source, test, dropped)
        return self._made(execution, source, test, use, steps, False)

    def losing(self, execution: Execution, position: int) -> list[Node]:
        """The sides of a branch that are computed from a source and lose its gradient on the way."""
        source = execution.sources[position]
        dropped = self.dropped(execution, position) if source.outcome & NONE else None
        return self._losing(dropped, source) if dropped is not None else []

    def _losing(self, dropped: Dropped, source: SourceResult) -> list[Node]:
        graph = self.tapes.world.run.graph
        mine = {n.id for n in source.nodes}
        return [n for n in dropped.without if any(a.id in mine for a in graph.ancestors([n]))]

    def _depends_on_data(self, statement: ast.AST) -> bool:
        """Whether a test's value comes from numbers that are computed, not from an option that nobody can see."""
        if isinstance(statement, (ast.Call, ast.Subscript)):
            return True
        value = self.tapes.tests.get(id(statement))
        return value is not None and any(is_tensor(o) or isinstance(o, Data) for o in options(value))

    def _left_out(self, execution: Execution, source: SourceResult) -> Cut | None:
        """An arm that never runs uses the source, and nothing else on the way does."""
        behind = {n.id for n in self._ancestors(execution)}
        mine = {n.id for n in source.nodes} - behind
        if not mine or len(mine) != len(source.nodes):
            return None
        for event in self.tapes.events:
            if event.word != "left out" or execution.recording not in event.active or event.statement is None:
                continue
            node = next((n for n, found in event.named if found in mine), None)
            holds = self.tapes.world.run.truth(event.value)
            if node is None or not self._is_on_the_way(event.statement, execution, bool(holds)):
                continue
            use = Site(event.site.source, node)
            value = "true" if holds else "not true"
            steps = [
                Step(event.site.span, f"this is {value} here: one branch never runs"),
                Step(use.span, f"only that branch uses `{source.expression}`"),
                Step(execution.site.span, f"TensorFlow returns None for `{source.expression}`"),
            ]
            return self._made(execution, source, event.site, use, steps, True)
        return None

    def _is_on_the_way(self, statement: ast.AST, execution: Execution, holds: bool) -> bool:
        """Whether the arm that runs, or what the other would have assigned, leads to the target."""
        inside = {id(node) for node in ast.walk(statement)}
        if any(n.site is not None and id(n.site.node) in inside and n.recorded for n in self._ancestors(execution)):
            return True
        if isinstance(statement, ast.If) and not statement.orelse:
            return True
        arm = (statement.body if holds else statement.orelse) if isinstance(statement, (ast.If, ast.IfExp)) else []
        parts = arm if isinstance(arm, list) else [arm]
        return bool(parts) and not any(isinstance(n, COMPUTING) for part in parts for n in ast.walk(part))

    def _made(
        self,
        execution: Execution,
        source: SourceResult,
        test: Site,
        use: Site | None,
        steps: Sequence[Step],
        certain: bool,
    ) -> Cut:
        rest = [("condition", place_of(test))]
        detail = "pick" if isinstance(test.node, ast.Subscript) else ""
        if use is not None:
            rest.append(("use", place_of(use)))
        return Cut(
            reason="branch", outcome="none", place=place_of(test), statement=self.syntax.statement_span(test),
            result=source.expression, sources=(source.expression,), steps=tuple(steps), certain=certain,
            in_graph=execution.in_graph, rest=tuple(rest), detail=detail,
        )  # fmt: skip


def why_raises(syntax: Syntax, event: Event) -> list[Step]:
    """Why AutoGraph leaves a condition as it is, and what comes of it."""
    steps: list[Step] = []
    site: Site | None = event.site
    chain = event.chain
    kind = event.call.removeprefix("condition ")
    reason = _UNCONVERTED.get(kind, "AutoGraph is off here")
    while site is not None and kind not in _UNCONVERTED:
        function = syntax.function(site)
        inside = syntax.parent(Site(site.source, function)) if function is not None else None
        if isinstance(function, ast.FunctionDef) and function.name in KERAS_CALLS and isinstance(inside, ast.ClassDef):
            reason = f"Keras runs `{function.name}` without AutoGraph"
            break
        site, chain = (chain.site, chain.outer) if chain is not None else (None, None)
    if event.chain is not None and event.chain.site.span != event.site.span:
        steps.append(Step(event.chain.site.span, "this runs while a graph is made"))
    said = f"{reason}: a tensor without a value cannot decide"
    if event.error != IN_GRAPH:
        said = "a graph decides by one truth, and this is a number, or several"
    steps.append(Step(event.site.span, said))
    return steps


KERAS_CALLS = ("call", "train_step", "test_step", "predict_step")
_UNCONVERTED = {
    "assert": "AutoGraph does not convert an `assert`",
    "comprehension": "AutoGraph does not convert a comprehension",
    "call": "Python's own function asks which is larger, or true",
}


def _test(site: Site) -> Site | None:
    """The test of the statement that decides."""
    node = site.node
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        return Site(site.source, node.test)
    if isinstance(node, ast.BoolOp):
        return Site(site.source, node.values[0])
    return site if isinstance(node, (ast.Call, ast.Subscript)) else None


def _node(value: Value) -> Node | None:
    return value.node if isinstance(value, (Data, Opaque, Variable)) else None


def _graver(first: Condition, second: Condition) -> Condition:
    """Of two times that a condition was evaluated, the one that matters more; with the sources of both."""
    best = max((first, second), key=lambda c: RANK.index(c.effect))
    return replace(best, drops=tuple(dict.fromkeys((*first.drops, *second.drops))))
