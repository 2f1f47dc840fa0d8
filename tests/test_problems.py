"""Problems: what is reported about programs, and that TensorFlow raises where they say."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.findings.problems import problems
from tapelint.program import Program
from tapelint.project import Project
from tapelint.source import Source

HERE = Path(__file__).parent
HEAD = "import keras\nimport numpy as np\nimport tensorflow as tf\n"
MARK = re.compile(r"# (problem|raises|condition|branch): ([^#]+)")
FACTS = Facts.load()


def programs(name: str) -> Iterator[tuple[str, str]]:
    """The programs of a file, by name."""
    for section in (HERE / name).read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, code = section.partition("\n")
        yield title.strip(), HEAD + code.rstrip() + "\n"


def marks(text: str, word: str) -> list[tuple[int, str]]:
    """The lines that are marked with a word, and what stands behind it."""
    found = ((n, m) for n, line in enumerate(text.split("\n"), 1) for m in MARK.finditer(line))
    return sorted((n, m.group(2).strip()) for n, m in found if m.group(1) == word)


def run(text: str) -> Program:
    """A program run through, its findings not read yet."""
    program = Program(Source.from_text(text, "program.py"), Project(HERE), FACTS)
    program.run()
    return program


PROGRAMS = dict(programs("problem_programs.txt"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_found(name: str) -> None:
    text = PROGRAMS[name]
    found = {(f.problem.place.span.start.line, f.problem.kind) for f in problems(run(text).tapes)}
    assert sorted(found) == marks(text, "problem")


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_problem_explains_itself(name: str) -> None:
    for found in problems(run(PROGRAMS[name]).tapes):
        problem = found.problem
        assert problem.steps, problem.kind
        assert all(step.message for step in problem.steps)
        assert problem.statement.contains(problem.place.span)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_tensorflow_does(name: str) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the programs are not run")
    from tapelint import execution

    text = PROGRAMS[name]
    with contextlib.redirect_stdout(io.StringIO()):
        seen = execution.run(str(HERE / "program.py"), text, "", ())
    expected = marks(text, "raises")
    assert [seen.error] * bool(seen.error) == [error for _, error in expected], seen.message
    for line, _ in expected:
        assert line in seen.error_lines
    told = [f.problem.error.split(" or ") for f in problems(run(text).tapes) if f.problem.error]
    for errors in told if expected else ():
        assert expected[0][1] in errors


def test_a_joined_problem_names_all_sources() -> None:
    text = PROGRAMS["rebound_list"]
    (found,) = problems(run(text).tapes)
    assert found.problem.sources == ("params[0]", "params[1]")
    assert found.execution is not None
    assert found.recording == found.execution.recording


def test_where_to_mend_a_spent_tape() -> None:
    (found,) = problems(run(PROGRAMS["spent_jac"]).tapes)
    tape, first = found.problem.other("tape"), found.problem.other("first call")
    assert tape is not None
    assert tape.text == "tf.GradientTape()"
    assert first is not None
    assert first.text == "t.jacobian(y, x)"
