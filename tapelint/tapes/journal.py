"""The journal of a run: each gradient call, tape entered, and other event, as it was when it happened.

Tapes write it while the program runs; the findings are read off it afterwards.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Chain, Node, Site
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Value
from tapelint.tapes.backprop import Answer


@dataclass(frozen=True, slots=True)
class TapeInfo:
    """How a tape was made. A flag is None where it is not known."""

    persistent: bool | None
    watches: bool | None
    library: str
    called: bool = True


@dataclass(slots=True)
class SourceResult:
    """What one gradient call found for one source: its nodes and the outcome.

    `trusted`: it is not known, and flows if what comes from outside is differentiable.
    """

    expression: str
    value: Value
    nodes: list[Node]
    outcome: int
    trusted: bool = False


@dataclass(slots=True)
class Execution:
    """One time that a gradient call was run. `dead`: the exception that had ended the program before, if one had."""

    site: Site
    method: str
    tape: Cell | None
    recording: int
    target: Value
    targets: list[Node]
    target_place: ast.AST | None
    sources_place: ast.AST | None
    sources: list[SourceResult]
    zeros: bool
    dead: str
    in_graph: bool
    chain: Chain | None
    error: str = ""
    trouble: str = ""
    watched: frozenset[int] = frozenset()
    asked: Value = NO_VALUE
    output_gradients: Value = UNBOUND
    leaves: tuple[Value, ...] = ()
    active: tuple[int, ...] = ()
    why_unknown: str = ""
    answer: Answer | None = None

    @property
    def info(self) -> TapeInfo | None:
        """How the tape was made, if it is known which one is asked."""
        return self.tape.info if self.tape is not None else None


@dataclass(slots=True)
class Event:
    """Something to know that is no gradient call, by its `word`.

    The tapes' own words: "raised" (`error`, by which `call`), "condition" (on a tensor, of a `statement`), "left out"
    (an arm of a `statement` with what it names: the syntax and the ids of nodes), "watch" and "reset" (the `recording`
    that begins). The libraries note others: "update", "called", "custom gradient" and the like, with a value.
    Where and when it happened (`chain`, `in_graph`, `active`, `dead`, `at`) the tapes fill in.
    """

    word: str
    site: Site
    value: Value = NO_VALUE
    args: Arguments | None = None
    error: str = ""
    call: str = ""
    statement: ast.AST | None = None
    named: tuple[tuple[ast.AST, int], ...] = ()
    recording: int | None = None
    chain: Chain | None = None
    in_graph: bool = False
    active: tuple[int, ...] = ()
    dead: bool = False
    at: int = 0


@dataclass(slots=True)
class Entered:
    """One with block (or other entry) of a tape."""

    site: Site
    tape: Cell
    recording: int
    chain: Chain | None = None
    at: int = 0
    until: int = 0
