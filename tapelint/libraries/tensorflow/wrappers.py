"""Functions whose gradient is another than their own: `tf.grad_pass_through`, `tf.recompute_grad`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import (
    CARRIES_NOTHING,
    REFUSES_ROWS,
    Edge,
    Node,
    Site,
)
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    Cell,
    Const,
    Data,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    Wrapped,
    is_tensor,
)

from .. import apply, natures
from ..registry import Registry
from ..structures import flattened
from ..world import Libraries
from .custom_gradients import (
    UNKNOWN,
    as_handed,
    as_it_is,
    how_known,
    refused_argument,
    result_like,
    symbolic,
    without_object,
)
from .gradient_functions import made_of
from .graphs import unconverted


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["tensorflow.recompute_grad"] = _recompute
    registry.functions["tensorflow.grad_pass_through"] = _pass_through
    registry.calls["tensorflow.recompute_grad"] = _call_recompute
    registry.calls["tensorflow.grad_pass_through"] = _call_pass_through


def _pass_through(world: Libraries, args: Arguments, site: Site) -> Value:
    return Wrapped("tensorflow.grad_pass_through", args.get(0, "f"), (), world.run.uid())


def _call_pass_through(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, with the gradient handed to its arguments as it is; what it captured gets none."""
    assert isinstance(callee, Wrapped)
    run = world.run
    args, own = without_object(callee.function, args, site)
    _refuse(world, args, site, "tensorflow.grad_pass_through")
    args = as_handed(world, args, site)
    with symbolic(world, args), unconverted(world), world.recorder.collecting() as used:
        value = run.call(callee.function, args.before(*own), site)
    taken = [Edge(v.node, NONE) for v in _kept(world, args, used)]
    inputs = [Edge(n, FLOWS) for v in args.positional if (n := run.node_of(v, site)) is not None]
    if flattened(world, value) is not None and how_known(world, [*inputs, *taken], site) == UNKNOWN:
        return as_it_is(world, value, site)
    inner = run.node_of(value, site)
    cut = [Edge(inner, NONE)] if inner is not None else []

    def edges(part: int | None) -> Callable[[], list[Edge]]:
        """From each argument, or from that one for which an output hands back what comes from above."""
        nodes = [(i, n) for i, v in enumerate(args.positional) if (n := run.node_of(v, site))]
        found = [Edge(n, FLOWS if part in (i, None) else ZERO, "linear", args.places.get(i)) for i, n in nodes]
        return lambda: [*found, *cut]

    given, parts = flattened(world, Tuple(tuple(args.positional))), flattened(world, value)
    known = given is not None and parts is not None and not any(isinstance(v, (Opaque, OneOf)) for v in parts)
    items = containers.sequence(run, value)
    if known and isinstance(items, Tuple) and len(items.items) == len(args.positional) == len(given or ()):
        return Tuple(tuple(result_like(world, v, edges(i), "", site) for i, v in enumerate(items.items)))
    # what comes from above is handed on as it is, one for each argument
    error = "ValueError" if known and len(given or ()) != len(parts or ()) else ""
    return result_like(world, value, edges(None), error, site)


def _refuse(world: Libraries, args: Arguments, site: Site, name: str) -> None:
    """Raise what `tf.custom_gradient`, which both are made with, raises for some arguments."""
    error = "ValueError" if world.run.graph_mode and args.keywords else refused_argument(world, args)
    if error:
        world.raised(error, site, f"{name} argument")


def _kept(world: Libraries, args: Arguments, used: Sequence[Variable]) -> list[Variable]:
    """The variables that TensorFlow takes for captured ones, of those that are read: none that is given by its name."""
    named = [leaf for value in args.keywords.values() for leaf in flattened(world, value) or ()]
    return [v for v in used if v.trainable is not False and not (v.flavor == "tf" and v in named)]


def _recompute(world: Libraries, args: Arguments, site: Site) -> Value:
    return Wrapped("tensorflow.recompute_grad", args.get(0, "f"), (), world.run.uid())


