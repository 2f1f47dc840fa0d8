"""Where the code of a notebook stands in its file: SARIF knows files, not cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from tapelint.diagnostic import Position
from tapelint.jsontext import characters
from tapelint.notebook import sources, strings
from tapelint.report import Result
from tapelint.report.common import place


@dataclass(slots=True)
class _Line:
    """The offsets of a line's characters in the file, and of its end."""

    end: int
    characters: list[int] = field(default_factory=list)


class FilePlaces:
    """Positions as a `result` has them, turned into positions in the files as they lie on the disk."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._notebooks: dict[str, CellPlaces] = {}

    def position(self, path: str, position: Position) -> Position:
        """The same, but for what stands in a cell; the file's first character where it cannot be found there."""
        if not path.endswith(".ipynb"):
            return position
        shown = place(self._result, path, position)
        if shown.cell is None:
            return Position(1, 1)
        if path not in self._notebooks:
            self._notebooks[path] = CellPlaces(self.text(path))
        return self._notebooks[path].position(shown.cell, Position(shown.line, shown.column))

    def text(self, path: str) -> str:
        """The file as it lies on the disk, which is what GitHub hashes: with its byte order mark, if it has one."""
        try:
            return (self._result.cwd / path).read_bytes().decode("utf-8", errors="replace")
        except OSError:
            return "\n".join(self._result.text_of(path))


class CellPlaces:
    """Positions in the cells of one notebook, turned into positions in the `text` of its file."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._cells: dict[int, list[_Line]] = {}
        for cell, (first, _) in sources(text).items():
            for start, end in strings(text, first):
                lines = self._cells.setdefault(cell, [_Line(start)])
                if not lines[-1].characters:
                    lines[-1].end = start
                _add(lines, start, text[start:end])

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
    for written in characters(raw):
        end = start + len(written)
        if written == r"\n":
            lines.append(_Line(end))
        else:
            lines[-1].characters.append(start)
            lines[-1].end = end
        start = end
