"""Functional models: the calls on symbolic tensors that they are made of, in order, and these calls made again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    NO_VALUE,
    SYMBOLIC,
    Cell,
    Const,
    Data,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    parts_of,
)

from ..arguments import TYPICAL, dtype_of
from ..structures import flattened
from ..world import Libraries, SymbolicCall
from . import unseen
from .weights import ModelInfo, is_of_keras_2


def is_disconnected(world: Libraries, outputs: Value, leaves: set[int]) -> bool:
    """Whether an output certainly needs an input that is none of the model's, or is no tensor."""
    if any(isinstance(leaf, Const) for leaf in flattened(world, outputs) or ()):
        return True
    todo, seen = symbols(world, outputs), set(leaves)
    while todo:
        symbol = todo.pop()
        if symbol.node.id in seen:
            continue
        seen.add(symbol.node.id)
        call = world.symbolic_calls.get(symbol.node.id)
        if symbol.node.op == "keras.Input" and call is None:
            return True
        todo += [inner for value in (call[1].every() if call is not None else ()) for inner in symbols(world, value)]
    return False


def symbols(world: Libraries, value: Value) -> list[Data]:
    """The symbolic tensors that a structure certainly has."""
    leaves = flattened(world, value)
    return [v for v in leaves or [] if isinstance(v, Data)]


def symbols_in(world: Libraries, value: Value) -> list[Data]:
    """The symbolic tensors that a structure has or may have."""
    leaves = flattened(world, value)
    every = [inner for leaf in (leaves if leaves is not None else [value]) for inner in leaves_in(world, leaf)]
    return [v for v in every if isinstance(v, Data)]


def inputs_in(world: Libraries, inputs: Value) -> tuple[list[Data], bool]:
    """The symbolic tensors that a model takes or may take, and whether these are they for certain, in this order."""
    found = symbols_in(world, inputs)
    every = [arm for symbol in found for arm in _every_arm(symbol)]
    return every, every == found and is_certain(world, inputs)


def _every_arm(symbol: Data) -> list[Data]:
    return [arm for way in _arms(symbol) for arm in _every_arm(way)] if symbol.node.op == "join" else [symbol]


def is_certain(world: Libraries, structure: Value) -> bool:
    """Whether it is known which symbolic tensors lie in a structure."""
    leaves = flattened(world, structure)
    return leaves is not None and not any(isinstance(v, OneOf) and world.is_symbolic([v]) for v in leaves)


def leaves_in(world: Libraries, value: Value, depth: int = 0) -> list[Value]:
    """All that may lie in a structure which is not known wholly."""
    if isinstance(value, Cell) and value.kind in ("list", "dict"):
        is_dict = value.kind == "dict"
        value = containers.view(world.run, value, 1) if is_dict else containers.stored(world.run, value)
    elif not isinstance(value, (Tuple, Many, OneOf)):
        return [value]
    inner = parts_of(value) if depth < containers.MOST_DEEP else ()
    return [leaf for item in inner for leaf in leaves_in(world, item, depth + 1)]


def are_listed(world: Libraries, ends: Sequence[Value], leaves: Collection[int]) -> bool:
    """Whether it is certain which symbolic tensors lie in the inputs and outputs of a model, and in what was handed to
    the calls between these: if not, one layer may stand for several.
    """
    todo, seen = list(ends), set(leaves)
    while todo:
        value = todo.pop()
        if not is_certain(world, value):
            return False
        for symbol in symbols_in(world, value):
            if symbol.node.id not in seen:
                seen.add(symbol.node.id)
                call = world.symbolic_calls.get(symbol.node.id)
                todo += call[1].every() if call is not None else _inputs_of(world, symbol)
    return True


