"""The fields of an object by their names: `vars(object)`, `object.__dict__`."""

from __future__ import annotations

import ast

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Class,
    Const,
    Data,
    ModuleValue,
    Names,
    OneOf,
    Tuple,
    Value,
    options,
)
from tapelint.source import class_body

from ..keras.replaced import write_somewhere
from ..registry import Registry
from ..tensorflow.members import written_somewhere
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add their methods."""
    registry.calls["fields"] = lambda world, callee, args, site: world.run.opaque(site)
    registry.methods[("fields", "__getitem__")] = _field_of
    registry.attributes["object"] = _dict_of_object
    registry.elements["fields"] = lambda world, cell, site: [name for name, _ in _pairs_of(world, cell)]
    registry.methods[("fields", "items")] = lambda world, base, args, site: Tuple(
        tuple(Tuple(pair) for pair in _pairs_of(world, base))
    )
    registry.methods[("fields", "values")] = lambda world, base, args, site: Tuple(
        tuple(value for _, value in _pairs_of(world, base))
    )
    registry.methods[("fields", "copy")] = lambda world, base, args, site: containers.make_dict(
        world.run, _pairs_of(world, base), site
    )
    registry.methods[("fields", "__setitem__")] = _set_field
    registry.methods[("fields", "pop")] = _pop_field
    registry.methods[("fields", "get")] = _get_field
    registry.methods[("fields", "*")] = _other_use_of_fields


def write_any(world: Libraries, base: Value, value: Value) -> None:
    """`setattr(base, name, value)` under a name that is not known: each setting that the object has may be that one."""
    for option in options(base):
        if isinstance(option, (Class, ModuleValue)) or (isinstance(option, Cell) and option.kind == "instance"):
            _write_any(world, option, value)


def _write_any(world: Libraries, base: Class | Cell | ModuleValue, value: Value) -> None:
    state = world.run.state
    if isinstance(base, ModuleValue):
        world.run.before_write(base)
    held = {str(getattr(name, "value", "")): old for name, old in _pairs_of(world, Cell(0, "fields", base))}
    made_by = base if isinstance(base, Class) else base.info if isinstance(base, Cell) else UNBOUND
    for cls in world.run.lineage(made_by):
        if isinstance(cls, Class):
            held |= {name: state.get((cls.uid, name)) for name in _settings_of(cls) if name not in held}
    for name, old in held.items():
        if isinstance(old, (Const, Tuple, Data, OneOf)):
            world.run.store_field(base, name, world.run.join(old, value))


def _settings_of(cls: Class) -> list[str]:
    """The names that a class gives values in its body."""
    found: list[ast.expr] = []
    for node in class_body(cls.node):
        if isinstance(node, ast.Assign):
            found += node.targets
        elif isinstance(node, ast.AnnAssign):
            found.append(node.target)
    return [target.id for target in found if isinstance(target, ast.Name)]


def _dict_of_object(world: Libraries, base: Value, name: str, site: Site) -> Value | None:
    """`namespace.__dict__`."""
    return Cell(world.run.uid(), "fields", base, site) if name == "__dict__" else None


def _field_of(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`object.__dict__[name]`."""
    assert isinstance(base, Cell)
    name = args.positional[0]
    if isinstance(name, Const) and isinstance(name.value, str):
        held = world.run.state.get((base.info.uid, name.value))
        return held if held is not UNBOUND else world.run.attribute(base.info, name.value, site)
    return world.run.opaque(site, [base.info])


def _pairs_of(world: Libraries, base: Value) -> list[tuple[Value, Value]]:
    """The names and values of an object's fields."""
    assert isinstance(base, Cell)
    state = world.run.state
    known = state.get((base.info.uid, "__names__"))
    names = known.names if isinstance(known, Names) else ()
    if isinstance(base.info, ModuleValue):
        names = tuple(sorted(name for _, name in state.keys_of({base.info.uid}) if not name.startswith("__")))
    every = [(name, state.get((base.info.uid, name))) for name in names]
    return [(Const(name), value) for name, value in every if value is not UNBOUND]


def _set_field(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    name, value = args.positional[:2]
    if isinstance(name, Const) and isinstance(name.value, str):
        world.run.store_field(base.info, name.value, value)
    else:
        forget(world, base.info, [value], site)
    return NO_VALUE


def _pop_field(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    name, state = args.positional[0], world.run.state
    if not (isinstance(name, Const) and isinstance(name.value, str)):
        return _other_use_of_fields(world, base, args.before(Const("pop")), site)
    key, default = (base.info.uid, name.value), args.get(1, "default", world.run.opaque(site))
    held = world.run.join(state.get(key), default) if state.may_lack(key) else state.get(key)
    state.set(key, UNBOUND)
    return held if held is not UNBOUND else default


def _get_field(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    found = dict(_pairs_of(world, base)).get(args.positional[0], UNBOUND)
    default, name = args.get(1, "default", NO_VALUE), args.positional[0]
    if isinstance(name, Const) and world.run.state.may_lack((base.info.uid, name.value)):  # type: ignore[attr-defined]
        return world.run.join(found, default)
    return found if found is not UNBOUND else world.run.join(default, world.run.opaque(site, [base, default]))


def _other_use_of_fields(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`object.__dict__.update(...)` and the like: any field may have become anything of it."""
    assert isinstance(base, Cell)
    name, rest = args.positional[0], args.after(1)
    if name == Const("update"):
        for key, value in rest.keywords.items():
            world.run.store_field(base.info, key, value)
        given = rest.positional[0] if rest.positional else NO_VALUE
        known = containers.pairs(world.run, given) if isinstance(given, Cell) and given.kind == "dict" else None
        if known is not None and all(isinstance(key, Const) for key, _ in known):
            for field, value in known:
                world.run.store_field(base.info, str(field.value), value)  # type: ignore[attr-defined]
            return NO_VALUE
        if not rest.positional and rest.rest is None:
            return NO_VALUE
    if name in (Const("pop"), Const("popitem"), Const("clear"), Const("setdefault")):
        world.run.lose_track()
    forget(world, base.info, rest.every(), site)
    return world.run.opaque(site, [base.info, *rest.every()])


def forget(world: Libraries, value: Value, more: list[Value], site: Site) -> None:
    """Any field of an object may have become one of these."""
    written_somewhere(world, value)
    if isinstance(value, ModuleValue):
        write_any(world, value, world.run.opaque(site, more))
    if isinstance(value, Cell):
        state = world.run.state
        names = state.get((value.uid, "__names__"))
        for name in names.names if isinstance(names, Names) else ():
            state.set((value.uid, name), world.run.opaque(site, [state.get((value.uid, name)), *more]))
        write_somewhere(world, value, world.run.opaque(site, more))
    world.run.escape([value, *more])
