"""What is known of the numbers that calls give, and what a call without freedom does to its gradient.

The hooks that the other modules call: `bounds` for every result, `of_value`, `of_operator`, `of_extreme`, `of_index`;
`judge` takes down the operations that can be singular (see `numbers_singular`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tapelint.facts import Effect, Result
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.ranges import UNBOUNDED, Array, Range
from tapelint.flow.values import UNBOUND, Cell, Const, Data, OneOf, Opaque, Tuple, Value, Variable

from . import apply, numbers_exact, numbers_settled, numbers_singular, shapes
from .numbers_arrays import made
from .numbers_bounds import MANY, ONE, RISING, TRUTHS, TWO, largest, plus, rising, smallest, truth
from .numbers_names import is_random, short
from .numbers_points import Scene, met

if TYPE_CHECKING:
    from .apply import Given
    from .numbers_singular import Judgement, Test
    from .world import Libraries

Key = int
LAYERS_BY_ROW = ("Dense", "Conv1D", "Conv2D", "Conv3D", "Embedding", "EinsumDense", "LayerNormalization", "PReLU",
                 "Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "ReLU")  # fmt: skip
BY_ROW = frozenset(
    "+ - * / ** maximum minimum negative abs square sqrt exp log tanh sigmoid softplus relu elu selu gelu swish silu cast "
    "identity log1p leaky_relu sin cos".split()
)
WHOLE = frozenset("identity reshape expand_dims squeeze tile repeat broadcast_to gather transpose".split())
CONSTANTS = {"zeros": 0.0, "ones": 1.0, "zeros_like": 0.0, "ones_like": 1.0}
INITIAL = {"zeros": 0.0, "ones": 1.0, "Zeros": 0.0, "Ones": 1.0}
MOST_ROWS = 16
MOST_TERMS = 4


@dataclass(slots=True)
class Known:
    """What one run has learned of values by their keys: two values with one key are the same numbers."""

    keys: dict[tuple[object, ...], Key] = field(default_factory=dict)
    origin: dict[Key, tuple[object, ...]] = field(default_factory=dict)
    linear: dict[Key, tuple[float, tuple[tuple[Key, float], ...]]] = field(default_factory=dict)
    tests: dict[Key, Test] = field(default_factory=dict)
    contents: dict[int, tuple[int, Value]] = field(default_factory=dict)
    settled: dict[int, tuple[Edge, ...]] = field(default_factory=dict)
    variables: dict[int, Variable] = field(default_factory=dict)
    wheres: dict[int, Key] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)

    def key(self, *parts: object) -> Key:
        """One key for equal parts."""
        found = self.keys.get(parts)
        if found is None:
            found = len(self.keys)
            self.keys[parts] = found
            self.origin[found] = parts
        return found

    def content(self, value: Value) -> int:
        """A number for one content of a variable."""
        found = self.contents.get(id(value))
        if found is None:
            found = (len(self.contents), value)
            self.contents[id(value)] = found
        return found[0]


# -- values


def of_value(world: Libraries, value: Value) -> Range | None:
    """What is known of a value's numbers."""
    if isinstance(value, Const):
        return Range.exactly(float(value.value)) if isinstance(value.value, (int, float)) else None
    if isinstance(value, Data):
        changed = value.kind == "numpy" and world.run.state.get((value.node.id, "changed")) is not UNBOUND
        return None if changed else value.range
    if isinstance(value, Variable):
        content = world.run.state.get((value.uid, "content"))
        own = content.range if isinstance(content, Data) else None
        return replace(own or UNBOUNDED, key=key_of(world, value), rows=None)
    if isinstance(value, (Tuple, Cell)):
        array = numbers_exact.numbers_in(world, value, lambda v: _array(world, v))
        if array is not None:
            return Range.of(array)
        parts = [of_value(world, v) for v in _items(world, value)]
        return _one_of(parts)
    return _one_of([of_value(world, o) for o in value.options]) if isinstance(value, OneOf) else None


