"""Regularizers and constraints of Keras: objects that are called with a weight, or with what a layer gives."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Value

from . import apply
from .keras import LayerInfo
from .names import OLD_KERAS, is_of_keras
from .world import Libraries, Registry

KINDS = ("regularizer", "constraint")


def register(registry: Registry) -> None:
    """Add them."""
    registry.families.append(_make)
    for kind in KINDS:
        registry.calls[kind] = _call
        registry.attributes[kind] = _attribute


def _make(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    fact = world.facts.fact(name) if is_of_keras(name) else None
    if fact is None or fact.kind not in KINDS:
        return None
    return Cell(world.run.uid(), fact.kind, LayerInfo(fact.name, fact, args, name.startswith(OLD_KERAS)), site)


def _call(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    info: LayerInfo = callee.info
    assert info.fact is not None
    if apply.misfit(info.fact.call_parameters, args):
        return apply.unfollowed(world, args, site)
    given = apply.bind(info.fact.call_parameters, args)
    effect = info.fact.effect(*apply.constants(world, apply.bind(info.fact.parameters, info.args)))
    return apply.answer(world, info.name, effect, given, site)


def _attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value:
    return world.run.opaque(site, [base], hint=name, op="attribute")
