"""Bounds of what layers give before their activation, by the numbers of their weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.flow.graph import Node
from tapelint.flow.ranges import UNBOUNDED, Range, Reach

from ..shapes import shapes
from .numbers_bounds import MANY, TWO, plus
from .numbers_known import of_value
from .numbers_points import ANY_SIGN

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

WEIGHTED = {"Dense": False, "Conv1D": True, "Conv2D": True}
"""Layers that weight and sum their inputs, and whether they may add zeros around them."""


def bounds(world: Libraries, name: str, given: Given, node: Node) -> Range | None:
    """The bounds of a weighted sum plus a bias; None for other layers and where no weight is known."""
    last = name.rpartition(".")[2] if name.startswith("keras.layers.") else ""
    if last not in WEIGHTED:
        return None
    owners = [world.known.variables.get(e.node.id) for e in node.edges if e.node.kind == "variable"]
    weights = {v.name: v for v in owners if v is not None}
    kernel = weights.get("kernel")
    factors = of_value(world, kernel) if kernel is not None else None
    if kernel is None or factors is None or not given.values:
        return None
    value = next(iter(given.values.values()))
    inputs = of_value(world, value) or UNBOUNDED
    each = TWO["*"](inputs, factors)
    if WEIGHTED[last]:
        each = each.join(Range(0.0, 0.0))
    around, shape = kernel.shape, shapes.of_value(world, value)
    if around is None and last == "Dense" and shape:
        around = (shape[-1], None)
    length = math.prod(n or 0 for n in around[:-1]) if around is not None else 0
    found = MANY["sum"](each, length or None)
    bias = weights.get("bias")
    return plus(found, of_value(world, bias) or UNBOUNDED) if bias is not None else found


def any_sign(name: str, found: Range, node: Node) -> Range:
    """With a number below -1, which a weighted sum with weights of any sign may well be."""
    weighted = name.startswith("keras.layers.") and name.rpartition(".")[2] in WEIGHTED
    trained = any(edge.node.kind == "variable" for edge in node.edges)
    if not (weighted and trained and found.low < NEGATIVE and found.high > 0 and found.array is None):
        return found
    text = node.site.text(30) if node.site is not None else name
    return replace(found, points=(*found.points, Reach(NEGATIVE, f"{ANY_SIGN}`{text}`")))


NEGATIVE = -1.5
"""Below what the functions take that take no negative numbers."""
