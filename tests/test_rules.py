"""Rules over views made by hand: exactly one rule for every kind of cut and problem, joined findings, comments."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from tapelint import views
from tapelint.check import RuleCrash, Settings, check, report
from tapelint.diagnostic import Diagnostic, Position, Span
from tapelint.facts import Facts
from tapelint.project import Project
from tapelint.rule import Pedantic, Rule, called, listed
from tapelint.source import Source
from tapelint.testing import installed
from tapelint.views import Analysis, Block, Condition, Cut, Gradient, Place, Problem, Singularity, SourceVerdict, Tape

FACTS = Facts.load()
TEXT = "import numpy as np\nimport tensorflow as tf\n\ny = np.square(x)\nz = np.square(y)\ng = tape.gradient(z, x)\n"


def place(line: int, text: str) -> Place:
    column = TEXT.split("\n")[line - 1].index(text) + 1
    return Place(Span("a.py", Position(line, column), Position(line, column + len(text))), text)


HERE, CALL = place(4, "np.square(x)"), place(6, "tape.gradient(z, x)")
TAPE = Tape(CALL, "tape", False, True, "tensorflow")


def cut(reason: Any = "detached", **given: Any) -> Cut:
    values = {"outcome": "none", "place": HERE, "statement": HERE.span, "result": "y", "sources": ("x",)}
    return Cut(reason, **{**values, **given})


def said(*parts: Any, rules: list[Rule] | None = None, text: str = TEXT, **settings: Any) -> list[Diagnostic]:
    """What the rules say of a gradient call with these cuts, problems, conditions and singularities."""

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(part for part in parts if isinstance(part, kind))

    source = Source.from_text(text, "a.py")
    sources = (SourceVerdict("x", "none" if of(Cut) or of(Problem) else "flows"),)
    gradient = Gradient(CALL, "gradient", TAPE, HERE, sources, cuts=of(Cut), problems=of(Problem))
    block = Block(CALL.span, TAPE, conditions=of(Condition), singularities=of(Singularity))
    analysis = Analysis("a.py", (block,), (gradient, *of(Gradient)))
    project = Project(".")
    project.add(source)
    return report(analysis, source, project, FACTS, installed() if rules is None else rules, Settings(**settings))


DETAILS = {
    "outside": ("before", "after", "stopped", "reset", "other tape", "no tape", "inner gradient", "dataset", "?"),
    "unwatched": ("tensor", "non-trainable", "watching is off", "late", "rebound", "integer", "numpy", "?"),
    "integer": ("", "index"),
    "unrelated": ("derived", "unused", "other model", "swapped", "copy", "not in tape", "?"),
}
CALLS = {
    "detached": (
        *("numpy.square", "numpy.array", "math.exp", "Tensor.numpy", "Variable.numpy", "builtins.float", ""),
        *("keras.ops.convert_to_numpy", "Model.predict", "keras.Model.predict_on_batch", "Model.evaluate"),
        *("Layer.get_weights", "keras.metrics.Mean.result", "tensorflow.numpy_function", "Tensor.__array__"),
    ),
    "operation": (
        *("tensorflow.round", "tensorflow.math.argmax", "operator //", "operator >", "tensorflow.Variable"),
        *("keras.Variable", "tensorflow.constant", "Variable.assign", "keras.Variable.assign_sub", "copy.deepcopy"),
        *("keras.models.clone_model", "tensorflow.stop_gradient", "keras.ops.stop_gradient", "Metric.result", ""),
        *("tensorflow.random.categorical", "tensorflow.random.shuffle", "keras.random.categorical"),
        *("keras.metrics.MeanSquaredError", "tensorflow.numpy_function"),
    ),
    "external": ("scipy.special.erf", "cv2.resize"),
}


@pytest.mark.parametrize("reason", get_args(views.Reason))
def test_exactly_one_rule_for_every_cut(reason: str) -> None:
    for outcome in get_args(views.Outcome):
        for certain in (True, False):
            for detail in DETAILS.get(reason, ("",)):
                for call in CALLS.get(reason, ("", "tensorflow.cast")):
                    found = said(cut(reason, outcome=outcome, certain=certain, detail=detail, call=call))
                    assert len(found) == 1, f"{reason} {detail} {call}: {[each.name for each in found]}"
                    assert "{" not in found[0].message + found[0].help


@pytest.mark.parametrize("kind", get_args(views.ProblemKind))
def test_exactly_one_rule_for_every_problem(kind: Any) -> None:
    found = said(Problem(kind, HERE, HERE.span, error="ValueError", sources=("x",)))
    assert len(found) == 1, [each.name for each in found]
    assert found[0].span == HERE.span


def test_what_keras_3_has_in_the_place_of_an_attribute() -> None:
    for name, wanted in (("reset_states", "`reset_state`"), ("no_such_thing", "look the name up")):
        text = f"`metric.{name}` raises AttributeError"
        (found,) = said(Problem("raised before", HERE, HERE.span, text=text, error="AttributeError", sources=("x",)))
        assert wanted in found.help


@pytest.mark.parametrize("kind", ["division", "root", "log", "power", "inverse", "overflow", "point", "matrix"])
@pytest.mark.parametrize("hidden", [None, CALL])
def test_exactly_one_rule_for_every_singular_point(kind: Any, hidden: Place | None) -> None:
    for evidence in ("certain", "possible", "unknown"):
        point = Singularity(
            kind, "", HERE, HERE, HERE.span, "0", "nan", evidence, sources=("x",), hidden_by=hidden, not_negative=True
        )
        found = said(point, pedantic=True)
        assert len(found) == 1, [each.name for each in found]
        assert (found[0].name == "unsafe-where") == (hidden is not None)
        assert bool(said(point)) == (evidence != "unknown")


def test_pedantic_of_one_rule() -> None:
    point = Singularity("division", "", HERE, HERE, HERE.span, "0", "nan", "unknown", sources=("x",))
    assert said(point) == []
    assert len(said(point, options={"TL301": Pedantic(True)})) == 1
    assert said(point, pedantic=True, options={"TL301": Pedantic(False)}) == []


def test_conditions() -> None:
    def levels(**given: Any) -> list[tuple[str, str]]:
        condition = Condition("if", HERE, HERE, **{"effect": "records", "statement": HERE.span, **given})
        return [(each.name, each.level) for each in said(condition)]

    assert levels() == [("tensor-condition", "note")]
    assert levels(effect="raises") == [("tensor-condition", "error")]
    assert levels(effect="changes") == [("tensor-condition", "warning")]
    assert levels(effect="changes", known_library=False) == [("tensor-condition", "warning")]
    assert levels(effect="converted") == []


def test_one_cut_of_several_calls_is_one_finding_that_names_all_sources() -> None:
    other = Gradient(CALL, "gradient", TAPE, HERE, (), cuts=(cut(call="numpy.square", sources=("w", "b")),))
    found = said(cut(call="numpy.square", certain=False), other)
    assert [each.message for each in found] == ["no gradient reaches `x`, `w` and `b`: NumPy computes `y`"]
    assert found[0].sources == ("x", "w", "b") and found[0].level == "error"


def test_levels_and_words_follow_what_is_certain() -> None:
    for certain, outcome, level, words in [
        (True, "none", "error", "no gradient reaches `x`: "),
        (False, "none", "warning", "the gradient of `x` may be None: "),
        (True, "zero", "error", "the gradient of `x` is always zero: "),
        (True, "raises", "error", "the gradient of `x` raises TypeError: "),
    ]:
        found = said(cut(call="numpy.square", certain=certain, outcome=outcome, error="TypeError"))
        assert (found[0].level, found[0].message) == (level, words + "NumPy computes `y`")


def test_the_fix_uses_the_name_that_the_file_uses() -> None:
    found = said(cut(call="numpy.square"), text=TEXT.replace("z = np", "z = tf"))
    assert found[0].fixes[0].safe
    assert found[0].fixes[0].edits[0].replacement == "tf.square"


def test_a_fix_is_not_safe_where_numpy_goes_on_with_the_result() -> None:
    found = said(cut(call="numpy.square"))
    assert found[0].fixes and not found[0].fixes[0].safe


def test_comments_suppress_and_idle_ones_are_reported() -> None:
    text = TEXT.replace("np.square(x)\n", "np.square(x)  # tapelint: ignore[numpy-call]\n")
    assert said(cut(call="numpy.square"), text=text) == []
    idle = said(text=text)
    assert [each.code for each in idle] == ["TL001"] and idle[0].fixes[0].safe
    assert said(text=text, inactive=frozenset({"TL101", "numpy-call"})) == []


def test_a_rule_that_raises_stops_no_other(tmp_path: Path) -> None:
    from tapelint.plugins import load_rules

    text = '"""Bad."""\nfrom tapelint import Rule\nrule = Rule(__name__, code="XY001")\n'
    text += "@rule.on_gradient\ndef check(gradient):\n    raise KeyError(gradient.method)\n"
    (tmp_path / "bad.py").write_text(text)
    rules, errors = load_rules([tmp_path])
    assert not errors
    with pytest.raises(RuleCrash, match="XY001 bad: KeyError: 'gradient'") as crash:
        said(cut(call="numpy.square"), rules=rules)
    assert [each.code for each in crash.value.diagnostics] == ["TL101"]


def test_words() -> None:
    assert listed([]) == "it"
    assert listed(["a", "b", "a"]) == "`a` and `b`"
    assert listed(["a", "b", "c", "d"]) == "`a`, `b` and 2 more"
    assert called(cut(call="numpy.square"), "math.*", "numpy.*")
    assert not called(cut(call="numpyx.square"), "numpy.*")


def test_a_rule_over_blocks_sees_their_syntax() -> None:
    """libcst finds the blocks that a rule is run over, those in code that is never reached included."""
    text = (
        "import tensorflow as tf\n\nw = tf.Variable(1.0)\nwith tf.GradientTape() as tape:\n    y = w * w\n"
        "tape.gradient(y, w)\n\nif False:\n    with tf.GradientTape(persistent=True) as other:\n        pass\n"
    )
    seen: list[tuple[int, str, bool, str]] = []
    rule = Rule(__name__, code="XX100")

    @rule.on_tape
    def look(block: Block) -> list[Diagnostic]:
        seen.append((block.span.start.line, block.tape.name, block.tape.persistent, type(block.node).__name__))
        return []

    source = Source.from_text(text, "program.py")
    check(source, Project(Path.cwd()), FACTS, [rule])
    assert seen == [(4, "tape", False, "With"), (9, "other", True, "With")]


@pytest.mark.parametrize(
    ("verdict", "wanted"),
    [
        ("none", "no gradient reaches `x`: no recorded path leads there from the target"),
        ("zero", "the gradient of `x` is always zero"),
        ("raises LookupError", "the gradient of `x` raises LookupError"),
        ("raises RuntimeError", ""),
        ("sometimes none", ""),
        ("unknown", ""),
    ],
)
def test_a_verdict_that_no_finer_rule_explains(verdict: str, wanted: str) -> None:
    found = said(Gradient(CALL, "gradient", TAPE, HERE, (SourceVerdict("x", verdict),)))
    assert [each.message for each in found] == ([wanted] if wanted else [])
    assert all(each.code == "TL100" for each in found)
