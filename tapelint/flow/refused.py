"""What Python itself refuses: an exception may leave where a value has not the method that an operation asks for."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from tapelint.source import class_body, last_name

from .arithmetic import ANSWERS, COMPARISONS
from .attributes import FROZEN
from .classes import Classes
from .core import Arguments
from .escape import CONTAINERS
from .graph import Site
from .matching import PLAIN, TUPLE
from .operators import METHODS
from .values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Partial,
    Tuple,
    Value,
    Wrapped,
    options,
)

PLAIN_BASES = (*PLAIN, Library("tensorflow.Module"))
"""Bases that give objects none of the methods that operations ask for."""

OF_NUMBERS = ("__iter__", "__getitem__", "__setitem__", "__len__", "__enter__")
"""Methods that numbers and functions have not."""

NAMED_TUPLE = Library("typing.NamedTuple")
PROTOCOLS = (Library("typing.Protocol"), Library("typing_extensions.Protocol"))
SMALL = 1000
"""Up to this numbers, and lengths of texts, are small enough that Python itself is asked."""


class Refused(Classes):
    """Asks before an operation whether Python refuses it: what is refused for certain, and what a handler may catch."""

    def asked(self, value: Value, name: str, site: Site | None = None) -> None:
        if site is not None and all(_is_plain_value(option) and self._lacks(option, name) for option in options(value)):
            self.world.raised("TypeError", site)
        elif self.attempts and any(self._lacks(option, name) for option in options(value)):
            self.may_raise("TypeError", isinstance(value, Const))

    def _lacks(self, value: Value, name: str) -> bool:
        """Whether a value has no method of this name for certain."""
        if isinstance(value, Const):
            return not hasattr(type(value.value), name)
        if isinstance(value, Data):
            return value.kind == "python" and value.dtype in ("i", "f", "b") and name in OF_NUMBERS
        if isinstance(value, Tuple):
            return name in ("__setitem__", "__enter__")
        if isinstance(value, (Function, Bound, Partial)):
            return name in OF_NUMBERS
        if not (isinstance(value, Cell) and value.kind == "instance"):
            return False
        order = self.lineage(value.info)
        for base in order:
            if isinstance(base, Class):
                filled = base.uid in self.records and name not in _COMPARING
                if base.node.keywords or (base.node.decorator_list and not filled):
                    return False
            elif base not in PLAIN_BASES:
                return False
        if self.state.get((value.uid, TUPLE)) is not UNBOUND:
            return False
        return all(self.class_attribute(value, each) is None for each in _INSTEAD.get(name, (name,)))

    def refused_attribute(self, base: Value, site: Site) -> None:
        for option in options(base):
            is_plain = isinstance(option, (Const, Tuple)) or (isinstance(option, Cell) and option.kind in CONTAINERS)
            if not is_plain or getattr(option, "info", None) is not None:
                return
        self.world.raised("AttributeError", site)

    # -- operators

    def refused_operands(self, op: str, left: Value, right: Value) -> None:
        if not self.attempts or op in ("==", "!=", "is", "is not"):
            return
        for first in options(left):
            for second in options(right):
                if isinstance(first, Const) and isinstance(second, Const):
                    error = _error_of(op, first.value, second.value)
                else:
                    error = "TypeError" if self._do_not_go_together(op, first, second) else ""
                if error:
                    self.may_raise(error, isinstance(left, Const) and isinstance(right, Const))

    def _do_not_go_together(self, op: str, left: Value, right: Value) -> bool:
        names = METHODS.get(op)
        if names is None or not (_is_plain(left) and _is_plain(right)):
            return False
        objects = [(v, n) for v, n in zip((left, right), names, strict=True) if _is_object(v)]
        if objects:
            text = op == "%" and isinstance(left, Const) and isinstance(left.value, (str, bytes))
            return not text and all(self._lacks(value, name) for value, name in objects)
        if NO_VALUE in (left, right):
            return not (op == "%" and isinstance(left, Const) and isinstance(left.value, str))
        return op == "+" and _kind(left) != _kind(right)

    # -- keys

    def hashed(self, key: Value, site: Site) -> None:
        every = options(key)
        surely = [self._is_unhashable(option) for option in every]
        if all(surely):
            self.world.raised("TypeError", site)
        elif self.attempts and (any(surely) or any(self._may_be_unhashable(option) for option in every)):
            self.may_raise("TypeError")

    def _is_unhashable(self, value: Value) -> bool:
        """Whether a value is never a key: a list, a dict, a tensor or variable of TensorFlow."""
        if isinstance(value, Tuple):
            return any(map(self._is_unhashable, value.items))
        if isinstance(value, Cell):
            return value.kind in ("list", "dict") and value.info is None
        return self.world.is_unhashable(value)

    def _may_be_unhashable(self, value: Value) -> bool:
        if isinstance(value, Tuple):
            return any(map(self._may_be_unhashable, value.items))
        if isinstance(value, Data):
            return value.kind in ("tensor", "numpy")
        if not (isinstance(value, Cell) and value.kind == "instance"):
            return isinstance(value, Cell) and value.kind in ("list", "dict", "set") and value.info is None
        for base in self.lineage(value.info):
            if not isinstance(base, Class):
                continue
            own = [self.state.get((base.uid, name)) for name in ("__hash__", "__eq__")]
            if own[0] is not UNBOUND:
                return own[0] == NO_VALUE
            if own[1] is not UNBOUND:
                return True
            if base.uid in self.records and self.state.get((base.uid, FROZEN)) is UNBOUND:
                given = [k.arg for d in base.node.decorator_list if isinstance(d, ast.Call) for k in d.keywords]
                return not {"eq", "unsafe_hash"} & set(given)
        return False

    # -- calls

    def doubtful_call(self, callee: Value, args: Arguments) -> None:
        if self.attempts and args.rest is None and any(self._misfits(option, args) for option in options(callee)):
            self.may_raise("TypeError")

    def _misfits(self, callee: Value, args: Arguments) -> bool:
        """Whether a class or what has some arguments already refuses a call."""
        if isinstance(callee, Partial):
            full = args.before(*callee.args)
            full.keywords = {**dict(callee.keywords), **args.keywords}
            return self.misfits(callee.function, full) or self._misfits(callee.function, full)
        if isinstance(callee, Wrapped) and callee.kind == "named tuple":
            return _do_not_fit([name for name, _ in callee.options], None, args)
        if not isinstance(callee, Class):
            return False
        if self._cannot_be_made(callee):
            return True
        if callee.uid in self.members:
            return False
        order = self.lineage(callee)
        if NAMED_TUPLE in order:
            fields = self.fields_of_class(callee)
            needed = {f for f in fields if all(self.state.get((c.uid, f)) is UNBOUND for c in _own(order))}
            return _do_not_fit(fields, needed, args)
        if any(self.state.get((c.uid, name)) is not UNBOUND for c in _own(order) for name in ("__init__", "__new__")):
            return False
        if (record := self.record_of(callee)) is not None and record.init:
            taken = [f for f in record.fields if f.init]
            needed = {f.name for f in taken if f.default is UNBOUND and f.factory is UNBOUND}
            named = {f.name for f in taken if f.by_name}
            return _do_not_fit(record.positional(), needed, args, named)
        return bool(args.every()) and all(
            base in PLAIN_BASES or (isinstance(base, Class) and not base.node.decorator_list and not base.node.keywords)
            for base in order
        )

    def _cannot_be_made(self, cls: Class) -> bool:
        """Whether a class is a protocol, or has methods that are to be overridden."""
        order = self.lineage(cls)
        if any(base in PROTOCOLS for base in cls.bases):
            return True
        told = any(last_name(k.value) == "ABCMeta" for c in _own(order) for k in c.node.keywords)
        if Library("abc.ABC") not in order and not told:
            return False
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        names = {n.name for c in _own(order) for n in class_body(c.node) if isinstance(n, functions)}
        return any(self._is_to_be_overridden(cls, name) for name in names)

    def _is_to_be_overridden(self, cls: Class, name: str) -> bool:
        found = self.find_in_class(cls, name)
        held = found[0] if found is not None else UNBOUND
        while isinstance(held, Wrapped):
            held = held.function
        decorators = getattr(held.node, "decorator_list", ()) if isinstance(held, Function) else ()
        return any(last_name(each).startswith("abstract") for each in decorators)


_COMPARING = {name for op in COMPARISONS for name in METHODS[op]}
_INSTEAD = {"__iter__": ("__iter__", "__getitem__")}
"""Methods in whose place another one will do."""


def _own(order: list[Value]) -> list[Class]:
    return [base for base in order if isinstance(base, Class)]


def _is_object(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind == "instance"


def _is_plain(value: Value) -> bool:
    """Whether a value is one of Python's own kinds, or an object."""
    return isinstance(value, (Const, Tuple)) or (
        isinstance(value, Cell) and value.kind in ("instance", "list", "dict", "set")
    )


