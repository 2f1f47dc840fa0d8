"""Findings that are known: they are not reported until something changes about them.

A baseline is a file of JSON beside the program, meant to be committed and read in reviews:

    {
     "version": 1,
     "findings": {
      "src/train.py": [
       {"code": "TL101", "name": "numpy-call", "in": "Trainer.step", "text": "np.square(error)"}
      ]
     }
    }

Paths are relative to its folder. `in` is the function or class around the finding ("" for none), `text` the code that
it points at, laid out in one way: nothing of an entry changes with the lines above it, or with the formatter. `count`
is how many findings an entry stands for, if more than one; `from` is the file that leads to it, if another.
"""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from json import dumps
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from tapelint.cache import digest
from tapelint.config import ConfigError, shown
from tapelint.diagnostic import Diagnostic
from tapelint.run import Report, merged
from tapelint.source import Source, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
_LONG = 160


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """What tells one finding from another: its file (from the baseline's folder), what is around it, code, rule."""

    path: str
    within: str
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A known finding: its key, the name of its rule, and the file that leads to it ("" for its own)."""

    key: Key
    name: str
    through: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of the file at `path` (absolute), in order; a key comes once."""

    path: str
    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, path: str) -> Baseline:
        """From its file. ConfigError where that does not exist or makes no sense."""
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            raise ConfigError(f"{shown(path)}: no such baseline; --write-baseline {shown(path)} makes it") from None
        except OSError as error:
            raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror or error}") from error
        try:
            entries: dict[Key, Entry] = {}
            for entry in _entries(data):
                known = entries.get(entry.key)
                entries[entry.key] = replace(entry, count=entry.count + known.count) if known else entry
            return cls(path, tuple(entries.values()))
        except ValueError as error:
            raise ConfigError(f"{shown(path)}: not a baseline: {error}") from error

    def write(self) -> None:
        """To its file, unless that says the same already. Raises OSError."""
        data = self.text().encode("utf-8", "surrogatepass")
        try:
            with open(self.path, "rb") as file:
                if file.read() == data:
                    return
        except OSError:
            pass
        with open(self.path, "wb") as file:
            file.write(data)

    def text(self) -> str:
        """The JSON, with an entry a line."""
        by_path: dict[str, list[str]] = {}
        for entry in sorted(self.entries, key=lambda entry: entry.key):
            by_path.setdefault(entry.key.path, []).append(f"   {dumps(_plain(entry), ensure_ascii=False)}")
        files = [f"  {dumps(path, ensure_ascii=False)}: [\n{_lines(told)}\n  ]" for path, told in by_path.items()]
        findings = f"{{\n{_lines(files)}\n }}" if files else "{}"
        return f'{{\n "version": {VERSION},\n "findings": {findings}\n}}\n'

    def place(self, path: str) -> str:
        """A path as the entries have it."""
        return os.path.relpath(os.path.abspath(path), os.path.dirname(self.path)).replace(os.sep, "/")

    def seen_from(self, entry: Entry) -> str:
        """The absolute path of the file that is looked at to see whether a finding is still there."""
        return os.path.normpath(os.path.join(os.path.dirname(self.path), entry.through or entry.key.path))

    def key(self, found: Diagnostic, source: Source | None) -> Key:
        """What a finding is known by; `source` is its file."""
        path = self.place(found.span.path)
        if source is None:
            return Key(path, "", "", found.code)
        return Key(path, _within(source, found.span.start.line), _text(source.code(found.span)), found.code)


def _lines(items: Iterable[str]) -> str:
    return ",\n".join(items)


def _plain(entry: Entry) -> Mapping[str, Any]:
    key = entry.key
    plain: dict[str, Any] = {"code": key.code, "name": entry.name, "in": key.within, "text": key.text}
    if entry.count != 1:
        plain["count"] = entry.count
    return {**plain, "from": entry.through} if entry.through else plain


def _entries(data: bytes) -> Iterator[Entry]:
    """What a file says. ValueError."""
    from tapelint import baseline_schema

    for path, every in baseline_schema.read(data, VERSION).items():
        for told in every:
            yield Entry(Key(path, told.within, told.text, told.code), told.name, told.through, told.count)


# -------------------------------------------------------------- what stays the same


def _within(source: Source, line: int) -> str:
    """The names of the classes and functions around a line, outermost first, with dots."""
    names = []
    body: Sequence[ast.AST] = source.tree.body
    while body:
        around = [node for node in body if hasattr(node, "lineno") and _holds(node, line)]
        node = around[0] if around else None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        body = [child for child in ast.iter_child_nodes(node) if isinstance(child, _STATEMENTS)] if node else []
    return ".".join(names)


