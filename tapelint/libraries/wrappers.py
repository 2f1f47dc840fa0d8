"""Functions with a gradient of their own: `tf.custom_gradient`, `tf.grad_pass_through`, `tf.recompute_grad`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import reduce
from operator import or_

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import (
    CARRIES_NOTHING,
    REFUSES_ROWS,
    TRANSPARENT,
    UPSTREAM,
    Edge,
    Node,
    Site,
)
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO, along, parallel
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Const,
    Data,
    Function,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    Wrapped,
    is_tensor,
)

from . import apply, natures, widths
from .graphs import symbolic_arguments, unconverted
from .structures import flattened
from .world import Libraries, Registry


def register(registry: Registry) -> None:
    """Add the handlers."""
    functions = {
        "custom_gradient": _custom_gradient, "recompute_grad": _recompute, "grad_pass_through": _pass_through,
    }  # fmt: skip
    registry.functions.update({f"tensorflow.{name}": handler for name, handler in functions.items()})
    registry.functions["keras.ops.custom_gradient"] = _custom_gradient
    registry.calls["tensorflow.custom_gradient"] = _call_custom_gradient
    registry.calls["tensorflow.recompute_grad"] = _call_recompute
    registry.calls["tensorflow.grad_pass_through"] = _call_pass_through


def _custom_gradient(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "f")
    return (
        Wrapped("tensorflow.custom_gradient", function, (), world.run.uid())
        if function is not UNBOUND
        else Library("tensorflow.custom_gradient")
    )


def _call_custom_gradient(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, with the gradients that its gradient function gives."""
    assert isinstance(callee, Wrapped)
    run = world.run
    args = _as_handed(world, args, site)
    first = len(run.graph.nodes)
    with world.paused(), _symbolic(world, args), world.recorder.collecting() as used:
        made = run.call(callee.function, args, site)
    if not (isinstance(made, Tuple) and len(made.items) == 2):
        return run.opaque(site, args.every())
    value, backward = made.items
    if isinstance(value, Cell) and value.kind in ("list", "dict"):
        return run.opaque(site, args.every())
    inner = [n for n in run.graph.nodes[first:] for e in n.edges if e.node.kind == "variable"]
    captured = {e.node.id: e.node for n in inner for e in n.edges if e.node.kind == "variable"}
    inputs = [run.node_of(v, site) for v in args.positional]
    results = len(value.items) if isinstance(value, Tuple) else 1
    takes = _takes_variables(backward)
    given = {n.id for n in inputs if n is not None} | {n.id for v in args.every() for n in run.nodes_in(v)}
    hidden = any(key not in given and not n.detail for key, n in captured.items())
    if hidden and takes is False:
        world.recorder.note("custom gradient", Tuple((backward, Const("variables"), Const("none"))), site)
        world.raised("TypeError", site, "tensorflow.custom_gradient")
    upstream = [run.node(UPSTREAM, [], site, dtype="f") for _ in range(results)]
    gradients = _custom_gradients(world, backward, upstream, site)
    if takes is not False:
        gradients = _without_variables(world, gradients, len(inputs))
    edges, error = _custom_edges(world, inputs, gradients, first, upstream)
    if error:
        world.recorder.note("custom gradient", Tuple((backward, Const(len(inputs)), Const(len(gradients or ())))), site)
    for variable in used:
        world.use(variable, site)
    edges += [Edge(n, ANYTHING) for key, n in sorted(captured.items()) if key not in given]
    result = _custom_result(world, value, edges, error, site)
    place = _return_place(world, backward)
    refuses = REFUSES_ROWS if any(_is_plain_arithmetic(node, upstream) for node in run.graph.nodes[first:]) else ""
    for part in result.items if isinstance(result, Tuple) else (result,):
        if isinstance(part, Data):
            part.node.blame = place
            part.node.detail = refuses
    return result


def _as_handed(world: Libraries, args: Arguments, site: Site) -> Arguments:
    """The arguments as the function gets them: in a graph tensors in place of variables."""
    if not world.run.graph_mode:
        return args

    def read(value: Value) -> Value:
        if not isinstance(value, Variable):
            return value
        return Data(world.use(value, site), "tensor", value.dtype, value.shape, width=widths.of(world, value))

    return replace(args, positional=[read(value) for value in args.positional])


