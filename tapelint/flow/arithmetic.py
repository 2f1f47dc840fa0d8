"""What Python's operators give of plain values."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from .values import Const

COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")

ANSWERS: dict[str, Callable[[Any, Any], Any]] = {
    "**": lambda a, b: a**b,
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "//": lambda a, b: a // b, "%": lambda a, b: a % b, "&": lambda a, b: a & b, "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "in": lambda a, b: a in b,
}  # fmt: skip

LONGEST_TEXT = 10_000
LARGEST_BITS = 4_000
"""Longer texts, and whole numbers of more bits, are not computed."""


def fold(op: str, left: Any, right: Any) -> Const | None:
    """Python's own answer for two constants, where it is small and certain."""
    compute = ANSWERS.get(op)
    if compute is None or not _is_small(op, left, right):
        return None
    try:
        value = compute(left, right)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return Const(value) if isinstance(value, (bool, int, float, complex, str, bytes, enum.Flag)) else None


def _is_small(op: str, left: Any, right: Any) -> bool:
    """Whether the answer of an operator will be small, and is soon computed."""
    text = isinstance(left, (str, bytes)), isinstance(right, (str, bytes))
    if op == "**":
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        return numbers and abs(left) < 1e6 and abs(right) <= 64
    if op == "*" and isinstance(left, int) and isinstance(right, int):
        return left.bit_length() + right.bit_length() <= LARGEST_BITS
    if op == "+" and all(text):
        return len(left) + len(right) <= LONGEST_TEXT
    if op == "*" and any(text):
        times, repeated = (right, left) if text[0] else (left, right)
        return isinstance(times, int) and len(repeated) * times <= LONGEST_TEXT
    return not text[0] if op == "%" else True
