"""Calls of the project's own functions, and of what wraps them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tapelint.source import Source, below, last_name, walk

from . import containers
from .attempts import FINALLY
from .core import ENDED, ENDED_BY, MOST_CALLS_DEEP, UNFOLLOWED, Arguments, Frame, Suspension
from .graph import Chain, Node, Site
from .statements import Statements
from .values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Flag,
    Function,
    Generator,
    Library,
    Many,
    Method,
    OneOf,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
)
from .world import World

MEMORABLE = 4_000
"""Steps from which on calls are remembered: shorter programs do not need it."""

COROUTINE = "coroutine"
"""The kind of what calling an `async def` gives."""

ANY_ATTRIBUTE = "any attribute"
"""The operation of what is one of several attributes or names, of which nobody can tell which."""

OTHER_THREAD = "another thread"
"""The operation of what runs functions in another thread."""

MOST_RECURSIONS = 3
DECIDED_RECURSIONS = 20
"""So often a function is entered from within itself: the latter where known numbers that it is given change."""


class Functions(Statements):
    """How calls are made."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.called: set[ast.AST] = set()
        self.frames_kept: dict[int, Frame] = {}
        self.suspended: dict[int, Suspension] = {}
        self.generators: dict[ast.AST, bool] = {}
        self._left_as_they_are: dict[ast.AST, bool] = {}
        self._owned: dict[ast.AST, frozenset[str] | None] = {}
        self.came_back = True
        """Whether the last call of a function that ended came back, and did not raise on every way."""

    def call(self, callee: Value, args: Arguments, site: Site) -> Value:
        self.step()
        if isinstance(callee, OneOf):
            return self._call_one_of(callee, args, site)
        if isinstance(callee, Function):
            return self.call_function(callee, args, site)
        if isinstance(callee, Bound):
            result = self.call(callee.function, args.before(callee.self), site)
            self.world.ran(callee, site)
            return result
        if isinstance(callee, Partial):
            return self.call(callee.function, self._completed(callee, args), site)
        if isinstance(callee, Class):
            return self.instantiate(callee, args, site)
        if isinstance(callee, Cell) and callee.kind == "instance":
            own = self.class_attribute(callee, "__call__")
            return self.call(own, args, site) if own is not None else self.world.call_instance(callee, args, site)
        if isinstance(callee, Opaque):
            made_of = _made_of(callee.node)
            if ANY_ATTRIBUTE in made_of or (OTHER_THREAD in made_of and any(map(_is_defined, args.every()))):
                self.lose_track(site)  # any of the project's functions may run, or one that tapes do not see
            return self.call_unknown(callee, args, site)
        return self.world.call(callee, args, site)

    def call_unknown(self, callee: Value, args: Arguments, site: Site) -> Opaque:
        """A call of which nothing is known: what it gets escapes."""
        if self.attempts:
            self.attempts[-1].may_raise = True
        self.world.handed_over(args, site)
        reached = self.escape(args.every())
        self.hand_over(args.every(), site)
        for iterator in args.every():
            if not (isinstance(iterator, (Cell, Generator)) and self.is_once(iterator)):
                continue  # of others nobody can tell how much is taken
            items = self.iterate(iterator, site)
            every = [items.element] if isinstance(items, Many) else items
            self.keep_rest(iterator, Many(self.join_all([*every, self.opaque(site, every)])))
        result = self.opaque(site, [callee], behind=self.world.behind(callee, site), reached=reached)
        result.node.outside = self.world.is_from_outside(callee)
        return result

    def call_method(self, method: Value, args: list[Value], site: Site) -> Value:
        return self.call(method, Arguments(list(args)), site)

    def _completed(self, partial: Partial, args: Arguments) -> Arguments:
        full = args.before(*partial.args)
        full.keywords = {**dict(partial.keywords), **args.keywords}
        return full

    def _call_one_of(self, callee: OneOf, args: Arguments, site: Site) -> Value:
        results: list[Value] = []
        old, self.choosing = self.choosing, all(isinstance(option, Method) for option in callee.options)
        arms = [lambda option=option: results.append(self.call(option, args, site)) for option in callee.options]
        self.branch(callee, site.node, list(arms))
        self.choosing = old
        with self.decided_by(self.deciding or self.chosen.get(callee)):
            return self.join_all(results)

    def instantiate(self, cls: Class, args: Arguments, site: Site) -> Value:
        """Make an object of a project's class."""
        raise NotImplementedError

    # -- the project's functions

    def call_function(self, function: Function, args: Arguments, site: Site) -> Value:
        """Run a function's body with these arguments."""
        bound = self.bind_arguments(function, args, site)
        if _is_abstract(function.node):
            return self.call_unknown(function, args, site)
        if self._too_deep(function, bound):
            result = self._unfollowed(function, args, site)
            result.node.outside = False  # nobody trusts what never ends
            return result
        if self.exhausted or self.steps > self.call_limit:
            return self._unfollowed(function, args, site)
        if self.steps < MEMORABLE or self.attempts or self.is_generator(function.node):
            return self._run_function(function, bound, site)
        context = (self.graph_mode, self.no_autograph, self.converted, self.join_detail, self._pool)
        key = (function.node, function.scopes, function.owner, tuple(bound.items()), context)
        uid = self.uid()
        return self.memory.call(
            key, uid, lambda: self._run_function(function, bound, site), lambda: (*self.world.marks(), self._pool)
        )

    def _unfollowed(self, function: Function, args: Arguments, site: Site) -> Opaque:
        """A call that is too much to follow: its result may have been made from all that it was handed.

        From now on nobody can tell what else was read, written and done, if the function does such things.
        """
        if not (all(map(_is_data, args.every())) and self._keeps_to_itself(function, set())):
            self.lose_track(site)
        return self.call_unknown(function, args, site)

    def _keeps_to_itself(self, function: Function, seen: set[int]) -> bool:
        """Whether a function certainly reads nothing but its arguments and constants, and changes nothing."""
        if function.uid in seen:
            return True
        seen.add(function.uid)
        own = self._own_names(function.node)
        if own is None:
            return False
        for name in set(self._names_in(function.node)) - own:
            held = next(
                (v for s in (*function.scopes, function.module) if (v := self.state.get((s, name))) is not UNBOUND),
                UNBOUND,
            )
            if isinstance(held, Function):
                if not self._keeps_to_itself(held, seen):
                    return False
            elif held is not UNBOUND and not isinstance(held, (Library, Const)):
                return False
        return True

    def _own_names(self, function: ast.AST) -> frozenset[str] | None:
        """The parameters and local names of a function and of those inside it; None if it writes to anything else."""
        if function not in self._owned:
            nodes = walk(function)
            own = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
            own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
            self._owned[function] = None if any(_reaches_out(n, own) for n in nodes) else frozenset(own)
        return self._owned[function]

    def _run_function(self, function: Function, bound: dict[str, Value], site: Site) -> Value:
        mark = self.state.mark()
        frame = Frame(self.uid(), self.source_of(function), function.module, function.scopes, function)
        frame.owner = function.owner
        self.state.of_calls.add(frame.uid)
        self.scopes[frame.uid] = function.node
        for name, value in bound.items():
            self.state.set((frame.uid, name), value)
        if self.is_generator(function.node):
            self.frames_kept[frame.uid] = frame
            self.waiting_frames.add(frame.uid)
            return Generator(self.uid(), function, frame.uid)
        if isinstance(function.node, ast.AsyncFunctionDef):
            return self._coroutine(function, frame, site)
        result = self.run_frame(function, frame, site)
        if frame.uid not in self.enclosing and frame.uid not in self.read_later:
            self.state.forget(mark, frame.uid)
        return result

    def _coroutine(self, function: Function, frame: Frame, site: Site) -> Cell:
        """What calling an `async def` gives: its body runs when it is awaited."""
        self.waiting_frames.add(frame.uid)
        made = Cell(self.uid(), COROUTINE, lambda: self.run_frame(function, frame, site), site)
        names = [(frame.uid, a.arg) for a in ast.walk(function.node.args) if isinstance(a, ast.arg)]
        self.state.set((made.uid, "uses"), Tuple((function, *(self.state.get(name) for name in names))))
        return made

    def awaited(self, value: Value, site: Site) -> Value:
        """`await value`: what a coroutine returns; it is run now."""
        if isinstance(value, OneOf):
            results: list[Value] = []
            arms = [lambda option=option: results.append(self.awaited(option, site)) for option in value.options]
            self.branch(value, site.node, list(arms))
            return self.join_all(results)
        if not (isinstance(value, Cell) and value.kind == COROUTINE):
            if self.own_method(value, "__await__") is not None:
                self.lose_track()
            return value
        known = self.state.get((value.uid, "result"))
        if known is UNBOUND:
            known = self.compute(value.uid, value.info)
            self.state.set((value.uid, "result"), known)
        return known

    def source_of(self, function: Function) -> Source:
        """The file that a function stands in."""
        raise NotImplementedError

    def definition(self, function: Function) -> Site:
        return Site(self.source_of(function), function.node)

    def run_frame(self, function: Function, frame: Frame, site: Site) -> Value:
        """Run a body in its frame; the joined results."""
        self.called.add(function.node)
        outer_chain, outer_loops = self.chain, frame.loops
        self.chain = Chain(site, self.chain)
        frame.mark = self.state.mark()
        self.frames.append(frame)
        outer = self.no_autograph, self.fell_back
        if any(scope in self.converting for scope in frame.scopes):
            self.no_autograph = 0
        if self.graph_mode and self._is_left_as_it_is(function.node):
            self.fell_back, self.no_autograph = not self.no_autograph, max(self.no_autograph, 1)
        if self.graph_mode and not self.no_autograph:
            self.converting.add(frame.uid)
        try:
            if isinstance(function.node, ast.Lambda):
                return self.evaluate(function.node.body)
            alive = self.execute(function.node.body)
        finally:
            self.no_autograph, self.fell_back = outer
            self.frames.pop()
            self.chain = outer_chain
            frame.loops = outer_loops
        return self._finish(frame, alive, site)

    def _is_left_as_it_is(self, function: ast.AST) -> bool:
        """Whether AutoGraph cannot convert a function: one with an `else` of a loop, or with a `match`."""
        found = self._left_as_they_are.get(function)
        if found is None:
            loops = (n for n in walk(function) if isinstance(n, (ast.For, ast.AsyncFor, ast.While)))
            found = any(loop.orelse for loop in loops) or any(isinstance(n, ast.Match) for n in walk(function))
            self._left_as_they_are[function] = found
        return found

    def _finish(self, frame: Frame, alive: bool, site: Site) -> Value:
        ways = [delta for delta, _ in frame.returns]
        values = [value for _, value in frame.returns]
        if alive:
            ways.append(self.state.delta(frame.mark))
            values.append(NO_VALUE)
        self.came_back = bool(ways)
        if not ways:
            self.state.rollback(frame.mark)
            if self.attempts and not self.exhausted:  # it has raised, to the handlers around it
                self.state.set(ENDED, Flag(True))
                self.state.set(ENDED_BY, Const("Exception"))
            return self.opaque(site)
        deciders = frame.deciders
        if len(ways) > 1 and not frame.staged:
            self.ways.note(frame.left_at, len(self.graph.nodes))
        if len(ways) > 1 or not alive:
            self.state.rollback(frame.mark)
            with self.decided_by(deciders[0] if deciders else None), self.joining(frame.staged or self.join_detail):
                self.merge(ways, frame.uid)
        result = values[0]
        for index, value in enumerate(values[1:]):
            decider = deciders[min(index, len(deciders) - 1)] if deciders else None
            with self.decided_by(decider), self.joining(frame.staged or self.join_detail):
                result = self.join(result, value)
        return self.world.staged_value(result, values, site) if frame.staged == "graph" and values[1:] else result

    def _too_deep(self, function: Function, bound: dict[str, Value]) -> bool:
        if len(self.frames) > MOST_CALLS_DEEP:
            return True
        same = [f for f in self.frames if f.function is not None and f.function.node is function.node]
        if len(same) < MOST_RECURSIONS:
            return False
        decided = any(isinstance(v, Const) and v != self.state.get((same[-1].uid, n)) for n, v in bound.items())
        return not decided or len(same) > DECIDED_RECURSIONS

    def misfits(self, callee: Value, args: Arguments) -> bool:
        """Whether a function of the program certainly refuses what a call hands over, for its number or its names."""
        function, is_bound = self._function_run_by(callee)
        return function is not None and args.rest is None and _refuses(function, args, is_bound)

    def _function_run_by(self, callee: Value) -> tuple[Function | None, bool]:
        """The function that a call of a value runs with the arguments as they are, and whether its object comes before
        them; None where a decorator may change them.
        """
        if isinstance(callee, Cell) and callee.kind == "instance":
            callee = self.class_attribute(callee, "__call__") or callee
        elif isinstance(callee, Class):
            callee = self.initialiser(callee) or callee
        traced = isinstance(callee, Wrapped) and callee.kind == "tensorflow.function"
        function = callee.function if isinstance(callee, Bound) or traced else callee  # type: ignore[attr-defined]
        if not isinstance(function, Function):
            return None, False
        decorators = getattr(function.node, "decorator_list", ())
        names = {last_name(each.func if isinstance(each, ast.Call) else each) for each in decorators}
        plain = {"staticmethod", "classmethod", *(["function"] if traced else [])}
        return (function if names <= plain else None), isinstance(callee, Bound)

    def initialiser(self, cls: Class) -> Value | None:
        """The `__init__` that making an object of a class calls for certain, as bound to one; None where it may be
        another."""
        raise NotImplementedError

    def bind_arguments(self, function: Function, args: Arguments, site: Site) -> dict[str, Value]:
        """Parameter by parameter; what was not given and has no default is unknown."""
        spec = function.node.args
        plain = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        bound: dict[str, Value] = dict(zip(plain, args.positional, strict=False))
        keywords = dict(args.keywords)
        for name in (*(a.arg for a in spec.args), *(a.arg for a in spec.kwonlyargs)):
            if name in keywords:
                bound[name] = keywords.pop(name)
        extra = args.positional[len(plain) :]
        if spec.vararg is not None:
            rest = args.rest
            bound[spec.vararg.arg] = Tuple(tuple(extra)) if rest is None else Many(self.join_all([*extra, rest]))
        if spec.kwarg is not None:
            bound[spec.kwarg.arg] = self._named_rest(keywords, args.rest, site)
        defaults = dict(function.defaults)
        for name in (*plain, *(a.arg for a in spec.kwonlyargs)):
            if name not in bound:
                default = defaults.get(name)
                if args.rest is not None:
                    bound[name] = args.rest if default is None else self.join(default, args.rest)
                else:
                    bound[name] = default if default is not None else self.opaque(site, hint=name)
        return bound

    def _named_rest(self, keywords: dict[str, Value], rest: Value | None, site: Site) -> Value:
        """What `**keywords` collects; `rest` may have been given under any name."""
        named: list[tuple[Value, Value]] = [(Const(name), value) for name, value in keywords.items()]
        if rest is None:
            return containers.make_dict(self, named, site)
        unknown = Opaque(self.constant_node())
        every = [*named, (unknown, rest)]
        return containers.make_dict(self, Many(self.join_all([Tuple(pair) for pair in every])), site)

    # -- generators and lazy iteration

    def generate(self, generator: Generator, site: Site) -> list[Value] | Many:
        """Run a generator's body now; what it yields, or yields still."""
        rest = self.state.get((generator.uid, "rest"))
        if rest is UNBOUND:
            return self._run_generator(generator, site)
        self.asked_again(generator)
        self.state.set((generator.uid, "rest"), Tuple(()))
        return rest if isinstance(rest, Many) else list(rest.items) if isinstance(rest, Tuple) else []

    def _run_generator(self, generator: Generator, site: Site) -> list[Value] | Many:
        self.state.set((generator.uid, "rest"), Tuple(()))
        frame = self.frames_kept.get(generator.frame)
        if frame is None or _yields_in_with(generator.function.node):
            self.lose_track()
            return Many(self.opaque(site))
        copy = Frame(frame.uid, frame.source, frame.module, frame.scopes, frame.function)
        copy.yields = []

        def run() -> list[Value] | None:
            self.state.set((generator.uid, "returned"), self.run_frame(generator.function, copy, site))
            return copy.yields

        raised = len(self.attempts[-1].raises) if self.attempts else 0
        ended = self.state.get(ENDED), self.state.get(ENDED_BY)
        with self.giving(copy.yields):
            self.compute(generator.uid, run)
        if copy.yields and not (self.came_back or copy.yields_more):  # it raises when it is asked for more only
            self.state.set(ENDED, ended[0])
            self.state.set(ENDED_BY, ended[1])
            self.lose_track()
        for each in self.attempts[-1].raises[raised:] if self.attempts else ():
            each.state = {**each.state, UNFOLLOWED: Flag()}  # it raises when it is asked for more only
        if copy.yields_more or _yields_conditionally(generator.function.node):
            return Many(self.join_all(copy.yields))
        return copy.yields

    def advance(self, generator: Generator, site: Site) -> Value:
        """`next(generator)`: the next of the values that it yields; UNBOUND where it yields none."""
        found = self.generate(generator, site)
        self.asked_in_part(generator)
        rest = found if isinstance(found, Many) else Tuple(tuple(found[1:]))
        self.state.set((generator.uid, "rest"), rest)
        if isinstance(found, Many):
            return found.element
        return found[0] if found else UNBOUND

    def begin(self, generator: Generator, site: Site) -> Value:
        """Run a generator up to its first `yield`; what that gives."""
        frame = self.frames_kept.get(generator.frame)
        if frame is None:
            return self.opaque(site)
        frame.suspends = True
        try:
            self.run_frame(generator.function, frame, site)
        except Suspension as pause:
            self.suspended[generator.uid] = pause
            return pause.value
        finally:
            frame.suspends = False
        return NO_VALUE

    def resume(self, generator: Generator, raised: Value) -> None:
        """Run a generator that was begun to its end; by an exception, only what it does on its way out."""
        pause = self.suspended.pop(generator.uid, None) if raised == NO_VALUE else self.suspended.get(generator.uid)
        frame = self.frames_kept.get(generator.frame)
        if pause is None or frame is None:
            return
        if raised != NO_VALUE and any(isinstance(n, ast.ExceptHandler) for n in own_nodes(generator.function.node)):
            self.lose_track()
        entered = list(frame.entered)
        self.frames.append(frame)
        try:
            for body, at in pause.rest:
                if not body:
                    self.leave_to(at, raised)
                    del frame.entered[at:]
                elif (raised == NO_VALUE or at == FINALLY) and not self.execute(body[at:]):
                    break
            if raised != NO_VALUE:
                frame.entered[:] = entered
        finally:
            self.frames.pop()

    def is_generator(self, node: ast.AST) -> bool:
        """Whether calling a function gives a generator."""
        known = self.generators.get(node)
        if known is None:
            known = self.generators[node] = _is_generator(node)
        return known

    def call_escaped(self, function: Value) -> None:
        inner = function
        while not isinstance(inner, Function):
            inner = inner.function  # type: ignore[attr-defined]
        source = self.source_of(inner)
        if len(self.frames) > MOST_CALLS_DEEP or not self.frames or not source.mentions_tape:
            return
        names = [a.arg for a in (*inner.node.args.posonlyargs, *inner.node.args.args)]
        skip = 1 if isinstance(function, Bound) else 0
        site = Site(source, inner.node)
        args = Arguments([self.opaque(site, hint=name) for name in names[skip:]])
        if inner.node.args.vararg is not None or inner.node.args.kwarg is not None:
            args.rest = self.opaque(site, hint="arguments")
        self.branch(NO_VALUE, inner.node, [lambda: self.run_escaped(function, args, site), lambda: None])

    def run_escaped(self, function: Value, args: Arguments, site: Site) -> None:
        """Run a function as unknown code does."""
        result = self.awaited(self.call(function, args, site), site)
        self.escape([result])


