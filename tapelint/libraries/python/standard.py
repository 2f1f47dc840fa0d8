"""Python's standard library, as far as values pass through it: functools, copy, collections, dataclasses, typing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import PERMUTED, Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
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
    Many,
    Method,
    Names,
    OneOf,
    Opaque,
    Partial,
    Tuple,
    Value,
    Wrapped,
    one_of,
    options,
)

from ..registry import Registry
from ..world import Libraries
from .sequences import BUILTINS

Handler = Callable[[Libraries, Arguments, Site], Value]


def register(registry: Registry) -> None:
    """Add it."""
    registry.functions.update(LIBRARY)
    registry.calls["functools.cache"] = _call_cached
    registry.calls[WEAK[0]] = lambda world, callee, args, site: (
        one_of([callee.function, NO_VALUE]) if isinstance(callee, Wrapped) else NO_VALUE
    )
    registry.calls["dispatcher"] = _call_dispatcher
    registry.calls["method dispatcher"] = _call_dispatcher
    registry.calls["functools.partialmethod"] = _call_partial_method
    for kind in ("dispatcher", "method dispatcher"):
        registry.methods[(kind, "register")] = _add_function
    for name in ("cache_clear", "cache_info"):
        registry.methods[("functools.cache", name)] = _clear_cache


def _partial(world: Libraries, args: Arguments, site: Site) -> Value:
    return Partial(args.positional[0], tuple(args.positional[1:]), tuple(args.keywords.items()))


def _identity(world: Libraries, args: Arguments, site: Site) -> Value:
    """A decorator that gives back what it wraps, with or without arguments of its own."""
    first = args.get(0, "func")
    if isinstance(first, (Function, Wrapped, Bound, Class, Partial)):
        return first
    return Library("tapelint.identity")


def _wraps(world: Libraries, args: Arguments, site: Site) -> Value:
    """`@wraps(function)`: what it decorates is named as that function."""
    plain = len(args.positional) == 1 and not args.keywords and args.rest is None
    given = (("wrapped", args.get(0, "wrapped")), ("whole", Const(plain)))
    return Partial(Library("tapelint.update_wrapper"), (), given)


def _update_wrapper(world: Libraries, args: Arguments, site: Site) -> Value:
    """`update_wrapper(wrapper, wrapped)`: the wrapper, with the other's name and what was written to it."""
    wrapper, wrapped = args.get(0, "wrapper"), args.get(1, "wrapped")
    if not isinstance(wrapper, Function):
        return wrapper
    run = world.run
    if isinstance(wrapped, Function):
        names = run.state.get((wrapped.uid, "__names__"))
        for name in names.names if isinstance(names, Names) else ():
            run.store_field(wrapper, name, run.state.get((wrapped.uid, name)))
    whole = args.keywords.get("whole", Const(len(args.every()) == 2)) == TRUE
    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        run.store_field(wrapper, name, run.attribute(wrapped, name, site) if whole else run.opaque(site, hint=name))
    run.store_field(wrapper, "__wrapped__", wrapped)
    return wrapper


def _cached(world: Libraries, args: Arguments, site: Site) -> Value:
    """`functools.lru_cache`, with or without arguments of its own: results are kept by arguments."""
    first = args.get(0, "user_function")
    if isinstance(first, (Function, Wrapped, Bound, Class, Partial)):
        return _with_cache(world, first, Const(128))
    size = args.get(0, "maxsize", Const(128))
    return Partial(Library("tapelint.cache"), (), (("size", size),))


def _unbounded(world: Libraries, args: Arguments, site: Site) -> Value:
    """`functools.cache`."""
    return _with_cache(world, args.get(0, "user_function"), NO_VALUE)


def _sized(world: Libraries, args: Arguments, site: Site) -> Value:
    return _with_cache(world, args.get(0, "user_function"), args.keywords.get("size", NO_VALUE))


def _with_cache(world: Libraries, function: Value, size: Value) -> Value:
    return Wrapped("functools.cache", function, (("size", size),), world.run.uid())


