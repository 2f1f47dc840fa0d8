"""Apply fixes to files until nothing is left that can be mended.

Everything is done on texts in memory, so that `--diff` shows what `--fix` writes. A file is written once, at the end,
and only if it still is what was analysed.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tapelint.cache import digest_of_file
from tapelint.diagnostic import Diagnostic, Edit, Fix
from tapelint.fix import apply, parses
from tapelint.run import Analyst, Job, Report, analyse
from tapelint.source import Source, SourceError

_ROUNDS = 10
New = Callable[[Sequence[Report], Mapping[str, Source]], Sequence[Report]]


class Fixing:
    """Fixes on the files of one run. `applied` counts the fixes made so far, `texts` are the files as mended."""

    def __init__(self, analyst: Analyst, jobs: int | None = None, new: New = lambda reports, texts: reports) -> None:
        """`new` leaves out of reports what is not to be mended; `texts` are the files at that time."""
        self.applied = 0
        self._new = new
        self._rules = analyst.rules
        self._verb = analyst.job.verb
        self._jobs = jobs
        self._before: dict[str, Source] = dict(analyst.job.texts)
        self.texts: dict[str, Source] = dict(analyst.job.texts)
        self._dropped: set[tuple[Fix, str]] = set()

    def run(self, reports: Sequence[Report]) -> list[Report]:
        """Mend what the reports offer, round after round; the reports of what remains, in the same order."""
        reports = list(reports)
        for _ in range(_ROUNDS):
            made = self._make(self._choose(self._new(reports, self.texts)))
            if not made:
                break
            self.applied += len(made)
            analyst = Analyst(Job(self._verb, dict(self.texts)), self._rules)
            edited = {os.path.abspath(edit.span.path) for fix in made for edit in fix.edits}
            again = [index for index, report in enumerate(reports) if not edited.isdisjoint(report.files)]
            fresh = analyse([reports[index].file for index in again], analyst, self._jobs)
            for index, report in zip(again, fresh, strict=True):
                reports[index] = report
        return reports

    def diff(self) -> str:
        """What changed, as a unified diff."""
        return "".join(
            line
            for path, before, after in self._changed()
            for part, text in before.parts.items()
            for line in _unified(_name_of(path, part), *_whole_lines(part, text, after.parts[part]))
        )

    def write(self) -> Iterator[str]:
        """Write what changed; a line for each file that cannot be written."""
        for path, before, after in self._changed():
            try:
                now = Source.read(path)
                if now.text != before.text:
                    yield f"{path}: changed while it was analysed; not fixed"
                    continue
                data = now.encode(after.text)
                with open(path, "wb") as file:
                    file.write(data)
            except SourceError as error:
                yield str(error)
            except OSError as error:
                yield f"{path}: cannot be written: {error.strerror or error}"
            except UnicodeEncodeError as error:
                yield f"{path}: the fix cannot be written in {before.encoding}: {error.reason}"

    def _changed(self) -> Iterator[tuple[str, Source, Source]]:
        for path in sorted(self.texts):
            if self.texts[path].text != self._before[path].text:
                yield path, self._before[path], self.texts[path]

    # ------------------------------------------------------------------- one round

    def _choose(self, reports: Iterable[Report]) -> list[Fix]:
        """The fixes to make now, the first of each finding that its file's settings allow; no two of them overlap."""
        chosen: list[Fix] = []
        taken: dict[str, list[Edit]] = {}
        for report in reports:
            for found in report.diagnostics:
                offered = self._offered(report, found)
                fix = next((fix for fix in offered if self._fits(fix, report.files)), None)
                if fix is None or fix in chosen:
                    continue
                if any(edit.span.overlaps(other.span) for edit in fix.edits for other in taken.get(edit.span.path, ())):
                    continue
                chosen.append(fix)
                for edit in fix.edits:
                    taken.setdefault(edit.span.path, []).append(edit)
        return chosen

    def _offered(self, report: Report, found: Diagnostic) -> Sequence[Fix]:
        return [fix for fix in found.fixes if fix.safe or report.file.config.unsafe_fixes]

    def _fits(self, fix: Fix, as_read: Mapping[str, str]) -> bool:
        """Whether the fix was made for the texts at hand and was not found to break them."""
        for path in {edit.span.path for edit in fix.edits}:
            source = self._source(path)
            if source is None or digest_of_file(path, source) != as_read.get(os.path.abspath(path)):
                return False
        return bool(fix.edits) and self._key(fix) not in self._dropped

    def _source(self, path: str) -> Source | None:
        if path not in self.texts:
            try:
                self._before[path] = self.texts[path] = Source.read(path)
            except SourceError:
                return None
        return self.texts[path]

    def _make(self, fixes: Sequence[Fix]) -> Sequence[Fix]:
        """Make fixes, but for those that leave a file that does not parse; those that were made."""
        texts = self._mended(fixes)
        if texts is None:
            good: list[Fix] = []
            for fix in fixes:
                if self._mended([*good, fix]) is None:
                    self._dropped.add(self._key(fix))
                else:
                    good.append(fix)
            fixes, texts = good, self._mended(good)
        for path, text in (texts or {}).items():
            self.texts[path] = self.texts[path].with_text(text)
        return fixes

    def _mended(self, fixes: Sequence[Fix]) -> dict[str, str] | None:
        """The texts that these fixes make; None if one of them does not parse."""
        edits: dict[str, list[Edit]] = {}
        for edit in (edit for fix in fixes for edit in fix.edits):
            edits.setdefault(edit.span.path, []).append(edit)
        texts = {path: apply(self.texts[path], of_path) for path, of_path in edits.items()}
        return texts if all(map(parses, texts.values())) else None

    def _key(self, fix: Fix) -> tuple[Fix, str]:
        return fix, self.texts[fix.edits[0].span.path].text


class Ignoring(Fixing):
    """The same with a comment for each finding that says to ignore it, in the place of what would mend it."""

    def _offered(self, report: Report, found: Diagnostic) -> Sequence[Fix]:
        source = self._source(found.span.path)
        edit = source.ignores.addition(found, source.shown_lines, source.newline) if source else None
        return [Fix(f"Ignore {found.name}", (edit,), safe=True)] if edit else []


def _whole_lines(cell: int, *texts: str) -> list[str]:
    """The text of a cell ends without a newline: that is nothing to speak of."""
    return [text + "\n" if cell else text for text in texts]


def _name_of(path: str, cell: int) -> str:
    shown = os.path.normpath(path).replace(os.sep, "/")
    return f"{shown}:cell {cell}" if cell else shown


def _unified(path: str, before: str, after: str) -> Iterator[str]:
    """Lines end where git ends them: at LF, whatever stands before it."""
    old, new = (text.split("\n") for text in (before, after))
    for line in difflib.unified_diff(_ended(old), _ended(new), f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _ended(lines: list[str]) -> list[str]:
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
