"""Structures of tensors as `tf.nest` walks them: lists and tuples in order, dicts by sorted key."""

from __future__ import annotations

from collections.abc import Iterator

from tapelint.flow import containers
from tapelint.flow.core import Arguments, Core
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Const, Data, Many, Member, OneOf, Opaque, Tuple, Value

from .registry import Registry
from .world import Libraries

MOST_PARTS = 30_000
"""Of a structure with more parts nothing is known."""


def register(registry: Registry) -> None:
    """Add `tf.nest` and its alias."""
    handlers = {"map_structure": _map_structure, "flatten": _flatten, "pack_sequence_as": _pack}
    registry.functions.update({f"tensorflow.nest.{name}": handler for name, handler in handlers.items()})
    registry.families.append(_structure)


def _structure(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """Functions on structures give back what they were given, arranged in a way that is not known."""
    return world.run.opaque(site, args.every()) if name.startswith("tensorflow.nest.") else None


def _map_structure(world: Libraries, args: Arguments, site: Site) -> Value:
    function, first, *others = args.positional
    return mapped(world, function, [first, *others], site)


def mapped(world: Libraries, function: Value, values: list[Value], site: Site) -> Value:
    """What a function gives of each leaf of a structure, or of several that are alike, arranged in the same way."""
    first = values[0]
    if isinstance(first, OneOf):
        with world.run.for_one_of_several():
            each = [mapped(world, function, [option, *values[1:]], site) for option in first.options]
        return world.run.join_all(each)
    if isinstance(first, Cell) and first.kind == "dict":
        known = containers.pairs(world.run, first)
        if known is None:
            return world.run.opaque(site, values)
        columns = [[containers.lookup(world.run, v, k) for k, _ in known] for v in values if isinstance(v, Cell)]
        rows = [(k, mapped(world, function, [c[i] for c in columns], site)) for i, (k, _) in enumerate(known)]
        return containers.make_dict(world.run, rows, site)
    if in_order(world.run, first) is not None:
        lists = [world.run.elements(v, site) for v in values]
        known_lists = [c for c in lists if isinstance(c, list)]
        if len(known_lists) < len(lists):
            row = [c.element if isinstance(c, Many) else world.run.join_all(c) for c in lists]
            return Many(mapped(world, function, row, site))
        made = Tuple(tuple(mapped(world, function, list(row), site) for row in zip(*known_lists, strict=False)))
        return made if isinstance(first, Tuple) else containers.make_list(world.run, made)
    leaf = world.call_back(function, Arguments(values), site)
    # Of something unknown nobody can tell whether it is one leaf or a structure of many.
    return Opaque(leaf.node) if isinstance(first, Opaque) and isinstance(leaf, Data) else leaf


def by_key(world: Libraries, value: Cell) -> list[tuple[Value, Value]] | None:
    """A dict's pairs by sorted key; None where they, or their order, are not known."""
    known = containers.pairs(world.run, value)
    if known is None or not all(isinstance(k, Const) for k, _ in known):
        return None
    try:
        return sorted(known, key=lambda pair: pair[0].value)  # type: ignore[attr-defined]
    except TypeError:
        return None


def cannot_be_sorted(world: Libraries, value: Value, depth: int = 0) -> bool:
    """Whether a structure has a dict whose keys, all known, have no order among them: numbers and texts."""
    if depth > DEEPEST:
        return False
    if isinstance(value, Cell) and containers.is_dict(value):
        known = containers.pairs(world.run, value)
        plain = known is not None and all(isinstance(k, Const) and not isinstance(k, Member) for k, _ in known)
        if plain and by_key(world, value) is None:
            return True
        inner = [v for _, v in known or ()]
    else:
        items = in_order(world.run, value)
        inner = list(items.items) if isinstance(items, Tuple) else []
    return any(cannot_be_sorted(world, item, depth + 1) for item in inner)


DEEPEST = 8


def _parts(world: Libraries, value: Value) -> list[Value] | None:
    """What is in a structure, in TensorFlow's order; None where it is not known. Of a leaf nothing."""
    if containers.is_dict(value) and isinstance(value, Cell):
        known = by_key(world, value)
        return None if known is None else [v for _, v in known]
    items = in_order(world.run, value)
    return None if isinstance(items, Many) else list(items.items) if items is not None else []


def in_order(run: Core, value: Value) -> Tuple | Many | None:
    """The items of a list or tuple; None for what is none: `tf.nest` takes a set for a leaf."""
    return None if isinstance(value, Cell) and value.kind == "set" else containers.sequence(run, value)


def _is_structure(world: Libraries, value: Value) -> bool | None:
    """Whether a value is no leaf; None where nobody can tell."""
    if isinstance(value, OneOf):
        found = {_is_structure(world, option) for option in value.options}
        return False if found == {False} else None
    if isinstance(value, Opaque):
        return None
    return containers.is_dict(value) or in_order(world.run, value) is not None


def flattened(world: Libraries, value: Value) -> list[Value] | None:
    """The leaves of a structure in TensorFlow's order (dicts by sorted key); None where it is not known.

    What may be a leaf or a structure is taken as one leaf.
    """
    leaves: list[Value] = []
    todo = [value]
    for _ in range(MOST_PARTS):
        if not todo:
            return leaves
        part = todo.pop()
        if not _is_structure(world, part):
            leaves.append(part)
            continue
        inner = _parts(world, part)
        if inner is None:
            return None
        todo += reversed(inner)
    return None  # too large, or a list that contains itself


def _sure_leaves(world: Libraries, value: Value) -> list[Value] | None:
    """The leaves, where each is surely one."""
    leaves = flattened(world, value)
    return leaves if leaves is not None and all(_is_structure(world, leaf) is False for leaf in leaves) else None


def _flatten(world: Libraries, args: Arguments, site: Site) -> Value:
    leaves = _sure_leaves(world, args.get(0, "structure"))
    if leaves is None:
        return Many(world.run.opaque(site, args.every()))
    return containers.make_list(world.run, Tuple(tuple(leaves)))


def _pack(world: Libraries, args: Arguments, site: Site) -> Value:
    """Leaves arranged as a structure is: the order is that of `tf.nest.flatten`."""
    structure = args.get(0, "structure")
    places = _sure_leaves(world, structure)
    leaves = in_order(world.run, args.get(1, "flat_sequence"))
    if places is None or not isinstance(leaves, Tuple) or len(places) != len(leaves.items):
        return world.run.opaque(site, args.every())
    return _arranged(world, structure, iter(leaves.items), site)


def _arranged(world: Libraries, structure: Value, leaves: Iterator[Value], site: Site) -> Value:
    if not _is_structure(world, structure):
        return next(leaves)
    made = [_arranged(world, item, leaves, site) for item in _parts(world, structure) or ()]
    if containers.is_dict(structure) and isinstance(structure, Cell):
        keys = [key for key, _ in by_key(world, structure) or ()]
        placed = dict(zip(keys, made, strict=True))
        pairs = [(key, placed[key]) for key, _ in containers.pairs(world.run, structure) or ()]
        return containers.make_dict(world.run, pairs, site)
    if isinstance(structure, Tuple):
        return Tuple(tuple(made), structure.names)
    return containers.make_list(world.run, Tuple(tuple(made)))
