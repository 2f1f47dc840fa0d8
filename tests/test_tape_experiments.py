"""What the analysis relies on about tapes, run on TensorFlow."""

from __future__ import annotations

import ast
import importlib.util
import textwrap
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).with_name("tape_experiments.txt")
MISSING = not all(importlib.util.find_spec(name) for name in ("tensorflow", "keras"))
WORDS = ("flows", "none", "zero", "nan", "inf", "raises")


def experiments() -> list[tuple[str, str, str]]:
    """Each block's sentence, answer and program."""
    found = []
    for block in FILE.read_text(encoding="utf-8").split("\n\n"):
        title, _, program = block.strip("\n").partition("\n")
        if program.startswith("    "):
            sentence, _, answer = title.rpartition(": ")
            found.append((sentence, answer, textwrap.dedent(program)))
    return found


def run(program: str) -> Any:
    """The value of a program's last expression, or of its last statement's absence."""
    import keras
    import numpy as np
    import tensorflow as tf

    space: dict[str, Any] = {
        "tf": tf,
        "np": np,
        "keras": keras,
        "copy": __import__("copy"),
        "v": tf.Variable(3.0),
        "u": tf.Variable(2.0),
        "w": tf.Variable([1.0, 2.0]),
        "frozen": tf.Variable([1.0, 2.0], trainable=False),
        "count": tf.Variable([1, 2]),
        "c": tf.constant([1.0, 2.0]),
        "s": tf.constant(2.0),
    }
    tree = ast.parse(program)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "experiment", "exec"), space)
    return eval(compile(ast.Expression(last.value), "experiment", "eval"), space) if last else None


def word(value: Any) -> str:
    """One gradient as a word; anything that is no gradient as Python writes it."""
    import numpy as np
    import tensorflow as tf

    if value is None:
        return "none"
    if not tf.is_tensor(value) and not isinstance(value, tf.IndexedSlices):
        return repr(value)
    array = np.asarray(tf.convert_to_tensor(value))
    if np.isnan(array).any():
        return "nan"
    if np.isinf(array).any():
        return "inf"
    return "flows" if array.any() else "zero"


@pytest.mark.skipif(MISSING, reason="the experiments on tapes need TensorFlow, which is not installed")
@pytest.mark.parametrize(("sentence", "answer", "program"), experiments(), ids=lambda value: value[:60].split("\n")[0])
def test_tapes_do_what_is_relied_on(sentence: str, answer: str, program: str) -> None:
    try:
        value = run(program)
    except Exception as error:
        observed = f"raises {type(error).__name__}"
    else:
        gradients = isinstance(value, list) and answer.split()[0].strip(",") in WORDS
        observed = ", ".join(word(each) for each in value) if gradients else word(value)
    assert observed == answer, f"{sentence}: observed {observed}"
