"""Checks ranks.txt: the numbers of axes that layers refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import facts_lab as lab
import propose_facts as propose

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, rows

MOST = 6
"""So many axes are tried."""
tf = lab.tf


def listed() -> dict[str, set[int]]:
    """What ranks.txt says: the refused numbers of axes by the layer."""
    return {full_name(name): {int(rank) for rank in said.split()} for name, said in rows("ranks.txt")}


def measured() -> dict[str, set[int]]:
    """The same as it was seen, of the layers that are listed: whatever the sizes, ValueError is raised."""
    return {name: set(refused) for name, refused in _of_layers() if name in listed()}


def _of_layers() -> Iterator[tuple[str, list[int]]]:
    for block in Path(FOLDER, "keras_layers.txt").read_text(encoding="utf-8").split("\n\n"):
        header, *lines = block.strip("\n").split("\n")
        calls = [split_line(line.strip())[2] for line in lines if line.strip().startswith("keras.layers.")]
        alone = [call for call in calls if len(propose.names_in(call)) == 1 and call.endswith(")")]
        if alone and not header.startswith("#"):
            yield full_name(header_name(header)), _refused(alone)


def _refused(calls: list[str]) -> list[int]:
    return [rank for rank in range(MOST + 1) if all(_is_refused(call, rank) for call in calls)]


def _is_refused(call: str, rank: int) -> bool:
    """Whether a layer refuses tensors of some axes, long ones and short ones."""
    return all(_raises(call, sizes[:rank]) for sizes in ([12] * MOST, [1] * MOST, [2, 3, 12, 4, 3, 3]))


def _raises(call: str, shape: list[int]) -> bool:
    (leaf,) = propose.names_in(call)
    kept = propose.env_of(call)[leaf]
    try:
        lab.run(call, {leaf: tf.ones(shape, kept.dtype)})
    except ValueError:
        return True
    except Exception:
        return False
    return False


if __name__ == "__main__":  # prints the lines of all layers, of which some hang on what the layer was made with
    for layer, ranks in _of_layers():
        if ranks:
            print(f"{layer}  {' '.join(map(str, ranks))}")
