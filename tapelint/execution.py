"""Run a fixture on TensorFlow, in this process, and say what its gradients are. Only `testing` uses it."""

from __future__ import annotations

import ast
import linecache
import os
import sys
import tempfile
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

PRELUDE = "import keras\nimport numpy as np\nimport tensorflow as tf\n"  # what examples in documentation leave out


@dataclass(frozen=True, slots=True)
class Run:
    """What happened. `seen` has the words for the value of each marked line, `error` the exception that ended it.

    `error_names` are the names of the exception's class and its bases, `error_lines` the lines of the file that it
    passed, `message` its text on one line.
    """

    seen: dict[int, str]
    error: str = ""
    error_names: tuple[str, ...] = ()
    error_lines: frozenset[int] = frozenset()
    message: str = ""


def run(path: str, text: str, function: str, lines: Collection[int]) -> Run:
    """Execute a file's text, then call one of its functions ("": none); `lines` are those whose values are wanted."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = import_module("tensorflow")
    tf.random.set_seed(0)
    observed: dict[int, list[str]] = {}

    def seen(line: int, value: Any) -> Any:
        if not tf.executing_eagerly():  # while a function is traced there are no values
            return value
        words = words_of(value)
        if words not in observed.setdefault(line, [])[-1:]:
            observed[line].append(words)
        return value

    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, os.path.basename(path))
        Path(file).write_text(text, encoding="utf-8")  # AutoGraph reads functions from their file
        tree = _Watcher(lines).visit(ast.parse(text))
        code = compile(ast.fix_missing_locations(tree), file, "exec", dont_inherit=True)
        names = {"__name__": "__main__", "__file__": file, "__seen__": seen}
        sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
        error: BaseException | None = None
        try:
            exec(code, names)
            if function:
                names[function]()  # type: ignore[operator]
        except Exception as raised:
            error = raised
        finally:
            tf.compat.v1.reset_default_graph()  # a scan that raises leaves its device to all that come after
            sys.path.pop(0)
            linecache.checkcache(file)
    words = {line: " then ".join(each) for line, each in observed.items()}
    return Run(words) if error is None else _failed(words, error, file)


def _failed(words: dict[int, str], error: BaseException, file: str) -> Run:
    frames = traceback.extract_tb(error.__traceback__)
    lines = frozenset(frame.lineno for frame in frames if frame.filename == file and frame.lineno)
    message = " ".join(str(error).split())[:300]
    return Run(words, type(error).__name__, tuple(each.__name__ for each in type(error).__mro__), lines, message)


class _Watcher(ast.NodeTransformer):
    """Hands the value of every marked line to `__seen__`."""

    def __init__(self, lines: Collection[int]) -> None:
        self._lines = lines

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.Return | ast.Assign | ast.Expr) and node.value is not None:
            for line in self._lines:
                if node.lineno <= line <= (node.end_lineno or node.lineno):
                    seen = ast.Name("__seen__", ast.Load())
                    node.value = ast.copy_location(ast.Call(seen, [ast.Constant(line), node.value], []), node.value)
                    break
        return node


def words_of(value: Any) -> str:
    """A word for each gradient in a value, with commas: none, zero, nan, inf, flows; "empty" if there is none."""
    tf = import_module("tensorflow")
    return ", ".join(map(_word, tf.nest.flatten(value))) or "empty"


def _word(gradient: Any) -> str:
    import numpy as np

    tf = import_module("tensorflow")
    if gradient is None:
        return "none"
    values = np.asarray(gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient)
    if np.isnan(values).any():
        return "nan"
    if np.isinf(values).any():
        return "inf"
    return "flows" if np.any(values) else "zero"
