"""The frozen values that leave tapelint: where, what, how it came to be, and what edit mends it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("note", "warning", "error")


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in a text: line and column from 1, the column in characters."""

    line: int
    column: int


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A stretch of one file, its end exclusive.

    `path` is the file's path as it was found (absolute, or relative to the working directory); reports shorten it.
    """

    path: str
    start: Position
    end: Position

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character; two empty spans at one place overlap too."""
        if self.path != other.path:
            return False
        if self == other:
            return True
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.path == other.path and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Step:
    """One station on the way from the source to the break to the target."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span` by `replacement`; an empty span inserts."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends what a diagnostic reports.

    `safe` is said only of kinds of fixes that were run on TensorFlow: bad before, flowing after.
    """

    message: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `span` is the expression to edit; `sources` are the gradient's sources that it concerns, as the user wrote them;
    `steps` lead from the source to the break to the target; `help` says in words what to do where no edit is sure;
    `cell` is the notebook cell (from 1) that the span's lines are counted in, None outside notebooks.
    """

    code: str
    name: str
    level: Level
    message: str
    span: Span
    sources: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    fixes: tuple[Fix, ...] = ()
    help: str = ""
    cell: int | None = field(default=None)

    def at_level(self, level: Level) -> Diagnostic:
        """The same finding at another level."""
        return replace(self, level=level)

    @property
    def identity(self) -> tuple[str, Span, str]:
        """What two findings share that are one: two files may lead to it."""
        return (self.code, self.span, self.message)

    @property
    def sort_key(self) -> tuple[str, Position, Position, str, str]:
        """Order of reports: by file, place, code, message."""
        return (self.span.path, self.span.start, self.span.end, self.code, self.message)


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be analysed, and why, in one line. `path` may be "" where no one file is to blame."""

    path: str
    message: str


def at_least(level: Level, floor: Level) -> bool:
    """Whether `level` is as grave as `floor` or graver."""
    return LEVELS.index(level) >= LEVELS.index(floor)
