"""Methods and functions that Python and its libraries run by themselves, as far as these do something."""

from __future__ import annotations

import ast
import builtins

from tapelint.source import walk

from .functions import own_nodes
from .values import Bound, Function, Partial, Value, Wrapped

AT_ANY_TIME = {
    *("__eq__", "__ne__", "__hash__", "__repr__", "__float__", "__int__", "__index__", "__complex__"),
    *("__round__", "__abs__", "__divmod__", "__dir__", "__reduce__", "__getstate__", "__setstate__", "__missing__"),
    *("__instancecheck__", "__subclasshook__", "__mro_entries__", "__prepare__", "keys", "__aenter__", "__aexit__"),
}
"""Methods that Python runs by itself where nothing is written of them."""
OF_BASES = {"emit"}
"""Methods that a base class of a library runs by itself: a handler of logging does."""

CHANGING = {"append", "add", "extend", "update", "insert", "pop", "setdefault", "remove", "clear", "write"}
"""Methods that change what they are called on."""


def has_effects(function: ast.AST) -> bool:
    """Whether a method does more than to give something: it writes somewhere, or calls a function that may."""
    nodes = walk(function) if isinstance(function, ast.Lambda) else own_nodes(function)
    for node in nodes:
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            return True
        if isinstance(node, ast.Call):
            name = node.func
            if isinstance(name, ast.Name) and not hasattr(builtins, name.id) and name.id.islower():
                return True
            if isinstance(name, ast.Attribute) and name.attr in CHANGING:
                return True
    return False


def is_effective(value: Value) -> bool:
    """Whether a value is a function of the program that does more than to give something."""
    while isinstance(value, (Bound, Partial, Wrapped)):
        value = value.function
    return isinstance(value, Function) and has_effects(value.node)
