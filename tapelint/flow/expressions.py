"""Expressions: names, containers, conditions, calls, and the way to operators and comprehensions."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Sequence
from typing import Any

from . import containers
from .comprehensions import COMPREHENSION, ClassBody
from .core import ENDED, ENDED_BY, UNFOLLOWED, Arguments, Frame
from .graph import MISSING, Site
from .operators import OPERATORS
from .scopes import is_bound_in_its_loop, is_put_there, names_bound
from .state import Delta, Key, values_of
from .texts import Texts
from .values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Class,
    Const,
    Deferred,
    Flag,
    Function,
    Library,
    Many,
    OneOf,
    SliceOf,
    Tuple,
    Value,
    one_of,
)
from .world import World


class Expressions(Texts):
    """How expressions are evaluated."""

    written_in: dict[ast.AST, str]
    """The functions that stand in classes, by their classes' names."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.defaults: set[int] = set()
        """The objects that are defaults of parameters."""
        self.scopes: dict[int, ast.AST] = {}
        """The functions, classes and modules whose names frames hold."""
        self._names_bound: dict[ast.AST, frozenset[str]] = {}

    def evaluate(self, node: ast.expr) -> Value:
        self.step()
        method = _EVALUATORS.get(type(node))
        if method is None:
            return self.opaque(self.site(node))
        return method(self, node)

    # -- names

    def name(self, node: ast.Name) -> Value:
        value = self.look_up(node.id)
        return containers.as_it_is(self, value if value is not UNBOUND else self.not_bound(node))

    def look_up(self, name: str) -> Value:
        """A name's value: local, enclosing, global, built in; UNBOUND where there is none."""
        owner = self.owner_of(name)
        value = self.state.get((owner, name))
        if value is not UNBOUND:
            return self._now(owner, name, value)
        return self.world.library_module(f"builtins.{name}") if owner == self.frame.module else UNBOUND

    def owner_of(self, name: str) -> int:
        """The frame or module that a name is one of."""
        frame = self.frame
        for scope in (frame.uid, *frame.scopes) if name not in frame.globals else ():
            if self.state.get((scope, name)) is not UNBOUND:
                return scope
            if self._binds(scope, name):
                return scope if scope not in self.namespaces else frame.module  # as Python looks for names of classes
        return frame.module

    def _binds(self, scope: int, name: str) -> bool:
        """Whether a function or a module binds a name, anywhere in its text."""
        node = self.scopes.get(scope)
        if node is not None and node not in self._names_bound:
            self._names_bound[node] = names_bound(node)
        return node is not None and name in self._names_bound[node]

    def not_bound(self, node: ast.Name) -> Value:
        """The value of a name that is not bound: Python refuses it where the text binds it, but not before this."""
        owner, module, name, site = self.owner_of(node.id), self.frame.module, node.id, self.site(node)
        if owner == module:
            seen = owner not in self.open_scopes and not site.source.is_notebook
        else:
            kept = owner in self.enclosing or owner in self.read_later
            seen = kept or any(frame.uid == owner for frame in self.frames)
        if seen and not self.exhausted and self._binds(owner, name):
            error = "UnboundLocalError" if owner == self.frame.uid != module else "NameError"
            staged = any(loop.staged for loop in self.frame.loops) and is_bound_in_its_loop(self.scopes[owner], node)
            self.world.raised("ValueError" if staged else error, site)  # a graph's loop needs what it changes
            return self.missing(site, name)
        if seen and owner == module and not (is_put_there(name) or self.exhausted):
            self.lose_track(site)  # it may be put there from outside; if it is not, this is how far the program comes
        made = self.opaque(site, hint=name)
        if owner == module:  # bound by an import of all that cannot be seen, or in another cell: the same each time
            self.state.settle((module, name), made)
        return made

    def _now(self, owner: int, name: str, value: Value) -> Value:
        """A value as it is; an imported name that was put off is looked up now, for good."""
        if isinstance(value, OneOf) and any(isinstance(o, Deferred) for o in value.options):
            value = one_of([self.settle(o) if isinstance(o, Deferred) else o for o in value.options])
        elif isinstance(value, Deferred):
            value = self.settle(value)
        else:
            return value
        self.state.settle((owner, name), value)
        return value

    def settle(self, value: Deferred) -> Value:
        """What an imported name means."""
        raise NotImplementedError

    def assign_name(self, name: str, value: Value) -> None:
        """Bind a name in the innermost frame, or where `global` and `nonlocal` say."""
        self._assign_in(self.frame, name, value)

    def _assign_in(self, frame: Frame, name: str, value: Value) -> None:
        owner = frame.uid
        if name in frame.globals:
            owner = frame.module
            self.finish_imports()
        elif name in frame.nonlocals:
            bound = (s for s in frame.scopes if self.state.get((s, name)) is not UNBOUND or self._binds(s, name))
            owner = next(bound, frame.uid)
        self.state.set((owner, name), value)

    # -- plain things

    def constant(self, node: ast.Constant) -> Value:
        return Const(node.value)

    def tuple_(self, node: ast.Tuple) -> Value:
        return self._items(node.elts)

    def list_(self, node: ast.List) -> Value:
        return containers.make_list(self, self._items(node.elts), site=self.site(node))

    def set_(self, node: ast.Set) -> Value:
        items = self._items(node.elts)
        for item in items.items if isinstance(items, Tuple) else ():
            self.hashed(item, self.site(node))
        return containers.make_list(self, items, "set", self.site(node))

    def _items(self, nodes: list[ast.expr]) -> Tuple | Many:
        items: list[Value] = []
        unknown: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                more = self.iterate(self.evaluate(node.value), self.site(node), to_end=True)
                if isinstance(more, Many):
                    unknown.append(more.element)
                else:
                    items += more
            else:
                items.append(self.evaluate(node))
        if unknown:
            return Many(self.join_all([*items, *unknown]))
        return Tuple(tuple(items))

    def dict_(self, node: ast.Dict) -> Value:
        site = self.site(node)
        cell = containers.make_dict(self, [], site)
        named: list[tuple[Value, Value]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                named.append((self.evaluate(key), self.evaluate(value)))
                self.hashed(named[-1][0], site)
                continue
            containers.store_all(self, cell, named)
            named = []
            self.update_dict(cell, self.evaluate(value), self.site(value))
        containers.store_all(self, cell, named)
        return cell

    def lambda_(self, node: ast.Lambda) -> Value:
        return self.make_function(node, "<lambda>")

    def make_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> Function:
        """A function object; its defaults are evaluated now."""
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults = [
            (a.arg, self.evaluate(d))
            for a, d in zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True)
        ]
        defaults += [
            (a.arg, self.evaluate(d))
            for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if d is not None
        ]
        self.defaults.update(value.uid for _, value in defaults if isinstance(value, Cell))
        frame = self.frame
        inner = () if isinstance(frame.owner, ClassBody) or frame.uid == frame.module else (frame.uid,)
        self.enclosing.update(inner, frame.scopes)
        return Function(self.uid(), node, frame.module, (*inner, *frame.scopes), tuple(defaults), None, name)

    # -- operators

    def binary(self, node: ast.BinOp) -> Value:
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp):
            chain.append(chain[-1].left)
        left = self.evaluate(chain[-1].left)
        for each in reversed(chain):
            left = self.operate(OPERATORS[type(each.op)], left, self.evaluate(each.right), self.site(each))
        return left

    def unary(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            self.world.condition("not", value, node.operand, self.frame, node)
            return self._negated(value, self.site(node))
        return self.operate_on_one(OPERATORS[type(node.op)], value, self.site(node))

    def operate_on_one(self, op: str, value: Value, site: Site) -> Value:
        """`-value`, `+value`, `~value`."""
        if isinstance(value, Const) and isinstance(value.value, (int, float, complex)):
            sign = {"unary -": lambda v: -v, "unary +": lambda v: +v}.get(op)
            if sign is not None:
                return Const(sign(value.value))
        if isinstance(value, Const) and op == "unary ~" and isinstance(value.value, (int, enum.Flag)):
            bits = value.value
            return self.as_flag(Const(~bits if isinstance(bits, enum.Flag) else ~int(bits)))
        method = self.own_method(value, {"unary -": "__neg__", "unary ~": "__invert__"}.get(op, "__pos__"))
        if method is not None:
            return self.call(method, Arguments([]), site)
        return self.world.operate(op, [value], site)

    def _negated(self, value: Value, site: Site) -> Value:
        """`not value`: a tensor where AutoGraph converts it."""
        staged = self.world.staged(value)
        if staged:
            return self.world.operate("unary ~", [value], site) if staged == "graph" else self.opaque(site, [value])
        truth = self.truth(value)
        return Const(not truth) if truth is not None else self.unknown_bool(value, site)

    def boolean(self, node: ast.BoolOp) -> Value:
        """`a and b`, `a or b`: stops where a truth decides, which AutoGraph leaves to the graph."""
        stops_at = isinstance(node.op, ast.Or)
        found: list[Value] = []
        staged = ""
        for index, operand in enumerate(node.values):
            value = self.evaluate(operand)
            if index < len(node.values) - 1:
                self.world.condition("or" if stops_at else "and", value, operand, self.frame, node)
                staged = staged or self.world.staged(value)
                truth = self.truth(value) if not staged else None
                if truth is (not stops_at):
                    continue
                found.append(value)
                if truth is stops_at:
                    break
            else:
                found.append(value)
        with self.joining(staged), self.decided_by(self.site(node)):
            return self.join_all(found)

    def compare(self, node: ast.Compare) -> Value:
        left = self.evaluate(node.left)
        results: list[Value] = []
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(right_node)
            result = self.compare_pair(OPERATORS[type(op)], left, right, self.site(node))
            if isinstance(result, Const) and not result.value:
                return result
            results.append(result)
            left = right
        if len(results) > 1:
            for value in results[:-1]:
                self.world.condition("and", value, node, self.frame, node)
        known = [r for r in results if not isinstance(r, Const)]
        return known[-1] if known else results[-1]

    def conditional(self, node: ast.IfExp) -> Value:
        test = self.evaluate(node.test)
        self.world.condition("ternary", test, node.test, self.frame, node)
        staged = self.world.staged(test)
        truth = self.truth(test) if not staged else None
        if truth is not None:
            return self.evaluate(node.body if truth else node.orelse)
        results: list[Value] = []

        def arm(branch: ast.expr) -> Callable[[], None]:
            return lambda: results.append(self.evaluate(branch))

        self.branch(test, node, [arm(node.body), arm(node.orelse)])
        site = self.site(node)
        with self.joining(staged), self.decided_by(site):
            made = self.join_all(results)
        return self.world.staged_value(made, results, site) if staged == "graph" else made

    def branch(self, test: Value, statement: ast.AST, arms: list[Callable[[], Any]]) -> list[Any]:
        """Run alternatives from the present state and join what they leave behind; False from an arm: it ends dead."""
        mark, newest = self.state.mark(), self.newest
        deltas, results, every, made = [], [], [], []
        site = Site(self.frame.source, statement)
        ways_out = self._ways_out()
        staged = self.world.staged(test)
        outer_staged, self.staged_in = self.staged_in, self.staged_in or staged
        traced: Delta = {}
        for arm in arms:
            self.state.update(traced)
            first, left = len(self.graph.nodes), self._ways_out()
            with self.inner_graph(bool(staged)):
                result = arm()
            results.append(result)
            made.append((first, len(self.graph.nodes), result is not False or self._ways_out() != left))
            delta = self.state.take(mark)
            traced = self.world.traced(delta) if staged == "graph" else {}  # the next is traced after it
            every.append(delta)
            if result is not False:
                deltas.append(delta)
        self.staged_in = outer_staged
        self._note_decider(site, *ways_out)
        if not staged and sum(goes_on for *_, goes_on in made) > 1:
            self.ways.note(made[0][0], made[-1][1])
        if deltas:
            changed = dict.fromkeys(key for delta in deltas for key in delta) if staged else ()
            old = {key: self.state.get(key) for key in changed}
            with self.joining(staged), self.decided_by(site):
                self.merge(deltas, newest)
            if staged:
                self.world.staged_branch(staged, old, [{**old, **values_of(delta)} for delta in deltas], site)
        self.state.update(traced)
        for delta in reversed(every) if staged == "graph" else ():
            if isinstance(ended := delta.get(ENDED), Flag) and ended.sure:  # a graph has all of its arms, in order
                self.state.set(ENDED, ended)
                self.state.set(ENDED_BY, delta[ENDED_BY])
        self.world.branched(every)
        return results

    def on_each_way(self, key: Key, held: Sequence[Value], act: Callable[[], Value], site: Site) -> Value:
        """What is done where a field holds each of several values, by the way that was taken."""

        def arm(value: Value) -> Callable[[], Value]:
            def run() -> Value:
                self.state.set(key, value)
                return act()

            return run

        with self.decided_by(site):
            return self.join_all(self.branch(NO_VALUE, site.node, [arm(value) for value in held]))

    def _ways_out(self) -> tuple[int, int, int]:
        """How many returns, deciders of returns, and other ways out of the innermost loop there are so far."""
        frame = self.frame
        left = len(frame.loops[-1].breaks) + len(frame.loops[-1].continues) if frame.loops else 0
        return len(frame.returns), len(frame.deciders), left

    def _note_decider(self, site: Site, returns: int, deciders: int, left: int) -> None:
        """Remember which statement decides whether the function or the loop is left."""
        now = self._ways_out()
        if now[0] - returns > now[1] - deciders:
            self.frame.deciders.append(site)
        if now[2] > left:
            self.frame.loops[-1].decider = site

    # -- attributes, subscripts, calls

    def attribute_(self, node: ast.Attribute) -> Value:
        base, site = self.evaluate(node.value), self.site(node)
        self.world.used(base, node.attr, site)
        return containers.as_it_is(self, self.attribute(base, self.mangled(node.attr), site))

    def mangled(self, name: str) -> str:
        """An attribute's name as it is where it is written: in a class a private one has the class's before it."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        function = next((f.function for f in reversed(self.frames) if f.owner is not COMPREHENSION), None)
        cls = self.written_in.get(function.node) if function is not None else None
        return f"_{cls.lstrip('_')}{name}" if cls else name

    def subscript_(self, node: ast.Subscript) -> Value:
        base = self.evaluate(node.value)
        key, site = self.evaluate(node.slice), self.site(node)
        self.world.used(base, "[]", site)
        return containers.as_it_is(self, self.subscript(base, key, site))

    def subscript(self, base: Value, key: Value, site: Site) -> Value:
        """`base[key]`."""
        if isinstance(base, OneOf):
            with self.for_one_of_several():
                return self.join_all([v for o in base.options if (v := self.subscript(o, key, site)) is not UNBOUND])
        if isinstance(base, Cell) and base.kind == "dict":
            self.hashed(key, site)
            found = containers.lookup(self, base, key)
            if isinstance(base.info, Value) and not containers.has(self, base, key):
                found = self._made_for(base, key, found, site)
            if found is UNBOUND:
                told = base.info is None and not containers.has_slice(key)  # of slices Python's versions differ
                return self.not_found(base, key, "KeyError" if told else "", site)
            return containers.picked(self, found, key, site)
        if isinstance(base, Cell) and base.kind == "instance":
            method = self.class_attribute(base, "__getitem__")
            if method is not None:
                return self.call(method, Arguments([key]), site)
        if (part := containers.part_of_text(base, key)) is not None:
            return part
        if isinstance(base, Class) and (item := self.item_of_class(base, key, site)) is not None:
            return item
        self.asked(base, "__getitem__")
        items = containers.sequence(self, base)
        if items is None:
            return self.world.subscript(base, key, site)
        if isinstance(base, Cell) and base.kind == "list" and isinstance(key, Tuple):
            self.world.raised("TypeError", site)  # as for an array
        if isinstance(key, Const) and not isinstance(key.value, int):
            self.world.raised("TypeError", site)
        self.world.keyed(key, site)
        found = containers.index(self, items, key, site)
        if found is UNBOUND:
            whole = isinstance(items, Tuple) and (isinstance(key, Const) or getattr(key, "dtype", "") == "i")
            return self.not_found(base, key, "IndexError" if whole else "", site)
        if isinstance(key, SliceOf) and isinstance(base, Cell) and isinstance(found, (Tuple, Many)):
            return containers.make_list(self, found, base.kind)
        return containers.picked(self, found, key, site)

    def _made_for(self, base: Cell, key: Value, found: Value, site: Site) -> Value:
        """What a dict with a factory gives for a key that it has not, or may have; `found`: what it has there."""

        def made() -> Value:
            assert isinstance(base.info, Value)
            with self.once_for(key if isinstance(key, Const) else Many(key)):
                return containers.set_default(self, base, key, self.call(base.info, Arguments([]), site))

        if found is UNBOUND:
            return made()
        with self.decided_by(site):
            value = self.join_all(self.branch(NO_VALUE, site.node, [lambda: found, made]))
        containers.note_present(self, base, key)
        return value

    def not_found(self, base: Value, key: Value, error: str, site: Site) -> Value:
        """What is not in a container: a KeyError or IndexError where only the code that is run can have filled it."""
        own = isinstance(base, Tuple) or (
            isinstance(base, Cell)
            and base.uid > self.outside
            and not self.is_in_unknown_hands(base)
            and self.filled_with(base) is None
        )
        seen = self.state.get(UNFOLLOWED) is UNBOUND
        if error and own and seen and not any(attempt.guarded for attempt in self.attempts):
            self.world.raised(error, site)
        made = self.opaque(site, [base, key])
        made.node.detail = MISSING
        return made

    def item_of_class(self, base: Class, key: Value, site: Site) -> Value | None:
        """`Class[key]`; None where that is the class itself."""
        raise NotImplementedError

    def slice_(self, node: ast.Slice) -> Value:
        parts = [self.evaluate(p) if p is not None else NO_VALUE for p in (node.lower, node.upper, node.step)]
        return SliceOf(*parts)

    def call_(self, node: ast.Call) -> Value:
        callee = self.evaluate(node.func)
        if isinstance(callee, Library) and callee.name == "builtins.super" and not node.args:
            return self.super_()
        args, site = self.arguments(node), self.site(node)
        if self.misfits(callee, args):
            self.world.raised("TypeError", site)
        self.doubtful_call(callee, args)
        self.world.used(callee, "()", site)
        return self.call(callee, args, site)

    def misfits(self, callee: Value, args: Arguments) -> bool:
        """Whether what is called certainly refuses what it is handed."""
        raise NotImplementedError

    def super_(self) -> Value:
        """`super()` without arguments."""
        raise NotImplementedError

    def arguments(self, node: ast.Call) -> Arguments:
        """Evaluate a call's arguments, in order."""
        args = Arguments([])
        rest: list[Value] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                more = self.iterate(self.evaluate(argument.value), self.site(argument), to_end=True)
                if isinstance(more, Many):
                    rest.append(more.element)
                    continue
                for value in more:
                    args.places[len(args.positional)] = argument.value
                    args.positional.append(value)
            else:
                args.places[len(args.positional)] = argument
                args.positional.append(self.evaluate(argument))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            if keyword.arg is not None:
                args.keywords[keyword.arg] = value
                args.places[keyword.arg] = keyword.value
            else:
                rest += self._spread(value, args, keyword.value)
        if rest:
            args.rest = self.join_all(rest)
        return args

    def _spread(self, value: Value, args: Arguments, place: ast.AST) -> list[Value]:
        """`**value` in a call: what of it cannot be named."""
        known = containers.pairs(self, value) if isinstance(value, Cell) and value.kind == "dict" else None
        if isinstance(value, Cell) and value.kind == "fields":
            copied = self.call(self.attribute(value, "copy", self.site(place)), Arguments([]), self.site(place))
            return self._spread(copied, args, place)
        if known is None and self.is_mapping(value):
            copied = containers.make_dict(self, [], self.site(place))
            self.update_dict(copied, value, self.site(place))
            return self._spread(copied, args, place)
        if known is None:
            if isinstance(value, Cell) and value.kind == "dict":
                return [containers.any_pair(self, value)[1]]
            return [value]
        for key, item in known:
            if isinstance(key, Const) and isinstance(key.value, str):
                args.keywords[key.value] = item
                args.places[key.value] = place
        return []

    # -- the rest

    def walrus(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self._assign_in(self.outer_frame(), node.target.id, value)
        return value

    def outer_frame(self) -> Frame:
        """The innermost frame that is no comprehension's."""
        return next(f for f in reversed(self.frames) if f.owner is not COMPREHENSION)

    def bind(self, target: ast.expr, value: Value) -> None:
        """Assign a value to a target."""
        raise NotImplementedError

    def await_(self, node: ast.Await) -> Value:
        return self.awaited(self.evaluate(node.value), self.site(node))

    def awaited(self, value: Value, site: Site) -> Value:
        """`await value`."""
        raise NotImplementedError

    def starred(self, node: ast.Starred) -> Value:
        return self.evaluate(node.value)




_EVALUATORS: dict[type, Callable[[Any, Any], Value]] = {
    ast.Name: Expressions.name, ast.Constant: Expressions.constant, ast.Tuple: Expressions.tuple_,
    ast.List: Expressions.list_, ast.Set: Expressions.set_, ast.Dict: Expressions.dict_,
    ast.JoinedStr: Expressions.joined_string, ast.Lambda: Expressions.lambda_, ast.BinOp: Expressions.binary,
    ast.UnaryOp: Expressions.unary, ast.BoolOp: Expressions.boolean, ast.Compare: Expressions.compare,
    ast.IfExp: Expressions.conditional, ast.Attribute: Expressions.attribute_, ast.Subscript: Expressions.subscript_,
    ast.Slice: Expressions.slice_, ast.Call: Expressions.call_, ast.NamedExpr: Expressions.walrus,
    ast.ListComp: Expressions.comprehension, ast.SetComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension, ast.DictComp: Expressions.comprehension,
    ast.Await: Expressions.await_, ast.Yield: Expressions.yield_, ast.YieldFrom: Expressions.yield_from,
    ast.Starred: Expressions.starred,
}  # fmt: skip
