"""The graph of what a program computes, made to mimic a tape: operations, their inputs, and who recorded them.

Numbers grow in the order of making, so an edge always leads from a smaller to a larger number.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tapelint.diagnostic import Span
from tapelint.source import Source

from .outcomes import FLOWS

TRANSPARENT = ("join", "pack", "escaped")
"""Nodes that are no operations: what goes in comes out."""

CARRIES_NOTHING = ("i", "b", "s")
"""Dtypes whose values carry no gradient."""

ROWS = "rows"
"""The detail of an operation that looks up rows, and of a gradient that has rows only (an `IndexedSlices`)."""

PERHAPS_ROWS = "perhaps rows"
"""The detail of a gradient that has rows only, or is a tensor: nobody can tell."""

UPSTREAM = "upstream"
"""What makes the gradient that comes down to an operation: a tensor, or an `IndexedSlices`."""

REFUSES_ROWS = "refuses rows"
"""The detail of an operation whose gradient raises TypeError if an `IndexedSlices` comes down to it."""

CAPTURED = "captured"
"""The linearity of an input that a function takes from around it, and that is therefore not recorded with its call."""

OUT_OF_SIGHT = "opaque"
"""The linearity of an input whose backward pass no tape sees, as in `tf.py_function`."""

ABSENT = "no such attribute"
"""The detail of an attribute that an object has not, as far as can be seen."""

MISSING = "not found"
"""The detail of what the project itself has under a name: it was not found there, or may have been set anew."""

CONVERTED = "converted"
"""The detail of what a function of a library makes of an argument before it computes with it."""

SEVERAL = "perhaps several"
"""The detail of a result that may be several tensors instead of one."""

ALIAS = "perhaps the same"
"""The detail of a conversion that may have given back the very tensor that it was given."""

MOST_REMEMBERED = 8
"""Of so many sets of nodes it is remembered what they were made from."""

SURE, MAYBE, UNSURE = 2, 1, 3
"""Recorded for certain; on some ways through only; nobody can tell."""


@dataclass(frozen=True, slots=True)
class Site:
    """A syntax node of one file."""

    source: Source
    node: ast.AST

    @property
    def span(self) -> Span:
        return self.source.span(self.node)

    def text(self, limit: int = 60) -> str:
        """Its code on one line."""
        return self.source.short(self.node, limit)


@dataclass(frozen=True, slots=True)
class Chain:
    """The calls that led to a place: the innermost call and the way to it."""

    site: Site
    outer: Chain | None


class Edge(NamedTuple):
    """One input of an operation: what becomes of a gradient on the way back through it.

    `linearity` says on what the derivative depends (see facts; besides "filled": it may come back as zeros,
    "settled": it cannot change the result, and the words above). `argument` is its expression at the call.
    `again`: what becomes of the gradient that comes down, where it is itself differentiated: "" as ever, "none", or
    an exception. `on`: what the derivative is made of, and how, where that is known better than by the linearity.
    `afresh`: what goes on where zeros come down, if these are not zeros again; else 0.
    """

    node: Node
    outcome: int = FLOWS
    linearity: str = "other"
    argument: ast.AST | None = None
    again: str = ""
    on: tuple[tuple[Node, int], ...] | None = None
    afresh: int = 0


@dataclass(slots=True, eq=False)
class Node:
    """A value at run time: an operation's result, or a leaf (variable, constant, opaque).

    `op`: qualified name of what made it. `recorded`: recording id -> SURE, MAYBE or UNSURE. `joins`: one of its
    inputs, by the branch taken. `as_target`: its edges where it is itself the target. `active`: the recordings that
    ran when it was made. `error`: raised when a gradient is asked of it. `blame`: the place to edit where that is
    another than the call (a layer's activation, a custom gradient's `return`). `outside`: what something from outside,
    a parameter or a library without facts, gave when it was called with the inputs, or a part of it.
    """

    id: int
    op: str
    edges: tuple[Edge, ...] = ()
    site: Site | None = None
    chain: Chain | None = None
    dtype: str = "?"
    kind: str = "tensor"
    joins: bool = False
    as_target: tuple[Edge, ...] = ()
    error_as_target: str = ""
    declared: bool = True
    error: str = ""
    detail: str = ""
    depth: int = 0
    """How many graphs it lies in, one within the other: a graph function's, and those of its branches and loops."""
    recorded: dict[int, int] = field(default_factory=dict)
    active: tuple[int, ...] = ()
    opaque: bool = False
    outside: bool = False
    blame: Site | None = None
    held: Node | None = None
    """The tensor that a thing in parts has taken as it is: a ragged tensor its flat values."""
    is_transparent: bool = False
    """Whether it is no operation: what goes in comes out."""

    @property
    def innermost(self) -> Node:
        """What a tape sees in its place."""
        node = self
        while node.held is not None:
            node = node.held
        return node

    @property
    def is_indexed_slices(self) -> bool:
        """Whether it is the gradient of what rows are looked up in: an `IndexedSlices`, which is no tensor."""
        return self.op == "gradient" and self.detail == ROWS

    def __repr__(self) -> str:
        return f"<{self.id} {self.op} from {[e.node.id for e in self.edges]} on {self.recorded}>"


class Graph:
    """All nodes of one run."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known_ancestors: dict[tuple[int, ...], list[Node]] = {}
        self._known_at = 0

    def add(self, op: str, edges: Sequence[Edge] = (), site: Site | None = None, chain: Chain | None = None) -> Node:
        """A new node."""
        node = Node(len(self.nodes), op, tuple(edges), site, chain, is_transparent=op in TRANSPARENT)
        self.nodes.append(node)
        return node

    def ancestors(self, targets: Sequence[Node]) -> list[Node]:
        """The targets and all that they were made from, in the order of making."""
        if self._known_at != len(self.nodes) or len(self._known_ancestors) >= MOST_REMEMBERED:
            self._known_ancestors, self._known_at = {}, len(self.nodes)
        key = tuple([target.id for target in targets])
        found = self._known_ancestors.get(key)
        if found is None:
            found = self._known_ancestors[key] = self._ancestors(targets)
        return found

    def _ancestors(self, targets: Sequence[Node]) -> list[Node]:
        seen = {node.id: node for node in targets}
        todo = list(seen.values())
        while todo:
            for edge in todo.pop().edges:
                if edge.node.id not in seen:
                    seen[edge.node.id] = edge.node
                    todo.append(edge.node)
        return [seen[key] for key in sorted(seen)]
