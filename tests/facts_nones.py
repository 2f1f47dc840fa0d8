"""Checks nones.txt: which functions do not raise ValueError where None stands for a tensor that they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import facts_lab as lab
import propose_facts as propose

from tapelint.facts.parse import full_name, header_name, leaves_of, read_header, split_line
from tapelint.facts.table import FOLDER, rows

FILES = (
    *("tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_image.txt", "tf_signal.txt", "tf_random.txt"),
    *("tf_sparse.txt", "tf_other.txt", "keras_ops.txt"),
)


def listed() -> dict[tuple[str, str], str]:
    """What nones.txt says: by function and parameter the exception, or "fine"."""
    return {(full_name(name), parameter): said for name, parameter, said in rows("nones.txt")}


def measured() -> dict[tuple[str, str], str]:
    """The same as it was seen, of every experiment that gives a leaf in a place that has no default."""
    found: dict[tuple[str, str], set[str]] = {}
    for name in FILES:
        for block in Path(FOLDER, name).read_text(encoding="utf-8").split("\n\n"):
            for function, parameter, seen in _of_block(block.strip("\n")):
                found.setdefault((function, parameter), set()).add(seen)
    told = {key: said for key, said in found.items() if said != {"ValueError"} or key[1].endswith("[]")}
    return {key: said.pop() if len(said) == 1 else "unclear" for key, said in told.items()}


def _of_block(block: str) -> Iterator[tuple[str, str, str]]:
    header, *lines = block.split("\n")
    if not lines or header.startswith("#"):
        return
    signatures = read_header(header)
    parameters = signatures[0] if len(signatures) == 1 else ()
    needed = [p.name for p in parameters if not p.star and not p.keyword_only]
    free = {p.name for p in parameters if p.has_default}
    for line in lines:
        _, graph, expression, _ = split_line(line.strip())
        call = ast.parse(expression, mode="eval").body
        if graph or not isinstance(call, ast.Call) or not expression.startswith(("tf.", "keras.")):
            continue
        function = full_name(header_name(header))
        for index, argument in enumerate(call.args[: len(needed)]):
            if not set(leaves_of(argument)):
                continue
            if needed[index] not in free:
                yield function, needed[index], _outcome(changed(call, index, ast.Constant(None)), expression)
            if isinstance(argument, ast.List) and isinstance(argument.elts[-1], ast.Name):
                for place in {0, len(argument.elts) - 1}:
                    missing = ast.List([ast.Constant(None) if i == place else e for i, e in enumerate(argument.elts)])
                    yield function, f"{needed[index]}[]", _outcome(changed(call, index, missing), expression)


def changed(call: ast.Call, index: int, argument: ast.expr) -> str:
    return ast.unparse(ast.Call(call.func, [*call.args[:index], argument, *call.args[index + 1 :]], call.keywords))


def _outcome(text: str, expression: str) -> str:
    try:
        lab.run(text, propose.env_of(expression))
    except Exception as error:
        return type(error).__name__
    return "fine"
