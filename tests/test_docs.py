"""The documentation: its links lead somewhere, its programs do what is said above them, its commands run."""

from __future__ import annotations

import io
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tapelint.execution import PRELUDE
from tapelint.testing import Case, Fixture, check_findings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
GUIDE = DOCS / "why-is-my-gradient-none.md"
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
SECTION = re.compile(r"^### (.+)$", re.MULTILINE)
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Symptom:
    """A section of the guide: its title, what it says, its program ("" if it has none)."""

    title: str
    text: str

    @property
    def quoted(self) -> str:
        """The words of the exception or warning; "" where the title is a sentence."""
        whole = re.fullmatch(r"`(.+)`", self.title)
        return whole.group(1) if whole else ""

    @property
    def case(self) -> Case | None:
        """Its program."""
        program = PROGRAM.search(self.text)
        name = re.sub(r"\W+", "_", self.title).strip("_").lower()[:60]
        return Case(Fixture(f"docs/{name}.py", PRELUDE + program.group(1)), "") if program else None


def _symptoms() -> list[Symptom]:
    parts = SECTION.split(GUIDE.read_text(encoding="utf-8"))
    return [Symptom(title, text) for title, text in zip(parts[1::2], parts[2::2], strict=True)]


SYMPTOMS = _symptoms()
WITH_PROGRAM = [symptom for symptom in SYMPTOMS if symptom.case]


@pytest.mark.parametrize("symptom", WITH_PROGRAM, ids=lambda symptom: symptom.title[:50])
def test_a_symptom_leads_to_its_rule(symptom: Symptom) -> None:
    assert symptom.case is not None
    check_findings(symptom.case)
    names = {name for mark in symptom.case.marks("error", "warning") for name in mark.names}
    assert names, "no line of the program is marked"
    chapter = GUIDE.read_text(encoding="utf-8")
    for name in names:
        assert f"[{name}](rules/{name}.md)" in chapter


@pytest.mark.parametrize(
    "symptom", [each for each in WITH_PROGRAM if each.quoted], ids=lambda symptom: symptom.title[:50]
)
def test_tensorflow_says_the_words(symptom: Symptom) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the programs of the guide are not run")
    assert symptom.case is not None
    wanted = _without_quotes(symptom.quoted)
    said = _without_quotes("\n".join(_said_by(symptom.case)))
    assert wanted in said


def _said_by(case: Case) -> Iterator[str]:
    """What TensorFlow says when a program is run: its exception, its warnings, its log."""
    import tensorflow as tf

    log = io.StringIO()
    handler, logger = logging.StreamHandler(log), tf.get_logger()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel("WARNING")  # other tests of the same process keep it quiet
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run = case.run
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    yield f"{run.error}: {run.message}"
    yield f"{run.error}: {run.message.partition(f'{run.error}: ')[2]}"
    yield from (f"{type(each.message).__name__}: {each.message}" for each in caught)
    yield log.getvalue()


def _without_quotes(text: str) -> str:
    return re.sub("[`'\"]", "", text)


PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in LINK.findall(text):
        if not re.match(r"https?:|mailto:", link):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            if anchor and target.suffix == ".md":
                assert anchor in _anchors(target), link


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


# ------------------------------------------------------------------------ commands

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLAIN = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
NOT_HERE = re.compile(r"(pip|pytest|python|pre-commit|mkdocs|flake8|git)\b|tapelint .*--watch")
"""Commands that install, or that other tests run."""


def _commands(page: Path) -> Iterator[tuple[str, str]]:
    """The commands of a page in their order, each with the output that is shown below it ("" for none)."""
    for block in CONSOLE.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command.partition("  #")[0].strip(), output


WITH_COMMANDS = [page for page in PAGES if any(True for _ in _commands(page))]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_do_what_is_shown(page: Path, tmp_path: Path) -> None:
    """They are run one after the other on the example project; `...` stands for lines that are left out."""
    shutil.copytree(DOCS / "example", tmp_path, dirs_exist_ok=True)
    for command, output in _commands(page):
        if NOT_HERE.match(command):
            continue
        words = shlex.split(command)
        assert words[0] == "tapelint", command
        done = subprocess.run(
            [sys.executable, "-m", "tapelint", *words[1:]], cwd=tmp_path, capture_output=True, text=True, env=PLAIN
        )
        assert done.returncode in (0, 1), f"{command}: {done.stderr}"
        if output:
            wanted = ".*?".join(re.escape(part) for part in re.split(r"^\.\.\.\n", output, flags=re.MULTILINE))
            assert re.fullmatch(wanted, done.stdout, re.DOTALL), f"{command}:\n{done.stdout}"


PRINTS = re.compile(r"^```python\n([^`]*?)^```\n\nprints\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_programs_print_what_is_shown() -> None:
    shown = [found for page in PAGES for found in PRINTS.findall(page.read_text(encoding="utf-8"))]
    assert shown
    for program, output in shown:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=PLAIN)
        assert done.stdout == output, done.stderr
