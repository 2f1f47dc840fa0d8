"""What identifies numbers: the keys of results and of their rows, sums of few values, axes that repeat, randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.flow.graph import Node
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.ranges import Range
from tapelint.flow.values import Const, Data, Value, Variable, number_of

from ..shapes import shapes
from . import numbers_exact
from .numbers_draws import DRAWS
from .numbers_known import Key, items_of, key_of, of_value
from .numbers_names import is_random

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

LAYERS_BY_ROW = (
    "Dense",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Embedding",
    "EinsumDense",
    "LayerNormalization",
    "PReLU",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "GlobalAveragePooling1D",
    "ReLU",
)
BY_ROW = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "**",
        "maximum",
        "minimum",
        "negative",
        "abs",
        "square",
        "sqrt",
        "exp",
        "log",
        "tanh",
        "sigmoid",
        "softplus",
        "relu",
        "elu",
        "selu",
        "gelu",
        "swish",
        "silu",
        "cast",
        "identity",
        "log1p",
        "leaky_relu",
        "sin",
        "cos",
    ]
)
WHOLE = frozenset(
    ["identity", "reshape", "expand_dims", "squeeze", "tile", "repeat", "broadcast_to", "gather", "transpose"]
)
MOST_ROWS = 16
MOST_TERMS = 4
MOST_ALIKE = 200


def identified(world: Libraries, name: str, op: str, given: Given, node: Node, found: Range) -> Range:
    """With the key of a result, the keys of its rows, along which axes it repeats itself, whether it is random."""
    values = list(given.values.values())
    ranges = [of_value(world, v) for v in values]
    found = replace(
        found, same=_same_axes(world, op, name, given, ranges), generic=_generic(name, op, ranges), key=None, rows=None
    )
    key = _key(world, name, op, given, node)
    if key is None:
        return found
    if op in ("+", "-", "negative", "*"):
        _linear(world, op, values, key, node)
    return replace(found, key=key, rows=_rows(world, name, op, given, node))


def _key(world: Libraries, name: str, op: str, given: Given, node: Node) -> Key | None:
    known = world.known
    if is_random(name) or (name.startswith("keras.layers.") and not _is_plain_layer(name, node)):
        return None
    keys = {n: key_of(world, v) for n, v in given.values.items() if n not in ("name", "dtype")}
    if any(k is None for k in keys.values()) or not keys:
        return None
    first = next(iter(keys.values()))
    copies = op == "identity" and len(keys) == 1 and first is not None
    if (
        copies
        and len(node.edges) == 1
        and node.edges[0].outcome == FLOWS
        and node.kind == "tensor"
        and "shape" not in keys
    ):
        return first
    weights = _weights(world, node) if name.startswith("keras.layers.") else ()
    word = "copy" if copies else op or name
    return known.key(word, *keys.values(), tuple(keys), node.dtype, *weights)


def _weights(world: Libraries, node: Node) -> tuple[tuple[int, int], ...]:
    """What identifies the contents of the variables that an operation uses."""
    known = world.known
    ids = [e.node.id for e in node.edges if e.node.kind == "variable"]
    owners = [(i, known.variables.get(i)) for i in ids]
    return tuple((i, known.content(world.run.state.get((v.uid, "content"))) if v is not None else 0) for i, v in owners)


def _is_plain_layer(name: str, node: Node) -> bool:
    last = name.rpartition(".")[2]
    return last in LAYERS_BY_ROW and (last in LAYERS_BY_ROW[8:] or any(e.node.kind == "variable" for e in node.edges))


def _linear(world: Libraries, op: str, values: Sequence[Value], key: Key, node: Node) -> None:
    """Remember a result as a sum of few values; one in which all cancel does not change."""
    forms = [_form(world, v) for v in values[:2]]
    if any(f is None for f in forms):
        return
    a = forms[0]
    assert a is not None
    if op == "negative":
        made = _scaled(a, -1.0)
    elif op == "*":
        b = forms[1]
        assert b is not None
        if a[1] and b[1]:
            return
        made = _scaled(a, b[0]) if not b[1] else _scaled(b, a[0])
    else:
        b = forms[1]
        assert b is not None
        made = _added(a, _scaled(b, -1.0) if op == "-" else b)
        if (a[1] or b[1]) and not made[1]:
            node.detail = "cancels"
    if len(made[1]) <= MOST_TERMS:
        world.known.linear[key] = made


def _form(world: Libraries, value: Value) -> tuple[float, tuple[tuple[Key, float], ...]] | None:
    if isinstance(value, Const):
        number = number_of(value)
        return (number, ()) if number is not None else None
    key = key_of(world, value)
    if key is None:
        return None
    return world.known.linear.get(key, (0.0, ((key, 1.0),)))


def _scaled(
    form: tuple[float, tuple[tuple[Key, float], ...]], by: float
) -> tuple[float, tuple[tuple[Key, float], ...]]:
    return form[0] * by, tuple((k, c * by) for k, c in form[1])


def _added(
    a: tuple[float, tuple[tuple[Key, float], ...]], b: tuple[float, tuple[tuple[Key, float], ...]]
) -> tuple[float, tuple[tuple[Key, float], ...]]:
    terms = dict(a[1])
    for k, c in b[1]:
        terms[k] = terms.get(k, 0.0) + c
    return a[0] + b[0], tuple((k, c) for k, c in terms.items() if c != 0)


def _rows(world: Libraries, name: str, op: str, given: Given, node: Node) -> tuple[int, ...] | None:
    """The keys of a result's entries along its first axis."""
    known = world.known
    values = list(given.values.values())
    if op == "concat":
        if numbers_exact.constant(world, given, "axis") != 0:
            return None
        parts = [rows_of(world, v) for v in items_of(world, values[0])]
        rows = [r for p in parts if p is not None for r in p]
        return tuple(rows) if parts and None not in parts and len(rows) <= MOST_ROWS else None
    if op == "gather":
        return _picked_rows(world, given)
    layer = name.startswith("keras.layers.")
    if not (op in BY_ROW or layer):
        return None
    if op == "identity" and len(values) == 1:
        return rows_of(world, values[0])
    each = [rows_of(world, v) for v in values]
    lengths = {len(r) for r in each if r is not None}
    if len(lengths) != 1:
        return None
    extra = _weights(world, node) if layer else ()
    wholes = [key_of(world, v) if r is None else None for v, r in zip(values, each, strict=True)]
    if any(r is None and (w is None or not _is_scalar(world, v)) for v, r, w in zip(values, each, wholes, strict=True)):
        return None
    return tuple(
        known.key(op or name, *(r[i] if r is not None else w for r, w in zip(each, wholes, strict=True)), extra)
        for i in range(lengths.pop())
    )


