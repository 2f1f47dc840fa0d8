"""Which files a run looks at.

A folder is walked: Python files and notebooks in it are taken, unless `.gitignore` or `exclude` leaves them out. What
is named itself is always taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapelint.config import Config, Configs

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".py", ".pyw", ".pyi", ".ipynb")


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
class Discovery:
    """How to look for files. `force_exclude`: files that are named themselves are left out too if `exclude` says so."""

    configs: Configs
    respect_gitignore: bool = True
    force_exclude: bool = False
    _specs: dict[tuple[str, tuple[str, ...]], GitIgnoreSpec] = field(default_factory=dict, init=False)

    def find(self, paths: Iterable[str]) -> list[File]:
        """Every file that `paths` mean, once, in the order of their paths. Raises NoSuchPath, ConfigError."""
        found: dict[str, File] = {}
        for path in paths:
            path = os.path.normpath(path)
            if os.path.isdir(path):
                files: Iterable[File] = self._walk(path)
            elif os.path.lexists(path):
                files = self._named(path)
            else:
                raise NoSuchPath(path)
            for file in files:
                found.setdefault(os.path.abspath(file.path), file)
        return sorted(found.values(), key=lambda file: file.path)

    def _named(self, path: str) -> Iterator[File]:
        absolute = os.path.abspath(path)
        config = self.configs.of_file(absolute)
        if not (self.force_exclude and self._excluded_on_the_way(config, absolute)):
            yield File(path, config)

    def _excluded_on_the_way(self, config: Config, path: str) -> bool:
        relative = os.path.relpath(path, config.folder)
        if relative.startswith(".."):
            return self._is_excluded(config, path, os.path.basename(path), False)
        parts = relative.split(os.sep)
        ways = [os.path.join(config.folder, *parts[:length]) for length in range(1, len(parts) + 1)]
        return any(self._is_excluded(config, way, os.path.basename(way), way != path) for way in ways)

    def _walk(self, top: str) -> Iterator[File]:
        absolute = os.path.abspath(top)
        ignores = _Ignores.above(absolute) if self.respect_gitignore else _Ignores()
        waiting = [("" if top == os.curdir else top, absolute, ignores)]
        while waiting:
            folder, absolute, ignores = waiting.pop()
            try:
                with os.scandir(absolute) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError:
                continue
            names = {entry.name for entry in entries}
            config = self.configs.of_folder(absolute, names)
            if self.respect_gitignore and ".gitignore" in names:
                ignores = ignores.with_file(absolute, os.path.join(absolute, ".gitignore"))
            for entry in entries:
                name = entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if not (is_folder or (name.endswith(SUFFIXES) and entry.is_file())):
                    continue
                if self._is_excluded(config, entry.path, name, is_folder) or ignores.ignore(entry.path, is_folder):
                    continue
                path = os.path.join(folder, name)
                if is_folder:
                    waiting.append((path, entry.path, ignores))
                else:
                    yield File(path, config)

    def _is_excluded(self, config: Config, path: str, name: str, is_folder: bool) -> bool:
        patterns = [(config.folder, config.exclude + config.extend_exclude)]
        if self.configs.overrides.exclude:
            patterns.append((os.getcwd(), self.configs.overrides.exclude))
        return any(self._fits(folder, words, path, name, is_folder) for folder, words in patterns)

    def _fits(self, folder: str, words: Sequence[str], path: str, name: str, is_folder: bool) -> bool:
        if name in words:
            return True
        spec = self._specs.get((folder, tuple(words)))
        if spec is None:
            spec = self._specs[folder, tuple(words)] = _spec(word for word in words if not _is_plain(word))
        if not spec.patterns:
            return False
        relative = os.path.relpath(path, folder)
        return not relative.startswith("..") and spec.match_file(relative + "/" * is_folder)


def _is_plain(pattern: str) -> bool:
    return not any(character in pattern for character in "/*?[!\\#") and pattern == pattern.strip()


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


@dataclass(frozen=True, slots=True)
class _Ignores:
    """The ignore files that hold in a folder, the outermost first: the folder each stands for, and what it says."""

    files: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    @classmethod
    def above(cls, folder: str) -> _Ignores:
        """Those of the repository around `folder`, but for what ignores it as a whole: it was asked for by name."""
        way = [folder]
        while not os.path.exists(os.path.join(way[-1], ".git")):
            parent = os.path.dirname(way[-1])
            if parent == way[-1]:
                return cls()
            way.append(parent)
        found = cls().with_file(way[-1], os.path.join(way[-1], ".git", "info", "exclude"))
        for parent in reversed(way[1:]):
            found = found.with_file(parent, os.path.join(parent, ".gitignore"))
        inside = os.path.join(folder, "")
        return cls(tuple(rule for rule in found.files if rule[0] == inside or not _says(*rule, folder, True)))

    def with_file(self, folder: str, path: str) -> _Ignores:
        """These and one more, if it can be read and says anything."""
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                spec = _spec(file.read().splitlines())
        except (OSError, ValueError):  # pathspec raises a ValueError for a pattern that git would not read either
            return self
        return _Ignores((*self.files, (os.path.join(folder, ""), spec))) if spec.patterns else self

    def ignore(self, path: str, is_folder: bool) -> bool:
        """Whether they leave `path` out: the innermost that says anything about it decides."""
        for base, spec in reversed(self.files):
            said = _says(base, spec, path, is_folder)
            if said is not None:
                return said
        return False


def _says(base: str, spec: GitIgnoreSpec, path: str, is_folder: bool) -> bool | None:
    relative = path[len(base) :].replace(os.sep, "/")
    return spec.check_file(relative + "/" * is_folder).include
