"""Statements: binding, branches, with, try, and the ways out of them; loops and `match` lie beside."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from tapelint.source import last_name, walk

from . import containers
from .core import ENDED, ENDED_BY, Arguments, Attempt, Suspension
from .graph import Site
from .loops import Loops
from .operators import IN_PLACE, OPERATORS
from .state import Delta
from .values import (
    NO_VALUE,
    NOT_IMPLEMENTED,
    UNBOUND,
    Cell,
    Const,
    Flag,
    Many,
    OneOf,
    Opaque,
    SliceOf,
    Tuple,
    Value,
    Variable,
    one_of,
    options,
)

ASSIGNING = (ast.Assign, ast.AugAssign, ast.AnnAssign)
MOST_RAISES = 8
"""From so many places an exception is followed to its handler; more of them arrive there in the same states."""


class Statements(Loops):
    """How statements are run. Each method says whether control comes out at the end."""

    def execute(self, body: Sequence[ast.stmt]) -> bool:
        for index, statement in enumerate(body):
            if not self.step():
                return True
            method = _EXECUTORS.get(type(statement))
            try:
                if method is not None and not method(self, statement):
                    return False
                if self.attempts and isinstance(statement, ASSIGNING):
                    self._pass()
            except Suspension as pause:
                pause.rest.append((body, index + 1))
                raise
        return True

    # -- binding

    def expression(self, node: ast.Expr) -> bool:
        self.evaluate(node.value)
        return True

    def assign(self, node: ast.Assign) -> bool:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.bind(target, value)
        return True

    def annotated(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self.bind(node.target, self.evaluate(node.value))
        return True

    def bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.assign_name(target.id, value)
        elif isinstance(target, ast.Attribute):
            self.set_attribute(self.evaluate(target.value), self.mangled(target.attr), value, self.site(target))
        elif isinstance(target, ast.Subscript):
            base, key = self.evaluate(target.value), self.evaluate(target.slice)
            self.set_subscript(base, key, value, self.site(target))
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value, self.site(target))
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value)

    def _unpack(self, targets: list[ast.expr], value: Value, site: Site) -> None:
        for target, part in zip(targets, self.unpacked(targets, value, site), strict=True):
            self.bind(target, part)

    def unpacked(self, targets: list[ast.expr], value: Value, site: Site) -> list[Value]:
        """The parts of a value for each of several targets, of which one may be starred."""
        if isinstance(value, OneOf):
            rows = [self.unpacked(targets, option, site) for option in value.options if not isinstance(option, Const)]
            if rows:
                return [self.join_all(list(column)) for column in zip(*rows, strict=True)]
        items = self.iterate(value, site)
        star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        if isinstance(items, Many):
            rest = containers.make_list(self, items)
            return [rest if i == star else self.fresh_element(items.element, site) for i in range(len(targets))]
        if star is None:
            missing = max(0, len(targets) - len(items))
            return [*items[: len(targets)], *(self.part(site, value) for _ in range(missing))]
        after = len(targets) - star - 1
        middle = items[star : len(items) - after]
        return [*items[:star], containers.make_list(self, Tuple(tuple(middle))), *items[len(items) - after :]]

    def fresh_element(self, element: Value, site: Site) -> Value:
        """One of many like elements, apart from the others."""
        return element if element is not UNBOUND else self.opaque(site)

    def set_attribute(self, base: Value, name: str, value: Value, site: Site) -> None:
        """`base.name = value`."""
        raise NotImplementedError

    def set_subscript(self, base: Value, key: Value, value: Value, site: Site) -> None:
        """`base[key] = value`."""
        several = isinstance(base, OneOf)
        for option in options(base):
            if isinstance(option, Cell) and option.kind == "dict":
                old = containers.lookup(self, option, key) if several else UNBOUND
                containers.store(self, option, key, self.join(old, value))
            elif isinstance(option, Cell) and option.kind == "list":
                containers.replace_item(self, option, key, value)
            elif isinstance(option, Cell) and option.kind == "instance" and self.class_attribute(option, "__setitem__"):
                method = self.class_attribute(option, "__setitem__")
                assert method is not None
                self.call_method(method, [key, value], site)
            else:
                self.world.set_subscript(option, key, value, site)

    def call_method(self, method: Value, args: list[Value], site: Site) -> Value:
        """Call with plain positional arguments."""
        raise NotImplementedError

    def augmented(self, node: ast.AugAssign) -> bool:
        left = self.evaluate(node.target)
        right = self.evaluate(node.value)
        self.bind(node.target, self.augment(OPERATORS[type(node.op)], left, right, self.site(node)))
        return True

    def augment(self, op: str, left: Value, right: Value, site: Site) -> Value:
        """`left op= right`: lists change in place, all else is a new value."""
        if isinstance(left, OneOf):
            return self.join_all([self.augment(op, option, right, site) for option in left.options])
        if isinstance(left, Cell) and containers.is_dict(left) and op == "|":
            self.update_dict(left, right)
            return left
        if isinstance(left, Cell) and left.kind == "list" and op == "+":
            containers.extend(self, left, self.iterate(right, site))
            return left
        if isinstance(left, Variable):
            return self.world.augment(op, left, right, site)
        if (method := self.own_method(left, IN_PLACE.get(op, ""))) is not None:
            found = [o for o in options(self.call(method, Arguments([right]), site)) if o != NOT_IMPLEMENTED]
            return self.join_all(found) if found else self.operate(op, left, right, site)
        if isinstance(left, Const) and isinstance(right, Const):
            return self.operate(op, left, right, site)
        if containers.sequence(self, left) is not None:
            return self.operate(op, left, right, site)
        return self.world.augment(op, left, right, site)

    def delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            self._delete(target)
        return True

    def _delete(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.assign_name(target.id, UNBOUND)
        elif isinstance(target, ast.Attribute):
            self.delete_attribute(self.evaluate(target.value), self.mangled(target.attr), self.site(target))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for each in target.elts:
                self._delete(each)
        elif isinstance(target, ast.Subscript):
            self.delete_item(self.evaluate(target.value), self.evaluate(target.slice), self.site(target))

    def delete_attribute(self, base: Value, name: str, site: Site) -> None:
        """`del base.name`."""
        raise NotImplementedError

    def delete_item(self, base: Value, key: Value, site: Site) -> None:
        """`del base[key]`."""
        method = self.own_method(base, "__delitem__")
        if method is not None:
            self.call(method, Arguments([key]), site)
        elif isinstance(base, Cell) and base.kind == "dict":
            containers.remove(self, base, key)
        elif isinstance(base, Cell) and base.kind == "list":
            self._delete_from_list(base, key)
        elif not isinstance(base, Opaque):
            self.lose_track()

    def _delete_from_list(self, cell: Cell, key: Value) -> None:
        items = containers.stored(self, cell)
        slot = (cell.uid, "items")
        if isinstance(items, Tuple) and isinstance(key, Const) and isinstance(key.value, int):
            rest = list(items.items)
            if -len(rest) <= key.value < len(rest):
                del rest[key.value]
            self.state.set(slot, Tuple(tuple(rest)))
        elif isinstance(items, Tuple) and isinstance(key, SliceOf) and (ends := containers.ends(key)) is not None:
            rest = list(items.items)
            del rest[slice(*ends)]
            self.state.set(slot, Tuple(tuple(rest)))
        elif isinstance(items, Tuple):
            self.state.set(slot, Many(self.join_all(items.items)))

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        function: Value = self.make_function(node, node.name)
        for decorator in reversed(node.decorator_list):
            function = self.world.decorated(self.evaluate(decorator), function, self.site(decorator))
        self.assign_name(node.name, function)
        self.note_inner(node, function)
        return True

    def note_inner(self, node: ast.stmt, value: Value) -> None:
        """Remember what a definition inside a function made."""
        if self.frame.function is not None:
            self.inner[node] = value

    def define_class(self, node: ast.ClassDef) -> bool:
        raise NotImplementedError

    def globals_(self, node: ast.Global) -> bool:
        self.frame.globals.update(node.names)
        return True

    def nonlocals_(self, node: ast.Nonlocal) -> bool:
        self.frame.nonlocals.update(node.names)
        return True

    def import_(self, node: ast.Import) -> bool:
        raise NotImplementedError

    def import_from(self, node: ast.ImportFrom) -> bool:
        raise NotImplementedError

    # -- branches

    def if_(self, node: ast.If) -> bool:
        test = self.evaluate(node.test)
        self.world.condition("if", test, node.test, self.frame, node)
        truth = self.truth(test) if not self.world.staged(test) else None
        if truth is not None:
            return self.execute(node.body if truth else node.orelse)

        def arm(body: list[ast.stmt], holds: bool) -> Callable[[], bool]:
            def run() -> bool:
                self.narrow(node.test, holds)
                return self.execute(body)

            return run

        return any(self.branch(test, node, [arm(node.body, True), arm(node.orelse, False)]))

    def narrow(self, test: ast.expr, holds: bool) -> None:
        """Drop the alternatives of a name that a condition rules out."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            self.narrow(test.operand, not holds)
        elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == holds:
            for part in test.values:
                self.narrow(part, holds)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Is, ast.IsNot)):
            if isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None:
                self._narrow_to(test.left, isinstance(test.ops[0], ast.Is) == holds)
        elif isinstance(test, (ast.Name, ast.Attribute)) and holds:
            self._narrow_to(test, False)

    def _narrow_to(self, node: ast.expr, none: bool) -> None:
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return
        value = self.evaluate(node)
        if isinstance(value, OneOf):
            kept = one_of([o for o in value.options if (o == NO_VALUE) == none])
            if kept is not UNBOUND and isinstance(node, ast.Name):
                self.bind(node, kept)
            elif kept is not UNBOUND and isinstance(node, ast.Attribute):
                self._narrow_field(self.evaluate(node.value), self.mangled(node.attr), kept)

    def _narrow_field(self, base: Value, name: str, kept: Value) -> None:
        """Likewise of a field; what code of the program computes anew is asked for again."""
        owner = base.uid if isinstance(base, Cell) else -base.node.id - 1 if isinstance(base, Opaque) else 0
        if owner and self.state.get((owner, name)) is not UNBOUND:
            self.state.set((owner, name), kept)

    # -- the rest

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
        caught = [name for manager, _ in entered[depth:] for name in self.swallowed(manager)]
        try:
            alive = self.try_(_attempted(node, caught)) if caught else self.execute(node.body)
        except Suspension as pause:
            pause.rest.append(((), depth))
            raise
        if alive:
            self.leave_to(depth)
        del entered[depth:]
        return alive

    def leave_to(self, depth: int) -> None:
        """Leave the with blocks of this frame that lie deeper, from the inside out."""
        for manager, site in reversed(self.frame.entered[depth:]):
            self.leave(manager, site)

    def enter(self, manager: Value, statement: Site, site: Site) -> Value:
        """`manager.__enter__()`."""
        raise NotImplementedError

    def leave(self, manager: Value, statement: Site) -> None:
        """`manager.__exit__()`."""
        raise NotImplementedError

    def swallowed(self, manager: Value) -> Sequence[ast.expr]:
        """The exceptions that end the block of a manager and do not leave it."""
        raise NotImplementedError

    def return_(self, node: ast.Return) -> bool:
        value = self.evaluate(node.value) if node.value is not None else NO_VALUE
        frame = self.frame
        pending = frame.finals
        for index in range(len(pending) - 1, -1, -1):
            frame.finals = pending[:index]
            if not self.execute(pending[index]):
                frame.finals = pending
                return False
        frame.finals = pending
        self.leave_to(0)
        if any(map(self.is_left_by_a_graph, frame.loops)):
            self.world.raised("ValueError", self.site(node))
        frame.staged = frame.staged or self.staged_in
        frame.returns.append((self.state.delta(frame.mark), value))
        return False

    def raise_(self, node: ast.Raise) -> bool:
        raised = self.evaluate(node.exc) if node.exc is not None else self.opaque(self.site(node))
        if self.attempts:
            self.attempts[-1].raised.append(raised)
        elif self.staged_in == "graph" and (name := _exception(node.exc)):  # all arms of a graph's branch are traced
            self.world.raised(name, self.site(node))
        self.unwind()
        return False

    def unwind(self) -> None:
        """An exception leaves: to the handlers around it, if there are any."""
        if self.attempts:
            attempt = self.attempts[-1]
            if len(attempt.raises) >= MOST_RAISES:
                attempt.may_raise = True
                return
            self._leave_blocks(attempt)
            attempt.raises.append(self.state.delta(attempt.mark))

    def _leave_blocks(self, attempt: Attempt) -> None:
        """Leave the with blocks that were entered since a `try` began."""
        for frame in reversed(self.frames[attempt.frames - 1 :]):
            depth = attempt.depth if frame is self.frames[attempt.frames - 1] else 0
            for manager, site in reversed(frame.entered[depth:]):
                self.leave(manager, site)

    def _pass(self) -> None:
        """Something was assigned in the body of a `try`: an exception may come right after it."""
        attempt = self.attempts[-1]
        if len(self.frames) == attempt.frames and len(attempt.passed) < MOST_RAISES:
            attempt.passed.append((self.state.delta(attempt.mark), tuple(self.frame.entered[attempt.depth :])))

    def _after_assignments(self, attempt: Attempt) -> list[Delta]:
        """The states in which an exception may have left a body after an assignment, by the blocks that it was in."""
        self.state.rollback(attempt.mark)
        ways: list[Delta] = []
        for blocks, passed in groupby(attempt.passed, key=lambda each: each[1]):
            self.merge([delta for delta, _ in passed])
            for manager, site in reversed(blocks):
                self.leave(manager, site)
            ways.append(self.state.take(attempt.mark))
        return ways

    def fail(self, error: str) -> None:
        """A call certainly raises: its handler goes on from here, and what follows the call in the body is dead."""
        if self.ended():
            return
        mark = self.state.mark()
        self.unwind()
        self.state.rollback(mark)
        self.state.set(ENDED, Flag(True))
        self.state.set(ENDED_BY, Const(error))

    def ended(self) -> str:
        """The exception that certainly ended the program, or the body of a `try`, before this point."""
        flag, error = self.state.get(ENDED), self.state.get(ENDED_BY)
        if not (isinstance(flag, Flag) and flag.sure):
            return ""
        return str(error.value) if isinstance(error, Const) else "Exception"

    def assert_(self, node: ast.Assert) -> bool:
        test = self.evaluate(node.test)
        self.world.condition("assert", test, node.test, self.frame, node)
        if self.truth(test) is False:
            self.unwind()
            return False
        self.narrow(node.test, True)
        return True

    def try_(self, node: ast.Try) -> bool:
        if not node.finalbody:
            return self._try(node)
        self.frame.finals = [*self.frame.finals, node.finalbody]
        frame = self.frame
        try:
            alive = self._try(node)
        finally:
            frame.finals = frame.finals[:-1]
        return self.execute(node.finalbody) and alive

    def _try(self, node: ast.Try) -> bool:
        if not node.handlers:
            return self._attempt(node)
        attempt = Attempt(self.state.mark(), len(self.frames), len(self.frame.entered), not _only_tells(node))
        self.attempts.append(attempt)
        before = self.ended()
        try:
            alive = self._attempt(node) and (bool(before) or not self.ended())
        finally:
            self.attempts.pop()
        ways: list[Delta] = []
        if alive and (not node.orelse or self.execute(node.orelse)):
            ways.append(self.state.delta(attempt.mark))
        end = [self.state.delta(attempt.mark)] if alive and attempt.may_raise else []
        doubtful = not attempt.may_raise and not attempt.raises and _may_be_caught(node, attempt.may_fail)
        with self.joining("failure" if doubtful else self.join_detail):
            if attempt.may_raise or doubtful:
                attempt.raises += [{}, *self._after_assignments(attempt), *end]
            if attempt.raises:
                self.doubting += doubtful
                try:
                    ways += self._handle(node, attempt)
                finally:
                    self.doubting -= doubtful
            self.state.rollback(attempt.mark)
            if ways:
                self.merge(ways)
        return bool(ways)

    def _attempt(self, node: ast.Try) -> bool:
        try:
            return self.execute(node.body)
        except Suspension as pause:
            pause.rest.append((node.finalbody, 0))
            raise

    def _caught(self, attempt: Attempt, handler: ast.ExceptHandler) -> Value:
        """The exception that a handler is given: the one that was raised, where it is known."""
        raised = attempt.raised
        if "StopIteration" in _names_of(handler) and any(_is_result(n, handler.name) for n in walk(handler)):
            self.lose_track()  # it carries what a generator returns
        known = not attempt.may_raise and len(raised) == len(attempt.raises) == 1
        if known and isinstance(raised[0], Cell):
            return raised[0]
        return self.opaque(self.site(handler), raised)

    def _handle(self, node: ast.Try, attempt: Attempt) -> list[Delta]:
        ways: list[Delta] = []
        self.state.rollback(attempt.mark)
        for handler in node.handlers:
            self.merge(attempt.raises)
            if handler.name:
                self.assign_name(handler.name, self._caught(attempt, handler))
            if self.execute(handler.body):
                ways.append(self.state.delta(attempt.mark))
            self.state.rollback(attempt.mark)
        return ways


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


