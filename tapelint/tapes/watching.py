"""What a tape watches: `watch` as a program calls it, and the variables that were read while it recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Node, Site
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    options,
)
from tapelint.libraries import natures
from tapelint.libraries.keras import unseen
from tapelint.libraries.structures import flattened
from tapelint.libraries.world import Libraries
from tapelint.tapes.journal import Event

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes


def watch(tapes: Tapes, tape: Cell, args: Arguments, site: Site) -> Value:
    """`tape.watch(tensor)`."""
    rec = tapes.recording(tape)
    leaves = _leaves(tapes.world, args.get(0, "tensor"))
    watched = leaves[0] if len(leaves) == 1 else Tuple(tuple(leaves))
    tapes.take_down(Event("watch", site, watched, args, recording=rec))
    if rec is None or tapes.is_spent(tape):
        tapes.world.raised("AttributeError", site, "GradientTape.watch")
        return NO_VALUE
    for leaf in leaves if tapes.active() or tape.info.library != "tensorflow" else ():  # else it does nothing
        _watch_one(tapes, rec, leaf, site)
    return NO_VALUE


def _leaves(world: Libraries, value: Value) -> list[Value]:
    leaves = flattened(world, value)
    if leaves is not None:
        return leaves
    items = containers.sequence(world.run, value)
    return [items.element] if isinstance(items, Many) else [value]


def _watch_one(tapes: Tapes, rec: int, value: Value, site: Site) -> None:
    several = isinstance(value, OneOf)
    for option in options(value):
        if isinstance(option, Many):
            _watch_one(tapes, rec, option.element, site)
        if is_refused(option):
            if not several:
                tapes.world.raised("ValueError", site, "GradientTape.watch")
            continue
        if isinstance(option, Opaque) and unseen.is_weights(option):
            tapes.world.known.watched_models.update([option.node.id, *(edge.node.id for edge in option.node.edges)])
        if isinstance(option, (Data, Opaque, Variable)):
            _mark(tapes, rec, option.node, not several)
        if isinstance(option, Opaque) and option.node.op == "attribute":  # a variable's handle stands for it
            for edge in option.node.edges:
                _mark(tapes, rec, edge.node, False)
        if isinstance(option, Opaque) or (isinstance(option, Cell) and option.kind == "instance"):
            tapes.perhaps_watched(rec, _may_be(tapes, option, site))
        if isinstance(option, Variable):
            note(tapes, rec, option)


def _may_be(tapes: Tapes, value: Value, site: Site) -> list[Node]:
    """The nodes that something unknown, or what lies in it, may be: unknown code gives back what it was given, too."""
    first = tapes.world.run.node_of(value, site)
    todo, found = [first] if first is not None else [], dict[int, Node]()
    while todo:
        node = todo.pop()
        for edge in node.edges if node.opaque or node.is_transparent or node is first else ():
            if edge.node.id not in found:
                found[edge.node.id] = edge.node
                todo.append(edge.node)
    tapes.world.run.spend(len(found) / 16)
    return list(found.values())


def is_refused(value: Value) -> bool:
    """Whether `watch` raises for a value: it is neither a tensor nor a `tf.Variable`."""
    if isinstance(value, Variable):
        return value.flavor == "keras"
    said = natures.error(value, natures.WATCHED)
    return bool(said) and not said.startswith("?")


def _mark(tapes: Tapes, rec: int, node: Node, sure: bool) -> None:
    flag = tapes.watch_flag(rec, node)
    if flag is UNBOUND:
        tapes.world.run.state.set((rec, f"since {node.id}"), Const(len(tapes.world.run.graph.nodes)))
    if not (isinstance(flag, Flag) and flag.sure):
        tapes.set_watched(rec, node, sure)
    if node.held is not None:
        _mark(tapes, rec, node.held, sure)
    if node.op == "join":
        for edge in node.edges:
            _mark(tapes, rec, edge.node, False)


def since(tapes: Tapes, rec: int, node: Node) -> int:
    """How many nodes there were when a recording was told to watch one; 0 where it was not, or nobody can tell."""
    number = tapes.world.run.state.get((rec, f"since {node.id}"))
    return number.value if isinstance(number, Const) and isinstance(number.value, int) else 0


def note(tapes: Tapes, rec: int, variable: Variable) -> None:
    """Keep the variables that a recording watches, in order."""
    state = tapes.world.run.state
    known = state.get((rec, "variables"))
    items = known.items if isinstance(known, Tuple) else ()
    if variable not in items:
        state.set((rec, "variables"), Tuple((*items, variable)))


def watched_variables(tapes: Tapes, tape: Cell, site: Site) -> Value:
    """`tape.watched_variables()`, in the order of making; something unknown where they, or it, are not certain."""
    rec = tapes.recording(tape)
    known = tapes.world.run.state.get((rec, "variables")) if rec is not None else UNBOUND
    if rec is None or not isinstance(known, Tuple):
        return tapes.world.run.opaque(site, [known] if known is not UNBOUND else [])
    variables = [v for v in known.items if isinstance(v, Variable)]
    in_order = sorted(variables, key=lambda v: v.uid)
    told = in_order == variables or all(v.flavor == "tf" and v.site is not None for v in variables)
    certain = all(tapes.watch_flag(rec, v.node) == Flag(True) for v in variables)
    if told and certain and len(variables) == len(known.items):
        return Tuple(tuple(in_order))
    return tapes.world.run.opaque(site, [known])
