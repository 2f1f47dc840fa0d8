"""What several formats share: shown paths, places in notebooks, counts."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from tapelint.diagnostic import LEVELS, Diagnostic, Position, Span, Step
from tapelint.report import Result


class Paths:
    """Paths as readers know them, always with forward slashes, each worked out once.

    Without a root they are shown relative to the working directory; with one relative to the root, symlinks resolved.
    """

    def __init__(self, cwd: Path, root: Path | None = None) -> None:
        self.cwd = cwd
        self.root = Path(os.path.realpath(root)) if root else None
        self._shown: dict[str, str] = {"": ""}

    def shown(self, path: str) -> str:
        """`path` relative to the root or the working directory; absolute where there is no such way."""
        known = self._shown.get(path)
        if known is None:
            known = self._shown[path] = self._relative(path)
        return known

    def _relative(self, path: str) -> str:
        whole = os.path.join(self.cwd, path)
        if self.root:
            whole = os.path.realpath(whole)
        try:
            shown = os.path.relpath(whole, self.root or self.cwd)
        except ValueError:
            return PurePath(whole).as_posix()
        outside = self.root is not None and PurePath(shown).parts[:1] == ("..",)
        return PurePath(whole if outside else shown).as_posix()


_GRADIENT_CALL = re.compile(r"(?:gradient|jacobian)\s*\(.*\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A position as it is shown: in a notebook the line counts within the cell."""

    line: int
    column: int
    cell: int | None = None

    def __str__(self) -> str:
        place = f"{self.line}:{self.column}"
        return f"cell {self.cell}:{place}" if self.cell is not None else place


def place(result: Result, path: str, position: Position, cell: int | None = None) -> Place:
    """Where `position` of `path` is for the reader; `cell` is the cell that its line is known to count in."""
    within = result.cell_of(path, position.line) if path.endswith(".ipynb") else None
    if within is None:
        return Place(position.line, position.column, cell)
    return Place(within[1], position.column, within[0])


def begins(result: Result, span: Span, cell: int | None = None) -> Place:
    """Where `span` begins."""
    return place(result, span.path, span.start, cell)


def message_with_cell(result: Result, found: Diagnostic) -> str:
    """The message; of a finding in a notebook with the cell before it, for readers who see only lines of the file."""
    where = begins(result, found.span, found.cell)
    return found.message if where.cell is None else f"cell {where.cell}, line {where.line}: {found.message}"


def is_gradient_call(result: Result, step: Step) -> bool:
    """Whether the step is the call that asks a tape for a gradient."""
    return _GRADIENT_CALL.search(text_of(result, step.span)) is not None


def text_of(result: Result, span: Span) -> str:
    """The text of `span`, its lines joined by LF; "" where the file cannot be read or is shorter."""
    lines = result.text_of(span.path)[span.start.line - 1 : span.end.line]
    if len(lines) != span.end.line - span.start.line + 1:
        return ""
    parts = [*lines[:-1], lines[-1][: span.end.column - 1]]
    parts[0] = parts[0][span.start.column - 1 :]
    return "\n".join(parts)


# A path longer than this is shown by its ends and what surrounds the break.
_STEPS = 16


def stations(found: Diagnostic) -> tuple[list[tuple[str, Step]], int]:
    """The steps, each place once with its numbers (`2`, or `2, 5` in a loop); how many of a long path are left out."""
    numbers: dict[Step, list[int]] = {}
    for number, step in enumerate(found.steps, 1):
        numbers.setdefault(step, []).append(number)
    steps = _shortened(list(numbers), found.span)
    return [(", ".join(map(str, numbers[step])), step) for step in steps], len(numbers) - len(steps)


