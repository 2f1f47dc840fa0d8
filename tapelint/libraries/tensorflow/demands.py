"""What AutoGraph demands of a branch or loop that it makes an operation of: results of one dtype and one structure.

It raises while the graph is made, whichever way the program would have taken.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tapelint.flow import containers
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import Site
from tapelint.flow.state import Delta
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Tuple, Value, Variable
from tapelint.source import walk

from ..shapes import shapes
from ..world import Libraries

LOOP_OPTIONS = "set_loop_options"
"""What says that shapes may change."""


def of_arms(world: Libraries, values: Sequence[Value]) -> str:
    """The exception for what several arms of a branch leave under one name; "" where it may be one result."""
    first = values[0]
    if any(v is UNBOUND for v in values):
        return "ValueError" if any(v is not UNBOUND for v in values) else ""
    if any(v == NO_VALUE for v in values):
        return "ValueError" if any(_number(v) is not None for v in values) else ""
    unlike = any(_unlike(world, first, other) for other in values[1:])
    return "TypeError" if unlike or _of_other_dtype(values) else ""


def check_rounds(world: Libraries, old: Delta, new: Delta, carried: Sequence[tuple[int, str]], site: Site) -> None:
    """A variable of a graph's loop keeps its dtype, shape and structure from round to round; nothing is returned from
    within. `carried`: the names that are variables of the loop.
    """
    if any(isinstance(node, ast.Return) for node in own_nodes(site.node)):
        world.raised("NotImplementedError", site, "loop")
    free = any(getattr(node, "attr", getattr(node, "id", "")) == LOOP_OPTIONS for node in walk(site.node))
    for key in carried:
        before, after = old[key], new.get(key, old[key])
        if before is UNBOUND or before == NO_VALUE:
            continue
        if _of_other_dtype([before, after]) or _unlike(world, before, after):
            world.raised("TypeError", site, "loop")
        elif not free and reshaped(world, before, after):
            world.raised("ValueError", site, "loop")


def reshaped(world: Libraries, before: Value, after: Value) -> bool:
    """Whether two numbers or tensors certainly have different shapes."""
    if _number(before) is None or _number(after) is None:
        return False
    first, second = (shapes.of_value(world, value) for value in (before, after))
    if first is None or second is None:
        return False
    return len(first) != len(second) or any(a != b and None not in (a, b) for a, b in zip(first, second, strict=True))


def differ(wanted: Value, made: Value) -> bool:
    """Whether one is a tensor and the other a list, a tuple or a dict, or one of these a dict."""
    forms = {form(wanted), form(made)}
    return len(forms) == 2 and "" not in forms


def form(value: Value) -> str:
    """What a value is as a part of a structure; "" where that is not known."""
    if isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind == "list"):
        return "list"
    if containers.is_dict(value):
        return "dict"
    return "tensor" if _number(value) is not None else ""


def _number(value: Value) -> str | None:
    """The dtype of a number, tensor or variable; None for what is none."""
    if isinstance(value, Const):
        kinds = ((bool, "b"), (int, "i"), (float, "f"))
        return next((letter for kind, letter in kinds if isinstance(value.value, kind)), None)
    return value.dtype if isinstance(value, (Data, Variable)) else None


def _of_other_dtype(values: Sequence[Value]) -> bool:
    """Whether some of several numbers are whole and others are not."""
    return {"i", "f"} <= {_number(value) for value in values}


def _unlike(world: Libraries, first: Value, second: Value) -> bool:
    """Whether two values certainly have different structures."""
    if differ(first, second):
        return True
    if containers.is_dict(first) and containers.is_dict(second):
        assert isinstance(first, Cell) and isinstance(second, Cell)
        known = [containers.pairs(world.run, cell) for cell in (first, second)]
        keys = [{key for key, _ in pairs} for pairs in known if pairs is not None]
        return len(keys) == 2 and keys[0] != keys[1] and all(isinstance(k, Const) for k in keys[0] | keys[1])
    rows = [containers.sequence(world.run, value) for value in (first, second)]
    lists = [row.items for row in rows if isinstance(row, Tuple)]
    if form(first) != "list" or len(lists) < 2:
        return False
    return len(lists[0]) != len(lists[1]) or any(_unlike(world, a, b) for a, b in zip(*lists, strict=True))
