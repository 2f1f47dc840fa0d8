"""Classes of the project, their objects, and what `base.name` means."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from . import containers
from .core import Arguments, Frame
from .expressions import ClassBody
from .functions import Functions, gives_a_number, own_nodes
from .graph import Site
from .values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Function,
    Generator,
    Library,
    Many,
    ModuleValue,
    OneOf,
    Opaque,
    Super,
    Tuple,
    Value,
    Wrapped,
    options,
)
from .world import World

TUPLE, METACLASS = "as a tuple", "metaclass"
TYPED_DICTS = (Library("typing.TypedDict"), Library("typing_extensions.TypedDict"))
PROPERTIES = ("builtins.property", "functools.cached_property")


class Classes(Functions):
    """Class statements, instances, attributes."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._lineages: dict[int, list[Value]] = {}
        self._defined: list[Class] = []
        self.entered: set[int] = set()
        """Objects whose methods are entries: each may as well be one of a class that is derived from theirs."""

    def define_class(self, node: ast.ClassDef) -> bool:
        bases = tuple(self.evaluate(base) for base in node.bases)
        given = {k.arg: self.evaluate(k.value) for k in node.keywords if k.arg is not None}
        outer = self.frame
        cls = Class(self.uid(), node, outer.module, bases, node.name)
        self._defined.append(cls)
        scopes = () if outer.uid == outer.module else (outer.uid, *outer.scopes)
        frame = Frame(cls.uid, outer.source, outer.module, scopes, owner=ClassBody())
        self.frames.append(frame)
        try:
            self.execute(node.body)
        finally:
            self.frames.pop()
        self._name_descriptors(cls, self.site(node))
        self._tell_base(cls, given)
        value: Value = cls
        for decorator in reversed(node.decorator_list):
            value = self.world.decorated(self.evaluate(decorator), value, self.site(decorator))
        self.assign_name(node.name, value)
        self.note_inner(node, cls)
        return True

    def _tell_base(self, cls: Class, given: dict[str, Value]) -> None:
        """Run a base's `__init_subclass__`; a metaclass of the project may do anything with the class."""
        if isinstance(meta := given.pop("metaclass", UNBOUND), Class):
            self.escape([cls, meta])
            if (own := self.find_in_class(meta, "__call__")) is not None and isinstance(own[1], Class):
                self.state.set((cls.uid, METACLASS), meta)
        found = self.find_in_class(cls, "__init_subclass__", after=cls)
        if found is not None and isinstance(found[1], Class):
            method = found[0].function if isinstance(found[0], Wrapped) else found[0]
            self.call(Bound(method, cls), Arguments([], given), self.site(cls.node))

    def _name_descriptors(self, cls: Class, site: Site) -> None:
        """Tell the descriptors in a class body what they are called."""
        for statement in cls.node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for target in targets:
                held = self.state.get((cls.uid, target.id)) if isinstance(target, ast.Name) else UNBOUND
                method = self._descriptor(held, "__set_name__")
                if method is not None and isinstance(target, ast.Name):
                    self.call(method, Arguments([cls, Const(target.id)]), site)

    def _descriptor(self, value: Value, name: str) -> Value | None:
        """A method of the descriptor protocol, where a value of a class body has it."""
        return self.class_attribute(value, name) if isinstance(value, Cell) and value.kind == "instance" else None

    # -- classes

    def lineage(self, cls: Value) -> list[Value]:
        """A class and its bases in the order in which attributes are looked up (library and unknown ones included)."""
        if isinstance(cls, OneOf):
            return [base for option in cls.options for base in self.lineage(option)]
        if not isinstance(cls, Class):
            return [cls]
        known = self._lineages.get(cls.uid)
        if known is None:
            last: dict[Value, None] = {}  # of a base that is met more than once the last place counts
            for base in cls.bases:
                for found in self.lineage(base):
                    last.pop(found, None)
                    last[found] = None
            known = self._lineages[cls.uid] = [cls, *last]
        return known

    def find_in_class(self, cls: Value, name: str, after: Value | None = None) -> tuple[Value, Value] | None:
        """An attribute of a class or its bases, with the class that has it.

        A library's or unknown base ends the search where it may have the attribute: the base itself is given then.
        """
        order = self.lineage(cls)
        if after is not None and after in order:
            order = order[order.index(after) + 1 :]
        for base in order:
            if isinstance(base, Class):
                value = self.state.get((base.uid, name))
                if value is not UNBOUND:
                    return value, base
        for base in order:
            if not isinstance(base, Class) and base != Library("builtins.object"):
                return base, base
        return None

    def class_attribute(self, instance: Cell, name: str) -> Value | None:
        found = self.find_in_class(instance.info, name)
        if found is None or not isinstance(found[1], Class):
            return None
        if self._is_overridden(instance, name, found[0]):
            return self._of_derived(instance, name)
        return self.bound(found[0], instance, found[1])

    def _is_overridden(self, instance: Cell, name: str, found: Value) -> bool:
        """Whether what an object's classes have under a name may be another's: that of a derived class."""
        if instance.uid not in self.entered or name == "__init__":
            return False
        if isinstance(found, Function) and gives_a_number(found.node):
            return True
        derived = (c for c in self._defined if c != instance.info and instance.info in self.lineage(c))
        return any(self.state.get((c.uid, name)) is not UNBOUND for c in derived)

    def _of_derived(self, instance: Cell, name: str) -> Value:
        self.escape([instance])
        return self.opaque(instance.site, [instance], hint=name)

    def bound(self, value: Value, instance: Value, owner: Value) -> Value:
        """An attribute found in a class, as its object sees it."""
        if isinstance(value, Function):
            return Bound(value, instance)
        if isinstance(value, Wrapped):
            if value.kind == "builtins.staticmethod":
                return value.function
            if value.kind == "builtins.classmethod":
                cls = instance.info if isinstance(instance, Cell) else owner
                return Bound(value.function, cls)
            return Bound(value, instance)
        return value

    def instantiate(self, cls: Class, args: Arguments, site: Site) -> Value:
        for base in self.lineage(cls):
            if isinstance(base, Class) and self.state.get((base.uid, METACLASS)) is not UNBOUND:
                return self.call_unknown(cls, args, site)
        if any(base == Library("typing.NamedTuple") for base in self.lineage(cls)):
            return self._named_tuple(cls, args, site)
        if any(base in TYPED_DICTS for base in self.lineage(cls)):
            return self.call(Library("builtins.dict"), args, site)
        instance = Cell(self.uid(), "instance", cls, site)
        self.initialise(instance, args, site)
        return instance

    def _named_tuple(self, cls: Class, args: Arguments, site: Site) -> Value:
        """An object of a `typing.NamedTuple`: a tuple, or an object that is one where it has methods."""
        fields = self._annotated_fields(cls)
        items: list[Value] = []
        for index, (name, owner) in enumerate(fields):
            given = args.get(index, name)
            default = self.state.get((owner.uid, name))
            items.append(given if given is not UNBOUND else default if default is not UNBOUND else self.opaque(site))
        made = Tuple(tuple(items), tuple(name for name, _ in fields))
        if not any(isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in cls.node.body):
            return made
        instance = Cell(self.uid(), "instance", cls, site)
        for name, value in zip(made.names, made.items, strict=True):
            self.state.set((instance.uid, name), value)
            self.note_field(instance.uid, name)
        self.state.set((instance.uid, TUPLE), made)
        return instance

    def initialise(self, instance: Cell, args: Arguments, site: Site) -> None:
        """Run `__init__`, a dataclass's fields, or a library base's own."""
        found = self.find_in_class(instance.info, "__init__")
        if found is not None and isinstance(found[1], Class):
            self.call(self.bound(found[0], instance, found[1]), args, site)
            return
        fields = self._annotated_fields(instance.info)
        if fields:
            self._fill_fields(instance, fields, args, site)
            after = self.class_attribute(instance, "__post_init__")
            if after is not None:
                self.call(after, Arguments([]), site)
        elif found is not None:
            method = self.world.inherited(instance, found[1], "__init__", site)
            if method is not None:
                self.call(method, args, site)
            if isinstance(found[1], (Opaque,)):
                self.escape(args.every())

    def fields_of_class(self, cls: Value) -> list[str]:
        return [name for name, _ in self._annotated_fields(cls)]

    def _annotated_fields(self, cls: Value) -> list[tuple[str, Class]]:
        """A dataclass's or named tuple's fields, in order."""
        found: dict[str, Class] = {}
        for base in reversed(self.lineage(cls)):
            if isinstance(base, Class):
                for statement in base.node.body:
                    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                        found[statement.target.id] = base
        return list(found.items())

    def _fill_fields(self, instance: Cell, fields: list[tuple[str, Class]], args: Arguments, site: Site) -> None:
        for index, (name, owner) in enumerate(fields):
            value = args.get(index, name)
            if value is UNBOUND:
                value = self.state.get((owner.uid, name))
                if isinstance(value, Cell) and value.kind == "field":
                    value = self.call(value.info, Arguments([]), site) if value.info is not None else UNBOUND
            if value is not UNBOUND:
                self.set_attribute(instance, name, value, site)

    def super_(self) -> Value:
        for frame in reversed(self.frames):
            function = frame.function
            if function is not None and not isinstance(function.node, ast.Lambda) and function.node.args.args:
                first = self.state.get((frame.uid, function.node.args.args[0].arg))
                owner = self._owner_of(function, first)
                if owner is not None:
                    return Super(owner, first)
        return self.opaque(None)

    def _owner_of(self, function: Function, instance: Value) -> Value | None:
        cls = instance.info if isinstance(instance, Cell) else instance
        for base in self.lineage(cls):
            if isinstance(base, Class) and function.node in base.node.body:
                return base
        return None

    # -- attributes

    def attribute(self, base: Value, name: str, site: Site) -> Value:
        if isinstance(base, OneOf):
            kept = [o for o in base.options if o != NO_VALUE] or list(base.options)
            return self.join_all([self.attribute(option, name, site) for option in kept])
        if isinstance(base, Cell) and base.kind == "instance":
            return self.instance_attribute(base, name, site)
        if isinstance(base, Class):
            return self._of_class(base, name, site)
        if isinstance(base, ModuleValue):
            return self.module_attribute(base, name, site)
        if isinstance(base, Super):
            return self._of_super(base, name, site)
        if isinstance(base, Tuple) and name in base.names:
            return base.items[base.names.index(name)]
        if isinstance(base, Opaque):
            return self._of_opaque(base, name, site)
        return self.world.attribute(base, name, site)

    def module_attribute(self, base: ModuleValue, name: str, site: Site) -> Value:
        """A name of a module."""
        raise NotImplementedError

    def instance_attribute(self, base: Cell, name: str, site: Site) -> Value:
        """An object's field, else what its classes have."""
        found = self.find_in_class(base.info, name)
        if found is not None and isinstance(found[1], Class):
            if self._is_overridden(base, name, found[0]) and self.state.get((base.uid, name)) is UNBOUND:
                return self._of_derived(base, name)
            if self._is_property(found[0]):
                return self._property(found[0], base, site)
        getter = self._descriptor(found[0], "__get__") if found is not None else None
        value = self.state.get((base.uid, name))
        if getter is not None and found is not None and (value is UNBOUND or self._descriptor(found[0], "__set__")):
            return self.call(getter, Arguments([base, base.info if isinstance(base.info, Value) else NO_VALUE]), site)
        if value is not UNBOUND:
            return value
        if name == "__dict__":
            return Cell(self.uid(), "fields", base, site)
        if name == "__class__":
            return base.info if isinstance(base.info, Value) else self.opaque(site)
        if found is None:
            return self._missing(base, name, site)
        if isinstance(found[1], Class):
            return self.bound(found[0], base, found[1])
        inherited = self.world.inherited(base, found[1], name, site)
        if inherited is not None:
            return inherited
        self.escape([base])  # a class that is not seen has this, and may use the object
        return self._missing(base, name, site)

    def _missing(self, base: Cell, name: str, site: Site) -> Value:
        getter = self.class_attribute(base, "__getattr__")
        if getter is not None:
            return self.call(getter, Arguments([Const(name)]), site)
        result = self.opaque(site, [base], hint=name)
        self.state.set((base.uid, name), result)
        self.note_field(base.uid, name)
        return result

    def _is_property(self, value: Value) -> bool:
        return isinstance(value, Wrapped) and value.kind in PROPERTIES

    def _property(self, value: Value, base: Cell, site: Site) -> Value:
        assert isinstance(value, Wrapped)
        if value.kind != "functools.cached_property":
            return self.call(value.function, Arguments([base]), site)
        key = (base.uid, f"cached {getattr(value.function, 'name', '')}")
        if self.state.get(key) is UNBOUND:
            self.state.set(key, self.call(value.function, Arguments([base]), site))
        return self.state.get(key)

    def _of_class(self, base: Class, name: str, site: Site) -> Value:
        found = self.find_in_class(base, name)
        if found is None:
            return Const(base.name) if name == "__name__" else self.opaque(site, [], hint=name)
        value, owner = found
        if not isinstance(owner, Class):
            inherited = self.world.inherited(base, owner, name, site)
            return inherited if inherited is not None else self.opaque(site, hint=name)
        if isinstance(value, Wrapped) and value.kind == "builtins.classmethod":
            return Bound(value.function, base)
        if isinstance(value, Wrapped) and value.kind == "builtins.staticmethod":
            return value.function
        return value

    def _of_super(self, base: Super, name: str, site: Site) -> Value:
        cls = base.self.info if isinstance(base.self, Cell) else base.self
        found = self.find_in_class(cls, name, base.after)
        if found is None:
            return Library("builtins.object." + name)
        value, owner = found
        if isinstance(owner, Class):
            if self._is_property(value) and isinstance(base.self, Cell):
                return self._property(value, base.self, site)
            return self.bound(value, base.self, owner)
        inherited = self.world.inherited(base.self, owner, name, site)
        return inherited if inherited is not None else self.opaque(site, [base.self], hint=name)

    def _of_opaque(self, base: Opaque, name: str, site: Site) -> Value:
        """An attribute of something unknown: the same one each time, until unknown code may have changed it."""
        key = (-base.node.id - 1, name)
        known = self.state.get(key)
        if known is not UNBOUND:
            return known
        made = self.world.attribute(base, name, site)
        self.state.set(key, made)
        return made

    def set_attribute(self, base: Value, name: str, value: Value, site: Site) -> None:
        several = isinstance(base, OneOf)
        for option in options(base):
            if self._set_by_property(option, name, value, site) or self.world.set_attribute(option, name, value, site):
                continue
            if isinstance(option, (Cell, Class, ModuleValue)):
                old = self.state.get((option.uid, name)) if several else UNBOUND
                self.state.set((option.uid, name), self.join(old, value))
                self.note_field(option.uid, name)
            elif isinstance(option, Opaque):
                self.state.set((-option.node.id - 1, name), value)
                self.escape([value])

    def _set_by_property(self, base: Value, name: str, value: Value, site: Site) -> bool:
        if not (isinstance(base, Cell) and base.kind == "instance"):
            return False
        found = self.find_in_class(base.info, name)
        method = self._descriptor(found[0], "__set__") if found is not None else None
        if method is not None:
            self.call(method, Arguments([base, value]), site)
            return True
        if found is None or not (isinstance(found[0], Wrapped) and found[0].kind == "builtins.property"):
            return False
        setter = dict(found[0].options).get("setter")
        if setter is not None:
            self.call(setter, Arguments([base, value]), site)
        return True

    # -- iteration, with

    def elements(self, value: Value, site: Site) -> list[Value] | Many:
        if isinstance(value, OneOf):
            found = [self.elements(option, site) for option in value.options if option != NO_VALUE]
            if found and all(isinstance(f, list) and len(f) == len(found[0]) for f in found):  # type: ignore[arg-type]
                return [self.join_all(list(column)) for column in zip(*found, strict=True)]
            every = [e for f in found for e in (f if isinstance(f, list) else [f.element])]
            return Many(self.join_all(every))
        if isinstance(value, Generator):
            return self.generate(value, site)
        if isinstance(value, Cell) and isinstance(held := self.state.get((value.uid, TUPLE)), Tuple):
            return list(held.items)
        items = containers.sequence(self, value)
        if items is not None:
            return items if isinstance(items, Many) else list(items.items)
        if isinstance(value, Cell) and value.kind == "dict":
            known = containers.pairs(self, value)
            return [k for k, _ in known] if known is not None else Many(containers.any_pair(self, value)[0])
        if isinstance(value, Cell) and value.kind == "instance":
            method = self.class_attribute(value, "__iter__")
            if method is not None:
                made = self.call(method, Arguments([]), site)
                return self.elements(made, site) if made != value else Many(self.opaque(site, [value]))
        if isinstance(value, Const) and isinstance(value.value, str):
            return [Const(c) for c in value.value[:64]]
        return self.world.elements(value, site)

    def enter(self, manager: Value, statement: Site, site: Site) -> Value:
        if isinstance(manager, Cell) and manager.kind == "instance":
            method = self.class_attribute(manager, "__enter__")
            if method is not None:
                return self.call(method, Arguments([]), site)
        if isinstance(manager, Generator):
            return self.begin(manager, site)
        return self.world.enter(manager, statement)

    def swallowed(self, manager: Value) -> Sequence[ast.expr]:
        if not isinstance(manager, Cell):
            return ()
        if manager.kind == "suppressor":
            return tuple(manager.info)
        method = self.class_attribute(manager, "__exit__") if manager.kind == "instance" else None
        function = method.function if isinstance(method, Bound) else None
        if not isinstance(function, Function):
            return ()
        returned = [n.value for n in own_nodes(function.node) if isinstance(n, ast.Return)]
        truths = [v for v in returned if v is not None and not (isinstance(v, ast.Constant) and not v.value)]
        return (ast.Name("Exception", ast.Load()),) if truths else ()

    def leave(self, manager: Value, statement: Site) -> None:
        if isinstance(manager, Cell) and manager.kind == "instance":
            method = self.class_attribute(manager, "__exit__")
            if method is not None:
                self.call(method, Arguments([NO_VALUE, NO_VALUE, NO_VALUE]), statement)
                return
        if isinstance(manager, Generator):
            self.resume(manager)
            return
        self.world.leave(manager, statement)
