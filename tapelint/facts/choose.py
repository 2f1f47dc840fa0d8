"""Which of a fact's experiments answers for a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tapelint.facts.values import Effect, Fact, Input, Linearity, Outcome, Parameter, Result


@dataclass(frozen=True, slots=True)
class Experiment:
    """One line: the constants in it, its answer by parameter, and where it holds.

    `part`: the index of the result's part that it is about. `variable`: "tensorflow" or "keras" where a leaf is one,
    and `variables`: the parameters that are given it.
    """

    given: Mapping[str, object]
    inputs: Mapping[str, Input]
    result: Result
    error: str | None
    text: str
    part: int | None = None
    graph: bool = False
    variable: str = ""
    variables: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    """All that are given something."""

    @property
    def plain(self) -> bool:
        """Eager, and on tensors."""
        return not self.graph and not self.variable


UNSET = object()
TENSOR = object()
"""Stands in `given` for an argument that is no constant but something that may carry a gradient."""
GIVEN = object()
"""Stands there for any other argument of which no experiment tells what it is worth."""


def _hangs(one: Mapping[str, object], other: Mapping[str, object], unknown: frozenset[str] | set[str]) -> bool:
    """Whether two experiments differ in what is unknown only, and in that.

    An unknown number is hardly the one of all for which there is an experiment of its own: a factor of 0.0.
    """
    differing = {name for name in {*one, *other} if one.get(name, UNSET) != other.get(name, UNSET)}
    rare = any(isinstance(one.get(name), float) and one[name] == 0.0 for name in differing)
    return bool(differing) and differing <= set(unknown) and not rare


def choose(fact: Fact, given: Mapping[str, object], unknown: frozenset[str] | set[str]) -> Effect:
    """The effect of the best-fitting experiment, with what its variants in graphs and on variables add."""
    plain = [e for e in fact.experiments if e.plain] or list(fact.experiments)
    if not plain:
        return Effect({}, Result(kind="object"))
    defaults = _defaults(fact)
    tensors = {name for name, value in given.items() if value is TENSOR}
    optional = operands(fact)
    form = optional & {*(name for name, value in given.items() if value is not None), *unknown}
    given = {name: value for name, value in given.items() if value not in (TENSOR, GIVEN)}
    unknown = {*unknown, *_strange(plain, given, defaults)}
    fits = [_fit(e.given, given, unknown, defaults) + _covered(e, tensors) for e in plain]
    unlike = [len(form ^ (optional & e.parameters)) for e in plain]
    ranked = sorted(zip(fits, plain, unlike, range(len(plain)), strict=True), key=lambda r: (-r[0], r[2], r[3]))
    best = ranked[0][1]
    same = [best, *(e for e in fact.experiments if e.given == best.given and e is not best)]
    effect = _with_dtype(_assemble(same, best), best, given)
    hung = [e for fit, e, *_ in ranked if fit == ranked[0][0] and _hangs(e.given, best.given, unknown)]
    return _doubt(effect, [_assemble([r], r) for r in hung]) if hung else effect


def operands(fact: Fact) -> frozenset[str]:
    """The parameters that a call may leave out, and that not all experiments are given: `x` and `y` of `tf.where`.

    None of a function that makes what it gives of a dtype of its own, whatever dtype it is given.
    """
    if any(p.name == "dtype" and p.has_default and p.default != "None" for p in fact.parameters):
        return frozenset()
    given = [e.parameters for e in fact.experiments if e.plain]
    optional = {p.name for p in (*fact.parameters, *fact.call_parameters) if p.default == "None"}
    return frozenset(n for n in optional if any(n in each for each in given) and not all(n in each for each in given))


def _covered(experiment: Experiment, tensors: set[str]) -> float:
    """How well the arguments that carry a gradient are those of the experiment."""
    return sum(1.0 if name in experiment.inputs else -1.0 for name in tensors)


def _strange(plain: list[Experiment], given: Mapping[str, object], defaults: Mapping[str, object]) -> set[str]:
    """Parameters that a call gives a word of which no experiment speaks, where experiments tell words apart, or the
    word that stands there else from None.
    """
    found = set()
    for name, value in given.items():
        words = {e.given[name] for e in plain if isinstance(e.given.get(name), str)}
        usual = defaults.get(name)
        if isinstance(usual, str) and any(name in e.given and e.given[name] is None for e in plain):
            words |= {usual, ""}
        if len(words) > 1 and isinstance(value, str) and not any(_alike(value, word) for word in words):
            found.add(name)
    return found


def _alike(one: str, other: object) -> bool:
    return one == other or (family(one) != "" and isinstance(other, str) and family(one) == family(other))


def _with_dtype(effect: Effect, best: Experiment, given: Mapping[str, object]) -> Effect:
    """Where the experiment's result has the dtype that it was given, so has the call's."""
    for name, value in best.given.items():
        mine = given.get(name)
        if value == effect.result.dtype and isinstance(mine, str) and family(mine) == family(effect.result.dtype):
            return replace(effect, result=replace(effect.result, dtype=mine))
    return effect


def decided_by(fact: Fact) -> frozenset[str]:
    """The parameters whose constants go with differing outcomes."""
    plain = [e for e in fact.experiments if e.plain]
    found: set[str] = set()
    for first in plain:
        for second in plain:
            if _outcomes(first) != _outcomes(second) and first.part == second.part:
                names = {*first.given, *second.given}
                found |= {n for n in names if first.given.get(n, UNSET) != second.given.get(n, UNSET)}
    return frozenset(found)


def _outcomes(experiment: Experiment) -> object:
    return {name: i.outcome for name, i in experiment.inputs.items()}, experiment.error


def _defaults(fact: Fact) -> dict[str, object]:
    return {p.name: _literal(p) for p in (*fact.parameters, *fact.call_parameters) if p.default is not None}


def _literal(parameter: Parameter) -> object:
    text = parameter.default or ""
    words = {"None": None, "True": True, "False": False}
    if text in words:
        return words[text]
    if text[:1] in "'\"":
        return text[1:-1]
    try:
        return float(text)
    except ValueError:
        return text.rpartition(".")[2]


def _fit(
    wanted: Mapping[str, object],
    given: Mapping[str, object],
    unknown: frozenset[str] | set[str],
    defaults: Mapping[str, object],
) -> float:
    """How well a call's constants fit an experiment's: equal counts most, a dtype of the same family less."""
    score = 0.0
    for name in {*wanted, *given}:
        if name in unknown:
            continue
        mine = wanted.get(name, defaults.get(name, UNSET))
        theirs = given.get(name, defaults.get(name, UNSET))
        if mine is UNSET or theirs is UNSET:
            score -= 0.01
        elif (type(mine) is type(theirs) and mine == theirs) or (_number(mine) and _number(theirs) and mine == theirs):
            score += 1.0
        elif isinstance(mine, str) and isinstance(theirs, str):
            score += 0.5 if family(mine) and family(mine) == family(theirs) else -1.0
        elif _number(mine) and _number(theirs):
            score += _likeness(float(mine), float(theirs))  # type: ignore[arg-type]
        else:
            score -= 0.3
    return score


def _likeness(one: float, other: float) -> float:
    """Numbers of one sign, both whole or neither, on one side of 1, do alike; even and odd powers differ."""

    def sort(n: float) -> tuple[bool, bool, bool, bool]:
        return n > 0, n < 0, abs(n) < 1, float(n).is_integer()

    if sort(one) != sort(other):
        return -0.2
    return 0.5 if one % 2 == other % 2 or one != int(one) else 0.4


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def family(dtype: str) -> str:
    """ "float", "int", "bool", "complex", "string", or "" for what is no dtype."""
    for start, name in (
        ("float", "float"),
        ("bfloat", "float"),
        ("half", "float"),
        ("double", "float"),
        ("int", "int"),
        ("uint", "int"),
        ("qint", "int"),
        ("quint", "int"),
        ("bool", "bool"),
        ("complex", "complex"),
        ("str", "string"),
    ):
        if dtype.startswith(start):
            return name
    return ""


def _assemble(group: list[Experiment], best: Experiment) -> Effect:
    """One effect out of the lines with the same constants: the whole, its parts, and the variants."""
    wholes = [e for e in group if e.plain and e.part is None]
    parts = {e.part: e for e in group if e.plain and e.part is not None}
    whole = wholes[0] if wholes else None
    inputs: dict[str, Input] = {}
    for experiment in [*wholes, *parts.values(), best]:
        for name, value in experiment.inputs.items():
            if name not in inputs or (whole is None and inputs[name].outcome == "none"):
                inputs[name] = value
    result = whole.result if whole else best.result
    if parts:
        of_graphs = {e.part: e for e in group if e.graph and not e.variable and e.part is not None}
        result = replace(result, kind="tuple", parts=_parts(parts, of_graphs), dtype="mixed")
    effect = Effect(inputs, result, error=(whole or best).error, experiment=(whole or best).text)
    for variant in group:
        if not variant.plain and variant.part is None:
            effect = _vary(effect, variant)
    return effect


def _parts(parts: Mapping[int, Experiment], of_graphs: Mapping[int, Experiment]) -> tuple[Effect | None, ...]:
    last = max(parts)
    made: list[Effect | None] = []
    for at in range(last + 1):
        part = parts.get(at)
        effect = Effect(part.inputs, part.result, part.error, experiment=part.text) if part else None
        made.append(_vary(effect, of_graphs[at]) if effect is not None and at in of_graphs else effect)
    return tuple(made)


def _vary(effect: Effect, variant: Experiment) -> Effect:
    inputs = dict(effect.inputs)
    for name, value in variant.inputs.items():
        base = inputs.get(name, value)
        if variant.graph and not variant.variable:
            inputs[name] = replace(
                base, graph_outcome=value.outcome, graph_target_outcome=value.target_outcome or base.target_outcome
            )
        elif variant.variable == "keras" and not variant.graph:
            inputs[name] = replace(base, keras_variable_outcome=value.outcome)
        elif variant.variable and not variant.graph:
            inputs[name] = replace(base, variable_outcome=value.outcome)
    effect = replace(effect, inputs=inputs)
    if variant.error is None:
        return effect
    if variant.graph and variant.variable:
        return replace(effect, graph_variable_error=variant.error)
    if variant.graph:
        return replace(effect, graph_error=variant.error)
    if variant.variable == "keras":
        return replace(effect, keras_variable_error=variant.error)
    return replace(effect, variable_error=variant.error, refusing_variables=variant.variables)


def _doubt(effect: Effect, others: list[Effect]) -> Effect:
    inputs = dict(effect.inputs)
    dtype = effect.result.dtype
    for other in others:
        for name, value in other.inputs.items():
            if name in inputs:
                inputs[name] = _either(inputs[name], value)
        if other.result.dtype != dtype:
            dtype = "argument"
    result = replace(effect.result, dtype=dtype)
    for other in others:
        result = _wider(result, other.result)
    return replace(effect, inputs=inputs, result=result)


def _either(one: Input, other: Input) -> Input:
    """What holds of an argument whichever of two answers is right."""
    outcome: Outcome = one.outcome if one.outcome == other.outcome else "unknown"
    linearity: Linearity = one.linearity if one.linearity == other.linearity else "unclear"
    singular = tuple(point for point in one.singular if point in other.singular)
    return replace(one, outcome=outcome, linearity=linearity, singular=singular)


def _wider(one: Result, other: Result) -> Result:
    """What holds of a result whichever of two answers is right."""
    if (one.low, one.low_open) != (other.low, other.low_open):
        one = replace(one, low=None, low_open=False)
    if (one.high, one.high_open) != (other.high, other.high_open):
        one = replace(one, high=None, high_open=False)
    spread = one.spread if one.spread == other.spread else ""
    return replace(one, spread=spread, overflow=one.overflow and other.overflow)
