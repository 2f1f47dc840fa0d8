"""Propose lines for the fact files: runs the library and writes down what it saw.

    python tests/propose_facts.py "tf.math.log(x)" "tf.gather(x, i)" "x.numpy()"
    python tests/propose_facts.py tf.math.log tf.math.sin      # guesses the arguments
    python tests/propose_facts.py --missing tf.math            # public functions of a module that have no entry
    python tests/propose_facts.py --again tapelint/facts/tf.txt  # the file as the installed libraries would have it

Each line printed is a measurement; read it before you put it into a file of tapelint/facts. Names of leaves
(x, m, i, img ...) are those of facts_lab.py. Needs TensorFlow.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))

import facts_lab as lab
import numpy as np

from tapelint.facts import Facts
from tapelint.facts.parse import GRAPH, full_name, leaves_of, split_line

RANDOM = (
    "random", "Random", "Rand", "Mix", "Contrast", "Equalization", "Solarization", "dropout", "Dropout", "Noise",
    "shuffle", "sampled", "candidate", "nce_loss",
)  # fmt: skip
MADE = re.compile(
    r"\b(layers|losses|metrics|Model|Sequential|initializers|optimizers)\b|\bk?v\b|\bv[msu]?\d*\b|Variable|Generator"
)
UNBOUNDED = (  # what hangs on weights, or is a decomposition: nothing seen there is a bound
    "linalg", "quantization", "igamma", "map_coordinates", "min_max_norm", "local_response", "eigh", "qr(", "svd",
    "circle", "LSTM", "GRU", "RNN", "Conv", "Dense", "Normalization", "PReLU", "Attention", "polyval", "full_like",
    "sufficient", "metrics", "empty_like", "corrcoef",
)  # fmt: skip
GUESSES = {
    "axis": "0", "shape": "[3]", "indices": "i", "ids": "i", "labels": "prob", "logits": "x4x3", "y_true": "y",
    "y_pred": "x", "image": "image", "images": "img", "dtype": "'float32'", "condition": "b", "n": "3", "num": "3",
    "paddings": "[[1, 1]]",
}  # fmt: skip


def names_in(expression: str) -> list[str]:
    """The leaves of an expression, in order."""
    return list(leaves_of(ast.parse(expression, mode="eval").body))


def env_of(expression: str) -> dict[str, Any]:
    """The leaves of an expression with fresh values."""
    return {name: lab.leaf(name) for name in names_in(expression)}


def answer(seen: lab.Seen, points: dict[str, list[str]], extra: list[str]) -> str:
    """An observation in the words of the files."""
    if seen.error:
        return f"call raises {seen.error}"
    said = {}
    for name, outcome in seen.outcomes.items():
        words = [outcome if outcome != "raises" else f"raises {seen.errors[name]}"]
        if outcome == "flows" and seen.linearity.get(name, "other") != "other":
            words.append(seen.linearity[name])
        if outcome == "zero" and seen.linearity.get(name) == "other":
            words.append("other")
        if name in seen.again:
            words.append(f"again {seen.again[name]}")
        if name in seen.targets:
            words.append(f"as target {seen.targets[name]}")
        said[name] = [" ".join(words), *points.get(name, [])]
    different = {tuple(words) for words in said.values()}
    if len(different) <= 1:
        clauses = list(next(iter(different), ()))
        if not said:
            clauses = clauses if clauses else ["none"]
    else:
        clauses = [word for name, words in said.items() for word in (f"{name} {words[0]}", *words[1:])]
    clauses += result_words(seen)
    return ", ".join([*clauses, *extra])


def result_words(seen: lab.Seen) -> list[str]:
    """What is to be said of a result: its kind, dtype and whether it is recorded, where they are not as expected."""
    words = []
    detached = "detached" in seen.outcomes.values()
    expected = "numpy" if detached else "tensor"
    if seen.kind != expected:
        words.append({"none": "None"}.get(seen.kind, seen.kind))
    if seen.dtype != "same":
        words.append(seen.dtype)
    if seen.names and seen.kind == "tuple":
        words.append("fields " + " ".join(seen.names))
    countable = seen.dtype.startswith(("int", "uint", "bool", "string", "q"))
    if seen.kind in ("tensor", "tuple") and not countable and not seen.recorded:
        words.append("not recorded")
    return words


def number(value: float) -> str:
    """A number without a needless fraction."""
    return str(int(value)) if value == int(value) else str(value)


def point_words(point: lab.Point, at: float | str, together: bool) -> str:
    """A singular point in the words of the files."""
    words = f"{point.gradient} at {at if isinstance(at, str) else number(at)}" + (" together" if together else "")
    words += f" or {point.past}" if point.past else ""
    words += " everywhere" if point.everywhere else ""
    words += " guarded" if point.guarded else ""
    words += f" value {point.value}" if point.value != "finite" else ""
    return words + (f" nan {point.beyond}" if point.beyond else "")


def singular_words(expression: str, env: dict[str, Any], seen: lab.Seen) -> dict[str, list[str]]:
    """Where the gradient is not finite, by leaf."""
    found: dict[str, list[str]] = {}
    together = tuple(name for name, outcome in seen.outcomes.items() if outcome == "flows" and simple(env[name]))
    for name, outcome in seen.outcomes.items():
        if outcome != "flows":
            continue
        for of in lab.MATRICES if is_matrix(env[name]) else ():
            if point := lab.at_matrix(expression, env, name, of):
                found.setdefault(name, []).append(point_words(point, of, False))
        for at in (0.0, 1.0, -1.0) if simple(env[name]) else ():
            point = lab.at_point(expression, env, name, at)
            if point:
                found.setdefault(name, []).append(point_words(point, at, False))
    if not found and len(together) > 1:
        for name in together:
            point = lab.at_point(expression, env, name, 0.0, together)
            if point:
                found.setdefault(name, []).append(point_words(point, 0.0, True))
    return found


def simple(value: Any) -> bool:
    """A real tensor of rank 0 or 1, which can be set to one number everywhere."""
    plain = lab.tf.is_tensor(value) and not lab.is_variable(value)
    return bool(plain and value.dtype == lab.tf.float32 and value.shape.rank < 2)


def is_matrix(value: Any) -> bool:
    """A real tensor of rank 2."""
    plain = lab.tf.is_tensor(value) and not lab.is_variable(value)
    return bool(plain and value.dtype == lab.tf.float32 and value.shape.rank == 2 and min(value.shape) > 1)


def range_words(expression: str, env: dict[str, Any], seen: lab.Seen) -> list[str]:
    """Bounds of the result, overflow, and whether it stays within its arguments."""
    if seen.kind != "tensor" or not any(o in ("flows", "none", "zero") for o in seen.outcomes.values()):
        return []
    if seen.dtype not in ("same", "float32") or any(word in expression for word in RANDOM) or not env:
        return []
    kept = lab.spread(expression, env)
    if kept == "within":
        return ["within"]
    found = lab.extent(expression, env)
    if found is None or any(word in expression for word in UNBOUNDED):
        return []
    low, high = found
    words = []
    if low == 0:
        words.append("not negative")
    elif low > 0:
        words.append("from 1" if low == 1 else "positive")
    elif -1 <= low < -0.9 and (high <= 1 or "elu(" in expression or "expm1" in expression):
        words.append("from -1")
    if high == 0:
        words.append("not positive")
    elif 0.9 < high <= 1 and low >= -1:
        words.append("to 1")
    if high > 1e20:
        words.append("overflows")
    if kept == "sign" and low < 0:
        words.append("keeps sign")
    return words


def lines(expression: str, ranges: bool = True, variants: bool = True) -> list[str]:
    """The lines for one expression: eagerly, and where it differs with variables and in tf.function."""
    if expression.startswith(GRAPH):
        inner = expression.removeprefix(GRAPH)
        return [f"{expression}  {answer(lab.observe_graph(inner, env_of(inner)), {}, [])}"]
    env = env_of(expression)
    seen = lab.observe(expression, env)
    points = singular_words(expression, env, seen)
    extra = range_words(expression, env, seen) if ranges else []
    made = [f"{expression}  {answer(seen, points, extra)}"]
    if seen.error or not variants or re.search(r"\[\d\]$", expression):
        return made
    for variant in variable_variants(expression, env):
        there = lab.observe(variant, env_of(variant))
        if there.error or cuts(there) != cuts(seen):
            made.append(f"{variant}  {answer(there, {}, [])}")
    if env and not MADE.search(expression):
        graph = lab.observe_graph(expression, env)
        tensor = seen.kind in ("tensor", "tuple", "variable") and not any(word in expression for word in RANDOM)
        differs = graph.error != "LookupError" if graph.error else tensor and graph.outcomes != seen.outcomes
        if differs:
            graph.linearity = {n: seen.linearity.get(n, "other") for n in graph.outcomes}
            graph.recorded = seen.recorded
            made.append(f"in tf.function: {expression}  {answer(graph, {}, [])}")
    return made


def cuts(seen: lab.Seen) -> list[bool]:
    """For each leaf whether its path ends."""
    return [outcome == "none" for outcome in seen.outcomes.values()]


def variable_variants(expression: str, env: dict[str, Any]) -> list[str]:
    """The expression with its first real tensor as a tf.Variable, and as a keras.Variable."""
    for name in env:
        value = env[name]
        if not lab.tf.is_tensor(value) or lab.is_variable(value) or value.dtype != lab.tf.float32:
            continue
        shape = "x".join(map(str, value.shape)) or "0"
        unit = "vu" if name.startswith(("u", "w", "img", "image", "p", "q")) else "v"
        made = [rename(expression, {name: {"v3": "v", "v3x3": "vm", "v0": "vs"}.get(unit + shape, unit + shape)})]
        if shape == "3" and unit == "v" and f"[{name}," not in expression:
            made.append(rename(expression, {name: "kv"}))
        return made
    return []


def rename(expression: str, names: dict[str, str]) -> str:
    """The expression with leaves renamed."""

    class Renamer(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(names.get(node.id, node.id), node.ctx)

    return ast.unparse(Renamer().visit(ast.parse(expression, mode="eval")))


def default_text(value: Any) -> str:
    """A default in a header: a literal, a dtype, or ... for what can be neither."""
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value) if value == value else "..."
    if isinstance(value, lab.tf.DType):
        return f"tf.{value.name}"
    if isinstance(value, tuple | list) and all(isinstance(v, int | float | str | None) for v in value):
        return repr(value)
    return "..."


def signature(function: Any, bound: bool = False) -> str | None:
    """The parameters of a function as they stand in a header; None where Python cannot say."""
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if bound:
        found = found[1:]
    words = []
    starred = False
    for p in found:
        if p.kind is p.KEYWORD_ONLY and not starred:
            words.append("*")
            starred = True
        star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        starred = starred or star == "*"
        words.append(star + p.name + ("" if p.default is p.empty else f"={default_text(p.default)}"))
    return ", ".join(words)


def resolve(name: str) -> Any:
    """The object of a dotted name of the files."""
    if name.startswith("builtins."):
        name = name.removeprefix("builtins.")
    return eval(name, dict(lab.NAMESPACE))


def header(name: str) -> str:
    """The header of an entry: name, signature and aliases."""
    thing = resolve(name)
    if not callable(thing):
        return name
    text = f"{name}({own_signature(thing)})"
    if inspect.isclass(thing) and (call := call_signature(thing)) is not None:
        text += f"({call})"
    others = [a for a in aliases().get(id(thing), []) if a != name]
    return text + (f" = {', '.join(others)}" if others else "")


def own_signature(thing: Any) -> str:
    """The parameters of a function, or of a class's constructor."""
    found = signature(thing)
    if inspect.isclass(thing) and found in (None, "*args, **kwargs"):
        found = signature(thing.__init__, bound=True)
        found = None if found == "*args, **kwargs" else found
    if found is None and isinstance(thing, np.ufunc):
        found = ", ".join([f"x{i + 1}" if thing.nin > 1 else "x" for i in range(thing.nin)] + ["*", "out=None"])
    return found if found is not None else "*args"


