"""What ended a program before a gradient call: the call raises nothing itself, it is never made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapelint.diagnostic import Step
from tapelint.findings.found import made
from tapelint.findings.paths import Syntax
from tapelint.tapes.journal import Event, Execution
from tapelint.tapes.tape import Tapes
from tapelint.views import Problem

REFUSED = {
    ("branch", "TypeError"): "its arms leave other dtypes or structures under one name, and the graph needs one result",
    ("branch", "ValueError"): "an arm leaves nothing under a name that is read later, and the graph needs a result",
    ("loop", "TypeError"): "a variable of it changes its dtype or structure from round to round, which a graph refuses",
    ("loop", "ValueError"): "a variable of it changes its shape from round to round, which a graph refuses",
    ("loop", "NotImplementedError"): "a graph's loop cannot be left by a `return`",
    ("iteration", "OperatorNotAllowedInGraphError"): "Python cannot iterate over a tensor while a graph is made",
    ("argument changed", "ValueError"): "a `tf.function` must leave the lists and dicts as they are that it is handed",
    ("input signature", "TypeError"): "the `input_signature` says another dtype, shape or number of tensors",
    ("TensorArray.read", "InvalidArgumentError"): "it is gone once it is read, but for `clear_after_read=False`",
    ("TensorArray.write", "InvalidArgumentError"): "the TensorArray is of another dtype than what is written",
    ("TensorArray.write", "OutOfRangeError"): "the TensorArray has no such place, without `dynamic_size=True`",
    ("tensorflow.py_function", "InvalidArgumentError"): "the function returns something else than `Tout` promises",
    ("ndarray operator op=", "TypeError"): "an array of whole numbers has no room for other numbers",
}
"""What is said no to, by what it is noted under and the exception."""


def steps_to_the_end(tapes: Tapes, execution: Execution) -> tuple[Step, ...]:
    """The place that raised before a gradient call, if it was seen."""
    event = _end(tapes, execution)
    return (Step(event.site.span, f"{_why(event)}: {event.error}"),) if event is not None else ()


def ends(tapes: Tapes) -> Iterator[Event]:
    """What raised before gradient calls that are never made, however often the program comes to them."""
    made_once = {e.site for e in tapes.executions if not e.dead}
    found = (_end(tapes, e) for e in tapes.executions if e.dead and e.site not in made_once)
    # Why a gradient call itself raises is told of that call.
    yield from {id(event): event for event in found if event is not None and event.site not in made_once}.values()


def ended(syntax: Syntax, event: Event) -> Problem | None:
    """The problem that such an exception is; None for one that the program raises itself."""
    if isinstance(event.site.node, (ast.Raise, ast.Assert)):
        return None
    why = _why(event)
    text = f"`{event.site.text(40)}` raises {event.error}" if why == NEVER_ASKED else why
    steps = [Step(event.site.span, f"{why}: {event.error}")]
    return made(syntax, "raised before", event.site, text=text, error=event.error, steps=steps)


def _end(tapes: Tapes, execution: Execution) -> Event | None:
    error = execution.dead
    before = reversed(tapes.events[: execution.after]) if error else ()
    return next((e for e in before if e.word == "raised" and not e.dead and e.error == error), None)


NEVER_ASKED = "this raises, and the gradient is not asked for"


def _why(event: Event) -> str:
    return REFUSED.get((event.call, event.error), NEVER_ASKED)
