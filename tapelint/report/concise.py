"""One line a finding, for grep and for editors: `path:line:column: level[CODE] name: message`."""

from __future__ import annotations

from typing import TextIO

from tapelint.report import Options, Result
from tapelint.report.common import Paths, begins, printable


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The findings of `result`, one a line, in their order; nothing for none."""
    paths = Paths(result.cwd)
    lines = []
    for found in result.diagnostics:
        where = f"{printable(paths.shown(found.span.path))}:{begins(result, found.span, found.cell)}"
        message = " ".join(found.message.split())
        lines.append(f"{where}: {found.level}[{found.code}] {found.name}: {message}\n")
    return "".join(lines)
