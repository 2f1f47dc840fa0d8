"""Line fingerprints by which GitHub recognises an alert when the lines around it move.

This is the hash that GitHub's upload action adds where a file has none; computed here, other tools see the same one.
"""

from __future__ import annotations

import sys
from collections import Counter

_BASE = 37
_LENGTH = 100
_MASK = (1 << 64) - 1
_FIRST = pow(_BASE, _LENGTH, 1 << 64)
_END_OF_FILE = 0xFFFF


def line_hashes(text: str) -> list[str]:
    """The fingerprint of each line of a file's text, the first at index 0.

    A line's hash covers the 100 UTF-16 code units from its first one, spaces and tabs left out and every line end one
    LF, so that it changes with the text that follows and not with the indentation. After a colon stands how often the
    hash has come so far, from 1.
    """
    units, starts = _units(text)
    seen: Counter[int] = Counter()
    found = []
    value = 0
    wanted = iter(starts)
    start = next(wanted, -1)
    for index, unit in enumerate(units):
        # The unit that falls out of the window carries the factor that its hundred multiplications gave it.
        gone = units[index - _LENGTH] if index >= _LENGTH else 0
        value = (value * _BASE + unit - gone * _FIRST) & _MASK
        if index == start + _LENGTH - 1:
            seen[value] += 1
            found.append(f"{value:x}:{seen[value]}")
            start = next(wanted, -1)
    return found


def _units(text: str) -> tuple[list[int], list[int]]:
    """The code units that count, the end mark and zeros after them; and the index of each line's first unit."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    native = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
    raw = memoryview(text.encode(native, errors="surrogatepass")).cast("H")
    units = [*raw, _END_OF_FILE]
    starts = [0] + [index + 1 for index, unit in enumerate(units) if unit == 0x0A]
    return units + [0] * (_LENGTH - 1), starts
