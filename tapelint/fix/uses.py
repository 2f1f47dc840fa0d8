"""What becomes of a value: whether all that uses it takes a tensor as well, or has no other name for it.

Both are judged on the syntax of one file. What is not seen to be harmless counts as harmful, so that a fix that
depends on it is not called safe.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from tapelint.diagnostic import Span
from tapelint.fix.calls import PREDICT_ONLY
from tapelint.source import Source

# What takes a tensor where it takes a number or an array.
_TAKES_BOTH = {"float", "int", "bool", "abs", "sum", "len", "enumerate", "zip", "list", "tuple", "reversed"}
_PASSES_ON = {"sum", "abs", "enumerate", "zip", "list", "tuple", "reversed"}
_LIBRARIES = ("tensorflow", "keras", "tf_keras")
_COMPUTES = (*_LIBRARIES, "numpy", "math")
_HAS_BOTH = {"shape", "dtype", "ndim"}
_ASKS_OR_UPDATES = {"gradient", "jacobian", "batch_jacobian", "watch", "apply_gradients", "apply", "update_state"}
# Beside a number or an array these are fitted to the other operand; a tensor is not.
_OTHER_WIDTHS = re.compile(r"float64|float16|\bdouble\b|\bhalf\b|set_floatx|set_global_policy|complex\d")
_WIDE_TENSOR = re.compile(
    r"\.(constant|Variable|convert_to_tensor)\(\s*np\.((as)?array\(\s*[-\[(\d]|(zeros|ones|full|linspace|arange|eye|random)\b)"
    r"(?!.*float32)"
)
_NO_TENSORS = re.compile(r"Dataset|pandas|\bSequence\b|[Gg]enerator|loader")
_GIVES_A_TENSOR = {"drop_method_call", "unwrap_call", "replace_callee", "call_instead_of_predict"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)


class Uses:
    """The uses of values in one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.parents = {child: node for node in ast.walk(source.tree) for child in ast.iter_child_nodes(node)}
        self.seen: set[ast.AST | tuple[ast.AST, str]] = set()

    def take_a_tensor(self, span: Span) -> bool:
        """Whether all that is done with the expression at a span can be done with a tensor in its place."""
        node = self._at(span)
        if node is None:
            return False
        around = "\n".join(map(ast.unparse, self._around(node)))
        return not (_OTHER_WIDTHS.search(around) or _WIDE_TENSOR.search(around)) and self._is_fine(node)

    def has_one_name(self, span: Span) -> bool:
        """Whether what the update at a span changes is known by that name only, and made in the same file.

        Then to change the object is the same as to change what the name stands for.
        """
        found = (n for n in ast.walk(self.source.tree) if isinstance(n, ast.stmt) and self._is_at(n, span))
        statement = next(found, None)
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            return False
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        name = ast.unparse(target)
        scope = self._scope(statement)
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) and name in _parameters(scope):
            return False
        is_local = isinstance(scope, ast.FunctionDef) and isinstance(target, ast.Name)
        for node in ast.walk(scope if is_local else self.source.tree):
            if not isinstance(node, ast.Name | ast.Attribute) or ast.unparse(node) != name:
                continue
            if isinstance(node.ctx, ast.Load) and self._is_kept(node):
                return False
            made = self.parents.get(node)
            is_new = _is_made_by_a_call(node, made, self.parents)
            if isinstance(node.ctx, ast.Store) and made is not statement and not is_new:
                return False
        return True

    def _is_kept(self, node: ast.expr) -> bool:
        """Whether a variable that is read here is kept under another name or in a collection."""
        parent = self.parents.get(node)
        if isinstance(parent, ast.List | ast.Tuple | ast.keyword):
            return self._is_kept(parent) if isinstance(parent, ast.expr) else True
        if isinstance(parent, ast.Call) and node is not parent.func:
            method = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
            root = self._root(parent.func)
            return not (method in _ASKS_OR_UPDATES or root in _COMPUTES or root in ("print", "zip", "float"))
        computed = ast.BinOp | ast.UnaryOp | ast.Compare | ast.Attribute | ast.FormattedValue | ast.Subscript | ast.Call
        return not isinstance(parent, computed)

    # ------------------------------------------------------------------ one value

    def _is_fine(self, node: ast.AST) -> bool:
        """Whether the use of the expression, and what comes of it, is one that a tensor allows."""
        if node in self.seen:
            return True
        self.seen.add(node)
        parent = self.parents.get(node)
        match parent:
            case ast.BinOp() | ast.UnaryOp() | ast.IfExp() | ast.List() | ast.Tuple() | ast.ListComp() | ast.Starred():
                return self._is_fine(parent)
            case ast.Subscript(ctx=ast.Load()):
                return parent.value is node and self._is_fine(parent)
            case ast.GeneratorExp():
                return self._is_fine(parent)
            case ast.Compare() | ast.Expr():
                return True
            case ast.Attribute():
                return parent.attr in _HAS_BOTH
            case ast.keyword() | ast.Call():
                return self._is_fine_in_call(node, parent)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                return self._name_is_fine(name, self._scope(parent))
            case ast.For(target=ast.Name(id=name)) if parent.iter is node:
                return self._name_is_fine(name, self._scope(parent))
            case ast.comprehension(target=ast.Name(id=name)) if parent.iter is node:
                return self._name_is_fine(name, self._scope(parent))
            case ast.Return():
                return self._results_are_fine(self._scope(parent))
            case ast.Lambda():
                return self._results_are_fine(parent)
        return False

    def _is_fine_in_call(self, node: ast.AST, parent: ast.AST) -> bool:
        call = parent if isinstance(parent, ast.Call) else self.parents.get(parent)
        if not isinstance(call, ast.Call) or call.func is node:
            return False
        root = self._root(call.func)
        if root in _COMPUTES:
            return True
        if root in _TAKES_BOTH and isinstance(call.func, ast.Name):
            return root not in _PASSES_ON or self._is_fine(call)
        if isinstance(call.func, ast.Attribute):
            if call.func.attr == "append" and isinstance(call.func.value, ast.Name):
                return self._name_is_fine(call.func.value.id, self._scope(call))
            return call.func.attr in _ASKS_OR_UPDATES
        return isinstance(call.func, ast.Name) and self._parameter_is_fine(call, node, call.func.id)

    def _parameter_is_fine(self, call: ast.Call, node: ast.AST, name: str) -> bool:
        """What a function of the file does with an argument; a model's or an unknown function's use is not seen."""
        found = [n for n in self.source.tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
        if len(found) != 1 or node not in call.args:
            return False
        position, parameters = call.args.index(node), found[0].args.args
        return position < len(parameters) and self._name_is_fine(parameters[position].arg, found[0])

    def _name_is_fine(self, name: str, scope: ast.AST) -> bool:
        if (scope, name) in self.seen:
            return True
        self.seen.add((scope, name))
        return all(self._is_fine_read(node) for node in _reads(scope, name))

    def _is_fine_read(self, node: ast.Name) -> bool:
        parent = self.parents.get(node)
        if isinstance(parent, ast.Attribute) and parent.attr == "append":
            return True
        return self._is_fine(node)

    def _results_are_fine(self, function: ast.AST) -> bool:
        """Whether what every call of a function makes of its result is fine; one that is not called by name is not."""
        held = self.parents.get(function)
        if isinstance(function, ast.FunctionDef) and isinstance(held, ast.Module | ast.FunctionDef):
            name = function.name
        elif isinstance(held, ast.Assign) and isinstance(held.targets[0], ast.Name):
            name = held.targets[0].id
        else:
            return False
        reads = list(_reads(self.source.tree, name))
        calls = [self.parents.get(node) for node in reads]
        return bool(calls) and all(
            isinstance(call, ast.Call) and call.func is node and self._is_fine(call)
            for call, node in zip(calls, reads, strict=True)
        )

    # -------------------------------------------------------------------- helpers

    def _at(self, span: Span) -> ast.expr | None:
        found = (n for n in ast.walk(self.source.tree) if isinstance(n, ast.expr) and self._is_at(n, span))
        return next(found, None)

    def _is_at(self, node: ast.expr | ast.stmt, span: Span) -> bool:
        return node.lineno == span.start.line and self.source.span(node) == span

    def _around(self, node: ast.AST) -> list[ast.AST]:
        """The top-level statement that a node is in, and all that speaks of it or that it speaks of, by name."""
        while not isinstance(self.parents[node], ast.Module):
            node = self.parents[node]
        if not isinstance(node, ast.FunctionDef):
            return [self.source.tree]
        names = _names(node)
        others = (one for one in self.source.tree.body if one is not node and not isinstance(one, ast.Import))
        return [node, *(one for one in others if node.name in _names(one) or _made(one) & names)]

    def _scope(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, _SCOPES):
            node = self.parents[node]
        return node

    def _root(self, func: ast.expr) -> str:
        """The library that a callee is of, or its own first name."""
        while isinstance(func, ast.Attribute):
            func = func.value
        if not isinstance(func, ast.Name):
            return ""
        return self.source.imports.get(func.id, func.id).partition(".")[0]


def _is_made_by_a_call(node: ast.AST, made: ast.AST | None, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether a name is given what a call makes: `v = f()`, and `v, w = f(), g()`."""
    if isinstance(made, ast.Tuple):
        values = getattr(parents.get(made), "value", None)
        if not isinstance(values, ast.Tuple) or len(values.elts) != len(made.elts):
            return False
        return isinstance(values.elts[made.elts.index(node)], ast.Call)  # type: ignore[arg-type]
    return isinstance(made, ast.Assign) and isinstance(made.value, ast.Call)


def is_harmless(source: Source, fix: str, span: Span) -> bool:
    """Whether a fix of that name at a span leaves alone what is made of the value elsewhere in the file."""
    if fix == "assign_in_place":
        return Uses(source).has_one_name(span)
    if fix == "unwrap_call" and not _has_only(source, span):
        return False
    if fix == "call_instead_of_predict" and (
        _NO_TENSORS.search(source.text) or not _has_only(source, span, PREDICT_ONLY)
    ):
        return False
    return fix not in _GIVES_A_TENSOR or Uses(source).take_a_tensor(span)


def _has_only(source: Source, span: Span, keywords: tuple[str, ...] = ()) -> bool:
    """Whether the call at a span has one positional argument and beside it no keywords but these."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and source.span(node) == span:
            return len(node.args) == 1 and all(each.arg in keywords for each in node.keywords)
    return False


def _reads(scope: ast.AST, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _made(statement: ast.stmt) -> set[str]:
    """The names that a statement gives something to."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = function.args
    return {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
