"""Text for people: the excerpt, narrow and plain terminals, colour, and `trace`."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import report_programs as programs
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tapelint.diagnostic import Diagnostic, Edit, Fix, Position, Span, Step
from tapelint.report import Options, Result, write, write_trace
from tapelint.views import Gradient, Place, SourceVerdict

Make = Callable[[Path], Diagnostic]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def shown(found: Diagnostic, folder: Path, options: Options | None = None, stream: io.StringIO | None = None) -> str:
    """The block of one finding, without the closing lines."""
    stream = stream or io.StringIO()
    write(Result([found], cwd=folder), "text", stream, options)
    return stream.getvalue().split("\nFound ")[0]


TRAIN = """\
error[TL101]: no gradient reaches `w`: NumPy computes `s`
  --> src/train.py:12:13
   |
 7 | w = tf.Variable(tf.ones([3]))
   | - 1: the tape watches `w`
11 |         z = tf.square(w * x)
   |             ---------------- 2: recorded
12 |         s = np.square(z)
   |             ^^^^^^^^^^^^ 3: the path ends: NumPy returns a plain array
16 |     g = tape.gradient(loss, w)
   |         ~~~~~~~~~~~~~~~~~~~~~~ 4: TensorFlow returns None for `w`
   |
 help: stay in TensorFlow (safe; --fix applies it)
   - s = np.square(z)
   + s = tf.square(z)
"""

TWO_FILES = """\
warning[TL101]: no gradient reaches `w`: NumPy computes `s`
 --> metrics.py:6:20
 ::: main.py:4:1
  |
4 | w = tf.Variable(1.0)
  | - 1: the tape watches `w`
6 |     loss = rmse(2.0 * w, 3.0)
  |            ------------------ 2: into `rmse`
7 | grad = tape.gradient(loss, w)
  |        ~~~~~~~~~~~~~~~~~~~~~~ 5: TensorFlow returns None for `w`
  |
 ::: metrics.py:5:13
  |
5 |     error = a - b
  |             ----- 3: recorded
6 |     return np.sqrt(np.mean(error * error))
  |                    ^^^^^^^^^^^^^^^^^^^^^^ 4: the path ends: NumPy returns a plain number
  |
help: compute the mean with tf.reduce_mean and the root with tf.sqrt
"""

SEVERAL = """\
error[TL101]: no gradient reaches `w`: NumPy computes `s`
 --> several.py:4:9
  |
2 | a, b = tf.Variable(1.0), tf.Variable(2.0)
  | - 1: the tape watches `a`
4 |     y = np.exp(tf.sin(a) + tf.cos(b))
  |                --------- 2: recorded
  |                --------------------- 3: recorded
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 4: the path ends: NumPy returns a plain array
5 | ga, gb = tape.gradient(y, [a, b])
  |          ~~~~~~~~~~~~~~~~~~~~~~~~ 5: TensorFlow returns None for `a` and `b`
  |
help: watch `a` (unsafe; --fix --unsafe-fixes applies it)
    with tf.GradientTape() as tape:
  +     tape.watch(a)
"""

WIDE = """\
error[TL101]: no gradient reaches `w`: NumPy computes `s`
 --> 幅 wide.py:4:7
  |
2 | 重み = tf.Variable([1.0])
  | ---- 1: the tape watches `重み`
4 |     損失 = np.sum("結果", 重み) # 広い
  |            ^^^^^^^^^^^^^^^^^^^^ 2: the path ends
5 | e\u0301 = tape.gradient(損失, 重み)
  |     ~~~~~~~~~~~~~~~~~~~~~~~~~ 3: None
  |
"""

LINES = """\
error[TL101]: no gradient reaches `w`: NumPy computes `s`
  --> lines.py:3:9
   |
 3 |         tf.round(
   |         ^^^^^^^^^...
 4 |             model(x),
   |             -------- 1: recorded
 5 |         ),
   |         ^ 2: the path ends: round has no gradient
 7 | g = tape.gradient(
   |     ~~~~~~~~~~~~~~...
10 | )
   | ~ 3: TensorFlow returns None for `w`
   |
