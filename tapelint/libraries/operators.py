"""Operators and conversions on numbers: facts for tensors and arrays, Python's own for plain numbers."""

from __future__ import annotations

from dataclasses import replace

from tapelint.facts import gives_several, keeps_whole
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE, ZERO
from tapelint.flow.state import Key
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Many,
    Method,
    OneOf,
    Opaque,
    SliceOf,
    Tuple,
    Value,
    Variable,
    const_dtype,
    options,
)

from . import apply
from .keras import keras_variables, unseen
from .names import INERT, root
from .numerics import numbers
from .python import texts
from .refusals import failures, misfits, oddities, refusing
from .refusals import operands as measured
from .registry import Registry
from .shapes import shapes, widths
from .tensorflow import indexing
from .world import Libraries

TRUTHS = ("bool", "==", "!=", "<", "<=", ">", ">=", "not")


def register(registry: Registry) -> None:
    """Add the operators."""
    registry.functions["operator"] = operator
    registry.store_in = store_in
    registry.told.append(_beside_none)


REGISTERING = ("|", "&", "^", "<<", ">>")
"""TensorFlow has these of truths and whole numbers; an object that is not seen may keep what it is combined with."""


def _beside_none(op: str, left: Value, right: Value) -> bool | None:
    """A tensor is told by itself that it is not None, with `==` and `!=` too."""
    beside = op in ("==", "!=") and NO_VALUE in (left, right)
    return op == "!=" if beside and (refusing.is_tensor(left) or refusing.is_tensor(right)) else None


def operator(world: Libraries, args: Arguments, site: Site) -> Value:
    """An operator by its name, on values that Python alone cannot combine."""
    op = args.positional[0].value  # type: ignore[attr-defined]
    operands = args.positional[1:]
    if op == "any of":
        first = operands[0]
        kind = const_dtype(first.value) if isinstance(first, Const) else "?"
        return Data(world.run.constant_node(), "python", kind)
    if op in ("format", "bool"):
        return _plain(world, op, operands, site, "s" if op == "format" else "b")
    if op == "format spec":
        if texts.refuses(world, operands[0]):
            world.raised("TypeError", site, "format")
        return operands[0]
    if op == "%" and isinstance(operands[0], Const) and isinstance(operands[0].value, str):
        texts.check_percent(world, operands[0].value, operands[1], site)
        if (text := texts.written(operands[0].value, operands[1])) is not None:
            return text
        return _plain(world, "format", operands, site, "s")
    if error := misfits.misfit(world, op, operands):
        nothing = world.run.opaque(site, operands)
        if error != misfits.UNLIKE:
            refusing.refuse(world, error, site, f"operator {op}", operands)
        else:
            world.known.failing.add(nothing.node.id)
        return nothing
    whose = operands[:1] if op == "[]" else operands
    kinds = {_side(option) for operand in whose for option in options(operand)}
    made = _of_sides(world, op, operands, kinds, site)
    every = [option for operand in operands for option in options(operand)]
    beside = kinds & {"tensor", "variable"} and op not in (*TRUTHS, "[]")
    doubtful = beside and any(_may_be_no_number(world, option) for option in every)
    alone = any(isinstance(option, Const) for option in every)
    if op in misfits.ARITHMETIC:
        doubtful = doubtful or any(_has_no_operators(world, option, alone) for option in every)
    if doubtful or oddities.is_unlike_of_keras(world, op, operands):
        world.known.doubt(world.run.nodes_in(made))
    return made


def _has_no_operators(world: Libraries, value: Value, alone: bool) -> bool:
    """Whether a value is a thing with which nothing is computed: several results of one call, a sparse tensor, a dtype,
    what may be None, or a shape where it stands beside numbers alone."""
    if isinstance(value, Data) and value.kind in ("numpy", "python") and gives_several(value.node.op):
        return True
    if isinstance(value, Cell) and value.kind == "shape":
        return alone
    odd = oddities.is_in_parts(world, value) or oddities.is_no_tensor(world, value)
    return odd or oddities.is_of_parts(world, value)


