"""What ended a program before a gradient call: the call raises nothing itself, it is never made."""

from __future__ import annotations

from tapelint.diagnostic import Step
from tapelint.tapes.journal import Event, Execution
from tapelint.tapes.tape import Tapes

REFUSED = {
    ("branch", "TypeError"): "its arms leave other dtypes or structures under one name, and the graph needs one result",
    ("branch", "ValueError"): "an arm leaves nothing under a name that is read later, and the graph needs a result",
    ("loop", "TypeError"): "a variable of it changes its dtype or structure from round to round, which a graph refuses",
    ("loop", "ValueError"): "a variable of it changes its shape from round to round, which a graph refuses",
    ("loop", "NotImplementedError"): "a graph's loop cannot be left by a `return`",
    ("iteration", "OperatorNotAllowedInGraphError"): "Python cannot iterate over a tensor while a graph is made",
}
"""What AutoGraph says no to, by what it makes of the code and the exception."""


def steps_to_the_end(tapes: Tapes, execution: Execution) -> tuple[Step, ...]:
    """The place that raised before a gradient call, if it was seen."""
    error = execution.dead
    event = next((e for e in tapes.events if e.word == "raised" and not e.dead and e.error == error), None)
    return (Step(event.site.span, f"{_why(event)}: {error}"),) if event is not None and error else ()


def _why(event: Event) -> str:
    return REFUSED.get((event.call, event.error), "this raises, and the gradient is not asked for")
