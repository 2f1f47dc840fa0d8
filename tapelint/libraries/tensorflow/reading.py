"""What is parsed out of texts and files: a tensor for each column of a line, for each feature of an example."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import UNBOUND, Cell, Const, Data, Opaque, Tuple, Value

from ..arguments import dtype_argument, listed
from ..registry import FunctionHandler, Registry
from ..shapes import widths
from ..world import Libraries

DENSE = ("tensorflow.io.FixedLenFeature", "tensorflow.io.FixedLenSequenceFeature")
"""The features that are tensors, not things in parts."""
PARSERS = ("tensorflow.io.parse_single_example", "tensorflow.io.parse_example")
LINES = "tensorflow.io.decode_csv"
FEATURE = "feature"
"""Under this lies the dtype that a feature was given, by its node."""
OF_DEFAULTS = {float: ("f", "float32"), int: ("i", "int32"), str: ("s", "string"), bytes: ("s", "string")}


def register(registry: Registry) -> None:
    """Add the parsers, and what tells them what to look for."""
    registry.functions.update({name: _feature(name) for name in DENSE})
    registry.functions.update({name: _parser(name) for name in PARSERS})
    registry.functions[LINES] = _columns


def _feature(name: str) -> FunctionHandler:
    def made(world: Libraries, args: Arguments, site: Site) -> Value:
        feature = world.inert(name, args, site)
        if isinstance(feature, Opaque):
            world.run.state.set((feature.node.id, FEATURE), args.get(1, "dtype"))
        return feature

    return made


def _parser(name: str) -> FunctionHandler:
    """A function that gives a dict: a tensor for each feature that it is told of."""

    def parsed(world: Libraries, args: Arguments, site: Site) -> Value:
        wanted = args.get(1, "features")
        pairs = containers.pairs(world.run, wanted) if isinstance(wanted, Cell) and wanted.kind == "dict" else None
        if pairs is None:
            return world.differentiable(name, args, site)
        return containers.make_dict(world.run, [(key, _read(world, name, args, of, site)) for key, of in pairs], site)

    return parsed


def _read(world: Libraries, name: str, args: Arguments, feature: Value, site: Site) -> Value:
    """The tensor of one feature."""
    told = world.run.state.get((feature.node.id, FEATURE)) if isinstance(feature, Opaque) else UNBOUND
    if told is UNBOUND:
        return world.differentiable(name, args, site)
    return _tensor(world, name, args, dtype_argument(told), widths.named(told), site)


def _columns(world: Libraries, args: Arguments, site: Site) -> Value:
    """A list with a tensor for each column, of the dtype of its default."""
    defaults = listed(world, args.get(1, "record_defaults"))
    if not defaults:
        return world.differentiable(LINES, args, site)
    kinds = [_of_default(world, default) for default in defaults]
    made = (_tensor(world, LINES, args, dtype, width, site) for dtype, width in kinds)
    return containers.make_list(world.run, Tuple(tuple(made)))


def _of_default(world: Libraries, default: Value) -> tuple[str, str]:
    """The dtype and the width of a column with this default; one that must be there has the name of its dtype."""
    first = next(iter(listed(world, default)), default)
    if isinstance(first, Const):
        return OF_DEFAULTS.get(type(first.value), ("?", ""))
    return dtype_argument(first), widths.named(first)


def _tensor(world: Libraries, name: str, args: Arguments, dtype: str, width: str, site: Site) -> Data:
    edges = [Edge(node, NONE) for node in world.run.nodes_in(args.get(0, "serialized"))]
    return Data(world.run.node(name, edges, site, dtype=dtype), "tensor", dtype, None, None, width)
