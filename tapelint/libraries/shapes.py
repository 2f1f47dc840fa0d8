"""Shapes, where they can be seen: of what is made, and of what elementwise operations give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.flow.values import UNBOUND, Cell, Const, Data, Opaque, Tuple, Value, Variable

if TYPE_CHECKING:
    from .apply import Given
    from .world import Libraries

Shape = tuple[int | None, ...]


def of_value(world: Libraries, value: Value) -> Shape | None:
    """The shape of a value; None where it is not known."""
    if isinstance(value, (Data, Variable)):
        return value.shape
    if isinstance(value, Const):
        return () if isinstance(value.value, (int, float, complex, bool)) else None
    if isinstance(value, Cell) and value.kind == "list":
        return of_value(world, world.run.state.get((value.uid, "items")))
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
        value = world.run.state.get((value.uid, "items"))
    if isinstance(value, Tuple):
        return tuple(i.value if isinstance(i, Const) and isinstance(i.value, int) else None for i in value.items)
    return None


MADE_BY_SHAPE = {
    "tensorflow.zeros": "shape", "tensorflow.ones": "shape", "tensorflow.fill": "dims", "tensorflow.random.normal": "shape",
    "tensorflow.random.uniform": "shape", "tensorflow.random.truncated_normal": "shape", "numpy.zeros": "shape",
    "numpy.ones": "shape", "numpy.empty": "shape", "numpy.full": "shape", "keras.random.normal": "shape",
    "keras.random.uniform": "shape", "keras.ops.zeros": "shape", "keras.ops.ones": "shape", "tensorflow.reshape": "shape",
    "tensorflow.broadcast_to": "shape", "keras.ops.reshape": "newshape", "numpy.random.normal": "size",
    "numpy.random.uniform": "size",
}  # fmt: skip

SAME_SHAPE = frozenset(
    "abs exp log log1p sqrt square tanh sin cos sigmoid relu softplus negative sign floor ceil round identity "
    "stop_gradient zeros_like ones_like cast softmax log_softmax clip_by_value elu selu gelu erf rsqrt reciprocal acos asin "
    "atan leaky_relu swish silu convert_to_tensor constant atanh acosh asinh sinh cosh expm1 array asarray".split()
)


def of_call(world: Libraries, name: str, given: Given) -> Shape | None:
    """The shape of a call's result, for the calls that make arrays or keep a shape."""
    parameter = MADE_BY_SHAPE.get(name)
    if parameter is not None:
        shape = as_shape(world, given.get(parameter))
        return None if shape is not None and any(n is not None and n < 0 for n in shape) else shape
    last = name.rpartition(".")[2]
    if name.startswith("operator ") and "[" not in name:
        if name.endswith("@"):
            return _matmul(*(of_value(world, v) for v in list(given.values.values())[:2]))
        return _broadcast([of_value(world, v) for v in given.values.values()])
    if last == "matmul" and not {"transpose_a", "transpose_b"} & set(given.values):
        return _matmul(*(of_value(world, v) for v in list(given.values.values())[:2]))
    first = next(iter(given.values.values()), UNBOUND)
    if last in SAME_SHAPE:
        return of_value(world, first)
    if last.startswith("reduce_") or last in ("mean", "sum", "prod"):
        return _reduced(world, given, first)
    return None


def _matmul(*shapes: Shape | None) -> Shape | None:
    if len(shapes) != 2 or shapes[0] is None or shapes[1] is None or min(len(shapes[0]), len(shapes[1])) < 2:
        return None
    return (*shapes[0][:-1], shapes[1][-1])


def _reduced(world: Libraries, given: Given, first: Value) -> Shape | None:
    keep = given.get("keepdims")
    axis = given.get("axis")
    shape = of_value(world, first)
    if axis is UNBOUND or axis == Const(None):
        if keep is UNBOUND:
            return ()
        return tuple(1 for _ in shape) if shape is not None else None
    if shape is None or not isinstance(axis, Const) or not isinstance(axis.value, int) or isinstance(keep, Opaque):
        return None
    at = axis.value if axis.value >= 0 else len(shape) + axis.value
    if not 0 <= at < len(shape):
        return None
    kept = (1,) if keep == Const(True) else ()
    return (*shape[:at], *kept, *shape[at + 1 :])


def _broadcast(shapes: list[Shape | None]) -> Shape | None:
    if not shapes or any(s is None for s in shapes):
        return None
    known = [s for s in shapes if s is not None]
    result: list[int | None] = []
    for at in range(1, max(len(s) for s in known) + 1):
        sizes = [s[-at] for s in known if len(s) >= at]
        large = [n for n in sizes if n != 1]
        result.append(1 if not large else large[0] if all(n == large[0] for n in large) else None)
    return tuple(reversed(result))
