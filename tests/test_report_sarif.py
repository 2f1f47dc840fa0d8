"""SARIF: its structure, GitHub's limits, and the fingerprints."""

from __future__ import annotations

import io
import json
import random
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import report_programs as programs
from hypothesis import given
from hypothesis import strategies as st

from tapelint.diagnostic import Diagnostic, Edit, Fix, Position, Span, Step
from tapelint.report import Options, Result, RuleInfo, about, write
from tapelint.report.fingerprint import line_hashes

ROOT = Path(__file__).parents[1]


def run_of(result: Result) -> dict[str, Any]:
    stream = io.StringIO()
    write(result, "sarif", stream, Options(version="1.2.3"))
    log = json.loads(stream.getvalue())
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


@pytest.fixture
def run(tmp_path: Path) -> dict[str, Any]:
    return run_of(programs.everything(tmp_path))


def test_the_run_says_how_to_read_it(run: dict[str, Any], tmp_path: Path) -> None:
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"] == {"SRCROOT": {"uri": tmp_path.resolve().as_uri() + "/"}}
    assert run["automationDetails"] == {"id": "tapelint/"}
    assert run["tool"]["driver"]["semanticVersion"] == "1.2.3"


def test_a_rule_has_all_that_code_scanning_asks_for(run: dict[str, Any]) -> None:
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule == {
        "id": "TL101",
        "name": "numpy-call",
        "shortDescription": {"text": "NumPy computes on the way from a source to the target."},
        "fullDescription": {"text": "NumPy computes on the way."},
        "help": {"text": rule["help"]["text"], "markdown": programs.RULE.description.strip()},
        "defaultConfiguration": {"level": "error"},
        "properties": {"precision": "high", "problem.severity": "error", "tags": ["gradient", "numpy"]},
        "helpUri": "https://example.org/rules/numpy-call",
    }
    assert "```" not in rule["help"]["text"]
    assert "security-severity" not in json.dumps(run)


def test_every_region_has_four_numbers_and_every_path_is_in_the_repository(run: dict[str, Any]) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, dict):
            if "startLine" in value:
                numbers = {key: number for key, number in value.items() if key != "snippet"}
                assert sorted(numbers) == ["endColumn", "endLine", "startColumn", "startLine"]
                assert all(number >= 1 for number in numbers.values())
            if "uriBaseId" in value:
                assert not value["uri"].startswith(("/", "file:", ".."))
            for item in value.values():
                walk(item)

    walk(run)
    uris = {found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for found in run["results"]}
    assert "%E5%B9%85%20wide.py" in uris


def test_a_finding_leads_through_its_steps(run: dict[str, Any]) -> None:
    found = run["results"][0]
    assert (found["ruleId"], found["ruleIndex"], found["level"]) == ("TL101", 0, "error")
    assert found["message"]["text"] == (
        "no gradient reaches `w`: NumPy computes `s`. See [step 1](1), [step 2](2), [the gradient call](3)."
    )
    assert [place["id"] for place in found["relatedLocations"]] == [1, 2, 3]
    assert found["locations"][0]["physicalLocation"]["region"]["snippet"] == {"text": "np.square(z)"}
    (flow,) = found["codeFlows"]
    (thread,) = flow["threadFlows"]
    lines = [step["location"]["physicalLocation"]["region"]["startLine"] for step in thread["locations"]]
    assert lines == [7, 11, 12, 16]
    assert [step["importance"] for step in thread["locations"]].index("essential") == 2


def test_a_fix_is_a_replacement(run: dict[str, Any]) -> None:
    (fix,) = run["results"][0]["fixes"]
    assert fix["description"]["text"] == "stay in TensorFlow (safe: --fix applies it)."
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "src/train.py", "uriBaseId": "SRCROOT"}
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"] == {"text": "tf.square"}
    assert replacement["deletedRegion"] == {"startLine": 12, "startColumn": 13, "endLine": 12, "endColumn": 22}


def test_a_file_that_could_not_be_read_is_a_notification(run: dict[str, Any]) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (note,) = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == "line 3: invalid syntax."
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad.py"


CELLS = ['# " é 😀\nx = 1', ["a = '\\\\'\n", "b = '損'; c = a\n", "\n"], [], ["d = b"]]


