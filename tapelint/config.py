"""Settings: `[tool.tapelint]` in the nearest `pyproject.toml`, or `tapelint.toml`, which has no table around the keys.

Nearest is meant from the file that is checked, so that one run over two projects treats each as its own. What stands
on the command line beats both.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from tapelint.diagnostic import Level
from tapelint.gitignore import PatternError, compiled, is_plain

if TYPE_CHECKING:
    from tapelint import schema

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
class Overrides:
    """What the command line says; None where it says nothing. `exclude` is added to what files say.

    `baseline` is an absolute path, "" for none at all.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_level: Level | None = None
    unsafe_fixes: bool | None = None
    baseline: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """All that is said of rules."""
        return (*(self.select or ()), *self.extend_select, *self.ignore)

    def over(self, config: Config) -> Config:
        """`config` with what the command line says. To select there means to forget what a file selects and ignores."""
        if self.select is not None:
            config = replace(config, select=self.select, extend_select=(), ignore=())
        return replace(
            config,
            extend_select=config.extend_select + self.extend_select,
            ignore=config.ignore + self.ignore,
            overrides=self,
            fail_level=self.fail_level or config.fail_level,
            unsafe_fixes=config.unsafe_fixes if self.unsafe_fixes is None else self.unsafe_fixes,
            baseline=config.baseline if self.baseline is None else self.baseline,
        )


@dataclass(frozen=True, slots=True)
class Config:
    """The settings that hold for a file.

    `path` is the file they were read from ("" if from none), `folder` what its patterns and paths are relative to,
    `overrides` what the command line says, which the other fields have taken in. Those are the keys of such a file,
    which `schema.Table` describes; tables are pairs here (the options of a rule as JSON), so that settings can be told
    apart and looked up by, and `rules` and `baseline` ("" for none) are absolute paths.
    """

    folder: str
    path: str = ""
    overrides: Overrides = field(default_factory=Overrides)
    select: tuple[str, ...] = (EVERYTHING,)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fail_level: Level = "warning"
    unsafe_fixes: bool = False
    pedantic: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    rule_options: tuple[tuple[str, str], ...] = ()
    tape_modules: tuple[str, ...] = ()
    baseline: str = ""
    rules: tuple[str, ...] = ()


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
    from tapelint.toml import TomlError, table

    try:
        return table(path, data)
    except TomlError as error:
        raise ConfigError(f"{shown(path)}: {error}") from error


def _config(path: str, table: Mapping[str, Any]) -> Config:
    import json

    from tapelint import schema

    path = os.path.abspath(path)
    folder = os.path.dirname(path)
    try:
        values = schema.values(table)
    except schema.Wrong as wrong:
        raise ConfigError(f"{place(path, *wrong.keys)}: {_complaint(wrong, table)}") from None
    if "rules" in values:
        values["rules"] = tuple(os.path.join(folder, rule) for rule in values["rules"])
    if values.get("baseline"):
        values["baseline"] = os.path.normpath(os.path.join(folder, values["baseline"]))
    if "rule_options" in values:
        values["rule_options"] = {
            rule: json.dumps(given, default=str) for rule, given in values["rule_options"].items()
        }
    for name in ("per_file_ignores", "facts", "rule_options"):
        values[name] = tuple(values.get(name, {}).items())
    return Config(folder=folder, path=path, **values)


def _complaint(wrong: schema.Wrong, table: Mapping[str, Any]) -> str:
    from tapelint import schema

    if not wrong.expected:
        return f"unknown key {wrong.keys[0]!r}{hint(wrong.keys[0], schema.names())}"
    value: Any = table
    for key in wrong.keys:
        value = value[key]
    name = ".".join([wrong.keys[0], *map(repr, wrong.keys[1:])])
    return f"{name} must be {wrong.expected}, not {_toml(value)}"


def place(path: str, *keys: str) -> str:
    """Where a key of a file of settings stands, for messages: `pyproject.toml:12`; without a line if none is known."""
    from tapelint.toml import line_of

    line = line_of(path, keys)
    return shown(path) if line is None else f"{shown(path)}:{line}"


def hint(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known word nearest to `word`; "" where none is near."""
    from difflib import get_close_matches

    by_fold = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_fold, n=1, cutoff=0.5)
    return f"; did you mean {by_fold[near[0]]!r}?" if near else ""


def shown(path: str) -> str:
    """A path for messages: relative where it lies below the working directory."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # on another drive
        return path
    return path if relative.startswith("..") else relative


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


# --------------------------------------------------------------------- selection


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the known rules run, by code. Raises ConfigError when made with a word that fits no rule."""

    config: Config
    known: Sequence[Named]
    _patterns: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        config = self.config
        _check_patterns(config)
        lists: list[tuple[tuple[str, ...], Iterable[str]]] = [
            *((("select",), config.select), (("extend-select",), config.extend_select), (("ignore",), config.ignore)),
            *((("per-file-ignores", pattern), names) for pattern, names in config.per_file_ignores),
        ]
        for keys, words in lists:
            for word in words:
                if word != EVERYTHING and not any(_fit(word, rule) for rule in self.known):
                    names = [name for rule in self.known for name in (rule.code, rule.name)]
                    theirs = config.path and word not in config.overrides.words
                    where = f"{place(config.path, *keys)}: " if theirs else ""
                    raise ConfigError(f"{where}no rule is called {word!r}{hint(word, [*names, EVERYTHING])}")

    def codes(self, path: str | None = None) -> frozenset[str]:
        """The codes of the rules that run; with a path, those that run on that file.

        A rule runs if what selects it says more of its code than what ignores it: `select = ["TL101"]` beats
        `ignore = ["TL1"]`. What is ignored for a file never runs on it.
        """
        config = self.config
        select = config.select + config.extend_select
        of_file = [
            word
            for pattern, names in config.per_file_ignores
            if path is not None and self._matches(pattern, path)
            for word in names
        ]
        return frozenset(
            rule.code
            for rule in self.known
            if _rank(select, rule) > _rank(config.ignore, rule) and not _rank(of_file, rule)
        )

    def _matches(self, pattern: str, path: str) -> bool:
        spec = self._patterns.get(pattern)
        if spec is None:
            from pathspec import GitIgnoreSpec

            spec = self._patterns[pattern] = GitIgnoreSpec.from_lines([pattern])
        relative = os.path.relpath(os.path.abspath(path), self.config.folder)
        return not relative.startswith("..") and bool(spec.match_file(relative))


def _check_patterns(config: Config) -> None:
    """Raise a ConfigError for a pattern that makes no sense: it would leave nothing out, and nobody would know."""
    lists: list[tuple[tuple[str, ...], str, Iterable[str]]] = [
        (("exclude",), config.path, config.exclude),
        (("extend-exclude",), config.path, config.extend_exclude),
        (("--exclude",), "", config.overrides.exclude),
        *((("per-file-ignores", pattern), config.path, (pattern,)) for pattern, _ in config.per_file_ignores),
    ]
    for keys, path, patterns in lists:
        for pattern in patterns:
            if not is_plain(pattern):
                try:
                    compiled(pattern)
                except PatternError as error:
                    where = f"{place(path, *keys)}: " if path else ""
                    raise ConfigError(f"{where}{keys[0]}: {error}") from None


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
