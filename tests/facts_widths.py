"""Checks widths.txt: which functions give floats of one dtype, whatever floats they are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, rows
from tapelint.facts.words import DTYPES
from tapelint.libraries.shapes.widths import KNOWN

FILES = (
    "tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_signal.txt", "tf_other.txt", "tf_random.txt",
    "tf_image.txt", "numpy.txt", "methods.txt",
)  # fmt: skip
DOUBLE = "float64"
tf = lab.tf


def listed() -> dict[str, str]:
    """What widths.txt says: the dtype by the function's name."""
    return {full_name(name): dtype for name, dtype in rows("widths.txt")}


def measured() -> dict[str, str]:
    """The same as it was seen, of floats and then of doubles: what gives another dtype than the facts let expect."""
    found: dict[str, str] = {}
    for file in FILES:
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            header, *lines = block.strip("\n").split("\n")
            name = full_name(header_name(header)) if lines and not header.startswith("#") else ""
            for said in _of_lines(lines, file == "numpy.txt") if name.startswith(KNOWN) else ():
                found[name] = said
    return found


def _of_lines(lines: list[str], of_arrays: bool) -> Iterator[str]:
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        if graph or "raises" in answer.split(",")[0]:
            continue
        env = propose.env_of(expression)
        if not any(_is_wide(value, "float32") or _is_wide(value, "complex64") for value in env.values()):
            continue
        named = DTYPES & set(answer.replace(",", " ").split()) - {"same"}
        single, double = (_seen(expression, env, is_double, of_arrays) for is_double in (False, True))
        is_so = double in named if named else (single, double) == ("float32", DOUBLE)
        if "" not in (single, double) and not is_so:
            yield single if single == double else "unclear"


def _is_wide(value: Any, dtype: str) -> bool:
    return isinstance(value, tf.Tensor) and value.dtype == dtype


def _seen(expression: str, env: dict[str, Any], is_double: bool, of_arrays: bool) -> str:
    """The dtype of the numbers that come of floats or of doubles; "" for what are none."""
    wide = {"float32": DOUBLE, "complex64": "complex128"} if is_double else {}
    given = {
        name: tf.cast(value, wide.get(value.dtype.name, value.dtype)) if isinstance(value, tf.Tensor) else value
        for name, value in env.items()
    }
    if of_arrays:
        given = {name: value.numpy() if isinstance(value, tf.Tensor) else value for name, value in given.items()}
    try:
        made = tf.as_dtype(lab.run(expression, given).dtype)
    except Exception:
        return ""
    return str(made.name) if made.is_floating or made.is_complex else ""
