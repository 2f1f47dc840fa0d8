"""One block of a fact file, its header and its lines, read into a Fact. Called on the first look at a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tapelint.facts.choose import Experiment
from tapelint.facts.values import Fact, FactError, Parameter, Weight
from tapelint.facts.words import read

PREFIXES = {"tf": "tensorflow", "np": "numpy", "tnp": "tensorflow.experimental.numpy"}
MODULES = frozenset({*PREFIXES, "keras", "tf_keras", "math", "builtins", "operator", "copy", "statistics", "functools"})
COUNTABLE = ("i", "b", "t", "n")  # leaves that carry no gradient: integers, booleans, text, arrays of NumPy
KINDS = {
    "layers": "layer",
    "losses": "loss",
    "metrics": "metric",
    "optimizers": "optimizer",
    "initializers": "initializer",
    "regularizers": "regularizer",
    "constraints": "constraint",
}
NUMPY = "numpy array"  # what a NumPy array that is no result of a tape's stands for among a call's constants
GRAPH = "in tf.function: "


def full_name(name: str) -> str:
    """The name with the short module names of the files written out: tf.abs is tensorflow.abs."""
    head, dot, rest = name.partition(".")
    return f"{PREFIXES[head]}.{rest}" if dot and head in PREFIXES else name


def header_name(header: str) -> str:
    """The name that a header is about, as it stands there."""
    return header.partition("(")[0].partition(" = ")[0].strip()


def read_block(block: str) -> Fact:
    """Read one block. Raises FactError with the line that it cannot read."""
    lines = block.split("\n")
    name = full_name(header_name(lines[0]))
    try:
        signatures = read_header(lines[0])
    except (SyntaxError, ValueError) as error:
        raise FactError(f"{error}: {lines[0]}") from error
    kind = kind_of(name, len(signatures))
    weights: tuple[Weight, ...] = ()
    inner: tuple[str, ...] = ()
    experiments = []
    for line in lines[1:]:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            if text.startswith("weights "):
                weights = tuple(_weights(text.removeprefix("weights ")))
            elif text.startswith("inner "):
                inner = tuple(text.removeprefix("inner ").split(", "))
            elif (experiment := read_line(text, name, kind, signatures)) is not None:
                experiments.append(experiment)
        except (SyntaxError, ValueError) as error:
            raise FactError(f"{error}: {text}") from error
    call = signatures[1] if len(signatures) > 1 else ()
    first = signatures[0] if signatures else (Parameter("self"),)
    return Fact(name, kind, first, call, weights, inner, tuple(experiments))


def kind_of(name: str, signatures: int) -> str:
    """The kind of an entry by its name and how many lists of parameters its header has."""
    if name.startswith("operator "):
        return "operator"
    head, *rest = name.split(".")
    if head[:1].isupper() or head in ("ndarray", "generic"):
        return "method" if signatures else "property"
    if signatures > 1:
        return next((KINDS[part] for part in rest if part in KINDS), "class")
    return "class" if rest and rest[-1][:1].isupper() else "function"


def read_header(header: str) -> list[tuple[Parameter, ...]]:
    """The parameter lists of a header: none for a property, two for a class whose objects are called."""
    text = header.partition(" = ")[0].strip()
    start = text.find("(")
    if start < 0:
        return []
    return [tuple(_parameters(part)) for part in text[start + 1 : -1].split(")(")]


def _parameters(text: str) -> Iterator[Parameter]:
    arguments = ast.parse(f"lambda {text}: 0", mode="eval").body
    assert isinstance(arguments, ast.Lambda)
    every = arguments.args
    positional = [*every.posonlyargs, *every.args]
    defaults = [None] * (len(positional) - len(every.defaults)) + list(every.defaults)
    for argument, default in zip(positional, defaults, strict=True):
        yield Parameter(argument.arg, default=ast.unparse(default) if default else None)
    if every.vararg:
        yield Parameter(every.vararg.arg, "*")
    for argument, default in zip(every.kwonlyargs, every.kw_defaults, strict=True):
        yield Parameter(argument.arg, default=ast.unparse(default) if default else None, keyword_only=True)
    if every.kwarg:
        yield Parameter(every.kwarg.arg, "**")


def _weights(text: str) -> Iterator[Weight]:
    """`kernel, bias if use_bias, moving_mean frozen, scale if mode=concat`."""
    for clause in text.split(","):
        name, *words = clause.split()
        weight: dict[str, Any] = {}
        while words:
            word = words.pop(0)
            if word == "frozen":
                weight["trainable"] = False
            elif word == "none":
                weight["outcome"] = "none"
            elif word == "if" and words and "=" in words[0]:
                flag, _, wanted = words.pop(0).partition("=")
                weight["when"] = (flag, wanted)
            elif word == "if" and words:
                truth = words[0] != "not"
                weight["when"] = (words.pop(0 if truth else 1), truth)
                del words[: not truth]
            else:
                raise FactError(f"what is '{word}'?")
        yield Weight(name, **weight)


def split_line(text: str) -> tuple[str, bool, str, str]:
    """A line's versions ("" for all), whether it is in tf.function, its expression and its answer."""
    versions = ""
    if text.startswith("[") and text[1:2].isalpha() and "=" in text.partition("]")[0]:
        versions, _, text = text[1:].partition("] ")
    graph = text.startswith(GRAPH)
    if graph:
        text = text[len(GRAPH) :]
    expression, gap, answer = text.partition("  ")
    if not gap:
        raise FactError("an expression and its answer are kept apart by two spaces")
    return versions, graph, expression.strip(), answer.strip()


