"""Checks backward.txt: what is special about the backward pass of an operation, seen on the real libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import facts_lab as lab
import numpy as np

from tapelint.facts.table import rows

tf = lab.tf
NUMBERS = ([[1.0, 2.0], [3.0, 4.0]], [[2.0, 1.0], [0.5, 3.0]])
SMOOTH = ("tanh", "sigmoid", "exp", "sin", "softplus", "softmax", "elu", "selu", "gelu", "silu", "square")
"""Functions of one tensor, of which those that refuse rows are to be listed."""


def lines() -> Iterator[tuple[str, str, str]]:
    """The name, the word and the expression of each line."""
    return ((name, word, expression) for name, word, expression in rows("backward.txt"))


def _value(expression: str, x: Any, y: Any = None) -> Any:
    return eval(expression, lab.NAMESPACE | {"x": x, "y": y, "i": tf.constant([0, 1])})


def is_one_step(expression: str) -> bool:
    """Whether it is recorded for a tensor, first or second, that is watched only after it."""
    late, variable = tf.constant(NUMBERS[0]), tf.Variable(NUMBERS[1])
    for pair in ((late, variable), (variable, late)):
        with tf.GradientTape() as tape:
            result = _value(expression, *pair)
            tape.watch(late)
        if tape.gradient(result, late) is None:
            return False
    return True


def looks_up_rows(expression: str) -> bool:
    """Whether the gradient of what is looked up in has rows only."""
    x = tf.Variable(NUMBERS[0])
    with tf.GradientTape() as tape:
        result = _value(expression, x)
    return any(isinstance(g, tf.IndexedSlices) for g in tape.gradient(result, tape.watched_variables()))


def looks_up_rows_of_vectors(expression: str) -> bool:
    """Whether the gradient of a vector has rows only."""
    x = tf.Variable(NUMBERS[0][0])
    with tf.GradientTape() as tape:
        result = _value(expression, x)
    return isinstance(tape.gradient(result, x), tf.IndexedSlices)


def shuts_out(expression: str) -> bool:
    """Whether NaN that comes down is nothing where the derivative is 0."""
    x = tf.Variable(NUMBERS[0])
    with tf.GradientTape() as tape:
        result = _value(expression, x)
    gradient = tape.gradient(result, x, output_gradients=tf.fill([2, 2], float("nan")))
    return not np.any(gradient.numpy())


def hands_back(expression: str) -> bool:
    """Whether rows that come down go on as rows."""
    x = tf.Variable(NUMBERS[0] if ".values" not in expression else NUMBERS[0][0])
    with tf.GradientTape() as tape:
        result = tf.gather(_value(expression, x), [0, 1])
    return isinstance(tape.gradient(result, x), tf.IndexedSlices)


def picks_rows(expression: str) -> bool:
    """Whether the gradient of its gradient, for what came down, has rows only."""
    x, above = tf.constant(NUMBERS[0]), tf.Variable(NUMBERS[1])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            result = _value(expression, x)
        gradient = inner.gradient(result, x, output_gradients=above)
    return isinstance(outer.gradient(gradient, above), tf.IndexedSlices)


def refuses_rows(expression: str) -> bool:
    """Whether differentiating its gradient raises where rows come down to it."""
    v = tf.Variable(NUMBERS[0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            result = _value(expression, tf.scatter_nd([[0], [1]], v * v, [2, 2]))
        gradient = inner.gradient(result, v)
    try:
        return outer.gradient(gradient, v) is None
    except TypeError:
        return True


def has_no_rows_twice(expression: str) -> bool:
    """Whether a Jacobian of a Jacobian through it cannot be vectorized on a persistent tape."""
    x = tf.Variable(NUMBERS[0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            result = tf.reduce_sum(tf.square(_value(expression, x)))
        gradient = inner.jacobian(result, x)
    try:
        return outer.jacobian(gradient, x) is None
    except ValueError:
        return True


CHECKS: dict[str, Callable[[str], bool]] = {
    "one step": is_one_step,
    "looks up rows": looks_up_rows,
    "rows of some": looks_up_rows,
    "rows of vectors": looks_up_rows_of_vectors,
    "shuts out": shuts_out,
    "hands back": hands_back,
    "may hand back": hands_back,
    "picks rows": picks_rows,
    "refuses rows": refuses_rows,
    "no rows twice": has_no_rows_twice,
}


def refusing() -> set[str]:
    """The smooth functions of one tensor that refuse rows."""
    modules = {"tf": tf, "keras.ops": lab.keras.ops, "keras.activations": lab.keras.activations}
    names = [f"{m}.{name}" for m, module in modules.items() for name in SMOOTH if hasattr(module, name)]
    return {name for name in names if refuses_rows(f"{name}(x)")}
