"""Scripts that name no tape, and run one that another file of the project names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tapelint import driving, program
from tapelint.cli import run
from tapelint.driving import drives, may_drive
from tapelint.project import Project
from tapelint.source import Source

TRAIN = """\
import tensorflow as tf


class Trainer:
    def __init__(self, model):
        self.model = model

    def step(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(self.model(x))
        return tape.gradient(loss, self.model.w)


def slope(f, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


RATE = 0.1
"""
MODELS = """\
import numpy as np
import tensorflow as tf


class Rounded(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(1.0)

    def __call__(self, x):
        return tf.constant(np.round(self.w * x))


class Plain(Rounded):
    def __call__(self, x):
        return self.w * x
"""
PACKAGE = {"pkg/__init__.py": "from .train import Trainer\n", "pkg/train.py": TRAIN, "pkg/models.py": MODELS}
FILES = {
    "train.py": TRAIN,
    "models.py": MODELS,
    "again.py": "from train import Trainer, slope\n",
    "far.py": "import again\n",
    "further.py": "import far\n",
    "quiet.py": "import tensorflow as tf\ndef f(x):\n    return x\n",
    "one.py": "import two\n",
    "two.py": "import one\n",
    "wide/__init__.py": "from wide.one import *\n",
    "wide/one/__init__.py": "from wide.one.two import *\n",
    "wide/one/two/__init__.py": "from wide.one.two.steps import *\n",
    "wide/one/two/steps.py": TRAIN,
    **PACKAGE,
}
DRIVES = {
    "a call": "import train\ntrain.slope(abs, 1.0)\n",
    "a name": "from train import slope as s\ns(abs, 1.0)\n",
    "everything": "from train import *\nslope(abs, 1.0)\n",
    "a class": "from train import Trainer\nt = Trainer(None)\n",
    "handed on": "from train import slope\nprint(list(map(slope, [])))\n",
    "guarded": 'from train import slope\nif __name__ == "__main__":\n    slope(abs, 1.0)\n',
    "main": 'from train import slope\ndef main():\n    slope(abs, 1.0)\nif __name__ == "__main__":\n    main()\n',
    "handed main": "import app\nfrom train import slope\ndef main(_):\n    slope(abs, 1.0)\napp.run(main)\n",
    "two functions": "from train import slope\ndef f():\n    slope(abs, 1.0)\ndef g():\n    f()\ng()\n",
    "a method": "from train import slope\nclass A:\n    def f(self):\n        slope(abs, 1.0)\nA().f()\n",
    "imported within": "def main():\n    from train import slope\n    slope(abs, 1.0)\nmain()\n",
    "in a loop": "import train\nfor _ in range(3):\n    train.slope(abs, 1.0)\n",
    "imported again": "from again import slope\nslope(abs, 1.0)\n",
    "far": "import far\nfar.again.slope(abs, 1.0)\n",
    "several lines": "from train import (\n    Trainer,\n    slope,\n)\n\nslope(\n    abs,\n    1.0,\n)\n",
    "a package": "import pkg\npkg.Trainer(None)\n",
    "a module of it": "from pkg import train\ntrain.slope(abs, 1.0)\n",
    "far in a package": "import wide\nwide.slope(abs, 1.0)\n",
    "extended": "from train import Trainer\nclass Mine(Trainer):\n    pass\nMine(None).step(1.0)\n",
    "decorated": "from train import slope\n@slope\ndef main():\n    pass\nmain()\n",
    "deep": "import pkg.train\npkg.train.slope(abs, 1.0)\n",
}
DOES_NOT = {
    "nothing called": "from train import slope\nf = slope\n",
    "only extended": "from train import Trainer\nclass Mine(Trainer):\n    pass\nprint(1)\n",
    "only defined": "from train import slope\ndef main():\n    slope(abs, 1.0)\n",
    "a test": "import unittest\nfrom train import slope\nclass T(unittest.TestCase):\n    def test(self):\n"
    '        slope(abs, 1.0)\nif __name__ == "__main__":\n    unittest.main()\n',
    "collected": "from train import slope\ndef test_slope():\n    assert slope(abs, 1.0)\n",
    "another call": "from train import slope\nprint(1)\n",
    "no tape": "import quiet\nquiet.f(1)\n",
    "a circle": "import one\none.f(1)\n",
    "too far": "import further\nfurther.f(1)\n",
    "not there": "import elsewhere\nelsewhere.f(1)\n",
    "broken": "import train\ntrain.slope(\n",
    "the stars of another": "from quiet import *\nfrom train import slope\nf(1)\n",
}


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in {"pyproject.toml": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def is_driving(folder: Path, name: str) -> bool:
    project, path = Project(folder), folder / name
    return may_drive(path.read_bytes(), str(path), project) and drives(project.source(path), project)


@pytest.mark.parametrize("text", DRIVES.values(), ids=DRIVES)
def test_what_drives(text: str, tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "main.py": text})
    assert is_driving(tmp_path, "main.py")


@pytest.mark.parametrize("text", DOES_NOT.values(), ids=DOES_NOT)
def test_what_does_not(text: str, tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "main.py": text})
    assert not is_driving(tmp_path, "main.py")


def test_a_module_of_a_package_is_a_script_if_it_says_so(tmp_path: Path) -> None:
    call = "from pkg.train import slope\nslope(abs, 1.0)\n"
    guarded = 'from pkg.train import slope\nif __name__ == "__main__":\n    slope(abs, 1.0)\n'
    write(tmp_path, {**FILES, "pkg/plain.py": call, "pkg/guarded.py": guarded, "pkg/__main__.py": call})
    assert [is_driving(tmp_path, f"pkg/{name}.py") for name in ("plain", "guarded", "__main__")] == [False, True, True]


# ------------------------------------------------------------------- what is said then

MAIN = """\
import models
import train

train.Trainer(models.{}()).step(2.0)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"train.py": TRAIN, "models.py": MODELS})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list[dict[str, object]]]:
    run([*arguments, "--format", "json"])
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def verdicts(capsys: pytest.CaptureFixture[str], *paths: str) -> list[tuple[object, list[str]]]:
    answer = told(capsys, "trace", *paths)
    return [(each["line"], [s["verdict"] for s in each["sources"]]) for each in answer["gradients"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("model", "verdict"), [("Rounded", "none"), ("Plain", "flows")])
def test_the_call_is_judged_by_what_the_script_makes(
    model: str, verdict: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"main.py": MAIN.format(model)})
    assert verdicts(capsys, "main.py") == [(11, [verdict])]
    alone = verdicts(capsys, "train.py")
    assert [line for line, _ in alone] == [11, 18]
    together = verdicts(capsys, ".")
    assert together == [(11, [verdict]), alone[1]], "one entry a call"
    assert verdicts(capsys, "models.py", "train.py", "main.py") == together


