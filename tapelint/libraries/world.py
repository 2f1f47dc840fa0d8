"""What a run asks about libraries, answered: special handlers first, then facts, then nothing is known."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tapelint.facts import Effect, Fact, Facts, is_there, operands, positional
from tapelint.flow.containers import MOST_DEEP, rebuilt
from tapelint.flow.core import Arguments, Frame
from tapelint.flow.effects import is_effective
from tapelint.flow.graph import ROWS, Edge, Node, Site
from tapelint.flow.outcomes import FLOWS, NONE, ZERO
from tapelint.flow.state import Delta
from tapelint.flow.values import (
    NO_VALUE,
    SYMBOLIC,
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
    Opaque,
    Partial,
    Value,
    Variable,
    Wrapped,
    options,
    parts_of,
)

from . import apply, constants, outside
from .configuring import configured
from .names import EXTERNAL, INERT, OF_TENSORFLOW_1, PYTHONS_NUMBERS, is_below, is_settled, normalised, of_keras, root
from .natures import REGULARIZER, class_of, form, is_regularizer, mark
from .numerics import numbers
from .python import plain
from .recorder import Recorder
from .refusals import failures, protocols, refusing
from .registry import Registry
from .tensorflow import parts

if TYPE_CHECKING:
    from tapelint.flow.interpreter import Interpreter

SymbolicCall = tuple[Value, Arguments, "int | None"]
"""What was called, with what, and which part of its result is meant."""


class Libraries:
    """The world of one run."""

    def __init__(self, facts: Facts, tape_roots: Collection[str] = ()) -> None:
        self.facts = facts
        self.tape_roots = frozenset([*tape_roots, *map(root, facts.tape_modules)])
        self._differentiable_modules = (*tape_roots, *facts.tape_modules)
        self.registry = Registry()
        self.run: Interpreter
        self.recorder: Recorder
        self._effects: dict[object, Effect] = {}
        self._deciding: dict[str, frozenset[str]] = {}
        self.copied: dict[int, dict[int, Value]] = {}
        """What `copy.deepcopy` has copied so far, by the dict that it is told of: that of the program."""
        self.symbolic_calls: dict[int, SymbolicCall] = {}
        self.has_old_names = self.has_symbols = False
        """Whether the program uses names of TensorFlow 1; whether it has made an input of Keras 3."""
        self.partly: dict[int, int] = {}
        """The models whose variables are not all seen, by the node that stands for these."""
        self.outputs: dict[int, list[Node]] = {}
        """What calls of a model gave, by the model."""
        self.named_tuples: set[tuple[str, ...]] = set()
        """The fields of the classes that `collections.namedtuple` has made."""
        self.built: dict[tuple[int, str], Variable] = {}
        """The weights of layers as they were made first, by layer and name."""
        self.on_the_way_back = 0
        """How many gradient functions are being run: of the gradients that these ask for others are made."""
        self.read_on_the_way_back: dict[int, tuple[Variable, ...]] = {}
        """The variables that the gradient function of an operation reads, by the operation's node."""
        self.found_on_the_way_back: dict[int, Delta] = {}
        """What of Python's the gradient function of an operation read when that was called, by its node."""
        self.known = numbers.Known()

    # -- what flow asks

    def library_module(self, spelled: str) -> Value:
        self.has_old_names = self.has_old_names or spelled.startswith(OF_TENSORFLOW_1)
        name = normalised(spelled)
        if name.startswith("builtins."):
            constant = constants.BUILTINS.get(name)
            if constant is not None:
                return constant
            if name[9:] not in constants.OF_PYTHON:
                return UNBOUND
        return Library(name, spelled)

    def is_library(self, name: str) -> bool:
        """Whether a module counts as a library even where the project has its code."""
        return is_below(name, self.facts.tape_modules)

    def is_of_tape_library(self, name: str) -> bool:
        """Whether a name belongs to a library, other than TensorFlow, that has tapes."""
        return is_below(name, self._differentiable_modules)

    def attribute(self, base: Value, name: str, site: Site) -> Value:
        if plain.lacks(base, name):
            self.raised("AttributeError", site, f"{kind_of(base)}.{name}")
            return self.run.opaque(site)
        if isinstance(base, Library):
            return self._library_attribute(base, name)
        if isinstance(base, Data):
            return self._data_attribute(base, name, site)
        if isinstance(base, (Cell, Variable)):
            kind = base.kind if isinstance(base, Cell) else "variable"
            handler = self.registry.attributes.get(kind)
            value = handler(self, base, name, site) if handler is not None else None  # type: ignore[arg-type]
            if value is not None:
                return value
            if isinstance(base, Cell) and base.kind not in _HOLDERS:
                stored = self.run.state.get((base.uid, name))
                if stored is not UNBOUND:
                    return stored
            return Method(base, name)
        if isinstance(base, Opaque):
            handler = self.registry.attributes.get("opaque")
            value = handler(self, base, name, site) if handler is not None else None  # type: ignore[arg-type]
            if value is None and (("opaque", name) in self.registry.methods or self._member(base, name) is not None):
                return Method(base, name)
            return value if value is not None else self.run.opaque(site, [base], hint=name, op="attribute")
        if isinstance(base, (Function, Bound, Wrapped, Partial)):
            return self._function_attribute(base, name, site)
        return plain.part_of(base, name) or Method(base, name)

    def _library_attribute(self, base: Library, name: str) -> Value:
        full, spelled = normalised(f"{base.name}.{name}"), f"{base.spelled or base.name}.{name}"
        self.has_old_names = self.has_old_names or spelled.startswith(OF_TENSORFLOW_1)
        failures.note_member(self, full)
        return constants.LIBRARIES.get(full) or Library(full, spelled)

    def _data_attribute(self, base: Data, name: str, site: Site) -> Value:
        if (instead := refusing.missing(self, base, name, site)) is not None:
            return instead
        handler = self.registry.attributes.get("data")
        value = handler(self, base, name, site) if handler is not None else None  # type: ignore[arg-type]
        if value is not None:
            return value
        held = parts.component(self, base, name)
        if held is not None:
            return held
        fact = self._member(base, name)
        if fact is None or fact.kind != "property":
            return Method(base, name)
        made = apply.call_fact(self, fact, Arguments([base]), site)
        if name in parts.COMPONENTS and class_of(base) and isinstance(made, Data):
            made.node.recorded |= base.node.recorded  # which a tape knows that has stopped, too
        return made

    def _function_attribute(self, base: Value, name: str, site: Site) -> Value:
        if isinstance(base, Wrapped) and self.run.is_field((base.uid, name)):
            return self.run.state.get((base.uid, name))
        inner = base.function if isinstance(base, (Bound, Wrapped)) else base
        if name in _OF_FUNCTIONS:
            stored = self.run.state.get((inner.uid, name)) if isinstance(inner, Function) else UNBOUND
            if stored is not UNBOUND:
                return stored
            return Const(inner.name) if name == "__name__" and isinstance(inner, Function) else self.run.opaque(site)
        if name in ("__defaults__", "__kwdefaults__", "__globals__"):
            self.run.lose_track()  # what is put there is used by calls
        if isinstance(inner, Function) and not (isinstance(base, Wrapped) and name in _OF_WRAPPED):
            stored = self.run.state.get((inner.uid, name))
            return stored if stored is not UNBOUND else Method(base, name)
        return Method(base, name)

    def missing(self, instance: Cell, name: str, site: Site) -> None:
        """An object's classes have no such attribute, and nobody was seen to give it one."""
        if not name.startswith("__") and self.registry.has_what_is_seen(self, instance):
            self.raised("AttributeError", site, name)

    def inherited(self, base: Value, cls: Value, name: str, site: Site) -> Value | None:
        if isinstance(cls, Library):
            family = self.base_family(cls.name)
            handler = self.registry.bases.get(family)
            if handler is not None:
                return handler(self, base, cls.name, name, site)
        if outside.is_unseen(cls) and isinstance(base, Cell):
            return self.registry.attributes["of an unseen class"](self, base, name, site)
        return None

    def base_family(self, name: str) -> str:
        """Which kind of library class a base is: "layer", "model", "module", "loss", "metric", "object" or ""."""
        fact = self.facts.fact(name)
        kind = fact.kind if fact is not None else ""
        name = of_keras(name)
        if name in constants.MODELS:
            return "model"
        if kind == "layer" or name.startswith("keras.layers."):
            return "layer"
        if name == "tensorflow.Module":
            return "module"
        if name == "contextlib.ContextDecorator":
            return "context decorator"
        if kind in ("loss", "metric"):
            return kind
        if name.startswith("keras.losses."):
            return "loss"
        if name.startswith("keras.metrics."):
            return "metric"
        return "object" if name.startswith(("builtins.", "abc.", "typing.", "enum.")) else ""

    def set_attribute(self, base: Value, name: str, value: Value, site: Site) -> bool:
        return any(handler(self, base, name, value, site) for handler in self.registry.sets)

    def kept(self, base: Value, name: str, value: Value, replaces: bool) -> Value:
        return self.registry.kept(self, base, name, value, replaces)

    used, has_fields = plain.used, plain.has_fields

    def subscript(self, base: Value, index: Value, site: Site) -> Value:
        handler = self.registry.methods.get((base.kind, "__getitem__")) if isinstance(base, Cell) else None
        if handler is not None:
            return handler(self, base, Arguments([index]), site)
        if isinstance(base, Library) and (own := self.registry.functions.get(f"{base.name}[]")) is not None:
            return own(self, Arguments([index]), site)
        if isinstance(base, (Library, Function, Class)):
            return base
        if isinstance(base, Const) and isinstance(base.value, (str, bytes)):
            return self.operate("format", [base, index], site)
        if isinstance(base, Data) and form(base) == ROWS:
            self.raised("TypeError", site, "operator []")
        if isinstance(base, Opaque) and base.node.id in self.partly:  # some of a model's variables
            return self.run.opaque(site, [base, index])
        made = self.run.part(site, base) if kind_of(base) == "instance" else self.operate("[]", [base, index], site)
        return outside.held(self.run, base, self.known.as_held(base, made))

    def set_subscript(self, base: Value, index: Value, value: Value, site: Site) -> None:
        handler = self.registry.methods.get((kind_of(base), "__setitem__"))
        if handler is not None:
            handler(self, base, Arguments([index, value]), site)
        elif isinstance(base, Opaque):
            self.registry.store_in(self, base, value)
        else:
            refusing.set_item(self, base, value, site)

    def operate(self, op: str, operands: Sequence[Value], site: Site) -> Value:
        handler = self.registry.functions["operator"]
        return handler(self, Arguments([Const(op), *operands]), site)

    def compared(self, op: str, left: Value, right: Value) -> bool | None:
        """What a library's values tell of themselves, compared with others; None where nobody can tell."""
        told = (handler(op, left, right) for handler in self.registry.told)
        return next((truth for truth in told if truth is not None), None)

    def is_unhashable(self, value: Value) -> bool:
        """Whether TensorFlow or Keras lets a value be no key: variables and tensors, but not what is in parts."""
        if isinstance(value, Variable):
            return True
        return isinstance(value, Data) and value.kind == "tensor" and not value.node.opaque and not form(value)

    def augment(self, op: str, left: Value, right: Value, site: Site) -> Value:
        handler = self.registry.methods.get((kind_of(left), f"operator {op}="))
        if handler is not None:
            return handler(self, left, Arguments([right]), site)
        if isinstance(left, Opaque):
            self.run.escape([right])  # perhaps a list that others hold: it is changed in place
        return self.run.operate(op, left, right, site)

    def truth(self, value: Value) -> bool | None:
        failures.note_truth(self, value)
        if not self.is_settled(value):
            return None
        if isinstance(value, (Library, Function, Class, Bound, Method, Wrapped, Partial)):
            return True
        if isinstance(value, Cell) and value.kind not in ("list", "dict", "set", "iterator", "instance"):
            return True
        if isinstance(value, Cell) and value.kind == "instance":
            hooks = (self.run.own_method(value, name) for name in ("__bool__", "__len__"))
            return None if any(hook is not None for hook in hooks) else True
        bounds = value.range if isinstance(value, Data) else None
        if bounds is None or not isinstance(value, Data):
            return None
        if bounds.array is not None and len(bounds.array.flat) == 1:
            return bounds.array.flat[0] != 0
        if value.shape != ():
            return None
        return bounds.constant != 0.0 if bounds.constant is not None else None if bounds.contains(0.0) else True

    def is_settled(self, value: Value) -> bool:
        """Whether a value is what it seems, and no setting that a module holds which cannot be seen."""
        return not isinstance(value, Library) or is_settled(value.name)

    def elements(self, value: Value, site: Site) -> list[Value] | Many:
        handler = self.registry.elements.get(kind_of(value))
        if handler is not None:
            return handler(self, value, site)  # type: ignore[arg-type]
        return Many(outside.held(self.run, value, self.run.part(site, value)))

    def iterated(self, value: Value, site: Site, to_end: bool) -> None:
        """Python iterates: while a graph is made it cannot do so over a tensor."""
        protocols.iterated(self, value, site, to_end)
        self.registry.iterated(self, value, site)
        if refusing.is_never_iterated(value):
            refusing.refuse(self, "TypeError", site, refusing.ITERATION, [value])

    asked = protocols.asked
    looped = protocols.looped
    keyed = protocols.keyed
    sought = protocols.sought

    def is_in_graph(self, value: Value) -> bool:
        """Whether a value is a tensor without numbers, in the graph that is being made."""
        if not self.run.graph_mode or not isinstance(value, Data) or value.kind != "tensor":
            return False
        return value.node.depth > 0 or value.node.id in self.run.arguments_of_graphs

    def enter(self, value: Value, site: Site) -> Value:
        def entered(option: Value) -> Value:
            handler = self.registry.enters.get(kind_of(option), protocols.entered)
            return handler(self, option, site)  # type: ignore[arg-type]

        return self.run.join_all(self._each_way(value, entered, site))

    def leave(self, value: Value, site: Site) -> None:
        def left(option: Value) -> None:
            handler = self.registry.leaves.get(kind_of(option))
            if handler is not None:
                handler(self, option, site)  # type: ignore[arg-type]

        self._each_way(value, left, site)

    def _each_way(self, value: Value, change: Callable[[Value], Any], site: Site) -> list[Any]:
        """What a change gives for each of the values that one may be, of which one is there."""
        ways = [partial(change, option) for option in options(value)]
        if len(ways) < 2:
            return [way() for way in ways]
        with self.run.for_one_of_several():
            return self.run.branch(NO_VALUE, site.node, [*ways])

    def condition(self, kind: str, value: Value, test: ast.expr, frame: Frame, statement: ast.AST) -> None:
        self.recorder.condition(kind, value, test, frame, statement)

    def branched(self, arms: Sequence[Delta]) -> None:
        self.recorder.branched(arms)

    def traced(self, changed: Delta) -> Delta:
        kept = {key: changed[key] for key in self.registry.traced_on if key in changed}
        return {**self.recorder.traced(changed), **kept}

    def staged(self, test: Value) -> str:
        return self.registry.staged(self, test)

    def staged_value(self, made: Value, values: Sequence[Value], site: Site) -> Value:
        return self.registry.staged_value(self, made, values, site)

    def staged_branch(self, word: str, old: Delta, ways: Sequence[Delta], site: Site) -> None:
        self.registry.staged_branch(self, word, old, ways, site)

    def staged_loop(self, first: int, old: Delta, new: Delta, word: str, site: Site) -> None:
        captured = {"graph": ZERO, "data": NONE}.get(word, ZERO | NONE)
        self.registry.staged_loop(self, first, old, new, captured, site)

    def decorated(self, decorator: Value, function: Value, site: Site) -> Value:
        made: Value = decorator
        if not isinstance(decorator, Opaque):
            made = self.run.call(decorator, Arguments([function], places={0: site.node}), site)
        return configured(self, function, site) if isinstance(made, Opaque) else made

    def ran(self, method: Bound, site: Site) -> None:
        handler = self.registry.methods.get(("instance", f"ran {getattr(method.function, 'name', '')}"))
        if handler is not None and isinstance(method.self, Cell) and method.self.kind == "instance":
            handler(self, method.self, Arguments([method.function]), site)

    def call_instance(self, instance: Cell, args: Arguments, site: Site) -> Value:
        found = self.run.find_in_class(instance.info, "__call__")
        method = self.inherited(instance, found[1], "__call__", site) if found is not None else None
        made = self.run.call(method, args, site) if method is not None else self.run.call_unknown(instance, args, site)
        self.gave(instance, made)
        return made

    def is_from_outside(self, callee: Value) -> bool:
        """Whether a callable is taken to be differentiable because a program differentiates what it gives."""
        return outside.is_differentiable(callee)

    def gave(self, model: Cell, result: Value) -> None:
        """Remember what a call of a model gave."""
        self.outputs.setdefault(model.uid, []).extend(self.run.nodes_in(result))

    def behind(self, callee: Value, site: Site) -> Sequence[Edge]:
        """What calling something unknown uses for certain, beside what it is handed."""
        return [Edge(node, FLOWS) for handler in self.registry.behind for node in handler(self, callee, site)]

    def handed_over(self, args: Arguments, site: Site) -> None:
        """A call of which nothing is known gets these."""
        self.recorder.handed_over(args.every(), site)

    def held_by(self, cell: Cell) -> Iterable[Value]:
        """What a library's object holds but for its fields: a layer's weights, the functions that it was given."""
        handler = self.registry.holds.get(cell.kind)
        return handler(self, cell) if handler is not None else ()

    def made(self, node: Node) -> None:
        self.recorder.made(node)

    def is_recording(self, owner: int) -> bool:
        return self.recorder.is_recording(owner)

    def is_recorded(self) -> bool:
        return bool(self.recorder.active())

    def marks(self) -> tuple[int, ...]:
        return (*self.recorder.marks(), len(self.symbolic_calls))

    def use(self, variable: Variable, site: Site | None) -> Node:
        return self.recorder.use(variable, site)

    def raised(self, error: str, site: Site, call: str = "") -> None:
        """The program raises here, unless a handler around it catches it."""
        if self.run.need_not_raise():
            return  # what it asks for may be there by now
        if self.run.one_of_several or self.run.importing:  # the project's modules can be imported
            self.run.may_raise(error)
            return
        attempts = self.run.attempts
        if not attempts or not attempts[-1].mended or not self.run.may_be_caught(error):
            self.recorder.raised(self.run.seen_as(error), site, call)
        self.run.fail(error)

    # -- calls

    def call(self, callee: Value, args: Arguments, site: Site) -> Value:
        failures.note_call(self, callee, args)
        if isinstance(callee, Library):
            if not self.has_old_names and not is_there(callee.name, callee.spelled):
                return apply.unfollowed(self, args, site)
            of_tensors = root(callee.name) in ("tensorflow", "keras")
            return self.call_library(callee.name, apply.without_fields(self, args, site) if of_tensors else args, site)
        if isinstance(callee, Method):
            return self.known.as_held(callee.base, self.call_method(callee.base, callee.name, args, site))
        if isinstance(callee, Data) and (callee.node.detail == "attribute" or root(callee.node.op) in EXTERNAL):
            # A method of another library's object, or the object itself.
            return apply.detached(self, callee.node.op, args.before(callee), site)
        kind = callee.kind if isinstance(callee, (Cell, Wrapped)) else REGULARIZER if is_regularizer(callee) else ""
        handler = self.registry.calls.get("generator" if isinstance(callee, Generator) else kind)
        if handler is not None:
            return handler(self, callee, args, site)
        if isinstance(callee, Wrapped):
            return self.run.call(callee.function, args, site)
        return self.run.call_unknown(callee, args, site)

    def call_library(self, name: str, args: Arguments, site: Site) -> Value:
        """A library's function or class by its qualified name."""
        if args.keywords and name.startswith("builtins.") and not positional(name).isdisjoint(args.keywords):
            self.raised("TypeError", site, name)
            return self.run.opaque(site, args.every())
        error = protocols.of_call(self, name, args, site)
        made = self._call_library(name, args, site)
        if error == protocols.UNCLEAR:
            self.known.failing.update(node.id for node in self.run.nodes_in(made))
        return made

    def _call_library(self, name: str, args: Arguments, site: Site) -> Value:
        for guard in self.registry.guards if self.has_symbols else ():
            if (instead := guard(self, name, args, site)) is not None:
                return instead
        handler = self.registry.functions.get(name)
        if handler is not None:
            return handler(self, args, site)
        top = root(name)
        if (top in INERT or top == "numpy") and any(map(is_effective, args.every())):
            self.run.lose_track(site)  # nobody can tell how often it is called
        for family in self.registry.families:
            made = family(self, name, args, site)
            if made is not None:
                return made
        fact = self.facts.fact(name)
        if fact is not None:
            again = self.registry.functions.get(fact.name)
            return again(self, args, site) if again is not None else apply.call_fact(self, fact, args, site)
        if top in EXTERNAL or top in ("numpy", *PYTHONS_NUMBERS):
            return apply.detached(self, name, args, site, "numpy" if top != "math" else "python")
        if top in INERT or name in constants.INERT:
            return constants.GIVEN.get(name, self.inert(name, args, site))
        if self.is_of_tape_library(name):
            return self.differentiable(name, args, site)
        made = self.run.call_unknown(Library(name), args, site)
        mark(made.node, name)
        return made

    def effect(self, fact: Fact, known: dict[str, object], unknown: set[str]) -> Effect:
        """`fact.effect`, looked up once for every set of constants that makes a difference."""
        names = self._deciding.get(fact.name)
        if names is None:
            names = self._deciding[fact.name] = operands(fact).union(*(e.given for e in fact.experiments))
        mine = tuple((n, type(v), v) for n, v in known.items() if n in names)
        key = (fact.name, mine, frozenset(unknown & names))
        try:
            found = self._effects.get(key)
        except TypeError:
            return fact.effect(known, unknown)
        if found is None:
            found = self._effects[key] = fact.effect(known, unknown)
        return found

    def inert(self, name: str, args: Arguments, site: Site) -> Value:
        """A call that takes values for a log, a file or a plot: nothing of them comes back into the program."""
        for value in args.every():
            self.run.shown(value, site)
        with self.run.looking() if root(name) in constants.SHOWING else nullcontext():
            nodes = [n for v in args.every() if (n := self.run.node_of(v, site)) is not None]
        return Opaque(self.run.node(name, [Edge(n, NONE) for n in nodes], site, dtype="?", kind="object"), name)

    def differentiable(self, name: str, args: Arguments, site: Site) -> Value:
        """A function of a tape library of which nothing is known: taken as differentiable."""
        nodes = [n for v in args.every() if (n := self.run.node_of(v, site)) is not None]
        return Data(self.run.node(name, [Edge(n, FLOWS) for n in nodes], site, dtype="f"))

    def _member(self, base: Value, name: str) -> Fact | None:
        """The fact of a method or property, of sparse and ragged tensors by their own class."""
        prefixes = (class_of(base), _FACT_PREFIX.get(kind_of(base), ""))
        return next((fact for p in prefixes if p and (fact := self.facts.fact(f"{p}.{name}"))), None)

    def call_method(self, base: Value, name: str, args: Arguments, site: Site) -> Value:
        """A library's method of a value."""
        if name in _CHANGING:
            self.run.before_write(base)
        handler = self.registry.methods.get((kind_of(base), name))
        if handler is not None:
            handed = apply.without_fields(self, args, site) if kind_of(base) == "tape" else args
            return handler(self, base, handed, site)
        fact = self._member(base, name)
        if fact is not None:
            full = args.before(base)
            full.places[0] = site.node.func.value if _is_method_call(site.node) else site.node  # type: ignore[attr-defined]
            return apply.call_fact(self, fact, full, site)
        fallback = self.registry.methods.get((kind_of(base), "*"))
        if fallback is not None:
            return fallback(self, base, args.before(Const(name)), site)
        return self.run.call_unknown(Method(base, name), args.before(base), site)

    def is_callable(self, value: Value) -> bool:
        """Whether a value is certainly something to call."""
        if isinstance(value, Cell) and value.kind == "instance":
            return self.run.class_attribute(value, "__call__") is not None
        return isinstance(value, (Function, Bound, Partial, Wrapped, Method, Class))

    def call_back(self, function: Value, args: Arguments, site: Site) -> Value:
        """Call a function as code does that AutoGraph leaves as it is: in a graph it is not converted, either."""
        with self.left_as_it_is():
            return self.run.call(function, args, site)

    @contextmanager
    def left_as_it_is(self) -> Iterator[None]:
        """In a graph AutoGraph does not convert what is run meanwhile."""
        outer = self.run.no_autograph
        self.run.no_autograph += self.run.graph_mode > 0
        try:
            yield
        finally:
            self.run.no_autograph = outer

    def paused(self, later: bool = False) -> AbstractContextManager[None]:
        """While it lasts nothing is recorded; `later`: nor by a tape that is entered meanwhile."""
        return self.recorder.paused(later)

    def is_symbolic(self, values: Iterable[Value]) -> bool:
        """Whether a Keras symbolic tensor is, or may be, among the values."""
        return any(self._has_symbol(value) for value in values)

    def _has_symbol(self, value: Value, depth: int = 0) -> bool:
        if isinstance(value, Data):
            return value.kind == SYMBOLIC
        if isinstance(value, Cell) and value.kind in ("list", "dict"):
            value = self.run.state.get((value.uid, "items"))
        return depth < MOST_DEEP and any(self._has_symbol(item, depth + 1) for item in parts_of(value))

    def made_of_symbols(self, made: Node, callee: Value, args: Arguments, part: int | None = None) -> None:
        """Remember what was called on symbolic tensors, and with what: lists as they are now."""
        positional = [rebuilt(self.run, value) for value in args.positional]
        keywords = {name: rebuilt(self.run, value) for name, value in args.keywords.items()}
        self.symbolic_calls[made.id] = (callee, replace(args, positional=positional, keywords=keywords), part)


