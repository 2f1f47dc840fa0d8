"""Tensors of numbers that a function is not for: whole numbers where it takes floats, floats where it takes truths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tapelint.facts import Fact, dtypes
from tapelint.flow import containers
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, OneOf, Opaque, Tuple, Value, Variable

from ..arguments import DTYPES, Given, dtype_of, python_numbers
from ..natures import form
from ..shapes import widths
from .refusing import OF_KERNELS, may_be_missing

if TYPE_CHECKING:
    from ..world import Libraries

PERHAPS, UNCLEAR = "perhaps", "unclear"
"""An exception may come; one comes, but which one is not known."""


Table = Mapping[tuple[frozenset[str], str], tuple[str, str]]


def refused(world: Libraries, fact: Fact, given: Given) -> str:
    """The exception of a function, or of an operator, that is given tensors of one kind alone, which it does not take;
    "unclear" where it is not known which, PERHAPS where it is not known whether, "" where it takes them.
    """
    table = dtypes().get(fact.name)
    left = given.get("left")
    converts = isinstance(left, Variable) and left.flavor == "keras"  # its operators do, whatever stands beside it
    if table is None or given.rest is not None or world.run.one_of_several or converts or _is_whole_power(fact, given):
        return ""
    if _is_by_zero(world, fact, given):
        return PERHAPS
    tried = list(dict.fromkeys(names for names, _ in table))
    others = frozenset().union(*tried)
    fitting = [names for names in tried if not any(_is_there(world, given, n) for n in others - names)]
    every = (_of_some(world, fact, names, table, given) for names in fitting)
    said = max(every, key=lambda said: (said != "", said != PERHAPS), default="")
    seldom = not said and any(_is_seldom_taken(world, fact.name, names, table, given) for names in fitting)
    return PERHAPS if seldom else said


WIDER = "?boigfhdcs"
"""The kinds in the order in which they are converted to each other, where they are."""


def _is_seldom_taken(world: Libraries, name: str, names: frozenset[str], table: Table, given: Given) -> bool:
    """Whether some of the numbers, of whatever is made a tensor, are of a kind that is refused: of a dtype that few
    functions take, in a variable of Keras, truths of Python's or NumPy's, floats where whole numbers are wanted.
    """
    if "left" in given.values:  # what operators make of these is in operands.txt
        return False
    if any(given.get(name) is not UNBOUND for name in DTYPES):
        return False
    parts = [part for name in names for part in _parts(world, given.get(name))]
    if any(letter_of(world, part) for part in parts):  # to whose dtype Python's numbers are converted
        parts = [part for part in parts if not isinstance(part, Const)]
    kinds = {_seldom(world, part, (names, "f") in table) for part in parts}
    if name.startswith((widths.PROMOTING, "keras.ops.")):
        kinds = {max(kinds, key=WIDER.index)} if kinds else kinds
    elif (names, "f") not in table and len(kinds) > 1:
        return False  # what is not alike is told of by unlike.txt
    return any(table.get((names, kind), ("-", "-"))[bool(world.run.graph_mode)] != "-" for kind in kinds)


def _seldom(world: Libraries, value: Value, is_for_whole: bool) -> str:
    """The kind of numbers of anything that is made a tensor."""
    if is_for_whole and dtype_of(world, value) in ("f", "c"):
        return dtype_of(world, value)
    if isinstance(value, Const):
        return "b" if isinstance(value.value, bool) else "?"
    if not isinstance(value, (Data, Variable)) or (isinstance(value, Data) and form(value)):
        return "?"
    letter, width = dtype_of(world, value), widths.of_variable(world, value)
    if isinstance(value, Data) and value.kind != "tensor":
        return letter if letter == "b" else "?"
    if letter == "i":
        return "o" if width in SMALL else letter
    return {**SIZES, "bfloat16": "g"}.get(width, letter) if letter == "f" else letter


SMALL = ("int8", "uint8", "int16", "uint16")


def _is_whole_power(fact: Fact, given: Given) -> bool:
    """Whether something is raised to a power that whole numbers have, too: to a whole number that is not negative."""
    power = given.get("right")
    whole = isinstance(power, Const) and type(power.value) is int and power.value >= 0
    return whole and fact.name.startswith("operator **")


def _is_by_zero(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether zero divides whole numbers, which refuse it where there are any."""
    by = next((given.values[name] for name in DIVISORS if name in given.values), UNBOUND)
    numbers = (python_numbers(world, by) if fact.name.endswith(DIVIDING) else None) or ()
    return 0 in numbers and all(type(number) is int for number in numbers)


DIVIDING = (
    *("operator %", "operator %=", "operator //", "operator //=", ".floordiv", ".floormod", ".floor_divide", ".mod"),
    *(".remainder", ".fmod", ".truncatediv", ".truncatemod", ".divmod"),
)
DIVISORS = ("right", "b", "y", "x2")
"""The parameters of theirs that say what divides."""


