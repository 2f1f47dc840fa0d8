"""Python's built-in functions and standard library, as far as values pass through them."""

from __future__ import annotations

from collections.abc import Callable

from tapelint.flow import containers
from tapelint.flow.core import Arguments, const_dtype
from tapelint.flow.expressions import fold
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Generator,
    Library,
    Many,
    Method,
    OneOf,
    Opaque,
    Partial,
    Super,
    Tuple,
    Value,
    Variable,
    Wrapped,
    one_of,
    options,
)

from . import apply
from .world import Libraries, Registry, kind_of


def register(registry: Registry) -> None:
    """Add all of Python's own."""
    registry.functions.update({f"builtins.{name}": handler for name, handler in BUILTINS.items()})
    registry.functions.update(LIBRARY)
    registry.methods.update({("wrapped setter", ""): _nothing})
    for kind in ("builtins.property", "functools.cached_property"):
        registry.calls[kind] = lambda world, callee, args, site: world.run.opaque(site)
        registry.methods[(kind, "setter")] = _setter
    registry.elements["iterator"] = _iterate
    registry.elements["const"] = lambda world, value, site: []
    registry.elements["dict view"] = lambda world, value, site: list(value.info)


def _nothing(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return NO_VALUE


def _setter(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Wrapped)
    return Wrapped(base.kind, base.function, (("setter", args.get(0, "fset")),))


def _iterate(world: Libraries, cell: Cell, site: Site) -> list[Value] | Many:
    """Use an iterator up."""
    items = world.run.state.get((cell.uid, "items"))
    world.run.state.set((cell.uid, "items"), Tuple(()))
    if isinstance(items, Tuple):
        return list(items.items)
    return items if isinstance(items, Many) else Many(items if items is not UNBOUND else world.run.opaque(site))


def iterator(world: Libraries, items: list[Value] | Many, site: Site) -> Cell:
    """An object that gives these items once."""
    cell = Cell(world.run.uid(), "iterator", site=site)
    world.run.state.set((cell.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items)))
    return cell


# -- sequences


