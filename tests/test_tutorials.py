"""Correct programs of the kind that tutorials show: nearly every gradient is decided, and nothing is reported."""

import ast
import json
import linecache
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tapelint.cli import tapelint

FOLDER = Path(__file__).parents[1] / "fixtures" / "tutorials"
TUTORIALS = sorted(FOLDER.glob("_*.py"))
DECIDED = 0.9
_ASKING = {"gradient", "jacobian", "batch_jacobian"}
Place = tuple[int, int]
Answers = dict[Place, list[set[str]]]


class _Asking(ast.NodeTransformer):
    """Hands the answer of every gradient call to `asked`, with the place where the call starts."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Attribute) and node.func.attr in _ASKING):
            return node
        place: list[ast.expr] = [ast.Constant(node.lineno), ast.Constant(node.col_offset + 1)]
        return ast.copy_location(ast.Call(ast.Name("asked", ast.Load()), [*place, node], []), node)


def run(path: Path) -> Answers:
    """Runs a program on TensorFlow; what each gradient call gave for each source: `none`, `zero`, `flows`."""
    tf = import_module("tensorflow")
    seen: Answers = {}

    def note(into: set[str], flows: Any) -> None:
        into.add("flows" if flows else "zero")

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def asked(line: int, column: int, answer: Any) -> Any:
        given = tf.nest.flatten(answer)
        words = seen.setdefault((line, column), [set() for _ in given])
        for each, into in zip(given, words, strict=True):
            if each is None:
                into.add("none")
                continue
            values = each.values if isinstance(each, tf.IndexedSlices) else each
            flows = tf.reduce_any(values != 0)
            if tf.executing_eagerly():
                note(into, flows)
            else:
                tf.py_function(lambda value, into=into: note(into, value), [flows], [])
        return answer

    tree = ast.fix_missing_locations(_Asking().visit(ast.parse(path.read_text(encoding="utf-8"))))
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, path.name)
        Path(file).write_text(ast.unparse(tree), encoding="utf-8")  # AutoGraph reads functions from their file
        linecache.checkcache(file)
        exec(compile(ast.unparse(tree), file, "exec"), {"__name__": "__main__", "__file__": file, "asked": asked})
    return seen


def traced(path: Path) -> dict[Place, list[str]]:
    """What `tapelint trace` says, a verdict a source."""
    told = json.loads(CliRunner().invoke(tapelint, ["trace", "--format", "json", "--no-cache", str(path)]).stdout)
    assert not told.get("errors"), told["errors"]
    return {(g["line"], g["column"]): [each["verdict"] for each in g["sources"]] for g in told["gradients"]}


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_nothing_is_reported(path: Path) -> None:
    told = CliRunner().invoke(tapelint, ["check", "--format", "json", "--no-cache", str(path)])
    found = [each for each in json.loads(told.stdout)["diagnostics"] if each["level"] != "note"]
    assert not found, [(each["start"]["line"], each["name"], each["message"]) for each in found]


def test_nearly_every_gradient_is_decided() -> None:
    verdicts = {path.stem: [word for words in traced(path).values() for word in words] for path in TUTORIALS}
    everything = [word for words in verdicts.values() for word in words]
    unknown = {name: words.count("unknown") for name, words in verdicts.items() if "unknown" in words}
    assert len(everything) > 100
    assert 1 - everything.count("unknown") / len(everything) >= DECIDED, unknown


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tensorflow_agrees(path: Path) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed: the tutorials are not run")
    said, seen = traced(path), run(path)
    assert set(said) == set(seen)
    wrong = [
        (place, number, verdict, words)
        for place in said
        for number, (verdict, words) in enumerate(zip(said[place], seen[place], strict=True))
        if verdict != "unknown" and words != {verdict}
    ]
    assert not wrong
