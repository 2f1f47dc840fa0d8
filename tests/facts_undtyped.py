"""Checks undtyped.txt: which functions are asked for a dtype and give numbers of another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose
from facts_unlike import calls_in, raised

from tapelint.facts.parse import full_name, header_name, read_header
from tapelint.facts.table import FOLDER, rows

FILES = (
    *("tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_signal.txt", "tf_image.txt", "tf_sparse.txt"),
    *("tf_numpy.txt", "tf_random.txt", "keras_ops.txt", "keras_backend.txt", "keras_other.txt"),
)
TRIED = ("int32", "float64")


def listed() -> set[str]:
    """What undtyped.txt says: the names of the functions."""
    return {full_name(name) for (name,) in rows("undtyped.txt")}


def measured() -> set[str]:
    """The same as it was seen, in each of their experiments in which they are not refused."""
    seen: dict[str, set[bool]] = {}
    for file in FILES:
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            header, *lines = block.strip("\n").split("\n")
            if not lines or header.startswith("#"):
                continue
            signatures, name = read_header(header), full_name(header_name(header))
            if signatures and any(p.name == "dtype" for p in signatures[-1]):
                seen.setdefault(name, set()).update(_of_lines(lines))
    return {name for name, kept in seen.items() if kept == {True}}


def _of_lines(lines: list[str]) -> Iterator[bool]:
    """Whether another dtype comes out than the one that is asked for, in each experiment."""
    for expression, _ in calls_in(lines):
        if "dtype=" in expression:
            continue
        env = propose.env_of(expression)
        for dtype in TRIED:
            asking = f"{expression.rstrip()[:-1].rstrip(',')}, dtype={dtype!r})"
            if not raised(asking, env):
                found = set(_dtypes(lab.run(asking, env)))
                yield dtype not in found and found == set(_dtypes(lab.run(expression, env)))


def _dtypes(result: Any) -> Iterator[str]:
    yield from (str(lab.tf.as_dtype(part.dtype).name) for part in lab.flat(result) if hasattr(part, "dtype"))


if __name__ == "__main__":
    print(*sorted(measured()), sep="\n")
