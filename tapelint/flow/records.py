"""Classes that Python fills in: dataclasses, named tuples; and how an object's fields begin."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from tapelint.source import class_body, last_name

from .attempts import is_exception
from .attributes import FROZEN, Attributes
from .core import Arguments
from .graph import Site
from .matching import TUPLE
from .values import (
    TRUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Function,
    Library,
    Opaque,
    Tuple,
    Value,
)
from .world import World

PLAIN = ("builtins.object", "abc.ABC")
FAMILIES = ("layer", "model", "module", "loss", "metric", "context decorator")
"""Bases of libraries, and kinds of them, whose objects are made by what extends them: they begin with `__init__`."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """A dataclass's field. `kept`: it becomes a field of the object, and is not for `__post_init__` only."""

    name: str
    default: Value = UNBOUND
    factory: Value = UNBOUND
    init: bool = True
    by_name: bool = False
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """What a dataclass is made of; `init`: it has a method that fills its fields."""

    fields: tuple[RecordField, ...]
    init: bool

    def positional(self) -> list[str]:
        """The names of the fields that are given by their places."""
        return [f.name for f in self.fields if f.init and not f.by_name]


class Records(Attributes):
    """How objects begin."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.records: dict[int, Record] = {}
        self.members: dict[int, dict[str, Value]] = {}
        """The members of enumerations, by the class and their names."""

    # -- dataclasses

    def make_record(self, cls: Class, given: Mapping[str, Value]) -> None:
        """`@dataclass(...)`: a class's annotations are fields, with the defaults that they have now."""
        fields: dict[str, RecordField] = {}
        for base in reversed(self.lineage(cls)[1:]):
            if isinstance(base, Class) and base.uid in self.records:
                fields |= {f.name: f for f in self.records[base.uid].fields}
        by_name = given.get("kw_only") == TRUE
        for statement in class_body(cls.node):
            if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
                continue
            word = _kind_of_field(statement.annotation)
            if word == "KW_ONLY":
                by_name = True
            elif word != "ClassVar":
                fields[statement.target.id] = self._field(cls, statement.target.id, by_name, word != "InitVar")
        self.records[cls.uid] = Record(tuple(fields.values()), given.get("init") != Const(False))
        if given.get("frozen") == TRUE:
            self.hooks.add(FROZEN)
            self.state.set((cls.uid, FROZEN), TRUE)

    def _field(self, cls: Class, name: str, by_name: bool, kept: bool) -> RecordField:
        value = self.state.get((cls.uid, name))
        if isinstance(value, Cell) and value.kind in ("list", "dict", "set"):
            self.may_raise("ValueError")
        if not (isinstance(value, Cell) and value.kind == "field"):
            return RecordField(name, value, by_name=by_name, kept=kept)
        given: Mapping[str, Value] = value.info
        default = given.get("default", UNBOUND)
        self.state.set((cls.uid, name), default)
        init, named = given.get("init") != Const(False), given.get("kw_only", TRUE if by_name else UNBOUND) == TRUE
        return RecordField(name, default, given.get("default_factory", UNBOUND), init, named, kept)

    def record_of(self, cls: Value) -> Record | None:
        """The dataclass that a class is or extends."""
        found = (self.records.get(base.uid) for base in self.lineage(cls) if isinstance(base, Class))
        return next((record for record in found if record is not None), None)

    def replace_fields(self, instance: Cell, changes: Mapping[str, Value], site: Site) -> Value | None:
        """`dataclasses.replace(instance, ...)`: a new object, made as any other; None where it is no dataclass's."""
        record = self.record_of(instance.info)
        if record is None or not isinstance(instance.info, Class):
            return None
        kept = [f.name for f in record.fields if f.init and f.kept and f.name not in changes]
        given = {name: self.attribute(instance, name, site) for name in kept}
        return self.instantiate(instance.info, Arguments([], {**given, **changes}), site)

    def _fill_record(self, instance: Cell, record: Record, args: Arguments, site: Site) -> None:
        positional = record.positional()
        passed: list[Value] = []
        for field in record.fields:
            index = positional.index(field.name) if field.name in positional else len(args.positional)
            value = args.get(index, field.name) if field.init else UNBOUND
            if value is UNBOUND:
                value = field.default
                if field.factory is not UNBOUND:
                    value = self.call(field.factory, Arguments([]), site)
                if args.rest is not None and field.init:
                    value = self.join(value, args.rest)
            if not field.kept:
                passed.append(value if value is not UNBOUND else self.opaque(site, hint=field.name))
            elif value is not UNBOUND and self.is_frozen(instance):
                self.store_attribute(instance, field.name, value, site)
            elif value is not UNBOUND:
                self.set_attribute(instance, field.name, value, site)
        after = self.class_attribute(instance, "__post_init__")
        if after is not None:
            self.call(after, Arguments(passed), site)

    def has_equals(self, value: Value) -> bool:
        if not (isinstance(value, Cell) and value.kind == "instance"):
            return False
        return self.own_method(value, "__eq__") is not None or self.record_of(value.info) is not None

    # -- how an object begins

    def initialiser(self, cls: Class) -> Value | None:
        plainly = all(map(self._begins_plainly, self.lineage(cls)))
        found = self.find_in_class(cls, "__init__")
        if not plainly or "__new__" in self.hooks or cls.uid in self.members or found is None:
            return None
        return Bound(found[0], cls) if isinstance(found[0], Function) else None

    def _begins_plainly(self, base: Value) -> bool:
        """Whether making an object of a class with this base hands the arguments to `__init__` as they are."""
        if isinstance(base, Class):
            return not base.node.decorator_list and not base.node.keywords
        return isinstance(base, Library) and (base.name in PLAIN or self.world.base_family(base.name) in FAMILIES)

    def initialise(self, instance: Cell, args: Arguments, site: Site) -> None:
        """Run `__init__`, a dataclass's fields, or a library base's own."""
        for base in self.lineage(instance.info):
            if not isinstance(base, Class):
                continue
            if (method := self.state.get((base.uid, "__init__"))) is not UNBOUND:
                self.call(self.bound(method, instance, base), args, site)
                return
            record = self.records.get(base.uid)
            if record is not None and record.init:
                self._fill_record(instance, record, args, site)
                return
        found = self.find_in_class(instance.info, "__init__")
        fields = self._annotated_fields(instance.info) if self._is_filled(instance.info) else []
        if fields:
            self._fill_fields(instance, fields, args, site)
            after = self.class_attribute(instance, "__post_init__")
            if after is not None:
                self.call(after, Arguments([]), site)
        elif found is not None:
            inherited = self.world.inherited(instance, found[1], "__init__", site)
            if inherited is not None:
                self.call(inherited, args, site)
            known = isinstance(found[1], Library) and is_exception(found[1])
            if not known and (inherited is None or isinstance(found[1], Opaque)):
                self.escape(args.every())  # a class that is not seen keeps them

    def _is_filled(self, cls: Value) -> bool:
        """Whether a base or a decorator that is not seen may give a class a method that fills its fields."""
        return any(not isinstance(base, Class) or base.node.decorator_list for base in self.lineage(cls))

    def fields_of_class(self, cls: Value) -> list[str]:
        record = self.record_of(cls)
        return record.positional() if record is not None else [name for name, _ in self._annotated_fields(cls)]

    def _annotated_fields(self, cls: Value) -> list[tuple[str, Class]]:
        """A named tuple's fields, or those of something like a dataclass, in order."""
        found: dict[str, Class] = {}
        for base in reversed(self.lineage(cls)):
            if isinstance(base, Class):
                for statement in class_body(base.node):
                    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                        found[statement.target.id] = base
        return list(found.items())

    def _fill_fields(self, instance: Cell, fields: list[tuple[str, Class]], args: Arguments, site: Site) -> None:
        for index, (name, owner) in enumerate(fields):
            value = args.get(index, name)
            if value is UNBOUND:
                value = self.state.get((owner.uid, name))
                if isinstance(value, Cell) and value.kind == "field":
                    factory = value.info.get("default_factory", UNBOUND)
                    made = self.call(factory, Arguments([]), site) if factory is not UNBOUND else UNBOUND
                    value = value.info.get("default", made)
                if args.rest is not None:
                    value = self.join(value, args.rest)
            if value is not UNBOUND:
                self.set_attribute(instance, name, value, site)

    # -- named tuples

    def named_tuple(self, cls: Class, args: Arguments, site: Site) -> Value:
        """An object of a `typing.NamedTuple`: a tuple, or an object that is one where it has methods."""
        fields = self._annotated_fields(cls)
        items: list[Value] = []
        for index, (name, owner) in enumerate(fields):
            given = args.get(index, name)
            default = self.state.get((owner.uid, name))
            items.append(given if given is not UNBOUND else default if default is not UNBOUND else self.opaque(site))
        made = Tuple(tuple(items), tuple(name for name, _ in fields))
        if not any(isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in class_body(cls.node)):
            return made
        instance = Cell(self.uid(), "instance", cls, site)
        for name, value in zip(made.names, made.items, strict=True):
            self.store_field(instance, name, value)
        self.state.set((instance.uid, TUPLE), made)
        return instance


def _kind_of_field(annotation: ast.expr) -> str:
    """The last name of an annotation, without what stands in brackets."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        text = annotation.value.partition("[")[0]
        return text.rpartition(".")[2]
    return last_name(annotation.value if isinstance(annotation, ast.Subscript) else annotation)
