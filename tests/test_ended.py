"""Programs that end before a gradient is asked for: the verdict says where."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source

BODY = """\
import tensorflow as tf
w = tf.Variable(2.0)
@tf.function
def run():
    with tf.GradientTape() as tape:
{body}
    return tape.gradient(y, w)
run()
"""
ENDS = [
    ("y = 0.0\nfor _ in tf.range(2):\n    y = y + tf.ones([3]) * w", 7, "changes its shape from round to round"),
    ("y = 0\nfor _ in tf.range(2):\n    y = y + w", 7, "changes its dtype or structure"),
    ("if w > 1.0:\n    y = w", 6, "leaves nothing under a name"),
    ("if w > 1.0:\n    y = w\nelse:\n    y = 1", 6, "leave other dtypes"),
    ("y = sum(list(tf.ones([2]) * w))", 6, "cannot iterate over a tensor"),
    ("y = w * 1.0\nif y > 1.0:\n    raise ValueError(y)", 8, "this raises, and the gradient is not asked for"),
]


@pytest.mark.parametrize(("body", "line", "said"), ENDS)
def test_the_place_that_raises_is_a_step(body: str, line: int, said: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(BODY.format(body=textwrap.indent(body, " " * 8)))
    (gradient,) = analyse(Source.read(path), Project(tmp_path), Facts.load()).gradients
    (source,) = gradient.sources
    assert source.verdict.startswith("raises ")
    (step,) = source.steps
    assert step.span.start.line == line
    assert said in step.message
    assert step.message.endswith(source.verdict.removeprefix("raises "))


RAISED = """\
import tensorflow as tf
w = tf.Variable([1.0, 2.0])
def step(scale, wanted=None):
    with tf.GradientTape() as tape:
        y = w * scale
{check}
    return tape.gradient(y, w)
{call}
"""
DOUBLES = "tf.constant([1.0, 2.0], tf.float64)"


@pytest.mark.parametrize(
    ("check", "call", "found"),
    [
        ("", f"step({DOUBLES})", True),
        ("", f"step(1.0)\nstep({DOUBLES})", False),  # the call is made once
        ("        assert wanted, scale", "step(1.0)", False),  # the program raises itself
        ("        if wanted is None: raise ValueError(scale)", "step(1.0)", False),
        ("", f"try:\n    step({DOUBLES})\nexcept Exception:\n    step(1.0)", False),
    ],
)
def test_what_raises_before_is_a_problem(check: str, call: str, found: bool, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(RAISED.format(check=check, call=call))
    problems = analyse(Source.read(path), Project(tmp_path), Facts.load()).problems
    problems += tuple(p for b in analyse(Source.read(path), Project(tmp_path), Facts.load()).blocks for p in b.problems)
    assert any(p.kind == "raised before" for p in problems) == found
