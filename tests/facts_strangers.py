"""Checks strangers.txt: what functions raise where something stands for a tensor of which none is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose
from facts_nones import FILES, changed
from facts_unlike import calls_in, raised

from tapelint.facts.parse import full_name, header_name, leaves_of, read_header
from tapelint.facts.table import FOLDER, rows


class _Thing:
    pass


def _function(x: object) -> object:
    return x


THINGS: dict[str, Any] = {
    "a function": _function, "a class": _Thing, "an object": _Thing(), "a tape": lab.tf.GradientTape(),
    "a layer": lab.keras.layers.Dense(2), "a loss": lab.keras.losses.MeanSquaredError(),
    "an optimizer": lab.keras.optimizers.SGD(), "a dtype": lab.tf.float32,
}  # fmt: skip


def listed() -> dict[tuple[str, str], str]:
    """What strangers.txt says: by function and parameter the exception, "unclear" or "fine"."""
    return {(full_name(name), parameter): said for name, parameter, said in rows("strangers.txt")}


def measured() -> dict[tuple[str, str], str]:
    """The same as it was seen, of every experiment that gives a leaf by its position."""
    found: dict[tuple[str, str], set[str]] = {}
    for name in FILES:
        for block in Path(FOLDER, name).read_text(encoding="utf-8").split("\n\n"):
            for key, seen in _of_block(block.strip("\n")):
                found.setdefault(key, set()).add(seen)
    told = {key: said for key, said in found.items() if said != {"ValueError"}}
    return {key: (said.pop() or "fine") if len(said) == 1 else "unclear" for key, said in told.items()}


def _of_block(block: str) -> Iterator[tuple[tuple[str, str], str]]:
    header, *lines = block.split("\n")
    signatures = read_header(header) if lines and not header.startswith("#") else ()
    if len(signatures) != 1:
        return
    names = [p.name for p in signatures[0] if not p.star and not p.keyword_only]
    for expression, call in calls_in(lines):
        for index, argument in enumerate(call.args[: len(names)]):
            if set(leaves_of(argument)) and not isinstance(argument, (ast.List, ast.Tuple, ast.Dict)):
                text = changed(call, index, ast.Name("thing_", ast.Load()))
                for thing in THINGS.values():
                    env = {**propose.env_of(expression), "thing_": thing}
                    yield (full_name(header_name(header)), names[index]), raised(text, env)


def main() -> None:
    """Print the lines of strangers.txt as they are measured."""
    for (name, parameter), said in sorted(measured().items()):
        print(name.replace("tensorflow.", "tf."), parameter, said, sep="  ")


if __name__ == "__main__":
    main()