def read_line(text: str, name: str, kind: str, signatures: list[tuple[Parameter, ...]]) -> Experiment | None:
    """One experiment; None for one that holds in older versions of a library only."""
    versions, graph, expression, answer = split_line(text)
    if "<" in versions:
        return None
    tree = ast.parse(expression, mode="eval").body
    part: int | str | None = None
    if name != "operator []" and isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Constant):
        part, tree = tree.slice.value, tree.value  # type: ignore[assignment]
    given, holders = bind(tree, name, kind, signatures)
    parameters = frozenset((*given, *holders))
    leaves = {leaf: carries(leaf) for found in holders.values() for leaf in found}
    said = read(answer, leaves)
    inputs = {}
    for parameter, found in holders.items():
        if known := [said.leaves[leaf] for leaf in found if leaf in said.leaves]:
            inputs[parameter] = next((i for i in known if i.outcome not in ("none",)), known[0])
    if name.startswith(("Variable.", "KerasVariable.")):
        leaves = {}  # the receiver is one, which is no variant
    variable = "keras" if "kv" in leaves else "tensorflow" if any(_is_variable(leaf) for leaf in leaves) else ""
    variables = frozenset(parameter for parameter, found in holders.items() if any(map(_is_variable, found)))
    at = part if isinstance(part, int) else None
    return Experiment(given, inputs, said.result, said.error, text, at, graph, variable, variables, parameters)


def carries(leaf: str) -> bool:
    """Whether a leaf of that name can carry a gradient: its kind is its letters before any digit."""
    return not leaf.startswith(COUNTABLE) or leaf.startswith(("img", "image"))


def _is_variable(leaf: str) -> bool:
    return leaf.startswith("v")


def bind(
    tree: ast.expr, name: str, kind: str, signatures: list[tuple[Parameter, ...]]
) -> tuple[dict[str, object], dict[str, tuple[str, ...]]]:
    """The constants of an experiment, and the leaves in it, by the parameter that gets them."""
    arguments: dict[str, ast.expr | list[ast.expr]]
    if kind == "operator":
        arguments = dict(zip([p.name for p in signatures[0]], _operands(tree), strict=False))
    elif kind == "property":
        if not isinstance(tree, ast.Attribute):
            raise FactError("the expression reads no attribute")
        arguments = {"self": tree.value}
    else:
        if not isinstance(tree, ast.Call):
            raise FactError("the expression is no call")
        arguments = _bind_calls(tree, kind, signatures)
    given: dict[str, object] = {}
    holders: dict[str, tuple[str, ...]] = {}
    for parameter, value in arguments.items():
        for node in value if isinstance(value, list) else [value]:
            found = tuple(leaf for leaf in leaves_of(node) if leaf != "na")
            holders[parameter] = holders.get(parameter, ()) + found
            if not found and (constant := NUMPY if "na" in leaves_of(node) else _constant(node)) is not ...:
                given[parameter] = constant
    return given, {parameter: found for parameter, found in holders.items() if found}


