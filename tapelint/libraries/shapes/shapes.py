"""Shapes, where they can be seen: of what is made, and of what elementwise operations give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Opaque, Tuple, Value, Variable

from ..numerics.numbers_names import short

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

Shape = tuple[int | None, ...]


def differ(one: Sequence[int | None], other: Sequence[int | None]) -> bool:
    """Whether two shapes are certainly not the same."""
    return len(one) != len(other) or any(None not in (n, m) and n != m for n, m in zip(one, other, strict=True))


def cannot_become(before: Sequence[int | None], after: Sequence[int | None]) -> bool:
    """Whether a shape that is known cannot be made another one, in which -1 stands for what is left."""
    whole, rest = prod(n or 0 for n in before), prod(n or 0 for n in after if n != -1)
    return bool(whole % rest if rest else whole) if -1 in after else whole != rest


def of_value(world: Libraries, value: Value) -> Shape | None:
    """The shape of a value; None where it is not known."""
    if isinstance(value, (Data, Variable)):
        return value.shape if value.node.id not in world.known.reshaped else None
    if isinstance(value, Const):
        return () if isinstance(value.value, (int, float, complex, bool)) else None
    if isinstance(value, Cell) and value.kind == "list":
        return of_value(world, containers.stored(world.run, value))
    if isinstance(value, Tuple) and not value.items:
        return (0,)
    if isinstance(value, Tuple):
        inner = {of_value(world, item) for item in value.items}
        if len(inner) == 1 and (only := inner.pop()) is not None:
            return (len(value.items), *only)
    return None


def as_shape(world: Libraries, value: Value) -> Shape | None:
    """A shape argument: a list or tuple of numbers, or one number."""
    if isinstance(value, Const):
        return (value.value,) if isinstance(value.value, int) and not isinstance(value.value, bool) else None
    if isinstance(value, Cell) and value.kind in ("list", "shape"):
        value = containers.stored(world.run, value)
    if isinstance(value, Tuple):
        if len(value.items) == 1 and isinstance(value.items[0], (Cell, Tuple)):
            return as_shape(world, value.items[0])
        return tuple(i.value if isinstance(i, Const) and isinstance(i.value, int) else None for i in value.items)
    return None


MADE_BY_SHAPE = {
    "tensorflow.zeros": "shape",
    "tensorflow.ones": "shape",
    "tensorflow.fill": "dims",
    "tensorflow.random.normal": "shape",
    "tensorflow.random.uniform": "shape",
    "tensorflow.random.truncated_normal": "shape",
    "numpy.zeros": "shape",
    "numpy.ones": "shape",
    "numpy.empty": "shape",
    "numpy.full": "shape",
    "keras.random.normal": "shape",
    "keras.random.uniform": "shape",
    "keras.ops.zeros": "shape",
    "keras.ops.ones": "shape",
    "tensorflow.reshape": "shape",
    "tensorflow.broadcast_to": "shape",
    "keras.ops.reshape": "newshape",
    "numpy.random.normal": "size",
    "numpy.random.uniform": "size",
    "numpy.random.randint": "size",
    "numpy.random.rand": "args",
    "numpy.random.randn": "args",
}

BOUNDS = ("minval", "maxval", "mean", "stddev", "low", "high", "loc", "scale")
"""What numbers are drawn by: of several, each for numbers of its own, whatever the shape that is asked for."""

SAME_SHAPE = frozenset(
    (
        "abs",
        "exp",
        "log",
        "log1p",
        "sqrt",
        "square",
        "tanh",
        "sin",
        "cos",
        "sigmoid",
        "relu",
        "softplus",
        "negative",
        "sign",
        "sort",
        "floor",
        "ceil",
        "round",
        "identity",
        "stop_gradient",
        "zeros_like",
        "ones_like",
        "cast",
        "softmax",
        "log_softmax",
        "clip_by_value",
        "elu",
        "selu",
        "gelu",
        "erf",
        "rsqrt",
        "reciprocal",
        "acos",
        "asin",
        "atan",
        "leaky_relu",
        "swish",
        "silu",
        "convert_to_tensor",
        "constant",
        "atanh",
        "acosh",
        "asinh",
        "sinh",
        "cosh",
        "expm1",
        "array",
        "asarray",
        "relu6",
        "cumsum",
        "cumprod",
        "l2_normalize",
        "log_sigmoid",
        "reverse",
        "logical_not",
        "is_nan",
        "is_finite",
        "rint",
        "softsign",
        "mish",
    )
)
BROADCASTING = frozenset(
    (
        "+",
        "-",
        "*",
        "/",
        "**",
        "//",
        "%",
        "maximum",
        "minimum",
        "squared_difference",
        "divide_no_nan",
        "multiply_no_nan",
        "xlogy",
        "atan2",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "logical_and",
        "logical_or",
    )
)
REDUCING = frozenset(
    (
        "sum",
        "mean",
        "max",
        "min",
        "prod",
        "norm",
        "euclidean_norm",
        "std",
        "variance",
        "argmax",
        "argmin",
        "any",
        "all",
        "logsumexp",
    )
)
SAME_LAYERS = frozenset(
    f"keras.layers.{n}"
    for n in (
        "Dropout",
        "BatchNormalization",
        "LayerNormalization",
        "Activation",
        "ReLU",
        "Softmax",
        "LeakyReLU",
        "ELU",
        "PReLU",
        "GaussianNoise",
        "SpatialDropout2D",
        "GroupNormalization",
        "Identity",
        "Rescaling",
    )
)


TYPES_OF_NUMPY = frozenset(f"numpy.{kind}" for kind in ("float16", "float32", "float64", "int32", "int64", "bool_"))
"""What makes a number of a number, and an array of an array."""


def of_call(world: Libraries, name: str, given: Given) -> Shape | None:
    """The shape of a call's result, for the calls that make arrays or keep a shape."""
    op = short(name)
    if name in OF_ANOTHER_SHAPE:
        return None
    if op == "reshape":
        return _reshaped(world, given)
    if name == "tensorflow.constant" and given.get("shape") not in (UNBOUND, NO_VALUE):
        return as_shape(world, given.get("shape"))
    parameter = MADE_BY_SHAPE.get(name)
    if parameter is not None:
        shape = as_shape(world, given.get(parameter))
        if any(of_value(world, given.get(bound, Const(0.0))) != () for bound in BOUNDS):
            return None
        return None if shape is not None and any(n is not None and n < 0 for n in shape) else shape
    values = list(given.values.values())
    first = values[0] if values else UNBOUND
    if op in PRODUCTS:
        return _of_product(world, name, given)
    if name in COUNTED:
        return () if given.get("axis", NO_VALUE) == NO_VALUE else None
    if name == "tensorflow.shape":
        return (len(own),) if (own := of_value(world, first)) is not None else None
    if op in ("where", "clip_by_value") and len(values) >= 3:
        return broadcast([of_value(world, v) for v in values[:3]])
    if op in ("cumsum", "cumprod", "sort") and _is_flattened(name, given):
        return (count(before),) if (before := of_value(world, first)) is not None else None
    if (op in BROADCASTING and len(values) >= 2) or (name.startswith("operator ") and "[" not in name):
        return broadcast([of_value(world, v) for v in values[:2]])
    handler = HANDLERS.get(op)
    if handler is not None:
        return handler(world, given)
    if name in TYPES_OF_NUMPY or op in SAME_SHAPE or name.rpartition(".")[2] in SAME_SHAPE or name in SAME_LAYERS:
        return of_value(world, first)
    return _reduced(world, given, first) if op in REDUCING or ".reduce_" in name or op == "moments" else None