def _refuses(function: Function, args: Arguments, is_bound: bool) -> bool:
    """Whether the parameters of a function do not take these arguments, before which its object may come."""
    spec, given = function.node.args, len(args.positional) + is_bound
    plain = [*spec.posonlyargs, *spec.args]
    if given > len(plain) and spec.vararg is None:
        return True
    named = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
    if spec.kwarg is None and not named.issuperset(args.keywords):
        return True
    filled = {a.arg for a in plain[:given]}
    by_place_only = {a.arg for a in spec.posonlyargs} if spec.kwarg is not None else set()
    if not (filled - by_place_only).isdisjoint(args.keywords):
        return True
    needed = {a.arg for a in (*plain, *spec.kwonlyargs)} - {name for name, _ in function.defaults}
    return not needed <= filled | set(args.keywords)


def _made_of(node: Node) -> set[str]:
    """The operations that something unknown was made by, and what it was made of in two steps."""
    first = [edge.node for edge in node.edges]
    return {n.op for n in (node, *first, *(edge.node for each in first for edge in each.edges))}


def _is_defined(value: Value) -> bool:
    """Whether a value is a function of the project that has statements."""
    function = value.function if isinstance(value, Bound) else value
    return isinstance(function, Function) and not isinstance(function.node, ast.Lambda)


