"""Comprehensions and generators: what they give, and when it is computed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import Any

from tapelint.source import walk

from . import containers, sets
from .core import Frame, Suspension
from .graph import Site
from .operators import Operators
from .values import NO_VALUE, UNBOUND, Cell, Data, Generator, Many, OneOf, Opaque, Tuple, Value


class _Comprehension(Value):
    __slots__ = ()


COMPREHENSION = _Comprehension()
"""Owner of a comprehension's frame."""


class ClassBody(Value):
    """Owner of a class body's frame: functions made there do not close over it."""

    __slots__ = ()


class Comprehensions(Operators):
    """How they are evaluated."""

    def look_up(self, name: str) -> Value:
        """A name's value; UNBOUND where there is none."""
        raise NotImplementedError

    def bind(self, target: ast.expr, value: Value) -> None:
        """Assign a value to a target."""
        raise NotImplementedError

    def branch(self, test: Value, statement: ast.AST, arms: list[Callable[[], Any]]) -> list[Any]:
        """Run alternatives from the present state and join what they leave behind."""
        raise NotImplementedError

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        outer = self.frame
        around = outer.scopes if isinstance(outer.owner, ClassBody) else (outer.uid, *outer.scopes)
        frame = Frame(self.uid(), outer.source, outer.module, around, owner=COMPREHENSION)
        frame.globals = outer.globals
        first = self.evaluate(node.generators[0].iter)
        if isinstance(node, ast.GeneratorExp):
            return self._later(node, frame, first)
        items = self._results(node, frame, first, [])
        if isinstance(node, ast.DictComp):
            return self._dict_of(items, self.site(node))
        return containers.make_list(self, items, "set" if isinstance(node, ast.SetComp) else "list", self.site(node))

    def _results(
        self, node: ast.expr, frame: Frame, first: Value, results: list[Value], free: bool = False
    ) -> Tuple | Many:
        """What a comprehension gives, item by item where their number is known; `free`: the order does not matter.

        `results`: an empty list, where they are put one by one.
        """
        self.frames.append(frame)
        try:
            sure = self._generate(node, 0, first, results)
        finally:
            self.frames.pop()
        if sure and frame.uid in self.over_sets and isinstance(node, (ast.ListComp, ast.GeneratorExp)) and not free:
            results = sets.permuted(self, results)
        return Tuple(tuple(results)) if sure else Many(self.join_all(results))

    def _later(self, node: ast.GeneratorExp, frame: Frame, first: Value) -> Value:
        """A generator expression: its items are computed when they are asked for."""

        def compute() -> list[Value] | Many:
            free, self.in_no_order = self.in_no_order, False
            given: list[Value] = []
            with self.giving(given):
                items = self._results(node, frame, first, given, free)
            return list(items.items) if isinstance(items, Tuple) else items

        self.waiting_frames.add(frame.uid)
        self.read_later.update(frame.scopes)
        cell = Cell(self.uid(), "iterator", compute, self.site(node))
        self.expressions.add(cell.uid)
        self.give_away([first], [node.generators[0].iter])
        names = dict.fromkeys(n.id for n in walk(node) if isinstance(n, ast.Name))
        uses = [
            first,
            *(v for name in names if isinstance(v := self.look_up(name), (Data, Opaque, Cell, OneOf, Tuple, Many))),
        ]
        self.state.set((cell.uid, "uses"), Tuple(tuple(uses)))
        return cell

    def _dict_of(self, items: Tuple | Many, site: Site) -> Value:
        if isinstance(items, Many):
            return containers.make_dict(self, items, site)
        cell = containers.make_dict(self, [], site)
        for pair in items.items:
            if isinstance(pair, Tuple):
                containers.store(self, cell, pair.items[0], pair.items[1])
        return cell

    def _generate(self, node: Any, index: int, iterable: Value, results: list[Value]) -> bool:
        """Run one `for` of a comprehension and what follows it; False where the number of results is not known."""
        site = self.site(node.generators[index].iter)
        mixed = sets.in_any_order(self, iterable)
        to_end = not isinstance(node, ast.GeneratorExp)
        items = sets.items_of(self, iterable, site, to_end) if mixed else self.iterate(iterable, site, to_end)
        if mixed:
            self.over_sets.add(self.frame.uid)
        with self.between(iterable), self.once_for(items):
            one_by_one = self.going_over(iterable, items)
            if isinstance(items, Many) and not isinstance(node, ast.GeneratorExp):  # of that one may be asked for
                one_by_one = self._of_many(items.element)
            each = self._each_of(node, index, one_by_one, results)
            return each and not isinstance(items, Many)

    def _of_many(self, element: Value) -> Iterator[Value]:
        """One of many items, and another, if there is one, where something to know was noted."""
        before, old = self.world.marks(), self.may_be_over
        yield element
        if self.world.marks() != before:
            self.may_be_over = True
            try:
                yield element
            finally:
                self.may_be_over = old

    def _each_of(self, node: Any, index: int, items: Iterable[Value], results: list[Value]) -> bool:
        generator: ast.comprehension = node.generators[index]
        sure = True
        for item in items:
            if self.exhausted and results:
                return False
            self.bind(generator.target, item)
            keep: bool | None = True
            for test in generator.ifs:
                value = self.evaluate(test)
                self.world.condition("comprehension", value, test, self.frame, node)
                truth = self.truth(value)
                keep = False if truth is False else keep if truth else None
                if keep is False:
                    break
            if keep is False:
                continue
            sure = sure and keep is True
            if keep is None:
                self.branch(NO_VALUE, node, [lambda: self._one_of(node, index, results), lambda: None])
                continue
            sure = self._one_of(node, index, results) and sure
        return sure

    def _one_of(self, node: Any, index: int, results: list[Value]) -> bool:
        """What a comprehension gives for one item, or runs for it."""
        if index + 1 < len(node.generators):
            return self._generate(node, index + 1, self.evaluate(node.generators[index + 1].iter), results)
        made = self.evaluate(node.key if isinstance(node, ast.DictComp) else node.elt)
        if isinstance(node, (ast.DictComp, ast.SetComp)):
            with self.for_one_of_several() if self.once_for_many else nullcontext():  # there may be no item at all
                self.hashed(made, self.site(node))
        results.append(Tuple((made, self.evaluate(node.value))) if isinstance(node, ast.DictComp) else made)
        return True

    def yield_(self, node: ast.Yield) -> Value:
        value = self.evaluate(node.value) if node.value is not None else NO_VALUE
        if self.frame.suspends:
            raise Suspension(value)
        frame = next((f for f in reversed(self.frames) if f.yields is not None), None)
        if frame is not None and frame.yields is not None:
            frame.yields.append(value)
        return self.opaque(self.site(node))

    def yield_from(self, node: ast.YieldFrom) -> Value:
        inner = self.evaluate(node.value)
        more = self.iterate(inner, self.site(node))
        frame = next((f for f in reversed(self.frames) if f.yields is not None), None)
        if frame is not None and frame.yields is not None:
            frame.yields += [more.element] if isinstance(more, Many) else more
            frame.yields_more = frame.yields_more or isinstance(more, Many)
            self.spend(len(more) / 8 if isinstance(more, list) else 0)
        returned = self.state.get((inner.uid, "returned")) if isinstance(inner, Generator) else UNBOUND
        return returned if returned is not UNBOUND else self.opaque(self.site(node), [inner])