def _picked_rows(world: Libraries, given: Given) -> tuple[int, ...] | None:
    """The keys of rows that known indices pick."""
    rows = rows_of(world, next(iter(given.values.values())))
    indices = of_value(world, given.get("indices"))
    if rows is None or indices is None or indices.array is None or len(indices.array.shape) != 1:
        return None
    if numbers_exact.constant(world, given, "axis") not in (None, 0) or len(indices.array.flat) > MOST_ROWS:
        return None
    return tuple(rows[int(i)] for i in indices.array.flat if 0 <= i < len(rows))


def _is_scalar(world: Libraries, value: Value) -> bool:
    return isinstance(value, Const) or shapes.of_value(world, value) == ()


def rows_of(world: Libraries, value: Value) -> tuple[int, ...] | None:
    """The keys of a value's entries along its first axis; None for a scalar or where the length is not known."""
    if isinstance(value, Data) and value.range is not None and value.range.rows is not None:
        return value.range.rows
    shape = shapes.of_value(world, value) if isinstance(value, (Data, Variable)) else None
    key = key_of(world, value) if shape and shape[0] is not None and shape[0] <= MOST_ROWS else None
    return tuple(world.known.key("row", key, i) for i in range(shape[0] or 0)) if key is not None and shape else None


def _same_axes(world: Libraries, op: str, name: str, given: Given, ranges: Sequence[Range | None]) -> frozenset[int]:
    """The axes, counted from the end, along which a result repeats itself."""
    values = list(given.values.values())
    shape = shapes.of_value(world, values[0]) if values else None
    if op in ("ones", "zeros", "fill", "ones_like", "zeros_like"):
        return frozenset(range(-8, 0))
    if op in ("tile", "repeat", "broadcast_to"):
        return _repeated(world, op, given, shape)
    if op in BY_ROW:
        found: frozenset[int] | None = None
        for value, r in zip(values, ranges, strict=True):
            if isinstance(value, Const) or shapes.of_value(world, value) == ():
                continue
            found = (r.same if r else frozenset()) if found is None else found & (r.same if r else frozenset())
        return found or frozenset()
    if op == "@" and len(ranges) > 1 and ranges[0]:
        return ranges[0].same - {-1}
    first = ranges[0] if ranges else None
    layer = name.startswith("keras.layers.") and name.rpartition(".")[2] in LAYERS_BY_ROW
    return first.same - {-1} if first and first.same and layer else frozenset()


