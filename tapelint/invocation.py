"""One call of `tapelint check` or `tapelint trace`, from what the user asked for to the exit status."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tapelint.baseline import Baseline, Entry, Known, readable, without, written
from tapelint.cache import Cache
from tapelint.config import ConfigError, Configs, Overrides, shown
from tapelint.diagnostic import Diagnostic, Level, at_least
from tapelint.files import Discovery, File
from tapelint.outputs import Output, OutputError, overflow, parsed
from tapelint.progress import Bar
from tapelint.report import FORMATS, TRACE_FORMATS, FileError, Options, Result, RuleInfo, write, write_trace
from tapelint.report.common import plural, printable, tapes_in
from tapelint.report.statistics import write_statistics
from tapelint.run import Report, Verb, gradients_of, merged
from tapelint.session import Session
from tapelint.source import Source, SourceError

if TYPE_CHECKING:
    from tapelint.fixing import Fixing

CLEAN, FINDINGS, FAILED = 0, 1, 3
STDIN = "-"
Writer = Callable[[Result, str, TextIO, Options], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for, each field an option of the same name; `color` None: as the stream can."""

    paths: Sequence[str]
    format: str = "text"
    output: Sequence[str] = ()
    category: str = "tapelint"
    color: bool | None = None
    quiet: bool = False
    verbose: bool = False
    watch: bool = False
    exclude: Sequence[str] = ()
    force_exclude: bool = False
    no_respect_gitignore: bool = False
    stdin_filename: str | None = None
    config: str | None = None
    isolated: bool = False
    jobs: int | None = None
    no_cache: bool = False
    cache_dir: str | None = None
    select: Sequence[str] = ()
    extend_select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    fix: bool = False
    unsafe_fixes: bool | None = None
    diff: bool = False
    fail_level: Level | None = None
    exit_zero: bool = False
    statistics: bool = False
    baseline: str | None = None
    no_baseline: bool = False
    write_baseline: str | None = None
    update_baseline: bool = False
    add_ignores: bool = False

    @property
    def edits(self) -> bool:
        """Whether files change, or would."""
        return self.fix or self.diff or self.add_ignores


def check(request: Request) -> int:
    """Print what is wrong, or mend it; the exit status. Raises ConfigError, NoSuchPath, OutputError."""
    invocation = _Invocation(request, "check")
    if request.write_baseline is not None:
        return invocation.write_baseline(request.write_baseline)
    fixing = invocation.fix() if request.edits else None
    if fixing and request.diff:
        invocation.outputs[0].put(fixing.diff().encode("utf-8", "surrogatepass"))
    elif invocation.untouched is not None and request.edits:
        invocation.outputs[0].put(invocation.untouched)
    elif fixing and invocation.is_stdin and invocation.files and invocation.files[0].path in fixing.texts:
        # What cannot be parsed comes back too: an editor puts it in the place of its buffer.
        mended = fixing.texts[invocation.files[0].path]
        invocation.outputs[0].put(mended.encode(mended.text))
    invocation.write(write, shown=not request.diff, aside=fixing is not None and invocation.is_stdin)
    invocation.judge_baselines()
    return invocation.status()


def trace(request: Request) -> int:
    """Print every gradient call with its verdicts; the exit status. Raises as `check` does."""
    invocation = _Invocation(request, "trace")
    invocation.write(write_trace)
    return invocation.status()


