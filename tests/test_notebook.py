"""Notebooks: the text that is analysed, where its lines stand, and what is written back."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tapelint import fix
from tapelint.source import Source, SourceError


def notebook(*cells: str | list[str], **metadata: Any) -> dict[str, Any]:
    """Code cells, and before each of them a cell of text."""
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# é GradientTape"]}
    return {
        "cells": [each for cell in code for each in (text, cell)],
        "metadata": metadata, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip


def saved(content: dict[str, Any], **options: Any) -> bytes:
    """As Jupyter saves it."""
    return (json.dumps(content, **{"indent": 1, "ensure_ascii": False, **options}) + "\n").encode()


def source_of(*cells: str | list[str], **metadata: Any) -> Source:
    return Source.from_bytes(saved(notebook(*cells, **metadata)), "a.ipynb")


def test_cells_are_one_text_and_lines_know_their_cell() -> None:
    source = source_of(["import tensorflow as tf\n", "x = 1"], "y = x", "")
    assert [(node.lineno, source.cell_of(node.lineno)) for node in source.tree.body] == [
        (1, (2, 1)), (2, (2, 2)), (4, (4, 1)),
    ]  # fmt: skip
    assert source.cell_of(3) == (2, 3)
    assert source.cell_of(8) is None
    assert source.cell_of(6) == (6, 1)
    assert source.lines[:2] == ["import tensorflow as tf", "x = 1"]
    assert not source.mentions_tape
    assert Source.from_text("x", "a.py").cell_of(1) is None


MAGICS = [
    ("%matplotlib inline\nx = 1", "pass  # ipython: %matplotlib inline\nx = 1"),
    ("if a:\n    !pip install \\\n        b\nx = 1",
     "if a:\n    pass  # ipython: !pip install \\\n        # ipython: b\nx = 1"),
    ("files = !ls\n%cd x", "files = get_ipython()  # ipython: !ls\npass  # ipython: %cd x"),
    ("%%time\nx = 1\n!ls", "pass  # ipython: %%time\nx = 1\npass  # ipython: !ls"),
    ("%%bash\necho $x\n\nls", "pass  # ipython: %%bash\npass  # ipython: echo $x\n\npass  # ipython: ls"),
    ("tf.GradientTape?\n?x\nx??\n%ls", "pass  # ipython: tf.GradientTape?\npass  # ipython: ?x\npass  # ipython: x??\n"
     "pass  # ipython: %ls"),
    ("x = (a\n% b)\ny = '''\n%c # ''' + (\n'#'\n)\n%d",
     "x = (a\n% b)\ny = '''\n%c # ''' + (\n'#'\n)\npass  # ipython: %d"),
    ("x = a \\\n% b\n!d", "x = a \\\n% b\npass  # ipython: !d"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "python"), MAGICS)
def test_what_only_ipython_understands(cell: str, python: str) -> None:
    source = source_of(cell, "z = 1")
    ast.parse(python)
    assert source.text == f"{python}\n\x0c\nz = 1"
    back = json.loads(source.encode(source.text.replace("z = 1", "z = 2") + "\n" + "w = 3"))
    assert back["cells"][1]["source"] == cell
    assert back["cells"][3]["source"] == "z = 2\nw = 3"
    again = json.loads(source.encode("new = 1\n" + source.text))
    assert again["cells"][1]["source"] == "new = 1\n" + cell


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"indent": 2},
        {"indent": "\t"},
        {"indent": None},
        {"indent": None, "separators": (",", ":")},
        {"ensure_ascii": True},
        {"indent": 4},
    ],
)
def test_only_the_edited_cell_changes(options: dict[str, Any]) -> None:
    content = notebook(["x = a.numpy()\n", "y = 1\n"], ["z = 'é'"], language_info={"name": "python"})
    data = saved(content, **options)
    source = Source.from_bytes(data, "a.ipynb")
    assert source.encode(source.text) == data
    call = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    text = fix.apply(source, fix.drop_method_call(source, source.span(call)))
    content["cells"][1]["source"] = ["x = a\n", "y = 1\n"]
    assert source.encode(text) == saved(content, **options)


def test_an_edited_text_knows_its_cells() -> None:
    source = source_of("x = 1", "y = 2")
    edited = source.with_text("import a\n" + source.text)
    assert edited.cell_of(2) == (2, 2)
    assert edited.cell_of(4) == (4, 1)
    assert json.loads(edited.encode(edited.text))["cells"][1]["source"] == "import a\nx = 1"


def test_fixes_at_the_borders_of_cells() -> None:
    source = source_of("import os", "with a as t:\n    y = 1", "z = b.numpy()")
    edit = fix.ensure_import(source, "import tensorflow as tf")
    assert edit
    assert (
        json.loads(source.encode(fix.apply(source, [edit])))["cells"][1]["source"]
        == "import os\nimport tensorflow as tf"
    )
    first = source.tree.body[1]
    text = fix.apply(source, fix.insert_first_in_block(source, source.span(first), "t.watch(x)"))
    assert json.loads(source.encode(text))["cells"][3]["source"] == "with a as t:\n    t.watch(x)\n    y = 1"


def test_languages_and_broken_files(tmp_path: Path) -> None:
    assert source_of("x <- 1", kernelspec={"language": "R"}).text == ""
    for data in (b"", b"[]", b"{}", b'{"cells": [1]}', b"\xff", b'{"worksheets": []}', b'{"cells": [{"source": 1}]}'):
        with pytest.raises(SourceError, match="is no notebook"):
            Source.from_bytes(data, "a.ipynb")
    with pytest.raises(SourceError, match="cell 4, line 2"):
        source_of("x = 1", "y = 1\nz = (\n").tree  # noqa: B018
    source = source_of("x = 1", "y = 1")
    with pytest.raises(SourceError, match="told apart"):
        source.encode("x = 1")
