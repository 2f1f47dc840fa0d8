"""Settings: `[tool.tapelint]` in the nearest `pyproject.toml`, or `tapelint.toml`, which has no table around the keys.

Nearest is meant from the file that is checked, so that one run over two projects treats each as its own. What stands
on the command line beats both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Protocol

from tapelint.diagnostic import LEVELS, Level

NAMES = ("tapelint.toml", "pyproject.toml")
EVERYTHING = "ALL"

DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pytest_cache"),
    *(".ruff_cache", ".svn", ".tapelint_cache", ".tox", ".venv", "__pycache__", "__pypackages__", "build", "dist"),
    *("node_modules", "site-packages", "venv"),
)


class ConfigError(Exception):
    """Settings that cannot be followed; the text is one line that says where and why."""


class Named(Protocol):
    """What can be selected: a rule."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Config:
    """The settings that hold for a file.

    `path` is the file they were read from ("" if from none), `folder` what its patterns and paths are relative to.
    `select` and `ignore` hold codes, names and beginnings of codes; `exclude` and the keys of `per_file_ignores` are
    patterns as in a `.gitignore`; `rules` are files with rules, absolute; `facts` are experiments and their answers.
    """

    folder: str
    path: str = ""
    select: tuple[str, ...] = (EVERYTHING,)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fail_level: Level = "warning"
    unsafe_fixes: bool = False
    pedantic: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says; None where it says nothing. `exclude` is added to what files say."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_level: Level | None = None
    unsafe_fixes: bool | None = None

    def over(self, config: Config) -> Config:
        """`config` with what the command line says. To select there means to forget what a file selects and ignores."""
        if self.select is not None:
            config = replace(config, select=self.select, ignore=())
        return replace(
            config,
            ignore=config.ignore + self.ignore,
            fail_level=self.fail_level or config.fail_level,
            unsafe_fixes=config.unsafe_fixes if self.unsafe_fixes is None else self.unsafe_fixes,
        )


class Configs:
    """The settings of every folder of a run, each file read once."""

    def __init__(self, overrides: Overrides | None = None, file: str | None = None, isolated: bool = False) -> None:
        """`file` holds for every folder in place of the nearest; `isolated`: no file is read. Raises ConfigError."""
        self.overrides = overrides or Overrides()
        self._found: dict[str, Config] = {}
        self._fixed: Config | None = None
        if isolated:
            self._fixed = self._over(Config(os.getcwd()))
        elif file is not None:
            self._fixed = self._over(_read_named(file))

    def _over(self, config: Config) -> Config:
        return self.overrides.over(config)

    def of_file(self, path: str) -> Config:
        """The settings for the file at `path`, which need not exist."""
        return self.of_folder(os.path.dirname(os.path.abspath(path)))

    def of_folder(self, folder: str, names: Collection[str] | None = None) -> Config:
        """The settings for what lies in `folder` (absolute); `names` is its listing where that is known."""
        if self._fixed:
            return self._fixed
        found = self._found.get(folder)
        if found is None:
            config = _read_folder(folder, names)
            parent = os.path.dirname(folder)
            if config:
                found = self._over(config)
            elif parent == folder:
                found = self._over(Config(os.getcwd()))
            else:
                found = self.of_folder(parent)
            self._found[folder] = found
        return found


def _read_folder(folder: str, names: Collection[str] | None) -> Config | None:
    for name in NAMES:
        if names is None or name in names:
            path = os.path.join(folder, name)
            try:
                with open(path, "rb") as file:
                    data = file.read()
            except OSError:
                continue
            # A project file that does not speak of tapelint may be as broken as it likes.
            if name == "tapelint.toml" or b"tapelint" in data:
                table = _table(path, data)
                if table is not None:
                    return _config(path, table)
    return None


def _read_named(path: str) -> Config:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    table = _table(path, data)
    if table is None:
        raise ConfigError(f"{path}: has no table [tool.tapelint]")
    return _config(path, table)


def _table(path: str, data: bytes) -> Mapping[str, Any] | None:
    import tomllib

    try:
        content = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown(path)}: not valid TOML: {error}") from error
    if os.path.basename(path) != "pyproject.toml" and "tool" not in content:
        return content
    tool = content.get("tool", {})
    table = tool.get("tapelint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{shown(path)}: tool.tapelint must be a table")
    return table


