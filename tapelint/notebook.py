"""A Jupyter notebook as one Python text, and an edited text as a notebook again.

The code cells follow each other, between each two of them a line that holds one form feed: blank for Python, and the
place where the text is cut again. In the file nothing changes but the strings of the lines that were edited.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import Any

from tapelint import ipython, jsontext

_BETWEEN = "\x0c"
_NEWLINE = re.compile(r"\r\n|\r|\n")
_NEWLINES_WRITTEN = frozenset({r"\n", r"\u000a"})
_BOM = "\ufeff"


class NotebookError(ValueError):
    """Not a notebook that can be read, or a text that cannot be put back; the message is one line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its number among all cells from 1, and its lines in the text, from `first`.

    `unread` says why it could not be read ("" where it could) at `line` of it; then no finding is in it.
    """

    number: int
    first: int
    lines: int
    line: int = 0
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Notebook:
    """`text` is the Python of all code cells; `data` the file that it was read from.

    `language` is that of its kernel where it is another than Python ("" where not): it has no cells then.
    """

    text: str
    cells: tuple[Cell, ...]
    data: bytes
    language: str = ""

    @classmethod
    def read(cls, data: bytes) -> Notebook:
        """From the bytes of a file. NotebookError."""
        pieces: list[str] = []
        cells: list[Cell] = []
        first = 1
        content = _load(data)
        language = _other_language(content)
        for number, cell in [] if language else _code_cells(content):
            piece = ipython.python(_lines_of(cell["source"]))
            lines = len(piece.text.split("\n"))
            expected = "raises-exception" in _list(_table(cell.get("metadata")).get("tags"))
            cells.append(Cell(number, first, lines, piece.line, "" if expected else piece.reason))
            pieces.append(piece.text)
            first += lines + 1
        return cls(f"\n{_BETWEEN}\n".join(pieces), tuple(cells), data, language)

    def cell_of(self, line: int) -> tuple[int, int] | None:
        """The number of the cell that holds a line of the text, and the line in it.

        The line between two cells counts as one more of the cell above: there ends what reaches to that cell's end.
        """
        for cell in self.cells:
            if cell.first <= line <= cell.first + cell.lines:
                return cell.number, line - cell.first + 1
        return None

    def shown(self) -> Iterator[tuple[int, str]]:
        """The number of each code cell, and its text as it is in the notebook."""
        for cell, piece in zip(self.cells, _pieces(self.text), strict=False):
            yield cell.number, "\n".join(map(ipython.restored, piece))

    def encode(self, text: str) -> bytes:
        """The notebook with the cells of an edited text; all else stays as it was. NotebookError."""
        before, after = _pieces(Notebook.read(self.data).text), _pieces(text)
        if not len(before) == len(after) == max(len(self.cells), 1):
            raise NotebookError("the cells of the notebook cannot be told apart any more")
        whole = self.data.decode()
        bom, whole = whole[: whole.startswith(_BOM)], whole.removeprefix(_BOM)
        places = sources(whole)
        usual = next((layout for layout in (_Layout.of(whole, *place) for place in places.values()) if layout), _DENSE)
        for cell, old, new in reversed(list(zip(self.cells, before, after, strict=False))):
            if new != old:
                first, end = places[cell.number]
                whole = whole[:first] + _edited(whole, first, end, list(_edits(old, new)), usual) + whole[end:]
        return (bom + whole).encode()

    def with_text(self, text: str) -> Notebook:
        """The same notebook with its code edited, not yet written."""
        cells: list[Cell] = []
        first = 1
        for cell, piece in zip(self.cells, _pieces(text), strict=False):
            cells.append(replace(cell, first=first, lines=len(piece)))
            first += len(piece) + 1
        return replace(self, text=text, cells=tuple(cells))


def _pieces(text: str) -> list[list[str]]:
    """The lines of each cell."""
    pieces: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line == _BETWEEN:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return pieces


# -------------------------------------------------------------------- the file


def _load(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotebookError(f"is no notebook: not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise NotebookError(f"is no notebook: not valid JSON: {error}") from error
    except RecursionError as error:
        raise NotebookError("is no notebook: its JSON is nested too deeply") from error
    if isinstance(content, dict) and isinstance(content.get("worksheets"), list):
        raise NotebookError("is a notebook of format 3; `jupyter nbconvert --to notebook` makes it one of format 4")
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise NotebookError("is no notebook: it has no list of cells")
    for number, cell in enumerate(cells, 1):
        if not _is_cell(cell):
            raise NotebookError(f"is no notebook: cell {number} has no text as its source")
    notebook: dict[str, Any] = content
    return notebook


def _is_cell(cell: Any) -> bool:
    source = _table(cell).get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _other_language(content: dict[str, Any]) -> str:
    metadata = _table(content.get("metadata"))
    told = [_table(metadata.get("kernelspec")).get("language"), _table(metadata.get("language_info")).get("name")]
    return next((str(language) for language in told if not _is_python(language)), "")


def _code_cells(content: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The cells of Python; one of another language may say so itself."""
    for number, cell in enumerate(content["cells"], 1):
        vscode = _table(_table(cell.get("metadata")).get("vscode"))
        if cell.get("cell_type") == "code" and _is_python(vscode.get("languageId")):
            yield number, cell


