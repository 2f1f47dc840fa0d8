"""Python's own containers: lists, dicts, sets and tuples, element by element where that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .core import PERMUTED, Core
from .graph import Edge, Site
from .outcomes import NONE
from .ranges import Range
from .values import (
    UNBOUND,
    Cell,
    Const,
    Data,
    Many,
    OneOf,
    Opaque,
    SliceOf,
    Tuple,
    Value,
    View,
    one_of,
    options,
    parts_of,
)

SEQUENCES = ("list", "set")

MOST_ITEMS = 10_000
"""A longer sequence that was put together is followed as a whole."""


def make_list(
    core: Core, items: Value, kind: str = "list", site: Site | None = None, info: Value | None = None
) -> Cell:
    """A new list (or set) with these items (a Tuple or Many). `info`: what sort of one it is."""
    cell = Cell(core.uid(), kind, info, site)
    if kind == "set" and isinstance(items, (Tuple, Many)):
        items = distinct(core, items)
    core.state.set((cell.uid, "items"), items)
    return cell


def make_dict(
    core: Core, pairs: Iterable[tuple[Value, Value]] | Many, site: Site | None = None, kind: str = "dict"
) -> Cell:
    """A new dict with these pairs, or with pairs of unknown number."""
    cell = Cell(core.uid(), kind, site=site)
    items: Value = pairs if isinstance(pairs, Many) else Tuple(tuple(Tuple((k, v)) for k, v in pairs))
    core.state.set((cell.uid, "items"), items)
    return cell


def is_dict(value: Value) -> bool:
    """Whether a value is a dict."""
    return isinstance(value, Cell) and value.kind == "dict"


def sequence(core: Core, value: Value) -> Tuple | Many | None:
    """The items of a list, tuple or set; None for what is none."""
    if isinstance(value, (Tuple, Many)):
        return value
    if isinstance(value, Cell) and value.kind in SEQUENCES:
        return stored(core, value)
    return None


def stored(core: Core, cell: Cell) -> Tuple | Many:
    """A container's items as they are now."""
    items = core.state.get((cell.uid, "items"))
    if (more := core.filled_with(cell)) is not None:
        return Many(core.join_all([*(e for option in options(items) for e in _each(option)), more]))
    if isinstance(items, (Tuple, Many)):
        return items
    if isinstance(items, OneOf):
        elements = [e for option in items.options for e in _each(option)]
        return Many(core.join_all(elements))
    return Tuple(()) if items is UNBOUND else Many(items)


def _each(value: Value) -> Sequence[Value]:
    if isinstance(value, Tuple):
        return value.items
    if isinstance(value, Many):
        return (value.element,)
    return (value,)


def is_structure(value: Value) -> bool:
    """Whether a value is a tuple, a list or a dict."""
    return isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind in ("list", "dict"))


def rebuilt(core: Core, value: Value, leaf: Callable[[Value], Value] = lambda value: value, depth: int = 0) -> Value:
    """A structure made anew, its lists and dicts as they are now; `leaf` says what takes the place of what lies in it,
    which need not be known wholly.
    """
    if depth > MOST_DEEP:
        return leaf(core.opaque(None, [value]))

    def inner(item: Value) -> Value:
        return rebuilt(core, item, leaf, depth + 1)

    if isinstance(value, OneOf):
        return core.join_all([inner(option) for option in value.options])
    if isinstance(value, Many):
        return Many(inner(value.element)) if value.element is not UNBOUND else value
    if isinstance(value, Tuple):
        return Tuple(tuple(map(inner, value.items)), value.names)
    if not isinstance(value, Cell) or value.kind not in ("list", "dict"):
        return leaf(value)
    made = Cell(core.uid(), value.kind, value.info, value.site)
    if core.filled_with(value) is None:
        items = core.state.get((value.uid, "items"))
    else:
        items = stored(core, value) if value.kind == "list" else Many(Tuple(any_pair(core, value)))
    core.state.set((made.uid, "items"), inner(items) if items is not UNBOUND else Tuple(()))
    return made


