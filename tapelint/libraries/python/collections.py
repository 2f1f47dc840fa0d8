"""Methods of Python's containers and strings."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, TRUE, UNBOUND, Cell, Const, Many, Tuple, Value, Wrapped

from ..registry import MethodHandler, Registry
from ..world import Libraries
from . import sequences, sets, standard


def register(registry: Registry) -> None:
    """Add the methods."""
    for kind in ("list", "set"):
        for name, handler in LIST.items():
            registry.methods[(kind, name)] = handler
    sets.register(registry)
    registry.methods.update({("dict", name): handler for name, handler in DICT.items()})
    registry.methods.update({("str", name): handler for name, handler in STRING.items()})
    registry.methods[("str", "*")] = _string_method
    registry.methods.update({("tuple", name): handler for name, handler in TUPLE.items()})
    registry.methods[("many", "index")] = registry.methods[("many", "count")] = lambda w, b, a, s: sequences.count(w)
    registry.calls["named tuple"] = _make_named
    registry.functions["tapelint.named_tuple._replace"] = _replaced_object
    registry.functions["tapelint.named_tuple._asdict"] = _object_as_dict


def _make_named(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    names = tuple(name for name, _ in callee.options)
    defaults = dict(callee.options)
    items = [args.get(i, name, defaults[name]) for i, name in enumerate(names)]
    items = [item if item is not UNBOUND else world.run.opaque(site) for item in items]
    return Tuple(tuple(items), names)


# -- lists


def _append(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    containers.extend(world.run, base, [args.positional[0]])
    return NO_VALUE


def _extend(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    containers.extend(world.run, base, world.run.iterate(args.positional[0], site, to_end=True))
    return NO_VALUE


def _insert(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    at, value = args.positional[0], args.positional[1]
    if isinstance(items, Tuple) and isinstance(at, Const) and isinstance(at.value, int):
        changed = list(items.items)
        changed.insert(at.value, value)
        world.run.state.set((base.uid, "items"), Tuple(tuple(changed)))
    else:
        containers.extend(world.run, base, Many(value))
    return NO_VALUE


def _pop(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    at = args.get(0, "index", Const(-1))
    if isinstance(items, Tuple) and items.items and isinstance(at, Const) and isinstance(at.value, int):
        rest = list(items.items)
        if -len(rest) <= at.value < len(rest):
            found = rest.pop(at.value)
            world.run.state.set((base.uid, "items"), Tuple(tuple(rest)))
            return found
    if isinstance(items, Tuple) and not items.items:
        world.run.may_raise("IndexError")
    element = items.element if isinstance(items, Many) else world.run.join_all(items.items)
    world.run.state.set((base.uid, "items"), Many(element))
    return element if element is not UNBOUND else world.run.opaque(site)


def _pop_left(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return _pop(world, base, Arguments([Const(0)]), site)


def _append_left(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return _insert(world, base, Arguments([Const(0), args.positional[0]]), site)


def _clear(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    world.run.state.set((base.uid, "items"), Tuple(()))
    return NO_VALUE


def _copy(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return standard._copy(world, Arguments([base]), site)


def _reverse(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    if isinstance(items, Tuple):
        world.run.state.set((base.uid, "items"), Tuple(items.items[::-1]))
    return NO_VALUE


def _sort(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    made = sequences.BUILTINS["sorted"](world, Arguments([base], dict(args.keywords)), site)
    assert isinstance(made, Cell)
    world.run.state.set((base.uid, "items"), world.run.state.get((made.uid, "items")))
    return NO_VALUE


def _remove(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`list.remove(item)`: the first that is it, or equal to it."""
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    if not isinstance(items, Tuple):
        return NO_VALUE
    for index, item in enumerate(items.items):
        found = world.run.same(args.positional[0], item)
        if found:
            rest = (*items.items[:index], *items.items[index + 1 :])
            world.run.state.set((base.uid, "items"), Tuple(rest))
        elif found is None:
            world.run.state.set((base.uid, "items"), Many(world.run.join_all(items.items)))
        if found is not False:
            return NO_VALUE
    world.run.may_raise("ValueError" if base.kind == "list" else "KeyError")
    return NO_VALUE


