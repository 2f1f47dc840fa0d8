"""The sources of a gradient call, one by one, named as a user would name them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.graph import Site
from tapelint.flow.values import UNBOUND, Cell, Const, Many, Names, OneOf, Opaque, Tuple, Value, Variable
from tapelint.libraries.keras import keras, weights
from tapelint.libraries.keras.layer_members import WEIGHT_LISTS
from tapelint.libraries.keras.unseen import LISTED
from tapelint.libraries.structures import by_key, in_order

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes


@dataclass(frozen=True, slots=True)
class Listed:
    """One source: what a user would call it, and its value. `unknown`: it stands for several that are not known."""

    expression: str
    value: Value
    unknown: bool = False


def listed(tapes: Tapes, value: Value, place: ast.AST | None) -> list[Listed] | None:
    """The sources of a call in TensorFlow's order; None where their number is not known."""
    text = _text(tapes, place)
    if value is UNBOUND:
        return None
    return _taken_apart(tapes, value, text, place)


def _text(tapes: Tapes, place: ast.AST | None) -> str:
    return Site(tapes.world.run.frame.source, place).text() if place is not None else ""


def _taken_apart(tapes: Tapes, value: Value, text: str, place: ast.AST | None) -> list[Listed] | None:
    run = tapes.world.run
    if isinstance(value, OneOf) and any(in_order(run, o) is not None for o in value.options):
        rows = [_taken_apart(tapes, o, text, place) for o in value.options if not isinstance(o, Const)]
        known = [r for r in rows if r is not None]
        if len(known) == len(rows) and known and len({len(r) for r in known}) == 1:
            return [Listed(c[0].expression, run.join_all([x.value for x in c])) for c in zip(*known, strict=True)]
        return None
    if isinstance(value, Cell) and value.kind == "dict":
        return _dict(tapes, value, text)
    items = in_order(run, value)
    if isinstance(items, Many):
        return [Listed(text, items.element)] if _one_stands_for_all(items.element) else None
    if items is None:
        return _side_by_side(value, text) if isinstance(value, Opaque) else [Listed(text, value)]
    names = weight_names(tapes, place)
    whole = f"({text})" if isinstance(place, (ast.BinOp, ast.BoolOp, ast.IfExp)) else text
    found: list[Listed] = []
    written = place.elts if isinstance(place, (ast.List, ast.Tuple)) and len(place.elts) == len(items.items) else None
    starred = written is not None and any(isinstance(e, ast.Starred) for e in written)
    for index, item in enumerate(items.items):
        inner = written[index] if written is not None and not starred else None
        name = _text(tapes, inner) if inner is not None else ""
        name = name or (names.get(item.uid, "") if isinstance(item, Variable) else "") or f"{whole}[{index}]"
        more = _taken_apart(tapes, item, name, inner)
        if more is None:
            return None
        found += _named_apart(more, {one.expression for one in found}, f"{whole}[{index}]")
    return found


def _named_apart(more: list[Listed], seen: set[str], place: str) -> list[Listed]:
    """The sources at a place, each under a name that no source before has."""
    again = [place] if len(more) == 1 else [f"{place}[{i}]" for i in range(len(more))]
    return [
        replace(one, expression=name) if one.expression in seen else one for one, name in zip(more, again, strict=True)
    ]


def _side_by_side(value: Opaque, text: str) -> list[Listed]:
    """The variables of several models in one list, model by model where one cannot be seen."""
    if value.node.op != LISTED or value.node.site is None:
        return [Listed(text, value)]
    source = value.node.site.source
    places = [edge.argument for edge in value.node.edges]
    names = [Site(source, p).text() if p is not None else f"{text}[{i}]" for i, p in enumerate(places)]
    return [Listed(name, Opaque(edge.node)) for name, edge in zip(names, value.node.edges, strict=True)]


def _one_stands_for_all(element: Value) -> bool:
    return isinstance(element, Opaque) and element.node.op == "weights"


def _dict(tapes: Tapes, value: Cell, text: str) -> list[Listed] | None:
    known = containers.pairs(tapes.world.run, value)
    if known is None or not all(isinstance(k, Const) for k, _ in known):
        return None
    found: list[Listed] = []
    for key, item in by_key(tapes.world, value) or known:
        more = _taken_apart(tapes, item, f"{text}[{getattr(key, 'value', '')!r}]", None)
        if more is None:
            return None
        found += more
    return found


# -- names of weights


def weight_names(tapes: Tapes, place: ast.AST | None) -> dict[int, str]:
    """`model.hidden.kernel` for each weight of the models whose lists of variables are asked for, by identity."""
    if isinstance(place, ast.BinOp):
        return {**weight_names(tapes, place.right), **weight_names(tapes, place.left)}
    if not isinstance(place, ast.Attribute) or place.attr not in WEIGHT_LISTS:
        return {}
    try:
        base = tapes.world.run.evaluate(place.value) if isinstance(place.value, (ast.Name, ast.Attribute)) else UNBOUND
    except RecursionError:
        return {}
    names: dict[int, str] = {}
    if isinstance(base, Cell):
        _collect(tapes, base, _text(tapes, place.value), names, set())
    return names


def _collect(tapes: Tapes, cell: Cell, text: str, names: dict[int, str], seen: set[int]) -> None:
    if cell.uid in seen or len(text) > 80:
        return
    seen.add(cell.uid)
    state = tapes.world.run.state
    if cell.kind == "layer":
        for weight in keras.own_weights(tapes.world, cell):
            if isinstance(weight, Variable):
                names.setdefault(weight.uid, f"{text}.{weight.name}")
        inside = weights.listed_layers(tapes.world, cell)
        for index, layer in enumerate(inside):
            if isinstance(layer, Cell):
                runs = getattr(cell.info, "name", "") == "keras.layers.RNN" and len(inside) == 1
                held = "cell" if runs else f"layers[{index}]"
                _collect(tapes, layer, f"{text}.{held}", names, seen)
        return
    if (part := weights.part_of(tapes.world, cell)) is not None:
        _collect(tapes, part, text, names, seen)
    fields = state.get((cell.uid, "__names__"))
    for name in fields.names if isinstance(fields, Names) else ():
        _collect_value(tapes, state.get((cell.uid, name)), f"{text}.{name}", names, seen)


def _collect_value(tapes: Tapes, value: Value, text: str, names: dict[int, str], seen: set[int]) -> None:
    if isinstance(value, Variable):
        names.setdefault(value.uid, text)
    elif isinstance(value, Cell) and value.kind in ("layer", "instance"):
        _collect(tapes, value, text, names, seen)
    elif isinstance(value, Cell) and value.kind == "dict":
        for key, item in containers.pairs(tapes.world.run, value) or []:
            _collect_value(tapes, item, f"{text}[{getattr(key, 'value', '')!r}]", names, seen)
    else:
        items = in_order(tapes.world.run, value)
        for index, item in enumerate(items.items if isinstance(items, Tuple) else ()):
            _collect_value(tapes, item, f"{text}[{index}]", names, seen)
