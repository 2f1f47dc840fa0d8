"""What was found in a file the last time, kept on the disk for as long as nothing that it depends on has changed.

An entry is a file of JSON: reading one runs nothing, whoever wrote it. What cannot be read, or not be written, is no
error; the file is analysed then.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from tapelint.diagnostic import Diagnostic, Edit, Fix, Level, Position, Span, Step
from tapelint.source import Source, SourceError

_IGNORED = ("__pycache__", ".")


def digest(text: str | bytes) -> str:
    """What tells one text from another."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def digest_of_file(path: str, source: Source | None = None) -> str:
    """That of a file's text, as `source` has it or as it lies on the disk; "" where it cannot be read."""
    try:
        text = digest((source or Source.read(path)).text)
        # The number of a notebook's cell depends on what its text leaves out.
        return text + digest(Path(path).read_bytes()) if path.endswith(".ipynb") else text
    except (SourceError, OSError):
        return ""


def digest_of_listing(names: Mapping[str, bool]) -> str:
    """What tells one folder from another, as far as imports can see: its modules and folders."""
    seen = sorted(
        f"{name}/" if is_folder else name
        for name, is_folder in names.items()
        if (is_folder and not name.startswith(_IGNORED)) or name.endswith(".py")
    )
    return digest("\n".join(seen))


def digest_of_programs(folders: Iterable[str]) -> str:
    """What tells one state of installed programs from another: the names, sizes and times of all their files."""
    seen = []
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")) if os.path.isdir(folder) else [Path(folder)]:
            if path.suffix in (".py", ".txt") and path.is_file():
                status = path.stat()
                seen.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
    return digest("\n".join(seen))


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found in a file, and what that depends on.

    `key` stands for everything that is known beforehand (program, settings, names); `files` are the texts that were
    read and `folders` the listings, each with its digest ("" if it could not be read).
    """

    key: str
    files: Mapping[str, str]
    folders: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]
    calls: tuple[str, ...]


class Cache:
    """The entries in one folder, one for each file that was analysed."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._now: dict[str, str] = {}

    def load(self, path: str, key: str) -> Entry | None:
        """The entry for the file at `path` if it still holds."""
        try:
            with open(self._place(path), encoding="utf-8") as file:
                found = json.load(file)
            if found["key"] != key:
                return None
            if any(self._file_now(name) != known for name, known in found["files"].items()):
                return None
            if any(self._folder_now(name) != known for name, known in found["folders"].items()):
                return None
            diagnostics = tuple(_diagnostic(*plain) for plain in found["diagnostics"])
            return Entry(key, found["files"], found["folders"], diagnostics, tuple(found["calls"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def store(self, path: str, entry: Entry) -> None:
        """Keep an entry, in the place of the one before."""
        place = self._place(path)
        try:
            if not os.path.isdir(self.folder):
                os.makedirs(self.folder)
                Path(self.folder, ".gitignore").write_text("*\n")
            draft = f"{place}.{os.getpid()}"
            with open(draft, "w", encoding="utf-8") as file:
                json.dump(_plain(entry, by_name=True), file)
            os.replace(draft, place)
        except (OSError, ValueError):
            return

    def _place(self, path: str) -> str:
        return os.path.join(self.folder, f"{digest(f'{os.getcwd()}:{path}')}.json")

    def _file_now(self, path: str) -> str:
        if path not in self._now:
            self._now[path] = digest_of_file(path)
        return self._now[path]

    def _folder_now(self, path: str) -> str:
        if path not in self._now:
            try:
                with os.scandir(path) as entries:
                    self._now[path] = digest_of_listing({entry.name: entry.is_dir() for entry in entries})
            except OSError:
                self._now[path] = digest_of_listing({})
        return self._now[path]


# ----------------------------------------------------------------- values to JSON and back


def _plain(value: Any, by_name: bool = False) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        if by_name:
            return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
        return [_plain(getattr(value, item.name)) for item in fields(value)]
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _span(path: str, start: list[int], end: list[int]) -> Span:
    return Span(path, Position(*start), Position(*end))


def _step(span: list[Any], message: str) -> Step:
    return Step(_span(*span), message)


def _fix(message: str, edits: list[Any], safe: bool) -> Fix:
    return Fix(message, tuple(Edit(_span(*span), replacement) for span, replacement in edits), safe)


def _diagnostic(code: str, name: str, level: Level, message: str, span: list[Any], *rest: Any) -> Diagnostic:
    sources, steps, fixes, help, cell = rest
    steps = tuple(_step(*step) for step in steps)
    fixes = tuple(_fix(*fix) for fix in fixes)
    return Diagnostic(code, name, level, message, _span(*span), tuple(sources), steps, fixes, help, cell)
