"""The journal of a run: each gradient call, tape entered, and other event, as it was when it happened.

Tapes write it while the program runs; the findings are read off it afterwards.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

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

    `trusted`: it is not known, and flows if what comes from outside is differentiable; `part_of`: the call of an unseen
    model of which only some results are used.
    """

    expression: str
    value: Value
    nodes: list[Node]
    outcome: int
    trusted: bool = False
    part_of: Node | None = None


NO_RECORDING = -1
"""In place of the recording of a tape that was never entered."""


@dataclass(slots=True)
class Execution:
    """One time that a gradient call was run: `site` is the call, on a `recording` of the `tape`.

    Where and when: the `chain` of calls that led there; `dead`, the exception that had ended the program before, if
    one had; `assumed`, whether the run had begun with arguments that nothing tells; `in_graph`, whether a graph was
    being made; `active`, the recordings that ran; `after` how many events.

    Its arguments: `target` with its `leaves` and `targets`, their nodes; `filled`, what was assigned to variables among
    them; `asked`, the sources as they were given; the places of both in the call; `zeros`, whether it wants zeros for
    None; `output_gradients`.

    What was found: an outcome for each of the `sources`, with the graph's `answer`; the `error` that it raises ("?" in
    front where it may), and for which `trouble`; the nodes that the tape `watched`; `why_unknown`, if it was given up.
    """

    site: Site
    method: str
    tape: Cell
    recording: int
    chain: Chain | None
    dead: str
    in_graph: bool
    target: Value
    target_place: ast.AST | None = None
    sources_place: ast.AST | None = None
    targets: list[Node] = field(default_factory=list)
    sources: list[SourceResult] = field(default_factory=list)
    zeros: bool = False
    error: str = ""
    trouble: str = ""
    watched: frozenset[int] = frozenset()
    asked: Value = NO_VALUE
    output_gradients: Value = UNBOUND
    leaves: tuple[Value, ...] = ()
    filled: tuple[Node, ...] = ()
    active: tuple[int, ...] = ()
    assumed: bool = False
    after: int = 0
    why_unknown: str = ""
    answer: Answer | None = None

    @property
    def info(self) -> TapeInfo:
        """How the tape was made."""
        assert isinstance(self.tape.info, TapeInfo)
        return self.tape.info


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
