"""A Jupyter notebook as one Python text, and an edited text as a notebook again.

The code cells follow each other, between each two of them a line that holds one form feed: blank for Python, and the
place where the text is cut again. Lines in IPython's own syntax become Python that keeps them in a comment.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BETWEEN = "\x0c"
_KEPT = re.compile(r"^(\s*)(?:pass  |(.*?\S\s*=\s*)get_ipython\(\)  )?# ipython: (.*)$")
_MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\?\??\s*$)")
_ASSIGNED = re.compile(r"(\s*[\w.,\[\]'\" ]+?\s*=\s*)([%!].*)")
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "debug"})
_TOKEN = re.compile(r"'''|\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|#.*|[()\[\]{}]")


class NotebookError(ValueError):
    """Not a notebook that can be read, or a text that cannot be put back; the message is one line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its number among all cells from 1, and its lines in the text, from `first`."""

    number: int
    first: int
    lines: int


@dataclass(frozen=True, slots=True)
class Notebook:
    """`text` is the Python of all code cells; `data` the file that it was read from."""

    text: str
    cells: tuple[Cell, ...]
    data: bytes

    @classmethod
    def read(cls, data: bytes) -> Notebook:
        """From the bytes of a file. NotebookError."""
        sources = [(number, "".join(cell["source"])) for number, cell in _code_cells(_load(data))]
        pieces: list[str] = []
        cells: list[Cell] = []
        first = 1
        for number, source in sources:
            piece = _python(source)
            lines = len(piece.split("\n"))
            cells.append(Cell(number, first, lines))
            pieces.append(piece)
            first += lines + 1
        return cls(f"\n{_BETWEEN}\n".join(pieces), tuple(cells), data)

    def cell_of(self, line: int) -> tuple[int, int] | None:
        """The number of the cell that holds a line of the text, and the line in it.

        The line between two cells counts as one more of the cell above: there ends what reaches to that cell's end.
        """
        for cell in self.cells:
            if cell.first <= line <= cell.first + cell.lines:
                return cell.number, line - cell.first + 1
        return None

    def encode(self, text: str) -> bytes:
        """The notebook with the cells of an edited text; all else stays as it was. NotebookError."""
        content = _load(self.data)
        cells = [cell for _, cell in _code_cells(content)]
        before, after = _pieces(Notebook.read(self.data).text), _pieces(text)
        if not len(before) == len(after) == max(len(cells), 1):
            raise NotebookError("the cells of the notebook cannot be told apart any more")
        for cell, old, new in zip(cells, before, after, strict=False):
            if new != old:
                source = "\n".join(map(_restored, new))
                cell["source"] = source if isinstance(cell["source"], str) else source.splitlines(keepends=True)
        return _dumped(content, self.data)

    def with_text(self, text: str) -> Notebook:
        """The same notebook with its code edited, not yet written."""
        cells: list[Cell] = []
        first = 1
        for cell, piece in zip(self.cells, _pieces(text), strict=False):
            cells.append(Cell(cell.number, first, len(piece)))
            first += len(piece) + 1
        return Notebook(text, tuple(cells), self.data)


def _pieces(text: str) -> list[list[str]]:
    """The lines of each cell."""
    pieces: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line == _BETWEEN:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return pieces


def _load(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotebookError(f"is no notebook: {error}") from error
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(map(_is_cell, cells)):
        raise NotebookError("is no notebook of format 4")
    notebook: dict[str, Any] = content
    return notebook


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict):
        return False
    source = cell.get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _code_cells(content: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    metadata = content.get("metadata")
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        language = part.get(name) if isinstance(part, dict) else None
        if isinstance(language, str) and "python" not in language.lower():
            return
    for number, cell in enumerate(content["cells"], 1):
        if cell.get("cell_type") == "code":
            yield number, cell


def _dumped(content: dict[str, Any], like: bytes) -> bytes:
    """JSON laid out as in the bytes that it was read from."""
    old = like.decode("utf-8-sig")
    indent = re.match(r"\s*\{\r?\n([ \t]+)", old)
    text = json.dumps(
        content,
        indent=indent.group(1) if indent else None,
        separators=(
            "," if indent or not re.search(r'[\]}"0-9], "', old) else ", ",
            ": " if '": ' in old[:200] else ":",
        ),
        ensure_ascii=old.isascii() and "\\u" in old,
    )
    text += old[len(old.rstrip()) :]
    return (text.replace("\n", "\r\n") if "\r\n" in old else text).encode()


# -------------------------------------------------------------- IPython's syntax


def _python(source: str) -> str:
    """A cell as Python with as many lines."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace(_BETWEEN, " ")
    if _parses(source):
        return source
    lines = source.split("\n")
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines[start].startswith("%%"):
        if lines[start][2:].split(maxsplit=1)[:1] not in [[name] for name in _PYTHON_CELLS]:
            return "\n".join(_kept("", line) if line.strip() else line for line in lines)
        lines[start] = _kept("", lines[start])
    return "\n".join(_plain_lines(lines))


def _plain_lines(lines: list[str]) -> Iterator[str]:
    quote, depth, joined, in_magic = "", 0, False, False
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        if in_magic:
            yield f"{indent}# ipython: {line[len(indent) :]}"
            in_magic = line.endswith("\\")
            continue
        if not quote and not depth and not joined and _MAGIC.match(line):
            yield _kept(indent, line[len(indent) :])
            in_magic = line.endswith("\\")
            continue
        assigned = _ASSIGNED.fullmatch(line) if not quote and not depth and not joined else None
        if assigned:
            yield f"{assigned.group(1)}get_ipython()  # ipython: {assigned.group(2)}"
            continue
        quote, depth = _state(line, quote, depth)
        joined = line.endswith("\\")
        yield line


def _state(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The triple quote and the number of brackets that are open after a line."""
    at = 0
    while at < len(line):
        found = re.compile(rf"\\.|{quote}").search(line, at) if quote else _TOKEN.search(line, at)
        if found is None:
            break
        at, token = found.end(), found.group()
        if token == quote:
            quote = ""
        elif not quote and token in ("'''", '"""'):
            quote = token
        elif not quote and token in "()[]{}":
            depth = max(depth + (1 if token in "([{" else -1), 0)
    return quote, depth


def _kept(indent: str, line: str) -> str:
    return f"{indent}pass  # ipython: {line}"


def _restored(line: str) -> str:
    kept = _KEPT.match(line)
    return f"{kept.group(1)}{kept.group(2) or ''}{kept.group(3)}" if kept else line


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
