"""Large programs end soon: what is alike is shared, and past the budget the verdict is `unknown` and says why."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.program import STACK, analyse
from tapelint.project import Project
from tapelint.source import Source, SourceError
from tapelint.views import SourceVerdict

START = "import random\nimport tensorflow as tf\nv = tf.Variable([1.0, 2.0])\n"
TAPE = "with tf.GradientTape() as tape:\n    y = {target}\nprint(tape.gradient(y, v))\n"


def _verdict(text: str, folder: Path) -> SourceVerdict:
    path = folder / "main.py"
    path.write_text(START + text)
    (gradient,) = analyse(Source.read(path), Project(folder), Facts.load()).gradients
    return gradient.sources[0]


def _each_calls_the_next(body: str) -> str:
    first = "def f0(x):\n    return tf.tanh(x)\n"
    return first + "".join(f"def f{i}(x):\n    return {body.format(f=f'f{i - 1}')}\n" for i in range(1, 61))


def _branches() -> str:
    one = "    if random.random() > 0.5:\n        y = y * {i}.5\n    else:\n        y = tf.sin(y)\n"
    lines = [one.format(i=i) for i in range(400)]
    return "with tf.GradientTape() as tape:\n    y = v\n" + "".join(lines) + "print(tape.gradient(y, v))\n"


def _nested_loops() -> str:
    loops = "".join("    " * (i + 1) + f"for i{i} in range(10):\n" for i in range(7))
    start = "with tf.GradientTape() as tape:\n    y = v\n"
    return start + loops + "    " * 8 + "y = y * 2.0\nprint(tape.gradient(y, v))\n"


def _classes(members: str) -> str:
    first = "class C0:\n    def f(self, x):\n        return x * v\n"
    return first + "".join(f"class C{i}(C{i - 1}):\n{members}" for i in range(1, 201))


def _diamonds() -> str:
    """Fifty classes in pairs, each of them a child of both before."""
    body = "    def f(self, x):\n        return super().f(x) * 2.0\n"
    pairs = [f"class {side}{i}(L{i - 1}, R{i - 1}):\n{body}" for i in range(1, 26) for side in "LR"]
    root = "class A:\n    def f(self, x):\n        return x * v\n"
    return root + f"class L0(A):\n{body}class R0(A):\n{body}" + "".join(pairs)


def _comprehensions() -> str:
    return "".join(["["] * 25 + ["v"] + [f" for i{i} in [1, 2, 3, 4]]" for i in range(25)])


MUTUAL = "def a(x):\n    return b(x * 2.0) + b(x)\ndef b(x):\n    return a(tf.sin(x)) + a(x)\n"
PROGRAMS = {
    "sixty functions that call the next one twice": (
        _each_calls_the_next("{f}(x) + {f}(x)") + TAPE.format(target="f60(v)"),
        "flows",
    ),
    "sixty functions, one call in the other": (
        _each_calls_the_next("{f}({f}(x))") + TAPE.format(target="f60(v)"),
        "unknown",
    ),
    "400 branches in a row": (_branches(), "flows"),
    "a sum of 20,000 terms": (TAPE.format(target=" + ".join(["v"] * 20_000)), "flows"),
    "mutual recursion": (MUTUAL + TAPE.format(target="a(v)"), "unknown"),
    "seven nested loops": (_nested_loops(), "unknown"),
    "200 classes, one below the other": (_classes("    pass\n") + TAPE.format(target="C200().f(2.0)"), "flows"),
    "50 classes in diamonds": (_diamonds() + TAPE.format(target="L25().f(2.0)"), "flows"),
    "300 closures": (
        "def wrap(f):\n    return lambda x: f(x) * 2.0\nf = lambda x: x * v\n"
        + "f = wrap(f)\n" * 300
        + TAPE.format(target="f(2.0)"),
        "unknown",
    ),
    "a list that is doubled": ("xs = [v]\n" + "xs = xs + xs\n" * 60 + TAPE.format(target="xs[0] * 2.0"), "flows"),
    "a text that is doubled": ('s = "ab"\n' + "s = s + s\n" * 60 + TAPE.format(target="v * len(s)"), "flows"),
    "a number that is squared": ("n = 3\n" + "n = n * n\n" * 60 + TAPE.format(target="v * float(n > 2)"), "flows"),
    "a table of 30,000 keys": (
        "table = {"
        + ", ".join(f'"k{i}": {i}.5' for i in range(30_000))
        + "}\n"
        + TAPE.format(target="v * table['k7']"),
        "flows",
    ),
    "nested comprehensions": (TAPE.format(target=_comprehensions()), "unknown"),
    "tuples that share their parts": (
        "t = (v, v)\n" + "t = (t, t)\n" * 60 + TAPE.format(target="t" + "[1]" * 61),
        "flows",
    ),
    "tuples that change places, in rounds that nobody can count": (
        "a, b = (v,), (v, v)\nwhile random.random() > 0.1:\n"
        + "    if random.random() > 0.5:\n        a, b = (a, b), (b, a)\n    else:\n        a, b = (b, b), (a, a)\n"
        + TAPE.format(target="v * 2.0"),
        "flows",
    ),
    "each element holds the whole, round by round": (
        "h = (v, v)\nwhile random.random() > 0.1:\n    h = tuple((a, h) for a in h)\n"
        + TAPE.format(target="tf.add_n(tf.nest.flatten(h))"),
        "unknown",
    ),
    "choices among choices, for one of two variables": (
        "w = tf.Variable([2.0, 1.0])\nwith tf.GradientTape() as tape:\n    y, z = v * 2.0, w * 3.0\n"
        + "    if random.random() > 0.5:\n        y, z = z, y\n" * 60
        + "if random.random() > 0.5:\n    v = w\nprint(tape.gradient(y, v))\n",
        "unknown",
    ),
    "a dictionary that keeps copies of itself": (
        "d = {}\nfor i in range(200):\n    d[i] = dict(d)\n    d = {**d, 'x': d}\n" + TAPE.format(target="v * 2.0"),
        "flows",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_large_programs_end(name: str, tmp_path: Path) -> None:
    text, wanted = PROGRAMS[name]
    if not _python_reads(text):
        with pytest.raises(SourceError, match="nested too deeply"):
            _verdict(text, tmp_path)
    else:
        assert _verdict(text, tmp_path).verdict == wanted


def _python_reads(text: str) -> bool:
    """Whether this Python's own parser takes a program so deep; from 3.12 on the depth is bounded."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(STACK)
    try:
        ast.parse(text)
    except RecursionError:
        return False
    finally:
        sys.setrecursionlimit(limit)
    return True


def test_a_spent_budget_is_told(tmp_path: Path) -> None:
    text, _ = PROGRAMS["seven nested loops"]
    assert "given up after" in _verdict(text, tmp_path).why_unknown


def test_a_file_of_large_functions_says_what_was_not_run(tmp_path: Path) -> None:
    body = "".join(f"    {line}\n" for line in _nested_loops().splitlines())
    path = tmp_path / "main.py"
    path.write_text(START + "".join(f"def f{i}(x):\n{body}" for i in range(6)))
    gradients = analyse(Source.read(path), Project(tmp_path), Facts.load()).gradients
    assert [g.sources[0].verdict for g in gradients][-1] == "unknown"
    assert gradients[-1].sources[0].why_unknown == "the file is too large: given up before this call"