def _shortened(steps: list[Step], main: Span) -> list[Step]:
    """At most `_STEPS` steps: the first, those around the break, the last."""
    if len(steps) <= _STEPS:
        return steps
    broken = next((index for index, step in enumerate(steps) if step.span == main), len(steps) // 2)
    first = max(2, min(broken - (_STEPS - 5), len(steps) - _STEPS + 2))
    return [*steps[:2], *steps[first : first + _STEPS - 4], *steps[-2:]] if first > 2 else [*steps[:14], *steps[-2:]]


def gravest_first(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Errors, then warnings, then notes, each in the order given."""
    return sorted(diagnostics, key=lambda found: -LEVELS.index(found.level))


def told(result: Result, found: Diagnostic, paths: Paths) -> list[str]:
    """A finding in lines of plain text: the message, each step with its place, what would mend it."""
    lines = [message_with_cell(result, found)]
    for number, step in enumerate(found.steps, 1):
        lines.append(f"{number}: {paths.shown(step.span.path)}:{begins(result, step.span)}: {step.message}")
    advice = found.fixes[0].message if found.fixes else found.help
    return [*lines, f"help: {advice}"] if advice else lines


def plain(markdown: str) -> str:
    """Markdown as plain text: code keeps its indentation, marks and fences go."""
    lines = [line for line in markdown.split("\n") if not line.lstrip().startswith("```")]
    return re.sub(r"`([^`\n]+)`", r"\1", "\n".join(lines)).strip()


def printable(text: str) -> str:
    """`text` on one line, with escapes for what would act on a terminal: names of files may hold anything."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def end_of(span: Span) -> Span:
    """The empty span at the end of `span`."""
    return Span(span.path, span.end, span.end)


def plural(count: int, word: str, words: str = "") -> str:
    """`3 errors`, `1 error`; `words` where an s does not make the plural."""
    return f"{count} {word}" if count == 1 else f"{count} {words or word + 's'}"


def tally(diagnostics: Sequence[Diagnostic]) -> str:
    """`3 errors, 1 warning`: the levels that occur, gravest first; "" for none."""
    levels = Counter(diagnostic.level for diagnostic in diagnostics)
    return ", ".join(plural(levels[level], level) for level in ("error", "warning", "note") if levels[level])


def fixable(diagnostics: Sequence[Diagnostic]) -> tuple[int, int]:
    """How many findings a safe fix mends, and how many more an unsafe one does."""
    safe = sum(any(fix.safe for fix in diagnostic.fixes) for diagnostic in diagnostics)
    return safe, sum(bool(diagnostic.fixes) for diagnostic in diagnostics) - safe


def closing_lines(result: Result) -> list[str]:
    """The last lines of a report for people: what was found, where, and what a fix can mend."""
    lines = []
    if result.fixed:
        lines.append(f"Fixed {plural(result.fixed, 'finding')}")
    if result.diagnostics:
        files = len({diagnostic.span.path for diagnostic in result.diagnostics})
        lines.append(f"Found {tally(result.diagnostics)} in {plural(files, 'file')}{_looked_at(result)}")
        lines.extend(_fixing(result.diagnostics))
    elif not result.errors:
        lines.append(_all_clear(result))
    if result.known:
        lines.append(f"{plural(result.known, 'finding')} known from the baseline")
    if result.errors:
        lines.append(failures(result))
    return lines


def failures(result: Result) -> str:
    """How many files could not be analysed, and what else failed."""
    files = sum(bool(error.path) for error in result.errors)
    told = [f"Could not analyse {plural(files, 'file')}"] if files else []
    if len(result.errors) > files:
        told.append(f"{plural(len(result.errors) - files, 'error')} in the rules")
    return ", ".join(told)


def _looked_at(result: Result) -> str:
    if result.checked is None:
        return ""
    tapes = "" if result.with_tape is None else f", {tapes_in(result.with_tape, result.driving)}"
    return f" (checked {plural(result.checked, 'file')}{tapes})"


def tapes_in(taped: int, driving: int) -> str:
    """How many files have a tape, and how many have none but run one of another file."""
    return f"{taped} with a tape" + (f", {driving} running one" if driving else "")


def _fixing(diagnostics: Sequence[Diagnostic]) -> list[str]:
    safe, unsafe = fixable(diagnostics)
    ways = []
    if safe:
        ways.append(f"{safe} fixable with --fix")
    if unsafe:
        ways.append(f"{unsafe}{' more' if safe else ' fixable'} with --fix --unsafe-fixes")
    return [", ".join(ways)] if ways else []


def _all_clear(result: Result) -> str:
    if result.checked == 0:
        return "No Python files to check"
    if result.with_tape == 0 and not result.driving:
        return "All clear: no gradient tape" + (f" in {plural(result.checked, 'file')}" if result.checked else "")
    told = "Nothing new" if result.known else "All clear"
    if result.calls is None or result.with_tape is None:
        return told
    files = plural(result.with_tape or result.driving, "file")
    return f"{told}: {plural(result.calls, 'gradient call')} in {files}"