def functional_layers(world: Libraries, outputs: Value, leaves: Collection[int]) -> list[Value]:
    """The layers from inputs to outputs, in Keras's order: by depth from the outputs, then by first visit.

    Where Keras has an input layer, its symbolic tensor stands. `leaves`: the nodes of the inputs.
    """

    def inputs_of(symbol: Data) -> list[Data]:
        return _inputs_of(world, symbol) if symbol.node.id not in leaves else []

    def key_of(symbol: Data) -> int:
        return _key(world, symbol) if symbol.node.id not in leaves else -symbol.node.id - 1

    index: dict[int, int] = {}
    seen: dict[int, Data] = {}
    todo = symbols_in(world, outputs)[::-1]
    depth = {symbol.node.id: 0 for symbol in todo}
    while todo:
        symbol = todo.pop()
        if symbol.node.id not in seen:
            seen[symbol.node.id] = symbol
            index.setdefault(key_of(symbol), len(index))
            todo += inputs_of(symbol)[::-1]
    layers: dict[int, tuple[int, Value]] = {}
    for number in sorted(seen, reverse=True):
        symbol = seen[number]
        call = world.symbolic_calls.get(number) if number not in leaves else None
        key, at = key_of(symbol), depth.get(number, 0)
        layers[key] = (max(at, layers[key][0] if key in layers else 0), call[0] if call is not None else symbol)
        for inner in inputs_of(symbol):
            depth[inner.node.id] = max(depth.get(inner.node.id, 0), layers[key][0] + 1)
    ordered = sorted(layers, key=lambda key: (-layers[key][0], index[key]))
    return [layers[key][1] for key in ordered if isinstance(layers[key][1], (Cell, Data, Opaque))]


def _key(world: Libraries, symbol: Data) -> int:
    """What stands for the layer that made a symbolic tensor: one for all its calls."""
    call = world.symbolic_calls.get(symbol.node.id)
    return call[0].uid if call is not None and isinstance(call[0], Cell) else -symbol.node.id - 1


def _inputs_of(world: Libraries, symbol: Data) -> list[Data]:
    call = world.symbolic_calls.get(symbol.node.id)
    if call is None and symbol.node.op == "join":
        return _arms(symbol)
    return [inner for value in (call[1].every() if call is not None else ()) for inner in symbols_in(world, value)]


def _arms(symbol: Data) -> list[Data]:
    """The symbolic tensors one of which this is, by the branch or the rounds of a loop."""
    return [replace(symbol, node=edge.node) for edge in symbol.node.edges]


def replay(world: Libraries, info: ModelInfo, value: Value, args: Arguments, site: Site) -> Value:
    """Make the outputs of a functional model again from new inputs."""
    leaves, certain = inputs_in(world, info.inputs)
    if not leaves:
        return _of_unseen(world, info, value, site)
    certain = certain and (not containers.is_dict(info.inputs) or containers.is_dict(value))
    given = _given(world, certain, value, len(leaves), site)
    pairs = zip(leaves, given, strict=True)
    known = {symbol.node.id: as_input(world, leaf, symbol.dtype, site) for symbol, leaf in pairs}
    extra = {k: v for k, v in args.keywords.items() if k == "training" and v != NO_VALUE}
    return _alone(world, _again(world, info.outputs, known, extra, site))


def as_input(world: Libraries, value: Value, dtype: str, site: Site) -> Value:
    """What a model makes of a tensor that it is given, which it converts into the dtype of its input."""
    if not isinstance(value, (Data, Variable)) or (isinstance(value, Data) and value.kind == SYMBOLIC):
        return value
    kinds = {dtype_of(world, value), dtype}
    if len(kinds) == 1 or not kinds <= {"f", "i", "b"}:
        return value
    return world.call_library("tensorflow.cast", Arguments([value, Library(f"tensorflow.{TYPICAL[dtype]}")]), site)


def _given(world: Libraries, certain: bool, value: Value, count: int, site: Site) -> list[Value]:
    """What each input of a model gets; `certain`: the inputs stand as what is given does."""
    given = flattened(world, value)
    if given is not None and certain and len(given) == count:
        return given
    if certain and count == 1:
        return [value]
    every = leaves_in(world, value)
    if every == [value]:
        return [world.run.part(site, value) for _ in range(count)]
    return [world.run.join_all(every)] * count


def _alone(world: Libraries, outputs: Value) -> Value:
    """What a call gives: Keras takes a list of one output apart."""
    items = containers.sequence(world.run, outputs)
    return items.items[0] if isinstance(items, Tuple) and len(items.items) == 1 else outputs