def _is_flattened(name: str, given: Given) -> bool:
    """Whether a function that goes along an axis is given none, and takes what it is given flat, as NumPy's do."""
    if name.startswith("tensorflow.") and not name.startswith("tensorflow.experimental."):
        return False
    axis = given.get("axis")
    return axis == NO_VALUE or (axis is UNBOUND and not name.endswith(".sort"))


PRODUCTS = ("@", "matvec", "tensordot", "einsum")


def _of_product(world: Libraries, name: str, given: Given) -> Shape | None:
    from . import shapes_products as products

    last = short(name)
    if last == "@":
        return products.of_matrices(world, given)
    if not name.startswith("tensorflow.") or name.startswith("tensorflow.experimental."):
        return None
    find = {"matvec": products.of_vector, "tensordot": products.of_tensors, "einsum": products.of_sum}[last]
    return find(world, given)


OF_ANOTHER_SHAPE = frozenset(
    ["tensorflow.image.transpose"]
    + [f"{library}.{name}" for library in ("numpy", "keras.ops", "tensorflow.experimental.numpy")
       for name in ("identity", "select")]
)  # fmt: skip
"""What is named like a function whose results have another shape."""
COUNTED = ("tensorflow.rank", "tensorflow.size", "tensorflow.math.count_nonzero")
"""What gives one number for a tensor."""


