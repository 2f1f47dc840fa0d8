"""`isinstance`: of which classes a value is, as far as it is known."""

from __future__ import annotations

import ast

from tapelint.flow.attributes import REGISTERS
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.refused import PROTOCOLS
from tapelint.flow.values import (
    FALSE,
    TRUE,
    UNBOUND,
    Cell,
    Class,
    Const,
    Data,
    Library,
    Member,
    Opaque,
    Tuple,
    Value,
    Variable,
    options,
)
from tapelint.source import class_body

from ..keras import layer_classes
from ..names import is_of_keras, root
from ..natures import IN_PARTS, nature
from ..world import Libraries, kind_of

LAYERS = ("layer", "lambda layer", "input layer")

_PYTHON_TYPES = {
    "builtins.int": "int", "builtins.float": "float", "builtins.str": "str", "builtins.bool": "bool",
    "builtins.list": "list", "builtins.tuple": "tuple", "builtins.dict": "dict", "builtins.set": "set",
    "builtins.complex": "complex", "builtins.bytes": "bytes", "builtins.slice": "sliceof",
}  # fmt: skip

_OF_NUMPY = ("float", "complex", "str", "bytes")
"""Types of Python that NumPy's scalars extend."""

_ARRAYS = tuple(
    f"numpy.{name}"
    for name in "array asarray zeros ones full empty arange linspace eye zeros_like ones_like stack concatenate".split()  # noqa: SIM905
)
"""What gives arrays, and no scalars of NumPy."""


def is_instance(world: Libraries, args: Arguments, site: Site) -> Value:
    """`isinstance(value, classes)`."""
    value, wanted = args.get(0, "object"), args.get(1, "classinfo")
    if isinstance(wanted, Class) and (own := world.run.of_metaclass(wanted, "__instancecheck__")) is not None:
        made = world.run.call(own, Arguments([value]), site)
        truth = world.run.truth(made)
        return Const(truth) if truth is not None else world.run.unknown_bool(made, site)
    if isinstance(wanted, Class) and any(base in PROTOCOLS for base in wanted.bases):
        return _has_members(world, value, wanted, site)
    answers = [is_of(world, option, wanted) for option in options(value)]
    if len(set(answers)) == 1 and answers[0] is not None:
        return Const(answers[0])
    return world.run.unknown_bool(value, site)