def _of_some(world: Libraries, fact: Fact, names: frozenset[str], table: Table, given: Given) -> str:
    """The same of what some parameters are given."""
    parts = [part for name in sorted(names) for part in _parts(world, given.get(name))]
    kinds = {letter for part in parts if (letter := letter_of(world, part))}
    alone = not kinds and fact.kind == "function" and len(given.values) == 1  # beside others it may be converted
    alone = alone and table.get((names, "i"), ("-",))[0] == OF_KERNELS
    plain = _of_numbers(world, parts, (names, "f") not in table) if alone else ""
    kind = next(iter(kinds)) if len(kinds) == 1 else plain
    beside = {type(part.value) for part in parts if isinstance(part, Const)}
    anywhere = beside | {type(value.value) for value in given.values.values() if isinstance(value, Const)}
    if kind == "i" and float in anywhere and (names, "p") in table:
        kind = "p"
    elif kind == "i" and float in beside:
        return PERHAPS if (names, "i") in table else ""
    said = table.get((names, kind), ("-", "-"))[bool(world.run.graph_mode)]
    if said == "-":
        return ""
    certain = kind in ("i", "b", "s") or not fact.name.startswith("LinearOperator")  # whose dtype is not known
    certain = certain and all(given.get(name) is UNBOUND for name in DTYPES) and not any(map(_is_several, parts))
    certain = certain and not (beside & {int, float} and kind in ("b", "s")) and not may_be_missing(world, parts)
    each = [plain or any(letter_of(world, part) for part in _parts(world, given.get(name))) for name in names]
    beside_python = kind == "p" or "left" in given.values
    beside_python = beside_python or (kind == "d" and said != OF_KERNELS and int not in beside)
    certain = certain and (all(map(_is_number_or_tensor, parts)) if beside_python else all(each))
    if kind in SIZES.values() and (others := _other_floats(world, names, given)):
        return "" if others == {kind} else PERHAPS
    if kind == "d" and said == OF_KERNELS:
        return UNCLEAR  # where an argument is none that it is made for, it is another one
    if kind == "c" and not all(map(_is_surely_complex, parts)):
        return PERHAPS
    if kind == "i" and int in anywhere and "left" in given.values:
        return PERHAPS
    certain = certain and given.values.keys() - UNTRIED <= fact.tried
    return said if certain else PERHAPS


UNTRIED = {"self", "name", "axis", "keepdims", "shape"}
"""What changes no dtype and need not be given in an experiment; what others do there is not known."""


def _of_numbers(world: Libraries, values: Iterable[Value], is_for_floats: bool) -> str:
    """The letter of the tensors that are made of whole numbers of Python's, or of arrays of such, where a call is given
    nothing else; a function that is not for floats converts arrays.
    """
    every = [(0,) if is_for_floats and _is_array_of_whole_numbers(v) else python_numbers(world, v) for v in values]
    numbers = [number for each in every for number in each or ()]
    return "i" if numbers and all(every) and all(type(number) is int for number in numbers) else ""


def _is_array_of_whole_numbers(value: Value) -> bool:
    return isinstance(value, Data) and value.kind == "numpy" and value.dtype == "i" and not form(value)


def letter_of(world: Libraries, value: Value) -> str:
    """The kind of numbers of a tensor, or of a variable of TensorFlow's, as dtypes.txt has it; "" for anything else."""
    if isinstance(value, Variable) and value.flavor != "tf":
        return ""
    if isinstance(value, Data) and (value.kind != "tensor" or form(value)):
        return ""
    if not isinstance(value, (Data, Variable)):
        return ""
    letter = dtype_of(world, value)
    return SIZES.get(widths.of(world, value), letter) if letter == "f" else letter


SIZES = {"float16": "h", "float64": "d"}
"""The kinds of floats that are not float32."""


def _other_floats(world: Libraries, names: frozenset[str], given: Given) -> set[str]:
    """The kinds of floats that other parameters are given or asked for, beside which no experiment was made."""
    mine = {"self", *names} if isinstance(given.get("self"), Opaque) else names  # an object of no dtype
    others = [part for name, value in given.values.items() if name not in mine for part in _parts(world, value)]
    found = {
        SIZES.get(widths.of(world, part), "f")
        for part in others
        if not isinstance(part, Const) and dtype_of(world, part) in ("f", "c", "?")
    }
    asked = [value for name in DTYPES if (value := given.get(name)) is not UNBOUND]
    return found | {SIZES.get(widths.named(value) or widths.seeming(world, value), "f") for value in asked}


def _is_number_or_tensor(value: Value) -> bool:
    return isinstance(value, (Const, Data, Variable))


def _is_surely_complex(value: Value) -> bool:
    """Whether a tensor is made complex here; of what is computed from complex numbers some is real."""
    made = value.node.op.removeprefix("tensorflow.") if isinstance(value, Data) else ""
    return isinstance(value, (Const, Variable)) or made in ("complex", "cast", "constant")


def _is_there(world: Libraries, given: Given, name: str) -> bool:
    """Whether there is another argument, which no experiment had there; beside operands plain numbers had been."""
    value = given.get(name)
    if "left" not in given.values:
        return value not in (UNBOUND, NO_VALUE)
    parts = _parts(world, value)
    return any(letter_of(world, part) or isinstance(getattr(part, "value", None), (str, bytes)) for part in parts)


def _is_several(value: Value) -> bool:
    return isinstance(value, OneOf)


def _parts(world: Libraries, value: Value) -> Sequence[Value]:
    """An argument, or what its list or tuple holds."""
    items = containers.sequence(world.run, value) if isinstance(value, (Cell, Tuple)) else None
    found: Iterable[Value] = items.items if isinstance(items, Tuple) else (value,)
    return [part for part in found if part is not UNBOUND]
