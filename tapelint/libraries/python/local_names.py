"""`locals()`: the names of a function and what they hold, as a dict."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tapelint.flow import containers
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import Site
from tapelint.flow.values import UNBOUND, Class, Const, Value
from tapelint.source import walk

from ..world import Libraries

ASKING = frozenset(["locals", "vars", "eval", "exec", "dir"])
"""What reads or changes the names of a function: a second one in it may change what the first has given."""
OF_THE_CLASS = frozenset(["super", "__class__"])
"""Names by which a method has its class among its own names."""


def as_dict(world: Libraries, site: Site) -> Value | None:
    """What `locals()` gives in the function that is run; None where nobody can tell which names it has by now."""
    run, frame = world.run, world.run.frame
    node = frame.function.node if frame.function is not None else None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or run.scopes.get(frame.uid) is not node:
        return None
    mentioned = {n.id for n in walk(node) if isinstance(n, ast.Name)}
    if sum(isinstance(n, ast.Name) and n.id in ASKING for n in walk(node)) > 1:
        return None
    certain = dict.fromkeys([*_parameters(node), *_bound_by(node.body)])
    found = {name: run.state.get((frame.uid, name)) for name in (*certain, *_bound_by(own_nodes(node)))}
    if any(value is not UNBOUND and name not in certain for name, value in found.items()):
        return None  # a branch or a loop has bound it, or has not
    for scope in frame.scopes:
        for name in sorted(mentioned - found.keys()):
            found[name] = run.state.get((scope, name))
    if isinstance(frame.owner, Class) and mentioned & OF_THE_CLASS:
        found["__class__"] = frame.owner
    pairs = [(Const(name), value) for name, value in found.items() if value is not UNBOUND]
    return containers.make_dict(run, pairs, site)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    spec = node.args
    plain = [*spec.posonlyargs, *spec.args, *([spec.vararg] if spec.vararg else []), *spec.kwonlyargs]
    return [each.arg for each in (*plain, *([spec.kwarg] if spec.kwarg else []))]


def _bound_by(nodes: Iterable[ast.AST]) -> list[str]:
    """The names that statements bind by themselves, without what lies in blocks of theirs that may be left out."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            found += _bound_by(n for item in node.items if item.optional_vars for n in walk(item.optional_vars))
            found += _bound_by(node.body)
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (n for target in targets for n in walk(target) if isinstance(n, ast.Name))
            found += [n.id for n in names if isinstance(n.ctx, ast.Store)]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found += [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
        elif isinstance(getattr(node, "name", None), str):  # a function, a class, an exception, what a pattern names
            found.append(node.name)  # type: ignore[attr-defined]
    return found
