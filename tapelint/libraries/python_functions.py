"""Functions of Python that TensorFlow calls: `tf.py_function` and `tf.numpy_function`."""

from __future__ import annotations

from collections.abc import Sequence

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import CAPTURED, OUT_OF_SIGHT, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Data,
    Library,
    Many,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

from . import apply
from .graphs import eager
from .traces import done_elsewhen, tried
from .world import FunctionHandler, Libraries, MethodHandler, Registry


def register(registry: Registry) -> None:
    """Add them."""
    registry.functions["tensorflow.py_func"] = _numpy_function
    for name, handler in (("tensorflow.py_function", _py_function), ("tensorflow.numpy_function", _numpy_function)):
        registry.functions[name] = _now_or_as_decorator(name, handler)
        registry.calls[name] = _called_as_decorated(handler)


def _now_or_as_decorator(name: str, handler: FunctionHandler) -> FunctionHandler:
    """Without a function it gives a decorator, and without inputs what the decorator makes of the function."""

    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        function = args.get(0, "func")
        if args.rest is not None or args.get(1, "inp") not in (UNBOUND, NO_VALUE):
            return handler(world, args, site)
        options = {**args.keywords, "Tout": args.get(2, "Tout")}
        options.pop("func", None)
        if function in (UNBOUND, NO_VALUE):
            return Partial(Library(name), (), tuple(options.items()))
        return Wrapped(name, function, tuple(options.items()), world.run.uid())

    return call


def _called_as_decorated(handler: FunctionHandler) -> MethodHandler:
    def call(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(callee, Wrapped)
        if args.rest is not None or args.keywords:
            return world.run.call_unknown(callee, args, site)
        given = Tuple(tuple(args.positional))
        return handler(world, Arguments([callee.function, given], dict(callee.options)), site)

    return call


def _py_function(world: Libraries, args: Arguments, site: Site) -> Value:
    """The body runs on tensors, out of sight of every tape: what it captured gets no gradient, and where it leaves
    TensorFlow that of its arguments is zero, not missing.
    """
    items = world.run.elements(args.get(1, "inp"), site)
    inputs = [items.element] if isinstance(items, Many) else items
    first = len(world.run.graph.nodes)
    handed = [_handed(world, value, site) for value in inputs]

    def body() -> Value:
        with eager(world):
            return world.run.call(args.get(0, "func"), Arguments(handed), site)

    result = done_elsewhen(world, body) if world.run.graph_mode else body()  # with each call, not with each trace
    _cut_captured(world, first, {v.node.id for v in handed if isinstance(v, (Data, Opaque))})
    nodes = [n for v in inputs if (n := world.run.node_of(v, site)) is not None]
    shapes_of = {v.node.id: v.shape for v in inputs if isinstance(v, (Data, Variable))}

    def wrap(value: Value, dtype: str) -> Value:
        node = world.run.node_of(value, site)
        edges = [Edge(n, _without_a_body(n, shapes_of.get(n.id)), OUT_OF_SIGHT) for n in nodes] + (
            [Edge(node, FLOWS if node.id >= first else NONE, OUT_OF_SIGHT)] if node is not None else []
        )
        made = world.run.node("tensorflow.py_function", edges, site, dtype=dtype)
        _note_mere_zeros(world, made, inputs, handed, node)
        return Data(made, "tensor", dtype)

    wanted = args.get(2, "Tout")
    if result == NO_VALUE and isinstance(wanted, Library) and not world.run.graph_mode:
        world.raised("InvalidArgumentError", site, "tensorflow.py_function")
    kinds = world.run.elements(wanted, site) if containers.sequence(world.run, wanted) is not None else None
    if isinstance(kinds, list):
        made = world.run.elements(result, site)
        values = made if isinstance(made, list) and len(made) == len(kinds) else [result] * len(kinds)
        parts = [wrap(v, apply.dtype_argument(k)) for v, k in zip(values, kinds, strict=True)]
        return containers.make_list(world.run, Tuple(tuple(parts)))
    return wrap(result, apply.dtype_argument(wanted))


def _handed(world: Libraries, value: Value, site: Site) -> Value:
    """An argument as the body of a `tf.py_function` gets it: another tensor than one that it captured."""
    if isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind == "list"):
        return world.call_library("tensorflow.convert_to_tensor", Arguments([value]), site)
    if not isinstance(value, (Data, Variable)):
        return value
    node = world.run.node_of(value, site)
    assert node is not None
    made = world.run.node("pack", [Edge(node, FLOWS, "linear")], site, dtype=node.dtype)
    return apply.tensor_like(world, value, made)


