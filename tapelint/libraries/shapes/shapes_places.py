"""Axes, lengths and places that a tensor of a known shape has not, and that TensorFlow refuses to be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tapelint.flow.values import UNBOUND, Data, Variable

from ..numerics.numbers_exact import constant
from .shapes import REDUCING, Shape, as_shape, differ, of_value

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

Check = Callable[["Libraries", "Given", Shape], bool]


def is_outside(world: Libraries, name: str, given: Given) -> bool:
    """Whether a function is asked for what its first tensor has not."""
    op = name.rpartition(".")[2].removeprefix("reduce_")
    shape = of_value(world, next(iter(given.values.values()), UNBOUND))
    check = HANDLERS.get(op) or (_axes if op in REDUCING or op in ALONG else None)
    return shape is not None and check is not None and check(world, given, shape)


def is_axis_outside(world: Libraries, op: str, given: Given) -> bool:
    """Whether a function of NumPy is asked for an axis that its first array has not."""
    shape = of_value(world, next(iter(given.values.values()), UNBOUND))
    return shape is not None and op.removeprefix("nan") in REDUCING | ALONG and _axes(world, given, shape)


def has_not_axis(world: Libraries, given: Given) -> bool:
    """Whether the first tensor has axes, but not the one that is asked for."""
    first = next(iter(given.values.values()), UNBOUND)
    shape = of_value(world, first) if isinstance(first, (Data, Variable)) else None
    return bool(shape) and shape is not None and _axes(world, given, shape)


ALONG = frozenset(
    "softmax log_softmax cumsum cumprod l2_normalize normalize sort argsort cumulative_logsumexp".split()  # noqa: SIM905
)
"""Functions that go along an axis of their first argument, besides those that take one away."""


def _numbers(value: object) -> Iterator[int]:
    """The whole numbers in a constant, one by one."""
    if isinstance(value, tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def _axes(world: Libraries, given: Given, shape: Shape) -> bool:
    """An axis that is not there."""
    axes = _numbers(constant(world, given, "axis", "axes", "dim"))
    return any(not _has_axis(shape, axis) for axis in axes)


def _of_one_number(world: Libraries, given: Given, shape: Shape) -> bool:
    return not shape or _axes(world, given, shape)


def _has_axis(shape: Shape, axis: int) -> bool:
    return -len(shape) <= axis < len(shape)


def _axis(world: Libraries, given: Given) -> int | None:
    """The one axis that is asked for, the first if none is; None where it is not known."""
    axis = constant(world, given, "axis")
    return 0 if axis is None else axis if isinstance(axis, int) else None


def _reverse(world: Libraries, given: Given, shape: Shape) -> bool:
    return bool(shape) and _axes(world, given, shape)  # of a number no axis is looked for


def _squeeze(world: Libraries, given: Given, shape: Shape) -> bool:
    """An axis that is not there, or is longer than 1."""
    axes = _numbers(constant(world, given, "axis"))
    return any(not _has_axis(shape, axis) or shape[axis] not in (1, None) for axis in axes)


def _expand(world: Libraries, given: Given, shape: Shape) -> bool:
    return any(not -len(shape) - 1 <= axis <= len(shape) for axis in _numbers(constant(world, given, "axis")))


def _transpose(world: Libraries, given: Given, shape: Shape) -> bool:
    order = constant(world, given, "perm", "axes")
    return isinstance(order, tuple) and sorted(_numbers(order)) != list(range(len(shape)))


def _tile(world: Libraries, given: Given, shape: Shape) -> bool:
    times = constant(world, given, "multiples", "n")
    number = len(times) if isinstance(times, tuple) else 1 if isinstance(times, int) else None
    return number not in (None, len(shape))


def _pad(world: Libraries, given: Given, shape: Shape) -> bool:
    """Other than two numbers for each axis."""
    widths = constant(world, given, "paddings", "pad_width")
    if isinstance(widths, int):
        return True
    pairs = isinstance(widths, tuple) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in widths)
    return isinstance(widths, tuple) and not (pairs and len(widths) == len(shape))


def _slice(world: Libraries, given: Given, shape: Shape) -> bool:
    begin, size = constant(world, given, "begin", "start_indices"), constant(world, given, "size", "shape")
    if any(isinstance(each, tuple) and len(each) != len(shape) for each in (begin, size)):
        return True
    ends = zip(_numbers(begin), _numbers(size), shape, strict=False)
    return any(length is not None and not 0 <= start + max(n, 0) <= length for start, n, length in ends)


def _ensured(world: Libraries, given: Given, shape: Shape) -> bool:
    asked = as_shape(world, given.get("shape"))
    return asked is not None and differ(shape, asked)


def _split(world: Libraries, given: Given, shape: Shape) -> bool:
    """Parts that are not as long together as the axis."""
    axis, parts = _axis(world, given), constant(world, given, "num_or_size_splits")
    if axis is None or not _has_axis(shape, axis):
        return axis is not None
    length, sizes = shape[axis], list(_numbers(parts))
    if length is None or (isinstance(parts, tuple) and (-1 in sizes or len(sizes) < len(parts))):
        return False
    return sum(sizes) != length if isinstance(parts, tuple) else bool(sizes and sizes[0] and length % sizes[0])


def _unstack(world: Libraries, given: Given, shape: Shape) -> bool:
    axis, number = _axis(world, given), constant(world, given, "num")
    if axis is None or not _has_axis(shape, axis):
        return axis is not None
    return isinstance(number, int) and shape[axis] not in (None, number)


def _gather(world: Libraries, given: Given, shape: Shape) -> bool:
    """A place behind the end, or before the beginning."""
    axis, batch = _axis(world, given), constant(world, given, "batch_dims")
    if axis is None or batch not in (0, None) or not _has_axis(shape, axis):
        return False
    if "ids" in given.values and not isinstance(given.get("params"), (Data, Variable)):
        return False  # a list holds parts of what is looked up in
    length, places = shape[axis], _numbers(constant(world, given, "indices", "ids"))
    return length is not None and any(not 0 <= place < length for place in places)


def _masked(world: Libraries, given: Given, shape: Shape) -> bool:
    mask, axis = of_value(world, given.get("mask")), _axis(world, given)
    if mask is None or axis is None or axis < 0:
        return False
    return differ(shape[axis : axis + len(mask)], mask)


def _segments(world: Libraries, given: Given, shape: Shape) -> bool:
    """Another number of segments' names than there are rows."""
    names = of_value(world, given.get("segment_ids"))
    return names is not None and (not shape or differ(shape[:1], names))


