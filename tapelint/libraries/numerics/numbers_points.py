"""The numbers that a result can be seen to meet, and why: a mask that sums to 0, a softmax that rounds to 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tapelint.flow.ranges import MOST_POINTS, Array, Range, Reach, Scope

from .numbers_arrays import BINARY, UNARY, divide
from .numbers_bounds import rounds_to_zero

SPECIAL = (0.0, 1.0, -1.0)
ANY_SIGN = "nothing keeps the sign of "
"""How the reason begins why the output of a layer without activation may be negative."""
WELL_PAST = 5.0
"""How far past the point where a result rounds an argument is certain to be there."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One operation: its short name, its operands' ranges, its text.

    `partial`: it reduces some axes rather than all, or picks places along others than the last.
    `equal`: the two operands are the same numbers ("all"), share a row ("row"), or are one value laid out along two
    axes ("pairs"). `counts`: what a boolean operand selects.
    """

    op: str
    ranges: Sequence[Range]
    text: str
    partial: bool = False
    equal: str = ""
    selects: bool = False


def of_array(array: Array) -> tuple[Reach, ...]:
    """What a known array meets, for operations whose result is no longer known."""
    found: list[Reach] = []
    for number in SPECIAL:
        if number in array.flat:
            found.append(Reach(number, "", _scope(array, number), True))
    below = min(array.flat, default=0.0)
    if below < 0 and below not in SPECIAL:
        found.append(Reach(below, "", "element", True))
    return tuple(found)


def _scope(array: Array, number: float) -> Scope:
    if all(x == number for x in array.flat):
        return "all"
    last = array.shape[-1] if len(array.shape) > 1 else 0
    if last and any(all(x == number for x in array.flat[i : i + last]) for i in range(0, len(array.flat), last)):
        return "row"
    return "element"


def points_of(r: Range) -> tuple[Reach, ...]:
    """The points of an operand."""
    if r.array is not None:
        return of_array(r.array)
    return (Reach(r.low, "", "all", True),) if r.low == r.high and not r.points else r.points


def met(scene: Scene) -> tuple[Reach, ...]:
    """The points of the result."""
    rule = RULES.get(scene.op)
    if rule is not None:
        found = rule(scene)
    elif scene.op in UNARY and scene.ranges:
        found = list(_mapped(points_of(scene.ranges[0]), UNARY[scene.op]))
    else:
        found = []
    return tuple(dict.fromkeys(found))[:MOST_POINTS]


def _mapped(points: Sequence[Reach], function: Callable[[float], float]) -> list[Reach]:
    made = [replace(p, at=function(p.at)) for p in points]
    return [p for p in made if math.isfinite(p.at)]


def _kept(scene: Scene) -> list[Reach]:
    return [p for r in scene.ranges for p in points_of(r)]


def _parts(scene: Scene) -> list[Reach]:
    """Values put together, or picked from: what holds for all of one holds for some of the whole."""
    if len(scene.ranges) == 1:
        return _kept(scene)
    return [replace(p, scope="row" if p.scope == "row" else "element") for p in _kept(scene)]


def _masked(scene: Scene) -> list[Reach]:
    """What a mask leaves: of some values nobody knows whether they are among it."""
    return [p for p in _kept(scene) if p.scope == "all"]


def _picked(scene: Scene) -> list[Reach]:
    """What stands at some places: what is certain of other places need not be so of them."""
    kept = _kept(scene)
    return [p for p in kept if p.scope == "all" or not p.certain or (p.scope == "row" and not scene.partial)]


def _chosen(scene: Scene) -> list[Reach]:
    found = [p for r in scene.ranges if r.array is None and r.constant is None for p in points_of(r)]
    return [replace(p, scope="element", certain=False) for p in found]


def _relu(scene: Scene) -> list[Reach]:
    r = scene.ranges[0]
    found = [p for p in _mapped(points_of(r), UNARY["relu"]) if not p.because.startswith(ANY_SIGN)]
    if r.low < 0 and not any(p.at == 0 for p in found):
        found.append(Reach(0.0, f"`{scene.text}` is 0 for every negative input", certain=r.high <= 0))
    return found


def _rounding(scene: Scene) -> list[Reach]:
    r = scene.ranges[0]
    if scene.op == "softmax":
        if r.array is not None or not rounds_to_zero(r):
            return []
        return [Reach(0.0, f"`{scene.text}` rounds to 0"), Reach(1.0, f"`{scene.text}` rounds to 1")]
    low, high, floor = {"sigmoid": (-88.0, 17.0, 0.0), "tanh": (-8.0, 8.0, -1.0)}.get(scene.op, (-3.0, 3.0, 0.0))
    found = []
    if r.low < low:
        found.append(_rounded(r.high < low - WELL_PAST and not r.double, floor, scene.text))
    if r.high > high:
        found.append(_rounded(r.low > high + WELL_PAST and not r.double, 1.0, scene.text))
    return (
        found + [p for p in _mapped(points_of(r), UNARY[scene.op]) if p.at not in (floor, 1.0)]
        if scene.op in UNARY
        else found
    )


def _rounded(all_of_them: bool, to: float, text: str) -> Reach:
    return Reach(to, f"`{text}` rounds to {to:.0f}", "all" if all_of_them else "element", all_of_them)


def _bound(scene: Scene) -> list[Reach]:
    """maximum, minimum and clip: where a constant bound holds, and what gets past it."""
    x, *bounds = scene.ranges
    if scene.op != "clip_by_value" and x.constant is not None and len(bounds) == 1:
        x, bounds = bounds[0], [x]
    found = list(points_of(x))
    sides = {"maximum": (True,), "minimum": (False,)}.get(scene.op, (True, False))
    for bound, lower in zip(bounds, sides, strict=False):
        number = bound.constant
        if number is None:
            return []
        found = [p for p in found if (p.at >= number if lower else p.at <= number)]
        if (x.low < number if lower else x.high > number) and not any(p.at == number for p in found):
            found.append(Reach(number, f"`{scene.text}` holds it there", held=True))
    return found


def _truth(scene: Scene) -> list[Reach]:
    return [
        Reach(0.0, f"`{scene.text}` can select nothing", "all"),
        Reach(1.0, f"`{scene.text}` can be true everywhere", "all"),
    ]


def _cast(scene: Scene) -> list[Reach]:
    return _kept(scene) or (_truth(scene) if scene.selects else [])


def _count(scene: Scene) -> list[Reach]:
    return [Reach(0.0, f"`{scene.text}` is 0 when there is nothing to count", "all")]


def _difference(scene: Scene) -> list[Reach]:
    a, b = scene.ranges[0], scene.ranges[1]
    function = BINARY["-"] if scene.op == "-" else BINARY["squared_difference"]
    if scene.equal:
        because = {
            "all": f"`{scene.text}` is a difference of equals",
            "row": f"both sides of `{scene.text}` have a row in common",
            "pairs": "each is compared with itself too",
            "alike": f"the sides of `{scene.text}` are equal where what the same weights are given is",
        }[scene.equal]
        return [Reach(0.0, because, "all" if scene.equal == "all" else "row", scene.equal != "alike")]
    if b.constant is not None:
        return _mapped(points_of(a), lambda x: function(x, b.low))
    if a.constant is not None:
        return _mapped(points_of(b), lambda x: function(a.low, x))
    return _of_any_sign(a, b) if scene.op == "-" and a.low - b.high < -1 else []


def _of_any_sign(*ranges: Range) -> list[Reach]:
    """What nothing keeps the sign of still has any when something else is added to it, or it is taken from that."""
    return [p for r in ranges for p in r.points if p.because.startswith(ANY_SIGN)][:1]


def _sum_of_two(scene: Scene) -> list[Reach]:
    a, b = scene.ranges[0], scene.ranges[1]
    if b.constant is not None:
        return _mapped(points_of(a), lambda x: x + b.low)
    if a.constant is not None:
        return _mapped(points_of(b), lambda x: x + a.low)
    zeros = [next((p for p in points_of(r) if p.at == 0 and p.scope != "element"), None) for r in (a, b)]
    if zeros[0] is None or zeros[1] is None:
        return _of_any_sign(a, b) if a.low + b.low < -1 else []
    both = zeros[0].certain and zeros[1].certain
    return [replace(zeros[0], certain=both)] if both or zeros[0].because == zeros[1].because else []


def _product(scene: Scene) -> list[Reach]:
    a, b = scene.ranges[0], scene.ranges[1]
    if b.constant is not None:
        return _mapped(points_of(a), lambda x: x * b.low)
    if a.constant is not None:
        return _mapped(points_of(b), lambda x: x * a.low)
    return [p for r in (a, b) for p in points_of(r) if p.at == 0]


def _quotient(scene: Scene) -> list[Reach]:
    a, b = scene.ranges[0], scene.ranges[1]
    if b.constant is not None:
        return _mapped(points_of(a), lambda x: divide(x, b.low))
    return [p for p in points_of(a) if p.at == 0] if b.positive or b.high < 0 else []


def _edges(scene: Scene) -> list[Reach]:
    """The differences of neighbours in an image that is the same everywhere."""
    r = scene.ranges[0]
    return [Reach(0.0, "the image is the same everywhere", "all")] if r.low == r.high else []


def _power(scene: Scene) -> list[Reach]:
    a, b = scene.ranges[0], scene.ranges[1]
    return _mapped(points_of(a), lambda x: BINARY["**"](x, b.low)) if b.constant is not None else []


def _matmul(scene: Scene) -> list[Reach]:
    a, b = scene.ranges[0], scene.ranges[1]
    left = [p for p in points_of(a) if p.at == 0 and p.scope != "element"]
    return left + [p for p in points_of(b) if p.at == 0 and p.scope == "all"]


def _reduction(scene: Scene) -> list[Reach]:
    r = scene.ranges[0]
    found: list[Reach] = []
    for p in points_of(r):
        if p.scope == "all":
            found.append(p if p.at == 0 or scene.op in ("mean", "max", "min") else replace(p, at=math.nan))
        elif (
            (p.scope == "row" and scene.partial)
            or (scene.op == "min" and p.at == r.low)
            or (scene.op == "prod" and p.at == 0)
        ):
            found.append(replace(p, scope="element"))
    return [p for p in found if p.at == p.at and (p.at == 0 or scene.op in ("mean", "max", "min"))]


RULES: dict[str, Callable[[Scene], list[Reach]]] = {
    "relu": _relu,
    "relu6": _relu,
    "softmax": _rounding,
    "sigmoid": _rounding,
    "tanh": _rounding,
    "hard_sigmoid": _rounding,
    "maximum": _bound,
    "minimum": _bound,
    "clip_by_value": _bound,
    "count_nonzero": _count,
    "cast": _cast,
    "identity": _kept,
    "reshape": _kept,
    "flatten": _kept,
    "transpose": _kept,
    "expand_dims": _kept,
    "squeeze": _kept,
    "tile": _kept,
    "repeat": _kept,
    "broadcast_to": _kept,
    "gather": lambda scene: _picked(replace(scene, partial=True)),
    "boolean_mask": _masked,
    "concat": _parts,
    "stack": _parts,
    "[]": _picked,
    "reverse": _kept,
    "where": _chosen,
    "-": _difference,
    "squared_difference": _difference,
    "+": _sum_of_two,
    "*": _product,
    "/": _quotient,
    "**": _power,
    "@": _matmul,
    "matvec": _matmul,
    "image_gradients": _edges,
    "sobel_edges": _edges,
    "sum": _reduction,
    "mean": _reduction,
    "max": _reduction,
    "min": _reduction,
    "prod": _reduction,
    "norm": _reduction,
    "euclidean_norm": _reduction,
    "l2_normalize": lambda scene: [p for p in points_of(scene.ranges[0]) if p.at == 0],
    "zeros_like": lambda scene: [],
    "ones_like": lambda scene: [],
    "round": lambda scene: [],
    **dict.fromkeys(
        ("==", "!=", "<", "<=", ">", ">=", "sequence_mask", "logical_and", "logical_or", "logical_not"), _truth
    ),
}
