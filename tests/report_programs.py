"""Little programs and what might be found in them, for the tests of the reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tapelint.diagnostic import Diagnostic, Edit, Fix, Level, Position, Span, Step
from tapelint.report import FileError, Result, RuleInfo
from tapelint.views import Gradient, Place, SourceVerdict

TRAIN = """\
import numpy as np
import tensorflow as tf



x = tf.ones([3])
w = tf.Variable(tf.ones([3]))


with tf.GradientTape() as tape:
        z = tf.square(w * x)
        s = np.square(z)
        loss = s

if True:
    g = tape.gradient(loss, w)
"""

TWO_FILES_MAIN = """\
import tensorflow as tf
from metrics import rmse

w = tf.Variable(1.0)
with tf.GradientTape() as tape:
    loss = rmse(2.0 * w, 3.0)
grad = tape.gradient(loss, w)
"""

TWO_FILES_METRICS = """\
import numpy as np


def rmse(a, b):
    error = a - b
    return np.sqrt(np.mean(error * error))
"""

SEVERAL = """\
import numpy as np, tensorflow as tf
a, b = tf.Variable(1.0), tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = np.exp(tf.sin(a) + tf.cos(b))
ga, gb = tape.gradient(y, [a, b])
"""

WIDE = """\
import numpy as np, tensorflow as tf
重み = tf.Variable([1.0])
with tf.GradientTape() as tape:
\t損失 = np.sum("結果", 重み)\t# 広い
e\u0301 = tape.gradient(損失, 重み)
"""

LINES = """\
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(
        tf.round(
            model(x),
        ),
    )
g = tape.gradient(
    loss,
    w,
)
"""


@dataclass
class Program:
    """A file on the disk whose spans are found by their text."""

    path: Path
    text: str

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.text.encode())

    def span(self, words: str, which: int = 0) -> Span:
        """The span of the `which`-th place where `words` stand."""
        text = self.text.replace("\r\n", "\n")
        start = -1
        for _ in range(which + 1):
            start = text.index(words, start + 1)
        return Span(str(self.path), _position(text, start), _position(text, start + len(words)))

    def place(self, words: str, which: int = 0) -> Place:
        return Place(self.span(words, which), words)

    def step(self, words: str, message: str, which: int = 0) -> Step:
        return Step(self.span(words, which), message)


def _position(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def finding(
    span: Span, *steps: Step, level: Level = "error", fixes: tuple[Fix, ...] = (), help: str = ""
) -> Diagnostic:
    """A finding of TL101 with `w` as its source."""
    message = "no gradient reaches `w`: NumPy computes `s`"
    return Diagnostic("TL101", "numpy-call", level, message, span, ("w",), steps, fixes, help)


def train(folder: Path) -> Diagnostic:
    """The finding that the documentation shows."""
    program = Program(folder / "src" / "train.py", TRAIN)
    broken = program.span("np.square(z)")
    edit = Edit(program.span("np.square"), "tf.square")
    return finding(
        broken,
        program.step("w", "the tape watches `w`", 1),
        program.step("tf.square(w * x)", "recorded"),
        Step(broken, "the path ends: NumPy returns a plain array"),
        program.step("tape.gradient(loss, w)", "TensorFlow returns None for `w`"),
        fixes=(Fix("stay in TensorFlow", (edit,), safe=True),),
    )


def two_files(folder: Path) -> Diagnostic:
    """A path from one file through a second one and back."""
    main = Program(folder / "main.py", TWO_FILES_MAIN)
    metrics = Program(folder / "metrics.py", TWO_FILES_METRICS)
    broken = metrics.span("np.mean(error * error)")
    return finding(
        broken,
        main.step("w", "the tape watches `w`", 1),
        main.step("rmse(2.0 * w, 3.0)", "into `rmse`"),
        metrics.step("a - b", "recorded"),
        Step(broken, "the path ends: NumPy returns a plain number"),
        main.step("tape.gradient(loss, w)", "TensorFlow returns None for `w`"),
        help="compute the mean with tf.reduce_mean and the root with tf.sqrt",
        level="warning",
    )


def several(folder: Path) -> Diagnostic:
    """Two sources, several steps on one line, a fix that inserts a line."""
    program = Program(folder / "several.py", SEVERAL)
    broken = program.span("np.exp(tf.sin(a) + tf.cos(b))")
    start = Span(broken.path, Position(4, 1), Position(4, 1))
    return finding(
        broken,
        program.step("a", "the tape watches `a`", 2),
        program.step("tf.sin(a)", "recorded"),
        program.step("tf.sin(a) + tf.cos(b)", "recorded"),
        Step(broken, "the path ends: NumPy returns a plain array"),
        program.step("tape.gradient(y, [a, b])", "TensorFlow returns None for `a` and `b`"),
        fixes=(Fix("watch `a`", (Edit(start, "    tape.watch(a)\n"),)),),
    )


def wide(folder: Path) -> Diagnostic:
    """Tabs, wide characters and a combining mark."""
    program = Program(folder / "幅 wide.py", WIDE)
    broken = program.span('np.sum("結果", 重み)')
    return finding(
        broken,
        program.step("重み", "the tape watches `重み`"),
        Step(broken, "the path ends"),
        program.step("tape.gradient(損失, 重み)", "None"),
    )


def lines(folder: Path) -> Diagnostic:
    """Spans of several lines."""
    program = Program(folder / "lines.py", LINES)
    broken = program.span("tf.round(\n            model(x),\n        )")
    return finding(
        broken,
        program.step("model(x)", "recorded"),
        Step(broken, "the path ends: round has no gradient"),
        program.step("tape.gradient(\n    loss,\n    w,\n)", "TensorFlow returns None for `w`"),
    )


def empty(folder: Path) -> Diagnostic:
    """A finding in a file without text."""
    program = Program(folder / "empty.py", "")
    return finding(program.span(""), level="note")


def at_the_end(folder: Path) -> Diagnostic:
    """A span after the last line end."""
    Program(folder / "end.py", "x = 1\r\ny = 2\r\n")
    place = Position(3, 1)
    return finding(Span(str(folder / "end.py"), place, place), help="say something")


MAKERS = (train, two_files, several, wide, lines, empty, at_the_end)

RULE = RuleInfo(
    code="TL101",
    name="numpy-call",
    summary="NumPy computes on the way from a source to the target",
    description="NumPy computes on the way.\n\nA tape sees TensorFlow only:\n\n```python\ny = np.square(x)\n```\n",
    tags=("gradient", "numpy"),
    url="https://example.org/rules/numpy-call",
)


def everything(folder: Path) -> Result:
    """All findings, one file that could not be read, one gradient call."""
    found = [make(folder) for make in MAKERS]
    call = Program(folder / "src" / "train.py", TRAIN).place("tape.gradient(loss, w)")
    target = Place(call.span, "loss")
    gradient = Gradient(
        call,
        "gradient",
        None,
        target,
        (
            SourceVerdict("w", "none", found[0].steps),
            SourceVerdict("b", "unknown", (), "`model` cannot be seen"),
        ),
    )
    return Result(
        diagnostics=found,
        gradients=[gradient],
        errors=[FileError(str(folder / "bad.py"), "line 3: invalid syntax")],
        rules=[RULE],
        cwd=folder,
        root=folder,
        checked=10,
        with_tape=7,
        calls=9,
    )
