"""Arguments whose shapes do not fit, as far as they are known: TensorFlow refuses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, zip_longest
from typing import TYPE_CHECKING

from tapelint.facts import looked_at
from tapelint.flow import containers
from tapelint.flow.values import UNBOUND, Cell, Const, Data, Tuple, Value, Variable

from ..arguments import listed
from ..natures import form
from ..numerics.numbers_exact import constant
from ..numerics.numbers_names import short
from . import shapes_places, shapes_products
from .shapes import BROADCASTING, Shape, as_shape, broadcast, cannot_become, differ, of_value

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries


def is_misfit(world: Libraries, name: str, given: Given) -> bool:
    """Whether a function or an operator is given tensors of shapes that do not fit together, or seem not to."""
    return _do_not_fit(world, name, given) or _has_not_axis(world, name, given)


def _do_not_fit(world: Libraries, name: str, given: Given) -> bool:
    op = short(name)
    if op in BROADCASTING and name not in ("operator ==", "operator !="):
        return clash([of_value(world, value) for value in list(given.values.values())[:2]])
    if name in ("operator &", "operator |", "operator ^"):
        return clash([of_value(world, value) for value in given.values.values()])
    if op in ("where", "clip_by_value") and len(given.values) == 3:
        every = [of_value(world, value) for value in given.values.values()]
        return clash(every) or (name == "tensorflow.clip_by_value" and _is_made_larger(every))
    if name.startswith(("numpy.", "ndarray.")):
        handler = OF_ARRAYS.get(op)
        return shapes_places.is_axis_outside(world, op, given) or (handler is not None and handler(world, given))
    if not name.startswith(OF_TENSORFLOW) or name == "keras.ops.pad":  # which takes one number for all axes
        return False
    if name.startswith(OF_NUMPY):
        return op == "pad" and shapes_places.is_outside(world, name, given)
    if op == "einsum":
        return shapes_products.is_odd_sum(world, given)
    handler = _product_of_any if name == "keras.ops.matmul" else HANDLERS.get(op)
    return handler(world, given) if handler is not None else shapes_places.is_outside(world, name, given)


def _has_not_axis(world: Libraries, name: str, given: Given) -> bool:
    """Whether a function that no handler knows is asked for an axis that its first tensor has not."""
    op = short(name)
    settled = op in BROADCASTING or op in ("&", "|", "^", "where", "clip_by_value", "einsum") or name == "keras.ops.pad"
    known = name.startswith((*OF_TENSORFLOW, "numpy.", "ndarray."))
    return known and not settled and op not in MAKING_AXES and shapes_places.has_not_axis(world, given)


MAKING_AXES = (
    *("expand_dims", "stack", "one_hot", "multi_hot", "linspace", "logspace", "geomspace", "reverse", "flip"),
    "tensordot",
)
"""What is asked for an axis that is not there before, or takes any for a number."""


def is_refused(world: Libraries, name: str, given: Given) -> bool:
    """Whether kernels of TensorFlow certainly refuse the shapes of tensors, outside of graphs."""
    if given.rest is not None or world.run.graph_mode or not is_of_kernels(name):
        return False
    if _may_be_looked_at(world, name, given):
        return False
    return _is_of_tensors(world, given) and _do_not_fit(world, name, given)


def _may_be_looked_at(world: Libraries, name: str, given: Given) -> bool:
    """Whether Python's part of a function may say something of these shapes before a kernel does."""
    word = looked_at(name)
    if word == "axes":
        return shapes_products.are_axes_missing(world, given)
    return word == "any" or (word == "number" and () in [of_value(world, value) for value in given.values.values()])


def is_refused_by_others(world: Libraries, name: str, given: Given) -> bool:
    """Whether shapes do not fit, and Python's part of a library may say so, by another exception."""
    return not world.run.graph_mode and is_misfit(world, name, given) and not is_refused(world, name, given)


def is_of_kernels(name: str) -> bool:
    """Whether it is a kernel that refuses what does not fit, outside of graphs, with its InvalidArgumentError."""
    if not name.startswith(("tensorflow.", "operator ", "keras.ops.")) or name.startswith(OF_NUMPY):
        return False
    op = short(name)
    return op in BROADCASTING or op in ("@", "reshape") or name in OF_KERNELS


OF_KERNELS = frozenset(
    f"tensorflow.{name}"
    for name in "broadcast_to concat einsum expand_dims gather linalg.matvec pad slice split squeeze tile "  # noqa: SIM905
    "transpose where tensordot reduce_sum reduce_mean reduce_max reduce_min reduce_prod".split()
)


def _is_of_tensors(world: Libraries, given: Given) -> bool:
    """Whether a tensor, and nothing in parts, is among some values."""
    values = [part for value in given.values.values() for part in (listed(world, value) or (value,))]
    dense = (isinstance(v, Variable) or (isinstance(v, Data) and v.kind == "tensor" and not form(v)) for v in values)
    odd = any(isinstance(v, Data) and (form(v) or v.kind not in ("tensor", "numpy", "python")) for v in values)
    return any(dense) and not odd


