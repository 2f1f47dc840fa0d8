"""What TensorFlow refuses in a gradient call: arguments, sources and targets that are none, tapes that are spent."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tapelint.flow.core import Arguments
from tapelint.flow.outcomes import IGNORANT, NONE
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    one_of,
    options,
)
from tapelint.libraries import natures, widths
from tapelint.libraries.arguments import dtype_of
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
        error = bad_source(listed.value, method)
        if error:
            return error, "impossible source"
    error = bad_gradients(tapes, execution)
    if error:
        return error, "misspelt argument" if not error.startswith("?") else ""
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


def bad_source(value: Value, method: str = "gradient") -> str:
    """The exception for a source that is none; "?" in front where it may be one, "" where it is fine."""
    place = natures.SOURCE if method == "gradient" else natures.JACOBIAN_SOURCE
    return "" if _may_be_anything(value) and len(_answers(value, place)) > 1 else _answer(value, place)


def _answers(value: Value, place: int) -> set[str]:
    return {natures.error(option, place) for option in options(value)}


def _answer(value: Value, place: int) -> str:
    """The exception for a value; "?" in front where only some of its alternatives raise, or may do."""
    answers = _answers(value, place)
    if len(answers) == 1:
        return answers.pop()
    return f"?{min(each.lstrip('?') for each in answers if each)}"


def _first(answers: Iterable[str]) -> str:
    """What is raised of what each of several values raises: first what is asked of all, last what its backward pass
    asks. What is raised for certain goes before what may be.
    """
    found = [each for each in answers if each]
    return min(found, key=lambda each: (each.startswith("?"), *(each == last for last in LATER)), default="")


LATER = ("AttributeError", "TypeError")


def _may_be_anything(value: Value) -> bool:
    """Whether one of the alternatives is something of which nothing is known, or a mere place holder: None, 0."""
    return isinstance(value, OneOf) and any(isinstance(option, (Opaque, Const)) for option in value.options)


def of_zeros(tapes: Tapes, execution: Execution) -> str:
    """The exception where zeros are to stand for the gradient of what TensorFlow makes no zeros of."""
    found = [(error, s.outcome) for s in execution.sources if (error := _without_zeros(tapes, s.value))]
    certain = [error for error, outcome in found if outcome == NONE]
    if certain:
        return certain[0]
    return next((f"?{error}" for error, outcome in found if outcome & NONE and not outcome & IGNORANT), "")


def _without_zeros(tapes: Tapes, value: Value) -> str:
    """What comes of zeros like a variable of Keras 3, whose dtype is a mere text, or a quantized tensor."""
    if any(getattr(option, "flavor", "") == "keras" for option in options(value)):
        return "AttributeError"
    return "NotFoundError" if any(widths.is_quantized(tapes.world, option) for option in options(value)) else ""


def _bad_target(tapes: Tapes, value: Value, method: str) -> str:
    if method != "gradient" and (
        isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind in ("list", "dict"))
    ):
        return "AttributeError"
    leaves = flattened(tapes.world, value) if value is not UNBOUND else None
    if leaves is None:
        return ""
    place = natures.TARGET if method == "gradient" else natures.JACOBIAN_TARGET
    known = [_without_doubt(tapes, leaf) for leaf in leaves if not _may_be_anything(leaf)]
    return _first(_answer(leaf, place) for leaf in known)


def _without_doubt(tapes: Tapes, leaf: Value) -> Value:
    """A target without the None that it would be if a gradient of which nothing is known were None."""
    given = [tapes.gradients[o.node.id] for o in options(leaf) if isinstance(o, Data) and o.node.id in tapes.gradients]
    if any(execution.sources[index].outcome & IGNORANT for execution, index in given):
        return one_of([option for option in options(leaf) if option != NO_VALUE])
    return leaf


def bad_target(value: Value, method: str) -> str:
    """The exception for a target that is no tensor, "" for one that is; "?" in front where it may be none."""
    return natures.error(value, natures.TARGET if method == "gradient" else natures.JACOBIAN_TARGET)


def bad_gradients(tapes: Tapes, execution: Execution) -> str:
    """The exception for what is given as `output_gradients`; "?" in front where it may be raised."""
    given = execution.output_gradients
    leaves = flattened(tapes.world, given) if given is not UNBOUND else None
    wanted = {dtype_of(tapes.world, leaf) for leaf in execution.leaves}
    return "" if given == NO_VALUE else _first(_as_gradient(tapes, leaf, wanted) for leaf in leaves or ())


def _as_gradient(tapes: Tapes, given: Value, wanted: set[str]) -> str:
    if given == NO_VALUE:  # in a list
        return "ValueError"
    error = _answer(given, natures.GIVEN)
    dtype = dtype_of(tapes.world, given) or ("s" if error.startswith("?") else "")
    fits = dtype in ("", "?") or dtype in wanted or bool(wanted & {"", "?"}) or not wanted
    return "" if fits and error == "?InvalidArgumentError" else error or ("" if fits else "?InvalidArgumentError")
