"""Which files a run looks at, in which process, and what becomes of files that cannot be analysed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from stub import engine

from tapelint.cli import run
from tapelint.config import Configs, Overrides
from tapelint.files import Discovery, NoSuchPath

__all__ = ["engine"]

BAD = "# GradientTape\nx = np.sin(1)\n"
GOOD = "# GradientTape\nx = 1\n"


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(path.name + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(*paths: str, **options: bool) -> list[str]:
    return [file.path for file in Discovery(Configs(), **options).find(paths or (".",))]


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, list[dict[str, object]]], str]:
    status = run(["check", "--no-cache", "--format", "json", *arguments])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


# ----------------------------------------------------------------------- discovery


def test_python_files_below_a_folder_in_order(engine: Path) -> None:
    write(engine, b="", a="", sub__c="", build__d="", sub__node_modules__e="")
    (engine / "notes.txt").write_text("")
    (engine / "types.pyi").write_text("")
    assert found() == ["a.py", "b.py", "sub/c.py", "types.pyi"]
    assert found("sub", "a.py", "./a.py") == ["a.py", "sub/c.py"]
    assert found(str(engine / "sub")) == [str(engine / "sub/c.py")]


def test_what_is_named_is_looked_at(engine: Path) -> None:
    (engine / "build").mkdir()
    (engine / "build/a.py").write_text("")
    (engine / "script").write_text("")
    assert found("build/a.py", "script") == ["build/a.py", "script"]
    assert found("build") == ["build/a.py"]
    assert found("build/a.py", force_exclude=True) == []
    assert found("build", force_exclude=True) == []
    discovery = Discovery(Configs(Overrides(exclude=("scripts/",))), force_exclude=True)
    (engine / "scripts").mkdir()
    (engine / "scripts/a.py").write_text("")
    assert [file.path for file in discovery.find(["scripts", ".", "scripts/a.py"])] == []


def test_a_path_that_does_not_exist(engine: Path) -> None:
    with pytest.raises(NoSuchPath, match="nowhere: no such file or folder"):
        found("nowhere")


def test_gitignore(engine: Path) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    (engine / ".gitignore").write_text("gen_*.py\n/top.py\nout/\n!gen_kept.py\n# a comment\n")
    (engine / ".git/info/exclude").write_text("private.py\n")
    write(engine, gen_a="", gen_kept="", top="", private="", out__x="", sub__top="", sub__gen_b="", sub__loud="")
    (engine / "sub/.gitignore").write_text("loud.py\n!gen_b.py\n")
    wanted = ["gen_kept.py", "sub/gen_b.py", "sub/top.py"]
    assert found() == wanted
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "*.py"], check=True, capture_output=True, text=True
    )
    assert sorted(listed.stdout.split()) == wanted
    assert found("sub") == ["sub/gen_b.py", "sub/top.py"]
    assert found("out") == ["out/x.py"], "an ignored folder that is named"
    assert "out/x.py" in found(respect_gitignore=False)
    (engine / ".gitignore").write_text("!\n[z-a]\ntop.py\n\\\n")
    assert "sub/top.py" not in found("sub"), "a line that makes no sense spoils no other"


PATTERNS = [
    *("*", "a", "b/", "/a", "!a", "a/", "*/b.py", "!b.py", "*.py", "!*.py", "**/a", "a/**", "a/**/b.py", "!/a/"),
    *("a*", "[ab].py", "!x y.py", "?.py", "#a", "\\#a", "**/", "a/*", "!a/b/", "/*", "!/b"),
]


@pytest.mark.parametrize("seed", range(12))
def test_random_ignore_files_are_read_as_git_does(seed: int, engine: Path) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    chance = random.Random(seed)
    folders = [engine]
    for _ in range(6):
        folders.append(chance.choice(folders) / chance.choice(["a", "b", "x y"]))
        folders[-1].mkdir(exist_ok=True)
    for _ in range(14):
        (chance.choice(folders) / f"{chance.choice(['a', 'b', 'x y', 'c.d'])}.py").touch()
    for place in (*chance.sample(folders, 3), engine / ".git/info/exclude"):
        path = place / ".gitignore" if place in folders else place
        path.write_text("\n".join(chance.choices(PATTERNS, k=chance.randint(1, 4))) + "\n")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
    ).stdout.split("\0")
    discovery = Discovery(Configs(isolated=True))
    assert [file.path for file in discovery.find(["."])] == sorted(name for name in listed if name.endswith(".py"))


def test_a_repository_in_another_and_a_worktree(engine: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "-q", "outer"], check=True)
    subprocess.run([*git, "-C", "outer", "commit", "-q", "--allow-empty", "-m", "a"], check=True)
    subprocess.run(["git", "-C", "outer", "worktree", "add", "-q", "../tree"], check=True)
    subprocess.run(["git", "init", "-q", "outer/inner"], check=True)
    (engine / "outer/.git/info/exclude").write_text("a.py\n")
    (engine / "outer/.gitignore").write_text("b.py\n")
    write(engine, outer__a="", outer__b="", outer__c="", outer__inner__a="", outer__inner__b="", tree__a="", tree__c="")
    assert found() == ["outer/c.py", "outer/inner/a.py", "outer/inner/b.py", "tree/c.py"]


def test_excludes(engine: Path) -> None:
    with (engine / "pyproject.toml").open("a") as file:
        file.write('extend-exclude = ["legacy", "*_pb2.py", "sub/deep/"]\n')
    write(engine, a="", a_pb2="", legacy__b="", sub__deep__c="", deep__d="")
    assert found() == ["a.py", "deep/d.py"]
    configs = Configs(Overrides(exclude=("deep",)))
    assert [file.path for file in Discovery(configs).find(["."])] == ["a.py"]


def test_links_do_not_lead_in_circles(engine: Path) -> None:
    write(engine, sub__a="")
    (engine / "sub/loop").symlink_to(engine, target_is_directory=True)
    (engine / "sub/gone.py").symlink_to(engine / "nowhere.py")
    (engine / "sub/round.py").symlink_to(engine / "sub/round.py")
    assert found() == ["sub/a.py"]
    assert found("sub/loop") == ["sub/loop/sub/a.py"], "one that is named is followed"


def test_a_file_and_links_to_it_are_one(engine: Path) -> None:
    write(engine, sub__b="", other__c="")
    (engine / "a.py").symlink_to(engine / "sub/b.py")
    (engine / "d.py").symlink_to(engine / "a.py")
    (engine / "e.py").symlink_to("other")
    assert found() == ["other/c.py", "sub/b.py"]
    assert found("a.py", "d.py") == ["a.py"]
    assert found("a.py", "sub") == ["sub/b.py"]
    (engine / "outside").mkdir()
    (engine / "outside/x.py").symlink_to(engine / "other/c.py")
    assert found("outside") == ["outside/x.py"]


def test_what_is_no_file_is_skipped(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(engine / "pipe.py")
    (engine / "zero.py").symlink_to("/dev/zero")
    (engine / "folder.py").mkdir()
    write(engine, folder__UP="", folder__a="")
    (engine / "folder/UP.py").rename(engine / "folder/UP.PY")
    (engine / "folder/a.py").rename(engine / "folder.py/a.pyw")
    assert found() == ["folder.py/a.pyw", "folder/UP.PY"]
    assert run(["pipe.py"]) == 0
    assert capsys.readouterr().err == "tapelint: pipe.py: skipped: a pipe\n"


def test_why_something_is_skipped(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    with (engine / "pyproject.toml").open("a") as file:
        file.write('extend-exclude = ["*_pb2.py"]\n')
    write(engine, a_pb2="", venv__b="", sub__c="", sub__kept="", mine__d="")
    (engine / "sub/.gitignore").write_text("*.py\n!kept.py\n")
    os.mkfifo(engine / "pipe.py")
    assert run(["--verbose", "--exclude", "mine/", "."]) == 0
    said = capsys.readouterr().err.replace("tapelint: ", "").splitlines()
    assert sorted(line for line in said if "skipped" in line) == [
        ".git: skipped: exclude has '.git'",
        "a_pb2.py: skipped: extend-exclude has '*_pb2.py'",
        "mine: skipped: --exclude has 'mine/'",
        "pipe.py: skipped: a pipe",
        "sub/c.py: skipped: sub/.gitignore has '*.py'",
        "venv: skipped: exclude has 'venv'",
    ]


def test_names_may_hold_anything(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [b"non\xff.py", b"new\nline.py", b"esc\x1b[31m.py", "naïve 'q\".py".encode()]
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(engine), name))).write_text(BAD)
    assert run(["--format", "concise"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":2:5:")[0] for line in lines] == [
        "esc\\x1b[31m.py",
        "naïve 'q\".py",
        "new\\nline.py",
        "non\\udcff.py",
    ]
    for format in ("text", "json", "sarif"):
        assert run(["--format", format]) == 1
        assert "\x1b[31m" not in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other limits")
def test_a_path_that_is_too_long_is_said(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.open(engine, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=folder)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    write(engine, a=BAD)
    status, told, _ = check(capsys)
    assert status == 3 and len(told["diagnostics"]) == 1
    assert [entry["message"] for entry in told["errors"]] == ["cannot be read: File name too long"]


# ---------------------------------------------------------------------- the analysis


def test_files_without_a_tape_are_never_parsed(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (engine / "broken.py").write_text("def (")
    (engine / "bytes.py").write_bytes(b"\xff\xfe\x00")
    assert check(capsys)[0] == 0


def test_what_cannot_be_analysed_does_not_stop_the_others(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD, broken="GradientTape\ndef (", crash="GradientTape\nboom()", deep="GradientTape\ndeep()", z=BAD)
    (engine / "latin.py").write_bytes(b"# GradientTape \xe9\n")
    (engine / "nul.py").write_bytes(b"GradientTape\0\n")
    status, told, err = check(capsys)
    assert status == 3
    assert [entry["path"] for entry in told["diagnostics"]] == ["a.py", "z.py"]
    messages = {str(entry["path"]): str(entry["message"]) for entry in told["errors"]}
    assert sorted(messages) == ["broken.py", "crash.py", "deep.py", "latin.py", "nul.py"]
    assert messages["broken.py"].startswith("cannot be parsed: line 2")
    assert messages["crash.py"] == "internal error: ValueError: boom and more"
    assert messages["deep.py"] == "cannot be analysed: nested too deeply"
    assert messages["latin.py"].startswith("cannot be decoded")
    assert sorted(err.splitlines()) == sorted(f"tapelint: {path}: {text}" for path, text in messages.items())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD)
    (engine / "a.py").chmod(0)
    status, told, _ = check(capsys)
    assert status == 3 and told["errors"] == [{"path": "a.py", "message": "cannot be read: Permission denied"}]


def test_any_number_of_processes_says_the_same(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(9):
        write(engine, **{f"f{number}": BAD * (number % 3 + 1) if number != 4 else "GradientTape ("})
    told = [check(capsys, "--jobs", str(jobs)) for jobs in (1, 2, 3)]
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 3 and len(told[0][1]["diagnostics"]) == 3 * (1 + 2 + 3) - 2


def test_a_process_that_dies_is_named(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD, b="GradientTape\ndie()", c=BAD, d=GOOD)
    status, told, _ = check(capsys, "--jobs", "2")
    assert status == 3
    assert [entry["path"] for entry in told["diagnostics"]] == ["a.py", "c.py"]
    assert [entry["path"] for entry in told["errors"]] == ["b.py"]


def test_a_finding_that_two_files_lead_to_is_one(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD)
    _, told, _ = check(capsys, "a.py", str(engine / "a.py"))
    assert len(told["diagnostics"]) == 1


# -------------------------------------------------------------------------- fixes


def test_fix_until_nothing_changes(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "# GradientTape é\r\nx = np.sin(np.cos(1))\r\ny = np.unsafe(1)\r\n".encode("latin-1")
    (engine / "a.py").write_bytes(b"# coding: latin-1\r\n" + text)
    status, told, _ = check(capsys, "--fix")
    assert status == 1 and [entry["message"] for entry in told["diagnostics"]] == ["np.unsafe cuts"]
    assert (engine / "a.py").read_bytes() == b"# coding: latin-1\r\n" + text.replace(b"np.sin(np.cos", b"tf.sin(tf.cos")
    status, told, _ = check(capsys, "--fix", "--unsafe-fixes")
    assert status == 0 and not told["diagnostics"]
    before = (engine / "a.py").stat()
    assert check(capsys, "--fix", "--unsafe-fixes")[0] == 0
    assert (engine / "a.py").stat().st_mtime_ns == before.st_mtime_ns, "a file that needs no fix is not written"


def test_a_fix_that_breaks_the_file_is_dropped(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a="# GradientTape\nx = np.broken(1)\ny = np.sin(1)\n")
    status, told, _ = check(capsys, "--fix")
    assert status == 1 and [entry["message"] for entry in told["diagnostics"]] == ["np.broken cuts"]
    assert (engine / "a.py").read_text() == "# GradientTape\nx = np.broken(1)\ny = tf.sin(1)\n"


def test_diff_changes_nothing(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD, sub__b="# GradientTape\nx = np.sin(1)", c=GOOD)
    assert run(["--diff", "--no-cache"]) == 1
    diff = capsys.readouterr().out
    assert (engine / "a.py").read_text() == BAD
    subprocess.run(["git", "apply", "-"], input=diff, text=True, check=True)
    assert (engine / "a.py").read_text() == "# GradientTape\nx = tf.sin(1)\n"
    assert (engine / "sub/b.py").read_text() == "# GradientTape\nx = tf.sin(1)"


def test_a_file_that_changes_meanwhile_is_left_alone(
    engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, a=BAD)
    from tapelint.fixing import Fixing

    write_files = Fixing.write

    def change_first(self: Fixing) -> object:
        (engine / "a.py").write_text("# mine\n")
        return write_files(self)

    monkeypatch.setattr(Fixing, "write", change_first)
    status, _, err = check(capsys, "--fix")
    assert status == 3 and "a.py: changed while it was analysed" in err
    assert (engine / "a.py").read_text() == "# mine\n"


def test_notebooks(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["np.sin(1)"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["# GradientTape\n", "x = 1"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["x = 2\n", "y = np.sin(x)"]},
    ]
    book = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    (engine / "a.ipynb").write_text(json.dumps(book))
    (engine / "broken.ipynb").write_text('{"GradientTape": ')
    status, told, _ = check(capsys)
    assert status == 3 and [error["path"] for error in told["errors"]] == ["broken.ipynb"]
    assert [entry["start"] for entry in told["diagnostics"]] == [{"cell": 3, "line": 2, "column": 5}]
    assert check(capsys, "a.ipynb", "--fix")[0] == 0
    mended = json.loads((engine / "a.ipynb").read_text())
    assert mended["cells"][2]["source"] == ["x = 2\n", "y = tf.sin(x)"]
    assert mended["cells"][:2] == cells[:2] and mended["metadata"] == book["metadata"]
