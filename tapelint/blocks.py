"""The syntax of tapes: where they are made and entered, and the calls of their methods, as libcst nodes.

Only the definitions and top-level statements that name a tape are parsed. This is what the text says by itself; which
tape a name holds when the program runs is for the flow engine to tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tapelint.diagnostic import Span
from tapelint.source import Definition, Source, children, last_name

if TYPE_CHECKING:
    import libcst as cst

Form = Literal[
    "with",  # with tf.GradientTape(...) as tape
    "uncalled",  # with tf.GradientTape as tape: a mistake, the tape is not made
    "entered",  # with tape: one that was made before, is kept on `self` or came as an argument
    "stopped",  # with tape.stop_recording()
    "made",  # tape = tf.GradientTape(...), or made in any other expression
    "wrapped",  # hvd.DistributedGradientTape(tape): another library's, around a tape
]

METHODS = ("gradient", "jacobian", "batch_jacobian", "watch", "watched_variables", "reset", "stop_recording")

_CLASS = "GradientTape"
_TAPE_LIKE = re.compile(r"tape(?!s)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Block:
    """One place where a tape is made or entered.

    `node` is the `with` statement, or the call where there is none; `span` its place; `tape_span` the expression that
    gives the tape; `name` what it is bound to ("" if nothing; `self.tape` for an attribute); `keywords` the arguments
    of the call as text, those without a keyword under "0", "1", ...; `body` the statements of the `with`.
    """

    node: cst.With | cst.Call
    span: Span
    tape_span: Span
    form: Form
    name: str = ""
    keywords: Mapping[str, str] = field(default_factory=dict)
    body: Span | None = None


@dataclass(frozen=True, eq=False)
class TapeCall:
    """A call of a tape's method (see `METHODS`); `tape` is the text before the dot, `arguments` as in `Block`."""

    node: cst.Call
    span: Span
    method: str
    tape: str
    arguments: Mapping[str, Span]


def find_blocks(source: Source) -> list[Block]:
    """Every place in the file where a tape is made or entered, in the order of the text. SourceError."""
    return [found for found in _find(source) if isinstance(found, Block)]


def find_calls(source: Source) -> list[TapeCall]:
    """Every call of a method that only tapes have, or of any tape method on a name that holds a tape. SourceError."""
    return [found for found in _find(source) if isinstance(found, TapeCall)]


def block_at(source: Source, span: Span) -> Block | None:
    """The block whose `with` statement, or whose call, stands exactly at `span`; an outer item before an inner one."""
    if not source.mentions_tape:
        return None
    definition = source.definition(span)
    finder = _Finder(source, definition, _names(source))
    found = [block for block in finder.run() if isinstance(block, Block) and block.span == span]
    return found[0] if found else None


def _find(source: Source) -> list[Block | TapeCall]:
    if not source.mentions_tape:
        return []
    names = _names(source)
    known = "|".join(map(re.escape, sorted(names.classes | names.tapes)))
    wanted = re.compile(rf"\b(?:{known})\b|(?i:tape)")
    found: list[Block | TapeCall] = []
    for unit in source.units():
        code = source.code(unit)
        if wanted.search(code) and not code.lstrip().startswith(("import ", "from ")):
            found += _Finder(source, source.definition(unit), names).run()
    return sorted(found, key=lambda item: (item.span.start, -item.span.end.line, -item.span.end.column))


# ---------------------------------------------------------------------- names


@dataclass(frozen=True, slots=True)
class _Names:
    """What a file calls its tapes: `classes` make one when called, `tapes` hold one (for `self.tape`: `tape`)."""

    classes: frozenset[str]
    tapes: frozenset[str]


def _names(source: Source) -> _Names:
    """Read from the statements that name a tape only."""
    classes: set[str] = {_CLASS}
    tapes: set[str] = set()
    lines = {source.position(match.start()).line for match in re.finditer(_CLASS, source.text)}
    for statement in _statements_at(source.tree.body, lines):
        _collect(statement, classes, tapes)
    if len(classes) > 1:  # `GT = tf.GradientTape`: what is made by `GT()` is found now that GT is known
        alias = re.compile(rf"\b(?:{'|'.join(map(re.escape, classes))})\b")
        lines = {source.position(match.start()).line for match in alias.finditer(source.text)}
        for statement in _statements_at(source.tree.body, lines):
            _collect(statement, classes, tapes)
    return _Names(frozenset(classes), frozenset(tapes))


def _statements_at(body: list[ast.stmt], lines: set[int]) -> Iterator[ast.stmt]:
    """The simple statements and the class headers on these lines, and the `with` statements whose header is there."""
    for statement in body:
        end = statement.end_lineno or statement.lineno
        if not any(statement.lineno <= line <= end for line in lines):
            continue
        inner = [
            block
            for name in ("body", "orelse", "finalbody")
            if isinstance(block := getattr(statement, name, None), list) and block
        ]
        inner += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, ())]
        if not inner or isinstance(statement, ast.With | ast.AsyncWith | ast.ClassDef):
            yield statement
        for block in inner:
            yield from _statements_at(block, lines)


