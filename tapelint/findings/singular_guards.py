"""What speaks for and against a singular point: the test of a `where` that asks for it, a Python `if`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tapelint.findings.flatness import Users
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.graph import Node, Site
from tapelint.libraries.numerics.numbers_arrays import BINARY, UNARY
from tapelint.libraries.numerics.numbers_judgement import Judgement
from tapelint.libraries.numerics.numbers_known import tests_in
from tapelint.tapes.tape import Tapes
from tapelint.views import Place

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
FAR = 1e6


def asked_for(
    tapes: Tapes, judgement: Judgement, node: Node, wheres: Sequence[int], users: Users
) -> tuple[str, Place | None]:
    """Whether a `where` picks the other branch just where the operation is singular: in words, and its condition."""
    known = tapes.world.known
    graph = tapes.world.run.graph
    for tag in wheres:
        where = graph.nodes[tag]
        key = known.wheres.get(tag)
        sides = _sides(where, node, users)
        if key is None or not sides:
            continue
        place = _condition(where)
        for first in sides:
            if any(not holds for holds in _branch_runs(tapes, key, judgement, first)):
                text = place.text if place is not None else "the condition"
                return f"`{text}` is there for that case", place
        if place is not None:
            return "", None
    return "", None


def _condition(where: Node) -> Place | None:
    call = where.site.node if where.site is not None else None
    if where.site is None or not isinstance(call, ast.Call):
        return None
    first = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "condition"), None)
    return place_of(Site(where.site.source, first)) if first is not None else None


def _sides(where: Node, node: Node, users: Users) -> list[bool]:
    """Through which branches of a `where` an operation's result comes: True for the first."""
    call = where.site.node if where.site is not None else None
    if not isinstance(call, ast.Call):
        return []
    names: list[ast.expr | None] = [*call.args[1:3], None, None][:2]
    for keyword in call.keywords:
        if keyword.arg in ("x", "x1", "y", "x2"):
            names[0 if keyword.arg in ("x", "x1") else 1] = keyword.value
    after = {node.id}
    todo = [node.id]
    while todo:
        for user, _ in users.get(todo.pop(), ()):
            if user.id not in after and user is not where:
                after.add(user.id)
                todo.append(user.id)
    return [edge.argument is names[0] for edge in where.edges if edge.node.id in after and edge.argument is not None]


def _branch_runs(tapes: Tapes, key: int, judgement: Judgement, first: bool) -> list[bool]:
    """For each test in the condition that is about the argument: whether the branch is picked at the singular point."""
    found = []
    for test, wanted in tests_in(tapes.world, key, first):
        for side, bound, op in (
            (test.left, test.of_right, test.op),
            (test.right, test.of_left, MIRRORED.get(test.op, "")),
        ):
            number = bound.constant
            at = _as_seen(tapes, side, judgement) if side is not None and number is not None else None
            if at is not None and number is not None and op in BINARY:
                found.append(bool(BINARY[op](at, number)) == wanted)
    return found


def _as_seen(tapes: Tapes, side: int, judgement: Judgement) -> float | None:
    """The value of a tested expression where the operation's argument is at its singular point."""
    key = judgement.key
    if key is None:
        return None
    known = tapes.world.known
    number = judgement.number
    if judgement.kind == "overflow":
        number = FAR
    if side == key:
        return number
    made = known.origin.get(side, ())
    if len(made) > 1 and made[0] in UNARY and made[1] == key:
        return UNARY[str(made[0])](number)
    made = known.origin.get(key, ())
    if len(made) > 1 and made[1] == side and made[0] in ("sqrt", "square", "abs", "norm") and number == 0:
        return 0.0
    mine, other = known.linear.get(key, (0.0, ((key, 1.0),))), known.linear.get(side, (0.0, ((side, 1.0),)))
    if len(mine[1]) == 1 == len(other[1]) and mine[1][0][0] == other[1][0][0]:
        base = (number - mine[0]) / mine[1][0][1]
        return other[0] + other[1][0][1] * base
    return None


# -- Python


def guarded_by_if(syntax: Syntax, judgement: Judgement) -> bool:
    """Whether a Python condition around the operation, or one that leaves before it, asks about the argument."""
    if not isinstance(judgement.argument, ast.AST):
        return False
    names = {ast.unparse(n) for n in ast.walk(judgement.argument) if isinstance(n, (ast.Name, ast.Attribute))}
    names -= {"tf", "keras", "np", "tf.float32", "ops", "K"}
    return any(names & _asked(test) for test in _tests_around(syntax, judgement.site))


def _asked(test: ast.AST) -> set[str]:
    return {ast.unparse(n) for n in ast.walk(test) if isinstance(n, (ast.Name, ast.Attribute))}


def _tests_around(syntax: Syntax, site: Site) -> list[ast.AST]:
    """The tests that stand around a place, and those of statements before it that may leave."""
    found: list[ast.AST] = []
    node: ast.AST = site.node
    while True:
        parent = syntax.parent(Site(site.source, node))
        if parent is None:
            return found
        if isinstance(parent, (ast.If, ast.While, ast.IfExp)) and node is not parent.test:
            found.append(parent.test)
        if isinstance(node, ast.stmt):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(parent, name, None)
                if isinstance(block, list) and node in block:
                    found += [t for s in block[: block.index(node)] for t in _leaving(s)]
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return found
        node = parent


def _leaving(statement: ast.stmt) -> list[ast.AST]:
    if isinstance(statement, ast.Assert):
        return [statement.test]
    if isinstance(statement, ast.If) and any(
        isinstance(s, (ast.Return, ast.Raise, ast.Continue, ast.Break, ast.Assign, ast.AugAssign))
        for s in statement.body
    ):
        return [statement.test]
    return []
