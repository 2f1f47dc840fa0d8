"""What a call within a `try` may raise: known functions refuse shapes, numbers and texts, too, and a handler goes on.

Certain refusals are claimed elsewhere. Here it is only noted, in the `try` around, that its handlers may be run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.values import Cell, Const, Data, Library, Method, OneOf, Opaque, Tuple, Value, Variable

from ..names import is_of_keras, root
from ..shapes import shapes

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries

FRAGILE = frozenset(
    "reshape broadcast_to concat stack gather gather_nd slice strided_slice squeeze cholesky inv inverse solve "  # noqa: SIM905
    "lu einsum matmul tensordot transpose split ensure_shape check_numerics boolean_mask scatter_nd pad tile "
    "conv2d".split()
)
"""Operations that may refuse what they get for its shape or its numbers, one argument or several."""

HARMLESS = frozenset(
    f"builtins.{name}"
    for name in "print isinstance issubclass type id repr str bool callable hasattr list dict object super".split()  # noqa: SIM905
)
"""What refuses nothing, as it is used."""

OF_PLAIN = frozenset(
    f"builtins.{name}" for name in "len range enumerate zip tuple set map filter reversed abs".split()  # noqa: SIM905
)
"""What refuses none of Python's own lists and numbers."""

OF_NUMBERS = {
    *(f"builtins.{name}" for name in ("sorted", "sum", "min", "max", "round", "int", "float")),
    "tensorflow.constant", "tensorflow.Variable", "tensorflow.convert_to_tensor", "tensorflow.GradientTape",
}
"""What takes a number, or a list of them, and the options below."""
OPTIONS = {"dtype", "name", "trainable", "persistent", "watch_accessed_variables"}

OPERATIONS = ("tensorflow.", "numpy.", "keras.ops.", "keras.activations.")
CONTAINERS = ("list", "dict", "set", "instance")
OF_TWO_FORMS = ("tensorflow.where", "keras.ops.where")
"""What is handled only in the form that is seldom meant."""
OF_TEXTS = frozenset("lower upper strip lstrip rstrip split startswith endswith replace title".split())  # noqa: SIM905
"""Methods of a text that refuse nothing."""


def note_call(world: Libraries, callee: Value, args: Arguments) -> None:
    """Note in the `try` around it that a call may raise, unless it certainly does not."""
    attempts = world.run.attempts
    if attempts and not (attempts[-1].may_fail and attempts[-1].may_refuse) and not _is_harmless(world, callee, args):
        name = callee.name if isinstance(callee, Library) else ""
        plain = isinstance(callee, Method) and not _is_tensor(callee.base)
        _note(world, not plain and (not name or _is_of_tensors(world, name)))


def _note(world: Libraries, by_tensors: bool) -> None:
    """Note that something may raise: TensorFlow, or Python and NumPy, which raise none of its exceptions."""
    attempt = world.run.attempts[-1]
    attempt.may_fail, attempt.may_refuse = attempt.may_fail or by_tensors, attempt.may_refuse or not by_tensors


def _is_of_tensors(world: Libraries, name: str) -> bool:
    return root(name) == "tensorflow" or is_of_keras(name) or world.is_of_tape_library(name)


def _is_tensor(value: Value) -> bool:
    return isinstance(value, (Variable, Opaque)) or (isinstance(value, Data) and value.kind not in ("numpy", "python"))


def _is_harmless(world: Libraries, callee: Value, args: Arguments) -> bool:
    """Whether a call raises nothing, or it is told elsewhere what it raises."""
    if isinstance(callee, Library):
        if callee.name in HARMLESS:
            return True
        if callee.name in OF_PLAIN:
            return all(map(_is_plain, args.every()))
        if callee.name in OF_NUMBERS:
            whole = callee.name.startswith("tensorflow.") and len(args.positional) == 1
            fits = all(_is_numbers(world, value) or (whole and _is_tensor(value)) for value in args.positional)
            return set(args.keywords) <= OPTIONS and fits
        is_operation = callee.name.startswith(OPERATIONS) and "assert" not in callee.name.lower()
        if callee.name.startswith("numpy."):  # of one array
            is_operation = len(args.every()) == 1 and all(isinstance(v, (Data, Variable)) for v in args.every())
        handled = callee.name in world.registry.functions and callee.name not in OF_TWO_FORMS
        return is_operation and not handled and world.facts.fact(callee.name) is not None
    if isinstance(callee, Method):
        if isinstance(callee.base, Const):
            return callee.name in OF_TEXTS
        if callee.name == "numpy" and _is_tensor(callee.base):
            return True  # what a graph refuses is certain
        return not isinstance(callee.base, (Data, Variable, Cell)) or getattr(callee.base, "kind", "") in CONTAINERS
    return not (isinstance(callee, Cell) and callee.kind != "instance")


def _is_plain(value: Value) -> bool:
    if isinstance(value, Tuple):
        return all(map(_is_plain, value.items))
    return not isinstance(value, (Data, Opaque, Variable, OneOf)) and not is_text(value)


def _is_numbers(world: Libraries, value: Value) -> bool:
    """Whether a value is a number, or a list of numbers."""
    items = containers.sequence(world.run, value)
    return all(isinstance(v, Const) and not is_text(v) for v in (items.items if isinstance(items, Tuple) else (value,)))


def is_text(value: Value) -> bool:
    """Whether a value is a string of the program's."""
    return isinstance(value, Const) and isinstance(value.value, (str, bytes))


def note_operation(world: Libraries, name: str, given: Given, gives: str = "tensor") -> None:
    """Note in the `try` around it that an operation may raise for the shapes or the numbers of its arguments.

    `gives`: the kind of its result: Python's numbers are made of one number only.
    """
    if not world.run.attempts:
        return
    texts = given.values and is_text(next(iter(given.values.values())))
    operator = name.startswith("operator ")
    several = gives != "tensor" and not operator and (gives == "python" or len(given.values) > 1)
    if several or texts or _may_refuse(world, name, given.values.values()):
        _note(world, any(map(_is_tensor, given.values.values())) if operator else _is_of_tensors(world, name))


def _may_refuse(world: Libraries, name: str, values: Iterable[Value]) -> bool:
    if name.rpartition(".")[2] in FRAGILE or name.startswith("keras.layers."):
        return True
    arrays = [
        v for v in values if isinstance(v, (Data, Variable, Opaque, OneOf)) and shapes.of_value(world, v) != ()
    ]
    known = {shapes.of_value(world, v) for v in arrays}
    return len(arrays) > 1 and (len(known) > 1 or None in known)


def note_member(world: Libraries, name: str) -> None:
    """Note in the `try` around it that a library may not have what it is asked for."""
    if world.run.attempts and world.facts.fact(name) is None and not world.facts.has_prefix(name):
        _note(world, False)


def note_truth(world: Libraries, value: Value) -> None:
    """Note in the `try` around it that several numbers may be asked whether they are true."""
    if world.run.attempts and isinstance(value, Data) and value.kind != "python" and value.shape != ():
        _note(world, _is_tensor(value))