@pytest.mark.parametrize(
    ("cell", "line", "column", "words"),
    [(1, 2, 1, "x"), (1, 1, 8, r"\n"), (2, 1, 1, "a"), (2, 2, 10, "c"), (4, 1, 5, "b")],
)
@pytest.mark.parametrize("ascii", [True, False])
@pytest.mark.parametrize("indent", [None, 1])
def test_places_in_a_notebook_are_places_in_its_file(
    tmp_path: Path, indent: int | None, ascii: bool, cell: int, line: int, column: int, words: str
) -> None:
    cells = [{"cell_type": "code", "source": source, "metadata": {"source": ["x"]}} for source in CELLS]
    raw = json.dumps({"metadata": {"cells": "x"}, "cells": cells, "nbformat": 4}, indent=indent, ensure_ascii=ascii)
    path = tmp_path / "note.ipynb"
    path.write_text(raw, encoding="utf-8")
    end = Position(line + 1, 1) if words == r"\n" else Position(line, column + 1)
    span = Span(str(path), Position(line, column), end)
    found = Diagnostic("TL101", "numpy-call", "error", "gone", span, fixes=(Fix("mend", (Edit(span, 'say("é")\n'),)),))
    (shown,) = run_of(Result([found], cwd=tmp_path, cell_of=lambda path, at: (cell, at)))["results"]

    region = shown["locations"][0]["physicalLocation"]["region"]
    lines = raw.split("\n")
    number, start, stop = region["startLine"] - 1, region["startColumn"] - 1, region["endColumn"] - 1
    assert region["endLine"] == number + 1
    assert lines[number][start:stop] == words
    assert shown["partialFingerprints"]["primaryLocationLineHash"] == line_hashes(raw)[number]

    (replacement,) = shown["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == region
    lines[number] = lines[number][:start] + replacement["insertedContent"]["text"] + lines[number][stop:]
    mended = "".join(json.loads("\n".join(lines))["cells"][cell - 1]["source"])
    assert 'say("é")\n' in mended


def test_symlinks_lead_to_the_real_file(tmp_path: Path) -> None:
    found = programs.train(tmp_path / "repository")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "repository", target_is_directory=True)
    moved = replace(found, span=replace(found.span, path=str(link / "src" / "train.py")))
    run = run_of(Result([moved], cwd=link, root=link))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/train.py"


def test_a_file_outside_of_the_repository_keeps_its_whole_address(tmp_path: Path) -> None:
    found = programs.train(tmp_path / "elsewhere")
    run = run_of(Result([found], cwd=tmp_path, root=tmp_path / "repository"))
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (tmp_path.resolve() / "elsewhere" / "src" / "train.py").as_uri()}


def test_limits_of_code_scanning_hold(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    steps = tuple(Step(replace(found.span, start=Position(1, 1)), f"step {number}") for number in range(12_000))
    long = run_of(Result([replace(found, steps=steps)], cwd=tmp_path))["results"][0]
    shown = long["codeFlows"][0]["threadFlows"][0]["locations"]
    assert len(shown) == 1_000
    assert shown[-1]["location"]["message"]["text"] == "step 11999."
    assert len(long["relatedLocations"]) == 100

    rule = replace(programs.RULE, description="word " * 1_000, tags=tuple("abcdefghijklmno"))
    (told,) = run_of(Result(rules=[rule], cwd=tmp_path))["tool"]["driver"]["rules"]
    assert len(told["fullDescription"]["text"]) <= 1_024
    assert len(told["properties"]["tags"]) == 10


def test_the_gravest_come_first_where_some_are_left_out(tmp_path: Path) -> None:
    found = replace(programs.train(tmp_path), steps=(), fixes=())
    notes = [Diagnostic("TL001", "unused-ignore", "note", "unused", found.span)]
    several = run_of(Result([*notes * 4_999, found], cwd=tmp_path))
    assert several["results"][-1]["ruleId"] == "TL101" and several["invocations"] == [{"executionSuccessful": True}]
    many = run_of(Result([*notes * 25_000, found], cwd=tmp_path))
    assert len(many["results"]) == 25_000
    assert [one["ruleId"] for one in many["results"][:2]] == ["TL101", "TL001"]
    dropped, shown = many["invocations"][0]["toolExecutionNotifications"]
    assert dropped["message"]["text"].startswith("1 finding more")
    assert shown["message"]["text"] == "Code scanning shows 5000 of 25000 findings: the gravest come first."


def test_the_packed_file_is_as_small_as_code_scanning_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tapelint.report.sarif._PACKED", 20_000)
    words = random.Random(1)
    span = programs.train(tmp_path).span
    found = [Diagnostic("TL101", "numpy-call", "note", f"{words.getrandbits(4_000)}", span) for _ in range(100)]
    found.append(Diagnostic("TL101", "numpy-call", "error", "grave", span))
    stream = io.StringIO()
    write(Result(found, cwd=tmp_path), "sarif", stream)
    assert 10_000 < len(zlib.compress(stream.getvalue().encode())) <= 20_000
    (run,) = json.loads(stream.getvalue())["runs"]
    assert run["results"][0]["message"]["text"] == "grave."
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith(f"{101 - len(run['results'])} findings more")


def test_a_category_names_the_run(tmp_path: Path) -> None:
    stream = io.StringIO()
    write(Result(), "sarif", stream, Options(category="docs"))
    assert json.loads(stream.getvalue())["runs"][0]["automationDetails"] == {"id": "docs/"}


@pytest.mark.parametrize(
    ("written", "page"),
    [
        ({"url": "https://me:secret@host.org:1/a/b.git", "vcs_info": {}}, "https://host.org:1/a/b.git"),
        ({"url": "https://host.org/a.zip?token=x", "archive_info": {}}, "https://host.org/a.zip"),
        ({"url": "ssh://git@host.org/a.git", "vcs_info": {}}, ""),
        ({"url": "file:///nowhere/at/all", "dir_info": {}}, ""),
        ({"url": ROOT.as_uri(), "dir_info": {"editable": True}}, f"{ROOT.as_uri()}/README.md"),
        (None, ""),
    ],
)
def test_the_page_of_the_tool_is_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: Any, page: str
) -> None:
    folder = tmp_path / "tapelint-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: tapelint\nVersion: 1.0\n")
    if written:
        (folder / "direct_url.json").write_text(json.dumps(written))
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert (about.version(), about.page()) == ("1.0", page)
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: tapelint\nVersion: 1.0\nProject-URL: Home, https://a.org\n"
    )
    assert about.page() == "https://a.org"


