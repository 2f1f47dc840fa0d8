"""Python's built-in functions on objects, types and numbers."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from contextlib import nullcontext, suppress

from tapelint.facts.table import is_there
from tapelint.flow import containers
from tapelint.flow.attributes import SUBCLASSES
from tapelint.flow.core import Arguments
from tapelint.flow.effects import is_effective
from tapelint.flow.functions import ANY_ATTRIBUTE, OTHER_THREAD
from tapelint.flow.graph import MISSING, Site
from tapelint.flow.state import Key
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Many,
    Member,
    Method,
    ModuleValue,
    OneOf,
    Opaque,
    Super,
    Tuple,
    Unbound,
    Value,
    Variable,
    Wrapped,
    const_dtype,
    is_tensor,
    one_of,
    options,
)

from .. import apply
from ..keras import keras_members, layer_classes
from ..keras.replaced import write_somewhere
from ..registry import FunctionHandler, MethodHandler, Registry
from ..tensorflow import members
from ..world import Libraries, kind_of
from . import called, fields, instances, local_names
from .called import may_have_by_now
from .instances import LAYERS


def register(registry: Registry) -> None:
    """Add all of Python's own."""
    registry.functions.update({f"builtins.{name}": handler for name, handler in BUILTINS.items()})
    for name in EXCEPTIONS:
        registry.functions[f"builtins.{name}"] = _exception(Library(f"builtins.{name}"))
    for name in ("tensorflow.is_tensor", "keras.ops.is_tensor"):
        registry.functions[name] = instances.is_tensor
    for name in ("inspect.currentframe", "inspect.stack", "sys._getframe"):
        registry.functions[name] = _frames
    registry.functions["tapelint.subclasses"] = _subclasses
    registry.functions["builtins.type.__new__"] = lambda world, args, site: world.run.made_class(args, site)
    registry.functions["builtins.type.__init__"] = lambda world, args, site: NO_VALUE
    registry.functions["builtins.type.__call__"] = _made_object
    for name in ("dataclasses.make_dataclass", "types.new_class"):
        registry.functions[name] = _made_class
    registry.functions["inspect.getmembers"] = _members
    for name in ("threading.Thread", "threading.Timer", *(f"concurrent.futures.{n}" for n in EXECUTORS)):
        registry.functions[name] = _other_thread(name)
    registry.functions["functools.cached_property"] = _descriptor("functools.cached_property")
    registry.methods[("globals", "__getitem__")] = _global_of
    registry.methods[("globals", "__setitem__")] = _set_global
    registry.methods[("globals", "*")] = _other_use_of_globals
    registry.methods.update({("wrapped setter", ""): _nothing})
    for kind in ("builtins.property", "functools.cached_property"):
        registry.calls[kind] = lambda world, callee, args, site: world.run.opaque(site)
        for word in ("setter", "getter", "deleter"):
            registry.methods[(kind, word)] = _accessor(word)


EXCEPTIONS = [n for n, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, BaseException)]


def _exception(cls: Library) -> FunctionHandler:
    """An exception of Python's own, with what it was made of."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        made = Cell(world.run.uid(), "exception", cls, site)
        world.run.state.set((made.uid, "args"), Tuple(tuple(args.every())))
        world.run.note_field(made.uid, "args")
        return made

    return make


EXECUTORS = ("ThreadPoolExecutor", "ProcessPoolExecutor")


OWN_STATE: Key = (0, "state of a thread's own")
"""Where the state says that the program has some, which another thread sees otherwise."""


def _other_thread(name: str) -> FunctionHandler:
    """What runs functions in another thread: tapes do not record there."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        recording = world.run.node("probe", (), site).active
        own = world.run.state.get(OWN_STATE) is not UNBOUND
        if (recording or own) and any(map(is_effective, args.every())):
            world.run.lose_track()
        made = world.run.call_unknown(Library(name), args, site)
        made.node.detail = MISSING
        if recording:
            made.node.op = OTHER_THREAD
        return made

    return make


