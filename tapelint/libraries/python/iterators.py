"""itertools: what it gives is computed when it is asked for."""

from __future__ import annotations

import itertools
import math

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Const, Many, Tuple, Value

from ..registry import Registry
from ..world import Libraries
from .sequences import Handler, between, columns_of, count, filtering, iterator, lazily, left, one_for_all, rows_of


def register(registry: Registry) -> None:
    """Add them."""
    registry.functions.update({f"itertools.{name}": handler for name, handler in ITERTOOLS.items()})


def _zip_longest(world: Libraries, args: Arguments, site: Site) -> Value:
    fill = args.keywords.get("fillvalue", NO_VALUE)

    def compute() -> list[Value] | Many:
        columns, _ = columns_of(world, args.positional, site)
        if not all(isinstance(c, list) for c in columns):
            return Many(Tuple(tuple(one_for_all(world, c) for c in columns)))
        known = [c for c in columns if isinstance(c, list)]
        longest = max(map(len, known), default=0)
        return [Tuple(tuple(c[i] if i < len(c) else fill for c in known)) for i in range(longest)]

    return lazily(world, args.every(), compute, site)


def _starmap(world: Libraries, args: Arguments, site: Site) -> Value:
    function, rows = args.positional[:2]

    def call(row: Value) -> Value:
        items = world.run.iterate(row, site)
        given = Arguments([], rest=items.element) if isinstance(items, Many) else Arguments(list(items))
        return world.call_back(function, given, site)

    def compute() -> list[Value] | Many:
        found = world.run.iterate(rows, site)
        with between(world, [rows]):
            return Many(call(found.element)) if isinstance(found, Many) else [call(row) for row in found]

    return lazily(world, args.positional, compute, site)


