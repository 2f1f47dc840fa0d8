"""Where the code of a notebook stands in its file: SARIF knows files, not cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from tapelint.diagnostic import Position

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|[{}\[\],:]|[^\s{}\[\],:"]+')
# A character outside of the basic plane is two escapes.
_CHARACTER = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.")


@dataclass(slots=True)
class _Line:
    """The offsets of a line's characters in the file, and of its end."""

    end: int
    characters: list[int] = field(default_factory=list)


class CellPlaces:
    """Positions in the cells of one notebook, turned into positions in the `text` of its file."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._cells: dict[int, list[_Line]] = {}
        for cell, start, raw in _sources(text):
            lines = self._cells.setdefault(cell, [_Line(start)])
            if not lines[-1].characters:
                lines[-1].end = start
            _add(lines, start, raw)

    def position(self, cell: int, position: Position) -> Position:
        """The place in the file of a place in a cell (from 1); the file's first character if there is none."""
        lines = self._cells.get(cell, [])
        if position.line > len(lines):
            return Position(1, 1)
        line = lines[position.line - 1]
        offset = line.characters[position.column - 1] if position.column <= len(line.characters) else line.end
        number = bisect_right(self._starts, offset)
        return Position(number, offset - self._starts[number - 1] + 1)


def _add(lines: list[_Line], start: int, raw: str) -> None:
    """One string of a cell's source, from `start` in the file, as it is written there."""
    for found in _CHARACTER.finditer(raw):
        if found.group() == r"\n":
            lines.append(_Line(start + found.end()))
        else:
            lines[-1].characters.append(start + found.start())
            lines[-1].end = start + found.end()


def _sources(text: str) -> Iterator[tuple[int, int, str]]:
    """The strings of the cells' sources: the cell's number, the offset of the string's text, that text."""
    path: list[str | int] = []
    key = True
    for found in _TOKEN.finditer(text):
        token = found.group()
        if token in "{[":
            path.append("" if token == "{" else 0)
            key = token == "{"
        elif token in "}]":
            path.pop()
        elif token == ",":
            last = path[-1]
            key = isinstance(last, str)
            if isinstance(last, int):
                path[-1] = last + 1
        elif token == ":":
            key = False
        elif key:
            path[-1] = token.strip('"')
        elif token[0] == '"' and path[:1] == ["cells"] and path[2:3] == ["source"] and isinstance(path[1], int):
            yield path[1] + 1, found.start(1), found.group(1)
