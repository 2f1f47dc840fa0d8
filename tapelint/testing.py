"""Fixtures that run: programs with their expectations on the line, held to TensorFlow. For authors of rules, too.

    import pytest
    from tapelint.testing import cases, check_findings, check_fixes, check_reality

    CASES = cases("fixtures")

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_findings(case): check_findings(case)

A fixture is a Python file. Every function in it is a case, but for those whose names begin with `_`; a file without
functions is one case. Comments say what is expected:

    # error: numpy-call       the line has this finding, at this level (also `warning:`, `note:`; several with commas)
    # missed: numpy-call      the line should have it, but it is known that it has not
    # fix: y = tf.square(x)   a line that the safe fix of the finding above writes (also `unsafe-fix:`); a line each
    # tf: flows, none         what TensorFlow gives for the value that the line assigns or returns, a word a source:
                              none, zero, nan, inf, flows; empty; raises X; `flows then none` in rounds of a loop
    # not run: reason         anywhere: the file is only linted

What is wrong raises AssertionError with a message that says what was seen. TensorFlow is imported only to run a case.
"""

from __future__ import annotations

import ast
import difflib
import io
import os
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tapelint.diagnostic import Diagnostic, Edit

if TYPE_CHECKING:
    from tapelint.execution import Run
    from tapelint.rule import Rule

_MARK = re.compile(r"#\s*(error|warning|note|missed|unsafe-fix|fix|tf|not run):\s*((?:(?!\s+#\s*[a-z -]+:).)*)")
_ASKS = re.compile(r"^[^#]*\.(gradient|jacobian|batch_jacobian)\(")
_ROUNDS = 10
_LEVELS = ("error", "warning", "note")
# Findings about comments and about updates: the gradient itself is fine. A note excuses zeros that were asked for,
# and those of the first step.
_NO_MISTAKE = re.compile(r"TL0|TL5")


@dataclass(frozen=True, slots=True)
class Mark:
    """One expectation: its line, its kind (the word before the colon) and what stands after the colon."""

    line: int
    kind: str
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """The rules that it names."""
        return tuple(word.strip() for word in self.text.split(","))


