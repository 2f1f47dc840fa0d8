"""A tape that leaves the code that can be seen: what leaves with it may become its target."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tapelint.flow.core import Core
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import Node, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import Cell, Data, Flag, Function, Opaque, Value
from tapelint.tapes.backprop import Question, connect
from tapelint.tapes.journal import Execution, SourceResult

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes

LEAVES = "leaves"


def leave(tapes: Tapes, value: Value, site: Site) -> None:
    """Note, for each tape in what leaves at a place, the sources that no value beside it is joined to any more."""
    values = list(_deep(tapes.world.run, value, set()))
    for cell in values:
        if isinstance(cell, Cell) and cell.kind == "tape":
            rec = tapes.recording(cell)
            if rec is not None:
                _note(tapes, cell, rec, values, site)


def _note(tapes: Tapes, cell: Cell, rec: int, values: list[Value], site: Site) -> None:
    begin = min((e.at for e in tapes.entered if e.recording == rec), default=0)
    targets = [v.node for v in values if isinstance(v, Data) and v.node.id >= begin and v.dtype in ("f", "c")]
    watched = _watched(tapes, rec, targets)
    if not targets or not watched:
        return
    run = tapes.world.run
    answer = connect(run, Question(rec, targets, watched, lambda node: tapes.known(node, rec)))
    execution = Execution(site, LEAVES, cell, rec, run.chain, run.ended(), False, Data(targets[0]), targets=targets)
    for node, outcome in zip(watched, answer.outcomes, strict=False):
        if outcome == NONE:
            execution.sources.append(SourceResult("", Opaque(node), [node], outcome))
    execution.watched = frozenset(n.id for n in watched)
    execution.answer = answer
    tapes.left.append(execution)


def _watched(tapes: Tapes, rec: int, targets: list[Node]) -> list[Node]:
    state = tapes.world.run.state
    behind = tapes.world.run.graph.ancestors(targets)
    return [n for n in behind if n.op != "weights" and isinstance(state.get((rec, f"watch {n.id}")), Flag)]


def _deep(core: Core, value: Value, seen: set[int]) -> Iterator[Value]:
    yield value
    if not (isinstance(value, Cell) and value.kind == "tape"):
        for inner in core.inside(value, seen):
            yield from _deep(core, inner, seen)


def returning(site: Site, function: Function | None) -> Site:
    """The last `return` of a function."""
    if function is None:
        return site
    returns = [n for n in own_nodes(function.node) if isinstance(n, ast.Return)]
    return Site(site.source, max(returns, key=lambda n: n.lineno)) if returns else site
