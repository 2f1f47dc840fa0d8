"""Programs with their verdicts (tests/flow): what tapelint says of each, and what TensorFlow does.

Every function of those files is a program: it is analysed with the file's helpers and a call of it at the end. Its
docstring has the verdict a source. TensorFlow must do what is claimed; where `unknown` or `sometimes none` is said,
it may do anything.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter
from pathlib import Path

import pytest

from tapelint import flow
from tapelint.execution import run
from tapelint.facts import Facts
from tapelint.flow.core import Core
from tapelint.flow.interpreter import Interpreter
from tapelint.program import Program, analyse
from tapelint.project import Project
from tapelint.source import Source

FOLDER = Path(__file__).parent / "flow"
SAYS_NOTHING = ("unknown", "sometimes none")


def _programs() -> list[tuple[str, str, str]]:
    """The file, the function and the docstring of each program."""
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.append((path.name, node.name, ast.get_docstring(node) or ""))
    return found


PROGRAMS = _programs()
NAMES = [f"{Path(file).stem}-{name}" for file, name, _ in PROGRAMS]
COUNTED = Path(__file__).parent / "flow_programs.txt"
"""How many programs each file had when `python tests/test_flow.py` wrote it: there may be more, but not fewer."""


def test_no_program_is_lost() -> None:
    """A file that is overwritten or forgotten in a merge takes its programs along, and nothing else would tell."""
    assert len(set(NAMES)) == len(NAMES), "of two functions of one name only the last is run"
    now = Counter(file for file, _, _ in PROGRAMS)
    least = {file: int(number) for number, file in map(str.split, COUNTED.read_text().splitlines())}
    assert {file: now[file] for file in least if now[file] < least[file]} == {}
    assert set(now) == set(least) == {path.name for path in FOLDER.iterdir() if path.is_file()}, "write it anew"
    assert sum(now.values()) <= 1.1 * sum(least.values()), "write it anew"


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts.load()


def _alone(file: str, name: str) -> str:
    """A program of one function: the file without the other functions, and a call of it."""
    text = (FOLDER / file).read_text()
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name != name:
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or 0) - node.lineno + 1)
    return "\n".join([*lines, f"{name}()", ""])


@pytest.mark.parametrize(("file", "name", "wanted"), PROGRAMS, ids=NAMES)
def test_what_is_said(file: str, name: str, wanted: str, facts: Facts, tmp_path: Path) -> None:
    path = tmp_path / file
    path.write_text(_alone(file, name))
    gradients = analyse(Source.read(path), Project(tmp_path), facts).gradients
    last = max(gradients, key=lambda gradient: gradient.place.span.start)
    assert ", ".join(source.verdict for source in last.sources) == wanted


@pytest.mark.parametrize(("file", "name", "wanted"), PROGRAMS, ids=NAMES)
def test_what_tensorflow_does(file: str, name: str, wanted: str) -> None:
    pytest.importorskip("tensorflow")
    text = (FOLDER / file).read_text()
    line = next(n.lineno for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name)
    body = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name).body
    last = body[-1].lineno
    assert line < last
    done = run(str(FOLDER / file), text, name, [last])
    words = wanted.split(", ")
    if done.error not in ("", "NameError") and set(words) <= set(SAYS_NOTHING):
        return
    if words[0].startswith("raises"):
        assert words[0].split()[1] in done.error_names
        return
    assert not done.error, done.message
    seen = done.seen[last].split(" then ")[-1].split(", ")
    assert len(seen) == len(words)
    for said, did in zip(words, seen, strict=True):
        assert said in SAYS_NOTHING or said == did or (said == "flows" and did in ("nan", "inf"))


@pytest.mark.parametrize("asked", ["elsewhere, v", "y, elsewhere", "y * elsewhere, v"])
def test_nothing_is_claimed_of_a_name_that_is_bound_nowhere(asked: str, facts: Facts, tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(
        "import tensorflow as tf\nv = tf.Variable(1.0)\nwith tf.GradientTape() as tape:\n    y = v * 2.0\n"
        f"tape.gradient({asked})\n"
    )
    (gradient,) = analyse(Source.read(path), Project(tmp_path), facts).gradients
    assert [source.verdict for source in gradient.sources] == ["unknown"]


def test_what_a_shell_puts_into_a_module_is_no_doubt(facts: Facts, tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(
        "import tensorflow as tf\nget_ipython().run_line_magic('matplotlib', 'inline')\nv = tf.Variable(1.0)\n"
        "with tf.GradientTape() as tape:\n    y = tf.round(v)\ntape.gradient(y, v)\n"
    )
    (gradient,) = analyse(Source.read(path), Project(tmp_path), facts).gradients
    assert [source.verdict for source in gradient.sources] == ["none"]


def test_the_graph_of_the_example_that_explains_the_house(facts: Facts, tmp_path: Path) -> None:
    blocks = [textwrap.dedent(b) for b in re.findall(r"(?:^    .*\n)+", flow.__doc__ or "", re.MULTILINE)]
    path = tmp_path / "example.py"
    path.write_text(f"import tensorflow as tf\n{blocks[0]}")
    program = Program(Source.read(path), Project(tmp_path), facts)
    program.run()
    told = {
        f"{node.id} {node.op} {[edge.node.id for edge in node.edges]}" + " recorded" * bool(node.recorded)
        for node in program.interpreter.graph.nodes
    }
    assert set(blocks[1].splitlines()) <= told
    floors = [kind.__name__ for kind in reversed(Interpreter.__mro__) if issubclass(kind, Core)]
    assert re.findall(r"\w+", blocks[2]) == floors


if __name__ == "__main__":
    counted = sorted(Counter(file for file, _, _ in PROGRAMS).items())
    COUNTED.write_text("".join(f"{number} {file}\n" for file, number in counted))
