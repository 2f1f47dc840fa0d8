"""Edits by name: what a rule asks for with `context.fix("drop_method_call", ...)`.

Every builder takes the source and the span of a node, as `Source.span` gives it, then what it needs besides. It finds
the node in the CST of its definition and gives edits by span, so that all other formatting stays. It gives none where
the edit cannot be made for sure: the node is not what it should be, a comment would be lost, or the result would not
parse. Names that begin with `tensorflow.`, `numpy.`, `keras.` or `tf_keras.` in a text are said as the file says them,
and imported where it does not.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from tapelint.diagnostic import Edit, Position, Span
from tapelint.source import Definition, Source, SourceError, imports_of

if TYPE_CHECKING:
    import libcst as cst

    N = TypeVar("N", bound=cst.CSTNode)

Edits = tuple[Edit, ...]

_USUAL_IMPORTS = {
    "tensorflow": ("tf", "import tensorflow as tf"),
    "numpy": ("np", "import numpy as np"),
    "keras": ("keras", "import keras"),
    "tf_keras": ("tf_keras", "import tf_keras"),
}
_QUALIFIED = re.compile(rf"(?<![\w.\"'])(?:{'|'.join(_USUAL_IMPORTS)})(?:\.\w+)+")
_NEWLINE = re.compile(r"\r\n|\r|\n")
PREDICT_ONLY = ("batch_size", "verbose", "callbacks", "max_queue_size", "workers", "use_multiprocessing")
_SAME_AS_TENSORFLOW = ("tensorflow.compat.v2", "tensorflow.compat.v1")


def apply(source: Source, edits: Iterable[Edit]) -> str:
    """The text of `source` with edits made, none of which overlap; two that insert at one place keep their order."""
    text, end = source.text, len(source.text)
    pieces: list[str] = []
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    for edit in ordered[::-1]:
        pieces += [text[source.offset(edit.span.end) : end], edit.replacement]
        end = source.offset(edit.span.start)
    return "".join([text[:end], *reversed(pieces)])


# ----------------------------------------------------------------- expressions


def replace(source: Source, span: Span, text: str) -> Edits:
    """The expression becomes `text`, in parentheses where the place needs them."""
    text, imports = _as_the_file_says(source, span, text)
    if imports is None:
        return ()
    for each in (text, f"({text})"):
        if _is_one_expression(source, span, each):
            return _sound(source, (*imports, Edit(span, each)))
    return ()


def wrap_argument(source: Source, span: Span, before: str, after: str = ")") -> Edits:
    """The expression `x` becomes `{before}x{after}`: `tf.cast(` and `, tf.float32)`."""
    return replace(source, span, f"{before}{source.code(span)}{after}")


def add_epsilon(source: Source, span: Span, epsilon: str = "1e-7") -> Edits:
    """`x` becomes `x + 1e-7`, in parentheses where the place needs them, and `x` where it does."""
    code = source.code(span)
    if not _is_left_operand(code, epsilon):
        code = f"({code})"
    return replace(source, span, f"{code} + {epsilon}")


def operator_to_call(source: Source, span: Span, callee: str) -> Edits:
    """`a / b` becomes `callee(a, b)`."""
    import libcst

    definition, node = _find(source, span, libcst.BinaryOperation)
    if node is None or definition is None:
        return ()
    left, right = definition.span_of(node.left), definition.span_of(node.right)
    between = Span(span.path, _whole(definition, node.left).end, _whole(definition, node.right).start)
    if "#" in source.code(between):
        return ()
    return replace(source, span, f"{callee}({source.code(left)}, {source.code(right)})")


# ----------------------------------------------------------------------- calls


def replace_callee(source: Source, span: Span, callee: str, keywords: Mapping[str, str] | None = None) -> Edits:
    """`np.square(x, axis=0)` becomes `callee(x, axis=0)`; `keywords` gives arguments new names."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    callee, imports = _as_the_file_says(source, span, callee)
    if node is None or definition is None or imports is None:
        return ()
    edits = [Edit(_whole(definition, node.func), callee)]
    for arg in node.args:
        if arg.keyword and arg.keyword.value in (keywords or {}):
            edits.append(Edit(definition.span_of(arg.keyword), (keywords or {})[arg.keyword.value]))
    return _sound(source, (*imports, *edits))


