"""`tapelint config`: what holds for a path, and where it came from."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tapelint import schema
from tapelint.cli import run

TEXT = """[project]
name = "x"

[tool.tapelint]
ignore = ["TL5"]
fail-level = "note"
rules = []

[tool.tapelint.per-file-ignores]
"a 'b'/" = ["TL1"]

[tool.tapelint.rule-options]
singular-division = {pedantic = true}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["config", *arguments, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_key_says_where_it_came_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "src/a.py")
    assert found["path"] == "src/a.py" and found["file"] == "pyproject.toml"
    origins = {key: setting["from"] for key, setting in found["settings"].items()}
    assert tuple(origins) == schema.names()
    assert {key: origin for key, origin in origins.items() if origin != "default"} == {
        "ignore": "pyproject.toml:5",
        "fail-level": "pyproject.toml:6",
        "rules": "pyproject.toml:7",
        "per-file-ignores": "pyproject.toml:9",
        "rule-options": "pyproject.toml:12",
    }
    assert found["settings"]["rule-options"]["value"] == {"singular-division": {"pedantic": True}}
    assert any(rule.startswith("TL5") for rule in found["rules"]["do not run"])
    assert "TL101 numpy-call" in found["rules"]["run"]
    assert "TL101 numpy-call" in shown(capsys, "a 'b'/x.py")["rules"]["do not run"]


def test_options_of_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys, "--ignore", "TL4", "--fail-level", "error", "--no-unsafe-fixes")["settings"]
    assert found["ignore"] == {"value": ["TL5", "TL4"], "from": "pyproject.toml:5, --ignore"}
    assert found["fail-level"] == {"value": "error", "from": "--fail-level"}
    assert found["unsafe-fixes"] == {"value": False, "from": "--no-unsafe-fixes"}
    found = shown(capsys, "--select", "TL1")["settings"]
    assert found["select"] == {"value": ["TL1"], "from": "--select"}
    assert found["ignore"] == {"value": [], "from": "--select"}
    found = shown(capsys, "--isolated")
    assert found["file"] is None and found["settings"]["fail-level"] == {"value": "warning", "from": "default"}


def test_the_text_is_a_file_of_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# .: settings from pyproject.toml\n") and 'ignore = ["TL5"]  # pyproject.toml:5\n' in out
    plain = {key: setting["value"] for key, setting in shown(capsys)["settings"].items()}
    assert tomllib.loads(out) == plain
    assert max(map(len, out.splitlines())) <= 120


def test_what_a_run_would_refuse(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "--ignore", "TL9"]) == 2
    assert run(["config", "--isolated", "--config", "pyproject.toml"]) == 2
    (folder / "pyproject.toml").write_text("[tool.tapelint]\nselct = []\n")
    assert run(["config"]) == 2
    assert "pyproject.toml:2: unknown key 'selct'" in capsys.readouterr().err
