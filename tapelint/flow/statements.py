"""Statements: binding and unbinding, branches; loops, `match` and the ways out of blocks lie beside."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from . import containers, sets
from .attempts import Attempts
from .core import Arguments, Suspension
from .graph import Site
from .operators import IN_PLACE, OPERATORS
from .state import Key
from .values import (
    NO_VALUE,
    NOT_IMPLEMENTED,
    UNBOUND,
    Cell,
    Const,
    Data,
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


class Statements(Attempts):
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

    def unpacked(self, targets: list[ast.expr], value: Value, site: Site, several: bool = False) -> list[Value]:
        """The parts of a value for each of several targets, one perhaps starred; `several`: it may be another value."""
        if isinstance(value, OneOf):
            rows = [self.unpacked(targets, o, site, True) for o in value.options if not isinstance(o, Const)]
            if rows:
                self.asked(value, "__iter__")
                return [self.join_all(list(column)) for column in zip(*rows, strict=True)]
        star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        shape = value.shape if isinstance(value, (Data, Variable)) else None
        long = not shape or shape[0] is None or shape[0] > len(targets)
        items = self.iterate(value, site, to_end=star is not None or not long)
        if isinstance(items, Many):
            rest = containers.make_list(self, items)
            each = [self._unpacked_part(value, items, site) for _ in targets]
            return [rest if i == star else part for i, part in enumerate(each)]
        fewest = len(targets) - (star is not None)
        fits = len(items) >= fewest if star is not None else len(items) == fewest
        if not fits and isinstance(value, (Tuple, Cell, Data, Variable)) and not several:
            self.world.raised("ValueError", site)
        if star is not None and len(items) < fewest:
            return [self.part(site, value) for _ in targets]
        if star is None:
            missing = max(0, len(targets) - len(items))
            return [*items[: len(targets)], *(self.part(site, value) for _ in range(missing))]
        after = len(targets) - star - 1
        middle = items[star : len(items) - after]
        return [*items[:star], containers.make_list(self, Tuple(tuple(middle))), *items[len(items) - after :]]

    def _unpacked_part(self, value: Value, items: Many, site: Site) -> Value:
        """One of many parts: those of a tensor, or of what is not known, are each another one."""
        anew = self.elements(value, site) if isinstance(value, (Data, Variable, Opaque)) else items
        return self.fresh_element(anew.element if isinstance(anew, Many) else items.element, site)

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
            self.before_write(option)
            self.asked(option, "__setitem__", None if several else site)
            if isinstance(option, Cell) and option.kind == "dict":
                self.hashed(key, site)
                old = containers.lookup(self, option, key) if several else UNBOUND
                containers.store(self, option, key, self.join(old, value))
            elif isinstance(option, Cell) and option.kind == "list":
                containers.replace_item(self, option, key, value)
            elif isinstance(option, Cell) and option.kind == "instance" and self.class_attribute(option, "__setitem__"):
                method = self.class_attribute(option, "__setitem__")
                assert method is not None
                self.call_method(method, [key, value], site)
            else:
                with self.for_one_of_several() if several else nullcontext():
                    self.world.set_subscript(option, key, value, site)

    def call_method(self, method: Value, args: list[Value], site: Site) -> Value:
        """Call with plain positional arguments."""
        raise NotImplementedError

    def augmented(self, node: ast.AugAssign) -> bool:
        op, target, site = OPERATORS[type(node.op)], node.target, self.site(node.target)
        if isinstance(target, ast.Subscript):
            base, key = self.evaluate(target.value), self.evaluate(target.slice)
            old = containers.as_it_is(self, self.subscript(base, key, site))
            made = self.augment(op, old, self.evaluate(node.value), self.site(node))
            self.set_subscript(base, key, made, site)
        elif isinstance(target, ast.Attribute):
            base, name = self.evaluate(target.value), self.mangled(target.attr)
            old = containers.as_it_is(self, self.attribute(base, name, site))
            made = self.augment(op, old, self.evaluate(node.value), self.site(node))
            self.set_attribute(base, name, made, site)
        else:
            left, right = self.evaluate(target), self.evaluate(node.value)
            carried = isinstance(left, Variable) and isinstance(target, ast.Name) and self._is_carried(target.id)
            change = self.operate if carried else self.augment
            self.bind(target, change(op, left, right, self.site(node)))
        return True

    def _is_carried(self, name: str) -> bool:
        """Whether a loop of a graph carries what a name held before it: that of a variable as a tensor."""
        loop = next((loop for loop in reversed(self.frame.loops) if loop.staged), None)
        return loop is not None and (self.frame.uid, name) not in self.state.before(loop.mark)

    def augment(self, op: str, left: Value, right: Value, site: Site) -> Value:
        """`left op= right`: lists change in place, all else is a new value."""
        if isinstance(left, OneOf):
            with self.for_one_of_several():
                return self.join_all([self.augment(op, option, right, site) for option in left.options])
        if isinstance(left, Cell) and containers.is_dict(left) and op == "|":
            self.update_dict(left, right, site)
            return left
        if isinstance(left, Cell) and left.kind == "list" and op == "+":
            containers.extend(self, left, self.iterate(right, site, to_end=True))
            return left
        if isinstance(left, Cell) and left.kind == "list" and op == "*":
            made = self.operate(op, left, right, site)
            if isinstance(made, Cell) and made.kind == "list":
                self.state.set((left.uid, "items"), self.state.get((made.uid, "items")))
                return left
            return made
        if sets.is_changed(self, left, op, right, site):
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
            if self.look_up(target.id) is UNBOUND:
                self.not_bound(target)
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
            self.hashed(key, site)
            if containers.remove(self, base, key) is UNBOUND:
                self.may_raise("KeyError")
                if containers.has(self, base, key) is False and base.info is None:
                    self.not_found(base, key, "KeyError", site)
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
        elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.In, ast.NotIn)):
            key = Const(test.left.value) if isinstance(test.left, ast.Constant) else self._held(test.left)
            container = self._held(test.comparators[0])
            if isinstance(container, Cell) and container.kind == "dict" and key is not UNBOUND:
                containers.narrow(self, container, key, isinstance(test.ops[0], ast.In) == holds)
        elif isinstance(test, (ast.Name, ast.Attribute)) and holds:
            self._narrow_to(test, False)
        elif isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "hasattr":
            self._narrow_presence(test.args, holds)

    def _narrow_to(self, node: ast.expr, none: bool) -> None:
        """A name or a field is None, or is something else."""
        value = self._held(node)
        kept = one_of([o for o in options(value) if (o == NO_VALUE) == none]) if value is not UNBOUND else UNBOUND
        if isinstance(node, ast.Name) and kept is not UNBOUND and kept is not value:
            self.state.set((self.owner_of(node.id), node.id), kept)
        elif isinstance(node, ast.Attribute) and value is not UNBOUND:
            self._narrow_field(self._held(node.value), self.mangled(node.attr), none, kept)

    def _held(self, node: ast.expr) -> Value:
        """What a name or a field holds; UNBOUND where code of the program, or a class, would have to be asked."""
        if isinstance(node, ast.Name):
            return self.look_up(node.id)
        key = _field(self._held(node.value), self.mangled(node.attr)) if isinstance(node, ast.Attribute) else None
        return self.state.get(key) if key is not None else UNBOUND

    def _narrow_field(self, base: Value, name: str, none: bool, kept: Value) -> None:
        """A field is None or not, of which `kept` are those that are so: where it may be absent its class decides."""
        key = _field(base, name)
        assert key is not None
        if not self.state.may_lack(key):
            if kept is not UNBOUND and kept is not self.state.get(key):
                self.state.set(key, kept)
            return
        behind = self.behind(base, name)
        if (behind == NO_VALUE) == none and kept is UNBOUND:
            self.state.set(key, UNBOUND)
        elif kept is not UNBOUND and (behind is UNBOUND or (behind == NO_VALUE) != none):
            self.state.set(key, kept)

    def _narrow_presence(self, args: Sequence[ast.expr], there: bool) -> None:
        """`hasattr(base, name)` holds, or does not."""
        name = args[1].value if len(args) == 2 and isinstance(args[1], ast.Constant) else None
        base = self._held(args[0]) if name is not None else UNBOUND
        key = _field(base, str(name))
        if key is not None and self.state.may_lack(key) and self.behind(base, str(name)) is UNBOUND:
            self.state.set(key, self.state.get(key) if there else UNBOUND)

    def behind(self, base: Value, name: str) -> Value:
        """What an object has under a name where it has no field of that name, UNBOUND for nothing."""
        if not isinstance(base, Cell) or base.kind != "instance":
            return UNBOUND
        if self.own_method(base, "__getattr__") is not None:
            return self.opaque(base.site)
        found = self.class_attribute(base, name)
        return found if found is not None else UNBOUND

    def assert_(self, node: ast.Assert) -> bool:
        test = self.evaluate(node.test)
        before = self.ended()
        self.world.condition("assert", test, node.test, self.frame, node)
        if self.ended() and not before:
            return True
        if self.truth(test) is False:
            self.unwind()
            return False
        self.narrow(node.test, True)
        return True


def _field(base: Value, name: str) -> Key | None:
    """Where the state keeps a field of an object."""
    if isinstance(base, Cell):
        return base.uid, name
    return (-base.node.id - 1, name) if isinstance(base, Opaque) else None


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
