"""Checks settings.txt: which functions refuse a float where their experiments have a whole number, or several: an axis,
a length, a shape; which refuse None in the place of such, or of a float; and which another number, or a list of one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import facts_fits
import propose_facts as propose
from facts_dtypes import arguments_of
from facts_unlike import calls_in, raised

from tapelint.facts.parse import full_name, header_name, read_header
from tapelint.facts.table import rows

NOT_TRIED = ("methods.txt", "keras_layers.txt", "keras_other.txt")
FILES = (*(file for file in facts_fits.FILES if file not in NOT_TRIED), "numpy.txt", "tf_numpy.txt")
ENDING = (
    *(".nn.conv1d_transpose", ".nn.conv2d_transpose", ".nn.conv3d_transpose", ".nn.conv_transpose"),
    *(".nn.depthwise_conv2d_backprop_input", ".signal.inverse_stft", ".range", ".arange", ".randint"),
)
"""What ends the process for some numbers, or counts from one to another: none are tried there."""
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
    for expression, call in calls_in(lines):
        for parameter, argument in arguments_of(call, names):
            for sort, turned in _turned(argument).items():
                if sort in (*NUMBERS, ONE) and name.endswith(ENDING):
                    continue
                tried = ast.unparse(_Turned(argument, turned).visit(ast.parse(expression)))
                yield (name, parameter, sort), bool(raised(tried, propose.env_of(expression)))
        for parameter in [p.name for p in signatures[-1] if p.has_default or p.name in DTYPES]:
            yield from _of_option(name, parameter, call, dict(arguments_of(call, names)))


def _of_option(name: str, parameter: str, call: ast.Call, given: dict[str, ast.expr]) -> Iterator[tuple[Key, bool]]:
    """What becomes of a call that gives other options by their names."""
    keywords = [k for k in call.keywords if k.arg != parameter]
    by_place = parameter in given and len(keywords) == len(call.keywords)
    if by_place or (parameter in given and parameter not in DTYPES) or (parameter in DTYPES and "random" in name):
        return  # what is drawn of a dtype hangs on what it is drawn between
    library = {"numpy": "np.{}", "tensorflow": "tf.{}"}.get(name.partition(".")[0], "'{}'")
    for sort, value in OPTIONS.get(parameter, {}).items():
        value = library.format(value) if parameter in DTYPES else value
        keyword = ast.keyword(parameter, ast.parse(value, mode="eval").body)
        tried = ast.unparse(ast.Call(call.func, call.args, [*keywords, keyword]))
        yield (name, parameter, sort), bool(raised(tried, propose.env_of(tried)))


DTYPES = ("dtype", "out_type", "output_type")
OF_DTYPES = {"D": "float64", "F": "float32", "H": "float16", "I": "int32", "B": "bool", "C": "complex64"}
OF_AXES = {"l": "[0]", "f": "0.0"}
OPTIONS: dict[str, dict[str, str]] = {"axis": OF_AXES, "axes": OF_AXES, **dict.fromkeys(DTYPES, OF_DTYPES)}
"""What is tried by the name of a parameter that an experiment leaves out, or that says a dtype."""


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
        value = ast.literal_eval(node)
        turned = {"f": str(_as_float(value)), "N": "None", **{letter: _with(value, n) for letter, n in NUMBERS.items()}}
        return turned if isinstance(value, (list, tuple)) else {**turned, "l": f"[{value}]"}
    number = node.operand if isinstance(node, ast.UnaryOp) else node
    if not (isinstance(number, ast.Constant) and isinstance(number.value, float)):
        return {}
    return {"N": "None", **{letter: str(float(n)) for letter, n in NUMBERS.items()}, ONE: "1.0"}


ONE = "1"
NUMBERS = {"0": 0, "-": -1}
"""The numbers that are tried in the place of any others, by their letters; for a float 1.0 as well."""


def _with(value: object, number: int) -> str:
    """A number in the place of another; in the place of the last one of several."""
    if isinstance(value, (list, tuple)):
        last = ast.literal_eval(_with(value[-1], number))
        return repr([*value[:-1], last] if isinstance(value, list) else (*value[:-1], last))
    return str(number)


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