MOST_DEEP = 20
"""So deep lists lie in lists."""


def has_slice(key: Value) -> bool:
    """Whether a key is a slice, or has one in it."""
    return isinstance(key, SliceOf) or (isinstance(key, Tuple) and any(map(has_slice, key.items)))


def pairs(core: Core, cell: Cell) -> list[tuple[Value, Value]] | None:
    """A dict's pairs where all keys are known."""
    return _written(core, cell) if core.filled_with(cell) is None else None


def _written(core: Core, cell: Cell) -> list[tuple[Value, Value]] | None:
    """The pairs that the program's own code has put there, where all keys are known."""
    items = core.state.get((cell.uid, "items"))
    if isinstance(items, Tuple):
        return [(p.items[0], p.items[1]) for p in items.items if isinstance(p, Tuple)]
    return None


def view(core: Core, cell: Cell, which: int | None) -> Tuple | Many:
    """A dict's keys (0), values (1) or pairs (None) as they are now."""
    known = pairs(core, cell)
    if known is None:
        pair = any_pair(core, cell)
        return Many(Tuple(pair) if which is None else pair[which])
    return View(tuple(Tuple(pair) if which is None else pair[which] for pair in known), (), cell, which)


def as_it_is(core: Core, value: Value) -> Value:
    """A value that was kept in a name; what shows a dict shows it as it is now."""
    return view(core, value.of, value.which) if isinstance(value, View) and isinstance(value.of, Cell) else value


def any_pair(core: Core, cell: Cell) -> tuple[Value, Value]:
    """A key and a value for all of a dict's."""
    known = _written(core, cell)
    if known is None:
        known = [pair for items in options(core.state.get((cell.uid, "items"))) for pair in _every_pair(items)]
    if (more := core.filled_with(cell)) is not None:
        known = [*known, (more, more)]
    return core.join_all([k for k, _ in known]), core.join_all([v for _, v in known])


def _every_pair(items: Value) -> list[tuple[Value, Value]]:
    """The pairs of a dict, where their keys or their number are not known."""
    every = [pair for one in parts_of(items) for pair in options(one)]
    return [(pair.items[0], pair.items[1]) for pair in every if isinstance(pair, Tuple) and len(pair.items) == 2]


def lookup(core: Core, cell: Cell, key: Value) -> Value:
    """`d[key]`; UNBOUND where the key is known to be missing."""
    known = _rows(core, cell)
    if known is None or not all(_is_key(core, o) for o in options(key)):
        return any_pair(core, cell)[1]
    if isinstance(key, OneOf):
        return _lookup_each(core, cell, key)
    wanted = _plain_key(key)
    found = core.join_all([row[wanted][1] for row in known if wanted in row])
    more = core.filled_with(cell)
    return found if more is None else core.join(found, more)


Row = dict[Value, tuple[Value, Value]]
"""The pairs of a dict by their keys, as these are compared."""


def _rows(core: Core, cell: Cell) -> list[Row] | None:
    """What a dict may hold by the program's own code, by the way that was taken; None where a key is not known."""
    rows = []
    for option in options(core.state.get((cell.uid, "items"))):
        found = option.items if isinstance(option, Tuple) else () if option is UNBOUND else None
        if found is None or not all(isinstance(p, Tuple) and _is_key(core, p.items[0]) for p in found):
            return None
        rows.append({_plain_key(p.items[0]): (p.items[0], p.items[1]) for p in found})  # type: ignore[attr-defined]
    return rows


def has(core: Core, cell: Cell, key: Value) -> bool | None:
    """Whether a dict has a key; None where nobody can tell."""
    known = _rows(core, cell) if core.filled_with(cell) is None else None
    if known is None or not all(_is_key(core, option) for option in options(key)):
        present = _present(core, cell) if core.filled_with(cell) is None else ()
        return True if any(_is_same(key, each) for each in present) else None
    found = {_plain_key(option) in row for option in options(key) for row in known}
    return found.pop() if len(found) == 1 else None


PRESENT = "keys that are there"
"""Under this the state has a dict's items and the keys, known or not, that it certainly has while it holds these."""


