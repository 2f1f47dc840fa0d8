"""What is not wrong and costs memory or time: work that a tape records for nothing, tapes that are kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapelint.diagnostic import Step
from tapelint.findings.found import Found, made
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.graph import Site
from tapelint.tapes.journal import Event, Execution
from tapelint.tapes.tape import Tapes

LOOPS = (ast.For, ast.AsyncFor, ast.While)


def notes(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """All that is worth a note."""
    yield from _gradients_inside(tapes, syntax)
    for event in tapes.events:
        if event.word == "update" and event.active and not event.dead:
            yield _update_inside(tapes, syntax, event)
    yield from _kept(tapes, syntax)


def _gradients_inside(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """Gradients that a persistent tape records itself, and that nobody differentiates again."""
    for execution in tapes.executions:
        if execution.dead or execution.error or execution.info.persistent is not True:
            continue
        if execution.recording not in execution.active or _differentiated(tapes, execution):
            continue
        rest = []
        if execution.tape.site is not None:
            rest.append(("tape", place_of(execution.tape.site)))
        steps = [Step(execution.site.span, "the tape is persistent and still records: it records this too")]
        problem = made(syntax, "gradient inside tape", execution.site, steps=steps, rest=rest)
        yield Found(problem, execution, execution.recording)


def _differentiated(tapes: Tapes, execution: Execution) -> bool:
    """Whether a later gradient call is asked for something computed from this one's result."""
    mine = {key for key, (owner, _) in tapes.gradients.items() if owner is execution}
    if not mine:
        return True
    later = [e for e in tapes.executions if e is not execution and any(n.id >= min(mine) for n in e.targets)]
    graph = tapes.world.run.graph
    return any(node.id in mine for e in later for node in graph.ancestors(e.targets))


def _update_inside(tapes: Tapes, syntax: Syntax, event: Event) -> Found:
    recording = event.active[-1]
    cell = tapes.recordings.get(recording)
    rest = [("tape", place_of(cell.site))] if cell is not None and cell.site is not None else []
    steps = [Step(event.site.span, "the tape still records here")]
    return Found(made(syntax, "update inside tape", event.site, steps=steps, rest=rest), None, recording)


# -- tapes that are kept


def _kept(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    seen: set[int] = set()
    for entered in tapes.entered:
        cell = entered.tape
        if cell.site is None or cell.info.persistent is not True or id(cell.site.node) in seen:
            continue
        seen.add(id(cell.site.node))
        mine = [e for e in tapes.executions if e.tape.site == cell.site and not e.dead]
        if mine and not any(e.error for e in mine):
            text = _why_kept(syntax, cell.site, mine)
            if text:
                steps = [Step(cell.site.span, text)]
                yield Found(
                    made(syntax, "persistent tape kept", cell.site, text=text, steps=steps), None, entered.recording
                )


def _why_kept(syntax: Syntax, site: Site, mine: list[Execution]) -> str:
    """In what way a persistent tape is more than is needed; "" if it is not."""
    name = _name(syntax, site)
    scope = syntax.function(site)
    where = scope if scope is not None else site.source.tree
    if not name or _deletes(where, name) or _leaves(where, name):
        return ""
    counts: dict[int, int] = {}
    for execution in mine:
        counts[execution.recording] = counts.get(execution.recording, 0) + 1
    inside = any(e.recording in e.active for e in mine)
    here = all(syntax.function(e.site) is scope for e in mine)  # who knows how often another function is called
    if set(counts.values()) == {1} and not inside and here and all(e.method == "gradient" for e in mine):
        return f"`{name}` is asked once and need not be persistent"
    if scope is None and max(counts.values()) > 1 and _in_loop(syntax, site):
        return (
            f"`{name}` is persistent and never deleted: all that it recorded is kept until the next round replaces it"
        )
    return ""


def _name(syntax: Syntax, site: Site) -> str:
    parent = syntax.parent(site)
    target = getattr(parent, "optional_vars", None) or (parent.targets[0] if isinstance(parent, ast.Assign) else None)
    return target.id if isinstance(target, ast.Name) else ""


def _deletes(scope: ast.AST, name: str) -> bool:
    targets = [t for node in ast.walk(scope) if isinstance(node, ast.Delete) for t in node.targets]
    return any(isinstance(t, ast.Name) and t.id == name for t in targets)


def _leaves(scope: ast.AST, name: str) -> bool:
    """Whether the tape is used otherwise than by its methods: handed on, returned, stored."""
    owners = {id(n.value) for n in ast.walk(scope) if isinstance(n, ast.Attribute)}
    loads = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    return any(id(n) not in owners for n in loads)


def _in_loop(syntax: Syntax, site: Site) -> bool:
    at = syntax.parent(site)
    while at is not None and not isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        if isinstance(at, LOOPS):
            return True
        at = syntax.parent(Site(site.source, at))
    return False