def test_a_rule_that_was_not_announced_is_listed(tmp_path: Path) -> None:
    found = replace(programs.train(tmp_path), code="XX100", name="from-elsewhere")
    run = run_of(Result([found], cwd=tmp_path, rules=[programs.RULE, RuleInfo("TL999", "last", "The last")]))
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids[run["results"][0]["ruleIndex"]] == "XX100"


def _hash_by_definition(units: list[int]) -> str:
    """The polynomial of the first 100 units, term by term."""
    padded = [*units, *[0] * 100][:100]
    return f"{sum(unit * 37 ** (99 - index) for index, unit in enumerate(padded)) % 2**64:x}"


def _hashes_by_definition(text: str) -> list[str]:
    """Line by line, each from nothing: slow and plain."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown: list[str] = []
    for number in range(len(lines)):
        rest = "\n".join(lines[number:]).replace(" ", "").replace("\t", "")
        raw = rest.encode("utf-16-le", "surrogatepass")
        units = [raw[index] + 256 * raw[index + 1] for index in range(0, len(raw), 2)]
        shown.append(_hash_by_definition([*units, 0xFFFF]))
    return [f"{value}:{shown[: index + 1].count(value)}" for index, value in enumerate(shown)]


def test_a_fingerprint_worked_out_by_hand() -> None:
    # An empty file is the end mark alone; of two lines the second begins with it.
    end = 0xFFFF * 37**99 % 2**64
    assert line_hashes("") == [f"{end:x}:1"] == ["c129715d7a2bc9a3:1"]
    first = (10 * 37**99 + 0xFFFF * 37**98) % 2**64
    assert line_hashes("\n") == line_hashes(" \t\r\n") == [f"{first:x}:1", f"{end:x}:1"]


def test_a_fingerprint_survives_lines_that_are_added_above(tmp_path: Path) -> None:
    def fingerprints(above: str) -> list[str]:
        program = programs.Program(tmp_path / "a.py", above + programs.TRAIN)
        found = [programs.finding(program.span("np.square(z)")), programs.finding(program.span("tf.square(w * x)"))]
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in run_of(Result(found))["results"]]

    assert fingerprints("# new\n" * 50) == fingerprints("")
    assert len(set(fingerprints(""))) == 2


def test_code_in_a_message_is_no_link(tmp_path: Path) -> None:
    step = Step(programs.train(tmp_path).span, "see `g[0](2)`")
    found = replace(programs.train(tmp_path), message="`f[0](1)` cuts", help="call `h[i](j)`", fixes=(), steps=(step,))
    text = json.dumps(run_of(Result([found], cwd=tmp_path))["results"])
    assert "`f[0] (1)` cuts." in text and "`g[0] (2)`" in text and "`h[i] (j)`" in text


def test_equal_lines_are_counted() -> None:
    text = "x = 1\n" * 60
    found = line_hashes(text)
    # Only lines with a hundred units of the same text behind them have the same hash.
    alike = [value for value in found if value.split(":")[0] == found[0].split(":")[0]]
    assert [value.split(":")[1] for value in alike] == [str(number) for number in range(1, len(alike) + 1)]
    assert len(alike) == 60 - 25 + 1
    assert len(found) == 61


@given(st.text(alphabet=st.sampled_from(" \t\r\nab=é損😀\ufeff"), max_size=300))
def test_fingerprints_are_what_the_definition_says(text: str) -> None:
    assert line_hashes(text) == _hashes_by_definition(text)


def test_indentation_does_not_change_a_fingerprint() -> None:
    assert line_hashes("if x:\n    y = 1\n") == line_hashes("if x:\n\ty  =  1\n")


def test_the_byte_order_mark_counts_as_github_counts_it(tmp_path: Path) -> None:
    (tmp_path / "bom.py").write_bytes(b"\xef\xbb\xbfx = 1\n")
    span = Span("bom.py", Position(1, 1), Position(1, 2))
    run = run_of(Result([Diagnostic("TL101", "numpy-call", "error", "gone", span)], cwd=tmp_path))
    found = run["results"][0]["partialFingerprints"]["primaryLocationLineHash"]
    assert found == line_hashes("\ufeffx = 1\n")[0] != line_hashes("x = 1\n")[0]