def call_signature(thing: type) -> str | None:
    """The parameters that objects of a class are called with."""
    for method in ("update_state", "call", "__call__"):
        if method in ("update_state",) and not issubclass(thing, lab.keras.metrics.Metric):
            continue
        if method == "call" and not issubclass(thing, lab.keras.layers.Layer | lab.tf_keras.layers.Layer):
            continue
        found = getattr(thing, method, None)
        if found is not None and "__call__" in dir(thing):
            return signature(found, bound=True)
    return None


MODULES = [
    "tf", "tf.math", "tf.nn", "tf.linalg", "tf.image", "tf.signal", "tf.random", "tf.sparse", "tf.ragged", "tf.sets",
    "tf.strings", "tf.bitwise", "tf.quantization", "tf.dtypes", "tf.io", "tf.audio", "tf.debugging", "tf.autograph",
    "tf.random.experimental", "tf.compat.v1", "tf.compat.v1.nn", "tf.compat.v1.math", "tf.compat.v1.losses",
    "tf.compat.v1.image", "tf.compat.v1.linalg", "tf.math.special", "tf.linalg.experimental",
    "keras.ops", "keras.ops.image", "keras.ops.linalg", "keras.layers", "keras.losses", "keras.metrics",
    "keras.activations", "keras.regularizers", "keras.constraints", "keras.random", "keras.utils", "keras.initializers",
    "tf.keras.losses", "tf.keras.metrics", "tf.keras.layers", "tf.keras.backend",
    "np", "np.linalg", "np.fft", "np.random", "tnp", "tnp.random", "math",
]  # fmt: skip


