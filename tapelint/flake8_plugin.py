"""What tapelint finds, in the reports of flake8: installed beside it, it is found and run.

The settings are those of tapelint that are nearest to the file, with its ignore comments and its baseline; `select`,
`ignore`, `per-file-ignores` and `# noqa` of flake8 work as for any other code. flake8 knows no levels: what would not
fail a run of tapelint (`fail-level`) is not reported. Fixes are made by tapelint alone.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from functools import cache

from tapelint.config import ConfigError, Configs
from tapelint.diagnostic import Diagnostic, Span, at_least
from tapelint.session import Checked, Session

Line = tuple[int, int, str, type]

_FAILED = "TL000"


class Plugin:
    """A check of one file. flake8 hands over what the names of the parameters say, and runs it."""

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        """`tree` is not used; that it is asked for makes this a check of files that flake8 could parse."""
        self._path = filename
        self._lines = lines

    def run(self) -> Iterator[Line]:
        """Line, column from 0, code and message of each finding, and what flake8 wants to know of the check."""
        try:
            checked = self._checked()
        except ConfigError as error:
            yield 1, 0, f"{_FAILED} {error}", Plugin
            return
        for failed in checked.errors:
            yield 1, 0, f"{_FAILED} {failed.message}", Plugin
        for found in checked.diagnostics:
            place = self._place(found)
            if place and at_least(found.level, _session().configs.of_file(self._path).fail_level):
                where = "" if place == found.span else f" ({os.path.relpath(found.span.path)}:{found.span.start.line})"
                yield place.start.line, place.start.column - 1, f"{found.code} {found.message}{where}", Plugin

    def _checked(self) -> Checked:
        text = "".join(self._lines)
        if "GradientTape" not in text:
            return Checked(())
        return _session().source(text, self._path)

    def _place(self, found: Diagnostic) -> Span | None:
        """Where it is in this file: of a finding in another one where the path of the gradient was last seen here."""
        spans = [*(step.span for step in found.steps), found.span]
        return next((span for span in reversed(spans) if span.path == self._path), None)


@cache
def _session() -> Session:
    """What the files of a process share."""
    return Session(Configs())
