"""Flags: enumerations whose members are bits, which are put together and taken apart."""

from __future__ import annotations

import ast
import enum
import operator
from collections.abc import Callable, Mapping
from typing import Any

from .graph import Site
from .records import Records
from .values import Class, Const, Member, Value
from .world import World

BASES: dict[str, Any] = {"enum.Flag": enum.Flag, "enum.IntFlag": enum.IntFlag}
"""What makes flags of an enumeration, and what stands for it here: Python itself combines those."""
OTHERS = {"builtins.object", "builtins.int", "enum.Enum", "enum.ReprEnum"}
"""What such a class extends besides."""
OWN = (
    "__new__", "__init__", "_missing_", "__or__", "__ror__", "__and__", "__rand__", "__xor__", "__rxor__", "__invert__",
    "__contains__", "__iter__", "__len__", "__bool__", "__eq__", "__ne__", "__hash__",
)  # fmt: skip
"""Methods with which a class does something else than Python's flags."""
COMBINING: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor, ast.Add: operator.add,
    ast.Sub: operator.sub, ast.LShift: lambda a, b: a << min(b, 64),
}  # fmt: skip


def is_of_bits(bases: set[str]) -> bool:
    """Whether the libraries' classes that an enumeration extends make its members flags."""
    return bool(bases & BASES.keys())


class Flags(Records):
    """Flags as constants: each stands for one of Python's own, made with the same names and numbers."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.flags: dict[type[enum.Flag], Class] = {}
        """What stands for a class of flags here, made with the same names and numbers."""
        self.flag_values: dict[enum.Flag, Member] = {}

    def make_flags(self, cls: Class, bases: set[str], values: Mapping[str, Value]) -> dict[str, Value] | None:
        """The members of a class of flags, by name; None where they are no plain numbers, or more than numbers."""
        if not bases <= OTHERS | BASES.keys() or cls.node.keywords or cls.node.decorator_list:
            return None
        if any(name in self.hooks and self.find_in_class(cls, name) is not None for name in OWN):
            return None
        numbers = self._numbers(cls, values)
        if numbers is None:
            return None
        try:
            made: Any = BASES["enum.IntFlag" if "enum.IntFlag" in bases else "enum.Flag"](cls.node.name, numbers)
        except (TypeError, ValueError):
            return None
        self.flags[made] = cls
        return {name: self.as_flag(Const(made[name])) for name in numbers}

    def _numbers(self, cls: Class, values: Mapping[str, Value]) -> dict[str, int] | None:
        numbers: dict[str, int] = {}
        written = _written(cls.node)
        for name, value in values.items():
            number = value.value if isinstance(value, Const) else _combined(written.get(name), numbers)
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                return None
            numbers[name] = number
        return numbers

    def as_flag(self, value: Const) -> Const:
        """A constant as it stands for what the program has: a flag of Python's for the one of a class of its own."""
        real = value.value
        cls = self.flags.get(type(real)) if isinstance(real, enum.Flag) and not isinstance(value, Member) else None
        if cls is None:
            return value
        return self.flag_values.setdefault(real, Member(real, cls, str(real.name)))

    def flags_of(self, value: Value) -> list[Value] | None:
        """The single flags of a class or of a value, in order; None for what is none."""
        is_flag = isinstance(value, Member) and isinstance(value.value, enum.Flag)
        every = value.value if is_flag else self._standing_for(value)  # type: ignore[attr-defined]
        return [self.as_flag(Const(each)) for each in every] if every is not None else None

    def _standing_for(self, cls: Value) -> type[enum.Flag] | None:
        """What stands for a class of flags; None for anything else."""
        return next((made for made, known in self.flags.items() if known == cls), None)

    def flag_numbered(self, cls: Class, value: Value, site: Site) -> Value | None:
        """`Flags(number)`, which may be refused; None where the class is none of flags, or the number not known."""
        number = value.value if isinstance(value, Const) else None
        made = self._standing_for(cls)
        if made is None or not isinstance(number, int):
            return None
        try:
            return self.as_flag(Const(made(number)))
        except ValueError:
            self.world.raised("ValueError", site)
        return self.opaque(site, [cls])


def _written(node: ast.ClassDef) -> dict[str, ast.expr]:
    """What a class's body gives its names."""
    return {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _combined(node: ast.expr | None, numbers: Mapping[str, int]) -> int | None:
    """The number of a flag that is put together from those before it."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int) else None
    if isinstance(node, ast.Name):
        return numbers.get(node.id)
    if not isinstance(node, ast.BinOp) or (combine := COMBINING.get(type(node.op))) is None:
        return None
    left, right = _combined(node.left, numbers), _combined(node.right, numbers)
    return combine(left, right) if left is not None and right is not None else None
