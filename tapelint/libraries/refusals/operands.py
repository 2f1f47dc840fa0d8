"""What operators make of two operands, or refuse: TensorFlow converts some kinds of numbers to others, not all alike.

All of it was measured: facts/operands.txt has the dtype of the result or the exception by operator, place and kinds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from tapelint.facts import Fact
from tapelint.facts.table import KINDS_OF_OPERANDS, REFUSALS, RESULTS, operands
from tapelint.flow.values import UNBOUND, Bound, Cell, Const, Data, Function, Value, Variable, options

from ..arguments import PERHAPS, Given, category, is_list, listed
from ..natures import nature
from ..shapes import widths

if TYPE_CHECKING:
    from ..world import Libraries

UNCLEAR = "?"
OF_NUMPY = "UFuncTypeError"
"""A kind of TypeError, which is seen as another where it leaves converted code."""
TENSORS = {"float32": "t", "float64": "d", "float16": "h", "int32": "i", "int64": "j", "bool": "b", "complex64": "c"}
VARIABLES = {"float32": "v", "float64": "u", "int32": "w", "int64": "x", "bool": "y"}
OF_KERAS = {"float32": "k", "float64": "l", "int32": "m"}
SCALARS = {"float32": "n", "float64": "e", "int32": "f", "int64": "g", "bool": "q"}
ARRAYS = {"float32": "N", "float64": "E", "int32": "F", "int64": "G", "bool": "Q"}
OF_PYTHON = {float: "1", int: "2", bool: "3", complex: "4", str: "5", type(None): "6"}
OF_CATEGORY = {
    "f": ("float32", "float64", "float16"), "i": ("int32", "int64"), "b": ("bool",), "c": ("complex64",),
}  # fmt: skip
"""The dtypes that a number of a category may be of."""


def refused(world: Libraries, op: str, left: Value, right: Value) -> str | None:
    """The exception of an operator; "" where it raises none for certain, or where that is not known of the dtypes that
    the operands may have; `UNCLEAR` where it raises one that is not known. None: the table knows nothing of them.
    """
    said = _told(world, op, left, right)
    if said is None:
        return None
    errors = {REFUSALS.get(letter, UNCLEAR if letter == UNCLEAR else "") for letter in said}
    errors = {UNCLEAR if error == OF_NUMPY else error for error in errors}
    return "" if "" in errors else errors.pop() if len(errors) == 1 else UNCLEAR


def are_measured(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether it is known what an operator makes of its operands, whichever of several they are."""
    pair = [given.get(parameter.name) for parameter in fact.parameters]
    if len(pair) != 2:
        return False
    op = fact.name.removeprefix("operator ")
    return all(_told(world, op, *each) is not None for each in product(*map(options, pair)))


def of_dtype(world: Libraries, op: str, given: list[Value], made: Data) -> Data:
    """What an operator made, of the dtype that was measured, where the operands leave no doubt of it."""
    if op == "/" and any(getattr(value, "dtype", "") == "i" and not widths.of(world, value) for value in given):
        return made  # floats of 32 bits come of small whole numbers, of others doubles
    pairs = product(options(given[0]), options(given[1])) if len(given) == 2 else ()
    told = [_told(world, op, *pair) for pair in pairs]
    found = {RESULTS.get(letter, "") for said in told for letter in said or UNCLEAR}
    width = found.pop() if len(found) == 1 else ""
    if not width:
        return made
    made.node.dtype = category(width)
    return replace(made, dtype=category(width), width=width)


def _told(world: Libraries, op: str, left: Value, right: Value) -> set[str] | None:
    if world.run.state.get(widths.PROMOTES) != UNBOUND:
        return None
    place = "graph" if world.run.graph_mode else "eager"
    if (op, place, KINDS_OF_OPERANDS[0]) not in operands():
        return None
    if op == "%" and isinstance(left, Data) and left.dtype == "s":
        return None  # what a text takes hangs on what it says
    kinds = [list(_kinds(world, value)) for value in (left, right)]
    if not all(kinds):
        return None
    return {operands()[op, place, a][KINDS_OF_OPERANDS.index(b)] for a, b in product(*kinds)}


def _kinds(world: Libraries, value: Value) -> Iterable[str]:
    """The letters of the kinds of which a value may be; nothing for what the table does not have."""
    if isinstance(value, Variable):
        known = VARIABLES if value.flavor == "tf" else OF_KERAS if value.flavor == "keras" else {}
        return _by_dtype(known, widths.of(world, value), value.dtype)
    if not isinstance(value, Data):
        return _of_python(world, value)
    if value.kind == "tensor" and not nature(value):
        letters = _by_dtype(TENSORS, value.width, value.dtype)
        return [letter.upper() for letter in letters] if world.is_in_graph(value) else letters
    if value.kind == "numpy" and nature(value) == "array":
        if value.dtype == "i" and not value.width:
            return ""  # what small whole numbers are beside floats of 32 bits is of 32 bits, too
        scalars = _by_dtype(SCALARS, value.width, value.dtype) if not value.shape else []
        return [*scalars, *_by_dtype(ARRAYS, value.width, value.dtype)]
    if value.kind == "python" and value.dtype == "s":
        return "5"
    if value.kind == "python" and value.node.op in ("builtins.float", "builtins.int"):
        return {"f": "1", "i": "2"}.get(value.dtype, "")
    return ""


def _by_dtype(letters: dict[str, str], width: str, dtype: str) -> list[str]:
    if width.startswith(PERHAPS) or not width:
        return [letters[each] for each in OF_CATEGORY.get(dtype, ()) if each in letters]
    return [letters[width]] if width in letters else []


def _of_python(world: Libraries, value: Value) -> str:
    if isinstance(value, Const):
        return OF_PYTHON.get(type(value.value), "")
    if isinstance(value, (Function, Bound)):
        return "0"
    if isinstance(value, Cell) and value.kind == "dict" and value.info is None:
        return "9"
    items = listed(world, value) if is_list(value) else ()
    types = {type(item.value) if isinstance(item, Const) else None for item in items}
    return "7" if types == {float} else "8" if types == {int} else ""