def _of_sides(world: Libraries, op: str, operands: list[Value], kinds: set[str], site: Site) -> Value:
    """An operator on operands of these kinds, none of which it is known to refuse."""
    if op in REGISTERING and "opaque" in kinds and not any(_is_mask(world, operand) for operand in operands):
        return world.run.call_unknown(Library(f"operator {op}"), Arguments(operands), site)
    held = any(isinstance(option, (Cell, Tuple)) for operand in operands for option in options(operand))
    if held and op not in (*TRUTHS, "[]") and not kinds & {"tensor", "variable", "numpy"}:
        return world.run.opaque(site, operands)  # lists, sets and objects of which one operand is perhaps one
    if not kinds & {"tensor", "variable", "opaque"}:
        return _python_numbers(world, op, operands, site, "numpy" if "numpy" in kinds else "python")
    if not kinds & {"tensor", "variable"}:
        return _opaque_operator(world, op, operands, site)
    if (made := keras_variables.of_operator(world, op, operands, site)) is not None:
        return made
    return _tensor_operator(world, op, operands, site)


def _may_be_no_number(world: Libraries, value: Value) -> bool:
    """Whether a value is a thing that no tensor is made of, for all that is known: a method, a text, a dtype, some
    object of a library."""
    if isinstance(value, Opaque):
        fact = world.facts.fact(value.hint) if "." in value.hint else None
        if value.hint.endswith(OF_OPTIMIZERS):
            return False
        known = value.node.kind == "object" and value.node.op != "unknown" and root(value.node.op) not in INERT
        return known or any(e.result.kind == "object" for e in (fact.experiments if fact else ()))
    if isinstance(value, Data):
        return (value.kind == "python" and value.dtype == "s") or value.node.id in world.known.shapeless
    if isinstance(value, Method):
        return not world.run.is_set_somewhere(value.name)
    return isinstance(value, Cell) and value.kind in ("dtype", "shape")


OF_OPTIMIZERS = ("learning_rate", "lr", "iterations")
"""What an optimizer gives that is a number."""


def _side(value: Value) -> str:
    if isinstance(value, Data):
        return {"symbolic": "tensor", "?": "opaque"}.get(value.kind, value.kind)
    if isinstance(value, Variable):
        return "variable"
    instance = isinstance(value, Cell) and value.kind == "instance"  # its operators were given to its class elsewhere
    return "opaque" if instance or isinstance(value, (Opaque, Many)) else "python"


def _is_mask(world: Libraries, value: Value) -> bool:
    return isinstance(value, (Data, Const)) and apply.dtype_of(world, value) in ("b", "i")


def _plain(world: Libraries, op: str, operands: list[Value], site: Site, dtype: str) -> Data:
    """A string or a bool made from values: nothing flows."""
    nodes = [n for v in operands if (n := world.run.node_of(v, site)) is not None]
    node = world.run.node(f"builtins.{op}", [Edge(n, NONE) for n in nodes], site, dtype=dtype, kind="python")
    return Data(node, "python", dtype)


def _python_numbers(world: Libraries, op: str, operands: list[Value], site: Site, kind: str) -> Value:
    nodes = [n for v in operands if (n := world.run.node_of(v, site)) is not None]
    dtypes = [d for v in (operands[:1] if op == "[]" else operands) if (d := apply.dtype_of(world, v))]
    dtype = "b" if op in TRUTHS else "f" if op == "/" else next((c for c in "cf?ibs" if c in dtypes), "?")
    if kind == "python" and dtype == "b" and op in misfits.ARITHMETIC:
        dtype = "i"
    if kind == "python" and op not in (*TRUTHS, "[]"):
        dtype = _of_texts(operands) or dtype
    edges = [Edge(n) if op != "[]" or n.kind in ("numpy", "python") else Edge(n, NONE) for n in nodes]
    node = world.run.node(f"operator {op}", edges, site, dtype=dtype, kind=kind)
    given = apply.bind((), Arguments(operands))
    failures.note_operation(world, f"operator {op}", given)
    if op == "[]":
        shape = _indexed_shape(world, operands[0], operands[1])
        width = widths.of(world, operands[0])
        if indexing.is_odd_in_arrays(world, *operands) or indexing.may_be_outside(world, *operands):
            world.known.failing.add(node.id)
        return Data(node, kind, dtype, shape, numbers.of_index(world, operands[0], operands[1]), width)
    if kind == "python" and dtype in ("s", "?"):
        return Data(node, kind, dtype)
    bounds = numbers.of_operator(world, op, operands)
    shape = shapes.of_call(world, f"operator {op}", given)
    width = _width_of_arrays(world, op, operands, dtype) if kind == "numpy" else ""
    made = Data(node, kind, dtype, shape, bounds, width)
    return measured.of_dtype(world, op, operands, made) if kind == "numpy" else made


