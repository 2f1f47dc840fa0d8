"""The words of an answer: `x flows linear, y none, int32, not negative` read into inputs and a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from tapelint.facts.values import FactError, Input, Linearity, Outcome, Result, ResultKind, Singular, SingularOf

OUTCOMES = frozenset(get_args(Outcome)) - {"raises", "unknown"}
LINEARITIES = frozenset(get_args(Linearity)) - {"zero"}
KINDS = frozenset(get_args(ResultKind)) - {"none"}
DTYPES = frozenset(
    {
        "same", "argument", "bool", "string", "complex", "float", "int", "uint", "quantized", "variant",
        "resource", "float16", "bfloat16", "float32", "float64", "complex64", "complex128", "int4", "int8",
        "int16", "int32", "int64", "uint4", "uint8", "uint16", "uint32", "uint64", "qint8", "quint8",
        "qint32", "qint16", "quint16", "mixed",
    }
)  # fmt: skip
MATRICES = frozenset(get_args(SingularOf)) - {"number"}
BOUNDS = frozenset(["positive", "not", "from", "above", "to", "below"])


@dataclass(slots=True)
class Answer:
    """The words of one line: by leaf (every leaf that the expression has), the result, the error of the call."""

    leaves: dict[str, Input] = field(default_factory=dict)
    result: Result = field(default_factory=Result)
    error: str | None = None


def read(text: str, leaves: Mapping[str, bool]) -> Answer:
    """Read an answer. `leaves`: the expression's leaves, and whether each can carry a gradient.

    A leaf that is not named gets what stands before the first named one; a leaf that cannot carry a gradient and
    is not named gets "none". Raises FactError on a word that it does not know.
    """
    reader = _Reader(leaves)
    for clause in text.split(","):
        reader.clause(clause.split())
    return reader.finish()


class _Reader:
    def __init__(self, leaves: Mapping[str, bool]) -> None:
        self.carriers = leaves
        self.said: dict[str, dict[str, Any]] = {}
        self.everyone: dict[str, Any] = {"singular": ()}
        self.scope: list[dict[str, Any]] = [self.everyone]
        self.result = Result()
        self.recorded: bool | None = None
        self.error: str | None = None

    def clause(self, words: list[str]) -> None:
        if words and words[0] in self.carriers:
            self.scope = [self.said.setdefault(words[0], {"singular": ()})]
            words = words[1:]
        while words:
            words = self.word(words)

    def say(self, **what: Any) -> None:
        for scope in self.scope:
            scope.update(what)

    def word(self, words: list[str]) -> list[str]:
        first, rest = words[0], words[1:]
        if first in ("inf", "nan", "error") and rest[:1] == ["at"]:
            return self.singular(first, rest[1:])
        if first in OUTCOMES:
            self.say(outcome=first)
        elif first in LINEARITIES:
            self.say(linearity=first)
        elif first == "raises":
            self.say(outcome="raises", error=_one(rest))
            return rest[1:]
        elif first == "call" and rest[:1] == ["raises"]:
            self.error = _one(rest[1:])
            return rest[2:]
        elif first == "as" and rest[:1] == ["target"]:
            return self.other_outcome("target", rest[1:])
        elif first == "again":
            return self.other_outcome("again", rest)
        else:
            return self.about_result(first, rest)
        return rest

    def other_outcome(self, which: str, words: list[str]) -> list[str]:
        """The outcome as a target, or of the gradient's own gradient."""
        if words[:1] == ["raises"]:
            self.say(**{f"{which}_outcome": "raises", f"{which}_error": _one(words[1:])})
            return words[2:]
        if _one(words) not in OUTCOMES:
            raise FactError(f"what is '{words[0]}'?")
        self.say(**{f"{which}_outcome": words[0]})
        return words[1:]

    def singular(self, gradient: str, words: list[str]) -> list[str]:
        point: dict[str, Any] = {"gradient": gradient, "at": 0.0}
        if _one(words) in MATRICES:
            point["of"] = words[0]
        else:
            point["at"] = float(words[0])
        words = words[1:]
        while words:
            if words[0] in ("guarded", "together", "everywhere"):
                point[words[0]], words = True, words[1:]
            elif words[0] == "or" and words[1:] and words[1] in ("below", "above"):
                point["past"], words = words[1], words[2:]
            elif words[0] == "value":
                point["value"], words = _one(words[1:]), words[2:]
            elif words[0] == "nan" and words[1:] and words[1] in ("below", "above"):
                point["beyond"], words = words[1], words[2:]
            else:
                break
        for scope in self.scope:
            scope["singular"] = (*scope["singular"], Singular(**point))
        return words

    def about_result(self, first: str, rest: list[str]) -> list[str]:
        if first == "not" and rest[:1] == ["recorded"]:
            self.recorded = False
            return rest[1:]
        if first in BOUNDS:
            return self.bounds([first, *rest])
        if first == "keeps" and rest[:1] == ["sign"]:
            self.result = replace(self.result, spread="sign")
            return rest[1:]
        if first == "fields":
            self.result = replace(self.result, names=tuple(rest))
            return []
        if first in KINDS:
            self.result = replace(self.result, kind=first)  # type: ignore[arg-type]
        elif first == "None":
            self.result = replace(self.result, kind="none")
        elif first in DTYPES:
            self.result = replace(self.result, dtype=first)
        elif first == "overflows":
            self.result = replace(self.result, overflow=True)
        elif first == "within":
            self.result = replace(self.result, spread="within")
        else:
            raise FactError(f"what is '{first}'?")
        return rest

    def bounds(self, words: list[str]) -> list[str]:
        result = self.result
        if words[0] == "positive":
            self.result, used = replace(result, low=0.0, low_open=True), 1
        elif words[0] == "not":
            if words[1:2] not in (["negative"], ["positive"]):
                raise FactError("not what?")
            negative = words[1] == "negative"
            self.result = replace(result, low=0.0) if negative else replace(result, high=0.0)
            used = 2
        else:
            edge, opened, used = float(_one(words[1:])), words[0] in ("above", "below"), 2
            if words[0] in ("from", "above"):
                self.result = replace(result, low=edge, low_open=opened)
            else:
                self.result = replace(result, high=edge, high_open=opened)
        return words[used:]

    def finish(self) -> Answer:
        answer = Answer(error=self.error)
        for leaf, carries in self.carriers.items():
            if leaf in self.said:
                said = {k: v for k, v in self.everyone.items() if k == "outcome"} | self.said[leaf]
                if "outcome" not in said:
                    raise FactError(f"what happens to {leaf}?")
            elif not carries:
                said = {"outcome": "none"}
            elif "outcome" in self.everyone:
                said = self.everyone
            elif self.error:
                continue
            else:
                raise FactError(f"nothing is said of {leaf}")
            if said["outcome"] == "zero":
                said = {"linearity": "zero"} | said
            answer.leaves[leaf] = Input(**said)
        answer.result = self._result(answer.leaves.values())
        return answer

    def _result(self, inputs: Iterable[Input]) -> Result:
        result = self.result
        if self.everyone.get("outcome") == "detached" or any(i.outcome == "detached" for i in inputs):
            result = replace(result, kind="numpy" if result.kind == "tensor" else result.kind)
        countable = result.dtype.startswith(("int", "uint", "bool", "string", "q"))
        recorded = result.kind in ("tensor", "tuple") and not countable
        return replace(result, recorded=recorded if self.recorded is None else self.recorded)


def _one(words: list[str]) -> str:
    if not words:
        raise FactError("a word is missing at the end")
    return words[0]