def rename_method(source: Source, span: Span, name: str) -> Edits:
    """`a.old(x)` becomes `a.name(x)`; `span` is the call's or the attribute's."""
    import libcst

    definition, node = _find(source, span, (libcst.Call, libcst.Attribute))
    attribute = node.func if isinstance(node, libcst.Call) else node
    if definition is None or not isinstance(attribute, libcst.Attribute):
        return ()
    return _sound(source, (Edit(definition.span_of(attribute.attr), name),))


def drop_method_call(source: Source, span: Span) -> Edits:
    """`x.numpy()` becomes `x`."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None or not isinstance(node.func, libcst.Attribute):
        return ()
    start = _whole(definition, node.func.value).end
    dropped = Span(span.path, start, span.end)
    return () if "#" in source.code(dropped) else _sound(source, (Edit(dropped, ""),))


def drop_attribute(source: Source, span: Span, *keywords: str) -> Edits:
    """`model.predict(x, verbose=0)` becomes `model(x)`: the method's name goes, and the arguments of these keywords."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None or not isinstance(node.func, libcst.Attribute):
        return ()
    receiver, func = _whole(definition, node.func.value), _whole(definition, node.func)
    edits = [Edit(Span(span.path, receiver.end, func.end), "")]
    for keyword in keywords:
        edits += _without_argument(definition, node, keyword)
    if any("#" in source.code(edit.span) for edit in edits):
        return ()
    return _sound(source, edits)


def call_instead_of_predict(source: Source, span: Span) -> Edits:
    """`model.predict(x, verbose=0)` becomes `model(x)`."""
    return drop_attribute(source, span, *PREDICT_ONLY)


def unwrap_call(source: Source, span: Span, argument: int = 0) -> Edits:
    """`tf.constant(v)` becomes `v`, in parentheses where the place needs them."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) <= argument or node.args[argument].star:
        return ()
    inner = _whole(definition, node.args[argument].value)
    around = source.code(Span(span.path, span.start, inner.start)) + source.code(Span(span.path, inner.end, span.end))
    return () if "#" in around else replace(source, span, source.code(inner))


def add_call(source: Source, span: Span) -> Edits:
    """`tf.GradientTape` becomes `tf.GradientTape()`."""
    return _sound(source, (Edit(Span(span.path, span.end, span.end), "()"),))


def add_keyword(source: Source, span: Span, name: str, value: str, position: int | None = None) -> Edits:
    """The call gets the argument `name=value`, at its end; one of that name takes the new value.

    `position` 0 says that the argument may also be the first one, without its name.
    """
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None:
        return ()
    keyword = f"{name}={value}"
    for arg in node.args:
        if arg.keyword and arg.keyword.value == name:
            return replace(source, definition.span_of(arg.value), value)
        if position == 0 and not arg.keyword and not arg.star:
            return replace(source, definition.span_of(arg.value), value)
    closing = Position(span.end.line, span.end.column - 1)
    if not node.args:
        return _sound(source, (Edit(Span(span.path, closing, closing), keyword),))
    last = definition.span_of(node.args[-1])
    has_comma = isinstance(node.args[-1].comma, libcst.Comma)
    before = source.lines[last.start.line - 1][: last.start.column - 1]
    space = source.newline + before if not before.strip() and last.start.line > span.start.line else " "
    if not has_comma:
        return _sound(source, (Edit(Span(span.path, last.end, last.end), f",{space}{keyword}"),))
    after = source.position(source.offset(last.end) + source.text[source.offset(last.end) :].index(",") + 1)
    return _sound(source, (Edit(Span(span.path, after, after), f"{space}{keyword}" + ("," if space != " " else "")),))


def remove_argument(source: Source, span: Span, which: str | int) -> Edits:
    """The call loses the argument of that keyword, or at that position from 0."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None:
        return ()
    edits = list(_without_argument(definition, node, which))
    return () if any("#" in source.code(edit.span) for edit in edits) else _sound(source, edits)


