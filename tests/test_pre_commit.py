"""The hook, as the real pre-commit installs it from a repository with the files of this one, and runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOOD = """\
import tensorflow as tf
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.square(w)
g = tape.gradient(y, w)
"""
BAD = GOOD.replace("import", "import numpy as np\nimport", 1).replace("tf.square", "np.square")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit is not installed"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]


class Repository:
    """A repository whose pre-commit runs our hook."""

    def __init__(self, folder: Path, hook: Path, home: Path) -> None:
        self.folder, self.hook = folder, hook
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment |= {"PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never", "COLUMNS": "80"}
        folder.mkdir()
        self.git("init", "--quiet")

    def run(self, *command: str | Path) -> tuple[int, str]:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )
        return done.returncode, done.stdout + done.stderr

    def git(self, *arguments: str | Path) -> str:
        names = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "core.hooksPath=/dev/null")
        status, said = self.run("git", *names, *arguments)
        assert status == 0, said
        return said.strip()

    def write(self, **files: str) -> None:
        """Write and stage files: `a__b` is `a/b.py`."""
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")

    def configure(self, *args: str) -> None:
        """Ask for the hook with these `args`."""
        revision = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=self.hook, text=True).strip()
        hooks = [{"id": "tapelint", **({"args": list(args)} if args else {})}]
        settings = {"repos": [{"repo": str(self.hook), "rev": revision, "hooks": hooks}]}
        (self.folder / ".pre-commit-config.yaml").write_text(json.dumps(settings))
        self.git("add", ".pre-commit-config.yaml")

    def check(self, *arguments: str) -> tuple[int, str]:
        """Run the hook; its exit status, and what it says."""
        return self.run(sys.executable, "-m", "pre_commit", "run", *arguments)

    def commit(self) -> None:
        """Commit what is staged, unseen by the hook."""
        self.git("commit", "--quiet", "--message", "x")


def checkout(folder: Path) -> Path:
    """A folder with the files of this repository, as they are now, that an installer may write to."""
    aside = (".git", ".*venv*", ".ci-*", ".*cache*", "__pycache__", "*.egg-info", "build", "fixtures", "site")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*aside))
    return folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A repository with the files of this one, and a home of pre-commit in which its hook is installed."""
    folder = tmp_path_factory.mktemp("pre-commit")
    hook = checkout(folder / "tapelint")
    first = Repository(folder / "first", hook, folder / "home")
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"]):
        first.git("-C", hook, *command)
    first.configure()
    status, said = first.run(sys.executable, "-m", "pre_commit", "install-hooks")
    if status and re.search("No matching distribution|Connection|Temporary failure|timed out", said):
        pytest.skip("the hook cannot be installed without the package index")
    assert status == 0, said
    return hook, folder / "home"


@pytest.fixture
def repository(installed: tuple[Path, Path], tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "project", *installed)
    made.configure()
    return made


def test_nothing_to_do(repository: Repository) -> None:
    status, said = repository.check()
    assert status == 0 and "(no files to check)Skipped" in said
    repository.write(good=GOOD, other="x = 1\n")
    status, said = repository.check()
    assert status == 0 and said.rstrip().endswith("Passed")


def test_findings_in_files_and_notebooks(repository: Repository) -> None:
    cells = [{"cell_type": "code", "source": [BAD], "metadata": {}, "outputs": [], "execution_count": None}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (repository.folder / "note.ipynb").write_text(json.dumps(notebook))
    repository.write(bad=BAD, good=GOOD)
    status, said = repository.check()
    assert status == 1 and "Failed\n- hook id: tapelint\n- exit code: 1" in said
    assert said.count("error[TL101]") == 2 and "bad.py:5:9" in said and "note.ipynb:cell 1:5:9" in said


def test_a_fix(repository: Repository) -> None:
    repository.configure("--fix")
    repository.write(bad=BAD)
    status, said = repository.check()
    assert status == 1 and "files were modified by this hook" in said and "Fixed 1 finding" in said
    assert (repository.folder / "bad.py").read_text() == BAD.replace("np.square", "tf.square")
    repository.git("add", "--all")
    assert repository.check()[0] == 0


def test_a_path_that_was_deleted(repository: Repository) -> None:
    repository.write(bad=BAD, good=GOOD, moved=GOOD)
    repository.commit()
    repository.git("rm", "--quiet", "bad.py")
    repository.git("mv", "moved.py", "elsewhere.py")
    status, said = repository.check()
    assert status == 0, said
    (repository.folder / "good.py").unlink()
    assert repository.check("--all-files")[0] == 0, "deleted, but not staged"


def test_what_is_excluded_is_left_out_even_if_it_is_named(repository: Repository) -> None:
    (repository.folder / "tapelint.toml").write_text('exclude = ["legacy/"]\n')
    repository.write(legacy__bad=BAD)
    assert repository.check()[0] == 0
    repository.write(bad=BAD)
    status, said = repository.check()
    assert status == 1 and "bad.py:5:9" in said and "legacy" not in said


def test_hundreds_of_names_in_several_batches(repository: Repository) -> None:
    """More names than a command line takes: nothing is lost, nothing is said twice."""
    folder = "__".join(["a_folder_with_a_name_that_is_long_enough_to_fill_the_command_line"] * 4)
    names = {f"{folder}__{number}": BAD if number % 20 == 0 else GOOD for number in range(600)}
    assert sum(len(name) for name in names) > 2**17
    repository.write(**names)
    status, said = repository.check()
    assert status == 1
    found = re.findall(r"--> \S+/(\d+)\.py", said)
    assert sorted(map(int, found)) == list(range(0, 600, 20))
    assert said.count("Found ") > 1, "there was one batch only"
