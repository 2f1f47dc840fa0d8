"""Checks dtypes.txt: which functions refuse numbers of a dtype, if they are given no others."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose
from facts_unlike import leaves_in, raised, raised_in_graph, taken_apart

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.facts.table import FOLDER, dtypes

FILES = (
    "tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_signal.txt", "tf_other.txt", "tf_random.txt",
    "tf_image.txt", "tf_sparse.txt", "tf_numpy.txt", "keras_ops.txt", "keras_backend.txt", "operators.txt",
    "python.txt", "methods.txt",
)  # fmt: skip
ALSO_OF_PYTHON = ("tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_numpy.txt")
"""Some functions of the others end the process when they are given numbers of Python's."""
TF = lab.tf
KINDS = {
    "i": ("int32", "int64", "uint8"), "b": ("bool",), "h": ("float16",), "d": ("float64",), "c": ("complex64",),
    "s": ("string",), "o": ("int8", "uint8", "int16"), "g": ("bfloat16",),
}  # fmt: skip
"""The letters of the table, and the dtypes that are tried for them. Besides, "p": whole numbers beside a float of
Python's."""
OF_FEW_NUMBERS = "iob"
"""Kinds of which zero is tried as well where another number is refused."""
ALSO_WHOLE = "uint8"
"""Counts where it is taken and the others are not: often nobody knows how wide whole numbers are."""
UNCLEAR, PERHAPS = "unclear", "perhaps"
Key = tuple[str, frozenset[str], str]
Said = tuple[str, str]


def listed() -> dict[Key, Said]:
    """What dtypes.txt says: by function, parameters and kind of numbers the exceptions in eager code and in graphs."""
    return {(name, *key): said for name, found in dtypes().items() for key, said in found.items()}


def measured() -> dict[Key, Said]:
    """The same as it was seen, of every experiment on tensors of floats, and else on those of whole numbers."""
    found: dict[Key, list[Said]] = {}
    for name in FILES:
        for block in Path(FOLDER, name).read_text(encoding="utf-8").split("\n\n"):
            for key, seen in _of_block(block.strip("\n"), name in ALSO_OF_PYTHON):
                found.setdefault(key, []).append(seen)
    told = {key: (_one(eager for eager, _ in said), _one(graph for _, graph in said)) for key, said in found.items()}
    return {key: said for key, said in told.items() if said[0] != "-"}


def _one(said: Iterable[str]) -> str:
    """The exception that was seen each time; "-" for none, "perhaps" where one time there was none, "unclear" where it
    was not the same."""
    found = set(said)
    return (found.pop() or "-") if len(found) == 1 else PERHAPS if "" in found else UNCLEAR


def _of_block(block: str, of_python: bool) -> Iterator[tuple[Key, Said]]:
    header, names, lines = taken_apart(block)
    name = full_name(header_name(header)) if lines else ""
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        given_to = arguments_of(ast.parse(expression, mode="eval").body, names)
        if graph or answer.startswith("call raises") or "Variable" in expression or not given_to:
            continue
        if name.endswith(".get_item"):  # by whose other argument it is told what it may be
            continue
        env = propose.env_of(expression)
        if not all(isinstance(value, TF.Tensor) for value in env.values()):
            continue
        group = next(filter(None, (_of_category(env, given_to, word) for word in CATEGORIES)), {})
        yield from _of_experiment(name, expression, env, group)
        if of_python and len(set(group.values())) > 1:
            yield from _beside_python(name, expression, env, group)


def arguments_of(call: ast.expr, names: list[str]) -> list[tuple[str, ast.expr]]:
    """The arguments of a call or an operator with the names of their parameters."""
    if isinstance(call, ast.Call):
        names = names[names[:1] == ["self"] :]
        return [*zip(names, call.args, strict=False), *((str(k.arg), k.value) for k in call.keywords)]
    sides = {ast.BinOp: ("left", "right"), ast.UnaryOp: ("operand",)}.get(type(call), ())
    if isinstance(call, ast.Compare):
        return [*zip(names, [call.left, *call.comparators], strict=False)]
    return [*zip(names, [getattr(call, side) for side in sides], strict=False)]


def _of_category(env: dict[str, Any], given_to: list[tuple[str, ast.expr]], word: str) -> dict[str, str]:
    """The tensors of a category among the arguments, with their parameters."""
    return {
        leaf: name
        for name, argument in given_to
        for leaf in leaves_in(argument)
        if isinstance(env.get(leaf), TF.Tensor) and CATEGORIES[word](env[leaf].dtype)
    }


