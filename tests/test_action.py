"""The action for GitHub: its steps, run by a shell as a runner runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ci_tools import ACTION_VALIDATOR
from test_pre_commit import BAD, GOOD, checkout

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step.get("id", step["name"]): step for step in ACTION["runs"]["steps"]}
DEFAULTS = {name: given["default"] for name, given in ACTION["inputs"].items()}

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


def run(
    step: str, folder: Path, *, install: dict[str, str] | None = None, home: Path = ROOT, **inputs: str
) -> tuple[int, str, dict[str, str]]:
    """Run a step as a runner does, of the action that lies at `home`; its exit status, its log, its outputs."""
    given = {**DEFAULTS, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    known = {f"inputs.{name}": value for name, value in given.items()}
    known |= {f"steps.install.outputs.{name}": value for name, value in (install or {}).items()}
    known |= {"github.action_path": str(home)}

    def expanded(text: str) -> str:
        return re.sub(r"\$\{\{ *(\S+) *\}\}", lambda found: known[found[1]], text)

    environment = {**os.environ, **{name: expanded(value) for name, value in STEPS[step]["env"].items()}}
    for name in ("OUTPUT", "STEP_SUMMARY"):
        environment[f"GITHUB_{name}"] = str(folder.parent / name)
        (folder.parent / name).write_text("")
    environment["RUNNER_TEMP"] = str(folder.parent)
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]]
    done = subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    outputs = dict(line.split("=", 1) for line in (folder.parent / "OUTPUT").read_text().splitlines())
    return done.returncode, done.stdout + done.stderr, outputs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "tapelint.toml").write_text("")
    (folder / "bad.py").write_text(BAD)
    (folder / "a good.py").write_text(GOOD)
    return folder


@pytest.fixture
def command(tmp_path: Path) -> dict[str, str]:
    """What the first step gives to the second: here the tapelint of the tests."""
    script = tmp_path / "tapelint"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tapelint "$@"\n')
    script.chmod(0o755)
    return {"command": str(script)}


@needs_bash
def test_annotations_and_a_summary(project: Path, command: dict[str, str]) -> None:
    status, said, outputs = run("check", project, install=command)
    assert (status, outputs) == (0, {"status": "1", "sarif-file": ""})
    assert said.startswith("::error file=bad.py,line=5,")
    assert "```mermaid" in (project.parent / "STEP_SUMMARY").read_text()


@needs_bash
def test_sarif_and_what_else_can_be_asked_for(project: Path, command: dict[str, str]) -> None:
    _, said, outputs = run(
        "check", project, install=command, upload_sarif="true", summary="false", format="concise", category="mine"
    )
    assert said.startswith("bad.py:5:9: error[TL101]")
    assert outputs["sarif-file"] == str(project.parent / "tapelint.sarif")
    log = json.loads(Path(outputs["sarif-file"]).read_text())
    assert log["runs"][0]["automationDetails"] == {"id": "mine/"} and len(log["runs"][0]["results"]) == 1
    assert (project.parent / "STEP_SUMMARY").read_text() == ""
    given = {"paths": "bad.py\n*.py $(touch x) `y`", "args": "--ignore TL101\n--no-cache", "sarif_file": "out.sarif"}
    _, said, outputs = run("check", project, install=command, **given)
    assert outputs == {"status": "2", "sarif-file": ""} and "*.py: no such file or folder" in said
    assert not (project / "x").exists(), "an input is no program"
    _, _, outputs = run("check", project, install=command, **{**given, "paths": "bad.py"}, fail_level="note")
    assert outputs == {"status": "0", "sarif-file": "out.sarif"}


@pytest.mark.slow
@needs_bash
def test_it_is_installed_from_its_own_checkout(project: Path, tmp_path: Path) -> None:
    status, said, outputs = run("install", project, python=sys.executable, home=checkout(tmp_path / "action"))
    if status and re.search("No matching distribution|Connection|Temporary failure|timed out", said):
        pytest.skip("nothing can be installed without the package index")
    assert status == 0, said
    shown = subprocess.check_output([outputs["command"], "--version"], text=True)
    assert shown.startswith("tapelint ")


def test_every_input_is_used_and_none_is_part_of_a_program() -> None:
    text = (ROOT / "action.yml").read_text()
    assert {name for name in ACTION["inputs"] if f"inputs.{name}" in text} == set(ACTION["inputs"])
    assert all("${{" not in step.get("run", "") for step in STEPS.values())


@pytest.mark.skipif(not ACTION_VALIDATOR, reason="no validator of actions is in the tools of the tests (.ci/tools)")
def test_its_form_is_that_of_an_action() -> None:
    done = subprocess.run([ACTION_VALIDATOR, ROOT / "action.yml"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


# ---------------------------------------------------------------------- recipes

COMMAND = re.compile(r"^ *- (?:run: )?((?:mkdir .* && )?tapelint .*)$", re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "docs" / "ci.md"]
RECIPES = [command for page in PAGES for command in COMMAND.findall(page.read_text())]


@needs_bash
@pytest.mark.parametrize("recipe", sorted(set(RECIPES)))
def test_the_recipes_run(project: Path, recipe: str) -> None:
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(project / "summary.md")}
    script = f'tapelint() {{ "{sys.executable}" -m tapelint "$@"; }}\n{recipe}'
    done = subprocess.run(["bash", "-c", script], cwd=project, env=environment, capture_output=True, text=True)
    assert done.returncode == (0 if "--exit-zero" in recipe else 1), done.stderr
    for file in re.findall(r"=([\w./-]+|\$GITHUB_STEP_SUMMARY)", recipe):
        assert (project / file.replace("$GITHUB_STEP_SUMMARY", "summary.md")).stat().st_size
