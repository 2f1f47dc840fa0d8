"""The numbers that a new weight starts with, by its initializer: its name, its class or an object of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS
from tapelint.flow.ranges import Range
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Library, Value, number_of

from ..numerics.numbers_draws import WIDEST_NORMAL
from ..shapes.shapes import Shape, as_shape

if TYPE_CHECKING:
    from ..registry import Registry
    from ..world import Libraries

KIND = "initializer"
NAMES = ("keras.initializers.", "tf_keras.initializers.", "tensorflow.initializers.")
TRUNCATED = 2.0 / 0.87962566
"""Where a normal distribution of standard deviation 1 ends once it is cut at two and scaled back."""

Of = Callable[[Arguments, "tuple[float, float]"], "Range | None"]


def register(registry: Registry) -> None:
    """Add the objects that make initial values when they are called."""
    registry.families.append(_make)
    registry.calls[KIND] = _call


def content(world: Libraries, initializer: Value, shape: Shape | None, site: Site) -> Value:
    """What a weight of this shape starts with; UNBOUND where neither its numbers nor its shape are known."""
    cell = _cell(world, initializer, site)
    found = _range(cell, shape) if cell is not None else None
    if found is None and shape is None:
        return UNBOUND
    return Data(world.run.constant_node(), "tensor", "f", shape, found)


def _make(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    return Cell(world.run.uid(), KIND, (name, args), site) if _family(name) in RANGES else None


def _call(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    shape = as_shape(world, args.get(0, "shape"))
    name, given = callee.info
    filled = _family(name) == "constant" and name.startswith("keras.")
    nodes = [n for value in given.every() if (n := world.run.node_of(value, site)) is not None]
    edges = [Edge(node, FLOWS if filled else ANYTHING, "linear" if filled else "other") for node in nodes]
    node = world.run.node(name, edges, site, dtype="f")
    return Data(node, "tensor", "f", shape, _range(callee, shape))


def _cell(world: Libraries, value: Value, site: Site) -> Cell | None:
    if isinstance(value, Cell) and value.kind == KIND:
        return value
    name = value.name if isinstance(value, Library) else value.value if isinstance(value, Const) else ""
    if not isinstance(name, str) or not name:
        return None
    full = name if "." in name else f"keras.initializers.{name}"
    made = _make(world, full, Arguments([]), site)
    return made if isinstance(made, Cell) else None


def _family(name: str) -> str:
    """Which initializer a name means: `Zeros`, `zeros` and `tf.zeros_initializer` alike; "" for none."""
    last = name.rpartition(".")[2]
    if name.startswith(NAMES) or (name.startswith("tensorflow.") and last.endswith("_initializer")):
        return last.lower().removesuffix("_initializer").replace("_", "")
    return ""


def _range(cell: Cell, shape: Shape | None) -> Range | None:
    name, args = cell.info
    return RANGES[_family(name)](args, _fans(shape))


def _fans(shape: Shape | None) -> tuple[float, float]:
    """The numbers of inputs and outputs of a kernel; the smallest that there can be where they are not known."""
    if shape is None or any(n is None for n in shape):
        return 1.0, 1.0
    sizes = [float(n) for n in shape if n is not None]
    if len(sizes) < 2:
        return (sizes[0], sizes[0]) if sizes and sizes[0] else (1.0, 1.0)
    around = math.prod(sizes[:-2])
    return max(1.0, sizes[-2] * around), max(1.0, sizes[-1] * around)


def _number(args: Arguments, index: int, name: str, default: float) -> float | None:
    value = args.get(index, name, Const(default))
    if value == NO_VALUE:
        return default
    return number_of(value)


def _exactly(number: float) -> Of:
    return lambda args, fans: Range(number, number)


def _constant(args: Arguments, fans: tuple[float, float]) -> Range | None:
    number = _number(args, 0, "value", 0.0)
    return Range(number, number) if number is not None else None


def _between(low: float | None, high: float | None) -> Range | None:
    known = low is not None and high is not None and low < high
    return Range(low, high, generic=True) if known and low is not None and high is not None else None


def _normal(reach: float) -> Of:
    def of(args: Arguments, fans: tuple[float, float]) -> Range | None:
        mean, width = _number(args, 0, "mean", 0.0), _number(args, 1, "stddev", 0.05)
        return _between(mean - reach * width, mean + reach * width) if mean is not None and width is not None else None

    return of


def _uniform(args: Arguments, fans: tuple[float, float]) -> Range | None:
    return _between(_number(args, 0, "minval", -0.05), _number(args, 1, "maxval", 0.05))


def _scaled(scale: float, mode: int, normal: bool) -> Of:
    """Variance scaling by the inputs (mode 0), by the outputs (1), or by the mean of both (2)."""

    def of(args: Arguments, fans: tuple[float, float]) -> Range | None:
        width = scale / (fans[mode] if mode < 2 else (fans[0] + fans[1]) / 2.0)
        end = TRUNCATED * math.sqrt(width) if normal else math.sqrt(3.0 * width)
        return _between(-end, end)

    return of


RANGES: dict[str, Of] = {
    "zeros": _exactly(0.0),
    "ones": _exactly(1.0),
    "constant": _constant,
    "randomnormal": _normal(WIDEST_NORMAL),
    "truncatednormal": _normal(2.0),
    "randomuniform": _uniform,
    "glorotuniform": _scaled(1.0, 2, False),
    "glorotnormal": _scaled(1.0, 2, True),
    "heuniform": _scaled(2.0, 0, False),
    "henormal": _scaled(2.0, 0, True),
    "lecununiform": _scaled(1.0, 0, False),
    "lecunnormal": _scaled(1.0, 0, True),
}