def _attempted(node: ast.With | ast.AsyncWith, caught: Sequence[ast.expr]) -> ast.Try:
    """The block of a manager that swallows exceptions, as the `try` that it amounts to."""
    kinds = ast.Tuple(list(caught), ast.Load())
    handler = ast.ExceptHandler(kinds, None, [ast.copy_location(ast.Pass(), node)])
    return ast.copy_location(ast.Try(node.body, [handler], [], []), node)


def _may_be_caught(node: ast.Try, may_fail: bool) -> bool:
    """Whether a handler may catch what something in the body raises; `may_fail`: an operation may, for its numbers."""
    caught = {word for h in node.handlers for word in _names_of(h)}
    if may_fail and (caught & FAILURES or any(word.endswith("Error") and word not in RAISED_BY for word in caught)):
        return True
    body = [n for statement in node.body for n in walk(statement)]
    caught -= OF_OPERATIONS
    return any(isinstance(n, RAISED_BY.get(word, ast.Call)) and _is_risky(n, word) for word in caught for n in body)


def _names_of(handler: ast.ExceptHandler) -> set[str]:
    """The last names of what a handler catches."""
    caught = handler.type if handler.type is not None else ast.Name("Exception")
    return {last_name(each) for each in (caught.elts if isinstance(caught, ast.Tuple) else [caught])} - {""}