def _cut_captured(world: Libraries, first: int, handed: set[int]) -> None:
    """Let no gradient through to what operations made since the node `first` captured."""
    for node in world.run.graph.nodes[first:]:
        if node.id not in handed and not node.opaque:
            node.edges = tuple(
                e._replace(outcome=NONE, linearity=CAPTURED)
                if e.node.id < first and e.node.kind in ("tensor", "variable")
                else e
                for e in node.edges
            )


def _note_mere_zeros(
    world: Libraries, made: Node, inputs: Sequence[Value], handed: Sequence[Value], result: Node | None
) -> None:
    """Keep which arguments, but single numbers, the body may not use: a zero of no shape comes back to them."""
    used, todo = set[int](), [result] if result is not None else []
    while todo:
        node = todo.pop()
        used.add(node.id)
        todo += [edge.node for edge in node.edges if edge.outcome == FLOWS and edge.node.id not in used]
    cut = world.known.mere_zeros.setdefault(made.id, set())
    for value, given in zip(inputs, handed, strict=True):
        before, inside = world.run.node_of(value), world.run.node_of(given)
        if before is None or inside is None:
            continue
        world.known.handed_to_python.add(inside.id)
        if inside.id not in used and getattr(value, "shape", None) != ():
            cut.add(before.id)


def _without_a_body(node: Node, shape: tuple[int | None, ...] | None) -> int:
    """What comes back to an argument that the body does not use: one zero of no shape, which others may refuse."""
    return ZERO if shape == () or not node.edges or node.kind == "variable" else ANYTHING


def _numpy_function(world: Libraries, args: Arguments, site: Site) -> Value:
    """The body runs on arrays; outside graphs right here, so that what it captured is recorded as ever."""
    node = world.run.node_of(args.get(1, "inp"), site)
    wanted = args.get(2, "Tout")
    body = args.get(0, "func")
    result: Value = NO_VALUE

    def run() -> Value:
        with eager(world):
            return world.run.call(body, Arguments(_as_arrays(world, args.get(1, "inp"), site)), site)

    if world.is_callable(body) and world.run.graph_mode:
        tried(world, run)
    elif world.is_callable(body):
        result = run()
        if result == NO_VALUE:
            return result  # outside a graph nobody holds it to what was promised

    def made(dtype: str, value: Value) -> Value:
        edges = [Edge(node, NONE, "other", args.places.get(1, args.places.get("inp")))] if node is not None else []
        if (computed := world.run.node_of(value, site)) is not None:
            edges.append(Edge(computed, FLOWS, "linear"))
        if not world.run.graph_mode:
            dtype = apply.dtype_of(world, value) or dtype  # only a graph holds the body to what was promised
        return Data(world.run.node("tensorflow.numpy_function", edges, site, dtype=dtype), "tensor", dtype)

    if containers.sequence(world.run, wanted) is not None:
        kinds = world.run.elements(wanted, site)
        each = [kinds.element] if isinstance(kinds, Many) else kinds
        parts = world.run.elements(result, site) if len(each) > 1 and result != NO_VALUE else [result]
        several = parts if isinstance(parts, list) and len(parts) == len(each) else [result] * len(each)
        items = [made(apply.dtype_argument(k), v) for k, v in zip(each, several, strict=True)]
        return containers.make_list(world.run, Tuple(tuple(items)))
    return made(apply.dtype_argument(wanted), result)


def _as_arrays(world: Libraries, inputs: Value, site: Site) -> list[Value]:
    """Arrays with the numbers of tensors, from which no gradient leads back."""
    items = world.run.elements(inputs, site)
    found: list[Value] = []
    for value in [items.element] if isinstance(items, Many) else items:
        dtype = apply.dtype_of(world, value) or "f"
        shape, known = getattr(value, "shape", None), getattr(value, "range", None)
        found.append(Data(world.run.constant_node(), "numpy", dtype, shape, known))
    return found
