"""What a function is given that is seldom meant: a dtype of another library, what holds several tensors in the place of
one, a sparse tensor, a variable of Keras beside another dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapelint.facts import Fact, dtypes, gives_several, unlike
from tapelint.flow.values import UNBOUND, Cell, Const, Data, Library, Many, Opaque, Tuple, Value, Variable, is_tensor

from ..arguments import DTYPES, dtype_of, listed
from ..natures import PERHAPS_NO_ARRAY, UNARY, form, nature
from ..shapes import shapes, widths
from . import fitting, packing

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries


def is_odd(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a function may raise for what it is given."""
    if fact.name.startswith("numpy."):
        return any(_is_of_tensorflow(given.get(name)) for name in DTYPES) or _is_no_option(fact, given)
    if not fact.name.startswith("tensorflow.") or fact.kind != "function":
        return False
    if fact.name.startswith(packing.OF_STRUCTURES):
        return False
    if any(dtype_of(world, given.get(name)) in kinds for name, kinds in PICKY.get(fact.name, {}).items()):
        return True
    if _has_variable_of_another_dtype(world, fact, given) or _differ_in_width(world, fact, given):
        return True
    takes_parts = fact.name in UNARY or any(_in_parts(each.text) for each in fact.experiments)
    if any(is_in_parts(world, value) for value in given.values.values()) and not takes_parts:
        return True
    tensors = {name for each in fact.experiments for name in each.inputs} & given.values.keys()
    tensors -= {p.name for p in fact.parameters if p.star}
    several = fitting.given_several(fact) if tensors else set[str]()
    every = (given.values[name] for name in tensors - several)
    return any(is_of_parts(world, value) or is_no_tensor(world, value) for value in every)


OF_FLOATS = ("f", "c")
PICKY: dict[str, dict[str, tuple[str, ...]]] = {
    "tensorflow.math.invert_permutation": {"x": ("i",)},
    "tensorflow.math.bincount": {"arr": OF_FLOATS},
    "tensorflow.math.confusion_matrix": {"labels": OF_FLOATS, "predictions": OF_FLOATS},
}
"""What takes only some numbers: the parameters, and the kinds of numbers of which others are refused."""


def _is_of_tensorflow(dtype: Value) -> bool:
    return isinstance(dtype, Library) and dtype.name.startswith("tensorflow.")


def _is_no_option(fact: Fact, given: Given) -> bool:
    """Whether something stands for an option of NumPy's that has only some values."""
    defaults = {p.name: p.default for p in fact.parameters if p.name in OPTIONS}
    found = {name: value for name in defaults if isinstance(value := given.get(name), Const)}
    return any(repr(value.value) != defaults[name] for name, value in found.items())


OPTIONS = ("out", "casting", "signature", "subok", "like", "device")


def is_in_parts(world: Libraries, value: Value) -> bool:
    """Whether a value is a sparse tensor, or an `IndexedSlices` whose shape is not known to be made dense."""
    return isinstance(value, Data) and (form(value) == "sparse" or value.node.id in world.known.shapeless)


def _in_parts(experiment: str) -> bool:
    return "sparse" in experiment or "IndexedSlices" in experiment


def is_no_tensor(world: Libraries, value: Value) -> bool:
    """Whether a value is a thing of a library that no tensor is made of: a dtype, an operation, what may be None."""
    if isinstance(value, Data):
        known = not world.run.graph_mode and not any(edge.node.kind == "variable" for edge in value.node.edges)
        return value.node.op in PERHAPS_NO_ARRAY and not known
    if isinstance(value, Opaque):
        name = value.hint if "." in value.hint else value.node.op
        fact = world.facts.fact(name) if "." in name else None
        nothing = fact is not None and any(each.result.kind == "none" for each in fact.experiments)
        return nothing or ("." in value.hint and nature(value) in ("plain", "dtyped", "convertible"))
    return isinstance(value, Cell) and value.kind == "dtype"


