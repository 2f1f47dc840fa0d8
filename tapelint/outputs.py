"""Where reports go: `--output [FORMAT=]FILE`, as often as there are reports."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tapelint.config import hint
from tapelint.report import SUMMARY, Result

STDOUT = "-"
_WITH_FORMAT = re.compile(r"([A-Za-z][\w-]*)=(.+)", re.DOTALL)


class OutputError(Exception):
    """The report cannot be written where it was asked for; one line."""


@dataclass(frozen=True, slots=True)
class Output:
    """A report: its format, and the path of the file that it goes to; None: standard output."""

    format: str
    path: str | None = None

    def put(self, data: bytes) -> None:
        """Write `data` there. Raises OutputError."""
        if self.path is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
            return
        try:
            with open(self.path, "ab" if self.path == os.environ.get(SUMMARY) else "wb") as file:
                file.write(data)
        except OSError as error:
            raise OutputError(f"--output {self.path}: {error.strerror or error}") from error


def parsed(given: Sequence[str], format: str, formats: Sequence[str]) -> list[Output]:
    """The reports that the values of `--output` ask for; first the main one, which is the only one on standard output.

    The main one has the `format` that was chosen, and is on standard output unless a value without a format names its
    file; a value `FORMAT=-` takes its place. Raises OutputError for a format that is not among `formats`, for two
    reports to one place, and for a folder that does not exist.
    """
    plain, others = [], []
    for value in given:
        match = _WITH_FORMAT.fullmatch(value)
        if match is None:
            plain.append(Output(format, _file(value)))
        elif match[1] in formats:
            others.append(Output(match[1], _file(match[2])))
        else:
            raise OutputError(f"--output {value}: no format is called {match[1]!r}{hint(match[1], formats)}")
    shown = [output for output in others if output.path is None]
    if len(plain) + len(shown) > 1:
        raise OutputError("--output: one report only can go without a format or to standard output (-)")
    main = [*plain, *shown] or [Output(format)]
    asked = [*main, *(output for output in others if output.path is not None)]
    _check([output.path for output in asked if output.path is not None])
    return asked


def overflow(asked: Sequence[Output], result: Result) -> list[Output]:
    """One report more where GitHub shows fewer annotations than there are findings: for the summary of the step."""
    summary = os.environ.get(SUMMARY)
    if not summary or asked[0].format != "github" or any(output.path == summary for output in asked):
        return []
    from tapelint.report.github import is_too_much

    return [Output("markdown", summary)] if is_too_much(result) else []


def _file(value: str) -> str | None:
    return None if value == STDOUT else value


def _check(paths: Sequence[str]) -> None:
    seen: set[Path] = set()
    for path in paths:
        place = Path(os.path.realpath(path))
        if place in seen:
            raise OutputError(f"--output {path}: two reports cannot go to one file")
        seen.add(place)
        if not place.parent.is_dir():
            raise OutputError(f"--output {path}: its folder does not exist")
