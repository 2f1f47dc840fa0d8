"""What is refused of Python's own values: to call them, to ask numbers and lists for what only arrays have."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING

from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Bound, Cell, Const, Data, Function, Tuple, Value, Variable, View, Wrapped

from ..numpy.array_members import OWN
from ..tensorflow.members import is_made_of_tensors

if TYPE_CHECKING:
    from ..world import Libraries

TRACKED = frozenset(
    "layers losses non_trainable_variables non_trainable_weights trainable trainable_variables trainable_weights "  # noqa: SIM905
    "updates variables weights torchtree_flatten torchtree_flatten_with_keys torchtree_unflatten tracker tree_flatten "
    "tree_unflatten".split()
)
"""What a list, tuple or dict has besides where it was made the attribute of a module, a layer or a model."""
OF_TENSORS = frozenset(
    "T assign assign_add assign_sub astype dtype flatten get_shape item ndim numpy reshape shape squeeze tolist "  # noqa: SIM905
    "transpose".split()
)
"""What tensors and arrays have, and no tuple."""
OF_SHAPES = frozenset(("as_list", "dims", "is_fully_defined", "ndims", "num_elements", "rank"))
"""What the shapes of tensors have, and no tuple of sizes, which is what arrays have for a shape."""
SINCE = frozenset(["bit_count", "from_number", "is_integer"])
"""What Python's numbers have in some of its versions."""
OF_CELLS: dict[str, tuple[type, ...]] = {
    "list": (list, deque), "dict": (dict, OrderedDict, defaultdict, Counter), "set": (set,),
}  # fmt: skip
"""The classes of which such a thing may be."""


def used(world: Libraries, base: Value, how: str, site: Site) -> None:
    """The program calls a value, "()", asks for a part of it, "[]", or for an attribute; of None it is not known who
    put it there. What lacks the attribute is told where that is looked up.
    """
    if base == NO_VALUE:
        if not (world.run.attempts or how.startswith("__")):
            world.run.lose_track(site)
    elif how in ("()", "[]"):
        refused = _is_not_called(world, base) if how == "()" else _has_no_parts(base)
        if refused:
            world.raised("TypeError", site, "call" if how == "()" else how)


def lacks(base: Value, name: str) -> bool:
    """Whether a number or a container has certainly no such attribute."""
    if name.startswith("_") or name in TRACKED | SINCE:
        return False
    kinds = _types_of(base)
    if isinstance(base, Tuple) and name not in OF_TENSORS and not (name in OF_SHAPES and _are_sizes(base)):
        return False  # of a named tuple the fields are not always known
    return bool(kinds) and not any(hasattr(kind, name) for kind in kinds)


def _are_sizes(base: Tuple) -> bool:
    return bool(base.items) and all(isinstance(item, Const) and type(item.value) is int for item in base.items)


def has(value: Value, name: str) -> bool | None:
    """Whether a number or a container has an attribute; None where nobody can tell."""
    kinds = _types_of(value)
    if kinds and all(hasattr(kind, name) for kind in kinds):
        return True
    return False if lacks(value, name) else None


def part_of(base: Value, name: str) -> Const | None:
    """The real or the imaginary part of a number of Python's; None for anything else."""
    is_number = isinstance(base, Const) and type(base.value) in (bool, int, float, complex)
    return Const(getattr(base.value, name)) if is_number and name in ("real", "imag") else None  # type: ignore[attr-defined]


def _types_of(value: Value) -> tuple[type, ...]:
    """The classes of which one of Python's own numbers, texts or containers may be; none for anything else."""
    if type(value) is Const:
        return (type(value.value),) if isinstance(value.value, (int, float, complex, str, bytes)) else ()
    if isinstance(value, Cell):
        return OF_CELLS.get(value.kind, ()) if value.info is None else ()
    if isinstance(value, Data):
        return OF_CALLS.get(value.node.op, ()) if value.kind == "python" else ()
    return (tuple,) if _is_container(value) else ()


OF_CALLS: dict[str, tuple[type, ...]] = {
    "builtins.float": (float,), "builtins.int": (int,), "builtins.bool": (bool,), "builtins.len": (int,),
}  # fmt: skip
"""What Python makes a number of its own, whatever it is given."""


def _has_no_parts(value: Value) -> bool:
    return _is_number(value) or isinstance(value, (Function, Bound))


def _is_not_called(world: Libraries, value: Value) -> bool:
    """Whether a value is a number, a container, a variable, a tensor or the shape of one."""
    if isinstance(value, Data):
        known = value.node.detail != OWN  # which may be a method
        return known and value.kind in ("tensor", "numpy") and is_made_of_tensors(world, value)
    of_arrays = isinstance(value, Variable) or (isinstance(value, Cell) and value.kind == "shape")
    return of_arrays or _is_number(value) or _is_container(value)


def _is_number(value: Value) -> bool:
    return type(value) is Const and isinstance(value.value, (int, float, complex))


def _is_container(value: Value) -> bool:
    """Whether a value is a list, tuple, dict or set, whatever it holds."""
    if isinstance(value, Cell):
        return value.kind in ("list", "dict", "set")
    return isinstance(value, Tuple) and not isinstance(value, View) and not value.names


def has_fields(world: Libraries, base: Wrapped, name: str) -> bool:
    """Whether a wrapped function keeps what the program sets under a name, which is none of the wrapper's own."""
    return base.kind == "tensorflow.function" and not (name in OF_GRAPH_FUNCTIONS or name.startswith("_"))


OF_GRAPH_FUNCTIONS = (
    "experimental_get_compiler_ir", "experimental_get_tracing_count", "function_spec", "function_type",
    "get_concrete_function", "get_initialization_function", "input_signature", "name",
    "pretty_printed_concrete_signatures", "python_function",
)  # fmt: skip
"""What `tf.function` gives has under these names."""
