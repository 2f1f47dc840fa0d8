"""`match`: whether a pattern fits a value, and what it binds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial

from tapelint.source import last_name, walk

from . import containers
from .core import Arguments
from .expressions import Expressions
from .graph import Site
from .values import (
    UNBOUND,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Generator,
    Library,
    Many,
    OneOf,
    Tuple,
    Value,
    Variable,
    View,
)

Found = tuple[bool | None, dict[str, Value]]
"""Whether a pattern fits (None: nobody can tell), and what it binds."""

TUPLE = "as a tuple"
"""Where an object that is a named tuple keeps its items."""

IDENTITY = (Library("builtins.object"), Library("enum.Enum"), Library("enum.Flag"), Library("abc.ABC"))
"""Bases whose objects equal themselves only."""

PLAIN = (*IDENTITY, Library("typing.Generic"), Library("typing.Protocol"))
"""Bases that make no sequence and no mapping of an object."""


class Matching(Expressions):
    """How `match` statements are run."""

    def match(self, node: ast.Match) -> bool:
        return self._cases(node, node.cases, self.evaluate(node.subject))

    def _cases(self, node: ast.Match, cases: Sequence[ast.match_case], subject: Value) -> bool:
        """Run the first case that fits; where nobody can tell whether one does, it or the rest."""
        for index, case in enumerate(cases):
            rest = cases[index + 1 :]
            fits, bindings = self.matches(case.pattern, subject, self.site(case.pattern))
            if fits is False:
                continue
            if fits is None:
                return any(
                    self.branch(
                        subject,
                        node,
                        [
                            self._case(node, case, bindings, rest, subject),
                            partial(self._cases, node, rest, subject),
                        ],
                    )
                )
            return self._case(node, case, bindings, rest, subject)()
        return True

    def _case(
        self,
        node: ast.Match,
        case: ast.match_case,
        bindings: dict[str, Value],
        rest: Sequence[ast.match_case],
        subject: Value,
    ) -> Callable[[], bool]:
        """A case whose pattern fits: its body, or what comes after it where its guard says no."""

        def run() -> bool:
            for name, value in bindings.items():
                self.assign_name(name, value)
            guard = self.evaluate(case.guard) if case.guard is not None else Const(True)
            holds = self.truth(guard)
            if holds is not None:
                return self.execute(case.body) if holds else self._cases(node, rest, subject)
            return any(
                self.branch(guard, node, [lambda: self.execute(case.body), lambda: self._cases(node, rest, subject)])
            )

        return run

    def matches(self, pattern: ast.pattern, subject: Value, site: Site) -> tuple[bool | None, dict[str, Value]]:
        """Whether a pattern fits a value (None: nobody can tell), and what it binds."""
        if isinstance(pattern, ast.MatchAs):
            fits, bound = (True, {}) if pattern.pattern is None else self.matches(pattern.pattern, subject, site)
            return fits, (bound | {pattern.name: subject} if pattern.name else bound)
        if isinstance(pattern, ast.MatchValue):
            same = self.compare_pair("==", subject, self.evaluate(pattern.value), site)
            self.world.asked(same, site)
            return (bool(same.value) if isinstance(same, Const) else None), {}
        if isinstance(pattern, ast.MatchSingleton):
            same = self.compare_pair("is", subject, Const(pattern.value), site)
            return (bool(same.value) if isinstance(same, Const) else None), {}
        if isinstance(pattern, ast.MatchOr):
            return self._first_of([partial(self.matches, p, subject, site) for p in pattern.patterns])
        if isinstance(pattern, ast.MatchSequence):
            return self._match_sequence(pattern, subject, site)
        if isinstance(pattern, ast.MatchMapping):
            return self._match_mapping(pattern, subject, site)
        if isinstance(pattern, ast.MatchClass):
            return self._match_class(pattern, subject, site)
        return None, self._anything(pattern, subject, site)

    def _anything(self, pattern: ast.pattern, subject: Value, site: Site) -> dict[str, Value]:
        """What a pattern binds where nothing is known of the parts."""
        return {name: self.opaque(site, [subject]) for name in _names(pattern)}

    def _first_of(self, tries: Sequence[Callable[[], Found]]) -> Found:
        """The first of several patterns that fits; where nobody can tell of one, what it or a later one binds."""
        bound: dict[str, Value] = {}
        unsure = False
        for attempt in tries:
            fits, more = attempt()
            if fits is not False:
                bound = {name: self.join(bound.get(name, UNBOUND), value) for name, value in more.items()}
            if fits:
                return True, bound
            unsure = unsure or fits is None
        return (None if unsure else False), bound

    def _of_each(self, pattern: ast.pattern, subject: OneOf, site: Site) -> Found:
        """Whether a pattern fits all that a value may be, or none of them."""
        found = [self.matches(pattern, option, site) for option in subject.options]
        truths = {fits for fits, _ in found}
        rows = [bound for fits, bound in found if fits is not False]
        names = dict.fromkeys(name for row in rows for name in row)
        bound = {name: self.join_all([row[name] for row in rows if name in row]) for name in names}
        return (truths.pop() if len(truths) == 1 else None), bound

    def _is_plain(self, subject: Value) -> bool:
        """Whether a value is no object of a class that may count as a sequence or a mapping."""
        if isinstance(subject, Data):
            return subject.kind == "tensor" or (subject.kind == "python" and subject.dtype in ("f", "i", "b"))
        if not isinstance(subject, Cell):
            return isinstance(subject, (Const, Tuple, Variable, Function, Class, Generator))
        if subject.kind != "instance":
            return subject.kind in ("list", "dict", "set", "iterator")
        bases = self.lineage(subject.info)
        own = [base for base in bases if isinstance(base, Class)]
        registers = any(last_name(d) == "register" for base in own for d in base.node.decorator_list)
        return not registers and all(isinstance(base, Class) or base in PLAIN for base in bases)

    def _parts(self, subject: Value) -> Tuple | Many | None:
        """The items of what a pattern takes for a sequence."""
        if isinstance(subject, Cell) and isinstance(held := self.state.get((subject.uid, TUPLE)), Tuple):
            return held
        no_sequence = isinstance(subject, View) or (isinstance(subject, Cell) and subject.kind == "set")
        return None if no_sequence else containers.sequence(self, subject)

    def _match_class(self, pattern: ast.MatchClass, subject: Value, site: Site) -> tuple[bool | None, dict[str, Value]]:
        """`Name(part, name=part)`: an object of the class whose attributes fit."""
        cls = self.evaluate(pattern.cls)
        fits: bool | None = self.truth(self.call(Library("builtins.isinstance"), Arguments([subject, cls]), site))
        if fits is False:
            return False, {}
        fields = self.fields_of_class(cls)
        if pattern.patterns and isinstance(cls, Library) and len(pattern.patterns) == 1:
            parts = [(subject, pattern.patterns[0])]
        elif len(pattern.patterns) <= len(fields):
            named = zip(fields, pattern.patterns, strict=False)
            parts = [(self.attribute(subject, name, site), part) for name, part in named]
        else:
            return None, self._anything(pattern, subject, site)
        parts += [
            (self.attribute(subject, name, site), part)
            for name, part in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)
        ]
        bound: dict[str, Value] = {}
        for value, part in parts:
            fit, more = self.matches(part, value, site)
            bound |= more
            fits = _both(fits, fit)
        return fits, bound

    def fields_of_class(self, cls: Value) -> list[str]:
        """The names that positional patterns of a class stand for."""
        raise NotImplementedError

    def _match_sequence(
        self, pattern: ast.MatchSequence, subject: Value, site: Site
    ) -> tuple[bool | None, dict[str, Value]]:
        if isinstance(subject, OneOf):
            return self._of_each(pattern, subject, site)
        items = self._parts(subject)
        star = next((i for i, p in enumerate(pattern.patterns) if isinstance(p, ast.MatchStar)), None)
        if items is None and self._is_plain(subject):
            return False, {}
        if not isinstance(items, Tuple):
            return None, self._anything(pattern, subject, site)
        count = len(pattern.patterns)
        if len(items.items) < count - (star is not None) or (star is None and len(items.items) != count):
            return False, {}
        rest = list(items.items)
        bound: dict[str, Value] = {}
        if star is not None:
            after = count - star - 1
            caught = pattern.patterns[star]
            if isinstance(caught, ast.MatchStar) and caught.name:
                bound[caught.name] = containers.make_list(self, Tuple(tuple(rest[star : len(rest) - after])))
            rest = [*rest[:star], *rest[len(rest) - after :]]
        fits: bool | None = True
        for part, item in zip([p for p in pattern.patterns if not isinstance(p, ast.MatchStar)], rest, strict=True):
            fit, more = self.matches(part, item, site)
            bound |= more
            fits = _both(fits, fit)
        return fits, bound

    def _match_mapping(
        self, pattern: ast.MatchMapping, subject: Value, site: Site
    ) -> tuple[bool | None, dict[str, Value]]:
        if isinstance(subject, OneOf):
            return self._of_each(pattern, subject, site)
        if not (isinstance(subject, Cell) and subject.kind == "dict"):
            return (False if self._is_plain(subject) else None), self._anything(pattern, subject, site)
        fits: bool | None = True
        bound: dict[str, Value] = {}
        keys = [self.evaluate(key) for key in pattern.keys]
        if pattern.rest is not None:
            rest = Cell(self.uid(), "dict", site=site)
            self.state.set((rest.uid, "items"), self.state.get((subject.uid, "items")))
            if self.filled_with(subject) is not None:
                containers.store_some(self, rest, *containers.any_pair(self, subject))
            for key in keys:
                containers.remove(self, rest, key)
            bound[pattern.rest] = rest
        for key, part in zip(keys, pattern.patterns, strict=True):
            value = containers.lookup(self, subject, key)
            if value is UNBOUND:
                return (False if containers.pairs(self, subject) is not None else None), {}
            if containers.pairs(self, subject) is None:
                fits = None
            fit, more = self.matches(part, value, site)
            bound |= more
            fits = _both(fits, fit)
        return fits, bound


def _names(pattern: ast.pattern) -> list[str]:
    """The names that a pattern binds."""
    found = [n.name for n in walk(pattern) if isinstance(n, (ast.MatchAs, ast.MatchStar)) and n.name]
    return found + [n.rest for n in walk(pattern) if isinstance(n, ast.MatchMapping) and n.rest]


def _both(first: bool | None, second: bool | None) -> bool | None:
    """Whether two things hold, where either may not be known."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True
