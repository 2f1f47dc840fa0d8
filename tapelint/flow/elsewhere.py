"""What code that is not run may have written before: globals that functions rebind, fields that other methods fill."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from tapelint.source import Source, class_body, walk

from . import containers
from .classes import Classes
from .core import Core
from .effects import CHANGING
from .escape import CONTAINERS
from .state import Key
from .values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Function,
    Library,
    Many,
    OneOf,
    Partial,
    Tuple,
    Value,
    Wrapped,
    options,
)

Part = TypeVar("Part", bound=ast.expr)

_GLOBAL = re.compile(r"\bglobal[\s\\]")


def rebound_globals(source: Source) -> frozenset[str]:
    """The module's names that its functions bind anew."""
    return source.answer(_rebound)


def _rebound(source: Source) -> frozenset[str]:
    nodes = source.nodes if _GLOBAL.search(source.text) else ()  # most modules have none
    return frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names)


def set_in_modules(source: Source) -> frozenset[str]:
    """The names that `setattr(sys.modules[...], "name", ...)` binds, in whichever module."""
    if "setattr" not in source.text:
        return frozenset()
    calls = (n for n in source.nodes if isinstance(n, ast.Call) and len(n.args) == 3)
    return frozenset(
        str(call.args[1].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "setattr"
        and isinstance(call.args[1], ast.Constant)
        and "sys.modules" in ast.unparse(call.args[0])
    )


ANY = "*"
"""Stands for all names among those that code sets."""


def attributes_set(source: Source) -> frozenset[str]:
    """The names of the attributes that a module's code sets, in whichever object."""
    names = {node.attr for node in source.nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    if "setattr" in source.text or "__dict__" in source.text:
        names.add(ANY)
    return frozenset(names)


def loosen(core: Core, uid: int, names: Collection[str]) -> None:
    """What these names hold may be something else by now."""
    for name in sorted(names):
        if core.state.get((uid, name)) is not UNBOUND:
            core.state.set((uid, name), core.missing(None, name))


def fill(core: Classes, instance: Cell, entry: ast.AST, called: Collection[ast.AST]) -> None:
    """Fields of an object that were given a mere placeholder, and that methods which did not run fill.

    `entry` is the method that is about to be run, `called` are the functions that ran. Objects in its fields are filled
    likewise.
    """
    todo, seen = [instance], {instance.uid}
    while todo:
        each = todo.pop()
        for name in dict.fromkeys(_mentioned(core, each, entry, called)):
            _fill_field(core, each, name)
        for owner, name in list(_set_within(core, each, entry, called)):
            _fill_field(core, owner, name)
        for node in _nodes_elsewhere(core, each, entry, called):
            if isinstance(target := _changed(node), ast.Attribute) and _is_named(target.value, "self"):
                _change(core, core.state.get((each.uid, target.attr)))
        held = [o for field in core.fields(each.uid) for o in options(field)]
        inner = [o for o in held if isinstance(o, Cell) and o.kind == "instance" and o.uid not in seen]
        seen.update(o.uid for o in inner)
        todo += inner


def fill_module(core: Classes, uid: int, source: Source, called: Collection[ast.AST]) -> None:
    """Likewise the lists and dicts of a module that functions which did not run mention."""
    held = {name: core.state.get((uid, name)) for _, name in core.state.keys_of({uid})}
    empty = {name for name, value in held.items() if isinstance(value, Cell) and _is_empty(core, value)}
    functions = [each for each in source.answer(_functions_of) if each.node not in called]
    for name in sorted(empty & {n for each in functions for n in each.names}):
        _fill_name(core, uid, name)
    classes = {cls.name: cls for cls in core.defined if cls.module == uid}
    owners = {n: cls for cls in classes.values() for n in class_body(cls.node)}
    for function in functions:
        known = {**classes, "cls": owners[function.node]} if function.node in owners else classes
        for node in function.changes:
            _fill_by(core, uid, node, known)
    for value in held.values():
        if isinstance(value, Cell) and value.kind == "instance" and isinstance(value.info, Class):
            fill(core, value, source.tree, called)


class _Function(NamedTuple):
    """What stands in a function: the names that it mentions, and what in it sets an attribute or changes items."""

    node: ast.AST
    names: frozenset[str]
    changes: tuple[ast.AST, ...]


def _functions_of(source: Source) -> list[_Function]:
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    names: list[ast.Name] = []
    changes: list[ast.expr] = []
    for node in source.nodes:
        if isinstance(node, ast.Name):
            names.append(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.append(node)
        elif isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)) and (_is_set(node) or _changed(node)):
            changes.append(node)
    names.sort(key=_place)
    changes.sort(key=_place)
    return [
        _Function(node, frozenset(n.id for n in _within(names, node)), tuple(_within(changes, node)))
        for node in functions
    ]


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _within(nodes: list[Part], function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Part]:
    """Those of the nodes, which are in their order, that stand in a function, its decorators included."""
    begins = [*map(_place, function.decorator_list), (function.lineno, function.col_offset)]
    end = (function.end_lineno or function.lineno, function.end_col_offset or 0)
    return nodes[bisect_left(nodes, min(begins), key=_place) : bisect_left(nodes, end, key=_place)]


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)