def count(sizes: Sequence[int | None]) -> int | None:
    """How many elements a shape has; None where it is not known."""
    return prod(n for n in sizes if n is not None) if None not in sizes else None


def _reshaped(world: Libraries, given: Given) -> Shape | None:
    values = list(given.values.values())
    wanted = as_shape(world, values[1]) if len(values) > 1 else None
    if wanted is None or -1 not in wanted:
        return wanted
    before = of_value(world, values[0])
    whole = count(before) if before is not None else None
    rest = count([n for n in wanted if n != -1])
    missing = whole // rest if whole is not None and rest else None
    return tuple(missing if n == -1 else n for n in wanted)


def _constant(world: Libraries, given: Given, *names: str) -> object:
    from ..numerics.numbers_exact import constant

    return constant(world, given, *names)


def _first(world: Libraries, given: Given) -> Shape | None:
    return of_value(world, next(iter(given.values.values()), UNBOUND))


def _tiled(world: Libraries, given: Given) -> Shape | None:
    shape, times = _first(world, given), _constant(world, given, "multiples", "reps")
    if shape is None or not isinstance(times, tuple) or len(times) != len(shape):
        return None
    return tuple(n * t if n is not None and isinstance(t, int) else None for n, t in zip(shape, times, strict=True))


def _repeated(world: Libraries, given: Given) -> Shape | None:
    shape, times, axis = _first(world, given), _constant(world, given, "repeats"), _constant(world, given, "axis")
    if shape is None or not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        return None
    axis %= len(shape)
    length = shape[axis]
    longer = length * times if length is not None and isinstance(times, int) else None
    return (*shape[:axis], longer, *shape[axis + 1 :])


def _expanded(world: Libraries, given: Given) -> Shape | None:
    shape, axis = _first(world, given), _constant(world, given, "axis")
    if shape is None or not isinstance(axis, int) or not -len(shape) - 1 <= axis <= len(shape):
        return None
    axis %= len(shape) + 1
    return (*shape[:axis], 1, *shape[axis:])


def _squeezed(world: Libraries, given: Given) -> Shape | None:
    shape, axis = _first(world, given), _constant(world, given, "axis")
    if shape is None or None in shape:
        return None
    if axis is None:
        return tuple(n for n in shape if n != 1)
    axes = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(a, int) and -len(shape) <= a < len(shape) for a in axes):
        return None
    gone = {a % len(shape) for a in axes}
    return tuple(n for i, n in enumerate(shape) if i not in gone)


def _turned(world: Libraries, given: Given) -> Shape | None:
    shape, order = _first(world, given), _constant(world, given, "perm", "axes")
    if shape is None:
        return None
    order = tuple(reversed(range(len(shape)))) if order is None else order
    if not isinstance(order, tuple) or sorted(order) != list(range(len(shape))):
        return None
    return tuple(shape[i] for i in order)


def _parts(world: Libraries, given: Given) -> list[Shape] | None:
    values = next(iter(given.values.values()), UNBOUND)
    if isinstance(values, Cell) and values.kind == "list":
        values = containers.stored(world.run, values)
    if not isinstance(values, Tuple) or not values.items:
        return None
    shapes = [of_value(world, v) for v in values.items]
    known = [s for s in shapes if s is not None]
    return known if len(known) == len(shapes) and len({len(s) for s in known}) == 1 else None


def _concatenated(world: Libraries, given: Given) -> Shape | None:
    parts, axis = _parts(world, given), _constant(world, given, "axis")
    axis = 0 if axis is None else axis
    if not parts or not isinstance(axis, int) or not -len(parts[0]) <= axis < len(parts[0]):
        return None
    axis %= len(parts[0])
    lengths = [p[axis] for p in parts]
    total = sum(n for n in lengths if n is not None) if None not in lengths else None
    return (*parts[0][:axis], total, *parts[0][axis + 1 :])


