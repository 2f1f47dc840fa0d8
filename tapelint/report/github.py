"""Workflow commands of GitHub Actions: each finding becomes an annotation of the line in the pull request.

GitHub keeps the first 10 of each kind (error, warning, notice) of a step and 50 of a job; the log keeps all. Use
SARIF where more than that is to be expected. Columns are given for findings on one line only: GitHub ignores others.
"""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from tapelint.diagnostic import Diagnostic
from tapelint.report import FileError, Options, Result
from tapelint.report.common import Paths, begins

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}
_KEPT = 10


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The findings and errors of `result` as workflow commands; paths are relative to the repository."""
    paths = Paths(result.cwd, result.root or result.cwd)
    lines = [_finding(result, found, paths) for found in result.diagnostics]
    lines += [_error(error, paths) for error in result.errors]
    kinds = Counter(line.split(" ", 1)[0] for line in lines)
    if any(count > _KEPT for count in kinds.values()):
        lines.append(f"GitHub annotates the first {_KEPT} errors, warnings and notices each; all are in this log.")
    return "".join(f"{line}\n" for line in lines)


def _finding(result: Result, found: Diagnostic, paths: Paths) -> str:
    place = begins(result, found.span, found.cell)
    end = found.span.end
    fields = {"file": paths.shown(found.span.path), "line": str(place.line)}
    if end.line == found.span.start.line:
        fields |= {"endLine": str(place.line), "col": str(place.column), "endColumn": str(end.column)}
    else:
        fields |= {"endLine": str(place.line + end.line - found.span.start.line)}
    fields["title"] = f"tapelint {found.code} {found.name}"
    return _command(_KINDS[found.level], fields, _text(result, found, paths))


def _text(result: Result, found: Diagnostic, paths: Paths) -> str:
    lines = [found.message]
    for number, step in enumerate(found.steps, 1):
        lines.append(f"{number}: {paths.shown(step.span.path)}:{begins(result, step.span).line}: {step.message}")
    advice = found.fixes[0].message if found.fixes else found.help
    return "\n".join([*lines, f"help: {advice}"] if advice else lines)


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
