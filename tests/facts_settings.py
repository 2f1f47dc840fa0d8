"""Checks settings.txt: which functions refuse a float where their experiments have a whole number, or several: an axis,
a length, a shape; and which refuse None in the place of such, or of a float."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import facts_fits
import propose_facts as propose
from facts_dtypes import arguments_of
from facts_unlike import raised

from tapelint.facts.parse import full_name, header_name, read_header, split_line
from tapelint.facts.table import rows

NOT_TRIED = ("methods.txt", "keras_layers.txt", "keras_other.txt")
FILES = (*(file for file in facts_fits.FILES if file not in NOT_TRIED), "numpy.txt", "tf_numpy.txt")
OF_PYTHON = (*facts_fits.OF_PYTHON, "math.")
Key = tuple[str, str, str]


def listed() -> set[Key]:
    """What settings.txt says: functions, parameters and sorts."""
    return {(full_name(name), parameter, sort) for name, parameter, sorts in rows("settings.txt") for sort in sorts}


def measured() -> set[Key]:
    """The same as it was seen: refused in each experiment that has a number there."""
    return facts_fits.always_refused(FILES, _of_block)


def _of_block(block: str) -> Iterator[tuple[Key, bool]]:
    header, *lines = block.split("\n")
    if not lines or header.startswith("#"):
        return
    signatures, name = read_header(header), full_name(header_name(header))
    if name.startswith(OF_PYTHON) or len(signatures) > 1 or name.endswith(facts_fits.NOT_TRIED):
        return
    names = [p.name for p in signatures[-1] if not p.star and not p.keyword_only]
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        call = ast.parse(expression, mode="eval").body
        if graph or answer.startswith("call raises") or not isinstance(call, ast.Call):
            continue
        for parameter, argument in arguments_of(call, names):
            for sort, turned in _turned(argument).items():
                tried = ast.unparse(_Turned(argument, turned).visit(ast.parse(expression)))
                yield (name, parameter, sort), bool(raised(tried, propose.env_of(expression)))


class _Turned(ast.NodeTransformer):
    """Puts an expression in the place of one that reads the same, and stands at the same place."""

    def __init__(self, old: ast.expr, new: str) -> None:
        self._at, self._new = (old.lineno, old.col_offset, ast.dump(old)), new

    def visit(self, node: ast.AST) -> ast.AST:
        here = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0), ast.dump(node))
        return ast.parse(self._new, mode="eval").body if here == self._at else super().visit(node)


def _turned(node: ast.expr) -> dict[str, str]:
    """What to put in the place of a number, or of several, by the letter of its sort."""
    if _is_whole(node):
        return {"f": str(_as_float(ast.literal_eval(node))), "N": "None"}
    number = node.operand if isinstance(node, ast.UnaryOp) else node
    return {"N": "None"} if isinstance(number, ast.Constant) and isinstance(number.value, float) else {}


def _as_float(value: object) -> object:
    return [_as_float(each) for each in value] if isinstance(value, (list, tuple)) else float(str(value))


def _is_whole(node: ast.expr) -> bool:
    """Whether an argument is a whole number, or a list of such."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return bool(node.elts) and all(map(_is_whole, node.elts))
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(node, ast.Constant) and type(node.value) is int


if __name__ == "__main__":  # prints the lines
    told: dict[tuple[str, str], str] = {}
    for function, parameter, sort in sorted(measured()):
        short = function.replace("tensorflow.", "tf.") if not function.startswith("numpy.") else f"np.{function[6:]}"
        told[short, parameter] = told.get((short, parameter), "") + sort
    for (short, parameter), sorts in sorted(told.items()):
        print(short, parameter, sorts, sep="  ")
