"""What values hold: the fields of objects, what functions see, what can be reached from all of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tapelint.source import class_body, walk

from .graph import Node
from .state import Key, State
from .values import (
    UNBOUND,
    Bound,
    Cell,
    Class,
    Data,
    Function,
    Generator,
    Many,
    Method,
    Names,
    OneOf,
    Opaque,
    Partial,
    Super,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

if TYPE_CHECKING:
    from .world import World


class Holding:
    """Looks into values, as the state is now."""

    state: State
    world: World
    enclosing: set[int]
    """The frames that functions defined in them may still read when they are left."""
    namespaces: set[int]
    """The modules and classes of the program."""

    def __init__(self) -> None:
        self._mentioned: dict[ast.AST, tuple[str, ...]] = {}

    def nodes_in(self, value: Value, seen: set[int] | None = None) -> list[Node]:
        """Every node that can be reached from a value, deep."""
        seen = set() if seen is None else seen
        found: list[Node] = []
        todo = [value]
        shared: set[int] = set()
        while todo:
            item = todo.pop()
            if isinstance(item, (Data, Opaque, Variable)):
                found.append(item.node)
            elif id(item) not in shared:
                shared.add(id(item))
                todo.extend(self.inside(item, seen))
        return found

    def inside(self, value: Value, seen: set[int]) -> Iterable[Value]:
        """What a value holds, one level deep; objects in `seen` are passed over."""
        if isinstance(value, Tuple):
            return value.items
        if isinstance(value, Many):
            return (value.element,)
        if isinstance(value, OneOf):
            return value.options
        if isinstance(value, Bound):
            return (value.self, value.function)
        if isinstance(value, Super):
            return (value.self,)
        if isinstance(value, Method):
            return (value.base,)
        if isinstance(value, Partial):
            return (*value.args, *(v for _, v in value.keywords), value.function)
        if isinstance(value, Wrapped):
            return (value.function,)
        if isinstance(value, Cell):
            if value.uid in seen:
                return ()
            seen.add(value.uid)
            made_by = [value.info] if isinstance(value.info, Class) else []
            return [*self.fields(value.uid), *self.world.held_by(value), *made_by]
        if isinstance(value, Class):
            if value.uid in seen:
                return ()
            seen.add(value.uid)
            return [*value.bases, *self._namespace(value)]
        if isinstance(value, (Function, Generator)):
            if value.uid in seen:
                return ()
            seen.add(value.uid)
            return self.captured(value if isinstance(value, Function) else value.function)
        return ()

    def fields(self, uid: int) -> list[Value]:
        """All values stored under an identity."""
        names = self.state.get((uid, "__names__"))
        if isinstance(names, Names):
            return [self.state.get((uid, name)) for name in names.names]
        return [self.state.get((uid, "items")), self.state.get((uid, "uses"))]

    def is_of_python(self, key: Key) -> bool:
        """Whether a field is a name, an item or an attribute of the program, and not a library's own note."""
        owner, name = key
        if name == "items" or owner in self.enclosing or owner in self.namespaces:
            return not name.startswith("__")
        names = self.state.get((owner, "__names__"))
        return isinstance(names, Names) and name in names.names

    def note_field(self, uid: int, name: str) -> None:
        """Remember that a field exists, in the order of first writing."""
        names = self.state.get((uid, "__names__"))
        known = names.names if isinstance(names, Names) else ()
        if name not in known:
            self.state.set((uid, "__names__"), Names((*known, name)))

    def _namespace(self, cls: Class) -> list[Value]:
        """What a class's body binds."""
        names: set[str] = set()
        for statement in class_body(cls.node):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
            names |= {getattr(t, "name", getattr(t, "id", "")) for t in targets}
        values = [self.state.get((cls.uid, name)) for name in sorted(names - {""})]
        return [v for v in values if v is not UNBOUND]

    def captured(self, function: Function) -> list[Value]:
        """What a function may find: its defaults, and what the functions around it have under the names in it."""
        names = self._names_in(function.node)
        values = [v for _, v in function.defaults]
        for scope in (*function.scopes, function.module):
            values += [v for name in names if (v := self.state.get((scope, name))) is not UNBOUND]
        return values

    def _names_in(self, node: ast.AST) -> tuple[str, ...]:
        """The names that a function mentions."""
        known = self._mentioned.get(node)
        if known is None:
            found = {n.id for n in walk(node) if isinstance(n, ast.Name)}
            known = self._mentioned[node] = tuple(sorted(found))
        return known
