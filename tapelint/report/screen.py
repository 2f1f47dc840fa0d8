"""Text as a terminal shows it: cells instead of characters, nothing that moves the cursor or reorders the line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len, get_character_cell_size

_TAB = 4
_DOTS = "..."


@dataclass(frozen=True, slots=True)
class Screen:
    """Where text goes: `width` in cells, whether words are broken to it, the `encoding` of the stream."""

    width: int
    wraps: bool
    encoding: str = "utf-8"
    is_terminal: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of source in cells: what is shown for each character, and the cell in which each one starts.

    `starts` has one entry more than there are characters: the width of the whole.
    """

    glyphs: tuple[str, ...]
    starts: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many cells the line takes."""
        return self.starts[-1]

    def cell(self, column: int) -> int:
        """The cell (from 0) of a column (from 1); columns past the end are held to the end."""
        return self.starts[min(max(column - 1, 0), len(self.glyphs))]

    def cut(self, first: int, last: int) -> str:
        """What stands in the cells from `first` up to `last`; half of a wide character is a space."""
        shown: list[str] = []
        for glyph, start, end in zip(self.glyphs, self.starts, self.starts[1:], strict=False):
            if first <= start and end <= last:
                # A mark that combines with a character outside goes with it.
                shown.append(glyph if end > start or shown else "")
            elif start < last and end > first:
                shown.append(" " * (min(end, last) - max(start, first)))
        return "".join(shown)


def line_of(text: str, encoding: str) -> Line:
    """`text` in cells: tabs go to the next fourth one, what cannot be shown or encoded becomes `?`."""
    glyphs = []
    widths = []
    at = 0
    for character in text:
        if character == "\t":
            glyph = " " * (_TAB - at % _TAB)
            width = len(glyph)
        else:
            glyph = _shown(character, encoding)
            width = cell_len(glyph) if len(glyph) != 1 else get_character_cell_size(glyph)
        glyphs.append(glyph)
        widths.append(width)
        at += width
    return Line(tuple(glyphs), tuple(accumulate(widths, initial=0)))


def clean(text: str) -> str:
    """A message on one line, without characters that would act on the terminal."""
    return " ".join("".join(_shown(character, "utf-8") for character in text).split())


def _shown(character: str, encoding: str) -> str:
    if " " <= character <= "~":
        return character
    # Control, format (right-to-left marks, joiners), surrogate: they act on the terminal or break the count of cells.
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return " " if character.isspace() else "?"
    try:
        character.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return "?" * get_character_cell_size(character)
    return character


def window(line: Line, marks: list[tuple[int, int]], main: tuple[int, int], room: int) -> tuple[int, int]:
    """Which cells of a line to show in `room` cells so that its marks are seen, `main` above all."""
    if line.width <= room:
        return 0, line.width
    if max(end for _, end in marks) <= room - len(_DOTS):
        return 0, room
    low = min(start for start, _ in marks)
    high = max(end for _, end in marks)
    if high - low > room - 4 * len(_DOTS):
        low, high = main
    spare = max(room - (min(high, line.width) - low), 0)
    first = max(0, low - max(spare // 2, 2 * len(_DOTS)))
    first = min(first, max(0, line.width - room))
    return first, first + room


def cut_line(line: Line, first: int, last: int) -> str:
    """The cells of `line` in a window, with dots where something is left out."""
    left = _DOTS if first > 0 else ""
    right = _DOTS if last < line.width else ""
    if last - first <= len(left) + len(right):
        return line.cut(first, last)
    return left + line.cut(first + len(left), last - len(right)) + right


def wrap(text: str, room: int) -> list[str]:
    """`text` broken at spaces into lines of at most `room` cells, where its words allow it."""
    return list(_wrapped(text, max(room, 1))) or [""]


def hanging(label: str, room: int) -> list[str]:
    """A label such as `3: the path ends`, broken so that its words stand under each other, right of the number."""
    number, colon, words = label.partition(": ")
    if not number[:1].isdigit():
        return wrap(label, room)
    first = number + colon
    lines = wrap(words, room - len(first))
    return [first + lines[0], *(" " * len(first) + line for line in lines[1:])]


def _wrapped(text: str, room: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > room:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line
