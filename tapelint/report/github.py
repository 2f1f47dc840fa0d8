"""Workflow commands of GitHub Actions: each finding becomes an annotation of the line in the pull request.

GitHub keeps the first 10 of each kind (error, warning, notice) of a step and 50 of a job; the log keeps all. Use
SARIF where more than that is to be expected. Columns are given for findings on one line only: GitHub ignores others.
"""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from tapelint.diagnostic import Diagnostic, Step
from tapelint.report import FileError, Options, Result
from tapelint.report.common import Paths, begins, message_with_cell
from tapelint.report.notebook import FilePlaces

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}
_KEPT = 10


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The findings and errors of `result` as workflow commands; paths are relative to the repository."""
    paths = Paths(result.cwd, result.root or result.cwd)
    places = FilePlaces(result)
    lines = [_finding(result, found, paths, places) for found in result.diagnostics]
    lines += [_error(error, paths) for error in result.errors]
    kinds = Counter(line.split(" ", 1)[0] for line in lines)
    if any(count > _KEPT for count in kinds.values()):
        lines.append(f"GitHub annotates the first {_KEPT} errors, warnings and notices each; all are in this log.")
    return "".join(f"{line}\n" for line in lines)


def _finding(result: Result, found: Diagnostic, paths: Paths, places: FilePlaces) -> str:
    path, span = found.span.path, found.span
    start, end = places.position(path, span.start), places.position(path, span.end)
    fields = {"file": paths.shown(path), "line": str(start.line), "endLine": str(end.line)}
    if end.line == start.line:
        fields |= {"col": str(start.column), "endColumn": str(end.column)}
    fields["title"] = f"tapelint {found.code} {found.name}"
    return _command(_KINDS[found.level], fields, _text(result, found, paths))


def _text(result: Result, found: Diagnostic, paths: Paths) -> str:
    lines = [message_with_cell(result, found)]
    for number, step in enumerate(found.steps, 1):
        lines.append(f"{number}: {paths.shown(step.span.path)}:{_line(result, step)}: {step.message}")
    advice = found.fixes[0].message if found.fixes else found.help
    return "\n".join([*lines, f"help: {advice}"] if advice else lines)


def _line(result: Result, step: Step) -> str:
    where = begins(result, step.span)
    return str(where.line) if where.cell is None else f"cell {where.cell}:{where.line}"


def _error(error: FileError, paths: Paths) -> str:
    fields = {"file": paths.shown(error.path)} if error.path else {}
    return _command("error", {**fields, "title": "tapelint could not analyse this file"}, error.message)


def _command(kind: str, fields: dict[str, str], text: str) -> str:
    properties = ",".join(f"{key}={_escape(value, ':,')}" for key, value in fields.items())
    return f"::{kind} {properties}::{_escape(text)}"


def _escape(text: str, more: str = "") -> str:
    """`%` first: it is what the other escapes are made of."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
