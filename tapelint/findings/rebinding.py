"""Variables that a program replaces by tensors: from the next round on the tape does not know the name's value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapelint.diagnostic import Step
from tapelint.findings.found import Found, made
from tapelint.findings.paths import Syntax, place_of, way
from tapelint.flow.graph import Node, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import Data, Variable, options
from tapelint.source import walk
from tapelint.tapes.journal import Execution, SourceResult
from tapelint.tapes.tape import Tapes

Key = tuple[str, str]


def rebound(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """Every source that was a variable in one gradient call, and in a later one is a tensor made from it."""
    earlier: dict[Key, list[tuple[Execution, Variable]]] = {}
    flowing: dict[tuple[str, int], Execution] = {}
    for execution in tapes.executions:
        if execution.dead:
            continue
        for source in execution.sources:
            key = (execution.site.source.path, source.expression)
            variable = _variable(source)
            if variable is None:
                if key in earlier and source.outcome == NONE:
                    yield from _named(tapes, syntax, earlier[key], execution, source)
                continue
            earlier.setdefault(key, []).append((execution, variable))
            place = (execution.site.source.path, variable.uid)
            if source.outcome == FLOWS:
                flowing.setdefault(place, execution)
            elif source.outcome == NONE and place in flowing and flowing[place].site.span == execution.site.span:
                yield from _left_behind(tapes, syntax, flowing[place], execution, source, variable)


def _variable(source: SourceResult) -> Variable | None:
    return next((o for o in options(source.value) if isinstance(o, Variable)), None)


def _named(
    tapes: Tapes, syntax: Syntax, before: list[tuple[Execution, Variable]], execution: Execution, source: SourceResult
) -> Iterator[Found]:
    """The source's name stands for a tensor now, made from one of the variables that it stood for before."""
    value = source.value
    if not isinstance(value, Data) or value.node.site is None or value.kind != "tensor":
        return
    if value.node.id in execution.watched:
        return
    behind = {node.id for node in tapes.world.run.graph.ancestors([value.node])}
    found = next((each for each in before if each[1].node.id in behind), None)
    if found is None:
        return
    first, variable = found
    site = _binding(syntax, value.node.site, source.expression)
    yield _found(syntax, first, execution, source, variable, site)


def _left_behind(
    tapes: Tapes, syntax: Syntax, first: Execution, execution: Execution, source: SourceResult, variable: Variable
) -> Iterator[Found]:
    """An attribute was given a tensor; the list of variables still has the variable, which nothing uses any more."""
    hops = way(tapes.world.run.graph, execution.recording, variable.node, execution.targets)
    lost = next((h.node for h in hops or () if _unrecorded(h.node, execution.recording)), None)
    if lost is None or lost.site is None:
        return
    statement = syntax.statement(lost.site)
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    if any(isinstance(t, (ast.Attribute, ast.Subscript)) for t in targets):
        yield _found(syntax, first, execution, source, variable, lost.site)


def _unrecorded(node: Node, rec: int) -> bool:
    return not node.is_transparent and not node.recorded.get(rec)


def _found(
    syntax: Syntax, first: Execution, execution: Execution, source: SourceResult, variable: Variable, site: Site
) -> Found:
    name = source.expression
    steps: list[Step] = []
    rest = [("gradient", place_of(execution.site))]
    if variable.site is not None:
        steps.append(Step(variable.site.span, f"`{name}` is a variable"))
        rest.append(("definition", place_of(variable.site)))
    again = first.site.span == execution.site.span
    steps.append(Step(first.site.span, "its gradient is there the first time" if again else "its gradient is there"))
    steps.append(Step(site.span, f"from here on `{name}` is a plain tensor"))
    end = (
        "TensorFlow returns None for it from the second round on" if again else f"TensorFlow returns None for `{name}`"
    )
    steps.append(Step(execution.site.span, end))
    problem = made(syntax, "rebound source", site, steps=steps, sources=(name,), rest=rest)
    return Found(problem, execution, execution.recording)


def _binding(syntax: Syntax, site: Site, name: str) -> Site:
    """Where the name takes the value: the value's own expression, or a later assignment of it."""
    statement = syntax.statement(site)
    if name.split("[")[0] in _targets(site, statement):
        return site
    function = syntax.function(site)
    line = getattr(statement, "lineno", 0)
    for node in walk(function) if function is not None else site.source.nodes:
        if isinstance(node, ast.Assign) and node.lineno > line and name.split("[")[0] in _targets(site, node):
            return Site(site.source, node.value)
    return site


def _targets(site: Site, statement: ast.AST) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    every = [e for t in targets for e in (t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t])]
    return {Site(site.source, t).text(60).split("[")[0] for t in every if isinstance(t, ast.expr)}
