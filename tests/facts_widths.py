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

FILES = (
    "tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_signal.txt", "tf_other.txt", "tf_random.txt",
    "tf_image.txt", "numpy.txt",
)  # fmt: skip
DOUBLE = "float64"
tf = lab.tf


def listed() -> dict[str, str]:
    """What widths.txt says: the dtype by the function's name."""
    return {full_name(name): dtype for name, dtype in rows("widths.txt")}


def measured() -> dict[str, str]:
    """The same as it was seen: of floats, then of doubles, the same dtype comes, of which the facts say nothing."""
    found: dict[str, str] = {}
    for file in FILES:
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            header, *lines = block.strip("\n").split("\n")
            if lines and not header.startswith("#"):
                found |= {full_name(header_name(header)): said for said in _of_lines(lines, file == "numpy.txt")}
    return found


def _of_lines(lines: list[str], of_arrays: bool) -> Iterator[str]:
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        if graph or "raises" in answer.split(",")[0] or DTYPES & set(answer.replace(",", " ").split()):
            continue
        env = propose.env_of(expression)
        floats = [name for name, value in env.items() if isinstance(value, tf.Tensor) and value.dtype.is_floating]
        if not floats:
            continue
        dtypes = {dtype: _seen(expression, env, floats, dtype, of_arrays) for dtype in ("float32", DOUBLE)}
        if "" not in dtypes.values() and any(dtype != seen for dtype, seen in dtypes.items()):
            yield dtypes[DOUBLE] if len(set(dtypes.values())) == 1 else "unclear"


def _seen(expression: str, env: dict[str, Any], floats: list[str], dtype: str, of_arrays: bool) -> str:
    """The dtype of floats that come of floats of a dtype; "" for what are none."""
    given = {name: tf.cast(value, dtype) if name in floats else value for name, value in env.items()}
    if of_arrays:
        given = {name: value.numpy() if isinstance(value, tf.Tensor) else value for name, value in given.items()}
    try:
        made = tf.as_dtype(lab.run(expression, given).dtype)
    except Exception:
        return ""
    return str(made.name) if made.is_floating else ""
