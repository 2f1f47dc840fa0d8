"""Every fixture: what is found on its lines, what TensorFlow does with it, what its fixes do."""

from pathlib import Path

import pytest

from tapelint.testing import Case, cases, check_findings, check_fixes, check_reality

CASES = cases(Path(__file__).parents[1] / "fixtures")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_found(case: Case) -> None:
    check_findings(case)


@pytest.mark.parametrize("case", [case for case in CASES if not case.fixture.not_run], ids=str)
def test_what_tensorflow_does(case: Case) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the fixtures are not run")
    check_reality(case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_the_fixes_do(case: Case) -> None:
    if not case.fixture.not_run:
        pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the fixtures are not run")
    check_fixes(case)
