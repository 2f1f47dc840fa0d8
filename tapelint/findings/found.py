"""A problem together with what it belongs to, and how one is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tapelint.diagnostic import Step
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.graph import Site
from tapelint.tapes.journal import Execution
from tapelint.views import Place, Problem, ProblemKind


@dataclass(frozen=True, slots=True)
class Found:
    """A problem, the gradient call that it is about (or None), the recording in whose block it lies (or None)."""

    problem: Problem
    execution: Execution | None = None
    recording: int | None = None


def made(
    syntax: Syntax, kind: ProblemKind, site: Site, *, text: str = "", error: str = "", steps: Sequence[Step] = (),
    sources: Sequence[str] = (), certain: bool = True, rest: Sequence[tuple[str, Place]] = (),
) -> Problem:  # fmt: skip
    """A problem at an expression, with the statement around it."""
    return Problem(
        kind, place_of(site), syntax.statement_span(site), error=error, text=text, sources=tuple(sources),
        steps=tuple(steps), certain=certain, rest=tuple(rest),
    )  # fmt: skip