def of_content(world: Libraries, initial: Value, dtype: Value, variable: Variable) -> Range | None:
    """What is known of a new variable's numbers."""
    world.known.variables[variable.node.id] = variable
    found = of_value(world, initial)
    if found is None:
        return None
    said = str(getattr(dtype, "value", getattr(dtype, "name", "")))
    double = "64" in said if "float" in said else found.double
    if found.array is not None and variable.dtype == "f":
        array = made(found.array.shape, found.array.flat, double)
        return Range.of(array, double) if array is not None else None
    return replace(found.loose(), double=double)


def initialise(world: Libraries, variable: Variable, initializer: Value) -> None:
    """What an initializer's name says of a new weight's numbers."""
    number = INITIAL.get(str(getattr(initializer, "value", "")))
    if number is not None:
        content = Data(world.run.constant_node(), "tensor", variable.dtype, variable.shape, Range(number, number))
        world.run.state.set((variable.uid, "content"), content)


def forget(world: Libraries, variable: Variable) -> None:
    """The numbers of a variable are replaced by others that nobody knows."""
    content = Data(world.run.constant_node(), "tensor", variable.dtype, variable.shape)
    world.run.state.set((variable.uid, "content"), content)


def _items(world: Libraries, value: Value) -> Sequence[Value]:
    if isinstance(value, Cell):
        value = world.run.state.get((value.uid, "items")) if value.kind == "list" else UNBOUND
    return value.items if isinstance(value, Tuple) else ()


def _one_of(parts: Sequence[Range | None]) -> Range | None:
    known = [p for p in parts if p is not None]
    if not known or len(known) < len(parts):
        return None
    found = known[0]
    for part in known[1:]:
        found = found.join(part)
    return found


def _array(world: Libraries, value: Value) -> Array | None:
    found = of_value(world, value)
    return found.array if found is not None else None


def key_of(world: Libraries, value: Value) -> Key | None:
    """What identifies a value's numbers; None where nothing does."""
    known = world.known
    if isinstance(value, Const):
        return known.key("const", type(value.value).__name__, repr(value.value))
    if isinstance(value, Variable):
        return known.key("variable", value.uid, known.content(world.run.state.get((value.uid, "content"))))
    if isinstance(value, Data):
        if value.range is not None and value.range.key is not None:
            return value.range.key
        return known.key("node", value.node.id) if value.node.op != "constant" else None
    if isinstance(value, Opaque):
        return known.key("node", value.node.id)
    items = _items(world, value)
    keys = [key_of(world, v) for v in items]
    return known.key("several", *keys) if keys and None not in keys else None


# -- results


def bounds(
    world: Libraries, name: str, effect: Effect, given: Given, node: Node, shape: shapes.Shape | None, dtype: str
) -> Range | None:
    """What is known of the numbers that come out of a call; a call without freedom gets edges without a gradient."""
    result = effect.result
    if result.kind not in ("tensor", "numpy", "python") or dtype in "sc":
        return None
    op = short(name)
    values = list(given.values.values())
    double = _double(world, name, given, values)
    array = numbers_exact.compute(world, op, given, lambda v: _array(world, v), double) if op else None
    found = Range.of(array, double) if array is not None else _interval(world, name, op, effect, given, shape)
    found = _identified(world, name, op, given, node, replace(found, double=double))
    if array is None and op:
        found = _with_points(world, op, effect, given, node, found)
    if op in TRUTHS or op == "where":
        numbers_singular.remember(world, op, values, found, node)
    numbers_settled.settle(world, name, op, given, node, found)
    return found


