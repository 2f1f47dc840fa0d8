"""Ways out of a block that are no end of it: exceptions and their handlers, `with`, `finally`, `return`."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import groupby

from tapelint.source import last_name, walk

from .core import ENDED, ENDED_BY, UNFOLLOWED, Arguments, Attempt, Entered, Raised, Suspension
from .graph import Site
from .loops import Loops
from .state import Delta
from .values import NO_VALUE, UNBOUND, Cell, Class, Const, Flag, Function, Generator, Library, Tuple, Value
from .world import World

MOST_RAISES = 8
"""From so many places an exception is followed to its handler; more of them arrive there in the same states."""


class Attempts(Loops):
    """How blocks are left."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.handled: Value = UNBOUND
        """The exception that the innermost handler has caught."""
        self._around_converted = -1
        """So many of the `try` blocks stand around code that AutoGraph converts, which turns exceptions into others;
        -1: there is no such code."""

    def with_(self, node: ast.With | ast.AsyncWith) -> bool:
        entered = self.frame.entered
        depth = len(entered)
        for item in node.items:
            manager = self.evaluate(item.context_expr)
            site = Site(self.frame.source, node)
            value = self.enter(manager, site, self.site(item.context_expr))
            entered.append((manager, site))
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        caught = [name for manager, _ in entered[depth:] for name in self.swallowed(manager, node.body)]
        try:
            alive = self._try(_as_try(node, caught), depth) if caught else self.execute(node.body)
        except Suspension as pause:
            pause.rest.append(((), depth))
            raise
        if alive and not caught:
            self.leave_to(depth)
        del entered[depth:]
        return alive

    def leave_to(self, depth: int, raised: Value = NO_VALUE) -> bool | None:
        """Leave the with blocks of this frame that lie deeper, from the inside out, normally or by an exception.

        Whether one of their managers keeps the exception to itself; None where nobody can tell, or asks it.
        """
        frame, entered, answers = self.frame, self.frame.entered, []
        try:
            for index in range(len(entered) - 1, depth - 1, -1):
                frame.entered = entered[:index]  # what leaving it raises, it does not see
                with self.on_the_way_out() if _runs_code(entered[index][0]) else nullcontext():
                    answers.append(self.leave(*entered[index], raised))
        finally:
            frame.entered = entered
        truths = {self.truth(answer) for answer in answers if answer is not UNBOUND}
        return True if True in truths else None if None in truths or not truths else False

    def enter(self, manager: Value, statement: Site, site: Site) -> Value:
        """`manager.__enter__()`."""
        raise NotImplementedError

    def leave(self, manager: Value, statement: Site, raised: Value) -> Value:
        """`manager.__exit__(...)`; UNBOUND where it is no method of the program's."""
        raise NotImplementedError

    def swallowed(self, manager: Value, body: Sequence[ast.stmt]) -> Sequence[ast.expr]:
        """The exceptions that end the block of a manager and do not leave it, or may. `body`: the block."""
        raise NotImplementedError

    def leave_through(self, finals: int, depth: int, raised: Value = NO_VALUE) -> tuple[bool, bool | None]:
        """Leave the with blocks and run the `finally` blocks of this frame that lie deeper, from the inside out.

        Whether control comes out of the latter as it came, and what `leave_to` says of the former.
        """
        frame, pending, entered = self.frame, self.frame.finals, self.frame.entered
        try:
            for index in range(len(pending) - 1, finals - 1, -1):
                body, at = pending[index]
                frame.finals = pending[:index]
                self.leave_to(at, raised)
                frame.entered = entered[:at]
                with self.on_the_way_out():
                    alive = self.execute(body)
                if not alive:
                    return False, None
            return True, self.leave_to(depth, raised)
        finally:
            frame.finals, frame.entered = pending, entered

    def return_(self, node: ast.Return) -> bool:
        value = self.evaluate(node.value) if node.value is not None else NO_VALUE
        frame = self.frame
        if not self.leave_through(0, 0)[0]:
            return False
        if any(map(self.is_left_by_a_graph, frame.loops)):
            self.world.raised("ValueError", self.site(node))
        frame.staged = frame.staged or self.staged_in
        frame.left_at = frame.left_at if frame.returns else len(self.graph.nodes)
        frame.returns.append((self.state.delta(frame.mark), value))
        return False

    def raise_(self, node: ast.Raise) -> bool:
        raised = self.evaluate(node.exc) if node.exc is not None else self.handled
        if isinstance(raised, Class) and (made := self._raised_by_its_class(raised, node)) is not None:
            raised = made
        if self.staged_in == "graph" and not self.attempts and (name := _exception(node.exc)):
            self.world.raised(name, self.site(node))  # all arms of a graph's branch are traced
        self.unwind(raised)
        return False

    def find_in_class(self, cls: Value, name: str, after: Value | None = None) -> tuple[Value, Value] | None:
        """What a class or its bases have under a name, and which of them."""
        raise NotImplementedError

    def _raised_by_its_class(self, cls: Class, node: ast.Raise) -> Value | None:
        """What `raise Class` makes, where the class says how."""
        found = [self.find_in_class(cls, name) for name in ("__new__", "__init__")]
        own = [each[0] for each in found if each is not None and isinstance(each[1], Class)]
        if any(isinstance(n, ast.Raise) for each in own if isinstance(each, Function) for n in walk(each.node)):
            self.lose_track(self.site(node))  # another one may leave
        return self.call(cls, Arguments([]), self.site(node)) if own else None

    def unwind(self, raised: Value = UNBOUND, error: str = "") -> None:
        """An exception leaves: to the handlers around it, if there are any. `error`: its class, or a base."""
        if not self.attempts:
            self.leave_through(0, len(self.frame.entered))
            return
        attempt = self.attempts[-1]
        raised, error = self._arriving(len(self.attempts), raised, error)
        if len(attempt.raises) >= MOST_RAISES:
            attempt.may_raise = True
            return
        frames, swallowed = self.frames, None
        try:
            for index in range(len(frames) - 1, attempt.frames - 2, -1):
                self.frames = frames[: index + 1]
                own = index == attempt.frames - 1
                way = (attempt.finals, attempt.depth) if own else (0, 0)
                comes_out, swallowed = self.leave_through(*way, self.opaque(None) if raised is UNBOUND else raised)
                if not comes_out:
                    return
        finally:
            self.frames = frames
        swallowed = swallowed if attempt.guarded else None
        attempt.raises.append(Raised(self.state.delta(attempt.mark), raised, swallowed, error))

    def _pass(self) -> None:
        """Something was assigned in the body of a `try`: an exception may come right after it."""
        attempt = self.attempts[-1]
        if len(self.frames) == attempt.frames and len(attempt.passed) < MOST_RAISES:
            attempt.passed.append((self.state.delta(attempt.mark), tuple(self.frame.entered[attempt.depth :])))

    def _somewhere(self, attempt: Attempt) -> list[Delta]:
        """The states in which an exception may have left a body, at once or after an assignment, by the blocks that
        it was in."""
        self.state.rollback(attempt.mark)
        ways: list[Delta] = []
        begun: tuple[Delta, tuple[Entered, ...]] = ({}, tuple(self.frame.entered[attempt.depth :]))
        for blocks, passed in groupby([begun, *attempt.passed], key=lambda each: each[1]):
            self.merge([delta for delta, _ in passed], attempt.newest)
            for manager, site in reversed(blocks):
                self.leave(manager, site, self.opaque(site))
            ways.append(self.state.take(attempt.mark))
        return ways

    def fail(self, error: str) -> None:
        """A call certainly raises: its handler goes on from here, and what follows the call in the body is dead."""
        self._leave_by(error, UNBOUND, surely=True)

    def may_raise(self, error: str, surely: bool = False) -> None:
        if self.attempts:
            self._leave_by(error, Library(f"builtins.{error}"), surely)

    def _leave_by(self, error: str, raised: Value, surely: bool) -> None:
        """An exception leaves, or may, to the handlers around it; where it surely does nothing follows it here."""
        if self.ended():
            return
        mark = self.state.mark()
        if surely and not self.may_be_caught(error):
            for attempt in self.attempts:
                attempt.passed_through = True
        else:
            self.unwind(raised, error if raised is UNBOUND else "")
        self.state.rollback(mark)
        if surely:
            self.state.set(ENDED, Flag(True))
            self.state.set(ENDED_BY, Const(self.seen_as(error)))

    def may_be_caught(self, error: str) -> bool:
        """Whether a handler around may catch an exception that something of a library raises."""
        return self._caught_by(error) > 0

    def seen_as(self, error: str) -> str:
        """The name that an exception of a library has where it may be caught, else where it leaves the program."""
        return error if self._keeps_its_name(self._caught_by(error), error) else STAGING_ERROR

    def _keeps_its_name(self, number: int, error: str) -> bool:
        return number > self._around_converted or _is_kept(Library(f"builtins.{error}"))

    def _caught_by(self, error: str) -> int:
        """The number of the innermost `try` around whose handlers may catch an exception; 0 where none does."""
        frames, attempts = self.frames, self.attempts
        try:
            for number, attempt in reversed(list(enumerate(attempts, 1))):
                self.frames, self.attempts = frames[: attempt.frames], attempts[: number - 1]
                value, named = self._arriving(number, UNBOUND, error)
                each = Raised({}, value, error=named)
                if attempt.handlers is None or any(self._catches(h, each) is not False for h in attempt.handlers):
                    return number
        finally:
            self.frames, self.attempts = frames, attempts
        return 0

    @contextmanager
    def converting_exceptions(self) -> Iterator[None]:
        """Code that AutoGraph has converted: exceptions that it does not know leave it as others."""
        outer, self._around_converted = self._around_converted, len(self.attempts)
        try:
            yield
        finally:
            self._around_converted = outer

    def _arriving(self, number: int, raised: Value, error: str) -> tuple[Value, str]:
        """An exception as the block of a number sees it, and its class: see `Raised`."""
        if number > self._around_converted:
            return raised, error
        kind = Library(f"builtins.{error}") if error else raised.info if isinstance(raised, Cell) else raised
        if isinstance(kind, Class):
            order = self.lineage(kind)
            classes = [base for base in order if isinstance(base, Class)]
            own = any(self.state.get((base.uid, "__init__")) is not UNBOUND for base in classes)
            kind = next((base for base in order if _of_python(base) is not None), kind)
            kept = not own and kind == _EXCEPTION
        else:
            kept = _is_kept(kind)
        return (raised, error) if kept else (_EXCEPTION, "")

    def ended(self) -> str:
        """The exception that certainly ended the program, or the body of a `try`, before this point."""
        flag, error = self.state.get(ENDED), self.state.get(ENDED_BY)
        if not (isinstance(flag, Flag) and flag.sure):
            return ""
        return str(error.value) if isinstance(error, Const) else "Exception"

    @contextmanager
    def on_the_way_out(self) -> Iterator[None]:
        """What is still run where an exception has surely ended the program, and may end otherwise: nobody can tell in
        which state.
        """
        if not self.ended():
            yield
            return
        keys = (ENDED, ENDED_BY, UNFOLLOWED)
        held = [self.state.get(key) for key in keys]
        self.state.set(ENDED, UNBOUND)
        self.lose_track()
        try:
            yield
        finally:
            for key, value in zip(keys, held, strict=True):
                self.state.set(key, value)

    def try_(self, node: ast.Try) -> bool:
        if not isinstance(node, ast.Try):
            self.lose_track(self.site(node))  # `except*`: several of its handlers may run
            body = [statement for each in node.handlers for statement in each.body]
            handler = ast.copy_location(ast.ExceptHandler(None, None, body), node)
            node = ast.copy_location(ast.Try(node.body, [handler], node.orelse, node.finalbody), node)
        if not node.finalbody:
            return self._try(node)
        frame = self.frame
        frame.finals = [*frame.finals, (node.finalbody, len(frame.entered))]
        before = self.ended()
        try:
            alive = self._try(node)
        finally:
            frame.finals = frame.finals[:-1]
        if not alive:
            return False
        with self.on_the_way_out() if not before else nullcontext():
            return self.execute(node.finalbody)

    def _try(self, node: ast.Try, depth: int | None = None) -> bool:
        """Run a `try` without its `finally`. `depth`: it is a with block whose managers lie deeper, and is left."""
        if not node.handlers:
            return self._tried(node)
        outer = len(self.frame.entered) if depth is None else depth
        attempt = self.new_attempt(outer, not _only_tells(node))
        attempt.guarded, attempt.handlers = depth is not None, node.handlers
        self.attempts.append(attempt)
        before, first = self.ended(), len(self.graph.nodes)
        try:
            alive = self._tried(node) and (bool(before) or not self.ended() or attempt.passed_through)
        finally:
            self.attempts.pop()
        if self.attempts and not any(h.type is None or "Exception" in _names_of(h) for h in node.handlers):
            around = self.attempts[-1]  # which may be left by what is not caught here
            around.may_fail = around.may_fail or attempt.may_fail
            around.may_refuse = around.may_refuse or attempt.may_refuse
            around.may_raise = around.may_raise or attempt.may_raise
        ways: list[Delta] = []
        if alive and depth is not None:
            self.leave_to(depth)
        if alive and (not node.orelse or self.execute(node.orelse)):
            ways.append(self.state.delta(attempt.mark))
        end = [self.state.delta(attempt.mark)] if alive and attempt.may_raise else []
        known = attempt.may_raise or attempt.raises or attempt.passed_through
        doubtful = not known and _may_be_caught(node, attempt)
        with self.joining("failure" if doubtful else self.join_detail):
            if attempt.may_raise or doubtful:
                attempt.raises += map(Raised, [*self._somewhere(attempt), *end])
            if attempt.raises:
                self.doubting += doubtful
                try:
                    ways += self._handle(node, attempt)
                finally:
                    self.doubting -= doubtful
            self.state.rollback(attempt.mark)
            if ways:
                self.merge(ways, attempt.newest)
        if len(ways) > 1:
            self.ways.note(first, len(self.graph.nodes))
        return bool(ways)

    def new_attempt(self, depth: int, mended: bool = True) -> Attempt:
        """What may raise is run from here on, in so many with blocks of its frame."""
        return Attempt(self.state.mark(), self.newest, len(self.frames), depth, len(self.frame.finals), mended)

    def _tried(self, node: ast.Try) -> bool:
        """Run the body of a `try`."""
        try:
            return self.execute(node.body)
        except Suspension as pause:
            pause.rest.append((node.finalbody, FINALLY))
            raise

    def _caught(self, attempt: Attempt, raises: Sequence[Raised], handler: ast.ExceptHandler) -> Value:
        """The exception that a handler is given: the one that was raised, where it is known."""
        if "StopIteration" in _names_of(handler) and any(_is_result(n, handler.name) for n in walk(handler)):
            self.lose_track()  # it carries what a generator returns
        if not attempt.may_raise and len(raises) == 1 and isinstance(raises[0].value, Cell):
            return raises[0].value
        return self.opaque(self.site(handler), [each.value for each in raises if each.value is not UNBOUND])

    def _handle(self, node: ast.Try, attempt: Attempt) -> list[Delta]:
        ways: list[Delta] = []
        self.state.rollback(attempt.mark)
        left, outer = attempt.raises, self.handled
        for handler in node.handlers:
            caught = {id(each): self._catches(handler, each) for each in left}
            mine = [each for each in left if caught[id(each)] is not False]
            left = [each for each in left if caught[id(each)] is not True]
            if not mine:
                continue
            self.merge([each.state for each in mine], attempt.newest)
            self.handled = self._caught(attempt, mine, handler)
            if handler.name:
                self.assign_name(handler.name, self.handled)
            alive = self.execute(handler.body)
            if handler.name:
                self.assign_name(handler.name, UNBOUND)
            if alive:
                ways.append(self.state.delta(attempt.mark))
            self.state.rollback(attempt.mark)
        self.handled = outer
        for each in left if self.attempts else ():
            if each.value is not UNBOUND or each.error:
                self.merge([each.state], attempt.newest)
                self.unwind(each.value, each.error)
                self.state.rollback(attempt.mark)
        return ways

    def _catches(self, handler: ast.ExceptHandler, raised: Raised) -> bool | None:
        """Whether a handler catches an exception; None where nobody can tell."""
        if raised.swallowed is not None:
            return raised.swallowed
        if handler.type is None:
            return True
        kind = raised.value.info if isinstance(raised.value, Cell) else raised.value
        if raised.error:
            kind = Library(f"builtins.{raised.error}")
        named = handler.type.elts if isinstance(handler.type, ast.Tuple) else ()
        if any(each is ANY_OTHER for each in named) or not isinstance(kind, (Class, Library)):
            return None
        wanted = self.evaluate(handler.type)
        order = self.lineage(kind) if isinstance(kind, Class) else [kind]
        each_wanted = wanted.items if isinstance(wanted, Tuple) else (wanted,)
        answers = [_is_one_of(order, each) for each in each_wanted]
        if raised.error:
            answers = [_may_be_of(kind, each) for each in each_wanted]
        return True if True in answers else None if None in answers else False