def _bind_calls(
    tree: ast.Call, kind: str, signatures: list[tuple[Parameter, ...]]
) -> dict[str, ast.expr | list[ast.expr]]:
    if kind == "method":
        receiver = [tree.func.value] if isinstance(tree.func, ast.Attribute) else []
        return _bind_call([*receiver, *tree.args], tree.keywords, signatures[0])
    if isinstance(tree.func, ast.Call):
        if len(signatures) < 2:
            raise FactError("the header says nothing of calling the result")
        return _bind_call(tree.func.args, tree.func.keywords, signatures[0]) | _bind_call(
            tree.args, tree.keywords, signatures[1]
        )
    return _bind_call(tree.args, tree.keywords, signatures[0])


def _bind_call(
    args: list[ast.expr], keywords: list[ast.keyword], parameters: tuple[Parameter, ...]
) -> dict[str, ast.expr | list[ast.expr]]:
    bound: dict[str, ast.expr | list[ast.expr]] = {}
    positional = [p for p in parameters if not p.star and not p.keyword_only]
    rest = next((p for p in parameters if p.star == "*"), None)
    for index, value in enumerate(args):
        if index < len(positional):
            bound[positional[index].name] = value
        elif rest is None:
            raise FactError("more arguments than the header has parameters")
        else:
            bound.setdefault(rest.name, [])
            listed = bound[rest.name]
            assert isinstance(listed, list)
            listed.append(value)
    names = {p.name for p in parameters}
    others = next((p.name for p in parameters if p.star == "**"), None)
    for keyword in keywords:
        target = keyword.arg if keyword.arg in names else others
        if target is None:
            raise FactError(f"the header has no parameter {keyword.arg}")
        bound[target] = keyword.value
    return bound


def _operands(tree: ast.expr) -> list[ast.expr]:
    match tree:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.BoolOp(values=values) | ast.Call(args=values):
            return values
        case ast.Compare(left=left, comparators=[right]):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.Subscript(value=value, slice=index):
            return [value, index]
        case _:
            raise FactError("the expression is no operation")


def leaves_of(tree: ast.expr) -> Iterator[str]:
    """The names in an expression that are no modules, no built-ins and no parameters of a lambda within."""
    bound = {a.arg for node in ast.walk(tree) if isinstance(node, ast.Lambda) for a in node.args.args}
    bound |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    seen: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in bound and node.id not in seen and is_leaf(node.id):
            seen.add(node.id)
            yield node.id


def is_leaf(name: str) -> bool:
    """Whether a name in an expression stands for a value: a leaf is a short word, digits and x allowed."""
    return name not in MODULES and name not in BUILTINS


BUILTINS = frozenset(
    {
        "abs", "all", "any", "bool", "complex", "dict", "divmod", "enumerate", "filter", "float", "format",
        "getattr", "hash", "id", "int", "isinstance", "iter", "len", "list", "map", "max", "min", "next",
        "object", "pow", "print", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str",
        "sum", "tuple", "type", "zip", "bytes", "setattr", "hasattr",
    }
)  # fmt: skip


def _constant(tree: ast.expr) -> object:
    """A literal's value, a dtype's name, or ... where it is neither."""
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            values = tuple(_constant(element) for element in elements)
            return ... if ... in values else values
        case ast.Attribute(value=ast.Name(id=module), attr=attribute) if module in MODULES:
            return attribute
        case _:
            return ...
