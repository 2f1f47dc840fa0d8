"""Handlers by name: what functions, methods and attributes of libraries do to values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Node, Site
from tapelint.flow.state import Delta, Key
from tapelint.flow.values import Cell, Many, Opaque, Value

if TYPE_CHECKING:
    from .world import Libraries

FunctionHandler = Callable[["Libraries", Arguments, Site], Value]
MethodHandler = Callable[["Libraries", Value, Arguments, Site], Value]
AttributeHandler = Callable[["Libraries", Cell, str, Site], "Value | None"]


class Registry:
    """Handlers by name, gathered from the modules of this package and from the tapes."""

    def __init__(self) -> None:
        self.functions: dict[str, FunctionHandler] = {}
        self.methods: dict[tuple[str, str], MethodHandler] = {}
        self.calls: dict[str, MethodHandler] = {}
        self.attributes: dict[str, AttributeHandler] = {}
        self.enters: dict[str, Callable[[Libraries, Cell, Site], Value]] = {}
        self.leaves: dict[str, Callable[[Libraries, Cell, Site], None]] = {}
        self.elements: dict[str, Callable[[Libraries, Cell, Site], list[Value] | Many]] = {}
        self.bases: dict[str, Callable[[Libraries, Value, str, str, Site], Value | None]] = {}
        self.sets: list[Callable[[Libraries, Value, str, Value, Site], bool]] = []
        self.kept: Callable[[Libraries, Value, str, Value, bool], Value]
        self.has_what_is_seen: Callable[[Libraries, Cell], bool]
        self.store_in: Callable[[Libraries, Opaque, Value], None]
        self.staged: Callable[[Libraries, Value], str]
        self.staged_value: Callable[[Libraries, Value, Sequence[Value], Site], Value]
        self.staged_branch: Callable[[Libraries, str, Delta, Sequence[Delta], Site], None]
        self.staged_loop: Callable[[Libraries, int, Delta, Delta, int, Site], None]
        self.traced_on: list[Key] = []
        self.holds: dict[str, Callable[[Libraries, Cell], Iterable[Value]]] = {}
        self.behind: list[Callable[[Libraries, Value, Site], Sequence[Node]]] = []
        self.told: list[Callable[[str, Value, Value], bool | None]] = []
        self.families: list[Callable[[Libraries, str, Arguments, Site], Value | None]] = []
        self.guards: list[Callable[[Libraries, str, Arguments, Site], Value | None]] = []
        self.iterated: Callable[[Libraries, Value, Site], None]
