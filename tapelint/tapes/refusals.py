"""What TensorFlow refuses in a gradient call: arguments, sources and targets that are none, tapes that are spent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tapelint.flow.core import Arguments
from tapelint.flow.outcomes import IGNORANT, NONE
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Flag,
    Function,
    Generator,
    Library,
    OneOf,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
    one_of,
    options,
)
from tapelint.libraries.arguments import refused_number
from tapelint.libraries.names import is_of_keras
from tapelint.libraries.structures import flattened
from tapelint.tapes import sources
from tapelint.tapes.journal import NO_RECORDING, Execution, TapeInfo

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes


def refusal(
    tapes: Tapes, execution: Execution, found: list[sources.Listed] | None, args: Arguments
) -> tuple[str, str]:
    """The exception that the call raises, and its kind; "?" in front where it may."""
    info, method, target = execution.info, execution.method, execution.target
    if not info.called:
        return "TypeError", "tape not called"
    if info.library in tapes.world.tape_roots:
        return "", ""
    if execution.recording == NO_RECORDING:
        return "RuntimeError", "tape never entered"
    spent = tapes.world.run.state.get((execution.tape.uid, "spent"))
    if isinstance(spent, Flag) and info.persistent is not True:
        return ("RuntimeError" if spent.sure and info.persistent is False else "?RuntimeError"), "spent tape"
    no_target = _bad_target(tapes, target, method)
    without_pfor = method == "jacobian" and args.keywords.get("experimental_use_pfor") == Const(False)
    if without_pfor and info.persistent is False and not no_target:  # a target's shape is asked for before
        return "RuntimeError", "jacobian without pfor"
    if isinstance(args.places.get(1, args.places.get("sources")), ast.GeneratorExp):
        return "TypeError", "impossible source"
    error = _misspelt(info, method, args)
    if error:
        return error, "misspelt argument"
    for listed in found or []:
        error = bad_source(listed.value)
        if error:
            return error, "impossible source"
    if method == "batch_jacobian" and found and len(found) == 1:
        error = _bad_shapes(target, found[0].value)
        if error:
            return error, "batch_jacobian shape"
    return (no_target, "impossible target") if no_target else ("", "")


ARGUMENTS = {
    "gradient": {"target", "sources", "output_gradients", "unconnected_gradients"},
    "jacobian": {"target", "sources", "unconnected_gradients", "parallel_iterations", "experimental_use_pfor"},
    "batch_jacobian": {"target", "source", "unconnected_gradients", "parallel_iterations", "experimental_use_pfor"},
}


def _misspelt(info: TapeInfo, method: str, args: Arguments) -> str:
    """The exception for an argument that the call does not have, or that has no such value."""
    if info.library != "tensorflow":
        return ""
    if set(args.keywords) - ARGUMENTS[method]:
        return "TypeError"
    hidden = args.get(3 if method == "gradient" else 2, "unconnected_gradients")
    if isinstance(hidden, Const) and isinstance(hidden.value, str) and hidden.value not in ("none", "zero"):
        return "ValueError"
    return ""


def _bad_shapes(target: Value, source: Value) -> str:
    """The exception of `batch_jacobian` where target and source have no common batch axis."""
    shapes = [v.shape if isinstance(v, (Data, Variable)) else None for v in (target, source)]
    first, second = shapes
    if first == ():
        return "IndexError"
    if (first is not None and len(first) < 2) or (second is not None and len(second) < 2):
        return "ValueError"
    if first is None or second is None or first[0] is None or second[0] is None:
        return ""
    return "ValueError" if first[0] != second[0] else ""


def bad_source(value: Value) -> str:
    """The exception for a source that is none; "?" in front where it may be one, "" where it is fine."""
    answers = {_bad_source_one(option) for option in options(value)}
    if answers == {""} or (len(answers) > 1 and _may_be_anything(value)):
        return ""
    return answers.pop() if len(answers) == 1 else "?AttributeError"


def _may_be_anything(value: Value) -> bool:
    """Whether one of the alternatives is something of which nothing is known, or a mere place holder: None, 0."""
    return isinstance(value, OneOf) and any(isinstance(option, (Opaque, Const)) for option in value.options)


def _bad_source_one(value: Value) -> str:
    if isinstance(value, Data) and value.kind in ("numpy", "symbolic"):
        return "AttributeError"
    if isinstance(value, Data) and value.kind == "python":
        return "TypeError"
    return no_tensor(value)


def no_tensor(value: Value) -> str:
    """The exception for something that has nothing of a tensor; "" for what may have."""
    if isinstance(value, Const):
        return refused_number(value.value) if isinstance(value.value, (int, float)) else "TypeError"
    if isinstance(value, (Function, Class, Bound, Partial, Wrapped, Generator)):
        return "TypeError"
    if not isinstance(value, Cell):
        return ""
    if value.kind in ("layer", "loss", "metric"):
        return "AttributeError"
    if value.kind in ("optimizer", "iterator", "tape"):
        return "TypeError"
    return _of_instance(value.info) if value.kind == "instance" else ""


def of_zeros(execution: Execution) -> str:
    """The exception where zeros are to stand for the gradient of a variable of Keras 3, whose dtype is a mere text."""
    of_keras = (s for s in execution.sources if any(getattr(v, "flavor", "") == "keras" for v in options(s.value)))
    found = {source.outcome for source in of_keras}
    if NONE in found:
        return "AttributeError"
    return "?AttributeError" if any(o & NONE and not o & IGNORANT for o in found) else ""


def _of_instance(cls: Value) -> str:
    """The exception for an object of a class: Keras's have a tensor's dtype and no more, plain ones not even it."""
    if isinstance(cls, Library):
        if is_of_keras(cls.name):
            return "AttributeError"
        return "TypeError" if cls.name in ("tensorflow.Module", "builtins.object", "abc.ABC") else ""
    if not isinstance(cls, Class):
        return ""
    answers = [_of_instance(base) for base in cls.bases]
    if "" in answers:
        return ""
    return "AttributeError" if "AttributeError" in answers else "TypeError"


def _bad_target(tapes: Tapes, value: Value, method: str) -> str:
    if method != "gradient" and (
        isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind in ("list", "dict"))
    ):
        return "AttributeError"
    leaves = flattened(tapes.world, value) if value is not UNBOUND else None
    if leaves is None:
        return ""
    answers: set[str] = set()
    for leaf in (_without_doubt(tapes, leaf) for leaf in leaves if not _may_be_anything(leaf)):
        answers |= {bad_target(option, method) for option in options(leaf)}
        if len(options(leaf)) > 1 and answers - {""}:
            answers = {"", *answers}
    bad = answers - {""}
    if not bad:
        return ""
    alone = len(leaves) == 1 and len(options(leaves[0])) == 1
    certain = alone or any(len(options(leaf)) == 1 and bad_target(leaf, method) for leaf in leaves)
    return sorted(bad)[0] if certain else "?" + sorted(bad)[0]


def _without_doubt(tapes: Tapes, leaf: Value) -> Value:
    """A target without the None that it would be if a gradient of which nothing is known were None."""
    given = [tapes.gradients[o.node.id] for o in options(leaf) if isinstance(o, Data) and o.node.id in tapes.gradients]
    if any(execution.sources[index].outcome & IGNORANT for execution, index in given):
        return one_of([option for option in options(leaf) if option != NO_VALUE])
    return leaf


def bad_target(value: Value, method: str) -> str:
    """The exception for a target that is no tensor, "" for one that is."""
    if isinstance(value, Data) and value.kind == "numpy":
        return "" if method == "jacobian" else "AttributeError"
    if isinstance(value, Data) and value.kind == "python":
        return "AttributeError"
    if isinstance(value, Data) and value.node.is_indexed_slices:
        return "AttributeError" if method == "gradient" else ""
    error = no_tensor(value)
    return "AttributeError" if error and method != "gradient" else error
