"""Every fact is an experiment: each line of the tables is run on the real libraries."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tapelint.facts import FactError, Facts
from tapelint.facts.table import FOLDER, NO_FACTS

needs_tensorflow = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("tensorflow", "tf_keras")),
    reason="the facts are measured on TensorFlow and tf_keras, which are not installed",
)
FILES = [path for path in sorted(FOLDER.glob("*.txt")) if path.name not in NO_FACTS]


@needs_tensorflow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_is_what_the_library_does(path: Path) -> None:
    import facts_check

    wrong = []
    for line in facts_check.lines_of(path):
        try:
            if line.text == line.header:
                found = facts_check.check_header(line)
            elif line.text.startswith(("weights ", "inner ")):
                found = facts_check.check_weights(line)
            else:
                found = facts_check.check_line(line)
        except Exception as error:
            found = f"{line.where}: {line.text}\n    {type(error).__name__}: {error}"
        if found:
            wrong.append(found)
    assert not wrong, f"{len(wrong)} wrong\n\n" + "\n\n".join(wrong)


def test_every_block_can_be_read() -> None:
    facts = Facts.load()
    for name in facts.names():
        assert facts.fact(name) is not None