def swap_arguments(source: Source, span: Span, first: int = 0, second: int = 1) -> Edits:
    """`zip(a, b)` becomes `zip(b, a)`."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) <= max(first, second):
        return ()
    one, other = (definition.span_of(node.args[index]) for index in (first, second))
    return _sound(source, (Edit(one, source.code(other)), Edit(other, source.code(one))))


def zip_arguments(source: Source, span: Span) -> Edits:
    """`f(a, b)` becomes `f(zip(a, b))`."""
    import libcst

    definition, node = _find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) < 2:
        return ()
    first, second = (definition.span_of(arg) for arg in node.args[:2])
    if any(arg.keyword or arg.star for arg in node.args[:2]):
        return ()
    edits = Edit(Span(span.path, first.start, first.start), "zip("), Edit(Span(span.path, second.end, second.end), ")")
    return _sound(source, edits)


def integers_to_floats(source: Source, span: Span) -> Edits:
    """Every whole number in the expression's first argument (or in itself, if it is no call) gets a point."""
    import libcst
    from libcst import matchers

    definition, node = _find(source, span, libcst.BaseExpression)
    if definition is None or node is None:
        return ()
    if isinstance(node, libcst.Call):
        if not node.args or any(arg.keyword and arg.keyword.value == "dtype" for arg in node.args):
            return ()
        node = node.args[0].value
    if matchers.findall(node, matchers.Call() | matchers.Subscript() | matchers.Name()):
        return ()
    numbers = [definition.span_of(each) for each in matchers.findall(node, matchers.Integer())]
    decimal = all(source.code(number).replace("_", "").isdecimal() for number in numbers)
    return _sound(source, [Edit(Span(n.path, n.end, n.end), ".0") for n in numbers]) if decimal else ()


# ------------------------------------------------------------------ statements


def replace_statement(source: Source, span: Span, text: str) -> Edits:
    """The statement becomes `text`, one line."""
    text, imports = _as_the_file_says(source, span, text)
    return () if imports is None else _sound(source, (*imports, Edit(span, text)))


def assign_in_place(source: Source, span: Span) -> Edits:
    """`v = v - e` and `v -= e` become `v.assign_sub(e)`; the same with `+`."""
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.stmt) and source.span(node) == span]
    parts = _update(found[0]) if found else None
    if parts is None or "#" in source.code(span):
        return ()
    target, method, value = parts
    return replace_statement(source, span, f"{ast.unparse(target)}.{method}({source.code(source.span(value))})")


def _update(statement: ast.stmt) -> tuple[ast.expr, str, ast.expr] | None:
    """What is updated by which method and what, where it is `v = v - e` or `v -= e`."""
    if isinstance(statement, ast.AugAssign):
        target: ast.expr = statement.target
        operator, value = statement.op, statement.value
    elif (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.BinOp)
        and all(ast.unparse(each) == ast.unparse(statement.value.left) for each in statement.targets)
    ):
        target, operator, value = statement.targets[0], statement.value.op, statement.value.right
    else:
        return None
    if not isinstance(operator, ast.Add | ast.Sub) or not isinstance(target, ast.Name | ast.Attribute):
        return None
    return target, "assign_add" if isinstance(operator, ast.Add) else "assign_sub", value


def delete_statement(source: Source, span: Span) -> Edits:
    """The simple statement goes, its line too where it stands alone; the only one of a block becomes `pass`."""
    statement = _statement(source, span)
    if statement is None:
        return ()
    line, is_needed = statement
    if len(line.body) > 1 or is_needed:
        return _sound(source, (Edit(span, "pass"),))
    return _sound(source, (Edit(_whole_lines(source, span), ""),))


