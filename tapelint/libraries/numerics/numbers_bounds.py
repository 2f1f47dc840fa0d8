"""How low and how high the numbers of a result are: intervals, whose ends are met or only approached."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from tapelint.flow.ranges import UNBOUNDED, Range

from .numbers_arrays import UNARY, divide, power

End = tuple[float, bool]
RISING = frozenset(
    [
        "exp",
        "log",
        "log1p",
        "expm1",
        "tanh",
        "sigmoid",
        "softplus",
        "relu",
        "relu6",
        "sqrt",
        "atan",
        "sinh",
        "asinh",
        "erf",
        "floor",
        "ceil",
        "round",
        "rint",
        "sign",
        "log2",
        "log10",
        "log_sigmoid",
        "asin",
        "atanh",
        "acosh",
    ]
)
TRUTHS = frozenset(
    [
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "logical_and",
        "logical_or",
        "logical_not",
        "not",
        "is_nan",
        "is_finite",
        "is_inf",
        "any",
        "all",
        "equal",
    ]
)


def between(low: End, high: End) -> Range:
    """A range from its two ends (number, open); an end that is no number is none."""
    lowest = low if low[0] == low[0] else (-math.inf, False)
    highest = high if high[0] == high[0] else (math.inf, False)
    return Range(lowest[0], highest[0], lowest[1], highest[1])


def low_of(r: Range) -> End:
    """The lower end."""
    return r.low, r.low_open


def high_of(r: Range) -> End:
    """The upper end."""
    return r.high, r.high_open


def _top(ends: Sequence[End]) -> End:
    number = max(e[0] for e in ends)
    return number, all(e[1] for e in ends if e[0] == number)


def _bottom(ends: Sequence[End]) -> End:
    number = min(e[0] for e in ends)
    return number, all(e[1] for e in ends if e[0] == number)


def negative(r: Range) -> Range:
    """-x."""
    return between((-r.high, r.high_open), (-r.low, r.low_open))


def plus(a: Range, b: Range) -> Range:
    """a + b."""
    return between((a.low + b.low, a.low_open or b.low_open), (a.high + b.high, a.high_open or b.high_open))


def _product(a: End, b: End) -> End:
    if a[0] == 0 or b[0] == 0:
        return 0.0, not ((a[0] == 0 and not a[1]) or (b[0] == 0 and not b[1]))
    return a[0] * b[0], a[1] or b[1]


def times(a: Range, b: Range) -> Range:
    """a * b."""
    if (is_endless(a) and b.low <= 0 <= b.high) or (is_endless(b) and a.low <= 0 <= a.high):
        return UNBOUNDED  # 0 * inf is NaN
    ends = [_product(x, y) for x in (low_of(a), high_of(a)) for y in (low_of(b), high_of(b))]
    low, high = _bottom(ends), _top(ends)
    return between(low, high)


def is_endless(a: Range) -> bool:
    """Whether a number is an infinity, and not only without a bound."""
    return a.low == a.high and math.isinf(a.low)


def square(a: Range) -> Range:
    """a * a."""
    ends = [(a.low * a.low, a.low_open), (a.high * a.high, a.high_open)]
    low: End = (0.0, False)
    if a.low >= 0 or a.high <= 0:
        low = _bottom(ends)
    return between(low, _top(ends))


def absolute(a: Range) -> Range:
    """|a|."""
    if a.low >= 0:
        return a
    if a.high <= 0:
        return negative(a)
    return between((0.0, False), _top([(-a.low, a.low_open), (a.high, a.high_open)]))


def over(a: Range, b: Range) -> Range:
    """a / b."""
    if is_endless(b) and math.inf in (a.high, -a.low):
        return UNBOUNDED  # inf / inf is NaN
    if b.low > 0 or b.high < 0:
        return times(
            a, between((divide(1.0, b.high), b.high_open or math.isinf(b.high)), (divide(1.0, b.low), b.low_open))
        )
    if b.low == 0 and a.not_negative:
        return Range(0.0, low_open=a.positive)
    return UNBOUNDED


def raised(a: Range, exponent: Range) -> Range:
    """a ** exponent."""
    e = exponent.constant
    if e is None:
        return Range(0.0, low_open=a.positive) if a.not_negative else UNBOUNDED
    if e == 1:
        return a
    if e == 2:
        return square(a)
    if e > 0 and e % 2 == 0:
        wide = absolute(a)
        return between((power(wide.low, e), wide.low_open), (power(wide.high, e), wide.high_open))
    if e > 0 and (e.is_integer() or a.not_negative):
        return between((power(a.low, e), a.low_open), (power(a.high, e), a.high_open))
    if e < 0 and a.not_negative:
        return over(Range(1.0, 1.0), raised(a, Range(-e, -e)))
    return UNBOUNDED


def largest(ranges: Sequence[Range]) -> Range:
    """The greatest of several."""
    number = max(r.low for r in ranges)
    opened = any(r.low_open for r in ranges if r.low == number)
    return between((number, opened), _top([high_of(r) for r in ranges]))


def smallest(ranges: Sequence[Range]) -> Range:
    """The least of several."""
    number = min(r.high for r in ranges)
    opened = any(r.high_open for r in ranges if r.high == number)
    return between(_bottom([low_of(r) for r in ranges]), (number, opened))


def rising(op: str, a: Range) -> Range:
    """A function that never falls."""
    function = UNARY[op]

    def end(number: float, opened: bool, limit: float) -> End:
        value = function(number)
        return (value if value == value else limit), opened or math.isinf(number)

    low, high = end(a.low, a.low_open, -math.inf), end(a.high, a.high_open, math.inf)
    if op in ("relu", "relu6") and a.low < 0:
        low = (0.0, False)
    if op == "sqrt" and a.low < 0:
        low = (0.0, False)
    if op in ("relu6", "floor", "ceil", "round", "rint", "sign"):
        low, high = (low[0], False), (high[0], False)
    return between(low, high)


def total(a: Range, count: int | None) -> Range:
    """The sum of `count` numbers (None: nobody knows how many)."""
    if count is not None and count > 0:
        return between((a.low * count if a.low else 0.0, a.low_open), (a.high * count if a.high else 0.0, a.high_open))
    low: End = (0.0, a.positive) if a.not_negative else (-math.inf, False)
    high: End = (0.0, a.high_open) if a.high <= 0 else (math.inf, False)
    return between(low, high)


def spread(a: Range, count: int | None) -> Range:
    """Standard deviations and variances: not negative; of random numbers never 0."""
    alone = count == 1
    high = (a.high - a.low) / 2 if math.isfinite(a.low) and math.isfinite(a.high) else math.inf
    return Range(0.0, 0.0) if alone else Range(0.0, high, low_open=a.generic)


def length(a: Range, count: int | None) -> Range:
    """A Euclidean norm."""
    squares = total(square(a), count)
    low = squares.low_open or (a.generic and squares.low == 0)
    return between((math.sqrt(squares.low), low), (math.sqrt(squares.high), squares.high_open))


def some_norm(a: Range) -> Range:
    """A norm of which no more is known: 0 for zeros only."""
    if a.low == 0 == a.high:
        return Range(0.0, 0.0)
    return Range(0.0, low_open=a.positive or a.high < 0 or a.generic)


def softmax(a: Range, count: int | None) -> Range:
    """Shares of a whole: between 0 and 1, and away from both where the logits stay together."""
    if count == 1:
        return Range(1.0, 1.0)
    wide = a.high - a.low
    if count is None or not wide < 80:
        return Range(0.0, 1.0, True, True)
    return Range(1 / (1 + (count - 1) * math.exp(wide)), 1 / (1 + (count - 1) * math.exp(-wide)))


def rounds_to_zero(a: Range) -> bool:
    """Whether a softmax over numbers in this range can be so one-sided that an exponential underflows."""
    return not a.high - a.low < 85


def truth(op: str, a: Range, b: Range) -> Range:
    """A comparison: 0, 1 or either."""
    sure = {
        "<": (a.high < b.low, a.low >= b.high),
        "<=": (a.high <= b.low, a.low > b.high),
        ">": (a.low > b.high, a.high <= b.low),
        ">=": (a.low >= b.high, a.high < b.low),
        "==": (False, a.low > b.high or a.high < b.low),
        "!=": (a.low > b.high or a.high < b.low, False),
    }.get(op, (False, False))
    if sure[0] and not (a.array or b.array):
        return Range(1.0, 1.0)
    return Range(0.0, 0.0) if sure[1] and not (a.array or b.array) else Range(0.0, 1.0)


TWO: dict[str, Callable[[Range, Range], Range]] = {
    "+": plus,
    "-": lambda a, b: plus(a, negative(b)),
    "*": times,
    "/": over,
    "**": raised,
    "maximum": lambda a, b: largest([a, b]),
    "minimum": lambda a, b: smallest([a, b]),
    "squared_difference": lambda a, b: square(plus(a, negative(b))),
    "divide_no_nan": lambda a, b: Range(0.0) if a.not_negative and b.not_negative else UNBOUNDED,
    "where": lambda a, b: a.join(b),
}
ONE: dict[str, Callable[[Range], Range]] = {
    "negative": negative,
    "abs": absolute,
    "square": square,
    "reciprocal": lambda a: over(Range(1.0, 1.0), a),
    "rsqrt": lambda a: over(Range(1.0, 1.0), rising("sqrt", a)),
    "cosh": lambda a: Range(1.0),
    "sin": lambda a: Range(-1.0, 1.0),
    "cos": lambda a: Range(-1.0, 1.0),
    "acos": lambda a: Range(0.0, math.pi),
    "zeros_like": lambda a: Range(0.0, 0.0),
    "ones_like": lambda a: Range(1.0, 1.0),
    "log_softmax": lambda a: Range(high=0.0, high_open=True),
    "logsumexp": lambda a: replace(Range(a.low), low_open=a.low_open),
}
MANY: dict[str, Callable[[Range, int | None], Range]] = {
    "sum": total,
    "mean": lambda a, n: a,
    "max": lambda a, n: a,
    "min": lambda a, n: a,
    "cumsum": lambda a, n: total(a, None),
    "prod": lambda a, n: (
        Range(0.0, 1.0) if a.not_negative and a.high <= 1 else Range(0.0) if a.not_negative else UNBOUNDED
    ),
    "norm": length,
    "euclidean_norm": length,
    "std": spread,
    "variance": lambda a, n: square(spread(a, n)),
    "softmax": softmax,
    "count_nonzero": lambda a, n: Range(0.0, float(n) if n is not None else math.inf),
}
