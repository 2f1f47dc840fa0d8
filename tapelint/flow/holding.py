"""What values hold: the fields of objects, what functions see, what can be reached from all of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tapelint.source import class_body, walk

from .graph import Node
from .state import Key, State
from .values import (
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
        self._bound_in: dict[ast.AST, tuple[str, ...]] = {}
        self._looks: dict[type[Value], _Look | None] = {}

    def holds_more(self, value: Cell) -> bool:
        """Whether an object has a base that is not seen, and that keeps what it is given elsewhere than in fields."""
        raise NotImplementedError

    def nodes_in(self, value: Value, seen: set[int] | None = None) -> list[Node]:
        """Every node that can be reached from a value, deep."""
        seen = set() if seen is None else seen
        found: list[Node] = []
        todo = [value]
        shared: set[int] = set()
        looks = self._looks
        while todo:
            item = todo.pop()
            if isinstance(item, _WITH_NODE):
                found.append(item.node)
            elif (look := looks.get(type(item), _look)) is not None and id(item) not in shared:
                shared.add(id(item))
                todo.extend(look(self, item, seen))
        return found

    def inside(self, value: Value, seen: set[int]) -> Iterable[Value]:
        """What a value holds, one level deep; objects in `seen` are passed over."""
        look = self._looks.get(type(value), _look)
        return look(self, value, seen) if look is not None else ()

    def of_cell(self, value: Cell, seen: set[int]) -> Iterable[Value]:
        """What an object holds, and its class."""
        if value.uid in seen:
            return ()
        seen.add(value.uid)
        made_by = [value.info] if isinstance(value.info, Class) else []
        return [*self.fields(value.uid), *self.world.held_by(value), *made_by]

    def of_class(self, value: Class, seen: set[int]) -> Iterable[Value]:
        """The bases of a class, and what its body binds."""
        if value.uid in seen:
            return ()
        seen.add(value.uid)
        return [*value.bases, *self.state.those(value.uid, self._names_of_body(value.node))]

    def of_function(self, value: Function | Generator, seen: set[int]) -> Iterable[Value]:
        """What a function may find."""
        if value.uid in seen:
            return ()
        seen.add(value.uid)
        return [*self._noted(value), *self.captured(value if isinstance(value, Function) else value.function)]

    def of_wrapped(self, value: Wrapped, seen: set[int]) -> Iterable[Value]:
        """The function inside a wrapper, and what the program has set on that."""
        return (value.function, *self._noted(value))

    def _noted(self, value: Function | Generator | Wrapped) -> Iterable[Value]:
        """The attributes that the program has given a function."""
        names = self.state.get((value.uid, "__names__"))
        return self.state.those(value.uid, names.names) if isinstance(names, Names) else ()

    def remember_look(self, kind: type[Value]) -> _Look | None:
        """How to look into values of a type, from now on without asking again; None for those that hold nothing."""
        self._looks[kind] = look = next((_LOOKS[base] for base in kind.__mro__ if base in _LOOKS), None)
        return look

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
        return self.is_field(key)

    def is_field(self, key: Key) -> bool:
        """Whether it is an attribute that the program has given an object."""
        names = self.state.get((key[0], "__names__"))
        return isinstance(names, Names) and key[1] in names.names

    def note_field(self, uid: int, name: str) -> None:
        """Remember that a field exists, in the order of first writing."""
        names = self.state.get((uid, "__names__"))
        known = names.names if isinstance(names, Names) else ()
        if name not in known:
            self.state.set((uid, "__names__"), Names((*known, name)))

    def _names_of_body(self, node: ast.ClassDef) -> tuple[str, ...]:
        """The names that a class's body binds."""
        known = self._bound_in.get(node)
        if known is None:
            names: set[str] = set()
            for statement in class_body(node):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
                names |= {getattr(t, "name", getattr(t, "id", "")) for t in targets}
            known = self._bound_in[node] = tuple(sorted(names - {""}))
        return known

    def captured(self, function: Function) -> list[Value]:
        """What a function may find: its defaults, and what the functions around it have under the names in it."""
        names = self._names_in(function.node)
        values = [v for _, v in function.defaults]
        for scope in (*function.scopes, function.module):
            values += self.state.those(scope, names)
        return values

    def _names_in(self, node: ast.AST) -> tuple[str, ...]:
        """The names that a function mentions."""
        known = self._mentioned.get(node)
        if known is None:
            found = {n.id for n in walk(node) if isinstance(n, ast.Name)}
            known = self._mentioned[node] = tuple(sorted(found))
        return known


_Look = Callable[[Holding, Any, set[int]], Iterable[Value]]
_WITH_NODE = (Data, Opaque, Variable)


def _look(holding: Holding, value: Value, seen: set[int]) -> Iterable[Value]:
    look = holding.remember_look(type(value))
    return look(holding, value, seen) if look is not None else ()


_LOOKS: dict[type[Value], _Look] = {
    Tuple: lambda holding, value, seen: value.items,
    Many: lambda holding, value, seen: (value.element,),
    OneOf: lambda holding, value, seen: value.options,
    Bound: lambda holding, value, seen: (value.self, value.function),
    Super: lambda holding, value, seen: (value.self,),
    Method: lambda holding, value, seen: (value.base,),
    Partial: lambda holding, value, seen: (*value.args, *(v for _, v in value.keywords), value.function),
    Wrapped: Holding.of_wrapped,
    Cell: Holding.of_cell,
    Class: Holding.of_class,
    Function: Holding.of_function,
    Generator: Holding.of_function,
}
"""How to look into the values that hold others, by their type."""