CATEGORIES: dict[str, Callable[[Any], bool]] = {
    "floats": lambda dtype: dtype.is_floating, "whole": lambda dtype: dtype.is_integer,
    "truths": lambda dtype: dtype.is_bool, "texts": lambda dtype: dtype == TF.string,
}  # fmt: skip


def _of_experiment(
    name: str, expression: str, env: dict[str, Any], group: dict[str, str]
) -> Iterator[tuple[Key, Said]]:
    """What an experiment on these tensors gives with others in their places."""
    has_floats = any(isinstance(n, ast.Constant) and type(n.value) is float for n in ast.walk(ast.parse(expression)))
    wide = {leaf: env[leaf].dtype.is_floating for leaf in group}
    texts = any(env[leaf].dtype == TF.string for leaf in group)
    kinds = KINDS if any(wide.values()) else {"f": ("float32",), **KINDS}
    for kind, tried in kinds.items() if group else ():
        for dtype in () if texts and kind == "s" else tried:
            given = {**env, **{leaf: in_dtype(env[leaf], dtype) for leaf in group}}
            letter = "p" if kind == "i" and has_floats else kind
            seen = _seen(expression, given, group)
            if seen[0] and kind in OF_FEW_NUMBERS:
                seen = _also(seen, _seen(expression, {**env, **{leaf: _zeros(given[leaf]) for leaf in group}}, group))
            if dtype != ALSO_WHOLE or not seen[0]:
                yield (name, frozenset(group.values()), letter), seen


def _also(seen: Said, other: Said) -> Said:
    """What was seen where other numbers of the dtype may be taken."""
    return seen if other[0] else (PERHAPS, PERHAPS if seen[1] else "")


def _zeros(value: Any) -> Any:
    return value if value.dtype == TF.string else TF.zeros_like(value)


def _beside_python(
    name: str, expression: str, env: dict[str, Any], group: dict[str, str]
) -> Iterator[tuple[Key, Said]]:
    """What whole numbers give beside a float of Python's, where tensors of floats may stand beside it."""
    for leaf in group if all(env[each].dtype.is_floating for each in group) else ():
        others = {other: in_dtype(env[other], "int32") for other in group if other != leaf}
        if not raised(expression, {**env, leaf: 2.5}):
            yield (name, frozenset(group.values()), "p"), _seen(expression, {**env, **others, leaf: 2.5}, others)


def in_dtype(value: Any, dtype: str) -> Any:
    """A tensor of another dtype. Whole numbers that floats become are positive: where others are refused, it is for
    what they are."""
    if value.dtype == TF.string:
        value = TF.strings.to_number(value)
    if value.dtype.is_floating and TF.as_dtype(dtype).is_integer:
        value = TF.maximum(TF.abs(value), 1)
    return TF.strings.as_string(value) if dtype == "string" else TF.cast(value, dtype)


def _seen(expression: str, env: dict[str, Any], group: Iterable[str]) -> Said:
    """The exceptions in eager code, of tensors, and of variables where these are taken as well; and in a graph."""
    eager = raised(expression, env)
    also = raised(expression, _variables(env, group)) if _takes_variables(expression, tuple(group)) else eager
    eager = eager if eager == also else UNCLEAR if eager and also else PERHAPS
    if not eager:
        return eager, ""
    graph = {raised_in_graph(expression, env, is_captured) for is_captured in (False, True)}
    return eager, graph.pop() if len(graph) == 1 else PERHAPS if "" in graph else UNCLEAR


@functools.cache
def _takes_variables(expression: str, group: tuple[str, ...]) -> bool:
    return not raised(expression, _variables(propose.env_of(expression), group))


def _variables(env: dict[str, Any], group: Iterable[str]) -> dict[str, Any]:
    return {**env, **{leaf: TF.Variable(env[leaf]) for leaf in group}}


def main() -> None:
    """Print the lines of dtypes.txt as they are measured."""
    told: dict[tuple[str, ...], list[str]] = {}
    for (name, parameters, kind), (eager, graph) in measured().items():
        short = name.replace("tensorflow.experimental.numpy.", "tnp.").replace("tensorflow.", "tf.")
        told.setdefault((short, ", ".join(sorted(parameters)), eager, graph), []).append(kind)
    for (name, parameters, eager, graph), kinds in sorted(told.items()):
        print(name, parameters, "".join(sorted(kinds)), eager, graph, sep="  ")


if __name__ == "__main__":
    main()
