"""Checks casts.txt: which arguments a function casts to the dtype of another one that has no gradient."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose
from facts_fits import OF_WEIGHTS
from facts_unlike import FILES as OF_FUNCTIONS
from facts_unlike import calls_in, leaves_in
from facts_whole import is_float

from tapelint.facts.parse import full_name, header_name, read_header
from tapelint.facts.table import FOLDER, casts

FILES = (*OF_FUNCTIONS, "tf_image.txt", "tf_keras.txt", "keras_losses.txt", "keras_metrics.txt")
KINDS = {"i": ("int32", "int64", "uint8"), "b": ("bool",)}
Key = tuple[str, str, str]


def listed() -> dict[Key, frozenset[str]]:
    """What casts.txt says: by function, parameter and kind of numbers the parameters whose gradient is lost."""
    return {(name, *key): lost for name, found in casts().items() for key, lost in found.items()}


def measured() -> dict[Key, frozenset[str]]:
    """The same as it was seen in each experiment that gives floats in two places or more, and takes other numbers."""
    found: dict[Key, list[frozenset[str]]] = {}
    for file in FILES:
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            for key, lost in _of_block(block.strip("\n")):
                found.setdefault(key, []).append(lost)
    told = {key: frozenset.intersection(*lost) for key, lost in found.items()}
    return {key: lost for key, lost in told.items() if lost}


def _of_block(block: str) -> Iterator[tuple[Key, frozenset[str]]]:
    header, *lines = block.split("\n")
    signatures = read_header(header) if lines and not header.startswith("#") else []
    if not signatures:
        return
    names = [p.name for p in signatures[-1] if not p.star and not p.keyword_only]
    for expression, call in calls_in(line for line in lines if not line.startswith(OF_WEIGHTS)):
        if isinstance(call.func, ast.Call) is (len(signatures) == 2) and "lambda" not in expression:
            for parameter, kind, lost in _of_call(expression, call, names):
                yield (full_name(header_name(header)), parameter, kind), lost


def _of_call(expression: str, call: ast.Call, names: list[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    env = propose.env_of(expression)
    given_to = [*zip(names, call.args, strict=False), *((str(k.arg), k.value) for k in call.keywords)]
    places = {name: leaf for name, argument in given_to for leaf in leaves_in(argument) if is_float(env[leaf])}
    seen = lab.observe(expression, env, second=False) if len(places) > 1 else None
    flowing = {name for name, leaf in places.items() if seen is not None and seen.outcomes.get(leaf) == "flows"}
    for parameter, leaf in places.items():
        for kind, dtypes in KINDS.items() if flowing - {parameter} else ():
            each = [lab.observe(expression, {**env, leaf: _cast(env[leaf], dtype)}, second=False) for dtype in dtypes]
            taken = [other.outcomes for other in each if not other.error]
            lost = [{n for n in flowing - {parameter} if found.get(places[n]) == "none"} for found in taken]
            if lost:
                yield parameter, kind, frozenset(set.intersection(*lost))


def _cast(value: Any, dtype: str) -> Any:
    return lab.tf.cast(lab.tf.abs(value) + 1, dtype)


def main() -> None:
    """Print the lines of casts.txt as they are measured."""
    for (name, parameter, kind), lost in sorted(measured().items()):
        short = name.replace("tensorflow.", "tf.") if name.startswith("tensorflow.") else name
        print(short, parameter, kind, ", ".join(sorted(lost)), sep="  ")


if __name__ == "__main__":
    main()
