"""Notebooks like tutorials: what is found, what TensorFlow does with them, what a fix changes in the file."""

import builtins
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tapelint.cli import run
from tapelint.source import Source
from tapelint.testing import Case, Fixture, check_findings, check_fixes, check_reality

FOLDER = Path(__file__).parents[1] / "fixtures" / "notebooks"
NOTEBOOKS = [Case(Fixture(str(path), Source.read(path).text), "") for path in sorted(FOLDER.glob("*.ipynb"))]


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands for magics is run, and does nothing."""
    monkeypatch.setattr(builtins, "get_ipython", str, raising=False)


@pytest.mark.parametrize("case", NOTEBOOKS, ids=str)
def test_what_is_found(case: Case) -> None:
    check_findings(case)


@pytest.mark.parametrize("case", [case for case in NOTEBOOKS if not case.fixture.not_run], ids=str)
def test_what_tensorflow_does(case: Case) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the notebooks are not run")
    check_reality(case)


@pytest.mark.parametrize("case", [case for case in NOTEBOOKS if case.marks("fix", "unsafe-fix")], ids=str)
def test_what_the_fixes_do(case: Case) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the notebooks are not run")
    check_fixes(case)


# -------------------------------------------------------------- what git shows


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebooks, committed."""
    for path in FOLDER.glob("*.ipynb"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "all")
    return tmp_path


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def changed_lines(diff: str) -> list[str]:
    return [line for line in diff.split("\n") if line[:1] in "+-" and line[:3] not in ("+++", "---") and line]


def test_git_shows_one_line_of_one_cell(repository: Path) -> None:
    assert run(["--no-cache", "--fix", "gradients_and_tapes.ipynb"]) == 1
    assert changed_lines(git("diff")) == [
        r'-    "    y = np.mean(x2, axis=0)  # error: numpy-call\n",',
        r'+    "    y = tf.reduce_mean(x2, axis=0)  # error: numpy-call\n",',
    ]


def test_a_file_on_one_line_changes_by_a_few_characters(repository: Path) -> None:
    before = (repository / "several_cells.ipynb").read_text()
    assert run(["--no-cache", "--fix", "several_cells.ipynb"]) == 0
    after = (repository / "several_cells.ipynb").read_text()
    assert "\n" not in before[:-1]
    assert after == before.replace("return np.square(values)", "return tf.square(values)")


def test_characters_stay_escaped(repository: Path) -> None:
    path = repository / "saliency.ipynb"
    before = json.loads(path.read_text())
    assert run(["--no-cache", "--fix", "--unsafe-fixes", "saliency.ipynb"]) in (0, 1)
    added = [line for line in changed_lines(git("diff")) if line[0] == "+"]
    assert added == [r'+        "        tape.watch(picture)\n",']
    assert r"\u003c 0" in path.read_text()
    after = json.loads(path.read_text())
    assert [a == b for a, b in zip(before["cells"], after["cells"], strict=True)].count(False) == 1


def test_the_diff_of_a_notebook_is_the_diff_of_its_cells(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--no-cache", "--diff", "training_loop.ipynb"])
    assert capsys.readouterr().out.split("\n")[:8] == [
        "--- a/training_loop.ipynb:cell 10",
        "+++ b/training_loop.ipynb:cell 10",
        "@@ -1,4 +1,4 @@",
        " with tf.GradientTape() as tape:",
        "     guess = line(xs)",
        "-    %time loss = tf.reduce_mean(np.square(guess - ys))  # error: numpy-call",
        "+    %time loss = tf.reduce_mean(tf.square(guess - ys))  # error: numpy-call",
        " slopes = tape.gradient(loss, [line.slope, line.offset])  # tf: none, none",
    ]
    assert git("status", "--porcelain") == ""


def test_an_excerpt_shows_the_cell_as_it_is(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--no-cache", "training_loop.ipynb"])
    said = capsys.readouterr().out
    assert "--> training_loop.ipynb:cell 10:3:33" in said
    assert "3 |     %time loss = tf.reduce_mean(np.square(guess - ys))" in said
    assert "ipython" not in said


def test_every_place_names_its_cell(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--no-cache", "--format", "json", "several_cells.ipynb"])
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert found["start"] == {"cell": 3, "line": 2, "column": 12}
    assert [step["start"]["cell"] for step in found["steps"]] == [5, 6, 3, 7]
    assert [edit["start"] for fix in found["fixes"] for edit in fix["edits"]] == [{"cell": 3, "line": 2, "column": 12}]
    run(["trace", "--no-cache", "--format", "json", "several_cells.ipynb"])
    (gradient,) = json.loads(capsys.readouterr().out)["gradients"]
    assert (gradient["cell"], gradient["line"]) == (7, 1)
    assert all("cell" in step["start"] for source in gradient["sources"] for step in source["because"])


@pytest.mark.parametrize("format", ["sarif", "github"])
def test_messages_name_the_cell(repository: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    """Where places are lines of the file, or where nobody sees a cell."""
    run(["--no-cache", "--format", format, "several_cells.ipynb"])
    assert "cell 3, line 2: no gradient reaches `v`" in capsys.readouterr().out


def test_an_editors_buffer(repository: Path, capsysbinary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    data = (repository / "several_cells.ipynb").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run(["-", "--stdin-filename", "x.ipynb", "--fix"]) == 0
    assert capsysbinary.readouterr().out == data.replace(b"return np.square", b"return tf.square")


@pytest.mark.parametrize(
    ("line", "is_known"), [("%load_ext x", True), ("!ls", True), ("%run x.py", False), ("%timeit x.assign(1.0)", False)]
)
def test_what_a_magic_may_change(tmp_path: Path, line: str, is_known: bool) -> None:
    """Nothing is said of a value that another program may have put in the place of the one that is seen."""
    text = (
        "import tensorflow as tf\nx = tf.constant(1.0)\n"
        f"{line}\nwith tf.GradientTape() as tape:\n    y = x * x\ng = tape.gradient(y, x)"
    )
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": text}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert run(["--no-cache", "--quiet", "--isolated", str(path)]) == int(is_known)


def test_the_other_cells_of_a_broken_one(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.loads((repository / "several_cells.ipynb").read_text())
    content["cells"].insert(2, {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["def todo(:\n"]})
    (repository / "broken.ipynb").write_text(json.dumps(content))
    assert run(["--no-cache", "--format", "json", "broken.ipynb"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert [found["start"]["cell"] for found in said["diagnostics"]] == [4]
    assert said["errors"][0]["message"].startswith("cannot be parsed: cell 3, line 1: ")
    assert run(["--no-cache", "--fix", "broken.ipynb"]) == 3
    assert "np.square" not in (repository / "broken.ipynb").read_text()
