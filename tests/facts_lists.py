"""Checks lists.txt: which functions refuse a list of Python's numbers where they take a tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose
from facts_unlike import calls_in, taken_apart

from tapelint.facts.parse import full_name, header_name
from tapelint.facts.table import FOLDER, rows

FILES = (
    *("tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_image.txt", "tf_signal.txt", "tf_other.txt"),
    *("keras_ops.txt", "keras_backend.txt"),
)
OF_KERAS = ("tf.keras.", "keras.")
"""Of these single numbers are tried, too: some others end the process where they are given some."""
FINE = "fine"
Key = tuple[str, str, str]


def listed() -> set[Key]:
    """What lists.txt says: functions, parameters and kinds."""
    return {(full_name(name), parameter, kind) for name, parameter, kinds in rows("lists.txt") for kind in kinds}


def measured() -> set[Key]:
    """The same as it was seen, of every experiment that gives a tensor there which has axes."""
    found: dict[Key, set[str]] = {}
    for name in FILES:
        for block in Path(FOLDER, name).read_text(encoding="utf-8").split("\n\n"):
            for key, seen in _of_block(block.strip("\n")):
                found.setdefault(key, set()).add(seen)
    return {key for key, said in found.items() if said == {"AttributeError"}}


def _of_block(block: str) -> Iterator[tuple[Key, str]]:
    header, names, lines = taken_apart(block)
    for expression, call in calls_in(lines):
        if "random" in expression:
            continue
        env = propose.env_of(expression)
        given_to = [*zip(names, call.args, strict=False), *((str(k.arg), k.value) for k in call.keywords)]
        for parameter, argument in given_to:
            if isinstance(argument, ast.Call) and ast.unparse(argument.func) == "tf.constant":
                bare = expression.replace(ast.unparse(argument), ast.unparse(argument.args[0]))
                yield (full_name(header_name(header)), parameter, "l"), _outcome(bare, env)
            value = env.get(argument.id) if isinstance(argument, ast.Name) else None
            if isinstance(value, lab.tf.Tensor) and value.shape.rank and value.dtype.is_numpy_compatible:
                numbers = value.numpy().tolist()
                key = full_name(header_name(header)), parameter
                yield (*key, "l"), _outcome(expression, {**env, argument.id: numbers})
                if expression.startswith(OF_KERAS):
                    number = value.dtype.as_numpy_dtype(1).item()
                    yield (*key, "n"), _outcome(expression, {**env, argument.id: number})


def _outcome(expression: str, env: dict[str, Any]) -> str:
    try:
        lab.run(expression, env)
    except Exception as error:
        return type(error).__name__
    return FINE


if __name__ == "__main__":  # prints the lines
    told: dict[tuple[str, str], str] = {}
    for function, parameter, kind in sorted(measured()):
        key = function.replace("tensorflow.", "tf."), parameter
        told[key] = told.get(key, "") + kind
    for (function, parameter), kinds in sorted(told.items()):
        print(function, parameter, kinds, sep="  ")
