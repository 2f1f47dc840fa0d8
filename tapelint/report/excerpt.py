"""An excerpt of one file: the lines that matter, and under them the numbered steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from tapelint.diagnostic import Position, Span
from tapelint.report.screen import Line, Screen, clean, cut_line, hanging, line_of, window

GUTTER = "bright_blue"
_LEAST_ROOM = 30


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline with `sign`, and what to say of it ("" for nothing)."""

    span: Span
    sign: str
    label: str
    style: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """The part of a mark that lies on one line: columns from 1, the end exclusive."""

    mark: Mark
    start: int
    end: int
    label: str
    goes_on: bool = False


def excerpt(lines: Sequence[str], marks: Sequence[Mark], gutter: int, screen: Screen, above: int = 0) -> list[Text]:
    """The rows of an excerpt of the file with these `lines`; line numbers are `gutter` cells wide.

    `above` lines of the file are not counted: those of the cells above, in a notebook.
    """
    rows: dict[int, list[_Row]] = {}
    for mark in marks:
        for number, row in _rows(mark, lines):
            rows.setdefault(number, []).append(row)
    shown: list[Text] = []
    for number in sorted(rows):
        line = line_of(_line(lines, number).rstrip(), screen.encoding)
        shown.extend(_line_rows(str(number - above), line, rows[number], gutter, screen))
    return shown


def margin(gutter: int, number: str = "") -> Text:
    """The left edge of a row: a line number or nothing, and the bar."""
    return Text.assemble((f"{number:>{gutter}} |", GUTTER))


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _rows(mark: Mark, lines: Sequence[str]) -> Iterable[tuple[int, _Row]]:
    """The line numbers that a mark is shown on, with its part there: the first line of its span and the last."""
    start, end = mark.span.start, mark.span.end
    while end.line > start.line and not _line(lines, end.line)[: end.column - 1].strip():
        end = Position(end.line - 1, len(_line(lines, end.line - 1)) + 1)
    if start.line == end.line:
        return [(start.line, _Row(mark, start.column, end.column, mark.label))]
    first = _line(lines, start.line).rstrip()
    last = _line(lines, end.line)
    indent = len(last) - len(last.lstrip())
    return [
        (start.line, _Row(mark, start.column, len(first) + 1, "", goes_on=True)),
        (end.line, _Row(mark, indent + 1, end.column, mark.label)),
    ]


def _line_rows(number: str, line: Line, rows: Sequence[_Row], gutter: int, screen: Screen) -> list[Text]:
    room = max(screen.width - gutter - 3, 10)
    places = [(line.cell(row.start), max(line.cell(row.end), line.cell(row.start) + 1)) for row in rows]
    main = next((place for place, row in zip(places, rows, strict=True) if row.mark.main), places[0])
    first, last = window(line, places, main, room)
    code = cut_line(line, first, last).rstrip()
    shown = [margin(gutter, number).append(f" {code}" if code else "")]
    previous: tuple[int, int] | None = None
    for row, (start, end) in zip(rows, places, strict=True):
        begin = min(max(start - first, 0), room - 1)
        finish = max(min(end - first, room), begin + 1)
        again = previous == (begin, finish) and not row.goes_on
        shown.extend(_mark_rows(row, begin, finish, again, gutter, room, screen.wraps))
        previous = (begin, finish)
    return shown


def _mark_rows(row: _Row, begin: int, finish: int, again: bool, gutter: int, room: int, wraps: bool) -> list[Text]:
    """A mark with its label to the right of it, or below where there is no room.

    `again`: the mark stands right above already, so that only the label is missing.
    """
    style = row.mark.style
    signs = row.mark.sign * (finish - begin) + ("..." if row.goes_on else "")
    label = clean(row.label)
    beside = finish + 1
    indent, lines, below = beside, [label], False
    if wraps and label and cell_len(label) > room - beside:
        if room - beside >= _LEAST_ROOM:
            lines = hanging(label, room - beside)
        else:
            below = True
            indent = max(0, min(begin, room - min(cell_len(label), _LEAST_ROOM)))
            lines = hanging(label, room - indent)
    shown = []
    if not again or not label:
        top = f"{signs} {lines[0]}" if label and not below else signs
        shown.append(_row(gutter, begin, top, style))
        lines = lines if below else lines[1:]
    if label:
        shown.extend(_row(gutter, indent, line, style) for line in lines)
    return shown


def _row(gutter: int, indent: int, text: str, style: str) -> Text:
    return margin(gutter).append(" " * (indent + 1)).append(text, style=style)
