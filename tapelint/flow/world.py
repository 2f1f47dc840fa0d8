"""The other side of a run: what is asked about all that is not Python itself or the project's own code."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from .graph import Edge, Node, Site
from .state import Delta
from .values import Bound, Cell, Many, Value, Variable, Wrapped

if TYPE_CHECKING:
    from .core import Arguments, Frame


class World(Protocol):
    """What the interpreter asks of it."""

    # -- Python's operations on a library's values

    def library_module(self, name: str) -> Value:
        """What a qualified name stands for: a module, a function, a class or a constant of a library."""

    def is_library(self, name: str) -> bool:
        """Whether a module counts as a library even where the project has its code."""

    def base_family(self, name: str) -> str:
        """Which kind of class a library's is, for those that extend it; "" where that is not known."""

    def used(self, base: Value, how: str, site: Site) -> None:
        """The program calls a value, "()", asks for a part of it, "[]", or for an attribute, by its name."""

    def attribute(self, base: Value, name: str, site: Site) -> Value:
        """`base.name`."""

    def inherited(self, base: Value, cls: Value, name: str, site: Site) -> Value | None:
        """What an object of the project has from a library's class that its own extends; None for nothing."""

    def missing(self, instance: Cell, name: str, site: Site) -> None:
        """The classes of an object have no such attribute, and nobody was seen to give it one."""

    def set_attribute(self, base: Value, name: str, value: Value, site: Site) -> bool:
        """`base.name = value`; whether a library does it, and no field is to be written."""

    def has_fields(self, base: Wrapped, name: str) -> bool:
        """Whether a wrapped function takes an attribute as any object does."""

    def kept(self, base: Value, name: str, value: Value, replaces: bool) -> Value:
        """What an object has of a value that is assigned to an attribute; `replaces`: it surely has it by then."""

    def subscript(self, base: Value, index: Value, site: Site) -> Value:
        """`base[index]`."""

    def set_subscript(self, base: Value, index: Value, value: Value, site: Site) -> None:
        """`base[index] = value`."""

    def operate(self, op: str, operands: Sequence[Value], site: Site) -> Value:
        """What an operator gives, or what stands for one: "unary -", "bool", "format", "format spec", "any of"."""

    def augment(self, op: str, left: Value, right: Value, site: Site) -> Value:
        """`left op= right`."""

    def compared(self, op: str, left: Value, right: Value) -> bool | None:
        """What a comparison of texts gives that are not known wholly; None where nobody can tell."""

    def is_unhashable(self, value: Value) -> bool:
        """Whether a library lets a value be no key."""

    def truth(self, value: Value) -> bool | None:
        """Whether a value is true; None where nobody can tell."""

    def is_settled(self, value: Value) -> bool:
        """Whether a value is what it seems, and no setting of a module that cannot be seen."""

    def elements(self, value: Value, site: Site) -> list[Value] | Many:
        """What iterating over a library's value gives."""

    def call(self, callee: Value, args: Arguments, site: Site) -> Value:
        """Call something of a library."""

    def call_instance(self, instance: Cell, args: Arguments, site: Site) -> Value:
        """Call an object whose own class has no `__call__`: a base of a library may have one."""

    def ran(self, method: Bound, site: Site) -> None:
        """A method of the project was called, and is over."""

    # -- what Python asks of a value, which a library may refuse

    def iterated(self, value: Value, site: Site, to_end: bool) -> None:
        """Python is about to iterate over a value; `to_end`: it surely goes on until there is nothing more."""

    def looped(self, value: Value, site: Site) -> None:
        """A loop over a value becomes an operation of a graph."""

    def asked(self, value: Value, site: Site) -> None:
        """Python asks whether a value is true."""

    def sought(self, item: Value, value: Value, site: Site) -> None:
        """Python looks for an item in a value."""

    def keyed(self, key: Value, site: Site) -> None:
        """A list or a tuple is asked for what is there at a key."""

    def raised(self, error: str, site: Site) -> None:
        """The program raises here, unless a handler around it catches it."""

    # -- statements

    def enter(self, value: Value, site: Site) -> Value:
        """`with value as ...`: what is bound."""

    def leave(self, value: Value, site: Site) -> None:
        """The block of a `with value` is over."""

    def decorated(self, decorator: Value, function: Value, site: Site) -> Value:
        """What a decorator makes of a function or a class."""

    def condition(self, kind: str, value: Value, test: ast.expr, frame: Frame, statement: ast.AST) -> None:
        """A test was evaluated: that of an "if", a "while", an "assert", an "and" and so on."""

    def branched(self, arms: Sequence[Delta]) -> None:
        """The arms of a branch have been run, and have changed this."""

    # -- graphs: a condition or a loop may become an operation of one

    def staged(self, test: Value) -> str:
        """ "graph" where it becomes an operation, "maybe" where it may become one, else ""."""

    def traced(self, changed: Delta) -> Delta:
        """Of the fields that an arm has changed while a graph was made, those that stay so for the next."""

    def staged_value(self, made: Value, values: Sequence[Value], site: Site) -> Value:
        """What the operation adds to a value that it gives, which is one of several."""

    def staged_branch(self, word: str, old: Delta, ways: Sequence[Delta], site: Site) -> None:
        """What it adds to all that the arms of a branch have changed."""

    def staged_loop(self, first: int, old: Delta, new: Delta, word: str, site: Site) -> None:
        """What it adds to all that a loop's body has changed, whose nodes begin with the number `first`."""

    # -- what is unknown

    def is_from_outside(self, callee: Value) -> bool:
        """Whether a callable comes from outside, and is taken to be differentiable."""

    def behind(self, callee: Value, site: Site) -> Sequence[Edge]:
        """What calling something unknown uses for certain, beside what it is handed."""

    def handed_over(self, args: Arguments, site: Site) -> None:
        """A call of which nothing is known gets these."""

    def held_by(self, cell: Cell) -> Iterable[Value]:
        """What a library's object holds but for its fields."""

    # -- tapes

    def made(self, node: Node) -> None:
        """A node was made: who records it is to be noted."""

    def use(self, variable: Variable, site: Site | None) -> Node:
        """A variable is read: its node."""

    def is_recording(self, owner: int) -> bool:
        """Whether a field of this owner is a tape's own note."""

    def is_recorded(self) -> bool:
        """Whether a tape records at this time."""

    def marks(self) -> tuple[int, ...]:
        """How much has been noted so far: a call that leaves them as they are does nothing for a tape."""

    def paused(self) -> AbstractContextManager[None]:
        """While it lasts nothing is recorded."""
