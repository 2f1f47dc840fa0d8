"""What a test asks to raise is no finding; what merely is in a `try` is one."""

from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source

TWICE = """\
import contextlib
import pytest
import tensorflow as tf

class Test(tf.test.TestCase):
    def test(self):
        x = tf.Variable(1.0)
        with tf.GradientTape() as tape:
            y = x * x
        tape.gradient(y, x)
        {again}
"""


@pytest.mark.parametrize(
    ("again", "wanted"),
    [
        ("with self.assertRaises(RuntimeError): tape.gradient(y, x)", True),
        ("with self.assertRaisesRegex(RuntimeError, 'persistent'): tape.gradient(y, x)", True),
        ("with pytest.raises(RuntimeError): tape.gradient(y, x)", True),
        ("self.assertRaises(RuntimeError, lambda: tape.gradient(y, x))", True),
        ("with contextlib.suppress(RuntimeError): tape.gradient(y, x)", False),
        ("tape.gradient(y, x)", False),
    ],
)
def test_a_tape_that_is_asked_twice(again: str, wanted: bool, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(TWICE.format(again=again))
    analysis = analyse(Source.read(path), Project(tmp_path), Facts.load())
    kinds = [problem.kind for gradient in analysis.gradients for problem in gradient.problems]
    assert ("spent tape" in kinds) != wanted
