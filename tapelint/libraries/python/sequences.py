"""Python's built-in functions on sequences: made at once where Python does, later where Python waits.

What Python makes lazily (`map`, `filter`, generator expressions, most of itertools) is an object that computes its
items when they are asked for: only then a tape that records sees the operations.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from tapelint.flow import comparing, containers, sets
from tapelint.flow.arithmetic import fold
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.loops import UNROLLED
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Counted,
    Data,
    Generator,
    Many,
    OneOf,
    Tuple,
    Value,
    Variable,
    is_tensor,
    one_of,
)

from .. import apply
from ..refusals import refusing
from ..registry import Registry
from ..world import Libraries

Compute = Callable[[], "list[Value] | Many"]
Handler = Callable[[Libraries, Arguments, Site], Value]


def register(registry: Registry) -> None:
    """Add them."""
    registry.functions.update({f"builtins.{name}": handler for name, handler in BUILTINS.items()})
    registry.functions["functools.reduce"] = _reduce
    for name in ("send", "throw"):
        registry.methods[("generator", name)] = _by_hand
    registry.methods[("generator", "close")] = _closed
    registry.elements["iterator"] = _iterate
    registry.elements["const"] = lambda world, value, site: []


# -- iterators


def _iterate(world: Libraries, cell: Cell, site: Site) -> list[Value] | Many:
    """Use an iterator up."""
    items = _remaining(world, cell, site)
    world.run.state.set((cell.uid, "items"), Tuple(()))
    return items


def _remaining(world: Libraries, cell: Cell, site: Site) -> list[Value] | Many:
    """What an iterator still gives; a lazy one computes it now."""
    items = world.run.state.get((cell.uid, "items"))
    if items is UNBOUND and callable(cell.info):
        found: list[Value] | Many = world.run.compute(cell.uid, cell.info)
        return found
    world.run.asked_again(cell)
    if items is UNBOUND:
        return Many(world.run.opaque(site))
    kept = containers.stored(world.run, cell)
    return list(kept.items) if isinstance(kept, Tuple) else kept


def iterator(world: Libraries, items: list[Value] | Many, site: Site, of: str | None = None) -> Cell:
    """An object that gives these items once; `of` names what TensorFlow's own iterators go over."""
    cell = Cell(world.run.uid(), "iterator", of, site)
    world.run.state.set((cell.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items)))
    return cell


def lazily(world: Libraries, uses: Sequence[Value], compute: Compute, site: Site) -> Cell:
    """An object that computes its items when they are asked for. `uses`: the values that it keeps for that."""
    cell = Cell(world.run.uid(), "iterator", compute, site)
    world.run.state.set((cell.uid, "uses"), Tuple(tuple(uses)))
    world.run.give_away(uses, site.node.args if isinstance(site.node, ast.Call) else ())
    return cell


def _iter(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0]
    if world.run.is_once(value):
        return value
    if len(args.positional) > 1:
        return lazily(world, args.positional, lambda: _until(world, value, args.positional[1], site), site)
    made = world.run.own_method(value, "__iter__")
    if made is not None:
        return world.run.call(made, Arguments([]), site)
    of = "dataset" if isinstance(value, Cell) and value.kind == "dataset" else None
    made = iterator(world, world.run.iterate(value, site), site, of)
    if isinstance(value, Cell) and value.kind in ("list", "dict", "set"):
        world.run.goes_over(made, value)
    return made


def _until(world: Libraries, function: Value, last: Value, site: Site) -> list[Value] | Many:
    """What calls of a function give before one gives this."""
    items: list[Value] = []
    while len(items) < UNROLLED:
        item = world.call_back(function, Arguments([]), site)
        same = world.run.same(item, last)
        if same:
            return items
        items.append(item)
        if same is None:
            break
    world.run.lose_track()
    return Many(world.run.join_all(items))