def _present(core: Core, cell: Cell) -> Sequence[Value]:
    """Keys that a dict certainly has, although it is not known what they are."""
    noted = core.state.held((cell.uid, PRESENT))
    valid = isinstance(noted, Tuple) and noted.items[0] is core.state.get((cell.uid, "items"))
    return noted.items[1:] if valid and isinstance(noted, Tuple) else ()


def note_present(core: Core, cell: Cell, key: Value) -> None:
    """A dict has a key by now."""
    present, items = _present(core, cell), core.state.get((cell.uid, "items"))
    core.state.set((cell.uid, PRESENT), Tuple((items, *present, key)))


def _is_same(key: Value, other: Value) -> bool:
    """Whether two keys of which nobody knows the value are one and the same, and not only alike."""
    if isinstance(key, Tuple) and isinstance(other, Tuple) and len(key.items) == len(other.items):
        return all(map(_is_same, key.items, other.items))
    return key is other or (isinstance(key, Const) and key == other)


def set_default(core: Core, cell: Cell, key: Value, value: Value) -> Value:
    """`d.setdefault(key, value)`."""
    known, found = _rows(core, cell), lookup(core, cell, key)
    if known is None or not _is_key(core, key):
        store_some(core, cell, key, value, certain=True)
        return core.join(found, value)
    plain = _plain_key(key)
    if not all(plain in row for row in known):
        added = {plain: (key, value)}
        core.state.set((cell.uid, "items"), _of_rows(core, [row if plain in row else row | added for row in known]))
    lacks = core.filled_with(cell) is not None or not all(plain in row for row in known)
    return core.join(found, value) if lacks else found


def narrow(core: Core, cell: Cell, key: Value, there: bool) -> None:
    """A dict that may have a key, by the way that was taken, has it, or has it not."""
    known = _rows(core, cell)
    if known is not None and len(known) > 1 and _is_key(core, key):
        kept = [row for row in known if (_plain_key(key) in row) == there]
        if kept and len(kept) < len(known):
            core.state.set((cell.uid, "items"), _of_rows(core, kept))


def _of_rows(core: Core, rows: list[Row]) -> Value:
    """The items of a dict that holds one of these: those with the same keys are joined key by key."""
    made: list[Row] = []
    for row in rows:
        alike = next((i for i, other in enumerate(made) if other.keys() == row.keys()), None)
        if alike is None:
            made.append(row)
            continue
        other = made[alike]
        made[alike] = {key: (pair[0], core.join(pair[1], row[key][1])) for key, pair in other.items()}
    return core.join_all([Tuple(tuple(Tuple(pair) for pair in row.values())) for row in made])


def _lookup_each(core: Core, cell: Cell, key: OneOf) -> Value:
    """What is there under one of several keys; where those were permuted what they find was, too."""
    mixed = key in core.permuted
    with core.joining(PERMUTED if mixed else core.join_detail):
        found = core.join_all([v for o in key.options if (v := lookup(core, cell, o)) is not UNBOUND])
    if mixed and isinstance(found, OneOf):
        core.permuted.add(found)
    return found


def store(core: Core, cell: Cell, key: Value, value: Value) -> None:
    """`d[key] = value`."""
    store_all(core, cell, [(key, value)])


def store_all(core: Core, cell: Cell, more: Iterable[tuple[Value, Value]]) -> None:
    """`d.update(more)`: one key after the other."""
    slot = (cell.uid, "items")
    changed = _rows(core, cell)
    for key, value in more:
        if changed is not None and _is_key(core, key):
            plain = _plain_key(key)
            for row in changed:
                row[plain] = (row[plain][0] if plain in row else key, value)
            continue
        if changed is not None:
            core.state.set(slot, _of_rows(core, changed))
            changed = None
        store_some(core, cell, key, value, certain=True)
    if changed is not None:
        core.state.set(slot, _of_rows(core, changed))


