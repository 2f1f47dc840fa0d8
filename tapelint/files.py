"""Which files a run looks at.

A folder is searched: Python files and notebooks in it are taken, unless `.gitignore` or `exclude` leaves them out.
What is named itself is taken, if it can be a file of code: pipes and devices have no end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tapelint.config import Config, Configs, shown
from tapelint.gitignore import NAME, Ignores, Patterns, is_plain

PYTHON = (".py", ".pyw", ".pyi")
NOTEBOOK = ".ipynb"


class NoSuchPath(Exception):
    """A path was named that does not exist."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: no such file or folder")


@dataclass(frozen=True, slots=True)
class File:
    """A file to look at and its settings. The path is relative to the working directory if it was asked for so."""

    path: str
    config: Config


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not looked at, and why; `was_named`: it was asked for itself."""

    path: str
    why: str
    was_named: bool = False


@dataclass(frozen=True, slots=True)
class Discovery:
    """How to look for files. `force_exclude`: files that are named themselves are left out too if `exclude` says so.

    `skipped` is what was left out so far.
    """

    configs: Configs
    respect_gitignore: bool = True
    force_exclude: bool = False
    skipped: list[Skipped] = field(default_factory=list, init=False)
    _patterns: dict[tuple[str, ...], Patterns | None] = field(default_factory=dict, init=False)

    def find(self, paths: Iterable[str]) -> list[File]:
        """Every file that `paths` mean, once, in the order of their paths. Raises NoSuchPath, ConfigError.

        Of several links to one file, and the file itself, one is taken: the file if it is among them. A folder that
        cannot be searched is returned like a file, so that whoever reads it learns why.
        """
        found: dict[str, File] = {}
        links: list[File] = []
        for path in paths:
            path = os.path.normpath(path)
            if os.path.isdir(path):
                files: Iterable[tuple[File, str]] = () if self.leaves_out(path) else self._walk(path)
            elif os.path.lexists(path):
                files = self._named(path)
            else:
                raise NoSuchPath(path)
            for file, real in files:
                if real:
                    found.setdefault(real, file)
                else:
                    links.append(file)
        for file in links:
            found.setdefault(os.path.realpath(file.path), file)
        return sorted(found.values(), key=lambda file: file.path)

    def leaves_out(self, path: str) -> bool:
        """Whether what goes by this name is not looked at though it is named; it need not exist."""
        absolute = os.path.abspath(path)
        why = self._excluded_on_the_way(self.configs.of_file(absolute), absolute) if self.force_exclude else ""
        if why:
            self.skipped.append(Skipped(path, why, was_named=True))
        return bool(why)

    def _named(self, path: str) -> Iterator[tuple[File, str]]:
        absolute = os.path.abspath(path)
        config = self.configs.of_file(absolute)
        why = _no_file(path)
        if not why and self.force_exclude:
            why = self._excluded_on_the_way(config, absolute)
        if why:
            self.skipped.append(Skipped(path, why, was_named=True))
        else:
            yield File(path, config), "" if os.path.islink(path) else os.path.realpath(path)

    def _excluded_on_the_way(self, config: Config, path: str) -> str:
        relative = _below(path, config.folder)
        if relative is None:
            return self._excluded(config, path, os.path.basename(path), False)
        parts = relative.split(os.sep)
        ways = [os.path.join(config.folder, *parts[:length]) for length in range(1, len(parts) + 1)]
        said = (self._excluded(config, way, os.path.basename(way), way != path or os.path.isdir(path)) for way in ways)
        return next(filter(None, said), "")

    # ------------------------------------------------------------------ searching

    def _walk(self, top: str) -> Iterator[tuple[File, str]]:
        """The files below a folder, each with its real path, "" for a link."""
        absolute, real = os.path.abspath(top), os.path.realpath(top)
        ignores = Ignores.above(absolute) if self.respect_gitignore else Ignores()
        waiting = [("" if top == os.curdir else top, absolute, ignores)]
        while waiting:
            folder, here, ignores = waiting.pop()
            try:
                with os.scandir(folder or os.curdir) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError:
                yield File(folder or os.curdir, self.configs.of_folder(here, ())), here
                continue
            names = {entry.name for entry in entries}
            config = self.configs.of_folder(here, names)
            if self.respect_gitignore:
                ignores = _entered(ignores, here, names, is_top=here == absolute)
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and not is_code(entry.name):
                    continue
                path, place = os.path.join(folder, entry.name), os.path.join(here, entry.name)
                why = self._left_out(config, ignores, place, entry, is_folder)
                if why:
                    self.skipped.append(Skipped(path, why))
                elif is_folder:
                    waiting.append((path, place, ignores))
                else:
                    yield File(path, config), "" if entry.is_symlink() else real + place[len(absolute) :]

    def _left_out(self, config: Config, ignores: Ignores, place: str, entry: os.DirEntry[str], is_folder: bool) -> str:
        """Why an entry of a folder is not taken; "" if it is."""
        excluded = self._excluded(config, place, entry.name, is_folder)
        if excluded:
            return excluded
        ignored = ignores.ignore(place, is_folder)
        if ignored:
            return f"{shown(ignored[0])} has {ignored[1]!r}"
        return "" if is_folder else _no_file(entry)

    def _excluded(self, config: Config, path: str, name: str, is_folder: bool) -> str:
        """Which `exclude` leaves out a path: a word for it, "" if none does."""
        for key, folder, words in (
            ("exclude", config.folder, config.exclude),
            ("extend-exclude", config.folder, config.extend_exclude),
            ("--exclude", os.getcwd() if self.configs.overrides.exclude else "", self.configs.overrides.exclude),
        ):
            pattern = self._fitting(folder, words, path, name, is_folder) if words else None
            if pattern is not None:
                return f"{key} has {pattern!r}"
        return ""

    def _fitting(self, folder: str, words: Sequence[str], path: str, name: str, is_folder: bool) -> str | None:
        if name in words:
            return name
        known = tuple(words)
        if known not in self._patterns:
            self._patterns[known] = Patterns.of(word for word in words if not is_plain(word))
        patterns = self._patterns[known]
        relative = _below(path, folder) if patterns else None
        if patterns is None or relative is None:
            return None
        left_out, pattern = patterns.says(relative, is_folder)
        return pattern if left_out else None


def _entered(ignores: Ignores, folder: str, names: set[str], is_top: bool) -> Ignores:
    """What holds in a folder: the ignore files of a repository hold in no other that lies in it."""
    if ".git" in names and not is_top:
        ignores = Ignores.of_repository(folder)
    return ignores.with_file(folder, os.path.join(folder, NAME)) if NAME in names else ignores


def is_code(name: str) -> bool:
    """Whether a file of this name is taken from a folder."""
    return name.endswith(NOTEBOOK) or name.lower().endswith(PYTHON)


def _no_file(path: str | os.DirEntry[str]) -> str:
    """What a path is instead of a file; "" if it is one, or if only reading it will tell."""
    if isinstance(path, os.DirEntry) and path.is_file(follow_symlinks=False):
        return ""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return "a link that leads nowhere" if isinstance(path, os.DirEntry) else ""
    except OSError as error:
        return f"a link that leads nowhere ({error.strerror})" if isinstance(path, os.DirEntry) else ""
    if stat.S_ISDIR(mode):
        return "a link to a folder"
    return next((word for kind, word in _KINDS if kind(mode)), "")


_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _below(path: str, folder: str) -> str | None:
    """The path from a folder to what lies in it; None for what does not."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # on another drive
        return None
    return None if relative.split(os.sep)[0] == os.pardir else relative