def is_of_parts(world: Libraries, value: Value) -> bool:
    """Whether a value is the several things that one call has made, which may have different shapes and dtypes."""
    if isinstance(value, Data):
        return value.kind in ("numpy", "python") and gives_several(value.node.op) == "unlike"
    if isinstance(value, Many):
        return isinstance(value.element, Data) and _makes_several(world, value.element.node.op)
    if not isinstance(value, Tuple) or len(value.items) < 2:
        return False
    items = [item for item in value.items if isinstance(item, Data)]
    ops = {item.node.op for item in items}
    if len(ops) != 1 or not _makes_several(world, ops.pop()):
        return False
    known = [shapes.of_value(world, item) for item in items]
    alike = None not in known and len(set(known)) == 1 and len({(i.dtype, i.width) for i in items}) == 1
    return not alike or len(items) < len(value.items)


def _makes_several(world: Libraries, name: str) -> bool:
    fact = world.facts.fact(name) if "." in name else None
    return fact is not None and any(each.result.kind == "tuple" for each in fact.experiments)


def _has_variable_of_another_dtype(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a variable of Keras 3 stands beside something of another dtype, to which it is not converted."""
    parts = [(n, part) for n, value in given.values.items() for part in (listed(world, value) or (value,))]
    variables = [(name, part) for name, part in parts if isinstance(part, Variable) and part.flavor == "keras"]
    if not variables:
        return False
    table = {*unlike().get(fact.name, {})}
    table |= {(n, k) for names, k in dtypes().get(fact.name, {}) if len(names) > 1 for n in names}
    for name, one in variables:
        others = (part for _, part in parts if isinstance(part, (Data, Variable)) and part is not one)
        if any(_are_unlike(world, one, other, {kind for n, kind in table if n == name}) for other in others):
            return True
    first, *rest = given.values.values()
    whole = isinstance(first, Const) and type(first.value) in (int, bool)
    return whole and rest[:1] == [variables[0][1]] and dtype_of(world, rest[0]) != "i"


def is_unlike_of_keras(world: Libraries, op: str, values: Sequence[Value]) -> bool:
    """Whether a variable of Keras 3 stands to the right of a tensor of another dtype for an operator that does not ask
    it, where one is of a dtype of which it was not measured what becomes of it.
    """
    left, right = values if len(values) == 2 else (UNBOUND, UNBOUND)
    if not (isinstance(right, Variable) and right.flavor == "keras" and op in NOT_ASKING):
        return False
    if not is_tensor(left) or getattr(left, "flavor", "tf") != "tf":
        return False
    names = {widths.of_variable(world, value) or dtype_of(world, value) for value in (left, right)}
    return not names <= MEASURED


NOT_ASKING = ("<", "<=", ">", ">=", "==", "!=", "//")


MEASURED = {"float32", "float64", "int32", "i", "f"}


def _are_unlike(world: Libraries, one: Value, other: Value, refused: set[str]) -> bool:
    """Whether two are of dtypes that do not go together; of other kinds than floats if these are refused."""
    letters = dtype_of(world, one), dtype_of(world, other)
    if letters[0] != letters[1]:
        return all(letter in tuple("fibc") for letter in letters) and not refused.isdisjoint("bif")
    names = [widths.of_variable(world, each) for each in (one, other)]
    return letters[0] == "f" and all(names) and names[0] != names[1]


def _differ_in_width(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether whole numbers of two dtypes are given where floats of two dtypes are refused."""
    known = unlike().get(fact.name, {})
    names = {name for name, kind in known if kind in "dD"}
    names.update(*(together for together, _ in dtypes().get(fact.name, {}) if len(together) > 1))
    parts = [p for n in names if n in given.values for p in (listed(world, given.values[n]) or (given.values[n],))]
    whole = [part for part in parts if isinstance(part, (Data, Variable)) and dtype_of(world, part) == "i"]
    tensors = [part for part in whole if getattr(part, "kind", "tensor") == "tensor"]
    found = {width for part in tensors if (width := widths.of(world, part))}
    return len(found) > 1