@dataclass(frozen=True)
class Fixture:
    """A file of cases; `text` is what it holds, `path` where it lies (its folder can be imported from)."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """All expectations, by line."""
        found = []
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                for match in _MARK.finditer(token.string):
                    found.append(Mark(token.start[0], match.group(1), match.group(2).strip()))
        return tuple(found)

    @cached_property
    def not_run(self) -> str:
        """Why it is not run, "" if it is."""
        return next((mark.text for mark in self.marks if mark.kind == "not run"), "")

    @cached_property
    def regions(self) -> dict[str, tuple[int, int]]:
        """Lines of each top-level definition, by name, up to where the next statement begins."""
        starts = [min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", ()))]) for n in self.tree.body]
        ends = [start - 1 for start in starts[1:]] + [self.text.count("\n") + 1]
        return {
            name: (start, end)
            for node, start, end in zip(self.tree.body, starts, ends, strict=True)
            for name in _defined(node)
        }

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Its cases, in order."""
        names = [n.name for n in self.tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
        whole_program = not names or any(mark.kind == "tf" and self._at_top(mark.line) for mark in self.marks)
        return (Case(self, ""),) if whole_program else tuple(Case(self, name) for name in names)

    def _at_top(self, line: int) -> bool:
        return not any(
            isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
            for node in self.tree.body
        )

    def lint(self, rules: Sequence[Rule] | None = None) -> list[Diagnostic]:
        """What the rules (by default all that are installed) say about the text."""
        from tapelint.check import check
        from tapelint.facts import Facts
        from tapelint.project import Project
        from tapelint.source import Source

        source = Source.from_text(self.text, self.path)
        project = Project(os.path.dirname(os.path.abspath(self.path)))
        project.add(source)
        return check(source, project, Facts.load(), installed() if rules is None else rules)

    @cached_property
    def found(self) -> list[Diagnostic]:
        """What all installed rules say about the text."""
        return self.lint()


@dataclass(frozen=True)
class Case:
    """One function of a fixture, or a whole one (`name` is "" then).

    When it is run, the values of the lines marked `tf:` are looked at; with `every_gradient` those of every statement
    that asks a tape for one.
    """

    fixture: Fixture
    name: str
    every_gradient: bool = False

    def __str__(self) -> str:
        stem = Path(self.fixture.path).stem
        return f"{stem}::{self.name}" if self.name else stem

    @cached_property
    def lines(self) -> frozenset[int]:
        """The lines that it is made of: its own, and those of the definitions in the file that it speaks of."""
        if not self.name:
            return frozenset(range(1, self.fixture.text.count("\n") + 2))
        regions, wanted, seen = self.fixture.regions, [self.name], set()
        others = {case.name for case in self.fixture.cases}
        while wanted:
            name = wanted.pop()
            if name in seen:
                continue
            seen.add(name)
            named = _names_in(self.fixture.tree, regions[name])
            wanted += [other for other in regions if other in named and other not in others]
        return frozenset(line for name in seen for line in range(regions[name][0], regions[name][1] + 1))

    def marks(self, *kinds: str) -> list[Mark]:
        """Its expectations of these kinds."""
        return [mark for mark in self.fixture.marks if mark.kind in kinds and mark.line in self.lines]

    @cached_property
    def findings(self) -> list[Diagnostic]:
        """What was found on its lines."""
        return self._on_its_lines(self.fixture.found)

    def _on_its_lines(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        own = [each for each in found if os.path.basename(each.span.path) == os.path.basename(self.fixture.path)]
        return [each for each in own if each.span.start.line in self.lines]

    @cached_property
    def run(self) -> Run:
        """What TensorFlow does with it."""
        from tapelint.execution import run

        lines = {mark.line for mark in self.marks("tf")}
        if self.every_gradient:
            text = self.fixture.text.split("\n")
            lines |= {line for line in self.lines if line <= len(text) and _ASKS.search(text[line - 1])}
        return run(self.fixture.path, self.fixture.text, self.name, lines)


@dataclass
class _Problems:
    case: Case
    said: list[str] = field(default_factory=list)

    def expect(self, holds: bool, message: str) -> None:
        if not holds:
            self.said.append(message)

    def raise_if_any(self) -> None:
        if self.said:
            raise AssertionError(f"{self.case.fixture.path}::{self.case.name}\n  " + "\n  ".join(self.said))


def cases(folder: str | Path) -> list[Case]:
    """All cases of the Python files below a folder, but for files whose names begin with `_`."""
    files = sorted(path for path in Path(folder).rglob("*.py") if not path.name.startswith("_"))
    return [case for path in files for case in Fixture(str(path), path.read_text(encoding="utf-8")).cases]


_installed: list[Rule] = []


def installed() -> list[Rule]:
    """All installed rules, loaded once."""
    if not _installed:
        from tapelint.plugins import load_rules

        rules, errors = load_rules()
        if errors:
            raise AssertionError("\n".join(map(str, errors)))
        _installed.extend(rules)
    return _installed


# -------------------------------------------------------------------------- checks


def check_findings(case: Case) -> None:
    """The findings are those that the lines are marked with, and no marker of a known gap is out of date."""
    problems = _Problems(case)
    wanted = {(mark.line, mark.kind, name) for mark in case.marks(*_LEVELS) for name in mark.names}
    found = {(each.span.start.line, each.level, each.name): each for each in case.findings}
    for line, level, name in sorted(wanted - set(found)):
        problems.expect(False, f"line {line}: no {level} {name}")
    for line, level, name in sorted(set(found) - wanted):
        problems.expect(False, f"line {line}: {level} {name} is not marked: {found[line, level, name].message}")
    for mark in case.marks("missed"):
        now = [name for name in mark.names if any((mark.line, level, name) in found for level in _LEVELS)]
        problems.expect(not now, f"line {mark.line}: {', '.join(now)} is found now: upgrade the marker")
    problems.raise_if_any()


def check_reality(case: Case) -> None:
    """TensorFlow gives the `tf:` answers; where it misbehaves a line is marked, and nowhere else."""
    problems = _Problems(case)
    wrong = _compare(case, case.run, problems)
    if not case.marks("tf"):
        problems.expect(False, "no line says what TensorFlow does (`# tf: ...`)")
    blamed = [
        name
        for mark in case.marks("error", "warning", "missed")
        for name in mark.names
        if not _NO_MISTAKE.match(_code(name))
    ]
    excused = any(
        _NO_MISTAKE.match(_code(name)) or (mark.kind == "note" and name in ("hidden-by-zero", "constant-output"))
        for mark in case.marks(*_LEVELS, "missed")
        for name in mark.names
    )
    problems.expect(not (wrong and not blamed and not excused), f"TensorFlow gives {wrong}, but no line is marked")
    problems.expect(not (blamed and not wrong), f"marked {', '.join(blamed)}, but all gradients flow")
    problems.raise_if_any()


def check_fixes(case: Case) -> None:
    """After the fixes the lines read as `fix:` says, the case lints clean, and every gradient flows."""
    problems = _Problems(case)
    for line in sorted({each.span.start.line for each in case.findings}):
        for safe, kind in ((True, "fix"), (False, "unsafe-fix")):
            found = [each for each in case.findings if each.span.start.line == line]
            fixes = [fix for each in found for fix in each.fixes if fix.safe == safe]
            marked = bool(_below(case, line, kind))
            offered = "; ".join(fix.message for fix in fixes) or "none"
            problems.expect(bool(fixes) == marked, f"line {line}: a {kind} is marked: {marked}, offered: {offered}")
    problems.raise_if_any()
    kinds = {mark.kind == "fix" for mark in case.marks("fix", "unsafe-fix")}
    if kinds:
        _check_fixed(case, _mended(case, kinds), problems)
    problems.raise_if_any()


def _mended(case: Case, kinds: set[bool]) -> Case:
    """The case after its fixes: those that are safe, those that are not, or both; round after round."""
    from tapelint.fix import apply
    from tapelint.source import Source

    for _ in range(_ROUNDS):
        marked = {mark.line for mark in case.marks("fix", "unsafe-fix")}
        edits: dict[Edit, None] = {}
        for each in case.findings:
            for fix in each.fixes:
                wanted = fix.safe or each.span.start.line + 1 in marked
                apart = not any(one.span.overlaps(other.span) for one in fix.edits for other in edits)
                if fix.safe in kinds and wanted and (apart or set(fix.edits) <= set(edits)):
                    edits.update(dict.fromkeys(fix.edits))
        if not edits:
            break
        text = apply(Source.from_text(case.fixture.text, case.fixture.path), edits)
        case = Case(Fixture(case.fixture.path, text), case.name, every_gradient=True)
    return case


def _check_fixed(case: Case, mended: Case, problems: _Problems) -> None:
    wanted = [mark.text for mark in case.marks("fix", "unsafe-fix")]
    before, after = (_plain_lines(each.fixture.text) for each in (case, mended))
    written = [line[2:].strip() for line in difflib.ndiff(before, after) if line.startswith("+ ") and line[2:].strip()]
    problems.expect(sorted(written) == sorted(wanted), f"the fix writes {written}, marked is {wanted}")
    for each in mended.findings:
        left = f"line {each.span.start.line}: {each.level} {each.name}: {each.message}"
        problems.expect(each.level == "note", f"after the fix there is still {left}")
    if not case.fixture.not_run:
        run = mended.run
        given = [word for words in run.seen.values() for word in re.split(r", | then ", words)]
        problems.expect(not run.error, f"after the fix it raises {run.error}: {run.message}")
        fine = {"flows"} if case.marks("fix") else {"flows", "zero"}  # a fix of numbers may make a gradient 0
        problems.expect(bool(given) and set(given) <= fine, f"after the fix TensorFlow gives {', '.join(given)}")


def _compare(case: Case, run: Run, problems: _Problems) -> str:
    """Notes where the answers are not as marked; what is wrong with them, "" if every gradient flows."""
    wrong = []
    for mark in case.marks("tf"):
        if mark.text.startswith("raises"):
            seen = f"raises {run.error}" if mark.line in run.error_lines else run.seen.get(mark.line, "is not reached")
            right = mark.text.removeprefix("raises").strip() in run.error_names and mark.line in run.error_lines
            problems.expect(right, f"line {mark.line}: TensorFlow {seen}, marked is {mark.text}: {run.message}")
        else:
            seen = run.seen.get(mark.line, "nothing: the line is not reached")
            problems.expect(seen == mark.text, f"line {mark.line}: TensorFlow gives {seen}, marked is {mark.text}")
        if set(re.split(r", | then ", seen)) != {"flows"}:
            wrong.append(seen)
    raises = any(mark.text.startswith("raises") for mark in case.marks("tf"))
    problems.expect(raises or not run.error, f"raises {run.error}: {run.message}")
    if run.error and not wrong:
        wrong.append(f"raises {run.error}: {run.message}")
    return ", ".join(wrong)


def _below(case: Case, line: int, kind: str) -> list[Mark]:
    """The `fix:` lines that stand right below a line (and each other)."""
    found = []
    marks = {mark.line: mark for mark in case.fixture.marks if mark.kind in ("fix", "unsafe-fix")}
    while (line := line + 1) in marks:
        if marks[line].kind == kind:
            found.append(marks[line])
    return found


def _plain_lines(text: str) -> list[str]:
    return [_MARK.sub("", line).rstrip() for line in text.split("\n")]


def _code(name: str) -> str:
    return next((rule.code for rule in installed() if name in (rule.name, rule.code)), "")


def _names_in(tree: ast.Module, lines: tuple[int, int]) -> set[str]:
    """The names that are read on these lines."""
    return {
        node.id
        for statement in tree.body
        if lines[0] <= statement.lineno <= lines[1]
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    }


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name))
