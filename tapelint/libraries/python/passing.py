"""Libraries that hand on what they are given: a random choice of it, its items under a progress bar."""

from __future__ import annotations

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Library, Many, Tuple, Value, options

from .. import apply
from ..registry import Registry
from ..world import Libraries

GENERATORS = ("random.Random", "random.SystemRandom", "secrets.SystemRandom")
WHOLE_NUMBERS = ("randint", "randrange", "getrandbits", "randbelow")
WITHOUT_RESULT = ("seed", "setstate")
BARS = (
    "tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm.std.tqdm", "tqdm.autonotebook.tqdm",
    "tqdm.tqdm_notebook", "rich.progress.track",
)  # fmt: skip
RANGES = ("tqdm.trange", "tqdm.auto.trange", "tqdm.notebook.trange", "tqdm.tnrange")


def register(registry: Registry) -> None:
    """Add them."""
    registry.families.append(_draw)
    registry.methods[("random generator", "*")] = _draw_by
    registry.functions.update(dict.fromkeys(BARS, _bar))
    registry.functions.update(dict.fromkeys(RANGES, _bar_of_range))
    registry.elements["progress bar"] = lambda world, cell, site: world.run.elements(cell.info, site)
    registry.enters["progress bar"] = lambda world, cell, site: cell
    registry.methods[("progress bar", "*")] = lambda world, base, args, site: world.inert("tqdm", args, site)
    of_array = registry.functions["numpy.random.shuffle"]
    registry.functions["numpy.random.shuffle"] = lambda world, args, site: (
        shuffled(world, args.get(0, "x"), site) if _is_list(args.get(0, "x")) else of_array(world, args, site)
    )


def _draw(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """A function of `random` or `secrets`; None for any other."""
    if name in GENERATORS:
        return Cell(world.run.uid(), "random generator", site=site)
    module, _, function = name.rpartition(".")
    return _drawn(world, name, function, args, site) if module in ("random", "secrets") else None


def _draw_by(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """A method of a generator of Python's own."""
    method = args.positional[0]
    function = str(method.value) if isinstance(method, Const) else ""
    return _drawn(world, f"random.{function}", function, args.after(1), site)


def _drawn(world: Libraries, name: str, function: str, args: Arguments, site: Site) -> Value:
    if function in WITHOUT_RESULT:
        return NO_VALUE
    first = args.get(0, "population" if function != "choice" else "seq")
    if function == "shuffle":
        return shuffled(world, first, site)
    if function in ("choice", "choices", "sample"):
        one = one_of_them(world, name, first, args, site)
        return one if function == "choice" else containers.make_list(world.run, Many(one), site=site)
    if any(world.run.node_of(value, site) is not None for value in args.every()):
        return world.run.call_unknown(Library(name), args, site)
    return apply.detached(world, name, args, site, "python", "i" if function in WHOLE_NUMBERS else "f")


def one_of_them(world: Libraries, name: str, population: Value, args: Arguments, site: Site) -> Value:
    """One of the items; of plain numbers a number that nobody knows."""
    items = world.run.elements(population, site)
    found = items.element if isinstance(items, Many) else world.run.join_all(items)
    if found is UNBOUND:
        return world.run.opaque(site, [population])
    numbers = [o for o in options(found) if isinstance(o, Const) and isinstance(o.value, (int, float))]
    if len(numbers) < len(options(found)):
        return found
    dtype = "i" if all(isinstance(n.value, int) for n in numbers) else "f"
    return apply.detached(world, name, args, site, "python", dtype)


def _is_list(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind == "list"


def shuffled(world: Libraries, value: Value, site: Site) -> Value:
    """A list whose items change places: each may be any of them."""
    if isinstance(value, Cell) and _is_list(value):
        items = containers.stored(world.run, value)
        if isinstance(items, Tuple) and items.items:
            one = world.run.join_all(items.items)
            world.run.state.set((value.uid, "items"), Tuple((one,) * len(items.items)))
    return NO_VALUE


def _bar(world: Libraries, args: Arguments, site: Site) -> Value:
    """What `tqdm(items)` gives: the same items."""
    items = args.get(0, "iterable")
    if items is UNBOUND:
        items = args.get(0, "sequence")
    return Cell(world.run.uid(), "progress bar", items if items is not UNBOUND else Tuple(()), site)


def _bar_of_range(world: Libraries, args: Arguments, site: Site) -> Value:
    made = world.run.call(Library("builtins.range"), Arguments(args.positional), site)
    return Cell(world.run.uid(), "progress bar", made, site)
