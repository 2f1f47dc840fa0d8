"""Small arrays computed element by element, rounded as the library rounds: what elementwise functions give.

Only finite answers are exact to the last bit or nearly; what matters is where they are 0, 1, infinite or NaN.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from itertools import product

from tapelint.flow.ranges import Array

LARGEST = 256
INF, NAN = math.inf, math.nan
SMALLEST = 2.0**-126


def rounded(x: float, double: bool = False) -> float:
    """A number as 32 bits hold it; results too small for a normal number become 0, as on a CPU."""
    if double or x != x or math.isinf(x):
        return x
    try:
        narrow = struct.unpack("f", struct.pack("f", x))[0]
    except OverflowError:
        return math.copysign(INF, x)
    return 0.0 if abs(narrow) < SMALLEST else float(narrow)


def divide(a: float, b: float) -> float:
    """IEEE division."""
    if b == 0:
        return NAN if a == 0 or a != a else math.copysign(INF, a) * math.copysign(1.0, b)
    return a / b


def power(a: float, b: float) -> float:
    """IEEE power."""
    try:
        if a == 0 and b < 0:
            return INF
        return float(a**b) if a >= 0 or float(b).is_integer() else NAN
    except (OverflowError, ValueError):
        return INF if a > 0 or b % 2 == 0 else -INF
    except ZeroDivisionError:
        return INF


def _guard(function: Callable[[float], float], low: float = -INF, high: float = INF) -> Callable[[float], float]:
    """The function, NaN outside its domain and infinite where it overflows."""

    def call(x: float) -> float:
        if x != x or x < low or x > high:
            return NAN
        try:
            return function(x)
        except OverflowError:
            return INF
        except ValueError:
            return NAN

    return call


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.7 else INF


def _log(x: float) -> float:
    return -INF if x == 0 else math.log(x)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _tanh(x: float) -> float:
    return math.copysign(1.0, x) if abs(x) > 9.0 else math.tanh(x)


def _softplus(x: float) -> float:
    return x if x > 40 else math.log1p(math.exp(x))


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """A rounding, which leaves what is not finite as it is."""
    return lambda x: float(function(x)) if math.isfinite(x) else x


UNARY: dict[str, Callable[[float], float]] = {
    "negative": lambda x: -x,
    "abs": abs,
    "square": lambda x: x * x,
    "sqrt": _guard(math.sqrt, 0.0),
    "rsqrt": _guard(lambda x: divide(1.0, math.sqrt(x)), 0.0),
    "reciprocal": lambda x: divide(1.0, x),
    "exp": _guard(_exp),
    "log": _guard(_log, 0.0),
    "log1p": _guard(lambda x: _log(1 + x), -1.0),
    "expm1": _guard(lambda x: _exp(x) - 1),
    "sin": _guard(math.sin),
    "cos": _guard(math.cos),
    "tan": _guard(math.tan),
    "tanh": _guard(_tanh),
    "sigmoid": _guard(_sigmoid),
    "softplus": _guard(_softplus),
    "relu": lambda x: x if x > 0 or x != x else 0.0,
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "sign": lambda x: float((x > 0) - (x < 0)) if x == x else NAN,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "round": _whole(round),
    "rint": _whole(round),
    "acos": _guard(math.acos, -1.0, 1.0),
    "asin": _guard(math.asin, -1.0, 1.0),
    "atan": math.atan,
    "acosh": _guard(math.acosh, 1.0),
    "asinh": _guard(math.asinh),
    "atanh": _guard(lambda x: math.copysign(INF, x) if abs(x) == 1 else math.atanh(x), -1.0, 1.0),
    "sinh": lambda x: math.copysign(INF, x) if abs(x) > 710 else math.sinh(x),
    "cosh": _guard(math.cosh),
    "erf": _guard(math.erf),
    "log2": _guard(lambda x: _log(x) / math.log(2), 0.0),
    "log10": _guard(lambda x: _log(x) / math.log(10), 0.0),
    "logical_not": lambda x: float(not x),
    "not": lambda x: float(not x),
    "is_nan": lambda x: float(x != x),
    "is_finite": lambda x: float(not (math.isinf(x) or x != x)),
    "zeros_like": lambda x: 0.0,
    "ones_like": lambda x: 1.0,
    "log_sigmoid": _guard(lambda x: -_softplus(-x)),
}

BINARY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "**": power,
    "//": lambda a, b: float(math.floor(a / b)) if b and math.isfinite(a / b) else NAN,
    "%": lambda a, b: a % b if b and math.isfinite(a) and math.isfinite(b) else NAN,
    "maximum": lambda a, b: max(a, b),
    "minimum": lambda a, b: min(a, b),
    "squared_difference": lambda a, b: (a - b) * (a - b),
    "divide_no_nan": lambda a, b: divide(a, b) if b else 0.0,
    "multiply_no_nan": lambda a, b: a * b if b else 0.0,
    "xlogy": lambda a, b: a * UNARY["log"](b) if a else 0.0,
    "atan2": lambda a, b: math.atan2(a, b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "logical_and": lambda a, b: float(bool(a and b)),
    "logical_or": lambda a, b: float(bool(a or b)),
}


def _std(values: Sequence[float], double: bool) -> float:
    mean = rounded(math.fsum(values) / len(values), double)
    return math.sqrt(math.fsum(rounded(v - mean, double) ** 2 for v in values) / len(values))


def _logsumexp(values: Sequence[float], double: bool) -> float:
    top = max(values)
    return top if math.isinf(top) else top + math.log(math.fsum(_exp(v - top) for v in values))


def norm_of(p: float) -> Callable[[Sequence[float], bool], float]:
    """The p-norm of numbers."""
    if math.isinf(p):
        return lambda v, _: max(abs(x) for x in v)
    return lambda v, _: math.fsum(abs(x) ** p for x in v) ** (1 / p)


REDUCE: dict[str, Callable[[Sequence[float], bool], float]] = {
    "sum": lambda v, _: math.fsum(v),
    "mean": lambda v, _: math.fsum(v) / len(v),
    "max": lambda v, _: max(v),
    "min": lambda v, _: min(v),
    "prod": lambda v, _: math.prod(v),
    "any": lambda v, _: float(any(v)),
    "all": lambda v, _: float(all(v)),
    "norm": lambda v, _: math.sqrt(math.fsum(x * x for x in v)),
    "euclidean_norm": lambda v, _: math.sqrt(math.fsum(x * x for x in v)),
    "std": _std,
    "variance": lambda v, d: _std(v, d) ** 2,
    "logsumexp": _logsumexp,
    "argmax": lambda v, _: float(v.index(max(v))),
    "argmin": lambda v, _: float(v.index(min(v))),
    "count_nonzero": lambda v, _: float(sum(1 for x in v if x)),
}


def _softmax(values: Sequence[float], double: bool) -> list[float]:
    top = max(values)
    if math.isinf(top):
        return [NAN for _ in values]
    powers = [rounded(_exp(v - top), double) for v in values]
    total = math.fsum(powers)
    return [p / total for p in powers]


def _log_softmax(values: Sequence[float], double: bool) -> list[float]:
    top = _logsumexp(values, double)
    return [v - top for v in values]


ALONG: dict[str, Callable[[Sequence[float], bool], list[float]]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "reverse": lambda v, _: list(reversed(v)),
    "cumsum": lambda v, _: [math.fsum(v[: i + 1]) for i in range(len(v))],
    "cumprod": lambda v, _: [math.prod(v[: i + 1]) for i in range(len(v))],
    "sort": lambda v, _: sorted(v),
    "l2_normalize": lambda v, _: [x / math.sqrt(max(math.fsum(y * y for y in v), 1e-12)) for x in v],
}


def size(shape: Iterable[int]) -> int:
    """How many elements."""
    return math.prod(shape)


def made(shape: Sequence[int], flat: Iterable[float], double: bool) -> Array | None:
    """An array, each number rounded; None if it is too large."""
    if size(shape) > LARGEST:
        return None
    return Array(tuple(shape), tuple(rounded(x, double) for x in flat))


def strides(shape: Sequence[int]) -> list[int]:
    """The steps in the flat order, one an axis."""
    return [size(shape[i + 1 :]) for i in range(len(shape))]


def picked(array: Array, shape: Sequence[int], where: Callable[[tuple[int, ...]], Sequence[int]]) -> Array | None:
    """An array of another shape whose element at an index is that of `array` at `where(index)`."""
    if size(shape) > LARGEST:
        return None
    steps = strides(array.shape)
    flat = []
    for index in product(*(range(n) for n in shape)):
        flat.append(array.flat[sum(i * s for i, s in zip(where(index), steps, strict=True))])
    return Array(tuple(shape), tuple(flat))


def broadcast_shape(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The shape of an elementwise result; None where they do not fit."""
    result: list[int] = []
    for at in range(1, max((len(s) for s in shapes), default=0) + 1):
        sizes = {s[-at] for s in shapes if len(s) >= at} - {1}
        if len(sizes) > 1:
            return None
        result.append(sizes.pop() if sizes else 1)
    return tuple(reversed(result))