def _collect(statement: ast.stmt, classes: set[str], tapes: set[str]) -> None:
    def is_class(node: ast.expr | None) -> bool:
        if isinstance(node, ast.Call) and last_name(node.func) == "partial" and node.args:
            node = node.args[0]
        return (name := last_name(node)) in classes or name.endswith(_CLASS)

    def makes(node: ast.expr | None) -> bool:
        return isinstance(node, ast.Call) and last_name(node.func) != "partial" and is_class(node.func)

    if isinstance(statement, ast.ImportFrom | ast.Import):
        classes |= {alias.asname for alias in statement.names if alias.asname and alias.name.endswith(_CLASS)}
    elif isinstance(statement, ast.ClassDef) and any(map(is_class, statement.bases)):
        classes.add(statement.name)
    elif isinstance(statement, ast.With | ast.AsyncWith):
        names = [last_name(item.optional_vars) for item in statement.items if makes(item.context_expr)]
        tapes |= set(filter(None, names))
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = list(filter(None, map(last_name, targets)))
        if makes(statement.value):
            tapes |= set(names)
        elif is_class(statement.value):
            classes |= set(names)


# --------------------------------------------------------------------- finder


class _Finder:
    """Walks one definition."""

    def __init__(self, source: Source, definition: Definition, names: _Names) -> None:
        self.source = source
        self.definition = definition
        self.names = names

    def run(self) -> list[Block | TapeCall]:
        """What it holds, in no order."""
        import libcst

        found: list[Block | TapeCall] = []
        headers: set[cst.CSTNode] = set()  # calls that a `with` was found for
        stack: list[cst.CSTNode] = [self.definition.module]
        while stack:
            node = stack.pop()
            if isinstance(node, libcst.With):
                for item in node.items:
                    block = self._with_item(node, item)
                    if block:
                        found.append(block)
                        headers.add(item.item)
            elif isinstance(node, libcst.Call):
                call = self._call(node) if node in headers or not self._makes(node) else self._made(node)
                if call:
                    found.append(call)
            if not isinstance(node, libcst.BaseParenthesizableWhitespace):
                stack.extend(children(node))
        return found

    def _with_item(self, node: cst.With, item: cst.WithItem) -> Block | None:
        import libcst

        expression = item.item
        form: Form | None = None
        keywords: dict[str, str] = {}
        if isinstance(expression, libcst.Call):
            if self._makes(expression):
                form, keywords = "with", self._texts(expression)
            elif isinstance(expression.func, libcst.Attribute) and expression.func.attr.value == "stop_recording":
                form = "stopped"
        elif self._is_class(expression):
            form = "uncalled"
        elif isinstance(expression, libcst.Name | libcst.Attribute) and self._holds_tape(expression):
            form = "entered"
        elif isinstance(expression, libcst.IfExp | libcst.NamedExpr) and any(map(self._makes, _parts(expression))):
            form = "with"
        if form is None:
            return None
        name = _dotted(item.asname.name) if item.asname else ""
        if not name and form == "entered":
            name = _dotted(expression)
        if isinstance(expression, libcst.NamedExpr):
            name = name or _dotted(expression.target)
        span_of = self.definition.span_of
        return Block(node, span_of(node), span_of(expression), form, name, keywords, span_of(node.body))

    def _made(self, node: cst.Call) -> Block:
        import libcst

        span = self.definition.span_of(node)
        parent = self.definition.parent(node)
        name = ""
        if isinstance(parent, libcst.Assign):
            name = _dotted(parent.targets[0].target)
        elif isinstance(parent, libcst.AnnAssign | libcst.NamedExpr):
            name = _dotted(parent.target)
        wraps = any(self._makes(arg.value) or self._holds_tape(arg.value) for arg in node.args)
        return Block(node, span, span, "wrapped" if wraps else "made", name, self._texts(node))

    def _call(self, node: cst.Call) -> TapeCall | None:
        import libcst

        func = node.func
        if not isinstance(func, libcst.Attribute) or func.attr.value not in METHODS:
            return None
        if not self._holds_tape(func.value) and func.attr.value not in ("gradient", "jacobian", "batch_jacobian"):
            return None
        span_of = self.definition.span_of
        arguments = {key: span_of(arg.value) for key, arg in _arguments(node)}
        tape = self.source.short(span_of(func.value))
        return TapeCall(node, span_of(node), func.attr.value, tape, arguments)

    def _makes(self, node: cst.BaseExpression) -> bool:
        import libcst

        return isinstance(node, libcst.Call) and self._is_class(node.func)

    def _is_class(self, node: cst.BaseExpression) -> bool:
        name = _dotted(node).rpartition(".")[2]
        return name in self.names.classes or name.endswith(_CLASS)

    def _holds_tape(self, node: cst.BaseExpression) -> bool:
        name = _dotted(node).rpartition(".")[2]
        return name in self.names.tapes or (bool(_TAPE_LIKE.search(name)) and not self._is_class(node))

    def _texts(self, call: cst.Call) -> dict[str, str]:
        span_of = self.definition.span_of
        return {key: self.source.short(span_of(arg.value)) for key, arg in _arguments(call)}


def _arguments(call: cst.Call) -> Iterator[tuple[str, cst.Arg]]:
    for index, arg in enumerate(call.args):
        yield (arg.keyword.value if arg.keyword else f"{arg.star}{index}"), arg


def _parts(node: cst.IfExp | cst.NamedExpr) -> list[cst.BaseExpression]:
    import libcst

    return [node.body, node.orelse] if isinstance(node, libcst.IfExp) else [node.value]


def _dotted(node: cst.CSTNode | None) -> str:
    """`self.tape` for a name or a chain of attributes, else ""."""
    import libcst

    parts: list[str] = []
    while isinstance(node, libcst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, libcst.Name):
        return ".".join([node.value, *reversed(parts)])
    return "." + ".".join(reversed(parts)) if parts else ""