def _unsorted_segments(world: Libraries, given: Given, shape: Shape) -> bool:
    names = of_value(world, given.get("segment_ids"))
    return names is not None and differ(shape[: len(names)], names)


def _scatter(world: Libraries, given: Given, shape: Shape) -> bool:
    """Updates of another shape than the places ask for; `shape`: that of the places."""
    updates, whole = of_value(world, given.get("updates")), as_shape(world, given.get("shape"))
    if updates is None or whole is None or not shape or shape[-1] is None:
        return False
    return shape[-1] > len(whole) or differ(updates, (*shape[:-1], *whole[shape[-1] :]))


def _put_in(world: Libraries, given: Given, shape: Shape) -> bool:
    """The same of updates of a tensor; `shape`: that of the tensor."""
    updates, places = of_value(world, given.get("updates")), of_value(world, given.get("indices"))
    if updates is None or not places or places[-1] is None:
        return False
    return places[-1] > len(shape) or differ(updates, (*places[:-1], *shape[places[-1] :]))


def _in_time(world: Libraries, given: Given, shape: Shape) -> bool:
    """Sequences that are longer than there are steps; `shape`: that of all, the steps first."""
    lengths = list(_numbers(constant(world, given, "sequence_length")))
    return len(shape) < 2 or any(shape[0] is not None and length > shape[0] for length in lengths)


def _matvec(world: Libraries, given: Given, shape: Shape) -> bool:
    vector = of_value(world, given.get("b"))
    if given.values.keys() & {"transpose_a", "adjoint_a"} or vector is None:
        return len(shape) < 2
    return len(shape) < 2 or not vector or (None not in (shape[-1], vector[-1]) and shape[-1] != vector[-1])


def _square(world: Libraries, given: Given, shape: Shape) -> bool:
    return len(shape) < 2 or (None not in shape[-2:] and shape[-1] != shape[-2])


def _bias(world: Libraries, given: Given, shape: Shape) -> bool:
    bias = of_value(world, given.get("bias"))
    if bias is None or "data_format" in given.values:
        return False
    return len(shape) < 2 or len(bias) != 1 or (None not in (bias[0], shape[-1]) and bias[0] != shape[-1])


def _classes(world: Libraries, given: Given, shape: Shape) -> bool:
    """Labels of another shape than the logits have without their last axis; `shape`: that of the labels."""
    logits = of_value(world, given.get("logits"))
    return logits is not None and (not logits or differ(shape, logits[:-1]))


def _labels(world: Libraries, given: Given, shape: Shape) -> bool:
    """The same where labels may have a last axis of length 1."""
    pred = of_value(world, given.get("output" if "output" in given.values else "y_pred"))
    if pred is None:
        return False
    alone = len(shape) == len(pred) and shape[-1:] == (1,)
    return not pred or differ(shape[:-1] if alone else shape, pred[:-1])


