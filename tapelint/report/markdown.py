"""Markdown for the summary of a GitHub job, or a comment: a table of the findings, and the path of the gravest drawn.

GitHub draws the Mermaid graphs. In a job of GitHub Actions places are links to the lines in the repository. The whole
stays far below the 1 MiB that a summary may have.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import TextIO
from urllib.parse import quote

from tapelint.diagnostic import Diagnostic, Fix, Span
from tapelint.report import Options, Result
from tapelint.report.common import Paths, begins, closing_lines, gravest_first, plural
from tapelint.report.mermaid import graph
from tapelint.report.notebook import FilePlaces
from tapelint.report.patch import hunks

_ROWS = 200
_DRAWN = 10
_WORDS = 600
_MEANING = re.compile(r"([\\`*_{}\[\]<>#|~$&@])")


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The report; blocks are divided by blank lines."""
    first, *more = closing_lines(result)
    report = _Report(result)
    blocks = [f"## tapelint\n\n**{_text(first)}**", *map(_text, more)]
    blocks += [report.errors()] if result.errors else []
    found = gravest_first(result.diagnostics)
    blocks += [report.table(found[:_ROWS])] if found else []
    if len(found) > _ROWS:
        blocks.append(f"{plural(len(found) - _ROWS, 'finding')} more, none of them graver: the log has all.")
    for one in found[:_DRAWN]:
        blocks.append("\n\n".join(report.section(one)))
    return "\n\n".join(blocks) + "\n"


class _Report:
    """The blocks of one result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.paths = Paths(result.cwd, result.root or result.cwd)
        self.places = FilePlaces(result)
        self.blobs = _blobs(os.environ)

    def errors(self) -> str:
        lines = ["Not analysed:", ""]
        for error in self.result.errors[:_ROWS]:
            path = f"{_code(self.paths.shown(error.path))}: " if error.path else ""
            lines.append(f"- {path}{_text(error.message)}")
        return "\n".join(lines)

    def table(self, found: Sequence[Diagnostic]) -> str:
        lines = ["| | rule | where | what |", "|---|---|---|---|"]
        for one in found:
            cells = (one.level, f"{one.code} {one.name}", self.where(one.span, one.cell), _text(one.message))
            lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
        return "\n".join(lines)

    def section(self, found: Diagnostic) -> Iterator[str]:
        yield f"### {found.level} {found.code} {found.name}: {self.where(found.span, found.cell)}"
        yield _text(found.message)
        if found.steps:
            yield _fenced(graph(self.result, found, self.paths), "mermaid")
        for fix in found.fixes[:1]:
            yield from self.fix(fix)
        if found.help and not found.fixes:
            yield _text(found.help)

    def fix(self, fix: Fix) -> Iterator[str]:
        way = "`--fix` applies it" if fix.safe else "`--fix --unsafe-fixes` applies it"
        yield f"{_text(fix.message)} ({way}):"
        lines = []
        for path in dict.fromkeys(edit.span.path for edit in fix.edits):
            edits = [edit for edit in fix.edits if edit.span.path == path]
            for hunk in hunks(edits, self.result.text_of(path), path):
                lines += [f"  {hunk.before}"] if hunk.before is not None else []
                lines += [f"- {line}".rstrip() for line in hunk.removed] + [f"+ {line}".rstrip() for line in hunk.added]
        yield _fenced("\n".join(lines), "diff")

    def where(self, span: Span, cell: int | None) -> str:
        """The place of a finding; in a job of GitHub Actions a link to its lines."""
        path = self.paths.shown(span.path)
        shown = _code(f"{path}:{begins(self.result, span, cell)}")
        if not self.blobs or path.startswith(("/", "..")):
            return shown
        first = self.places.position(span.path, span.start).line
        last = self.places.position(span.path, span.end).line
        lines = f"L{first}" if first == last else f"L{first}-L{last}"
        plain = "?plain=1" if path.endswith(".ipynb") else ""
        return f"[{shown}]({self.blobs}{quote(path, errors='surrogateescape')}{plain}#{lines})"


def _blobs(environment: os._Environ[str]) -> str:
    """The address of the files of the commit that a job of GitHub Actions looks at; "" elsewhere."""
    server, repository, commit = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA"))
    return f"{server}/{repository}/blob/{commit}/" if server and repository and commit else ""


def _text(message: str) -> str:
    """A message on one line: what is code in it stays so, and nothing else in it has a meaning in Markdown."""
    words = " ".join(message.split())
    words = words if len(words) <= _WORDS else words[:_WORDS].rsplit(" ", 1)[0] + " ..."
    parts = re.split(r"`([^`]+)`", words)
    return "".join(_code(part) if index % 2 else _MEANING.sub(r"\\\1", part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """`text` as code in a line, with as many backticks around it as it takes."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _fenced(text: str, language: str) -> str:
    fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}"
