"""Results that cannot change: a softmax over one element, a ReLU of negative numbers, a bound that always holds.

Their edges let no gradient through. Each was measured to give exact zeros on TensorFlow.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tapelint.flow.graph import Edge, Node
from tapelint.flow.outcomes import ANYTHING, FLOWS, ZERO
from tapelint.flow.ranges import UNBOUNDED, Array, Range
from tapelint.flow.values import UNBOUND, Const, Data, Value

from ..shapes import shapes
from . import numbers_exact, numbers_known
from .numbers_arrays import axes_of, broadcast, broadcast_shape
from .numbers_names import short

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

CERTAINLY_ONE = 20.0
CERTAINLY_ZERO = -105.0
FLAT_TANH = 10.0
MARGIN = 1.0
NARROW = 0.05
"""By how much known numbers must be past a bound: one that is computed as well, and one that is written down."""
MOST_NODES = 200
ZEROS = frozenset(["zeros", "zeros_like", "fill", "identity", "broadcast_to", "tile", "reshape", "expand_dims"])
KEEPING_ZEROS = frozenset(
    "relu relu6 tanh sin atan abs square negative elu selu gelu swish silu leaky_relu cast transpose squeeze flatten "  # noqa: SIM905
    "sum mean [] gather".split()
)
CONSTANT = "constant"
NOTHING, ABOUT_NOTHING = "nothing", "about nothing"


# -- what lets nothing through


def settle(world: Libraries, name: str, op: str, given: Given, node: Node, found: Range) -> None:
    """Take the gradient from edges of a result that cannot change with them."""
    if found.array is not None:
        world.known.arrays[node.id] = found.array
    if node.kind != "tensor" or not node.edges:
        return
    if op in KEEPING_ZEROS and found.low == 0 == found.high and _made_of_zeros(world, _first(given)):
        world.known.zeros.add(node.id)
    left = less_its_mean(world, given) if op == "-" else ""
    if (found.low == 0 == found.high) or left:
        world.known.noughts.add(node.id)
    if node.detail == "cancels" or left == NOTHING:
        world.known.cancelled.add(node.id)
        node.detail = CONSTANT
        _take(world, node, None)
        return
    if name.startswith("keras.losses.") and "crossentropy" in name.lower():
        _logits_behind(node)
    layer = LAYERS.get(name)
    if layer is not None and layer(world, given):
        node.detail = CONSTANT
        _take(world, node, _first(given))
    if name in MULTIPLYING and _no_kernel(world, node):
        node.detail = CONSTANT
        _take(world, node, _first(given))
    rule = FLAT.get(op)
    if rule is not None and rule(world, given, numbers_known.operands(world, op, given)):
        node.detail = CONSTANT
        _take(world, node, None)
    sides = SIDES.get(op)
    if sides is not None:
        for value in sides(world, given, numbers_known.operands(world, op, given)):
            if op in ("*", "@", "matvec", "/"):
                node.detail = CONSTANT
            _take(world, node, value)


def _first(given: Given) -> Value:
    return next(iter(given.values.values()), UNBOUND)


def _take(world: Libraries, node: Node, value: Value | None) -> None:
    """Let no gradient through to one argument (None: to any)."""
    mine = getattr(value, "node", None)
    if value is not None and (mine is None or sum(_is_of(e, mine) for e in node.edges) != 1):
        return
    world.known.settled.setdefault(node.id, node.edges)
    node.edges = tuple(
        Edge(e.node, ZERO, "settled", e.argument) if e.outcome == FLOWS and (mine is None or _is_of(e, mine)) else e
        for e in node.edges
    )


def _is_of(edge: Edge, node: Node) -> bool:
    """Whether an edge leads to a value; to a variable also by way of reading it."""
    read = edge.node.op == "Variable.read_value" and edge.node.edges and edge.node.edges[0].node is node
    return edge.node is node or bool(read)


def unsettle(world: Libraries, node: Node) -> None:
    """Before an operation whose gradient is certainly not finite no product is zero: NaN times 0 is NaN."""
    seen = {node.id}
    todo = [node]
    while todo and len(seen) < MOST_NODES:
        at = todo.pop()
        old = world.known.settled.get(at.id)
        if old is not None and at.detail == CONSTANT:
            at.edges = old
            at.detail = ""
        if short(at.op) == "*":
            at.edges = tuple(e._replace(outcome=FLOWS) if e.outcome == ZERO else e for e in at.edges)
        for edge in at.edges:
            if edge.node.id not in seen:
                seen.add(edge.node.id)
                todo.append(edge.node)


def _logits_behind(node: Node) -> None:
    """Keras's cross-entropies take the logits behind a softmax or sigmoid, so that a settled one does not stop them."""
    for edge in node.edges:
        behind = edge.node
        if behind.detail == CONSTANT and behind.op.rpartition(".")[2] in ("softmax", "sigmoid", "Softmax"):
            node.edges = (*node.edges, *(Edge(e.node, ANYTHING) for e in behind.edges))


