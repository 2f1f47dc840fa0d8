"""Enumerations: which members they have, and which of them a value or a name stands for."""

from __future__ import annotations

import ast

from tapelint.source import class_body

from .core import Arguments
from .flags import Flags, is_of_bits
from .graph import Site
from .values import UNBOUND, Bound, Cell, Class, Const, Function, Library, Member, Tuple, Value, Wrapped, one_of

PLAIN = {"enum.Enum", "builtins.object"}
"""Bases of enumerations whose members are nothing else."""

MIXED = {"builtins.int", "builtins.str", "builtins.float", "enum.IntEnum", "enum.StrEnum", "enum.ReprEnum"}
"""Bases of those whose members are numbers or texts as well."""


class Enumerations(Flags):
    """The members of enumerations."""

    def make_members(self, cls: Class) -> None:
        """The names that an enumeration's body binds become its members."""
        bases = self._of_libraries(cls)
        if not any(name.startswith("enum.") for name in bases):
            return
        mixed = bool(bases & MIXED) and bases <= PLAIN | MIXED
        made_anew = "__new__" in self.hooks and self._own(cls, "__new__") is not None
        if made_anew:
            self.lose_track()
        given = self._given(cls, bases)
        if is_of_bits(bases):
            self._keep_flags(cls, bases, given)
            return
        members: dict[str, Value] = {}
        for name, value in given.items():
            if bases <= PLAIN or mixed:
                same = [m for m in members.values() if _is_constant(value) and self._value_of(m) == value]
                value = same[0] if same else self._make_member(cls, name, value, mixed, made_anew)
                members[name] = value
            self.state.set((cls.uid, name), value)
        if bases <= PLAIN or mixed:
            self.members[cls.uid] = members

    def _of_libraries(self, cls: Class) -> set[str]:
        """The names of the libraries' classes that a class extends."""
        return {base.name for base in self.lineage(cls) if isinstance(base, Library)}

    def _given(self, cls: Class, bases: set[str]) -> dict[str, Value]:
        """What the names of the members are given."""
        given: dict[str, Value] = {}
        for name in _assigned(cls.node):
            value = self.state.get((cls.uid, name))
            if value is UNBOUND or isinstance(value, (Function, Wrapped)):
                continue
            if isinstance(value, Cell) and value.kind == "next value":
                value = self._next_value(cls, list(given.values()), name, bases)
            given[name] = value
        return given

    def _keep_flags(self, cls: Class, bases: set[str], given: dict[str, Value]) -> None:
        """Flags that are more than numbers are not followed."""
        made = self.make_flags(cls, bases, given)
        if made is not None:
            self.members[cls.uid] = made
        for name, value in given.items():
            kept = made[name] if made is not None else self.opaque(self.site(cls.node), [value], hint=name)
            self.state.set((cls.uid, name), kept)

    def _own(self, cls: Class, name: str) -> Value | None:
        """What an enumeration's own classes have under a name, as it is called on the class."""
        found = self.find_in_class(cls, name)
        if found is None or not isinstance(found[1], Class):
            return None
        if isinstance(found[0], Wrapped):
            is_of_class = found[0].kind == "builtins.classmethod"
            return Bound(found[0].function, cls) if is_of_class else found[0].function
        return found[0]

    def _next_value(self, cls: Class, values: list[Value], name: str, bases: set[str]) -> Value:
        """What `enum.auto()` stands for after other values."""
        own = self._own(cls, "_generate_next_value_") if "_generate_next_value_" in self.hooks else None
        if own is not None:
            given: list[Value] = [Const(name), Const(1), Const(len(values)), Tuple(tuple(values))]
            return self.call(own, Arguments(given), self.site(cls.node))
        if "enum.StrEnum" in bases:
            return Const(name.lower())
        last = values[-1] if values else Const(0)
        number = last.value if isinstance(last, Const) and isinstance(last.value, int) else 0
        following = 1 << number.bit_length() if is_of_bits(bases) else number + 1
        return Const(str(following) if "builtins.str" in bases else following)

    def _make_member(self, cls: Class, name: str, value: Value, mixed: bool, made_anew: bool) -> Value:
        site = self.site(cls.node)
        if mixed and isinstance(value, Const) and not made_anew:
            return Member(value.value, cls, name)
        if mixed:
            return self.opaque(site, [value], hint=name)
        made = Cell(self.uid(), "instance", cls, site)
        if made_anew:
            value = self.opaque(site, [value], hint=name)
        for field, held in (("name", Const(name)), ("_name_", Const(name)), ("value", value), ("_value_", value)):
            self.store_field(made, field, held)
        method = self.class_attribute(made, "__init__")
        if method is not None:
            given = list(value.items) if isinstance(value, Tuple) else [value]
            self.call(method, Arguments(given), site)
        return made

    def members_of(self, value: Value) -> list[Value] | None:
        if not isinstance(value, (Class, Member)):
            return None
        members = self.members.get(value.uid) if isinstance(value, Class) else None
        flags = self.flags_of(value)
        return flags if flags is not None or members is None else list(dict.fromkeys(members.values()))

    def _value_of(self, member: Value) -> Value:
        if isinstance(member, Member):
            return Const(member.value)
        return self.state.get((member.uid, "_value_")) if isinstance(member, Cell) else member

    def member(self, cls: Class, args: Arguments, site: Site) -> Value | None:
        """`Enumeration(value)`; None for a class that is none."""
        members = self.members.get(cls.uid)
        if members is None:
            return None
        wanted = args.get(0, "value")
        every: list[Value] = list(dict.fromkeys(members.values()))
        if wanted in every and not isinstance(wanted, Const):
            return wanted
        if len(args.every()) == 1 and (flag := self.flag_numbered(cls, wanted, site)) is not None:
            return flag
        values = [self._value_of(m) for m in every]
        if not _is_constant(wanted) or not all(map(_is_constant, values)) or len(args.every()) != 1:
            return one_of(every) if every else self.opaque(site, [cls])
        found = [m for m, value in zip(every, values, strict=True) if _plain(value) == _plain(wanted)]
        if found:
            return found[0]
        own = self._own(cls, "_missing_") if "_missing_" in self.hooks else None
        if own is not None:
            return self.call(own, Arguments([wanted]), site)
        if every and not is_of_bits(self._of_libraries(cls)):
            self.world.raised("ValueError", site)
        return self.opaque(site, [cls])

    def member_named(self, cls: Class, name: Value, site: Site) -> Value:
        """`Enumeration["name"]`."""
        members = self.members[cls.uid]
        if isinstance(name, Const):
            if name.value not in members:
                self.world.raised("KeyError", site)
            return members.get(name.value) or self.opaque(site, [cls])
        return one_of(list(members.values())) if members else self.opaque(site, [cls])

    def text_of_member(self, member: Member, site: Site) -> Value:
        cls = member.of
        for name in ("__format__", "__str__"):
            method = self._own(cls, name) if isinstance(cls, Class) else None
            if method is not None:
                return self.call(method, Arguments([member, *([Const("")] if name == "__format__" else [])]), site)
        if Library("enum.StrEnum") in self.lineage(cls):
            return Const(member.value)
        return self.opaque(site)  # Python's versions differ


def _is_constant(value: Value) -> bool:
    """Whether a value is a constant, or a tuple of such."""
    return isinstance(value, Const) or (isinstance(value, Tuple) and all(map(_is_constant, value.items)))


def _plain(value: Value) -> object:
    """The constant that a value is, as Python has it."""
    if isinstance(value, Tuple):
        return tuple(map(_plain, value.items))
    return value.value if isinstance(value, Const) else value


def _assigned(node: ast.ClassDef) -> list[str]:
    """The names that a class's body assigns, but for those that mean something to Python."""
    targets: list[ast.expr] = []
    for statement in class_body(node):
        if isinstance(statement, ast.Assign):
            targets += [part for t in statement.targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets.append(statement.target)
    names = [t.id for t in targets if isinstance(t, ast.Name)]
    return [name for name in names if not name.startswith("__") and not (name.startswith("_") and name.endswith("_"))]
