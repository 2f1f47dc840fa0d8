"""What was found in a file the last time, kept on the disk for as long as nothing that it depends on has changed.

So is which scripts of a project run a tape that another file names. All of it lies in files of JSON: reading one runs
nothing, whoever wrote it. What cannot be read, or not be written, is no error; the file is analysed then.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple

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
    except (SourceError, OSError, ValueError):  # of a name that no file can have
        return ""


def digest_of_all(digests: Iterable[str]) -> str:
    """What tells some texts, in their order, from others, by the digest of each."""
    return digest(" ".join(digests))


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


class Script(NamedTuple):
    """Whether a script runs a tape of another file; the files that this was read off; what stands for their texts."""

    drives: bool
    files: tuple[str, ...]
    digest: str


@dataclass(slots=True)
class Scripts:
    """Those of a project, by path, and the listings of all folders that any of them depends on, by their digests."""

    folders: dict[str, str] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)


_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What reading a file of the cache can raise."""


class Cache:
    """What is kept in one folder: an entry for each file that was analysed, and of each project its scripts."""

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
        except _UNREADABLE:
            return None

    def store(self, path: str, entry: Entry) -> None:
        """Keep an entry, in the place of the one before."""
        self._write(self._place(path), _plain(entry, by_name=True))

    def scripts(self, root: str, key: str) -> Scripts:
        """What is kept of the scripts of the project at `root`; `key` stands for the program that says it."""
        try:
            with open(self._place_of_scripts(root), encoding="utf-8") as file:
                kept = json.load(file)
            folders, paths = dict(kept["folders"]), [str(path) for path in kept["paths"]]
            if kept["key"] != key or any(self._folder_now(name) != known for name, known in folders.items()):
                return Scripts()
            scripts = {
                path: Script(bool(drives), tuple(paths[number] for number in numbers), known)
                for path, (drives, numbers, known) in kept["scripts"].items()
            }
            return Scripts(folders, scripts)
        except _UNREADABLE:
            return Scripts()

    def holds(self, script: Script) -> bool:
        """Whether the texts that a script was judged by are still the same."""
        return digest_of_all(self._file_now(path) for path in script.files) == script.digest

    def store_scripts(self, root: str, key: str, scripts: Scripts) -> None:
        """Keep what is known of the scripts of a project, but of those that are gone."""
        kept = {path: script for path, script in scripts.scripts.items() if os.path.isfile(path)}
        paths = sorted({path for script in kept.values() for path in script.files})
        number = {path: index for index, path in enumerate(paths)}
        told = {path: [one.drives, [number[file] for file in one.files], one.digest] for path, one in kept.items()}
        everything = {"key": key, "folders": scripts.folders, "paths": paths, "scripts": told}
        self._write(self._place_of_scripts(root), everything)

    def _write(self, place: str, plain: Any) -> None:
        try:
            if not os.path.isdir(self.folder):
                os.makedirs(self.folder)
                Path(self.folder, ".gitignore").write_text("*\n")
            draft = f"{place}.{os.getpid()}"
            with open(draft, "w", encoding="utf-8") as file:
                json.dump(plain, file)
            os.replace(draft, place)
        except (OSError, ValueError):
            return

    def _place(self, path: str) -> str:
        return os.path.join(self.folder, f"{digest(f'{os.getcwd()}:{path}')}.json")

    def _place_of_scripts(self, root: str) -> str:
        return os.path.join(self.folder, f"{digest(f'scripts of {root}')}.json")

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
