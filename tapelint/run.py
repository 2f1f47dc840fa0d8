"""One run: which of the files can matter, what is said about each, in which process.

What is said about a file depends on the file, the project around it and its settings; never on the other files of the
run, on their order or on the number of processes.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache as cached
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, Literal

from tapelint.cache import (
    Cache,
    Entry,
    Script,
    Scripts,
    digest,
    digest_of_all,
    digest_of_file,
    digest_of_listing,
    digest_of_programs,
)
from tapelint.config import Config, ConfigError, Selection, place
from tapelint.diagnostic import Diagnostic
from tapelint.files import File
from tapelint.options import options_of
from tapelint.plugins import PluginError, load_rules
from tapelint.project import Project
from tapelint.rule import Rule
from tapelint.source import Source, SourceError, names_tape
from tapelint.views import Gradient

if TYPE_CHECKING:
    from tapelint.facts import Facts

Verb = Literal["check", "trace"]
Progress = Callable[[int, int], object]  # told after each file how many of how many are done

# A process of its own pays only for that many files with a tape.
_FILES_A_PROCESS = 8
_DIED = "the process that analysed this file died (out of memory?)"


@dataclass(frozen=True, slots=True)
class Job:
    """What all files of a run have in common. `texts` stand for files that are not, or not yet, so on the disk."""

    verb: Verb
    texts: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What is said about one file.

    `error` says in one line why it could not be analysed ("" where it could), `details` is the traceback of an internal
    error. `calls` are the places of its gradient calls, those in other files included. `files` are the absolute paths
    of the files that it depends on, with the digests of what was read, `folders` likewise the listings; `is_known` says
    that it comes from the cache.
    """

    file: File
    diagnostics: tuple[Diagnostic, ...] = ()
    gradients: tuple[Gradient, ...] = ()
    error: str = ""
    details: str = ""
    calls: tuple[str, ...] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    is_known: bool = False


def merged(reports: Iterable[Report]) -> list[Diagnostic]:
    """All findings, in order. One that several files lead to is one."""
    found = {one.identity: one for report in reports for one in report.diagnostics}
    return sorted(found.values(), key=lambda one: one.sort_key)


def gradients_of(reports: Iterable[Report]) -> list[Gradient]:
    """All gradient calls, file by file. Of one that several files run, what is known most of stands there, once."""
    found: dict[str, list[Gradient]] = {}
    for gradient in sorted((g for r in reports for g in r.gradients), key=lambda one: one.place.span.path):
        found.setdefault(_place(gradient), []).append(gradient)
    return [each for alike in found.values() for each in _best_known(alike)]


def _best_known(alike: list[Gradient]) -> list[Gradient]:
    """Of what several runs say of one call: what real arguments lead to, else any, else that it is unknown."""
    known = [g for g in alike if any(source.verdict != "unknown" for source in g.sources)]
    best = [g for g in known if not g.assumed] or known or alike[:1]
    return [g for index, g in enumerate(best) if g not in best[:index]]


def _place(gradient: Gradient) -> str:
    span = gradient.place.span
    return f"{span.path}:{span.start.line}:{span.start.column}-{span.end.line}:{span.end.column}"


# ------------------------------------------------------------------ the files that matter


@dataclass(slots=True)
class Matter:
    """What of a run's files matters: those that name a tape, those that run one which another file names, and a report
    for each that cannot be read.
    """

    taped: list[File] = field(default_factory=list)
    driving: list[File] = field(default_factory=list)
    unread: list[Report] = field(default_factory=list)


def what_matters(files: Iterable[File], analyst: Analyst, cache: Cache | None = None) -> Matter:
    """The files of a run, each read once; those that do not matter are left out."""
    found, choice = Matter(), _Choice(analyst, cache)
    for file in files:
        text = analyst.job.texts.get(file.path)
        try:
            data = text.text.encode("utf-8", "surrogatepass") if text else _read(file.path)
        except OSError as error:
            found.unread.append(Report(file, error=f"cannot be read: {error.strerror or error}"))
            continue
        if names_tape(data):
            found.taped.append(file)
        elif choice.drives(file, data):
            found.driving.append(file)
    choice.keep()
    return found


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as stream:
        return stream.read()


