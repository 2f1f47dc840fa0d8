"""Classes of the project and their objects; what is iterated, entered and left."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from tapelint.source import Source, class_body, last_name

from . import containers, sets
from .attempts import ANY_OTHER, is_exception
from .attributes import META, SUBCLASSES
from .comprehensions import ClassBody
from .core import ENDED, Arguments, Frame
from .effects import AT_ANY_TIME, FRAMEWORKS, OF_BASES, reaches_out, runs_effects
from .enumerations import Enumerations
from .functions import own_nodes
from .graph import Site
from .loops import UNROLLED
from .managers import caught_around_yields, entered_later, swallowed_by_exit
from .matching import PLAIN, TUPLE
from .operators import LONGEST_KNOWN
from .values import (
    NO_VALUE,
    TRUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Function,
    Generator,
    Library,
    Many,
    OneOf,
    Super,
    Tuple,
    Value,
    Wrapped,
    options,
)
from .world import World

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
EFFECTS = "methods at any time"
"""Under which a class has that Python runs methods of its objects by itself, which do more than give something."""

TYPED_DICTS = (Library("typing.TypedDict"), Library("typing_extensions.TypedDict"))


class Classes(Enumerations):
    """Class statements, objects, what is iterated and entered."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._private: dict[str, bool] = {}
        self.making: list[Class] = []
        """The classes that their metaclasses make at this time, innermost last."""

    def define_class(self, node: ast.ClassDef) -> bool:
        bases = tuple(self.evaluate(base) for base in node.bases)
        given = {k.arg: self.evaluate(k.value) for k in node.keywords if k.arg is not None}
        outer = self.frame
        cls = Class(self.uid(), node, outer.module, bases, node.name)
        self._run_class_body(cls, outer)
        self.make_members(cls)
        self._name_descriptors(cls, self.site(node))
        self._tell_base(cls, given)
        for base in bases:
            if isinstance(base, Class):
                self.state.push((base.uid, SUBCLASSES), cls)
        if self._has_effects_at_any_time(cls):
            self.state.set((cls.uid, EFFECTS), TRUE)
        value: Value = cls
        for decorator in reversed(node.decorator_list):
            value = self.world.decorated(self.evaluate(decorator), value, self.site(decorator))
        self.assign_name(node.name, value)
        self.note_inner(node, cls)
        return True

    def _run_class_body(self, cls: Class, outer: Frame) -> None:
        """Run the statements of a class: what they bind lies in the state under its identity."""
        node = cls.node
        self.defined.append(cls)
        self.namespaces.add(cls.uid)
        self.scopes[cls.uid] = node
        if self._has_private_names(outer.source):
            inner = (n for n in ast.walk(node) if isinstance(n, FUNCTIONS))
            self.written_in.update(dict.fromkeys(inner, node.name))
        scopes = () if outer.uid == outer.module else (outer.uid, *outer.scopes)
        self.frames.append(Frame(cls.uid, outer.source, outer.module, scopes, owner=ClassBody()))
        try:
            self.execute(node.body)
        finally:
            self.frames.pop()
        self.hooks.update(name for name in _bound_in(node) if name.startswith("_"))

    def _runs_at_any_time(self, cls: Class) -> bool:
        """Whether a class, or a base of it, has methods that do something where nothing is written of them."""
        return any(isinstance(b, Class) and self.state.get((b.uid, EFFECTS)) is not UNBOUND for b in self.lineage(cls))

    def _has_effects_at_any_time(self, cls: Class) -> bool:
        """Whether Python, or a library, runs methods of a class by itself that do more than to give something."""
        derived = any(not isinstance(base, Class) and base not in PLAIN for base in self.lineage(cls))
        run = AT_ANY_TIME | OF_BASES if derived else AT_ANY_TIME
        body = list(class_body(cls.node))
        names = [base.name for base in self.lineage(cls) if isinstance(base, Library) and base not in PLAIN]
        if any(part in FRAMEWORKS for name in names for part in name.split(".")):
            called = (n for n in body if isinstance(n, FUNCTIONS[:2]) and n.name != "__init__")
            if any(map(reaches_out, called)):
                return True
        return runs_effects(body, run)

    def _has_private_names(self, source: Source) -> bool:
        """Whether a file has attributes whose names are those of a class only."""
        if source.path not in self._private:
            self._private[source.path] = _PRIVATE.search(source.text) is not None
        return self._private[source.path]

    def _tell_base(self, cls: Class, given: dict[str, Value]) -> None:
        """Run a base's `__init_subclass__`, and what a metaclass of the project does with a new class."""
        meta = given.pop("metaclass", UNBOUND)
        if not isinstance(meta, Class):
            meta = self.metaclass_of(cls) or UNBOUND
        found = self.find_in_class(cls, "__init_subclass__", after=cls)
        if found is not None and isinstance(found[1], Class):
            method = found[0].function if isinstance(found[0], Wrapped) else found[0]
            self.call(Bound(method, cls), Arguments([], given), self.site(cls.node))
        if isinstance(meta, Class):
            self.state.set((cls.uid, META), meta)
            if self._runs_at_any_time(meta):
                self.lose_track(site=self.site(cls.node))
            self._by_metaclass(cls, meta, given)

    def _by_metaclass(self, cls: Class, meta: Class, given: dict[str, Value]) -> None:
        """Run the `__new__` and the `__init__` of a metaclass."""
        site = self.site(cls.node)
        held = [(name, self.state.get((cls.uid, name))) for name in sorted(_bound_in(cls.node))]
        space = containers.make_dict(self, [(Const(n), v) for n, v in held if v is not UNBOUND], site)
        args: list[Value] = [Const(cls.name), Tuple(cls.bases), space]
        if self._defines(meta, "__prepare__"):
            self.lose_track()
        for name in ("__new__", "__init__"):
            found = self.find_in_class(meta, name)
            if found is None or not isinstance(found[1], Class):
                continue
            function = found[0].function if isinstance(found[0], Wrapped) else found[0]
            self.making.append(cls)
            made = self.call(function, Arguments([meta if name == "__new__" else cls, *args], dict(given)), site)
            self.making.pop()
            if name == "__new__" and made != cls:
                self.lose_track()  # another one, or one of which nothing is known

    def made_class(self, args: Arguments, site: Site) -> Value:
        """`type.__new__(metaclass, name, bases, namespace)`: the class that is being defined, with what that holds."""
        if not self.making:
            self.lose_track()
            return self.missing(site)
        cls = self.making[-1]
        space = args.get(3, "namespace")
        known = containers.pairs(self, space) if isinstance(space, Cell) and space.kind == "dict" else None
        if known is None or not all(isinstance(key, Const) for key, _ in known):
            self.lose_track()
            return cls
        held = {str(key.value): value for key, value in known if isinstance(key, Const)}
        for name in {*_bound_in(cls.node), *held}:
            value = held.get(name, UNBOUND)
            if self.state.get((cls.uid, name)) is not value:
                self.store_field(cls, name, value)
        return cls

    def _defines(self, cls: Class, name: str) -> bool:
        """Whether a class of the project, or one that it extends, has a method."""
        found = self.find_in_class(cls, name)
        return found is not None and isinstance(found[1], Class)

    def _name_descriptors(self, cls: Class, site: Site) -> None:
        """Tell the descriptors in a class body what they are called."""
        for name in sorted(_bound_in(cls.node)) if "__set_name__" in self.hooks else ():
            method = self._descriptor(self.state.get((cls.uid, name)), "__set_name__")
            if method is not None:
                self.call(method, Arguments([cls, Const(name)]), site)

    # -- objects

    def instantiate(self, cls: Class, args: Arguments, site: Site) -> Value:
        own = self.of_metaclass(cls, "__call__")
        return self.call(own, args, site) if own is not None else self.make(cls, args, site)

    def make(self, cls: Class, args: Arguments, site: Site) -> Value:
        """`type.__call__(cls, ...)`: a new object."""
        if self._runs_at_any_time(cls):
            self.lose_track(site)  # Python runs it wherever it likes to
        if (member := self.member(cls, args, site)) is not None:
            return member
        if "__del__" in self.hooks and self._defines(cls, "__del__"):
            self.lose_track()  # nobody can tell when it runs
        maker = self.find_in_class(cls, "__new__") if "__new__" in self.hooks else None
        if maker is not None and isinstance(maker[1], Class):
            return self._made_by(maker[0], cls, args, site)
        made = self.bare(cls, args, site)
        if isinstance(made, Cell) and made.kind == "instance" and self.state.get((made.uid, TUPLE)) is UNBOUND:
            self.initialise(made, args, site)
        return made

    def bare(self, cls: Class, args: Arguments, site: Site) -> Value:
        """An object of a class before its `__init__`."""
        if any(base == Library("typing.NamedTuple") for base in self.lineage(cls)):
            return self.named_tuple(cls, args, site)
        if any(base in TYPED_DICTS for base in self.lineage(cls)):
            return self.call(Library("builtins.dict"), args, site)
        made = Cell(self.uid(), "instance", cls, site)
        if any(isinstance(base, Library) and is_exception(base) for base in self.lineage(cls)):
            own = self.find_in_class(cls, "__init__")
            kept = Tuple(tuple(args.every())) if own is None or not isinstance(own[1], Class) else None
            self.store_field(made, "args", kept or self.opaque(site, args.every()))  # `__init__` may set others
        return made

    def _made_by(self, maker: Value, cls: Class, args: Arguments, site: Site) -> Value:
        """What a class's `__new__` gives; an object of the class is initialised."""
        function = maker.function if isinstance(maker, Wrapped) else maker
        made = self.call(function, args.before(cls), site)
        mine = [
            o for o in options(made) if isinstance(o, Cell) and o.kind == "instance" and cls in self.lineage(o.info)
        ]
        for instance in mine:
            if len(mine) < len(options(made)):
                self.branch(made, site.node, [lambda cell=instance: self.initialise(cell, args, site), lambda: None])  # type: ignore[misc]
            else:
                self.initialise(instance, args, site)
        return made

    def item_of_class(self, base: Class, key: Value, site: Site) -> Value | None:
        if base.uid in self.members:
            return self.member_named(base, key, site)
        if (own := self.of_metaclass(base, "__getitem__")) is not None:
            return self.call(own, Arguments([key]), site)
        found = self.find_in_class(base, "__class_getitem__") if "__class_getitem__" in self.hooks else None
        if found is None or not isinstance(found[1], Class):
            return None
        method = found[0].function if isinstance(found[0], Wrapped) else found[0]
        return self.call(method, Arguments([base, key]), site)

    def super_(self) -> Value:
        for frame in reversed(self.frames):
            function = frame.function
            spec = function.node.args if function is not None else None
            taken = [*spec.posonlyargs, *spec.args] if spec is not None else []
            if function is not None and taken and not isinstance(function.node, ast.Lambda):
                first = self.state.get((frame.uid, taken[0].arg))
                owner = self._owner_of(function, first)
                if owner is not None:
                    return Super(owner, first)
        return self.opaque(None)

    def _owner_of(self, function: Function, instance: Value) -> Value | None:
        cls = instance.info if isinstance(instance, Cell) else instance
        for base in self.lineage(cls):
            if isinstance(base, Class) and function.node in class_body(base.node):
                return base
        meta = self.metaclass_of(cls) if isinstance(cls, Class) else None
        return self._owner_of(function, meta) if meta is not None else None

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
        if (members := self.members_of(value)) is not None:
            return members
        if isinstance(value, Class) and (own := self.of_metaclass(value, "__iter__")) is not None:
            return self.elements(self.call(own, Arguments([]), site), site)
        if isinstance(value, Cell) and isinstance(held := self.state.get((value.uid, TUPLE)), Tuple):
            return list(held.items)
        items = containers.sequence(self, value)
        if isinstance(items, Tuple) and isinstance(value, Cell) and value.kind == "set":
            unknown = sets.in_any_order(self, value)
            return sets.permuted(self, items.items) if unknown else sets.in_order(items.items)
        if items is not None:
            return items if isinstance(items, Many) else list(items.items)
        if isinstance(value, Cell) and value.kind == "dict":
            known = containers.pairs(self, value)
            return [k for k, _ in known] if known is not None else Many(containers.any_pair(self, value)[0])
        if isinstance(value, Cell) and value.kind == "instance" and (given := self._of_object(value, site)) is not None:
            return given
        if isinstance(value, Const) and isinstance(value.value, str):
            letters: list[Value] = [Const(letter) for letter in value.value[: LONGEST_KNOWN + 1]]
            return letters if len(letters) <= LONGEST_KNOWN else Many(self.world.operate("any of", letters[:1], site))
        return self.world.elements(value, site)

    def _of_object(self, value: Cell, site: Site) -> list[Value] | Many | None:
        """What an object's own methods give when it is iterated; None where its class has none for that."""
        method = self.class_attribute(value, "__iter__")
        if method is not None:
            made = self.call(method, Arguments([]), site)
            following = self.own_method(made, "__next__")
            if following is not None:
                return self.compute(value.uid, lambda: self._by_steps(made, following, site), seen=True)
            return self.elements(made, site) if made != value else Many(self.opaque(site, [value]))
        if (method := self.own_method(value, "__getitem__")) is not None:
            return self.compute(value.uid, lambda: self._by_numbers(value, method, site), seen=True)
        return None

    def _by_steps(self, value: Value, following: Value, site: Site) -> list[Value] | Many:
        """What an object's `__next__` gives, called until it raises."""
        items: list[Value] = []
        while len(items) <= UNROLLED:
            item, ends = self.one_step(following, site)
            if ends is True:
                return items
            items.append(item)
            if ends is None:
                break
        self.lose_track()
        return Many(self.join_all([*items, self.opaque(site, [value])]))

    def _by_numbers(self, value: Value, method: Value, site: Site) -> list[Value] | Many:
        """What an object's `__getitem__` gives for one number after the other, until it raises."""
        items: list[Value] = []
        for index in range(UNROLLED):
            item, ends = self.attempted(lambda index=index: self.call(method, Arguments([Const(index)]), site))  # type: ignore[misc]
            if ends is True:
                return items
            items.append(item)
            if ends is None:
                break
        self.lose_track()
        return Many(self.join_all([*items, self.opaque(site, [value])]))

    def one_step(self, following: Value, site: Site) -> tuple[Value, bool | None]:
        """Call a `__next__`: what it gives, and whether it raised instead (None: nobody can tell)."""
        return self.attempted(lambda: self.call(following, Arguments([]), site))

    def attempted(self, act: Callable[[], Value]) -> tuple[Value, bool | None]:
        """Do something that may raise: what it gives, and whether it raised instead (None: nobody can tell)."""
        attempt = self.new_attempt(len(self.frame.entered))
        self.attempts.append(attempt)
        before = self.ended()
        try:
            item = act()
        finally:
            self.attempts.pop()
        if self.ended() and not before:
            self.state.set(ENDED, UNBOUND)
            return item, True
        if attempt.may_raise:
            return item, None
        return item, (None if self.came_back else True) if attempt.raises else False

    def enter(self, manager: Value, statement: Site, site: Site) -> Value:
        if isinstance(manager, Cell) and manager.kind == "instance":
            method = self.class_attribute(manager, "__enter__")
            if method is not None:
                return self.call(method, Arguments([]), site)
        if isinstance(manager, Const):
            self.may_raise("TypeError")
            self.may_raise("AttributeError")  # Python's versions differ
        if isinstance(manager, Generator):
            return self.begin(manager, site)
        return self.world.enter(manager, statement)

    def swallowed(self, manager: Value, body: Sequence[ast.stmt]) -> Sequence[ast.expr]:
        if isinstance(manager, Generator):
            return caught_around_yields(manager.function.node)
        if isinstance(manager, OneOf):
            return (ANY_OTHER,) if any(self.swallowed(option, body) for option in manager.options) else ()
        if not isinstance(manager, Cell):
            return ()
        if manager.kind == "suppressor":
            return tuple(manager.info)
        if manager.kind == "exit stack":
            return [name for node in entered_later(body) for name in self._swallowed_by(node)]
        method = self.class_attribute(manager, "__exit__") if manager.kind == "instance" else None
        return swallowed_by_exit(method.function) if isinstance(method, Bound) else ()

    def _swallowed_by(self, node: ast.expr) -> Sequence[ast.expr]:
        """The exceptions that a manager swallows, or may, which an exit stack is going to enter."""
        function = node.func if isinstance(node, ast.Call) else node
        value = self.look_up(function.id) if isinstance(function, ast.Name) else UNBOUND
        if last_name(function) == "suppress" and isinstance(node, ast.Call):
            return (ANY_OTHER,) if any(isinstance(a, ast.Starred) for a in node.args) else node.args
        if isinstance(value, Wrapped) and isinstance(value.function, Function):
            return caught_around_yields(value.function.node)
        if isinstance(value, Class):
            found = self.find_in_class(value, "__exit__")
            return swallowed_by_exit(found[0]) if found is not None else ()
        return self.swallowed(value, ()) if value is not UNBOUND else ()

    def leave(self, manager: Value, statement: Site, raised: Value = NO_VALUE) -> Value:
        if isinstance(manager, Cell) and manager.kind == "instance":
            method = self.class_attribute(manager, "__exit__")
            if method is not None:
                return self.call(method, Arguments(self._told(raised, statement)), statement)
        if isinstance(manager, Generator):
            self.resume(manager, raised)
            return UNBOUND
        self.world.leave(manager, statement)
        return UNBOUND

    def _told(self, raised: Value, site: Site) -> list[Value]:
        """What `__exit__` is told of an exception: its class, itself, and where it was raised."""
        if raised == NO_VALUE:
            return [NO_VALUE, NO_VALUE, NO_VALUE]
        kind = raised.info if isinstance(raised, Cell) else raised
        trace = Cell(self.uid(), "traceback", site=site)
        return [kind if isinstance(kind, (Class, Library)) else self.opaque(site), raised, trace]


_PRIVATE = re.compile(r"\.__(?!\w*__\b)\w")


def _bound_in(node: ast.ClassDef) -> set[str]:
    """The names that a class's body binds."""
    defined = {n.name for n in class_body(node) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    return defined | {n.id for n in own_nodes(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
