"""JSON whose layout is kept: where the parts of a text stand in it.

The text must have been read with `json.loads` before: what is not JSON is not noticed here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\n\r]*")
# A character outside of the basic plane may be two escapes.
_CHARACTER = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.")
_decoder = json.JSONDecoder()


def start(text: str) -> int:
    """Where the one value of the text begins."""
    return _after_space(text, 0)


def members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The key of each member of the object that begins at `at`, and where its value begins and ends, in their order.

    Where a key comes twice, readers of JSON take the last.
    """
    at = _after_space(text, at + 1)
    while text[at] != "}":
        key, at = _decoder.raw_decode(text, at)
        first = _after_space(text, _after_space(text, at) + 1)
        stop = end(text, first)
        yield key, first, stop
        at = _after_comma(text, stop)


def items(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where each item of the array that begins at `at` begins and ends."""
    at = _after_space(text, at + 1)
    while text[at] != "]":
        stop = end(text, at)
        yield at, stop
        at = _after_comma(text, stop)


def end(text: str, at: int) -> int:
    """Where the value that begins at `at` ends."""
    return _decoder.raw_decode(text, at)[1]


def characters(text: str) -> list[str]:
    """The characters of a string, each as it is written; `text` is what stands between the quotation marks."""
    return _CHARACTER.findall(text)


def written(character: str, ascii: bool) -> str:
    """A character as JSON writes it in a string; `ascii`: it is escaped if it is no other."""
    return json.dumps(character, ensure_ascii=ascii or "\ud800" <= character <= "\udfff")[1:-1]


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _after_comma(text: str, at: int) -> int:
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at