_EXCEPTION = Library("builtins.Exception")
_KEPT_BY_AUTOGRAPH = [
    Library(f"builtins.{name}")
    for name in (
        *("AssertionError", "AttributeError", "KeyError", "NameError", "NotImplementedError", "RuntimeError"),
        *("StopIteration", "TypeError", "UnboundLocalError", "ValueError"),
    )
]
STAGING_ERROR = "StagingError"
"""What leaves converted code in the place of an exception of Python's that is not one of these."""
FINALLY = 0
"""The first statement of a `finally` block: of all blocks these alone are begun when a generator goes on."""

ANY_OTHER = ast.Name("Exception", ast.Load())
"""The exceptions that a manager swallows of which only its `__exit__` knows."""


def is_exception(cls: Library) -> bool:
    """Whether a class of a library is one of Python's exceptions."""
    return _of_python(cls) is not None


def _of_python(cls: Value) -> type | None:
    """One of Python's own exceptions."""
    name = cls.name if isinstance(cls, Library) else ""
    kind = vars(builtins).get(name.removeprefix("builtins.")) if name.startswith("builtins.") else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else None


def _is_kept(kind: Value) -> bool:
    """Whether an exception leaves code that AutoGraph has converted as it is: TensorFlow's own do, too."""
    own = _of_python(kind)
    return own is None or kind == _EXCEPTION or kind in _KEPT_BY_AUTOGRAPH or not issubclass(own, Exception)