def _double(world: Libraries, name: str, given: Given, values: Sequence[Value]) -> bool:
    asked = given.get("dtype")
    said = getattr(asked, "value", getattr(asked, "name", "")) if asked is not UNBOUND else ""
    if isinstance(said, str) and said.rpartition(".")[2] in ("float64", "double"):
        return True
    if isinstance(said, str) and said:
        return False
    ranges = [of_value(world, v) for v in values if isinstance(v, (Data, Variable))]
    tensors = [r for v, r in zip((v for v in values if isinstance(v, (Data, Variable))), ranges, strict=True)
               if isinstance(v, Variable) or (isinstance(v, Data) and v.kind == "tensor")]  # fmt: skip
    return any(r.double for r in (tensors or ranges) if r) if tensors or ranges else name.startswith(("numpy.", "math."))


def floats(world: Libraries, effect: Effect, given: Given) -> list[Range]:
    """The ranges of the arguments that a result is made of; unbounded where nothing is known."""
    names = [n for n, known in effect.inputs.items() if n in given.values and known.outcome not in ("none",)]
    names = names or [n for n in effect.inputs if n in given.values] or list(given.values)[:1]
    return [of_value(world, given.values[n]) or UNBOUNDED for n in names]


def operands(world: Libraries, op: str, given: Given) -> list[Range]:
    """The ranges of the operands in order, the condition of a `where` left out."""
    values = list(given.values.values())
    if op == "where":
        values = values[1:]
    return [of_value(world, v) or UNBOUNDED for v in values]


def count(world: Libraries, given: Given) -> int | None:
    """How many numbers each number of a reduction is made from."""
    first = next(iter(given.values.values()), UNBOUND)
    shape = shapes.of_value(world, first)
    if shape is None:
        return None
    axes = numbers_exact.axes(world, given, len(shape))
    lengths = [shape[a] for a in axes] if axes is not None else [None]
    return math.prod(n for n in lengths if n is not None) if None not in lengths else None


def _plain_interval(world: Libraries, name: str, op: str, effect: Effect, given: Given, shape: shapes.Shape | None) -> Range:
    found = numbers_settled.drawn(world, name, given) or _by_name(world, op, given)
    result = effect.result
    if found is None:
        found = UNBOUNDED
        ranges = floats(world, effect, given)
        if result.spread == "within" and ranges:
            found = _one_of(ranges) or UNBOUNDED
        elif result.spread == "sign" and ranges and all(r.not_negative for r in ranges):
            found = Range(0.0)
    return _tightened(found, result) if any(i.outcome == "flows" for i in effect.inputs.values()) else found


def _interval(world: Libraries, name: str, op: str, effect: Effect, given: Given, shape: shapes.Shape | None) -> Range:
    """The bounds of a result whose elements are not known one by one."""
    if op in CONSTANTS:
        return Range(CONSTANTS[op], CONSTANTS[op])
    number = numbers_exact.constant(world, given, "value", "fill_value") if op == "fill" else None
    if isinstance(number, (int, float)):
        return Range(float(number), float(number))
    found = _plain_interval(world, name, op, effect, given, shape)
    return replace(found, array=None, points=())


def _by_name(world: Libraries, op: str, given: Given) -> Range | None:
    """Interval arithmetic, for the operations that have it."""
    ranges = operands(world, op, given)
    if op in ("==", "!=", "<", "<=", ">", ">=") and len(ranges) > 1:
        return truth(op, ranges[0], ranges[1])
    if op in TRUTHS:
        return Range(0.0, 1.0)
    if op == "clip_by_value" and len(ranges) >= 3:
        return largest([smallest([ranges[0], ranges[2]]), ranges[1]])
    if op == "sum" and given.values and "axis" in given.values:
        made = world.known.origin.get(key_of(world, next(iter(given.values.values()))) or -1, ())
        if made and made[0] == "*" and all(isinstance(k, int) and _is_unit(world, k) for k in made[1:3]):
            return Range(-1.0, 1.0)
    if op in MANY and ranges:
        return MANY[op](ranges[0], _softmax_count(world, given) if op == "softmax" else count(world, given))
    if op in TWO and len(ranges) > 1:
        return TWO[op](ranges[0], ranges[1]) if not _related(world, op, given) else _relation(world, op, given)
    if op in RISING and ranges:
        return rising(op, ranges[0])
    if op == "@" and len(ranges) > 1:
        return _matmul(world, given, ranges)
    if op == "cast" and ranges:
        boolean = apply.dtype_of(world, next(iter(given.values.values()))) == "b"
        return Range(0.0, 1.0) if boolean and ranges[0] == UNBOUNDED else ranges[0].loose()
    return ONE[op](ranges[0]) if op in ONE and ranges else None


