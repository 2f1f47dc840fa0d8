"""GitLab's code quality report: an array of findings, which the merge request shows beside the lines.

Two findings with the same fingerprint are one to GitLab, and one that keeps its fingerprint is not new: it is made of
the rule, the file and the text of the expression, so that it survives edits elsewhere in the file. A notebook's lines
are those of its file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from json import dumps
from typing import Any, TextIO

from tapelint.diagnostic import Diagnostic, Level
from tapelint.report import FileError, Options, Result
from tapelint.report.common import Paths, message_with_cell, text_of
from tapelint.report.notebook import FilePlaces

_SEVERITY: dict[Level, str] = {"error": "major", "warning": "minor", "note": "info"}
_FAILED = "critical"


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The findings and the files that could not be analysed; what concerns no file has no place in it."""
    shape = _Report(result)
    entries = [shape.failure(error) for error in result.errors if error.path]
    entries += [shape.finding(found) for found in result.diagnostics]
    body = ",\n  ".join(map(dumps, entries))
    return f"[\n  {body}\n]\n" if body else "[]\n"


class _Report:
    """The entries of one result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.paths = Paths(result.cwd, result.root or result.cwd)
        self.places = FilePlaces(result)
        self.seen: Counter[tuple[str, ...]] = Counter()

    def finding(self, found: Diagnostic) -> dict[str, Any]:
        path = found.span.path
        words = " ".join(text_of(self.result, found.span).split()) or found.message
        return self.entry(
            f"{found.code} {found.name}: {message_with_cell(self.result, found)}",
            found.name,
            self.fingerprint(found.code, self.paths.shown(path), words),
            _SEVERITY[found.level],
            path,
            self.places.position(path, found.span.start).line,
        )

    def failure(self, error: FileError) -> dict[str, Any]:
        mark = self.fingerprint("", self.paths.shown(error.path))
        return self.entry(f"could not be analysed: {error.message}", "not-analysed", mark, _FAILED, error.path, 1)

    def entry(
        self, description: str, check: str, fingerprint: str, severity: str, path: str, line: int
    ) -> dict[str, Any]:
        return {
            "description": description,
            "check_name": check,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": {"path": self.paths.shown(path), "lines": {"begin": line}},
        }

    def fingerprint(self, *parts: str) -> str:
        """What tells a finding from all others of the run: its parts, and how many like it came before."""
        self.seen[parts] += 1
        whole = "\0".join([*parts, str(self.seen[parts])])
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
