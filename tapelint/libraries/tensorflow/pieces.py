"""Functions that give several tensors, each made by a function of its own or from some of the arguments only."""

from __future__ import annotations

import ast
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Data, Many, Tuple, Value, is_tensor, one_of, options

from .. import apply
from ..arguments import dtype_of
from ..registry import FunctionHandler, Registry
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["tensorflow.nn.moments"] = _moments(
        "tensorflow.nn.moments", "tensorflow.reduce_mean", "tensorflow.math.reduce_variance"
    )
    registry.functions["keras.ops.moments"] = _moments("keras.ops.moments", "keras.ops.mean", "keras.ops.var")
    registry.functions["tensorflow.linalg.normalize"] = _normalize
    registry.functions["tensorflow.clip_by_global_norm"] = _clipped
    registry.functions["tensorflow.tuple"] = _tuple
    for name in ("tensorflow.meshgrid", "tensorflow.experimental.numpy.meshgrid", "keras.ops.meshgrid"):
        registry.functions[name] = _meshgrid(name)


def _placed(args: Arguments, name: str) -> dict[int | str, ast.AST]:
    place = args.places.get(0, args.places.get(name))
    return {0: place} if place is not None else {}


def _moments(name: str, mean: str, variance: str) -> FunctionHandler:
    """A mean and a variance of floats, each as its own function gives it; that refuses some other numbers."""

    def moments(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        if fact is not None and dtype_of(world, args.get(0, "x")) in ("i", "b", "s"):
            return apply.call_fact(world, fact, args, site)
        options = {"keepdims": keep} if (keep := args.keywords.get("keepdims", UNBOUND)) is not UNBOUND else {}
        given = Arguments([args.get(0, "x"), args.get(1, "axes")], options, places=_placed(args, "x"))
        return Tuple(tuple(world.call_library(name, given, site) for name in (mean, variance)))

    return moments


def _normalize(world: Libraries, args: Arguments, site: Site) -> Value:
    """A tensor divided by its norm, and the norm."""
    tensor = args.get(0, "tensor")
    options: dict[str, Value] = {"keepdims": TRUE}
    for index, name in ((1, "ord"), (2, "axis")):
        if (value := args.get(index, name)) is not UNBOUND:
            options[name] = value
    norm = world.call_library("tensorflow.norm", Arguments([tensor], options, places=_placed(args, "tensor")), site)
    return Tuple((world.operate("/", [tensor, norm], site), norm))


def _tuple(world: Libraries, args: Arguments, site: Site) -> Value:
    """The very list in eager code; in a graph each tensor, once all are there."""
    given = args.get(0, "tensors")
    if not world.run.graph_mode:
        return given
    items = world.run.elements(given, site)
    fact = world.facts.fact("tensorflow.tuple")
    if isinstance(items, Many) and fact is not None:
        return apply.call_fact(world, fact, args, site)
    each = [items.element] if isinstance(items, Many) else items
    if any(is_tensor(item) and not world.is_in_graph(item) for item in each):
        world.raised("AttributeError", site, "tensorflow.tuple")  # what was captured has no operation
    made = (world.call_library("tensorflow.identity", Arguments([item]), site) for item in each)
    return containers.make_list(world.run, Tuple(tuple(made)), site=site)


def _meshgrid(name: str) -> FunctionHandler:
    """Each result repeats one of the vectors."""

    def meshgrid(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        whole = apply.call_fact(world, fact, args, site)
        made = [apply.call_fact(world, fact, Arguments([vector]), site) for vector in args.positional]
        if args.rest is not None or not all(isinstance(value, Many) for value in (whole, *made)):
            return whole
        if any(node.id in world.known.failing for node in world.run.nodes_in(whole)):
            world.known.failing.update(node.id for each in made for node in world.run.nodes_in(each))
        parts = tuple(value.element for value in made if isinstance(value, Many))
        return containers.make_list(world.run, Tuple(parts), site=site)

    return meshgrid


def _clipped(world: Libraries, args: Arguments, site: Site) -> Value:
    """Gradients that are clipped together, and their norm: what is missing stays missing."""
    fact = world.facts.fact("tensorflow.clip_by_global_norm")
    assert fact is not None
    made = apply.call_fact(world, fact, args, site)
    given = containers.sequence(world.run, args.get(0, "t_list"))
    items = given.items if isinstance(given, Tuple) else ()
    clipped, norm = made.items if isinstance(made, Tuple) and len(made.items) == 2 else (made, NO_VALUE)
    example = clipped.element if isinstance(clipped, Many) else NO_VALUE
    if not isinstance(example, Data) or not any(NO_VALUE in options(item) for item in items):
        return made
    node, each = example.node, list[Value]()
    for item in items:
        own = replace(example, node=world.run.node(node.op, node.edges, site, dtype=node.dtype))
        each.append(one_of([NO_VALUE if option == NO_VALUE else own for option in options(item)]))
    return Tuple((containers.make_list(world.run, Tuple(tuple(each)), site=site), norm))