class _Choice:
    """Which files run a tape that another file of their project names: what the cache knows is not found again."""

    def __init__(self, analyst: Analyst, cache: Cache | None) -> None:
        self._analyst = analyst
        self._cache = cache
        self._known: dict[str, Scripts] = {}
        self._found: dict[str, dict[str, Script]] = {}

    def drives(self, file: File, data: bytes) -> bool:
        """Whether a file with these bytes does."""
        from tapelint.driving import may_drive

        project = self._analyst.project(file.path)
        if not may_drive(data, file.path, project):
            return False
        if self._cache is None:
            return self._analyst.drives(file)
        root, path = project.root, os.path.abspath(file.path)
        if root not in self._known:
            self._known[root] = self._cache.scripts(root, _program())
        script = self._known[root].scripts.get(path)
        if script is None or not self._cache.holds(script):
            script = self._found.setdefault(root, {})[path] = self._analyst.script(file)
        return script.drives

    def keep(self) -> None:
        """Let the cache have what was found."""
        if self._cache is None:
            return
        for root, scripts in self._found.items():
            known = self._known[root]
            # Where a folder has changed in the meantime, what was known is not believed the next time.
            folders = self._analyst.folders(root) | known.folders
            self._cache.store_scripts(root, _program(), Scripts(folders, known.scripts | scripts))


# ------------------------------------------------------------------ rules by settings


