"""What comes out of an operation that a graph's branch or loop has become.

Two things are measured of it. A gradient that enters a loop comes back at least as zero for every float input of it,
cut inside or not. Where an operation has several results, the gradients of those that nobody asked for are zeros that
are sent back too. Both are edges with the linearity "filled". And all results are tensors, whatever the branches gave.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.graph import CARRIES_NOTHING, Edge, Node, Site
from tapelint.flow.liveness import is_read_after
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.state import Delta, Key
from tapelint.flow.values import Cell, Const, Data, Many, Opaque, Tuple, Value, Variable, is_tensor, options

from .. import natures
from ..shapes import widths
from ..structures import flattened
from ..world import Libraries
from . import demands


def staged(world: Libraries, test: Value) -> str:
    """Whether a Python branch or loop on this value becomes an operation of a graph: "graph", "maybe" or "".

    "data": a loop over a data set becomes its `reduce`, which gives no gradient back.
    """
    run = world.run
    if not run.graph_mode or run.no_autograph:
        return ""
    if all(isinstance(option, Cell) and option.kind == "dataset" for option in options(test)):
        return "data"
    tensors = [is_tensor(option) for option in options(test)]
    if all(tensors):
        return "graph"
    unknown = any(isinstance(o, Opaque) or (isinstance(o, Data) and o.kind == "?") for o in options(test))
    return "maybe" if any(tensors) or unknown else ""


def together(world: Libraries, made: Value, site: Site) -> Value:
    """The results of one operation."""
    return _beside(world, _converted(world, made, site), site)


def _beside(world: Libraries, made: Value, site: Site, unsure: Container[int] = ()) -> Value:
    """Results of one operation: the gradients of those that nobody asks for are zeros that are sent back too.

    unsure: the positions in a tuple of what may be no result.
    """
    nodes: dict[int, Node] = {}
    outcomes: dict[int, int] = {}
    for index, item in enumerate(made.items if isinstance(made, Tuple) else (made,)):

        def note(data: Data, outcome: int = ZERO | NONE if index in unsure else ZERO) -> Data:
            nodes[data.node.id] = data.node
            outcomes[data.node.id] = outcomes.get(data.node.id, outcome) & outcome
            return data

        mapped(world, item, note)
    if len(nodes) < 2:
        return made

    def wrap(data: Data) -> Data:
        edges = [Edge(data.node, FLOWS, "linear")]
        edges += [Edge(n, outcomes[key], "filled") for key, n in nodes.items() if key != data.node.id]
        return _again(world, data, "tensorflow.function", edges, site)

    return mapped(world, made, wrap)


def as_tensors(world: Libraries, made: Value, site: Site) -> Value:
    """What comes out of an operation: tensors, for variables that have been read and for numbers of Python's."""
    made = _one_structure(world, made, site)
    if isinstance(made, Tuple):
        return Tuple(tuple(as_tensors(world, item, site) for item in made.items), made.names)
    if isinstance(made, Data):
        return made if made.kind in ("tensor", "symbolic") else replace(made, kind="tensor")
    if isinstance(made, Cell):
        return _filled_with_tensors(world, made, site)
    numbers = [number for o in options(made) if (number := _number(world, o, site)) is not None]
    if not numbers or len(numbers) < len(options(made)):
        return made
    result = numbers[0]
    for other in numbers[1:]:
        result = world.run.join_data(result, other)
    return Data(result.node, "tensor", result.dtype, result.shape, result.range, result.width)


def _filled_with_tensors(world: Libraries, cell: Cell, site: Site) -> Value:
    """What comes out of an operation for a list or a dict: another one, where it holds what is no tensor."""
    run = world.run
    if cell.kind == "dict" and (pairs := containers.pairs(run, cell)) is not None:
        values = [as_tensors(world, item, site) for _, item in pairs]
        if values != [item for _, item in pairs]:
            return containers.make_dict(run, zip([key for key, _ in pairs], values, strict=True), site)
    if cell.kind == "list" and isinstance(items := containers.stored(run, cell), Tuple):
        made = as_tensors(world, items, site)
        return containers.make_list(run, made, site=site) if made != items and isinstance(made, Tuple) else cell
    return cell


