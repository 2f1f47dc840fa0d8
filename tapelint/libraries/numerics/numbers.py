"""What is known of the numbers that calls give, and what a call without freedom does to its gradient.

The hooks that the other modules call: `bounds` for every result, `of_value`, `of_operator`, `of_extreme`, `of_index`;
`judge` takes down the operations that can be singular (see `numbers_singular`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.facts import Effect, Result
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Node, Site
from tapelint.flow.ranges import UNBOUNDED, Range
from tapelint.flow.values import NO_VALUE, UNBOUND, Const, Data, Opaque, Value, Variable, is_tensor

from .. import arguments
from ..shapes import shapes
from . import numbers_exact, numbers_gates, numbers_layers, numbers_settled, numbers_singular
from .numbers_bounds import MANY, ONE, RISING, TRUTHS, TWO, largest, rising, smallest, some_norm, truth
from .numbers_draws import drawn
from .numbers_identity import how_equal, identified
from .numbers_known import (
    Key,
    Known,
    array_of,
    either,
    forget,
    items_of,
    key_of,
    of_content,
    of_value,
    operands,
)
from .numbers_names import short
from .numbers_pairs import ITSELF, of_all_pairs
from .numbers_parts import of_index, of_part
from .numbers_points import Scene, met
from .numbers_settled import NOTHING

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

HOT = frozenset(["eye", "one_hot", "sequence_mask"])
OF_UNITS = Range(-1.000001, 1.000001)
"""What the product of two rows of length 1 comes to: rounding takes it past 1."""
CONSTANTS = {"zeros": 0.0, "ones": 1.0, "zeros_like": 0.0, "ones_like": 1.0}
OF_THE_FIRST = frozenset(
    "gather tile repeat reshape transpose expand_dims squeeze broadcast_to boolean_mask cast reverse identity".split()  # noqa: SIM905
)
"""What gives numbers of its first argument; the others say which, and in what shape."""


# -- results


def bounds(world: Libraries, name: str, effect: Effect, given: Given, node: Node, dtype: str) -> Range | None:
    """What is known of the numbers that come out of a call; a call without freedom gets edges without a gradient."""
    result = effect.result
    if result.kind not in ("tensor", "numpy", "python") or dtype in "sc":
        return None
    op = short(name)
    values = list(given.values.values())
    double = _double(world, name, given, values)
    op = "" if (otherwise := _is_told_otherwise(name, op, given)) else op
    array = numbers_exact.compute(world, op, given, lambda v: array_of(world, v), double) if op else None
    if array is not None:
        found = Range.of(array, double)
        numbers_gates.set_up(world, op, effect, given, node, array)
    elif otherwise:
        found = UNBOUNDED
    else:
        found = _interval(world, name, op, effect, given, node)
    found = identified(world, name, op, given, node, replace(found, double=double))
    if array is None and op:
        found = _with_points(world, op, given, node, found)
    found = numbers_layers.any_sign(name, found, node)
    if op in TRUTHS or op == "where":
        numbers_singular.remember(world, op, values, found, node)
    numbers_settled.settle(world, name, op, given, node, found)
    if _is_no_number(world, op, found, values):
        world.known.no_numbers.add(node.id)
    if any(isinstance(v, Const) and isinstance(v.value, float) and not math.isfinite(v.value) for v in values):
        world.known.by_no_number.add(node.id)
    if _is_mask(world, op, found, node, values):
        world.known.masks.add(node.id)
    return found


TOLD = frozenset(
    "adjoint_a adjoint_b ddof correction exclusive initial negative_slope off_value on_value reverse threshold weights "  # noqa: SIM905
    "where".split()
)
"""Arguments by which a function computes other numbers than those that are known here."""
FLATTENING = ("argmax", "argmin", "cumsum", "cumprod")
"""What goes along the first axis in TensorFlow, and over all numbers elsewhere, where no axis is named."""


def _is_told_otherwise(name: str, op: str, given: Given) -> bool:
    """Whether the arguments of a call are such that nothing is known of the numbers."""
    values = (given.get(word) for word in TOLD & given.values.keys())
    told = any(value is not UNBOUND and not (isinstance(value, Const) and not value.value) for value in values)
    flat = op in FLATTENING and not name.startswith("tensorflow.") and given.get("axis", NO_VALUE) == NO_VALUE
    return told or flat


def _is_no_number(world: Libraries, op: str, found: Range, values: Sequence[Value]) -> bool:
    """Whether some of the numbers are NaN or infinite: the mean of none is as well."""
    if found.array is not None:
        return not found.array.finite
    if op == "mean":
        return 0 in (shapes.of_value(world, values[0]) or () if values else ())
    return False


def _is_mask(world: Libraries, op: str, found: Range, node: Node, values: Sequence[Value]) -> bool:
    """Whether numbers are zeros and ones that were computed to leave something out: a diagonal, what a test says.

    Labels are none: they may well be 1 where an argument is singular.
    """
    if (found.low, found.high) != (0.0, 1.0):
        return False
    made = op == "eye" or (op == "cast" and bool(values) and arguments.dtype_of(world, values[0]) == "b")
    return made or any(e.node.id in world.known.masks for e in node.edges)


def _double(world: Libraries, name: str, given: Given, values: Sequence[Value]) -> bool:
    asked = given.get("dtype")
    said = getattr(asked, "value", getattr(asked, "name", "")) if asked is not UNBOUND else ""
    if isinstance(said, str) and said.rpartition(".")[2] in ("float64", "double"):
        return True
    if isinstance(said, str) and said:
        return False
    ranges = [of_value(world, v) for v in values if isinstance(v, (Data, Variable))]
    tensors = [r for v, r in zip((v for v in values if isinstance(v, (Data, Variable))), ranges, strict=True)
               if is_tensor(v)]  # fmt: skip
    return (
        any(r.double for r in (tensors or ranges) if r) if tensors or ranges else name.startswith(("numpy.", "math."))
    )


def floats(world: Libraries, effect: Effect, given: Given) -> list[Range]:
    """The ranges of the arguments that a result is made of; unbounded where nothing is known."""
    names = [n for n, known in effect.inputs.items() if n in given.values and known.outcome not in ("none",)]
    names = names or [n for n in effect.inputs if n in given.values] or list(given.values)[:1]
    return [of_value(world, given.values[n]) or UNBOUNDED for n in names]


def count(world: Libraries, given: Given) -> int | None:
    """How many numbers each number of a reduction is made from."""
    first = next(iter(given.values.values()), UNBOUND)
    shape = shapes.of_value(world, first)
    if shape is None:
        return None
    axes = numbers_exact.axes(world, given, len(shape))
    lengths = [shape[a] for a in axes] if axes is not None else [None]
    return math.prod(n for n in lengths if n is not None) if None not in lengths else None


def _plain_interval(world: Libraries, name: str, op: str, effect: Effect, given: Given, node: Node) -> Range:
    found = drawn(world, name, given) or numbers_layers.bounds(world, name, given, node) or _by_name(world, op, given)
    result = effect.result
    if found is None:
        found = UNBOUNDED
        ranges = floats(world, effect, given)
        if result.spread == "within" and ranges:
            found = either(ranges) or UNBOUNDED
        elif result.spread == "sign" and ranges and all(r.not_negative for r in ranges):
            found = Range(0.0)
    return _tightened(found, result) if any(i.outcome == "flows" for i in effect.inputs.values()) else found


def _interval(world: Libraries, name: str, op: str, effect: Effect, given: Given, node: Node) -> Range:
    """The bounds of a result whose elements are not known one by one."""
    if op in CONSTANTS:
        return Range(CONSTANTS[op], CONSTANTS[op])
    number = numbers_exact.constant(world, given, "value", "fill_value") if op == "fill" else None
    if isinstance(number, (int, float)):
        return Range(float(number), float(number))
    found = _plain_interval(world, name, op, effect, given, node)
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
            return OF_UNITS
    if op in HOT:
        return Range(0.0, 1.0)
    if op == "norm" and ranges and numbers_exact.vector_norm(world, given, _rank(world, given)) != 2:
        return some_norm(ranges[0])
    if op in MANY and ranges:
        return MANY[op](ranges[0], _softmax_count(world, given) if op == "softmax" else count(world, given))
    if op in TWO and len(ranges) > 1:
        related = _relation(world, op, given) if op in ("-", "*") else None
        return related if related is not None else TWO[op](ranges[0], ranges[1])
    if op in RISING and ranges:
        return rising(op, ranges[0])
    if op in ("@", "matvec") and len(ranges) > 1:
        return _matmul(world, given, ranges)
    if op == "cast" and ranges:
        boolean = arguments.dtype_of(world, next(iter(given.values.values()))) == "b"
        return Range(0.0, 1.0) if boolean and ranges[0] == UNBOUNDED else ranges[0].loose()
    return ONE[op](ranges[0]) if op in ONE and ranges else None


def _rank(world: Libraries, given: Given) -> int | None:
    shape = shapes.of_value(world, next(iter(given.values.values()), UNBOUND))
    return None if shape is None else len(shape)


def _is_partial(world: Libraries, given: Given) -> bool:
    """Whether a reduction leaves axes."""
    if given.get("axis") in (UNBOUND, Const(None)):
        return False
    rank = _rank(world, given)
    axes = numbers_exact.axes(world, given, rank) if rank is not None else None
    return axes is None or len(axes) != rank


def _matmul(world: Libraries, given: Given, ranges: Sequence[Range]) -> Range:
    values = list(given.values.values())
    if all(_is_unit(world, key_of(world, v)) for v in values[:2]):
        return OF_UNITS
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


def _relation(world: Libraries, op: str, given: Given) -> Range | None:
    """Bounds of a difference or product of which one operand is made from the other: `x - max(x)`, `x * x`."""
    left, right = (key_of(world, v) for v in list(given.values.values())[:2])
    if left is None or right is None:
        return None
    if left == right:
        own = of_value(world, next(iter(given.values.values()))) or UNBOUNDED
        return Range(0.0, 0.0) if op == "-" else TWO["squared_difference"](own, Range(0.0, 0.0))
    if op == "-" and numbers_settled.less_its_mean(world, given) == NOTHING:
        return Range(0.0, 0.0)
    made = world.known.origin.get(_past_stop(world, right), ())
    if op == "-" and len(made) > 1 and made[0] in ("max", "min") and made[1] in (left, _past_stop(world, left)):
        return Range(high=0.0) if made[0] == "max" else Range(low=0.0)
    return None


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


# -- points


def _with_points(world: Libraries, op: str, given: Given, node: Node, found: Range) -> Range:
    values = list(given.values.values())
    ranges = operands(world, op, given)
    if op in OF_THE_FIRST:
        ranges = ranges[:1]
    if op in ("concat", "stack") and values:
        ranges = [of_value(world, v) or UNBOUNDED for v in items_of(world, values[0])]
    if op in ("+", "-") and of_all_pairs(world, found.key):
        return replace(found, generic=False, points=(ITSELF,))
    equal = how_equal(world, op, values)
    if found.generic and not equal and op in ("+", "-"):
        return found
    if equal:
        found = replace(found, generic=False)
    text = node.site.text(30) if node.site is not None else op
    selects = bool(values) and arguments.dtype_of(world, values[0]) == "b"
    scene = Scene(op, ranges, text, _is_partial(world, given), equal, selects)
    wanted = {"-": 2, "squared_difference": 2, "+": 2, "*": 2, "/": 2, "**": 2, "@": 2, "matvec": 2}.get(op, 1)
    points = met(scene) if len(ranges) >= wanted else ()
    if scene.equal == "all" and found.low == found.high:
        return replace(found, points=points)
    return replace(found, points=tuple(p for p in points if found.low <= p.at <= found.high))


# -- hooks of the other modules


def judge(world: Libraries, name: str, effect: Effect, given: Given, result: Value, site: Site) -> None:
    """Take down an operation that can be singular where it is called."""
    numbers_singular.judge(world, name, short(name), effect, given, result, site)


def of_operator(world: Libraries, op: str, values: Sequence[Value]) -> Range | None:
    """What is known of the numbers that an operator gives on plain numbers and arrays."""
    name = short(f"operator {op}")
    given = arguments.bind((), Arguments(list(values)))
    array = numbers_exact.compute(world, name, given, lambda v: array_of(world, v), True)
    if array is not None:
        return Range.of(array, True)
    return _by_name(world, name, given) if any(of_value(world, v) is not None for v in values) else None


def of_method(world: Libraries, name: str, base: Value, args: Arguments) -> Range | None:
    """What is known of the numbers that a method of an array gives."""
    own = of_value(world, base)
    if own is None or own.array is None:
        return None
    if name in ("astype", "copy"):
        wanted = str(getattr(args.get(0, "dtype"), "value", getattr(args.get(0, "dtype"), "name", "")))
        kind = arguments.dtype_argument(args.get(0, "dtype")) if name == "astype" else "f"
        return Range.of(own.array, "64" in wanted or not wanted) if kind == "f" else None
    if args.every() or name not in ("sum", "mean", "max", "min", "std", "prod", "any", "all"):
        return None
    return of_call(world, name, [base])


def of_call(world: Libraries, op: str, values: Sequence[Value]) -> Range | None:
    """What an operation makes of known arrays, in double precision."""
    given = arguments.bind((), Arguments(list(values)))
    array = numbers_exact.compute(world, op, given, lambda v: array_of(world, v), True)
    return Range.of(array, True) if array is not None else None


def of_test(world: Libraries, op: str, values: Sequence[Value], node: Node) -> Range:
    """A comparison of something unknown: either, and what is compared is remembered."""
    keys = [key_of(world, v) for v in values]
    key = world.known.key(op, *keys) if None not in keys else None
    text = node.site.text(30) if node.site is not None else op
    found = Range(0.0, 1.0, points=met(Scene(op, [], text)), key=key)
    numbers_singular.remember(world, op, values, found, node)
    return found


def noted(world: Libraries, value: Opaque, found: Range | None) -> Opaque:
    """Something unknown of whose numbers something is known all the same."""
    if found is not None:
        world.known.ranges[value.node.id] = found
    return value


def of_extreme(world: Libraries, name: str, items: Sequence[Value]) -> Range | None:
    """Bounds of `max` or `min` of several values."""
    ranges = [of_value(world, v) or UNBOUNDED for v in items]
    if not ranges:
        return None
    return largest(ranges) if name == "max" else smallest(ranges)


__all__ = [
    "Known",
    "bounds",
    "forget",
    "judge",
    "key_of",
    "noted",
    "of_content",
    "of_extreme",
    "of_index",
    "of_method",
    "of_operator",
    "of_part",
    "of_test",
    "of_value",
]  # fmt: skip
