"""Old code: known findings are not reported, and new ones are; comments that ignore what is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tapelint.cli import run
from tapelint.ignores import find_ignores
from tapelint.source import Source

PROGRAM = """import numpy as np
import tensorflow as tf

w = tf.Variable([1.0, 2.0])


def step(x):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(np.square(w * x))
    return tape.gradient(y, w)


class Trainer:
    def step(self, x, flag):
        if flag:
            with tf.GradientTape() as tape:
                y = tf.add(
                    np.exp(w * x), tf.constant([1.0, 2.0])
                )
            return tape.gradient(y, w)
        return None


step(1.0)
Trainer().step(1.0, True)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with two faults, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text(PROGRAM)
    (tmp_path / "tapelint.toml").write_text("")
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    """The exit status, the lines of the findings, and what stands on standard error."""
    status = run(["--no-cache", "--format", "concise", *arguments])
    out, err = capsys.readouterr()
    return status, out.splitlines(), err


def known(project: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A baseline of all that there is, which the settings name."""
    status, out, err = check(capsys, "--write-baseline", "known.json")
    assert (status, out) == (0, []) and "known from now on: known.json" in err
    (project / "tapelint.toml").write_text('baseline = "known.json"\n')
    return project / "known.json"


# ------------------------------------------------------------------- the file


def test_what_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        known(project, capsys).read_text()
        == """{
 "version": 1,
 "findings": {
  "src/train.py": [
   {"code": "TL101", "name": "numpy-call", "in": "Trainer.step", "text": "np.exp(w * x)"},
   {"code": "TL101", "name": "numpy-call", "in": "step", "text": "np.square(w * x)"}
  ]
 }
}
"""
    )


def test_what_is_known_is_not_reported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known(project, capsys)
    assert check(capsys) == (0, [], "")
    assert check(capsys, "src/train.py") == (0, [], "")
    assert len(check(capsys, "--no-baseline")[1]) == 2
    assert len(check(capsys, "--isolated")[1]) == 2
    assert check(capsys, "--isolated", "--baseline", "known.json") == (0, [], "")
    assert run(["--no-cache"]) == 0
    assert capsys.readouterr().out == ("Nothing new: 2 gradient calls in 1 file\n2 findings known from the baseline\n")
    assert run(["--no-cache", "--statistics", "--quiet"]) == 0 and capsys.readouterr().out == ""


def test_paths_count_from_the_folder_of_the_baseline(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(project, capsys)
    monkeypatch.chdir(project / "src")
    assert check(capsys) == (0, [], "")
    assert check(capsys, "--write-baseline", "here.json")[0] == 0
    assert list(json.loads((project / "src" / "here.json").read_text())["findings"]) == ["train.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "known.json: no such baseline; --write-baseline known.json makes it"),
        ("{", "known.json: not a baseline: Input data was truncated"),
        ("[]", "known.json: not a baseline: Expected `object`, got `array`"),
        ('{"version": 2}', "known.json: not a baseline: its version is 2, this tapelint knows 1"),
        ('{"version": 1, "findings": {"a.py": [{"code": 1}]}}', "Expected `str`, got `int` - at `$.findings[...]"),
        ('<<<<<<< HEAD\n{"version": 1}', "JSON is malformed"),
    ],
)  # fmt: skip
def test_a_broken_file(project: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str) -> None:
    (project / "tapelint.toml").write_text('baseline = "known.json"\n')
    if text is not None:
        (project / "known.json").write_text(text)
    assert run(["trace", "--no-cache"]) == 0, "a trace knows nothing of it"
    capsys.readouterr()
    status, out, err = check(capsys)
    assert (status, out) == (2, []) and message in err and err.count("\n") == 1
    assert check(capsys, "--write-baseline", "known.json")[0] == 0, "it can be written anew"
    assert check(capsys)[0] == 0


def test_what_cannot_be_together(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options in ("--write-baseline a --update-baseline", "--baseline a --no-baseline", "--add-ignores --fix"):
        status, _, err = check(capsys, *options.split())
        assert status == 2 and "exclude each other" in err
    assert "cannot be written" in check(capsys, "--write-baseline", "no/such/folder.json")[2]


# --------------------------------------------------------------- what changes


def test_nothing_reappears_when_lines_move(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fifty lines above, another formatting, other decorations around."""
    known(project, capsys)
    path = project / "src" / "train.py"
    above = "".join(f"# line {number}\nvalue_{number} = {number}\n" for number in range(25))
    path.write_text(above + PROGRAM)
    assert check(capsys) == (0, [], "")
    spread = PROGRAM.replace("np.square(w * x)", "np.square(\n            w\n            * x,  # the error\n        )")
    path.write_text(spread.replace("tf.add(\n                    np.exp(w * x), ", "tf.add(np.exp( w*x ), "))
    assert check(capsys) == (0, [], "")
    path.write_text(PROGRAM.replace("if flag:", "if not flag:\n            pass\n        elif flag:"))
    assert check(capsys) == (0, [], "")


def test_a_formatter_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known(project, capsys)
    pytest.importorskip("ruff", reason="ruff is not installed")
    path = project / "src" / "train.py"
    formatter = [sys.executable, "-m", "ruff", "format", "-q", "--isolated", "--line-length", "30"]
    subprocess.run([*formatter, path], check=True)
    assert path.read_text() != PROGRAM
    assert check(capsys) == (0, [], "")


def test_what_is_new_is_reported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known(project, capsys)
    path = project / "src" / "train.py"
    step = PROGRAM[PROGRAM.index("def step(x)") : PROGRAM.index("class")]
    path.write_text(PROGRAM + step.replace("def step", "def more") + "more(1.0)\n")
    status, out, _ = check(capsys)
    assert status == 1 and len(out) == 1 and "src/train.py:28:27" in out[0], "the same in another function"
    assert check(capsys, "--exit-zero")[0] == 0


def test_as_many_as_are_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "src" / "train.py"
    block = (
        "    with tf.GradientTape() as tape:\n        y = tf.reduce_sum(np.square(w * x))\n"
        "    print(tape.gradient(y, w))\n"
    )
    head, tail = PROGRAM.split("class Trainer")[0].split("    with")[0], "\n\nstep(1.0)\n"
    path.write_text(head + 2 * block + tail)
    assert '"count": 2' in known(project, capsys).read_text()
    assert check(capsys)[0] == 0
    path.write_text(head + 3 * block + tail)
    status, out, _ = check(capsys)
    assert status == 1 and len(out) == 1 and ":15:" in out[0], "the last one is the new one"
    path.write_text(head + block + tail)
    assert "1 entry found no more" in check(capsys)[2]
    assert "1 entry removed" in check(capsys, "--update-baseline")[2]
    assert "count" not in (project / "known.json").read_text()
    assert check(capsys) == (0, [], "")


def test_entries_that_are_found_no_more(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = known(project, capsys)
    (project / "src" / "train.py").write_text(PROGRAM.replace("np.exp", "tf.exp"))
    assert check(capsys) == (0, [], "tapelint: known.json: 1 entry found no more; --update-baseline removes them\n")
    assert check(capsys, "--quiet") == (0, [], "")
    assert "1 entry" not in check(capsys, "--select", "TL3")[2], "a rule that does not run says nothing of its entries"
    before = baseline.read_text()
    check(capsys, "--update-baseline", "--ignore", "TL1")
    assert baseline.read_text() == before
    assert check(capsys, "--update-baseline") == (0, [], "tapelint: known.json: 1 entry removed\n")
    assert "np.exp" not in baseline.read_text() and "np.square" in baseline.read_text()
    (project / "src" / "train.py").unlink()
    (project / "src" / "other.py").write_text("x = 1\n")
    assert check(capsys, "--update-baseline")[2].endswith("1 entry removed\n")
    assert json.loads(baseline.read_text()) == {"version": 1, "findings": {}}


def test_files_that_are_not_looked_at_keep_their_entries(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "other.py").write_text(PROGRAM)
    baseline = known(project, capsys)
    before = baseline.read_text()
    assert check(capsys, "src") == (0, [], "")
    assert check(capsys, "src", "--write-baseline", "known.json")[0] == 0
    assert baseline.read_text() == before
    (project / "other.py").write_text("GradientTape(")
    assert check(capsys, "--update-baseline")[0] == 3
    assert baseline.read_text() == before, "of a file that cannot be analysed nothing is known"


def test_a_finding_that_another_file_leads_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "src" / "scaling.py").write_text("import numpy as np\n\ndef scaled(x):\n    return np.square(x)\n")
    (project / "src" / "train.py").write_text(
        "import tensorflow as tf\nfrom scaling import scaled\nw = tf.Variable(1.0)\n"
        "with tf.GradientTape() as tape:\n    y = scaled(w)\nprint(tape.gradient(tf.add(y, 1.0), w))\n"
    )
    baseline = known(project, capsys)
    told = json.loads(baseline.read_text())["findings"]
    assert [entry["from"] for entry in told["src/scaling.py"]] == ["src/train.py"]
    assert check(capsys) == check(capsys, "src/scaling.py") == (0, [], "")


def test_only_what_is_new_is_fixed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known(project, capsys)
    (project / "new.py").write_text(PROGRAM)
    assert check(capsys, "--fix")[:2] == (0, [])
    assert (project / "src" / "train.py").read_text() == PROGRAM
    assert "np." not in (project / "new.py").read_text()
    assert check(capsys, "--fix", "--no-baseline")[:2] == (0, [])
    assert "np." not in (project / "src" / "train.py").read_text()
    assert "2 entries found no more" in check(capsys)[2]


def test_notebooks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cells above, and outputs, make no difference."""
    code = {"cell_type": "code", "metadata": {}, "outputs": []}
    cells = [{**code, "source": "import tensorflow as tf"}, {**code, "source": PROGRAM}]
    path = project / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    assert "a.ipynb" in json.loads(known(project, capsys).read_text())["findings"]
    path.write_text(json.dumps({"cells": [{**code, "source": "%time x = 1"}, *cells], "metadata": {}, "nbformat": 4}))
    assert check(capsys) == (0, [], "")


# ---------------------------------------------------------------- ignore comments


def test_ignore_comments_are_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = check(capsys, "--add-ignores")
    assert (status, out, err) == (0, [], "tapelint: 2 ignore comments written\n")
    text = (project / "src" / "train.py").read_text()
    assert "        y = tf.reduce_sum(np.square(w * x))  # tapelint: ignore[numpy-call]\n" in text
    assert "                # tapelint: ignore[numpy-call]\n                y = tf.add(\n" in text
    assert check(capsys) == (0, [], "")
    assert check(capsys, "--add-ignores") == (0, [], "tapelint: 0 ignore comments written\n")
    assert (project / "src" / "train.py").read_text() == text
    (project / "src" / "train.py").write_text(text.replace("np.square", "tf.square"))
    status, out, _ = check(capsys)
    assert status == 1 and "TL001" in out[0]
    assert check(capsys, "--fix")[0] == 0
    assert (project / "src" / "train.py").read_text() == text.replace(
        "np.square(w * x))  # tapelint: ignore[numpy-call]", "tf.square(w * x))"
    )


def test_a_preview(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = check(capsys, "--add-ignores", "--diff")
    assert status == 1 and "2 of the findings would be ignored" in err
    assert sum(line.startswith("+ ") for line in out) == 2
    assert (project / "src" / "train.py").read_text() == PROGRAM


HEAD = "import numpy as np\nimport tensorflow as tf\nw = tf.Variable([1.0, 2.0])\n"
HOWEVER_WRITTEN = {
    "behind a comment": ("    y = tf.add(np.exp(w), 1.0)  # noqa: E501\n",
                         "    y = tf.add(np.exp(w), 1.0)  # noqa: E501  # tapelint: ignore[numpy-call]\n"),
    "joined lines": ("    y = 1.0 + \\\n        tf.add(np.exp(w), 1.0)\n",
                     "    # tapelint: ignore[numpy-call]\n    y = 1.0 + \\\n        tf.add(np.exp(w), 1.0)\n"),
    "a string over lines": ('    y = tf.add(np.exp(w), len("""a\n# b\n"""))\n',
                            '    # tapelint: ignore[numpy-call]\n    y = tf.add(np.exp(w), len("""a\n# b\n"""))\n'),
    "another rule": ("    y = tf.add(np.exp(w), 1.0)  # tapelint: ignore[tensor-to-python]\n",
                     "    y = tf.add(np.exp(w), 1.0)  # tapelint: ignore[tensor-to-python, numpy-call]\n"),
    "another rule above": ("    # a # tapelint: ignore[TL102]\n    y = tf.add(\n        np.exp(w), 1.0)\n",
                           "    # a # tapelint: ignore[TL102, numpy-call]\n    y = tf.add(\n        np.exp(w), 1.0)\n"),
    "a long line": (f"    y = tf.add(np.exp(w), {' + '.join(['1.0'] * 9)})\n",
                    f"    # tapelint: ignore[numpy-call]\n    y = tf.add(np.exp(w), {' + '.join(['1.0'] * 9)})\n"),
    "spaces at the end": ("    y = tf.add(np.exp(w), 1.0)   \n",
                          "    y = tf.add(np.exp(w), 1.0)  # tapelint: ignore[numpy-call]\n"),
    "a block": ("    with tf.name_scope(\n        'a'):\n        y = tf.add(np.exp(w), 1.0)\n",
                "    with tf.name_scope(\n        'a'):\n"
                "        y = tf.add(np.exp(w), 1.0)  # tapelint: ignore[numpy-call]\n"),
    "statements on a line": ("    z = 1.0; y = tf.add(np.exp(w), z)\n",
                             "    z = 1.0; y = tf.add(np.exp(w), z)  # tapelint: ignore[numpy-call]\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOWEVER_WRITTEN)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_however_the_code_is_written(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, newline: str
) -> None:
    before, after = HOWEVER_WRITTEN[name]
    program = HEAD + "with tf.GradientTape() as tape:\n{}print(tape.gradient(y, w))\n"
    path = project / "src" / "train.py"
    path.write_bytes(program.format(before).replace("\n", newline).encode())
    check(capsys, "--add-ignores", "--ignore", "TL001")
    assert path.read_bytes().decode() == program.format(after).replace("\n", newline)
    assert check(capsys, "--ignore", "TL001") == (0, [], "")


