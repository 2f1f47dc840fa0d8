"""What an expression can be worth, as far as gradients care.

Values are frozen; what changes (a list's items, an instance's fields) lives in the state under the value's identity.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .graph import Node, Site
from .ranges import Range


class Value:
    """Base of all values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unbound(Value):
    """No value: a name before its assignment, a field that was never written."""


UNBOUND = Unbound()


@dataclass(frozen=True, slots=True)
class Flag(Value):
    """A mark in the state, set for certain or on some ways through only; absent is UNBOUND."""

    sure: bool = True


@dataclass(frozen=True, slots=True)
class Perhaps(Value):
    """What the state holds of a field that was written on some of several ways only: its value there."""

    value: Value


def plain(held: Value) -> Value:
    """The value of a field, if it has one, from what the state holds."""
    return held.value if type(held) is Perhaps else held


@dataclass(frozen=True, slots=True)
class Names(Value):
    """The names of an object's fields in the order of first writing."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Const(Value):
    """A Python constant: None, a bool, number, string, bytes or Ellipsis."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const) or type(self.value) is not type(other.value):
            return False
        return bool(self.value == other.value) or self.value is other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True, eq=False)
class Member(Const):
    """A member of an enumeration that is a number or a text as well: it equals that, and is another than that."""

    of: Value
    name: str

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const):
            return False
        mine, its = _bare(self.value), _bare(other.value)
        return type(mine) is type(its) and bool(mine == its)

    def __hash__(self) -> int:
        return hash((type(_bare(self.value)), _bare(self.value)))


def _bare(value: Any) -> Any:
    """A constant, a flag that is a number as that number."""
    return int(value) if isinstance(value, enum.IntFlag) else value


NO_VALUE = Const(None)
TRUE, FALSE = Const(True), Const(False)
NOT_IMPLEMENTED = Const("NotImplemented")


@dataclass(frozen=True, slots=True)
class Data(Value):
    """A number or an array of numbers with its node in the graph.

    `kind` is "tensor", "numpy", "python" or SYMBOLIC; `dtype` a category: f(loat), i(nteger), b(ool), c(omplex),
    s(tring) or "?". `shape` is known, partly known (None for a length) or unknown (None). `range` bounds its numbers.
    `width` is the dtype by its name, where that is known for sure. `is_part`: it is what the thing holds that the node
    stands for, as the values of a sparse tensor.
    """

    node: Node
    kind: str = "tensor"
    dtype: str = "f"
    shape: tuple[int | None, ...] | None = None
    range: Range | None = None
    width: str = ""
    is_part: bool = False


SYMBOLIC = "symbolic"
"""The kind of what stands for tensors that are computed later, when what it is made of is run again."""


@dataclass(frozen=True, slots=True)
class Opaque(Value):
    """Something of which nothing is known but what it may have been made from."""

    node: Node
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Tuple(Value):
    """A tuple of known length; `names` where it is a named one."""

    items: tuple[Value, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View(Tuple):
    """What `keys()`, `values()` or `items()` of a dict shows: its keys (`which` 0), its values (1), or both (None)."""

    of: Value = UNBOUND
    which: int | None = None


@dataclass(frozen=True, slots=True)
class Counted(Tuple):
    """The numbers of a `range`, which is no tuple to those who ask."""


@dataclass(frozen=True, slots=True)
class Many(Value):
    """A sequence of unknown length; every element is like `element`."""

    element: Value


@dataclass(frozen=True, slots=True)
class OneOf(Value):
    """One of several values, by the way that was taken."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SliceOf(Value):
    """The value of `a:b:c` in a subscript; None for what was left out."""

    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True, slots=True)
class Library(Value):
    """A module, function, class or constant of a library, by its qualified name, and as the program calls it."""

    name: str
    spelled: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Method(Value):
    """A library's method of a value."""

    base: Value
    name: str


@dataclass(frozen=True, slots=True)
class Cell(Value):
    """An object with identity whose fields lie in the state.

    `kind` is "list", "dict", "set", "instance", or a library's word (tape, layer, optimizer, dataset ...); `info` is
    what never changes about it.
    """

    uid: int
    kind: str
    info: Any = field(default=None, compare=False)
    site: Site | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Variable(Value):
    """A `tf.Variable` or `keras.Variable`. `trainable` None: nobody can tell."""

    uid: int
    node: Node = field(compare=False)
    flavor: str = field(default="tf", compare=False)
    trainable: bool | None = field(default=True, compare=False)
    dtype: str = field(default="f", compare=False)
    shape: tuple[int | None, ...] | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)
    site: Site | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Function(Value):
    """A function of the project. `scopes` are the frames that it closes over, innermost first."""

    uid: int
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = field(compare=False)
    module: int = field(compare=False)
    scopes: tuple[int, ...] = field(compare=False)
    defaults: tuple[tuple[str, Value], ...] = field(default=(), compare=False)
    owner: Value | None = field(default=None, compare=False)
    name: str = field(default="<lambda>", compare=False)


