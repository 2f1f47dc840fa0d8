"""What `base.name` means, is set to and loses: fields of objects, what their classes have, the hooks of both."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from .attempts import is_exception
from .core import Arguments
from .functions import Functions, gives_a_number
from .graph import ABSENT, MISSING, Site
from .matching import IDENTITY, PLAIN, TUPLE
from .state import Key
from .values import (
    NO_VALUE,
    TRUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Member,
    Method,
    ModuleValue,
    OneOf,
    Opaque,
    Partial,
    Super,
    Tuple,
    Value,
    Wrapped,
    one_of,
    options,
)
from .world import World

OWNERS = (Cell, Class, Function, ModuleValue, Wrapped)
"""What has fields that the program sets."""

PROPERTIES = ("builtins.property", "functools.cached_property")
OF_OBJECT = ("__getattribute__", "__setattr__", "__delattr__", "__new__")
"""Methods of `object` that classes extend."""

TYPE = Library("builtins.type")
OF_TYPES = ("__new__", "__init__", "__call__")
"""Methods of `type` that metaclasses extend."""

FROM_OBJECT = frozenset(dir(object))
"""What every class has from `object`, before its metaclass is asked."""
MAKES_ANOTHER = (
    "__class__", "__dict__", "__bases__", "__code__", "__defaults__", "__kwdefaults__", "__wrapped__",
    "cell_contents",
)
"""Attributes that make another thing of an object, a class or a function when they are set."""

OF_TUPLES = ("_replace", "_asdict")
"""Methods of named tuples."""

REGISTERS = "registers"
"""Under which a class has that it was asked for its `register`, which is no method of its own."""

META = "metaclass"
SUBCLASSES = "subclasses"
"""Under which a class has its metaclass of the project, and the classes that extend it, so far."""

DISPATCHERS = ("dispatcher", "method dispatcher")
"""The kinds of several functions of which a call picks one: as functions do, they become methods of an object."""

FROZEN = "frozen"
"""Under which a class says that the fields of its objects cannot be set."""


class Attributes(Functions):
    """Lookups in classes, and attributes of everything."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._lineages: dict[int, list[Value]] = {}
        self.defined: list[Class] = []
        self.entered: set[int] = set()
        """Objects whose methods are entries: each may as well be one of a class that is derived from theirs."""
        self.written_in = {}
        self.hooks: set[str] = set()
        """The methods with double underscores that some class of the program defines."""

    # -- classes

    def lineage(self, cls: Value) -> list[Value]:
        """A class and its bases in the order in which attributes are looked up (library and unknown ones included)."""
        if isinstance(cls, OneOf):
            return [base for option in cls.options for base in self.lineage(option)]
        if not isinstance(cls, Class):
            return [cls]
        known = self._lineages.get(cls.uid)
        if known is None:
            rows = [*(list(dict.fromkeys(self.lineage(base))) for base in cls.bases), list(cls.bases)]
            merged = _merged(rows)
            if merged is None:  # Python makes no such class
                self.lose_track()
                return [cls, *dict.fromkeys(base for row in rows for base in row)]
            known = self._lineages[cls.uid] = [cls, *merged]
        return known

    def find_in_class(self, cls: Value, name: str, after: Value | None = None) -> tuple[Value, Value] | None:
        """An attribute of a class or its bases, with the class that has it.

        A library's or unknown base ends the search where it may have the attribute: the base itself is given then.
        """
        order = self.lineage(cls)
        if after is not None and after in order:
            order = order[order.index(after) + 1 :]
        for index, base in enumerate(order):
            if isinstance(base, Class):
                value = self.state.get((base.uid, name))
                if value is not UNBOUND:
                    if name in self.state.doubted and self.state.may_lack((base.uid, name)):
                        self._note_behind(order[index + 1 :], name)
                    return value, base
        for base in order:
            if not isinstance(base, Class) and base != Library("builtins.object"):
                return base, base
        return None

    def _note_behind(self, bases: Sequence[Value], name: str) -> None:
        """A class has an attribute, or has it not: which is found is not known where one of its bases has it, too."""
        if any(isinstance(base, Class) and self.state.get((base.uid, name)) is not UNBOUND for base in bases):
            self.lose_track()

    def class_attribute(self, instance: Cell, name: str) -> Value | None:
        found = self.find_in_class(instance.info, name)
        if found is None or not isinstance(found[1], Class):
            return None
        if self._is_overridden(instance, name, found[0]):
            return self._of_derived(instance, name)
        return self.bound(found[0], instance, found[1])

    def holds_more(self, value: Cell) -> bool:
        bases = [base for base in self.lineage(value.info) if not isinstance(base, Class)]
        return value.kind == "instance" and not all(isinstance(b, Library) and self._is_empty(b) for b in bases)

    def _is_empty(self, base: Library) -> bool:
        """Whether a library's class keeps nothing but in the fields of its objects."""
        return base in PLAIN or is_exception(base) or self.world.base_family(base.name) not in ("", "object")

    def is_made_here(self, instance: Cell) -> bool:
        """Whether an object was made while this entry was run, and not before, or by nobody that is seen."""
        return instance.uid > self.outside and instance.uid not in self.entered and instance.site is not None

    def _is_overridden(self, instance: Cell, name: str, found: Value) -> bool:
        """Whether what an object's classes have under a name may be another's: that of a derived class."""
        if instance.uid not in self.entered or name == "__init__":
            return False
        if isinstance(found, Function) and gives_a_number(found.node):
            return True
        derived = (c for c in self.defined if c != instance.info and instance.info in self.lineage(c))
        return any(self.state.get((c.uid, name)) is not UNBOUND for c in derived)

    def _of_derived(self, instance: Cell, name: str) -> Value:
        self.escape([instance])
        return self.opaque(instance.site, [instance], hint=name)

    def bound(self, value: Value, instance: Value, owner: Value) -> Value:
        """An attribute found in a class, as its object sees it."""
        if isinstance(value, Function):
            return value if value.name == "__new__" else Bound(value, instance)  # static without saying so
        if isinstance(value, Wrapped):
            if value.kind == "builtins.staticmethod":
                return value.function
            if value.kind == "builtins.classmethod":
                cls = instance.info if isinstance(instance, Cell) else owner
                return Bound(value.function, cls)
            return Bound(value, instance) if value.function != NO_VALUE else value  # a class of named tuples
        return Bound(value, instance) if isinstance(value, Cell) and value.kind in DISPATCHERS else value

    def _descriptor(self, value: Value, name: str) -> Value | None:
        """A method of the descriptor protocol, where a value of a class body has it."""
        return self.class_attribute(value, name) if isinstance(value, Cell) and value.kind == "instance" else None

    # -- attributes

    def attribute(self, base: Value, name: str, site: Site) -> Value:
        if isinstance(base, OneOf):
            kept = [o for o in base.options if o != NO_VALUE] or list(base.options)
            kinds = {o if isinstance(o, (Cell, Class)) else (type(o), getattr(o, "kind", "")) for o in kept}
            with self.for_one_of_several() if len(kinds) > 1 else nullcontext():
                return self.join_all([self.attribute(option, name, site) for option in kept])
        if (key := self.doubted(base, name)) is not None:
            return self.with_and_without(key, base, lambda: self.attribute(base, name, site), site)
        if isinstance(base, Cell) and base.kind == "instance":
            return self.instance_attribute(base, name, site)
        if isinstance(base, Class):
            return self._of_class(base, name, site)
        if isinstance(base, ModuleValue):
            return self.module_attribute(base, name, site)
        if isinstance(base, Super):
            return self._of_super(base, name, site)
        if isinstance(base, Member):
            return self._of_member(base, name, site)
        if isinstance(base, Tuple) and name in base.names:
            return base.items[base.names.index(name)]
        if isinstance(base, Opaque):
            return self._of_opaque(base, name, site)
        return self.world.attribute(base, name, site)

    def doubted(self, base: Value, name: str) -> Key | None:
        """The field of an object, or of a class of its, that is asked for by a name and that it may have or lack."""
        if name not in self.state.doubted or not isinstance(base, OWNERS):
            return None
        keys = [] if isinstance(base, Class) else [(base.uid, name)]
        cls = base if isinstance(base, Class) else base.info if isinstance(base, Cell) else None
        if isinstance(cls, (Class, OneOf)):
            keys += [(each.uid, name) for each in self.lineage(cls) if isinstance(each, Class)]
        key = next((key for key in keys if self.state.get(key) is not UNBOUND), None)
        return key if key is not None and self.state.may_lack(key) else None

    def with_and_without(self, key: Key, base: Value, act: Callable[[], Value], site: Site) -> Value:
        """What is found of an object where a field is there, and where it is not, on a way for each; there something
        that is seen may take its place, else an AttributeError ends the way.
        """
        value = self.state.get(key)

        def there() -> Value:
            self.state.set(key, value)
            return act()

        def absent() -> Value | bool:
            self.state.set(key, UNBOUND)
            found, ends = self.attempted(act)
            nothing = self.is_nothing(found) or (isinstance(found, Opaque) and self.behind(base, key[1]) is UNBOUND)
            if ends is not False or nothing:
                self.may_raise("AttributeError")
            return False if ends or nothing else found

        found = [result for result in self.branch(NO_VALUE, site.node, [there, absent]) if result is not False]
        with self.decided_by(site):
            return self.join_all(found)

    def field(self, base: Value, name: str) -> Value:
        """A field of an object's own, UNBOUND where it has none."""
        return self.state.get((base.uid, name)) if isinstance(base, OWNERS) and base.uid else UNBOUND

    def is_nothing(self, found: Value) -> bool:
        """Whether an attribute that was asked for is none that anybody has given the object, or its kind has."""
        if isinstance(found, Opaque):
            return found.node.detail in (ABSENT, MISSING)
        base = found.base if isinstance(found, Method) else UNBOUND
        return isinstance(base, (Function, Wrapped)) or (isinstance(base, Cell) and base.kind in ("object", "instance"))

    def attempted(self, act: Callable[[], Value]) -> tuple[Value, bool | None]:
        """Do something that may raise: what it gives, and whether it raised instead (None: nobody can tell)."""
        raise NotImplementedError

    def _of_member(self, base: Member, name: str, site: Site) -> Value:
        """An attribute of a member of an enumeration that is a number or a text."""
        if name in ("name", "_name_", "value", "_value_") and isinstance(base.value, enum.Flag):
            return Const(getattr(base.value, name))
        if name in ("name", "_name_"):
            return Const(base.name)
        found = self.find_in_class(base.of, name)
        if found is not None and isinstance(found[1], Class):
            if isinstance(found[0], Wrapped) and self._is_property(found[0]):
                return self.call(found[0].function, Arguments([base]), site)
            return self.bound(found[0], base, base.of)
        return Const(base.value) if name in ("value", "_value_") else self.world.attribute(base, name, site)

    def module_attribute(self, base: ModuleValue, name: str, site: Site) -> Value:
        """A name of a module."""
        raise NotImplementedError

    def own_method(self, value: Value, name: str) -> Value | None:
        methods: list[Value] = []
        for option in options(value) if name in self.hooks else ():
            is_object = isinstance(option, Cell) and option.kind == "instance"
            method = self.class_attribute(option, name) if is_object else self.of_metaclass(option, name)  # type: ignore[arg-type]
            if method is None:
                return None
            methods.append(method)
        return one_of(methods) if methods else None

    def is_equal_to_itself_only(self, value: Value) -> bool:
        if not (isinstance(value, Cell) and value.kind == "instance"):
            return isinstance(value, Const)
        order = self.lineage(value.info)
        own = all(isinstance(base, Class) or base in IDENTITY for base in order)
        return own and not any(isinstance(base, Class) and base.node.decorator_list for base in order)

    def instance_attribute(self, base: Cell, name: str, site: Site) -> Value:
        """An object's attribute, by its own `__getattribute__` where it has one."""
        hook = self.own_method(base, "__getattribute__")
        if hook is None:
            return self.plain_attribute(base, name, site)
        if self.own_method(base, "__getattr__") is not None:
            self.lose_track()  # one comes after the other where that raises
        return self.call(hook, Arguments([Const(name)]), site)

    def plain_attribute(self, base: Cell, name: str, site: Site) -> Value:
        """An object's field, else what its classes have."""
        found = self.find_in_class(base.info, name)
        if found is not None and isinstance(found[1], Class):
            if self._is_overridden(base, name, found[0]) and self.state.get((base.uid, name)) is UNBOUND:
                return self._of_derived(base, name)
            if self._is_property(found[0]):
                return self._property(found[0], base, name, site)
        getter = self._descriptor(found[0], "__get__") if found is not None else None
        value = self.state.get((base.uid, name))
        if getter is not None and found is not None and (value is UNBOUND or self._descriptor(found[0], "__set__")):
            return self.call(getter, Arguments([base, base.info if isinstance(base.info, Value) else NO_VALUE]), site)
        if value is not UNBOUND:
            return value
        if name == "__dict__":
            self.state.set((base.uid, "__dict__ was asked for"), TRUE)
            return Cell(self.uid(), "fields", base, site)
        if name == "__class__":
            return base.info if isinstance(base.info, Value) else self.opaque(site)
        if found is None:
            return self._missing(base, name, site)
        if isinstance(found[1], Class):
            if isinstance(found[0], Const) and self._is_unseen(base):
                return self.join(found[0], self.opaque(site, hint=name))
            return self.bound(found[0], base, found[1])
        inherited = self.world.inherited(base, found[1], name, site)
        if inherited is not None:
            return inherited
        if name in OF_TUPLES and self.state.get((base.uid, TUPLE)) is not UNBOUND:
            return Partial(Library(f"tapelint.named_tuple.{name}"), (base,), ())
        self.escape([base])  # a class that is not seen has this, and may use the object
        return self._missing(base, name, site)

    def _is_unseen(self, base: Cell) -> bool:
        """Whether a class that cannot be seen may have given an object fields, in the place of its class's settings."""
        return any(isinstance(c, Opaque) or not self.world.is_settled(c) for c in self.lineage(base.info))

    def metaclass_of(self, cls: Class) -> Class | None:
        """The metaclass of the project that a class has, or has from its bases."""
        metas = [self.state.get((base.uid, META)) for base in self.lineage(cls) if isinstance(base, Class)]
        return next((each for each in metas if isinstance(each, Class)), None)

    def of_metaclass(self, value: Value, name: str) -> Value | None:
        """A method that the metaclass of a class gives it, bound."""
        for base in self.lineage(value) if isinstance(value, Class) else ():
            meta = self.state.get((base.uid, META)) if isinstance(base, Class) else UNBOUND
            found = self.find_in_class(meta, name) if meta is not UNBOUND else None
            if found is not None and isinstance(found[1], Class):
                return self.bound(found[0], value, found[1]) if isinstance(found[0], Function) else None
        return None

    def _missing(self, base: Cell, name: str, site: Site) -> Value:
        getter = self.class_attribute(base, "__getattr__")
        if getter is not None:
            return self.call(getter, Arguments([Const(name)]), site)
        self.world.missing(base, name, site)
        result = self.opaque(site, [base], hint=name)
        result.node.detail = ABSENT
        self.state.set((base.uid, name), result)
        self.note_field(base.uid, name)
        return result

    def _is_property(self, value: Value) -> bool:
        return isinstance(value, Wrapped) and value.kind in PROPERTIES

    def _property(self, value: Value, base: Cell, name: str, site: Site) -> Value:
        assert isinstance(value, Wrapped)
        if value.kind != "functools.cached_property":
            return self.call(value.function, Arguments([base]), site)
        key = (base.uid, name)  # the field that keeps it, and that may be set or deleted, has the same name
        if self.state.get(key) is UNBOUND:
            self.state.set(key, self.call(value.function, Arguments([base]), site))
        return self.state.get(key)

    def _of_class(self, base: Class, name: str, site: Site) -> Value:
        found = self.find_in_class(base, name)
        meta = self.metaclass_of(base)
        of_meta = self.find_in_class(meta, name) if meta is not None else None
        if of_meta is not None and self._is_first(of_meta[0]):
            return self._of_its_metaclass(base, name, site) or self.opaque(site, [], hint=name)
        if name == "register" and (found is None or not isinstance(found[1], Class)):
            self.state.set((base.uid, REGISTERS), TRUE)
        if found is None or not isinstance(found[1], Class):
            if name == "__subclasses__":
                self.finish_imports()
                return Partial(Library("tapelint.subclasses"), (base,), ())
            if name == "__dict__":
                self.lose_track()  # what stands in it may be called
            if name not in FROM_OBJECT and (own := self._of_its_metaclass(base, name, site)) is not None:
                return own
        if found is None:
            return Const(base.name) if name == "__name__" else self.opaque(site, [], hint=name)
        value, owner = found
        if not isinstance(owner, Class):
            inherited = self.world.inherited(base, owner, name, site)
            return inherited if inherited is not None else self.opaque(site, hint=name)
        if (getter := self._descriptor(value, "__get__")) is not None:
            return self.call(getter, Arguments([NO_VALUE, base]), site)
        if isinstance(value, Wrapped) and value.kind == "builtins.classmethod":
            return Bound(value.function, base)
        if isinstance(value, Wrapped) and value.kind == "builtins.staticmethod":
            return value.function
        return value

    def _is_first(self, value: Value) -> bool:
        """Whether what a metaclass has goes before what the class has: it says what happens when it is set."""
        if isinstance(value, Wrapped) and self._is_property(value):
            return value.kind != "functools.cached_property"
        return self._descriptor(value, "__set__") is not None

    def _of_its_metaclass(self, base: Class, name: str, site: Site) -> Value | None:
        """An attribute that a class has from a metaclass of the project."""
        meta = self.metaclass_of(base)
        found = self.find_in_class(meta, name) if meta is not None else None
        if found is None or not isinstance(found[1], Class):
            getter = self.of_metaclass(base, "__getattr__") if meta is not None and name[:2] != "__" else None
            return self.call(getter, Arguments([Const(name)]), site) if getter is not None else None
        value = found[0]
        if isinstance(value, Wrapped) and self._is_property(value):
            return self.call(value.function, Arguments([base]), site)
        if self._descriptor(value, "__get__") is not None:
            self.lose_track()
        if isinstance(value, Wrapped) and value.kind == "builtins.classmethod":
            return Bound(value.function, found[1])
        return self.bound(value, base, found[1])

    def _of_super(self, base: Super, name: str, site: Site) -> Value:
        cls = base.self.info if isinstance(base.self, Cell) else base.self
        if isinstance(cls, Class) and base.after not in self.lineage(cls):
            cls = self.metaclass_of(cls) or cls
        found = self.find_in_class(cls, name, base.after)
        if found is not None and found[1] == TYPE and name in OF_TYPES:
            method = Library(f"builtins.type.{name}")
            return method if name == "__new__" else Partial(method, (base.self,), ())
        if found is None or (name in OF_OBJECT and not isinstance(found[1], (Class, Opaque))):
            method = Library("builtins.object." + name)
            return Partial(method, (base.self,), ()) if name in OF_OBJECT and name != "__new__" else method
        value, owner = found
        if isinstance(owner, Class):
            if self._is_property(value) and isinstance(base.self, Cell):
                return self._property(value, base.self, name, site)
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
        self._each(base, site, lambda option, several: self._set(option, name, value, site, several))

    def _each(self, base: Value, site: Site, act: Callable[[Value, bool], None]) -> None:
        """Do something to an object, or to one of several; where that runs code of theirs, on a way for each."""
        every = options(base)
        if len(every) > 1 and any(self._runs_code(option) for option in every):
            self.branch(base, site.node, [lambda option=option: act(option, False) for option in every])  # type: ignore[misc]
            return
        for option in every:
            act(option, len(every) > 1)

    def _runs_code(self, value: Value) -> bool:
        """Whether the program's own code may run where an attribute is set or deleted."""
        return isinstance(value, Cell) and value.kind == "instance"

    def _set(self, base: Value, name: str, value: Value, site: Site, several: bool) -> None:
        hook = self.own_method(base, "__setattr__")
        if hook is not None:
            self.call(hook, Arguments([Const(name), value]), site)
        elif self.is_frozen(base):
            self.world.raised("FrozenInstanceError", site)
        else:
            if not several:
                self.refused_attribute(base, site)
            self.store_attribute(base, name, value, site, several)

    def is_frozen(self, base: Value) -> bool:
        if FROZEN not in self.hooks or not (isinstance(base, Cell) and base.kind == "instance"):
            return False
        return any(isinstance(c, Class) and self.state.get((c.uid, FROZEN)) == TRUE for c in self.lineage(base.info))

    def store_attribute(self, base: Value, name: str, value: Value, site: Site, several: bool = False) -> None:
        """`object.__setattr__(base, name, value)`; `several`: this is one of several that it may be."""
        self.before_write(base)
        if name in MAKES_ANOTHER:
            self.lose_track()
        if self._set_by_property(base, name, value, site) or self.world.set_attribute(base, name, value, site):
            return
        if isinstance(base, (Cell, Class, ModuleValue, Function)) or (
            isinstance(base, Wrapped) and self.world.has_fields(base, name)
        ):
            value = self.world.kept(base, name, value, not several)
            self.store_field(base, name, self.join(self.state.get((base.uid, name)), value) if several else value)
        elif isinstance(base, Opaque):
            self.state.set((-base.node.id - 1, name), value)
            self.escape([value])
        elif isinstance(base, (Partial, Bound, Wrapped)) or (
            isinstance(base, Library) and not isinstance(value, (Const, Data))
        ):
            self.lose_track()  # a library's function may be another one from now on
            self.patched = True

    def store_field(self, base: Cell | Class | ModuleValue | Function | Wrapped, name: str, value: Value) -> None:
        """`base.__dict__[name] = value`."""
        self.before_write(base)
        if isinstance(base, Class) and name.startswith("__"):
            self.hooks.add(name)
        self.state.set((base.uid, name), value)
        self.note_field(base.uid, name)

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
        else:
            self.world.raised("AttributeError", site)
        return True

    def delete_attribute(self, base: Value, name: str, site: Site) -> None:
        """`del base.name`."""
        self._each(base, site, lambda option, several: self._delete_by_hook(option, name, site, several))

    def _delete_by_hook(self, base: Value, name: str, site: Site, several: bool) -> None:
        hook = self.own_method(base, "__delattr__")
        if hook is not None:
            self.call(hook, Arguments([Const(name)]), site)
        else:
            self.remove_attribute(base, name, site, several)

    def remove_attribute(self, base: Value, name: str, site: Site, several: bool = False) -> None:
        """`object.__delattr__(base, name)`: what the class has under the name is seen again."""
        if isinstance(base, Opaque):
            self.state.set((-base.node.id - 1, name), UNBOUND)
        elif isinstance(base, Cell) and base.kind == "instance" and not several:
            self._remove_field(base, name, site)
        elif isinstance(base, (Class, ModuleValue)) and not several:
            self.state.set((base.uid, name), UNBOUND)
        else:
            self.lose_track()

    def _remove_field(self, base: Cell, name: str, site: Site) -> None:
        found = self.find_in_class(base.info, name)
        if found is None:
            self.state.set((base.uid, name), UNBOUND)
            return
        deleter = dict(found[0].options).get("deleter") if isinstance(found[0], Wrapped) else None
        if deleter is not None:
            self.call(deleter, Arguments([base]), site)
            return
        method = self._descriptor(found[0], "__delete__")
        if method is not None:
            self.call(method, Arguments([base]), site)
        elif not isinstance(found[1], Class):
            self.lose_track()  # a library's class may do more than forget it
        elif self._is_property(found[0]) or self._descriptor(found[0], "__get__") is not None:
            self.state.set((base.uid, name), UNBOUND)
        else:  # kept as a field, so that it is seen on this way only where there are several
            self.state.set((base.uid, name), self.bound(found[0], base, found[1]))


def _merged(rows: list[list[Value]]) -> list[Value] | None:
    """One order of all that keeps the order of each row, as Python merges those of bases; None where there is none."""
    order: list[Value] = []
    while rows := [row for row in rows if row]:
        later = {base for row in rows for base in row[1:]}
        first = next((row[0] for row in rows if row[0] not in later), None)
        if first is None:
            return None
        order.append(first)
        rows = [row[1:] if row[0] == first else row for row in rows]
    return order