def _number(world: Libraries, value: Value, site: Site) -> Data | None:
    """A number, or what is read from a variable."""
    if isinstance(value, Variable):
        read = [Edge(world.use(value, site), FLOWS, "linear")]
        node = world.run.node("Variable.read_value", read, site, dtype=value.dtype)
        return Data(node, "tensor", value.dtype, width=widths.of(world, value))
    return world.run.as_number(value)


def _one_structure(world: Libraries, made: Value, site: Site) -> Value:
    """One of several lists, or dicts, of one form: an operation gives a new one with either's items."""
    run, cells = world.run, [o for o in options(made) if isinstance(o, Cell)]
    if len(cells) < 2 or len(cells) < len(options(made)) or len({cell.kind for cell in cells}) > 1:
        return made
    if cells[0].kind == "list":
        rows = [containers.stored(run, cell) for cell in cells]
        joined = as_tensors(world, run.join_all(rows), site)
        return containers.make_list(run, joined, site=site) if isinstance(joined, Tuple) else made
    if cells[0].kind == "dict":
        known = [dict(pairs) for cell in cells if (pairs := containers.pairs(run, cell)) is not None]
        if len(known) == len(cells) and all(pairs.keys() == known[0].keys() for pairs in known):
            items = [as_tensors(world, run.join_all([pairs[key] for pairs in known]), site) for key in known[0]]
            return containers.make_dict(run, zip(known[0], items, strict=True), site)
    return made


def from_function(world: Libraries, made: Value, site: Site) -> Value:
    """The results of a graph function. One that carries no gradient is known to a tape only if another after it does:
    that one's gradient is zero then, and is sent back.
    """
    made = together(world, _given_out(world, made, site), site)
    leaves = flattened(world, made)
    nodes = [leaf.node for leaf in leaves or () if isinstance(leaf, Data)]
    places = {node.id: place for place, node in enumerate(nodes)}
    floats = [node for node in nodes if node.dtype not in CARRIES_NOTHING]
    certain = leaves is not None and len(nodes) == len(leaves) and not any(node.dtype == "?" for node in nodes)

    def cut(data: Data) -> Data:
        if data.node.dtype not in CARRIES_NOTHING or natures.nature(data):
            return data
        behind = floats if leaves is not None else world.run.nodes_in(made)
        edges = [Edge(data.node, NONE), *(Edge(n, NONE, "filled") for n in behind)]
        result = _again(world, data, "tensorflow.function", edges, site)
        before = certain and any(places[data.node.id] < places[node.id] for node in floats)
        result.node.as_target = tuple(Edge(n, ZERO if before else ANYTHING, "filled") for n in behind)
        return result

    return mapped(world, made, cut, left="")


def _given_out(world: Libraries, made: Value, site: Site) -> Value:
    """The results of a graph function, of which texts and shapes become tensors as well."""
    if isinstance(made, Tuple):
        return Tuple(tuple(_given_out(world, item, site) for item in made.items), made.names)
    if isinstance(made, Const) and isinstance(made.value, (str, bytes)):
        return world.run.opaque(site)
    if isinstance(made, Cell) and made.kind == "shape":
        return Data(world.run.node("tensorflow.constant", [], site, dtype="i"), "tensor", "i")
    if isinstance(made, Data) and made.kind == "tensor" and _is_from_outside(world, made.node):
        return _again(world, made, "tensorflow.function", [Edge(made.node, FLOWS, "linear")], site)
    return world.run.opaque(site, [made]) if isinstance(made, Opaque) and natures.nature(made) else made


def _is_from_outside(world: Libraries, node: Node) -> bool:
    """Whether a graph that was just left has only captured a tensor."""
    return node.depth <= world.run.graph_depth and not node.is_transparent and not node.opaque


