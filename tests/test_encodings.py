"""Fixes leave every other byte of a file as it was, however it is encoded and however its lines end."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from tapelint.cli import run

TEXT = """import numpy as np
import tensorflow as tf
x = tf.Variable([1.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(np.square(x * 2.0))  # é
g = tape.gradient(y, x)
"""
BOM = codecs.BOM_UTF8


def coded(encoding: str, text: str = TEXT, line: str = "# -*- coding: {} -*-\n") -> bytes:
    return (line.format(encoding) + text).encode(encoding)


FILES = {
    "plain": TEXT.encode(),
    "byte order mark": BOM + TEXT.encode(),
    "crlf": TEXT.replace("\n", "\r\n").encode(),
    "lone cr": TEXT.replace("\n", "\r").encode(),
    "both": BOM + TEXT.replace("\n", "\r\n").encode(),
    "mixed": TEXT.replace("\n", "\r\n", 2).encode(),
    "no end": TEXT.rstrip("\n").encode(),
    "form feed": TEXT.replace("\nwith", "\n\x0cwith").encode(),
    "other line ends": TEXT.replace("é", "\u2028\x85\x0b é").encode(),
    "wide": TEXT.replace("é", "\U0001f600").encode(),
    "latin-1": coded("latin-1"),
    "latin-1 crlf": coded("latin-1").replace(b"\n", b"\r\n"),
    "vim": coded("iso-8859-15", line="#!/usr/bin/python\n# vim: set fileencoding={} :\n"),
    "cp1252": coded("cp1252"),
    "mac-roman": coded("mac-roman"),
    "utf-8-sig": coded("utf-8-sig").removeprefix(BOM),
    "shift_jis": coded("shift_jis", TEXT.replace("é", "表")),  # its second byte is a backslash
}


@pytest.mark.parametrize("name", FILES)
def test_all_bytes_but_the_fix_stay(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(FILES[name])
    assert run([str(path), "--fix", "--isolated", "--no-cache", "--quiet"]) == 0
    assert path.read_bytes() == FILES[name].replace(b"np.square", b"tf.square")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (coded("latin-1", line=""), "'utf-8' codec can't decode byte 0xe9"),
        (b"# coding: nosuch\n" + TEXT.encode(), "unknown encoding: nosuch"),
        (b"# coding: rot13\n" + TEXT.encode(), "'rot13' is not a text encoding"),
        (BOM + b"# coding: latin-1\n" + TEXT.encode(), "encoding problem"),
        (TEXT.encode() + b"\0\n", "cannot be parsed"),
    ],
)
def test_what_python_cannot_read_is_said(
    data: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert run([str(path), "--fix", "--isolated", "--no-cache", "--quiet"]) == 3
    assert said in capsys.readouterr().err and path.read_bytes() == data


@pytest.mark.parametrize("data", [b"", BOM, b"\n", b"\r", b"# coding: utf-8"])
def test_empty_files_are_fine(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert run([str(path), "--isolated", "--no-cache"]) == 0
    assert capsys.readouterr().out == "All clear: no gradient tape in 1 file\n"