def broadcast(array: Array, shape: tuple[int, ...]) -> Array | None:
    """The array repeated to a shape."""
    if array.shape == shape:
        return array
    if not array.shape:
        return Array(shape, array.flat * size(shape)) if size(shape) <= LARGEST else None
    lead = len(shape) - len(array.shape)
    return picked(
        array, shape, lambda index: [i if n > 1 else 0 for i, n in zip(index[lead:], array.shape, strict=True)]
    )


def elementwise(function: Callable[..., float], arrays: Sequence[Array], double: bool) -> Array | None:
    """A function of one or more arrays, element by element."""
    shape = broadcast_shape([a.shape for a in arrays])
    if shape is None or size(shape) > LARGEST:
        return None
    spread = [broadcast(a, shape) for a in arrays]
    if any(a is None for a in spread):
        return None
    return made(shape, (function(*each) for each in zip(*(a.flat for a in spread if a), strict=True)), double)


def axes_of(axis: object, rank: int) -> tuple[int, ...] | None:
    """An `axis` argument (None: all) as sorted axes counted from the start."""
    if axis is None:
        return tuple(range(rank))
    given = axis if isinstance(axis, tuple) else (axis,)
    found = []
    for one in given:
        if not isinstance(one, int) or isinstance(one, bool) or not -rank <= one < rank:
            return None
        found.append(one % rank)
    return tuple(sorted(set(found)))


