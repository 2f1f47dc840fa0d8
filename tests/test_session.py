"""tapelint as a library: typed findings from Python, as the command line has them."""

import doctest
import json
from pathlib import Path

import pytest

import tapelint
import tapelint.session
from tapelint import Checked, Diagnostic, check_paths, check_source
from tapelint.config import ConfigError
from tapelint.files import NoSuchPath

BAD = """import numpy as np
import tensorflow as tf
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    loss = tf.add(np.square(w), 1.0)
slope = tape.gradient(loss, w)
"""


def test_examples() -> None:
    failed, tried = doctest.testmod(tapelint.session)
    assert tried > 8 and not failed


def test_a_text_has_the_settings_of_its_place(tmp_path: Path) -> None:
    (tmp_path / "tapelint.toml").write_text('ignore = ["TL101"]')
    path = tmp_path / "train.py"
    assert not check_source(BAD, path).diagnostics
    assert [found.name for found in check_source(BAD, path, isolated=True).diagnostics] == ["numpy-call"]
    assert check_source(BAD, path, select=["numpy-call"]).diagnostics
    assert not check_source(BAD, path, isolated=True, ignore=["TL1"]).diagnostics
    other = tmp_path / "other.toml"
    other.write_text("")
    assert check_source(BAD, path, config=other).diagnostics
    with pytest.raises(ConfigError, match="numpy-call"):
        check_source(BAD, path, select=["numpy-cal"])
    assert check_source("x = 1") == Checked((), (), ("<text>",))


def test_a_text_stands_for_its_file(tmp_path: Path) -> None:
    """What it imports is looked for beside it."""
    (tmp_path / "scaling.py").write_text("import numpy as np\n\ndef scaled(x):\n    return np.square(x)\n")
    text = BAD.replace("import numpy as np", "from scaling import scaled").replace("np.square", "scaled")
    (found,) = check_source(text, str(tmp_path / "train.py"), isolated=True).diagnostics
    assert isinstance(found, Diagnostic)
    assert (Path(found.span.path).name, found.span.start.line) == ("scaling.py", 4)


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bad.py").write_text(BAD)
    (tmp_path / "fine.py").write_text("x = 1")
    (tmp_path / "broken.py").write_text("GradientTape(")
    found = check_paths([tmp_path], isolated=True)
    assert [Path(each.span.path).name for each in found.diagnostics] == ["bad.py"]
    assert [Path(path).name for path in found.files] == ["bad.py", "broken.py", "fine.py"]
    assert [Path(error.path).name for error in found.errors] == ["broken.py"]
    monkeypatch.chdir(tmp_path)
    assert not check_paths(isolated=True, exclude=["a/", "bro*"]).errors
    with pytest.raises(NoSuchPath):
        check_paths([tmp_path / "none.py"])


def test_notebooks(tmp_path: Path) -> None:
    code = {"cell_type": "code", "metadata": {}, "outputs": []}
    cells = [{"cell_type": "markdown", "source": "x"}, {**code, "source": "import os"}, {**code, "source": BAD}]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    for checked in (check_source(text, str(path), isolated=True), check_paths([path], isolated=True)):
        (found,) = checked.diagnostics
        assert checked.cell_of(found.span.path, found.span.start.line) == (3, 5)
    assert "not valid JSON" in check_source("{", "a.ipynb").errors[0].message
    assert check_source(BAD, "a.py").cell_of("a.py", 1) is None


def test_the_door_stays_light() -> None:
    import subprocess
    import sys

    code = "import sys, tapelint; print([name for name in sys.modules if name.startswith('tapelint.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
    assert len(tapelint.__all__) < 25


def test_what_a_baseline_knows_is_left_out(tmp_path: Path) -> None:
    from tapelint.cli import run

    (tmp_path / "bad.py").write_text(BAD)
    (tmp_path / "tapelint.toml").write_text('baseline = "known.json"')
    assert run(["--no-cache", "--quiet", "--write-baseline", str(tmp_path / "known.json"), str(tmp_path)]) == 0
    assert not check_paths([tmp_path]).diagnostics
    assert not check_source("# more\n" + BAD, str(tmp_path / "bad.py")).diagnostics
    assert check_source(BAD, str(tmp_path / "bad.py"), isolated=True).diagnostics
