"""Checks protocols.txt: what Python's own functions and operations raise of tensors, variables and arrays."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tapelint.facts.table import protocols

VALUES: dict[str, Sequence[Callable[[], Any]]] = {
    "t": [lambda: tf.constant(0.5), lambda: tf.constant(1.0), lambda: tf.constant(2.0)],
    "T": [lambda: tf.constant([0.5, 1.0]), lambda: tf.constant([[2.0, 1.0, 2.0], [1.0, 2.0, 2.0]])],
    "i": [lambda: tf.constant(1), lambda: tf.constant(2)],
    "I": [lambda: tf.constant([1, 2]), lambda: tf.constant([[2, 1, 2], [1, 2, 2]])],
    "b": [lambda: tf.constant(True), lambda: tf.constant(False)],
    "B": [lambda: tf.constant([True, False]), lambda: tf.constant([[False, True, True]] * 2)],
    "v": [lambda: tf.Variable(0.5), lambda: tf.Variable(1.0), lambda: tf.Variable(2.0)],
    "V": [lambda: tf.Variable([0.5, 1.0]), lambda: tf.Variable([[2.0, 1.0, 2.0], [1.0, 2.0, 2.0]])],
    "w": [lambda: tf.Variable(1), lambda: tf.Variable(2)],
    "W": [lambda: tf.Variable([1, 2]), lambda: tf.Variable([[2, 1, 2], [1, 2, 2]])],
    "k": [lambda: keras.Variable(0.5), lambda: keras.Variable(1.0), lambda: keras.Variable(2.0)],
    "K": [lambda: keras.Variable([0.5, 1.0]), lambda: keras.Variable([[2.0, 1.0, 2.0], [1.0, 2.0, 2.0]])],
    "n": [lambda: np.float32(0.5), lambda: np.float32(1.0), lambda: np.float32(2.0)],
    "d": [lambda: np.float64(0.5), lambda: np.float64(1.0), lambda: np.float64(2.0)],
    "o": [lambda: np.array(0.5), lambda: np.array(1.0), lambda: np.array(2.0)],
    "N": [lambda: np.array([0.5, 1.0]), lambda: np.array([[2.0, 1.0, 2.0], [1.0, 2.0, 2.0]])],
    "j": [lambda: np.int64(1), lambda: np.int64(2)],
    "p": [lambda: np.array(1), lambda: np.array(2)],
    "q": [lambda: np.bool_(True), lambda: np.bool_(False)],
    "r": [lambda: np.array(True), lambda: np.array(False)],
    "Q": [lambda: np.array([True, False]), lambda: np.array([[False, True, True]] * 2)],
    "J": [lambda: np.array([1, 2]), lambda: np.array([[2, 1, 2], [1, 2, 2]])],
}
"""Values of each kind, some numbers of each: by case whether there is one number or several."""
TENSORS = "tTiIbB"
NUMPY = "ndoNjpJqrQ"
"""What is a constant in a graph; constants in the wrong place may end the process."""
NEEDED = (
    *("cmath", "collections", "copy", "decimal", "fractions", "itertools", "json", "math", "operator", "pickle"),
    *("random", "statistics"),
)
AT_MOST_TWICE = "tf.autograph.experimental.set_loop_options(maximum_iterations=2)"
STAGED = {
    "1.0 if _ else 2.0": "return V * 1.0 if _ else V * 2.0",
    "if _: ...": "y = V * 1.0\n    if _:\n        y = y * 2.0\n    return y",
    "while _: ...": f"y = V * 1.0\n    while _:\n        {AT_MOST_TWICE}\n        y = y * 2.0\n    return y",
    "while _: break": "y = V * 1.0\n    while _:\n        y = y * 2.0\n        break\n    return y",
    "for x in _: ...": "y = V * 1.0\n    for x in _:\n        y = y * 2.0\n    return y",
    "tf.cond(_, one, two)": "return tf.cond(_, lambda: V * 1.0, lambda: V * 2.0)",
}
"""What becomes an operation of a graph, as the body of a function: in a graph it is run, not only traced."""
STATEMENTS = {"with _: ...": "with _:\n        pass"}
"""Other statements, as the body of a function."""
PLACES = ("eager", "before", "graph", "plain before", "plain graph")
"""Where: in eager code; in a graph, of what was there before it and of its own tensors; the same without AutoGraph."""
CONVERTED = ("before", "graph")
Key = tuple[str, str, str]


def listed() -> dict[Key, str]:
    """What protocols.txt says: by expression, place and kind the exception."""
    return {
        (expression, place, kind): error
        for expression, by_place in protocols().items()
        for place, by_kind in by_place.items()
        for kind, error in by_kind.items()
    }


def measured(expressions: Sequence[str]) -> dict[Key, str]:
    """The same as it was seen: "?" where not each number of a kind raises the same."""
    found: dict[Key, str] = {}
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        module = _module(expressions, Path(folder))
        functions = [getattr(module, f"f{index}") for index in range(len(expressions))]
        converted = [tf.autograph.to_graph(function) for function in functions]
        staged = [expression in STAGED for expression in expressions]
        endless = expressions.index("while _: ...")
        for kind, makers in VALUES.items():
            for place in PLACES:
                if place.endswith("graph") and kind not in TENSORS:
                    continue
                of_place = [*converted] if place in CONVERTED else [*functions]
                if place not in CONVERTED or kind in NUMPY:
                    of_place[endless] = lambda _: None  # Python itself would not end
                run = [is_staged and kind not in NUMPY for is_staged in staged]
                seen = [_seen(of_place, make, place, run) for make in makers]
                for expression, errors in zip(expressions, zip(*seen, strict=True), strict=True):
                    if all(errors):
                        found[expression, place, kind] = errors[0] if len(set(errors)) == 1 else "?"
    return found


def written(found: dict[Key, str]) -> Iterator[str]:
    """The blocks of the table that say what was found: expressions of which the same was seen stand in one."""
    alike: dict[str, list[str]] = {}
    for expression in dict.fromkeys(key[0] for key in found):
        alike.setdefault("\n".join(_told(found, expression)), []).append(expression)
    return ("\n".join([*expressions, told]) for told, expressions in alike.items())


def _told(found: dict[Key, str], expression: str) -> Iterator[str]:
    for place in PLACES:
        kinds: dict[str, str] = {}
        for kind in VALUES:
            if (expression, place, kind) in found:
                error = found[expression, place, kind]
                kinds[error] = kinds.get(error, "") + kind
        if kinds:
            yield f"  {place}: {', '.join(f'{error} {letters}' for error, letters in kinds.items())}"


def _module(expressions: Sequence[str], folder: Path) -> ModuleType:
    """A function for each expression, in a file, from which AutoGraph reads it."""
    file = folder / "expressions_of_protocols.py"
    lines = [f"import {name}\n" for name in NEEDED] + ["import tensorflow as tf\nV = tf.Variable(1.0)\n"]
    bodies = [{**STAGED, **STATEMENTS}.get(expression, f"return {expression}") for expression in expressions]
    lines += [f"\ndef f{index}(_):\n    {body}\n" for index, body in enumerate(bodies)]
    file.write_text("".join(lines))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def _seen(
    functions: Sequence[Callable[[Any], Any]], make: Callable[[], Any], place: str, run: Sequence[bool]
) -> list[str]:
    """The exception of each function, given a new value; "" where there is none. `run`: which are run in a graph."""
    before = make() if place.endswith("before") else None

    def given() -> Any:
        return before if before is not None else tf.identity(make()) if place.endswith("graph") else make()

    seen: list[str] = []
    if place == "eager":
        return [_raised(partial(_call, function, given)) for function in functions]

    def trace() -> None:
        seen.extend(_raised(partial(_call, function, given)) for function in functions)

    tf.function(trace, autograph=False).get_concrete_function()
    for index in (index for index, runs in enumerate(run) if runs):
        seen[index] = seen[index] or _raised(partial(_run, functions[index], make, before))
    return seen


def _call(function: Callable[[Any], Any], given: Callable[[], Any]) -> None:
    function(given())


def _run(function: Callable[[Any], Any], make: Callable[[], Any], before: Any) -> None:
    """Run a function in a graph: a tensor of the graph is an argument, as a constant may end the process."""
    if before is not None:
        tf.function(lambda: function(before), autograph=False)()
    else:
        tf.function(function, autograph=False)(make())


def _raised(function: Callable[[], Any]) -> str:
    """The exception that a function raises; "" where it raises none."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return ""
