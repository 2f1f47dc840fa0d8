"""Callables that come from outside: a program that differentiates what they give takes them to be differentiable.

Nothing is claimed of them: where the gradient flows if they are, `flows` is said, and nothing else is ever built on it.
"""

from __future__ import annotations

import re

from tapelint.flow.functions import is_abstract
from tapelint.flow.values import Cell, Function, Method, Opaque, Value

NOT_NUMBERS = re.compile(
    r"(^|_)(sample|predict|action|act|step|numpy|item|tolist|argmax|argmin|mode|round|detach|stop|evaluate|fit|score|"
    r"transform|array|asarray|encode|decode|tokenize|save|load|copy|clone|len|shape|rank|index|indices|mask|compare)"
    r"(_|s?$)",
    re.IGNORECASE,
)
"""Names of methods that give drawn, rounded or plain values more often than not."""


def is_differentiable(callee: Value) -> bool:
    """Whether something called may pass a gradient on, as far as can be told from where it comes from and its name."""
    if isinstance(callee, Opaque):
        return not NOT_NUMBERS.search(callee.hint)
    if isinstance(callee, Cell):
        return callee.kind in ("instance", "layer")
    if isinstance(callee, Method):
        known = isinstance(callee.base, Opaque) or (isinstance(callee.base, Cell) and callee.base.kind == "instance")
        return known and not NOT_NUMBERS.search(callee.name)
    return isinstance(callee, Function) and is_abstract(callee.node) and not NOT_NUMBERS.search(callee.name)