def _symbolic(world: Libraries, args: Arguments) -> AbstractContextManager[None]:
    """While it lasts a graph's arguments have no numbers."""
    return symbolic_arguments(world, args.positional if world.run.graph_mode else [])


def _is_plain_arithmetic(node: Node, upstream: Sequence[Node]) -> bool:
    """Whether Python combines what comes from above with itself or a plain number: `IndexedSlices` cannot do it."""
    python = node.op.startswith(("operator ", "builtins.")) and node.op != "operator unary -"
    return python and bool(node.edges) and all(edge.node in upstream for edge in node.edges)


def _return_place(world: Libraries, backward: Value) -> Site | None:
    """The one `return` of a gradient function; what a lambda gives; the whole function where it returns nothing."""
    while isinstance(backward, (Wrapped, Bound)):
        backward = backward.function
    if not isinstance(backward, Function):
        return None
    source = world.run.source_of(backward)
    if isinstance(backward.node, ast.Lambda):
        return Site(source, backward.node.body)
    found = [n for n in own_nodes(backward.node) if isinstance(n, ast.Return)]
    return Site(source, found[0] if found else backward.node) if len(found) < 2 else None


def _custom_gradients(world: Libraries, backward: Value, upstream: Sequence[Node], site: Site) -> list[Value] | None:
    """What the gradient function returns, per input; None where nobody can tell."""
    more: dict[str, Value] = {"variables": Many(world.run.opaque(site))} if _takes_variables(backward) else {}
    with world.paused():
        made = world.run.call(backward, Arguments([Data(node) for node in upstream], more), site)
    if isinstance(made, Cell) and made.kind == "list":
        made = containers.stored(world.run, made)
    if isinstance(made, Tuple):
        return list(made.items)
    return None if isinstance(made, (Many, Opaque)) else [made]


def _takes_variables(backward: Value) -> bool | None:
    """Whether a gradient function has a parameter for the variables that were captured; None if it cannot be seen."""
    inner = backward.function if isinstance(backward, (Bound, Wrapped)) else backward
    if not isinstance(inner, Function):
        return None
    spec = inner.node.args
    return spec.kwarg is not None or any(a.arg == "variables" for a in (*spec.args, *spec.kwonlyargs))


def _without_variables(world: Libraries, gradients: list[Value] | None, count: int) -> list[Value] | None:
    """The inputs' part of `return gradients, gradients_of_variables`; None where nobody can tell which it is."""
    if gradients is None or len(gradients) != 2 or count == 2:
        return None
    first = containers.sequence(world.run, gradients[0])
    if first is None:
        return [gradients[0]] if count == 1 else None
    return list(first.items) if isinstance(first, Tuple) and len(first.items) == count else None


def _custom_edges(
    world: Libraries,
    inputs: list[Node | None],
    gradients: list[Value] | None,
    first: int,
    upstream: Sequence[Node],
) -> tuple[list[Edge], str]:
    edges = []
    error = ""
    if gradients is not None and len(gradients) != len(inputs):
        direct = world.run.graph_mode == 1 and not world.run.staged_in  # no graph within the function's graph
        error = "InternalError" if direct else "ValueError"
    for index, node in enumerate(inputs):
        if node is None:
            continue
        if gradients is None or index >= len(gradients):
            edges.append(Edge(node, ANYTHING if gradients is None else FLOWS))
        else:
            leaves = _made_of(world, gradients[index], first, every=True)
            made_of = tuple((n, how) for n, how in leaves if n not in upstream)
            again = "" if any(n in upstream and how != NONE for n, how in leaves) else "none"
            outcome = _custom_outcome(gradients[index])
            if outcome == NONE and world.run.graph_mode and _is_kept(world, node, gradients, first):
                outcome = NONE | ZERO | IGNORANT
            edges.append(Edge(node, outcome, "other", None, again, made_of))
    return edges, error


def _is_kept(world: Libraries, node: Node, gradients: list[Value], first: int) -> bool:
    """Whether a gradient needs an input: under two tapes a graph gives it out, and zeros come back for it."""
    return any(node is leaf for gradient in gradients for leaf, _ in _made_of(world, gradient, first))