def update(core: Core, cell: Cell, other: Cell) -> None:
    """`d.update(other)` for another dict."""
    known, mine = _rows(core, other), _rows(core, cell)
    if core.filled_with(other) is not None or known is None:
        store_some(core, cell, *any_pair(core, other))
    elif len(known) == 1 or mine is None:
        for row in known:
            (store_all if len(known) == 1 else _store_perhaps)(core, cell, row.values())
    else:
        made = [_updated(row, more) for row in mine for more in known]
        core.state.set((cell.uid, "items"), _of_rows(core, made))


def _store_perhaps(core: Core, cell: Cell, more: Iterable[tuple[Value, Value]]) -> None:
    for key, value in more:
        store_some(core, cell, key, value)


def _updated(row: Row, more: Row) -> Row:
    return row | {key: (row[key][0] if key in row else pair[0], pair[1]) for key, pair in more.items()}


def store_some(core: Core, cell: Cell, key: Value, value: Value, certain: bool = False) -> None:
    """`d.update(more)` for pairs of unknown number, which are all like this one; `certain`: it is just this one."""
    (old_key, old_value), present = any_pair(core, cell), _present(core, cell)
    items = Many(Tuple((core.join(old_key, key), core.join(old_value, value))))
    core.state.set((cell.uid, "items"), items)
    core.state.set((cell.uid, PRESENT), Tuple((items, *present, *([key] if certain else []))))


def remove(core: Core, cell: Cell, key: Value) -> Value:
    """`del d[key]`, giving what was there."""
    known = _rows(core, cell)
    found = lookup(core, cell, key)
    if known is not None and _is_key(core, key):
        left = [{k: pair for k, pair in row.items() if k != _plain_key(key)} for row in known]
        core.state.set((cell.uid, "items"), _of_rows(core, left))
    return found


def _is_key(core: Core, value: Value) -> bool:
    if isinstance(value, Tuple):
        return all(_is_key(core, v) for v in value.items)
    if isinstance(value, Cell):
        return value.kind != "set" and not core.has_equals(value)
    return not isinstance(value, (OneOf, Opaque, Data, Many))


def _plain_key(value: Value) -> Value:
    """A key that is equal to all that Python takes for the same one: 1, 1.0 and True are."""
    if isinstance(value, Tuple):
        return Tuple(tuple(_plain_key(item) for item in value.items))
    number = value.value if isinstance(value, Const) else None
    if isinstance(number, (bool, float)) and number == number and abs(number) < LARGEST_KEY and number == int(number):
        return Const(int(number))
    return value


LARGEST_KEY = 2.0**53


def distinct(core: Core, items: Tuple | Many) -> Tuple | Many:
    """The items of a set: none twice, as far as they are known."""
    if isinstance(items, Many):
        return items
    if all(_is_key(core, item) for item in items.items):
        return Tuple(tuple({_plain_key(item): item for item in reversed(items.items)}.values())[::-1])
    return Many(one_of(list(items.items))) if len(items.items) > 1 else items


def plain_keys(core: Core, items: Tuple) -> dict[Value, Value] | None:
    """The items by what they are as keys; None where one is not known."""
    return {_plain_key(i): i for i in items.items} if all(_is_key(core, i) for i in items.items) else None


def index(core: Core, items: Tuple | Many, key: Value, site: Site | None = None) -> Value:
    """`sequence[key]` for a number or a slice; UNBOUND where it is out of range.

    At `site` a number that a tape has recorded decides which item it is.
    """
    if isinstance(key, OneOf):
        return one_of([index(core, items, option, site) for option in key.options])
    if isinstance(key, SliceOf):
        return _slice(core, items, key)
    if isinstance(items, Many):
        return items.element
    if isinstance(key, Const) and isinstance(key.value, int):
        position = key.value
        return items.items[position] if -len(items.items) <= position < len(items.items) else UNBOUND
    with core.decided_by(site if _is_recorded(core, key) else core.deciding):
        return core.join_all(items.items)