class RuleSet:
    """The rules that settings ask for; loaded once for each list of local rule files."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, ...], tuple[list[Rule], list[PluginError]]] = {}
        self._selections: dict[Config, Selection] = {}
        self._options: dict[Config, dict[str, object]] = {}
        self._digests: dict[tuple[str, ...], str] = {}

    def known(self, config: Config) -> list[Rule]:
        """Every rule that is installed or named in the settings."""
        return self._load(config)[0]

    def running(self, file: File) -> tuple[list[Rule], frozenset[str]]:
        """The rules that run on a file, and the codes and names of those that do not."""
        codes = self.selection(file.config).codes(file.path)
        known = self.known(file.config)
        idle = frozenset(word for rule in known if rule.code not in codes for word in (rule.code, rule.name))
        return [rule for rule in known if rule.code in codes], idle

    def options(self, config: Config) -> dict[str, object]:
        """The options of the rules that have any, by code. ConfigError where the settings say them wrongly."""
        if config not in self._options:
            self._options[config] = options_of(self.known(config), config)
        return self._options[config]

    def digest(self, config: Config) -> str:
        """What tells the rules from what they were before: the files that they stand in, and those beside them."""
        if config.rules not in self._digests:
            modules = {check.check.__module__ for rule in self.known(config) for check in rule.checks}
            places: set[str] = set()
            for name in modules:
                package = getattr(sys.modules.get(name.rpartition(".")[0]), "__path__", None)
                places.update(package or [getattr(sys.modules.get(name), "__file__", None) or ""])
            self._digests[config.rules] = digest_of_programs(sorted(places))
        return self._digests[config.rules]

    def errors(self) -> list[PluginError]:
        """What could not be loaded so far, each once."""
        found = [error for _, errors in self._loaded.values() for error in errors]
        return [error for index, error in enumerate(found) if error not in found[:index]]

    def selection(self, config: Config) -> Selection:
        """Which of them run. ConfigError when the settings name a rule that does not exist."""
        if config not in self._selections:
            self._selections[config] = Selection(config, self.known(config))
        return self._selections[config]

    def _load(self, config: Config) -> tuple[list[Rule], list[PluginError]]:
        if config.rules not in self._loaded:
            self._loaded[config.rules] = load_rules(config.rules)
        return self._loaded[config.rules]


# --------------------------------------------------------------------- one process


class Analyst:
    """What one process keeps between files: projects, facts, rules. None of it changes what is said about a file."""

    def __init__(self, job: Job, rules: RuleSet | None = None, like: Analyst | None = None) -> None:
        """`like` is one before it, whose facts are used again."""
        self.job = job
        self.rules = rules or RuleSet()
        self._projects: dict[str, Project] = {}
        self._facts: dict[tuple[object, ...], Facts] = like._facts if like else {}
        self._digests: dict[str, str] = {}
        self._roots: dict[str, str] = {}

    def facts(self, config: Config) -> Facts:
        """What is known of libraries, with what the settings add. ConfigError where those make no sense."""
        known = config.facts, config.tape_modules
        if known not in self._facts:
            from tapelint.facts import FactError, Facts

            try:
                self._facts[known] = Facts.load(dict(config.facts), config.tape_modules)
            except FactError as error:
                named = [name for name, _ in config.facts if f'"{name}" =' in str(error)][:1]
                raise ConfigError(f"{place(config.path, 'facts', *named)}: facts: {error}") from error
        return self._facts[known]

    def validate(self, config: Config) -> None:
        """Raise a ConfigError where the settings name a rule or an option that is not there, or a fact that is none."""
        self.rules.selection(config)
        self.rules.options(config)
        if config.facts:
            self.facts(config)

    def root(self, path: str) -> str:
        """The root of the project that the file at `path` belongs to."""
        folder = os.path.dirname(os.path.abspath(path))
        if folder not in self._roots:
            self._roots[folder] = str(Project.root_of(path))
        return self._roots[folder]

    def project(self, path: str) -> Project:
        """The project that the file at `path` belongs to."""
        root = self.root(path)
        if root not in self._projects:
            self._projects[root] = Project(root)
            for source in self.job.texts.values():
                self._projects[root].add(source)
        return self._projects[root]

    def drives(self, file: File) -> bool:
        """Whether a file runs a tape that another file of its project names; what it has itself plays no part."""
        from tapelint.driving import drives

        project = self.project(file.path)
        try:
            return drives(project.source(file.path), project)
        except SourceError:
            return False

    def script(self, file: File) -> Script:
        """The same, and what it was read off."""
        asked = self.project(file.path).asked
        asked.clear()
        answer = self.drives(file)
        read = {path: self._digest(path, source) for path, source in asked.items()}
        return Script(answer, tuple(read), digest_of_all(read.values()))

    def look(self, file: File) -> Report:
        """Analyse one file. Raises nothing but what ends the whole run."""
        try:
            return self._look(file)
        except SourceError as error:
            return Report(file, error=error.message)
        except RecursionError:
            return Report(file, error="cannot be analysed: nested too deeply")
        except MemoryError:
            return Report(file, error="cannot be analysed: not enough memory")
        except Exception as error:
            import traceback

            reason = " ".join(str(error).split())
            what = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
            return Report(file, error=f"internal error: {what}", details=traceback.format_exc())

    def _look(self, file: File) -> Report:
        from tapelint.check import RuleCrash, Settings, report
        from tapelint.program import analyse

        project, facts = self.project(file.path), self.facts(file.config)
        project.asked.clear()
        source = project.source(file.path)
        analysis = analyse(source, project, facts)
        if self.job.verb == "trace":
            return Report(file, gradients=analysis.gradients, error=source.unread)
        running, inactive = self.rules.running(file)
        settings = Settings(file.config.pedantic, inactive, self.rules.options(file.config))
        error = source.unread
        try:
            found = report(analysis, source, project, facts, running, settings)
        except RuleCrash as crash:
            found, error = list(crash.diagnostics), f"internal error: {crash}"
        return Report(
            file,
            tuple(found),
            error=error,
            calls=tuple(_place(gradient) for gradient in analysis.gradients),
            files={path: self._digest(path, source) for path, source in project.asked.items()},
            folders=self.folders(project.root),
        )

    def folders(self, root: str) -> dict[str, str]:
        """The listings of all folders that were looked into so far for the project at `root`."""
        listings = self._projects[root].listings
        return {path: self._digest_of_folder(path, names) for path, names in listings.items()}

    def _digest(self, path: str, source: Source | None) -> str:
        if path not in self._digests:
            self._digests[path] = digest_of_file(path, source)
        return self._digests[path]

    def _digest_of_folder(self, path: str, names: Mapping[str, bool]) -> str:
        if path not in self._digests:
            self._digests[path] = digest_of_listing(names)
        return self._digests[path]


# -------------------------------------------------------------------- many processes

_analyst: Analyst | None = None  # of this process, if it was started to work for another


def _begin(analyst: Analyst) -> None:
    global _analyst
    _analyst = analyst
    # An interrupt reaches every process of a terminal: it must end this one, not only the file at hand.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _collect_less()


def _look(file: File) -> Report:
    assert _analyst is not None
    return _analyst.look(file)


def processes_for(files: int, wanted: int | None) -> int:
    """How many processes so many files are worth; `wanted` is what the user asked for."""
    if wanted is not None:
        return max(1, min(wanted, files))
    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        processors = os.cpu_count() or 1
    return max(1, min(processors, files // _FILES_A_PROCESS))


def analyse(
    files: Sequence[File], analyst: Analyst, jobs: int | None = None, progress: Progress | None = None
) -> list[Report]:
    """The report of each file, in the order of `files`, made by at most `jobs` processes (None: as is worthwhile)."""
    processes = processes_for(len(files), jobs)
    if processes == 1:
        with few_collections():
            return list(_counted(map(analyst.look, files), len(files), progress))
    if _can_fork():
        _preload(files, analyst)
        reports = _in_processes(files, analyst, processes, multiprocessing.get_context("fork"), progress)
    else:
        context = multiprocessing.get_context("spawn")
        reports = _in_processes(files, Analyst(analyst.job), processes, context, progress)
    return list(reports)


def _counted(reports: Iterable[Report], total: int, progress: Progress | None) -> Iterator[Report]:
    for done, report in enumerate(reports, 1):
        if progress:
            progress(done, total)
        yield report


def analyse_new(
    files: Sequence[File], analyst: Analyst, jobs: int | None, cache: Cache | None, progress: Progress | None = None
) -> list[Report]:
    """As `analyse`, but what the cache knows is not done again."""
    if cache is None:
        return analyse(files, analyst, jobs, progress)
    keys = [key_of(file, analyst, _program()) for file in files]
    found = [cache.load(file.path, key) for file, key in zip(files, keys, strict=True)]
    unknown = [file for file, entry in zip(files, found, strict=True) if entry is None]
    fresh = iter(analyse(unknown, analyst, jobs, progress))
    reports = []
    for file, key, entry in zip(files, keys, found, strict=True):
        if entry:
            known = Report(file, entry.diagnostics, (), "", "", entry.calls, entry.files, entry.folders, is_known=True)
            reports.append(known)
            continue
        report = next(fresh)
        reports.append(report)
        if not report.error:
            cache.store(file.path, Entry(key, report.files, report.folders, report.diagnostics, report.calls or ()))
    return reports


@cached
def _program() -> str:
    """What tells this tapelint, on this Python, from others."""
    return digest(f"{digest_of_programs([os.path.dirname(os.path.abspath(__file__))])} {sys.version}")


def key_of(file: File, analyst: Analyst, program: str) -> str:
    """What stands for all that is said of a file beside the texts that are read: program, rules, settings, names."""
    config = file.config
    running, inactive = analyst.rules.running(file)
    parts = (
        program,
        os.getcwd(),
        file.path,
        analyst.root(file.path),
        config.pedantic,
        config.facts,
        config.tape_modules,
        config.rule_options,
        [rule.code for rule in running],
        sorted(inactive),
        analyst.rules.digest(config),
    )
    return digest(repr(parts))


def _collect_less() -> None:
    """Garbage collection doubles the time of a run that frees little: what is there is frozen, the rest waits."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