def _nothing(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    return NO_VALUE


def _accessor(word: str) -> MethodHandler:
    """`@name.setter`, `@name.deleter`, `@name.getter`: the same property with another function."""

    def decorate(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        assert isinstance(base, Wrapped)
        function = args.get(0, "f" + word)
        if word == "getter":
            return Wrapped(base.kind, function, base.options)
        return Wrapped(base.kind, base.function, (*((n, f) for n, f in base.options if n != word), (word, function)))

    return decorate


def _property(world: Libraries, args: Arguments, site: Site) -> Value:
    """`property(get, set, delete)`."""
    given = {"setter": args.get(1, "fset"), "deleter": args.get(2, "fdel")}
    more = tuple((word, function) for word, function in given.items() if function not in (UNBOUND, NO_VALUE))
    return Wrapped("builtins.property", args.get(0, "fget", NO_VALUE), more)


# -- sequences


# -- objects and types


PLAIN_TYPES = ("int", "float", "bool", "str", "bytes", "complex", "tuple", "list", "dict", "set")


def _type(world: Libraries, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else NO_VALUE
    if len(args.positional) > 1:  # a new class, which is made by a text and a dict
        return _made_class(world, args, site)
    if isinstance(value, Cell) and value.kind == "instance" and isinstance(value.info, Class):
        return value.info
    if isinstance(value, Member):
        return value.of
    if isinstance(value, Cell) and value.kind == "tape":
        return Library(f"{value.info.library}.GradientTape")
    kind = kind_of(value) if isinstance(value, (Const, Tuple, Cell)) and not getattr(value, "names", ()) else ""
    plain = kind in PLAIN_TYPES and getattr(value, "info", None) is None
    if plain:
        return Library(f"builtins.{kind}")
    made = world.run.opaque(site, [], op=OF_NUMBERS if isinstance(value, (Data, Variable)) else "unknown")
    made.node.kind = "object"
    return made


OF_NUMBERS = "type of numbers"
"""The class of a tensor, a variable or an array."""


def _made_class(world: Libraries, args: Arguments, site: Site) -> Value:
    """A class that is made by a call: what its bases and descriptors do with it is not run."""
    if not world.run.hooks.isdisjoint(["__init_subclass__", "__set_name__"]):
        world.run.lose_track()
    for value in args.every():
        for base in value.items if isinstance(value, Tuple) else (value,):
            if isinstance(base, Class):
                world.run.state.set((base.uid, SUBCLASSES), NO_VALUE)
    world.run.escape(args.every())
    return world.run.missing(site)


def _made_object(world: Libraries, args: Arguments, site: Site) -> Value:
    """`type.__call__(cls, ...)`: past the metaclass's own."""
    cls = args.positional[0] if args.positional else NO_VALUE
    return world.run.make(cls, args.after(1), site) if isinstance(cls, Class) else world.run.missing(site)


def _subclasses(world: Libraries, args: Arguments, site: Site) -> Value:
    """`Class.__subclasses__()`: the classes that extend it, in the order in which they were made."""
    found = world.run.state.get((args.positional[0].uid, SUBCLASSES))  # type: ignore[attr-defined]
    if not isinstance(found, (Tuple, Unbound)) or world.run.has_left_out_imports():
        world.run.lose_track()
    return containers.make_list(world.run, found if isinstance(found, Tuple) else Tuple(()), site=site)


def _getattr(world: Libraries, args: Arguments, site: Site, doubted: bool = False) -> Value:
    """`getattr(base, name, default)`; `doubted`: the attribute is there on some ways only."""
    base, name = args.get(0, "object"), args.get(1, "name")
    if isinstance(name, Const) and isinstance(name.value, str):
        if isinstance(base, OneOf):
            every = [Arguments([option, *args.positional[1:]], args.keywords) for option in base.options]
            with world.run.for_one_of_several():
                return world.run.join_all([_getattr(world, each, site) for each in every])
        default = args.get(2, "default")
        if (key := world.run.doubted(base, name.value)) is not None:
            return world.run.with_and_without(key, base, lambda: _getattr(world, args, site, doubted=True), site)
        if default is not UNBOUND and isinstance(base, Cell) and base.kind == "instance":
            known = world.run.state.get((base.uid, name.value)) is not UNBOUND
            found = world.run.find_in_class(base.info, name.value)
            if not known and (found is not None or world.run.own_method(base, "__getattr__") is not None):
                return _or_default(world, base, name.value, default, site)
            if not known and may_have_by_now(world, base, name.value):
                return world.run.join(world.run.opaque(site, [base], hint=name.value), default)
            if not known:
                return default
        if default is not UNBOUND and isinstance(base, Cell) and base.kind == "object":
            has = _hasattr(world, args, site)
            held = world.run.field(base, name.value) if has == TRUE else world.run.opaque(site, [base])
            return default if has == FALSE else held if has == TRUE else world.run.join(held, default)
        if default is not UNBOUND and layer_classes.has_attribute(world, base, name.value) is False:
            return default
        if doubted and default is not UNBOUND and world.run.field(base, name.value) is UNBOUND:
            instead = world.run.attribute(base, name.value, site)
            return default if world.run.is_nothing(instead) else world.run.join(instead, default)
        if default is not UNBOUND and _may_lack(base):
            return _or_default(world, base, name.value, default, site)
        value = world.run.attribute(base, name.value, site)
        return value if default is UNBOUND or _is_known(world, value) else world.run.join(value, default)
    if isinstance(name, OneOf) and all(isinstance(o, Const) for o in name.options):
        with world.run.for_one_of_several():
            return one_of([world.run.attribute(base, str(o.value), site) for o in name.options if isinstance(o, Const)])
    is_own = isinstance(base, (Class, ModuleValue)) or (isinstance(base, Cell) and base.kind == "instance")
    made = world.run.opaque(site, [base], op=ANY_ATTRIBUTE if is_own else "unknown")
    made.node.detail = MISSING if is_own else made.node.detail
    return made


def _is_known(world: Libraries, found: Value) -> bool:
    """Whether an attribute was found that there is, not one that a library's object or module may have."""
    if isinstance(found, Method):
        return (kind_of(found.base), found.name) in world.registry.methods
    if not isinstance(found, Library):
        return True
    return world.facts.fact(found.name) is not None and is_there(found.name, found.spelled)


def _may_lack(value: Value) -> bool:
    """Whether a value is known to lack some attributes."""
    kinds = ("tape", "optimizer", "metric", "dtype", "list", "dict", "set", *LAYERS)
    return isinstance(value, (Data, Variable, Const, Tuple)) or (isinstance(value, Cell) and value.kind in kinds)


def _members(world: Libraries, args: Arguments, site: Site) -> Value:
    """`inspect.getmembers(object)`: any of them may be called."""
    world.run.lose_track()
    return world.run.opaque(site, args.every())


def _or_default(world: Libraries, base: Value, name: str, default: Value, site: Site) -> Value:
    """An attribute that the object's own code gives, or the default where that raises."""
    value, ends = world.run.attempted(lambda: world.run.attribute(base, name, site))
    if ends is False and not isinstance(value, Opaque) and _is_known(world, value):
        return value
    return default if ends else world.run.join(value, default)


def _setattr(world: Libraries, args: Arguments, site: Site) -> Value:
    base, name, value = args.positional[:3]
    if isinstance(name, Const) and isinstance(name.value, str):
        world.run.set_attribute(base, name.value, value, site)
    else:
        members.written_somewhere(world, base)
        for option in options(base):
            if isinstance(option, Cell):
                write_somewhere(world, option, value)
        fields.write_any(world, base, value)
        world.run.escape([value, base])
    return NO_VALUE


def _delattr(world: Libraries, args: Arguments, site: Site) -> Value:
    return _deleted(world, world.run.delete_attribute, args, site)


def _deleted(world: Libraries, delete: Callable[[Value, str, Site], None], args: Arguments, site: Site) -> Value:
    base, name = args.positional[:2]
    if isinstance(name, Const) and isinstance(name.value, str):
        delete(base, name.value, site)
    else:
        world.run.lose_track()
    return NO_VALUE


def _plain_attribute(world: Libraries, args: Arguments, site: Site) -> Value:
    """`object.__getattribute__(base, name)`: past the object's own."""
    base, name = args.positional[:2]
    if isinstance(base, Cell) and base.kind == "instance" and isinstance(name, Const):
        return world.run.plain_attribute(base, str(name.value), site)
    return _getattr(world, args, site)


def _store_attribute(world: Libraries, args: Arguments, site: Site) -> Value:
    """`object.__setattr__(base, name, value)`: past the object's own."""
    base, name, value = args.positional[:3]
    if isinstance(name, Const) and isinstance(name.value, str) and not isinstance(base, OneOf):
        world.run.store_attribute(base, name.value, value, site)
    else:
        fields.forget(world, base, [value], site)
    return NO_VALUE


def _remove_attribute(world: Libraries, args: Arguments, site: Site) -> Value:
    """`object.__delattr__(base, name)`: past the object's own."""
    return _deleted(world, world.run.remove_attribute, args, site)


def _bare(world: Libraries, args: Arguments, site: Site) -> Value:
    """`object.__new__(cls)`: an object before its `__init__`."""
    cls = args.positional[0] if args.positional else NO_VALUE
    if not isinstance(cls, Class) or any(_fills_itself(world, base) for base in world.run.lineage(cls)):
        return world.run.opaque(site, args.every())
    return world.run.bare(cls, args.after(1), site)


def _fills_itself(world: Libraries, base: Value) -> bool:
    """Whether objects of a base hold more than their fields: a number's value, a tuple's items."""
    if isinstance(base, Class) or base == Library("typing.NamedTuple"):
        return False
    name = base.name if isinstance(base, Library) else ""
    return not name or (name.startswith("builtins.") and name != "builtins.object")


def _hasattr(world: Libraries, args: Arguments, site: Site) -> Value:
    base, name = args.positional[:2]
    key = world.run.doubted(base, str(name.value)) if isinstance(name, Const) else None
    if key is not None:
        return world.run.with_and_without(key, base, lambda: _hasattr(world, args, site), site)
    if isinstance(base, Cell) and base.kind == "instance" and isinstance(name, Const):
        if world.run.state.get((base.uid, str(name.value))) is not UNBOUND:
            return TRUE
        found = world.run.find_in_class(base.info, str(name.value))
        if found is None and world.run.own_method(base, "__getattr__") is not None:
            _, ends = world.run.attempted(lambda: world.run.attribute(base, str(name.value), site))
            return Const(not ends) if ends is not None else world.run.unknown_bool(Tuple(()), site)
        if found is None:
            known = not members.is_written(world, base) and not may_have_by_now(world, base, str(name.value))
            return FALSE if known else world.run.unknown_bool(Tuple(()), site)
        if isinstance(found[1], Class):
            return TRUE
        if keras_members.lacks(world, base, str(name.value)) and not may_have_by_now(world, base, str(name.value)):
            return FALSE
    named = name.value if isinstance(name, Const) else None
    if isinstance(base, (Function, Wrapped)) and world.run.is_field((base.uid, str(named))):
        return TRUE
    if isinstance(base, Cell) and base.kind == "object" and isinstance(name, Const):
        if world.run.state.get((base.uid, str(name.value))) is not UNBOUND:
            return TRUE
        known = not members.is_written(world, base) and not world.run.is_in_unknown_hands(base)
        if known and base.uid > world.run.outside:
            return FALSE
    has = layer_classes.has_attribute(world, base, str(name.value)) if isinstance(name, Const) else None
    return Const(has) if has is not None else world.run.unknown_bool(Tuple(()), site)


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


def _vars(world: Libraries, args: Arguments, site: Site) -> Value:
    """`vars(object)` is its `__dict__`."""
    return world.run.attribute(args.positional[0], "__dict__", site) if args.positional else _locals(world, args, site)


def _visible(world: Libraries) -> list[tuple[tuple[int, str], Value]]:
    """Every name that can be seen here, with its owner and its value."""
    frame = world.run.frame
    keys = world.run.state.keys_of({frame.uid, *frame.scopes, frame.module})
    return [(key, world.run.state.get(key)) for key in keys]


def _locals(world: Libraries, args: Arguments, site: Site) -> Value:
    """`locals()`: any of these may be called. Those of a module are its `globals()`."""
    if world.run.frame.uid == world.run.frame.module:
        return _globals(world, args, site)
    known = local_names.as_dict(world, site)
    return known if known is not None else _any_name(world, site)


def _any_name(world: Libraries, site: Site) -> Value:
    return world.run.opaque(site, [value for _, value in _visible(world)], op=ANY_ATTRIBUTE)


def _frames(world: Libraries, args: Arguments, site: Site) -> Value:
    """Frames of the stack show the names of all calls that are being made."""
    run = world.run
    run.lose_track(site)  # what a frame shows may be written to
    keys = run.state.keys_of({uid for f in run.frames for uid in (f.uid, f.module, *f.scopes)})
    return run.opaque(site, [run.state.get(key) for key in keys])


def _globals(world: Libraries, args: Arguments, site: Site) -> Value:
    """`globals()`: the names of the module, by their texts."""
    frame = world.run.frame
    return Cell(world.run.uid(), "globals", frame.module, site)


def _global_of(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`globals()[name]`."""
    assert isinstance(base, Cell)
    name = args.positional[0]
    held = world.run.state.get((base.info, str(name.value))) if isinstance(name, Const) else UNBOUND
    return held if held is not UNBOUND else world.run.opaque(site, [value for _, value in _visible(world)])


def _set_global(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    name, value = args.positional[:2]
    if isinstance(name, Const):
        world.run.state.set((base.info, str(name.value)), value)
    else:
        world.run.lose_track()
    return NO_VALUE


def _other_use_of_globals(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    if args.positional[0] not in (Const("get"), Const("keys"), Const("items"), Const("values")):
        world.run.lose_track()
    return _any_name(world, site)


def _eval(world: Libraries, args: Arguments, site: Site) -> Value:
    """Code that is a text can read every name, and call what it reads."""
    nodes = _nodes_of(args.get(0, "source"))
    if any(isinstance(node, ast.Call) for node in nodes or ()):
        world.run.lose_track()
    return _read_all(world, args, site)


def _nodes_of(code: Value) -> list[ast.AST] | None:
    """The syntax of code that is a known text."""
    if isinstance(code, Const) and isinstance(code.value, str):
        with suppress(SyntaxError, ValueError):
            return list(ast.walk(ast.parse(code.value)))
    return None


def _read_all(world: Libraries, args: Arguments, site: Site) -> Value:
    """Something made of all names that can be seen."""
    world.run.escape([*args.every(), *(value for _, value in _visible(world) if isinstance(value, Variable))])
    return world.run.opaque(site, [*(value for _, value in _visible(world)), *args.every()])


def _exec(world: Libraries, args: Arguments, site: Site) -> Value:
    """Code that is a text can also bind every name that stands for data, and new ones; and do anything."""
    result = _read_all(world, args, site)
    nodes = _nodes_of(args.get(0, "source"))
    if nodes is None or not _only_binds(nodes):
        world.run.lose_track()
    bound = {n.id for n in nodes or () if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for key, value in _visible(world):
        if isinstance(value, (Data, Opaque, Const, Variable)) and (nodes is None or key[1] in bound):
            world.run.state.set(key, result)
    for name in bound:
        world.run.state.set((world.run.frame.uid, name), result)
    for scope in args.every():
        if isinstance(scope, Cell) and scope.kind == "dict":
            world.run.state.set((scope.uid, "items"), Many(Tuple((result, result))))
    return NO_VALUE


def _only_binds(nodes: list[ast.AST]) -> bool:
    """Whether code does nothing but give values to names."""
    done = (ast.Call, ast.Delete, ast.AugAssign, ast.Global, ast.For, ast.While, ast.With)
    stored = (n for n in nodes if isinstance(n, (ast.Attribute, ast.Subscript)) and not isinstance(n.ctx, ast.Load))
    return not any(isinstance(n, done) for n in nodes) and not any(stored)


def _is_cast(world: Libraries, value: Value) -> bool:
    """Whether AutoGraph has made a cast of `float(value)`."""
    run = world.run
    eager = run.converted and not run.no_autograph and not run.graph_mode
    return (eager and is_tensor(value)) or world.staged(value) == "graph"


def _number(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    dtype = {"float": "f", "int": "i", "bool": "b", "complex": "c", "str": "s"}[name]

    def convert(world: Libraries, args: Arguments, site: Site) -> Value:
        if name == "str" and args.positional:
            world.run.shown(args.positional[0], site)
        value = args.get(0, "x", Const({"float": 0.0, "int": 0, "bool": False, "complex": 0j, "str": ""}[name]))
        if (own := world.run.own_method(value, f"__{name}__")) is not None and name in ("float", "int", "complex"):
            return world.run.call(own, Arguments([]), site)
        if name == "str" and isinstance(value, Member):
            return world.run.shown(value, site)
        if isinstance(value, Const) and len(args.positional) < 2:
            try:
                return Const(
                    {"float": float, "int": int, "bool": bool, "complex": complex, "str": str}[name](value.value)
                )
            except (TypeError, ValueError, OverflowError) as error:
                world.raised(type(error).__name__, site, f"builtins.{name}")
                return world.run.opaque(site)
        if name == "bool":
            if isinstance(value, Data) and value.kind == "numpy" and value.shape not in ((), (1,)):
                world.run.may_raise("ValueError")
            truth = world.run.truth(value)
            return Const(truth) if truth is not None else world.run.unknown_bool(value, site)
        if name in ("float", "int") and _is_cast(world, value):
            wanted = Library("tensorflow.float32" if name == "float" else "tensorflow.int32")
            return world.call_library("tensorflow.cast", Arguments([value, wanted], places=args.places), site)
        fact = world.facts.fact(f"builtins.{name}")
        if fact is not None and name != "str":
            return apply.call_fact(world, fact, args, site, name=f"builtins.{name}")
        with world.run.looking() if name == "str" else nullcontext():
            return apply.detached(world, f"builtins.{name}", args, site, "python", dtype)

    return convert


def _hash(world: Libraries, args: Arguments, site: Site) -> Value:
    """`hash(x)`: a number, of what may be a key."""
    for value in args.positional[:1]:
        world.run.hashed(value, site)
    with world.run.looking():
        return apply.detached(world, "builtins.hash", args, site, "python", "i")


def _numeric(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    """`abs`, `pow`, `round`, `divmod`: what the object's own class does."""

    def compute(world: Libraries, args: Arguments, site: Site) -> Value:
        values = args.positional
        if name != "pow" and (own := world.run.own_method(values[0], f"__{name}__")) is not None:
            return world.run.call(own, args.after(1), site)
        if name == "round" and isinstance(values[0], Variable) and values[0].flavor == "keras":
            return world.registry.methods[("keras variable", "__round__")](world, values[0], args.after(1), site)
        if all(isinstance(v, Const) and isinstance(v.value, (int, float, complex)) for v in values):
            try:
                function = {"abs": abs, "pow": pow, "round": round, "divmod": divmod}[name]
                made = function(*[v.value for v in values if isinstance(v, Const)])  # type: ignore[operator]
            except (TypeError, ValueError, ArithmeticError):
                return world.run.opaque(site)
            return Const(made) if not isinstance(made, tuple) else Tuple(tuple(Const(m) for m in made))
        if name == "pow" and len(values) > 2 and any(map(is_tensor, values)):
            world.raised("TypeError", site, "pow")
            return world.run.opaque(site, values)
        if name == "pow":
            return world.run.operate("**", values[0], values[1], site)
        if name == "round" and all(isinstance(o, Variable) and o.flavor == "tf" for o in options(values[0])):
            world.raised("TypeError", site, "builtins.round")
        of_tensors = any(
            isinstance(o, Variable) or (isinstance(o, Data) and o.kind in ("tensor", "symbolic"))
            for v in values
            for o in options(v)
        )
        fact = world.facts.fact(f"builtins.{name}")
        if fact is not None and of_tensors:
            return apply.call_fact(world, fact, args, site, name=f"builtins.{name}")
        if any(isinstance(v, Opaque) for v in values):
            return world.run.opaque(site, values)
        of_array = name == "abs" and any(isinstance(v, Data) and v.kind == "numpy" for v in values)
        kind = "numpy" if of_array else "python"
        return apply.detached(world, f"builtins.{name}", args, site, kind, const_dtype(0.0))

    return compute


BUILTINS: dict[str, Callable[[Libraries, Arguments, Site], Value]] = {
    "isinstance": instances.is_instance, "type": _type, "getattr": _getattr, "setattr": _setattr, "hasattr": _hasattr,
    "callable": called.is_called, "super": _super, "property": _property, "delattr": _delattr,
    "object.__getattribute__": _plain_attribute, "object.__setattr__": _store_attribute,
    "object.__delattr__": _remove_attribute, "object.__new__": _bare,
    "staticmethod": _descriptor("builtins.staticmethod"), "classmethod": _descriptor("builtins.classmethod"),
    "hash": _hash, "object": _object, "slice": _slice, "locals": _locals, "vars": _vars, "globals": _globals,
    "eval": _eval, "exec": _exec, "float": _number("float"),
    "int": _number("int"), "bool": _number("bool"), "complex": _number("complex"), "str": _number("str"),
    "abs": _numeric("abs"), "pow": _numeric("pow"), "round": _numeric("round"), "divmod": _numeric("divmod"),
}  # fmt: skip
