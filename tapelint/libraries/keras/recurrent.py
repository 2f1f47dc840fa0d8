"""Layers that call others for each step: `RNN` a cell of the project, with what the last step left, and
`Bidirectional`.
"""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import FALSE, NO_VALUE, TRUE, UNBOUND, Cell, Const, Data, Library, Tuple, Value

from ..registry import Registry
from ..shapes import shapes
from ..tensorflow.graph_loops import stacked
from ..tensorflow.staging import looped
from ..world import Libraries
from .keras import LayerInfo, inner_layers, parameter
from .symbolic import symbolic

ROUNDS = 2
"""So many steps are run: the first begins with zeros, the others with what was left."""


def register(registry: Registry) -> None:
    """Add what runs a cell."""
    registry.calls["layer around a cell"] = _call
    registry.calls["both ways"] = _both_ways


def _call(world: Libraries, layer: Value, args: Arguments, site: Site) -> Value:
    """UNBOUND where it is not known what the layer does."""
    assert isinstance(layer, Cell)
    cells = inner_layers(world, layer)
    for cell in cells if len(cells) == 1 and cells[0].kind == "instance" else ():
        world.registry.methods[("instance", "first call")](world, cell, Arguments([_step(world, args, site)]), site)
    if not follows(world, layer, cells[0]):
        return UNBOUND
    return symbolic(world, layer, args, _run(world, layer, cells[0], args, site))


def _both_ways(world: Libraries, layer: Value, args: Arguments, site: Site) -> Value:
    """What a `Bidirectional` layer gives in parts, where not each is computed by both layers; UNBOUND for all else."""
    assert isinstance(layer, Cell)
    info: LayerInfo = layer.info
    inner = inner_layers(world, layer) if info.name.endswith(".layers.Bidirectional") else []
    if len(inner) != 2:
        return UNBOUND
    how = parameter(info, "merge_mode")
    states = isinstance(inner[0].info, LayerInfo) and parameter(inner[0].info, "return_state") not in (UNBOUND, FALSE)
    if how != NO_VALUE and not states:
        return UNBOUND
    handed = replace(args, keywords={n: v for n, v in args.keywords.items() if n != "initial_state"})
    made = [world.run.call(one, handed, site) for one in inner]
    parts = [each.items if isinstance(each, Tuple) and states else (each,) for each in made]
    if len(args.positional) > 1 or handed.keywords.keys() != args.keywords.keys() or (states and len(parts[0]) < 2):
        return world.run.call_unknown(layer, args, site)
    outputs = parts[0][0], parts[1][0]
    together = outputs if how == NO_VALUE else (_merged(world, how, outputs, site),)
    return symbolic(world, layer, args, Tuple((*together, *parts[0][1:], *parts[1][1:])))


def _merged(world: Libraries, how: Value, outputs: tuple[Value, Value], site: Site) -> Value:
    word = "concat" if how is UNBOUND else how.value if isinstance(how, Const) else ""
    if word in ("sum", "ave", "mul"):
        return world.operate("*" if word == "mul" else "+", list(outputs), site)
    if word == "concat":
        both = Arguments([Tuple(outputs)], {"axis": Const(-1)})
        return world.run.call(Library("keras.ops.concatenate"), both, site)
    return world.run.opaque(site, list(outputs))


def follows(world: Libraries, layer: Cell, cell: Cell) -> bool:
    """Whether it is known how a layer calls a cell: a class of the project that begins with zeros, each time anew."""
    info: LayerInfo = layer.info
    if info.name != "keras.layers.RNN" or info.old or cell.kind != "instance" or len(inner_layers(world, layer)) != 1:
        return False
    anew = parameter(info, "stateful") in (UNBOUND, FALSE)
    told = all(parameter(info, word) in (UNBOUND, FALSE, TRUE) for word in ("return_sequences", "return_state"))
    own = world.run.class_attribute(cell, "get_initial_state")
    return anew and told and own is None and world.run.class_attribute(cell, "call") is not None


def _run(world: Libraries, layer: Cell, cell: Cell, args: Arguments, site: Site) -> Value:
    """What comes of a call of the layer."""
    inputs = args.get(0, "sequences")
    first = len(world.run.graph.nodes)
    begun = _begun(world, cell, args.get(1, "initial_state"), site)
    node = world.run.node_of(inputs, site)
    if begun is None or node is None or len(args.positional) > 2 or not args.keywords.keys() <= KNOWN:
        return world.run.call_unknown(cell, args, site)
    shape = shapes.of_value(world, inputs)
    step = _step(world, args, site)
    output: Value = NO_VALUE
    states = begun
    for _ in range(1 if shape and shape[1:2] == (1,) else ROUNDS):
        made = world.run.call(cell, Arguments([step, containers.make_list(world.run, Tuple(tuple(states)))]), site)
        if not isinstance(made, Tuple) or len(made.items) != 2:
            return world.run.call_unknown(cell, args, site)
        output, left = made.items
        several = containers.sequence(world.run, left)
        states = list(several.items) if isinstance(several, Tuple) else [left]
    every = parameter(layer.info, "return_sequences") == TRUE
    result = stacked(world, "keras.layers.RNN", output, site) if every else output
    if parameter(layer.info, "return_state") == TRUE:
        result = Tuple((result, *states))
    return looped(world, result, first, [inputs, *begun], site) if world.run.graph_mode else result


def _step(world: Libraries, args: Arguments, site: Site) -> Data:
    """The inputs of one step."""
    inputs = args.get(0, "sequences")
    shape, node = shapes.of_value(world, inputs), world.run.node_of(inputs, site)
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    row = world.run.node("operator []", edges, site, dtype="f")
    return Data(row, "tensor", "f", (shape[0], *shape[2:]) if shape and len(shape) > 1 else None)


KNOWN = frozenset(["sequences", "initial_state", "training"])


def _begun(world: Libraries, cell: Cell, given: Value, site: Site) -> list[Value] | None:
    """The states before the first step; None where they are not known."""
    if given not in (UNBOUND, NO_VALUE):
        several = containers.sequence(world.run, given)
        return list(several.items) if isinstance(several, Tuple) else [given] if isinstance(given, Data) else None
    size = world.run.attribute(cell, "state_size", site)
    several = containers.sequence(world.run, size)
    sizes = several.items if isinstance(several, Tuple) else (size,)
    if not all(isinstance(each, Const) and isinstance(each.value, int) for each in sizes):
        return None
    widths = [each.value for each in sizes if isinstance(each, Const) and isinstance(each.value, int)]
    return [Data(world.run.constant_node(), "tensor", "f", (None, width)) for width in widths]
