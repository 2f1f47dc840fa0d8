"""How often each rule found something: `tapelint --statistics`, for people, or as JSON with `--format json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from tapelint.diagnostic import LEVELS, Diagnostic
from tapelint.report import Options, Result
from tapelint.report.common import closing_lines, fixable


def write_statistics(result: Result, format: str, stream: TextIO, options: Options) -> None:
    """Write to `stream` a line for each rule and level, the most frequent first, and what was found in all.

    `[*]` marks a rule of which `--fix` mends something, `[-]` one of which `--unsafe-fixes` does.
    """
    groups: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in result.diagnostics:
        groups.setdefault((one.code, one.level), []).append(one)
    rows = sorted(groups.values(), key=lambda group: (-len(group), group[0].code, -LEVELS.index(group[0].level)))
    if format == "json":
        stream.write(json.dumps([_plain(group) for group in rows], indent=2) + "\n")
        return
    width = max((len(str(len(group))) for group in rows), default=0)
    mended = any(map(_mark, rows))
    for group in rows:
        first = group[0]
        mark = f"{_mark(group):3}  " if mended else ""
        stream.write(f"{len(group):{width}}  {first.level:<7}  {first.code}  {mark}{first.name}\n")
    if options.closing:
        stream.write("\n" * bool(rows) + "".join(f"{line}\n" for line in closing_lines(result)))


def _mark(group: Sequence[Diagnostic]) -> str:
    safe, unsafe = fixable(group)
    return "[*]" if safe else "[-]" if unsafe else ""


def _plain(group: Sequence[Diagnostic]) -> dict[str, object]:
    safe, unsafe = fixable(group)
    first = group[0]
    return {
        "code": first.code,
        "name": first.name,
        "level": first.level,
        "count": len(group),
        "fixable": safe,
        "unsafely fixable": unsafe,
    }