class few_collections:
    """Less garbage collection for a while."""

    def __enter__(self) -> None:
        self._threshold = gc.get_threshold()
        _collect_less()

    def __exit__(self, *_: object) -> None:
        gc.set_threshold(*self._threshold)
        gc.unfreeze()


def _preload(files: Sequence[File], analyst: Analyst) -> None:
    """Load here what every forked process would load again."""
    import tapelint.program  # noqa: F401

    for file in files:
        analyst.facts(file.config)


def _in_processes(
    files: Sequence[File], analyst: Analyst, processes: int, context: BaseContext, progress: Progress | None
) -> Iterator[Report]:
    """As `analyse`. A process that dies takes the others' work along: what is left is done in a process a file."""
    with ProcessPoolExecutor(processes, context, _begin, (analyst,)) as pool:
        waiting: list[Future[Report]] = []
        done: list[Report] = []
        try:
            waiting.extend(pool.submit(_look, file) for file in files)
            done.extend(_counted((future.result() for future in waiting), len(files), progress))
        except BrokenProcessPool:
            pass
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise
    yield from done
    for file in files[len(done) :]:
        yield _alone(file, analyst, context)


def _alone(file: File, analyst: Analyst, context: BaseContext) -> Report:
    with ProcessPoolExecutor(1, context, _begin, (analyst,)) as pool:
        try:
            return pool.submit(_look, file).result()
        except BrokenProcessPool:
            return Report(file, error=_DIED)


def _can_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1
