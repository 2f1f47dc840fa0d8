"""Callables that come from outside: a program that differentiates what they give takes them to be differentiable.

Nothing is claimed of them: where the gradient flows if they are, `flows` is said, and nothing else is ever built on it.
"""

from __future__ import annotations

import re
import sys

from tapelint.flow.classes import Classes
from tapelint.flow.graph import MISSING, Node
from tapelint.flow.values import Cell, Function, Library, Method, Opaque, Value

from .names import EXTERNAL, INERT, root

NOT_NUMBERS = re.compile(
    r"(^|_)(sample|predict|action|act|step|numpy|item|tolist|argmax|argmin|mode|round|detach|stop|evaluate|fit|score|"
    r"transform|array|asarray|encode|decode|tokenize|save|load|copy|clone|len|shape|rank|index|indices|mask|compare|submit|spawn|async|executor|thread)"
    r"(_|s?$)",
    re.IGNORECASE,
)
"""Names of methods that give drawn, rounded or plain values more often than not, or that leave the thread: no tape
follows there.
"""


KNOWN = frozenset(
    [
        *EXTERNAL,
        *INERT,
        *sys.stdlib_module_names,
        "tensorflow",
        "keras",
        "tf_keras",
        "numpy",
        "torch",
        "jax",
        "builtins",
    ]
)
"""Libraries of which it is known what they are, whether each of their functions is or not."""


def is_unseen(value: Value) -> bool:
    """Whether a class, function or module comes from code that is not seen."""
    if isinstance(value, Library):
        first = root(value.name)
        return first.isidentifier() and first not in KNOWN
    return isinstance(value, Opaque)


def _comes_from_there(value: Value) -> bool:
    """Whether a value is unseen code's, and nothing that the project itself should have."""
    return is_unseen(value) and not (isinstance(value, Opaque) and _is_missing(value.node))


def _is_missing(node: Node) -> bool:
    """Whether something unknown is, or is a part of, what the project itself has and what was not found."""
    level, seen = {node.id: node}, {node.id}
    for _ in range(MOST_PARTS_DEEP):
        if any(each.detail == MISSING for each in level.values()):
            return True
        behind = {edge.node.id: edge.node for each in level.values() if each.opaque for edge in each.edges}
        level = {key: behind[key] for key in behind.keys() - seen}
        seen |= level.keys()
    return False


MOST_PARTS_DEEP = 4
"""So many parts of parts are looked at."""


def held(run: Classes, base: Value, part: Value) -> Value:
    """One of what something holds: in a container of a class of its own the project has put it itself."""
    order = run.lineage(base.info) if isinstance(base, Cell) and base.kind == "instance" else ()
    names = [cls.name for cls in order if isinstance(cls, Library)]
    own = any(root(name) in ("builtins", "collections") and name != "builtins.object" for name in names)
    if own and isinstance(part, Opaque):
        part.node.detail = MISSING
    return part


def is_differentiable(callee: Value) -> bool:
    """Whether something called may pass a gradient on, as far as can be told from where it comes from and its name."""
    if isinstance(callee, Library):
        return _comes_from_there(callee) and not NOT_NUMBERS.search(callee.name.rpartition(".")[2])
    if isinstance(callee, Opaque):
        return _comes_from_there(callee) and not NOT_NUMBERS.search(callee.hint)
    if isinstance(callee, Cell):
        return callee.kind in ("instance", "layer")
    if isinstance(callee, Method):
        known = isinstance(callee.base, Cell) and callee.base.kind == "instance"
        return (known or _comes_from_there(callee.base)) and not NOT_NUMBERS.search(callee.name)
    return isinstance(callee, Function) and not NOT_NUMBERS.search(callee.name)
