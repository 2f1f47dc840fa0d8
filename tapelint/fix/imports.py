"""How a file says a qualified name, and the import that it needs for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tapelint.diagnostic import Edit, Position, Span
from tapelint.fix.edits import NEWLINE, Edits, line_after
from tapelint.source import SAME_AS_TENSORFLOW, Source, imports_of

_USUAL_IMPORTS = {
    "tensorflow": ("tf", "import tensorflow as tf"),
    "numpy": ("np", "import numpy as np"),
    "keras": ("keras", "import keras"),
    "tf_keras": ("tf_keras", "import tf_keras"),
}
_QUALIFIED = re.compile(rf"(?<![\w.\"'])(?:{'|'.join(_USUAL_IMPORTS)})(?:\.\w+)+")


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
    return line_after(source, last, line if is_import else source.newline + line)


def spell(source: Source, qualified: str, near: Span | None = None) -> tuple[str, Edits] | None:
    """How the file says a qualified name (at the span `near`), and the import it needs for it.

    `tensorflow.square` is `tf.square` where tensorflow was imported as `tf`. None where the name is taken.
    """
    found = dict(source.imports)
    for function in _functions_around(source, near):
        found.update(imports_of(function.body))
    best, text = "", ""
    for name, target in found.items():
        for same in SAME_AS_TENSORFLOW:
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


def as_the_file_says(source: Source, span: Span, text: str) -> tuple[str, Edits | None]:
    """`text` with its qualified names as the file says them, and the imports it needs; None where that cannot be."""
    imports: dict[Edit, None] = {}
    text = NEWLINE.sub(source.newline, text)
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
