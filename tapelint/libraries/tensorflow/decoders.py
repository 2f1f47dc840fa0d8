"""Decoders and counts that give sparse tensors inside of what they give."""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import FALSE, Const, Data, Many, Tuple, Value

from .. import apply
from ..registry import FunctionHandler, Registry
from ..world import Libraries

DECODERS = ("ctc_greedy_decoder", "ctc_beam_search_decoder", "ctc_beam_search_decoder_v2")
SPARSE = "tensorflow.sparse.SparseTensor"
GIVING_SPARSE = {"tensorflow.sparse.fill_empty_rows": (0,), "tensorflow.sparse.split": None}
"""Functions that give several things, and the places of sparse tensors among these; None for all."""


def register(registry: Registry) -> None:
    """Add the handlers."""
    for name in DECODERS:
        for module in ("tensorflow.nn", "tensorflow.compat.v1.nn"):
            registry.functions[f"{module}.{name}"] = _decoder(f"tensorflow.nn.{name}")
    registry.functions["keras.ops.bincount"] = _count
    for name, places in GIVING_SPARSE.items():
        registry.functions[name] = _giving_sparse(name, places)


def _by_fact(world: Libraries, name: str, args: Arguments, site: Site) -> Value:
    """What the facts say that a function gives."""
    fact = world.facts.fact(name)
    return apply.call_fact(world, fact, args, site) if fact is not None else world.run.opaque(site, args.every())


def _decoder(name: str) -> FunctionHandler:
    """A function that gives a list of what it found, a sparse tensor each, and how likely they are."""

    def decode(world: Libraries, args: Arguments, site: Site) -> Value:
        made = _by_fact(world, name, args, site)
        if not isinstance(made, Tuple) or len(made.items) != 2:
            return made
        edges = [Edge(node, NONE) for node in world.run.nodes_in(made.items[0])]
        found = Data(world.run.node(SPARSE, edges, site, dtype="i"), "tensor", "i")
        count = Const(1) if "greedy" in name else args.get(3, "top_paths", Const(1))
        known = isinstance(count, Const) and count.value == 1
        return Tuple((containers.make_list(world.run, Tuple((found,)) if known else Many(found)), made.items[1]))

    return decode


def _giving_sparse(name: str, places: tuple[int, ...] | None) -> FunctionHandler:
    """A function that gives sparse tensors, among others."""

    def sparse(world: Libraries, value: Value, site: Site) -> Value:
        if not isinstance(value, Data):
            return value
        return replace(value, node=world.run.node(SPARSE, [Edge(value.node, FLOWS, "linear")], site, dtype=value.dtype))

    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        made = _by_fact(world, name, args, site)
        items = containers.sequence(world.run, made)
        if isinstance(items, Many):
            return containers.make_list(world.run, Many(sparse(world, items.element, site)))
        if not isinstance(items, Tuple):
            return made
        each = enumerate(items.items)
        found = Tuple(tuple(sparse(world, v, site) if places is None or at in places else v for at, v in each))
        return found if isinstance(made, Tuple) else containers.make_list(world.run, found)

    return call


def _count(world: Libraries, args: Arguments, site: Site) -> Value:
    """Keras's count of numbers, sparse on demand."""
    wanted = args.get(3, "sparse", FALSE)
    name = "keras.ops.bincount" if wanted == FALSE else "tensorflow.sparse.bincount"
    fact = world.facts.fact(name)
    if fact is None or not isinstance(wanted, Const):
        return world.run.opaque(site, args.every())
    given = Arguments(args.positional[:1], {k: v for k, v in args.keywords.items() if k != "sparse"}, args.rest)
    return apply.call_fact(world, fact, args if wanted == FALSE else given, site)
