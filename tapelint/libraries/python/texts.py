"""Texts that numbers are written into: tensors without numbers, and what is no number, cannot be formatted."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Cell, Const, Data, Tuple, Value, Variable, options

from ..refusals import protocols
from ..registry import Registry
from ..world import Libraries

PERCENT = re.compile(r"%[^%a-zA-Z]*([a-zA-Z%])")
NUMERIC = "diueEfFgG"
LONG = re.compile(r"\d{4}|[{][^{}]*[{]|%[^%a-zA-Z]*[*]")
"""Formats of texts that may be very long, or of a length that is given apart."""


def register(registry: Registry) -> None:
    """Wrap the methods of texts."""
    plain = registry.methods[("str", "*")]

    def method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        if args.get(0, "") == Const("format") and isinstance(base, Const):
            written = _fields(str(base.value), args.after(1))
            if any(refuses(world, value) for value in written):
                world.raised("TypeError", site, "str.format")
            if (made := formatted(str(base.value), args.after(1))) is not None:
                return made
        return plain(world, base, args, site)

    registry.methods[("str", "*")] = method


def formatted(text: str, args: Arguments) -> Const | None:
    """`text.format(...)` of plain constants; None of all else."""
    if LONG.search(text) or args.rest is not None or not all(type(value) is Const for value in args.every()):
        return None
    named = {name: value.value for name, value in args.keywords.items() if isinstance(value, Const)}
    try:
        return Const(text.format(*(v.value for v in args.positional if isinstance(v, Const)), **named))
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def written(text: str, right: Value) -> Const | None:
    """`text % right` of plain constants; None of all else."""
    given = right.items if isinstance(right, Tuple) else (right,)
    if LONG.search(text) or not all(type(value) is Const for value in given):
        return None
    try:
        return Const(text % tuple(value.value for value in given if isinstance(value, Const)))
    except (TypeError, ValueError, KeyError):
        return None


def refuses(world: Libraries, value: Value) -> bool:
    """Whether no number can be written by a format for a value: `.3f`."""
    return all(_refuses(world, option) for option in options(value))


def _refuses(world: Libraries, value: Value) -> bool:
    if isinstance(value, Data):
        has_items = value.kind in ("tensor", "numpy") and value.shape is not None and value.shape != ()
        return has_items or world.is_in_graph(value)
    if isinstance(value, (Variable, Tuple)) or value == NO_VALUE:
        return True
    return isinstance(value, Cell) and value.kind in ("list", "dict", "set")


def _fields(text: str, args: Arguments) -> Iterator[Value]:
    """What `text.format(...)` writes by a format, of what it is given by position or by name."""
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        return
    count = 0
    for _, name, form, _ in fields:
        if name is None:
            continue
        index, count = (count, count + 1) if name == "" else (int(name) if name.isdigit() else -1, count)
        if form and 0 <= index < len(args.positional):
            yield args.positional[index]
        elif form and name in args.keywords:
            yield args.keywords[name]


def check_percent(world: Libraries, text: str, right: Value, site: Site) -> None:
    """`text % right` asks for numbers, which some values have not, or more than one."""
    wanted = [each for each in PERCENT.findall(text) if each != "%"]
    given = right.items if isinstance(right, Tuple) else (right,)
    pairs = zip(wanted, given, strict=False)
    numbers = [value for each, value in pairs if each in NUMERIC]
    any(protocols.refuse(world, protocols.PERCENT, value, site, "operator %") for value in numbers)