def _listed(kind: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        items: list[Value] | Many = world.run.elements(args.positional[0], site) if args.positional else []
        made: Tuple | Many = items if isinstance(items, Many) else Tuple(tuple(items))
        return made if kind == "tuple" else containers.make_list(world.run, made, kind, site)

    return make


def _dict(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = containers.make_dict(world.run, [], site)
    if args.positional:
        first = args.positional[0]
        if isinstance(first, Cell) and first.kind == "dict":
            world.run.update_dict(cell, first)
        else:
            items = world.run.elements(first, site)
            if isinstance(items, Many):
                world.run.state.set((cell.uid, "items"), items)
            else:
                for pair in items:
                    if isinstance(pair, Tuple) and len(pair.items) == 2:
                        containers.store(world.run, cell, pair.items[0], pair.items[1])
    for name, value in args.keywords.items():
        containers.store(world.run, cell, Const(name), value)
    return cell


def _range(world: Libraries, args: Arguments, site: Site) -> Value:
    numbers = [a.value for a in args.positional if isinstance(a, Const) and isinstance(a.value, int)]
    if len(numbers) == len(args.positional) and numbers and not args.rest:
        try:
            found = range(*numbers)
        except (TypeError, ValueError):
            return world.run.opaque(site)
        return Tuple(tuple(Const(n) for n in found[:64]))
    return Many(Data(world.run.constant_node(), "python", "i"))


def _columns(world: Libraries, args: Arguments, site: Site) -> list[list[Value] | Many]:
    return [world.run.elements(value, site) for value in args.positional]


def _zip(world: Libraries, args: Arguments, site: Site) -> Value:
    if args.rest is not None:
        return iterator(world, Many(Many(args.rest)), site)
    columns = _columns(world, args, site)
    known = [c for c in columns if isinstance(c, list)]
    if not known:
        row = [c.element for c in columns if isinstance(c, Many)]
        return iterator(world, Many(Tuple(tuple(row))), site)
    length = min(len(c) for c in known)
    if len(known) < len(columns) and length > 1 and any(isinstance(c, Many) for c in columns):
        pass
    rows = [Tuple(tuple(c[i] if isinstance(c, list) else c.element for c in columns)) for i in range(length)]
    made = iterator(world, list(rows), site)
    world.run.state.set((made.uid, "zipped"), Tuple(tuple(args.positional)))
    return made


def _enumerate(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[0], site)
    start = args.get(1, "start", Const(0))
    if isinstance(items, Many) or not (isinstance(start, Const) and isinstance(start.value, int)):
        element = items.element if isinstance(items, Many) else world.run.join_all(items)
        return Many(Tuple((Data(world.run.constant_node(), "python", "i"), element)))
    return iterator(world, [Tuple((Const(start.value + i), item)) for i, item in enumerate(items)], site)


def _reversed(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[0], site)
    return items if isinstance(items, Many) else iterator(world, items[::-1], site)


def _sorted(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[0], site)
    if isinstance(items, Many):
        return containers.make_list(world.run, items)
    keys = [i.value for i in items if isinstance(i, Const)]
    if len(keys) == len(items) and not args.keywords:
        try:
            return containers.make_list(world.run, Tuple(tuple(Const(k) for k in sorted(keys))))
        except TypeError:
            pass
    if len(items) <= 1:
        return containers.make_list(world.run, Tuple(tuple(items)))
    names = [p.items[0].value for p in items if isinstance(p, Tuple) and p.items and isinstance(p.items[0], Const)]
    if len(names) == len(items) and len(set(names)) == len(names) and not args.keywords:
        order = sorted(range(len(items)), key=lambda i: str(names[i]))
        return containers.make_list(world.run, Tuple(tuple(items[i] for i in order)))
    element = world.run.join_all(items)
    return containers.make_list(world.run, Tuple((element,) * len(items)))


def _map(world: Libraries, args: Arguments, site: Site) -> Value:
    function, *iterables = args.positional
    columns = [world.run.elements(value, site) for value in iterables]
    known = [c for c in columns if isinstance(c, list)]
    if not known:
        row = [c.element for c in columns if isinstance(c, Many)]
        return Many(world.run.call(function, Arguments(row), site))
    results = []
    for i in range(min(len(c) for c in known)):
        row = [c[i] if isinstance(c, list) else c.element for c in columns]
        results.append(world.run.call(function, Arguments(row), site))
    return iterator(world, results, site)


def _filter(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[1], site)
    function = args.positional[0]
    if isinstance(items, Many):
        return items
    kept: list[Value] = []
    for item in items:
        verdict = world.run.call(function, Arguments([item]), site) if function != NO_VALUE else item
        truth = world.run.truth(verdict)
        if truth is None:
            return Many(world.run.join_all(items))
        if truth:
            kept.append(item)
    return iterator(world, kept, site)


def _len(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else UNBOUND
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value))
    items = containers.sequence(world.run, value)
    if isinstance(items, Tuple):
        return Const(len(items.items))
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        if known is not None:
            return Const(len(known))
    if isinstance(value, (Data, Variable)) and value.shape and value.shape[0] is not None:
        return Const(value.shape[0])
    if isinstance(value, Cell) and value.kind == "instance":
        method = world.run.class_attribute(value, "__len__")
        if method is not None:
            return world.run.call(method, Arguments([]), site)
    return count(world, site)


def count(world: Libraries, site: Site) -> Data:
    """A whole number of which nothing more is known."""
    return Data(world.run.constant_node(), "python", "i")


def _sum(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[0], site)
    total = args.get(1, "start", Const(0))
    if isinstance(items, Many):
        once = world.run.operate("+", total, items.element, site)
        return world.run.operate("+", once, items.element, site)
    for item in items:
        total = world.run.operate("+", total, item, site)
    return total


def _extreme(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def choose(world: Libraries, args: Arguments, site: Site) -> Value:
        if len(args.positional) == 1:
            items = world.run.elements(args.positional[0], site)
        else:
            items = list(args.positional)
        if isinstance(items, Many):
            return items.element
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


def numbers_of_extreme(world: Libraries, name: str, items: list[Value], chosen: Value) -> Value:
    """`max` and `min` of several: one of them, with tighter bounds."""
    from . import numbers

    if isinstance(chosen, OneOf) and any(isinstance(o, Data) for o in chosen.options):
        node = world.run.node_of(chosen)
        assert node is not None
        chosen = Data(node, "?", apply.dtype_of(world, chosen) or "?")
    if isinstance(chosen, Data):
        return Data(chosen.node, chosen.kind, chosen.dtype, chosen.shape, numbers.of_extreme(world, name, items))
    return chosen


def _any_all(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def decide(world: Libraries, args: Arguments, site: Site) -> Value:
        items = world.run.elements(args.positional[0], site)
        if isinstance(items, list):
            truths = [world.run.truth(i) for i in items]
            if name == "any" and True in truths:
                return TRUE
            if name == "all" and False in truths:
                return FALSE
            if None not in truths:
                return Const(name == "all")
        return world.run.unknown_bool(args.positional[0], site)

    return decide


def _iter(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0]
    if isinstance(value, Generator) or (isinstance(value, Cell) and value.kind == "iterator"):
        return value
    items = world.run.elements(value, site)
    return iterator(world, items, site)


def _next(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0]
    if isinstance(value, Cell) and value.kind == "iterator":
        items = world.run.state.get((value.uid, "items"))
        if isinstance(items, Tuple) and items.items:
            world.run.state.set((value.uid, "items"), Tuple(items.items[1:]))
            return items.items[0]
        if isinstance(items, Many):
            return items.element
    found = world.run.elements(value, site)
    if isinstance(found, Many):
        return found.element
    if found:
        if isinstance(value, Generator):
            return world.run.join_all(found)
        return found[0]
    return args.get(1, "default", world.run.opaque(site))


# -- objects and types


def _isinstance(world: Libraries, args: Arguments, site: Site) -> Value:
    value, wanted = args.get(0, "object"), args.get(1, "classinfo")
    answers = [_is_of(world, option, wanted) for option in options(value)]
    if len(set(answers)) == 1 and answers[0] is not None:
        return Const(answers[0])
    return world.run.unknown_bool(value, site)


_PYTHON_TYPES = {
    "builtins.int": "int", "builtins.float": "float", "builtins.str": "str", "builtins.bool": "bool",
    "builtins.list": "list", "builtins.tuple": "tuple", "builtins.dict": "dict", "builtins.set": "set",
    "builtins.complex": "complex", "builtins.bytes": "bytes",
}  # fmt: skip


def _is_of(world: Libraries, value: Value, wanted: Value) -> bool | None:
    if isinstance(wanted, Tuple):
        found = [_is_of(world, value, item) for item in wanted.items]
        return True if True in found else None if None in found else False
    if isinstance(value, Cell) and value.kind == "instance":
        order = world.run.lineage(value.info)
        if wanted in order:
            return True
        return None if any(not isinstance(c, Class) for c in order) or not isinstance(wanted, Class) else False
    if isinstance(value, Opaque):
        return None
    if not isinstance(wanted, Library):
        return False if isinstance(value, (Const, Data, Variable, Tuple)) and isinstance(wanted, Class) else None
    name = wanted.name
    mine = kind_of(value)
    if name in _PYTHON_TYPES:
        plain = _PYTHON_TYPES[name]
        if mine in ("many", "iterator", "?", "number"):
            return None
        return mine == plain or (plain == "int" and mine == "bool")
    if name in ("tensorflow.Tensor", "tensorflow.Variable", "numpy.ndarray", "keras.Variable"):
        match = {"tensorflow.Tensor": "tensor", "numpy.ndarray": "ndarray"}.get(name, "variable")
        if isinstance(value, Data) and value.kind == "?":
            return None
        return mine == match
    return None


def _type(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else NO_VALUE
    if isinstance(value, Cell) and value.kind == "instance" and isinstance(value.info, Class):
        return value.info
    return world.run.opaque(site, [])


def _getattr(world: Libraries, args: Arguments, site: Site) -> Value:
    base, name = args.get(0, "object"), args.get(1, "name")
    if isinstance(name, Const) and isinstance(name.value, str):
        default = args.get(2, "default")
        if default is not UNBOUND and isinstance(base, Cell) and base.kind == "instance":
            known = world.run.state.get((base.uid, name.value)) is not UNBOUND
            if not known and world.run.find_in_class(base.info, name.value) is None:
                return default
        return world.run.attribute(base, name.value, site)
    if isinstance(name, OneOf) and all(isinstance(o, Const) for o in name.options):
        return one_of([world.run.attribute(base, str(o.value), site) for o in name.options if isinstance(o, Const)])
    return world.run.opaque(site, [base])


def _setattr(world: Libraries, args: Arguments, site: Site) -> Value:
    base, name, value = args.positional[:3]
    if isinstance(name, Const) and isinstance(name.value, str):
        world.run.set_attribute(base, name.value, value, site)
    else:
        world.run.escape([value, base])
    return NO_VALUE


def _hasattr(world: Libraries, args: Arguments, site: Site) -> Value:
    base, name = args.positional[:2]
    if isinstance(base, Cell) and base.kind == "instance" and isinstance(name, Const):
        if world.run.state.get((base.uid, str(name.value))) is not UNBOUND:
            return TRUE
        found = world.run.find_in_class(base.info, str(name.value))
        if found is None:
            return FALSE
        if isinstance(found[1], Class):
            return TRUE
    return world.run.unknown_bool(Tuple(()), site)


def _callable(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0]
    if isinstance(value, (Function, Bound, Class, Partial, Wrapped, Library, Method)):
        return TRUE
    return FALSE if isinstance(value, (Const, Data, Tuple)) else world.run.unknown_bool(Tuple(()), site)


def _super(world: Libraries, args: Arguments, site: Site) -> Value:
    return Super(args.positional[0], args.positional[1]) if len(args.positional) > 1 else world.run.opaque(site)


def _descriptor(kind: str) -> Callable[[Libraries, Arguments, Site], Value]:
    return lambda world, args, site: Wrapped(kind, args.positional[0] if args.positional else NO_VALUE)


def _object(world: Libraries, args: Arguments, site: Site) -> Value:
    return Cell(world.run.uid(), "object", site=site)


def _slice(world: Libraries, args: Arguments, site: Site) -> Value:
    from tapelint.flow.values import SliceOf

    parts = [*args.positional, NO_VALUE, NO_VALUE]
    return SliceOf(NO_VALUE, parts[0], NO_VALUE) if len(args.positional) == 1 else SliceOf(parts[0], parts[1], parts[2])


def _locals(world: Libraries, args: Arguments, site: Site) -> Value:
    return world.run.opaque(site, [])


def _number(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    dtype = {"float": "f", "int": "i", "bool": "b", "complex": "c", "str": "s"}[name]

    def convert(world: Libraries, args: Arguments, site: Site) -> Value:
        value = args.get(0, "x", Const({"float": 0.0, "int": 0, "bool": False, "complex": 0j, "str": ""}[name]))
        if isinstance(value, Const) and len(args.positional) < 2:
            try:
                return Const({"float": float, "int": int, "bool": bool, "complex": complex, "str": str}[name](value.value))
            except (TypeError, ValueError, OverflowError):
                return world.run.opaque(site)
        if name == "bool":
            truth = world.run.truth(value)
            return Const(truth) if truth is not None else world.run.unknown_bool(value, site)
        if name in ("float", "int") and world.staged(value) == "graph":
            wanted = Library("tensorflow.float32" if name == "float" else "tensorflow.int32")
            return world.call_library("tensorflow.cast", Arguments([value, wanted], places=args.places), site)
        fact = world.facts.fact(f"builtins.{name}")
        if fact is not None and name != "str":
            return apply.call_fact(world, fact, args, site, name=f"builtins.{name}")
        return apply.detached(world, f"builtins.{name}", args, site, "python", dtype)

    return convert


def _numeric(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    """`abs`, `pow`, `round`, `divmod`: what the object's own class does."""

    def compute(world: Libraries, args: Arguments, site: Site) -> Value:
        values = args.positional
        if all(isinstance(v, Const) and isinstance(v.value, (int, float, complex)) for v in values):
            try:
                function = {"abs": abs, "pow": pow, "round": round, "divmod": divmod}[name]
                made = function(*[v.value for v in values if isinstance(v, Const)])  # type: ignore[operator]
            except (TypeError, ValueError, ArithmeticError):
                return world.run.opaque(site)
            return Const(made) if not isinstance(made, tuple) else Tuple(tuple(Const(m) for m in made))
        if name == "pow":
            return world.run.operate("**", values[0], values[1], site)
        is_tensor = any(isinstance(o, Variable) or (isinstance(o, Data) and o.kind in ("tensor", "symbolic")) for v in values for o in options(v))
        fact = world.facts.fact(f"builtins.{name}")
        if fact is not None and is_tensor:
            return apply.call_fact(world, fact, args, site, name=f"builtins.{name}")
        if any(isinstance(v, Opaque) for v in values):
            return world.run.opaque(site, values)
        return apply.detached(world, f"builtins.{name}", args, site, "python", const_dtype(0.0))

    return compute


BUILTINS: dict[str, Callable[[Libraries, Arguments, Site], Value]] = {
    "list": _listed("list"), "tuple": _listed("tuple"), "set": _listed("set"), "frozenset": _listed("set"),
    "dict": _dict, "range": _range, "zip": _zip, "enumerate": _enumerate, "reversed": _reversed, "sorted": _sorted,
    "map": _map, "filter": _filter, "len": _len, "sum": _sum, "min": _extreme("min"), "max": _extreme("max"),
    "any": _any_all("any"), "all": _any_all("all"), "iter": _iter, "next": _next, "isinstance": _isinstance,
    "type": _type, "getattr": _getattr, "setattr": _setattr, "hasattr": _hasattr, "callable": _callable,
    "super": _super, "property": _descriptor("builtins.property"), "staticmethod": _descriptor("builtins.staticmethod"),
    "classmethod": _descriptor("builtins.classmethod"), "object": _object, "slice": _slice, "locals": _locals,
    "vars": _locals, "globals": _locals, "float": _number("float"), "int": _number("int"), "bool": _number("bool"),
    "complex": _number("complex"), "str": _number("str"), "abs": _numeric("abs"), "pow": _numeric("pow"),
    "round": _numeric("round"), "divmod": _numeric("divmod"),
}  # fmt: skip


# -- the standard library


def _partial(world: Libraries, args: Arguments, site: Site) -> Value:
    return Partial(args.positional[0], tuple(args.positional[1:]), tuple(args.keywords.items()))


def _identity(world: Libraries, args: Arguments, site: Site) -> Value:
    """A decorator that gives back what it wraps, with or without arguments of its own."""
    first = args.get(0, "func")
    if isinstance(first, (Function, Wrapped, Bound, Class, Partial)):
        return first
    return Library("tapelint.identity")


def _second(world: Libraries, args: Arguments, site: Site) -> Value:
    return args.positional[1] if len(args.positional) > 1 else world.run.opaque(site)


def _reduce(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[1], site)
    values = [items.element, items.element] if isinstance(items, Many) else items
    total = args.positional[2] if len(args.positional) > 2 else UNBOUND
    for value in values:
        total = value if total is UNBOUND else world.run.call(args.positional[0], Arguments([total, value]), site)
    return total if total is not UNBOUND else world.run.opaque(site)


def _chain(world: Libraries, args: Arguments, site: Site) -> Value:
    found: list[Value] = []
    unknown: list[Value] = []
    for value in args.positional:
        items = world.run.elements(value, site)
        if isinstance(items, Many):
            unknown.append(items.element)
        else:
            found += items
    if unknown or args.rest is not None:
        return Many(world.run.join_all([*found, *unknown, *([args.rest] if args.rest is not None else [])]))
    return iterator(world, found, site)


def _chain_from(world: Libraries, args: Arguments, site: Site) -> Value:
    items = world.run.elements(args.positional[0], site)
    if isinstance(items, Many):
        inner = world.run.elements(items.element, site)
        return inner if isinstance(inner, Many) else Many(world.run.join_all(inner))
    return _chain(world, Arguments(items), site)


def _repeat(world: Libraries, args: Arguments, site: Site) -> Value:
    times = args.get(1, "times")
    if isinstance(times, Const) and isinstance(times.value, int) and times.value <= 64:
        return iterator(world, [args.positional[0]] * times.value, site)
    return Many(args.positional[0])


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


def _default_dict(world: Libraries, args: Arguments, site: Site) -> Value:
    return containers.make_dict(world.run, Many(Tuple((UNBOUND, UNBOUND))) if False else [], site)


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


LIBRARY: dict[str, Callable[[Libraries, Arguments, Site], Value]] = {
    "functools.partial": _partial, "functools.wraps": lambda w, a, s: Library("tapelint.identity"),
    "functools.lru_cache": _identity, "functools.cache": _identity, "functools.singledispatch": _identity,
    "tapelint.identity": _identity, "functools.cached_property": _descriptor("functools.cached_property"),
    "functools.reduce": _reduce, "itertools.chain": _chain, "itertools.chain.from_iterable": _chain_from,
    "itertools.repeat": _repeat, "copy.copy": _copy,
    "collections.OrderedDict": _dict, "collections.deque": _listed("list"), "collections.defaultdict": _default_dict,
    "collections.namedtuple": _named_tuple, "dataclasses.dataclass": _identity, "dataclasses.field": _field,
    "types.SimpleNamespace": _namespace, "typing.cast": _cast, "abc.abstractmethod": _identity,
    "typing.overload": _identity, "typing.final": _identity, "atexit.register": _identity,
    "operator.mul": lambda w, a, s: w.run.operate("*", a.positional[0], a.positional[1], s),
    "operator.add": lambda w, a, s: w.run.operate("+", a.positional[0], a.positional[1], s),
    "operator.sub": lambda w, a, s: w.run.operate("-", a.positional[0], a.positional[1], s),
}  # fmt: skip