def _made_of(world: Libraries, gradient: Value, first: int, every: bool = False) -> tuple[tuple[Node, int], ...]:
    """What there was before the call (nodes before `first`), or comes from above, that a gradient is made from.

    every: also that which itself gets no gradient.
    """
    targets = world.run.nodes_in(gradient)
    before: dict[int, Node] = {}
    inside: dict[int, Node] = {}
    todo = list(targets)
    while todo:
        node = todo.pop()
        if node.id < first or node.kind == "variable" or node.op == UPSTREAM:
            before[node.id] = node
        elif node.id not in inside:
            inside[node.id] = node
            todo += [edge.node for edge in node.edges]
    found = []
    for leaf in before.values():
        outcome = _from_leaf(leaf, [inside[key] for key in sorted(inside)], targets)
        if every or outcome != NONE:
            found.append((leaf, outcome))
    return tuple(found)


def _from_leaf(leaf: Node, inside: Sequence[Node], targets: Sequence[Node]) -> int:
    """What becomes of a gradient on the way from the targets to one leaf."""
    reached: dict[int, int] = {leaf.id: ANYTHING if leaf.opaque else FLOWS}
    for node in inside:
        parts = [along(reached.get(edge.node.id, NONE), edge.outcome) for edge in node.edges]
        merge = or_ if node.op == "join" else parallel
        reached[node.id] = reduce(merge, parts) if parts else ANYTHING if node.opaque else NONE
    return reduce(parallel, (reached.get(t.id, NONE) for t in targets), NONE)


def _custom_outcome(gradient: Value) -> int:
    if gradient == NO_VALUE:
        return NONE
    if isinstance(gradient, OneOf):
        found = 0
        for option in gradient.options:
            found |= _custom_outcome(option)
        return found
    if isinstance(gradient, Data) and gradient.node.op in ZEROS:
        return ZERO
    if isinstance(gradient, Data) and gradient.kind != "tensor":
        return ANYTHING  # an array is taken by some of what differentiates, and refused by others
    return FLOWS if isinstance(gradient, (Data, Variable)) else ANYTHING


ZEROS = ("tensorflow.zeros_like", "tensorflow.zeros", "keras.ops.zeros_like", "keras.ops.zeros")


def _custom_result(world: Libraries, value: Value, edges: list[Edge], error: str, site: Site) -> Value:
    if isinstance(value, Tuple):
        return Tuple(tuple(_custom_result(world, item, edges, error, site) for item in value.items))
    if isinstance(value, Cell) and isinstance(items := containers.sequence(world.run, value), Tuple):
        return containers.make_list(world.run, _custom_result(world, items, edges, error, site))
    if containers.is_dict(value):
        return world.run.opaque(site, [value])
    dtype = apply.dtype_of(world, value) or "f"
    node = world.run.node("custom gradient", edges, site, dtype=dtype, error=error)
    return apply.tensor_like(world, value, node)


def _pass_through(world: Libraries, args: Arguments, site: Site) -> Value:
    return Wrapped("tensorflow.grad_pass_through", args.get(0, "f"), (), world.run.uid())


