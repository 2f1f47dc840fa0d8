"""Python conditions as tapes see them: those on a tensor, and what a decided one leaves out while a tape records."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tapelint.flow import values
from tapelint.flow.core import Frame
from tapelint.flow.functions import following
from tapelint.flow.graph import Site
from tapelint.flow.interpreter import Interpreter
from tapelint.flow.values import UNBOUND, Cell, Const, Data, Tuple, Value, Variable, options
from tapelint.libraries.keras.symbols import is_symbol
from tapelint.libraries.refusals import protocols
from tapelint.tapes.journal import Event

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes


def note(tapes: Tapes, kind: str, value: Value, test: ast.expr, frame: Frame, statement: ast.AST) -> None:
    """Take down a condition that was evaluated, if it is of interest; on a graph's tensor it raises."""
    site = Site(frame.source, test)
    tapes.tests[id(statement)] = value
    if is_symbol(tapes.world, value):
        tapes.world.raised("TypeError", site, "truth of a symbolic tensor")
    error = protocols.of_condition(tapes.world, kind, value, statement)
    if is_tensor(value):
        refused = error if error == protocols.IN_GRAPH else ""
        tapes.take_down(Event("condition", site, value, call=kind, error=refused, statement=statement))
    if error:
        tapes.world.raised(error, site, f"condition {kind}" if tapes.world.run.graph_mode else "truth")
    elif not (is_tensor(value) and tapes.world.staged(value)):
        _note_left_out(tapes, value, site, statement, frame)


def is_tensor(value: Value) -> bool:
    """Whether a value, or one of its alternatives, is a tensor or variable."""
    return any(map(values.is_tensor, options(value)))


# -- what is left out


def _note_left_out(tapes: Tapes, value: Value, site: Site, statement: ast.AST, frame: Frame) -> None:
    """An arm that is known not to run, while a tape records: what the names in it stand for."""
    if not tapes.active() or not isinstance(statement, (ast.If, ast.IfExp)):
        return
    truth = tapes.world.run.truth(value)
    if truth is None:
        return
    arm = _left_out(statement, truth, frame)
    named = [(node, id_) for each in arm for node in _used(each) for id_ in _ids_of(tapes.world.run, node)]
    if named:
        tapes.take_down(Event("left out", site, Const(truth), statement=statement, named=tuple(named)))


def _left_out(statement: ast.If | ast.IfExp, truth: bool, frame: Frame) -> list[ast.AST]:
    """The code that does not run; after a body that ends the function what follows is the other arm."""
    arm = statement.orelse if truth else statement.body
    if truth and isinstance(statement, ast.If) and not arm and isinstance(statement.body[-1], ast.Return):
        return [*following(frame.function.node, statement)] if frame.function is not None else []
    return [*arm] if isinstance(arm, list) else [arm]


def _used(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the names that are only handed back as they are."""
    if isinstance(node, ast.Return):
        parts = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else [node.value]
        children: list[ast.AST] = [p for p in parts if p is not None and not isinstance(p, (ast.Name, ast.Attribute))]
    else:
        yield node
        children = [*ast.iter_child_nodes(node)]
    for child in children:
        yield from _used(child)


def _ids_of(run: Interpreter, node: ast.AST) -> list[int]:
    """The ids of the graph's nodes (variables, weights, tensors) that a name, or an attribute of one, stands for."""
    value = _named(run, node)
    if isinstance(value, Cell) and value.kind == "layer":
        weights = run.state.get((value.uid, "weights"))
        every = (*options(weights), *(weights.items if isinstance(weights, Tuple) else ()))
        return [weight.node.id for weight in every if isinstance(weight, Variable)]
    return [option.node.id for option in options(value) if isinstance(option, (Variable, Data))]


def _named(run: Interpreter, node: ast.AST) -> Value:
    """What a name, or an attribute of an object's name, holds where it is read; UNBOUND for any other code."""
    if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
        return UNBOUND
    if isinstance(node, ast.Name):
        return run.look_up(node.id)
    base = run.look_up(node.value.id) if isinstance(node.value, ast.Name) else UNBOUND
    return run.state.get((base.uid, node.attr)) if isinstance(base, Cell) else UNBOUND