def _call_cached(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The result kept for arguments like these: what was used last is kept longest, as many as there is room for."""
    assert isinstance(callee, Wrapped)
    run, slot = world.run, (callee.uid, "results")
    for value in args.every():
        run.hashed(value, site)
    known = run.state.get(slot)
    ways = [*options(known), *([UNBOUND] if run.state.may_lack(slot) else [])]
    if len(ways) > 1:
        return run.on_each_way(slot, ways, lambda: _call_cached(world, callee, args, site), site)
    rows = [row for row in known.items if isinstance(row, Tuple)] if isinstance(known, Tuple) else []
    named = [Tuple((Const(n), v)) for n, v in args.keywords.items()]
    given = Tuple((*args.positional, *named))
    room = dict(callee.options).get("size", NO_VALUE)
    limit = room.value if isinstance(room, Const) else len(rows)
    hit = next((row for row in rows if row.items[0] == given), None)
    if hit is None and rows and any(_may_equal(world, row.items[0], given) for row in rows):
        run.lose_track()
    if hit is None:
        hit = Tuple((given, run.call(callee.function, args, site)))
    rows = [*(row for row in rows if row.items[0] != given), hit]
    kept = rows if limit is None else rows[max(0, len(rows) - limit) :] if isinstance(limit, int) else rows
    run.state.set(slot, Tuple(tuple(kept)))
    return hit.items[1]


def _may_equal(world: Libraries, first: Value, second: Value) -> bool:
    """Whether the arguments of two calls may be equal, although they are not the same: numbers of other types."""
    if isinstance(first, Tuple) and isinstance(second, Tuple):
        pairs = list(zip(first.items, second.items, strict=False))
        return len(first.items) == len(second.items) and all(a == b or _may_equal(world, a, b) for a, b in pairs)
    if isinstance(first, Const) and isinstance(second, Const):
        return bool(first.value == second.value)
    if world.run.has_equals(first) or world.run.has_equals(second):
        return True
    return isinstance(first, (Data, Opaque, OneOf, Many)) or isinstance(second, (Data, Opaque, OneOf, Many))


def _clear_cache(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Wrapped)
    world.run.state.set((base.uid, "results"), Tuple(()))
    return NO_VALUE


def _second(world: Libraries, args: Arguments, site: Site) -> Value:
    return args.positional[1] if len(args.positional) > 1 else world.run.opaque(site)


def _copy(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0]
    if isinstance(value, Cell) and value.kind in ("list", "dict", "set"):
        cell = Cell(world.run.uid(), value.kind, value.info, site)
        world.run.state.set((cell.uid, "items"), world.run.state.get((value.uid, "items")))
        return cell
    if isinstance(value, Cell) and value.kind == "instance":
        own = world.run.own_method(value, "__copy__")
        return world.run.call(own, Arguments([]), site) if own is not None else copy_instance(world, value, site)
    return copy_instance(world, value, site) if isinstance(value, Cell) and value.kind == "object" else value


def copy_instance(world: Libraries, value: Cell, site: Site) -> Cell:
    """A second object with the same fields."""
    state = world.run.state
    cell = Cell(world.run.uid(), value.kind, value.info, site)
    names = state.get((value.uid, "__names__"))
    state.set((cell.uid, "__names__"), names)
    for name in getattr(names, "names", ()):
        state.set((cell.uid, name), state.get((value.uid, name)))
    return cell


def _named_tuple(world: Libraries, args: Arguments, site: Site) -> Value:
    fields = args.get(1, "field_names")
    names: list[str] = []
    if isinstance(fields, Const) and isinstance(fields.value, str):
        names = fields.value.replace(",", " ").split()
    else:
        items = world.run.elements(fields, site)
        names = [str(i.value) for i in items if isinstance(i, Const)] if isinstance(items, list) else []
    world.named_tuples.add(tuple(names))
    given = args.keywords.get("defaults", NO_VALUE)
    defaults = world.run.elements(given, site) if given != NO_VALUE else []
    values = list(defaults) if isinstance(defaults, list) else [world.run.opaque(site)] * len(names)
    every = [*[UNBOUND] * (len(names) - len(values)), *values]
    return Wrapped("named tuple", NO_VALUE, tuple(zip(names, every, strict=False)), world.run.uid())


def _field(world: Libraries, args: Arguments, site: Site) -> Value:
    return Cell(world.run.uid(), "field", dict(args.keywords))


def _dataclass(world: Libraries, args: Arguments, site: Site) -> Value:
    """`@dataclass`, with or without arguments of its own."""
    cls = args.get(0, "cls")
    if isinstance(cls, Class):
        world.run.make_record(cls, args.keywords)
        return cls
    return Partial(Library("dataclasses.dataclass"), (), tuple(args.keywords.items()))


def _namespace(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = Cell(world.run.uid(), "object", site=site)
    for name, value in args.keywords.items():
        world.run.state.set((cell.uid, name), value)
        world.run.note_field(cell.uid, name)
    return cell


def _cast(world: Libraries, args: Arguments, site: Site) -> Value:
    return _second(world, args, site)


def _default_dict(world: Libraries, args: Arguments, site: Site) -> Value:
    """A dict that makes what is missing: its factory is kept with it."""
    factory = args.get(0, "default_factory", NO_VALUE)
    cell = Cell(world.run.uid(), "dict", factory if factory != NO_VALUE else None, site)
    world.run.state.set((cell.uid, "items"), Tuple(()))
    for other in args.positional[1:]:
        world.run.update_dict(cell, other, site)
    for name, value in args.keywords.items():
        containers.store(world.run, cell, Const(name), value)
    return cell


def _replace_fields(world: Libraries, args: Arguments, site: Site) -> Value:
    """`dataclasses.replace(object, name=value)`."""
    value = args.get(0, "obj")
    if not (isinstance(value, Cell) and value.kind == "instance"):
        return world.run.opaque(site, args.every())
    record = world.run.record_of(value.info)
    if record is not None and not set(args.keywords) <= {field.name for field in record.fields if field.init}:
        world.run.may_raise("TypeError")
    made = world.run.replace_fields(value, args.keywords, site)
    if made is not None:
        return made
    copied = copy_instance(world, value, site)
    for name, item in args.keywords.items():
        world.run.set_attribute(copied, name, item, site)
    return copied


def _dispatch(kind: str) -> Handler:
    """`functools.singledispatch`: one of several functions, by the type of the first argument."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        cell = Cell(world.run.uid(), kind, site=site)
        world.run.state.set((cell.uid, "items"), args.get(0, "func"))
        return cell

    return make


def _add_function(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`@f.register` or `@f.register(type)`."""
    assert isinstance(base, Cell)
    last = args.positional[-1] if args.positional else UNBOUND
    if not isinstance(last, (Function, Wrapped, Bound, Partial)):
        return Method(base, "register")
    slot = (base.uid, "items")
    world.run.state.set(slot, one_of([world.run.state.get(slot), last]))
    return last


def _call_dispatcher(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    return world.run.call(world.run.state.get((callee.uid, "items")), args, site)


def _partial_method(world: Libraries, args: Arguments, site: Site) -> Value:
    """`functools.partialmethod`: the object comes before the arguments that are given already."""
    given = Tuple(tuple(args.positional[1:]))
    return Wrapped("functools.partialmethod", args.positional[0], (("", given), *args.keywords.items()))


def _call_partial_method(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    (_, given), *named = callee.options
    first, rest = args.positional[:1], args.after(1)
    held = given.items if isinstance(given, Tuple) else ()
    full = rest.before(*first, *held)
    full.keywords = {**dict(named), **args.keywords}
    return world.run.call(callee.function, full, site)


def _deque(world: Libraries, args: Arguments, site: Site) -> Value:
    """A list; a bounded one forgets items, so that nobody can tell which is where."""
    listed = BUILTINS["list"](world, Arguments(args.positional[:1]), site)
    made = replace(listed, info=Library("collections.deque")) if isinstance(listed, Cell) else listed
    if args.get(1, "maxlen", NO_VALUE) != NO_VALUE and isinstance(made, Cell):
        items = containers.stored(world.run, made)
        each = items.items if isinstance(items, Tuple) else (items.element,)
        with world.run.joining(PERMUTED):
            element = world.run.join_all(each)
        world.run.state.set((made.uid, "items"), Many(element if each else world.run.opaque(site)))
    return made


def _at_the_end(name: str) -> Handler:
    """`weakref.finalize(object, function)`, `weakref.ref(object, function)`: nobody can tell when that is called."""

    def watch(world: Libraries, args: Arguments, site: Site) -> Value:
        if len(args.every()) > 1 or args.rest is not None:
            world.run.lose_track()
        if name in WEAK and args.positional:
            return Wrapped(WEAK[0], args.positional[0])
        return world.inert(name, args, site)

    return watch


WEAK = ("weakref.ref", "weakref.WeakMethod")
"""What is called for what it refers to, which may have gone."""


LIBRARY: dict[str, Handler] = {
    **{f"weakref.{name}": _at_the_end(f"weakref.{name}") for name in ("finalize", "ref", "proxy", "WeakMethod")},
    "functools.partial": _partial, "functools.wraps": _wraps, "functools.update_wrapper": _update_wrapper,
    "tapelint.update_wrapper": _update_wrapper,
    "functools.lru_cache": _cached, "functools.cache": _unbounded, "tapelint.cache": _sized,
    "functools.singledispatch": _dispatch("dispatcher"),
    "functools.singledispatchmethod": _dispatch("method dispatcher"), "functools.partialmethod": _partial_method,
    "enum.auto": lambda w, a, s: Cell(w.run.uid(), "next value", site=s),
    "tapelint.identity": _identity, "dataclasses.replace": _replace_fields, "copy.replace": _replace_fields,
    "copy.copy": _copy,
    "collections.OrderedDict": BUILTINS["dict"], "collections.deque": _deque,
    "collections.defaultdict": _default_dict,
    "collections.namedtuple": _named_tuple, "dataclasses.dataclass": _dataclass, "dataclasses.field": _field,
    "types.SimpleNamespace": _namespace, "argparse.Namespace": _namespace,
    "typing.cast": _cast, "abc.abstractmethod": _identity,
    "typing.overload": _identity, "typing.final": _identity, "atexit.register": _identity,
}  # fmt: skip
