"""Checks whole.txt: which functions and operators give whole numbers of the dtype of those that they are given."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose
from facts_widths import FILES

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, rows
from tapelint.libraries.shapes.widths import KNOWN, LONG

TRIED = ("uint8", "int8", "int16", "int32", "int64")
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
    "**": operator.pow, "/": operator.truediv,
}  # fmt: skip
ASKING = {"numpy.float32"}
"""What makes other floats than doubles, for it says so."""
tf, np = lab.tf, lab.np


def listed() -> set[str]:
    """What whole.txt says: the names of the functions and the operators."""
    return {full_name(name) for (name,) in rows("whole.txt")}


def measured() -> set[str]:
    """The same as it was seen, in each of their experiments that takes whole numbers."""
    seen: dict[str, set[bool]] = {}
    for file in FILES:
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            header, *lines = block.strip("\n").split("\n")
            name = full_name(header_name(header)) if lines and not header.startswith("#") else ""
            if name.startswith(KNOWN):
                seen.setdefault(name, set()).update(_of_lines(lines, file == "numpy.txt"))
    for sign, function in OPERATORS.items():
        seen[f"operator {sign}"] = set(_of_operator(function))
    return {name for name, kept in seen.items() if kept == {True}}


def _of_lines(lines: list[str], of_arrays: bool) -> Iterator[bool]:
    """Whether the dtype is kept in each experiment that takes whole numbers of a dtype in the place of floats."""
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        env = propose.env_of(expression)
        if graph or "raises" in answer.split(",")[0] or not any(map(is_float, env.values())):
            continue
        yield from filter(None.__ne__, (_is_kept(expression, env, dtype, of_arrays) for dtype in TRIED))  # type: ignore[misc]


def other_floats() -> set[str]:
    """The functions of NumPy's that make other floats than doubles of whole numbers of 32 and 64 bits."""
    found: set[str] = set()
    for block in Path(FOLDER, "numpy.txt").read_text(encoding="utf-8").split("\n\n"):
        header, *lines = block.strip("\n").split("\n")
        for line in lines if not header.startswith("#") else ():
            _, graph, expression, _ = split_line(line.strip())
            env = propose.env_of(expression)
            if graph or not any(map(is_float, env.values())):
                continue
            made = {dtype_made(expression, env, dtype, of_arrays=True) for dtype in LONG}
            if any(each.startswith("float") and each != "float64" for each in made):
                found.add(full_name(header_name(header)))
    return found


def is_float(value: Any) -> bool:
    return isinstance(value, tf.Tensor) and value.dtype == "float32"


def _is_kept(expression: str, env: dict[str, Any], dtype: str, of_arrays: bool) -> bool | None:
    """None where such numbers are not taken, or where no whole numbers come of them."""
    made = dtype_made(expression, env, dtype, of_arrays)
    return made == dtype if "int" in made else None


def dtype_made(expression: str, env: dict[str, Any], dtype: str, of_arrays: bool) -> str:
    """The dtype of what comes of whole numbers in the place of floats; "" where they are not taken."""
    given = {name: tf.cast(value, dtype) if is_float(value) else value for name, value in env.items()}
    if of_arrays:
        given = {name: value.numpy() if isinstance(value, tf.Tensor) else value for name, value in given.items()}
    try:
        return str(tf.as_dtype(lab.run(expression, given).dtype).name)
    except Exception:
        return ""


def _of_operator(function: Callable[[Any, Any], Any]) -> Iterator[bool]:
    """The same of an operator on two of one dtype, and on one beside a number of Python's."""
    for dtype in TRIED:
        array = np.array([1, 2], dtype)
        for value in (array, tf.constant(array)):
            for other in (value, 2):
                try:
                    yield tf.as_dtype(function(value, other).dtype) == dtype
                except (TypeError, tf.errors.OpError):
                    continue  # it does not take them


def main() -> None:
    """Print the lines of whole.txt as they are measured."""
    for name in sorted(measured()):
        short = name.replace("tensorflow.", "tf.") if name.startswith("tensorflow.") else name
        print(f"np.{name[6:]}" if name.startswith("numpy.") else short)


if __name__ == "__main__":
    main()
