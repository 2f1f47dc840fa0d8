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
    *("__subclasscheck__", "__len__", "__length_hint__", "__bytes__", "__fspath__"),
    *("__sizeof__", "__trunc__", "__ceil__", "__floor__", "__array__"),
    *("__array_ufunc__", "__array_function__", "__array_interface__", "__array_struct__"),
}
"""Methods that Python runs by itself where nothing is written of them."""
OF_BASES = {"emit"}
"""Methods that a base class of a library runs by itself: a handler of logging does."""

FRAMEWORKS = {
    *("callbacks", "utils", "optimizers", "metrics", "regularizers", "constraints", "initializers", "schedules"),
    *("ast", "html", "json", "argparse", "cmd", "string", "pickle", "logging"),
}
"""Modules whose classes run methods of what extends them at times that cannot be seen."""

CHANGING = {"append", "add", "extend", "update", "insert", "pop", "setdefault", "remove", "clear", "write"}
"""Methods that change what they are called on."""

DOING = {
    *("exec", "eval", "compile", "setattr", "delattr", "next", "globals", "locals", "vars", "map", "filter"),
    *("__import__", "breakpoint", "input"),
}
"""Functions of Python that change something, or run what they are given."""

ITERATING = {
    *("list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "max", "min", "any", "all", "zip", "enumerate"),
}
"""Functions of Python that go through what they are given."""

GIVING = {
    *(name for kind in (str, tuple, frozenset, float, int) for name in dir(kind)),
    *("get", "items", "keys", "values"),
}
"""Methods of Python's own kinds that only give something."""

LIBRARIES = {"np", "numpy", "math", "tf", "tensorflow", "keras", "os", "json", "operator"}
"""The names of modules whose functions, those that are written in small letters, are taken to give something only."""


def has_effects(function: ast.AST) -> bool:
    """Whether a method does more than to give something: it writes somewhere, or calls a function that may."""
    nodes, bound = _taken_apart(function)
    for node in nodes:
        if any(isinstance(used, ast.Name) and used.id not in bound for used in _used_up(node)):
            return True  # an iterator from outside
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            return True
        if isinstance(node, ast.Call) and not _only_gives(node.func):
            return True
    return False


def reaches_out(function: ast.AST) -> bool:
    """Whether a method writes where others read: not only in what it is called on, or is given."""
    nodes, bound = _taken_apart(function)
    for node in nodes:
        if isinstance(node, ast.Global | ast.Nonlocal):
            return True
        written: ast.expr | None = None
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            written = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            written = node.func.value
        while isinstance(written, ast.Attribute | ast.Subscript):
            written = written.value
        if isinstance(written, ast.Name) and written.id not in bound:
            return True
    return False


def _taken_apart(function: ast.AST) -> tuple[list[ast.AST], set[str]]:
    """The nodes of a function's own, and the names that it binds."""
    nodes = list(walk(function) if isinstance(function, ast.Lambda) else own_nodes(function))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        bound |= {node.arg for node in walk(function.args) if isinstance(node, ast.arg)}
    return nodes, bound


def _used_up(node: ast.AST) -> list[ast.expr]:
    """What is perhaps an iterator, of which something is taken here."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ITERATING:
        return [each.value if isinstance(each, ast.Starred) else each for each in node.args]
    return [node.iter] if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) else []


def _only_gives(called: ast.expr) -> bool:
    """Whether a function that is called, by this name, is one that changes nothing."""
    if isinstance(called, ast.Name):
        return hasattr(builtins, called.id) and called.id not in DOING
    if not isinstance(called, ast.Attribute):
        return False
    root: ast.expr = called
    while isinstance(root, ast.Attribute):
        root = root.value
    return called.attr in GIVING or (isinstance(root, ast.Name) and root.id in LIBRARIES)


def runs_effects(body: list[ast.stmt], names: set[str]) -> bool:
    """Whether methods of these names that a class has do more than to give something."""
    own = {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    if any(name in names and has_effects(node) for name, node in own.items()):
        return True
    for node in body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in node.targets):
            value = own.get(node.value.id) if isinstance(node.value, ast.Name) else None
            if _may_have_effects(value or node.value):
                return True
    return False


def _may_have_effects(value: ast.AST) -> bool:
    """Whether what a class has as a method may do more than to give something."""
    if isinstance(value, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return has_effects(value)
    return not isinstance(value, ast.Constant) and not _is_of_python(value)


def _is_of_python(value: ast.AST) -> bool:
    """Whether a method is one that Python's own classes have."""
    return isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and hasattr(builtins, value.value.id)


def is_effective(value: Value) -> bool:
    """Whether a value is a function of the program that does more than to give something."""
    function = _of_the_program(value)
    return function is not None and has_effects(function)


def is_reaching_out(value: Value) -> bool:
    """Whether a value is a function of the program that writes where others read."""
    function = _of_the_program(value)
    return function is not None and reaches_out(function)


def _of_the_program(value: Value) -> ast.AST | None:
    """The function of the program that a value calls; None for anything else."""
    while isinstance(value, (Bound, Partial, Wrapped)):
        value = value.function
    return value.node if isinstance(value, Function) else None