HANDED_ON = {
    "to a library": "from absl import app\n{}\napp.run(main)\n",
    "to a thread": "import threading\n{}\nthreading.Thread(target=main).start()\n",
    "decorated": "import click\n@click.command()\n@click.option('--rate')\n{}\nmain()\n",
    "in an object": "import fire\nclass Command:\n    {}\nfire.Fire(Command)\n",
}


@pytest.mark.parametrize("text", HANDED_ON.values(), ids=HANDED_ON)
def test_what_a_script_hands_on_is_run(text: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    function = "def main(name): train.Trainer(models.Rounded()).step(2.0)"
    write(project, {"main.py": f"import models\nimport train\n{text.format(function)}"})
    assert verdicts(capsys, "main.py") == [(11, ["none"])]


def test_a_finding_stands_where_the_path_breaks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"main.py": MAIN.format("Rounded")})
    for paths in (["."], ["main.py"]):
        found = told(capsys, "check", "--no-cache", *paths)["diagnostics"]
        assert [(each["path"], each["start"]["line"]) for each in found] == [("models.py", 11)]
    assert not told(capsys, "check", "--no-cache", "train.py", "models.py")["diagnostics"]


def test_two_scripts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its own say."""
    write(project, {"a.py": MAIN.format("Rounded"), "b.py": MAIN.format("Plain"), "c.py": MAIN.format("Plain")})
    assert verdicts(capsys, ".")[:-1] == [(11, ["none"]), (11, ["flows"])]


def test_what_is_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"main.py": MAIN.format("Plain")})
    assert run(["--no-cache"]) == 0
    assert capsys.readouterr().out == "All clear: 2 gradient calls in 1 file\n"
    assert run(["--no-cache", "main.py"]) == 0
    assert capsys.readouterr().out == "All clear: 1 gradient call in 1 file\n"
    write(project, {"main.py": MAIN.format("Rounded")})
    assert run(["--no-cache"]) == 1
    assert "checked 3 files, 1 with a tape, 1 running one" in capsys.readouterr().out


def test_the_cache_knows_what_a_script_leads_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def found() -> list[object]:
        answers = [told(capsys, "check", *ways) for ways in (["--no-cache"], ["--cache-dir", ".cache"])]
        assert answers[0] == answers[1]
        return [each["name"] for each in answers[0]["diagnostics"]]

    write(project, {"main.py": MAIN.format("Rounded")})
    assert found() == found() == ["numpy-call"]
    write(project, {"models.py": MODELS.replace("tf.constant(np.round(self.w * x))", "self.w")})
    assert found() == []
    write(project, {"models.py": MODELS, "train.py": "class Trainer:\n    def __init__(self, model): ...\n"})
    assert found() == [], "there is no tape any more"
    write(project, {"train.py": TRAIN})
    assert found() == ["numpy-call"]


SCRIPTS = {
    "main.py": MAIN.format("Rounded"),
    "behind.py": "import models\nimport again\nagain.Trainer(models.Rounded()).step(2.0)\n",
    "again.py": "from train import *\n",
    "other.py": "import far.away\nfar.away.f(1)\n",
}
CHANGES: list[tuple[str, str | None, list[str]]] = [
    ("main.py", "import train\nprint(train)\n", ["main.py"]),
    ("main.py", "import train\nprint(train.RATE)\n", ["main.py"]),
    ("models.py", MODELS + "ONE = 1\n", ["behind.py"]),
    ("models.py", MODELS, ["behind.py"]),
    ("again.py", "Trainer = print\n", ["behind.py"]),
    ("again.py", "from train import Trainer\n", ["behind.py"]),
    ("train.py", "def Trainer(model): ...\n", ["behind.py", "main.py"]),
    ("train.py", TRAIN, ["behind.py", "main.py"]),
    ("far/away.py", "from train import slope as f\n", ["behind.py", "main.py", "other.py"]),
    ("far/away.py", "f = print\n", ["other.py"]),
    ("train/__init__.py", "from .steps import Trainer\n", ["behind.py", "main.py", "other.py"]),
    ("train/steps.py", TRAIN, ["behind.py", "main.py", "other.py"]),
    ("train/steps.py", "Trainer = print\n", ["behind.py", "main.py"]),
    ("behind.py", None, ["main.py", "other.py"]),
]


def test_the_cache_knows_which_scripts_drive(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def watched(source: Source, project: Project) -> bool:
        judged.append(source.path)
        return drives(source, project)

    monkeypatch.setattr(program, "drives", lambda source, project: drives(source, project))
    monkeypatch.setattr(driving, "drives", watched)

    def checked() -> list[str]:
        """The scripts that were judged anew; what is said, and how many are counted, must be as without a cache."""
        capsys.readouterr()
        run(["check", "-v", "--no-cache"])
        said = capsys.readouterr().out
        judged.clear()
        run(["check", "-v", "--cache-dir", ".cache"])
        assert capsys.readouterr().out == said
        return sorted(judged)

    write(project, SCRIPTS)
    assert checked() == ["behind.py", "main.py", "other.py"]
    for path, text, expected in CHANGES:
        assert checked() == [], path
        if text is None:
            (project / path).unlink()
        else:
            write(project, {path: text})
        assert checked() == expected, path


def test_the_cache_keeps_what_is_known_of_other_scripts(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    monkeypatch.setattr(driving, "drives", lambda source, project: judged.append(source.path))
    write(project, {"a/main.py": MAIN, "b/main.py": MAIN, "b/pyproject.toml": "", "c.py": MAIN})
    for paths in (["a"], ["b"], ["."], ["c.py", "b"]):
        run(["check", "--cache-dir", ".cache", *paths])
    assert judged == ["a/main.py", "b/main.py", "c.py"]
    (project / "a/main.py").unlink()
    write(project, {"c.py": "import sys\nprint(sys)\n"})
    run(["check", "--cache-dir", ".cache", "c.py"])
    texts = [file.read_text() for file in (project / ".cache").glob("*.json")]
    assert not any("a/main.py" in text for text in texts), "what is gone is not kept"


@pytest.mark.parametrize("first", ["3", "null", '"\\u0000"', '"", ""', "[]"])
def test_scripts_in_the_cache_that_cannot_be_read(
    first: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"main.py": MAIN.format("Rounded")})
    run(["check", "--cache-dir", ".cache"])
    said = capsys.readouterr()
    for file in (project / ".cache").glob("*.json"):
        file.write_text(file.read_text().replace('"paths": [', f'"paths": [{first}, '))
    run(["check", "--cache-dir", ".cache"])
    assert capsys.readouterr() == said


def test_a_notebook_drives(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [{"cell_type": "code", "source": MAIN.format("Rounded"), "metadata": {}, "outputs": []}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (project / "look.ipynb").write_text(json.dumps(notebook))
    assert verdicts(capsys, "look.ipynb") == [(11, ["none"])]