def _config(path: str, table: Mapping[str, Any]) -> Config:
    path = os.path.abspath(path)
    folder = os.path.dirname(path)
    values: dict[str, Any] = {}
    for key, value in table.items():
        convert = _KEYS.get(key)
        if convert is None:
            raise ConfigError(f"{shown(path)}: unknown key {key!r}{hint(key, _KEYS)}")
        try:
            values[key.replace("-", "_")] = convert(value)
        except _WrongType as wrong:
            raise ConfigError(f"{shown(path)}: {key} must be {wrong}, not {_toml(value)}") from None
    if "rules" in values:
        values["rules"] = tuple(os.path.join(folder, rule) for rule in values["rules"])
    return Config(folder=folder, path=path, **values)


def hint(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known word nearest to `word`; "" where none is near."""
    by_fold = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_fold, n=1, cutoff=0.5)
    return f"; did you mean {by_fold[near[0]]!r}?" if near else ""


def shown(path: str) -> str:
    """A path for messages: relative where it lies below the working directory."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


# ------------------------------------------------------------------------- types


class _WrongType(Exception):
    """What was expected."""


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _WrongType("a list of strings")
    return tuple(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongType("true or false")
    return value


def _level(value: object) -> Level:
    for level in LEVELS:
        if value == level:
            return level
    raise _WrongType("one of 'error', 'warning', 'note'")


def _ignores(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise _WrongType("a table of patterns, each with a list of rules")
    return tuple((pattern, _strings(names)) for pattern, names in value.items())


def _facts(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(answer, str) for answer in value.values()):
        raise _WrongType("a table of calls, each with what it does to a gradient")
    return tuple(value.items())


_KEYS: Mapping[str, Callable[[object], object]] = {
    "select": _strings,
    "ignore": _strings,
    "exclude": _strings,
    "extend-exclude": _strings,
    "per-file-ignores": _ignores,
    "fail-level": _level,
    "unsafe-fixes": _truth,
    "pedantic": _truth,
    "facts": _facts,
    "rules": _strings,
}


# --------------------------------------------------------------------- selection


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the known rules run, by code. Raises ConfigError when made with a word that fits no rule."""

    config: Config
    known: Sequence[Named]
    _patterns: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        config = self.config
        for words in (config.select, config.ignore, *(names for _, names in config.per_file_ignores)):
            for word in words:
                if word != EVERYTHING and not any(_fit(word, rule) for rule in self.known):
                    where = f"{shown(config.path)}: " if config.path else ""
                    names = [name for rule in self.known for name in (rule.code, rule.name)]
                    raise ConfigError(f"{where}no rule is called {word!r}{hint(word, [*names, EVERYTHING])}")

    def codes(self, path: str | None = None) -> frozenset[str]:
        """The codes of the rules that run; with a path, those that run on that file.

        A rule runs if what selects it says more of its code than what ignores it: `select = ["TL101"]` beats
        `ignore = ["TL1"]`.
        """
        config = self.config
        ignore = config.ignore
        for pattern, names in config.per_file_ignores:
            if path is not None and self._matches(pattern, path):
                ignore += names
        return frozenset(rule.code for rule in self.known if _rank(config.select, rule) > _rank(ignore, rule))

    def _matches(self, pattern: str, path: str) -> bool:
        spec = self._patterns.get(pattern)
        if spec is None:
            from pathspec import GitIgnoreSpec

            spec = self._patterns[pattern] = GitIgnoreSpec.from_lines([pattern])
        relative = os.path.relpath(os.path.abspath(path), self.config.folder)
        return not relative.startswith("..") and bool(spec.match_file(relative))


def _fit(word: str, rule: Named) -> int:
    """How much of the rule a word says: 0 where it means another."""
    if word == EVERYTHING:
        return 1
    word = word.lower()
    if word in (rule.code.lower(), rule.name.lower()):
        return 100
    return 1 + len(word) if word[-1:].isdigit() and rule.code.lower().startswith(word) else 0


def _rank(words: Iterable[str], rule: Named) -> int:
    return max((_fit(word, rule) for word in words), default=0)
