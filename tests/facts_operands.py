"""Checks operands.txt: what operators make of operands of two kinds, or with which exception they refuse them."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tapelint.facts.table import KINDS_OF_OPERANDS, REFUSALS, RESULTS, operands

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
TENSORS = {"t": "float32", "d": "float64", "h": "float16", "i": "int32", "j": "int64", "b": "bool", "c": "complex64"}
VARIABLES = {"v": "float32", "u": "float64", "w": "int32", "x": "int64", "y": "bool"}
OF_KERAS = {"k": "float32", "l": "float64", "m": "int32"}
SCALARS = {"n": "float32", "e": "float64", "f": "int32", "g": "int64", "q": "bool"}
ARRAYS = {"N": "float32", "E": "float64", "F": "int32", "G": "int64", "Q": "bool"}
PLAIN: dict[str, Callable[[], Any]] = {
    "1": lambda: 1.0, "2": lambda: 1, "3": lambda: True, "4": lambda: 1j, "5": lambda: "a", "6": lambda: None,
    "7": lambda: [1.0, 2.0], "8": lambda: [1, 2], "9": lambda: {"a": 1.0}, "0": lambda: abs,
}  # fmt: skip
KINDS = "".join([*TENSORS, *VARIABLES, *OF_KERAS, *SCALARS, *ARRAYS, *PLAIN])
OF_GRAPH = dict(zip("TDHIJBC", "tdhijbc", strict=True))
"""What a graph's own tensors are written with."""
EXCEPTIONS = {name: letter for letter, name in REFUSALS.items()}
DTYPES = {name: letter for letter, name in RESULTS.items()}


def measured() -> dict[tuple[str, str, str], str]:
    """By operator, "eager" or "graph", and the kind on the left: a letter for each kind on the right, in order."""
    assert KINDS + "".join(OF_GRAPH) == KINDS_OF_OPERANDS
    found: dict[tuple[str, str, str], str] = {}

    def seen(place: str, kinds: str) -> None:
        for name, operate in OPERATORS.items():
            for left in kinds:
                found[name, place, left] = "".join(_seen_of_both(operate, left, right) for right in kinds)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen("eager", KINDS)
        tf.function(lambda: seen("graph", KINDS + "".join(OF_GRAPH)), autograph=False).get_concrete_function()
    return found


def written(found: dict[tuple[str, str, str], str]) -> Iterator[str]:
    """The lines of the table."""
    return ("  ".join([*key, row]) for key, row in found.items())


_MADE: dict[tuple[str, bool], Any] = {}


def _made(kind: str, several: bool) -> Any:
    """A value of a kind, of one number or several; what is no tensor of a graph was there before it."""
    if kind in OF_GRAPH:
        return tf.identity(_made(OF_GRAPH[kind], several))
    if (kind, several) not in _MADE:
        with tf.init_scope():
            _MADE[kind, several] = _new(kind, several)
    return _MADE[kind, several]


def _new(kind: str, several: bool) -> Any:
    if kind in PLAIN:
        return PLAIN[kind]()
    if kind in SCALARS:
        return np.dtype(SCALARS[kind]).type(1)
    dtype = next(dtypes[kind] for dtypes in (TENSORS, VARIABLES, OF_KERAS, ARRAYS) if kind in dtypes)
    array = np.array([1, 2] if several else 1).astype(dtype)
    if kind in ARRAYS:
        return array
    if kind in OF_KERAS:
        return keras.Variable(array, dtype=dtype)
    return tf.constant(array) if kind in TENSORS else tf.Variable(array)


def _seen_of_both(operate: Callable[[Any, Any], Any], left: str, right: str) -> str:
    """What is seen of one number and of several alike; "?" where it is not the same."""
    seen = {_seen(operate, left, right, several) for several in (True, False)}
    return seen.pop() if len(seen) == 1 else "?"


def _seen(operate: Callable[[Any, Any], Any], left: str, right: str, several: bool) -> str:
    try:
        made = operate(_made(left, several), _made(right, several))
    except Exception as error:
        return EXCEPTIONS.get(type(error).__name__, "?")
    dtype = getattr(getattr(made, "dtype", None), "name", "")
    return DTYPES.get(dtype, "-") if not isinstance(made, (list, str)) else "-"


def listed() -> dict[tuple[str, str, str], str]:
    """What operands.txt says."""
    return dict(operands())