def _is_one_of(order: Sequence[Value], wanted: Value) -> bool | None:
    """Whether a class with these bases is one that a handler names."""
    kinds = [kind for base in order if (kind := _of_python(base)) is not None]
    general = _of_python(wanted)
    if wanted in order or (general is not None and any(issubclass(kind, general) for kind in kinds)):
        return True
    known = all(isinstance(base, Class) or _of_python(base) or base == Library("builtins.object") for base in order)
    return False if known and isinstance(wanted, (Class, Library)) else None


def _may_be_of(kind: Value, wanted: Value) -> bool | None:
    """Whether an exception of a class of Python, or of one that extends it, is of another; None where it may be."""
    mine, other = _of_python(kind), _of_python(wanted)
    own = kind.name.rpartition(".")[2] if isinstance(kind, Library) else ""
    if Library(f"tensorflow.errors.{own}") in _APART and (other is not None or wanted in _APART):
        general = other is not None and issubclass(Exception, other)
        return general or wanted in (Library(f"tensorflow.errors.{own}"), Library("tensorflow.errors.OpError"))
    if mine not in (None, Exception, BaseException) and wanted in _APART:
        return False
    if mine is None or other is None:
        return None
    return True if issubclass(mine, other) else None if issubclass(other, mine) else False


def _is_result(node: ast.AST, name: str | None) -> bool:
    """Whether a node is `error.value` or `error.args`."""
    of_it = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    return of_it and node.attr in ("value", "args")  # type: ignore[attr-defined]