"""

AT_THE_END = """\
error[TL101]: no gradient reaches `w`: NumPy computes `s`
 --> end.py:3:1
  |
3 |
  | ^
  |
help: say something
"""

NARROW = """\
warning[TL101]: no gradient reaches `w`:
    NumPy computes `s`
 --> metrics.py:6:20
 ::: main.py:4:1
  |
4 | w = tf.Variable(1.0)
  | - 1: the tape watches `w`
6 |     loss = rmse(2.0 * w, 3.0)
  |            ------------------
  |            2: into `rmse`
7 | grad = tape.gradient(loss, w)
  |        ~~~~~~~~~~~~~~~~~~~~~~
  |       5: TensorFlow returns None for
  |          `w`
  |
 ::: metrics.py:5:13
  |
5 |     error = a - b
  |             ----- 3: recorded
6 | ...n np.sqrt(np.mean(error * error))
  |              ^^^^^^^^^^^^^^^^^^^^^^
  |       4: the path ends: NumPy
  |          returns a plain number
  |
help: compute the mean with
      tf.reduce_mean and the root with
      tf.sqrt
"""


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (programs.train, TRAIN),
        (programs.two_files, TWO_FILES),
        (programs.several, SEVERAL),
        (programs.wide, WIDE),
        (programs.lines, LINES),
        (programs.at_the_end, AT_THE_END),
    ],
)
def test_a_finding_looks_as_the_design_says(make: Make, text: str, tmp_path: Path) -> None:
    assert shown(make(tmp_path), tmp_path) == text


def test_a_narrow_terminal_breaks_words_and_cuts_code(tmp_path: Path) -> None:
    assert shown(programs.two_files(tmp_path), tmp_path, Options(width=40)) == NARROW


NOTEBOOK = """\
error[TL101]: no gradient reaches `w`: NumPy computes `s`
 --> note.ipynb:cell 4:2:5
 ::: note.ipynb:cell 2:1:1
  |
1 | w = tf.Variable(1.0)
  | - 1: the tape watches `w`
  |
 ::: note.ipynb:cell 4:2:5
  |
2 |     np.exp(w)
  |     ^^^^^^^^^ 2: the path ends
  |