def looped(world: Libraries, made: Value, first: int, started: Iterable[Value | Node], site: Site) -> Value:
    """Results of a loop of a graph, whose inputs are all that it captured since the node `first`."""
    begun = [n for v in started for n in ([v] if isinstance(v, Node) else world.run.nodes_in(v))]
    filled = _filled(world, first, begun, ZERO)
    return mapped(world, made, lambda data: of_loop(world, data, 0, filled, site), left="s")


def _filled(world: Libraries, first: int, more: Iterable[Node], outcome: int) -> list[Edge]:
    """Edges to what operations made since the node `first` took from before it: what comes back to that at least."""
    certain = {n.id: n for n in more if n.id < first}
    perhaps: dict[int, Node] = {}
    for node in world.run.graph.nodes[first:]:
        if node.kind in ("tensor", "variable") or node.op == "join":
            found = perhaps if node.op.rpartition(".")[2] in BY_SHAPE else certain
            found.update({e.node.id: e.node for e in node.edges if e.node.id < first})
    everyone = {**perhaps, **certain}
    unclear = outcome | NONE | IGNORANT
    return [
        Edge(everyone[key], outcome if key in certain else unclear, "filled") for key in sorted(everyone)
    ]


BY_SHAPE = ("zeros_like", "ones_like", "full_like", "shape", "size", "rank")
"""Functions that a graph does not compute from their argument where it knows the shape."""


def staged_value(world: Libraries, made: Value, values: Sequence[Value], site: Site) -> Value:
    """A Python expression with branches has become an operation: whatever a branch gives, tensors come out of it."""
    if error := demands.of_arms(world, values):
        world.raised(error, site, "branch")
    return _converted(world, made, site)


def _converted(world: Libraries, made: Value, site: Site) -> Value:
    with world.run.joining("graph"):
        return as_tensors(world, made, site)


def staged_branch(world: Libraries, word: str, old: Delta, ways: Sequence[Delta], site: Site) -> None:
    """A Python branch has become an operation whose results are the names that it changed: from what they held, to
    what each arm has left there.
    """
    run = world.run

    def is_result(value: Value) -> bool:
        found = options(value)
        numbers = all(isinstance(o, (Data, Variable, Cell)) or run.as_number(o) for o in found)
        alone = len(found) == 1 and run.as_number(value) is None
        return isinstance(value, Data) or (word == "graph" and numbers and not alone)

    mine: dict[Key, Value] = {}
    unsure: set[int] = set()
    for key, before in old.items():
        value = run.state.get(key)
        if key[1] == "items" and any(_has_grown(before, way[key]) for way in ways):
            run.state.set(key, _out_of_reach(world, [way[key] for way in ways], site))
            continue
        if word == "graph" and key[0] == run.frame.uid and _is_read_after(world, key, site):
            error = demands.of_arms(world, [way[key] for way in ways])
            if error:
                world.raised(error, site, "branch")
        is_read = _is_read_after(world, key, site) if key[0] == run.frame.uid and is_result(value) else False
        if is_read is False:
            continue
        if is_read is None or word != "graph":
            unsure.add(len(mine))
        mine[key] = value
    made: Value = Tuple(tuple(mine.values()))
    made = _beside(world, _converted(world, made, site) if word == "graph" else made, site, unsure)
    for key, new in zip(mine, made.items if isinstance(made, Tuple) else (), strict=True):
        if new is not mine[key]:
            run.state.set(key, new)


def _has_grown(before: Value, after: Value) -> bool:
    """Whether items were put into a list, not under a key into a dict: no result of the operation has them."""
    if not isinstance(before, Tuple) or not isinstance(after, Tuple):
        return False
    more = after.items[len(before.items) :]
    return any(not (isinstance(item, Tuple) and len(item.items) == 2) for item in more)


def _out_of_reach(world: Libraries, values: Sequence[Value], site: Site) -> Many:
    """The items of a list that holds tensors of a branch's or loop's own graph: nothing outside can take them."""
    return Many(world.run.opaque(site, values))


