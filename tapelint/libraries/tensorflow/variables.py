"""Variables: reading, assigning, and operators that assign."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Method,
    Value,
    Variable,
    is_tensor,
)

from .. import apply
from ..keras import keras_variables, trainability
from ..numerics import numbers
from ..numpy import arrays
from ..registry import MethodHandler, Registry
from ..shapes import shapes, widths
from ..world import Libraries
from . import parts
from .members import VARIABLE, lacks
from .variable_names import name_of
from .written import forget, write, written_to

SCATTERING = tuple(
    f"scatter_{how}" for how in ("update", "add", "sub", "mul", "div", "max", "min", "nd_update", "nd_add", "nd_sub")
)
ASSIGNING = ("assign", "assign_add", "assign_sub", "load", "_assign", *SCATTERING, "scatter_nd_max", "scatter_nd_min",
             "batch_scatter_update")  # fmt: skip
RAISING = ("+", "-", "*", "/", "**")  # `v -= x` and the like raise on a tf.Variable; `v //= x` makes a tensor


def register(registry: Registry) -> None:
    """Add a variable's methods."""
    for name in ASSIGNING:
        registry.methods[("variable", name)] = _assigning(name)
        registry.methods[("opaque", name)] = _unknown_assign
    for name in ("assign", "assign_add", "assign_sub"):
        registry.methods[("tensor", name)] = _assigning_slice(name)
    for op in ("+", "-", "*", "/", "**", "//", "@", "%"):
        registry.methods[("variable", f"operator {op}=")] = _augmented(op)
    registry.methods[("variable", "read_value")] = _read
    registry.methods[("variable", "__copy__")] = lambda world, base, args, site: base
    registry.methods[("variable", "value")] = lambda world, base, args, site: read_once(world, base, site)
    registry.methods[("variable", "sparse_read")] = _looked_up("tensorflow.gather")
    registry.methods[("variable", "gather_nd")] = _looked_up("tensorflow.gather_nd")
    registry.attributes["variable"] = _attribute
    registry.methods[("opaque", "numpy")] = _unknown_numpy


def _assigning(name: str, whole: bool = True) -> MethodHandler:
    """A method that writes a variable; `whole`: all of it."""

    def assign(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Variable)
        if base.flavor == "keras" and (len(args.positional) > 1 or not args.keywords.keys() <= {"value"}):
            world.raised("TypeError", site, f"Variable.{name}")
        value = args.positional[-1] if args.positional else next(iter(args.keywords.values()), NO_VALUE)
        node = world.run.node_of(value, site)
        if node is not None:
            before = written_to(world, base) if not (whole and name == "assign") else ()
            edges = [Edge(node, FLOWS, "linear", args.places.get(0)), *map(Edge, before)]
            write(world, base, f"Variable.{name}", edges, site)
        elif whole and name == "assign":
            forget(world, base)
        if widths.perhaps_unlike(world, base, value) or _is_of_another_kind(world, base, value):
            world.known.failing.add(base.node.id)
        if whole and _is_of_another_shape(world, name, base, args, value):
            world.known.failing.add(base.node.id)
        bounds = numbers.of_content(world, value, UNBOUND, base) if whole and name == "assign" else None
        content = Data(world.run.constant_node(), "tensor", base.dtype, base.shape, bounds)
        world.run.state.set((base.uid, "content"), content)
        if args.keywords.get("read_value") == FALSE:
            return apply.nothing(world, f"tensorflow.Variable.{name}", site) if base.flavor == "tf" else base
        world.use(base, site)
        given_back = world.facts.fact(f"KerasVariable.{name}") if base.flavor == "keras" and whole else None
        if given_back is not None and args.positional:
            return apply.call_fact(world, given_back, args.before(base), site)
        return base

    return assign


