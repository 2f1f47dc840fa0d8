"""Small arrays that are known element by element: what a call makes of them, or from nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.ranges import Array
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, SliceOf, Tuple, Value, Variable, number_of

from .. import arguments
from .numbers_arrays import (
    ALONG,
    BINARY,
    LARGEST,
    REDUCE,
    UNARY,
    along,
    axes_of,
    broadcast,
    broadcast_shape,
    concatenated,
    elementwise,
    made,
    matmul,
    norm_of,
    picked,
    reduced,
    reshaped,
    size,
)

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

ArrayOf = Callable[[Value], "Array | None"]


def numbers_in(world: Libraries, value: Value, of: ArrayOf) -> Array | None:
    """The numbers of a constant, of a list or tuple of known numbers, or of a known array."""
    if isinstance(value, Const):
        number = number_of(value)
        return None if number is None else Array((), (number,))
    if isinstance(value, (Data, Variable)):
        return of(value)
    if isinstance(value, Cell) and value.kind == "list":
        value = containers.stored(world.run, value)
    if not isinstance(value, Tuple) or not value.items or len(value.items) > LARGEST:
        return None
    parts: list[Array] = []
    for item in value.items:
        part = numbers_in(world, item, of)
        if part is None or part.shape != (parts[0].shape if parts else part.shape):
            return None
        parts.append(part)
    flat = tuple(x for part in parts for x in part.flat)
    return Array((len(parts), *parts[0].shape), flat) if len(flat) <= LARGEST else None


def compute(world: Libraries, op: str, given: Given, of: ArrayOf, double: bool) -> Array | None:
    """The array that a call gives; None where it is not known."""
    maker = MAKERS.get(op)
    if maker is not None:
        return maker(world, given, double)
    values = list(given.values.values())
    if not values:
        return None
    if op in ("concat", "stack"):
        return _joined(world, op, given, of)
    first = numbers_in(world, values[0], of)
    if first is None and op != "where":
        return None
    if op in UNARY and first is not None:
        return elementwise(UNARY[op], [first], double)
    if op in BINARY and len(values) >= 2 and first is not None:
        second = numbers_in(world, values[1], of)
        if second is None or (op in COMPARING and _is_close_call(first, second)):
            return None
        known = [made(a.shape, a.flat, double) or a for a in (first, second)]
        return elementwise(BINARY[op], known, double)
    handler = STRUCTURE.get(op)
    if handler is not None and first is not None:
        return handler(world, given, first, of, double)
    if first is not None and (op in REDUCE or op in ALONG):
        return _over_axes(world, op, given, first, double)
    return _chosen(world, op, values, of, double)


COMPARING = frozenset(["==", "!=", "<", "<=", ">", ">="])
CLOSE = 1e-5


def _is_close_call(a: Array, b: Array) -> bool:
    """Whether a comparison hangs on how results were rounded: numbers that nearly are the same, but not quite."""
    gaps = elementwise(lambda x, y: float(x != y and abs(x - y) < CLOSE * max(1.0, abs(x), abs(y))), [a, b], True)
    return gaps is None or any(gaps.flat)


def _chosen(world: Libraries, op: str, values: Sequence[Value], of: ArrayOf, double: bool) -> Array | None:
    """`where` and `clip_by_value`."""
    if op not in ("where", "clip_by_value") or len(values) < 3:
        return None
    three = [numbers_in(world, v, of) for v in values[:3]]
    if any(a is None for a in three):
        return None
    if op == "where":
        return elementwise(lambda c, a, b: a if c else b, [a for a in three if a], double)
    return elementwise(lambda x, low, high: max(min(x, high), low), [a for a in three if a], double)


def constant(world: Libraries, given: Given, *names: str) -> object:
    """A constant argument under one of its names; None where it is left out, UNSET where it is not known."""
    for name in names:
        value = given.get(name)
        if value is not UNBOUND:
            return arguments.plain_constant(world, value)
    return None


def axes(world: Libraries, given: Given, rank: int) -> tuple[int, ...] | None:
    """The axes of a reduction."""
    axis = constant(world, given, "axis", "dim")
    return None if axis is arguments.UNSET else axes_of(axis, rank)


def vector_norm(world: Libraries, given: Given, rank: int | None) -> float | None:
    """The p of a norm, by its `ord`; None for a norm that is one of matrices only, or that is not known.

    Over two axes, or with Keras and NumPy of a whole matrix, a number is no p: 2 is the largest singular value.
    """
    p, axis = constant(world, given, "ord"), constant(world, given, "axis")
    if p in (None, "euclidean", "fro"):
        return 2.0
    whole = axis is None and "tensor" not in given.values and rank != 1
    if isinstance(p, bool) or not isinstance(p, (int, float)) or p <= 0 or whole or axis is arguments.UNSET:
        return None
    return None if isinstance(axis, tuple) and len(axis) > 1 else float(p)


def keeps(world: Libraries, given: Given) -> bool | None:
    """The argument `keepdims`."""
    keep = constant(world, given, "keepdims", "keep_dims")
    return None if keep is arguments.UNSET else bool(keep)


def _over_axes(world: Libraries, op: str, given: Given, array: Array, double: bool) -> Array | None:
    rank = len(array.shape)
    if op in REDUCE:
        wanted, keep = axes(world, given, rank), keeps(world, given)
        if wanted is None or keep is None:
            return None
        if op == "norm":
            p = vector_norm(world, given, rank)
            return reduced(norm_of(p) if p != 2 else op, array, wanted, keep, double) if p is not None else None
        if op in ("argmax", "argmin"):
            wanted = wanted if given.get("axis") is not UNBOUND else (0,)
        if op in ("argmax", "argmin") and len(wanted) != 1:
            return None
        return reduced(op, array, wanted, keep, double)
    axis = constant(world, given, "axis")
    axis = (
        {"softmax": -1, "log_softmax": -1, "sort": -1, "cumsum": 0, "cumprod": 0}.get(op, 0 if rank == 1 else None)
        if axis is None
        else axis
    )
    if isinstance(axis, tuple) and len(axis) == 1:
        axis = axis[0]
    if not isinstance(axis, int) or not -rank <= axis < rank or rank == 0:
        return None
    return along(op, array, axis % rank, double)


# -- the same numbers in another order or shape


def _identity(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    shape = constant(world, given, "shape")
    if isinstance(shape, tuple) and all(isinstance(n, int) for n in shape):
        return broadcast(array, shape) if not array.shape else reshaped(array, shape)
    dtype = given.get("dtype")
    return (
        _converted(world, array, dtype, double)
        if dtype is not UNBOUND and dtype != NO_VALUE
        else made(array.shape, array.flat, double)
    )


def _converted(world: Libraries, array: Array, dtype: Value, double: bool) -> Array | None:
    letter = arguments.dtype_argument(dtype)
    if letter == "f":
        return made(array.shape, array.flat, double)
    if letter == "b":
        return Array(array.shape, tuple(float(x != 0) for x in array.flat))
    return Array(array.shape, tuple(float(int(x)) for x in array.flat)) if letter == "i" and array.finite else None


def _cast(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    return _converted(world, array, given.get("dtype"), double)


def _reshape(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    shape = constant(world, given, "shape", "newshape")
    wanted = shape if isinstance(shape, tuple) else (shape,)
    return reshaped(array, wanted) if all(isinstance(n, int) for n in wanted) else None


def _flatten(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    return Array((len(array.flat),), array.flat)


def _transpose(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    rank = len(array.shape)
    order = constant(world, given, "perm", "axes")
    order = tuple(reversed(range(rank))) if order is None else order
    if not isinstance(order, tuple) or sorted(order) != list(range(rank)):
        return None
    shape = [array.shape[o] for o in order]
    return picked(array, shape, lambda index: [index[order.index(a)] for a in range(rank)])


def _expand(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    axis = constant(world, given, "axis")
    rank = len(array.shape) + 1
    if not isinstance(axis, int) or not -rank <= axis < rank:
        return None
    axis %= rank
    return Array((*array.shape[:axis], 1, *array.shape[axis:]), array.flat)


def _squeeze(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    axis = constant(world, given, "axis")
    gone = (
        axes_of(axis, len(array.shape)) if axis is not None else tuple(i for i, n in enumerate(array.shape) if n == 1)
    )
    if gone is None or any(array.shape[i] != 1 for i in gone):
        return None
    return Array(tuple(n for i, n in enumerate(array.shape) if i not in gone), array.flat)


def _joined(world: Libraries, op: str, given: Given, of: ArrayOf) -> Array | None:
    """`concat` and `stack`: the parts of the first may have different lengths."""
    values = next(iter(given.values.values()), UNBOUND)
    if isinstance(values, Cell):
        values = containers.stored(world.run, values)
    axis = constant(world, given, "axis")
    axis = 0 if axis is None else axis
    parts = [numbers_in(world, v, of) for v in values.items] if isinstance(values, Tuple) else []
    known = [p for p in parts if p is not None]
    if not known or len(known) < len(parts) or not isinstance(axis, int):
        return None
    if op == "stack":
        rank = len(known[0].shape) + 1
        if not -rank <= axis < rank:
            return None
        axis %= rank
        known = [Array((*p.shape[:axis], 1, *p.shape[axis:]), p.flat) for p in known]
    return concatenated(known, axis)


def _one_hot(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    depth = constant(world, given, "depth", "num_classes")
    others = [constant(world, given, n) for n in ("on_value", "off_value", "axis")]
    if not isinstance(depth, int) or others != [None] * 3 or len(array.flat) * depth > LARGEST:
        return None
    return Array((*array.shape, depth), tuple(float(i == x) for x in array.flat for i in range(depth)))


def _tile(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    times = constant(world, given, "multiples", "reps")
    if not isinstance(times, tuple) or len(times) != len(array.shape) or not all(isinstance(n, int) for n in times):
        return None
    shape = [n * t for n, t in zip(array.shape, times, strict=True)]
    return picked(array, shape, lambda index: [i % n for i, n in zip(index, array.shape, strict=True)])


def _repeat(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    times, axis = constant(world, given, "repeats"), constant(world, given, "axis")
    if not isinstance(times, int) or not isinstance(axis, int) or not -len(array.shape) <= axis < len(array.shape):
        return None
    axis %= len(array.shape)
    shape = [n * times if i == axis else n for i, n in enumerate(array.shape)]
    return picked(array, shape, lambda index: [i // times if a == axis else i for a, i in enumerate(index)])


def _broadcast_to(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    shape = constant(world, given, "shape")
    if not isinstance(shape, tuple) or not all(isinstance(n, int) for n in shape) or size(shape) > LARGEST:
        return None
    return broadcast(array, shape) if broadcast_shape([array.shape, shape]) == shape else None


def _gather(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    indices = numbers_in(world, given.get("indices"), of)
    axis = constant(world, given, "axis")
    if (
        indices is None
        or axis not in (None, 0)
        or constant(world, given, "batch_dims") not in (None, 0)
        or not array.shape
    ):
        return None
    if any(not 0 <= i < array.shape[0] for i in indices.flat):
        return None
    rank = len(indices.shape)
    steps = [size(indices.shape[k + 1 :]) for k in range(rank)]

    def where(index: tuple[int, ...]) -> list[int]:
        at = sum(i * s for i, s in zip(index[:rank], steps, strict=True))
        return [int(indices.flat[at]), *index[rank:]]

    return picked(array, (*indices.shape, *array.shape[1:]), where)


def _masked(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    values = list(given.values.values())
    mask = numbers_in(world, values[1], of) if len(values) > 1 else None
    if mask is None or mask.shape != array.shape[: len(mask.shape)] or given.get("axis") is not UNBOUND:
        return None
    width = size(array.shape[len(mask.shape) :])
    chosen = [i for i, x in enumerate(mask.flat) if x]
    flat = tuple(x for i in chosen for x in array.flat[i * width : (i + 1) * width])
    return Array((len(chosen), *array.shape[len(mask.shape) :]), flat)


def _matmul(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    values = list(given.values.values())
    other = numbers_in(world, values[1], of) if len(values) > 1 else None
    flags = [constant(world, given, "transpose_a"), constant(world, given, "transpose_b")]
    if other is None or any(f not in (None, True, False) for f in flags):
        return None
    if len(other.shape) == 1 and len(array.shape) == 2 and not any(flags):
        found = matmul(array, Array((len(other.flat), 1), other.flat), double)
        return Array(found.shape[:1], found.flat) if found is not None else None
    if len(array.shape) != 2 or len(other.shape) != 2:
        return None
    both = [_turned(a) if f else a for a, f in zip((array, other), flags, strict=True)]
    return matmul(both[0], both[1], double)


def _diag(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    """A matrix with a vector on its diagonal."""
    size = len(array.flat)
    if len(array.shape) != 1 or len(given.values) != 1 or size * size > LARGEST:
        return None
    return Array((size, size), tuple(array.flat[r] if r == c else 0.0 for r in range(size) for c in range(size)))


def _trace(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    if len(array.shape) != 2 or len(given.values) != 1:
        return None
    columns = array.shape[1]
    return made((), [sum(array.flat[i * columns + i] for i in range(min(array.shape)))], double)


def _inner(world: Libraries, given: Given, array: Array, of: ArrayOf, double: bool) -> Array | None:
    """`tensordot` and `dot` of two vectors."""
    values = list(given.values.values())
    other = numbers_in(world, values[1], of) if len(values) > 1 else None
    if other is None or len(array.shape) != 1 or len(other.shape) != 1:
        return None
    if constant(world, given, "axes") == 0:
        shape = (len(array.flat), len(other.flat))
        return made(shape, [x * y for x in array.flat for y in other.flat], double) if size(shape) <= LARGEST else None
    if array.shape != other.shape or constant(world, given, "axes") not in (None, 1):
        return None
    return made((), [sum(x * y for x, y in zip(array.flat, other.flat, strict=True))], double)


def _turned(array: Array) -> Array:
    rows, columns = array.shape
    return Array((columns, rows), tuple(array.flat[r * columns + c] for c in range(columns) for r in range(rows)))


STRUCTURE: dict[str, Callable[[Libraries, Given, Array, ArrayOf, bool], Array | None]] = {
    "identity": _identity,
    "cast": _cast,
    "reshape": _reshape,
    "flatten": _flatten,
    "transpose": _transpose,
    "expand_dims": _expand,
    "squeeze": _squeeze,
    "tile": _tile,
    "repeat": _repeat,
    "broadcast_to": _broadcast_to,
    "gather": _gather,
    "@": _matmul,
    "matvec": _matmul,
    "diag": _diag,
    "trace": _trace,
    "tensordot": _inner,
    "dot": _inner,
    "vdot": _inner,
    "one_hot": _one_hot,
    "boolean_mask": _masked,
}


# -- from nothing


def _shape_of(world: Libraries, given: Given, *names: str) -> tuple[int, ...] | None:
    shape = constant(world, given, *names)
    shape = (shape,) if isinstance(shape, int) and not isinstance(shape, bool) else shape
    if not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape):
        return None
    return shape if size(shape) <= LARGEST else None


def _filled(number: float) -> Callable[[Libraries, Given, bool], Array | None]:
    def fill(world: Libraries, given: Given, double: bool) -> Array | None:
        shape = _shape_of(world, given, "shape")
        return Array(shape, (number,) * size(shape)) if shape is not None else None

    return fill


def _fill(world: Libraries, given: Given, double: bool) -> Array | None:
    shape = _shape_of(world, given, "dims", "shape")
    number = constant(world, given, "value", "fill_value")
    if shape is None or not isinstance(number, (int, float)):
        return None
    return made(shape, (float(number) for _ in range(size(shape))), double)


def _eye(world: Libraries, given: Given, double: bool) -> Array | None:
    rows, columns = constant(world, given, "num_rows", "N"), constant(world, given, "num_columns", "M")
    columns = rows if columns is None else columns
    if not isinstance(rows, int) or not isinstance(columns, int) or rows * columns > LARGEST:
        return None
    if constant(world, given, "batch_shape", "k") not in (None, 0):
        return None
    return Array((rows, columns), tuple(float(r == c) for r in range(rows) for c in range(columns)))


def _linspace(world: Libraries, given: Given, double: bool) -> Array | None:
    start, stop, count = (constant(world, given, *n) for n in (("start",), ("stop",), ("num",)))
    if not isinstance(start, (int, float)) or not isinstance(stop, (int, float)) or not isinstance(count, int):
        return None
    if not 1 < count <= LARGEST or constant(world, given, "endpoint") not in (None, True):
        return None
    step = (stop - start) / (count - 1)
    return made((count,), (start + step * i if i < count - 1 else stop for i in range(count)), double)


def _range(world: Libraries, given: Given, double: bool) -> Array | None:
    names = (("start", "start_or_stop"), ("limit", "stop"), ("delta", "step"))
    start, stop, step = (constant(world, given, *n) for n in names)
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if not all(isinstance(n, (int, float)) for n in (start, stop, step)) or not step:
        return None
    count = int(max(0, -((stop - start) // -step)))  # type: ignore[operator]
    return made((count,), (start + i * step for i in range(count)), double) if count <= LARGEST else None  # type: ignore[operator]


MAKERS: dict[str, Callable[[Libraries, Given, bool], Array | None]] = {
    "zeros": _filled(0.0),
    "ones": _filled(1.0),
    "fill": _fill,
    "eye": _eye,
    "linspace": _linspace,
    "range": _range,
}


# -- subscripts


def index(world: Libraries, array: Array, key: Value) -> Array | None:
    """`array[key]` with constant numbers, slices, new axes and `...`."""
    keys = list(key.items) if isinstance(key, Tuple) else [key]
    if Const(...) in keys:
        at = keys.index(Const(...))
        missing = len(array.shape) - sum(k != NO_VALUE for k in keys) + 1
        keys[at : at + 1] = [SliceOf(NO_VALUE, NO_VALUE, NO_VALUE)] * max(0, missing)
    rest = list(array.shape)
    shape: list[int] = []
    plan: list[int | range | None] = []
    for k in keys:
        if k == NO_VALUE:
            plan.append(None)
            shape.append(1)
            continue
        if not rest:
            return None
        length = rest.pop(0)
        if isinstance(k, SliceOf) and (ends := containers.ends(k)) is not None:
            places = range(*slice(*ends).indices(length))
            plan.append(places)
            shape.append(len(places))
        elif (
            isinstance(k, Const)
            and isinstance(k.value, int)
            and not isinstance(k.value, bool)
            and -length <= k.value < length
        ):
            plan.append(k.value % length)
        else:
            return None
    plan += [range(n) for n in rest]
    shape += rest

    def where(place: tuple[int, ...]) -> list[int]:
        found: list[int] = []
        at = iter(place)
        for step in plan:
            if step is None:
                next(at)
            else:
                found.append(step if isinstance(step, int) else step[next(at)])
        return found

    return picked(array, shape, where)
