"""Which names a function, a class or a module binds itself: all others it has from around."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapelint.source import below, walk

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def names_bound(scope: ast.AST) -> frozenset[str]:
    """The names that a function, a class or a module binds, anywhere in it, by whatever statement, and parameters."""
    bound, from_around = set[str](), set[str]()
    todo: list[tuple[ast.AST, bool]] = [(node, False) for node in _inside(scope)]
    while todo:
        node, in_comprehension = todo.pop()
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            from_around.update(node.names)
        elif isinstance(node, ast.NamedExpr):
            bound.add(node.target.id)
        elif not (in_comprehension and isinstance(node, ast.Name)):
            bound.update(_bound_by(node))
        inner = in_comprehension or isinstance(node, COMPREHENSIONS)
        todo += [(each, inner) for each in _run_in_it(node)]
    return frozenset(bound - from_around)


def is_put_there(name: str) -> bool:
    """Whether a name is one that Python, or a shell that notebooks are run in, puts into each module."""
    return name.startswith("__") or name in ("get_ipython", "display")


def is_bound_in_its_loop(scope: ast.AST, name: ast.Name) -> bool:
    """Whether a loop that a name is read in binds it as well."""
    loops = [walk(node) for node in walk(scope) if isinstance(node, (ast.For, ast.AsyncFor, ast.While))]
    return any(name in inner and any(name.id in _bound_by(node) for node in inner) for inner in loops)


def _inside(scope: ast.AST) -> list[ast.AST]:
    """The parameters and the body of a function, or the body of a class or a module."""
    if isinstance(scope, (ast.Module, ast.ClassDef)):
        return list(scope.body)
    assert isinstance(scope, (*FUNCTIONS, ast.Lambda))
    given = scope.args
    rest = [each for each in (given.vararg, given.kwarg) if each is not None]
    body = [scope.body] if isinstance(scope, ast.Lambda) else scope.body
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *rest, *body]


def _run_in_it(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one whose names are those of the same scope."""
    if isinstance(node, ast.Lambda):
        return list(node.args.defaults)
    if isinstance(node, FUNCTIONS):
        return [*node.decorator_list, *node.args.defaults]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases]
    return below(node)


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node itself binds, or unbinds."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name is not None:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest is not None:
        yield node.rest
