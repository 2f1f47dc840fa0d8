"""Operations whose derivative is not finite somewhere: whether their argument can be seen to get there."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tapelint.facts import Effect
from tapelint.flow.graph import Node, Site
from tapelint.flow.ranges import UNBOUNDED, Array, Range, Reach
from tapelint.flow.values import Const, Data, Value

from . import numbers_exact, numbers_known, numbers_settled, shapes
from .numbers_arrays import elementwise
from .numbers_names import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .arguments import Given
    from .world import Libraries

Kind = Literal["division", "root", "log", "power", "inverse", "overflow"]
Evidence = Literal["certain", "possible", "unknown"]
KINDS: dict[str, Kind] = {
    "/": "division",
    "reciprocal": "division",
    "xdivy": "division",
    "sqrt": "root",
    "rsqrt": "root",
    "norm": "root",
    "std": "root",
    "euclidean_norm": "root",
    "cbrt": "root",
    "hypot": "root",
    "log": "log",
    "log1p": "log",
    "log2": "log",
    "log10": "log",
    "xlogy": "log",
    "xlog1py": "log",
    "**": "power",
    "acos": "inverse",
    "asin": "inverse",
    "atanh": "inverse",
    "acosh": "inverse",
    "atan2": "inverse",
    "erfinv": "inverse",
    "erfcinv": "inverse",
    "ndtri": "inverse",
    "lgamma": "log",
    "sinc": "division",
    "exp": "overflow",
    "expm1": "overflow",
    "cosh": "overflow",
    "sinh": "overflow",
}
FINITE_BEYOND = frozenset(["log", "log1p", "log2", "log10", "xlogy", "xlog1py", "atanh"])
"""Functions whose results are NaN past the point, and whose derivatives are finite there."""

NORMS = ("norm", "euclidean_norm", "std")
NOT_NEGATIVE = frozenset(
    ["abs", "square", "norm", "softmax", "sigmoid", "relu", "sqrt", "exp", "softplus", "variance", "std"]
)
LARGEST_EXPONENT = {False: 88.72, True: 709.7}


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison, or several in one: `op` and the keys of its sides, the right one's range, inner tests."""

    op: str
    left: int | None = None
    right: int | None = None
    of_left: Range = UNBOUNDED
    of_right: Range = UNBOUNDED
    inner: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """An operation that can be singular, as it was called, and how near its argument can be seen to come.

    `number` is the singular point, `beyond` the side on which results are NaN. `guarded`: where the gradient that
    comes in is 0, so is what goes out. `value`: what the result itself is there. `others` are the other inputs whose
    gradient is spoilt as well (a numerator). `shut`: inputs that a bound holds, so that it goes no further back.
    """

    kind: Kind
    name: str
    node: Node
    argument: ast.AST | None
    value: Value
    key: int | None
    number: float
    at: str
    gradient: Literal["inf", "nan", "inf or nan"]
    evidence: Evidence
    because: str
    guarded: bool
    finite: bool
    held: bool
    not_negative: bool
    site: Site
    inputs: tuple[Node, ...]
    numerator: ast.AST | None = None
    shut: tuple[Node, ...] = ()


def remember(world: Libraries, op: str, values: Sequence[Value], found: Range, node: Node) -> None:
    """Keep what a comparison compares, and by which test a `where` chooses."""
    keys = [numbers_known.key_of(world, v) for v in values]
    if op == "where":
        if keys and keys[0] is not None:
            world.known.wheres[node.id] = keys[0]
        return
    if found.key is None or not keys:
        return
    ranges = [numbers_known.of_value(world, v) or UNBOUNDED for v in values]
    if op in ("logical_and", "logical_or", "logical_not", "not"):
        world.known.tests[found.key] = Test(op, inner=tuple(k for k in keys if k is not None))
    elif len(values) > 1 and op in ("==", "!=", "<", "<=", ">", ">="):
        world.known.tests[found.key] = Test(op, keys[0], keys[1], ranges[0], ranges[1])


def judge(world: Libraries, name: str, op: str, effect: Effect, given: Given, result: Value, site: Site) -> None:
    """Take down a call that can be singular."""
    kind = KINDS.get(op)
    if kind is None or not isinstance(result, Data) or result.kind != "tensor" or not given.values:
        return
    scene = _Scene(world, name, op, kind, effect, given, result, site)
    if op == "**":
        scene.power()
    elif op == "atan2":
        scene.together()
    elif op == "hypot":
        scene.together(guarded=True)
    elif op in NORMS:
        scene.norm()
    elif kind == "overflow":
        scene.overflow()
    else:
        scene.pointwise()


