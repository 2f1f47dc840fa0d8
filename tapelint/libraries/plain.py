"""What is refused of Python's own values: to call them, to ask numbers and lists for what only arrays have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Bound, Cell, Const, Data, Function, Tuple, Value, Variable, View

from .members import is_made_of_tensors

if TYPE_CHECKING:
    from .world import Libraries

OF_TENSORS = frozenset("assign assign_add assign_sub get_shape numpy".split())  # noqa: SIM905
"""What tensors or variables have, and none of NumPy's or Python's numbers has."""
OF_ARRAYS = frozenset(
    "T astype dtype flatten item mean ndim reshape shape size squeeze sum tolist transpose".split()  # noqa: SIM905
)
"""What arrays have, and none of Python's containers has."""


def used(world: Libraries, base: Value, how: str, site: Site) -> None:
    """The program calls a value, "()", asks for a part of it, "[]", or for an attribute; of None it is not known who
    put it there.
    """
    if base == NO_VALUE:
        if not (world.run.attempts or how.startswith("__")):
            world.run.lose_track()
    elif how in ("()", "[]"):
        refused = _is_not_called(world, base) if how == "()" else _has_no_parts(base)
        if refused:
            world.raised("TypeError", site, "call" if how == "()" else how)
    elif _lacks(base, how):
        world.raised("AttributeError", site, how)


def _lacks(base: Value, name: str) -> bool:
    """Whether a number or a container has certainly no such attribute."""
    return name in OF_TENSORS if _is_number(base) else name in OF_TENSORS | OF_ARRAYS and _is_container(base)


def _has_no_parts(value: Value) -> bool:
    return _is_number(value) or isinstance(value, (Function, Bound))


def _is_not_called(world: Libraries, value: Value) -> bool:
    """Whether a value is a number, a container, a variable, a tensor or the shape of one."""
    if isinstance(value, Data):
        return value.kind in ("tensor", "numpy") and is_made_of_tensors(world, value)
    of_arrays = isinstance(value, Variable) or (isinstance(value, Cell) and value.kind == "shape")
    return of_arrays or _is_number(value) or _is_container(value)


def _is_number(value: Value) -> bool:
    return type(value) is Const and isinstance(value.value, (int, float, complex))


def _is_container(value: Value) -> bool:
    """Whether a value is a list, tuple, dict or set, whatever it holds."""
    if isinstance(value, Cell):
        return value.kind in ("list", "dict", "set")
    return isinstance(value, Tuple) and not isinstance(value, View) and not value.names
