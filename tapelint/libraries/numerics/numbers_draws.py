"""What random functions draw: their bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapelint.flow.ranges import UNBOUNDED, Range

from . import numbers_exact

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

DRAWS = (
    "tensorflow.random.normal",
    "tensorflow.random.uniform",
    "tensorflow.random.truncated_normal",
    "keras.random.normal",
    "keras.random.uniform",
    "keras.random.truncated_normal",
    "numpy.random.normal",
    "numpy.random.uniform",
    "numpy.random.randn",
    "numpy.random.rand",
    "numpy.random.standard_normal",
    "tensorflow.random.stateless_normal",
    "tensorflow.random.stateless_uniform",
    "numpy.random.random",
)
WIDEST_NORMAL = 7.0


def drawn(world: Libraries, name: str, given: Given) -> Range | None:
    """The bounds of random numbers; a normal one in 32 bits stays within seven standard deviations."""
    if not name.startswith(DRAWS):
        return None
    last = name.rpartition(".")[2]
    if "uniform" in last or last in ("rand", "random"):
        low, high = (
            _number(world, given, names, number)
            for names, number in ((("minval", "low"), 0.0), (("maxval", "high"), 1.0))
        )
        return Range(low, high, high_open=True) if low is not None and high is not None and low < high else UNBOUNDED
    mean, width = (_number(world, given, n, d) for n, d in ((("mean", "loc"), 0.0), (("stddev", "scale"), 1.0)))
    if mean is None or width is None:
        return UNBOUNDED
    reach = (2.0 if "truncated" in last else WIDEST_NORMAL) * abs(width)
    return Range(mean - reach, mean + reach)


def _number(world: Libraries, given: Given, names: Sequence[str], default: float) -> float | None:
    found = numbers_exact.constant(world, given, *names)
    if found is None:
        return default
    return float(found) if isinstance(found, (int, float)) else None
