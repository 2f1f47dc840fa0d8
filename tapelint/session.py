"""One look at files or a text: settings, rules and facts are read once and kept; nothing is printed.

    from tapelint import check_paths, check_source

    found = check_source("import tensorflow as tf", path="train.py")
    found = check_paths(["src", "notebooks"], select=["TL1"])
    for diagnostic in found.diagnostics:
        print(diagnostic.span.path, diagnostic.span.start.line, diagnostic.message)

The command line and the plugin for flake8 are made of the same parts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tapelint.baseline import Known, readable
from tapelint.cache import Cache
from tapelint.config import Configs, Overrides
from tapelint.diagnostic import Diagnostic, FileError
from tapelint.files import Discovery, File
from tapelint.run import Analyst, Job, Progress, Report, RuleSet, Verb, analyse_new, merged, what_matters
from tapelint.source import Source, SourceError


@dataclass(frozen=True)
class Checked:
    """What was found.

    `diagnostics` are in the order of their files and places; `errors` are the files that could not be analysed, wholly
    or in part; `files` are the paths of all that were looked at. Lines of a notebook count in the text of all its code
    cells: `cell_of` has the cell.
    """

    diagnostics: tuple[Diagnostic, ...]
    errors: tuple[FileError, ...] = ()
    files: tuple[str, ...] = ()
    _texts: dict[str, Source | None] = field(default_factory=dict, repr=False, compare=False)

    def cell_of(self, path: str, line: int) -> tuple[int, int] | None:
        """The cell of the notebook at `path` (from 1, of all its cells) and the line in it; None for other files."""
        if path not in self._texts:
            self._texts[path] = _readable(path)
        source = self._texts[path]
        return source.cell_of(line) if source else None


def check_source(
    text: str,
    path: str | os.PathLike[str] = "<text>",
    *,
    config: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
) -> Checked:
    """What is wrong with the gradients in a text, which stands for the file at `path` (it need not exist).

    The settings, and the baseline that they name, are those of the nearest file above `path`, or of `config`, or none
    if `isolated`; `select` and `ignore` are as on the command line. A text that neither names a tape nor runs
    one of another file has no findings.
    ConfigError where the settings, or a rule that is named, make no sense. What cannot be parsed is in `errors`.

    >>> program = '''
    ... import numpy as np
    ... import tensorflow as tf
    ... w = tf.Variable(2.0)
    ... with tf.GradientTape() as tape:
    ...     loss = tf.add(np.square(w), 1.0)
    ... slope = tape.gradient(loss, w)
    ... '''
    >>> [found] = check_source(program, isolated=True).diagnostics
    >>> found.code, found.level, found.span.start.line
    ('TL101', 'error', 6)
    >>> found.message
    'no gradient reaches `w`: NumPy computes `np.square(w)`'
    >>> found.fixes[0].message, found.fixes[0].safe
    ('Use `tf.square`', True)
    >>> check_source("tape = tf.GradientTape(", isolated=True).errors[0].message
    "cannot be parsed: line 1: '(' was never closed"
    """
    return Session(_configs(config, isolated, select, ignore)).source(text, os.fspath(path))


def check_paths(
    paths: Iterable[str | os.PathLike[str]] = (os.curdir,),
    *,
    config: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    exclude: Iterable[str] = (),
    jobs: int | None = 1,
) -> Checked:
    """What is wrong with the gradients in files and folders, each with the settings that are nearest to it.

    As `check_source`; `exclude` are patterns of what is left out of folders, `jobs` is the number of processes (None:
    as many as are worthwhile). Nothing is kept on the disk. NoSuchPath for a path that does not exist, ConfigError.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "train.py").write_text("tape = tf.GradientTape(")
    ...     found = check_paths([folder], isolated=True)
    >>> len(found.files), found.diagnostics, found.errors[0].message
    (1, (), "cannot be parsed: line 1: '(' was never closed")
    """
    session = Session(_configs(config, isolated, select, ignore, exclude), jobs=jobs)
    return session.checked(Discovery(session.configs).find([os.fspath(path) for path in paths]))


def _configs(
    config: str | os.PathLike[str] | None,
    isolated: bool,
    select: Iterable[str] | None,
    ignore: Iterable[str],
    exclude: Iterable[str] = (),
) -> Configs:
    selected = None if select is None else tuple(select)
    file = None if config is None else os.fspath(config)
    return Configs(Overrides(select=selected, ignore=tuple(ignore), exclude=tuple(exclude)), file, isolated)


@dataclass(frozen=True, slots=True)
class Looked:
    """The report of each file with a tape, of each that runs one of another file, and of each that could not be read,
    by path; `taped` and `driving` count the first two.
    """

    reports: list[Report]
    taped: int
    driving: int


class Session:
    """Settings, rules and facts for as many looks as are wanted. ConfigError where the settings make no sense."""

    def __init__(
        self,
        configs: Configs,
        verb: Verb = "check",
        jobs: int | None = 1,
        cache: Cache | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.configs = configs
        self.rules = RuleSet()
        self._verb = verb
        self._jobs = jobs
        self._cache = cache if verb == "check" else None
        self._known = Known()
        self._analyst: Analyst | None = None
        self._progress = progress

    def analyst(self, files: Iterable[File], texts: Mapping[str, Source]) -> Analyst:
        """Who looks at these files, `texts` in place of what lies on the disk. ConfigError."""
        analyst = self._analyst = Analyst(Job(self._verb, texts), self.rules, self._analyst)
        here = self.configs.of_folder(os.getcwd())
        for config in dict.fromkeys([here, *(file.config for file in files)]):
            analyst.validate(config)
        return analyst

    def look(self, files: Sequence[File], analyst: Analyst) -> Looked:
        """What is said about the files, in their order."""
        matter = what_matters(files, analyst, self._cache)
        chosen = sorted([*matter.taped, *matter.driving], key=lambda file: file.path)
        reports = [*matter.unread, *analyse_new(chosen, analyst, self._jobs, self._cache, self._progress)]
        return Looked(sorted(reports, key=lambda report: report.file.path), len(matter.taped), len(matter.driving))

    def source(self, text: str, path: str) -> Checked:
        """What is found in a text that stands for the file at `path`."""
        file = File(path, self.configs.of_file(path))
        try:
            notebook = path.endswith(".ipynb")
            source = Source.from_bytes(text.encode(), path) if notebook else Source.from_text(text, path)
        except SourceError as error:
            return Checked((), (FileError(path, error.message),), (path,))
        return self.checked([file], {path: source})

    def checked(self, files: Sequence[File], texts: Mapping[str, Source] | None = None) -> Checked:
        """What is found in files and is not known from a baseline."""
        texts = texts or {}
        reports = self.look(files, self.analyst(files, texts)).reports
        reports = self._known.new(reports, readable(texts))
        errors = [FileError(report.file.path, report.error) for report in reports if report.error]
        errors += [FileError("", str(error)) for error in self.rules.errors()]
        return Checked(tuple(merged(reports)), tuple(errors), tuple(file.path for file in files), dict(texts))


def _readable(path: str) -> Source | None:
    try:
        return Source.read(path)
    except SourceError:
        return None