def _is_read_after(world: Libraries, key: Key, site: Site) -> bool | None:
    """Whether a name is read after the branch, without which it is no result of it."""
    function = world.run.frame.function
    if function is None or not isinstance(site.node, ast.stmt) or not isinstance(key[1], str):
        return None
    return is_read_after(function.node, site.node, key[1])


def staged_loop(world: Libraries, first: int, old: Delta, new: Delta, outcome: int, site: Site) -> None:
    """A Python loop has become an operation; `old`: what the names that it changed held before, `new`: after a round.

    outcome: what the loop gives back to each of its inputs, at least; NONE where it gives nothing to any.
    """
    run = world.run
    old = {key: value for key, value in old.items() if not world.recorder.is_recording(key[0])}
    filled = _filled(world, first, [n for v in old.values() for n in run.nodes_in(v)], outcome)
    if outcome == ZERO:
        carried = [key for key in old if key[0] == run.frame.uid and _is_read_after(world, key, site)]
        demands.check_rounds(world, old, new, carried, site)
    for key, before in old.items():
        if key[1] == "items" and _has_grown(before, new.get(key, before)):
            run.state.set(key, _out_of_reach(world, [new[key]], site))
            continue
        value = run.state.get(key)
        is_result = outcome in (ZERO, NONE) and key[0] == run.frame.uid and value is not before
        made = _converted(world, value, site) if is_result else value
        if isinstance(made, Data):
            made = of_loop(world, made, 0 if is_result else first, filled, site, outcome)
        if made is not value:
            run.state.set(key, made)
        for option in options(value):
            if isinstance(option, Cell) and option.kind == "tensor array":
                slot = (option.uid, "items")
                items = run.state.get(slot)
                run.state.set(slot, mapped(world, items, lambda d: of_loop(world, d, first, filled, site, outcome)))


def of_loop(
    world: Libraries, data: Data, first: int, filled: Sequence[Edge], site: Site, outcome: int = ZERO
) -> Data:
    """A result of a loop that has become an operation; also of a whole number that is the target zeros come back."""
    is_whole = data.dtype in ("i", "b") or data.node.dtype in ("i", "b")
    if data.node.id < first or data.node.dtype == "s" or data.kind != "tensor" or (is_whole and outcome == NONE):
        return data
    if outcome == NONE:
        return _again(world, data, "tensorflow.data.Dataset.reduce", [Edge(data.node, NONE)], site)
    made = _again(world, data, "tensorflow.while_loop", [Edge(data.node, FLOWS, "linear"), *filled], site)
    made.node.as_target = tuple(filled) if is_whole else ()
    return made


def _again(world: Libraries, data: Data, op: str, edges: list[Edge], site: Site) -> Data:
    node = world.run.node(op, edges, site, dtype=data.dtype, detail="filled")
    node.depth += 1  # its backward pass is a graph of its own
    return Data(node, data.kind, data.dtype, data.shape, data.range, data.width)


def mapped(world: Libraries, value: Value, change: Callable[[Data], Value], left: str = "ibs") -> Value:
    """A structure with all its tensors changed, but for those of the dtypes that are left as they are."""
    if isinstance(value, Data):
        return change(value) if value.kind == "tensor" and value.node.dtype not in [*left] else value
    if isinstance(value, Tuple):
        items = tuple(mapped(world, item, change, left) for item in value.items)
        return value if all(a is b for a, b in zip(items, value.items, strict=True)) else Tuple(items, value.names)
    if isinstance(value, Many):
        return Many(mapped(world, value.element, change, left))
    for cell in [o for o in options(value) if isinstance(o, Cell) and _is_changed_within(o, value)]:
        old = world.run.state.get((cell.uid, "items"))
        new = mapped(world, old, change, left)
        if new is not old:
            world.run.state.set((cell.uid, "items"), new)
    return value


def _is_changed_within(cell: Cell, value: Value) -> bool:
    """Whether what an operation gives is this object with other items; of arrays it may be one of several."""
    return cell.kind == "tensor array" or (cell is value and cell.kind in ("list", "dict"))