def _accumulate(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(1, "func", NO_VALUE)
    start = args.keywords.get("initial", NO_VALUE)

    def add(total: Value, item: Value) -> Value:
        if function == NO_VALUE:
            return world.run.operate("+", total, item, site)
        return world.call_back(function, Arguments([total, item]), site)

    def compute() -> list[Value] | Many:
        items = world.run.iterate(args.positional[0], site)
        if isinstance(items, Many):
            first = items.element if start == NO_VALUE else start
            second = add(first, items.element)
            return Many(world.run.join_all([first, second, add(second, items.element)]))
        totals = [] if start == NO_VALUE else [start]
        for item in items:
            totals.append(add(totals[-1], item) if totals else item)
        return totals

    return lazily(world, [*args.positional, *args.keywords.values()], compute, site)


def _slice_of(world: Libraries, args: Arguments, site: Site) -> Value:
    """`itertools.islice`."""
    source = args.positional[0]
    ends = [a.value for a in args.positional[1:] if isinstance(a, Const)]

    def compute() -> list[Value] | Many:
        items = world.run.iterate(source, site)
        world.run.asked_in_part(source)
        fit = all(end is None or (isinstance(end, int) and end >= 0) for end in ends) and ends[2:] != [0]
        if isinstance(items, Many) or len(ends) < len(args.positional) - 1 or not fit:
            if isinstance(items, list) and world.run.is_once(source):
                world.run.lose_track()  # nobody can tell what is left
            every = Many(one_for_all(world, items))
            left(world, source, every)
            return every
        stop = ends[0] if len(ends) == 1 else ends[1]
        if isinstance(stop, int):
            left(world, source, items[stop:])
        return items[slice(*ends)]

    return lazily(world, args.every(), compute, site)


def _product(world: Libraries, args: Arguments, site: Site) -> Value:
    columns, _ = columns_of(world, args.positional, site)
    repeat = args.keywords.get("repeat", Const(1))
    if not (isinstance(repeat, Const) and isinstance(repeat.value, int) and repeat.value < LARGEST_PRODUCT):
        return iterator(world, Many(Many(world.run.join_all([one_for_all(world, c) for c in columns]))), site)
    columns = columns * repeat.value
    sizes = [len(c) for c in columns if isinstance(c, list)]
    if len(sizes) < len(columns) or math.prod(sizes) > LARGEST_PRODUCT:
        return iterator(world, Many(Tuple(tuple(one_for_all(world, c) for c in columns))), site)
    rows = itertools.product(*(c for c in columns if isinstance(c, list)))
    return iterator(world, [Tuple(tuple(row)) for row in rows], site)


LARGEST_PRODUCT = 64


def _count_up(world: Libraries, args: Arguments, site: Site) -> Value:
    return Many(count(world))


def _cycle(world: Libraries, args: Arguments, site: Site) -> Value:
    return Many(one_for_all(world, world.run.iterate(args.positional[0], site)))


def _chain(world: Libraries, args: Arguments, site: Site) -> Value:
    given: list[Value] | Many = Many(world.run.join_all(args.every())) if args.rest is not None else args.positional
    return lazily(world, args.every(), lambda: _chained(world, given, site), site)


def _chain_from(world: Libraries, args: Arguments, site: Site) -> Value:
    given = args.positional[0]
    return lazily(world, args.every(), lambda: _chained(world, world.run.iterate(given, site), site), site)


def _chained(world: Libraries, values: list[Value] | Many, site: Site) -> list[Value] | Many:
    """The items of one sequence after the other."""
    if isinstance(values, Many):
        inner = world.run.iterate(values.element, site)
        return inner if isinstance(inner, Many) else Many(world.run.join_all(inner))
    parts = [world.run.iterate(value, site) for value in values]
    if any(isinstance(part, Many) for part in parts):
        return Many(world.run.join_all([one_for_all(world, part) for part in parts]))
    return [item for part in parts if isinstance(part, list) for item in part]


def _repeat(world: Libraries, args: Arguments, site: Site) -> Value:
    times = args.get(1, "times")
    if isinstance(times, Const) and isinstance(times.value, int) and times.value <= 64:
        return iterator(world, [args.positional[0]] * times.value, site)
    return Many(args.positional[0])


def _from_where(taken: bool) -> Handler:
    """`takewhile`, `dropwhile`: the items before the first that a function refuses, or those from there on."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        function, value = args.positional[:2]

        def compute() -> list[Value] | Many:
            items = world.run.iterate(value, site)
            if isinstance(items, Many):
                return items
            with between(world, [value]):
                for index, item in enumerate(items):
                    truth = world.run.truth(world.call_back(function, Arguments([item]), site))
                    if truth is None:
                        left(world, value, Many(world.run.join_all(items)))
                        return Many(world.run.join_all(items))
                    if not truth:
                        world.run.asked_in_part(value)
                        left(world, value, items[index + 1 :] if taken else [])
                        return items[:index] if taken else items[index:]
            return items if taken else []

        return lazily(world, args.positional, compute, site)

    return make


def _compress(world: Libraries, args: Arguments, site: Site) -> Value:
    def compute() -> list[Value] | Many:
        (items, selectors), length = rows_of(world, args.positional, site)
        if length is None or isinstance(items, Many) or isinstance(selectors, Many):
            return Many(one_for_all(world, items))
        truths = [world.run.truth(selector) for selector in selectors[:length]]
        if None in truths:
            return Many(world.run.join_all(items))
        return [item for item, truth in zip(items, truths, strict=False) if truth]

    return lazily(world, args.positional, compute, site)


def _pairwise(world: Libraries, args: Arguments, site: Site) -> Value:
    def compute() -> list[Value] | Many:
        items = world.run.iterate(args.positional[0], site)
        if isinstance(items, Many):
            return Many(Tuple((items.element, items.element)))
        return [Tuple(pair) for pair in itertools.pairwise(items)]

    return lazily(world, args.positional, compute, site)


def _combinations(world: Libraries, args: Arguments, site: Site) -> Value:
    items, size = world.run.iterate(args.positional[0], site), args.get(1, "r")
    number = size.value if isinstance(size, Const) and isinstance(size.value, int) else None
    if isinstance(items, Many) or number is None or math.comb(len(items), number) > LARGEST_PRODUCT:
        return iterator(world, Many(Many(one_for_all(world, items))), site)
    return iterator(world, [Tuple(row) for row in itertools.combinations(items, number)], site)


ITERTOOLS: dict[str, Handler] = {
    "chain": _chain, "chain.from_iterable": _chain_from, "repeat": _repeat, "accumulate": _accumulate,
    "islice": _slice_of, "starmap": _starmap, "zip_longest": _zip_longest, "product": _product, "count": _count_up,
    "cycle": _cycle, "takewhile": _from_where(taken=True), "dropwhile": _from_where(taken=False),
    "filterfalse": filtering(wanted=False), "compress": _compress, "pairwise": _pairwise, "combinations": _combinations,
}  # fmt: skip
