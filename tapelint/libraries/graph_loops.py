"""TensorFlow's loops over functions: `tf.while_loop`, `tf.map_fn`, `tf.scan`, `tf.foldl` and their like.

Each begins with something, and what its function gives must be of the same structure; in a graph of the same shape.
"""

from __future__ import annotations

from dataclasses import dataclass

from tapelint.facts.words import DTYPES
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Many,
    Tuple,
    Value,
    Variable,
    is_tensor,
)

from . import apply, shapes
from .demands import differ, reshaped
from .graphs import converted, symbolic_arguments, unconverted
from .staging import as_tensors, captured, looped, mapped, of_loop
from .traces import some_times
from .world import Libraries, Registry


@dataclass(frozen=True, slots=True)
class Packed(Value):
    """Values that are put together to one tensor."""

    items: tuple[Value, ...]


def register(registry: Registry) -> None:
    """Add the handlers."""
    loops = {
        "while_loop": _while_loop, "map_fn": _map_fn, "vectorized_map": _vectorized_map, "scan": _scan, "foldl": _fold,
        "foldr": _fold,
    }  # fmt: skip
    of_keras = {"while_loop": _while_loop, "map": _keras_map, "vectorized_map": _keras_vectorized_map}
    registry.functions.update({f"tensorflow.{name}": some_times(handler) for name, handler in loops.items()})
    registry.functions.update({f"keras.ops.{name}": some_times(handler) for name, handler in of_keras.items()})


def _while_loop(world: Libraries, args: Arguments, site: Site) -> Value:
    test, body, variables = args.get(0, "cond"), args.get(1, "body"), args.get(2, "loop_vars")
    begun = [n for n in world.run.nodes_in(variables) if n.kind != "variable"]
    if world.run.graph_mode and (read := world.run.node_of(variables, site)) is not None:
        begun.append(read)
    first = len(world.run.graph.nodes)
    results: list[Value] = []
    current = variables
    for _ in range(3):
        items = world.run.elements(current, site)
        row = [items.element] if isinstance(items, Many) else items
        goes_on = world.run.truth(world.run.call(test, Arguments(list(row)), site))
        if goes_on is False:
            results.append(Tuple(tuple(row)) if isinstance(items, list) else current)
            if world.run.graph_mode and len(results) == 1:
                world.run.call(body, Arguments(list(row)), site)  # a graph has the body, whether it runs or not
            break
        current = _next_variables(world, world.run.call(body, Arguments(list(row)), site), row, args, site)
        results.append(current)
    given = as_tensors(world, world.run.join_all(results), site)
    if not world.run.graph_mode:
        return given
    inputs = captured(world, first, begun)
    return mapped(world, given, lambda data: of_loop(world, data, 0, inputs, ZERO, site), whole=True)


def _next_variables(world: Libraries, made: Value, row: list[Value], args: Arguments, site: Site) -> Value:
    """What a loop's body gave, which must have the structure of the variables; a graph takes one alone as well."""
    first = args.get(2, "loop_vars")
    if isinstance(made, Cell) and made.kind == "list":
        made = containers.stored(world.run, made)
    error = ""
    too_few = isinstance(made, Tuple) and isinstance(first, (Tuple, Cell)) and len(made.items) != len(row)
    if too_few or (containers.is_dict(made) and not containers.is_dict(first)):
        error = "ValueError"
    elif is_tensor(made) and len(row) == 1 and not world.run.graph_mode:
        shape = shapes.of_value(world, made)  # it is taken apart as a list is
        if shape is None or shape[:1] in ((1,), (None,)):
            return world.run.opaque(site, [made])
        error = "ValueError" if shape else "TypeError"
    items = made.items if isinstance(made, Tuple) else (made,)
    loose = args.get(3, "shape_invariants") not in (UNBOUND, NO_VALUE)
    for before, after in zip(row, items, strict=False):
        other_shape = world.run.graph_mode and not loose and reshaped(world, before, after)
        error = error or ("ValueError" if differ(before, after) or other_shape else "")
    if error:
        world.raised(error, site, "tensorflow.while_loop")
    return made if isinstance(made, (Tuple, Many)) or len(row) != 1 else Tuple((made,))


def rows(world: Libraries, elems: Value, site: Site) -> Value:
    """One row of a tensor, or of each of several."""
    if isinstance(elems, Tuple):
        return Tuple(tuple(rows(world, item, site) for item in elems.items))
    if isinstance(elems, Cell) and elems.kind in ("list", "dict"):
        items = world.run.state.get((elems.uid, "items"))
        return rows(world, items, site) if isinstance(items, Tuple) else world.run.opaque(site, [elems])
    found = world.run.elements(elems, site)
    return found.element if isinstance(found, Many) else world.run.join_all(found)