"""


def test_each_cell_of_a_notebook_is_a_text_of_its_own(tmp_path: Path) -> None:
    text = "w = tf.Variable(1.0)\n\nwith tf.GradientTape() as tape:\n    np.exp(w)\n"
    program = programs.Program(tmp_path / "note.ipynb", text)
    broken = program.span("np.exp(w)")
    found = programs.finding(broken, program.step("w", "the tape watches `w`"), Step(broken, "the path ends"))

    def cell_of(path: str, line: int) -> tuple[int, int]:
        return (2, line) if line < 3 else (4, line - 2)

    stream = io.StringIO()
    write(Result([found], cwd=tmp_path, cell_of=cell_of), "text", stream)
    assert stream.getvalue().split("\nFound ")[0] == NOTEBOOK


def test_crlf_files_look_the_same(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    path = tmp_path / "src" / "train.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert shown(found, tmp_path) == TRAIN


def test_a_file_that_is_gone_is_no_error(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    (tmp_path / "src" / "train.py").unlink()
    assert "3: the path ends" in shown(found, tmp_path)


def test_a_long_line_is_shown_around_its_marks(tmp_path: Path) -> None:
    text = "y = " + " + ".join(f"term_{number}" for number in range(500)) + "\n"
    program = programs.Program(tmp_path / "long.py", text)
    block = shown(programs.finding(program.span("term_250")), tmp_path, Options(width=60))
    code, mark = block.splitlines()[3:5]
    assert code.startswith("1 | ...")
    assert code.endswith("...")
    assert len(code) == 60
    start, end = mark.index("^"), mark.rindex("^") + 1
    assert code[start:end] == "term_250"


def test_marks_far_apart_on_a_long_line_keep_the_main_one_in_sight(tmp_path: Path) -> None:
    text = "first = " + "1 + " * 100 + "last\n"
    program = programs.Program(tmp_path / "long.py", text)
    found = programs.finding(program.span("last"), program.step("first", "there"))
    lines = shown(found, tmp_path, Options(width=60)).splitlines()
    assert lines[3].endswith("+ last")
    assert lines[4].endswith("^^^^")
    assert all(len(line) <= 60 for line in lines)


def test_what_is_said_twice_of_one_place_is_shown_once(tmp_path: Path) -> None:
    found = programs.train(tmp_path)
    loop = [found.steps[1], found.steps[2]] * 3
    again = Step(found.span, "and once more")
    block = shown(replace(found, steps=(found.steps[0], *loop, again)), tmp_path)
    assert "---------------- 2, 4, 6: recorded\n" in block
    assert "   |             ^^^^^^^^^^^^ 3, 5, 7: the path ends: NumPy returns a plain array\n" in block
    assert "   |                          8: and once more\n" in block


def test_a_long_path_is_shortened_around_the_break(tmp_path: Path) -> None:
    program = programs.Program(tmp_path / "long.py", "".join(f"line_{number}\n" for number in range(100)))
    steps = [program.step(f"line_{number}\n".strip(), "here", 0) for number in range(20, 80)]
    block = shown(programs.finding(steps[40].span, *steps), tmp_path)
    told = [int(number) for number in re.findall(r"(\d+): here", block)]
    assert len(told) == 16
    assert {1, 2, 41, 59, 60} <= set(told)
    assert "60: here (44 more steps)" in block


def test_a_fix_in_another_file_names_it(tmp_path: Path) -> None:
    found = programs.two_files(tmp_path)
    start = Span(str(tmp_path / "main.py"), Position(1, 1), Position(2, 1))
    fix = Fix("import less", (Edit(start, ""),))
    block = shown(replace(found, fixes=(fix,)), tmp_path)
    assert block.endswith(
        "help: import less (unsafe; --fix --unsafe-fixes applies it)\n  in main.py:\n  - import tensorflow as tf\n"
    )


def test_a_fix_at_the_top_and_the_end_of_a_file(tmp_path: Path) -> None:
    found = programs.at_the_end(tmp_path)
    path = found.span.path
    top = Edit(Span(path, Position(1, 1), Position(1, 1)), "import a\n")
    end = Edit(Span(path, Position(3, 1), Position(3, 1)), "z = 3\r\n")
    block = shown(replace(found, fixes=(Fix("mend", (end, top)),)), tmp_path)
    assert block.endswith("  + import a\n    y = 2\n  + z = 3\n")


def test_what_would_act_on_the_terminal_is_not_printed(tmp_path: Path) -> None:
    program = programs.Program(tmp_path / "bad.py", 'x = "\x1b[31m\u202e" + y  # \x07\n')
    found = programs.finding(program.span("y"), program.step("x", "red \x1b[0m"))
    block = shown(replace(found, message="a\x1b[2J"), tmp_path)
    assert "\x1b" not in block
    assert "\x07" not in block
    assert "\u202e" not in block


def test_ascii_terminals_keep_the_marks_in_place(tmp_path: Path) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(Result([programs.wide(tmp_path)], cwd=tmp_path), "text", stream)
    stream.flush()
    lines = raw.getvalue().decode("ascii").splitlines()
    code, mark = lines[5], lines[6]
    assert code == '4 |     ???? = np.sum("????", ????) # ????'
    assert code[mark.index("^") :].startswith("np.sum(")


PLAIN, COLOUR = False, True


@pytest.mark.parametrize(
    ("environment", "terminal", "wanted", "expected"),
    [
        ({}, False, None, PLAIN),
        ({}, True, None, COLOUR),
        ({"NO_COLOR": "1"}, True, None, PLAIN),
        ({"NO_COLOR": ""}, True, None, COLOUR),
        ({"TERM": "dumb"}, True, None, PLAIN),
        ({"FORCE_COLOR": "1"}, False, None, COLOUR),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, None, PLAIN),
        ({}, False, True, COLOUR),
        ({}, True, False, PLAIN),
        ({"NO_COLOR": "1"}, True, True, COLOUR),
    ],
)
def test_colour_only_where_it_is_wanted(
    environment: dict[str, str],
    terminal: bool,
    wanted: bool | None,
    expected: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal() if terminal else io.StringIO()
    block = shown(programs.train(tmp_path), tmp_path, Options(color=wanted), stream)
    assert ("\x1b[" in block) is expected
    if not terminal:
        assert re.sub(r"\x1b\[[\d;]*m", "", block).startswith(TRAIN)


def test_a_rule_with_a_page_is_a_link_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    result = Result([programs.train(tmp_path)], cwd=tmp_path, rules=[programs.RULE])
    for stream, link in ((Terminal(), True), (io.StringIO(), False)):
        write(result, "text", stream, Options(color=True))
        assert (f"{programs.RULE.url}\x1b" in stream.getvalue()) is link


@given(
    text=st.text(alphabet=st.sampled_from("ab損\t\u0301 \n\r()"), max_size=200),
    places=st.lists(st.tuples(*[st.integers(1, 8), st.integers(1, 60)] * 2), min_size=1, max_size=6),
    width=st.integers(20, 100),
)
def test_no_text_and_no_place_make_it_fail(text: str, places: list[tuple[int, ...]], width: int) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spans = [Span("a.py", *sorted((Position(a, b), Position(c, d)))) for a, b, c, d in places]
    found = programs.finding(spans[0], *(Step(span, "gone") for span in spans[1:]))
    stream = io.StringIO()
    write(Result([found], cwd=Path("/"), text_of=lambda path: lines), "text", stream, Options(width=width))
    rows = [line for line in stream.getvalue().splitlines() if re.match(r" *\d* \|", line)]
    # A mark may be followed by three dots where its span goes on.
    assert all(cell_len(row) <= width + 3 for row in rows)


TRACE = """\
src/train.py:16:9: tape.gradient(loss, w)
  w: none
      7:1  1: the tape watches `w`                        w
    11:13  2: recorded                                    tf.square(w * x)
    12:13  3: the path ends: NumPy returns a plain array  np.square(z)
     16:9  4: TensorFlow returns None for `w`             tape.gradient(loss, w)
  b: unknown (`model` cannot be seen)