def _is_risky(node: ast.AST, word: str) -> bool:
    """Whether a call is one of Python that refuses some arguments, where only such raise an exception."""
    if not isinstance(node, ast.Call) or word not in FAILURES:
        return True
    return last_name(node.func) in REFUSING


FAILURES = {"Exception", "BaseException", "ValueError", "TypeError", "RuntimeError"}
REFUSING = {"int", "float", "next", "min", "max", "index", "remove", "pop", "loads", "strptime", "open"}
OF_OPERATIONS = {"InvalidArgumentError", "UnimplementedError"}
"""What TensorFlow's operations alone raise, for the numbers that they get."""
RAISED_BY: dict[str, tuple[type[ast.AST], ...]] = {
    "ImportError": (ast.Import, ast.ImportFrom), "ModuleNotFoundError": (ast.Import, ast.ImportFrom),
    "KeyError": (ast.Subscript, ast.Call), "IndexError": (ast.Subscript, ast.Call),
    "LookupError": (ast.Subscript, ast.Call), "AttributeError": (ast.Attribute,), "NameError": (ast.Name,),
    "UnboundLocalError": (ast.Name,), "ZeroDivisionError": (ast.Div, ast.Mod, ast.FloorDiv),
    "ArithmeticError": (ast.Div, ast.Mod, ast.FloorDiv, ast.Pow), "AssertionError": (ast.Assert,),
    "ValueError": (ast.Call, ast.Starred, ast.Tuple), "TypeError": (ast.Call,), "RuntimeError": (),
    "Exception": (ast.Call, ast.Subscript), "BaseException": (ast.Call, ast.Subscript),
    "OSError": (ast.Call,), "IOError": (ast.Call,), "FileNotFoundError": (ast.Call,), "EOFError": (ast.Call,),
    "StopIteration": (ast.Call,), "JSONDecodeError": (ast.Call,), "KeyboardInterrupt": (), "SystemExit": (),
}  # fmt: skip
"""What of Python raises an exception; `FAILURES` and what is not here are raised by operations as well."""