def _along(world: Libraries, given: Given, shape: Shape) -> bool:
    """Places for a tensor of other axes; or more than one axis of them for one that is taken flat."""
    places, axis = of_value(world, given.get("indices")), constant(world, given, "axis")
    if places is None:
        return False
    return len(places) != 1 or not shape if axis is None else len(places) != len(shape)


def _updated(world: Libraries, given: Given, shape: Shape) -> bool:
    """More than there is to be overwritten."""
    updates = of_value(world, given.get("updates"))
    if updates is None:
        return False
    pairs = zip(updates, shape, strict=False)
    return len(updates) != len(shape) or any(None not in (a, b) and a > b for a, b in pairs if a and b is not None)


def _made_sparse(world: Libraries, given: Given, shape: Shape) -> bool:
    """Another number of values than there are places; `shape`: that of the places."""
    values = of_value(world, given.get("values"))
    return len(shape) != 2 or (values is not None and differ(values, shape[:1]))


def _off_diagonal(world: Libraries, given: Given, shape: Shape) -> bool:
    """Other than one number less beside the diagonal, `shape`."""
    beside = of_value(world, given.get("beta"))
    if beside is None:
        return False
    return not shape or not beside or (None not in (shape[-1], beside[-1]) and shape[-1] != beside[-1] + 1)  # type: ignore[operator]


def _in_rows(world: Libraries, given: Given, shape: Shape) -> bool:
    """Values that are more or fewer than the rows take."""
    if not shape:
        return True
    length = shape[0]
    splits, lengths = constant(world, given, "row_splits", "row_limits"), constant(world, given, "row_lengths")
    nested = constant(world, given, "nested_row_splits"), constant(world, given, "nested_row_lengths")
    splits = nested[0][-1] if isinstance(nested[0], tuple) and nested[0] else splits
    lengths = nested[1][-1] if isinstance(nested[1], tuple) and nested[1] else lengths
    ends, parts = list(_numbers(splits)), list(_numbers(lengths))
    if length is None:
        return False
    return bool(ends and ends[-1] != length) or bool(parts and sum(parts) != length)


def _of_rows(world: Libraries, given: Given, shape: Shape) -> bool:
    """Values that are no rows, or more or fewer than the names of theirs; `shape`: that of the values."""
    names = of_value(world, given.get("value_rowids"))
    return not shape or (names is not None and differ(shape[:1], names))


def _broadcast_to(world: Libraries, given: Given, shape: Shape) -> bool:
    """Axes that are longer than 1 and not as long as what they are to become, or more of them."""
    wanted = as_shape(world, given.get("shape"))
    if wanted is None:
        return False
    pairs = zip(reversed(shape), reversed(wanted), strict=False)
    return len(shape) > len(wanted) or any(None not in (n, m) and n not in (1, m) for n, m in pairs)


HANDLERS: dict[str, Check] = {
    "squeeze": _squeeze, "expand_dims": _expand, "transpose": _transpose, "tile": _tile, "pad": _pad, "slice": _slice,
    "ensure_shape": _ensured, "split": _split, "unstack": _unstack, "gather": _gather, "embedding_lookup": _gather,
    **{f"tensor_scatter_nd_{word}": _put_in for word in ("add", "sub", "max", "min", "update")},
    **dict.fromkeys(("ctc_beam_search_decoder", "ctc_greedy_decoder"), _in_time),
    "boolean_mask": _masked, "scatter_nd": _scatter, "matvec": _matvec, "bias_add": _bias,
    **{f"segment_{word}": _segments for word in ("sum", "mean", "max", "min", "prod")},
    **{f"unsorted_segment_{word}": _unsorted_segments for word in ("sum", "mean", "max", "min", "prod", "sqrt_n")},
    **dict.fromkeys(("det", "logdet", "slogdet", "inv", "cholesky", "eigh", "eigvalsh", "lu"), _square),
    **{f"from_{word}": _in_rows for word in ("row_splits", "row_limits", "row_lengths")},
    **{f"from_nested_{word}": _in_rows for word in ("row_splits", "row_lengths")},
    "from_value_rowids": _of_rows, "set_shape": _ensured, "eigh_tridiagonal": _off_diagonal,
    "take_along_axis": _along, "slice_update": _updated, "SparseTensor": _made_sparse,
    **dict.fromkeys(("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"), _labels),
    "sparse_softmax_cross_entropy_with_logits": _classes, "reverse": _reverse, "broadcast_to": _broadcast_to,
    "softmax": _of_one_number, "log_softmax": _of_one_number,
    "repeat": _axes,
}  # fmt: skip