def _only_tells(node: ast.Try) -> bool:
    """Whether the handlers tell of a failure or go on, and do nothing in place of what was tried."""
    return all(_tells(statement) for handler in node.handlers for statement in handler.body)


def _tells(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        call = statement.value
        word = last_name(call.func) if isinstance(call, ast.Call) else ""
        return isinstance(call, ast.Constant) or word in TELLING
    if isinstance(statement, ast.Assign):
        return not any(isinstance(n, ast.Call) for n in walk(statement.value))
    return isinstance(statement, (ast.Pass, ast.Raise, ast.Continue, ast.Break, ast.Return))


TELLING = {
    "print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print_exc", "exit", "quit",
}  # fmt: skip


def _runs_code(manager: Value) -> bool:
    """Whether leaving the block of a manager runs code of the program's."""
    kinds = ("instance", "exit stack", "closing")
    return isinstance(manager, Generator) or (isinstance(manager, Cell) and manager.kind in kinds)


def _as_try(node: ast.With | ast.AsyncWith, caught: Sequence[ast.expr]) -> ast.Try:
    """The block of a manager that swallows exceptions, as the `try` that it amounts to."""
    kinds = ast.Tuple(list(caught), ast.Load())
    handler = ast.ExceptHandler(kinds, None, [ast.copy_location(ast.Pass(), node)])
    return ast.copy_location(ast.Try(node.body, [handler], [], []), node)


def _may_be_caught(node: ast.Try, attempt: Attempt) -> bool:
    """Whether a handler may catch what something in the body raises."""
    caught = {word or "Exception" for h in node.handlers for word in _words_of(h)}
    others = {word for word in caught if word.endswith("Error") and word not in RAISED_BY}
    if (attempt.may_fail and (caught & FAILURES or others)) or (attempt.may_refuse and caught & FAILURES):
        return True
    if attempt.may_refuse and others - OF_TENSORFLOW:
        return True
    body = [n for statement in node.body for n in walk(statement)]
    caught -= OF_OPERATIONS
    return any(isinstance(n, RAISED_BY.get(word, ast.Call)) and _is_risky(n, word) for word in caught for n in body)


def _names_of(handler: ast.ExceptHandler) -> set[str]:
    """The last names of what a handler catches."""
    return _words_of(handler) - {""}


def _words_of(handler: ast.ExceptHandler) -> set[str]:
    """The same, with "" for what is computed."""
    caught = handler.type if handler.type is not None else ast.Name("Exception")
    each = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return {last_name(one) if isinstance(one, (ast.Name, ast.Attribute)) else "" for one in each}


def _is_risky(node: ast.AST, word: str) -> bool:
    """Whether a call is one of Python that refuses some arguments, where only such raise an exception."""
    if not isinstance(node, ast.Call):
        return True
    if word in CALLED_FOR:
        return last_name(node.func).startswith(CALLED_FOR[word])
    return word not in FAILURES or last_name(node.func) in REFUSING


FAILURES = {"Exception", "BaseException", "ValueError", "TypeError", "RuntimeError"}
REFUSING = {"int", "float", "next", "min", "max", "index", "remove", "pop", "loads", "strptime", "open"}
CALLED_FOR: dict[str, str | tuple[str, ...]] = {
    "ImportError": ("__import__", "import_module"), "ModuleNotFoundError": ("__import__", "import_module"),
    "AttributeError": "getattr", "AssertionError": "assert",
}  # fmt: skip
"""What of calls raises an exception that other things raise as well."""
OF_TENSORFLOW = {
    f"{name}Error"
    for name in "Aborted AlreadyExists Cancelled DataLoss DeadlineExceeded FailedPrecondition Internal InvalidArgument "  # noqa: SIM905
    "NotFound Op OperatorNotAllowedInGraph OutOfRange PermissionDenied ResourceExhausted Unauthenticated Unavailable "
    "Unimplemented Unknown".split()
}
"""The exceptions that only TensorFlow raises."""
_APART = {Library(f"tensorflow.errors.{name}") for name in OF_TENSORFLOW - {"OperatorNotAllowedInGraphError"}}
"""Those that are none of Python's kinds of errors, and of no other's kind than that of them all."""
OF_OPERATIONS = {"InvalidArgumentError", "UnimplementedError"}
"""What TensorFlow's operations alone raise, for the numbers that they get."""
RAISED_BY: dict[str, tuple[type[ast.AST], ...]] = {
    "ImportError": (ast.Import, ast.ImportFrom, ast.Call),
    "ModuleNotFoundError": (ast.Import, ast.ImportFrom, ast.Call),
    "KeyError": (ast.Subscript, ast.Call), "IndexError": (ast.Subscript, ast.Call),
    "LookupError": (ast.Subscript, ast.Call), "AttributeError": (ast.Attribute, ast.Call), "NameError": (ast.Name,),
    "UnboundLocalError": (ast.Name,), "ZeroDivisionError": (ast.Div, ast.Mod, ast.FloorDiv),
    "ArithmeticError": (ast.Div, ast.Mod, ast.FloorDiv, ast.Pow), "AssertionError": (ast.Assert, ast.Call),
    "ValueError": (ast.Call, ast.Starred, ast.Tuple), "TypeError": (ast.Call,), "RuntimeError": (),
    "Exception": (ast.Call, ast.Subscript), "BaseException": (ast.Call, ast.Subscript),
    "OSError": (ast.Call,), "IOError": (ast.Call,), "FileNotFoundError": (ast.Call,), "EOFError": (ast.Call,),
    "StopIteration": (ast.Call,), "JSONDecodeError": (ast.Call,), "KeyboardInterrupt": (), "SystemExit": (),
}  # fmt: skip
"""What of Python raises an exception; `FAILURES` and what is not here are raised by operations as well."""


def _exception(raised: ast.expr | None) -> str:
    """The name of the exception that is raised, where it is one of Python's."""
    raised = raised.func if isinstance(raised, ast.Call) else raised
    name = raised.id if isinstance(raised, ast.Name) else ""
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else ""
