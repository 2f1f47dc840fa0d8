"""What tests use if it is there: validators that come from npm or elsewhere, as `.ci/tools` fetches them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).parents[1] / ".ci-tools"
_MODULES = HOME / "node_modules"


def _found(variable: str, *places: Path) -> str:
    """The path that the environment variable names, or the first of `places` that exists; "" for none."""
    named = os.environ.get(variable, "")
    return named or next((str(place) for place in places if place.exists()), "")


# Microsoft's validator, and the schema of SARIF 2.1.0 that it carries.
MULTITOOL = _found("SARIF_MULTITOOL", _MODULES / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool")
SARIF_SCHEMA = _found("SARIF_SCHEMA", _MODULES / "@microsoft" / "sarif-multitool-linux" / "sarif-2.1.0.json")
# The schema of JUnit's XML as Jenkins reads it.
JUNIT_SCHEMA = _found("JUNIT_SCHEMA", HOME / "junit-10.xsd")
# What judges the file of an action.
ACTION_VALIDATOR = _found("ACTION_VALIDATOR", _MODULES / ".bin" / "action-validator")
# The folder with node's modules mermaid and jsdom.
_CAN_PARSE = shutil.which("node") and (_MODULES / "mermaid").is_dir() and (_MODULES / "jsdom").is_dir()
MERMAID = str(HOME) if _CAN_PARSE else ""

_PARSE = """
import { JSDOM } from 'jsdom';
import fs from 'node:fs';
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');
const complaints = [];
for (const graph of JSON.parse(fs.readFileSync(0, 'utf8'))) {
  try { await mermaid.parse(graph); } catch (error) { complaints.push(`${error}\\n${graph}`); }
}
console.log(JSON.stringify(complaints));
"""


def mermaid_complaints(graphs: Sequence[str]) -> list[str]:
    """What mermaid's own parser says of graphs that it cannot read."""
    command = ["node", "--input-type=module", "--eval", _PARSE]
    done = subprocess.run(
        command, input=json.dumps(graphs), capture_output=True, text=True, cwd=MERMAID, check=True, timeout=60
    )
    complaints: list[str] = json.loads(done.stdout)
    return complaints