def _stacked(world: Libraries, given: Given) -> Shape | None:
    parts, axis = _parts(world, given), _constant(world, given, "axis")
    axis = 0 if axis is None else axis
    if not parts or not isinstance(axis, int) or not -len(parts[0]) - 1 <= axis <= len(parts[0]):
        return None
    axis %= len(parts[0]) + 1
    return (*parts[0][:axis], len(parts), *parts[0][axis:])


def _gathered(world: Libraries, given: Given) -> Shape | None:
    shape, indices = _first(world, given), of_value(world, given.get("indices"))
    plain = given.get("axis") in (UNBOUND, NO_VALUE, Const(0)) and _constant(world, given, "batch_dims") in (None, 0)
    return (*indices, *shape[1:]) if shape and indices is not None and plain else None


def _padded(world: Libraries, given: Given) -> Shape | None:
    shape, around = _first(world, given), _constant(world, given, "paddings")
    if shape is None or not isinstance(around, tuple) or len(around) != len(shape):
        return None
    pairs = [pair if isinstance(pair, tuple) and len(pair) == 2 else (None, None) for pair in around]
    known = [all(isinstance(n, int) for n in pair) for pair in pairs]
    sizes = zip(shape, pairs, known, strict=True)
    return tuple(n + sum(pair) if n is not None and sure else None for n, pair, sure in sizes)


def _hot(world: Libraries, given: Given) -> Shape | None:
    shape, depth = _first(world, given), _constant(world, given, "depth", "num_classes")
    return (*shape, depth) if shape is not None and isinstance(depth, int) and "axis" not in given.values else None


def _spaced(world: Libraries, given: Given) -> Shape | None:
    number = _constant(world, given, "num")
    return (number,) if isinstance(number, int) else None


def _square(world: Libraries, given: Given) -> Shape | None:
    rows, columns = _constant(world, given, "num_rows", "N"), _constant(world, given, "num_columns", "M")
    columns = rows if columns is None else columns
    plain = isinstance(rows, int) and isinstance(columns, int) and "batch_shape" not in given.values
    return (rows, columns) if plain else None  # type: ignore[return-value]


HANDLERS: dict[str, Callable[[Libraries, Given], Shape | None]] = {
    "tile": _tiled,
    "repeat": _repeated,
    "expand_dims": _expanded,
    "squeeze": _squeezed,
    "transpose": _turned,
    "concat": _concatenated,
    "stack": _stacked,
    "gather": _gathered,
    "pad": _padded,
    "one_hot": _hot,
    "linspace": _spaced,
    "eye": _square,
    "flatten": lambda world, given: (count(before),) if (before := _first(world, given)) is not None else None,
}


def _reduced(world: Libraries, given: Given, first: Value) -> Shape | None:
    keep = given.get("keepdims")
    axis = given.get("axis", given.get("axes"))
    shape = of_value(world, first)
    if axis is UNBOUND or axis == Const(None):
        if keep is UNBOUND:
            return ()
        return tuple(1 for _ in shape) if shape is not None else None
    items = containers.sequence(world.run, axis)
    axes = [a.value for a in (items.items if isinstance(items, Tuple) else (axis,)) if isinstance(a, Const)]
    known = len(axes) == (len(items.items) if isinstance(items, Tuple) else 1)
    if shape is None or not known or isinstance(keep, Opaque):
        return None
    at = {a if a >= 0 else len(shape) + a for a in axes if isinstance(a, int)}
    if len(at) < len(axes) or not at <= set(range(len(shape))):
        return None
    kept = keep == Const(True)
    return tuple(1 if n in at else length for n, length in enumerate(shape) if kept or n not in at)


def broadcast(shapes: Sequence[Shape | None]) -> Shape | None:
    """The shape that shapes are broadcast to; None where it is not known."""
    if not shapes or any(s is None for s in shapes):
        return None
    known = [s for s in shapes if s is not None]
    result: list[int | None] = []
    for at in range(1, max(len(s) for s in known) + 1):
        sizes = [s[-at] for s in known if len(s) >= at]
        large = [n for n in sizes if n != 1]
        result.append(1 if not large else large[0] if all(n == large[0] for n in large) else None)
    return tuple(reversed(result))
