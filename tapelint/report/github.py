"""Workflow commands of GitHub Actions: each finding becomes an annotation of the line in the pull request.

GitHub keeps the first 10 of each kind (error, warning, notice) of a step and 50 of a job, so the gravest come first;
the log keeps all, and `tapelint` adds the Markdown report to the summary of the step where that is too few. Columns
are given for findings on one line only: GitHub ignores others.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TextIO

from tapelint.diagnostic import Diagnostic, Level
from tapelint.report import SUMMARY, FileError, Options, Result
from tapelint.report.common import Paths, gravest_first, told
from tapelint.report.notebook import FilePlaces

_KINDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_KEPT = 10


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The errors and findings of `result` as workflow commands; paths are relative to the repository."""
    paths, places = Paths(result.cwd, result.root or result.cwd), FilePlaces(result)
    lines = [_error(error, paths) for error in result.errors]
    lines += [_finding(result, found, paths, places) for found in gravest_first(result.diagnostics)]
    if is_too_much(result):
        where = "this log and the summary of the step" if os.environ.get(SUMMARY) else "this log"
        lines.append(f"GitHub annotates the first {_KEPT} errors, warnings and notices each; all are in {where}.")
    return "".join(f"{line}\n" for line in lines)


def is_too_much(result: Result) -> bool:
    """Whether GitHub shows fewer annotations than there are findings and errors."""
    kinds = Counter(_KINDS[found.level] for found in result.diagnostics)
    kinds[_KINDS["error"]] += len(result.errors)
    return any(count > _KEPT for count in kinds.values())


def _finding(result: Result, found: Diagnostic, paths: Paths, places: FilePlaces) -> str:
    start = places.position(found.span.path, found.span.start)
    end = places.position(found.span.path, found.span.end)
    fields = {"file": paths.shown(found.span.path), "line": str(start.line), "endLine": str(end.line)}
    if end.line == start.line:
        fields |= {"col": str(start.column), "endColumn": str(end.column)}
    fields["title"] = f"tapelint {found.code} {found.name}"
    return _command(_KINDS[found.level], fields, "\n".join(told(result, found, paths)))


def _error(error: FileError, paths: Paths) -> str:
    fields = {"file": paths.shown(error.path)} if error.path else {}
    title = "tapelint could not analyse this file" if error.path else "tapelint could not load a rule"
    return _command("error", {**fields, "title": title}, error.message)


def _command(kind: str, fields: dict[str, str], text: str) -> str:
    properties = ",".join(f"{key}={_escape(value, ':,')}" for key, value in fields.items())
    return f"::{kind} {properties}::{_escape(text)}"


def _escape(text: str, more: str = "") -> str:
    """`%` first: it is what the other escapes are made of."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
