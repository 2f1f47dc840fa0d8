"""Python's `operator` module: what the operators do, as functions."""

from __future__ import annotations

from collections.abc import Callable

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Cell, Const, Library, Tuple, Value

from ..registry import FunctionHandler, Registry
from ..world import Libraries


def register(registry: Registry) -> None:
    """Add all of its functions, under both of their names."""
    for name, handler in FUNCTIONS.items():
        for each in (name, f"__{name.strip('_')}__"):
            registry.functions[f"operator.{each}"] = handler
    registry.calls["item getter"] = _get_items
    registry.calls["attribute getter"] = _get_attributes
    registry.calls["method caller"] = _call_by_name


def _of_two(handler: FunctionHandler) -> FunctionHandler:
    """A function of two arguments, which Python calls with no other number of them."""

    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        if args.rest is not None or (len(args.positional) == 2 and not args.keywords):
            return handler(world, args, site)
        world.raised("TypeError", site, "call")
        return world.run.opaque(site, args.every())

    return call


def _binary(op: str) -> FunctionHandler:
    return _of_two(lambda world, args, site: world.run.operate(op, args.positional[0], args.positional[1], site))


def _in_place(op: str) -> FunctionHandler:
    return _of_two(lambda world, args, site: world.run.augment(op, args.positional[0], args.positional[1], site))


def _comparison(op: str) -> FunctionHandler:
    return _of_two(lambda world, args, site: world.run.compare_pair(op, args.positional[0], args.positional[1], site))


def _unary(op: str) -> FunctionHandler:
    return lambda world, args, site: world.run.operate_on_one(op, args.positional[0], site)


def _contains(world: Libraries, args: Arguments, site: Site) -> Value:
    return world.run.compare_pair("in", args.positional[1], args.positional[0], site)


def _truth(negated: bool) -> FunctionHandler:
    def answer(world: Libraries, args: Arguments, site: Site) -> Value:
        truth = world.run.truth(args.positional[0])
        return Const(truth != negated) if truth is not None else world.run.unknown_bool(args.positional[0], site)

    return answer


def _get(world: Libraries, args: Arguments, site: Site) -> Value:
    return world.run.subscript(args.positional[0], args.positional[1], site)


def _set(world: Libraries, args: Arguments, site: Site) -> Value:
    world.run.set_subscript(args.positional[0], args.positional[1], args.positional[2], site)
    return NO_VALUE


def _delete(world: Libraries, args: Arguments, site: Site) -> Value:
    world.run.delete_item(args.positional[0], args.positional[1], site)
    return NO_VALUE


def _call(world: Libraries, args: Arguments, site: Site) -> Value:
    return world.run.call(args.positional[0], args.after(1), site)


# -- what gives something to call


def _maker(kind: str) -> FunctionHandler:
    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        cell = Cell(world.run.uid(), kind, tuple(args.positional), site)
        world.run.state.set((cell.uid, "uses"), Tuple((*args.positional, *args.keywords.values())))
        world.run.state.set((cell.uid, "names"), Tuple(tuple(Const(name) for name in args.keywords)))
        return cell

    return make


def _get_items(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    return _one_or_all([world.run.subscript(args.get(0, "obj"), key, site) for key in callee.info])


def _get_attributes(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """`attrgetter("a.b", "c")(object)`."""
    assert isinstance(callee, Cell)
    found: list[Value] = []
    for path in callee.info:
        value = args.get(0, "obj")
        if not isinstance(path, Const):
            return world.run.opaque(site, args.every())
        for name in str(path.value).split("."):
            value = world.run.attribute(value, name, site)
        found.append(value)
    return _one_or_all(found)


def _one_or_all(found: list[Value]) -> Value:
    return found[0] if len(found) == 1 else Tuple(tuple(found))


def _call_by_name(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """`methodcaller("name", ...)(object)`."""
    assert isinstance(callee, Cell)
    name, *given = callee.info
    uses, names = world.run.state.get((callee.uid, "uses")), world.run.state.get((callee.uid, "names"))
    if not (isinstance(name, Const) and isinstance(uses, Tuple) and isinstance(names, Tuple)):
        return world.run.call_unknown(callee, args, site)
    keywords = {
        str(key.value): value
        for key, value in zip(names.items, uses.items[len(callee.info) :], strict=True)
        if isinstance(key, Const)
    }
    method = world.run.attribute(args.get(0, "obj"), str(name.value), site)
    return world.run.call(method, Arguments(list(given), keywords), site)


_SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>", "concat": "+",
}  # fmt: skip

FUNCTIONS: dict[str, Callable[[Libraries, Arguments, Site], Value]] = {
    **{name: _binary(op) for name, op in _SIGNS.items()},
    **{f"i{name.strip('_')}": _in_place(op) for name, op in _SIGNS.items()},
    **{name: _comparison(op) for name, op in (
        ("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("is_", "is"),
        ("is_not", "is not"))},
    "neg": _unary("unary -"), "pos": _unary("unary +"), "invert": _unary("unary ~"), "inv": _unary("unary ~"),
    "abs": lambda world, args, site: world.call(Library("builtins.abs"), args, site),
    "truth": _truth(False), "not_": _truth(True), "contains": _contains, "getitem": _get, "setitem": _set,
    "delitem": _delete, "call": _call, "itemgetter": _maker("item getter"),
    "attrgetter": _maker("attribute getter"), "methodcaller": _maker("method caller"),
}  # fmt: skip
