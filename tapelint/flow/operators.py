"""Operators on values: Python's own answer where both sides are known, else a method's, else the world's."""

from __future__ import annotations

import ast

from . import comparing, containers, sets
from .arithmetic import COMPARISONS, fold
from .core import Arguments
from .graph import Site
from .values import (
    NO_VALUE,
    NOT_IMPLEMENTED,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Many,
    Member,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    is_tensor,
    number_of,
    one_of,
    options,
)
from .waiting import Waiting

OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.USub: "unary -", ast.UAdd: "unary +", ast.Invert: "unary ~", ast.Not: "not",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip

DICTS = {"dict", "OrderedDict", "defaultdict", "Counter"}
"""Python's classes of dicts."""

LONGEST_KNOWN = 64
"""A sequence that is repeated to more items than these, and a longer text of which each letter is asked for, is
followed as a whole.
"""


class Operators(Waiting):
    """How values are combined and compared."""

    def operate(self, op: str, left: Value, right: Value, site: Site) -> Value:
        """A binary operator on values: Python's own where both are, else the world's."""
        if isinstance(left, Const) and isinstance(right, Const):
            folded = fold(op, left.value, right.value)
            if folded is not None:
                return self.as_flag(folded)
        method = self._operator_method(op, left, right, site)
        if method is not None:
            return method
        self.refused_operands(op, left, right)
        joined = self._sequence_operator(op, left, right, site)
        return joined if joined is not None else self.world.operate(op, [left, right], site)

    def as_flag(self, value: Const) -> Const:
        """A constant as it stands for what the program has, where it is a flag."""
        raise NotImplementedError

    def _sequence_operator(self, op: str, left: Value, right: Value, site: Site) -> Value | None:
        if op == "|" and containers.is_dict(left) and containers.is_dict(right):
            merged = containers.make_dict(self, [])
            self.update_dict(merged, left, site)
            self.update_dict(merged, right, site)
            return merged
        first, second = containers.sequence(self, left), containers.sequence(self, right)
        if op == "+" and isinstance(left if first is None else right, Opaque):
            return None
        both = sets.is_set(left) and sets.is_set(right)
        if op in sets.OPERATORS and both and first is not None and second is not None:
            info = left.info if isinstance(left, Cell) else None
            return containers.make_list(self, sets.combined(self, op, first, second), "set", site, info)
        is_list = isinstance(left, Cell) or isinstance(right, Cell)
        made: Tuple | Many | None = None
        if op == "+" and first is not None and second is not None:
            made = containers.concatenate(self, first, second)
        elif op == "*" and (first is None) != (second is None):
            items, times = (first, right) if first is not None else (second, left)
            number = times.value if isinstance(times, Const) and isinstance(times.value, int) else None
            if isinstance(items, Tuple) and number is not None and len(items.items) * number <= LONGEST_KNOWN:
                made = Tuple(items.items * number)
            repeats = not isinstance(times, (Data, Variable)) and not (isinstance(times, Const) and number is None)
            if made is None and items is not None and repeats:
                made = Many(self.join_all(items.items)) if isinstance(items, Tuple) else items
        if made is None:
            return None
        return containers.make_list(self, made) if is_list else made

    def _operator_method(self, op: str, left: Value, right: Value, site: Site) -> Value | None:
        """What the operands' own classes do, the left one first; None where none does anything."""
        names = METHODS.get(op)
        if names is None:
            return None
        sides = [(left, right, names[0]), (right, left, names[1])]
        if self._extends(right, left) and self.own_method(right, names[1]) is not None:
            sides.reverse()
        found: list[Value] = []
        for operand, other, name in sides:
            method = self.own_method(operand, name)
            if method is None:
                continue
            result = options(self.call(method, Arguments([other]), site))
            found += [option for option in result if option != NOT_IMPLEMENTED]
            if NOT_IMPLEMENTED not in result:
                break
        return self.join_all(found) if found else None

    def _extends(self, value: Value, other: Value) -> bool:
        """Whether an object's class extends another object's class: its operators come first."""
        if not (_is_object(value) and _is_object(other)) or value.info == other.info:  # type: ignore[attr-defined]
            return False
        return other.info in self.lineage(value.info)  # type: ignore[attr-defined]

    def own_method(self, value: Value, name: str) -> Value | None:
        """A method with double underscores that the project's classes give every object that a value may be, bound;
        None where one has none."""
        raise NotImplementedError

    def lineage(self, cls: Value) -> list[Value]:
        """A class and its bases, in order."""
        raise NotImplementedError

    def class_attribute(self, instance: Cell, name: str) -> Value | None:
        """A method that an instance's own classes define, bound; None where none does."""
        raise NotImplementedError

    def update_dict(self, cell: Cell, other: Value, site: Site) -> None:
        """`cell.update(other)`."""
        if isinstance(other, Cell) and other.kind == "dict":
            containers.update(self, cell, other)
        elif isinstance(other, Cell) and other.kind == "fields" and other.site is not None:
            self.update_dict(cell, self.call(self.attribute(other, "copy", site), Arguments([]), site), site)
        elif isinstance(other, Opaque):
            unknown = self.opaque(other.node.site, [other])
            containers.store(self, cell, unknown, unknown)
        elif self.is_mapping(other) and isinstance(other, Cell) and _is_a_dict(self.lineage(other.info)):
            unknown = self.opaque(site, [other])  # whether Python asks its methods depends on which of them it has
            containers.store(self, cell, unknown, unknown)
        elif self.is_mapping(other):
            names = self.iterate(self.call(self.attribute(other, "keys", site), Arguments([]), site), site)
            for key in [names.element] if isinstance(names, Many) else names:
                store = containers.store_some if isinstance(names, Many) else containers.store
                store(self, cell, key, self.subscript(other, key, site))
        else:
            self._add_pairs(cell, self.iterate(other, site), site)

    def _add_pairs(self, cell: Cell, pairs: list[Value] | Many, site: Site) -> None:
        """Take in pairs of keys and values."""
        if isinstance(pairs, Many):
            key, value = self._pair(pairs.element, site)
            containers.store_some(self, cell, key, value)
        else:
            known = [self._pair(pair, site) for pair in pairs]
            for key, _ in known:
                self.hashed(key, site)
            containers.store_all(self, cell, known)

    def _pair(self, value: Value, site: Site) -> tuple[Value, Value]:
        items = self.elements(value, site) if isinstance(value, (Tuple, Cell, Const)) else UNBOUND
        if isinstance(items, list) and len(items) == 2:
            return items[0], items[1]
        unknown = self.opaque(site, [value])
        return unknown, unknown

    def subscript(self, base: Value, key: Value, site: Site) -> Value:
        """`base[key]`."""
        raise NotImplementedError

    def is_mapping(self, value: Value) -> bool:
        """Whether an object's own class gives it the methods that make a dict of it."""
        if not (_is_object(value) and isinstance(value, Cell)):
            return False
        return all(self.class_attribute(value, name) is not None for name in ("keys", "__getitem__"))

    def definition(self, function: Function) -> Site:
        """Where a function stands: the place of a call that Python makes by itself."""
        raise NotImplementedError

    # -- comparisons and truth

    def unknown_bool(self, value: Value, site: Site) -> Value:
        """A truth that is not known, made from a value: a plain Python bool."""
        return self.world.operate("bool", [value], site)

    def _asked_of_first(self, left: Value, right: Value, site: Site) -> None:
        """`left in right`, where one is a tensor: whether it equals the first item, if it is not that."""
        items = containers.sequence(self, right)
        first = items.items[0] if isinstance(items, Tuple) and items.items else UNBOUND
        pair = [is_tensor(value) or number_of(value) is not None for value in (left, first)]
        if all(pair) and left != first:
            self.world.asked(self.compare_pair("==", left, first, site), site)

    def compare_pair(self, op: str, left: Value, right: Value, site: Site) -> Value:
        """One comparison; identity and membership are Python's own."""
        if isinstance(left, OneOf) or isinstance(right, OneOf):
            with self.for_one_of_several():
                each = [self.compare_pair(op, a, b, site) for a in options(left) for b in options(right)]
            if op in ("is", "is not", "==", "!=") and all(isinstance(f, Const) for f in each):
                return one_of(each)
        if (told := self.world.compared(op, left, right)) is not None:
            return Const(told)
        if op in ("is", "is not"):
            same = self._identical(left, right)
            return Const(same == (op == "is")) if same is not None else self.unknown_bool(Tuple((left, right)), site)
        if op in ("in", "not in"):
            method = self.own_method(right, "__contains__")
            if method is not None:
                answer = self.call(method, Arguments([left]), site)
                truth = self.truth(answer)
                return Const(truth == (op == "in")) if truth is not None else self.unknown_bool(answer, site)
            self.asked_for_one(right)
            if self.own_method(right, "__iter__") is not None:
                found = self.elements(right, site)
                right = found if isinstance(found, Many) else Tuple(tuple(found))
            elif isinstance(right, Cell) and right.kind in ("dict", "set"):
                self.hashed(left, site)
            self.refused_operands(op, left, right)
            self.world.sought(left, right, site)
            self._asked_of_first(left, right, site)
            present = self._contains(left, right)
            if present is not None:
                return Const(present == (op == "in"))
            return self.unknown_bool(Tuple((left, right)), site)
        if isinstance(left, Const) and isinstance(right, Const):
            folded = fold(op, left.value, right.value)
            if folded is not None:
                return folded
        for of_containers in (sets.compared, comparing.compared):
            if (answer_known := of_containers(self, op, left, right)) is not None:
                return Const(answer_known)
        made = self._compared_by_method(op, left, right, site)
        if made is None:
            self.refused_operands(op, left, right)
        return made if made is not None else self.world.operate(op, [left, right], site)

    def _compared_by_method(self, op: str, left: Value, right: Value, site: Site) -> Value | None:
        """A comparison by the operands' own classes."""
        made = self._operator_method(op, left, right, site)
        if made is None and op == "!=" and (same := self._operator_method("==", left, right, site)) is not None:
            truth = self.truth(same)
            return Const(not truth) if truth is not None else self.unknown_bool(same, site)
        if made is not None or op not in ("==", "!=") or not (_is_object(left) or _is_object(right)):
            return made
        if self.is_equal_to_itself_only(left) and self.is_equal_to_itself_only(right):
            return Const((left == right) == (op == "=="))
        return made

    def is_equal_to_itself_only(self, value: Value) -> bool:
        """Whether a value is a constant, or an object whose classes say nothing of what it equals."""
        raise NotImplementedError

    def _identical(self, left: Value, right: Value) -> bool | None:
        if isinstance(left, (Opaque, Many, OneOf)) or isinstance(right, (Opaque, Many, OneOf)):
            return None
        if left != right and not (self.world.is_settled(left) and self.world.is_settled(right)):
            return None
        if isinstance(left, Member) or isinstance(right, Member):
            mine, yours = (getattr(value, "of", UNBOUND) for value in (left, right))
            return left == right and mine == yours
        if isinstance(left, Const) and isinstance(right, Const):
            return left == right
        if isinstance(left, Const) or isinstance(right, Const):
            return False
        if left == right and (isinstance(left, Tuple) or (isinstance(left, Cell) and self._has_twin(left))):
            return None
        return left == right

    def _has_twin(self, cell: Cell) -> bool:
        """Whether a container is also known by an object that stands for it."""
        return self.state.get((cell.uid, TWIN)) is not UNBOUND

    def _contains(self, item: Value, container: Value) -> bool | None:
        if isinstance(item, Const) and isinstance(container, Const):
            folded = fold("in", item.value, container.value)
            return None if folded is None else bool(folded.value)
        keys: list[Value] | None = None
        if isinstance(container, Cell) and container.kind == "dict":
            if (found := containers.has(self, container, item)) is not None:
                return found
            known = containers.pairs(self, container)
            keys = [k for k, _ in known] if known is not None else None
        else:
            items = containers.sequence(self, container)
            keys = list(items.items) if isinstance(items, Tuple) else None
        if keys is None:
            return None
        truths = [self.same(item, key) for key in keys]
        if isinstance(item, Variable) and truths and truths[0] is not True:
            return None  # it is compared with the first of them, number by number
        return True if True in truths else None if None in truths else False

    def same(self, item: Value, other: Value) -> bool | None:
        """Whether a search takes one value for another: it is the same one, or equal."""
        if self._identical(item, other):
            return True
        pair = ((item, other), (other, item))
        if any(isinstance(a, Library) and isinstance(b, Const) and b != NO_VALUE for a, b in pair):
            return None  # a dtype equals the text that names it
        if self._is_itself_only(item) and self._is_itself_only(other):
            return False
        if isinstance(item, Const) and isinstance(other, (Cell, Tuple)) and not self.has_equals(other):
            return False
        if item == NO_VALUE and isinstance(other, Data):  # which are equal to no None
            return False
        return self.world.compared("==", item, other)

    def _is_itself_only(self, value: Value) -> bool:
        return (isinstance(value, (Function, Class, Library)) and self.world.is_settled(value)) or (
            self.is_equal_to_itself_only(value) and not self.has_equals(value)
        )

    def truth(self, value: Value) -> bool | None:
        """Whether a value counts as true; None where nobody can tell."""
        if isinstance(value, Const):
            return bool(value.value)
        method = self.own_method(value, "__bool__") or self.own_method(value, "__len__")
        if isinstance(method, Bound) and isinstance(method.function, Function):
            return self.truth(self.call(method, Arguments([]), self.definition(method.function)))
        if isinstance(value, OneOf):
            truths = {self.truth(option) for option in value.options}
            return truths.pop() if len(truths) == 1 else None
        items = containers.sequence(self, value)
        if isinstance(items, Tuple):
            return bool(items.items)
        if isinstance(value, Cell) and value.kind == "dict":
            known = containers.pairs(self, value)
            return bool(known) if known is not None else None
        return self.world.truth(value)


