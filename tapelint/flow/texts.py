"""Texts with values in them, and what a value is shown as."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from .comprehensions import Comprehensions
from .core import Arguments
from .graph import Site
from .values import Const, Member, Value

TOO_MANY_DIGITS = 4
"""A text is not made whose format asks for a length of so many digits."""
_CONVERSIONS: dict[int, Callable[[object], str]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}


class Texts(Comprehensions):
    """How values are written."""

    def joined_string(self, node: ast.JoinedStr) -> Value:
        parts = [self._part_of_text(v) for v in node.values]
        if all(isinstance(p, Const) for p in parts):
            return Const("".join(str(p.value) for p in parts if isinstance(p, Const)))
        with self.looking():
            return self.world.operate("format", parts, self.site(node))

    def _part_of_text(self, node: ast.expr) -> Value:
        if not isinstance(node, ast.FormattedValue):
            return self.evaluate(node)
        value, site = self.shown(self.evaluate(node.value), self.site(node)), self.site(node)
        spec = self.evaluate(node.format_spec) if node.format_spec is not None else Const("")
        if node.format_spec is not None and node.conversion == -1:
            self.world.operate("format spec", [value], site)
        if not isinstance(value, Const) or (node.format_spec is None and node.conversion == -1):
            return value
        return self._formatted(value, spec, _CONVERSIONS.get(node.conversion)) or self.opaque(site, [value])

    def _formatted(self, value: Const, spec: Value, convert: Callable[[object], str] | None) -> Const | None:
        """A value as it is written, which it may refuse; None where that is not known."""
        if not isinstance(spec, Const) or (isinstance(value, Member) and convert is not None):
            return None
        if any(len(digits) >= TOO_MANY_DIGITS for digits in re.findall(r"\d+", str(spec.value))):
            return None
        try:
            return Const(format(convert(value.value) if convert is not None else value.value, str(spec.value)))
        except (TypeError, ValueError) as error:
            self.may_raise(type(error).__name__, surely=True)
        return None

    def shown(self, value: Value, site: Site) -> Value:
        """A value where its text is wanted: what an object's own method gives, the value itself where it has none."""
        if isinstance(value, Member):
            return self.text_of_member(value, site)
        for name in ("__format__", "__str__", "__repr__"):
            if (method := self.own_method(value, name)) is not None:
                return self.call(method, Arguments([Const("")] if name == "__format__" else []), site)
        return value

    def text_of_member(self, member: Member, site: Site) -> Value:
        """The text that a member of an enumeration is shown as."""
        raise NotImplementedError
