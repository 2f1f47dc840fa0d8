"""Functions of Keras whose results are of the kind of what they are given, and the shapes that are plain tuples."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Const, Data, Library, OneOf, Opaque, Tuple, Value, Variable, options

from .. import apply
from ..python import plain
from ..registry import FunctionHandler, Registry
from ..shapes import shapes
from ..world import Libraries

OF_ARRAYS = ("keras.utils.to_categorical", "keras.utils.normalize")
"""Give arrays of NumPy for what is no tensor."""
SHAPES = ("keras.ops.shape", "keras.backend.int_shape")


def register(registry: Registry) -> None:
    """Add them."""
    registry.functions.update({name: _of_arrays(name) for name in OF_ARRAYS})
    registry.functions.update(dict.fromkeys(SHAPES, _shape))
    registry.functions["numpy.shape"] = _shape_as_it_is
    convert = registry.functions["keras.activations.linear"]
    registry.functions["keras.activations.linear"] = _linear(convert)


def _of_arrays(name: str) -> FunctionHandler:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        given = args.get(0, "x")
        fact = world.facts.fact(name)
        if fact is not None and isinstance(given, Variable | Data) and not _is_no_tensor(given):
            return apply.call_fact(world, fact, args, site)
        if isinstance(given, Opaque | OneOf) and not all(map(_is_no_tensor, options(given))):
            return world.run.opaque(site, args.every())
        return apply.detached(world, name, args, site)

    return call


def _is_no_tensor(value: Value) -> bool:
    return not isinstance(value, Variable | Opaque) and not (isinstance(value, Data) and value.kind == "tensor")


def _linear(convert: FunctionHandler) -> FunctionHandler:
    """`keras.activations.linear(x)` is x."""

    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        given = args.get(0, "x")
        return given if isinstance(given, Data) and given.kind == "numpy" else convert(world, args, site)

    return call


def _shape_as_it_is(world: Libraries, args: Arguments, site: Site) -> Value:
    """What something says of its shape, or a tuple of the sizes of what says nothing."""
    given = args.get(0, "a")
    return _shape(world, args, site) if plain.lacks(given, "shape") else world.run.attribute(given, "shape", site)


def _shape(world: Libraries, args: Arguments, site: Site) -> Value:
    """A tuple of the sizes."""
    given = args.get(0, "x", args.get(0, "a"))
    if plain.lacks(given, "shape"):  # a tensor is made of it
        known = shapes.of_value(world, given)
        return Tuple(tuple(map(Const, known))) if known is not None else world.run.opaque(site)
    shape = world.run.attribute(given, "shape", site)
    return world.run.call(Library("builtins.tuple"), Arguments([shape]), site)
