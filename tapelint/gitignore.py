"""What git leaves out: the `.gitignore` of every folder and `info/exclude`, up to the repository's root."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import Pattern

NAME = ".gitignore"


class PatternError(ValueError):
    """A pattern that makes no sense; one line."""


def compiled(line: str) -> Pattern:
    """One pattern as in a `.gitignore`. Raises PatternError."""
    from pathspec import GitIgnoreSpec

    try:
        return next(iter(GitIgnoreSpec.from_lines([line]).patterns))
    except (ValueError, re.error, StopIteration):
        raise PatternError(f"{line!r} is no pattern") from None


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns as in a `.gitignore`, and where they stand; `lines` are those that say anything, in their order."""

    origin: str
    lines: tuple[str, ...]
    compiled: tuple[Pattern, ...]

    @classmethod
    def of(cls, lines: Iterable[str], origin: str = "") -> Patterns | None:
        """None where they say nothing. A line that makes no sense says nothing, as for git."""
        kept = []
        for line in lines:
            if line.strip() and not line.startswith("#"):
                with suppress(PatternError):
                    kept.append((line, compiled(line)))
        return cls(origin, tuple(line for line, _ in kept), tuple(pattern for _, pattern in kept)) if kept else None

    def says(self, relative: str, is_folder: bool) -> tuple[bool | None, str]:
        """Whether they leave a path out (None: they say nothing of it), and the pattern that decides: the last.

        Only what is said of the path itself counts. What is said of a folder around it was decided there: `!kept/`
        takes the folder back, and no file in it that another pattern leaves out.
        """
        path = relative.replace(os.sep, "/")
        for line, pattern in zip(reversed(self.lines), reversed(self.compiled), strict=True):
            if pattern.include is not None and _is_meant(pattern, path, is_folder):
                return pattern.include, line
        return None, ""


@dataclass(frozen=True, slots=True)
class Ignores:
    """The ignore files that hold in a folder, the outermost first: the folder each stands for, and what it says."""

    files: tuple[tuple[str, Patterns], ...] = ()

    @classmethod
    def above(cls, folder: str) -> Ignores:
        """Those of the repository around `folder`, but for what ignores it as a whole: it was asked for by name."""
        way = [folder]
        while not os.path.lexists(os.path.join(way[-1], ".git")):
            parent = os.path.dirname(way[-1])
            if parent == way[-1]:
                return cls()
            way.append(parent)
        found = cls.of_repository(way[-1])
        for parent in reversed(way[1:]):
            found = found.with_file(parent, os.path.join(parent, NAME))
        inside = os.path.join(folder, "")
        return cls(tuple(rule for rule in found.files if rule[0] == inside or not _says(*rule, folder, True)[0]))

    @classmethod
    def of_repository(cls, root: str) -> Ignores:
        """What is kept beside the files of the repository at `root`."""
        return cls().with_file(root, os.path.join(_git_folder(root), "info", "exclude"))

    def with_file(self, folder: str, path: str) -> Ignores:
        """These and one more, if it can be read and says anything."""
        try:
            with open(path, encoding="utf-8-sig", errors="replace") as file:
                patterns = Patterns.of(file.read().splitlines(), path)
        except OSError:
            return self
        return Ignores((*self.files, (os.path.join(folder, ""), patterns))) if patterns else self

    def ignore(self, path: str, is_folder: bool) -> tuple[str, str] | None:
        """The ignore file and its pattern that leave `path` out: the innermost that says anything decides."""
        for base, patterns in reversed(self.files):
            said, pattern = _says(base, patterns, path, is_folder)
            if said is not None:
                return (patterns.origin, pattern) if said else None
        return None


def is_plain(pattern: str) -> bool:
    """Whether a pattern is just a name."""
    return not any(character in pattern for character in "/*?[!\\#") and pattern == pattern.strip()


def _says(base: str, patterns: Patterns, path: str, is_folder: bool) -> tuple[bool | None, str]:
    return patterns.says(path[len(base) :], is_folder)


def _is_meant(pattern: Pattern, path: str, is_folder: bool) -> bool:
    """Whether a pattern fits a path itself, and not only a folder on the way to it, or what is in it."""
    shown = path + "/" * is_folder
    found: Any = pattern.match_file(shown)
    if found is None:
        return False
    folder = found.match.re.groupindex.get(_FOLDER)
    if folder is None:
        return not is_folder or pattern.match_file(path) is not None
    return found.match.end(folder) in (-1, len(shown))


_FOLDER = "ps_d"  # how pathspec calls the slash behind a folder that a pattern fits


def _git_folder(root: str) -> str:
    """Where git keeps what it knows: `.git`, or what a file of that name leads to (a worktree, a submodule)."""
    place = os.path.join(root, ".git")
    if not os.path.isfile(place):
        return place
    try:
        with open(place, encoding="utf-8", errors="surrogateescape") as file:
            own = os.path.join(root, file.read().removeprefix("gitdir:").strip())
        with open(os.path.join(own, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.join(own, file.read().strip())
    except FileNotFoundError:
        return own
    except OSError:
        return place
