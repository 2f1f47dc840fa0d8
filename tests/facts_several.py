"""Checks several.txt: which functions of NumPy and Python, and methods, give several arrays or numbers, in a tuple or a
list, and whether one can be made of them."""

from __future__ import annotations

from pathlib import Path

import facts_lab as lab
import propose_facts as propose
from facts_unlike import raised, taken_apart

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, rows

FILES = ("numpy.txt", "methods.txt", "python.txt")
OF_THESE = ("numpy.", "ndarray.", "math.")


def listed() -> dict[str, str]:
    """What several.txt says."""
    return {full_name(name): said for name, said in rows("several.txt")}


def measured() -> dict[str, str]:
    """The same as it was seen: unlike if they are in some experiment."""
    found: dict[str, str] = {}
    for block in (b for file in FILES for b in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n")):
        header, _, lines = taken_apart(block.strip("\n"))
        for line in lines:
            _, graph, expression, _ = split_line(line.strip())
            if not header.startswith(("np.", *OF_THESE)) or "tolist" in header:  # which gives what numbers there are
                continue
            env = propose.env_of(expression)
            if graph or raised(expression, env) or not isinstance(made := lab.run(expression, env), tuple | list):
                continue
            alike = len({(str(getattr(each, "dtype", type(each))), getattr(each, "shape", ())) for each in made}) == 1
            name = full_name(header_name(header))
            found[name] = "alike" if alike and found.get(name) != "unlike" else "unlike"
    return found


if __name__ == "__main__":  # prints the lines
    print(*(f"{name.replace('numpy.', 'np.')}  {said}" for name, said in sorted(measured().items())), sep="\n")