def replace_and_delete(source: Source, span: Span, text: str, unneeded: Iterable[Span] = ()) -> Edits:
    """The expression becomes `text`, and the simple statements that nothing reads any more go."""
    edits = replace(source, span, text)
    if "#" in source.code(span) or not edits:
        return ()
    for statement in unneeded:
        gone = delete_statement(source, statement)
        edits = (*edits, *(() if _has_comment(source, statement) else gone))
    return _sound(source, edits)


def insert_first_in_block(source: Source, span: Span, statement: str) -> Edits:
    """`statement`, one line or several, becomes the first of the block of the `with` (or loop, function ...)."""
    statement, imports = _as_the_file_says(source, span, statement)
    if imports is None:
        return ()
    return _sound(source, (*imports, *_first_in_block(source, span, statement)))


def insert_before(source: Source, span: Span, statement: str) -> Edits:
    """`statement` on a line of its own before the statement at `span`."""
    before = source.lines[span.start.line - 1][: span.start.column - 1]
    statement, imports = _as_the_file_says(source, span, statement)
    if before.strip() or imports is None:
        return ()
    at = Position(span.start.line, 1)
    return _sound(source, (*imports, Edit(Span(span.path, at, at), _indented(source, statement, before))))


def insert_after(source: Source, span: Span, statement: str) -> Edits:
    """`statement` on a line of its own after the statement at `span`."""
    before = source.lines[span.start.line - 1][: span.start.column - 1]
    statement, imports = _as_the_file_says(source, span, statement)
    if before.strip() or imports is None:
        return ()
    return _sound(source, (*imports, _line_after(source, span.end.line, _indented(source, statement, before))))


def move_statement_into_block(source: Source, span: Span, block: Span) -> Edits:
    """The simple statement (or the run of them) right before a `with` becomes the first of its block.

    `block` is the span of the whole `with` statement. Comments on the statement's lines move with it.
    """
    import libcst

    definition, node = _find(source, source.span_between(span, block), libcst.With, at=block)
    if definition is None or node is None:
        return ()
    siblings = list(getattr(definition.parent(node), "body", ()))
    before = siblings[: siblings.index(node)]
    moved = [one for one in before if span.contains(definition.span_of(one))]
    if not moved or before[-len(moved) :] != moved or not all(map(_is_one_simple_statement, moved)):
        return ()
    ends = (definition.span_of(moved[0]).start, definition.span_of(moved[-1]).end)
    if ends != (span.start, span.end):
        return ()
    made = re.findall(r"^\s*(\w+)", source.code(_whole_lines(source, span)), re.MULTILINE)
    header = source.code(Span(block.path, block.start, definition.span_of(node.body).start))
    if not set(made).isdisjoint(re.findall(r"\w+", header)):
        return ()
    lines = _whole_lines(source, span)
    if _has_long_string(source, span):  # a string over several lines would change with the indentation
        return ()
    old = source.lines[span.start.line - 1][: span.start.column - 1]
    statement = re.sub(rf"(^|[\r\n]){re.escape(old)}", r"\1", source.code(lines).rstrip("\r\n"))
    return _sound(source, (Edit(lines, ""), *_first_in_block(source, block, statement)))


# --------------------------------------------------------------------- imports


def ensure_import(source: Source, statement: str) -> Edit | None:
    """The edit that adds an import such as `import tensorflow as tf`; None where the file has it at module level."""
    wanted = imports_of(ast.parse(statement).body)
    if all(source.imports.get(name) == target for name, target in wanted.items()):
        return None
    body, last = source.tree.body, 0
    is_import = False
    for index, node in enumerate(body):
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, ast.Import | ast.ImportFrom) and not docstring:
            break
        last = node.end_lineno or node.lineno
        is_import = not docstring and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    line = statement + source.newline
    if not last:
        return Edit(Span(source.path, *(_after_header(source),) * 2), line + ("" if is_import else source.newline))
    return _line_after(source, last, line if is_import else source.newline + line)


