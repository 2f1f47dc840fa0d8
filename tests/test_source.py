"""One file: decoding, places in characters, imports, pieces for libcst, ignore comments."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapelint.diagnostic import Diagnostic, Position, Span
from tapelint.source import Source, SourceError, names_tape


def only(source: Source, kind: type[ast.AST]) -> ast.AST:
    [node] = [node for node in ast.walk(source.tree) if isinstance(node, kind)]
    return node


def find(source: Source, line: int, code: str = "numpy-call", name: str = "") -> Diagnostic:
    span = Span(source.path, Position(line, 1), Position(line, 2))
    return Diagnostic(code if code.startswith("TL") else "TL101", name or code, "error", "", span)


# ------------------------------------------------------------------- reading


def test_names_tape() -> None:
    assert names_tape(b"with tf.GradientTape() as t:")
    assert names_tape(b"hvd.DistributedGradientTape(t)")
    assert not names_tape(b"tape = 1")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = '\xc3\xa9'\n", "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"x = 1\r\ny = 2", "x = 1\r\ny = 2"),
        (b"", ""),
    ],
)
def test_decodes_and_encodes_back(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    source = Source.read(path)
    assert source.text == text
    assert source.encode(source.text) == data
    assert source.span(source.tree).start == Position(1, 1)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"x = '\xe9'\n", "cannot be decoded"),
        (b"# coding: no-such-thing\n", "cannot be decoded"),
        (b"# coding: rot13\nk = 1\n", "cannot be decoded"),
        (b"def f(:\n", "cannot be parsed: line 1"),
        (b"print 'old'\n", "cannot be parsed: line 1"),
        (b"x = 1\x00\n", "cannot be parsed"),
        (b"(" * 5000 + b")" * 5000, "cannot be parsed"),
    ],
)
def test_bad_files_say_why_in_one_line(tmp_path: Path, data: bytes, part: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SourceError) as raised:
        Source.read(path).tree  # noqa: B018
    assert part in raised.value.message
    assert "\n" not in str(raised.value)
    assert raised.value.path == str(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.py"):
        with pytest.raises(SourceError, match="cannot be read"):
            Source.read(path)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the syntax is old there")
def test_newer_syntax_is_named() -> None:
    with pytest.raises(SourceError, match=r"newer syntax than Python 3\.11"):
        Source.from_text("def f[T](x: T) -> T: ...\n").tree  # noqa: B018


def test_no_warnings_of_the_file_that_is_read(recwarn: pytest.WarningsRecorder) -> None:
    assert Source.from_text("x = '\\d'\n").tree
    assert not recwarn.list


def test_libcst_is_loaded_only_for_a_definition() -> None:
    code = (
        "import sys, tapelint.source as s, tapelint.project, tapelint.blocks, tapelint.fix\n"
        "src = s.Source.from_text('import a  # tapelint: ignore'); src.imports, src.ignores\n"
        "assert 'libcst' not in sys.modules\n"
        "src.definition(src.span(src.tree.body[0])); assert 'libcst' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# -------------------------------------------------------------------- places


def test_columns_count_characters() -> None:
    source = Source.from_text("é = 'ü'; y = f(x)\nz = '日本' + g(\n  'ß', a)\n")
    [call, other] = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    assert source.code(source.span(call)) == "f(x)"
    assert source.span(call).start == Position(1, 14)
    assert source.code(source.span(other)) == "g(\n  'ß', a)"
    assert source.span_between(call, other).start == source.span(call).start


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(newline: str) -> None:
    source = Source.from_text(newline.join(["a = 1", "b = '\x0c'", "", "c = f(a)"]))
    call = only(source, ast.Call)
    assert source.newline == newline
    assert source.span(call).start == Position(4, 5)
    assert source.code(source.span(call)) == "f(a)"
    assert source.lines == ["a = 1", "b = '\x0c'", "", "c = f(a)"]


@given(st.text(alphabet="aé日\n\r\x0c ", max_size=30))
def test_offset_and_position_are_inverse(text: str) -> None:
    source = Source.from_text(text)
    for offset in range(len(text) + 1):
        inside_crlf = 0 < offset < len(text) and text[offset - 1 : offset + 1] == "\r\n"
        if not inside_crlf:
            assert source.offset(source.position(offset)) == offset


def test_nodes_without_a_place_span_their_children() -> None:
    source = Source.from_text("with a as b, c as d:\n    pass\n")
    with_ = only(source, ast.With)
    assert isinstance(with_, ast.With)
    assert source.code(source.span(with_.items[1])) == "c as d"


def test_short() -> None:
    text = "y = f(\n    a,  # why\n    b,\n)\nz = g(\n    a,\n    b,\n)\n" + "w = h('" + "x" * 90 + "')\n"
    source = Source.from_text(text)
    one, two, three = (node.value for node in source.tree.body if isinstance(node, ast.Assign))
    assert source.short(one) == "f(a, b)"
    assert source.short(two) == "g(a, b)"
    assert len(source.short(three)) == 60
    assert source.short(three).endswith("…")


# ------------------------------------------------------------------- imports


def test_imports() -> None:
    source = Source.from_text(
        "import tensorflow as tf, os.path\nfrom tensorflow import GradientTape as GT\nfrom . import x\n"
        "from ..a.b import c as d\nfrom m import *\n"
        "try:\n    import tensorflow.compat.v2 as tfv2\nexcept ImportError:\n    import tensorflow as tfv2\n"
        "if a:\n    import p1 as p\nelse:\n    import p2 as p\n"
        "def f():\n    import hidden\n"
    )
    assert source.imports == {
        "tf": "tensorflow",
        "os": "os",
        "GT": "tensorflow.GradientTape",
        "x": ".x",
        "d": "..a.b.c",
        "tfv2": "tensorflow.compat.v2",
        "p": "p1",
    }


# -------------------------------------------------------------- pieces of CST


@pytest.mark.parametrize("middle", ["-" * 1500 + "1", "f(" * 150 + ")" * 150, " and ".join(["a"] * 20_000)])
def test_deep_nesting_is_an_error_and_never_a_crash(middle: str) -> None:
    source = Source.from_text(f"def f():\n    x = {middle}\n")
    try:
        call = source.tree.body[0]
        source.definition(source.span(call)).nodes_at(source.span(call))
    except SourceError as error:
        assert "deep" in error.message or "cannot read" in error.message


PIECES = '''\
import tape
@dec
class A:
\t"""doc
not indented"""
\tx = 1; y = 2
\t@property
\t# why
\tdef f(self):  # é
\t\tif self:
\t\t\treturn """
zero indent
"""
# a comment far to the left
\t\treturn g(é, 1)
\tdef h(self): return 1
class B: z = k(1)
x = 1; y = \\
  k(2)
if x:
    def late(): return k(3)
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_definition_holds_a_span_and_has_the_same_places(newline: str, end: str) -> None:
    source = Source.from_text(PIECES.removesuffix("\n").replace("\n", newline) + end.replace("\n", newline))
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    assert len(calls) == 4
    for call in calls:
        span = source.span(call)
        definition = source.definition(span)
        assert definition.span.contains(span)
        assert "Call" in {type(node).__name__ for node in definition.nodes_at(span)}, source.code(span)
    assert source.definition(source.span(calls[0])) is source.definition(source.span(calls[0]))


def test_definition_is_the_smallest() -> None:
    source = Source.from_text(PIECES)
    method = source.definition(Span(source.path, Position(15, 10), Position(15, 15)))
    assert (method.span.start.line, method.span.end.line) == (7, 15)
    both = source.definition(Span(source.path, Position(6, 1), Position(15, 15)))
    assert (both.span.start.line, both.span.end.line) == (2, 16)
    everything = source.definition(Span(source.path, Position(1, 1), Position(15, 15)))
    assert everything.span.start.line == 1


def test_units_cover_every_statement_once() -> None:
    source = Source.from_text(PIECES)
    assert [(unit.start.line, unit.end.line) for unit in source.units()] == [
        (1, 1), (4, 5), (6, 6), (7, 15), (16, 16), (17, 17), (18, 19), (20, 21),
    ]  # fmt: skip


# ------------------------------------------------------------ ignore comments

IGNORES = """\
import numpy as np  # tapelint: ignore
y = np.sin(x)  # tapelint: ignore[numpy-call, TL201]
z = f(
    np.cos(x),  # TAPELINT: ignore[TL101]
    np.sin(x),
)
# tapelint: ignore[numpy-call]

