"""Updates that change nothing: a loop gives its own name another value, or what would do them is never asked to.

    for g in gradients:
        g = tf.clip_by_norm(g, 1.0)

The list holds what it held. It only counts where nothing reads the name afterwards, and where computing the value does
nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapelint.diagnostic import Step
from tapelint.findings.found import Found, made
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.graph import Node, Site
from tapelint.flow.values import Function, Method, Value
from tapelint.libraries.refusals.refusing import ASSIGNING
from tapelint.source import Source, walk
from tapelint.tapes.journal import Execution
from tapelint.tapes.tape import Tapes

UPDATING = (*ASSIGNING, "apply_gradients")
PURE = ("tensorflow", "keras", "numpy", "math")
"""Libraries whose functions do nothing but give a value, beside those that are named or kept as the words below."""
DOING = frozenset(["debugging", "summary", "io", "raw_ops", "compat", "distribute", "data", "py_function", "random",
                   "numpy_function", "queue", "train", "saved_model", "config", "optimizers", "Variable"])  # fmt: skip
DOING_SOMETHING = ("assign", "assert", "check", "scatter_", "print", "write", "set_")
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def lost(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """Every update that is lost."""
    derived: dict[int, int] = {}
    for node in tapes.world.run.graph.nodes if tapes.gradients else ():
        behind = (derived[edge.node.id] for edge in node.edges if edge.node.id in derived)
        found = node.id if node.id in tapes.gradients else next(behind, None)
        if found is None:
            continue
        derived[node.id] = found
        execution = tapes.gradients[found][0]
        if node.site is not None and node.id != found and not execution.dead:
            yield from _rebound(syntax, node, node.site, execution)
    yield from _never_run(tapes, syntax)


# -- a loop's name that is given another value


def _rebound(syntax: Syntax, node: Node, site: Site, execution: Execution) -> Iterator[Found]:
    """The value of a node, made from gradients, is given to a loop's own name, and lost."""
    assigned = _assigned(syntax, node, site)
    if assigned is None:
        return
    statement, name, value = assigned
    loop = _loop_of(syntax, Site(site.source, statement))
    if loop is None or name not in _names_in(loop.target, ast.Store) or not _is_pure(site.source, value):
        return
    if _is_read(syntax, site.source, loop, statement, name):
        return
    where = Site(site.source, statement)
    items = Site(site.source, loop.iter)
    text = f"`{where.text(40)}` gives the loop's name another value, which nothing reads: nothing changes"
    steps = [
        Step(execution.site.span, "the gradients are asked for here"),
        Step(items.span, f"`{name}` stands for an item of this, one after the other"),
        Step(where.span, f"here `{name}` becomes the name of a new tensor; the item stays as it is"),
    ]
    is_variable = bool(node.edges) and node.edges[0].node.kind == "variable" and node.op == "operator -"
    rest = [("variable", place_of(where))] if is_variable else []
    problem = made(syntax, "lost update", where, text=text, steps=steps, rest=rest)
    yield Found(problem, execution, execution.recording)


def _assigned(syntax: Syntax, node: Node, site: Site) -> tuple[ast.stmt, str, ast.expr] | None:
    """The statement that gives a node's value to a name from which it was made, with that name and the expression."""
    statement = site.node
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        left = node.edges[0].node if node.edges else None
        is_new = node.kind == "tensor" and left is not None and left.kind == "tensor" and not left.opaque
        known = left is not None and left.op.startswith(("tensorflow.", "operator ", "gradient"))
        return (statement, statement.target.id, statement.value) if is_new and known else None
    above = syntax.parent(site)
    if not isinstance(above, ast.Assign) or above.value is not statement or len(above.targets) != 1:
        return None
    target = above.targets[0]
    if not isinstance(target, ast.Name) or target.id not in _names_in(above.value, ast.Load):
        return None
    return above, target.id, above.value


def _loop_of(syntax: Syntax, site: Site) -> ast.For | None:
    """The loop that a statement stands in, under conditions at most."""
    at = syntax.parent(site)
    while isinstance(at, (ast.If, ast.With)):
        at = syntax.parent(Site(site.source, at))
    return at if isinstance(at, ast.For) else None