def _matmul(world: Libraries, given: Given, ranges: Sequence[Range]) -> Range:
    values = list(given.values.values())
    if all(_is_unit(world, key_of(world, v)) for v in values[:2]):
        return Range(-1.0, 1.0)
    inner = shapes.of_value(world, values[0])
    length = inner[-1] if inner and "transpose_a" not in given.values else None
    each = TWO["*"](ranges[0], ranges[1])
    found = MANY["sum"](each, length)
    return replace(found, generic=ranges[0].generic and ranges[1].generic)


def _is_unit(world: Libraries, key: Key | None, depth: int = 0) -> bool:
    """Whether rows are scaled to length 1: `l2_normalize(x)`, `x / norm(x)`."""
    made = world.known.origin.get(key, ()) if key is not None else ()
    if not made or depth > 3:
        return False
    if made[0] in ("l2_normalize", "transpose", "reshape", "copy", "expand_dims") and isinstance(made[1], int):
        return made[0] == "l2_normalize" or _is_unit(world, made[1], depth + 1)
    if made[0] != "/" or not isinstance(made[2], int):
        return False
    below = world.known.origin.get(_past_stop(world, made[2]), ())
    while below and below[0] in ("+", "maximum", "expand_dims") and isinstance(below[1], int):
        below = world.known.origin.get(below[1], ())
    return len(below) > 1 and below[0] in ("norm", "euclidean_norm") and below[1] == made[1]


def _softmax_count(world: Libraries, given: Given) -> int | None:
    first = next(iter(given.values.values()), UNBOUND)
    shape = shapes.of_value(world, first)
    axis = numbers_exact.constant(world, given, "axis")
    axis = -1 if axis is None else axis
    return shape[axis] if shape and isinstance(axis, int) and -len(shape) <= axis < len(shape) else None


def _related(world: Libraries, op: str, given: Given) -> bool:
    return op in ("-", "*") and _relation(world, op, given) != UNBOUNDED


def _relation(world: Libraries, op: str, given: Given) -> Range:
    """Bounds that two operands have because one is made from the other: `x - max(x)`, `x * x`."""
    left, right = (key_of(world, v) for v in list(given.values.values())[:2])
    if left is None or right is None:
        return UNBOUNDED
    if left == right:
        own = of_value(world, next(iter(given.values.values()))) or UNBOUNDED
        return Range(0.0, 0.0) if op == "-" else TWO["squared_difference"](own, Range(0.0, 0.0))
    made = world.known.origin.get(_past_stop(world, right), ())
    if op == "-" and len(made) > 1 and made[0] in ("max", "min") and made[1] in (left, _past_stop(world, left)):
        return Range(high=0.0) if made[0] == "max" else Range(low=0.0)
    return UNBOUNDED


def _past_stop(world: Libraries, key: Key) -> Key:
    """The key of what a value was copied from (`stop_gradient`, `reshape` to more axes)."""
    made = world.known.origin.get(key, ())
    while made and made[0] in ("copy", "expand_dims", "cast") and isinstance(made[1], int):
        key = made[1]
        made = world.known.origin.get(key, ())
    return key


def _tightened(found: Range, result: Result) -> Range:
    """With the bounds of the fact, where they say more."""
    if found.array is not None or result.low == result.high:
        return found
    if result.low is not None and result.low >= found.low:
        opened = result.low_open or (found.low_open and result.low == found.low)
        found = replace(found, low=result.low, low_open=opened)
    if result.high is not None and result.high <= found.high:
        opened = result.high_open or (found.high_open and result.high == found.high)
        found = replace(found, high=result.high, high_open=opened)
    return found