def _is_abstract(node: ast.AST) -> bool:
    """Whether a function is written to be overridden: it says so, raises NotImplementedError, or has no body."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    if any(last_name(decorator).startswith("abstract") for decorator in node.decorator_list):
        return True
    last = node.body[-1]
    if not isinstance(last, ast.Raise):
        method = bool(node.args.args) and node.args.args[0].arg == "self"
        return method and node.name != "__init__" and all(_does_nothing(statement) for statement in node.body)
    error = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return last_name(error) == "NotImplementedError" and not any(isinstance(n, ast.Return) for n in own_nodes(node))


def gives_a_number(node: ast.AST) -> bool:
    """Whether a function only returns a number that stands there: what a base class has where others compute one."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = [statement for statement in node.body if not _does_nothing(statement)]
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    return isinstance(value, ast.Constant) and type(value.value) in (int, float)


def _is_data(value: Value) -> bool:
    """Whether a value is numbers through and through: nothing to call, nothing with fields."""
    if isinstance(value, (Tuple, OneOf)):
        return all(map(_is_data, value.items if isinstance(value, Tuple) else value.options))
    return isinstance(value, (Const, Data, Variable, Opaque)) or (isinstance(value, Many) and _is_data(value.element))


def _reaches_out(node: ast.AST, own: set[str]) -> bool:
    """Whether a piece of a function may change something that is not its own: by writing, or by a method of it."""
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Call):
        base = node.func
        while isinstance(base, ast.Attribute):
            base = base.value
        return not isinstance(base, ast.Name) or base.id in own
    return isinstance(node, (ast.Global, ast.Nonlocal, ast.ClassDef, ast.Import, ast.ImportFrom, ast.With))


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_generator(node: ast.AST) -> bool:
    if isinstance(node, ast.Lambda):
        return False
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own_nodes(node))


