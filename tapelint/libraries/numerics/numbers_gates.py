"""Which elements of known arrays a gradient goes back through: `tf.maximum(x, 0.0)` selects, and a bound gets it all.

An operation whose derivative is infinite at an element does no harm to a source from which that element does not come:
TensorFlow selects zeros for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from tapelint.facts import Effect
from tapelint.flow.graph import Node
from tapelint.flow.outcomes import NONE
from tapelint.flow.ranges import Array
from tapelint.flow.values import Data, Value, Variable

from . import numbers_exact, numbers_known
from .numbers_arrays import BINARY, UNARY, broadcast, elementwise

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

Gate = tuple[int, tuple[int, ...]]
"""An operand's node, and for each element of the result the flat place in it that its gradient goes to, -1 for none."""
Places = frozenset[int] | None
"""Flat places of an array; None: all of them."""

FIRST = 1 << 20
IN_PLACE = frozenset(["identity", "cast", "reshape", "flatten", "expand_dims", "squeeze"])
SELECTING: dict[str, tuple[Callable[..., bool], ...]] = {
    "maximum": (lambda a, b: a >= b, lambda a, b: a < b),
    "minimum": (lambda a, b: a <= b, lambda a, b: a > b),
    "clip_by_value": (lambda x, low, high: low <= x <= high,),
    "where": (lambda c, a, b: False, lambda c, a, b: bool(c), lambda c, a, b: not c),
    "divide_no_nan": (lambda a, b: b != 0,),
    "multiply_no_nan": (lambda a, b: b != 0,),
}
"""For each operand, from which elements it gets a gradient; those that are left out get one from all."""


def set_up(world: Libraries, op: str, effect: Effect, given: Given, node: Node, result: Array) -> None:
    """Keep the gates of an operation that gives a known array."""
    dead = [n for n, i in effect.inputs.items() if i.outcome in ("zero", "none") and n in given.values]
    known: list[Gate] = []
    if len(dead) < len(effect.inputs):
        known = _moved(world, op, given, result) if op in MOVING else _elementwise(world, op, given, result)
    for value in (given.values[name] for name in dead):
        if isinstance(value, (Data, Variable)):
            known.append((value.node.id, (-1,) * len(result.flat)))
    if known:
        world.known.gates[node.id] = tuple(known)


MOVING = frozenset("concat stack transpose tile repeat broadcast_to gather diag boolean_mask reverse".split())  # noqa: SIM905


def _elementwise(world: Libraries, op: str, given: Given, result: Array) -> list[Gate]:
    values = list(given.values.values())
    if op in UNARY or op in IN_PLACE:
        values = values[:1]
    elif op not in BINARY and op not in SELECTING:
        return []
    arrays = [numbers_exact.numbers_in(world, v, lambda v: numbers_known.array_of(world, v)) for v in values]
    whole = [a for a in arrays if a is not None]
    found: list[Gate] = []
    if len(whole) < len(arrays):
        return found
    for at, value in enumerate(values):
        if not isinstance(value, (Data, Variable)):
            continue
        places = [float(i) for i in range(len(whole[at].flat))]
        if op in IN_PLACE:
            spread: Array | None = Array(result.shape, tuple(places)) if len(places) == len(result.flat) else None
        else:
            spread = broadcast(Array(whole[at].shape, tuple(places)), result.shape)
        opened = _opened(op, at, whole)
        if spread is not None and len(opened or spread.flat) == len(spread.flat):
            flat = spread.flat if opened is None else [p if o else -1 for p, o in zip(spread.flat, opened, strict=True)]
            found.append((value.node.id, tuple(int(p) for p in flat)))
    return found


def _opened(op: str, at: int, arrays: Sequence[Array]) -> tuple[float, ...] | None:
    """For each element of a result whether it sends a gradient to an operand; None where each does."""
    tests = SELECTING.get(op, ())
    if at >= len(tests):
        return None
    marks = elementwise(lambda *each: float(tests[at](*each)), arrays, True)
    return marks.flat if marks is not None else None


def _moved(world: Libraries, op: str, given: Given, result: Array) -> list[Gate]:
    """The same numbers in another place: where each goes is seen by moving places instead of numbers."""
    first = next(iter(given.values.values()))
    starts: dict[int, int] = {}

    def places(value: Value) -> Array | None:
        array = numbers_known.array_of(world, value)
        moves = value is first or any(value is item for item in numbers_known.items_of(world, first))
        if array is None or not moves or not isinstance(value, (Data, Variable)):
            return array
        start = starts.setdefault(value.node.id, FIRST * (len(starts) + 1))
        return Array(array.shape, tuple(float(start + i) for i in range(len(array.flat))))

    moved = numbers_exact.compute(world, op, given, places, True)
    if moved is None or moved.shape != result.shape:
        return []
    return [
        (key, tuple(int(x - start) if start <= x < start + FIRST else -1 for x in moved.flat))
        for key, start in starts.items()
    ]


def behind(world: Libraries, node: Node, places: Places) -> Collection[int]:
    """The nodes to which a gradient of some elements of a node's result goes back."""
    seen: dict[int, Places] = {node.id: places}
    todo = [node]
    while todo:
        at = todo.pop()
        for edge in at.edges:
            gates = _gates(world, at, edge.node)
            there = _through(gates, seen[at.id])
            if edge.outcome == NONE or (there is not None and not there):
                continue
            old = seen.get(edge.node.id, frozenset())
            new = None if there is None or old is None else old | there
            if edge.node.id not in seen or new != old:
                seen[edge.node.id] = new
                todo.append(edge.node)
    return seen.keys()


def _gates(world: Libraries, node: Node, operand: Node) -> list[tuple[int, ...]]:
    mine = {operand.id}
    if operand.op == "Variable.read_value" and operand.edges:
        mine.add(operand.edges[0].node.id)
    return [places for key, places in world.known.gates.get(node.id, ()) if key in mine]


def _through(gates: Sequence[tuple[int, ...]], places: Places) -> Places:
    if not gates:
        return None
    sent = (gate[p] for gate in gates for p in (range(len(gate)) if places is None else places) if p < len(gate))
    return frozenset(p for p in sent if p >= 0)