# -- identity


def _identified(world: Libraries, name: str, op: str, given: Given, node: Node, found: Range) -> Range:
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
    if copies and len(node.edges) == 1 and node.edges[0].outcome == FLOWS and node.kind == "tensor" and "shape" not in keys:
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
        return (float(value.value), ()) if isinstance(value.value, (int, float)) else None
    key = key_of(world, value)
    if key is None:
        return None
    return world.known.linear.get(key, (0.0, ((key, 1.0),)))


def _scaled(form: tuple[float, tuple[tuple[Key, float], ...]], by: float) -> tuple[float, tuple[tuple[Key, float], ...]]:
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
        parts = [rows_of(world, v) for v in _items(world, values[0])]
        rows = [r for p in parts if p is not None for r in p]
        return tuple(rows) if parts and None not in parts and len(rows) <= MOST_ROWS else None
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
    if name.startswith(numbers_settled.DRAWS):
        return True
    known = [r for r in ranges if r is not None]
    if op in ("+", "-", "@", "*", "/") and len(ranges) > 1:
        keys = {r.key for r in known}
        return any(r.generic for r in known) and len(keys) == len(known) and (op in "+-" or len(known) == len(ranges) and all(
            r.generic or r.low > 0 or r.high < 0 or (op == "@" and r.array is not None and any(r.array.flat)) for r in known
        ))  # fmt: skip
    return bool(known) and known[0].generic and (op in WHOLE or op in ("negative", "abs", "square", "exp", "mean", "sum", "[]", "tanh"))


# -- points


def _with_points(world: Libraries, op: str, effect: Effect, given: Given, node: Node, found: Range) -> Range:
    values = list(given.values.values())
    ranges = operands(world, op, given)
    if op in ("gather", "tile", "repeat", "reshape", "transpose", "expand_dims", "squeeze", "broadcast_to", "boolean_mask", "cast"):
        ranges = ranges[:1]
    if op in ("concat", "stack") and values:
        ranges = [of_value(world, v) or UNBOUNDED for v in _items(world, values[0])]
    equal = _equal(world, op, values)
    if found.generic and not equal and op in ("+", "-"):
        return found
    if equal:
        found = replace(found, generic=False)
    text = node.site.text(30) if node.site is not None else op
    selects = bool(values) and apply.dtype_of(world, values[0]) == "b"
    partial = given.get("axis") not in (UNBOUND, Const(None))
    scene = Scene(op, ranges, text, partial, equal, selects)
    wanted = {"-": 2, "squared_difference": 2, "+": 2, "*": 2, "/": 2, "**": 2, "@": 2}.get(op, 1)
    points = met(scene) if len(ranges) >= wanted else ()
    if scene.equal == "all" and found.low == found.high:
        return replace(found, points=points)
    return replace(found, points=tuple(p for p in points if found.low <= p.at <= found.high))


def _equal(world: Libraries, op: str, values: Sequence[Value]) -> str:
    """How the operands of a difference are related."""
    if op not in ("-", "squared_difference") or len(values) < 2:
        return ""
    left, right = (key_of(world, v) for v in values[:2])
    if left is None or right is None:
        return ""
    if left == right:
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
    return "pairs" if (one[0] == "transpose" and one[1] == right) or (other[0] == "transpose" and other[1] == left) else ""


# -- hooks of the other modules


def judge(world: Libraries, name: str, effect: Effect, given: Given, result: Value, site: Site) -> None:
    """Take down an operation that can be singular where it is called."""
    numbers_singular.judge(world, name, short(name), effect, given, result, site)


