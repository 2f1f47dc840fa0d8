"""Operations whose derivative is not finite somewhere: whether their argument can be seen to get there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tapelint.facts import Effect
from tapelint.facts.values import Input, Singular
from tapelint.flow.graph import Node, Site
from tapelint.flow.ranges import UNBOUNDED, Array, Range, Reach
from tapelint.flow.values import Cell, Data, Many, Tuple, Value

from ..shapes import shapes
from . import numbers_exact, numbers_known, numbers_matrices
from .numbers_arrays import elementwise
from .numbers_judgement import Evidence, Kind, Scene, Test, all_at, carries, strength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..arguments import Given
    from ..world import Libraries

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
    "%": "division",
    "fmod": "division",
    "exp": "overflow",
    "expm1": "overflow",
    "cosh": "overflow",
    "sinh": "overflow",
}
POLES = frozenset([0.0, -1.0])
EQUAL = frozenset([0.0, 1.0, -1.0])
"""A function that is singular where its whole argument is one of these is so where all of it is equal."""
DIVISOR = Singular(0.0, "inf", value="inf")
NORMS = ("norm", "euclidean_norm", "std")
LARGEST_EXPONENT = {False: 88.72, True: 709.7}


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
    if not given.values:
        return
    for part, own in _tensors(world, result, effect):
        kind = KINDS.get(op) or _kind(own)
        if kind is not None:
            _judge(op, _Scene(world, name, op, kind, own, given, part, site))


def at_their_numbers(world: Libraries, effect: Effect, given: Given) -> Effect:
    """What is known of a call, given the numbers of its arguments: nothing, where it may raise for them."""
    points = [(n, p) for n, i in effect.inputs.items() for p in i.singular if p.gradient == "error"]
    ranges = [(numbers_known.of_value(world, given.get(n)) or UNBOUNDED, p) for n, p in points]
    if not any(strength(numbers_matrices.evidence(r, p.of)) > 1 for r, p in ranges):
        return effect
    parts = effect.result.parts
    if parts is not None:
        parts = tuple(part and replace(part, inputs=_unknown(part)) for part in parts)
    return replace(effect, inputs=_unknown(effect), result=replace(effect.result, parts=parts))


def _unknown(effect: Effect) -> dict[str, Input]:
    return {n: replace(i, outcome="unknown") for n, i in effect.inputs.items()}


def _tensors(world: Libraries, result: Value, effect: Effect) -> list[tuple[Data, Effect]]:
    """The tensors in a result, each with what is known of it."""
    if isinstance(result, Data):
        return [(result, effect)] if result.kind == "tensor" else []
    if isinstance(result, Many):
        return _tensors(world, result.element, effect)
    if not isinstance(result, (Tuple, Cell)):
        return []
    found: list[tuple[Data, Effect]] = []
    for at, item in enumerate(numbers_known.items_of(world, result)):
        parts = effect.result.parts or ()
        found += _tensors(world, item, (parts[at] if at < len(parts) else None) or effect)
    return found


def _kind(effect: Effect) -> Kind | None:
    """The family of a function that has none of its own: that of matrices, or any."""
    points = [point for known in effect.inputs.values() for point in known.singular]
    of = {point.of for point in points if point.gradient != "error"}
    if of & {"diagonal", "dependent", "indefinite"} or of == {"column"}:
        return "matrix"
    return "point" if of else None


def _judge(op: str, scene: _Scene) -> None:
    kind = scene.kind
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
    elif kind == "matrix":
        scene.matrix()
    else:
        scene.pointwise()
        scene.all_together()
        scene.rows()


class _Scene(Scene):
    """How each family comes to its points."""

    def pointwise(self) -> None:
        """Singular where one element of one argument is at a point."""
        for parameter, known in self.effect.inputs.items():
            if parameter not in self.given.values:
                continue
            points = [p for p in known.singular if p.of == "number" and not p.together]
            if not points and self.op == "/" and parameter == list(self.given.values)[-1]:
                self.note(parameter, DIVISOR, self.evidence(self.range_of(parameter), 0.0, None))
            for point in points:
                if point.beyond and self._is_past(self.range_of(parameter), point.at, point.beyond):
                    self._past_the_value(parameter, point)
                elif point.beyond and self._may_be_past(self.range_of(parameter), point.at, point.beyond):
                    self.world.known.doubtful.add(self.result.node.id)
                if self._vanishes(parameter, point.at) or {p.at for p in points if p.everywhere} >= EQUAL:
                    continue
                if point.everywhere:
                    self._everywhere(parameter, point)
                    continue
                found = self.evidence(self.range_of(parameter), point.at, point.past)
                if found is not None and self.kind == "point" and self._others_at_zero(parameter, point):
                    self.note(parameter, point, found, reach="others")
                    found = "unknown"
                self.note(parameter, point, found, self._side(self.range_of(parameter), point, found))
            if {p.at for p in points if p.past is None} >= POLES:
                self._further_poles(parameter, points[0])
        if self.op == "/":
            self._constant_divisor()

    def _others_at_zero(self, parameter: str, point: Singular) -> bool:
        """Whether another argument is 0 somewhere: points were measured one by one, with the others at large."""
        for name, known in self.effect.inputs.items():
            r = self.range_of(name)
            factor = known.linearity in ("linear", "bilinear") and not point.guarded
            apart = name == parameter or name not in self.given.values or factor
            if not apart and carries(known) and (0 in r.array.flat if r.array is not None else r.low <= 0 <= r.high):
                return True
        return False

    def _everywhere(self, parameter: str, point: Singular) -> None:
        """Singular where all elements of an argument are at a point."""
        found = all_at(self.range_of(parameter), point.at)
        self.note(parameter, point, found, f"{point.at:g} everywhere", whole=True)

    def _past_the_value(self, parameter: str, point: Singular) -> None:
        """Past a point the result is NaN, and so is the derivative by a factor in front: `xlogy(x, y)` by x."""
        if self._vanishes(parameter, point.at, point.beyond):
            return
        self.world.known.no_numbers.add(self.result.node.id)
        if not point.past:
            words = f"{point.beyond} {point.at:g}"
            self.note(parameter, replace(point, gradient="nan", value="nan"), "certain", words, reach="others")

    def _is_past(self, r: Range, number: float, side: str) -> bool:
        """Whether some of the numbers certainly lie past a point."""
        if r.array is not None:
            return any(x < number if side == "below" else x > number for x in r.array.flat)
        return r.high < number if side == "below" else r.low > number

    def _may_be_past(self, r: Range, number: float, side: str) -> bool:
        """Whether some of the numbers may lie past a point."""
        return r.array is None and (r.low < number if side == "below" else r.high > number)

    def _further_poles(self, parameter: str, like: Singular) -> None:
        """A function with poles at 0 and -1 has one at every whole number below."""
        r = self.range_of(parameter)
        numbers = r.array.flat if r.array is not None else [p.at for p in r.points]
        for number in dict.fromkeys(x for x in numbers if x < -1 and x.is_integer()):
            found = self.evidence(r, number, None)
            self.note(parameter, replace(like, at=number), found)

    def all_together(self) -> None:
        """Singular where several arguments, or all of a list, are at a point at once."""
        inputs = self.effect.inputs.items()
        points = [p for n, known in inputs for p in known.singular if p.together and n in self.given.values]
        names = [n for n, known in inputs if n in self.given.values and any(p.together for p in known.singular)]
        if not points:
            return
        everywhere = any(p.everywhere for p in points)
        number = points[0].at
        ranges = [r for name in names for r in self._ranges_of(name)]
        each = [all_at(r, number) if everywhere else self.evidence(r, number, None) for r in ranges]
        if not each or (not everywhere and len(names) > 1 and self._arrays_apart(names, number)):
            return
        weakest = min(each, key=strength)
        at = f"{number:g} everywhere" if everywhere else ""
        self.note(names[0], points[0], weakest, at, whole=everywhere, reach="all")

    def _ranges_of(self, parameter: str) -> list[Range]:
        """What is known of an argument, or of each that is in a list."""
        value = self.given.values[parameter]
        items = numbers_known.items_of(self.world, value) or [value]
        return [numbers_known.of_value(self.world, item) or UNBOUNDED for item in items]

    def _arrays_apart(self, names: Sequence[str], number: float) -> bool:
        """Whether arguments that are known are never at a point in one place."""
        arrays = [a for n in names if (a := self.range_of(n).array) is not None]
        if len(arrays) < len(names):
            return False
        both = elementwise(lambda *each: float(all(x == number for x in each)), arrays, True)
        return both is None or not any(both.flat)

    def rows(self) -> None:
        """Singular where a whole row along the last axis is 0."""
        axis = numbers_exact.constant(self.world, self.given, "axis")
        for parameter, known in self.effect.inputs.items():
            point = next((p for p in known.singular if p.of == "row" and p.gradient != "error"), None)
            if point is None or parameter not in self.given.values:
                continue
            shape = shapes.of_value(self.world, self.given.values[parameter])
            if axis in (None, -1) or (shape is not None and axis == len(shape) - 1):
                self._note_matrix(parameter, point)

    def matrix(self) -> None:
        """Singular where an argument is a singular matrix; the strongest of what is known of it."""
        for parameter, known in self.effect.inputs.items():
            points = [p for p in known.singular if p.of != "number" and p.gradient != "error"]
            if not points or parameter not in self.given.values:
                continue
            r = self.range_of(parameter)
            self._note_matrix(parameter, max(points, key=lambda p: strength(numbers_matrices.evidence(r, p.of))))

    def _note_matrix(self, parameter: str, point: Singular) -> None:
        r = self.range_of(parameter)
        found = numbers_matrices.evidence(r, point.of)
        words = numbers_matrices.WORDS[point.of]
        self.note(parameter, point, found, words, whole=True)

    def _side(self, r: Range, point: Singular, found: Reach | Evidence | None) -> str:
        """Where the numbers lie, in words, if they only lie past the point; "" if they may be there."""
        beyond, number = point.past, point.at
        if beyond is None or (isinstance(found, Reach) and found.at == number):
            return ""
        there = number in r.array.flat if r.array is not None else r.contains(number)
        past = isinstance(found, Reach) and (found.at < number) == (beyond == "below")
        return f"{beyond} {number:g}" if past or not there else ""

    def _vanishes(self, parameter: str, number: float, beyond: str | None = None) -> bool:
        """Whether the factor in front is 0 wherever the argument is singular: `xlogy(p, p)` is 0 there, and so is its
        gradient."""
        first = next(iter(self.given.values))
        if self.op not in ("xlogy", "xlog1py", "xdivy") or parameter == first:
            return False
        front, behind = (numbers_known.key_of(self.world, self.given.values[n]) for n in (first, parameter))
        if number == 0 and not beyond and front is not None and front == behind:
            return True
        arrays = [self.range_of(n).array for n in (first, parameter)]
        if arrays[0] is None or arrays[1] is None:
            return False
        sign = {"below": -1.0, "above": 1.0}.get(beyond or "", 0.0)
        both = elementwise(
            lambda a, b: float(a != 0 and ((b - number) * sign > 0 if sign else b == number)),
            [a for a in arrays if a],
            True,
        )
        return both is not None and not any(both.flat)

    def _constant_divisor(self) -> None:
        """A divisor that carries no gradient of its own still spoils that of what it divides."""
        names = list(self.given.values)
        if len(names) < 2 or (self.effect.inputs.get(names[1]) is not None and self.effect.inputs[names[1]].singular):
            return
        self.note(names[1], DIVISOR, self.evidence(self.range_of(names[1]), 0.0, None))

    def together(self, guarded: bool = False) -> None:
        """atan2, hypot: singular only where both are 0 at once."""
        names = list(self.given.values)[:2]
        if not all(known.singular for n, known in self.effect.inputs.items() if n in names):
            return
        ranges = [self.range_of(n) for n in names]
        arrays = [r.array for r in ranges]
        if arrays[0] is not None and arrays[1] is not None:
            both = elementwise(lambda a, b: float(a == 0 and b == 0), [a for a in arrays if a], True)
            places = [i for i, x in enumerate(both.flat) if x] if both is not None else []
            self.note(names[0], Singular(0.0, "nan", guarded), self.found_at(places))
            return
        points = [r.point(0.0) for r in ranges]
        found: Reach | Evidence | None = points[0] if points[1] is not None else None
        possible = all(r.contains(0.0) and not r.generic for r in ranges)
        found = found if found is not None else "unknown" if possible else None
        self.note(names[0], Singular(0.0, "nan", guarded), found)

    def norm(self) -> None:
        """Norms and standard deviations: singular where the result is 0."""
        parameter = next(iter(self.given.values))
        r = self.range_of(parameter)
        own = self.result.range or UNBOUNDED
        guarded = self.op == "std"
        if self.op == "norm":
            shape = shapes.of_value(self.world, self.given.values[parameter])
            p = numbers_exact.vector_norm(self.world, self.given, None if shape is None else len(shape))
            if p is None or p == 1 or math.isinf(p):
                return
            guarded = p == 2
            if p < 1:
                self.note(parameter, Singular(0.0, "nan"), self.evidence(r, 0.0, None))
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
        self.note(parameter, Singular(0.0, "nan", guarded), found, at, because)

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
        base, exponent = self.range_of(names[0]), self.range_of(names[1])
        if base.array is not None and exponent.array is not None:
            self._known_power(names[0], base.array, exponent.array)
            return
        e = exponent.constant
        if e is None:
            self._unknown_exponent(names[0], base)
            return
        whole = e.is_integer()
        if e > 0 and whole:
            return
        if not whole and self._may_be_past(base, 0.0, "below"):
            self.world.known.doubtful.add(self.result.node.id)
        found = self.evidence(base, 0.0, None if whole else "below") if e < 1 else self._evidence_below(base)
        at = (
            "0"
            if e < 1 and (whole or base.not_negative or base.point(0.0))
            else "0 or negative"
            if e < 1
            else "negative"
        )
        self.note(names[0], Singular(0.0, "inf" if e < 1 else "nan", value="finite" if e > 0 else "inf"), found, at)

    def _known_power(self, parameter: str, bases: Array, exponents: Array) -> None:
        both = elementwise(_worst, [bases, exponents], True)
        if both is None or not any(both.flat):
            return
        worst = max(both.flat)
        same = bases.shape == both.shape
        found = self.found_at([i for i, x in enumerate(both.flat) if x]) if same else "certain"
        at = "0 or negative" if worst == 3 else "0"
        gradient: Literal["inf", "nan"] = "nan" if worst == 3 or 0.0 in exponents.flat else "inf"
        self.note(parameter, Singular(0.0, gradient, value="finite" if worst == 1 else "nan"), found, at)

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
        self.note(parameter, Singular(0.0, "nan", value="nan"), found, "negative")

    def overflow(self) -> None:
        """An exponential of something large is infinite."""
        parameter = next(iter(self.given.values))
        r = self.range_of(parameter)
        limit = LARGEST_EXPONENT[r.double]
        top = max(abs(r.low), r.high) if self.op in ("cosh", "sinh") else r.high
        if r.array is not None:
            found: Evidence | None = "certain" if top > limit and math.isfinite(top) else None
        else:
            found = None if top <= limit else "certain" if r.low > limit else "unknown"
        self.note(parameter, Singular(limit, "inf", value="inf"), found, f"above {limit:.0f}")


def _worst(a: float, e: float) -> float:
    """0: finite; 1: an infinite slope, or no slope, by the base; 2: an infinite result; 3: NaN."""
    if a < 0 and not e.is_integer():
        return 3.0
    if a == 0 and e < 1:
        return 2.0 if e < 0 else 1.0
    return 0.0
