"""A function called on what ragged and sparse tensors hold: `tf.ragged.map_flat_values`, `tf.sparse.map_values`."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import Data, Value, is_tensor

from .. import apply
from ..natures import form
from ..registry import FunctionHandler, Registry
from ..shapes import widths
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["tensorflow.ragged.map_flat_values"] = _mapped("ragged", "flat_values", "map_flat_values")
    registry.functions["tensorflow.sparse.map_values"] = _mapped("sparse", "values", "map_values")


def _mapped(kind: str, held: str, name: str) -> FunctionHandler:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        """A tensor of the same kind, which holds what the function makes of what the arguments hold."""
        if not args.positional:
            return world.run.opaque(site, args.every())
        function, *rest = (_held(world, value, kind, held, site) for value in args.positional)
        keywords = {key: _held(world, value, kind, held, site) for key, value in args.keywords.items()}
        made = world.call_back(function, Arguments(list(rest), keywords), site)
        node = world.run.node_of(made, site) if is_tensor(made) else None
        if node is None:
            return world.run.opaque(site, [made])
        dtype = apply.dtype_of(world, made) or "?"
        again = world.run.node(f"tensorflow.{kind}.{name}", [Edge(node, FLOWS, "linear")], site, dtype=dtype)
        return Data(again, "tensor", dtype, None, getattr(made, "range", None), widths.of(world, made))

    return call


def _held(world: Libraries, value: Value, kind: str, held: str, site: Site) -> Value:
    """What a tensor of the kind holds, also within lists, tuples and dicts; anything else as it is."""

    def taken_out(leaf: Value) -> Value:
        is_one = isinstance(leaf, Data) and form(leaf) == kind
        return world.attribute(leaf, held, site) if is_one else leaf

    return containers.rebuilt(world.run, value, taken_out)
