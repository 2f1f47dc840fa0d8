"""Bounds of results, and the operations whose gradient is not finite where their argument can be seen to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapelint.facts import Effect, Result
from tapelint.flow.graph import Site
from tapelint.flow.ranges import Range
from tapelint.flow.values import Const, Data, Value

if TYPE_CHECKING:
    from .apply import Given
    from .world import Libraries


@dataclass(frozen=True, slots=True)
class Judgement:
    """An operation that can be singular, as it was called."""

    name: str
    effect: Effect
    given: Given
    result: Value
    site: Site


def bounds(world: Libraries, name: str, result: Result, given: Given) -> Range | None:
    """What is known of the numbers that come out of a call."""
    if result.low is None and result.high is None:
        return None
    low = result.low if result.low is not None else float("-inf")
    high = result.high if result.high is not None else float("inf")
    return Range(low, high, result.low_open, result.high_open)


def judge(world: Libraries, name: str, effect: Effect, given: Given, result: Value, site: Site) -> None:
    """Take down an operation that can be singular where it is called."""


def of_operator(world: Libraries, op: str, operands: Sequence[Value]) -> Range | None:
    """What is known of the numbers that an operator gives."""
    return None


def of_value(world: Libraries, value: Value) -> Range | None:
    """What is known of a value's numbers."""
    if isinstance(value, Data):
        return value.range
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return Range.exactly(float(value.value))
    return None


def of_extreme(world: Libraries, name: str, items: Sequence[Value]) -> Range | None:
    """Bounds of `max` or `min` of several values."""
    return None
