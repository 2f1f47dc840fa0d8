"""The findings in the reports of a real flake8."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest.importorskip("flake8", reason="flake8 is not installed")

ROOT = Path(__file__).parents[1]
PLUGIN = "tapelint.flake8_plugin:Plugin"
PROGRAM = """import numpy as np
import tensorflow as tf

w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    é = tf.add(np.square(w), 1.0)
print(tape.gradient(é, w))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where flake8 runs; it finds the plugin there if an older tapelint is installed."""
    known = any(entry.value == PLUGIN for entry in entry_points(group="flake8.extension"))
    local = "" if known else f"[flake8:local-plugins]\nextension = TL = {PLUGIN}\n"
    (tmp_path / ".flake8").write_text(f"[flake8]\n{local}")
    (tmp_path / "bad.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flake8(*arguments: str, text: str | None = None) -> list[str]:
    command = [sys.executable, "-m", "flake8", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", input=text)
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


def test_flake8_knows_it() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["flake8.extension"]
    assert declared == {"TL": PLUGIN}


def test_places_and_words(folder: Path) -> None:
    wanted = "TL101 no gradient reaches `w`: NumPy computes `np.square(w)`"
    assert flake8() == [f"./bad.py:6:16: {wanted}"]
    assert flake8("-", "--stdin-display-name", "x.py", text=PROGRAM) == [f"x.py:6:16: {wanted}"]
    assert flake8("--ignore", "TL1") == flake8("--select", "E,F") == []


def test_comments(folder: Path) -> None:
    def found(comment: str) -> list[str]:
        (folder / "bad.py").write_text(PROGRAM.replace("1.0)\n", f"1.0)  {comment}\n"), encoding="utf-8")
        return [line.split()[1] for line in flake8()]

    assert found("# noqa: TL101") == found("# noqa") == found("# tapelint: ignore[numpy-call]") == []
    assert found("# noqa: TL102") == ["TL101", "TL001"]


def test_settings(folder: Path) -> None:
    (folder / "tapelint.toml").write_text('fail-level = "note"\nignore = ["TL101"]\n')
    assert flake8() == []
    (folder / "tapelint.toml").write_text('fail-level = "error"\n')
    (folder / "bad.py").write_text(PROGRAM.replace("2.0)", "2.0)  # noqa: TL102"), encoding="utf-8")
    assert [line.split()[1] for line in flake8()] == ["TL101"], "of a warning nothing is said then"
    (folder / "tapelint.toml").write_text('fail-level = "x"\n')
    assert "TL000 tapelint.toml:1: fail-level must be one of 'error', 'warning', 'note', not 'x'" in flake8()[0]


def test_a_finding_in_another_file_stands_where_the_path_leaves(folder: Path) -> None:
    (folder / "scaling.py").write_text("import numpy as np\n\n\ndef scaled(x):\n    return np.square(x)\n")
    text = PROGRAM.replace("import numpy as np", "from scaling import scaled").replace("np.square", "scaled")
    (folder / "bad.py").write_text(text, encoding="utf-8")
    assert flake8() == ["./bad.py:7:7: TL101 no gradient reaches `w`: NumPy computes `np.square(x)` (scaling.py:5)"]


def test_many_files_in_several_processes(folder: Path) -> None:
    for number in range(6):
        (folder / f"more_{number}.py").write_text(PROGRAM, encoding="utf-8")
    assert len(flake8("--jobs", "3")) == 7