def _softmax(world: Libraries, given: Given, ranges: Sequence[Range]) -> bool:
    first = _first(given)
    axis = numbers_exact.constant(world, given, "axis")
    axis = -1 if axis is None else axis
    shape = shapes.of_value(world, first)
    if isinstance(axis, int) and shape and -len(shape) <= axis < len(shape) and shape[axis] == 1:
        return True
    if axis == -1 and isinstance(first, Data) and first.node.id in world.known.single:
        return True
    array = ranges[0].array
    if array is None or not array.finite or axis not in (-1, len(array.shape) - 1) or not array.shape:
        return False
    width = array.shape[-1]
    rows = [sorted(array.flat[i : i + width]) for i in range(0, len(array.flat), width or 1)]
    return all(len(r) > 1 and r[-2] - r[-1] < CERTAINLY_ZERO for r in rows) and not ranges[0].double


def _flat(r: Range, low: float, high: float) -> bool:
    """Whether every number is so small or so large that a function does not move there."""
    if r.double:
        return False
    if r.array is not None:
        return bool(r.array.flat) and all(x <= low or x >= high for x in r.array.flat)
    return r.low >= high or r.high <= low


def _log_softmax(world: Libraries, given: Given, ranges: Sequence[Range]) -> bool:
    shape = shapes.of_value(world, _first(given))
    return bool(shape) and shape is not None and shape[-1] == 1 and "axis" not in given.values


FLAT: dict[str, Callable[[Libraries, Given, Sequence[Range]], bool]] = {
    "relu": lambda world, given, r: (
        len(given.values) == 1 and r[0].high <= (-NARROW if r[0].array is not None else -1e-6)
    ),
    "relu6": lambda world, given, r: r[0].high < -1e-6 or r[0].low > 6.001,
    "sigmoid": lambda world, given, r: _flat(r[0], CERTAINLY_ZERO, CERTAINLY_ONE),
    "hard_sigmoid": lambda world, given, r: _flat(r[0], -3.05, 3.05),
    "hard_tanh": lambda world, given, r: _flat(r[0], -1.05, 1.05),
    "tanh": lambda world, given, r: _flat(r[0], -FLAT_TANH, FLAT_TANH),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
}


def _all(a: Range, b: Range, holds: Callable[[float, float], bool]) -> bool:
    """Whether a relation holds for every pair of elements."""
    if a.array is not None and b.array is not None:
        shape = broadcast_shape([a.array.shape, b.array.shape])
        both = [broadcast(x, shape) for x in (a.array, b.array)] if shape is not None else []
        known = [x.flat for x in both if isinstance(x, Array)]
        return len(known) == 2 and bool(known[0]) and all(holds(x, y) for x, y in zip(*known, strict=True))
    return False


def _below(a: Range, b: Range, margin: float = MARGIN) -> bool:
    """Whether one is below the other; where both are single known numbers, by more than chance."""
    if a.array is not None and b.array is not None:
        return _all(a, b, lambda x, y: x < y - margin)
    return a.high < b.low - (margin if a.array is not None or b.array is not None else 1e-6 * max(1.0, abs(b.low)))


def _clip(world: Libraries, given: Given, r: Sequence[Range]) -> list[Value]:
    if len(r) < 3:
        return []
    low, high, x = r[1], r[2], r[0]
    outside = _below(x, low, NARROW) or _below(high, x, NARROW)
    if x.array is not None and low.constant is not None and high.constant is not None:
        outside = outside or all(v < low.low - NARROW or v > high.low + NARROW for v in x.array.flat)
    return [_first(given)] if outside else []


def _extreme(greatest: bool) -> Callable[[Libraries, Given, Sequence[Range]], list[Value]]:
    def sides(world: Libraries, given: Given, r: Sequence[Range]) -> list[Value]:
        if len(r) < 2 or (
            r[0].constant is None and r[1].constant is None and r[0].array is not None and r[1].array is not None
        ):
            return []
        first, second = list(given.values.values())[:2]
        low, high = (r[0], r[1]) if greatest else (r[1], r[0])
        margin = NARROW if isinstance(first, Const) or isinstance(second, Const) else MARGIN
        if _below(low, high, margin):
            return [first]
        return [second] if _below(high, low, margin) else []

    return sides


def _zeros(world: Libraries, given: Given, r: Sequence[Range]) -> list[Value]:
    """A product with nothing but zeros."""
    if len(r) < 2:
        return []
    values = list(given.values.values())[:2]
    return [values[1 - i] for i in range(2) if r[i].low == 0 == r[i].high and _made_of_zeros(world, values[i])]


