"""Fixes of statements: in the place of others, into a block, away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tapelint.diagnostic import Edit, Position, Span
from tapelint.fix.edits import NEWLINE, Edits, find, has_comment, has_long_string, line_after, lines, sound, whole_lines
from tapelint.fix.expressions import replace
from tapelint.fix.imports import as_the_file_says
from tapelint.source import Source

if TYPE_CHECKING:
    import libcst as cst


def replace_statement(source: Source, span: Span, text: str) -> Edits:
    """The statement becomes `text`, one line."""
    text, imports = as_the_file_says(source, span, text)
    return () if imports is None else sound(source, (*imports, Edit(span, text)))


def assign_in_place(source: Source, span: Span) -> Edits:
    """`v = v - e` and `v -= e` become `v.assign_sub(e)`; the same with `+`."""
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.stmt) and source.span(node) == span]
    parts = _update(found[0]) if found else None
    if parts is None or "#" in source.code(span):
        return ()
    target, method, value = parts
    return replace_statement(source, span, f"{ast.unparse(target)}.{method}({source.code(source.span(value))})")


def _update(statement: ast.stmt) -> tuple[ast.expr, str, ast.expr] | None:
    """What is updated by which method and what, where it is `v = v - e` or `v -= e`."""
    if isinstance(statement, ast.AugAssign):
        target: ast.expr = statement.target
        operator, value = statement.op, statement.value
    elif (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.BinOp)
        and all(ast.unparse(each) == ast.unparse(statement.value.left) for each in statement.targets)
    ):
        target, operator, value = statement.targets[0], statement.value.op, statement.value.right
    else:
        return None
    if not isinstance(operator, ast.Add | ast.Sub) or not isinstance(target, ast.Name | ast.Attribute):
        return None
    return target, "assign_add" if isinstance(operator, ast.Add) else "assign_sub", value


def delete_statement(source: Source, span: Span) -> Edits:
    """The simple statement goes, its line too where it stands alone; the only one of a block becomes `pass`."""
    statement = _statement(source, span)
    if statement is None:
        return ()
    line, is_needed = statement
    if len(line.body) > 1 or is_needed:
        return sound(source, (Edit(span, "pass"),))
    return sound(source, (Edit(whole_lines(source, span), ""),))


def replace_and_delete(source: Source, span: Span, text: str, unneeded: Iterable[Span] = ()) -> Edits:
    """The expression becomes `text`, and the simple statements that nothing reads any more go."""
    edits = replace(source, span, text)
    if "#" in source.code(span) or not edits:
        return ()
    for statement in unneeded:
        gone = delete_statement(source, statement)
        edits = (*edits, *(() if has_comment(source, statement) else gone))
    return sound(source, edits)


def insert_first_in_block(source: Source, span: Span, statement: str) -> Edits:
    """`statement`, one line or several, becomes the first of the block of the `with` (or loop, function ...)."""
    statement, imports = as_the_file_says(source, span, statement)
    if imports is None:
        return ()
    return sound(source, (*imports, *_first_in_block(source, span, statement)))


def insert_before(source: Source, span: Span, statement: str) -> Edits:
    """`statement` on a line of its own before the statement at `span`."""
    before = source.lines[span.start.line - 1][: span.start.column - 1]
    statement, imports = as_the_file_says(source, span, statement)
    if before.strip() or imports is None:
        return ()
    at = Position(span.start.line, 1)
    return sound(source, (*imports, Edit(Span(span.path, at, at), _indented(source, statement, before))))


def insert_after(source: Source, span: Span, statement: str) -> Edits:
    """`statement` on a line of its own after the statement at `span`."""
    before = source.lines[span.start.line - 1][: span.start.column - 1]
    statement, imports = as_the_file_says(source, span, statement)
    if before.strip() or imports is None:
        return ()
    return sound(source, (*imports, line_after(source, span.end.line, _indented(source, statement, before))))


def move_statement_into_block(source: Source, span: Span, block: Span) -> Edits:
    """The simple statement (or the run of them) right before a `with` becomes the first of its block.

    `block` is the span of the whole `with` statement. Comments on the statement's lines move with it.
    """
    import libcst

    definition, node = find(source, source.span_between(span, block), libcst.With, at=block)
    if definition is None or node is None or not _in_one_cell(source, span, block):
        return ()
    siblings = list(getattr(definition.parent(node), "body", ()))
    before = siblings[: siblings.index(node)]
    moved = [one for one in before if span.contains(definition.span_of(one))]
    if not moved or before[-len(moved) :] != moved or not all(map(_is_one_simple_statement, moved)):
        return ()
    ends = (definition.span_of(moved[0]).start, definition.span_of(moved[-1]).end)
    if ends != (span.start, span.end):
        return ()
    made = re.findall(r"^\s*(\w+)", source.code(whole_lines(source, span)), re.MULTILINE)
    header = source.code(Span(block.path, block.start, definition.span_of(node.body).start))
    if not set(made).isdisjoint(re.findall(r"\w+", header)):
        return ()
    lines = whole_lines(source, span)
    if has_long_string(source, span):  # a string over several lines would change with the indentation
        return ()
    old = source.lines[span.start.line - 1][: span.start.column - 1]
    statement = re.sub(rf"(^|[\r\n]){re.escape(old)}", r"\1", source.code(lines).rstrip("\r\n"))
    return sound(source, (Edit(lines, ""), *_first_in_block(source, block, statement)))


def move_statement_to_end_of_block(source: Source, span: Span, block: Span) -> Edits:
    """The simple statement right after a `with` becomes the last of its block, with the comment lines above it.

    `block` is the span of the whole `with` statement.
    """
    import libcst

    definition, node = find(source, source.span_between(block, span), libcst.With, at=block)
    if definition is None or node is None or not isinstance(node.body, libcst.IndentedBlock):
        return ()
    if not _in_one_cell(source, span, block):
        return ()
    siblings = list(getattr(definition.parent(node), "body", ()))
    after = next(iter(siblings[siblings.index(node) + 1 :]), None)
    if after is None or not _is_one_simple_statement(after) or definition.span_of(after) != span:
        return ()
    if has_long_string(source, span):
        return ()
    last = definition.span_of(node.body.body[-1])
    old = source.lines[span.start.line - 1][: span.start.column - 1]
    first = span.start.line
    while first - 1 > last.end.line and source.lines[first - 2].startswith(f"{old}#"):
        first -= 1
    moved = Span(span.path, Position(first, 1), whole_lines(source, span).end)
    inner = source.lines[definition.span_of(node.body.body[0]).start.line - 1]
    indent = inner[: len(inner) - len(inner.lstrip())]
    statement = re.sub(rf"(^|[\r\n]){re.escape(old)}", r"\1", source.code(moved).rstrip("\r\n"))
    return sound(source, (line_after(source, last.end.line, _indented(source, statement, indent)), Edit(moved, "")))


def _in_one_cell(source: Source, first: Span, second: Span) -> bool:
    cells = [source.cell_of(span.start.line) for span in (first, second)]
    return cells[0] is None or cells[1] is None or cells[0][0] == cells[1][0]


def _is_one_simple_statement(node: cst.CSTNode) -> bool:
    import libcst

    return isinstance(node, libcst.SimpleStatementLine) and len(node.body) == 1


def _statement(source: Source, span: Span) -> tuple[cst.SimpleStatementLine, bool] | None:
    """The line of a simple statement, and whether it is the only one of a block."""
    import libcst

    definition, node = find(source, span, (libcst.BaseSmallStatement, libcst.SimpleStatementLine))
    if definition is None or node is None:
        return None
    line = node if isinstance(node, libcst.SimpleStatementLine) else definition.parent(node)
    if not isinstance(line, libcst.SimpleStatementLine):
        return None
    block = definition.parent(line)
    return line, isinstance(block, libcst.IndentedBlock) and len(block.body) == 1


def _first_in_block(source: Source, span: Span, statement: str) -> Edits:
    import libcst

    definition, node = find(source, span, libcst.CSTNode, at=span)
    for node in definition.nodes_at(span) if definition else ():
        body = getattr(node, "body", None)
        if isinstance(body, libcst.SimpleStatementSuite) and definition:
            at = definition.span_of(body.body[0]).start
            fits = lines(statement) == 1 and "#" not in statement
            return (Edit(Span(span.path, at, at), f"{statement}; "),) if fits else ()
        if isinstance(body, libcst.IndentedBlock) and definition:
            first = definition.span_of(body.body[0]).start.line
            line = source.lines[first - 1]
            indent = line[: len(line) - len(line.lstrip())]
            header = definition.span_of(body.header).start.line
            return (line_after(source, header, _indented(source, statement, indent)),)
    return ()


def _indented(source: Source, statement: str, indent: str) -> str:
    lines = NEWLINE.split(statement)
    return "".join((indent + line if line.strip() else line) + source.newline for line in lines)