def _yields_in_with(node: ast.AST) -> bool:
    """Whether a yield stands in a with block: what is done with the value is done inside it."""
    return any(
        isinstance(inner, (ast.Yield, ast.YieldFrom))
        for outer in own_nodes(node)
        if isinstance(outer, (ast.With, ast.AsyncWith))
        for inner in walk(outer)
    )


def _yields_conditionally(node: ast.AST) -> bool:
    """Whether a yield stands under a condition or in a loop of unknown length."""
    return any(
        isinstance(inner, (ast.Yield, ast.YieldFrom))
        for outer in own_nodes(node)
        if isinstance(outer, (ast.If, ast.While, ast.Try))
        for inner in walk(outer)
    )


NOT_ENTERED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Name, ast.Constant)
"""Nodes with code of their own, and those with none below."""


def own_nodes(function: ast.AST) -> Sequence[ast.AST]:
    """A function's nodes, without those of functions inside it."""
    found: list[ast.AST] = []
    todo = list(getattr(function, "body", []))
    while todo:
        node = todo.pop()
        found.append(node)
        if not isinstance(node, NOT_ENTERED):
            todo.extend(below(node))
    return found


def following(function: ast.AST, statement: ast.AST) -> Sequence[ast.stmt]:
    """What stands in a function after one of its statements, in the same block."""
    for node in (function, *own_nodes(function)):
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(block, list) and statement in block:
                return block[block.index(statement) + 1 :]
    return ()