def spell(source: Source, qualified: str, near: Span | None = None) -> tuple[str, Edits] | None:
    """How the file says a qualified name (at the span `near`), and the import it needs for it.

    `tensorflow.square` is `tf.square` where tensorflow was imported as `tf`. None where the name is taken.
    """
    found = dict(source.imports)
    for function in _functions_around(source, near):
        found.update(imports_of(function.body))
    best, text = "", ""
    for name, target in found.items():
        for same in _SAME_AS_TENSORFLOW:
            if target == same or target.startswith(same + "."):
                target = "tensorflow" + target.removeprefix(same)
        if len(target) > len(best) and (qualified + ".").startswith(target + "."):
            best, text = target, name + qualified[len(target) :]
    if best:
        return text, ()
    top, _, rest = qualified.partition(".")
    if top not in _USUAL_IMPORTS:
        return None
    name, statement = _USUAL_IMPORTS[top]
    if re.search(rf"(?<!\.)\b{name}\b", source.text):
        name, statement = top, f"import {top}"
        if top in found or re.search(rf"(?<![.\"'])\b{top}\s*=", source.text):
            return None
    edit = ensure_import(source, statement)
    return f"{name}.{rest}", (edit,) if edit else ()


def _as_the_file_says(source: Source, span: Span, text: str) -> tuple[str, Edits | None]:
    """`text` with its qualified names as the file says them, and the imports it needs; None where that cannot be."""
    imports: dict[Edit, None] = {}
    text = _NEWLINE.sub(source.newline, text)
    for qualified in dict.fromkeys(_QUALIFIED.findall(text)):
        said = spell(source, qualified, span)
        if said is None:
            return text, None
        text = re.sub(rf"(?<![\w.\"']){re.escape(qualified)}(?![\w.])", said[0], text)
        imports.update(dict.fromkeys(said[1]))
    return text, tuple(imports)


def _functions_around(source: Source, near: Span | None) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    stack: list[ast.AST] = list(source.tree.body) if near else []
    while stack and near:
        node = stack.pop()
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
        if first <= near.start.line <= last or not first:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node
            if not isinstance(node, ast.expr):
                stack.extend(ast.iter_child_nodes(node))


def _after_header(source: Source) -> Position:
    """Below the comments with which a file begins (a `#!`, an encoding, a licence)."""
    line = 1
    while line < len(source.lines) and source.lines[line - 1].startswith("#"):
        line += 1
    while 1 < line < len(source.lines) and not source.lines[line - 1].strip():
        line += 1
    return Position(line, 1)


# --------------------------------------------------------------------- helpers


def _find(
    source: Source, span: Span, kinds: type[N] | tuple[type[N], ...], at: Span | None = None
) -> tuple[Definition, N] | tuple[None, None]:
    """The definition that holds `span`, and in it the node of that kind at `at` (by default at `span`)."""
    try:
        definition = source.definition(span)
        nodes = definition.nodes_at(at or span)
    except SourceError:
        return None, None
    for node in nodes:
        if isinstance(node, kinds):
            return definition, node
    return None, None


def _whole(definition: Definition, node: cst.BaseExpression) -> Span:
    """An expression with the parentheses around it."""
    span = definition.span_of(node)
    if not node.lpar:
        return span
    return Span(span.path, definition.span_of(node.lpar[0]).start, definition.span_of(node.rpar[-1]).end)


