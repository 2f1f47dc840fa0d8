"""Layers that make one tensor of several: which shapes they refuse, and the shape of what they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Const, Data, Tuple, Value, Variable

from .. import apply
from ..natures import form
from ..refusals.refusing import may_be_missing
from ..registry import FunctionHandler, Registry
from ..shapes.shapes import Shape, as_shape, broadcast, differ, of_value
from ..shapes.shapes_misfit import clash
from ..world import Libraries

ELEMENTWISE = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
MERGING = frozenset(f"keras.layers.{name}" for name in (*ELEMENTWISE, "Concatenate", "Dot"))

Parameter = Callable[[str], Value]
"""What a layer was given by its constructor."""


def register(registry: Registry) -> None:
    """Add the functions that make such a layer and call it."""
    for layer in MERGING:
        name = f"keras.layers.{layer.rpartition('.')[2].lower()}"
        registry.functions[name] = _function(name, layer)


def _function(name: str, layer: str) -> FunctionHandler:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        given = apply.bind(fact.parameters, args)

        def parameter(word: str) -> Value:
            default = next((p.default for p in fact.parameters if p.name == word), None)
            return given.get(word, Const(int(default)) if default == "-1" else Const(False))

        check(world, layer, parameter, given.get("inputs"), site)
        return shaped(world, layer, parameter, given.get("inputs"), apply.call_fact(world, fact, args, site))

    return call


def check(world: Libraries, name: str, parameter: Parameter, inputs: Value, site: Site) -> None:
    """A layer that merges is called for the first time: it may refuse the shapes as it is built."""
    parts = _parts(world, inputs) if name in MERGING else None
    if parts is None or not _is_refused(world, name, parameter, [of_value(world, part) for part in parts]):
        return
    if not may_be_missing(world, parts, "ValueError"):
        world.raised("ValueError", site, name)


def shaped(world: Libraries, name: str, parameter: Parameter, inputs: Value, result: Value) -> Value:
    """What a layer that merges gives, with its shape; in doubt where the shapes do not fit."""
    parts = _parts(world, inputs) if name in MERGING else None
    if parts is None or not isinstance(result, Data):
        return result
    found = [shape for part in parts if (shape := of_value(world, part)) is not None]
    if _is_refused(world, name, parameter, found):
        world.known.doubt([result.node])
    if len(found) < len(parts) or not found or len({len(shape) for shape in found}) > 1:
        return result
    return replace(result, shape=_merged(world, name, parameter, found))


def _parts(world: Libraries, inputs: Value) -> list[Value] | None:
    """The tensors that are merged; None where they cannot be counted, or where one is none."""
    items = containers.sequence(world.run, inputs)
    if not isinstance(items, Tuple):
        return None
    dense = all(isinstance(item, Variable) or (isinstance(item, Data) and not form(item)) for item in items.items)
    return list(items.items) if dense else None


def _is_refused(world: Libraries, name: str, parameter: Parameter, found: Sequence[Shape | None]) -> bool:
    """Whether the shapes of tensors, as far as they are known, certainly do not fit."""
    known = [shape for shape in found if shape]
    if name == "keras.layers.Concatenate":
        return any(differ(one, other) for one, other in combinations(_beside(world, parameter, known), 2))
    if name == "keras.layers.Dot":
        axes = _axes(world, parameter, known) if len(known) == 2 == len(found) else None
        lengths = [shape[axis] for shape, axis in zip(known, axes, strict=True)] if axes else [None]
        return None not in lengths and lengths[0] != lengths[1]
    batches = {shape[0] for shape in known} - {None}
    return len(batches) > 1 or any(clash((one[1:], other[1:])) for one, other in combinations(known, 2))


def _beside(world: Libraries, parameter: Parameter, found: Sequence[Shape]) -> list[Shape]:
    """Shapes without the axis along which tensors are put one behind the other."""
    axis = as_shape(world, parameter("axis"))
    if not axis or axis[0] is None or any(not -len(shape) <= axis[0] < len(shape) for shape in found):
        return []
    return [shape[: axis[0] % len(shape)] + shape[axis[0] % len(shape) + 1 :] for shape in found]


def _axes(world: Libraries, parameter: Parameter, found: Sequence[Shape]) -> list[int] | None:
    """The axis of each of two tensors over which products are summed."""
    asked = as_shape(world, parameter("axes")) or ()
    each = [n for n in (asked * 2 if len(asked) == 1 else asked) if n is not None]
    if len(each) != 2 or any(not -len(s) <= n < len(s) or n == 0 for n, s in zip(each, found, strict=True)):
        return None
    return [n % len(shape) for n, shape in zip(each, found, strict=True)]


def _merged(world: Libraries, name: str, parameter: Parameter, found: Sequence[Shape]) -> Shape | None:
    if name == "keras.layers.Dot":
        axes = _axes(world, parameter, found) if len(found) == 2 else None
        if axes is None:
            return None
        first, second = (shape[:axis] + shape[axis + 1 :] for shape, axis in zip(found, axes, strict=True))
        made = first + second[1:]
        return made if len(made) > 1 else (*made, 1)
    if name != "keras.layers.Concatenate":
        return broadcast(found)
    axis, beside = as_shape(world, parameter("axis")), _beside(world, parameter, found)
    if not axis or axis[0] is None or not beside:
        return None
    lengths = [shape[axis[0]] for shape in found]
    whole = sum(n for n in lengths if n is not None) if None not in lengths else None
    at = axis[0] % len(found[0])
    rest = [next((n for n in sizes if n is not None), None) for sizes in zip(*beside, strict=True)]
    return (*rest[:at], whole, *rest[at:])