@functools.cache
def aliases() -> dict[int, list[str]]:
    """The names of the files under which each public function is reached."""
    found: dict[int, list[str]] = {}
    for module in MODULES:
        try:
            space = resolve(module)
        except AttributeError:
            continue
        for name in dir(space):
            if name.startswith("_"):
                continue
            thing = getattr(space, name, None)
            if callable(thing):
                full = f"{module}.{name}".replace("tf.compat.v1.", "tf.").replace("tf.keras.", "keras.")
                if full not in found.setdefault(id(thing), []):
                    found[id(thing)].append(full)
    return found


def subject(expression: str) -> str:
    """The dotted name that an expression is about."""
    tree = ast.parse(expression, mode="eval").body
    while isinstance(tree, ast.Subscript):
        tree = tree.value
    while isinstance(tree, ast.Call):
        tree = tree.func
    return ast.unparse(tree)


def guess(name: str) -> str:
    """An expression for a function, its arguments guessed by their names."""
    parameters = inspect.signature(resolve(name)).parameters.values()
    floats = iter("xyz")
    words = [
        GUESSES.get(p.name) or next(floats, "x")
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return f"{name}({', '.join(words)})"


def block(
    name: str, expressions: Iterable[str], head: str | None = None, ranges: bool = True, variants: bool = True
) -> str:
    """One entry: the header and the measured lines, aligned."""
    made: list[tuple[str, str]] = []
    expressions = list(expressions)
    for expression in expressions:
        for line in lines(expression, ranges, variants):
            left, _, right = line.partition("  ")
            if (left, right) not in made:
                made.append((left, right))
    if head is None:
        head = header(name)
        if not inspect.isclass(resolve(name)) and any(called_twice(e) for e in expressions):
            head = twice(head)
    width = min(max((len(left) for left, _ in made), default=0), 60)
    return "\n".join([head or header(name), *(f"  {left:<{width}}  {right}" for left, right in made)])


def called_twice(expression: str) -> bool:
    """Whether what the function returns is called."""
    tree = ast.parse(expression, mode="eval").body
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Call)