def _of_texts(operands: list[Value]) -> str:
    """The category of what Python's operators make of texts: a text by a number is one; "" where none is a text."""
    sides = [[_is_text(option) for option in options(operand)] for operand in operands]
    return "s" if any(map(all, sides)) else "?" if any(map(any, sides)) else ""


def _is_text(value: Value) -> bool:
    if isinstance(value, Const):
        return isinstance(value.value, (str, bytes))
    return isinstance(value, Data) and value.kind == "python" and value.dtype == "s"


def _width_of_arrays(world: Libraries, op: str, operands: list[Value], dtype: str) -> str:
    """The dtype of what an operator makes of NumPy's arrays; "" where it is not sure."""
    if op == "/" and all(map(_is_whole, operands)):
        return "float64"
    if dtype == "i" and keeps_whole(f"operator {op}"):
        return widths.of_whole(world, operands, beside_numbers=True)
    return widths.of_operands(world, operands, is_numpy=True) if dtype == "f" else ""


def _is_whole(value: Value) -> bool:
    """Whether a value is a whole number, or some in an array, of whatever width."""
    return isinstance(value.value, int) if isinstance(value, Const) else isinstance(value, Data) and value.dtype == "i"


def _opaque_operator(world: Libraries, op: str, operands: list[Value], site: Site) -> Value:
    """At least one side is unknown: if it is a tensor, TensorFlow's operator runs."""
    if op in TRUTHS:
        answer = _plain(world, op, operands, site, "b")
        return replace(answer, range=numbers.of_test(world, op, operands, answer.node))
    if op == "[]":
        base = operands[0]
        if kept := stored_in(world, base):
            return world.run.opaque(site, [base, *kept])
        node = world.run.node_of(base, site)
        inputs = [Edge(node, FLOWS, "linear")] if node is not None else []
        part = Opaque(world.run.node("operator []", inputs, site, dtype="?", kind="?", opaque=True))
        return numbers.noted(world, part, numbers.of_index(world, base, operands[1]))
    if op == "+" and (listed := unseen.joined(world, operands, site)) is not None:
        return listed
    if op == "+" and any(containers.sequence(world.run, operand) is not None for operand in operands):
        return world.run.opaque(site, operands)
    fact = world.facts.fact(f"operator {op}")
    if fact is None:
        return world.run.opaque(site, operands)
    made = apply.call_fact(world, fact, _with_places(operands, site), site)
    if not isinstance(made, Data):
        return made
    made.node.opaque = op in ("+", "*")  # of lists: it holds what they hold
    return numbers.noted(world, Opaque(made.node), made.range)


def stored_in(world: Libraries, base: Value) -> tuple[Value, ...]:
    """What the program has put into something unknown, or into what it is a part of."""
    kept = world.run.state.get(_place(base)) if isinstance(base, Opaque) else UNBOUND
    return kept.items if isinstance(kept, Tuple) else ()


def store_in(world: Libraries, base: Opaque, value: Value) -> None:
    """`unknown[key] = value`: what has parts in common with it may hold the value."""
    world.run.escape([value])
    world.run.state.push(_place(base), value)


def _place(base: Opaque) -> Key:
    node = base.node
    while node.op == "operator []" and node.edges:
        node = node.edges[0].node
    return (-node.id - 1, "stored")


