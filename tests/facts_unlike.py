"""Checks unlike.txt: which functions refuse whole numbers, or truths, beside floats."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import facts_lab as lab
import propose_facts as propose

from tapelint.facts.parse import full_name, header_name, leaves_of, read_header, split_line
from tapelint.facts.table import FOLDER, unlike

FILES = (
    *("tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_signal.txt", "tf_other.txt", "tf_numpy.txt"),
    *("keras_backend.txt", "keras_ops.txt"),
)
ALSO_OF_PYTHON = FILES[:3]
"""Some functions of the others end the process when they are given numbers of Python's."""
UNCLEAR = "unclear"
Key = tuple[str, str, str]


def listed() -> dict[Key, tuple[str, str]]:
    """What unlike.txt says: by function, parameter and kind of numbers, the exceptions in eager code and in a graph."""
    return {(name, *key): said for name, found in unlike().items() for key, said in found.items()}


def measured() -> dict[Key, tuple[str, str]]:
    """The same as it was seen, of every experiment that gives float tensors in two places or more."""
    found: dict[Key, set[tuple[str, str]]] = {}
    for name in FILES:
        for block in Path(FOLDER, name).read_text(encoding="utf-8").split("\n\n"):
            for key, seen in _of_block(block.strip("\n"), name in ALSO_OF_PYTHON):
                found.setdefault(key, set()).add(seen)
    told = {key: (_one(eager for eager, _ in said), _one(graph for _, graph in said)) for key, said in found.items()}
    return {
        key: (eager or "-", graph or "-")
        for key, (eager, graph) in told.items()
        if (eager and graph and {eager, graph} != {UNCLEAR}) or (key[2] in "nlNLpPow" and (eager or graph))
    }


def _one(said: Iterable[str]) -> str:
    """The exception that was seen each time; "" where one time there was none, "unclear" where it was not the same."""
    found = set(said)
    return found.pop() if len(found) == 1 else "" if "" in found else UNCLEAR


def taken_apart(block: str) -> tuple[str, list[str], list[str]]:
    """A block's header, its positional parameters, and its lines; no lines where it is none with one signature."""
    header, *lines = block.split("\n")
    signatures = read_header(header) if lines and not header.startswith("#") else []
    if len(signatures) != 1:
        return header, [], []
    names = [p.name for p in signatures[0] if not p.star and not p.keyword_only]
    names += [p.name for p in signatures[0] if p.star == "*"] * 4
    return header, names, lines


def calls_in(lines: Iterable[str]) -> Iterator[tuple[str, ast.Call]]:
    """The experiments of lines which are calls that are taken, in eager code: the expression, and it parsed."""
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        call = ast.parse(expression, mode="eval").body
        if not graph and not answer.startswith("call raises") and isinstance(call, ast.Call):
            yield expression, call


def _of_block(block: str, of_python: bool) -> Iterator[tuple[Key, tuple[str, str]]]:
    header, names, lines = taken_apart(block)
    for expression, call in calls_in(lines):
        if "lambda" in expression:
            continue  # what a function makes of numbers hangs on the function
        env = propose.env_of(expression)
        floats = {leaf for leaf, value in env.items() if isinstance(value, lab.tf.Tensor) and value.dtype.is_floating}
        given_to = [*zip(names, call.args, strict=False), *((str(k.arg), k.value) for k in call.keywords)]
        places = [(name, leaf) for name, argument in given_to for leaf in leaves_in(argument) if leaf in floats]
        for parameter, leaf in places if len(places) > 1 else ():
            for kind, dtype in (("i", "int32"), ("b", "bool"), ("d", "float64")):
                for others, letter in _surroundings(expression, env, floats, kind):
                    given = {**others, leaf: lab.tf.cast(env[leaf], dtype)}
                    key = full_name(header_name(header)), parameter, letter
                    yield key, _seen(expression, given)
            for kind, seen in _with_arrays(expression, env, floats, leaf):
                yield (full_name(header_name(header)), parameter, kind), seen
            for kind, seen in _with_python_numbers(expression, env, floats, leaf) if of_python else ():
                yield (full_name(header_name(header)), parameter, kind), seen


