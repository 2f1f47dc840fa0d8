"""TensorFlow's loops over functions: `tf.while_loop`, `tf.map_fn`, `tf.scan`, `tf.foldl` and their like.

Each begins with something, and what its function gives must be of the same structure; in a graph of the same shape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tapelint.facts.words import DTYPES
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Library,
    Many,
    Tuple,
    Value,
    Variable,
    is_tensor,
)

from .. import apply
from ..numerics import numbers
from ..registry import FunctionHandler, Registry
from ..shapes import shapes
from ..structures import flattened
from ..world import Libraries
from .demands import differ, reshaped
from .graphs import converted, symbolic_arguments, unconverted
from .staging import as_tensors, looped, together
from .tensor_arrays import MIXED
from .traces import done_some_times, some_times


@dataclass(frozen=True, slots=True)
class Packed(Value):
    """Values that are put together to one tensor."""

    items: tuple[Value, ...]


def register(registry: Registry) -> None:
    """Add the handlers."""
    over_rows: dict[str, FunctionHandler] = {
        "map_fn": _map_fn, "vectorized_map": _vectorized_map, "scan": _scan, "foldl": _fold, "foldr": _fold,
    }  # fmt: skip
    loops = {"while_loop": _while_loop, **{name: _over_rows(handler) for name, handler in over_rows.items()}}
    of_keras = {"while_loop": _while_loop, "map": _keras_map, "vectorized_map": _keras_vectorized_map}
    registry.functions.update({f"tensorflow.{name}": some_times(handler) for name, handler in loops.items()})
    registry.functions.update({f"keras.ops.{name}": some_times(handler) for name, handler in of_keras.items()})
    registry.functions["tensorflow.while_loop"] = _with_arrays


def _over_rows(handler: FunctionHandler) -> FunctionHandler:
    """A loop over the rows of tensors, of which a number has none: it is refused, now this way, now that."""

    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        made, given = handler(world, args, site), args.get(1, "elems")
        if shapes.of_value(world, given) == ():
            world.known.doubt(world.run.nodes_in(made))
        return made

    return call


def _with_arrays(world: Libraries, args: Arguments, site: Site) -> Value:
    """A loop that may fill arrays among its variables: outside of graphs those are changed themselves."""
    items = world.run.elements(args.get(2, "loop_vars"), site)
    arrays = [v for v in (items if isinstance(items, list) else ()) if isinstance(v, Cell) and v.kind == "tensor array"]
    held = {(each.uid, "items"): world.run.state.get((each.uid, "items")) for each in arrays}
    made = done_some_times(world, lambda: _while_loop(world, args, site), held)
    for each in arrays:
        if world.run.state.get((each.uid, "items")) != held[each.uid, "items"]:
            world.run.state.set((each.uid, MIXED), Flag())  # it was filled by more rounds than were run here
    return made


def _while_loop(world: Libraries, args: Arguments, site: Site) -> Value:
    test, body, variables = args.get(0, "cond"), args.get(1, "body"), args.get(2, "loop_vars")
    begun = [n for n in world.run.nodes_in(variables) if n.kind != "variable"]
    if world.run.graph_mode and (read := world.run.node_of(variables, site)) is not None:
        begun.append(read)
    first = len(world.run.graph.nodes)
    results: list[Value] = []
    current = variables
    begins: Value = UNBOUND
    most = _most_rounds(world, args)
    for done in range(3):
        items = world.run.elements(current, site)
        row = [items.element] if isinstance(items, Many) else items
        goes_on = world.run.truth(world.run.call(test, Arguments(list(row)), site))
        if goes_on is False or (most is not None and done >= most):
            results.append(Tuple(tuple(row)) if isinstance(items, list) else current)
            if world.run.graph_mode and len(results) == 1:
                world.run.call(body, Arguments(list(row)), site)  # a graph has the body, whether it runs or not
            break
        if not done and (goes_on is None or (most is None and args.get(7, "maximum_iterations") not in ABSENT)):
            begins = Tuple(tuple(row))
        current = _next_variables(world, world.run.call(body, Arguments(list(row)), site), row, args, site)
        results.append(current)
    given = as_tensors(world, _or_none_done(world, begins, world.run.join_all(results)), site)
    if not world.run.graph_mode:
        return given
    return looped(world, given, first, begun, site)


def _or_none_done(world: Libraries, begins: Value, made: Value) -> Value:
    """What a loop gives that may run no round at all: what it began with, where a round overwrites it."""
    if not isinstance(begins, Tuple) or not isinstance(made, Tuple) or len(begins.items) != len(made.items):
        return made
    pairs = zip(begins.items, made.items, strict=True)
    run = world.run
    return Tuple(tuple(run.join_all([new, old]) if run.loses(old, new) else new for old, new in pairs), made.names)


def _most_rounds(world: Libraries, args: Arguments) -> float | None:
    """How many rounds a loop may have at most, where it is said."""
    wanted = args.get(7, "maximum_iterations")
    if isinstance(wanted, Const):
        return wanted.value if isinstance(wanted.value, int) else None
    bounds = numbers.of_value(world, wanted) if isinstance(wanted, (Data, Variable)) else None
    return bounds.constant if bounds is not None else None


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
    if isinstance(elems, Cell) and elems.kind == "list":
        items = containers.stored(world.run, elems)
        return rows(world, items, site) if isinstance(items, Tuple) else world.run.opaque(site, [elems])
    if isinstance(elems, Cell) and elems.kind == "dict":
        known = containers.pairs(world.run, elems)
        if known is None:
            return world.run.opaque(site, [elems])
        return containers.make_dict(world.run, [(k, rows(world, v, site)) for k, v in known], site)
    if _is_empty(world, elems) and isinstance(elems, (Data, Variable)) and elems.shape:
        elems = replace(elems, shape=(None, *elems.shape[1:]))  # a graph has its body run on a row all the same
    found = world.run.elements(elems, site)
    if not found:
        return world.run.opaque(site, [elems])
    return found.element if isinstance(found, Many) else world.run.join_all(found)


def _runs_no_round(world: Libraries, elems: Value) -> bool:
    """Whether a function is surely never called for the rows of these tensors: one has none, and no graph is made."""
    return not world.run.graph_mode and any(_is_empty(world, leaf) for leaf in flattened(world, elems) or ())


def _of_no_rounds(world: Libraries, like: Value, site: Site) -> Value:
    """The results of no round, put together, by an example of one."""
    dtype = apply.dtype_of(world, like) if isinstance(like, (Data, Variable, Const)) and like not in ABSENT else None
    return Data(world.run.constant_node(), "tensor", dtype) if dtype else world.run.opaque(site)


def stacked(world: Libraries, name: str, value: Value, site: Site) -> Value:
    """Results of many rounds put together, in the structure of one."""
    if isinstance(value, Packed):
        value = Tuple(value.items)
    elif isinstance(value, Tuple):
        return Tuple(tuple(stacked(world, name, item, site) for item in value.items), value.names)
    elif isinstance(value, Cell) and value.kind == "list":
        items = containers.stored(world.run, value)
        return stacked(world, name, items, site) if isinstance(items, Tuple) else items
    elif isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        if known is None:
            return world.run.opaque(site, [value])
        return containers.make_dict(world.run, [(k, stacked(world, name, v, site)) for k, v in known], site)
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


ROWS_AT_ONCE = Library("tensorflow.vectorized_map")
"""In place of it where the results may be anything but variables."""


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
            made = _each_row(world, args, ROWS_AT_ONCE, site)
    finally:
        world.run.graph_mode -= 1
    for node in world.run.graph.nodes[first:]:
        node.depth = max(node.depth, 1)
    return made if world.run.graph_mode else together(world, made, site)


def _keras_vectorized_map(world: Libraries, args: Arguments, site: Site) -> Value:
    return _vectorized_map(world, Arguments([args.get(0, "function"), args.get(1, "elements")]), site)


def _each_row(world: Libraries, args: Arguments, wanted: Value, site: Site) -> Value:
    if _runs_no_round(world, args.get(1, "elems")):
        return _of_no_rounds(world, as_example(wanted), site)
    leaves = flattened(world, args.get(1, "elems")) or ()
    if wanted not in (KERAS, ROWS_AT_ONCE) and any(isinstance(v, (Data, Variable)) and v.shape == () for v in leaves):
        world.raised("ValueError", site, "tensorflow.map_fn")
    row = rows(world, args.get(1, "elems"), site)
    made = world.run.call(args.get(0, "fn"), Arguments([row]), site)
    no_tensor = isinstance(made, Variable) or (isinstance(made, Data) and made.kind in ("numpy", "python"))
    if wanted == ROWS_AT_ONCE:
        wanted = UNBOUND
        if any(isinstance(leaf, Variable) and leaf.flavor == "tf" for leaf in flattened(world, made) or ()):
            world.raised("ValueError", site, "tensorflow.vectorized_map")
    if differ(as_example(wanted), made) or (wanted == KERAS and (no_tensor or isinstance(made, Const))):
        world.raised("ValueError", site, "tensorflow.map_fn")
    return stacked(world, "tensorflow.map_fn", made, site)


def _scan(world: Libraries, args: Arguments, site: Site) -> Value:
    """Every state of a loop that hands on what it made."""
    first = len(world.run.graph.nodes)
    start = args.get(2, "initializer")
    if _runs_no_round(world, args.get(1, "elems")):
        return _of_no_rounds(world, _begun(world, start, site), site)
    results = _states(world, args, start, True, site)
    begun = [results[0]] if start in (UNBOUND, NO_VALUE) else []
    made = stacked(world, "tensorflow.scan", _one_after_the_other(world, [*begun, *results[1:]]), site)
    return looped(world, made, first, [args.get(1, "elems"), start], site) if world.run.graph_mode else made


def _one_after_the_other(world: Libraries, states: list[Value]) -> Value:
    """All states in the structure of one."""
    first = states[0]
    dicts = [pairs_of(world, state) for state in states]
    if dicts[0] is not None and all(found is not None and found.keys() == dicts[0].keys() for found in dicts):
        columns = {key: [found[key] for found in dicts if found is not None] for key in dicts[0]}
        return containers.make_dict(world.run, [(k, _one_after_the_other(world, v)) for k, v in columns.items()])
    rows = [containers.sequence(world.run, state) for state in states]
    if isinstance(rows[0], Tuple) and all(isinstance(r, Tuple) and len(r.items) == len(rows[0].items) for r in rows):
        items = zip(*(row.items for row in rows if isinstance(row, Tuple)), strict=True)
        names = first.names if isinstance(first, Tuple) else ()
        return Tuple(tuple(_one_after_the_other(world, list(column)) for column in items), names)
    return Packed(tuple(states))


def pairs_of(world: Libraries, value: Value) -> dict[Value, Value] | None:
    """What a dict has under its keys; None where that is not known."""
    known = containers.pairs(world.run, value) if isinstance(value, Cell) and value.kind == "dict" else None
    return dict(known) if known is not None else None


def _begun(world: Libraries, start: Value, site: Site) -> Value:
    """The first state of a loop over no rows, which must be given."""
    if start in ABSENT:
        world.raised("OutOfRangeError", site, "tensorflow.scan")
        return world.run.opaque(site)
    return start


def _fold(world: Libraries, args: Arguments, site: Site) -> Value:
    """The last state of a loop that hands on what it made."""
    first = len(world.run.graph.nodes)
    start = args.get(2, "initializer")
    if _runs_no_round(world, args.get(1, "elems")):
        return as_tensors(world, _begun(world, start, site), site)
    states = _states(world, args, start, False, site)
    begun = start not in ABSENT and _is_empty(world, args.get(1, "elems"))
    made = as_tensors(world, start if begun else world.run.join_all(states[1:]), site)
    return looped(world, made, first, [args.get(1, "elems"), start], site) if world.run.graph_mode else made


def _is_empty(world: Libraries, elems: Value) -> bool:
    """Whether a tensor is known to have no rows."""
    return (shapes.of_value(world, elems) or (None,))[0] == 0


def _states(world: Libraries, args: Arguments, start: Value, kept: bool, site: Site) -> list[Value]:
    """The first state and those after one and two rounds."""
    if shapes.of_value(world, args.get(1, "elems")) == ():
        return [_without_rows(world, args, site)] * 3
    row = rows(world, args.get(1, "elems"), site)
    states = [start if start not in (UNBOUND, NO_VALUE) else row]
    for _ in range(2):
        states.append(world.run.call(args.get(0, "fn"), Arguments([states[-1], row]), site))
        if error := _refused_state(world, states[0], states[-1], kept):
            world.raised(error, site, "tensorflow.scan")
            break
    return states


def _without_rows(world: Libraries, args: Arguments, site: Site) -> Value:
    """What comes of a loop over what has no rows, which raises."""
    made = world.run.opaque(site, args.every())
    world.known.failing.add(made.node.id)
    return made


def _refused_state(world: Libraries, first: Value, later: Value, kept: bool) -> str:
    """The exception for a state that is not like the first one; "" where it may be. `kept`: all of them are."""
    if differ(first, later):
        return "ValueError"
    before, after = flattened(world, first), flattened(world, later)
    if before is None or after is None or not (kept or world.run.graph_mode):
        return ""
    for one, other in zip(before, after, strict=False):
        kinds = apply.dtype_of(world, one), apply.dtype_of(world, other)
        if kinds[0] != kinds[1] and set(kinds) <= {"f", "i", "b"}:
            return "TypeError" if world.run.graph_mode else "InvalidArgumentError"
        if _have_unlike_shapes(shapes.of_value(world, one), shapes.of_value(world, other)):
            return "ValueError"
    return ""


def _have_unlike_shapes(one: shapes.Shape | None, other: shapes.Shape | None) -> bool:
    if one is None or other is None:
        return False
    return len(one) != len(other) or any(None not in (a, b) and a != b for a, b in zip(one, other, strict=True))