def _kind(value: Value) -> str:
    if isinstance(value, Cell):
        return value.kind
    return "tuple" if isinstance(value, Tuple) else "constant"


def _do_not_fit(fields: list[str], needed: set[str] | None, args: Arguments, named: set[str] | None = None) -> bool:
    """Whether fields cannot be filled with arguments: `needed` those without a default, `named` those given by name."""
    placed = fields[: len(args.positional)]
    given = {*placed, *args.keywords}
    if len(args.positional) > len(fields) or not set(args.keywords) <= {*fields, *(named or ())}:
        return True
    return bool(set(placed) & set(args.keywords)) or (needed is not None and not needed <= given)


_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    **ANSWERS, "@": operator.matmul, "<<": operator.lshift, ">>": operator.rshift, "not in": lambda a, b: a not in b,
}  # fmt: skip


def _error_of(op: str, left: Any, right: Any) -> str:
    """The exception that an operator on two constants ends in, where that is soon found out."""
    compute = _COMPUTE.get(op)
    if compute is None or not (_is_small(left) and _is_small(right)):
        return ""
    if op == "%" and isinstance(left, str) and any(c.isdigit() for c in left):
        return ""
    try:
        compute(left, right)
    except (TypeError, ValueError, ArithmeticError, MemoryError) as error:
        return type(error).__name__
    return ""


def _is_small(value: object) -> bool:
    if isinstance(value, (str, bytes)):
        return len(value) < SMALL
    return not isinstance(value, (int, float)) or isinstance(value, bool) or abs(value) < SMALL


def _is_plain_value(value: Value) -> bool:
    """Whether a value is a constant or a function: all that it has is known."""
    return isinstance(value, (Const, Function, Bound))
