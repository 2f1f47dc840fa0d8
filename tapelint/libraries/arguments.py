"""A call's arguments by parameter, and what is constant in them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapelint.facts import GIVEN, TENSOR, Parameter, ignores_dtype
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    View,
    const_dtype,
)

if TYPE_CHECKING:
    from .world import Libraries

CATEGORIES = (
    ("float", "f"), ("bfloat", "f"), ("half", "f"), ("double", "f"), ("single", "f"), ("int", "i"), ("uint", "i"),
    ("qint", "i"), ("quint", "i"), ("bool", "b"), ("complex", "c"), ("str", "s"), ("mixed", "?"), ("object", "s"),
)  # fmt: skip


def category(dtype: str) -> str:
    """A dtype's name as f, i, b, c, s or "?"."""
    return next((letter for start, letter in CATEGORIES if dtype.startswith(start)), "?")


@dataclass(slots=True)
class Given:
    """A call's arguments by parameter, with their places."""

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, ast.AST] = field(default_factory=dict)
    rest: Value | None = None

    def get(self, name: str, default: Value = UNBOUND) -> Value:
        return self.values.get(name, default)


def bind(parameters: Sequence[Parameter], args: Arguments) -> Given:
    """Positional and keyword arguments to parameters; `*names` get a tuple."""
    given = Given(rest=args.rest)
    plain = [p.name for p in parameters if not p.star and not p.keyword_only]
    star = next((p.name for p in parameters if p.star == "*"), None)
    for index, value in enumerate(args.positional):
        place = args.places.get(index)
        if index < len(plain):
            _put(given, plain[index], value, place)
        elif star is not None:
            old = given.values.get(star)
            given.values[star] = Tuple((*(old.items if isinstance(old, Tuple) else ()), value))
            if place is not None:
                given.places.setdefault(star, place)
        else:
            _put(given, f"argument {index}", value, place)
    for name, value in args.keywords.items():
        _put(given, name, value, args.places.get(name))
    return given


def misfit(parameters: Sequence[Parameter], args: Arguments) -> bool:
    """Whether a call has an argument for which there is no parameter, or none for one that needs it."""
    if args.rest is not None:
        return False
    named = {p.name: p for p in parameters if not p.star}
    plain = [p.name for p in named.values() if not p.keyword_only]
    stars = {p.star for p in parameters}
    more = len(args.positional) > len(plain) and "*" not in stars
    if more or (not args.keywords.keys() <= named.keys() and "**" not in stars):
        return True
    filled = plain[: len(args.positional)]
    twice = args.keywords.keys() & set(filled)
    return bool(twice) or any(not p.has_default and n not in (*filled, *args.keywords) for n, p in named.items())


def _put(given: Given, name: str, value: Value, place: ast.AST | None) -> None:
    given.values[name] = value
    if place is not None:
        given.places[name] = place


def constants(world: Libraries, given: Given) -> tuple[dict[str, object], set[str]]:
    """The constants of a call as facts take them, and the parameters whose value is not known."""
    known: dict[str, object] = {}
    unknown: set[str] = set()
    for name, value in given.values.items():
        plain = plain_constant(world, value)
        if plain is not UNSET:
            known[name] = plain
        elif isinstance(value, Variable) or (isinstance(value, Data) and value.kind not in ("python", "numpy")):
            known[name] = TENSOR
        elif name in DTYPES or isinstance(value, (Opaque, OneOf)) or getattr(value, "kind", "") == "python":
            unknown.add(name)
        elif value is not UNBOUND:
            known[name] = GIVEN
    return known, unknown


UNSET = object()

DTYPES = ("dtype", "output_type", "out_type", "Tout", "type")
"""Parameters that say what numbers come out."""

PERHAPS = "~"
"""Before the dtype that Keras casts to: float32, unless the program or its settings say another one somewhere."""


class OfWidth(str):
    """The category of a dtype, which `x.dtype` is, and the dtype's name as far as it is known."""

    width: str

    def __new__(cls, letter: str, width: str = "") -> OfWidth:
        made = super().__new__(cls, letter)
        made.width = width
        return made


def dtype_cell(word: str) -> Cell:
    """The object that a dtype is, or its name; the same one for the same dtype."""
    told = f"{type(word).__name__} {word} {getattr(word, 'width', '')}"
    return Cell(-int.from_bytes(told.encode(), "big"), "dtype", word)