def _is_pure(source: Source, value: ast.expr) -> bool:
    """Whether computing a value does nothing else."""
    for node in walk(value):
        if isinstance(node, (ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
        if isinstance(node, ast.Call) and not _is_pure_call(source, node.func):
            return False
    return True


def _is_pure_call(source: Source, func: ast.expr) -> bool:
    parts: list[str] = []
    while isinstance(func, ast.Attribute):
        parts.insert(0, func.attr)
        func = func.value
    if not isinstance(func, ast.Name):
        return False
    full = ".".join([source.imports.get(func.id, func.id), *parts]).split(".")
    last = full[-1]
    return full[0] in PURE and DOING.isdisjoint(full) and not last.startswith(DOING_SOMETHING) and len(full) > 1


def _names_in(node: ast.AST, how: type[ast.expr_context]) -> set[str]:
    return {n.id for n in walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, how)}


def _is_read(syntax: Syntax, source: Source, loop: ast.For, statement: ast.stmt, name: str) -> bool:
    """Whether anything may read a loop's name after a statement of its body has given it a value."""
    scope: ast.AST = syntax.function(Site(source, loop)) or source.tree
    end = (statement.end_lineno or 0, statement.end_col_offset or 0)
    is_repeated = _is_in_a_loop(syntax, source, loop)
    for node in walk(scope):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return True
        if not isinstance(node, ast.Name):
            continue
        if node.id in ("locals", "globals", "vars", "eval", "exec"):
            return True
        if node.id != name or isinstance(node.ctx, ast.Store):
            continue
        around = _binders(syntax, source, node, scope)
        if any(_binds(each, name) for each in around if each is not loop):
            continue
        in_function = any(isinstance(each, SCOPES) for each in around)
        after = (node.lineno, node.col_offset) >= end
        if in_function or after or (is_repeated and loop not in around):
            return True
    return False


def _is_in_a_loop(syntax: Syntax, source: Source, node: ast.AST) -> bool:
    at = syntax.parent(Site(source, node))
    while at is not None and not isinstance(at, SCOPES):
        if isinstance(at, (ast.For, ast.AsyncFor, ast.While)):
            return True
        at = syntax.parent(Site(source, at))
    return False


def _binders(syntax: Syntax, source: Source, node: ast.AST, scope: ast.AST) -> list[ast.AST]:
    """What lies around a name within a scope that may give the name another meaning."""
    found: list[ast.AST] = []
    below, at = node, syntax.parent(Site(source, node))
    while at is not None and at is not scope:
        is_body = isinstance(at, ast.For) and below is not at.iter and below not in at.orelse
        if is_body or isinstance(at, (*SCOPES, *COMPREHENSIONS)):
            found.append(at)
        below, at = at, syntax.parent(Site(source, at))
    return found


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a name is one of its own in a loop, a comprehension or a function."""
    if isinstance(node, ast.For):
        return name in _names_in(node.target, ast.Store)
    if isinstance(node, COMPREHENSIONS):
        return any(name in _names_in(each.target, ast.Store) for each in node.generators)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        every = node.args
        arguments = {a.arg for a in (*every.posonlyargs, *every.args, *every.kwonlyargs)}
        return name in arguments or name in _names_in(node, ast.Store)
    return False


# -- what is never asked to run


def _never_run(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """`map(...)` or a generator expression that is a statement: none of its items is ever computed."""
    sources = dict.fromkeys(execution.site.source for execution in tapes.executions)
    lazy: list[tuple[Site, Value | None]]
    lazy = [(e.site, e.value) for e in tapes.events if e.word == "lazy" and not e.dead]
    lazy += [
        (Site(source, node.value), None)
        for source in sources
        for node in source.nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.GeneratorExp)
    ]
    for site, function in lazy:
        if isinstance(syntax.parent(site), ast.Expr) and _updates(site, function):
            what = "`map`" if function is not None else "a generator expression"
            text = f"{what} computes its items when they are asked for, and nobody asks: no variable changes"
            steps = [Step(site.span, "what this gives is thrown away, and none of the updates is run")]
            yield Found(made(syntax, "lost update", site, text=text, steps=steps))


def _updates(site: Site, function: Value | None) -> bool:
    """Whether a function, or the expression itself, would update variables."""
    if isinstance(function, Method):
        return function.name in UPDATING
    node: ast.AST | None = function.node if isinstance(function, Function) else site.node if function is None else None
    calls = (n.func for n in walk(node) if isinstance(n, ast.Call)) if node is not None else ()
    return any(isinstance(func, ast.Attribute) and func.attr in UPDATING for func in calls)
