"""Shapes that do not fit: what a kernel refuses outside of graphs, and what tapelint says of it.

Each call is run on TensorFlow, on tensors of these shapes: `v` has 3 numbers, `m` is 2 by 3, `one` a number. What is
listed as fitting is there so that a check that refuses too much is seen.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tapelint.facts import Facts, looked_at
from tapelint.facts.parse import full_name
from tapelint.facts.table import rows
from tapelint.libraries.shapes.shapes import BROADCASTING
from tapelint.libraries.shapes.shapes_misfit import OF_KERNELS
from tapelint.program import analyse
from tapelint.project import Project

HEAD = """\
import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
m = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
one = tf.Variable(2.0)
"""
REFUSED = {
    "broadcast_to": ["tf.broadcast_to(v, [2])", "tf.broadcast_to(m, [3])", "tf.broadcast_to(m, [4, 2, 4])"],
    "concat": ["tf.concat([v, m], 0)", "tf.concat([m, m[:, :2]], 0)", "tf.concat([v, v], 1)", "tf.concat([m, v], -1)"],
    "einsum": [
        *('tf.einsum("ij,jk->ik", m, m)', 'tf.einsum("ij->ji", v)', 'tf.einsum("i,i->", v, v[:1])'),
        'tf.einsum("ij,j->i", m, v[:2])',
    ],
    "expand_dims": ["tf.expand_dims(v, 2)", "tf.expand_dims(one, -2)"],
    "gather": ["tf.gather(v, 3)", "tf.gather(v, [0, -1])", "tf.gather(m, [0, 5])", "tf.gather(m, [3], axis=1)"],
    "linalg.matvec": ["tf.linalg.matvec(m, v[:2])", "tf.linalg.matvec(v, v)", "tf.linalg.matvec(m, one)"],
    "pad": ["tf.pad(m, [[1, 1]])", "tf.pad(v, [[1, 1], [0, 0]])", "tf.pad(one, [[1, 1]])"],
    "slice": ["tf.slice(v, [2], [2])", "tf.slice(m, [0], [1])", "tf.slice(v, [4], [1])"],
    "split": ["tf.split(v, 2)", "tf.split(m, [1, 1, 1])", "tf.split(v, 3, axis=1)", "tf.split(m, 2, axis=-1)"],
    "squeeze": ["tf.squeeze(v, 0)", "tf.squeeze(m, [1])", "tf.squeeze(v, 3)"],
    "tensordot": [
        *("tf.tensordot(m, m, 1)", "tf.tensordot(v, v[:2], 1)", "tf.tensordot(m, v, [[0], [0]])"),
        "tf.tensordot(m, m[:, :2], [[0, 1], [0, 1]])",
    ],
    "tile": ["tf.tile(v, [2, 2])", "tf.tile(m, [2])", "tf.tile(one, [2])"],
    "transpose": ["tf.transpose(m, [0])", "tf.transpose(v, [1, 0])", "tf.transpose(m, [0, 0])"],
    "where": ["tf.where(v > 0.0, v, v[:2])", "tf.where(m > 0.0, v[:2], 0.0)", "tf.where([True, False], v, v)"],
    **{
        f"reduce_{word}": [f"tf.reduce_{word}(v, axis=1)", f"tf.reduce_{word}(m, axis=[0, 2])"]
        for word in ("sum", "mean", "max", "min", "prod")
    },
    "+": ["v + v[:2]", "tf.add(m, v[:2])", "m + np.ones(4, np.float32)", "keras.ops.subtract(m, v[:2])"],
    "@": ["m @ m", "tf.matmul(m, v)", "m @ np.ones((2, 3), np.float32)", "keras.ops.matmul(m, m)"],
    "reshape": [
        "tf.reshape(v, [2, 2])",
        "tf.reshape(m, [-1, 4])",
        "keras.ops.reshape(m, (4,))",
        "tf.reshape(one, [0])",
    ],
    "[]": ["v[3]", "v[-4]", "m[2, 0]", "m[0, 1, 1]", "v[0, ..., 0]", "one[0]"],
}
FITS = [
    *("tf.broadcast_to(v, [4, 3])", "tf.broadcast_to(one, [2, 2])", "tf.concat([m, m], -1)", "tf.expand_dims(v, -2)"),
    *('tf.einsum("ij,kj->ik", m, m)', 'tf.einsum("i,i->", v, v)', 'tf.einsum("ij,j->i", m, v)', "tf.gather(v, [2, 2])"),
    *(
        "tf.gather(m, [2], axis=1)",
        "tf.linalg.matvec(m, v)",
        "tf.pad(m, [[1, 1], [0, 2]])",
        "tf.slice(m, [1, 0], [1, 3])",
    ),
    *("tf.slice(v, [1], [-1])", "tf.split(v, 3)[0]", "tf.split(m, [1, 2], axis=1)[1]", "tf.squeeze(v[:1], 0)"),
    *(
        "tf.tensordot(m, m, [[0, 1], [0, 1]])",
        "tf.tensordot(v, m, 0)",
        "tf.tensordot(m, m, [[0, 1], [1, 0]])",
        "tf.tile(m, [2, 1])",
        "tf.transpose(m, [1, 0])",
    ),
    *("tf.where(m > 0.0, v, 0.0)", "tf.reduce_sum(m, axis=-1)", "v + m", "v + np.ones((3, 1), np.float32)"),
    *(
        "tf.matmul(m, m, transpose_b=True)",
        "keras.ops.matmul(m, v)",
        "tf.reshape(m, [-1, 2])",
        "m[..., 2]",
        "m[:, None, -3]",
    ),
    *("v[5:]", "np.cumsum(np.ones((2, 3), np.float32)) + tf.ones([6])"),
    *("tf.constant(0.5, shape=[1, 3])[0, 2] + v", "np.sort(np.ones((2, 2)), axis=None).astype(np.float32)[3] * v"),
    *(
        "np.clip(np.ones(3, np.float32), 0.0, np.ones((2, 1), np.float32)) * m",
        "tf.ones([2, 3, 2]) @ tf.ones([4, 1, 2, 3])",
    ),
    *("tf.linalg.matvec(tf.ones([2, 3, 2]), tf.ones([4, 1, 2])) * tf.ones([4, 2, 3])", "tf.gather(v, 0) * m"),
    *(
        "keras.ops.cumsum(m) * tf.ones([6])",
        "tf.repeat(m, 2, axis=1) * tf.ones([6])",
        "tf.pad(v, [[1, 2]]) * tf.ones([6])",
    ),
    *(
        "tf.tensordot(m, v, 1) + tf.ones([2])",
        'tf.einsum("ij,kj->ki", m, m) + tf.ones([2, 2])',
        "tf.split(v, [1, 2])[1] + m[0, :2]",
    ),
]
TRIED = [(call, "InvalidArgumentError") for calls in REFUSED.values() for call in calls] + [(call, "") for call in FITS]


OF_PYTHON = [(full_name(name), word, call, seen) for name, word, call, seen in rows("kernels.txt")]
CALLS = [*TRIED, *((call, "") for _, _, call, _ in OF_PYTHON)]


def test_words_of_python() -> None:
    assert {name: word for name, word, _, _ in OF_PYTHON} == {name: looked_at(name) for name, _, _, _ in OF_PYTHON}
    assert all(call.startswith((name, name.replace("tensorflow", "tf"))) for name, _, call, _ in OF_PYTHON)


def test_every_kernel_is_tried() -> None:
    assert {name.removeprefix("tensorflow.") for name in OF_KERNELS} <= REFUSED.keys()


def test_what_tensorflow_does() -> None:
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed: no call is run")
    space: dict[str, object] = {}
    exec(HEAD, space)
    signs = ("maximum", "minimum", "squared_difference", "divide_no_nan", "multiply_no_nan", "xlogy", "atan2")
    two = [f"tf.math.{name}(m, v[:2])" for name in signs]
    two += [f"m {sign} v[:2]" for sign in sorted(BROADCASTING) if not sign.isidentifier() and sign not in ("==", "!=")]
    of_python = [(call, seen.removeprefix("fine")) for _, _, call, seen in OF_PYTHON]
    for call, wanted in [*TRIED, *of_python, *((each, "InvalidArgumentError") for each in two)]:
        try:
            eval(call, space)
            seen = ""
        except (tf.errors.OpError, TypeError, ValueError, IndexError) as error:
            seen = type(error).__name__
        assert seen == wanted, call


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts.load()


@pytest.mark.parametrize(("call", "wanted"), CALLS, ids=[call for call, _ in CALLS])
def test_what_is_said(call: str, wanted: str, facts: Facts, tmp_path: Path) -> None:
    lines = f"with tf.GradientTape() as tape:\n    y = one * tf.reduce_sum({call})\ntape.gradient(y, one)\n"
    (tmp_path / "main.py").write_text(HEAD + lines)
    project = Project(tmp_path)
    [gradient] = analyse(project.source(tmp_path / "main.py"), project, facts).gradients
    [source] = gradient.sources
    assert source.verdict in ([f"raises {wanted}"] if wanted else ["flows", "unknown"])