_EXECUTORS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Expr: Statements.expression, ast.Assign: Statements.assign, ast.AnnAssign: Statements.annotated,
    ast.AugAssign: Statements.augmented, ast.Delete: Statements.delete, ast.FunctionDef: Statements.define,
    ast.AsyncFunctionDef: Statements.define, ast.Global: Statements.globals_, ast.Nonlocal: Statements.nonlocals_,
    ast.If: Statements.if_, ast.For: Statements.for_, ast.AsyncFor: Statements.for_, ast.While: Statements.while_,
    ast.With: Statements.with_, ast.AsyncWith: Statements.with_, ast.Return: Statements.return_,
    ast.Raise: Statements.raise_, ast.Assert: Statements.assert_, ast.Try: Statements.try_,
    ast.TryStar: Statements.try_, ast.Break: Statements.break_, ast.Continue: Statements.continue_,
    ast.Match: Statements.match,
    ast.ClassDef: lambda run, node: run.define_class(node), ast.Import: lambda run, node: run.import_(node),
    ast.ImportFrom: lambda run, node: run.import_from(node),
}  # fmt: skip


def _exception(raised: ast.expr | None) -> str:
    """The name of the exception that is raised, where it is one of Python's."""
    raised = raised.func if isinstance(raised, ast.Call) else raised
    name = raised.id if isinstance(raised, ast.Name) else ""
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else ""
