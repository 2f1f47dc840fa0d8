"""Models at the wrong time: variables that are asked for before there are any, layers that are never called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tapelint.diagnostic import Step
from tapelint.findings.found import Found, made
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Class, Const, Library, Tuple
from tapelint.libraries.keras.keras import LayerInfo
from tapelint.libraries.keras.weights import is_keras
from tapelint.libraries.names import is_of_keras
from tapelint.tapes.journal import Event, Execution
from tapelint.tapes.tape import Tapes


def unbuilt(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """Gradient calls without sources, and layers without variables."""
    for execution in tapes.executions:
        if not execution.sources and not execution.dead and not execution.error and _is_empty(execution):
            yield _no_sources(tapes, syntax, execution)
    yield from _unused_layers(tapes, syntax)


# -- no sources


def _is_empty(execution: Execution) -> bool:
    asked = execution.asked
    return asked == Tuple(()) or (isinstance(asked, Cell) and asked.kind in ("list", "dict"))


def _no_sources(tapes: Tapes, syntax: Syntax, execution: Execution) -> Found:
    read = _read_too_early(tapes, syntax, execution)
    place = execution.sources_place
    own = Site(execution.site.source, place) if isinstance(place, ast.expr) else execution.site
    site = read.site if read is not None else own
    steps = []
    text = f"`{own.text(40)}` is an empty list"
    if read is not None:
        steps.append(Step(read.site.span, "the model has no variables yet: this is an empty list"))
        called = _first_call(tapes, read)
        if called is not None:
            steps.append(Step(called.span, "its variables are made here"))
        text = ""
    steps.append(Step(execution.site.span, "there is nothing to differentiate by: an empty list comes back"))
    rest = [("gradient", place_of(execution.site))]
    problem = made(syntax, "no sources", site, text=text, steps=steps, sources=(own.text(40),), rest=rest)
    return Found(problem, execution, execution.recording)


def _read_too_early(tapes: Tapes, syntax: Syntax, execution: Execution) -> Event | None:
    """The reading of an unbuilt model's variables that the sources come from."""
    early = [e for e in tapes.events if e.word == "read before build" and not e.dead]
    asked = execution.asked
    for event in early:
        if isinstance(asked, Cell) and asked.site is not None and asked.site == event.site:
            return event
    name = Site(execution.site.source, execution.sources_place).text() if execution.sources_place is not None else ""
    for event in early:
        statement = syntax.statement(event.site)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(t, ast.expr) and Site(event.site.source, t).text() == name for t in targets):
            return event
    return None


def _first_call(tapes: Tapes, read: Event) -> Site | None:
    """Where a model that was read too early is called for the first time."""
    later = tapes.events[tapes.events.index(read) :]
    return next((e.site for e in later if e.word == "called" and e.value == read.value), None)


# -- layers that are never called


def _unused_layers(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    called = {e.value.uid for e in tapes.events if e.word == "called" and isinstance(e.value, Cell)}
    seen: set[tuple[int, str]] = set()
    for event in tapes.events:
        if event.word != "ran" or event.dead or not isinstance(event.value, Tuple):
            continue
        owner, fields = event.value.items
        if not (isinstance(owner, Cell) and isinstance(owner.info, Class) and isinstance(fields, Tuple)):
            continue
        for pair in fields.items:
            name, layer = pair.items if isinstance(pair, Tuple) else (Const(""), pair)
            assert isinstance(name, Const)
            key = (owner.info.uid, name.value)
            if key in seen or not isinstance(layer, Cell) or layer.uid in called or not _has_weights(tapes, layer):
                continue
            seen.add(key)
            site = _made_at(tapes, owner.info, name.value)
            classes = [c.node for c in tapes.world.run.lineage(owner.info) if isinstance(c, Class)]
            if site is not None and not _is_mentioned(site, classes, name.value):
                yield _unused(syntax, site, event, owner.info)


def _has_weights(tapes: Tapes, layer: Cell) -> bool:
    """Whether a layer would have variables of its own."""
    if layer.kind == "instance":
        return isinstance(layer.info, Class) and is_keras(tapes.world, layer)
    info = layer.info
    return isinstance(info, LayerInfo) and info.fact is not None and bool(info.fact.weights)


def _made_at(tapes: Tapes, cls: Class, name: str) -> Site | None:
    """The one place in a class where `self.name` is assigned."""
    run = tapes.world.run
    bases = [base for base in run.lineage(cls) if isinstance(base, Class)]
    if any(isinstance(base, Library) and not is_of_keras(base.name) for base in run.lineage(cls)):
        return None
    found = [
        Site(run.module_source(base.module), target)
        for base in bases
        for node in ast.walk(base.node)
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == name and isinstance(target.value, ast.Name)
    ]
    return found[0] if len(found) == 1 else None


def _is_mentioned(site: Site, classes: Sequence[ast.ClassDef], name: str) -> bool:
    """Whether the file uses the attribute anywhere by its name, or the class's own code in a way that needs none."""
    for node in site.source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Constant) and node.value == name:
            return True
    for node in (inner for cls in classes for inner in ast.walk(cls)):
        if isinstance(node, ast.Attribute) and node.attr in ("layers", "__dict__", "submodules", "_layers"):
            of_object = isinstance(node.value, ast.Name) and node.value.id not in site.source.imports
            if of_object:
                return True
        if isinstance(node, ast.Name) and node.id in ("getattr", "vars"):
            return True
    return False


def _unused(syntax: Syntax, site: Site, event: Event, cls: Class) -> Found:
    steps = [
        Step(site.span, "the layer is made here"),
        Step(event.site.span, f"`{cls.name}` runs, and does not call it: it has no variables"),
    ]
    return Found(made(syntax, "unused layer", site, steps=steps), None, event.active[-1] if event.active else None)
