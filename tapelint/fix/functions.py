"""Fixes of a function that TensorFlow is handed: what NumPy does in it, said in TensorFlow."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from tapelint.diagnostic import Edit, Span
from tapelint.facts.values import Replacement
from tapelint.fix.edits import Edits, is_literal, sound
from tapelint.fix.imports import as_the_file_says
from tapelint.source import Source, qualified_name

Equivalent = Callable[[str], Replacement | None]
Flows = Callable[[str], bool]

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd)
_NUMBERS = ("numpy.pi", "numpy.e", "math.pi", "math.e")
_FLOATS = {"float32": "tensorflow.float32", "float64": "tensorflow.float64"}


def py_function(source: Source, span: Span, equivalent: Equivalent, flows: Flows) -> Edits:
    """`tf.numpy_function(f, ...)` becomes `tf.py_function(g, ...)`, where g is f with TensorFlow in NumPy's place.

    None unless all of the body is known: arithmetic, NumPy's functions that have an `equivalent`, TensorFlow's whose
    gradient `flows`.
    """
    call = source.call_at(span)
    if call is None or len(call.args) > 3:
        return ()
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    function = call.args[0] if call.args else given.get("func")
    if function is None or not given.keys() <= {"func", "inp", "Tout", "name"}:
        return ()
    body = _Body(source, equivalent, flows)
    if not body.covers(function):
        return ()
    edits: dict[Edit, None] = {}
    for node, text in [(call.func, "tensorflow.py_function"), *body.names]:
        said, imports = as_the_file_says(source, span, text)
        if imports is None:
            return ()
        edits.update(dict.fromkeys((*imports, Edit(source.span(node), said))))
    edits.update(dict.fromkeys(body.edits))
    return sound(source, edits)


@dataclass
class _Body:
    """Reads a function; `names` are the callees that get another name, `edits` all other changes."""

    source: Source
    equivalent: Equivalent
    flows: Flows
    names: list[tuple[ast.AST, str]] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    local: set[str] = field(default_factory=set)

    def covers(self, function: ast.expr) -> bool:
        """Whether all that a function does is known, after the changes noted."""
        name = qualified_name(self.source, function)
        if name:
            found = self.equivalent(name)
            if found is None:
                return name.startswith("tensorflow.") and self.flows(name)
            self.names.append((function, found.name))
            return found.fits(1, ())
        if isinstance(function, ast.Lambda):
            return self._parameters(function.args) and self._expression(function.body)
        if not isinstance(function, ast.Name):
            return False
        found_here = [node for node in ast.walk(self.source.tree) if _defines(node, function.id)]
        if len(found_here) != 1 or not isinstance(found_here[0], ast.FunctionDef):
            return False
        definition = found_here[0]
        known = not definition.decorator_list and self._parameters(definition.args)
        known = known and all(map(self._statement, definition.body)) and isinstance(definition.body[-1], ast.Return)
        return known and (not (self.names or self.edits) or self._is_read_once(function.id))

    def _is_read_once(self, name: str) -> bool:
        reads = [node for node in ast.walk(self.source.tree) if isinstance(node, ast.Name) and node.id == name]
        return len(reads) == 1

    def _parameters(self, arguments: ast.arguments) -> bool:
        self.local |= {each.arg for each in arguments.args}
        others = (arguments.posonlyargs, arguments.kwonlyargs, arguments.defaults, arguments.kw_defaults)
        return not any(others) and arguments.vararg is None and arguments.kwarg is None

    def _statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return True
            case ast.Return(value=ast.expr() as value):
                return self._expression(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known = self._expression(value)
                self.local.add(name)
                return known
        return False

    def _expression(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self.local
            case ast.BinOp() | ast.UnaryOp() if not isinstance(node.op, _OPERATORS):
                return False
            case ast.BinOp(left=left, right=right):
                return self._is_number(left) + self._is_number(right) < 2 and all(map(self._value, (left, right)))
            case ast.UnaryOp(operand=operand):
                return self._expression(operand)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return all(map(self._expression, items))
            case ast.Call(func=ast.Attribute(value=value, attr="numpy"), args=[], keywords=[]):
                return self._dropped(node, value)
            case ast.Call(func=ast.Attribute(value=value, attr="astype"), args=[dtype], keywords=[]):
                return self._cast(node, value, dtype)
            case ast.Call():
                return self._call(node)
        return False

    def _value(self, node: ast.expr) -> bool:
        return self._is_number(node) or self._expression(node)

    def _is_number(self, node: ast.expr) -> bool:
        if isinstance(node, ast.UnaryOp):
            return self._is_number(node.operand)
        if isinstance(node, ast.Constant):
            return isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return qualified_name(self.source, node) in _NUMBERS

    def _call(self, node: ast.Call) -> bool:
        name = qualified_name(self.source, node.func)
        keywords = {keyword.arg: keyword for keyword in node.keywords}
        if not name or None in keywords or not node.args or not self._expression(node.args[0]):
            return False
        if not all(is_literal(each) for each in (*node.args[1:], *(k.value for k in node.keywords))) and not all(
            map(self._value, node.args[1:])
        ):
            return False
        found = self.equivalent(name)
        if found is None:
            return name.startswith("tensorflow.") and self.flows(name)
        if not found.fits(len(node.args), [str(each) for each in keywords]):
            return False
        self.names.append((node.func, found.name))
        for keyword in node.keywords:
            new = found.keywords.get(keyword.arg or "", keyword.arg)
            if new != keyword.arg:
                start = self.source.span(keyword).start
                end = type(start)(start.line, start.column + len(keyword.arg or ""))
                self.edits.append(Edit(Span(self.source.path, start, end), str(new)))
        return True

    def _dropped(self, node: ast.Call, value: ast.expr) -> bool:
        dropped = self._after(value, node)
        self.edits.append(Edit(dropped, ""))
        is_whole = isinstance(value, ast.Call | ast.Name) and "#" not in self.source.code(dropped)
        return is_whole and self._expression(value)

    def _cast(self, node: ast.Call, value: ast.expr, dtype: ast.expr) -> bool:
        name = _FLOATS.get(qualified_name(self.source, dtype).removeprefix("numpy."), "")
        if not name or "#" in self.source.code(self._after(value, node)):
            return False
        if not isinstance(value, ast.Call | ast.Name) or not self._expression(value):
            return False
        start = self.source.span(node).start
        cast, first = as_the_file_says(self.source, self.source.span(node), "tensorflow.cast")
        said, more = as_the_file_says(self.source, self.source.span(node), name)
        if first is None or more is None:
            return False
        self.edits += [*first, *more, Edit(Span(self.source.path, start, start), f"{cast}(")]
        self.edits.append(Edit(self._after(value, node), f", {said})"))
        return True

    def _after(self, value: ast.expr, node: ast.expr) -> Span:
        return Span(self.source.path, self.source.span(value).end, self.source.span(node).end)


def _defines(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name == name
    return isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
