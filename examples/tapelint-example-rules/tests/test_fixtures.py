"""Our fixtures are linted, run on TensorFlow, and mended."""

from pathlib import Path

import pytest

from tapelint.testing import Case, cases, check_findings, check_fixes, check_reality

CASES = cases(Path(__file__).parents[1] / "fixtures")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    check_findings(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_reality(case: Case) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the fixtures are not run")
    check_reality(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fixes(case: Case) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the fixtures are not run")
    check_fixes(case)
