"""Python's standard library, as far as values pass through it: functools, copy, collections, dataclasses, typing."""

from __future__ import annotations

from collections.abc import Callable

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Function,
    Library,
    Many,
    Method,
    Names,
    Partial,
    Tuple,
    Value,
    Wrapped,
    one_of,
)

from .sequences import BUILTINS, PERMUTED
from .world import Libraries, Registry

Handler = Callable[[Libraries, Arguments, Site], Value]


def register(registry: Registry) -> None:
    """Add it."""
    registry.functions.update(LIBRARY)
    registry.calls["functools.cache"] = _call_cached
    registry.calls["item getter"] = _get_items
    registry.calls["dispatcher"] = _call_dispatcher
    registry.methods[("dispatcher", "register")] = _add_function
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


def _cached(world: Libraries, args: Arguments, site: Site) -> Value:
    """`functools.cache`, with or without arguments of its own: results are kept by arguments."""
    first = args.get(0, "user_function")
    if isinstance(first, (Function, Wrapped, Bound, Class, Partial)):
        return Wrapped("functools.cache", first, (), world.run.uid())
    return Library("functools.cache")


def _call_cached(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    slot = (callee.uid, "results")
    known = world.run.state.get(slot)
    rows = known.items if isinstance(known, Tuple) else ()
    given = Tuple((*args.positional, *(v for _, v in sorted(args.keywords.items()))))
    for row in rows:
        if isinstance(row, Tuple) and row.items[0] == given:
            return row.items[1]
    made = world.run.call(callee.function, args, site)
    world.run.state.set(slot, Tuple((*rows, Tuple((given, made)))))
    return made


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
        return copy_instance(world, value, site)
    return value


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
    return Wrapped("named tuple", NO_VALUE, tuple((n, NO_VALUE) for n in names), world.run.uid())


def _field(world: Libraries, args: Arguments, site: Site) -> Value:
    if "default" in args.keywords:
        return args.keywords["default"]
    return Cell(world.run.uid(), "field", args.keywords.get("default_factory"))


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
        world.run.update_dict(cell, other)
    for name, value in args.keywords.items():
        containers.store(world.run, cell, Const(name), value)
    return cell


def _replace_fields(world: Libraries, args: Arguments, site: Site) -> Value:
    """`dataclasses.replace(object, name=value)`."""
    value = args.get(0, "obj")
    if not (isinstance(value, Cell) and value.kind == "instance"):
        return world.run.opaque(site, args.every())
    made = copy_instance(world, value, site)
    for name, item in args.keywords.items():
        world.run.set_attribute(made, name, item, site)
    return made


def _as_dict(world: Libraries, args: Arguments, site: Site) -> Value:
    """`dataclasses.asdict(object)`, `vars(object)` read."""
    value = args.get(0, "obj")
    names = (
        world.run.state.get((value.uid, "__names__"))
        if isinstance(value, Cell) and value.kind == "instance"
        else UNBOUND
    )
    if not isinstance(value, Cell) or not isinstance(names, Names):
        return world.run.opaque(site, args.every())
    return containers.make_dict(world.run, [(Const(n), world.run.state.get((value.uid, n))) for n in names.names], site)


def _dispatch(world: Libraries, args: Arguments, site: Site) -> Value:
    """`functools.singledispatch`: one of several functions, by the type of the first argument."""
    cell = Cell(world.run.uid(), "dispatcher", site=site)
    world.run.state.set((cell.uid, "items"), args.get(0, "func"))
    return cell


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


def _deque(world: Libraries, args: Arguments, site: Site) -> Value:
    """A list; a bounded one forgets items, so that nobody can tell which is where."""
    made = BUILTINS["list"](world, Arguments(args.positional[:1]), site)
    if args.get(1, "maxlen", NO_VALUE) != NO_VALUE and isinstance(made, Cell):
        items = containers.stored(world.run, made)
        each = items.items if isinstance(items, Tuple) else (items.element,)
        with world.run.joining(PERMUTED):
            element = world.run.join_all(each)
        world.run.state.set((made.uid, "items"), Many(element if each else world.run.opaque(site)))
    return made


def _getter(world: Libraries, args: Arguments, site: Site) -> Value:
    """`operator.itemgetter(...)`: something to call."""
    return Cell(world.run.uid(), "item getter", tuple(args.positional), site)


def _get_items(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    found = [world.run.subscript(args.get(0, "obj"), key, site) for key in callee.info]
    return found[0] if len(found) == 1 else Tuple(tuple(found))


LIBRARY: dict[str, Handler] = {
    "functools.partial": _partial, "functools.wraps": lambda w, a, s: Library("tapelint.identity"),
    "functools.lru_cache": _cached, "functools.cache": _cached, "functools.singledispatch": _dispatch,
    "tapelint.identity": _identity, "dataclasses.replace": _replace_fields, "copy.replace": _replace_fields,
    "dataclasses.asdict": _as_dict,
    "copy.copy": _copy,
    "collections.OrderedDict": BUILTINS["dict"], "collections.deque": _deque,
    "collections.defaultdict": _default_dict,
    "collections.namedtuple": _named_tuple, "dataclasses.dataclass": _identity, "dataclasses.field": _field,
    "types.SimpleNamespace": _namespace, "typing.cast": _cast, "abc.abstractmethod": _identity,
    "typing.overload": _identity, "typing.final": _identity, "atexit.register": _identity,
    "operator.itemgetter": _getter,
    "operator.mul": lambda w, a, s: w.run.operate("*", a.positional[0], a.positional[1], s),
    "operator.add": lambda w, a, s: w.run.operate("+", a.positional[0], a.positional[1], s),
    "operator.sub": lambda w, a, s: w.run.operate("-", a.positional[0], a.positional[1], s),
}  # fmt: skip