def _is_of_another_shape(world: Libraries, name: str, variable: Variable, args: Arguments, value: Value) -> bool:
    """Whether what is assigned, or put in place of some parts, is known not to have their shape."""
    wanted, given = shapes.of_value(world, variable), shapes.of_value(world, value)
    if name.startswith("scatter_nd_"):
        places = shapes.of_value(world, args.get(0, "indices"))
        depth = places[-1] if places else None
        if wanted is None or places is None or depth is None:
            return False
        if depth > len(wanted):
            return True
        wanted = (*places[:-1], *wanted[depth:])
    elif name not in WHOLE:
        return False
    return wanted is not None and given is not None and shapes.differ(wanted, given)


WHOLE = ("assign", "assign_add", "assign_sub")


def _is_of_another_kind(world: Libraries, variable: Variable, value: Value) -> bool:
    """Whether a tensor of other numbers is assigned than the variable is of, which TensorFlow does not convert."""
    kinds = {variable.dtype, apply.dtype_of(world, value)}
    return variable.flavor == "tf" and is_tensor(value) and len(kinds) > 1 and kinds <= set("fibcs")


def _assigning_slice(name: str) -> MethodHandler:
    def assign(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        """`v[i].assign(x)`: a slice of a variable can be written, a tensor cannot."""
        node = base.node if isinstance(base, Data) else None
        sliced = node.edges[0].node if node is not None and node.op == "operator []" and node.edges else None
        if sliced is not None and sliced.op == "Variable.read_value":
            sliced = sliced.edges[0].node
        variable = world.known.variables.get(sliced.id) if sliced is not None else None
        if variable is not None:
            return _assigning(name, whole=False)(world, variable, args, site)
        fact = world.facts.fact(f"Tensor.{name}")
        if fact is None:
            return world.run.call_unknown(Method(base, name), args.before(base), site)
        return apply.call_fact(world, fact, args.before(base), site)

    return assign


def _unknown_assign(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return base


def _unknown_numpy(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    fact = world.facts.fact("Tensor.numpy")
    if fact is None:
        return world.run.call_unknown(base, args, site)
    full = Arguments([base], places={0: getattr(getattr(site.node, "func", None), "value", site.node)})
    return apply.call_fact(world, fact, full, site)


def _augmented(op: str) -> MethodHandler:
    def augment(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Variable)
        if base.flavor == "tf" and op in RAISING:
            world.raised("RuntimeError", site, f"Variable operator {op}=")
            return world.run.opaque(site, [])
        return world.run.operate(op, base, args.positional[0], site)

    return augment


def _read(world: Libraries, base: Value, args: Arguments, site: Site) -> Data:
    assert isinstance(base, Variable)
    node = world.use(base, site)
    made = world.run.node("Variable.read_value", [Edge(node, FLOWS, "linear")], site, dtype=base.dtype)
    content = world.run.state.get((base.uid, "content"))
    return Data(made, "tensor", base.dtype, base.shape, getattr(content, "range", None), widths.of(world, base))


def read_once(world: Libraries, base: Value, site: Site) -> Data:
    """`variable.value()`, and what converts a variable: the numbers as they are read; `read_value` copies them."""
    assert isinstance(base, Variable)
    made = _read(world, base, Arguments([]), site)
    parts.value_read(world, base, made)
    return made


def _looked_up(function: str) -> MethodHandler:
    """A method that is a function of the variable and of indices."""
    return lambda world, base, args, site: world.call_library(function, Arguments([base, args.get(0, "indices")]), site)


OF_NO_NUMBERS = ("initializer", "constraint", "synchronization", "aggregation")


def _attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    variable: Value = base
    assert isinstance(variable, Variable)
    if variable.flavor == "keras" and (found := keras_variables.attribute(world, variable, name, site)) is not None:
        return found
    if name == "trainable":
        word = trainability.of_weight(world, variable)
        return Const(word) if word is not None else world.run.opaque(site)
    if name == "name":
        return name_of(world, variable, site)
    if name == "handle":
        return world.run.opaque(site, [variable], op="attribute")
    if name in OF_NO_NUMBERS and not lacks(world, variable, name):
        return world.inert(name, Arguments([]), site)
    found = arrays.data_attribute(world, variable, name, site)
    if found is None and variable.flavor == "tf" and not name.startswith("_") and name not in VARIABLE:
        return world.run.opaque(site, hint=name)  # the program may have given it one
    return found
