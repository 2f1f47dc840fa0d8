"""The reports for servers: GitLab, JUnit, Markdown with Mermaid, GitHub's annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as XML

import jsonschema
import pytest
import report_programs as programs
from ci_tools import JUNIT_SCHEMA, MERMAID, mermaid_complaints
from test_report import printed

from tapelint.diagnostic import Diagnostic, Position, Span, Step
from tapelint.report import FileError, Result

ODD = 'x["a`b|<c>"] % 3 #; <b>&amp;</b> \N{SNOWMAN} "q" [i](j) *k* _l_ ~m~ $n$ @o'


def odd(folder: Path, text: str = ODD) -> Diagnostic:
    """A finding whose code and message are full of characters that mean something elsewhere."""
    program = programs.Program(folder / "odd | file].py", f"{text}\ntape.gradient(a, b)\n")
    span = program.span(text)
    steps = (program.step(text, f"odd `{text.replace('`', '')}`"), program.step("tape.gradient(a, b)", "None"))
    return Diagnostic("TL101", "numpy-call", "error", f"odd {text}", span, (), steps)


def in_a_notebook(folder: Path) -> tuple[Diagnostic, Callable[[str, int], tuple[int, int] | None]]:
    """A finding in the second line of the second cell, which is the eighth line of the file."""
    cells = [{"cell_type": "code", "source": ["a\n"]}, {"cell_type": "code", "source": ["b\n", "c"]}]
    (folder / "note.ipynb").write_text(json.dumps({"cells": cells}, indent=1))
    span = Span(str(folder / "note.ipynb"), Position(3, 1), Position(3, 2))
    return Diagnostic("TL101", "numpy-call", "error", "gone", span), lambda path, line: (2, line - 1)


def line_in_the_file(folder: Path) -> int:
    lines = (folder / "note.ipynb").read_text().split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.strip() == '"c"')


# ------------------------------------------------------------------------ GitLab

CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}


def test_gitlab_has_what_its_documentation_asks_for(tmp_path: Path) -> None:
    shown = json.loads(printed(programs.everything(tmp_path), "gitlab"))
    jsonschema.validate(shown, CODE_QUALITY)
    assert len({entry["fingerprint"] for entry in shown}) == len(shown) == len(programs.MAKERS) + 1
    assert shown[0]["description"] == "could not be analysed: line 3: invalid syntax"
    assert shown[1]["location"] == {"path": "src/train.py", "lines": {"begin": 12}}
    assert [entry["severity"] for entry in shown[:3]] == ["critical", "major", "minor"]
    assert printed(Result(), "gitlab") == "[]\n"


def test_gitlab_keeps_fingerprints_under_moved_lines(tmp_path: Path) -> None:
    def fingerprints(text: str) -> list[str]:
        program = programs.Program(tmp_path / "a.py", text)
        found = [programs.finding(program.span("np.a(x)", index)) for index in range(text.count("np.a(x)"))]
        return [entry["fingerprint"] for entry in json.loads(printed(Result(found, cwd=tmp_path), "gitlab"))]

    before = fingerprints("np.a(x)\nnp.a(x)\n")
    assert fingerprints("# above\n\nif y:\n    np.a(x)\n    z = np.a(x)\n") == before
    assert len(set(before)) == 2
    assert fingerprints("np.a(x)\n") == before[:1]


def test_gitlab_gives_lines_of_the_file_of_a_notebook(tmp_path: Path) -> None:
    found, cell_of = in_a_notebook(tmp_path)
    (entry,) = json.loads(printed(Result([found], cwd=tmp_path, cell_of=cell_of), "gitlab"))
    assert entry["location"]["lines"]["begin"] == line_in_the_file(tmp_path)
    assert entry["description"] == "TL101 numpy-call: cell 2, line 2: gone"


# ------------------------------------------------------------------------- JUnit


def test_junit_counts_and_tells(tmp_path: Path) -> None:
    root = XML.fromstring(printed(programs.everything(tmp_path), "junit"))
    assert root.attrib == {"name": "tapelint", "tests": "8", "failures": "6", "errors": "1"}
    first = root[0]
    assert (first.attrib["name"], first.attrib["failures"]) == ("src/train.py", "1")
    case = first[0]
    assert case.attrib == {"name": "TL101 numpy-call (12:13)", "classname": "src/train.py", "time": "0"}
    assert case[0].attrib == {"type": "error", "message": "no gradient reaches `w`: NumPy computes `s`"}
    assert "3: src/train.py:12:13: the path ends" in (case[0].text or "")
    (note,) = root.iter("system-out")
    assert (note.text or "").startswith("note: no gradient")
    (error,) = root.iter("error")
    assert error.attrib["message"] == "line 3: invalid syntax"


def test_junit_says_what_fails_as_the_exit_status_does(tmp_path: Path) -> None:
    warning = programs.two_files(tmp_path)
    for fails, failures in ((True, "1"), (False, "0")):
        root = XML.fromstring(printed(Result([warning], cwd=tmp_path, fails=lambda _, it=fails: it), "junit"))
        assert root.attrib["failures"] == failures


def test_junit_of_nothing_is_a_test_that_passes() -> None:
    root = XML.fromstring(printed(Result(checked=2, with_tape=2, calls=3), "junit"))
    assert root.attrib == {"name": "tapelint", "tests": "1", "failures": "0", "errors": "0"}
    assert root[0][0].attrib["name"] == "All clear: 3 gradient calls in 2 files" and not len(root[0][0])


def test_junit_holds_no_character_that_xml_forbids(tmp_path: Path) -> None:
    found = odd(tmp_path, "a\x00b\x1b[31m\ufffe]]>")
    result = Result([found], [], [FileError("bad\udcff\x01.py", "\x08")], cwd=tmp_path)
    root = XML.fromstring(printed(result, "junit"))
    assert "a?b" in root[0][0][0].attrib["message"]


@pytest.mark.skipif(not JUNIT_SCHEMA, reason="JUNIT_SCHEMA names no file with the schema of Jenkins (junit-10.xsd)")
def test_junit_keeps_the_schema_of_jenkins(tmp_path: Path) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    schema = xmlschema.XMLSchema(JUNIT_SCHEMA)
    for result in (programs.everything(tmp_path), Result([odd(tmp_path)], cwd=tmp_path), Result()):
        schema.validate(printed(result, "junit"))


# ---------------------------------------------------------------------- Markdown


def test_markdown_leads_from_the_table_to_the_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_SHA", raising=False)
    shown = printed(programs.everything(tmp_path), "markdown")
    head, *sections = shown.split("\n### ")
    assert "**Found 5 errors, 1 warning, 1 note in 7 files (checked 10 files, 7 with a tape)**" in head
    assert "- `bad.py`: line 3: invalid syntax" in head
    rows = [line for line in head.split("\n") if line.startswith("| ")][1:]
    assert rows[0] == (
        "| error | TL101 numpy-call | `src/train.py:12:13` | no gradient reaches `w`: NumPy computes `s` |"
    )
    assert [row.split(" ")[1] for row in rows] == ["error"] * 5 + ["warning", "note"]
    assert sections[0].startswith("error TL101 numpy-call: `src/train.py:12:13`\n\nno gradient reaches")
    assert "stay in TensorFlow (`--fix` applies it):\n\n```diff\n- s = np.square(z)\n+ s = tf.square(z)\n```" in shown
    assert printed(Result(checked=0), "markdown") == "## tapelint\n\n**No Python files to check**\n"


def test_markdown_links_to_the_lines_in_a_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SERVER_URL", "https://github.com"), ("REPOSITORY", "a/b"), ("SHA", "c0ffee")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    found, cell_of = in_a_notebook(tmp_path)
    result = Result([programs.wide(tmp_path), programs.lines(tmp_path), found], cwd=tmp_path, cell_of=cell_of)
    shown = printed(result, "markdown")
    blob = "https://github.com/a/b/blob/c0ffee"
    assert f"[`幅 wide.py:4:7`]({blob}/%E5%B9%85%20wide.py#L4)" in shown
    assert f"[`lines.py:3:9`]({blob}/lines.py#L3-L5)" in shown
    assert f"[`note.ipynb:cell 2:2:1`]({blob}/note.ipynb?plain=1#L{line_in_the_file(tmp_path)})" in shown


def test_markdown_draws_the_path(tmp_path: Path) -> None:
    shown = printed(Result([programs.train(tmp_path)], cwd=tmp_path), "markdown")
    (graph,) = re.findall("```mermaid\n(.*?)```", shown, re.DOTALL)
    lines = [line.strip() for line in graph.split("\n")]
    assert 's3["src/train.py:12:13: np.square(z)<br>3: the path ends: NumPy returns a plain array"]:::cut' in lines
    assert [line for line in lines if "-->" in line or "-.->" in line] == ["s1 --> s2", "s2 --> s3", "s3 -.-> s4"]


def test_markdown_escapes_what_has_a_meaning(tmp_path: Path) -> None:
    shown = printed(Result([odd(tmp_path)], cwd=tmp_path), "markdown")
    (row,) = [line for line in shown.split("\n") if line.startswith("| error")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "\\<b\\>\\&amp;" in row and "\\*k\\*" in row and "\\@o" in row
    (graph,) = re.findall("```mermaid\n(.*?)```", shown, re.DOTALL)
    labels = re.findall(r'\["(.*?)"\]', graph)
    assert len(labels) == 2
    assert not set('"`<>|[]{}&*_~$@\\') & set("".join(labels).replace("<br>", "")) - {"_"}


def test_markdown_stays_small(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    steps = tuple(Step(replace(found.span, start=Position(line % 12 + 1, 1)), f"{line} " * 400) for line in range(500))
    many = [replace(found, message="`w` " * 5_000, steps=steps)] * 30_000
    errors = [FileError(f"{number}.py", "no " * 2_000) for number in range(1_000)]
    shown = printed(Result(many, [], errors, cwd=tmp_path), "markdown")
    assert len(shown.encode()) < 1024 * 1024
    assert "29800 findings more" in shown
    assert "more steps" in shown and max(map(len, re.findall("```mermaid.*?```", shown, re.DOTALL))) < 50_000


def test_a_path_that_comes_round_again_is_drawn_once(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    first, second, *others = found.steps
    shown = printed(Result([replace(found, steps=(first, second, second, second, *others))], cwd=tmp_path), "markdown")
    assert shown.count("s1 --> s2") == 1 and "<br>2, 3, 4: recorded" in shown


@pytest.mark.skipif(not MERMAID, reason="there is no mermaid in the tools of the tests (.ci/tools)")
def test_mermaid_reads_the_graphs(tmp_path: Path) -> None:
    texts = [ODD, "-x", "- x", "1. x", "call", "end", "x --> y", "%%{x}%%", "A[b](c)", "\\", "#35;", "`", "x@{a: b}"]
    found = [odd(tmp_path / str(number), text) for number, text in enumerate(texts)]
    results = [*(Result([one], cwd=tmp_path) for one in found), programs.everything(tmp_path)]
    graphs = [graph for one in results for graph in re.findall("```mermaid\n(.*?)```", printed(one, "markdown"), re.S)]
    assert len(graphs) == len(texts) + 5
    assert mermaid_complaints(graphs) == []


# ------------------------------------------------------------------------ GitHub


def test_github_annotates_the_gravest_first(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    levels = ["note", "error", "warning", "error"]
    shown = printed(Result([found.at_level(level) for level in levels], cwd=tmp_path), "github")  # type: ignore[arg-type]
    assert [line.split(" ")[0] for line in shown.splitlines()] == ["::error", "::error", "::warning", "::notice"]


def test_github_gives_lines_of_the_file_of_a_notebook(tmp_path: Path) -> None:
    found, cell_of = in_a_notebook(tmp_path)
    shown = printed(Result([found], cwd=tmp_path, cell_of=cell_of), "github")
    assert f"line={line_in_the_file(tmp_path)}," in shown and shown.endswith("::cell 2, line 2: gone\n")
