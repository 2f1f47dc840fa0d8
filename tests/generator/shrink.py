"""Make a program smaller while tapelint and TensorFlow still disagree in the same way."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

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


def edits(files: Files) -> list[Edit]:
    """All single edits of a program."""
    found: list[Edit] = []
    for name, text in files.items():
        number = 0
        for block in statement_lists(ast.parse(text)):
            for statement in block:
                found.append((name, number, "remove"))
                if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
                    found.append((name, number, "body"))
                number += 1
    return found


def edited(files: Files, wanted: Sequence[Edit]) -> Files:
    """The program after some edits."""
    result = {}
    for name, text in files.items():
        mine = {number: what for file, number, what in wanted if file == name}
        if not mine:
            result[name] = text
            continue
        tree = ast.parse(text)
        number = 0
        for block in list(statement_lists(tree)):
            kept: list[ast.stmt] = []
            for statement in block:
                what = mine.get(number)
                number += 1
                if what is None:
                    kept.append(statement)
                elif what == "body":
                    kept += copy.deepcopy(statement.body)  # type: ignore[attr-defined]
            block[:] = kept or [ast.Pass()]
        result[name] = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return result


class Shrinker:
    """Looks for the smallest program with a disagreement of the same kind as `finding`."""

    def __init__(self, observer: Observer, finding: Finding) -> None:
        self.observer, self.kind = observer, finding.kind

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

    def shrink(self, variants: Sequence[Files], rounds: int = 12) -> list[Files]:
        current = list(variants)
        if not self.still([current])[0]:
            return current
        for _ in range(rounds):
            singles = edits(current[0])
            good = [
                edit
                for edit, ok in zip(
                    singles, self.still([[edited(v, [e]) for v in current] for e in singles]), strict=True
                )
                if ok
            ]
            if not good:
                break
            size = len(good)
            groups = [
                good[:size],
                good[size // 2 :],
                good[: size // 2],
                good[::3],
                good[: size // 4],
                good[-(size // 4) or -1 :],
                good[:1],
            ]
            groups = [group for group in groups if group]
            verdicts = self.still([[edited(v, group) for v in current] for group in groups])
            best = next((group for group, ok in zip(groups, verdicts, strict=True) if ok), None)
            if best is None:
                break
            current = [edited(v, best) for v in current]
        return current


def joined(observer: Observer, variants: Sequence[Files]) -> Observation:
    """What the variants of one program did, together."""
    whole = Observation()
    for files in variants:
        whole.join(observer.run(files))
    return whole


__all__ = ["WRONG", "Shrinker", "joined"]
