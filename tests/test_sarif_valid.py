"""SARIF before its judges: the schema of the standard, and Microsoft's validator with the rules of GitHub."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
import report_programs as programs
from ci_tools import MULTITOOL, SARIF_SCHEMA

from tapelint.cli import run
from tapelint.report import Options, Result, write

ROOT = Path(__file__).parents[1]
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# text\n"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": ["%time\n", *"""\
import numpy as np, tensorflow as tf
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = np.square(w)
g = tape.gradient(y, w)
""".splitlines(keepends=True)]},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What is found in every fixture, a notebook, a file that cannot be read and nothing; and made-up findings."""
    folder = tmp_path_factory.mktemp("sarif")
    everything = programs.everything(folder / "programs")
    (folder / "notes").mkdir()
    (folder / "notes" / "a b.ipynb").write_text(json.dumps(NOTEBOOK))
    (folder / "notes" / "broken.py").write_text("import tensorflow\nwith tensorflow.GradientTape( as tape:\n")
    (folder / "empty").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, where in (("all", ROOT / "fixtures"), ("notes", folder / "notes"), ("none", folder / "empty")):
            patch.chdir(where)
            run(["--quiet", "--isolated", "--format", "sarif", "--output", f"{folder / name}.sarif"])
    for name, result in (("made up", everything), ("bare", Result())):
        with (folder / f"{name}.sarif").open("w") as stream:
            write(result, "sarif", stream, Options())
    return sorted(folder.glob("*.sarif"))


@pytest.mark.skipif(not SARIF_SCHEMA, reason="there is no schema of SARIF in the tools of the tests (.ci/tools)")
def test_the_schema_of_the_standard_holds(logs: list[Path]) -> None:
    schema = json.loads(Path(SARIF_SCHEMA).read_text(encoding="utf-8-sig"))
    kind = jsonschema.validators.validator_for(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    for log in logs:
        # Of many results some of each rule stand for the rest: this validator is thorough, not fast.
        whole = json.loads(log.read_text())
        results = whole["runs"][0]["results"]
        whole["runs"][0]["results"] = list({one["ruleId"]: one for one in results}.values())
        assert [error.message for error in validator.iter_errors(whole)] == [], log.name


@pytest.mark.skipif(not MULTITOOL, reason="there is no SARIF validator in the tools of the tests (.ci/tools)")
def test_the_validator_has_no_error_and_no_warning(logs: list[Path], tmp_path: Path) -> None:
    bad = json.loads(logs[0].read_text())
    del bad["runs"][0]["results"][0]["locations"], bad["runs"][0]["tool"]["driver"]["informationUri"]
    (tmp_path / "bad.sarif").write_text(json.dumps(bad))
    said = list(_said([*logs, tmp_path / "bad.sarif"], tmp_path))
    # That it says nothing of our files means something only if it read them all and can speak: it notes matters of
    # taste of each, and finds what is wrong with the last.
    assert {name for name, _, _ in said} == {"bad.sarif", *(log.name for log in logs)}
    grave = [(name, rule) for name, rule, level in said if level in ("error", "warning")]
    assert {name for name, _ in grave} == {"bad.sarif"}, grave
    assert {rule for _, rule in grave} >= {"SARIF2005", "GH1015"}


def _said(logs: list[Path], folder: Path) -> Iterator[tuple[str, str, str]]:
    """What the validator says of the logs: the name of the file, the rule, the level."""
    report = folder / "report.sarif"
    rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    command = [MULTITOOL, "validate", *logs, *rules, "--output", report, "--log", "ForceOverwrite"]
    # It would look up every address in them: nothing answers there at once.
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, **nowhere})
    (judged,) = json.loads(report.read_text(encoding="utf-8-sig"))["runs"]
    assert judged["invocations"][0]["executionSuccessful"]
    for one in judged["results"]:
        where = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        yield Path(unquote(where)).name, one["ruleId"], one.get("level", "warning")
