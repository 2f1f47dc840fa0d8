"""Checks equivalents.txt: TensorFlow's function gives what NumPy's gives, and lets the gradient through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import facts_lab as lab
import propose_facts as propose

from tapelint.facts import Facts
from tapelint.facts.parse import full_name, split_line
from tapelint.facts.table import FOLDER


@dataclass(frozen=True)
class Pair:
    """One line: the function with the parameters that may be given, and its counterpart."""

    number: int
    text: str
    left: str
    right: str

    @property
    def name(self) -> str:
        """The left function's name."""
        return self.left.partition("(")[0]


def pairs() -> list[Pair]:
    """The lines of the file."""
    found = []
    for number, text in enumerate((FOLDER / "equivalents.txt").read_text().splitlines(), 1):
        left, equals, right = text.partition(" = ")
        if equals and not text.startswith("#"):
            found.append(Pair(number, text, left, right))
    return found


def calls(pair: Pair) -> Iterator[tuple[str, str]]:
    """The same call of both functions, for each form that the line allows."""
    fact = Facts.load().fact(full_name(pair.name))
    assert fact is not None, f"there is no fact of {pair.name}"
    expression = split_line(fact.experiments[0].text)[2]
    arguments = expression[len(propose.subject(expression)) :]
    forms = [arguments]
    if "axis=None" in pair.left:
        forms += ["(m, axis=0)", "(m, 1)"] + (["(m, axis=1, keepdims=True)"] if "keepdims" in pair.left else [])
    elif "(a, axis)" in pair.left:
        forms = ["(x, 0)"]
    for form in forms:
        yield pair.name + form, pair.right + form


def check(pair: Pair) -> str | None:
    """None if the two agree in value, shape and dtype and the gradient flows, else what was seen."""
    for left, right in calls(pair):
        try:
            wrong = compare(left, right)
        except Exception as error:
            wrong = f"{type(error).__name__}: {str(error)[:150]}"
        if wrong:
            return f"equivalents.txt:{pair.number}: {left} = {right}\n    observed: {wrong}"
    return None


def compare(left: str, right: str) -> str:
    """How two calls differ; "" if they do not."""
    env = propose.env_of(left)
    theirs = lab.np.asarray(lab.run(left, env))
    seen = lab.observe(right, env, second=False)
    if seen.error:
        return f"{seen.error}: {seen.message}"
    mine = lab.np.asarray(seen.value)
    python = left.startswith("math.")
    if not python and mine.dtype != theirs.dtype:
        return f"{mine.dtype} instead of {theirs.dtype}"
    if mine.shape != theirs.shape:
        return f"shape {mine.shape} instead of {theirs.shape}"
    if not lab.np.allclose(mine, theirs, rtol=1e-4, atol=1e-6, equal_nan=True):
        return f"{mine} instead of {theirs}"
    reached = [seen.outcomes[name] for name in seen.outcomes]
    return "" if "flows" in reached else f"the gradient: {', '.join(reached)}"
