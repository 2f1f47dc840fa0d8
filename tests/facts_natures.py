"""Checks natures.txt and objects.txt: what a gradient call makes of what is no tensor, and what is of which nature."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import facts_lab as lab
import propose_facts as propose

from tapelint.facts import refused
from tapelint.facts.table import rows

tf = lab.tf
PLACES = range(6)
MAYBE = ("ValueError", "TypeError", "InvalidArgumentError")
"""What is seen where the files say that an exception may come."""
EXAMPLES = {
    "array": ("np.ones(3, 'float32')", "np.float32(2.0)", "np.arange(3)"),
    "composite": ("tf.data.Dataset.range(3)", "iter(tf.data.Dataset.range(3))"),
    "convertible": ("'a'", "b'a'"),
    "dtyped": ("keras.layers.Dense(2)", "keras.Sequential()", "keras.metrics.Mean()", "keras.losses.Poisson()"),
    "number": ("2.0", "1", "True", "33", "101", "'float32'"),
    "other number": ("0.5", "0", "False", "-1", "40", "2j"),
    "plain": (
        *("lambda: 1", "tf.GradientTape()", "keras.optimizers.SGD()", "{1.0}", "...", "slice(1)", "iter([1.0])"),
        *("ValueError('a')", "type('Own', (), {})", "type('Own', (), {})()", "type('Own', (tf.Module,), {})()"),
    ),
    "symbolic": ("keras.Input((2,))",),
}
"""What has a nature without being made by a function of a library that objects.txt names."""


def wrong() -> Iterator[tuple[str, str, int, str]]:
    """What TensorFlow takes otherwise than the files say: the expression, its nature, the place, what was seen."""
    listed = [(expression, nature) for _, expression, nature in rows("objects.txt")]
    examples = [(expression, nature) for nature, each in EXAMPLES.items() for expression in each]
    for expression, nature in (*listed, *examples):
        for place in PLACES:
            said, seen = refused(nature, place), _seen(expression, place)
            if said != seen and not (said.startswith("?") and seen in (*MAYBE, "fine")):
                yield expression, nature, place, seen


def _seen(expression: str, place: int) -> str:
    """What a gradient call raises for the thing in a place; "fine" where it raises nothing."""
    thing = _thing(expression)
    variable = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        target = variable * 2.0
    asked: tuple[Callable[[], Any], ...] = (
        lambda: tape.gradient(thing, variable),
        lambda: tape.gradient(target, thing),
        lambda: _watch(thing),
        lambda: tape.gradient(target, variable, output_gradients=thing),
        lambda: tape.jacobian(thing, variable),
        lambda: tape.jacobian(target, thing),
    )
    try:
        asked[place]()
    except Exception as error:
        return type(error).__name__
    return "fine"


def _watch(thing: Any) -> None:
    with tf.GradientTape() as tape:
        tape.watch(thing)


def _thing(expression: str) -> Any:
    names = {name: _named(name) for name in propose.names_in(expression)}
    return eval(expression, lab.NAMESPACE | {name: value for name, value in names.items() if value is not None})


def _named(name: str) -> Any:
    """A module of Python's library, or a leaf; None for what is neither."""
    if name in sys.stdlib_module_names:
        return importlib.import_module(name)
    return None if name in vars(builtins) else lab.leaf(name)