@dataclass(slots=True)
class _Scene:
    world: Libraries
    name: str
    op: str
    kind: Kind
    effect: Effect
    given: Given
    result: Data
    site: Site

    def _range(self, parameter: str) -> Range:
        return numbers_known.of_value(self.world, self.given.get(parameter)) or UNBOUNDED

    def pointwise(self) -> None:
        """Singular where one element of one argument is at a point."""
        for parameter, known in self.effect.inputs.items():
            if parameter not in self.given.values:
                continue
            points = list(known.singular)
            if not points and self.op == "/" and parameter == list(self.given.values)[-1]:
                self._note(parameter, 0.0, "inf", self._evidence(self._range(parameter), 0.0, None), False, False)
            for point in points:
                if self._vanishes(parameter, point.at):
                    continue
                if point.beyond and self._is_past(self._range(parameter), point.at, point.beyond):
                    self.world.known.no_numbers.add(self.result.node.id)
                beyond = None if self.op in FINITE_BEYOND else point.beyond
                found = self._evidence(self._range(parameter), point.at, beyond)
                finite = point.value == "finite"
                at = self._side(self._range(parameter), point.at, beyond)
                self._note(parameter, point.at, point.gradient, found, point.guarded, finite, at)
        if self.op == "/":
            self._constant_divisor()

    def _is_past(self, r: Range, number: float, side: str) -> bool:
        """Whether some of the numbers certainly lie past a point."""
        if r.array is not None:
            return any(x < number if side == "below" else x > number for x in r.array.flat)
        return r.high < number if side == "below" else r.low > number

    def _side(self, r: Range, number: float, beyond: str | None) -> str:
        """Where the numbers lie, in words, if they only lie past the point; "" if they may be there."""
        there = number in r.array.flat if r.array is not None else r.contains(number)
        return f"{beyond} {number:g}" if beyond is not None and not there else ""

    def _vanishes(self, parameter: str, number: float) -> bool:
        """Whether the factor in front is 0 wherever the argument is singular: `xlogy(p, p)` is 0 there, and so is its
        gradient."""
        first = next(iter(self.given.values))
        if self.op not in ("xlogy", "xlog1py", "xdivy") or parameter == first:
            return False
        front, behind = (numbers_known.key_of(self.world, self.given.values[n]) for n in (first, parameter))
        if number == 0 and front is not None and front == behind:
            return True
        arrays = [self._range(n).array for n in (first, parameter)]
        if arrays[0] is None or arrays[1] is None:
            return False
        both = elementwise(lambda a, b: float(b == number and a != 0), [a for a in arrays if a], True)
        return both is not None and not any(both.flat)

    def _constant_divisor(self) -> None:
        """A divisor that carries no gradient of its own still spoils that of what it divides."""
        names = list(self.given.values)
        if len(names) < 2 or (self.effect.inputs.get(names[1]) is not None and self.effect.inputs[names[1]].singular):
            return
        self._note(names[1], 0.0, "inf", self._evidence(self._range(names[1]), 0.0, None), False, False)

    def _evidence(self, r: Range, at: float, beyond: str | None) -> Reach | Evidence | None:
        """How an argument comes to a point: the evidence, "unknown", or None where it does not."""
        if r.array is not None:
            hit = [
                i
                for i, x in enumerate(r.array.flat)
                if x == at or (beyond == "below" and x < at) or (beyond == "above" and x > at)
            ]
            return _found(r, hit)
        if r.low == at == r.high:
            return r.point(at) or "certain"
        if (beyond == "below" and r.high < at) or (beyond == "above" and r.low > at):
            return "certain"
        past = [p for p in r.points if (p.at < at if beyond == "below" else p.at > at if beyond == "above" else False)]
        point = r.point(at) or next(iter(past), None)
        if point is not None and (r.contains(at) or past or r.low == at or r.high == at):
            return point
        return "unknown" if r.contains(at) and not r.generic else None

    def _note(
        self,
        parameter: str,
        number: float,
        gradient: str,
        found: Reach | Evidence | None,
        guarded: bool,
        finite: bool,
        at: str = "",
        because: str = "",
    ) -> None:
        if found is None or len(self.world.known.judgements) > 20_000:
            return
        evidence: Evidence = found if isinstance(found, str) else "certain" if found.certain else "possible"
        held = isinstance(found, Reach) and found.held
        if evidence != "unknown" and not (held and evidence == "certain"):
            numbers_settled.unsettle(self.world, self.result.node)
        value = self.given.get(parameter)
        place = self.given.places.get(parameter)
        numerator = None
        inputs = [n for n in (getattr(v, "node", None) for v in self.given.values.values()) if isinstance(n, Node)]
        if self.op == "/":
            numerator = next((p for n, p in self.given.places.items() if n != parameter), None)
        elif self.kind == "overflow" or self.op not in ("**", "atan2", "hypot") or (self.op == "**" and finite):
            inputs = [n for n in inputs if n is getattr(value, "node", None)]
        shut = self._shut(value) if held and evidence == "certain" else ()
        word: Literal["inf", "nan", "inf or nan"] = "nan" if gradient == "nan" else "inf or nan"
        self.world.known.judgements.append(
            Judgement(
                self.kind,
                self.name,
                self.result.node,
                place,
                value,
                numbers_known.key_of(self.world, value),
                number,
                at or f"{number:g}",
                word,
                evidence,
                because or (found.because if isinstance(found, Reach) else ""),
                guarded,
                finite,
                held,
                self._never_negative(parameter),
                self.site,
                tuple(n for n in inputs if n not in shut),
                numerator,
                tuple(n for n in inputs if n in shut),
            )
        )

    def _shut(self, singular: Value) -> list[Node]:
        """The argument that is singular only where a bound holds it, and those that are held everywhere."""
        found = [singular.node] if isinstance(singular, Data) else []
        for value in self.given.values.values():
            r = numbers_known.of_value(self.world, value)
            if isinstance(value, Data) and r is not None and r.array is not None:
                found += [value.node] if r.held.issuperset(range(len(r.array.flat))) else []
        return found

    def _never_negative(self, parameter: str) -> bool:
        """Whether an argument is not negative by what computes it, not only by the numbers that it starts with."""
        r = self._range(parameter)
        array = r.array
        if array is None:
            return r.not_negative
        made = short(node.op) if (node := getattr(self.given.get(parameter), "node", None)) is not None else ""
        return r.not_negative and made in NOT_NEGATIVE

    def together(self, guarded: bool = False) -> None:
        """atan2, hypot: singular only where both are 0 at once."""
        names = list(self.given.values)[:2]
        if not all(known.singular for n, known in self.effect.inputs.items() if n in names):
            return
        ranges = [self._range(n) for n in names]
        arrays = [r.array for r in ranges]
        if arrays[0] is not None and arrays[1] is not None:
            both = elementwise(lambda a, b: float(a == 0 and b == 0), [a for a in arrays if a], True)
            places = [i for i, x in enumerate(both.flat) if x] if both is not None else []
            moving = [r for n, r in zip(names, ranges, strict=True) if not isinstance(self.given.values[n], Const)]
            each = [_found(r, places if r.array and both and r.array.shape == both.shape else [-1]) for r in moving]
            known = next((e for e in each if e == "certain"), each[0] if each else None) if places else None
            self._note(names[0], 0.0, "nan", known, guarded, True)
            return
        points = [r.point(0.0) for r in ranges]
        found = points[0] if points[0] is not None and points[1] is not None else None
        possible = all(r.contains(0.0) and not r.generic for r in ranges)
        self._note(names[0], 0.0, "nan", found if found is not None else "unknown" if possible else None, guarded, True)

    def norm(self) -> None:
        """Norms and standard deviations: singular where the result is 0."""
        parameter = next(iter(self.given.values))
        r = self._range(parameter)
        own = self.result.range or UNBOUNDED
        if self.op == "norm":
            shape = shapes.of_value(self.world, self.given.values[parameter])
            p = numbers_exact.vector_norm(self.world, self.given, None if shape is None else len(shape))
            if p is None or p == 1 or math.isinf(p):
                return
            if p < 1:
                self._note(parameter, 0.0, "nan", self._evidence(r, 0.0, None), True, True)
                return
        found: Reach | Evidence | None = "unknown"
        because, at = "", "0"
        if own.array is not None:
            found = "certain" if 0.0 in own.array.flat else None
        elif self.op == "std":
            found, because = self._spread(r)
        elif own.low == 0 == own.high:
            found = own.point(0.0) or "certain"
        elif own.positive:
            found = None
        else:
            found = own.point(0.0) or "unknown"
        if self.op == "std":
            at = "the same everywhere"
        guarded = self.op != "euclidean_norm"
        if found == "certain" and r.array is not None:
            found = _found(r, range(len(r.array.flat)))
        self._note(parameter, 0.0, "nan", found, guarded, True, at, because)

    def _spread(self, r: Range) -> tuple[Reach | Evidence | None, str]:
        """A standard deviation is 0 where all values along the axes are equal."""
        shape = shapes.of_value(self.world, next(iter(self.given.values.values())))
        axes = numbers_exact.axes(self.world, self.given, len(shape)) if shape is not None else None
        if (
            shape is not None
            and axes is not None
            and axes
            and all(shape[a] == 1 or a - len(shape) in r.same for a in axes)
        ):
            alone = all(shape[a] == 1 for a in axes)
            return "certain", "there is one value only" if alone else "all values along the axis are equal"
        equal = next(
            (p for p in r.points if p.scope == "all" or (p.scope == "row" and "axis" in self.given.values)), None
        )
        if equal is not None:
            return equal, ""
        if r.low == r.high:
            return "certain", "all values are equal"
        if r.generic or (self.result.range is not None and self.result.range.positive):
            return None, ""
        return "unknown", ""

    def power(self) -> None:
        """x ** a: below 1 the slope at 0 is infinite; a fractional power of a negative number is NaN."""
        names = list(self.given.values)[:2]
        if len(names) < 2:
            return
        base, exponent = self._range(names[0]), self._range(names[1])
        if base.array is not None and exponent.array is not None:
            self._known_power(names[0], base, base.array, exponent.array)
            return
        e = exponent.constant
        if e is None:
            self._unknown_exponent(names[0], base)
            return
        whole = e.is_integer()
        if e > 0 and whole:
            return
        found = self._evidence(base, 0.0, None if whole else "below") if e < 1 else self._evidence_below(base)
        at = (
            "0"
            if e < 1 and (whole or base.not_negative or base.point(0.0))
            else "0 or negative"
            if e < 1
            else "negative"
        )
        self._note(names[0], 0.0, "inf" if e < 1 else "nan", found, False, e > 0, at)

    def _known_power(self, parameter: str, base: Range, bases: Array, exponents: Array) -> None:
        both = elementwise(_worst, [bases, exponents], True)
        if both is None or not any(both.flat):
            return
        worst = max(both.flat)
        same = bases.shape == both.shape
        found = _found(base, [i for i, x in enumerate(both.flat) if x]) if same else "certain"
        at = "0 or negative" if worst == 3 else "0"
        word = "nan" if worst == 3 or 0.0 in exponents.flat else "inf"
        self._note(parameter, 0.0, word, found, False, worst == 1, at)

    def _evidence_below(self, base: Range) -> Reach | Evidence | None:
        if base.not_negative:
            return None
        below = next((p for p in base.points if p.at < 0), None)
        return below if below is not None else "unknown"

    def _unknown_exponent(self, parameter: str, base: Range) -> None:
        """An exponent that is learned: a negative base is NaN for every fraction."""
        found: Reach | Evidence | None = None
        if base.array is not None:
            found = "possible" if min(base.array.flat, default=0.0) < 0 else None
        elif base.high < 0:
            found = "possible"
        elif not base.not_negative:
            found = "unknown"
        self._note(parameter, 0.0, "nan", found, False, False, "negative")

    def overflow(self) -> None:
        """An exponential of something large is infinite."""
        parameter = next(iter(self.given.values))
        r = self._range(parameter)
        limit = LARGEST_EXPONENT[r.double]
        top = max(abs(r.low), r.high) if self.op in ("cosh", "sinh") else r.high
        if r.array is not None:
            found: Evidence | None = "certain" if top > limit and math.isfinite(top) else None
        else:
            found = None if top <= limit else "certain" if r.low > limit else "unknown"
        self._note(parameter, limit, "inf", found, False, False, f"above {limit:.0f}")


def _found(r: Range, places: Sequence[int]) -> Reach | Evidence | None:
    """The evidence where some elements of a known array are singular; held where a bound holds each of them."""
    if places and r.held.issuperset(places):
        return Reach(0.0, certain=True, held=True)
    return "certain" if places else None


def _worst(a: float, e: float) -> float:
    """0: finite; 1: an infinite slope, or no slope, by the base; 2: an infinite result; 3: NaN."""
    if a < 0 and not e.is_integer():
        return 3.0
    if a == 0 and e < 1:
        return 2.0 if e < 0 else 1.0
    return 0.0