def _fill_by(core: Classes, module: int, node: ast.AST, classes: Mapping[str, Class]) -> None:
    """What a node of a function that did not run may change in its module, and in classes, by their names there."""
    target = _changed(node)
    if isinstance(target, ast.Name):
        _change(core, core.state.get((module, target.id)))
    changed = target if isinstance(target, ast.Attribute) else node
    if isinstance(changed, ast.Attribute) and isinstance(changed.value, ast.Name) and changed.value.id in classes:
        cls = classes[changed.value.id]
        if target is not None:
            _change(core, core.state.get((cls.uid, changed.attr)))
        elif not isinstance(changed.ctx, ast.Load):
            _fill_name(core, cls.uid, changed.attr)


def _changed(node: ast.AST) -> ast.expr | None:
    """The list or dict of which a node changes what it holds."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return node.value
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING
    return node.func.value if is_call else None  # type: ignore[attr-defined]


def _is_named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _change(core: Core, value: Value) -> None:
    """Code that is not run may have changed a list or a dict: one of constants and functions holds others, too."""
    if not isinstance(value, Cell) or value.kind not in ("list", "dict"):
        return
    items = core.state.get((value.uid, "items"))
    if isinstance(items, Tuple) and items.items and _is_plain(items):
        item = core.opaque(None)
        if value.kind == "dict":
            containers.store_some(core, value, item, item)
        else:
            containers.extend(core, value, Many(item))


def _is_plain(value: Value) -> bool:
    plain = isinstance(value, (Const, Function, Library, Class, Bound, Partial, Wrapped))
    return all(map(_is_plain, value.items)) if isinstance(value, Tuple) else plain


def _is_constant(value: Value) -> bool:
    return all(map(_is_constant, value.items)) if isinstance(value, Tuple) else isinstance(value, Const)


def _fill_field(core: Classes, owner: Cell, name: str) -> None:
    """A field that an object has, or has of its class."""
    found = core.find_in_class(owner.info, name) if owner.kind == "instance" else None
    if core.state.get((owner.uid, name)) is not UNBOUND:
        _fill_name(core, owner.uid, name)
    elif found is not None and isinstance(found[1], Class) and isinstance(found[0], Const):
        core.store_field(owner, name, core.opaque(None, hint=name))


def _set_within(
    core: Classes, instance: Cell, entry: ast.AST, called: Collection[ast.AST]
) -> Iterator[tuple[Cell, str]]:
    """The fields of objects in an object's fields that methods which did not run assign: `self.inner.name = ...`."""
    for node in _nodes_elsewhere(core, instance, entry, called):
        if not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
            continue
        path, base = [], node.value
        while isinstance(base, ast.Attribute):
            path.append(base.attr)
            base = base.value
        owner: Value = instance
        for name in reversed(path) if _is_named(base, "self") else ():
            owner = core.state.get((owner.uid, name)) if isinstance(owner, Cell) else UNBOUND
        if isinstance(owner, Cell) and owner is not instance:
            yield owner, node.attr


