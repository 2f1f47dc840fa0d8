"""What TensorFlow refuses in a gradient call: arguments, sources and targets that are none, tapes that are spent."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import SURE
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Const,
    Data,
    Flag,
    Library,
    Many,
    OneOf,
    Opaque,
    Value,
    Variable,
    one_of,
    options,
)
from tapelint.libraries import natures
from tapelint.libraries.arguments import dtype_of
from tapelint.libraries.shapes import widths
from tapelint.libraries.structures import cannot_be_sorted, flattened
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
    if info.library == "tensorflow" and _misfits(method, args):
        return "TypeError", "misspelt argument"
    if method == "batch_jacobian" and not no_target and _has_no_shape(execution.asked):
        return _without_shape(target), "impossible source"
    if method == "jacobian" and not no_target and (error := _row_by_row(execution, args)):
        return error, _trouble(error)
    if any(cannot_be_sorted(tapes.world, value) for value in (target, execution.asked)):
        return "TypeError", "impossible source"
    if isinstance(args.places.get(1, args.places.get("sources")), ast.GeneratorExp):
        return "TypeError", "impossible source"
    for listed in found or []:
        error = bad_source(listed.value, method)
        if error and method == "gradient" and no_target.lstrip("?") not in ("", "AttributeError"):
            break  # that of the target comes first
        if error:
            return error, "impossible source"
    if method == "batch_jacobian" and found and len(found) == 1 and not no_target:
        error = _bad_shapes(target, found[0].value)
        if error:
            return error, "batch_jacobian shape"
        if error := _row_by_row(execution, args):
            known = getattr(target, "shape", None) is not None or error.startswith("?")
            return error if known else f"?{error}", _trouble(error)
    error = bad_gradients(tapes, execution)
    if error and not error.startswith("?"):
        return error, "misspelt argument"
    if no_target:
        return no_target, "impossible target"
    refused = _misspelt(info, method, args)
    return (refused, "misspelt argument") if refused else (error, "")


ARGUMENTS = {
    "gradient": ("target", "sources", "output_gradients", "unconnected_gradients"),
    "jacobian": ("target", "sources", "unconnected_gradients", "parallel_iterations", "experimental_use_pfor"),
    "batch_jacobian": ("target", "source", "unconnected_gradients", "parallel_iterations", "experimental_use_pfor"),
}


def _misfits(method: str, args: Arguments) -> bool:
    """Whether a call has an argument that the method does not know, one twice, too many, or too few."""
    names, given = ARGUMENTS[method], len(args.positional)
    if given > len(names) or not set(args.keywords) <= set(names[given:]):
        return True
    return args.rest is None and not set(names[:2]) <= {*names[:given], *args.keywords}


def _misspelt(info: TapeInfo, method: str, args: Arguments) -> str:
    """The exception for an argument that has a value which there is not."""
    if info.library != "tensorflow":
        return ""
    hidden = args.get(3 if method == "gradient" else 2, "unconnected_gradients")
    refused = isinstance(hidden, Const) and hidden.value not in ("none", "zero")
    refused = refused or containers.is_structure(hidden) or hidden == Library("tensorflow.UnconnectedGradients")
    return "ValueError" if refused else ""


def _row_by_row(execution: Execution, args: Arguments) -> str:
    """The exception where a Jacobian asks a tape that is not persistent for each row, in eager code, or is told a
    number of rows that makes no block; "?" in front where it may.
    """
    at_once = args.get(4, "experimental_use_pfor")
    alone = execution.info.persistent is False and not execution.in_graph
    if isinstance(at_once, Const) and not at_once.value:
        return "RuntimeError" if alone else ""
    number = args.get(3, "parallel_iterations")
    if isinstance(number, Const) and number != NO_VALUE and isinstance(number.value, int) and number.value < 2:
        return "ValueError" if _is_at_once(at_once) else "?ValueError"
    return "?RuntimeError" if alone and not _is_at_once(at_once) else ""


def _trouble(error: str) -> str:
    if error.startswith("?"):
        return ""  # the choice is another's
    return "misspelt argument" if error == "ValueError" else "jacobian without pfor"


def _is_at_once(given: Value) -> bool:
    """Whether a Jacobian computes its rows side by side, as it does unless it is told not to."""
    return given is UNBOUND or (isinstance(given, Const) and bool(given.value))


def in_blocks(execution: Execution, args: Arguments) -> str:
    """The exception where a Jacobian computes some rows at a time, which asks the tape twice, and takes no None."""
    number, at_once = args.get(3, "parallel_iterations"), args.get(4, "experimental_use_pfor")
    if execution.method == "gradient" or number in (UNBOUND, NO_VALUE) or at_once == Const(False):
        return ""
    shape = execution.target.shape if isinstance(execution.target, (Data, Variable)) else None
    lengths = shape if execution.method == "jacobian" or shape is None else shape[1:]
    found = [each.outcome for each in execution.sources]
    if execution.info.persistent is False:
        error = "ValueError" if execution.method == "jacobian" or NONE in found else "RuntimeError"
        sure = execution.method == "jacobian" or all(outcome == NONE or not outcome & NONE for outcome in found)
    else:
        error = "ValueError" if any(outcome & NONE for outcome in found) else ""
        sure = NONE in found and execution.info.persistent is True
    if not isinstance(number, Const) or not isinstance(number.value, int) or lengths is None or None in lengths:
        return error and f"?{error}"
    if math.prod(n for n in lengths if n is not None) < number.value:
        return ""
    return error if sure and _is_at_once(at_once) else error and f"?{error}"


def _has_no_shape(source: Value) -> bool:
    """Whether `batch_jacobian` cannot ask a source for its shape: a list, or no tensor."""
    return containers.is_structure(source) or natures.nature(source) in WITHOUT_SHAPE


WITHOUT_SHAPE = ("plain", "number", "other number", "convertible", "array", "dtyped", "symbolic")
"""The natures of what has no shape as a tensor has it."""


def _without_shape(target: Value) -> str:
    """What `batch_jacobian` raises for such a source: it looks at the shape of the target first."""
    shape = target.shape if isinstance(target, (Data, Variable)) else None
    if shape is None:
        return "?AttributeError"
    return "AttributeError" if len(shape) > 1 else "ValueError" if shape else "IndexError"


def _bad_shapes(target: Value, source: Value) -> str:
    """The exception of `batch_jacobian` where target and source have no common batch axis."""
    if natures.nature(target) == "array":
        return "AttributeError"
    first, second = (v.shape if isinstance(v, (Data, Variable)) else None for v in (target, source))
    if first == ():
        return "IndexError"
    if (first is not None and len(first) < 2) or (second is not None and len(second) < 2):
        return "ValueError" if first is not None else "?ValueError"
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
    return next((f"?{error}" for error, outcome in found if outcome & NONE), "")


def _without_zeros(tapes: Tapes, value: Value) -> str:
    """What comes of zeros like a variable of Keras 3, whose dtype is a mere text, or a quantized tensor."""
    if any(getattr(option, "flavor", "") == "keras" for option in options(value)):
        return "AttributeError"
    return "NotFoundError" if any(widths.is_quantized(tapes.world, option) for option in options(value)) else ""


def _bad_target(tapes: Tapes, value: Value, method: str) -> str:
    if method != "gradient" and (containers.is_structure(value) or isinstance(value, Many)):
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
    if given == NO_VALUE:
        return ""
    if leaves and NO_VALUE in leaves:
        missing = [one for leaf, one in zip(leaves, execution.leaves, strict=False) if leaf == NO_VALUE]
        return "ValueError" if any(_surely_multiplies(one, execution) for one in missing) else "?ValueError"
    wanted = {dtype_of(tapes.world, leaf) for leaf in execution.leaves}
    return _first(_as_gradient(tapes, leaf, wanted, execution) for leaf in leaves or ())


def _surely_multiplies(target: Value, execution: Execution) -> bool:
    """Whether what comes down to a target is certainly multiplied; some operations hand it on as it is."""
    if not isinstance(target, Data) or target.node.recorded.get(execution.recording) != SURE:
        return False
    factors = [edge.linearity in ("bilinear", "square") for edge in target.node.edges]
    return all(edge.outcome == FLOWS for edge in target.node.edges) and (target.node.op == "operator *" or all(factors))


def _as_gradient(tapes: Tapes, given: Value, wanted: set[str], execution: Execution) -> str:
    error = _answer(given, natures.GIVEN)
    dtype = dtype_of(tapes.world, given) or ("s" if error.startswith("?") else "")
    fits = dtype in ("", "?") or dtype in wanted or bool(wanted & {"", "?"}) or not wanted
    fits = fits and _is_as_wide(tapes, given, execution) and _may_have_the_shape(given, execution)
    if error in ("", "?InvalidArgumentError") and not fits:
        return "?InvalidArgumentError"  # of some operations: what it is multiplied by has the dtype of the target
    return "" if error == "?InvalidArgumentError" else error


def _may_have_the_shape(given: Value, execution: Execution) -> bool:
    """Whether what is given as a gradient may have the shape of a target; some operations take other shapes."""
    shapes = [getattr(leaf, "shape", None) for leaf in execution.leaves]
    known = [shape for shape in shapes if shape is not None and None not in shape]
    own = getattr(given, "shape", None)
    return own is None or None in own or len(known) < len(shapes) or own in known


def _is_as_wide(tapes: Tapes, given: Value, execution: Execution) -> bool:
    """Whether floats that are given as a gradient have the dtype of the targets, as far as it is known."""
    plain = isinstance(given, (Const, Data)) and getattr(given, "kind", "python") == "python"
    width = widths.seeming(tapes.world, given) or ("float32" if plain else "")
    wanted = {widths.seeming(tapes.world, leaf) for leaf in execution.leaves}
    return {width} == wanted or "" in {width, *wanted}