class _Invocation:
    """The files of a request and what was said about them; `fix` replaces what was said by what remains."""

    def __init__(self, request: Request, verb: Verb) -> None:
        self.request = request
        self.verb = verb
        self.outputs = parsed(request.output, request.format, FORMATS if verb == "check" else TRACE_FORMATS)
        self.is_stdin = list(request.paths) == [STDIN]
        self.texts: dict[str, Source] = {}
        self.untouched: bytes | None = None  # the text on standard input, if it is not to be looked at
        self.fixed = 0
        self.unwritten: list[str] = []
        self._shown: dict[str, Source | None] = {}
        self.known = Known()
        configs = Configs(_overrides(request), request.config, request.isolated)
        self.files, failed = self._find(configs)
        self.bar = Bar(not request.quiet, request.color)
        self.session = Session(configs, verb, request.jobs, _cache(request), self.bar)
        self.rules = self.session.rules
        self.analyst = self.session.analyst(self.files, self.texts)
        self.reports = [*failed, *self._look([] if failed else self.files)]
        self._tell(self.reports)
        for error in self.rules.errors():
            self._say(str(error))
        self.new = self._new(self.reports, self.texts)

    def _find(self, configs: Configs) -> tuple[list[File], list[Report]]:
        """The files to look at; what fails before that."""
        request = self.request
        discovery = Discovery(configs, not request.no_respect_gitignore, request.force_exclude)
        if not self.is_stdin:
            files = discovery.find(request.paths)
            self._tell_skipped(discovery)
            return files, []
        name = request.stdin_filename or "<stdin>"
        file = File(name, configs.of_file(name))
        data = sys.stdin.buffer.read()
        if request.stdin_filename and discovery.leaves_out(name):
            self._tell_skipped(discovery)
            self.untouched = data
            return [], []
        try:
            self.texts[name] = Source.from_bytes(data, name)
        except SourceError as error:
            return [file], [Report(file, error=error.message)]
        return [file], []

    def _tell_skipped(self, discovery: Discovery) -> None:
        """What is left out, and why; what was named and cannot be read as a file is said without being asked."""
        for skipped in discovery.skipped:
            unasked = skipped.was_named and not self.request.force_exclude and not self.request.quiet
            if self.request.verbose or unasked:
                self._say(f"{printable(skipped.path)}: skipped: {skipped.why}")

    def _look(self, files: Sequence[File]) -> list[Report]:
        """What is said about the files, in their order."""
        try:
            looked = self.session.look(files, self.analyst)
        finally:
            self.bar.close()
        self.taped, self.driving = looked.taped, looked.driving
        if self.request.verbose:
            for file in files:
                source = self._source(file.path) if file.path.endswith(".ipynb") else None
                if source and source.language:
                    self._say(f"{printable(file.path)}: skipped: a notebook of {printable(source.language)}")
            known = sum(report.is_known for report in looked.reports)
            looked_at = f"looked at {plural(len(self.files), 'file')}, {tapes_in(self.taped, self.driving)}"
            self._say(f"{looked_at}, {known} of them as they were the last time")
        return looked.reports

    def _tell(self, reports: Iterable[Report]) -> None:
        """Say which files could not be analysed."""
        for report in reports:
            if report.error:
                self._say(f"{printable(report.file.path)}: {report.error}")
                if self.request.verbose and report.details:
                    self._say(report.details.rstrip())

    def fix(self) -> Fixing:
        """Mend what can be mended: on the disk, or with `--diff` only in what is returned."""
        from tapelint.fixing import Fixing, Ignoring

        ignores = self.request.add_ignores
        fixing = (Ignoring if ignores else Fixing)(self.analyst, self.request.jobs, self._new)
        remaining = fixing.run(self.reports)
        if self.request.diff:
            if not self.request.quiet:
                self._say(f"{fixing.applied} of the findings would be {'ignored' if ignores else 'fixed'}")
            return fixing
        self._tell(report for report in remaining if report not in self.reports)
        self.reports, self.fixed, self.texts = remaining, 0 if ignores else fixing.applied, fixing.texts
        self.new = self._new(self.reports, self.texts)
        self._shown.clear()
        if ignores and not self.request.quiet:
            self._say(f"{plural(fixing.applied, 'ignore comment')} written")
        if not self.is_stdin:
            self.unwritten = list(fixing.write())
            for problem in self.unwritten:
                self._say(problem)
        return fixing

    # ----------------------------------------------------------------- known findings

    def _new(self, reports: Sequence[Report], texts: Mapping[str, Source]) -> list[Report]:
        """The reports without what the baselines know. ConfigError where one cannot be read."""
        if self.verb == "trace" or self.request.write_baseline is not None:
            return list(reports)
        for file in self.files:
            if file.config.baseline:
                self.known.baseline(file.config.baseline)
        return self.known.new(reports, readable(texts))

    def write_baseline(self, path: str) -> int:
        """Make all that was found known; the exit status."""
        try:
            before = Baseline.read(os.path.abspath(path)) if os.path.exists(path) else Baseline(os.path.abspath(path))
        except ConfigError:
            before = Baseline(os.path.abspath(path))
        judged = self._judge()
        kept = [entry for entry in before.entries if not judged(before, entry)]
        baseline = written(path, self.reports, readable(self.texts), kept)
        self._put(baseline)
        if not self.request.quiet:
            count = sum(entry.count for entry in baseline.entries)
            self._say(f"{plural(count, 'finding')} known from now on: {path}")
        return FAILED if self._failed() else CLEAN

    def judge_baselines(self) -> None:
        """Say which entries are for nothing, or take them out."""
        for baseline, gone in self.known.stale(self.reports, readable(self.texts), self._judge()):
            count = plural(sum(entry.count for entry in gone), "entry", "entries")
            if self.request.update_baseline:
                self._put(without(baseline, gone))
                told = f"{shown(baseline.path)}: {count} removed"
            else:
                told = f"{shown(baseline.path)}: {count} found no more; --update-baseline removes them"
            if not self.request.quiet:
                self._say(told)

    def _judge(self) -> Callable[[Baseline, Entry], bool]:
        looked = {os.path.abspath(file.path): file for file in self.files}
        failed = {os.path.abspath(report.file.path) for report in self.reports if report.error}

        def is_judged(baseline: Baseline, entry: Entry) -> bool:
            path = baseline.seen_from(entry)
            if path not in looked:
                return not os.path.exists(path)
            return path not in failed and entry.key.code not in self.rules.running(looked[path])[1]

        return is_judged

    def _put(self, baseline: Baseline) -> None:
        try:
            baseline.write()
        except OSError as error:
            raise OutputError(f"{shown(baseline.path)}: cannot be written: {error.strerror or error}") from error

    # ----------------------------------------------------------------- the result

    def result(self) -> Result:
        """What reports show."""
        errors = [FileError(report.file.path, report.error) for report in self.reports if report.error]
        errors += [FileError("", str(error)) for error in self.rules.errors()]
        calls = [report.calls for report in self.reports if not report.error]
        return Result(
            diagnostics=merged(self.new),
            gradients=gradients_of(self.reports),
            errors=errors,
            rules=self._rule_infos(),
            root=_repository(Path.cwd()),
            text_of=self._lines,
            cell_of=self._cell_of,
            fails=self._failing().__contains__,
            checked=len(self.files),
            with_tape=self.taped,
            driving=self.driving,
            calls=len({place for places in calls for place in places or ()}) if None not in calls else None,
            fixed=self.fixed,
            known=len(merged(self.reports)) - len(merged(self.new)),
        )

    def _rule_infos(self) -> list[RuleInfo]:
        known = {}
        for config in dict.fromkeys(file.config for file in self.files):
            codes = self.rules.selection(config).codes()
            known.update({rule.code: rule for rule in self.rules.known(config) if rule.code in codes})
        return [
            RuleInfo(
                rule.code, rule.name, rule.summary, rule.description, rule.level, rule.precision, rule.tags, rule.url
            )
            for _, rule in sorted(known.items())
        ]

    def _lines(self, path: str) -> Sequence[str]:
        source = self._source(path)
        return source.shown_lines if source else []

    def _cell_of(self, path: str, line: int) -> tuple[int, int] | None:
        source = self._source(path)
        return source.cell_of(line) if source else None

    def _source(self, path: str) -> Source | None:
        if path not in self._shown:
            try:
                self._shown[path] = self.texts.get(path) or Source.read(path)
            except SourceError:
                self._shown[path] = None
        return self._shown[path]

    def status(self) -> int:
        """The exit status of the contract: what could not be analysed weighs more than what was found."""
        if self._failed():
            return FAILED
        return FINDINGS if self._failing() and not self.request.exit_zero else CLEAN

    def _failing(self) -> set[Diagnostic]:
        """The findings at or above the level at which their file fails."""
        return {
            one
            for report in self.new
            for one in report.diagnostics
            if at_least(one.level, report.file.config.fail_level)
        }

    def _failed(self) -> bool:
        return any(report.error for report in self.reports) or bool(self.rules.errors() or self.unwritten)

    # --------------------------------------------------------------------- output

    def write(self, writer: Writer, shown: bool = True, aside: bool = False) -> None:
        """Give every report that the request asks for; the main one if it is `shown`, `aside` on standard error."""
        result = self.result()
        main, *others = self.outputs
        if shown:
            self._write(write_statistics if self.request.statistics else writer, result, main, aside)
        for output in [*others, *overflow(self.outputs, result)]:
            self._write(writer, result, output)

    def _write(self, writer: Writer, result: Result, output: Output, aside: bool = False) -> None:
        request = self.request
        options = Options(color=request.color, category=request.category, closing=not request.quiet)
        if aside or output.path is None:
            writer(result, output.format, sys.stderr if aside else sys.stdout, options)
            return
        text = io.StringIO()
        writer(result, output.format, text, options)
        output.put(text.getvalue().encode("utf-8", "surrogatepass"))

    def _say(self, message: str) -> None:
        print(f"tapelint: {message}", file=sys.stderr)


def _overrides(request: Request) -> Overrides:
    return Overrides(
        select=tuple(request.select) or None,
        extend_select=tuple(request.extend_select),
        ignore=tuple(request.ignore),
        exclude=tuple(request.exclude),
        fail_level=request.fail_level,
        unsafe_fixes=request.unsafe_fixes,
        baseline="" if request.no_baseline else request.baseline and os.path.abspath(request.baseline),
    )


def _cache(request: Request) -> Cache | None:
    if request.no_cache or list(request.paths) == [STDIN]:
        return None
    if request.cache_dir:
        return Cache(request.cache_dir)
    from platformdirs import user_cache_dir

    return Cache(user_cache_dir("tapelint", appauthor=False))


def _repository(folder: Path) -> Path | None:
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)