def test_ignore_comments_in_a_notebook(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = {"cell_type": "code", "metadata": {}, "outputs": []}
    source = ["with tf.GradientTape() as tape:\n", "    %time y = tf.add(np.exp(w), 1.0)\n", "tape.gradient(y, w)"]
    cells = [{**code, "source": HEAD}, {**code, "source": source}]
    path = project / "a.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1))
    assert check(capsys, "--add-ignores", "a.ipynb")[:2] == (0, [])
    assert json.loads(path.read_text())["cells"][1]["source"] == [
        source[0], "    # tapelint: ignore[numpy-call]\n", *source[1:]
    ]  # fmt: skip
    assert check(capsys, "a.ipynb") == (0, [], "")


def test_every_comment_reaches_its_statement() -> None:
    """Wherever it is written, it belongs to the statement of the finding, and to no other."""
    from tapelint import fix
    from tapelint.diagnostic import Diagnostic, Position, Span

    text = PROGRAM + "@a\n@b(\n  1)\nasync def f(): return [\n1]\nif x:\n    pass\nelif y:\n    z\nelse:\n    q = 1\n"
    source = Source.from_text(text, "a.py")
    for number, line in enumerate(source.lines, 1):
        found = Diagnostic("TL1", "x-y", "error", "", Span("a.py", Position(number, 1), Position(number, 2)))
        edit = source.ignores.addition(found, source.lines, "\n")
        if edit is None:
            assert not line.strip()
            continue
        after = source.with_text(fix.apply(source, [edit]))
        compile(after.text, "a.py", "exec")
        moved = number + (edit.replacement.endswith("\n"))
        (comment,) = find_ignores("a.py", after.text, after.lines).comments
        assert comment.first <= moved <= comment.last
