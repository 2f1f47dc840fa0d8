"""Fixes of one expression."""

from __future__ import annotations

import ast

from tapelint.diagnostic import Edit, Span
from tapelint.fix.edits import Edits, apply, find, parses, sound, whole
from tapelint.fix.imports import as_the_file_says
from tapelint.source import Source


def replace(source: Source, span: Span, text: str) -> Edits:
    """The expression becomes `text`, in parentheses where the place needs them."""
    text, imports = as_the_file_says(source, span, text)
    if imports is None:
        return ()
    for each in (text, f"({text})"):
        if _is_one_expression(source, span, each):
            return sound(source, (*imports, Edit(span, each)))
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

    definition, node = find(source, span, libcst.BinaryOperation)
    if node is None or definition is None:
        return ()
    left, right = definition.span_of(node.left), definition.span_of(node.right)
    between = Span(span.path, whole(definition, node.left).end, whole(definition, node.right).start)
    if "#" in source.code(between):
        return ()
    return replace(source, span, f"{callee}({source.code(left)}, {source.code(right)})")


def _is_left_operand(code: str, rest: str) -> bool:
    """Whether `code` stays whole when ` + rest` follows it."""
    try:
        whole = ast.parse(f"{code} + {rest}", mode="eval").body
        alone = ast.parse(code, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(whole, ast.BinOp) and ast.dump(whole.left) == ast.dump(alone)


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
    _, found = find(changed, Span(span.path, span.start, end), type(alone))
    return found is not None