def _call_pass_through(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, with the gradient handed to its arguments as it is; what it captured gets none."""
    assert isinstance(callee, Wrapped)
    run = world.run
    args = _as_handed(world, args, site)
    with world.paused(), _symbolic(world, args), unconverted(world):
        value = run.call(callee.function, args, site)
    inner = run.node_of(value, site)
    cut = [Edge(inner, NONE)] if inner is not None else []

    def edges(part: int | None) -> list[Edge]:
        """From each argument, or from that one for which an output hands back what comes from above."""
        nodes = [(i, n) for i, v in enumerate(args.positional) if (n := run.node_of(v, site))]
        found = [Edge(n, FLOWS if part in (i, None) else ZERO, "linear", args.places.get(i)) for i, n in nodes]
        return [*found, *cut]

    given, parts = flattened(world, Tuple(tuple(args.positional))), flattened(world, value)
    known = given is not None and parts is not None and not any(isinstance(v, (Opaque, OneOf)) for v in parts)
    items = containers.sequence(run, value)
    if known and isinstance(items, Tuple) and len(items.items) == len(args.positional) == len(given or ()):
        return Tuple(tuple(_custom_result(world, v, edges(i), "", site) for i, v in enumerate(items.items)))
    # what comes from above is handed on as it is, one for each argument
    error = "ValueError" if known and len(given or ()) != len(parts or ()) else ""
    return _custom_result(world, value, edges(None), error, site)


def _recompute(world: Libraries, args: Arguments, site: Site) -> Value:
    return Wrapped("tensorflow.recompute_grad", args.get(0, "f"), (), world.run.uid())


def _call_recompute(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, one operation of its arguments and variables; what it captured else gets no gradient."""
    assert isinstance(callee, Wrapped)
    run = world.run
    first = len(run.graph.nodes)
    run.run_twice += 1  # without tapes, and later again with those that the body makes
    # the gradient is that of the second run, which is handed tensors in place of variables
    read = [Data(v.node, "tensor", v.dtype, v.shape) if isinstance(v, Variable) else v for v in args.positional]
    given = replace(args, positional=read)
    with world.paused(), unconverted(world), _symbolic(world, given), world.recorder.collecting() as used:
        made = run.call(callee.function, given, site)
    run.run_twice -= 1
    inputs = [n for v in args.positional if (n := run.node_of(v, site)) is not None]
    for variable in used:
        world.use(variable, site)
    handed = [v for v in args.positional if isinstance(v, Variable)]
    kept = [v for v in used if v.trainable is not False]
    trainable = {v.node.id for v in (*handed, *kept) if v.trainable is True}  # which the second run's tape watches
    return _once(world, made, inputs, [v.node for v in kept], trainable, first, site)


def _once(
    world: Libraries, value: Value, inputs: list[Node], variables: list[Node], trainable: set[int], first: int,
    site: Site,
) -> Value:  # fmt: skip
    """A value that can be differentiated once: its gradient is recorded where the tape knows what comes from above, or
    one of the variables that are read again (in a graph always). What the body cuts gets zeros.
    """
    if isinstance(value, Tuple):
        items = tuple(_once(world, item, inputs, variables, trainable, first, site) for item in value.items)
        return Tuple(items, value.names)
    if value == NO_VALUE:
        world.raised("ValueError", site, "tensorflow.recompute_grad")
    if isinstance(value, Cell) and value.kind in ("list", "dict"):
        made = Cell(world.run.uid(), value.kind, site=site)
        inner = world.run.state.get((value.uid, "items"))
        world.run.state.set((made.uid, "items"), _once(world, inner, inputs, variables, trainable, first, site))
        return made
    failure = _refused(value)
    if not failure and not is_tensor(value):
        return value
    reached = {leaf.id: outcome for leaf, outcome in _made_of(world, value, first)} if not failure else {}
    certain = [node for node in (*inputs, *variables) if node.id in trainable]
    if world.run.graph_mode:
        met = _known_by_derivative(world, value, first)
        certain = [node for node in (*inputs, *variables) if node.id in met]
    again = (*((n, FLOWS) for n in certain), *((n, ANYTHING) for n in (*inputs, *variables) if n not in certain))
    edges = []
    for node in {n.id: n for n in (*inputs, *variables) if n.dtype not in CARRIES_NOTHING}.values():
        outcome = reached.get(node.id, NONE)
        outcome = outcome & ~NONE | ZERO if outcome & NONE else outcome
        edges.append(Edge(node, outcome, "other", None, "NotImplementedError", again))
    if world.run.graph_mode:  # what the second run takes from around it a graph gives out: see `_is_kept`
        taken = [n for n, _ in _made_of(world, value, first, every=True)] if not failure else []
        known = {edge.node.id for edge in edges}
        edges += [Edge(n, NONE | ZERO | IGNORANT, "filled") for n in taken if n.id not in known]
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
        is_recorded = node.declared and node.op not in TRANSPARENT
        known[node.id] = frozenset(before).union(*behind) if is_recorded else frozenset()
        if any(e.outcome == FLOWS and (e.node.id in before or e.node.id in leads) for e in node.edges):
            leads.add(node.id)
    live = {node.id for node in world.run.nodes_in(value)}
    found: set[int] = set()
    for node in reversed(nodes):
        if node.id not in live or node.op in TRANSPARENT:
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
