"""Conditions on tensors: which ones matter, what they do, which sources a branch leaves out."""

from __future__ import annotations

import pytest
from test_problems import marks, programs, run

from tapelint.findings.conditions import Decisions, conditions
from tapelint.findings.paths import Syntax
from tapelint.views import Condition, Cut

PROGRAMS = dict(programs("condition_programs.txt"))


def _cuts(text: str) -> list[Cut]:
    tapes = run(text).tapes
    decisions = Decisions(tapes, Syntax())
    every = [decisions.cut(e, i) for e in tapes.executions for i in range(len(e.sources)) if not e.dead]
    return [cut for cut in every if cut is not None]


def _conditions(text: str) -> list[Condition]:
    return [condition for _, condition in conditions(run(text).tapes)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_effects(name: str) -> None:
    text = PROGRAMS[name]
    found = {(c.place.span.start.line, c.effect) for c in _conditions(text)}
    assert sorted(found) == marks(text, "condition")


@pytest.mark.parametrize("name", PROGRAMS)
def test_branches_that_leave_sources_out(name: str) -> None:
    text = PROGRAMS[name]
    cuts = _cuts(text)
    sometimes = {c.place.span.start.line for c in cuts if not c.certain}
    found = {(line := c.place.span.start.line, "sometimes" if line in sometimes else "always") for c in cuts}
    assert sorted(found) == marks(text, "branch")


def test_what_a_branch_leaves_out() -> None:
    (condition,) = _conditions(PROGRAMS["else_missing"])
    assert condition.drops == ("b",)
    assert condition.uses is not None
    assert condition.uses.text == "y + b"
    assert [step.message for step in condition.steps][
        -1
    ] == "TensorFlow returns None for `b` when the other branch runs"


def test_an_arm_that_never_runs() -> None:
    (cut,) = _cuts(PROGRAMS["flag_const"])
    test = cut.other("condition")
    assert cut.sources == ("aux",)
    assert test is not None
    assert test.text == "USE_AUX"


def test_a_graph_without_autograph() -> None:
    text = PROGRAMS["graph_dropped_ok"].replace("@tf.function", "@tf.function(autograph=False)")
    assert [c.effect for c in _conditions(text)] == ["raises"]


def test_another_library() -> None:
    code = "with tape.GradientTape() as g:\n    y = x * x if x > 1 else x\n"
    text = f"import tape\nx = tape.Variable(2.0)\n{code}g.gradient(y, x)\n"
    (condition,) = _conditions(text)
    assert (condition.effect, condition.known_library) == ("records", False)


@pytest.mark.parametrize("name", PROGRAMS)
def test_tensorflow_runs_them(name: str) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the programs are not run")
    from tapelint import execution

    assert execution.run("program.py", PROGRAMS[name], "", ()).error == ""
