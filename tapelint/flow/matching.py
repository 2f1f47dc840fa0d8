"""`match`: whether a pattern fits a value, and what it binds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial

from tapelint.source import walk

from . import containers
from .core import Arguments
from .expressions import Expressions
from .graph import Site
from .values import UNBOUND, Cell, Const, Library, Opaque, Tuple, Value


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
            return (bool(same.value) if isinstance(same, Const) else None), {}
        if isinstance(pattern, ast.MatchSingleton):
            same = self.compare_pair("is", subject, Const(pattern.value), site)
            return (bool(same.value) if isinstance(same, Const) else None), {}
        if isinstance(pattern, ast.MatchOr):
            found = [self.matches(p, subject, site) for p in pattern.patterns]
            truths = [f for f, _ in found]
            bound = {k: v for _, b in found for k, v in b.items()}
            return (True if True in truths else None if None in truths else False), bound
        if isinstance(pattern, ast.MatchSequence):
            return self._match_sequence(pattern, subject, site)
        if isinstance(pattern, ast.MatchMapping):
            return self._match_mapping(pattern, subject, site)
        if isinstance(pattern, ast.MatchClass):
            return self._match_class(pattern, subject, site)
        return None, self._anything(pattern, subject, site)

    def _anything(self, pattern: ast.pattern, subject: Value, site: Site) -> dict[str, Value]:
        """What a pattern binds where nothing is known of the parts."""
        names = [n.name for n in walk(pattern) if isinstance(n, (ast.MatchAs, ast.MatchStar)) and n.name]
        return {name: self.opaque(site, [subject]) for name in names}

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
        items = containers.sequence(self, subject)
        star = next((i for i, p in enumerate(pattern.patterns) if isinstance(p, ast.MatchStar)), None)
        if items is None and not isinstance(subject, Opaque):
            return False, {}
        if not isinstance(items, Tuple):
            names = [n.name for n in walk(pattern) if isinstance(n, (ast.MatchAs, ast.MatchStar)) and n.name]
            return None, {name: self.opaque(site, [subject]) for name in names}
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
        if not (isinstance(subject, Cell) and subject.kind == "dict"):
            names = [n.name for n in walk(pattern) if isinstance(n, ast.MatchAs) and n.name]
            return (None if isinstance(subject, Opaque) else False), {n: self.opaque(site, [subject]) for n in names}
        fits: bool | None = True
        bound: dict[str, Value] = {}
        for key, part in zip(pattern.keys, pattern.patterns, strict=True):
            value = containers.lookup(self, subject, self.evaluate(key))
            if value is UNBOUND:
                return (False if containers.pairs(self, subject) is not None else None), {}
            fit, more = self.matches(part, value, site)
            bound |= more
            fits = _both(fits, fit)
        return fits, bound


def _both(first: bool | None, second: bool | None) -> bool | None:
    """Whether two things hold, where either may not be known."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True