def _has_members(world: Libraries, value: Value, wanted: Class, site: Site) -> Value:
    """Whether a value has what a protocol asks for."""
    body = [node for base in world.run.lineage(wanted) if isinstance(base, Class) for node in class_body(base.node)]
    names = [node.name for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    names += [n.target.id for n in body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]
    has = Library("builtins.hasattr")
    answers = [world.call(has, Arguments([value, Const(name)]), site) for name in names]
    if FALSE in answers:
        return FALSE
    return TRUE if all(answer == TRUE for answer in answers) else world.run.unknown_bool(value, site)


def is_of(world: Libraries, value: Value, wanted: Value) -> bool | None:
    """Whether a value is of a class, or of one of several; None where nobody can tell."""
    if isinstance(wanted, Tuple):
        found = [is_of(world, value, item) for item in wanted.items]
        return True if True in found else None if None in found else False
    if isinstance(value, Opaque) or not world.is_settled(value):
        return None
    if isinstance(wanted, Class):
        return _is_of_project(world, value, wanted)
    if isinstance(value, Cell) and value.kind == "instance":
        return True if wanted in world.run.lineage(value.info) else None
    if isinstance(value, Member) and wanted in world.run.lineage(value.of):
        return True
    return _is_of_library(world, value, wanted.name) if isinstance(wanted, Library) else None


def _is_of_project(world: Libraries, value: Value, wanted: Class) -> bool | None:
    """Whether a value is of a class of the project."""
    if isinstance(value, Cell) and value.kind == "instance":
        order = world.run.lineage(value.info)
    elif isinstance(value, Member):
        order = world.run.lineage(value.of)
    elif isinstance(value, Tuple) and value.names:
        return _is_named_tuple(world, value, wanted)
    elif isinstance(value, (Const, Data, Variable, Tuple)):
        order = []
    else:
        return None
    if wanted in order:
        return True
    known = all(isinstance(c, Class) or (isinstance(c, Library) and _is_known(c.name)) for c in order)
    return False if known and not _decides_itself(world, wanted) else None


def _is_known(name: str) -> bool:
    """Whether a library's class extends none of the project's for certain."""
    return root(name) in ("builtins", "enum", "abc", "typing", "tensorflow") or is_of_keras(name)


def _is_named_tuple(world: Libraries, value: Tuple, wanted: Class) -> bool | None:
    """Whether a named tuple is of a class: it has its fields, as no other class here."""
    alike = [
        cls
        for cls in world.run.defined
        if Library("typing.NamedTuple") in world.run.lineage(cls) and cls.uid not in world.run.records
        if tuple(world.run.fields_of_class(cls)) == value.names
    ]
    if wanted not in alike:
        return None if _decides_itself(world, wanted) else False
    return True if len(alike) == 1 and value.names not in world.named_tuples else None


def _decides_itself(world: Libraries, wanted: Class) -> bool:
    """Whether a class says of others that their objects are its own: by a hook, as a protocol, or as it was told."""
    run = world.run
    hooked = not run.hooks.isdisjoint(["__instancecheck__", "__subclasshook__"])
    for base in run.lineage(wanted):
        if isinstance(base, Class):
            meta = any(keyword.arg == "metaclass" for keyword in base.node.keywords)
            hook = run.state.get((base.uid, "__subclasshook__")) is not UNBOUND
            if (hooked and (meta or hook)) or run.state.get((base.uid, REGISTERS)) is not UNBOUND:
                return True
        elif not (isinstance(base, Library) and _is_known(base.name)) or base.name.endswith(".Protocol"):
            return True
    return False


def _is_of_library(world: Libraries, value: Value, name: str) -> bool | None:
    """Whether a value that is no object of the project's is of a library's class."""
    mine = kind_of(value)
    if isinstance(value, Cell) and value.kind in ("list", "set") and isinstance(value.info, Library):
        if name == value.info.name:
            return True
        if name in _PYTHON_TYPES:
            return False  # a deque is no list, a frozen set no set
    if name in _PYTHON_TYPES:
        plain = _PYTHON_TYPES[name]
        if mine in ("many", "iterator", "?", "number"):
            return None
        if mine == "ndarray" and plain in _OF_NUMPY and not _is_array(value):
            return None
        return mine == plain or (plain == "int" and mine == "bool")
    if isinstance(value, Variable) and name in ("tensorflow.Variable", "keras.Variable"):
        return name.startswith("keras") == (value.flavor == "keras")
    if isinstance(value, Cell) and value.kind in LAYERS:
        return layer_classes.is_of_class(world, value, name)
    match = {"tensorflow.Tensor": "tensor", "numpy.ndarray": "ndarray"}.get(name, "variable")
    if name not in ("tensorflow.Tensor", "tensorflow.Variable", "numpy.ndarray", "keras.Variable"):
        return None
    if isinstance(value, Data) and value.kind == "?":
        return None
    if isinstance(value, Data) and match == "ndarray" and mine == match:
        return True if _is_array(value) else None
    if isinstance(value, Data) and match == "tensor" and mine == match:
        made = nature(value)
        return None if value.kind == "symbolic" or made.startswith("?") else made not in IN_PARTS
    return mine == match


def _is_array(value: Value) -> bool:
    """Whether a value of NumPy is an array for certain, and no scalar."""
    return isinstance(value, Data) and (bool(value.shape) or value.node.op in _ARRAYS)


def is_tensor(world: Libraries, args: Arguments, site: Site) -> Value:
    """`tf.is_tensor(value)`, `keras.ops.is_tensor(value)`: of variables and of what is in parts as well."""
    answers = {_counts_as_tensor(option) for option in options(args.get(0, "x"))}
    truth = next(iter(answers)) if len(answers) == 1 else None
    return Const(truth) if truth is not None else world.run.unknown_bool(Tuple(tuple(args.every())), site)


def _counts_as_tensor(value: Value) -> bool | None:
    if isinstance(value, Data):
        return value.kind == "tensor"
    plain = isinstance(value, (Const, Tuple)) or (isinstance(value, Cell) and value.kind in ("list", "dict", "set"))
    return True if isinstance(value, Variable) else False if plain else None
