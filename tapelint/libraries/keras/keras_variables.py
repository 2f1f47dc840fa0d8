"""`keras.Variable`: how it is made, what it has, and what its operators do that no others do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Opaque,
    Value,
    Variable,
    options,
)

from .. import apply
from ..arguments import dtype_cell
from ..numpy import arrays
from ..registry import Registry
from ..shapes import shapes
from ..tensorflow.tensorflow import make_variable
from ..tensorflow.variable_names import hide_name
from ..world import Libraries
from . import initializers, trainability
from .layer_calls import regularizer_of

OPERATORS = frozenset(["+", "-", "*", "/", "//", "%", "**", "@"])
"""What NumPy does itself where one of its arrays or numbers stands on the left: it makes an array of the variable."""


def register(registry: Registry) -> None:
    """Add how one is made."""
    registry.functions["keras.Variable"] = _make
    registry.functions["keras.StatelessScope"] = _scope_of_others
    registry.methods[("keras variable", "__round__")] = _round


def _scope_of_others(world: Libraries, args: Arguments, site: Site) -> Value:
    """`keras.StatelessScope(...)`: other tensors stand for variables within it, which is not followed."""
    world.run.lose_track()
    return world.inert("keras.StatelessScope", args, site)


def _make(world: Libraries, args: Arguments, site: Site) -> Value:
    initial = args.get(0, "initializer")
    trainable = args.keywords.get("trainable", args.get(3, "trainable", TRUE))
    dtype = args.get(2, "dtype", NO_VALUE)
    name = args.keywords.get("name", NO_VALUE)
    label = str(name.value) if _is_text(name) and isinstance(name, Const) else ""
    if isinstance(initial, Variable) and initial.flavor == "tf":
        return _around(world, initial, dtype, trainable, label, site)
    start = initial
    if initial is UNBOUND or isinstance(initial, (Library, Opaque)) or _is_text(initial) or _is_object(initial):
        start = initializers.content(world, initial, shapes.as_shape(world, args.get(1, "shape")), site)
    if dtype == NO_VALUE:
        dtype = UNBOUND if start is initial else Const("float32")  # that of the numbers that it is given
    made = make_variable(world, start, dtype, trainable, "keras", site, label)
    trainability.take_in(world, None, made)
    hide_name(world, made, name, site)
    return made


def _around(
    world: Libraries, variable: Variable, dtype: Value, trainable: Value, label: str, site: Site
) -> Value:
    """`keras.Variable(v)` of a variable of TensorFlow: that very variable, if it is of the dtype that is asked for."""
    given = Arguments([variable] if dtype == NO_VALUE else [variable, dtype])
    held = world.call_library("keras.ops.convert_to_tensor", given, site)
    if isinstance(held, Data):
        return make_variable(world, held, dtype, trainable, "keras", site, label)
    if not isinstance(held, Variable) or trainable not in (TRUE, FALSE):
        return world.run.opaque(site, [variable])
    world.run.state.set((variable.uid, trainability.TRAINABLE), trainable)
    return replace(variable, flavor="keras", name=label)


def _is_text(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str)


def _is_object(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind not in ("list", "dict")


def attribute(world: Libraries, variable: Variable, name: str, site: Site) -> Value | None:
    """What it has and a variable of TensorFlow has not, or as something else; None for all else."""
    if name in ("value", "_value"):
        return _inner(variable)
    if name == "dtype":
        return dtype_cell(arrays.AsText(variable.dtype))
    if name == "path":
        return Data(world.run.node("Variable.path", [], site, dtype="s", kind="python"), "python", "s")
    if name in ("regularizer", "constraint"):
        given = regularizer_of(world, variable) if name == "regularizer" else UNBOUND
        return world.run.opaque(site, [variable]) if given is UNBOUND else given
    return None


def of_operator(world: Libraries, op: str, operands: Sequence[Value], site: Site) -> Value | None:
    """What an operator makes that is Keras's own, or NumPy's beside a variable of Keras; None for all others."""
    if op == "unary +" and all(map(_is_one, options(operands[0]))):
        return world.run.join_all([_inner(option) for option in options(operands[0])])
    return _beside_an_array(world, op, operands, site) if op in OPERATORS and len(operands) == 2 else None


def _is_one(value: Value) -> bool:
    return isinstance(value, Variable) and value.flavor == "keras"


def _inner(variable: Value) -> Value:
    """The variable of TensorFlow that lies in one of Keras."""
    assert isinstance(variable, Variable)
    return replace(variable, flavor="tf")


def _round(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`round(variable)`."""
    return world.call_library("keras.ops.round", Arguments([_inner(base)], places=args.places), site)


def _beside_an_array(world: Libraries, op: str, operands: Sequence[Value], site: Site) -> Value | None:
    """`array * variable`: an array, which no tape has seen; in a graph there is no array to be made of the variable.
    None where NumPy has no part in it.
    """
    left, right = (options(operand) for operand in operands)
    arrays = [isinstance(v, Data) and v.kind == "numpy" for v in left]
    variables = [_is_one(v) for v in right]
    if not (any(arrays) and any(variables)):
        return None
    if not (all(arrays) and all(variables)):
        return world.run.opaque(site, operands)
    if world.run.graph_mode:
        if op != "@":
            world.raised("NotImplementedError", site, f"operator {op}")
        return world.run.opaque(site, operands)
    places = {0: getattr(site.node, "left", site.node), 1: getattr(site.node, "right", site.node)}
    return apply.detached(world, f"operator {op}", Arguments(list(operands), places=places), site)  # type: ignore