def mentioned(core: Classes, instance: Cell, entry: ast.AST, called: Collection[ast.AST]) -> Iterator[Value]:
    """What the fields hold, and the lists and dicts in them, that methods which did not run may change."""
    todo = [core.state.get((instance.uid, name)) for name in dict.fromkeys(_mentioned(core, instance, entry, called))]
    seen = {instance.uid}
    while todo:
        value = todo.pop()
        yield value
        if isinstance(value, (Tuple, Many, OneOf)) or (isinstance(value, Cell) and value.kind in CONTAINERS):
            todo += core.inside(value, seen)


def fill_scopes(core: Core, functions: Iterable[Function], called: Collection[ast.AST]) -> None:
    """Likewise what functions share with the one that they were defined in, and bind anew or fill."""
    for function in functions:
        nodes = walk(function.node)
        rebound = {name for node in nodes if isinstance(node, ast.Nonlocal) for name in node.names}
        filled = {node.id for node in nodes if isinstance(node, ast.Name)} if function.node not in called else set()
        for scope in function.scopes:
            loosen(core, scope, rebound)
            for name in sorted(filled):
                if isinstance(core.state.get((scope, name)), Cell):
                    _fill_name(core, scope, name)


@contextmanager
def at_any_time(core: Classes, function: Function, held: Value) -> Iterator[None]:
    """While it lasts, fields that hold None and that methods assign hold something unknown: a function in unknown
    hands may be called after they were assigned."""
    loosened: dict[Key, Value] = {}
    for value in (held, *core.captured(function)):
        for cell in (o for o in options(value) if isinstance(o, Cell) and o.kind == "instance"):
            if NO_VALUE not in core.fields(cell.uid):
                continue
            for name in dict.fromkeys(_mentioned(core, cell, function.node, ())):
                if core.state.get((cell.uid, name)) == NO_VALUE:
                    loosen(core, cell.uid, (name,))
                    loosened[cell.uid, name] = core.state.get((cell.uid, name))
    yield
    for key, value in loosened.items():
        if core.state.get(key) is value:
            core.state.set(key, NO_VALUE)


def _fill_name(core: Core, uid: int, name: str) -> None:
    value = core.state.get((uid, name))
    if isinstance(value, Const) or (isinstance(value, Tuple) and value.items and _is_constant(value)):
        core.state.set((uid, name), core.opaque(None, hint=name))
    elif isinstance(value, Cell) and _is_empty(core, value):
        item = core.opaque(None, hint=name)
        core.state.set((value.uid, "items"), Many(Tuple((item, item)) if value.kind == "dict" else item))


def _is_empty(core: Core, value: Cell) -> bool:
    return value.kind in ("list", "dict") and core.state.get((value.uid, "items")) == Tuple(())


def _mentioned(core: Classes, instance: Cell, entry: ast.AST, called: Collection[ast.AST]) -> Iterator[str]:
    """The fields that methods which did not run assign, or whose contents they may change."""
    for cls in core.lineage(instance.info):
        for method in _methods_elsewhere(cls, entry, called):
            for node in walk(method):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
                    private = node.attr.startswith("__") and not node.attr.endswith("__")
                    name = f"_{cls.name.lstrip('_')}{node.attr}" if private and isinstance(cls, Class) else node.attr
                    held = core.state.get((instance.uid, name))
                    if isinstance(node.ctx, ast.Store) or isinstance(held, Cell):
                        yield name


def _methods_elsewhere(cls: Value, entry: ast.AST, called: Collection[ast.AST]) -> list[ast.stmt]:
    """The methods of a class that did not run, without the one that is about to be run."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = class_body(cls.node) if isinstance(cls, Class) else ()
    return [m for m in body if isinstance(m, functions) and m is not entry and m not in called]


def _nodes_elsewhere(core: Classes, instance: Cell, entry: ast.AST, called: Collection[ast.AST]) -> Iterator[ast.AST]:
    for cls in core.lineage(instance.info):
        for method in _methods_elsewhere(cls, entry, called):
            yield from walk(method)