1 gradient call in 1 file, 2 sources: 1 none, 1 unknown
Could not analyse 1 file
"""


def test_trace_lists_each_source_with_its_steps(tmp_path: Path) -> None:
    stream = io.StringIO()
    write_trace(programs.everything(tmp_path), "text", stream)
    assert stream.getvalue() == TRACE


def test_trace_names_the_file_where_a_path_changes_it(tmp_path: Path) -> None:
    steps = programs.two_files(tmp_path).steps
    gradient = Gradient(Place(steps[-1].span, "tape.gradient(loss, w)"), "gradient", None, None, ())
    gradient = replace(gradient, sources=(SourceVerdict("w", "none", steps),))
    stream = io.StringIO()
    write_trace(Result(gradients=[gradient], cwd=tmp_path), "text", stream)
    assert [line.split("  ")[-1].strip() for line in stream.getvalue().splitlines()[2:9]] == [
        "w",
        "rmse(2.0 * w, 3.0)",
        "in metrics.py",
        "a - b",
        "np.mean(error * error)",
        "in main.py",
        "tape.gradient(loss, w)",
    ]


def test_trace_of_nothing_says_so() -> None:
    stream = io.StringIO()
    write_trace(Result(), "text", stream)
    assert stream.getvalue() == "No gradient calls\n"


def test_trace_fits_narrow_terminals(tmp_path: Path) -> None:
    stream = io.StringIO()
    write_trace(programs.everything(tmp_path), "text", stream, Options(width=40))
    rows = [line for line in stream.getvalue().splitlines() if line.startswith("    ")]
    assert rows
    assert all(cell_len(row) <= 40 for row in rows)
