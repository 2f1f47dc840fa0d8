"""Layers that call others for each step: `RNN` a cell of the project, with what the last step left, and
`Bidirectional`.
"""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import MISSING, Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import FALSE, NO_VALUE, TRUE, UNBOUND, Cell, Const, Data, Library, Tuple, Value

from ..registry import Registry
from ..shapes import shapes
from ..tensorflow.graph_loops import stacked
from ..tensorflow.staging import looped
from ..world import Libraries
from .keras import STACK, LayerInfo, inner_layers, parameter
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
    cells = _cells(world, layer)
    if cells and cells[0].kind == "instance":  # those behind it are built as they are called
        world.registry.methods[("instance", "first call")](world, cells[0], Arguments([_step(world, args, site)]), site)
    if not follows(world, layer):
        return UNBOUND
    return symbolic(world, layer, args, _run(world, layer, cells, args, site))


def _cells(world: Libraries, layer: Cell) -> list[Cell]:
    """The cells of a layer, one behind the other."""
    cells = inner_layers(world, layer)
    stack = cells[0] if len(cells) == 1 and isinstance(cells[0].info, LayerInfo) else None
    return inner_layers(world, stack) if stack is not None and stack.info.name == STACK else cells


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


def follows(world: Libraries, layer: Cell) -> bool:
    """Whether it is known how a layer calls its cells: classes of the project that begin with zeros, each time anew."""
    info: LayerInfo = layer.info
    if info.name not in ("keras.layers.RNN", STACK) or info.old:
        return False
    anew = parameter(info, "stateful") in (UNBOUND, FALSE)
    told = all(parameter(info, word) in (UNBOUND, FALSE, TRUE) for word in ("return_sequences", "return_state"))
    return anew and told and all(_is_plain(world, cell) for cell in _cells(world, layer))


def _is_plain(world: Libraries, cell: Cell) -> bool:
    """Whether a cell is of a class of the project that says what a step does, and not how the first one begins."""
    if cell.kind != "instance":
        return False
    own = world.run.class_attribute(cell, "get_initial_state")
    return own is None and world.run.class_attribute(cell, "call") is not None


def _run(world: Libraries, layer: Cell, cells: list[Cell], args: Arguments, site: Site) -> Value:
    """What comes of a call of the layer."""
    inputs, given = args.get(0, "sequences"), args.get(1, "initial_state")
    first = len(world.run.graph.nodes)
    begun = [_begun(world, cell, given, site) for cell in cells]
    node = world.run.node_of(inputs, site)
    ends = parameter(layer.info, "return_state") == TRUE
    unclear = len(cells) > 1 and (ends or given not in (UNBOUND, NO_VALUE))
    states = [each for each in begun if each is not None]
    plain = len(args.positional) <= 2 and args.keywords.keys() <= KNOWN
    if unclear or len(states) < len(cells) or node is None or not plain:
        return _unknown(world, layer, cells, args, site)
    left = [value for each in states for value in each]
    shape = shapes.of_value(world, inputs)
    step: Value = _step(world, args, site)
    output: Value = NO_VALUE
    for _ in range(1 if shape and shape[1:2] == (1,) else ROUNDS):
        made = _one_step(world, cells, step, states, site)
        if made is None:
            return _unknown(world, layer, cells, args, site)
        output, states = made
    every = parameter(layer.info, "return_sequences") == TRUE
    result = stacked(world, "keras.layers.RNN", output, site) if every else output
    if ends:
        result = Tuple((result, *states[0]))
    return looped(world, result, first, [inputs, *left], site) if world.run.graph_mode else result


def _unknown(world: Libraries, layer: Cell, cells: list[Cell], args: Arguments, site: Site) -> Value:
    """What nobody can tell of the layer's call, by which its cells are built all the same."""
    for cell in cells[1:]:
        step = Data(world.run.node("operator []", [], site, dtype="f"), "tensor", "f")
        world.registry.methods[("instance", "first call")](world, cell, Arguments([step]), site)
    if len(cells) == 1:
        return world.run.call_unknown(cells[0], args, site)
    world.run.escape([layer, *cells, *args.every()])
    made = world.run.opaque(site, [layer, *cells, *args.every()])
    made.node.detail = MISSING  # it is code of the project
    return made


def _one_step(
    world: Libraries, cells: list[Cell], step: Value, states: list[list[Value]], site: Site
) -> tuple[Value, list[list[Value]]] | None:
    """What the last of some cells gives for one step, and the states of each; None where that is not known."""
    after: list[list[Value]] = []
    for cell, mine in zip(cells, states, strict=True):
        made = world.run.call(cell, Arguments([step, containers.make_list(world.run, Tuple(tuple(mine)))]), site)
        if not isinstance(made, Tuple) or len(made.items) != 2:
            return None
        step, left = made.items
        several = containers.sequence(world.run, left)
        after.append(list(several.items) if isinstance(several, Tuple) else [left])
    return step, after


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
