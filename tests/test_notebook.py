"""Notebooks: the text that is analysed, where its lines stand, and what is written back."""

from __future__ import annotations

import ast
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tapelint import fix
from tapelint.notebook import sources
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
     "x = (a\n% b)\ny = '''\n%c # ''' + (\n'#'\n)\nexec(get_ipython())  # ipython: %d"),
    ("%time x = f(1)\nif x:\n    %prun g()",
     "pass; x = f(1)  # ipython: %time\nif x:\n    pass; g()  # ipython: %prun"),
    ("%run a.py\n%timeit f()\n/f 1", "exec(get_ipython())  # ipython: %run a.py\n"
     "exec(get_ipython())  # ipython: %timeit f()\nexec(get_ipython())  # ipython: /f 1"),
    ("%%timeit\nx = 1", "exec(get_ipython())  # ipython: %%timeit\npass  # ipython: x = 1"),
    ("# a title\n%%html\n<b>", "# a title\npass  # ipython: %%html\npass  # ipython: <b>"),
    ("\n%%bash --out x\n  ls", "\nexec(get_ipython())  # ipython: %%bash --out x\npass  # ipython:   ls"),
    ("a.b*?\nx[0]?\n%%time?", "pass  # ipython: a.b*?\npass  # ipython: x[0]?\npass  # ipython: %%time?"),
    ("y = await f();", "y = await f();"),
    ("    x = 1\n    y = 2", "exec(get_ipython())  # ipython:     x = 1\npass  # ipython:     y = 2"),
    ("x = y?\nz: list = !ls", "pass  # ipython: x = y?\nz: list = get_ipython()  # ipython: !ls"),
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


def test_a_broken_cell_is_left_out_and_told() -> None:
    source = source_of("x = 1", "y = 1\nz = (\n", "w = x")
    assert source.unread == "cannot be parsed: cell 4, line 2: '(' was never closed (the other cells are read)"
    assert [node.targets[0].id for node in ast.walk(source.tree) if isinstance(node, ast.Assign)] == ["x", "w"]  # type: ignore[attr-defined]
    assert source_of("x = 1 + \\", "2").unread, "a statement does not go on in the next cell"
    content = notebook("z = (", "x = 1")
    content["cells"][1]["metadata"]["tags"] = ["raises-exception"]
    expected = Source.from_bytes(saved(content), "a.ipynb")
    assert expected.unread == "" and expected.parts == {2: "z = (", 4: "x = 1"}


def test_cells_of_other_languages() -> None:
    content = notebook("let x = 1;", "x = 1")
    content["cells"][1]["metadata"]["vscode"] = {"languageId": "javascript"}
    content["cells"][3]["metadata"]["vscode"] = {"languageId": "python"}
    assert Source.from_bytes(saved(content), "a.ipynb").parts == {4: "x = 1"}


def test_ignore_comments_stay_in_their_cell() -> None:
    source = source_of("# tapelint: ignore", "x = 1\n# noqa: TL101\ny = 1", "z = 1  # tapelint: ignore-file[TL2]")
    assert [(comment.form, comment.first, comment.last) for comment in source.ignores.comments] == [
        ("ignore", 1, 0), ("noqa", 5, 5), ("ignore-file", 1, 7),
    ]  # fmt: skip


# ------------------------------------------------------------------- the bytes

LINES = ["x = 1", "y = 'é'", '# <b> /\\ "q"', "", "%time z = f(x)", "!ls", "w = '😀'", "z = (a", "b)"]


class Layouts:
    """Notebooks as any program might have written them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.escapes = self.random.choice(["all", "html", "few"])

    def one_of(self, *choices: str) -> str:
        return self.random.choice(choices)

    def string(self, text: str) -> str:
        special = {"<": r"\u003c", ">": r"\u003e", "/": r"\/"} if self.escapes == "html" else {}
        ascii = self.escapes == "all"
        return '"' + "".join(special.get(each) or json.dumps(each, ensure_ascii=ascii)[1:-1] for each in text) + '"'

    def source(self, text: str) -> str:
        parts = text.splitlines(keepends=True)
        if self.random.random() < 0.3:
            parts = [text[at : at + 7] for at in range(0, len(text), 7)]
        if self.random.random() < 0.3:
            return self.string(text)
        between = self.one_of(",", ", ", ",\n    ")
        return f"[{self.one_of('', ' ')}{between.join(map(self.string, parts))}{self.one_of('', ' ')}]"

    def cell(self, text: str) -> str:
        return (
            f'{{"cell_type": "code",{self.one_of("", chr(10))}"metadata": {{"x": 1.0e5}},'
            f'{self.one_of("", """ "source": ["old"],""")}"source":{self.one_of("", " ")}{self.source(text)}'
            ', "outputs": [{"a": 1E3, "source": ["q"]}]}'
        )

    def notebook(self, texts: list[str]) -> str:
        cells = self.one_of(", ", ",\n").join(map(self.cell, texts))
        end = self.one_of("", "\n")
        return f'{{"nbformat":4, "cells" : [{cells}{self.one_of("", " ")}], "metadata": {{}}}}{end}'


@pytest.mark.parametrize("seed", range(200))
def test_whatever_the_layout_only_the_edited_source_changes(seed: int) -> None:
    layouts = Layouts(seed)
    newline = layouts.one_of("\n", "\n", "\r\n")
    texts = [newline.join(layouts.random.choices(LINES, k=layouts.random.randint(0, 6))) for _ in range(3)]
    raw = layouts.notebook(texts)
    bom = layouts.one_of("", "\ufeff")
    source = Source.from_bytes((bom + raw).encode(), "a.ipynb")
    assert source.encode(source.text).decode() == bom + raw
    pieces, wanted = source.text.split("\n\x0c\n"), source.parts[2].split("\n")
    lines = pieces[1].split("\n")
    at = layouts.random.randrange(len(lines))
    for each in (lines, wanted):
        each[at : at + random.Random(seed).randint(0, 1)] = ["q = 'ü<9>'"]
    pieces[1] = "\n".join(lines)
    after = source.encode("\n\x0c\n".join(pieces)).decode().removeprefix(bom)
    found = ["".join(cell["source"]) for cell in json.loads(after)["cells"]]
    assert [found[0], found[1].replace("\r\n", "\n"), found[2]] == [texts[0], "\n".join(wanted), texts[2]]
    first, end = sources(raw)[2]
    new_first, new_end = sources(after)[2]
    assert (raw[:first], raw[end:]) == (after[:new_first], after[new_end:])
    assert after.isascii() or layouts.escapes != "all"


def test_languages_and_broken_files(tmp_path: Path) -> None:
    other = source_of("x <- 1", kernelspec={"language": "R"})
    assert (other.text, other.language, source_of("x = 1").language) == ("", "R", "")
    for data in (b"", b"[]", b"{}", b'{"cells": [1]}', b"\xff", b'{"cells": [{"source": 1}]}'):
        with pytest.raises(SourceError, match="is no notebook"):
            Source.from_bytes(data, "a.ipynb")
    with pytest.raises(SourceError, match="is a notebook of format 3"):
        Source.from_bytes(b'{"worksheets": [{"cells": []}]}', "a.ipynb")
    source = source_of("x = 1", "y = 1")
    with pytest.raises(SourceError, match="told apart"):
        source.encode("x = 1")
