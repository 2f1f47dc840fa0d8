"""Keys that tensors refuse: they take whole numbers, slices, new axes, `...`, and masks of truths."""

from __future__ import annotations

from collections.abc import Sequence

from tapelint.flow import containers
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, SliceOf, Tuple, Value, Variable

from ..numpy.array_members import is_of_numpy
from ..refusals import packing
from ..refusals.refusing import OF_KERNELS
from ..shapes import shapes
from ..shapes.widths import PROMOTES
from ..world import Libraries
from . import members


def refused(world: Libraries, base: Value, key: Value) -> str:
    """The exception that `base[key]` raises for certain; "" where it raises none, or where that is not known."""
    if not _is_plain(world, base):
        return ""
    if (isinstance(key, Const) and isinstance(key.value, bool)) or _is_truth(key):
        return "ValueError"  # a mask of one truth
    if _is_mask_of_another_shape(base, key):
        return "ValueError"
    if any(_is_no_key(k) for k in _keys(world, key)):
        return "TypeError"
    return OF_KERNELS if not world.run.graph_mode and _is_outside(world, base, key) else ""


def _is_outside(world: Libraries, base: Value, key: Value) -> bool:
    """Whether a tensor of a known shape has not so many axes, or not the places that are numbers."""
    shape = base.shape if isinstance(base, (Data, Variable)) else None
    keys = [k for k in _keys(world, key) if k not in (NO_VALUE, Const(...))]
    plain = all(isinstance(k, SliceOf) or (isinstance(k, Const) and type(k.value) is int) for k in keys)
    if shape is None or not plain:
        return False
    return len(keys) > len(shape) or (Const(...) not in _keys(world, key) and _are_places_behind(keys, shape))


def _are_places_behind(keys: Sequence[Value], shape: shapes.Shape) -> bool:
    return any(
        isinstance(k, Const) and type(k.value) is int and length is not None and not -length <= k.value < length
        for k, length in zip(keys, shape, strict=False)
    )


def may_be_outside(world: Libraries, base: Value, key: Value) -> bool:
    """Whether a key seems to ask for what a tensor of its shape has not: a place behind its end, another axis,
    no step."""
    shape = base.shape if isinstance(base, (Data, Variable)) else None
    keys = [k for k in _keys(world, key) if k not in (NO_VALUE, Const(...))]
    is_odd = any(map(_is_no_number, keys))
    if shape is None and not is_odd:
        return False
    of_numpy = isinstance(base, Data) and base.kind == "numpy" and is_of_numpy(world, base.node)
    if not (of_numpy or isinstance(base, Variable) or _is_plain(world, base)):
        return False
    if is_odd or shape is None:
        return True
    if any(isinstance(k, Data) and k.dtype == "b" for k in keys):
        return _is_mask_of_another_shape(base, key)
    outside = _are_places_behind(keys, shape)
    odd = any(isinstance(k, Const) and isinstance(k.value, bool) for k in keys)
    odd = odd or any(isinstance(k, SliceOf) and k.step == Const(0) for k in keys)
    return odd or (outside and Const(...) not in _keys(world, key)) or len(keys) > len(shape)


def is_odd_in_arrays(world: Libraries, base: Value, key: Value) -> bool:
    """Whether a value is certainly an array of NumPy, and a key none that it takes for certain: a tensor that a graph
    has no numbers of, a variable, floats. What a library reads from a file may take texts.
    """
    if not (isinstance(base, Data) and base.kind == "numpy" and is_of_numpy(world, base.node)):
        return False
    keys = [k for k in _keys(world, key) if not isinstance(k, SliceOf)]
    floats = [k for k in keys if isinstance(k, (Data, Variable)) and packing.sure_kind(world, k) == "f"]
    return bool(floats) or any(_is_no_number(k) or isinstance(k, Variable) or world.is_in_graph(k) for k in keys)


def _is_mask_of_another_shape(base: Value, key: Value) -> bool:
    """Whether a mask of truths certainly does not fit the first axes of what it is to pick from."""
    shape = base.shape if isinstance(base, (Data, Variable)) else None
    mask = key.shape if isinstance(key, Data) and key.dtype == "b" else None
    if shape is None or mask is None:
        return False
    return len(mask) > len(shape) or shapes.differ(mask, shape[: len(mask)])


def _is_plain(world: Libraries, base: Value) -> bool:
    """Whether a value is a tensor as such, or a variable, for certain, and not told to take keys as NumPy does."""
    if world.run.one_of_several or world.run.state.get(PROMOTES) != UNBOUND:
        return False
    if isinstance(base, Variable):
        return True
    return isinstance(base, Data) and base.kind == "tensor" and members.is_made_of_tensors(world, base)


def _keys(world: Libraries, key: Value) -> list[Value]:
    """The keys one by one: a list of them is what a tuple is."""
    items = containers.sequence(world.run, key) if isinstance(key, (Cell, Tuple)) else None
    return list(items.items) if isinstance(items, Tuple) else [key]


def _is_no_key(key: Value) -> bool:
    if isinstance(key, SliceOf):
        return any(_is_no_number(end) for end in (key.start, key.stop, key.step) if end != NO_VALUE)
    if isinstance(key, (Data, Variable)) and getattr(key, "kind", "") in ("", "tensor", "numpy", "variable"):
        return key.dtype == "f" or (key.dtype == "i" and bool(key.shape))  # several numbers
    return _is_no_number(key)


def _is_truth(key: Value) -> bool:
    return isinstance(key, Data) and key.kind in ("tensor", "numpy") and key.dtype == "b" and key.shape == ()


def _is_no_number(key: Value) -> bool:
    """Whether a key is a text, or a number that is no whole one."""
    return isinstance(key, Const) and isinstance(key.value, (str, bytes, float, complex))