def _call_recompute(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, one operation of its arguments and variables; what it captured else gets no gradient."""
    assert isinstance(callee, Wrapped)
    run = world.run
    args, own = without_object(callee.function, args, site)
    first = len(run.graph.nodes)
    run.run_twice += 1  # without tapes, and later again with those that the body makes
    # the gradient is that of the second run, which is handed tensors in place of variables
    read = [Data(v.node, "tensor", v.dtype, v.shape) if isinstance(v, Variable) else v for v in args.positional]
    given = replace(args, positional=read)
    with world.paused(later=True), unconverted(world), symbolic(world, given), world.recorder.collecting() as used:
        made = run.call(callee.function, given.before(*own), site)
        perhaps = {v.node.id for v in used} - world.recorder.surely_read()
    run.run_twice -= 1
    _refuse(world, args, site, "tensorflow.recompute_grad")
    inputs = [n for v in args.positional if (n := run.node_of(v, site)) is not None]
    for variable in used:
        world.use(variable, site)
    handed = [v for v in args.positional if isinstance(v, Variable)]
    kept = _kept(world, args, used)
    perhaps -= {node.id for node in inputs}
    trainable = {v.node.id for v in (*handed, *kept) if v.trainable is True}  # which the second run's tape watches
    taken = _Taken(inputs, [v.node for v in kept], trainable - perhaps, perhaps)
    result = _once(world, made, taken, first, site)
    if own:  # the second run takes the object of a method for an argument, and makes no tensor of it
        for node in run.nodes_in(result):
            node.error = "ValueError"
    return result


class _Taken(NamedTuple):
    """What a body that is run again takes: its arguments and the variables that it captures; of these by their numbers
    those that a tape around the body watches, and those that are perhaps not read.
    """

    inputs: list[Node]
    variables: list[Node]
    watched: set[int]
    perhaps: set[int]

    @property
    def every(self) -> list[Node]:
        return [*self.inputs, *self.variables]


def _once(world: Libraries, value: Value, taken: _Taken, first: int, site: Site) -> Value:
    """A value that can be differentiated once: its gradient is recorded where the tape knows what comes from above, or
    one of the variables that are read again (in a graph always). What the body cuts gets zeros.
    """
    if isinstance(value, Tuple):
        items = tuple(_once(world, item, taken, first, site) for item in value.items)
        return Tuple(items, value.names)
    if value == NO_VALUE:
        world.raised("ValueError", site, "tensorflow.recompute_grad")
    if isinstance(value, Cell) and value.kind in ("list", "dict"):
        made = Cell(world.run.uid(), value.kind, site=site)
        inner = world.run.state.get((value.uid, "items"))
        world.run.state.set((made.uid, "items"), _once(world, inner, taken, first, site))
        return made
    failure = _refused(value)
    if not failure and not is_tensor(value):
        return value
    reached = {leaf.id: outcome for leaf, outcome in made_of(world, value, first)} if not failure else {}
    met = _known_by_derivative(world, value, first) if world.run.graph_mode else taken.watched
    certain = [node for node in taken.every if node.id in met]
    again = (*((n, FLOWS) for n in certain), *((n, ANYTHING) for n in taken.every if n not in certain))
    edges = []
    afresh = ANYTHING if any(edge.afresh for node in world.run.graph.nodes[first:] for edge in node.edges) else 0
    for node in {n.id: n for n in taken.every if n.dtype not in CARRIES_NOTHING}.values():
        outcome = reached.get(node.id, NONE)
        outcome = outcome & ~NONE | ZERO if outcome & NONE else outcome
        outcome |= NONE if node.id in taken.perhaps else 0
        edges.append(Edge(node, outcome, "other", None, "NotImplementedError", again, afresh))
    if world.run.graph_mode:  # what the second run takes from around it a graph gives out: see `_is_kept`
        around = [n for n, _ in made_of(world, value, first, every=True)] if not failure else []
        known = {edge.node.id for edge in edges}
        edges += [Edge(n, NONE | ZERO | IGNORANT, "filled") for n in around if n.id not in known]
    dtype = "f" if failure else apply.dtype_of(world, value) or "f"
    node = world.run.node("tensorflow.recompute_grad", edges, site, dtype=dtype)
    node.detail = REFUSES_ROWS if world.run.graph_mode else ""
    node.error = failure or next((n.error for n in world.run.graph.nodes[first : node.id] if n.error), "")
    return apply.tensor_like(world, value, node)


def _known_by_derivative(world: Libraries, value: Value, first: int) -> set[int]:
    """The nodes before `first` that a tape which knows them certainly meets in the derivative of a value."""
    known: dict[int, frozenset[int]] = {}
    leads: set[int] = set()
    nodes = world.run.graph.nodes[first:]
    for node in nodes:
        before = {e.node.id for e in node.edges if e.node.id < first}
        behind = [known.get(e.node.id, frozenset()) for e in node.edges]
        is_recorded = node.declared and not node.is_transparent
        known[node.id] = frozenset(before).union(*behind) if is_recorded else frozenset()
        if any(e.outcome == FLOWS and (e.node.id in before or e.node.id in leads) for e in node.edges):
            leads.add(node.id)
    live = {node.id for node in world.run.nodes_in(value)}
    found: set[int] = set()
    for node in reversed(nodes):
        if node.id not in live or node.is_transparent:
            continue
        for edge in (e for e in node.edges if e.outcome == FLOWS):
            live.add(edge.node.id)
            if edge.node.id < first or edge.node.id in leads:
                for factor in _factors(node, edge):
                    found |= known.get(factor.id, {factor.id})
    return found


def _factors(node: Node, edge: Edge) -> list[Node]:
    """What the derivative of an operation for one input is certainly computed from."""
    if edge.linearity == "bilinear":
        return [e.node for e in node.edges if e is not edge and e.linearity != "linear"]
    return [edge.node] if edge.linearity in ("square", "other", "piecewise") else []


def _refused(value: Value) -> str:
    """What the gradient raises where a body that is run again gives no tensor to differentiate, but an array or a
    number; "" where it gives a tensor, or nobody can tell.
    """
    if isinstance(value, Data) and value.kind in ("numpy", "python"):
        return "AttributeError" if value.kind == "numpy" else "TypeError"
    is_number = isinstance(value, Const) and isinstance(value.value, (int, float))
    return natures.error(value, natures.TARGET) if is_number else ""
