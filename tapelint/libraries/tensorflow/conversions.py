"""Conversions: what already is what is wanted comes back as it is, a tensor or even the variable itself."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import ALIAS, UPSTREAM, Edge, Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Opaque,
    Tuple,
    Value,
    Variable,
    is_tensor,
    one_of,
)

from .. import apply, arguments
from ..arguments import Given
from ..natures import form
from ..registry import FunctionHandler, Registry
from ..shapes import widths
from ..world import Libraries
from .variables import read_once

CONVERSIONS: dict[str, tuple[str, ...]] = {
    "tensorflow.convert_to_tensor": (), "tensorflow.constant": (), "tensorflow.cast": ("tf",),
    "keras.ops.cast": ("tf",), "keras.backend.cast": ("tf",), "keras.backend.constant": (),
    "keras.ops.convert_to_tensor": ("tf", "keras"), "keras.ops.array": ("tf", "keras"),
    "keras.activations.linear": ("tf", "keras"),
}  # fmt: skip
"""Each conversion with the flavors of variables that it gives back, too; of others it gives what it reads."""

REAL = ("tensorflow.math.conj", "tensorflow.math.real", "keras.ops.conj", "keras.ops.conjugate", "keras.ops.real")
"""What leaves a tensor of real numbers as it is."""

WHOLE = {
    **dict.fromkeys(("tensorflow.experimental.numpy.asarray", "tensorflow.experimental.numpy.array"), "ib"),
    **{f"tensorflow.experimental.numpy.{name}": "i" for name in ("positive", "real")},
    **dict.fromkeys(("tensorflow.round", "keras.ops.round"), "i"),
}
"""What leaves a tensor of whole numbers, or of truths, as it is."""


def register(registry: Registry) -> None:
    """Add them."""
    registry.functions.update({name: _converted(name, flavors) for name, flavors in CONVERSIONS.items()})
    registry.functions["tensorflow.nn.dropout"] = _dropped
    registry.functions.update({name: _unchanged(name, "i?fs") for name in REAL})
    registry.functions.update({name: _unchanged(name, letters) for name, letters in WHOLE.items()})


def _dropped(world: Libraries, args: Arguments, site: Site) -> Value:
    """`tf.nn.dropout`: where nothing is dropped it gives back the very tensor."""
    made = apply.call_fact(world, world.facts.fact("tensorflow.nn.dropout"), args, site)  # type: ignore[arg-type]
    given, rate = args.get(0, "x"), args.get(1, "rate")
    if isinstance(rate, Const) and rate.value != 0:
        return made
    if isinstance(rate, Const) and isinstance(given, Data) and given.kind == "tensor":
        return given
    return _perhaps_the_same(world, given, made, site) if isinstance(given, Data) else made


def _converted(name: str, flavors: tuple[str, ...]) -> FunctionHandler:
    """`tf.convert_to_tensor` and the like: what already is what is wanted is given back as it is."""

    def convert(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        given = arguments.bind(fact.parameters, args)
        value = next((given.get(p.name) for p in fact.parameters), UNBOUND)
        wanted = given.get("dtype")
        if name.endswith(".constant") and isinstance(value, Variable) and not world.run.graph_mode:
            return _copied(world, name, args, site)
        if error := _is_no_constant(world, name, value):
            world.raised(error, site, name)
        plain = "shape" not in args.keywords and len(args.positional) <= 2
        is_tensor = isinstance(value, Data) and value.kind == "tensor" and value.node.op != UPSTREAM
        is_tensor = is_tensor and isinstance(value, Data) and not form(value)
        if _is_read(value, given) and "tf" not in flavors:
            return read_once(world, value, site)
        if not plain or not (is_tensor or (isinstance(value, Variable) and value.flavor in flavors)):
            made = apply.call_fact(world, fact, args, site)
            if isinstance(value, Data) and value.node.id in world.known.shapeless:
                world.known.doubt(world.run.nodes_in(made))
            return _perhaps_the_same(world, value, made, site) if isinstance(value, Opaque) else made
        if isinstance(value, Data) and name.endswith(".constant") and world.run.graph_mode and not value.node.depth:
            edges = [Edge(value.node, NONE, "other", args.places.get(0))]
            kept = wanted in (UNBOUND, NO_VALUE)
            dtype = value.dtype if kept else apply.dtype_argument(wanted)
            width = value.width if kept else widths.named(wanted)
            node = world.run.node(name, edges, site, dtype=dtype)
            return Data(node, "tensor", dtype, value.shape, value.range, width)
        needed = any(p.name == "dtype" and not p.has_default for p in fact.parameters)
        if wanted is UNBOUND or (wanted == NO_VALUE and not needed):
            return value
        made = apply.call_fact(world, fact, args, site)
        same = _is_of(world, value, wanted)
        return value if same else made if same is False else _perhaps_the_same(world, value, made, site)

    return convert


def _is_read(value: Value, given: Given) -> bool:
    """Whether a conversion does no more than to read a variable of whole numbers or truths."""
    whole = isinstance(value, Variable) and value.flavor == "tf" and value.dtype in ("i", "b")
    return whole and len(given.values) == 1


def _is_no_constant(world: Libraries, name: str, value: Value) -> str:
    """The exception with which `tf.constant` refuses a tensor: one that has no numbers yet, or that a list holds."""
    if name != "tensorflow.constant":
        return ""
    items = value.items if isinstance(value, Tuple) else ()
    if isinstance(value, Cell) and value.kind == "list":
        stored = containers.stored(world.run, value)
        items = stored.items if isinstance(stored, Tuple) else ()
    first = next(filter(is_tensor, items), None)
    if world.run.graph_mode:
        if isinstance(first or value, Variable):
            return "NotImplementedError"
        return "TypeError" if first is not None or world.is_in_graph(value) else ""
    return "ValueError" if first is not None else ""


def _is_of(world: Libraries, value: Value, wanted: Value) -> bool | None:
    """Whether a tensor or a variable is of a dtype; None where nobody can tell."""
    held, asked = widths.of(world, value), widths.named(wanted)
    return held == asked if held and asked else None


def _unchanged(name: str, letters: str) -> FunctionHandler:
    """`tf.math.real` and the like: a tensor of numbers of some categories is given back as it is."""

    def convert(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        given = arguments.bind(fact.parameters, args)
        value = next((given.get(p.name) for p in fact.parameters), UNBOUND)
        if _is_read(value, given) and getattr(value, "dtype", "") in letters:
            return read_once(world, value, site)
        made = apply.call_fact(world, fact, args, site)
        if isinstance(value, Opaque):
            return _perhaps_the_same(world, value, made, site)
        if not isinstance(value, Data) or value.kind != "tensor" or value.dtype not in letters or len(given.values) > 1:
            return made
        return value if value.dtype != "?" else _perhaps_the_same(world, value, made, site)

    return convert


def _copied(world: Libraries, name: str, args: Arguments, site: Site) -> Value:
    """`tf.constant(variable)`: the numbers, which no tape has seen."""
    made = apply.call_fact(world, world.facts.fact(name), args, site)  # type: ignore[arg-type]
    if isinstance(made, Data):
        made.node.recorded.clear()
    return made


def _perhaps_the_same(world: Libraries, value: Value, made: Value, site: Site) -> Value:
    """What a conversion gives that need not convert anything: it may be the very tensor or variable that was given.

    As a source it stands for both. A tape that recorded what was given may know it, even if it did not see this.
    """
    if not isinstance(made, Data) or not isinstance(value, (Data, Opaque, Variable)):
        return made
    seen = isinstance(value, Variable) or all(rec in made.node.recorded for rec in value.node.recorded)
    if isinstance(value, Opaque) and seen:
        made.node.opaque = True
        return made
    held = "?" if isinstance(value, Opaque) else value.dtype
    if made.dtype != held and "?" not in (made.dtype, held):
        return made
    world.known.same.setdefault(made.node.id, set()).add(value.node.id)
    if isinstance(value, Data) and seen:
        made.node.opaque, made.node.detail = True, made.node.detail or ALIAS
        return made
    if isinstance(value, Variable) and made.node.recorded:
        return one_of((value, made))
    edges = [Edge(value.node, FLOWS | NONE | IGNORANT, "linear")]
    node = world.run.node("pack", edges, site, dtype=made.dtype, detail=ALIAS)
    perhaps = Data(node, made.kind, made.dtype, made.shape, made.range, made.width)
    return one_of((value, perhaps)) if isinstance(value, Variable) else perhaps