_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def _holds(node: Any, line: int) -> bool:
    return bool(node.lineno <= line <= (node.end_lineno or node.lineno))


def _text(code: str) -> str:
    """Code laid out in one way, on one line; a long one is cut, and its digest says what was there."""
    code = " ".join(_unparsed(code).split())
    return code if len(code) <= _LONG else f"{code[:_LONG]}… {digest(code)[:12]}"


def _unparsed(code: str) -> str:
    if not code.lstrip().startswith("#"):
        for text in (f"({code}\n)", dedent(code)):
            try:
                return ast.unparse(ast.parse(text))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return code


# ------------------------------------------------------------------------- one run

SourceOf = Callable[[str], Source | None]


class Known:
    """The baselines that the settings of a run's files name: what they know, which of their entries are for nothing.

    Each is read once. ConfigError.
    """

    def __init__(self) -> None:
        self._read: dict[str, Baseline] = {}

    def baseline(self, path: str) -> Baseline:
        """The baseline at a path."""
        if path not in self._read:
            self._read[path] = Baseline.read(path)
        return self._read[path]

    def new(self, reports: Iterable[Report], source_of: SourceOf) -> list[Report]:
        """The reports without the findings that are known. Of several of one key the first in the file are."""
        reports = list(reports)
        known = set()
        for path, found in _by_baseline(reports).items():
            baseline = self.baseline(path)
            left = Counter({entry.key: entry.count for entry in baseline.entries})
            for each in found:
                key = baseline.key(each, source_of(each.span.path))
                if left[key] > 0:
                    left[key] -= 1
                    known.add((path, each.identity))
        return [
            replace(report, diagnostics=_without(report, known)) if report.diagnostics else report for report in reports
        ]

    def stale(
        self, reports: Iterable[Report], source_of: SourceOf, is_judged: Callable[[Baseline, Entry], bool]
    ) -> Iterator[tuple[Baseline, list[Entry]]]:
        """The baselines with entries that are found no more, and those entries, with how often each is not.

        `is_judged` says whether its file was looked at for what an entry is about.
        """
        found = _by_baseline(reports)
        for path, baseline in self._read.items():
            now = Counter(baseline.key(each, source_of(each.span.path)) for each in found.get(path, ()))
            gone = [
                replace(entry, count=entry.count - now[entry.key])
                for entry in baseline.entries
                if entry.count > now[entry.key] and is_judged(baseline, entry)
            ]
            if gone:
                yield baseline, gone


def without(baseline: Baseline, gone: Iterable[Entry]) -> Baseline:
    """The baseline without so many of these entries."""
    less = Counter({entry.key: entry.count for entry in gone})
    kept = [replace(entry, count=entry.count - less[entry.key]) for entry in baseline.entries]
    return replace(baseline, entries=tuple(entry for entry in kept if entry.count > 0))


def written(path: str, reports: Iterable[Report], source_of: SourceOf, kept: Iterable[Entry] = ()) -> Baseline:
    """A baseline for the file at `path` that knows all that the reports have found, and the entries that are `kept`."""
    baseline = Baseline(os.path.abspath(path))
    entries: dict[Key, Entry] = {entry.key: entry for entry in kept}
    seen = set()
    for report in reports:
        for found in report.diagnostics:
            if found.identity in seen:
                continue
            seen.add(found.identity)
            key = baseline.key(found, source_of(found.span.path))
            through = baseline.place(report.file.path)
            entry = entries.get(key) or Entry(key, found.name, "" if through == key.path else through, 0)
            entries[key] = replace(entry, count=entry.count + 1)
    return replace(baseline, entries=tuple(entries.values()))


def _without(report: Report, known: Collection[tuple[str, object]]) -> tuple[Diagnostic, ...]:
    return tuple(each for each in report.diagnostics if (_path(report), each.identity) not in known)


def _path(report: Report) -> str:
    return report.file.config.baseline


def _by_baseline(reports: Iterable[Report]) -> dict[str, list[Diagnostic]]:
    """The findings of the reports that have a baseline, by its path; each once, in their order."""
    groups: dict[str, list[Report]] = {}
    for report in reports:
        if _path(report):
            groups.setdefault(_path(report), []).append(report)
    return {path: merged(group) for path, group in groups.items()}


def readable(texts: Mapping[str, Source]) -> SourceOf:
    """Files as they are in `texts`, or else on the disk; None where they cannot be read or parsed."""
    known: dict[str, Source | None] = {}

    def source_of(path: str) -> Source | None:
        if path not in known:
            try:
                known[path] = texts.get(path) or Source.read(path)
                known[path].tree  # type: ignore[union-attr]  # noqa: B018
            except SourceError:
                known[path] = None
        return known[path]

    return source_of