def _tensor_operator(world: Libraries, op: str, operands: list[Value], site: Site) -> Value:
    if op == "[]":
        return _index(world, operands[0], operands[1], site)
    fact = world.facts.fact(f"operator {op}")
    if fact is None:
        return world.run.opaque(site, operands)
    made = apply.call_fact(world, fact, _with_places(operands, site), site)
    if isinstance(made, Data):
        made = measured.of_dtype(world, op, operands, made)
    if op in BITWISE and isinstance(made, Data) and {apply.dtype_of(world, operand) for operand in operands} == {"i"}:
        made.node.dtype = "i"
        made = replace(made, dtype="i", width="")
    if op == "**" and isinstance(made, Data) and _may_be_zero(world, operands[0]):
        edges = made.node.edges
        made.node.edges = tuple(e._replace(outcome=ANYTHING) if e.outcome == ZERO else e for e in edges)
    if isinstance(made, Data) and made.kind == "symbolic":
        world.made_of_symbols(made.node, Const(op), Arguments(operands))
    return made


BITWISE = ("unary ~", "&", "|", "^")
"""What is computed of truths, and of whole numbers."""


def _may_be_zero(world: Libraries, value: Value) -> bool:
    """Whether a number may be 0, where the derivative of a power is no number, whatever the exponent."""
    bounds = numbers.of_value(world, value)
    return bounds is None or bounds.contains(0.0)


def _with_places(operands: list[Value], site: Site) -> Arguments:
    node = site.node
    names = (
        [getattr(node, name, None) for name in ("left", "right")]
        if len(operands) == 2
        else [getattr(node, "operand", None)]
    )
    places: dict[int | str, object] = {i: p for i, p in enumerate(names) if p is not None}
    return Arguments(list(operands), places=places)  # type: ignore[arg-type]


def _index(world: Libraries, base: Value, key: Value, site: Site) -> Value:
    """`tensor[key]`: the gradient flows to the tensor, never to the key."""
    if error := indexing.refused(world, base, key):
        refusing.refuse(world, error, site, "operator []", [base])
        return world.run.opaque(site, [base])
    node = world.run.node_of(base, site)
    ragged = node is not None and node.op.startswith("tensorflow.ragged.")  # a row of which others have no part
    edges = (
        [Edge(node, FLOWS | ZERO if ragged else FLOWS, "linear", getattr(site.node, "value", None))]
        if node is not None
        else []
    )
    key_node = world.run.node_of(key, site)
    if key_node is not None:
        edges.append(Edge(key_node, NONE, "zero", getattr(site.node, "slice", None)))
    dtype = apply.dtype_of(world, base)
    made = world.run.node("operator []", edges, site, dtype=dtype or "?", kind="tensor")
    if indexing.may_be_outside(world, base, key):
        world.known.failing.add(made.id)
    kind = "symbolic" if isinstance(base, Data) and base.kind == "symbolic" else "tensor"
    bounds, width = numbers.of_index(world, base, key), widths.of(world, base)
    result = Data(made, kind, dtype or "?", _indexed_shape(world, base, key), bounds, width)
    if kind == "symbolic":
        world.made_of_symbols(made, Const("[]"), Arguments([base, key]))
    return result


def _indexed_shape(world: Libraries, base: Value, key: Value) -> tuple[int | None, ...] | None:
    shape = shapes.of_value(world, base)
    if shape is None:
        return None
    keys = list(key.items) if isinstance(key, Tuple) else [key]
    if any(k == Const(...) for k in keys):
        at = keys.index(Const(...))
        missing = len(shape) - sum(k != NO_VALUE for k in keys) + 1
        keys[at : at + 1] = [SliceOf(NO_VALUE, NO_VALUE, NO_VALUE)] * max(0, missing)
    result: list[int | None] = []
    rest = list(shape)
    for k in keys:
        if k == NO_VALUE:
            result.append(1)
            continue
        if not rest:
            return None
        length = rest.pop(0)
        if isinstance(k, SliceOf):
            result.append(_slice_length(k, length))
        elif (isinstance(k, Data) and k.shape != ()) or isinstance(k, (Opaque, OneOf, Cell)):
            return None
    return (*result, *rest)


def _slice_length(key: SliceOf, length: int | None) -> int | None:
    ends = containers.ends(key)
    if length is None or ends is None:
        return length if all(e == NO_VALUE for e in (key.start, key.stop, key.step)) else None
    return len(range(*slice(*ends).indices(length)))
