"""What a fix changes, as removed and added lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import dedent

from tapelint.diagnostic import Edit, Position


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of one file that change, their common indentation left out.

    `before` is the line above an insertion, for the eye; it does not change. None where lines are removed.
    """

    path: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    before: str | None = None


def hunks(edits: Sequence[Edit], lines: Sequence[str], path: str) -> Iterator[Hunk]:
    """The changes that `edits` make in the file with these `lines`, edits that touch a line together."""
    group: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if group and edit.span.start.line > max(one.span.end.line for one in group):
            yield _hunk(group, lines, path)
            group = []
        group.append(edit)
    if group:
        yield _hunk(group, lines, path)


def _hunk(edits: Sequence[Edit], lines: Sequence[str], path: str) -> Hunk:
    first = edits[0].span.start.line
    last = max(edit.span.end.line for edit in edits)
    old = [lines[number - 1] if number <= len(lines) else "" for number in range(first, last + 1)]
    new = _edited(old, edits, first)
    at = first - 1
    while old and new and old[0] == new[0]:
        del old[0], new[0]
        at += 1
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    before = lines[at - 1] if not old and 0 < at <= len(lines) and lines[at - 1].strip() else None
    return _dedented(Hunk(path, tuple(old), tuple(new), before))


def _edited(old: Sequence[str], edits: Sequence[Edit], first: int) -> list[str]:
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: Position) -> int:
        return starts[position.line - first] + position.column - 1

    text = "\n".join(old)
    for edit in reversed(edits):
        replacement = edit.replacement.replace("\r\n", "\n").replace("\r", "\n")
        text = text[: offset(edit.span.start)] + replacement + text[offset(edit.span.end) :]
    return text.split("\n")


def _dedented(hunk: Hunk) -> Hunk:
    before = [] if hunk.before is None else [hunk.before]
    every = dedent("\n".join([*before, *hunk.removed, *hunk.added])).split("\n")
    lines = [line.rstrip() for line in every]
    middle = len(before) + len(hunk.removed)
    return Hunk(hunk.path, tuple(lines[len(before) : middle]), tuple(lines[middle:]), lines[0] if before else None)