def _groups(array: Array, axes: tuple[int, ...]) -> tuple[list[int], list[list[int]]]:
    """The kept shape, and for each kept index the flat places that are reduced."""
    steps = strides(array.shape)
    kept = [i for i in range(len(array.shape)) if i not in axes]
    shape = [array.shape[i] for i in kept]
    groups = []
    for index in product(*(range(n) for n in shape)):
        base = sum(i * steps[k] for i, k in zip(index, kept, strict=True))
        inner = product(*(range(array.shape[a]) for a in axes))
        groups.append([base + sum(i * steps[a] for i, a in zip(each, axes, strict=True)) for each in inner])
    return shape, groups


def reduced(
    name: str | Callable[[Sequence[float], bool], float],
    array: Array,
    axes: tuple[int, ...],
    keep: bool,
    double: bool,
) -> Array | None:
    """A reduction over some axes, by its name or by what it makes of the numbers."""
    function = REDUCE[name] if isinstance(name, str) else name
    if not array.flat or any(x != x for x in array.flat) or any(axis >= len(array.shape) for axis in axes):
        return None
    shape, groups = _groups(array, axes)
    if keep:
        shape = [1 if i in axes else n for i, n in enumerate(array.shape)]
    try:
        return made(shape, (function([array.flat[i] for i in group], double) for group in groups), double)
    except (OverflowError, ValueError):
        return None


def along(name: str, array: Array, axis: int, double: bool) -> Array | None:
    """A function of whole rows along an axis, of the same shape."""
    if any(x != x for x in array.flat) or not array.flat:
        return None
    flat = list(array.flat)
    for group in _groups(array, (axis,))[1]:
        try:
            values = ALONG[name]([array.flat[i] for i in group], double)
        except (OverflowError, ValueError):
            return None
        for place, value in zip(group, values, strict=True):
            flat[place] = value
    return made(array.shape, flat, double)


def matmul(a: Array, b: Array, double: bool) -> Array | None:
    """A matrix product of two matrices."""
    if len(a.shape) != 2 or len(b.shape) != 2 or a.shape[1] != b.shape[0]:
        return None
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    if rows * columns > LARGEST:
        return None
    flat = (
        sum(rounded(a.flat[r * inner + k] * b.flat[k * columns + c], double) for k in range(inner))
        for r in range(rows)
        for c in range(columns)
    )
    return made((rows, columns), flat, double)


def concatenated(arrays: Sequence[Array], axis: int) -> Array | None:
    """Arrays one after the other along an axis."""
    first = arrays[0]
    rank = len(first.shape)
    if not -rank <= axis < rank or any(len(a.shape) != rank for a in arrays):
        return None
    axis %= rank
    if any(a.shape[:axis] + a.shape[axis + 1 :] != first.shape[:axis] + first.shape[axis + 1 :] for a in arrays):
        return None
    total = sum(a.shape[axis] for a in arrays)
    if size(first.shape[:axis]) * total * size(first.shape[axis + 1 :]) > LARGEST:
        return None
    flat: list[float] = []
    chunk = [size(a.shape[axis:]) for a in arrays]
    for outer in range(size(first.shape[:axis])):
        for array, length in zip(arrays, chunk, strict=True):
            flat += array.flat[outer * length : (outer + 1) * length]
    return Array((*first.shape[:axis], total, *first.shape[axis + 1 :]), tuple(flat))


def reshaped(array: Array, shape: Sequence[int]) -> Array | None:
    """The same numbers in another shape; one length may be -1."""
    wanted = list(shape)
    if wanted.count(-1) == 1:
        rest = size(n for n in wanted if n != -1)
        if not rest or len(array.flat) % rest:
            return None
        wanted[wanted.index(-1)] = len(array.flat) // rest
    return Array(tuple(wanted), array.flat) if size(wanted) == len(array.flat) and min(wanted, default=0) >= 0 else None