def twice(head: str) -> str:
    """A header with a second list of parameters, for a function that returns a function."""
    left, equals, right = head.partition(" = ")
    return f"{left}(*args, **kwargs){equals}{right}"


def missing(module: str) -> list[str]:
    """The public functions of a module without an entry."""
    facts = Facts.load()
    space = resolve(module)
    names = [f"{module}.{name}" for name in dir(space) if not name.startswith("_")]
    return [n for n in names if callable(resolve(n)) and facts.fact(full_name(n)) is None]


def again(path: Path) -> None:
    """Measure the expressions of a fact file anew and print the file as it would be."""
    for block_text in path.read_text(encoding="utf-8").strip("\n").split("\n\n"):
        if block_text.startswith("#"):
            print(block_text, end="\n\n")
            continue
        head, *rest = block_text.split("\n")
        kept = [line for line in rest if line.strip().startswith(("weights ", "inner ", "#", "["))]
        asked = [split_line(line.strip()) for line in rest if line not in kept]
        expressions = [(GRAPH if graph else "") + expression for _, graph, expression, _ in asked]
        measured = block(head.partition("(")[0], expressions, head, variants=False).split("\n")
        print("\n".join([head, *kept, *measured[1:]]), end="\n\n")


def main(arguments: list[str]) -> None:
    """Print proposals for what the command line names."""
    if arguments[:1] == ["--again"]:
        again(Path(arguments[1]))
        return
    if arguments[:1] == ["--missing"]:
        for module in arguments[1:]:
            print("\n".join(missing(module)))
        return
    for text in arguments:
        expression = text if "(" in text or not text.replace(".", "").isidentifier() else guess(text)
        try:
            print(block(subject(expression), [expression]), end="\n\n")
        except Exception as error:
            print(f"# {text}: {type(error).__name__}: {error}", end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
