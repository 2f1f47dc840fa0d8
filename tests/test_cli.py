"""The command line as its users meet it: commands, options, exit status, what is printed where."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stub import engine
from test_run import BAD, GOOD, write

from tapelint.cli import check as check_command
from tapelint.cli import run
from tapelint.report import FORMATS

__all__ = ["engine"]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# ---------------------------------------------------------------------- loading


@pytest.mark.parametrize("arguments", ["--version", "--help", "check --help", "trace --help"])
def test_nothing_heavy_is_loaded(arguments: str) -> None:
    code = (
        "import sys; from tapelint.cli import run; status = run(sys.argv[1:]);"
        "heavy = {'libcst', 'rich', 'msgspec', 'tensorflow', 'numpy', 'pathspec', 'concurrent.futures'};"
        "heavy &= set(sys.modules);"
        "print(heavy, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "set()\n")
    assert "tapelint" in done.stdout


def test_plain_formats_do_without_rich_and_libcst(engine: Path) -> None:
    write(engine, a="x = 1")
    for format in ("concise", "json", "github"):
        code = (
            f"import sys; from tapelint.cli import run; run(['--isolated', '--format', '{format}']);"
            "print({'libcst', 'rich', 'msgspec', 'tensorflow'} & set(sys.modules), file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stderr == "set()\n"


def test_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "tapelint", "--version"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("tapelint ")


# ------------------------------------------------------------------- exit status


def test_exit_status(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    write(engine, good=GOOD)
    assert run([]) == 0
    write(engine, note="# GradientTape\nnp.note(1)\n")
    assert run([]) == 0, "a note does not fail"
    assert run(["--fail-level", "note"]) == 1
    write(engine, bad=BAD)
    assert run([]) == run(["check"]) == run(["."]) == run(["bad.py"]) == 1
    assert run(["--exit-zero"]) == 0
    assert run(["good.py", "note.py"]) == 0
    write(engine, broken="GradientTape (")
    assert run([]) == run(["--exit-zero"]) == 3, "what was not analysed weighs more"
    assert run(["trace", "broken.py"]) == 3 and run(["trace", "bad.py"]) == 0


def test_failing_level_of_the_settings(engine: Path) -> None:
    write(engine, sub__note="# GradientTape\nnp.note(1)\n")
    (engine / "sub/tapelint.toml").write_text(
        'fail-level = "note"\nselect = ["XX101"]\nrules = ["../../rule_of_test.py"]\n'
    )
    assert run([]) == 1
    assert run(["--fail-level", "error"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("nowhere.py", "nowhere.py: no such file or folder"),
        ("--format xml", "Invalid value for '--format': 'xml' is not one of"),
        ("--selct x", "No such option '--selct'"),
        ("--select XX9", "no rule is called 'XX9'; did you mean 'XX101'?"),
        ("--ignore numpy-cal", "no rule is called 'numpy-cal'"),
        ("--jobs 0", "Invalid value for '--jobs'"),
        ("--config nowhere.toml", "nowhere.toml: cannot be read: No such file or directory"),
        ("--output no/where", "--output no/where: its folder does not exist"),
        ("--output sarfi=x", "--output sarfi=x: no format is called 'sarfi'; did you mean 'sarif'?"),
        ("-o a -o b", "--output: one report only can go without a format or to standard output (-)"),
        ("-o json=- -o sarif=-", "--output: one report only can go without a format or to standard output (-)"),
        ("-o json=a -o sarif=./a", "--output ./a: two reports cannot go to one file"),
        ("--fix --diff", "--fix and --diff exclude each other"),
        ("- a.py", "standard input (-) cannot be checked together with files"),
        ("explain TL9999", "no rule is called 'TL9999'"),
        ("explain", "Missing argument 'RULE'"),
    ],
)
def test_wrong_usage_is_one_line(
    engine: Path, capsys: pytest.CaptureFixture[str], arguments: str, message: str
) -> None:
    status, out, err = said(capsys, *arguments.split())
    assert (status, out) == (2, "")
    assert err.startswith("tapelint: error: ") and message in err and err.count("\n") == 1


def test_wrong_settings_are_one_line(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (engine / "pyproject.toml").write_text("[tool.tapelint]\npedantc = true\n")
    status, out, err = said(capsys)
    assert (status, out) == (2, "")
    assert err == "tapelint: error: pyproject.toml:2: unknown key 'pedantc'; did you mean 'pedantic'?\n"
    (engine / "pyproject.toml").write_text('[tool.tapelint.facts]\n"mylib.f" = "x -> : "\n')
    status, out, err = said(capsys)
    assert status == 2 and err.count("\n") == 1 and "mylib.f" in err


def test_a_broken_plugin_is_named_and_the_others_run(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (engine / "mine.py").write_text("raise ValueError('no')\n")
    (engine / "pyproject.toml").write_text('[tool.tapelint]\nrules = ["mine.py", "../rule_of_test.py"]\n')
    write(engine, bad=BAD)
    status, out, err = said(capsys, "--format", "concise", "--select", "XX101", "bad.py")
    assert status == 3 and out.startswith("bad.py:2:5: error[XX101]") and err.count("\n") == 1 and "mine.py" in err


def test_interrupt(engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tapelint.invocation.check", interrupt)
    assert said(capsys) == (130, "", "")


def test_a_reader_that_stops_reading(engine: Path) -> None:
    code = "from tapelint.cli import main; main(['rules'])"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert done.stderr == "" and done.returncode == 141


# --------------------------------------------------------------- what is printed


def test_report_to_a_file(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, bad=BAD)
    status, out, _ = said(capsys, "--format", "json", "--output", "report.json")
    assert (status, out) == (1, "")
    assert [found["path"] for found in json.loads((engine / "report.json").read_text())["diagnostics"]] == ["bad.py"]


def test_several_reports_in_one_run(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, bad=BAD)
    status, out, err = said(capsys, "-o", "sarif=a.sarif", "--output", "json=b.json", "--format", "concise")
    assert (status, err) == (1, "") and out.startswith("bad.py:2:5: ")
    assert json.loads((engine / "a.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((engine / "b.json").read_text())["diagnostics"]
    status, out, _ = said(capsys, "-o", "a=b", "-o", "json=-")
    assert (status, out) == (2, "")
    status, out, _ = said(capsys, "-o", "./a=b", "-o", "sarif=c")
    assert (status, out) == (1, "") and "error[XX101]" in (engine / "a=b").read_text()
    status, out, _ = said(capsys, "-o", "json=-", "--format", "sarif")
    assert "diagnostics" in json.loads(out)


def test_trace_has_several_reports_too(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, bad=BAD)
    assert said(capsys, "trace", "-o", "json=a.json", "bad.py")[0] == 0
    assert json.loads((engine / "a.json").read_text())["gradients"]
    assert said(capsys, "trace", "-o", "sarif=a.sarif")[2].endswith("no format is called 'sarif'\n")


def test_reports_beside_a_diff_and_a_mended_text(
    engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, bad=BAD)
    assert said(capsys, "--diff", "-o", "a.diff", "-o", "concise=a.txt")[1] == ""
    assert "+x = tf.sin(1)\n" in (engine / "a.diff").read_text()
    assert (engine / "a.txt").read_text().startswith("bad.py:2:5: ")
    feed(monkeypatch, BAD.encode())
    assert said(capsys, "-", "--fix", "-q", "-o", "mended.py")[1] == ""
    assert (engine / "mended.py").read_text() == "# GradientTape\nx = tf.sin(1)\n"


def test_the_summary_of_a_step_is_added_to(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(engine / "summary.md"))
    (engine / "summary.md").write_text("before\n")
    run(["-o", f"json={engine / 'summary.md'}"])
    assert (engine / "summary.md").read_text().startswith("before\n{")


def test_a_shell_is_offered_formats(engine: Path) -> None:
    words = {"COMP_CWORD": "3", "_TAPELINT_COMPLETE": "bash_complete"}

    def offered(given: str, option: str = "--output") -> list[str]:
        environment = {**os.environ, **words, "COMP_WORDS": f"tapelint check {option} {given}"}
        command = [sys.executable, "-c", "import sys; from tapelint.cli import main; main()"]
        return subprocess.run(command, capture_output=True, text=True, env=environment).stdout.split()

    assert offered("sa") == ["plain,sarif="]
    assert offered("./x") == ["file,./x"]
    assert offered("j", "--format") == ["plain,json", "plain,junit"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format(engine: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    write(engine, bad=BAD)
    status, out, err = said(capsys, "--format", format)
    assert (status, err) == (1, "") and "bad.py" in out and "XX101" in out


def test_every_format_can_be_asked_for() -> None:
    (choices,) = [option.type for option in check_command.params if option.name == "format"]
    assert tuple(choices.choices) == FORMATS


def test_more_than_github_shows_goes_into_the_summary(
    engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = engine / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(engine, bad="# GradientTape\n" + "x = np.sin(1)\n" * 10)
    _, out, _ = said(capsys, "--format", "github")
    assert out.count("::error") == 10 and not summary.exists()
    write(engine, more=BAD)
    _, out, _ = said(capsys, "--format", "github")
    assert out.endswith("all are in this log and the summary of the step.\n")
    assert summary.read_text().count("| error | XX101 rule-of-test |") == 11
    said(capsys, "--format", "github", "-o", f"markdown={summary}")
    assert summary.read_text().count("## tapelint") == 2, "asked for, it is written once"


def test_trace(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, bad=BAD)
    status, out, _ = said(capsys, "trace", "--format", "json", "--no-cache", "bad.py")
    assert status == 0
    assert json.loads(out)["gradients"][0]["method"] == "gradient"


def test_quiet_and_statistics(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--quiet") == (0, "", "")
    write(engine, bad=BAD + "np.note(1)\n")
    counted = "1  error    XX101  [*]  rule-of-test\n1  note     XX101  [*]  rule-of-test\n"
    assert said(capsys, "--statistics", "--quiet")[1] == counted
    assert said(capsys, "--statistics")[1].startswith(f"{counted}\nFound 1 error, 1 note in 1 file")
    found = json.loads(said(capsys, "--statistics", "--format", "json")[1])
    assert found[0] == {
        "code": "XX101",
        "name": "rule-of-test",
        "level": "error",
        "count": 1,
        "fixable": 1,
        "unsafely fixable": 0,
    }


def test_colours_when_asked_for(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(engine, bad=BAD)
    assert "\x1b[" not in said(capsys)[1]
    assert "\x1b[" in said(capsys, "--color", "always")[1]
    assert "\x1b[" not in said(capsys, "--color", "never")[1]


# ------------------------------------------------------------------ standard input


def test_standard_input(engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, BAD.encode())
    status, out, _ = said(capsys, "-", "--stdin-filename", "sub/a.py", "--format", "concise")
    assert status == 1 and out.startswith(f"sub{os.sep}a.py:2:5:".replace(os.sep, "/"))
    feed(monkeypatch, b"GradientTape \xff")
    status, out, err = said(capsys, "-", "--format", "concise")
    assert status == 3 and err.startswith("tapelint: <stdin>: cannot be decoded")


def test_standard_input_that_is_excluded(
    engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("-", "--stdin-filename", "build/a.py", "--force-exclude")
    feed(monkeypatch, BAD.encode())
    assert said(capsys, *arguments) == (0, "No Python files to check\n", "")
    feed(monkeypatch, BAD.encode())
    assert said(capsys, *arguments, "--fix", "--quiet") == (0, BAD, ""), "an editor's buffer stays what it is"
    feed(monkeypatch, BAD.encode())
    assert said(capsys, *arguments[:-1])[0] == 1


def test_standard_input_mended(
    engine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, BAD.encode())
    status, out, err = said(capsys, "-", "--fix", "--quiet")
    assert (status, out, err) == (0, "# GradientTape\nx = tf.sin(1)\n", "")
    feed(monkeypatch, BAD.encode())
    status, out, _ = said(capsys, "-", "--diff", "--stdin-filename", "a.py")
    assert status == 1 and "+x = tf.sin(1)\n" in out
    feed(monkeypatch, GOOD.encode())
    assert said(capsys, "-", "--fix", "--quiet")[1] == GOOD


# ------------------------------------------------------------------------ rules


def test_rules_and_explain(engine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "rules")
    assert status == 0 and "XX101  rule-of-test" in out and "NumPy is used." in out
    status, out, _ = said(capsys, "rules", "--format", "json")
    assert {"code": "XX101", "name": "rule-of-test", "level": "error", "summary": "NumPy is used."} in json.loads(out)
    assert said(capsys, "explain", "xx101")[1] == said(capsys, "explain", "Rule-Of-Test")[1]
    assert "Nothing more is to be said." in said(capsys, "explain", "XX101")[1]
    assert "XX101" in said(capsys, "explain", "XX101", "--color", "always")[1]
