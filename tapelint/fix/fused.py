"""Functions made by hand of exponentials and logarithms, and the one call that is the same and finite everywhere.

Judged on the syntax of one file. A name stands for what the statements right before it gave to it: only where
nothing between the two can have changed what that is computed from.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeGuard

from tapelint.diagnostic import Span
from tapelint.source import Source, qualified_name

_ONE = (1, 1.0)
_TENSORFLOW = {
    "exp": ("tensorflow.exp", "tensorflow.math.exp"),
    "log": ("tensorflow.math.log",),
    "log1p": ("tensorflow.math.log1p",),
    "sum": ("tensorflow.reduce_sum", "tensorflow.math.reduce_sum"),
    "softmax": ("tensorflow.nn.softmax",),
    "sigmoid": ("tensorflow.sigmoid", "tensorflow.math.sigmoid", "tensorflow.nn.sigmoid"),
    "softplus": ("tensorflow.nn.softplus",),
    "logsumexp": ("tensorflow.reduce_logsumexp",),
    "log_softmax": ("tensorflow.nn.log_softmax",),
    "log_sigmoid": ("tensorflow.math.log_sigmoid",),
}
_SHORT = {name: short for short, names in _TENSORFLOW.items() for name in names}


@dataclass(frozen=True, slots=True)
class Fused:
    """The one call, with qualified names, and the statements that nothing reads any more once it stands there.

    `whole`: no exponential is left that something else reads.
    """

    text: str
    unneeded: tuple[Span, ...] = ()
    whole: bool = True

    @property
    def function(self) -> str:
        """The qualified name of the function that does it all."""
        return next(name for name in _names_in(self.text))


def fused(source: Source, span: Span, rank: int | None = None) -> Fused | None:
    """What to write for the expression at a span: `log(1 + exp(x))`, `exp(z) / reduce_sum(exp(z))` and their like.

    `rank` is the number of axes of what the exponential is taken of: only of one does a sum over all make a softmax.
    """
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call | ast.BinOp) and node.lineno == span.start.line and source.span(node) == span:
            return _Reader(source, node, rank).read()
    return None


@dataclass
class _Reader:
    source: Source
    whole: ast.Call | ast.BinOp
    rank: int | None
    named: dict[str, ast.Assign] = field(default_factory=dict)

    def read(self) -> Fused | None:
        node = self.whole
        if isinstance(node, ast.BinOp):
            text = self._quotient(node) if isinstance(node.op, ast.Div) else ""
        else:
            text = self._logarithm(node)
        if not text:
            return None
        unneeded = tuple(self._unneeded())
        kept = (made for made in self.named.values() if self.source.span(made) not in unneeded)
        return Fused(text, unneeded, not any(self._called(made.value)[0] == "exp" for made in kept))

    # ------------------------------------------------------------------ the functions

    def _logarithm(self, call: ast.Call) -> str:
        kind, library = self._called(call)
        if kind not in ("log", "log1p") or len(call.args) != 1 or call.keywords:
            return ""
        if kind == "log1p":
            of_exponential = self._argument(call.args[0], "exp")
            return self._call(library, "softplus", of_exponential) if of_exponential else ""
        inner = self._meaning(call.args[0])
        if isinstance(inner, ast.BinOp):
            return self._logarithm_of_one_and(library, inner)
        kind, library = self._called(inner)
        if not isinstance(inner, ast.Call):
            return ""
        if kind == "sum" and inner.args:
            of_exponential = self._argument(inner.args[0], "exp")
            return self._call(library, "logsumexp", of_exponential, inner) if of_exponential else ""
        if kind in ("softmax", "sigmoid") and inner.args:
            return self._call(library, f"log_{kind}", self._code(inner.args[0]), inner)
        return ""

    def _logarithm_of_one_and(self, library: str, sum_: ast.BinOp) -> str:
        """`log(1 + exp(x))` and `log(1 - sigmoid(x))`."""
        if isinstance(sum_.op, ast.Sub) and _is_one(sum_.left):
            of_sigmoid = self._argument(sum_.right, "sigmoid")
            return self._call(library, "log_sigmoid", _negative(of_sigmoid)) if of_sigmoid else ""
        of_exponential = self._of_one_plus(sum_)
        return self._call(library, "softplus", of_exponential) if of_exponential else ""

    def _quotient(self, node: ast.BinOp) -> str:
        below = self._meaning(node.right)
        if isinstance(below, ast.Call):
            return self._softmax(node.left, below)
        of_exponential = self._of_one_plus(below)
        if not of_exponential:
            return ""
        library = self._library_of(below)
        if self._argument(node.left, "exp") == of_exponential:
            return self._call(library, "sigmoid", of_exponential)
        sigmoid = self._call(library, "sigmoid", _negative(of_exponential))
        if _is_one(node.left):
            return sigmoid
        binds_less = isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add | ast.Sub)
        above = self._code(node.left)
        return f"({above}) * {sigmoid}" if binds_less else f"{above} * {sigmoid}"

    def _softmax(self, above: ast.expr, below: ast.Call) -> str:
        kind, library = self._called(below)
        if kind != "sum" or not below.args:
            return ""
        upper, lower = self._meaning(above), self._meaning(below.args[0])
        of_exponential = self._argument(upper, "exp")
        if not of_exponential or ast.dump(upper) != ast.dump(lower) or not _is_pure(upper, self._called):
            return ""
        axis, keeps = _argument_of(below, 1, "axis"), _argument_of(below, 2, "keepdims")
        kept = isinstance(keeps, ast.Constant) and keeps.value is True
        known = {"axis", "keepdims"}.issuperset(str(each.arg) for each in below.keywords)
        if not known or (keeps is not None and not isinstance(keeps, ast.Constant)) or len(below.args) > 3:
            return ""
        at = _whole_number(axis)
        if self.rank == 1 and (axis is None or at in (0, -1)):
            return self._call(library, "softmax", of_exponential)
        if at is None or not (kept or at == 0):
            return ""
        return self._call(library, "softmax", of_exponential + ("" if at == -1 else f", axis={at}"))

    # ------------------------------------------------------------------ parts of them

    def _of_one_plus(self, node: ast.AST) -> str:
        """The text of x where a node is `1 + exp(x)`, "" for all others."""
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
            return ""
        if _is_one(node.left):
            return self._argument(node.right, "exp")
        return self._argument(node.left, "exp") if _is_one(node.right) else ""

    def _argument(self, node: ast.expr, kind: str) -> str:
        """The text of what a call of that kind is given, "" where the node is no such call."""
        node = self._meaning(node)
        if self._called(node)[0] == kind and isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            return self._code(node.args[0])
        return ""

    def _called(self, node: ast.AST) -> tuple[str, str]:
        """Of a call the kind of function ("exp", "sum") and the library that it is of; "" for all others."""
        name = qualified_name(self.source, node.func) if isinstance(node, ast.Call) else ""
        library, _, last = name.rpartition(".")
        if library == "keras.ops":
            return last, library
        return _SHORT.get(name, ""), "tensorflow"

    def _library_of(self, node: ast.AST) -> str:
        found = (self._called(self._meaning(each)) for each in ast.walk(node) if isinstance(each, ast.expr))
        return next((library for kind, library in found if kind == "exp"), "tensorflow")

    def _call(self, library: str, kind: str, argument: str, like: ast.Call | None = None) -> str:
        """The call of that function, with the further arguments that another one has."""
        name = f"keras.ops.{kind}" if library == "keras.ops" else _TENSORFLOW[kind][0]
        more = [self._code(each) for each in (*like.args[1:], *like.keywords)] if like else []
        return f"{name}({', '.join([argument, *more])})"

    def _code(self, node: ast.AST) -> str:
        return self.source.code(self.source.span(node))

    # ------------------------------------------------------------------ what names stand for

    def _meaning(self, node: ast.expr) -> ast.expr:
        """What a name stands for, where that was computed right before; the node itself otherwise."""
        if not isinstance(node, ast.Name):
            return node
        made = self._made_before(node.id)
        if made is None or self._called(made.value)[0] not in ("exp", "softmax", "sigmoid", "sum"):
            return node
        self.named[node.id] = made
        return made.value

    def _made_before(self, name: str) -> ast.Assign | None:
        before, statement = self._siblings
        for index in range(len(before) - 1, -1, -1):
            made = before[index]
            if name not in _stored(made):
                continue
            if not _names_one(made) or not _is_pure(made.value, self._called):
                return None
            read = _loaded(made.value)
            still = all(read.isdisjoint(_stored(one)) and self._is_quiet(one) for one in before[index + 1 :])
            return made if still and self._is_quiet(statement) else None
        return None

    @cached_property
    def _siblings(self) -> tuple[list[ast.stmt], ast.stmt]:
        """The simple statements that run before the expression's own, in the same block, and its own."""
        for parent in ast.walk(self.source.tree):
            for body in _bodies(parent):
                for index, statement in enumerate(body):
                    if _is_simple(statement) and any(each is self.whole for each in ast.walk(statement)):
                        before = body[:index]
                        start = next((i for i in range(index, 0, -1) if not _is_simple(before[i - 1])), 0)
                        return before[start:], statement
        return [], ast.Pass()

    def _is_quiet(self, statement: ast.stmt) -> bool:
        """Whether a statement changes no variable and no collection: it calls functions of libraries only.

        Of the expression's own statement, what is called with the expression comes after it.
        """
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        before = [call for call in calls if call is self.whole or not any(n is self.whole for n in ast.walk(call))]
        names = [qualified_name(self.source, call.func) or _builtin(call.func) for call in before]
        stores = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute | ast.Subscript))
        return all(names) and not any(isinstance(node.ctx, ast.Store) for node in stores)

    def _unneeded(self) -> Iterator[Span]:
        scope: ast.AST = self.source.tree
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.FunctionDef) and any(each is self.whole for each in ast.walk(node)):
                scope = node
        for name, made in self.named.items():
            uses = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == name]
            inside = {id(node) for node in ast.walk(self.whole)} | {id(made.targets[0])}
            others = {id(node) for each in self.named.values() for node in ast.walk(each)}
            if all(id(node) in inside | others for node in uses):
                yield self.source.span(made)