TYPICAL = {"f": "float32", "i": "int32", "b": "bool", "c": "complex64", "s": "string"}


def plain_constant(world: Libraries, value: Value) -> object:
    """A constant, a dtype by its name, or a tuple of constants; UNSET for anything else."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Library):
        owner, _, last = value.name.rpartition(".")
        is_member = last.isupper() and owner.rpartition(".")[2][:1].isupper()
        return last.lower() if is_member else last  # `tf.image.ResizeMethod.AREA` is "area"
    if isinstance(value, Cell) and value.kind == "dtype":
        return getattr(value.info, "width", "").lstrip(PERHAPS) or TYPICAL.get(str(value.info), UNSET)
    if isinstance(value, Cell) and value.kind == "list":
        value = containers.stored(world.run, value)
    if isinstance(value, Tuple):
        items = tuple(plain_constant(world, item) for item in value.items)
        return items if UNSET not in items else UNSET
    return UNSET


def is_list(value: Value) -> bool:
    """Whether a value is a list or a tuple, whatever it holds."""
    is_tuple = isinstance(value, Tuple) and not isinstance(value, View)
    return is_tuple or (isinstance(value, Cell) and value.kind == "list")


def listed(world: Libraries, value: Value) -> Sequence[Value]:
    """The items of a list or tuple that is known."""
    items = containers.sequence(world.run, value) if isinstance(value, (Cell, Tuple)) else None
    return items.items if isinstance(items, Tuple) else ()


def python_numbers(world: Libraries, value: Value) -> list[float] | None:
    """The number of Python's that a value is, or those that a list of them holds, however deep; None for all else."""
    if isinstance(value, Const):
        return [value.value] if isinstance(value.value, (int, float)) else None
    items = containers.sequence(world.run, value) if isinstance(value, (Cell, Tuple)) else None
    each = [python_numbers(world, item) for item in items.items] if isinstance(items, Tuple) else [None]
    return None if None in each else [number for numbers in each if numbers for number in numbers]


def asked_dtype(name: str, given: Given) -> Value:
    """What a function, by the name of its fact, is asked for as a dtype; UNBOUND where there is nothing to heed."""
    asked = next((v for key in DTYPES if (v := given.get(key)) not in (UNBOUND, NO_VALUE)), UNBOUND)
    return UNBOUND if asked is not UNBOUND and ignores_dtype(name) else asked


def dtype_argument(value: Value) -> str:
    """What a `dtype` argument says."""
    if value is UNBOUND or value == NO_VALUE:
        return "f"
    if isinstance(value, Const) and isinstance(value.value, str):
        return category(value.value)
    if isinstance(value, Library):
        last = value.name.rpartition(".")[2].rstrip("_")
        return category(last)
    if isinstance(value, Cell) and value.kind == "dtype":
        return str(value.info)
    return "?"


def dtype_of(world: Libraries, value: Value) -> str:
    """The category of a value's numbers; "" for what has none."""
    if isinstance(value, (Data, Variable)):
        return value.dtype
    if isinstance(value, Opaque):
        return "?"
    if isinstance(value, Const) and value.value is not None and not isinstance(value.value, str):
        return const_dtype(value.value)
    if isinstance(value, OneOf):
        found = {dtype_of(world, o) for o in value.options} - {""}
        return found.pop() if len(found) == 1 else "?" if found else ""
    if isinstance(value, Cell) and value.kind == "list":
        return dtype_of(world, containers.stored(world.run, value))
    items = value.items if isinstance(value, Tuple) else (value.element,) if isinstance(value, Many) else ()
    inner = [dtype_of(world, item) for item in items]
    return next((letter for letter in "cf?ibs" if letter in inner), "")


def is_of_dtype(value: object) -> bool:
    """Whether TensorFlow reads a number, or a text, as that of a dtype where it needs a tensor."""
    return value in DTYPE_NAMES if isinstance(value, str) else value in DTYPE_NUMBERS


DTYPE_NUMBERS = frozenset((*range(1, 34), *range(101, 134)))
DTYPE_NAMES = frozenset(
    "bfloat16 bool complex64 complex128 double float float16 float32 float64 half int8 int16 int32 int64 string "  # noqa: SIM905
    "uint8 uint16 uint32 uint64".split()
)


def are_apart(one: str, other: str) -> bool:
    """Whether two categories of numbers are known, and are not the same: no tensor of the one is made of the other."""
    return one != other and {one, other} <= set("fibc")