def of_operator(world: Libraries, op: str, values: Sequence[Value]) -> Range | None:
    """What is known of the numbers that an operator gives on plain numbers and arrays."""
    name = short(f"operator {op}")
    given = apply.bind((), Arguments(list(values)))
    array = numbers_exact.compute(world, name, given, lambda v: _array(world, v), True)
    if array is not None:
        return Range.of(array, True)
    return _by_name(world, name, given) if any(of_value(world, v) is not None for v in values) else None


def of_index(world: Libraries, base: Value, key: Value) -> Range | None:
    """What is known of the numbers of `base[key]`."""
    own = of_value(world, base)
    base_key, index_key = key_of(world, base), _index_key(world, key)
    found = own or UNBOUNDED
    array = numbers_exact.index(world, own.array, key) if own is not None and own.array is not None else None
    if array is not None:
        found = Range.of(array, found.double)
    elif own is not None:
        found = replace(own, array=None, points=met(Scene("[]", [own], "")))
    identity = None
    if base_key is not None and index_key is not None:
        word = "[new]" if Const(None) in (key.items if isinstance(key, Tuple) else (key,)) else "[]"
        identity = world.known.key(word, base_key, index_key)
    return replace(found, key=identity, rows=_index_rows(world, base, key), same=frozenset())


def of_part(
    world: Libraries, value: Value, axis: Value, index: int | None, count: int | None, split: bool
) -> tuple[shapes.Shape | None, Range | None]:
    """Shape and numbers of one of the parts that `unstack`, `split` or iterating give; `index` None: of any of them."""
    from tapelint.flow.values import NO_VALUE, SliceOf

    shape = shapes.of_value(world, value)
    if shape is None or not isinstance(axis, Const) or not isinstance(axis.value, int) or not -len(shape) <= axis.value < len(shape):
        own = of_value(world, value)
        return None, replace(own, array=None, points=(), key=None, rows=None, same=frozenset()) if own is not None else None
    at = axis.value % len(shape)
    length = shape[at]
    if index is None or (split and (length is None or not count or length % count)):
        own = of_value(world, value)
        rest = None if split else (*shape[:at], *shape[at + 1 :])
        return rest, replace(own, array=None, key=None, rows=None, same=frozenset()) if own is not None else None
    whole = SliceOf(NO_VALUE, NO_VALUE, NO_VALUE)
    place: Value = Const(index)
    rest = (*shape[:at], *shape[at + 1 :])
    if split and length is not None and count:
        step = length // count
        place = SliceOf(Const(index * step), Const((index + 1) * step), NO_VALUE)
        rest = (*shape[:at], step, *shape[at + 1 :])
    return rest, of_index(world, value, Tuple((*[whole] * at, place)))


def _index_key(world: Libraries, key: Value) -> Key | None:
    from tapelint.flow.values import SliceOf

    if isinstance(key, SliceOf):
        parts = [key_of(world, v) for v in (key.start, key.stop, key.step)]
        return world.known.key("slice", *parts) if None not in parts else None
    if isinstance(key, Tuple):
        parts = [_index_key(world, v) for v in key.items]
        return world.known.key("index", *parts) if None not in parts else None
    return key_of(world, key)


def _index_rows(world: Libraries, base: Value, key: Value) -> tuple[int, ...] | None:
    from tapelint.flow.values import SliceOf

    rows = rows_of(world, base)
    if rows is None or not isinstance(key, SliceOf):
        return None
    ends = [e.value for e in (key.start, key.stop, key.step) if isinstance(e, Const)]
    return rows[slice(*ends)] if len(ends) == 3 else None


def of_extreme(world: Libraries, name: str, items: Sequence[Value]) -> Range | None:
    """Bounds of `max` or `min` of several values."""
    ranges = [of_value(world, v) or UNBOUNDED for v in items]
    if not ranges:
        return None
    return largest(ranges) if name == "max" else smallest(ranges)


__all__ = ["Known", "Mapping", "bounds", "judge", "key_of", "of_extreme", "of_index", "of_operator", "of_value", "plus"]
