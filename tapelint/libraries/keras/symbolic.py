"""Keras's symbolic tensors: where they begin, and how each was made, so that a functional model can make it again."""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import NO_VALUE, SYMBOLIC, UNBOUND, Cell, Data, Function, Opaque, Tuple, Value

from .. import apply
from ..registry import Registry
from ..shapes import shapes, widths
from ..tensorflow.graphs import unconverted
from ..world import Libraries
from . import layer_names
from .layer_calls import called, settle_training

CALLABLE = "its layer can be called"
"""The detail of an input of Keras 2."""


def register(registry: Registry) -> None:
    """Add inputs, and layers made of a function."""
    for keras in ("keras", "tf_keras"):
        for name in ("Input", "layers.Input", "layers.InputLayer"):
            registry.functions[f"{keras}.{name}"] = _input_of_keras_3 if keras == "keras" else _input_of_keras_2
        registry.functions[f"{keras}.layers.Lambda"] = _lambda_layer
    registry.calls["lambda layer"] = registry.methods[("lambda layer", "call")] = _call_lambda


def symbolic(world: Libraries, callee: Value, args: Arguments, result: Value) -> Value:
    """Remember how a symbolic result was made, so that a functional model can make it again."""
    if not world.is_symbolic(args.every()):
        return result
    made = _symbolic_part(world, callee, args, result, None)
    if isinstance(result, Tuple):
        parts = [_symbolic_part(world, callee, args, part, i) for i, part in enumerate(result.items)]
        made = Tuple(tuple(parts), result.names)
    # `layer.output` is what its first call gave.
    if isinstance(callee, Cell) and world.run.state.get((callee.uid, "symbolic output")) is UNBOUND:
        world.run.state.set((callee.uid, "symbolic output"), made)
        world.run.state.set((callee.uid, "symbolic input"), args.get(0, "inputs"))
    return made


def _symbolic_part(world: Libraries, callee: Value, args: Arguments, part: Value, index: int | None) -> Value:
    if not isinstance(part, (Data, Opaque)):
        return part
    if any(node.id >= part.node.id for value in args.every() for node in world.run.nodes_in(value)):
        # What was there before the call is given back: the model has a tensor of its own for it.
        part = replace(part, node=world.run.node("Layer.output", [Edge(part.node, FLOWS, "linear")], None, dtype="f"))
    world.made_of_symbols(part.node, callee, args, index)
    if isinstance(part, Opaque):
        return Data(part.node, SYMBOLIC, "?")
    return Data(part.node, SYMBOLIC, part.dtype, part.shape, part.range)


def symbolic_end(world: Libraries, base: Cell, name: str, site: Site) -> Value:
    """A layer's `input` or `output`: the symbolic tensor that its first call took or gave."""
    known = world.run.state.get((base.uid, f"symbolic {name}"))
    if known is not UNBOUND:
        return known
    return Data(world.run.node(f"Layer.{name}", [], site, dtype="f", kind=SYMBOLIC), SYMBOLIC)


def _input(world: Libraries, args: Arguments, site: Site) -> Value:
    node = world.run.node("keras.Input", [], site, dtype="f", kind=SYMBOLIC)
    shape = shapes.as_shape(world, args.get(0, "shape"))
    dtype = args.keywords.get("dtype", UNBOUND)
    kind = apply.dtype_argument(dtype) if dtype not in (UNBOUND, NO_VALUE) else "f"
    return Data(node, SYMBOLIC, kind, (None, *shape) if shape is not None else None)


def _input_of_keras_3(world: Libraries, args: Arguments, site: Site) -> Value:
    world.has_symbols = True
    return _input(world, args, site)


def _input_of_keras_2(world: Libraries, args: Arguments, site: Site) -> Value:
    made = _input(world, args, site)
    if isinstance(made, Data):
        made.node.detail = CALLABLE
    return made


def _lambda_layer(world: Libraries, args: Arguments, site: Site) -> Value:
    apply.may_call_again(world, args, site)
    layer = Cell(world.run.uid(), "lambda layer", args.get(0, "function"), site)
    layer_names.give(world, layer, args)
    return layer


def _call_lambda(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    given = settle_training(world, args.keywords.get("training", UNBOUND), NO_VALUE)
    inner = replace(args, keywords={name: v for name, v in args.keywords.items() if name != "training"})
    if isinstance(callee.info, Function) and given != NO_VALUE:
        spec = callee.info.node.args
        if any(a.arg == "training" for a in (*spec.args, *spec.kwonlyargs)):
            inner.keywords["training"] = given
    with unconverted(world), called(world, callee):
        made = world.run.call(callee.info, widths.autocast_all(world, inner, site), site)
    return symbolic(world, callee, args, made)
