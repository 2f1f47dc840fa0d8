"""The steps that a path is made of, and the walk that strings them together."""

from __future__ import annotations

from collections.abc import Callable

from . import operations
from .operations import Step
from .writer import Writer

STEPS: list[tuple[float, frozenset[str], Step]] = []
EVERYWHERE = frozenset({"eager", "graph", "strict"})


def step(weight: float = 1.0, *modes: str) -> Callable[[Step], Step]:
    """Register a step. modes: where it works (default: everywhere): eager, graph (AutoGraph) or strict (without)."""

    def register(function: Step) -> Step:
        STEPS.append((weight, frozenset(modes) or EVERYWHERE, function))
        return function

    return register


def chain(g: Writer, x: str, length: int | None = None) -> str:
    """Some steps in a row from the vector x; the expression of the last result."""
    length = g.random.randint(1, 4) if length is None else length
    for _ in range(max(1, length - g.depth // 2)):
        x = one(g, x)
        if g.chance(0.7):
            x = g.bind(x)
            g.live.append(x)
    return x


def one(g: Writer, x: str) -> str:
    """One step from x."""
    if len(x) > 120:
        x = g.bind(x)
    if g.cuts_left and g.chance(0.09):
        g.cuts_left -= 1
        return operations.cutting(g, x)
    roll = g.random.random()
    if roll < 0.2 or g.depth > 5:
        return operations.flowing(g, x)
    if roll < 0.25:
        return operations.harmless(g, x)
    if roll < 0.29:
        return operations.log(g, x)
    if roll < 0.4:
        return mixed(g, x)
    usable = [(weight, function) for weight, modes, function in STEPS if g.mode in modes]
    function = g.weighted(usable)
    g.tag(function.__name__)
    with g.nested():
        return function(g, g.named(x))


def mixed(g: Writer, x: str) -> str:
    """x joined with another vector that is alive, or with a vector every function of the main file can see."""
    others = [name for name in g.live if name != x]
    if g.module == "main":
        others += g.shared
    if not others:
        return operations.flowing(g, x)
    other = g.pick(others)
    if g.cuts_left and g.chance(0.3):
        return operations.half_cut(g, x, other) if g.chance(0.5) else operations.half_cut(g, other, x)
    return operations.combine(g, x, other)