def _no_share(world: Libraries, given: Given, r: Sequence[Range]) -> list[Value]:
    """Nothing divided by something."""
    values = list(given.values.values())[:2]
    return (
        values[1:]
        if len(values) == 2 and r[0].low == 0 == r[0].high and _made_of_zeros(world, values[0]) and r[1].low > 0
        else []
    )


def _made_of_zeros(world: Libraries, value: Value) -> bool:
    """Whether zeros were asked for, rather than computed from numbers that happen to give them."""
    if not isinstance(value, Data):
        return True
    node = value.node
    return short(node.op) in ZEROS or node.detail == CONSTANT or node.id in world.known.zeros


def less_its_mean(world: Libraries, given: Given) -> str:
    """What is left of a value from which its own mean is taken; "" where that may be anything.

    NOTHING: each mean is that of one number, so that 0 is left, without a gradient. ABOUT_NOTHING: the value is the
    same everywhere, so that 0 or a rounding error is left.
    """
    first, mean = list(given.values.values())[:2]
    left, right = (numbers_known.key_of(world, v) for v in (first, mean))
    made = world.known.origin.get(right, ()) if right is not None else ()
    if left is None or len(made) < 2 or made[0] != "mean" or made[1] != left:
        return ""
    own, shape = numbers_known.of_value(world, first) or UNBOUNDED, shapes.of_value(world, first)
    axes = _axes_of_mean(world, made, len(shape)) if shape is not None else None
    of_mean = shapes.of_value(world, mean)
    if shape is None or axes is None or of_mean is None or not _fits(of_mean, shape):
        return ""
    if all(shape[a] == 1 for a in axes):
        return NOTHING
    same = own.low == own.high or all(shape[a] == 1 or a - len(shape) in own.same for a in axes)
    return ABOUT_NOTHING if same else ""


def _fits(other: Sequence[int | None], shape: Sequence[int | None]) -> bool:
    """Whether an array stretches to a shape without stretching that as well."""
    return len(other) <= len(shape) and all(
        n in (1, shape[at]) for at, n in zip(range(-len(other), 0), other, strict=True)
    )


def _axes_of_mean(world: Libraries, made: tuple[object, ...], rank: int) -> tuple[int, ...] | None:
    """The axes of a reduction of which only the origin of its key is left."""
    keys, names = made[1:-2], made[-2]
    if not isinstance(names, tuple) or "axis" not in names or len(names) != len(keys):
        return tuple(range(rank)) if isinstance(names, tuple) and len(names) == len(keys) else None
    axis = world.known.origin.get(keys[names.index("axis")], ())  # type: ignore[call-overload]
    parts = [world.known.origin.get(k, ()) for k in axis[1:]] if axis and axis[0] == "several" else [axis]
    numbers = [ast.literal_eval(str(part[2])) for part in parts if len(part) == 3 and part[1] == "int"]
    return axes_of(tuple(numbers), rank) if len(numbers) == len(parts) else None


def _where(world: Libraries, given: Given, r: Sequence[Range]) -> list[Value]:
    values = list(given.values.values())
    condition = numbers_known.of_value(world, values[0]) if len(values) > 2 else None
    if condition is None or condition.array is None or not condition.array.flat:
        return []
    if all(condition.array.flat):
        return [values[2]]
    return [values[1]] if not any(condition.array.flat) else []


SIDES: dict[str, Callable[[Libraries, Given, Sequence[Range]], list[Value]]] = {
    "clip_by_value": _clip,
    "maximum": _extreme(True),
    "minimum": _extreme(False),
    "*": _zeros,
    "@": _zeros,
    "matvec": _zeros,
    "where": _where,
    "/": _no_share,
}


def _single_value(world: Libraries, given: Given) -> bool:
    """Whether a batch normalisation sees one value a channel."""
    shape = shapes.of_value(world, _first(given))
    return (
        given.get("training") == Const(True)
        and shape is not None
        and len(shape) > 1
        and all(n == 1 for n in shape[:-1])
    )


def _single_feature(world: Libraries, given: Given) -> bool:
    shape = shapes.of_value(world, _first(given))
    return shape is not None and len(shape) > 1 and shape[-1] == 1


def _no_kernel(world: Libraries, node: Node) -> bool:
    """Whether a layer multiplies by a kernel of zeros."""
    owners = [world.known.variables.get(e.node.id) for e in node.edges if e.node.kind == "variable"]
    kernels = [v for v in owners if v is not None and v.name == "kernel"]
    found = numbers_known.of_value(world, kernels[0]) if kernels else None
    return found is not None and found.low == 0 == found.high


MULTIPLYING = frozenset(f"keras.layers.{n}" for n in ("Dense", "Conv1D", "Conv2D", "Conv3D", "EinsumDense"))
LAYERS: dict[str, Callable[[Libraries, Given], bool]] = {
    "keras.layers.BatchNormalization": _single_value,
    "keras.layers.LayerNormalization": _single_feature,
}
