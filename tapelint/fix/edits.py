"""Edits by span: made, looked at, applied. What the builders of fixes share."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from tapelint.diagnostic import Edit, Position, Span
from tapelint.source import Definition, Source, SourceError

if TYPE_CHECKING:
    import libcst as cst

    N = TypeVar("N", bound=cst.CSTNode)

Edits = tuple[Edit, ...]

NEWLINE = re.compile(r"\r\n|\r|\n")


def apply(source: Source, edits: Iterable[Edit]) -> str:
    """The text of `source` with edits made, none of which overlap; two that insert at one place keep their order."""
    text, end = source.text, len(source.text)
    pieces: list[str] = []
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    for edit in ordered[::-1]:
        pieces += [text[source.offset(edit.span.end) : end], edit.replacement]
        end = source.offset(edit.span.start)
    return "".join([text[:end], *reversed(pieces)])


def find(
    source: Source, span: Span, kinds: type[N] | tuple[type[N], ...], at: Span | None = None
) -> tuple[Definition, N] | tuple[None, None]:
    """The definition that holds `span`, and in it the node of that kind at `at` (by default at `span`)."""
    try:
        definition = source.definition(span)
        nodes = definition.nodes_at(at or span)
    except SourceError:
        return None, None
    for node in nodes:
        if isinstance(node, kinds):
            return definition, node
    return None, None


def whole(definition: Definition, node: cst.BaseExpression) -> Span:
    """An expression with the parentheses around it."""
    span = definition.span_of(node)
    if not node.lpar:
        return span
    return Span(span.path, definition.span_of(node.lpar[0]).start, definition.span_of(node.rpar[-1]).end)


def lines(code: str) -> int:
    return len(NEWLINE.split(code))


def sound(source: Source, edits: Iterable[Edit]) -> Edits:
    """The edits if the file still parses with them, else none."""
    edits = tuple(edits)
    return edits if edits and parses(apply(source, edits)) else ()


def parses(text: str) -> bool:
    """Whether Python can read a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def line_after(source: Source, line: int, text: str) -> Edit:
    """`text`, whole lines, below `line`; at the end of a file without a last newline it gets no other."""
    if line < len(source.lines):
        at = Position(line + 1, 1)
        return Edit(Span(source.path, at, at), text)
    at = Position(line, len(source.lines[line - 1]) + 1)
    return Edit(Span(source.path, at, at), source.newline + text.removesuffix(source.newline))


def has_comment(source: Source, span: Span) -> bool:
    return "#" in source.code(whole_lines(source, span))


def whole_lines(source: Source, span: Span) -> Span:
    last = span.end.line
    end = Position(last + 1, 1) if last < len(source.lines) else Position(last, len(source.lines[-1]) + 1)
    return Span(span.path, Position(span.start.line, 1), end)


def has_long_string(source: Source, span: Span) -> bool:
    return any(
        isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno != node.end_lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.expr) and span.start.line <= node.lineno <= span.end.line
    )


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is written out: numbers, strings, and lists, tuples or dicts of them."""
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
