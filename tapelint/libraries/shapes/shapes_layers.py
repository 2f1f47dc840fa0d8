"""The shapes of what Keras's layers give, and of their weights, by what their constructors are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.values import FALSE, NO_VALUE, TRUE, UNBOUND, Cell, Const, Data, Tuple, Value

from ..arguments import Given
from ..world import Libraries
from .shapes import SAME_LAYERS, Shape, count, of_value

LAST_AXIS = {
    "Dense": "units", "Embedding": "output_dim", "LSTM": "units", "GRU": "units", "SimpleRNN": "units",
    **dict.fromkeys([f"{kind}{n}D" for n in (1, 2, 3) for kind in ("Conv", "SeparableConv")], "filters"),
    **{f"Conv{n}DTranspose": "filters" for n in (1, 2, 3)},
}  # fmt: skip

Parameter = Callable[[str], Value]
"""What a layer was given by its constructor."""


def of_layer(world: Libraries, name: str, parameter: Parameter, given: Given, result: Value) -> Value:
    """A layer's result with its shape, where the layer's constructor says the size of the last axis."""
    before = of_value(world, next(iter(given.values.values()), UNBOUND))
    if not isinstance(result, Data) or result.shape is not None:
        return result
    if before is None:
        if _length_made(name, parameter) == 1:
            world.known.single.add(result.node.id)
        return result
    if leaves_nothing(world, name, parameter, before):
        world.known.doubt([result.node])  # some kernels refuse it
    shape = after_layer(world, name, parameter, before)
    return replace(result, shape=shape) if shape is not None else result


def _length_made(name: str, parameter: Parameter) -> int | None:
    """The length of the last axis of what a layer gives, where its constructor says it."""
    size = parameter(LAST_AXIS.get(name.rpartition(".")[2], ""))
    return size.value if isinstance(size, Const) and isinstance(size.value, int) and size.value > 0 else None


def after_layer(world: Libraries, name: str, parameter: Parameter, before: Shape) -> Shape | None:
    """The shape of what a layer makes of one tensor; None where that is not known, or where nothing is left."""
    shape = _after_layer(world, name, parameter, before)
    return None if shape is None else tuple(n if n is None or n > 0 else None for n in shape)


def leaves_nothing(world: Libraries, name: str, parameter: Parameter, before: Shape) -> bool:
    """Whether a layer is given a map too small for its window, or for what it takes away."""
    last = name.rpartition(".")[2]
    if not name.startswith("keras.layers.") or not last.startswith(("Conv", "Separable", "Depthwise", *SHRINKING)):
        return False
    shape = _after_layer(world, name, parameter, before) if None not in before[1:] else None
    return shape is not None and any(n is not None and n <= 0 for n in shape[1:])


SHRINKING = ("MaxPooling", "AveragePooling", "Cropping")
"""Layers that make a map smaller without a kernel."""


def _after_layer(world: Libraries, name: str, parameter: Parameter, before: Shape) -> Shape | None:
    last, number = name.rpartition(".")[2], _length_made(name, parameter)
    channels_first = parameter("data_format") not in (UNBOUND, NO_VALUE, Const("channels_last"))
    if name in SAME_LAYERS:
        return before
    if channels_first or not before:
        return None
    if last == "Dense":
        return (*before[:-1], number)
    if last == "Embedding":
        return (*before, number)
    if last == "Flatten":
        return (before[0], count(before[1:]))
    if last.startswith("Global"):
        kept = parameter("keepdims")
        between = [1] * (len(before) - 2) if kept == TRUE else []
        return (before[0], *between, before[-1]) if kept in (TRUE, FALSE) else None
    if last in ("LSTM", "GRU", "SimpleRNN") and len(before) == 3:
        whole = parameter("return_sequences")
        known = whole in (Const(True), Const(False))
        return ((*before[:2], number) if whole == Const(True) else (before[0], number)) if known else None
    if last in ("Reshape", "RepeatVector"):
        return _arranged(world, last, parameter, before)
    if last in ("Bidirectional", "TimeDistributed"):
        return _around(world, last, parameter, before)
    return _of_map(world, last, parameter, before, number)


def _around(world: Libraries, last: str, parameter: Parameter, before: Shape) -> Shape | None:
    """What a layer gives that runs another one, both ways or on each step."""
    from ..keras.keras import LayerInfo
    from ..keras.keras import parameter as parameter_of

    inner = parameter("layer")
    info = inner.info if isinstance(inner, Cell) and isinstance(inner.info, LayerInfo) else None
    if info is None or len(before) < 3 or parameter("backward_layer") not in (UNBOUND, NO_VALUE):
        return None
    given = before if last == "Bidirectional" else (before[0], *before[2:])
    made = after_layer(world, info.name, lambda word: parameter_of(info, word), given)
    if made is None or last == "TimeDistributed":
        return (*before[:2], *made[1:]) if made is not None else None
    how = parameter("merge_mode")
    if how == Const("concat"):
        return (*made[:-1], 2 * made[-1] if made[-1] is not None else None)
    return made if how in (Const("sum"), Const("ave"), Const("mul")) else None


def _arranged(world: Libraries, last: str, parameter: Parameter, before: Shape) -> Shape | None:
    """What is given in another order, or several times."""
    if last == "RepeatVector":
        times = _each(world, parameter("n"), 1)[0]
        return (before[0], times, before[1]) if len(before) == 2 and times else None
    value = parameter("target_shape")
    items = containers.sequence(world.run, value) if isinstance(value, (Tuple, Cell)) else Tuple((value,))
    wanted = _each(world, items, len(items.items)) if isinstance(items, Tuple) else [None]
    if None in wanted:
        return None
    whole, rest = count(before[1:]), count([n for n in wanted if n != -1])
    missing = whole // rest if whole is not None and rest else None
    return (before[0], *(missing if n == -1 else n for n in wanted))


def _of_map(world: Libraries, last: str, parameter: Parameter, before: Shape, number: int | None) -> Shape | None:
    """The shape after a layer that goes over a series, an image or a volume."""
    rank, kind = (int(last[-2]), last[:-2]) if last[-2:-1].isdigit() else (0, last)
    if last.endswith("DTranspose"):
        rank, kind = int(last[-len("1DTranspose")]), "ConvTranspose"
    if not 1 <= rank <= 3 or len(before) != rank + 2:
        return None
    sizes, channels = before[1:-1], before[-1]
    if kind in ("Conv", "SeparableConv"):
        return (before[0], *_convolved(world, sizes, parameter), number)
    if kind == "DepthwiseConv":
        each = _each(world, parameter("depth_multiplier"), 1)[0]
        many = channels * each if channels is not None and each is not None else None
        return (before[0], *_convolved(world, sizes, parameter), many)
    if kind in ("MaxPooling", "AveragePooling"):
        return (before[0], *_pooled(world, sizes, parameter), channels)
    if kind == "ConvTranspose":
        return (before[0], *_spread(world, sizes, parameter), number)
    if kind == "UpSampling":
        times = _each(world, parameter("size"), rank)
        larger = [None if n is None or k is None else n * k for n, k in zip(sizes, times, strict=True)]
        return (before[0], *larger, channels)
    if kind in ("ZeroPadding", "Cropping"):
        pairs = _pairs(world, parameter("padding" if kind == "ZeroPadding" else "cropping"), rank)
        sign = 1 if kind == "ZeroPadding" else -1
        made = [None if n is None or k is None else n + sign * k for n, k in zip(sizes, pairs, strict=True)]
        return (before[0], *made, channels)
    return None


def of_weight(world: Libraries, name: str, weight: str, parameter: Parameter, inputs: Shape | None) -> Shape | None:
    """The shape of a built-in layer's kernel, bias or table, by the shape of the layer's inputs."""
    last = name.rpartition(".")[2]
    size = parameter(LAST_AXIS.get(last, ""))
    out = size.value if isinstance(size, Const) and isinstance(size.value, int) else None
    if out is None or last.startswith("Separable"):
        return None
    if weight == "bias":
        return (out,) if last not in ("LSTM", "GRU") else None  # which have one for each gate
    if weight == "embeddings":
        rows = parameter("input_dim")
        return (rows.value if isinstance(rows, Const) and isinstance(rows.value, int) else None, out)
    if weight != "kernel" or not inputs:
        return None
    if last == "Dense":
        return (inputs[-1], out)
    if parameter("groups") != Const(1) or parameter("data_format") not in (NO_VALUE, Const("channels_last")):
        return None
    rank = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3}.get(last, 0)
    return (*_each(world, parameter("kernel_size"), rank), inputs[-1], out) if rank else None


def _convolved(world: Libraries, sizes: Sequence[int | None], parameter: Parameter) -> list[int | None]:
    """The lengths of a map after a convolution."""
    rank = len(sizes)
    kernel, step, apart = (_each(world, parameter(word), rank) for word in ("kernel_size", "strides", "dilation_rate"))
    return _gone_over(sizes, kernel, step, apart, parameter("padding"))


def _pooled(world: Libraries, sizes: Sequence[int | None], parameter: Parameter) -> list[int | None]:
    """The lengths of a map of which parts are pooled."""
    rank = len(sizes)
    kernel = _each(world, parameter("pool_size"), rank)
    given = parameter("strides")
    step = kernel if given in (UNBOUND, NO_VALUE) else _each(world, given, rank)
    return _gone_over(sizes, kernel, step, [1] * rank, parameter("padding"))


def _gone_over(
    sizes: Sequence[int | None],
    kernel: Sequence[int | None],
    step: Sequence[int | None],
    apart: Sequence[int | None],
    padding: Value,
) -> list[int | None]:
    if None in (*kernel, *step, *apart) or padding not in (Const("valid"), Const("same"), Const("causal")):
        return [None] * len(sizes)
    same = padding != Const("valid")
    return [
        None if n is None or not (k and s and d) else -(-n // s) if same else (n - (k - 1) * d - 1) // s + 1
        for n, k, s, d in zip(sizes, kernel, step, apart, strict=True)
    ]


def _spread(world: Libraries, sizes: Sequence[int | None], parameter: Parameter) -> list[int | None]:
    """The lengths of a map after a transposed convolution."""
    rank = len(sizes)
    kernel, step, apart = (_each(world, parameter(word), rank) for word in ("kernel_size", "strides", "dilation_rate"))
    padding = parameter("padding")
    plain = parameter("output_padding") in (UNBOUND, NO_VALUE) and apart == [1] * rank
    if not plain or padding not in (Const("valid"), Const("same")):
        return [None] * rank
    same = padding == Const("same")
    return [
        None if n is None or k is None or s is None else n * s + (0 if same else max(k - s, 0))
        for n, k, s in zip(sizes, kernel, step, strict=True)
    ]


def _pairs(world: Libraries, value: Value, rank: int) -> list[int | None]:
    """How much is added or taken away along each axis, at both ends together."""
    value = _taken_apart(value)
    if rank == 1 and isinstance(value, Tuple) and len(value.items) == 2:
        value = Tuple((value,))
    if isinstance(value, Const):
        return [2 * value.value if type(value.value) is int else None] * rank
    items = containers.sequence(world.run, value)
    if not isinstance(items, Tuple) or len(items.items) != rank:
        return [None] * rank
    found: list[int | None] = []
    for item in items.items:
        ends = _each(world, item, 2)
        found.append(None if None in ends else sum(n for n in ends if n is not None))
    return found


def _each(world: Libraries, value: Value, rank: int) -> list[int | None]:
    """One number for every axis, or one each."""
    value = _taken_apart(value)
    if isinstance(value, Const):
        return [value.value if type(value.value) is int else None] * rank
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple) and len(items.items) == rank:
        return [v.value if isinstance(v, Const) and type(v.value) is int else None for v in items.items]
    return [None] * rank


def _taken_apart(value: Value) -> Value:
    """A default that is a tuple, as the program would have written it."""
    if isinstance(value, Const) and isinstance(value.value, tuple):
        return Tuple(tuple(Const(item) for item in value.value))
    return value