def _discard(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`set.discard(item)`, which raises nothing."""
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    if isinstance(items, Tuple) and all(world.run.same(args.positional[0], i) is False for i in items.items):
        return NO_VALUE
    return _remove(world, base, args, site)


def _index(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`list.index(item)`: where the first one is that it is, or equals."""
    items = containers.sequence(world.run, base)
    if isinstance(items, Tuple) and len(args.every()) == 1:
        for index, item in enumerate(items.items):
            found = world.run.same(args.positional[0], item)
            if found:
                return Const(index)
            if found is None:
                return sequences.count(world)
        world.run.may_raise("ValueError")
    return sequences.count(world)


def _count(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    items = containers.sequence(world.run, base)
    found = [world.run.same(args.positional[0], i) for i in items.items] if isinstance(items, Tuple) else [None]
    return sequences.count(world) if None in found else Const(sum(each is True for each in found))


def _rotate(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`deque.rotate(n)`."""
    assert isinstance(base, Cell)
    items, steps = containers.stored(world.run, base), args.get(0, "n", Const(1))
    if not (isinstance(items, Tuple) and isinstance(steps, Const) and isinstance(steps.value, int)):
        return _other_use_of_list(world, base, args.before(Const("rotate")), site)
    by = steps.value % max(1, len(items.items))
    turned = (*items.items[len(items.items) - by :], *items.items[: len(items.items) - by])
    world.run.state.set((base.uid, "items"), Tuple(turned))
    return NO_VALUE


def _extend_left(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    more = world.run.elements(args.positional[0], site)
    for item in [more.element] if isinstance(more, Many) else more:
        _append_left(world, base, Arguments([item]), site)
    return NO_VALUE


PURE = frozenset(
    "union intersection difference symmetric_difference issubset issuperset isdisjoint __len__ __contains__ __iter__ "  # noqa: SIM905
    "__getitem__ __add__ fromkeys elements most_common total __eq__ copy".split()
)
"""Methods of containers that leave them as they are."""


def _other_use_of_list(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """A method of which it is not known what it does with the items."""
    assert isinstance(base, Cell)
    name = args.positional[0]
    result = world.run.opaque(site, [base, *args.after(1).every()])
    if not (isinstance(name, Const) and name.value in PURE):
        world.run.state.set((base.uid, "items"), Many(result))
    return result


def _other_use_of_dict(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    name = args.positional[0]
    result = world.run.opaque(site, [base, *args.after(1).every()])
    if not (isinstance(name, Const) and name.value in PURE):
        world.run.state.set((base.uid, "items"), Many(Tuple((result, result))))
    return result


LIST: dict[str, MethodHandler] = {
    "append": _append, "appendleft": _append_left, "extendleft": _extend_left,
    "rotate": _rotate, "*": _other_use_of_list, "add": _append, "extend": _extend, "update": _extend,
    "insert": _insert,
    "pop": _pop, "popleft": _pop_left, "clear": _clear, "copy": _copy, "reverse": _reverse, "sort": _sort,
    "remove": _remove, "discard": _discard, "index": _index, "count": _count,
}  # fmt: skip
TUPLE: dict[str, MethodHandler] = {"index": _index, "count": _count}


def _replaced(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Tuple)
    if not set(args.keywords) <= set(base.names):
        world.run.may_raise("ValueError")
    items = [args.keywords.get(name, item) for name, item in zip(base.names, base.items, strict=True)]
    return Tuple(tuple(items), base.names)


def _as_dict(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Tuple)
    return containers.make_dict(world.run, [(Const(n), v) for n, v in zip(base.names, base.items, strict=True)], site)


def _fields_of(world: Libraries, args: Arguments) -> tuple[Cell, dict[str, Value]]:
    """An object that is a named tuple, and its fields."""
    base = args.positional[0]
    assert isinstance(base, Cell)
    return base, {name: world.run.state.get((base.uid, name)) for name in world.run.fields_of_class(base.info)}


def _replaced_object(world: Libraries, args: Arguments, site: Site) -> Value:
    base, fields = _fields_of(world, args)
    if not args.keywords.keys() <= fields.keys():
        world.run.may_raise("ValueError")
    return world.run.named_tuple(base.info, Arguments([], {**fields, **args.keywords}), site)


def _object_as_dict(world: Libraries, args: Arguments, site: Site) -> Value:
    _, fields = _fields_of(world, args)
    return containers.make_dict(world.run, [(Const(name), value) for name, value in fields.items()], site)


TUPLE |= {"_replace": _replaced, "_asdict": _as_dict}


# -- dicts


def _view(which: int | None) -> MethodHandler:
    def view(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Cell)
        return containers.view(world.run, base, which)

    return view


def _get(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    found = containers.lookup(world.run, base, args.positional[0])
    default = args.get(1, "default", NO_VALUE)
    if found is UNBOUND and containers.pairs(world.run, base) is None:
        return world.run.opaque(site, [base])
    return found if containers.has(world.run, base, args.positional[0]) else world.run.join(found, default)


def _dict_pop(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    there = containers.has(world.run, base, args.positional[0])
    found = containers.remove(world.run, base, args.positional[0])
    default = args.get(1, "default")
    if found is UNBOUND and default is UNBOUND:
        world.run.may_raise("KeyError")
        return world.run.opaque(site, [base])
    return found if there else world.run.join(found, default)


def _dict_update(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    if args.positional:
        world.run.update_dict(base, args.positional[0], site)
    for name, value in args.keywords.items():
        containers.store(world.run, base, Const(name), value)
    return NO_VALUE


def _set_default(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    world.run.hashed(args.positional[0], site)
    return containers.set_default(world.run, base, args.positional[0], args.get(1, "default", NO_VALUE))


def _pop_item(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`dict.popitem()`: the last pair, or the first one of an ordered dict."""
    assert isinstance(base, Cell)
    known, last = containers.pairs(world.run, base), world.run.truth(args.get(0, "last", TRUE))
    if not known or last is None:
        return _other_use_of_dict(world, base, args.before(Const("popitem")), site)
    rest, found = (known[:-1], known[-1]) if last else (known[1:], known[0])
    world.run.state.set((base.uid, "items"), Tuple(tuple(Tuple(pair) for pair in rest)))
    return Tuple(found)


def _move_to_end(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`dict.move_to_end(key, last=True)` of an ordered one."""
    assert isinstance(base, Cell)
    run, key, last = world.run, args.get(0, "key"), world.run.truth(args.get(1, "last", TRUE))
    known = containers.pairs(run, base)
    if known is None or last is None or containers.has(run, base, key) is None:
        run.lose_track()
        return NO_VALUE
    found = containers.remove(run, base, key)
    rest = containers.pairs(run, base) or []
    if found is not UNBOUND:
        pairs = [*rest, (key, found)] if last else [(key, found), *rest]
        run.state.set((base.uid, "items"), Tuple(tuple(Tuple(pair) for pair in pairs)))
    else:
        run.may_raise("KeyError")
    return NO_VALUE


DICT: dict[str, MethodHandler] = {
    "keys": _view(0), "values": _view(1), "items": _view(None), "get": _get, "pop": _dict_pop, "update": _dict_update,
    "setdefault": _set_default, "copy": _copy, "clear": _clear, "popitem": _pop_item,
    "move_to_end": _move_to_end, "*": _other_use_of_dict,
}  # fmt: skip


# -- strings


def _string_method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    name = args.positional[0]
    rest = args.positional[1:]
    constants = [v.value for v in rest if isinstance(v, Const)]
    if isinstance(base, Const) and isinstance(name, Const) and len(constants) == len(rest) and not args.keywords:
        method = getattr(base.value, str(name.value), None)
        if name.value in _PURE and method is not None:
            try:
                made = method(*constants)
            except (TypeError, ValueError, LookupError):
                return world.run.opaque(site)
            if isinstance(made, (str, bool, int)):
                return Const(made)
            if isinstance(made, (list, tuple)):
                return containers.make_list(world.run, Tuple(tuple(Const(m) for m in made)))
    return world.inert("str", Arguments([base, *rest]), site)


_PURE = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "startswith",
        "endswith",
        "replace",
        "split",
        "rsplit",
        "title",
        "capitalize",
        "isdigit",
    ]
)
STRING: dict[str, MethodHandler] = {}