def _of_unseen(world: Libraries, info: ModelInfo, value: Value, site: Site) -> Value:
    """The outputs of a model that was cut out of one that cannot be seen; its last ones come from what lies inside."""
    world.run.node_of(value, site)  # it reads the variables among them
    used = [Opaque(unseen.weights_node(world, model, site)) for model in _cut_from(world, info.inputs)]
    items = containers.sequence(world.run, info.outputs)
    if not isinstance(items, Tuple):
        return _unseen_output(world, [value, *used], site)
    made: dict[int, Value] = {}
    for index in sorted(range(len(items.items)), key=lambda index: -_depth(items.items[index])):
        made[index] = _unseen_output(world, [value, *used, *made.values()], site)
    return _alone(world, Tuple(tuple(made[index] for index in range(len(items.items)))))


def _unseen_output(world: Libraries, inputs: list[Value], site: Site) -> Opaque:
    made = world.run.opaque(site, inputs)
    made.node.outside = True
    return made


def _cut_from(world: Libraries, inputs: Value) -> list[Opaque]:
    """The unseen models of which these are the inputs."""
    items = containers.sequence(world.run, inputs)
    each = items.items if isinstance(items, Tuple) else (inputs,)
    return [Opaque(v.node.edges[0].node) for v in each if isinstance(v, Opaque) and v.node.op == "attribute"]


def _depth(output: Value) -> int:
    """How late that was made of which something is the output: a layer comes after the model that it was taken from."""
    edges = output.node.edges if isinstance(output, Opaque) else ()
    return edges[0].node.id if edges else 0


def _again(world: Libraries, value: Value, known: dict[int, Value], extra: dict[str, Value], site: Site) -> Value:
    def leaf(item: Value) -> Value:
        return _leaf_again(world, item, known, extra, site)

    return containers.rebuilt(world.run, value, leaf)


def _leaf_again(world: Libraries, value: Value, known: dict[int, Value], extra: dict[str, Value], site: Site) -> Value:
    if not isinstance(value, Data) or value.kind != SYMBOLIC:
        return _unfollowed(world, value, known, site)
    if value.node.id in known:
        return known[value.node.id]
    call = world.symbolic_calls.get(value.node.id)
    if call is not None:
        made = _called_again(world, call, known, extra, site)
    elif value.node.op == "join":
        made = world.run.join_all([_leaf_again(world, arm, known, extra, site) for arm in _arms(value)])
    else:
        return world.run.opaque(site, known.values())
    known[value.node.id] = made
    return made


def _unfollowed(world: Libraries, value: Value, known: dict[int, Value], site: Site) -> Value:
    """Something that may have been made from the inputs, and nobody knows how, is made again from the new ones."""
    if not isinstance(value, (Data, Opaque)):
        return value
    before = list(world.run.graph.ancestors([value.node]))
    if not any(node.id in known for node in before):
        return value
    made = world.run.opaque(site, [value, *known.values()])
    made.node.outside = any(node.outside for node in before)
    return made


def _called_again(
    world: Libraries, call: SymbolicCall, known: dict[int, Value], extra: dict[str, Value], site: Site
) -> Value:
    callee, args, index = call
    inner = Arguments(
        [_again(world, v, known, extra, site) for v in args.positional],
        {n: _again(world, v, known, extra, site) for n, v in args.keywords.items()},
        _again(world, args.rest, known, extra, site) if args.rest is not None else None,
    )
    if isinstance(callee, Cell) and callee.kind == "layer":
        old = is_of_keras_2(world, callee)
        inner.keywords = {**extra, **inner.keywords} if old else {**inner.keywords, **extra}
    elif extra and isinstance(callee, Cell) and "training" in inner.keywords and not is_of_keras_2(world, callee):
        inner.keywords = {**inner.keywords, **extra}
    if isinstance(callee, Const):
        made = world.operate(callee.value, inner.positional, site)
    else:
        made = world.run.call(callee, inner, site)
    if index is None:
        return made
    parts = world.run.elements(made, site)
    return parts[index] if isinstance(parts, list) and index < len(parts) else world.run.opaque(site, [made])
