"""The reports for programs, and what all formats share."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import report_programs as programs

from tapelint.diagnostic import Diagnostic, Position, Span
from tapelint.report import FORMATS, TRACE_FORMATS, FileError, Options, Result, write, write_trace
from tapelint.report.common import closing_lines

PLACE = {
    "type": "object",
    "properties": {name: {"type": "integer", "minimum": 1} for name in ("line", "column", "cell")},
    "required": ["line", "column"],
    "additionalProperties": False,
}
TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


RANGE = {"path": TEXT, "start": PLACE, "end": PLACE}
STEP = _object(**RANGE, message=TEXT)
FIX = _object(message=TEXT, safe={"type": "boolean"}, edits=_list(_object(**RANGE, replacement=TEXT)))
DIAGNOSTIC = _object(
    code={"type": "string", "pattern": r"^[A-Z]+\d+$"},
    name=TEXT,
    level={"enum": ["error", "warning", "note"]},
    message=TEXT,
    **RANGE,
    sources=_list(TEXT),
    steps=_list(STEP),
    fixes=_list(FIX),
)
ERRORS = _list(_object(path=TEXT, message=TEXT))
VERDICT = {"type": "string", "pattern": r"^(flows|none|zero|sometimes none|unknown|raises( \w+)?)$"}
GRADIENT = _object(
    path=TEXT,
    line={"type": "integer", "minimum": 1},
    column={"type": "integer", "minimum": 1},
    method={"enum": ["gradient", "jacobian", "batch_jacobian"]},
    target={"type": ["string", "null"]},
    sources=_list(_object(expression=TEXT, verdict=VERDICT, because=_list(STEP))),
)
CHECK_SCHEMA = _object(diagnostics=_list(DIAGNOSTIC), errors=ERRORS)
TRACE_SCHEMA = _object(gradients=_list(GRADIENT), errors=ERRORS)


def printed(result: Result, format: str, options: Options | None = None, trace: bool = False) -> str:
    stream = io.StringIO()
    (write_trace if trace else write)(result, format, stream, options)
    return stream.getvalue()


def test_a_format_that_is_not_known_is_refused() -> None:
    for write_it in (write, write_trace):
        with pytest.raises(ValueError, match="unknown format 'xml'; known are text"):
            write_it(Result(), "xml", io.StringIO())


def test_json_keeps_its_contract(tmp_path: Path) -> None:
    shown = json.loads(printed(programs.everything(tmp_path), "json"))
    jsonschema.validate(shown, CHECK_SCHEMA)
    first = shown["diagnostics"][0]
    assert list(first) == [
        "code", "name", "level", "message", "path", "start", "end", "sources", "steps", "fixes",
    ]  # fmt: skip
    assert (first["path"], first["start"], first["end"]) == (
        "src/train.py",
        {"line": 12, "column": 13},
        {"line": 12, "column": 25},
    )
    assert [step["start"]["line"] for step in first["steps"]] == [7, 11, 12, 16]
    assert first["fixes"][0]["edits"][0]["replacement"] == "tf.square"
    assert shown["errors"] == [{"path": "bad.py", "message": "line 3: invalid syntax"}]


def test_json_counts_columns_in_characters(tmp_path: Path) -> None:
    found = programs.wide(tmp_path)
    shown = json.loads(printed(Result([found], cwd=tmp_path), "json"))["diagnostics"][0]
    assert shown["path"] == "幅 wide.py"
    assert (shown["start"]["column"], shown["end"]["column"]) == (7, 23)


def test_trace_json_keeps_its_contract(tmp_path: Path) -> None:
    shown = json.loads(printed(programs.everything(tmp_path), "json", trace=True))
    jsonschema.validate(shown, TRACE_SCHEMA)
    (gradient,) = shown["gradients"]
    assert (gradient["line"], gradient["column"], gradient["target"]) == (16, 9, "loss")
    none, unknown = gradient["sources"]
    assert [step["start"]["line"] for step in none["because"]] == [7, 11, 12, 16]
    assert [step["message"] for step in unknown["because"]] == ["`model` cannot be seen"]


def test_json_of_nothing_is_complete() -> None:
    assert json.loads(printed(Result(), "json")) == {"diagnostics": [], "errors": []}
    assert json.loads(printed(Result(), "json", trace=True)) == {"gradients": [], "errors": []}


def test_places_in_a_notebook_count_within_the_cell(tmp_path: Path) -> None:
    span = Span(str(tmp_path / "note.ipynb"), Position(5, 3), Position(5, 4))
    found = Diagnostic("TL101", "numpy-call", "error", "gone", span)
    mapped = Result([found], cwd=tmp_path, cell_of=lambda path, line: (3, line - 3))
    counted = Result([replace(found, cell=3)], cwd=tmp_path)
    for result, line in ((mapped, 2), (counted, 5)):
        start = json.loads(printed(result, "json"))["diagnostics"][0]["start"]
        assert start == {"cell": 3, "line": line, "column": 3}
    assert printed(mapped, "concise") == "note.ipynb:cell 3:2:3: error[TL101] numpy-call: gone\n"


def test_paths_are_relative_to_the_working_directory(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    inside, beside = tmp_path / "src", tmp_path / "other"
    beside.mkdir()
    assert printed(Result([found], cwd=inside), "concise").startswith("train.py:12:13: ")
    assert printed(Result([found], cwd=beside), "concise").startswith("../src/train.py:12:13: ")


def test_concise_is_one_line_a_finding(tmp_path: Path) -> None:
    found = replace(programs.train(tmp_path), message="two\nlines")
    shown = printed(Result([found], cwd=tmp_path, rules=[programs.RULE]), "concise")
    assert shown == "src/train.py:12:13: error[TL101] numpy-call: two lines\n"
    assert printed(Result(), "concise") == ""


def test_github_escapes_what_has_a_meaning(tmp_path: Path) -> None:
    (tmp_path / "a,b:c%.py").write_text("x\n")
    span = Span("a,b:c%.py", Position(1, 1), Position(1, 2))
    found = Diagnostic("TL101", "numpy-call", "warning", "100 %: a, b\nand c", span)
    shown = printed(Result([found], cwd=tmp_path, root=tmp_path), "github")
    assert shown == (
        "::warning file=a%2Cb%3Ac%25.py,line=1,endLine=1,col=1,endColumn=2,title=tapelint TL101 numpy-call"
        "::100 %25: a, b%0Aand c\n"
    )


def test_github_names_files_from_the_repository(tmp_path: Path) -> None:
    found = programs.lines(tmp_path / "package")
    shown = printed(Result([found], cwd=tmp_path / "package", root=tmp_path), "github")
    assert shown.startswith("::error file=package/lines.py,line=3,endLine=5,title=")
    assert "%0A2: package/lines.py:3:9: the path ends" in shown


def test_github_says_when_it_annotates_less_than_was_found(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    few = printed(Result([found] * 10, cwd=tmp_path), "github")
    many = printed(Result([found] * 10, cwd=tmp_path, errors=[FileError("bad.py", "unreadable")]), "github")
    assert len(few.splitlines()) == 10
    assert many.splitlines()[0] == "::error file=bad.py,title=tapelint could not analyse this file::unreadable"
    assert many.splitlines()[11].startswith("GitHub annotates the first 10 ")


@pytest.mark.parametrize(
    ("numbers", "lines"),
    [
        ({"checked": 4, "with_tape": 4, "calls": 12}, ["All clear: 12 gradient calls in 4 files"]),
        ({"checked": 1, "with_tape": 1, "calls": 1}, ["All clear: 1 gradient call in 1 file"]),
        ({"checked": 3, "with_tape": 0, "calls": 0}, ["All clear: no gradient tape in 3 files"]),
        ({"checked": 0}, ["No Python files to check"]),
        ({}, ["All clear"]),
        ({"fixed": 2}, ["Fixed 2 findings", "All clear"]),
        ({"errors": [FileError("a.py", "?")]}, ["Could not analyse 1 file"]),
        ({"errors": [FileError("", "?")] * 2}, ["2 errors in the rules"]),
    ],
)
def test_the_closing_line_when_nothing_was_found(numbers: dict[str, Any], lines: list[str]) -> None:
    assert closing_lines(Result(**numbers)) == lines


def test_the_closing_line_counts(tmp_path: Path) -> None:
    assert closing_lines(programs.everything(tmp_path)) == [
        "Found 5 errors, 1 warning, 1 note in 7 files (checked 10 files, 7 with a tape)",
        "1 fixable with --fix, 1 more with --fix --unsafe-fixes",
        "Could not analyse 1 file",
    ]
    assert closing_lines(Result([programs.several(tmp_path)])) == [
        "Found 1 error in 1 file",
        "1 fixable with --fix --unsafe-fixes",
    ]


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "text"])
def test_formats_for_programs_load_neither_rich_nor_libcst(format: str) -> None:
    script = (
        "import io, sys; from tapelint.report import Options, Result, write;"
        f"write(Result(), {format!r}, io.StringIO(), Options(version='1.0'));"
        "print([name for name in ('rich', 'libcst', 'click') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_no_encoding_of_the_stream_makes_a_format_fail(tmp_path: Path, encoding: str) -> None:
    result = programs.everything(tmp_path)
    for function, formats in ((write, FORMATS), (write_trace, TRACE_FORMATS)):
        for format in formats:
            stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
            function(result, format, stream, Options(version="1.0"))
            stream.flush()


def test_file_names_that_are_no_unicode_are_shown(tmp_path: Path) -> None:
    span = Span("bad\udcff.py", Position(1, 1), Position(1, 2))
    result = Result([Diagnostic("TL101", "numpy-call", "error", "gone", span)], cwd=tmp_path, root=tmp_path)
    for format in FORMATS:
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        write(result, format, stream, Options(version="1.0"))
        stream.flush()
        shown = stream.buffer.getvalue().decode()
        assert re.search(r"bad(\?|\\udcff|%FF)\.py", shown), format