def _names_in(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text, mode="eval")):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def _builtin(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) and node.id in ("print", "float", "int", "len", "str") else ""


def _is_pure(node: ast.AST, called: Callable[[ast.AST], tuple[str, str]]) -> bool:
    """Whether an expression gives the same each time: it calls nothing but the functions that are known here."""
    allowed = ast.Name | ast.Attribute | ast.Constant | ast.BinOp | ast.UnaryOp | ast.Subscript | ast.Slice | ast.Tuple
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and not called(each)[0]:
            return False
        if isinstance(each, ast.expr) and not isinstance(each, allowed | ast.Call):
            return False
    return True


def _names_one(statement: ast.stmt) -> TypeGuard[ast.Assign]:
    return (
        isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
    )


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for key in ("body", "orelse", "finalbody"):
        found = getattr(node, key, None)
        if isinstance(found, list):
            yield found


def _is_simple(statement: ast.stmt) -> bool:
    return not hasattr(statement, "body") and not isinstance(statement, ast.Match)


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _loaded(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _is_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, bool) and node.value in _ONE


def _argument_of(call: ast.Call, position: int, name: str) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((each.value for each in call.keywords if each.arg == name), None)


def _whole_number(node: ast.expr | None) -> int | None:
    try:
        value = ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _negative(code: str) -> str:
    """`-x` of x, without the sign where it has one; in parentheses where it needs them."""
    node = ast.parse(f"({code})", mode="eval").body
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return code.lstrip()[1:].lstrip()
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return f"-{code}" if simple else f"-({code})"
