"""A call that can be singular, as it was made: how its arguments are seen to come to a point, and what is noted."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tapelint.facts import Effect
from tapelint.facts.values import Input, Singular
from tapelint.flow.graph import Node, Site
from tapelint.flow.ranges import UNBOUNDED, Range, Reach
from tapelint.flow.values import Cell, Data, Tuple, Value

from . import numbers_known, numbers_settled
from .numbers_gates import Places
from .numbers_names import short

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

Kind = Literal["division", "root", "log", "power", "inverse", "overflow", "point", "matrix"]
Evidence = Literal["certain", "possible", "unknown"]
NOT_NEGATIVE = frozenset(
    ["abs", "square", "norm", "softmax", "sigmoid", "relu", "sqrt", "exp", "softplus", "variance", "std"]
)


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
    gradient is spoilt as well (a numerator). `places`: for each input, those of its singular elements. `whole`: all of
    the argument is meant, not one element.
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
    places: tuple[Places, ...] = ()
    whole: bool = False


@dataclass(slots=True)
class Scene:
    """A call, its arguments, its result, and where it stands."""

    world: Libraries
    name: str
    op: str
    kind: Kind
    effect: Effect
    given: Given
    result: Data
    site: Site
    places: tuple[int, ...] = ()

    def range_of(self, parameter: str) -> Range:
        return numbers_known.of_value(self.world, self.given.get(parameter)) or UNBOUNDED

    def evidence(self, r: Range, at: float, beyond: str | None) -> Reach | Evidence | None:
        """How an argument comes to a point: the evidence, "unknown", or None where it does not."""
        self.places = ()
        if r.array is not None:
            hit = [
                i
                for i, x in enumerate(r.array.flat)
                if x == at or (beyond == "below" and x < at) or (beyond == "above" and x > at)
            ]
            return self.found_at(hit)
        if r.low == at == r.high:
            return r.point(at) or "certain"
        if (beyond == "below" and r.high < at) or (beyond == "above" and r.low > at):
            return "certain"
        past = [p for p in r.points if (p.at < at if beyond == "below" else p.at > at if beyond == "above" else False)]
        point = r.point(at) or next(iter(past), None)
        if point is not None and (r.contains(at) or past or r.low == at or r.high == at):
            return point
        if r.generic:  # no number that is drawn is this one, but some may lie beyond it
            return "unknown" if (beyond == "below" and r.low < at) or (beyond == "above" and r.high > at) else None
        return "unknown" if r.contains(at) else None

    def note(
        self,
        parameter: str,
        point: Singular,
        found: Reach | Evidence | None,
        at: str = "",
        because: str = "",
        whole: bool = False,
        reach: Literal["own", "all", "others"] = "own",
    ) -> None:
        """Take down that an argument comes to a point. `reach`: whose gradient is not finite there."""
        if found is None or len(self.world.known.judgements) > 20_000:
            return
        certainty: Evidence = found if isinstance(found, str) else "certain" if found.certain else "possible"
        if certainty != "unknown":
            numbers_settled.unsettle(self.world, self.result.node)
        value = self.given.get(parameter)
        numerator = None
        if self.op == "/":
            numerator = next((p for n, p in self.given.places.items() if n != parameter), None)
        inputs = self.inputs(parameter, self._spoilt(parameter, point, certainty, reach), certainty)
        self.places = ()
        word: Literal["inf", "nan", "inf or nan"] = "nan" if point.gradient == "nan" else "inf or nan"
        self.world.known.judgements.append(
            Judgement(
                self.kind,
                self.name,
                self.result.node,
                self.given.places.get(parameter),
                value,
                numbers_known.key_of(self.world, value),
                point.at,
                at or f"{point.at:g}",
                word,
                certainty,
                because or (found.because if isinstance(found, Reach) else ""),
                point.guarded,
                point.value == "finite",
                isinstance(found, Reach) and found.held,
                self.never_negative(parameter),
                self.site,
                tuple(node for node, _ in inputs),
                numerator,
                tuple(places for _, places in inputs),
                whole,
            )
        )

    def _spoilt(self, parameter: str, point: Singular, certainty: Evidence, reach: str) -> list[Value]:
        """The arguments whose gradient is not finite there."""
        value, finite = self.given.get(parameter), point.value == "finite"
        if reach == "all" or (reach == "own" and self.spoils_others(finite)):
            return list(self.given.values.values())
        others = self.factors_of(parameter) if certainty == "certain" and not finite else []
        return others if reach == "others" else [value, *others]

    def spoils_others(self, finite: bool) -> bool:
        """Whether the gradients of the other arguments are not finite there either."""
        if self.op == "**":
            return not finite
        return self.op in ("/", "atan2", "hypot", "xlogy", "xlog1py", "xdivy")

    def factors_of(self, parameter: str) -> list[Value]:
        """The arguments whose derivative is made of this one: where that is not finite, theirs is not either."""
        known = self.effect.inputs
        bilinear = [n for n, i in known.items() if n != parameter and carries(i) and i.linearity == "bilinear"]
        return [self.given.values[n] for n in bilinear if n in self.given.values]

    def inputs(self, parameter: str, values: Sequence[Value], certainty: Evidence) -> list[tuple[Node, Places]]:
        """The nodes of arguments, of what is in a list too, and which of their elements are singular."""
        length = self._length(self.given.get(parameter))
        known = frozenset(self.places) if self.places and certainty == "certain" else None
        found: list[tuple[Node, Places]] = []
        todo = list(values)
        while todo:
            at = todo.pop(0)
            if isinstance(at, (Tuple, Cell)):
                todo += numbers_known.items_of(self.world, at)
            elif isinstance(node := getattr(at, "node", None), Node):
                found.append((node, known if length is not None and self._length(at) == length else None))
        return found

    def _length(self, value: Value) -> int | None:
        array = numbers_known.array_of(self.world, value)
        return len(array.flat) if array is not None else None

    def found_at(self, places: Collection[int]) -> Evidence | None:
        """The evidence where some elements of a known array are singular."""
        self.places = tuple(places)
        return "certain" if places else None

    def never_negative(self, parameter: str) -> bool:
        """Whether an argument is not negative by what computes it, not only by the numbers that it starts with."""
        r = self.range_of(parameter)
        array = r.array
        if array is None:
            return r.not_negative
        made = short(node.op) if (node := getattr(self.given.get(parameter), "node", None)) is not None else ""
        return r.not_negative and made in NOT_NEGATIVE


def carries(known: Input) -> bool:
    """Whether a gradient goes through an argument."""
    return known.outcome == "flows"


def all_at(r: Range, number: float) -> Reach | Evidence | None:
    """How all elements of an argument come to a point."""
    if r.array is not None:
        hit = bool(r.array.flat) and all(x == number for x in r.array.flat)
        return "certain" if hit else None
    if r.low == number == r.high:
        return r.point(number) or "certain"
    point = next((p for p in r.points if p.at == number and p.scope == "all"), None)
    return point or ("unknown" if r.contains(number) and not r.generic else None)


def strength(found: Reach | Evidence | None) -> int:
    if isinstance(found, Reach):
        return 3 if found.certain else 2
    return {None: 0, "unknown": 1, "possible": 2, "certain": 3}[found]