def _is_a_dict(lineage: list[Value]) -> bool:
    return any(isinstance(base, Library) and base.name.rpartition(".")[2] in DICTS for base in lineage)


def _is_object(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind == "instance"


TWIN = "an object that stands for it"
"""Set of a container that a library wraps when it is kept: the wrapper has the same items, and is another object."""

METHODS = {
    "+": ("__add__", "__radd__"), "-": ("__sub__", "__rsub__"), "*": ("__mul__", "__rmul__"),
    "/": ("__truediv__", "__rtruediv__"), "**": ("__pow__", "__rpow__"), "@": ("__matmul__", "__rmatmul__"),
    "//": ("__floordiv__", "__rfloordiv__"), "%": ("__mod__", "__rmod__"), "&": ("__and__", "__rand__"),
    "|": ("__or__", "__ror__"), "^": ("__xor__", "__rxor__"), "<<": ("__lshift__", "__rlshift__"),
    ">>": ("__rshift__", "__rrshift__"), "==": ("__eq__", "__eq__"), "!=": ("__ne__", "__ne__"),
    "<": ("__lt__", "__gt__"), ">": ("__gt__", "__lt__"), "<=": ("__le__", "__ge__"), ">=": ("__ge__", "__le__"),
}  # fmt: skip

IN_PLACE = {op: "__i" + names[0][2:] for op, names in METHODS.items() if op not in COMPARISONS}
