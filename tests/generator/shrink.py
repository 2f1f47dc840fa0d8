"""Make a program smaller while tapelint and TensorFlow still disagree in the same way."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from random import Random

from .compare import WRONG, Finding, compare
from .observe import Observation, Observer

Files = dict[str, str]
Edit = tuple[str, int, str]
"""In which file, at which statement (counted in the order of the walk), and what: remove, or body (of a block)."""


def statement_lists(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def parts(statement: ast.stmt) -> list[ast.expr]:
    """The expressions inside an assigned or returned value that could stand in its place."""
    value = getattr(statement, "value", None)
    if not isinstance(statement, (ast.Assign, ast.Return)) or value is None:
        return []
    inner: list[ast.expr] = [
        node
        for node in ast.walk(value)
        if node is not value and isinstance(node, (ast.Name, ast.Call, ast.BinOp, ast.Subscript, ast.Attribute))
    ]
    called = {id(node.func) for node in ast.walk(value) if isinstance(node, ast.Call)}
    based = {id(node.value) for node in ast.walk(value) if isinstance(node, ast.Attribute)}
    return [node for node in inner if id(node) not in called | based][:6]


def statement_edits(files: Files) -> list[Edit]:
    """All edits that take a statement away, or the header of a block."""
    found: list[Edit] = []
    for name, text in files.items():
        for number, statement in enumerate(walk(ast.parse(text))):
            found.append((name, number, "remove"))
            if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
                found.append((name, number, "body"))
    return found


def value_edits(files: Files) -> list[Edit]:
    """All edits that put a part of a value in its place, or a name in the place of its alias."""
    found: list[Edit] = []
    for name, text in files.items():
        for number, statement in enumerate(walk(ast.parse(text))):
            found += [(name, number, str(index)) for index in range(len(parts(statement)))]
            if alias(statement):
                found.append((name, number, "alias"))
    return found


def alias(statement: ast.stmt) -> tuple[str, str] | None:
    """`a = b` with two names: both."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=new)], value=ast.Name(id=old)):
            return new, old
    return None


def walk(tree: ast.AST) -> list[ast.stmt]:
    return [statement for block in statement_lists(tree) for statement in block]


def edited(files: Files, wanted: Sequence[Edit]) -> Files:
    """The program after some edits."""
    result = {}
    for name, text in files.items():
        mine = {number: what for file, number, what in wanted if file == name}
        result[name] = edited_text(text, mine) if mine else text
    return result


def edited_text(text: str, mine: dict[int, str]) -> str:
    tree = ast.parse(text)
    number, renamed = 0, {}
    for block in list(statement_lists(tree)):
        kept: list[ast.stmt] = []
        for statement in block:
            what = mine.get(number, "")
            number += 1
            names = alias(statement)
            if what.isdigit():
                options = parts(statement)
                statement.value = options[int(what)] if int(what) < len(options) else statement.value  # type: ignore[attr-defined]
            if what == "alias" and names:
                renamed[names[0]] = names[1]
            elif what == "body":
                kept += copy.deepcopy(statement.body)  # type: ignore[attr-defined]
            elif what != "remove":
                kept.append(statement)
        block[:] = kept or [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = renamed.get(node.id, node.id)
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class Shrinker:
    """Looks for the smallest program with a disagreement of the same kind as `finding`."""

    def __init__(self, observer: Observer, finding: Finding) -> None:
        self.observer, self.kind = observer, finding.kind
        # A loop that lost its counter must not hold everything up.
        observer.seconds = min(observer.seconds, 2)

    def still(self, candidates: Sequence[Sequence[Files]]) -> list[bool]:
        """Which candidates (each: variants of one program) still disagree."""
        programs, observations = {}, {}
        for number, variants in enumerate(candidates):
            try:
                for files in variants:
                    for text in files.values():
                        compile(text, "x", "exec")
            except (SyntaxError, ValueError):
                continue
            programs[str(number)] = variants[0]
            observations[str(number)] = joined(self.observer, variants)
        if not programs:
            return [False] * len(candidates)
        compared = compare(programs, observations, alarms=False)
        good = {finding.key for finding in compared.findings if finding.kind == self.kind}
        return [str(number) in good for number in range(len(candidates))]

    def shrink(self, variants: Sequence[Files], rounds: int = 40) -> list[Files]:
        """The smallest found, as variants again. Statements go first, then parts of values."""
        current = list(variants)
        if not self.still([current])[0]:
            return current
        for _ in range(rounds):
            smaller = (
                self.chunk(current)
                or self.step(current, statement_edits(current[0]))
                or self.step(current, value_edits(current[0]))
            )
            if smaller is None:
                break
            current = smaller
        return current

    def chunk(self, current: list[Files]) -> list[Files] | None:
        """Take many neighbouring statements away at once; the largest chunk that will do."""
        singles = [edit for edit in statement_edits(current[0]) if edit[2] == "remove"]
        sizes = [size for size in (len(singles) // 2, len(singles) // 4, len(singles) // 8) if size > 1]
        chunks = [singles[start : start + size] for size in sizes for start in range(0, len(singles), size)]
        verdicts = self.still([[edited(v, chunk) for v in current] for chunk in chunks])
        best = next((chunk for chunk, ok in zip(chunks, verdicts, strict=True) if ok), None)
        return None if best is None else [edited(v, best) for v in current]

    def step(self, current: list[Files], singles: list[Edit]) -> list[Files] | None:
        """Try every edit by itself, then as many of the good ones together as will do."""
        tried = self.still([[edited(v, [e]) for v in current] for e in singles])
        good = [edit for edit, ok in zip(singles, tried, strict=True) if ok]
        good = list({(file, number): (file, number, what) for file, number, what in reversed(good)}.values())
        if not good:
            return None
        size = len(good)
        draw = Random(size)
        some = [draw.sample(good, max(1, int(size * share))) for share in (0.85, 0.7, 0.7, 0.5, 0.5, 0.3, 0.3, 0.2)]
        groups = [good, *some, good[:1]]
        groups = [group for group in groups if group]
        verdicts = self.still([[edited(v, group) for v in current] for group in groups])
        best = next((group for group, ok in zip(groups, verdicts, strict=True) if ok), None)
        return None if best is None else [edited(v, best) for v in current]


def joined(observer: Observer, variants: Sequence[Files]) -> Observation:
    """What the variants of one program did, together."""
    whole = observer.run(variants[0])
    for files in variants[1:]:
        whole.join(observer.run(files))
    return whole


__all__ = ["WRONG", "Shrinker", "joined"]
