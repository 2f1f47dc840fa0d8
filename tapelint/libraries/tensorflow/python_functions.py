"""Functions of Python that TensorFlow calls: `tf.py_function` and `tf.numpy_function`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import CAPTURED, OUT_OF_SIGHT, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
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

from .. import apply
from ..arguments import are_apart, category
from ..refusals.refusing import OF_KERNELS
from ..registry import FunctionHandler, MethodHandler, Registry
from ..shapes import widths
from ..world import Libraries
from .graphs import eager
from .traces import done_elsewhen, tried


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
    inputs = _each(world.run.elements(args.get(1, "inp"), site))
    first = len(world.run.graph.nodes)
    handed = [_handed(world, value, site) for value in inputs]

    def body() -> Value:
        with eager(world):
            return world.run.call(args.get(0, "func"), Arguments(handed), site)

    result = done_elsewhen(world, body) if world.run.graph_mode else body()  # with each call, not with each trace
    _cut_captured(world, first, {v.node.id for v in handed if isinstance(v, (Data, Opaque))})
    nodes = [n for v in inputs if (n := world.run.node_of(v, site)) is not None]
    shapes_of = {v.node.id: v.shape for v in inputs if isinstance(v, (Data, Variable))}

    def wrap(value: Value, wanted: Value) -> Value:
        node = world.run.node_of(value, site)
        edges = [Edge(n, _without_a_body(n, shapes_of.get(n.id)), OUT_OF_SIGHT) for n in nodes] + (
            [Edge(node, FLOWS if node.id >= first else NONE, OUT_OF_SIGHT)] if node is not None else []
        )
        dtype = apply.dtype_argument(wanted)
        made = world.run.node("tensorflow.py_function", edges, site, dtype=dtype)
        _note_mere_zeros(world, made, inputs, handed, node)
        if _breaks_the_promise(world, value, widths.named(wanted)):
            _refuse(world, [made], site)
        return Data(made, "tensor", dtype, width=widths.named(wanted))

    wanted = args.get(2, "Tout")
    if result == NO_VALUE and isinstance(wanted, Library) and not world.run.graph_mode:
        world.raised(OF_KERNELS, site, "tensorflow.py_function")
    kinds, returned = _one_or_several(world, wanted, site), _one_or_several(world, result, site)
    if isinstance(kinds, Many):
        return wrap(result, wanted)
    values = returned if isinstance(returned, list) and len(returned) >= len(kinds) else [result] * len(kinds)
    parts = [wrap(value, kind) for value, kind in zip(values, kinds, strict=False)]
    if isinstance(returned, list) and len(returned) < len(kinds):
        _refuse(world, [each.node for each in parts if isinstance(each, Data)], site)
    return parts[0] if kinds == [wanted] else containers.make_list(world.run, Tuple(tuple(parts)))


def _breaks_the_promise(world: Libraries, value: Value, promised: str) -> bool:
    """Whether a body returns a tensor of another dtype than was promised: only what is no tensor is converted."""
    if not promised or not isinstance(value, Data) or value.kind != "tensor":
        return False
    width = widths.of(world, value)
    return (width in widths.EXACT and width != promised) or are_apart(value.dtype, category(promised))


def _one_or_several(world: Libraries, value: Value, site: Site) -> list[Value] | Many:
    """The items of a list or tuple; anything else alone."""
    return world.run.elements(value, site) if containers.sequence(world.run, value) is not None else [value]


def _each(items: list[Value] | Many) -> list[Value]:
    """Items one by one, or one that stands for all."""
    return [items.element] if isinstance(items, Many) else items


def _refuse(world: Libraries, made: Sequence[Node], site: Site) -> None:
    """The call raises; in a graph it does when that is run, if nothing else does before."""
    if world.run.graph_mode:
        world.known.doubt(made)
    else:
        world.raised(OF_KERNELS, site, "tensorflow.py_function")


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
    """The body runs on arrays; outside graphs right here, so that what it captured is recorded as ever, and it is not
    held to what was promised: what it returns is made tensors.
    """
    inputs, wanted, body = args.get(1, "inp"), args.get(2, "Tout"), args.get(0, "func")
    edges = _cut(world, args)
    known = isinstance(body, Library) and world.facts.fact(body.name) is not None
    if not (known or world.is_callable(body)):
        return _as_promised(world, wanted, edges, site)

    def run() -> Value:
        with eager(world):
            return world.run.call(body, Arguments(_as_arrays(world, inputs, site)), site)

    if world.run.graph_mode:
        widths_seen: list[tuple[str, ...]] = []
        behind: list[Node] = []

        def seen() -> Value:
            result = run()
            behind.extend(world.run.nodes_in(result))
            widths_seen.append(tuple(_width_of_array(world, value) for value in _returned(world, result, site)))
            return NO_VALUE

        tried(world, seen)
        edges += [Edge(each, NONE, CAPTURED) for each in behind]
        return _as_promised(world, wanted, edges, site, *widths_seen)
    result = run()
    if result == NO_VALUE:
        return result
    if isinstance(containers.sequence(world.run, result), Many):
        return _as_promised(world, wanted, [*edges, *_to(world, result, site)], site)
    made = [_made_tensor(world, value, edges, site) for value in _returned(world, result, site)]
    return made[0] if len(made) == 1 else containers.make_list(world.run, Tuple(tuple(made)))


def _cut(world: Libraries, args: Arguments) -> list[Edge]:
    """The inputs of a body that runs on arrays: no gradient goes back to them."""
    node = world.run.node_of(args.get(1, "inp"))
    return [Edge(node, NONE, "other", args.places.get(1, args.places.get("inp")))] if node is not None else []


def _to(world: Libraries, value: Value, site: Site) -> list[Edge]:
    node = world.run.node_of(value, site)
    return [Edge(node, FLOWS, "linear")] if node is not None else []


def _returned(world: Libraries, result: Value, site: Site) -> list[Value]:
    """The values that a body returned, one or several."""
    items = _one_or_several(world, result, site)
    return items if isinstance(items, list) else [result]


def _made_tensor(world: Libraries, value: Value, edges: Sequence[Edge], site: Site) -> Value:
    """What a body returned, as a tensor."""
    tensor = world.call_library("tensorflow.convert_to_tensor", Arguments([value]), site)
    dtype = apply.dtype_of(world, tensor)
    made = world.run.node(NUMPY, [*edges, *_to(world, value, site)], site, dtype=dtype or "?")
    known = isinstance(tensor, Data) and tensor.kind == "tensor"
    return replace(tensor, node=made) if isinstance(tensor, Data) and known else Data(made, "tensor", dtype)


def _as_promised(
    world: Libraries, wanted: Value, edges: Sequence[Edge], site: Site, seen: Sequence[str] = ()
) -> Value:
    """Tensors as `Tout` has them; `seen`: the dtypes of what the body was seen to return."""
    is_list = containers.sequence(world.run, wanted) is not None
    kinds = _one_or_several(world, wanted, site)
    each = _each(kinds)
    made = [_promised(world, kind, edges, site) for kind in each]
    if seen and not isinstance(kinds, Many) and any(
        len(seen) != len(each) or (dtype in widths.EXACT and data.width and dtype != data.width)
        for dtype, data in zip(seen, made, strict=False)
    ):
        _refuse(world, [data.node for data in made], site)
    return containers.make_list(world.run, Tuple(tuple(made))) if is_list else made[0]


def _promised(world: Libraries, kind: Value, edges: Sequence[Edge], site: Site) -> Data:
    dtype = apply.dtype_argument(kind)
    return Data(world.run.node(NUMPY, edges, site, dtype=dtype), "tensor", dtype, width=widths.named(kind))


NUMPY = "tensorflow.numpy_function"
OF_PYTHON = {float: "float64", int: "int64", bool: "bool"}
"""The dtypes of the arrays that are made of Python's numbers."""


def _width_of_array(world: Libraries, value: Value) -> str:
    """The dtype of the array that is made of what a body returned; "" where it is not known."""
    return OF_PYTHON.get(type(value.value), "") if isinstance(value, Const) else widths.of(world, value)


def _as_arrays(world: Libraries, inputs: Value, site: Site) -> list[Value]:
    """Arrays with the numbers of tensors, from which no gradient leads back."""
    found: list[Value] = []
    for value in _each(world.run.elements(inputs, site)):
        dtype = apply.dtype_of(world, value) or "f"
        shape, known = getattr(value, "shape", None), getattr(value, "range", None)
        found.append(Data(world.run.constant_node(), "numpy", dtype, shape, known, widths.of(world, value)))
    return found