# another comment
w = np.sin(
    x)
s = "# tapelint: ignore"
@dec  # noqa: TL101
@dec2
def f():
    return np.sin(x)  # noqa
    # tapelint: ignore[TL101
t = np.sin(x)  # type: ignore  # noqa: TL101, E501
u = np.sin(x)  # noqa: E501
# tapelint: ignore[TL101] the end
"""


def test_ignores_reach() -> None:
    source = Source.from_text(IGNORES)
    silent = {line for line in range(1, 21) if not source.ignores.filter([find(source, line)])[0]}
    assert silent == {1, 2, 3, 4, 5, 6, 10, 11, 13, 14, 15, 16, 18}
    assert source.ignores.suppresses(find(source, 2, "TL201", "tensor-condition"))
    assert not source.ignores.suppresses(find(source, 4, "TL201", "tensor-condition"))


def fixed(source: Source, diagnostics: list[Diagnostic]) -> str:
    text = source.text
    for comment in reversed(source.ignores.filter(diagnostics)[1]):
        assert comment.fix
        for edit in comment.fix.edits:
            text = text[: source.offset(edit.span.start)] + edit.replacement + text[source.offset(edit.span.end) :]
    return text


def test_unused_comments_are_named_and_removed() -> None:
    source = Source.from_text(IGNORES)
    kept, unused = source.ignores.filter([find(source, 2), find(source, 18)])
    assert not kept
    assert [(c.span.start.line, c.unused) for c in unused] == [
        (1, ()), (2, ("TL201",)), (4, ("TL101",)), (7, ("numpy-call",)),
        (13, ("TL101",)), (17, ("[TL101",)), (20, ("TL101",)),
    ]  # fmt: skip
    text = fixed(source, [find(source, 2), find(source, 18)])
    assert text.splitlines()[:7] == [
        "import numpy as np",
        "y = np.sin(x)  # tapelint: ignore[numpy-call]",
        "z = f(",
        "    np.cos(x),",
        "    np.sin(x),",
        ")",
        "",
    ]
    assert text.splitlines()[11:] == [
        "@dec",
        "@dec2",
        *IGNORES.splitlines()[14:16],
        *IGNORES.splitlines()[17:19],
        "# the end",
    ]


def test_noqa_keeps_the_codes_of_others() -> None:
    source = Source.from_text("x = 1  # noqa: TL101, E501\ny = 1  # noqa: TL101 # why\n")
    assert fixed(source, []) == "x = 1  # noqa: E501\ny = 1  # why\n"


def test_ignore_file_anywhere_and_inactive_rules() -> None:
    source = Source.from_text("x = 1\n# tapelint: ignore-file[numpy-call, TL301]\n")
    kept, unused = source.ignores.filter([find(source, 1)])
    assert not kept
    assert [c.unused for c in unused] == [("TL301",)]
    assert not source.ignores.filter([find(source, 1)], inactive={"TL301", "singular-division"})[1]
    bare = Source.from_text("x = 1  # tapelint: ignore\n")
    assert len(bare.ignores.filter([])[1]) == 1
    assert not bare.ignores.filter([], inactive={"TL301"})[1]


def test_what_does_not_close_or_names_nothing_suppresses_nothing() -> None:
    text = "x = 1  # tapelint: ignore[numpy-call\ny = 1  # tapelint: ignore[]\nz = 1  # tapelint: ignores\n"
    source = Source.from_text(text)
    kept, unused = source.ignores.filter([find(source, line) for line in (1, 2, 3)])
    assert len(kept) == 3
    assert [c.unused for c in unused] == [("[numpy-call",), ("[]",)]
    assert fixed(source, []) == "x = 1\ny = 1\nz = 1  # tapelint: ignores\n"


def test_the_rule_about_unused_comments_can_be_named() -> None:
    source = Source.from_text("x = 1  # tapelint: ignore[unused-ignore]\n")
    assert not source.ignores.filter([])[1]


def test_findings_of_other_files_are_not_suppressed() -> None:
    source = Source.from_text("x = 1  # tapelint: ignore\n")
    other = Diagnostic("TL101", "numpy-call", "error", "", Span("b.py", Position(1, 1), Position(1, 2)))
    assert source.ignores.filter([other])[0] == [other]
