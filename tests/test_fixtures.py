"""Every fixture: what is found on its lines, what TensorFlow does with it, what its fixes do."""

from pathlib import Path

import pytest

from tapelint.testing import Case, Fixture, cases, check_findings, check_fixes, check_reality

FOLDER = Path(__file__).parents[1] / "fixtures"
CASES = cases(FOLDER)


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


def test_findings_in_an_imported_file() -> None:
    """The path of a gradient leads through two methods of another file, and is reported there."""
    train, scoring = (
        Fixture(str(path), path.read_text(encoding="utf-8"))
        for path in (FOLDER / "several_files" / name for name in ("_train.py", "_scoring.py"))
    )
    wanted = [("_scoring.py", mark.line, mark.kind, mark.text) for mark in scoring.marks]
    found = [(Path(each.span.path).name, each.span.start.line, each.level, each.name) for each in train.found]
    assert found == wanted
    steps = [Path(step.span.path).name for step in train.found[0].steps]
    assert list(dict.fromkeys(steps)) == ["_train.py", "_scoring.py"] and steps[-1] == "_train.py"


def test_what_tensorflow_does_with_several_files() -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the fixtures are not run")
    path = FOLDER / "several_files" / "_train.py"
    train = Fixture(str(path), path.read_text(encoding="utf-8"))
    assert list(Case(train, "").run.seen.values()) == [mark.text for mark in train.marks]