def _next(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0]
    if isinstance(value, Cell) and value.kind == "iterator":
        items = _remaining(world, value, site)
        world.run.asked_in_part(value)
        world.run.state.set((value.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items[1:])))
        if isinstance(items, Many):
            return world.run.join(items.element, args.get(1, "default"))
        return items[0] if items else args.get(1, "default", world.run.opaque(site))
    if isinstance(value, Generator):
        each = world.run.advance(value, site)
        return each if each is not UNBOUND else args.get(1, "default", world.run.opaque(site, [value]))
    following = world.run.own_method(value, "__next__")
    if following is not None:
        item, ends = world.run.one_step(following, site)
        default = args.get(1, "default", world.run.opaque(site))
        return item if ends is False else default if ends else world.run.join(item, default)
    found = world.run.iterate(value, site)
    if isinstance(found, Many):
        return world.run.join(found.element, args.get(1, "default"))
    if found:
        return found[0]
    return args.get(1, "default", world.run.opaque(site))


def _by_hand(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`generator.send(value)`, `generator.throw(error)`: what it does then is not followed."""
    world.run.lose_track(site)
    return world.run.call_unknown(base, args, site)


def _closed(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`generator.close()`: it does not go on; what it does at its end was done, or is never."""
    assert isinstance(base, Generator)
    if any(isinstance(n, (ast.Try, ast.With)) for n in ast.walk(base.function.node)):
        world.run.lose_track()
    world.run.state.set((base.uid, "rest"), Tuple(()))
    return NO_VALUE


# -- containers


def _listed(kind: str, info: Value | None = None) -> Callable[[Libraries, Arguments, Site], Value]:
    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        items: list[Value] | Many = []
        if args.positional:
            value = args.positional[0]
            taken = partial(sets.items_of, world.run) if kind == "set" else world.run.iterate
            items = taken(value, site, to_end=True)
        made: Tuple | Many = items if isinstance(items, Many) else Tuple(tuple(items))
        for item in items if kind == "set" and isinstance(items, list) else ():
            world.run.hashed(item, site)
        return made if kind == "tuple" else containers.make_list(world.run, made, kind, site, info)

    return make


def _dict(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = containers.make_dict(world.run, [], site)
    if args.positional:
        world.run.update_dict(cell, args.positional[0], site)
    for name, value in args.keywords.items():
        containers.store(world.run, cell, Const(name), value)
    return cell


def _from_keys(world: Libraries, args: Arguments, site: Site) -> Value:
    """`dict.fromkeys(keys, value)`."""
    cell = containers.make_dict(world.run, [], site)
    keys, value = world.run.iterate(args.positional[0], site), args.get(1, "value", NO_VALUE)
    if isinstance(keys, Many):
        containers.store_some(world.run, cell, keys.element, value)
    else:
        containers.store_all(world.run, cell, [(key, value) for key in keys])
    return cell


LONGEST_RANGE = 1024


def _range(world: Libraries, args: Arguments, site: Site) -> Value:
    numbers = [a.value for a in args.positional if isinstance(a, Const) and isinstance(a.value, int)]
    if len(numbers) == len(args.positional) and numbers and not args.rest:
        try:
            found = range(*numbers)
        except (TypeError, ValueError):
            world.run.may_raise("ValueError")
            return world.run.opaque(site)
        if len(found) <= LONGEST_RANGE:
            return Counted(tuple(Const(n) for n in found))
    for value in args.positional:
        world.run.asked(value, "__index__", site)
    return Many(Data(world.run.constant_node(), "python", "i"))


def _len(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else UNBOUND
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value))
    world.run.asked(value, "__len__", site)
    if isinstance(value, Variable) and not world.run.graph_mode:
        world.raised("TypeError", site, "builtins.len")
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        return Const(len(items.items))
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        if known is not None:
            return Const(len(known))
    if (members := world.run.members_of(value)) is not None:
        return Const(len(members))
    if _has_no_length(world, value):
        world.raised("TypeError", site, "len")
        return world.run.opaque(site)
    if isinstance(value, (Data, Variable)) and value.shape and value.shape[0] is not None:
        return Const(value.shape[0])
    if isinstance(value, Cell) and value.kind == "instance":
        method = world.run.class_attribute(value, "__len__")
        if method is not None:
            return world.run.call(method, Arguments([]), site)
    return count(world)


def _has_no_length(world: Libraries, value: Value) -> bool:
    """Whether a value is a variable of TensorFlow's, or one number in a tensor; AutoGraph has a `len` of its own."""
    if world.run.graph_mode:
        return False
    if isinstance(value, Variable):
        return value.flavor == "tf"
    return isinstance(value, Data) and value.kind == "tensor" and value.shape == ()


def count(world: Libraries) -> Data:
    """A whole number of which nothing more is known."""
    return Data(world.run.constant_node(), "python", "i")


# -- what passes items on


def columns_of(world: Libraries, values: Sequence[Value], site: Site) -> tuple[list[list[Value] | Many], int | None]:
    """The items of several sequences, and how many rows they have; None where nobody can tell."""
    run = world.run
    columns = [run.iterate(value, site) for value in values]
    if len(values) > 1 and any(world.run.is_once(value) and value in values[:i] for i, value in enumerate(values)):
        columns = _dealt(world, values, columns)
    if any(map(_is_limit, values)):
        columns = [Many(one_for_all(world, column)) for column in columns]
    known = [len(c) for c in columns if isinstance(c, list)]
    length = min(known) if known else None
    for value, column in zip(values, columns, strict=True):
        run.asked_again(value)
        if length is None or isinstance(column, Many) or len(column) > length:
            run.asked_in_part(value)
    return columns, length


def _is_limit(value: Value) -> bool:
    """Whether a value is the numbers of a `range` whose end is not known: what is zipped with it may end sooner."""
    return isinstance(value, Many) and isinstance(value.element, Data) and value.element.kind == "python"


def rows_of(world: Libraries, values: Sequence[Value], site: Site) -> tuple[list[list[Value] | Many], int | None]:
    """The same of what is gone over row by row up to the end of the shortest: iterators keep what comes after."""
    columns, length = columns_of(world, values, site)
    ends = [i for i, column in enumerate(columns) if isinstance(column, list) and len(column) == length]
    for value in dict.fromkeys(v for v in values if len(values) > 1 and world.run.is_once(v)):
        places = [i for i, v in enumerate(values) if v == value]
        column = columns[places[0]]
        if isinstance(column, Many) or length is None:
            left(world, value, Many(one_for_all(world, column)))
        elif len(places) == 1:
            left(world, value, column[length + (places[0] < ends[0]) :])
        elif len(places) < len(values):
            left(world, value, Many(world.run.join_all([one_for_all(world, columns[i]) for i in places])))
    return columns, length


def left(world: Libraries, value: Value, rest: list[Value] | Many) -> None:
    """These are what is left of an iterator."""
    if isinstance(value, (Cell, Generator)) and world.run.is_once(value):
        world.run.keep_rest(value, rest)


def _dealt(
    world: Libraries, values: Sequence[Value], columns: Sequence[list[Value] | Many]
) -> list[list[Value] | Many]:
    """The columns where one iterator stands in several places, which take its items in turn."""
    made = list(columns)
    for value in dict.fromkeys(v for v in values if world.run.is_once(v)):
        places = [i for i, v in enumerate(values) if v == value]
        items = columns[places[0]]
        for turn, place in enumerate(places):
            made[place] = items if isinstance(items, Many) else items[turn :: len(places)]
    return made


def row(columns: Sequence[list[Value] | Many], index: int) -> list[Value]:
    return [c[index] if isinstance(c, list) else c.element for c in columns]


def _zip(world: Libraries, args: Arguments, site: Site) -> Value:
    def compute() -> list[Value] | Many:
        if args.rest is not None:
            return _turned(world, args, site)
        columns, length = rows_of(world, args.positional, site)
        lengths = {len(column) if isinstance(column, list) else -1 for column in columns}
        if args.keywords.get("strict", FALSE) != FALSE and (len(lengths) > 1 or lengths == {-1}):
            world.run.may_raise("ValueError")
        rows: list[Value] = [Tuple(tuple(row(columns, i))) for i in range(length if length is not None else 1)]
        return rows if length is not None else Many(rows[0])

    if any(map(refusing.is_never_iterated, args.positional)):
        refusing.refuse(world, "TypeError", site, refusing.ITERATION, args.positional)
    made = lazily(world, args.every(), compute, site)
    world.run.in_step.add(made.uid)
    world.run.state.set((made.uid, "zipped"), Tuple(tuple(args.positional)))
    return made


def _turned(world: Libraries, args: Arguments, site: Site) -> list[Value] | Many:
    """`zip(*rows)` of nobody knows how many rows: what stands at each place of a row, as often as there are rows."""
    rest = args.rest
    columns = world.run.iterate(rest, site) if rest is not None and containers.is_structure(rest) else None
    if isinstance(columns, list) and not args.positional:
        return [Many(column) for column in columns]
    return Many(Many(world.run.opaque(site, args.every())))


def one_for_all(world: Libraries, items: list[Value] | Many) -> Value:
    return items.element if isinstance(items, Many) else world.run.join_all(items)


def _enumerate(world: Libraries, args: Arguments, site: Site) -> Value:
    start = args.get(1, "start", Const(0))
    given = args.positional[0]
    if isinstance(given, Cell) and world.staged(given) == "data":  # AutoGraph makes `dataset.enumerate()` of it
        return world.call_method(given, "enumerate", Arguments([]), site)

    def compute() -> list[Value] | Many:
        items = world.run.iterate(given, site)
        world.run.asked_again(given)
        if isinstance(items, Many) or not (isinstance(start, Const) and isinstance(start.value, int)):
            element = items.element if isinstance(items, Many) else world.run.join_all(items)
            return Many(Tuple((Data(world.run.constant_node(), "python", "i"), element)))
        return [Tuple((Const(start.value + i), item)) for i, item in enumerate(items)]

    made = lazily(world, args.every(), compute, site)
    world.run.in_step.add(made.uid)
    if isinstance(given, Cell) and given.kind == "list" and isinstance(start, Const) and isinstance(start.value, int):
        world.run.counted[made.uid] = given, start.value
    return made


def _reversed(world: Libraries, args: Arguments, site: Site) -> Value:
    own = world.run.own_method(args.positional[0], "__reversed__")
    if own is not None:
        return world.run.call(own, Arguments([]), site)
    if isinstance(args.positional[0], Variable) or world.is_in_graph(args.positional[0]):  # without a length
        world.raised("TypeError", site, "builtins.reversed")

    value = args.positional[0]
    of_list = containers.stored(world.run, value) if isinstance(value, Cell) and value.kind == "list" else None
    last = len(of_list.items) if isinstance(of_list, Tuple) else None

    def compute() -> list[Value] | Many:
        items = world.run.elements(value, site)
        if isinstance(items, Many) or last is None:
            return items if isinstance(items, Many) else items[::-1]
        return items[:last][::-1] if last <= len(items) else []  # it begins where the list ended when it was made

    return lazily(world, args.every(), compute, site)


def _sorted(world: Libraries, args: Arguments, site: Site) -> Value:
    converted = world.run.graph_mode and not world.run.no_autograph and is_tensor(args.positional[0])
    given = args.positional[0]
    items = world.run.elements(given, site) if converted else sets.items_of(world.run, given, site, to_end=True)
    if isinstance(items, Many):
        return containers.make_list(world.run, items)
    turned = args.keywords.get("reverse", FALSE)
    order = _order(world, items, args.keywords.get("key", NO_VALUE), turned, site, sets.in_any_order(world.run, given))
    if order is None:
        return containers.make_list(world.run, Tuple(tuple(sets.permuted(world.run, items))))
    return containers.make_list(world.run, Tuple(tuple(items[i] for i in order)))



def _order(
    world: Libraries, items: list[Value], key: Value, turned: Value, site: Site, mixed: bool = False
) -> list[int] | None:
    """The order of items by keys that are known; None where they are not. `mixed`: nobody knows it as it is now."""
    keys = items if key == NO_VALUE else [world.call_back(key, Arguments([item]), site) for item in items]
    plain = comparing.comparable(world.run, keys)
    for value in keys:
        part = value.items[0] if isinstance(value, Tuple) and value.items else value
        if not isinstance(part, Const):
            world.run.refused_operands("<", part, part)
            if world.run.own_method(part, "__lt__") is not None:
                world.run.lose_track()  # which is asked as often as it takes
    if not isinstance(turned, Const):
        return None
    try:
        order = sorted(range(len(items)), key=lambda i: plain[i], reverse=bool(turned.value))
        ties = mixed and any(plain[a] == plain[b] for a, b in itertools.pairwise(order))
        return order if not ties else None
    except comparing.NotKnown:
        return None
    except TypeError:
        world.run.may_raise("TypeError")
        return None


def _map(world: Libraries, args: Arguments, site: Site) -> Value:
    function, *iterables = args.positional
    world.recorder.note("lazy", function, site)

    def compute() -> list[Value] | Many:
        columns, length = rows_of(world, iterables, site)
        with between(world, iterables):
            if length is None:
                with world.run.once_for(Many(function)):
                    return Many(world.call_back(function, Arguments(row(columns, 0)), site))
            return [world.call_back(function, Arguments(row(columns, i)), site) for i in range(length)]

    return lazily(world, args.positional, compute, site)


def filtering(wanted: bool) -> Handler:
    """`filter`, or what leaves out the items that it keeps."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        function, value = args.positional[:2]

        def compute() -> list[Value] | Many:
            items = world.run.iterate(value, site)
            if isinstance(items, Many):
                return items
            with between(world, [value]):
                return _kept(world, function, items, site, wanted)

        return lazily(world, args.positional, compute, site)

    return make


def _kept(world: Libraries, function: Value, items: list[Value], site: Site, wanted: bool) -> list[Value] | Many:
    """The items for which a function is true, or false."""
    kept: list[Value] = []
    for item in items:
        test = world.call_back(function, Arguments([item]), site) if function != NO_VALUE else item
        world.asked(test, site)
        truth = world.run.truth(test)
        if truth is None:
            return Many(world.run.join_all(items))
        if truth is wanted:
            kept.append(item)
    return kept


@contextmanager
def between(world: Libraries, values: Sequence[Value]) -> Iterator[None]:
    """What is done meanwhile, Python does between the items of these."""
    with ExitStack() as stack:
        for value in values:
            stack.enter_context(world.run.between(value))
        yield


# -- what makes one of many


def _sum(world: Libraries, args: Arguments, site: Site) -> Value:
    items = sets.items_of(world.run, args.positional[0], site, to_end=True)
    total = args.get(1, "start", Const(0))
    if isinstance(items, Many):
        once = world.run.operate("+", total, items.element, site)
        return world.run.operate("+", once, items.element, site)
    for item in items:
        total = world.run.operate("+", total, item, site)
    return total


def _extreme(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def choose(world: Libraries, args: Arguments, site: Site) -> Value:
        given = args.positional
        items = sets.items_of(world.run, given[0], site, to_end=True) if len(given) == 1 else list(given)
        mixed = len(given) == 1 and sets.in_any_order(world.run, given[0])
        default = args.keywords.get("default", UNBOUND)
        if isinstance(items, Many):
            return world.run.join(items.element, default)
        if not items and default is not UNBOUND:
            return default
        key = args.keywords.get("key", NO_VALUE)
        if key != NO_VALUE and items:
            order = _order(world, items, key, Const(name == "max"), site, mixed)
            return items[order[0]] if order is not None else world.run.join_all(items)
        if any(isinstance(i, Tuple) for i in items):
            order = _order(world, items, NO_VALUE, Const(name == "max"), site, mixed)
            return items[order[0]] if order is not None else world.run.join_all(items)
        if all(isinstance(i, Const) for i in items) and items and "key" not in args.keywords:
            best = items[0]
            for item in items[1:]:
                better = fold("<" if name == "min" else ">", item.value, best.value)  # type: ignore[attr-defined]
                if better is None:
                    return world.run.join_all(items)
                best = item if better.value else best
            return best
        chosen = world.run.join_all(items)
        return numbers_of_extreme(world, name, items, chosen)

    return choose


def _kind_of_number(value: Value) -> str:
    """Whether a value is a number of Python's or of NumPy's; "?" for anything else."""
    if isinstance(value, Const):
        return "python" if isinstance(value.value, (int, float)) else "?"
    return value.kind if isinstance(value, Data) and value.kind in ("python", "numpy") else "?"


def numbers_of_extreme(world: Libraries, name: str, items: list[Value], chosen: Value) -> Value:
    """`max` and `min` of several: one of them, with tighter bounds."""
    from ..numerics import numbers

    if isinstance(chosen, OneOf) and any(isinstance(o, Data) for o in chosen.options):
        kinds = set(map(_kind_of_number, chosen.options))
        if kinds == {"python", "numpy"}:  # which of them a tape is asked for tells the exception
            bounds = numbers.of_extreme(world, name, items)
            return one_of([replace(o, range=bounds) if isinstance(o, Data) else o for o in chosen.options])
        node = world.run.node_of(chosen)
        assert node is not None
        chosen = Data(node, "python" if kinds == {"python"} else "?", apply.dtype_of(world, chosen) or "?")
    if isinstance(chosen, Data):
        return Data(chosen.node, chosen.kind, chosen.dtype, chosen.shape, numbers.of_extreme(world, name, items))
    return chosen


def _any_all(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def decide(world: Libraries, args: Arguments, site: Site) -> Value:
        items = sets.items_of(world.run, args.positional[0], site)
        if isinstance(items, list):
            if items:
                world.asked(items[0], site)
            truths = [world.run.truth(i) for i in items]
            if truths.count(name == "all") < len(truths):
                world.run.asked_in_part(args.positional[0])
            if name == "any" and True in truths:
                return TRUE
            if name == "all" and False in truths:
                return FALSE
            if None not in truths:
                return Const(name == "all")
        world.run.asked_in_part(args.positional[0])
        return world.run.unknown_bool(args.positional[0], site)

    return decide


def _reduce(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.iterate(args.positional[1], site, to_end=True)
    values = [items.element, items.element] if isinstance(items, Many) else items
    total = args.positional[2] if len(args.positional) > 2 else UNBOUND
    for value in values:
        total = value if total is UNBOUND else world.call_back(args.positional[0], Arguments([total, value]), site)
    if total is UNBOUND:
        world.run.may_raise("TypeError")
    return total if total is not UNBOUND else world.run.opaque(site)


BUILTINS: dict[str, Handler] = {
    "list": _listed("list"), "tuple": _listed("tuple"), "set": _listed("set"),
    "frozenset": _listed("set", sets.FROZEN), "dict": _dict, "range": _range, "zip": _zip, "enumerate": _enumerate,
    "reversed": _reversed, "sorted": _sorted, "map": _map, "filter": filtering(True), "len": _len, "sum": _sum,
    "min": _extreme("min"), "max": _extreme("max"), "any": _any_all("any"), "all": _any_all("all"), "iter": _iter,
    "next": _next, "dict.fromkeys": _from_keys,
}  # fmt: skip