def _with_variables(env: dict[str, Any], floats: set[str]) -> dict[str, Any]:
    return {name: lab.tf.Variable(value) if name in floats else value for name, value in env.items()}


def _surroundings(
    expression: str, env: dict[str, Any], floats: set[str], kind: str
) -> Iterator[tuple[dict[str, Any], str]]:
    """Tensors, and variables where these are taken as well, with the letters for a kind beside them."""
    yield env, kind
    variables = _with_variables(env, floats)
    if not raised(expression, variables):
        yield variables, kind.upper()


def _with_arrays(
    expression: str, env: dict[str, Any], floats: set[str], leaf: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    """What becomes of an array of doubles beside tensors, and beside variables."""
    doubles = lab.tf.cast(env[leaf], "float64").numpy()
    for others, kind in _surroundings(expression, env, floats, "p") if doubles.ndim else ():
        given = {**others, leaf: doubles}
        yield kind, _seen(expression, given)


def _with_python_numbers(
    expression: str, env: dict[str, Any], floats: set[str], leaf: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    """What becomes of 2, where 2.0 does, and of a list of whole numbers, each beside tensors and beside variables; of a
    float, and of a list of floats beside doubles.
    """
    variables = _with_variables(env, floats)
    whole = lab.tf.cast(env[leaf], "int32").numpy().tolist()
    for others, number, several in ((env, "n", "l"), (variables, "N", "L")):
        if not raised(expression, {**others, leaf: 2.0}):
            given = {**others, leaf: 2}
            yield number, _seen(expression, given)
        if isinstance(whole, list):
            given = {**others, leaf: whole}
            yield several, _seen(expression, given)
    numbers = env[leaf].numpy()
    yield "o", _seen(expression, {**env, leaf: float(numbers.flat[0] if numbers.ndim else numbers)})
    if isinstance(whole, list):
        doubles = {name: lab.tf.cast(value, "float64") for name, value in env.items() if name in floats}
        yield "w", _seen(expression, {**env, **doubles, leaf: numbers.tolist()})


def leaves_in(argument: ast.expr) -> list[str]:
    """The leaf that an argument is, or those of which it is a list."""
    items = argument.elts if isinstance(argument, (ast.List, ast.Tuple)) else [argument]
    return [item.id for item in items if isinstance(item, ast.Name) and item.id in set(leaves_of(argument))]


def _seen(expression: str, env: dict[str, Any]) -> tuple[str, str]:
    """The exceptions in eager code and in a graph, be its tensors handed to it or captured."""
    handed, captured = (raised_in_graph(expression, env, is_captured) for is_captured in (False, True))
    return raised(expression, env), _one((handed, captured))


def raised(expression: str, env: dict[str, Any]) -> str:
    try:
        lab.run(expression, env)
    except Exception as error:
        return type(error).__name__
    return ""


def raised_in_graph(expression: str, env: dict[str, Any], is_captured: bool = False) -> str:
    """The exception of an expression in a graph without AutoGraph, "" for none; tensors are the graph's inputs, or
    captured by it.
    """
    tensors = {n: value for n, value in env.items() if isinstance(value, lab.tf.Tensor) and not is_captured}
    others = {name: value for name, value in env.items() if name not in tensors}

    def traced(**given: Any) -> Any:
        return lab.run(expression, {**others, **given})

    try:
        lab.tf.function(traced, autograph=False).get_concrete_function(**tensors)
    except Exception as error:
        return type(error).__name__
    return ""


def main() -> None:
    """Print the lines of unlike.txt as they are measured."""
    kinds: dict[tuple[str, str, tuple[str, str]], str] = {}
    for (name, parameter, kind), said in sorted(measured().items()):
        key = name.replace("tensorflow.experimental.numpy.", "tnp.").replace("tensorflow.", "tf."), parameter, said
        kinds[key] = kinds.get(key, "") + kind
    told: dict[tuple[str, str, tuple[str, str]], list[str]] = {}
    for (name, parameter, said), letters in kinds.items():
        told.setdefault((name, letters, said), []).append(parameter)
    lines = ("  ".join([name, ", ".join(places), kind, *said]) for (name, kind, said), places in told.items())
    print(*sorted(lines), sep="\n")


if __name__ == "__main__":
    main()