def stacked(world: Libraries, name: str, value: Value, site: Site) -> Value:
    """Results of many rounds put together, in the structure of one."""
    if isinstance(value, Packed):
        value = Tuple(value.items)
    elif isinstance(value, Tuple):
        return Tuple(tuple(stacked(world, name, item, site) for item in value.items), value.names)
    elif isinstance(value, Cell) and value.kind == "list":
        items = containers.stored(world.run, value)
        return stacked(world, name, items, site) if isinstance(items, Tuple) else items
    node = world.run.node_of(value, site)
    dtype = apply.dtype_of(world, value) or ("?" if node is not None else "f")
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    made = world.run.node(name, edges, site, dtype=dtype)
    return Data(made, "tensor", dtype)


def _map_fn(world: Libraries, args: Arguments, site: Site) -> Value:
    signature = next((v for v in (args.get(8, "fn_output_signature"), args.get(2, "dtype")) if v not in ABSENT), None)
    return _mapped_rows(world, args, args.get(1, "elems") if signature is None else signature, site)


ABSENT = (UNBOUND, NO_VALUE)


def _keras_map(world: Libraries, args: Arguments, site: Site) -> Value:
    """Keras's finds out by itself what the function gives, tensors only; AutoGraph leaves Keras's code as it is."""
    given = Arguments([args.get(0, "f"), args.get(1, "xs")])
    with world.left_as_it_is():
        return _mapped_rows(world, given, KERAS, site)


def as_example(signature: Value) -> Value:
    """What a dtype says that something is: a tensor; anything else as it is."""
    is_dtype = isinstance(signature, Library) and signature.name.removeprefix("tensorflow.") in DTYPES
    return Const(0.0) if is_dtype else signature


KERAS = Library("keras.ops.map")
"""In place of what a function's results must be like: they must be tensors."""


def _mapped_rows(world: Libraries, args: Arguments, wanted: Value, site: Site) -> Value:
    first = len(world.run.graph.nodes)
    with converted(world):
        made = _each_row(world, args, wanted, site)
    return looped(world, made, first, [args.get(1, "elems")], site) if world.run.graph_mode else made


def _vectorized_map(world: Libraries, args: Arguments, site: Site) -> Value:
    """All rows at once, in a graph of its own, which AutoGraph does not convert."""
    first = len(world.run.graph.nodes)
    world.run.graph_mode += 1
    try:
        with unconverted(world), symbolic_arguments(world, [args.get(1, "elems")]):
            made = _each_row(world, args, UNBOUND, site)
    finally:
        world.run.graph_mode -= 1
    for node in world.run.graph.nodes[first:]:
        node.depth = max(node.depth, 1)
    return made


def _keras_vectorized_map(world: Libraries, args: Arguments, site: Site) -> Value:
    return _vectorized_map(world, Arguments([args.get(0, "function"), args.get(1, "elements")]), site)


def _each_row(world: Libraries, args: Arguments, wanted: Value, site: Site) -> Value:
    row = rows(world, args.get(1, "elems"), site)
    made = world.run.call(args.get(0, "fn"), Arguments([row]), site)
    no_tensor = isinstance(made, Variable) or (isinstance(made, Data) and made.kind in ("numpy", "python"))
    if differ(as_example(wanted), made) or (wanted == KERAS and (no_tensor or isinstance(made, Const))):
        world.raised("ValueError", site, "tensorflow.map_fn")
    return stacked(world, "tensorflow.map_fn", made, site)


def _scan(world: Libraries, args: Arguments, site: Site) -> Value:
    """Every state of a loop that hands on what it made."""
    first = len(world.run.graph.nodes)
    start = args.get(2, "initializer")
    results = _states(world, args, start, site)
    begun = [results[0]] if start in (UNBOUND, NO_VALUE) else []
    made = stacked(world, "tensorflow.scan", _one_after_the_other([*begun, *results[1:]]), site)
    return looped(world, made, first, [args.get(1, "elems"), start], site) if world.run.graph_mode else made


def _one_after_the_other(states: list[Value]) -> Value:
    """All states in the structure of one."""
    first = states[0]
    if isinstance(first, Tuple) and all(isinstance(s, Tuple) and len(s.items) == len(first.items) for s in states):
        columns = zip(*(s.items for s in states if isinstance(s, Tuple)), strict=True)
        return Tuple(tuple(_one_after_the_other(list(column)) for column in columns), first.names)
    return Packed(tuple(states))


def _fold(world: Libraries, args: Arguments, site: Site) -> Value:
    """The last state of a loop that hands on what it made."""
    first = len(world.run.graph.nodes)
    start = args.get(2, "initializer")
    made = as_tensors(world, world.run.join_all(_states(world, args, start, site)[1:]), site)
    return looped(world, made, first, [args.get(1, "elems"), start], site) if world.run.graph_mode else made


def _states(world: Libraries, args: Arguments, start: Value, site: Site) -> list[Value]:
    """The first state and those after one and two rounds."""
    row = rows(world, args.get(1, "elems"), site)
    states = [start if start not in (UNBOUND, NO_VALUE) else row]
    for _ in range(2):
        states.append(world.run.call(args.get(0, "fn"), Arguments([states[-1], row]), site))
        if differ(states[0], states[-1]):
            world.raised("ValueError", site, "tensorflow.scan")
    return states