@dataclass(frozen=True, slots=True)
class Class(Value):
    """A class of the project; its namespace is the frame `uid`."""

    uid: int
    node: ast.ClassDef = field(compare=False)
    module: int = field(compare=False)
    bases: tuple[Value, ...] = field(default=(), compare=False)
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Bound(Value):
    """A method of the project with its object."""

    function: Value
    self: Value


@dataclass(frozen=True, slots=True)
class Super(Value):
    """`super()`: lookups start after `after` in the object's classes."""

    after: Value
    self: Value


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """A callable with some arguments given."""

    function: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Wrapped(Value):
    """A project's callable inside a library's wrapper or descriptor, by `kind`: "tensorflow.function"."""

    kind: str
    function: Value
    options: tuple[tuple[str, Value], ...] = ()
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Generator(Value):
    """A generator that was made and not consumed yet: its body runs when it is."""

    uid: int
    function: Function = field(compare=False)
    frame: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class ModuleValue(Value):
    """A module of the project; its names lie in the frame `uid`."""

    uid: int
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Deferred(Value):
    """A name imported by `from module import name` whose module was not run yet."""

    site: Site
    name: str


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value, itself where there is one."""
    return value.options if isinstance(value, OneOf) else (value,)


def parts_of(value: Value) -> tuple[Value, ...]:
    """What lies in a sequence, or what it is one of; of a single value nothing."""
    if isinstance(value, Many):
        return (value.element,)
    return value.items if isinstance(value, Tuple) else value.options if isinstance(value, OneOf) else ()


def is_tensor(value: Value) -> bool:
    """Whether a value is a tensor or a variable, and not one of several alternatives."""
    return isinstance(value, Variable) or (isinstance(value, Data) and value.kind == "tensor")


def number_of(value: Value) -> float | None:
    """The number that a constant is; None for what is none, or too large for a float."""
    if not isinstance(value, Const) or not isinstance(value.value, (int, float)):
        return None
    try:
        return float(value.value)
    except OverflowError:
        return None


def const_dtype(value: object) -> str:
    """The category of a Python constant."""
    if isinstance(value, bool):
        return "b"
    if isinstance(value, int):
        return "i"
    if isinstance(value, float):
        return "f"
    if isinstance(value, complex):
        return "c"
    return "s" if isinstance(value, (str, bytes)) else "?"


COMPARED = 8
"""So many values are sooner compared one by one than looked up by their hashes."""


def one_of(values: Iterator[Value] | tuple[Value, ...] | list[Value]) -> Value:
    """The value that is one of these."""
    found: list[Value] = []
    known: set[Value] | None = None
    for value in values:
        for option in options(value):
            if option is UNBOUND or option in (found if known is None else known):
                continue
            found.append(option)
            if known is not None:
                known.add(option)
            elif len(found) > COMPARED:
                known = set(found)
    if not found:
        return UNBOUND
    return found[0] if len(found) == 1 else OneOf(tuple(found))
