"""The cache: it says what an analysis would say, and never stands in the way of one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from stub import analyse, engine
from test_run import BAD, GOOD, write

from tapelint.cli import run

__all__ = ["engine"]

HELPER = "# GradientTape\nimport helper\n"


@pytest.fixture
def seen(engine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Checks the folder without a cache and with one, which must say the same; gives what was analysed."""
    analysed: list[str] = []

    def watched(source, project, facts):  # type: ignore[no-untyped-def]
        analysed.append(source.path)
        return analyse(source, project, facts)

    monkeypatch.setattr(sys.modules["tapelint.program"], "analyse", watched)

    def check(*arguments: str) -> list[str]:
        status = run(["--no-cache", "--format", "json", *arguments])
        said = capsys.readouterr()
        analysed.clear()
        assert run(["--cache-dir", "cache", "--format", "json", *arguments]) == status
        assert capsys.readouterr() == said
        return analysed.copy()

    return check


def test_nothing_is_done_twice(engine: Path, seen: Callable[..., list[str]]) -> None:
    write(engine, a=BAD, b=GOOD, c="# GradientTape\nnp.unsafe(1)\n")
    assert seen() == ["a.py", "b.py", "c.py"]
    assert seen() == []
    write(engine, b=BAD)
    assert seen() == ["b.py"]
    assert (engine / "cache/.gitignore").read_text() == "*\n"


def test_what_a_file_imports_counts(engine: Path, seen: Callable[..., list[str]]) -> None:
    write(engine, a=HELPER, b=GOOD)
    assert seen() == ["a.py", "b.py"]
    write(engine, helper="x = 1")
    assert "a.py" in seen(), "what was absent is there"
    assert seen() == []
    write(engine, helper="x = np.sin(1)")
    assert seen() == ["a.py"]
    (engine / "helper.py").unlink()
    assert "a.py" in seen()


def test_settings_count(engine: Path, seen: Callable[..., list[str]]) -> None:
    write(engine, a=BAD)
    assert seen() == ["a.py"]
    assert seen("--ignore", "XX101") == ["a.py"]
    assert seen("--fail-level", "note") == ["a.py"], "the one place of a file holds the last answer"
    assert seen("--format", "json", "--exit-zero") == []
    rule = engine.parent / "rule_of_test.py"
    rule.write_text(rule.read_text() + "# changed\n")
    assert seen() == ["a.py"]


def test_errors_are_not_kept(engine: Path, seen: Callable[..., list[str]]) -> None:
    write(engine, a="# GradientTape\nboom()\n")
    assert seen() == seen() == ["a.py"]


def test_entries_that_cannot_be_read(engine: Path, seen: Callable[..., list[str]]) -> None:
    write(engine, a=BAD)
    seen()
    (entry,) = (engine / "cache").glob("*.json")
    for text in (
        "",
        "{",
        "[]",
        "null",
        '{"key": 1}',
        entry.read_text()[:-20],
        entry.read_text().replace("[2, 5]", "[2]"),
    ):
        entry.write_text(text)
        assert seen() == ["a.py"]
        assert seen() == []


def test_a_folder_that_cannot_be_written_to(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD)
    (engine / "taken").write_text("a file, not a folder")
    assert run(["--cache-dir", "taken"]) == 1
    assert run(["--cache-dir", os.path.join("taken", "deeper")]) == 1
    assert capsys.readouterr().err == ""


def test_fixes_from_the_cache(engine: Path, seen: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, a=BAD)
    seen()
    assert run(["--cache-dir", "cache", "--fix"]) == 0
    capsys.readouterr()
    assert (engine / "a.py").read_text() == "# GradientTape\nx = tf.sin(1)\n"
    assert seen() == ["a.py"]