def _is_left_operand(code: str, rest: str) -> bool:
    """Whether `code` stays whole when ` + rest` follows it."""
    try:
        whole = ast.parse(f"{code} + {rest}", mode="eval").body
        alone = ast.parse(code, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(whole, ast.BinOp) and ast.dump(whole.left) == ast.dump(alone)


def _lines(code: str) -> int:
    return len(_NEWLINE.split(code))


def _sound(source: Source, edits: Iterable[Edit]) -> Edits:
    """The edits if the file still parses with them, else none."""
    edits = tuple(edits)
    return edits if edits and parses(apply(source, edits)) else ()


def parses(text: str) -> bool:
    """Whether Python can read a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_one_expression(source: Source, span: Span, text: str) -> bool:
    """Whether `text` in the place of `span` is one expression there, as it is by itself."""
    import libcst

    changed = Source(source.path, apply(source, (Edit(span, text),)), source.encoding)
    if not parses(changed.text):
        return False
    try:
        alone = libcst.parse_expression(text)
    except libcst.ParserSyntaxError:
        return False
    c = libcst
    if alone.lpar or isinstance(alone, c.Name | c.Attribute | c.Call | c.Subscript | c.List | c.Dict):
        return True  # nothing binds more tightly
    end = changed.position(source.offset(span.start) + len(text))
    _, found = _find(changed, Span(span.path, span.start, end), type(alone))
    return found is not None


def _without_argument(definition: Definition, call: cst.Call, which: str | int) -> Iterator[Edit]:
    spans = [definition.span_of(arg) for arg in call.args]
    for index, arg in enumerate(call.args):
        if (arg.keyword.value if arg.keyword else index) != which:
            continue
        if index:
            yield Edit(Span(spans[index].path, spans[index - 1].end, spans[index].end), "")
        elif len(spans) > 1:
            yield Edit(Span(spans[0].path, spans[0].start, spans[1].start), "")
        else:
            yield Edit(spans[0], "")


def _is_one_simple_statement(node: cst.CSTNode) -> bool:
    import libcst

    return isinstance(node, libcst.SimpleStatementLine) and len(node.body) == 1


def _statement(source: Source, span: Span) -> tuple[cst.SimpleStatementLine, bool] | None:
    """The line of a simple statement, and whether it is the only one of a block."""
    import libcst

    definition, node = _find(source, span, (libcst.BaseSmallStatement, libcst.SimpleStatementLine))
    if definition is None or node is None:
        return None
    line = node if isinstance(node, libcst.SimpleStatementLine) else definition.parent(node)
    if not isinstance(line, libcst.SimpleStatementLine):
        return None
    block = definition.parent(line)
    return line, isinstance(block, libcst.IndentedBlock) and len(block.body) == 1


def _first_in_block(source: Source, span: Span, statement: str) -> Edits:
    import libcst

    definition, node = _find(source, span, libcst.CSTNode, at=span)
    for node in definition.nodes_at(span) if definition else ():
        body = getattr(node, "body", None)
        if isinstance(body, libcst.SimpleStatementSuite) and definition:
            at = definition.span_of(body.body[0]).start
            fits = _lines(statement) == 1 and "#" not in statement
            return (Edit(Span(span.path, at, at), f"{statement}; "),) if fits else ()
        if isinstance(body, libcst.IndentedBlock) and definition:
            first = definition.span_of(body.body[0]).start.line
            line = source.lines[first - 1]
            indent = line[: len(line) - len(line.lstrip())]
            header = definition.span_of(body.header).start.line
            return (_line_after(source, header, _indented(source, statement, indent)),)
    return ()


def _indented(source: Source, statement: str, indent: str) -> str:
    lines = _NEWLINE.split(statement)
    return "".join((indent + line if line.strip() else line) + source.newline for line in lines)


def _line_after(source: Source, line: int, text: str) -> Edit:
    """`text`, whole lines, below `line`; at the end of a file without a last newline it gets no other."""
    if line < len(source.lines):
        at = Position(line + 1, 1)
        return Edit(Span(source.path, at, at), text)
    at = Position(line, len(source.lines[line - 1]) + 1)
    return Edit(Span(source.path, at, at), source.newline + text.removesuffix(source.newline))


def _has_comment(source: Source, span: Span) -> bool:
    return "#" in source.code(_whole_lines(source, span))


def _whole_lines(source: Source, span: Span) -> Span:
    last = span.end.line
    end = Position(last + 1, 1) if last < len(source.lines) else Position(last, len(source.lines[-1]) + 1)
    return Span(span.path, Position(span.start.line, 1), end)


def _has_long_string(source: Source, span: Span) -> bool:
    return any(
        isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno != node.end_lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.expr) and span.start.line <= node.lineno <= span.end.line
    )
