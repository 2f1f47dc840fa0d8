"""What is offered and what is done: fixes over all fixtures are made once, and are not said to be safe too easily.

That each fix makes the gradient flow is shown on TensorFlow, fixture by fixture, in `test_fixtures.py`.
"""

from __future__ import annotations

import ast
import shutil
import textwrap
from pathlib import Path

import pytest

from tapelint.cli import run
from tapelint.testing import Fixture

FOLDER = Path(__file__).parents[1] / "fixtures"


def _mend(folder: Path, *options: str) -> dict[str, str]:
    arguments = ["check", str(folder), "--no-cache", "--isolated", "--jobs", "1", "--fix", "--exit-zero", *options]
    assert run(arguments) == 0
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


@pytest.mark.parametrize("options", [(), ("--unsafe-fixes",)], ids=["safe", "unsafe"])
def test_the_second_time_changes_nothing(tmp_path: Path, options: tuple[str, ...]) -> None:
    folder = tmp_path / "fixtures"
    shutil.copytree(FOLDER, folder)
    before = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}
    once = _mend(folder, *options)
    assert sum(once[name] != before[name] for name in before) >= 10
    for name, text in once.items():
        ast.parse(text, name)
    assert _mend(folder, *options) == once


START = "import json\nimport math\nimport numpy as np\nimport tensorflow as tf\nw = tf.Variable([1.0, 2.0])\n"
MODEL = "m = tf.keras.Sequential([tf.keras.layers.Input((2,)), tf.keras.layers.Dense(1)])\n"
# Programs that run, and would not, or would print something else, if the fix were made.
HARMED = {
    "written to json": """
        with tf.GradientTape() as tape:
            v = float(w[0])
            loss = tf.constant(3.0) * v
        print(json.dumps([v]), tape.gradient(loss, w))
        """,
    "a number beside a double": """
        with tf.GradientTape() as tape:
            loss = tf.constant(3.0, tf.float64) * float(w[0])
        print(tape.gradient(loss, w))
        """,
    "a method of what is made of an array": """
        with tf.GradientTape() as tape:
            s = np.tanh(w)
            q = s + 0.0
            loss = tf.constant(q.sum())
        print(tape.gradient(loss, w))
        """,
    "an array that is written to": """
        with tf.GradientTape() as tape:
            s = np.tanh(w)
            s[0] = 1.0
            loss = tf.reduce_sum(tf.constant(s))
        print(tape.gradient(loss, w))
        """,
    "a constant of another type": """
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.constant(w, dtype=tf.float16))
        print(tape.gradient(loss, w))
        """,
    "a constant of another shape": """
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.constant(w, shape=[2, 1]) * w)
        print(tf.reduce_sum(loss), tape.gradient(tf.constant(w, shape=[2, 1]), w))
        """,
    "a variable that is assigned to": """
        with tf.GradientTape() as tape:
            h = tf.Variable(w * 3.0)
            h.assign_add([1.0, 1.0])
            loss = tf.reduce_sum(h * h)
        print(tape.gradient(loss, w))
        """,
    "an update of what has two names": """
        x = tf.Variable(3.0)
        start = x
        for _ in range(2):
            with tf.GradientTape() as tape:
                y = x * x
            g = tape.gradient(y, x)
            x = x - 0.1 * (g if g is not None else 0.0)
        print(start, x)
        """,
    "an update of an argument": """
        def descend(x):
            for _ in range(2):
                with tf.GradientTape() as tape:
                    y = x * x
                g = tape.gradient(y, x)
                x = x - 0.1 * (g if g is not None else 0.0)
            return x
        print(descend(w), w)
        """,
    "predictions of batches": MODEL
    + """
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(m.predict(tf.ones((4, 2)), 2))
        print(tape.gradient(loss, m.trainable_variables))
        """,
    "predictions for a data set": MODEL
    + """
        data = tf.data.Dataset.from_tensor_slices(tf.ones((4, 2))).batch(2)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(m.predict(data))
        print(tape.gradient(loss, m.trainable_variables))
        """,
    "what the header of the block reads": """
        y = w * 2.0
        with tf.GradientTape() as tape, tf.name_scope(f"at{float(y[0]):.0f}"):
            loss = tf.square(y)
        print(tape.gradient(loss, w))
        """,
}


@pytest.mark.parametrize("name", HARMED)
def test_what_would_do_harm_is_not_safe(name: str) -> None:
    model, _, body = HARMED[name].rpartition(MODEL)
    found = Fixture(
        "program.py", START + model + (MODEL if MODEL in HARMED[name] else "") + textwrap.dedent(body)
    ).lint()
    errors = [each for each in found if each.level in ("error", "warning")]
    assert errors, "nothing is found any more"
    assert not [fix for each in errors for fix in each.fixes if fix.safe]


def test_a_tape_that_is_told_by_position_that_it_is_not_persistent() -> None:
    text = START + textwrap.dedent("""
        with tf.GradientTape(False) as tape:
            loss = w * w
        a = tape.gradient(loss, w)
        b = tape.gradient(loss, w)
        """)
    (fix,) = [fix for each in Fixture("program.py", text).lint() for fix in each.fixes]
    assert [edit.replacement for edit in fix.edits] == ["True"] and fix.safe
