"""The examples in the rules' documentation are linted and run, and the pages made from it are up to date."""

import re
import runpy
from pathlib import Path

import pytest

from tapelint.execution import PRELUDE
from tapelint.rule import Rule
from tapelint.testing import Case, Fixture, check_findings, check_reality, installed

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"^(Bad|Good):\n\n```python\n(.*?)```", re.MULTILINE | re.DOTALL)


def examples() -> list[Case]:
    found = []
    for rule in installed():
        for number, (word, code) in enumerate(EXAMPLE.findall(rule.documentation)):
            path = f"examples/{rule.name.replace('-', '_')}_{word.lower()}_{number}.py"
            found.append(Case(Fixture(path, PRELUDE + code), ""))
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("rule", installed(), ids=str)
def test_every_rule_has_a_bad_and_a_good_example(rule: Rule) -> None:
    words = [word for word, _ in EXAMPLE.findall(rule.documentation)]
    assert words[:1] == ["Bad"] and "Good" in words
    assert "To mend it:" in rule.documentation and "When to ignore it:" in rule.documentation


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_what_is_found(case: Case) -> None:
    check_findings(case)
    if "_bad_" in case.fixture.path:
        name = str(case).partition("_bad_")[0].replace("_", "-")
        if name == "no-path":  # what is left when every finer rule has its own: no small example
            return
        assert name in {name for mark in case.marks("error", "warning", "note") for name in mark.names}


@pytest.mark.parametrize("case", EXAMPLES, ids=str)
def test_what_tensorflow_does(case: Case) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the examples are not run")
    check_reality(case)


def test_the_pages_are_not_stale() -> None:
    docs = runpy.run_path(str(ROOT / "docs" / "build.py"))
    assert docs["there"]() == docs["pages"](), "run `python docs/build.py`"
