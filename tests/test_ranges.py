"""What is known of numbers: intervals, points that are met, small arrays, and that all of it holds on TensorFlow."""

import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapelint.flow.ranges import Array, Range, Reach
from tapelint.libraries.numerics import numbers_arrays, numbers_bounds
from tapelint.libraries.numerics.numbers_arrays import BINARY, REDUCE, UNARY, elementwise, reduced, rounded
from tapelint.libraries.numerics.numbers_bounds import MANY, ONE, RISING, TWO, rising
from tapelint.libraries.numerics.numbers_points import Scene, met

NUMBERS = st.floats(-6, 6, allow_nan=False).map(lambda x: rounded(x))
ENDS = NUMBERS | st.sampled_from([-math.inf, math.inf, -200.0, 200.0])
INTERVALS = (
    st.tuples(ENDS, ENDS)
    .filter(lambda ends: math.isfinite(min(map(abs, ends))) or ends[0] != ends[1])
    .map(lambda ends: Range(min(ends), max(ends)))
)


def _inside(r: Range, share: float) -> float:
    """A number of an interval."""
    low, high = max(r.low, min(-50.0, r.high)), min(r.high, max(50.0, r.low))
    return low + share * (high - low)


def _within(r: Range, x: float) -> bool:
    slack = 1e-5 * max(1.0, abs(x)) if math.isfinite(x) else 0.0
    return x != x or r.low - slack <= x <= r.high + slack


@given(st.sampled_from(sorted(set(TWO) & set(BINARY))), INTERVALS, INTERVALS, st.floats(0, 1), st.floats(0, 1))
def test_intervals_of_two_hold_what_elements_give(op: str, a: Range, b: Range, i: float, j: float) -> None:
    x, y = _inside(a, i), _inside(b, j)
    assert _within(TWO[op](a, b), BINARY[op](x, y)), (op, x, y)


@given(st.sampled_from(sorted((set(ONE) | RISING) & set(UNARY))), INTERVALS, st.floats(0, 1))
def test_intervals_of_one_hold_what_elements_give(op: str, a: Range, i: float) -> None:
    x = _inside(a, i)
    found = ONE[op](a) if op in ONE else rising(op, a)
    assert _within(found, UNARY[op](x)), (op, x, found)


@given(st.sampled_from(sorted(set(MANY) & set(REDUCE))), st.lists(NUMBERS, min_size=1, max_size=5))
def test_intervals_of_many_hold_what_reductions_give(op: str, values: list[float]) -> None:
    found = MANY[op](Range(min(values), max(values)), len(values))
    assert _within(found, REDUCE[op](values, True)), (op, values, found)


def test_open_ends_are_not_met() -> None:
    positive = Range(0.0, low_open=True)
    assert not positive.contains(0.0)
    assert numbers_bounds.plus(Range(0.0), positive).positive
    assert numbers_bounds.times(Range(0.0), positive).contains(0.0)
    assert numbers_bounds.largest([positive, Range()]).positive
    assert numbers_bounds.smallest([positive, Range()]).low == -math.inf


def test_arrays_are_rounded_as_32_bits_are() -> None:
    assert rounded(1e39) == math.inf
    assert rounded(1e39, double=True) == 1e39
    assert rounded(1e-40) == 0.0
    assert UNARY["sigmoid"](20.0) != 1.0
    assert rounded(UNARY["sigmoid"](20.0)) == 1.0


def test_known_arrays_broadcast_and_reduce() -> None:
    made = elementwise(BINARY["*"], [Array((2, 1), (1.0, 0.0)), Array((3,), (1.0, 2.0, 3.0))], False)
    assert made == Array((2, 3), (1.0, 2.0, 3.0, 0.0, 0.0, 0.0))
    assert reduced("sum", made, (1,), True, False) == Array((2, 1), (6.0, 0.0))
    assert numbers_arrays.made((1000,), (0.0,) * 1000, False) is None


def test_a_join_keeps_what_can_be_met_but_is_not_certain() -> None:
    joined = Range.of(Array((2,), (0.0, 1.0))).join(Range(2.0, 3.0))
    assert (joined.low, joined.high) == (0.0, 3.0)
    assert [(p.at, p.certain) for p in joined.points] == [(0.0, False)]


UNKNOWN = Range()


@pytest.mark.parametrize(
    ("op", "ranges", "points"),
    [
        ("relu", [UNKNOWN], [0.0]),
        ("relu", [Range(1.0, 2.0)], []),
        ("softmax", [UNKNOWN], [0.0, 1.0]),
        ("softmax", [Range(-5.0, 5.0)], []),
        ("sigmoid", [Range(-20.0, 5.0)], []),
        ("sigmoid", [Range(-20.0, 40.0)], [1.0]),
        ("maximum", [UNKNOWN, Range.exactly(2.0)], [2.0]),
        ("clip_by_value", [UNKNOWN, Range.exactly(-1.0), Range.exactly(1.0)], [-1.0, 1.0]),
        ("-", [Range.exactly(1.0), Range(points=(Reach(1.0, "rounds to 1"),))], [0.0]),
        ("+", [Range(points=(Reach(0.0),)), Range.exactly(1e-6)], [1e-6]),
        ("+", [Range(points=(Reach(0.0),)), UNKNOWN], []),
        ("sum", [Range(0.0, points=(Reach(0.0, "", "all"),))], [0.0]),
        ("sum", [Range(0.0, points=(Reach(0.0, "", "element"),))], []),
        ("min", [Range(0.0, points=(Reach(0.0, "", "element"),))], [0.0]),
    ],
)  # fmt: skip
def test_points_that_are_met(op: str, ranges: list[Range], points: list[float]) -> None:
    assert [p.at for p in met(Scene(op, ranges, "x"))] == points


def test_elements_are_those_of_tensorflow() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    values = [-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.0, 20.0, 60.0]
    for op in sorted(UNARY):
        function = getattr(tf.math, op, None) or getattr(tf.nn, op, None) or getattr(tf, op, None)
        if function is None or op in ("logical_not", "is_nan", "is_finite"):
            continue
        for x, real in zip(values, function(tf.constant(values)).numpy().tolist(), strict=True):
            mine = rounded(UNARY[op](x))
            same = (
                mine == real or (mine != mine and real != real) or math.isclose(mine, real, rel_tol=1e-4, abs_tol=1e-5)
            )
            assert same, (op, x, mine, real)
    for op, name in (
        ("norm", "norm"),
        ("std", "math.reduce_std"),
        ("logsumexp", "math.reduce_logsumexp"),
        ("prod", "math.reduce_prod"),
    ):
        module = tf
        for part in name.split("."):
            module = getattr(module, part)
        assert math.isclose(REDUCE[op](values, False), float(module(tf.constant(values))), rel_tol=1e-4), op