def picked(core: Core, found: Value, key: Value, site: Site) -> Value:
    """What a key finds; where a tensor decides which of several plain numbers it is, a number that depends on it."""
    numbers = [o.value for o in options(found) if isinstance(o, Const) and type(o.value) in (int, float)]
    if len(numbers) < len(options(found)) or not isinstance(key, Data) or not _is_computed(core, key):
        return found
    dtype = "f" if any(isinstance(n, float) for n in numbers) else "i"
    node = core.node("operator []", [Edge(key.node, NONE)], site, dtype=dtype, kind="python")
    return Data(node, "python", dtype, (), Range(float(min(numbers)), float(max(numbers))))


def _is_computed(core: Core, key: Data) -> bool:
    """Whether a number was computed from a variable, or from what a tape has recorded."""
    return any(node.recorded or node.kind == "variable" for node in core.graph.ancestors([key.node]))


def _is_recorded(core: Core, key: Value) -> bool:
    """Whether a number was computed from what a tape has recorded, so that a source decides it."""
    return isinstance(key, Data) and any(node.recorded for node in core.graph.ancestors([key.node]))


def _slice(core: Core, items: Tuple | Many, key: SliceOf) -> Value:
    if isinstance(items, Many):
        return items
    known = ends(key)
    return Tuple(items.items[slice(*known)]) if known is not None else Many(core.join_all(items.items))


def ends(key: SliceOf) -> list[int | None] | None:
    """A slice's start, stop and step; None where one of them is not known, or is none that a slice can have."""
    found = [_end(v) for v in (key.start, key.stop, key.step)]
    if any(end is False for end in found) or found[2] == 0:
        return None
    return [end if end is not False else None for end in found]


def _end(value: Value) -> int | bool | None:
    """A slice's end: a number, None, or False where it is not known."""
    if isinstance(value, Const) and (value.value is None or (isinstance(value.value, int))):
        return None if value.value is None else int(value.value)
    return False


def replace_item(core: Core, cell: Cell, key: Value, value: Value) -> None:
    """`items[key] = value`."""
    items = stored(core, cell)
    slot = (cell.uid, "items")
    if isinstance(items, Tuple) and isinstance(key, Const) and isinstance(key.value, int):
        position = key.value
        if -len(items.items) <= position < len(items.items):
            changed = list(items.items)
            changed[position] = value
            core.state.set(slot, Tuple(tuple(changed)))
        return
    if isinstance(items, Tuple) and isinstance(key, SliceOf):
        inner = sequence(core, value)
        known = ends(key)
        if isinstance(inner, Tuple) and known is not None:
            changed = list(items.items)
            changed[slice(*known)] = inner.items
            core.state.set(slot, Tuple(tuple(changed)))
            return
        value = core.join_all(list(_each(inner))) if inner is not None else value
    core.state.set(slot, Many(core.join(core.join_all(list(_each(items))), value)))


def extend(core: Core, cell: Cell, more: list[Value] | Many) -> None:
    """`items += more`."""
    items = stored(core, cell)
    slot = (cell.uid, "items")
    made = concatenate(core, items, more if isinstance(more, Many) else Tuple(tuple(more)))
    core.state.set(slot, distinct(core, made) if cell.kind == "set" else made)


def concatenate(core: Core, left: Tuple | Many, right: Tuple | Many) -> Tuple | Many:
    """`left + right` of two sequences."""
    if isinstance(left, Tuple) and isinstance(right, Tuple) and len(left.items) + len(right.items) <= MOST_ITEMS:
        return Tuple((*left.items, *right.items))
    return Many(core.join(core.join_all(list(_each(left))), core.join_all(list(_each(right)))))


def part_of_text(base: Value, key: Value) -> Const | None:
    """A text's character or slice; None where that is not known, or it is no text."""
    if not (isinstance(base, Const) and isinstance(base.value, str)):
        return None
    at = ends(key) if isinstance(key, SliceOf) else None
    if at is not None and at[2] != 0:
        return Const(base.value[slice(*at)])
    position = key.value if isinstance(key, Const) and isinstance(key.value, int) else None
    inside = position is not None and -len(base.value) <= position < len(base.value)
    return Const(base.value[position]) if inside and position is not None else None