def _is_python(language: Any) -> bool:
    return not isinstance(language, str) or "python" in language.lower()


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _lines_of(source: str | list[str]) -> str:
    return _NEWLINE.sub("\n", "".join(source)).replace(_BETWEEN, " ")


def sources(text: str) -> Mapping[int, tuple[int, int]]:
    """Where the source of each cell begins and ends in the text of a notebook's file, by the cell's number."""
    places = {key: first for key, first, _ in jsontext.members(text, jsontext.start(text))}
    found = {}
    for number, (first, _) in enumerate(jsontext.items(text, places["cells"]), 1):
        members = {key: (at, end) for key, at, end in jsontext.members(text, first)}
        found[number] = members["source"]
    return found


def strings(text: str, first: int) -> list[tuple[int, int]]:
    """Where the strings of the source that begins at `first` begin and end, without their quotation marks."""
    is_one = text[first] == '"'
    places = [(first, jsontext.end(text, first))] if is_one else jsontext.items(text, first)
    return [(start + 1, end - 1) for start, end in places]


# ------------------------------------------------------------- the edit of a cell

Change = tuple[int, int, Sequence[str]]  # lines of the cell, from 0, the end exclusive, and what takes their place


def _edits(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """What became of the lines, last first."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, end, new, new_end in reversed(matcher.get_opcodes()):
        if tag != "equal":
            yield first, end, [ipython.restored(line) for line in after[new:new_end]]


@dataclass(frozen=True, slots=True)
class _Layout:
    """What stands in an array of strings around them: before the first, between two, behind the last."""

    before: str
    between: str
    behind: str

    @classmethod
    def of(cls, text: str, first: int, end: int) -> _Layout | None:
        """That of the array at a place, if it has strings."""
        places = list(jsontext.items(text, first)) if text[first] == "[" else []
        if not places:
            return None
        before = text[first + 1 : places[0][0]]
        between = text[places[0][1] : places[1][0]] if places[1:] else "," + (before or " ")
        return cls(before, between, text[places[-1][1] : end - 1])


_DENSE = _Layout("", ", ", "")


def _edited(text: str, first: int, end: int, changes: Sequence[Change], usual: _Layout) -> str:
    """The source that stands at a place in the file, with changed lines; strings without changes stay."""
    source = _Source(text, first)
    for change in changes:
        source.change(*change)
    if text[first] == '"':
        return source.string()
    return source.array(_Layout.of(text, first, end) or usual)


class _Source:
    """The source of a cell as it is written: for each character what stands in its place, and one more at the end."""

    def __init__(self, text: str, first: int) -> None:
        self._text = text
        self._places = strings(text, first)
        pieces = [jsontext.characters(text[start:stop]) for start, stop in self._places]
        plain = "".join(json.loads(f'"{text[start:stop]}"') for start, stop in self._places)
        self._slots = [[character] for piece in pieces for character in piece] + [[]]
        self._ends = list(accumulate(map(len, pieces)))
        self._known = {each: slot[0] for each, slot in zip(plain, self._slots, strict=False)}
        self._lines = _Lines(plain)
        self._changed: set[int] = set()

    def change(self, first: int, end: int, lines: Sequence[str]) -> None:
        """Put `lines` in the place of those from `first` to `end`; characters are written as elsewhere in the cell."""
        start, stop, new = self._lines.edit(first, end, lines)
        ascii = self._text.isascii()
        written = [self._known.get(each) or jsontext.written(each, ascii) for each in new]
        if start == stop:
            self._slots[start] = [*written, *self._slots[start]]
        else:
            self._slots[start:stop] = [written, *([] for _ in range(stop - start - 1))]
        self._changed.update(range(start, max(stop, start + 1)))

    def string(self) -> str:
        """As one string."""
        return f'"{"".join(chain.from_iterable(self._slots))}"'

    def array(self, layout: _Layout) -> str:
        """As an array of strings: where something changed one for each line."""
        shown = ""
        for string, gap in self._items(layout):
            shown += (gap if shown else layout.before) + string
        return f"[{shown}{layout.behind}]" if shown else "[]"

    def _items(self, layout: _Layout) -> Iterator[tuple[str, str]]:
        """The strings, each with what stands between it and the one before."""
        waiting: list[str] = []
        start = 0
        for number, (end, place) in enumerate(zip(self._ends, self._places, strict=True)):
            end += number + 1 == len(self._ends)
            if self._changed.isdisjoint(range(start, end)):
                yield from self._split(waiting, layout)
                waiting = []
                gap = self._text[self._places[number - 1][1] + 1 : place[0] - 1]
                yield self._text[place[0] - 1 : place[1] + 1], gap
            else:
                waiting.extend(chain.from_iterable(self._slots[start:end]))
            start = end
        yield from self._split([*waiting, *chain.from_iterable(self._slots[start:])], layout)

    def _split(self, characters: Sequence[str], layout: _Layout) -> Iterator[tuple[str, str]]:
        line = ""
        for character in characters:
            line += character
            if character.lower() in _NEWLINES_WRITTEN:
                yield f'"{line}"', layout.between
                line = ""
        if line:
            yield f'"{line}"', layout.between


class _Lines:
    """Where the lines of a cell begin and end, in characters."""

    def __init__(self, text: str) -> None:
        ends = list(_NEWLINE.finditer(text))
        self._text = text
        self._newline = ends[0].group() if ends else "\n"
        self._starts = [0, *(found.end() for found in ends)]
        self._ends = [*(found.start() for found in ends), len(text)]

    def edit(self, first: int, end: int, lines: Sequence[str]) -> tuple[int, int, str]:
        """The characters that change with these lines, as few as can be, and what takes their place."""
        start, stop, new = self._whole(first, end, self._newline.join(lines), bool(lines))
        old = self._text[start:stop]
        front = _common(old, new)
        old, new, start = old[front:], new[front:], start + front
        back = _common(old[::-1], new[::-1])
        return start, stop - back, new[: len(new) - back]

    def _whole(self, first: int, end: int, new: str, stays: bool) -> tuple[int, int, str]:
        last = len(self._ends)
        if first == end:
            if first == last:
                return self._ends[-1], self._ends[-1], self._newline + new
            return self._starts[first], self._starts[first], new + self._newline
        if stays:
            return self._starts[first], self._ends[end - 1], new
        if end < last:
            return self._starts[first], self._starts[end], ""
        return self._ends[first - 1] if first else 0, self._ends[end - 1], ""


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first != second), min(len(one), len(other)))
