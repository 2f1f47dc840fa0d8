"""An engine that knows one thing: `np.` in a line with a tape's name anywhere in the file is a cut.

The tests of the command line are about what surrounds the engine; with this one they are fast and do not move when it
learns. It looks into what the file imports, for cuts too. A call of `boom()` makes it raise, `deep()` recurse, `die()`
end its process.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tapelint.diagnostic import Position, Span
from tapelint.facts import Facts
from tapelint.project import Project
from tapelint.source import Source
from tapelint.views import Analysis, Cut, Gradient, Place

RULE = '''
"""NumPy is used.

Nothing more is to be said.
"""

from tapelint import Edit, Fix, Rule, Span

rule = Rule(__name__, code="XX101")


@rule.on_gradient
def check(gradient):
    for cut in gradient.cuts:
        start = cut.place.span.start
        span = Span(cut.place.span.path, start, type(start)(start.line, start.column + 2))
        safe = cut.call != "np.unsafe"
        replacement = "(" if cut.call == "np.broken" else "tf"
        fix = Fix("use TensorFlow", (Edit(span, replacement),), safe=safe)
        yield rule.at(cut, f"{cut.call} cuts", level="note" if cut.call == "np.note" else None, fix=fix)
'''

CALL = re.compile(r"\bnp\.\w+")


def analyse(source: Source, project: Project, facts: Facts) -> Analysis:
    """Stands for `tapelint.program.analyse`."""
    source.tree  # noqa: B018 (a file that does not parse raises)
    if "boom()" in source.text:
        raise ValueError("boom\nand more")
    if "deep()" in source.text:
        raise RecursionError
    if "die()" in source.text:
        os._exit(9)
    whole = Place(Span(source.path, Position(1, 1), Position(1, 2)), source.lines[0])
    modules = [project.module(name, source) for name in source.imports.values()]
    others = [module.source for module in modules if module and module.source]
    cuts = [cut for file in (source, *others) for cut in _cuts(file)]
    gradient = Gradient(whole, "gradient", None, None, (), cuts=tuple(cuts))
    return Analysis(source.path, gradients=(gradient,))


def _cuts(source: Source) -> list[Cut]:
    found = []
    for number, line in enumerate(source.lines, 1):
        for match in CALL.finditer(line):
            span = Span(source.path, Position(number, match.start() + 1), Position(number, match.end() + 1))
            found.append(Cut("detached", "none", Place(span, match.group()), span, call=match.group()))
    return found


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The stub in place of the engine, one rule, and an empty folder that is the working directory."""
    module = ModuleType("tapelint.program")
    module.analyse = analyse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tapelint.program", module)
    import tapelint

    monkeypatch.setattr(tapelint, "program", module, raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "rule_of_test.py").write_text(RULE)
    (folder / "pyproject.toml").write_text('[tool.tapelint]\nrules = ["../rule_of_test.py"]\nselect = ["XX101"]\n')
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder
