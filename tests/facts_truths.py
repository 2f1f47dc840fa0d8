"""Checks truths.txt: what functions give of truths that give the dtype of the floats of their experiments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import propose_facts as propose
from facts_whole import dtype_made, is_float
from facts_widths import FILES

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, rows
from tapelint.libraries.arguments import category

OTHERS = ("tf_numpy.txt", "keras_ops.txt", "keras_backend.txt", "tf_sparse.txt", "python.txt")


def listed() -> dict[str, str]:
    """What truths.txt says: by function the letter of the dtype."""
    return {full_name(name): letter for name, letter in rows("truths.txt")}


def measured() -> dict[str, str]:
    """The same as it was seen; "?" where it is not the same in all experiments that take truths."""
    seen: dict[str, set[str]] = {}
    for file in (*FILES, *OTHERS):
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            header, *lines = block.strip("\n").split("\n")
            name = full_name(header_name(header)) if lines and not header.startswith("#") else ""
            if name:
                seen.setdefault(name, set()).update(_of_lines(lines, file == "numpy.txt"))
    return {name: letters.pop() if len(letters) == 1 else "?" for name, letters in seen.items() if letters}


def _of_lines(lines: list[str], of_arrays: bool) -> Iterator[str]:
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        env = propose.env_of(expression)
        if not graph and "raises" not in answer.split(",")[0] and any(map(is_float, env.values())):
            made = dtype_made(expression, env, "bool", of_arrays)
            if made:
                yield category(made)


def main() -> None:
    """Print the lines of truths.txt as they are measured."""
    for name, letter in sorted(measured().items()):
        short = name.replace("tensorflow.experimental.numpy.", "tnp.").replace("tensorflow.", "tf.")
        print(f"np.{name[6:]}" if name.startswith("numpy.") else short, letter, sep="  ")


if __name__ == "__main__":
    main()