def _repeated(world: Libraries, op: str, given: Given, shape: shapes.Shape | None) -> frozenset[int]:
    if shape is None:
        return frozenset()
    rank = len(shape)
    if op == "tile":
        times = numbers_exact.constant(world, given, "multiples")
        if isinstance(times, tuple) and len(times) == rank:
            return frozenset(i - rank for i, n in enumerate(shape) if n == 1 and times[i] != 1)
    if op == "repeat":
        axis = numbers_exact.constant(world, given, "axis")
        if isinstance(axis, int) and -rank <= axis < rank and shape[axis] == 1:
            return frozenset({axis % rank - rank})
    if op == "broadcast_to":
        return frozenset(i - rank for i, n in enumerate(shape) if n == 1)
    return frozenset()


def _generic(name: str, op: str, ranges: Sequence[Range | None]) -> bool:
    if name.startswith(DRAWS):
        return True
    known = [r for r in ranges if r is not None]
    if op in ("+", "-", "@", "*", "/") and len(ranges) > 1:
        keys = {r.key for r in known}
        return (
            any(r.generic for r in known)
            and len(keys) == len(known)
            and (
                op in "+-"
                or (
                    len(known) == len(ranges)
                    and all(
                        r.generic
                        or r.low > 0
                        or r.high < 0
                        or (op == "@" and r.array is not None and any(r.array.flat))
                        for r in known
                    )
                )
            )
        )
    return (
        bool(known)
        and known[0].generic
        and (op in WHOLE or op in ("negative", "abs", "square", "exp", "mean", "sum", "[]", "tanh"))
    )


def _like(world: Libraries, value: Value) -> Key | None:
    """The key of what a variable was filled with, as long as it has that content."""
    found = of_value(world, value) if isinstance(value, Variable) else None
    return found.like if found is not None else None


def how_equal(world: Libraries, op: str, values: Sequence[Value]) -> str:
    """How the operands of a difference are related."""
    if op not in ("-", "squared_difference") or len(values) < 2:
        return ""
    equal = _by_keys(world, values)
    a, b = (getattr(value, "node", None) for value in values[:2])
    return equal or ("alike" if isinstance(a, Node) and isinstance(b, Node) and _are_alike(a, b) else "")


def _are_alike(a: Node, b: Node) -> bool:
    """Whether two values are computed by the same operations with the same weights, each from an input of its own."""
    shared, apart, todo, seen = False, False, [(a, b)], set[tuple[int, int]]()
    while todo:
        one, other = todo.pop()
        if one is other:
            shared = shared or one.kind == "variable"
            continue
        if one.kind == other.kind == "variable" or is_random(one.op) or len(seen) > MOST_ALIKE:
            return False
        same = one.op == other.op and len(one.edges) == len(other.edges)
        apart = apart or not same or not one.edges
        if same and (one.id, other.id) not in seen:
            seen.add((one.id, other.id))
            todo += [(x.node, y.node) for x, y in zip(one.edges, other.edges, strict=True)]
    return shared and apart


def _by_keys(world: Libraries, values: Sequence[Value]) -> str:
    """How two values are related by the keys of their numbers and rows."""
    left, right = (key_of(world, v) for v in values[:2])
    if left is None or right is None:
        return ""
    if left == right:
        return "all"
    if left == _like(world, values[1]) or right == _like(world, values[0]):
        return "all"
    a, b = rows_of(world, values[0]), rows_of(world, values[1])
    if a is not None and b is not None and len(a) == len(b) and any(x == y for x, y in zip(a, b, strict=True)):
        return "row"
    one, other = world.known.origin.get(left, ("",)), world.known.origin.get(right, ("",))
    laid = ("expand_dims", "[new]", "transpose", "reshape")
    if (one[0] in laid[:2] and one[1] == right) or (other[0] in laid[:2] and other[1] == left):
        return "pairs"
    if one[0] in laid and other[0] in laid and one[1] == other[1]:
        return "pairs"
    return (
        "pairs" if (one[0] == "transpose" and one[1] == right) or (other[0] == "transpose" and other[1] == left) else ""
    )
