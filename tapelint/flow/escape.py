"""What unknown code was given: it may have made its results from it, call it, and fill it."""

from __future__ import annotations

from collections.abc import Iterable

from .graph import Edge, Graph, Node, Site
from .holding import Holding
from .outcomes import ANYTHING
from .values import (
    NO_VALUE,
    Bound,
    Cell,
    Const,
    Function,
    Many,
    Method,
    OneOf,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
    options,
)

CONTAINERS = ("list", "dict", "set")


class Escape(Holding):
    """Keeps what is in unknown hands."""

    graph: Graph

    def __init__(self) -> None:
        super().__init__()
        self._pool: Node | None = None
        self._pooled: set[int] = set()
        self._escaped: set[int] = set()
        self._in_unknown_hands: set[int] = set()
        self._filled: set[int] = set()
        self._filling: Opaque | None = None
        self._maybe_read: set[int] = set()
        """The variables that something unknown was made from."""

    def escape(self, values: Iterable[Value]) -> list[Node]:
        """Hand values to unknown code: from now on every unknown result may have been made from them.

        Gives the nodes that can be reached from them.
        """
        fresh: list[Node] = []
        every: list[Node] = []
        for value in values:
            seen: set[int] = set()
            reached = self.nodes_in(value, seen)
            every += reached
            for node in reached:
                if node.id not in self._pooled:
                    self._pooled.add(node.id)
                    fresh.append(node)
            self._in_unknown_hands |= seen
            self._follow(value)
        if fresh:
            old = [self._pool] if self._pool is not None else []
            self._pool = self.graph.add("escaped", [Edge(n, ANYTHING) for n in [*old, *fresh]])
            self._pool.opaque = True
            self.world.made(self._pool)
        return every

    def has_escaped(self, node: Node) -> bool:
        """Whether unknown code was handed this node, or a variable that something unknown was made from."""
        return node.id in self._pooled or node.id in self._maybe_read

    def is_in_unknown_hands(self, cell: Cell) -> bool:
        """Whether unknown code was handed this object."""
        return cell.uid in self._in_unknown_hands

    # -- containers that unknown code may fill

    def hand_over(self, values: Iterable[Value], site: Site) -> None:
        """Unknown code may change the containers among these values, now and whenever it is called again."""
        for value in values:
            self._filled |= self._to_be_filled(value)
        if self._filled:
            self._filling = self.opaque(site)
            self._filling.node.outside = True

    def filled_with(self, cell: Cell) -> Opaque | None:
        """What unknown code may have put into a container; None if it was handed to none."""
        return self._filling if cell.uid in self._filled else self.filled_by_imports(cell)

    def filled_by_imports(self, cell: Cell) -> Opaque | None:
        """What imports that were not run may have put into a container; None where that is none of theirs."""
        raise NotImplementedError

    def _to_be_filled(self, value: Value) -> set[int]:
        found: set[int] = set()
        todo = [value]
        while todo:
            item = todo.pop()
            if isinstance(item, Cell) and item.kind in CONTAINERS and item.uid not in found:
                inside = [self.state.get((item.uid, "items"))]
                if not self.is_settled(inside[0]):
                    found.add(item.uid)
                todo += inside
            elif isinstance(item, (Tuple, Many, OneOf, Method)):
                todo += self.inside(item, set())
        return found

    def is_settled(self, items: Value) -> bool:
        """Whether what a container holds is all that it is meant to hold: variables, or numbers and words."""
        if isinstance(items, (Tuple, Many, OneOf)):
            inside = list(self.inside(items, set()))
            return bool(inside) and all(map(self.is_settled, inside))
        if isinstance(items, Cell) and items.kind in CONTAINERS:
            return self.is_settled(self.state.get((items.uid, "items")))
        return isinstance(items, Variable) or (isinstance(items, Const) and items != NO_VALUE)

    # -- functions that unknown code may call

    def _follow(self, value: Value) -> None:
        """A project's function in unknown hands may be called at any time with anything."""
        for option in options(value):
            function = option.function if isinstance(option, (Bound, Wrapped, Partial)) else option
            while isinstance(function, (Bound, Wrapped, Partial)):
                function = function.function
            if isinstance(function, Function) and function.uid not in self._escaped:
                self._escaped.add(function.uid)
                self.call_escaped(option)

    def call_escaped(self, function: Value) -> None:
        """Run a function that unknown code may call."""
        raise NotImplementedError

    def opaque(self, site: Site | None) -> Opaque:
        """Something unknown that may have been made from all that escaped."""
        raise NotImplementedError
