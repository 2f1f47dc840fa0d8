"""Checks several.txt: which functions of NumPy give several arrays, in a tuple or a list, and whether one can be made
of them."""

from __future__ import annotations

from pathlib import Path

import facts_lab as lab
import propose_facts as propose
from facts_unlike import raised, taken_apart

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, rows


def listed() -> dict[str, str]:
    """What several.txt says."""
    return {full_name(name): said for name, said in rows("several.txt")}


def measured() -> dict[str, str]:
    """The same as it was seen: unlike if they are in some experiment."""
    found: dict[str, str] = {}
    for block in Path(FOLDER, "numpy.txt").read_text(encoding="utf-8").split("\n\n"):
        header, _, lines = taken_apart(block.strip("\n"))
        for line in lines:
            _, graph, expression, _ = split_line(line.strip())
            env = propose.env_of(expression)
            if graph or raised(expression, env) or not isinstance(made := lab.run(expression, env), tuple | list):
                continue
            alike = len({(str(each.dtype), each.shape) for each in made}) == 1
            name = full_name(header_name(header))
            found[name] = "alike" if alike and found.get(name) != "unlike" else "unlike"
    return found


if __name__ == "__main__":  # prints the lines
    print(*(f"np.{name[6:]}  {said}" for name, said in sorted(measured().items())), sep="\n")