def _is_method_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def kind_of(value: Value) -> str:
    """The word under which handlers for a value are registered: a cell's kind, "ndarray", "tensor", "opaque" ..."""
    if isinstance(value, (Cell, Wrapped)):
        return value.kind
    if isinstance(value, Data):
        return {"numpy": "ndarray", "python": "number", "symbolic": "tensor"}.get(value.kind, value.kind)
    if isinstance(value, Const):
        is_flag = isinstance(value.value, enum.Flag)  # its class is one of the program's
        return type(value.value).__name__ if not is_flag else "int" if isinstance(value.value, int) else "flag"
    return type(value).__name__.lower()


_HOLDERS = ("list", "dict", "set", "iterator", "tensor array", "shape")  # their state holds items, not attributes

_CHANGING = ("append", "extend", "insert", "pop", "update", "setdefault", "add", "clear", "remove")
"""Methods that change what a list, a dict, a set or a model holds."""
_OF_WRAPPED = ("setter", "getter", "deleter", "get_concrete_function", "python_function")
"""What properties and graph functions have of their own, beside what the function has."""

_OF_FUNCTIONS = ("__name__", "__qualname__", "__doc__", "__module__")  # what Python gives every function

_FACT_PREFIX: Mapping[str, str] = {
    "tensor": "Tensor", "?": "Tensor", "variable": "Variable", "ndarray": "ndarray", "number": "float",
}  # fmt: skip