def _is_made_larger(shapes: Sequence[Shape | None]) -> bool:
    """Whether the first of some shapes is another when it is broadcast with the others: its result is to have it."""
    together = broadcast(shapes)
    return together is not None and shapes[0] is not None and differ(together, shapes[0])


OF_TENSORFLOW = (
    *("tensorflow.", "operator ", "keras.backend.", "keras.ops.", "keras.losses.", "RaggedTensor.", "Tensor."),
)
OF_NUMPY = "tensorflow.experimental.numpy."


def clash(shapes: Sequence[Shape | None]) -> bool:
    """Whether shapes are known and cannot be broadcast to one."""
    known = [shape for shape in shapes if shape is not None]
    for sizes in zip_longest(*(reversed(shape) for shape in known), fillvalue=1):
        if len({n for n in sizes if n not in (1, None)}) > 1:
            return True
    return False


def _product(world: Libraries, given: Given) -> bool:
    """Matrices whose inner lengths differ, or what has too few axes for a matrix."""
    sides = shapes_products.turned_sides(world, given)
    if sides is None or len(sides) != 2:
        return False
    first, second = sides
    if any(shape is not None and len(shape) < 2 for shape in sides):
        return True
    inner = (first[-1], second[-2]) if first is not None and second is not None else (None, None)
    return None not in inner and inner[0] != inner[1]


def _product_of_any(world: Libraries, given: Given) -> bool:
    """The same where a vector stands for a matrix."""
    sides = [of_value(world, value) for value in given.values.values()]
    if () in sides:
        return True
    first, second = sides if len(sides) == 2 else (None, None)
    if not first or not second:
        return False
    inner = first[-1], second[-2:][0]
    return None not in inner and inner[0] != inner[1]


def _reshaping(world: Libraries, given: Given) -> bool:
    """Another number of elements than there are."""
    values = list(given.values.values())
    before = of_value(world, values[0]) if values else None
    after = as_shape(world, values[1]) if len(values) > 1 else None
    if before is None or after is None or None in before or None in after:
        return False
    return cannot_become(before, after)


def _parts(world: Libraries, given: Given) -> list[Shape]:
    values: Value | None = next(iter(given.values.values()), None)
    if isinstance(values, Cell) and values.kind == "list":
        values = containers.stored(world.run, values)
    shapes = [of_value(world, item) for item in values.items] if isinstance(values, Tuple) else []
    return [shape for shape in shapes if shape is not None]


def _stack(world: Libraries, given: Given) -> bool:
    parts, axis = _parts(world, given), constant(world, given, "axis")
    if isinstance(axis, int) and any(not -len(part) - 1 <= axis <= len(part) for part in parts):
        return True
    return any(differ(one, other) for one, other in combinations(parts, 2))


def _concatenation(world: Libraries, given: Given) -> bool:
    """Tensors that differ elsewhere than along the axis, or that have none."""
    axis, parts = constant(world, given, "axis"), _parts(world, given)
    if axis is None:  # as Keras has it, and as it had
        axis = 0 if "xs" in given.values else -1 if "tensors" in given.values else None
    if not isinstance(axis, int):
        return False
    if any(not -len(part) <= axis < len(part) for part in parts):
        return True
    rests = [(*part[: axis % len(part)], *part[axis % len(part) + 1 :]) for part in parts]
    return any(differ(one, other) for one, other in combinations(rests, 2))


def _beta(world: Libraries, given: Given) -> bool:
    """The point at which the function is asked for has no axes, and what it is asked for has."""
    shapes = [of_value(world, given.get(name)) for name in ("x", "a", "b")]
    return shapes[0] == () and any(shapes[1:])


def _counting(world: Libraries, given: Given) -> bool:
    """Numbers that are counted by 0, or up to one that is less than the first."""
    from ..numerics import numbers

    start, limit, delta = (given.get(name) for name in ("start", "limit", "delta"))
    if delta is not UNBOUND or limit is UNBOUND:
        return delta in (Const(0), Const(0.0))
    first, last = numbers.of_value(world, start), numbers.of_value(world, limit)
    return first is not None and last is not None and first.low > last.high


OF_ARRAYS: dict[str, Callable[[Libraries, Given], bool]] = {
    "matmul": _product_of_any, "reshape": _reshaping, "concatenate": _concatenation, "stack": _stack,
}  # fmt: skip
"""What is tried of NumPy's functions."""

HANDLERS: dict[str, Callable[[Libraries, Given], bool]] = {
    "@": _product, "tensordot": shapes_products.are_unfit_tensors,
    "stack": _stack, "add_n": _stack, "accumulate_n": _stack, "concat": _concatenation, "concatenate": _concatenation,
    "reshape": _reshaping, "betainc": _beta, "range": _counting,
    **dict.fromkeys(("fft", "fft2", "ifft2", "irfft", "istft"), _stack),
}  # fmt: skip
