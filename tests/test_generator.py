"""The random programs: what they contain, what is seen of them, and that tapelint claims nothing that is not so.

The larger runs are `python -m tests.generator --count 5000 --seed 1000000`; here are only as many as a minute allows.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections import Counter

import pytest
from generator.campaign import run
from generator.compare import WRONG, compare, judge
from generator.observe import Observer
from generator.programs import make
from generator.shrink import Shrinker, edited, statement_edits

needs_tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed"
)

SEEDS = range(7_000_000, 7_000_300)

CONSTRUCTS = """
rebind augmented unpack walrus deleted match_statement for_range pipeline_loop for_items while_counter
while_tensor list_append list_edit comprehension dictionary try_statement generators branch_on_flag
branch_on_tensor conditional_expression early_return recursion lambdas closures default_argument variadic
nonlocal_name global_name partials decorated stateful_object method_kinds inheritance records attributes
module hidden-name graph_function strict-function tf_cond tf_while_loop tf_mapping custom_gradient recompute
python_function tensor_array data_loop variable_on_the_way inner_tape stop_recording harmless log-line
half-cut break-cut break-eager-cut break-zero break-raise keras-sequential keras-functional keras-subclassed
custom-layer train-step gan pinn embedding second-order hessian batch-jacobian jacobian meta-learning
persistent watch watch-accessed-false unconnected source-constant source-integer source-frozen
source-keras_variable source-in_list source-in_module itertools_and_structures keras_functions dtypes_and_arrays
chosen_case nested_structures generator_pipeline star_targets tape_of_rows
"""


def test_a_seed_is_a_program() -> None:
    assert make(11).files == make(11).files
    assert make(11).files != make(12).files


def test_programs_parse_and_variants_agree_line_by_line() -> None:
    for seed in range(300):
        program, variant = make(seed), make(seed, 1)
        assert program.files.keys() == variant.files.keys()
        for name, text in program.files.items():
            ast.parse(text)
            assert text.count("\n") == variant.files[name].count("\n")


def test_every_construct_occurs() -> None:
    counted: Counter[str] = Counter()
    for seed in range(2000):
        counted.update(make(seed).tags)
    rare = {name: counted[name] for name in CONSTRUCTS.split() if counted[name] < 20}
    assert not rare


def test_judging() -> None:
    assert judge("none", frozenset({"none"})) == "right"
    assert judge("raises StagingError", frozenset({"raises LookupError"})) == "right"
    assert judge("raises StagingError", frozenset({"raises ValueError"})) == "wrong"
    assert judge("none", frozenset({"flows", "none"})) == "too strong"
    assert judge("none", frozenset({"none"}), frozenset({"flows"})) == "too strong"
    assert judge("zero", frozenset({"zero"}), frozenset({"flows"})) == "right"
    assert judge("zero", frozenset({"zero", "residue"})) == "by rounding"
    assert judge("zero", frozenset({"residue"}), frozenset({"flows"})) != "by rounding"
    assert judge("none", frozenset({"residue"})) == "wrong"
    assert judge("flows", frozenset({"residue"})) == "right"
    assert judge("flows", frozenset({"none"})) == "wrong"
    assert judge("flows", frozenset({"zero"})) == "by value"
    assert judge("sometimes none", frozenset({"none", "flows"})) == "sometimes"
    assert judge("sometimes none", frozenset({"flows"})) == "never none"
    assert judge("unknown", frozenset({"none"})) == "miss"
    assert judge("raises TypeError", frozenset({"raises AttributeError"})) == "right"
    assert judge("raises LookupError", frozenset({"raises RuntimeError"})) == "wrong"
    assert judge("raises ValueError", frozenset(), failed=True) == "right"
    assert judge("none", frozenset(), failed=True) == "ignored"


def test_statements_are_taken_away() -> None:
    files = {"main.py": "a = 1\nif a:\n    b = 2\nprint(a)\n"}
    assert statement_edits(files)[0] == ("main.py", 0, "remove")
    assert edited(files, [("main.py", 1, "body")])["main.py"] == "a = 1\nb = 2\nprint(a)\n"


OBSERVED = """
import tensorflow as tf
import helper_of_it

x, y, k = tf.Variable([1.0, -1.0]), tf.Variable([2.0, 2.0]), tf.constant([3.0, 3.0])
with tf.GradientTape(persistent=True) as tape:
    loss = tf.reduce_sum(helper_of_it.half(x) + tf.sign(y))
tape.gradient(loss, {"b": y, "a": [x, k]})
tape.gradient(loss, k, unconnected_gradients="zero")


@tf.function
def traced():
    with tf.GradientTape() as inside:
        out = tf.reduce_sum(x) + 0.0 * tf.reduce_sum(y)
    return [inside.gradient(out, [x, y])]


traced()
for _ in range(2):
    with tf.GradientTape() as again:
        total = tf.reduce_sum(x * x)
    again.gradient(total, x)
    x = x * 2.0
rows = tf.constant([[3.0, 3.0]])
with tf.GradientTape() as late:
    late.watch(rows)
    out = tf.square(rows)
late.batch_jacobian(out, rows)
tape.gradient(float(loss), x)
"""


@needs_tensorflow
def test_what_is_seen_of_a_program() -> None:
    files = {"main.py": OBSERVED, "helper_of_it.py": "def half(t):\n    return t * 0.5\n"}
    with Observer() as observer:
        seen = observer.run(files)
        assert {place: call.sources for place, call in observer.run(files).calls.items()} == {
            place: call.sources for place, call in seen.calls.items()
        }
    calls = {line: call.sources for (_, line), call in seen.calls.items()}
    assert calls == {
        8: [{"flows"}, {"none"}, {"zero"}],
        9: [{"none"}],
        16: [{"flows"}, {"zero"}],
        23: [{"flows", "none"}],
        29: [{"flows"}],
        30: [{"raises AttributeError"}],
    }
    assert seen.error.startswith("AttributeError") and seen.error_place == ("main.py", 30)


@needs_tensorflow
def test_a_trace_that_is_thrown_away_gives_nothing() -> None:
    text = (
        "import tensorflow as tf\nx = tf.Variable(1.0)\n@tf.function\ndef asked():\n    kept = tf.Variable(2.0)\n"
        "    with tf.GradientTape() as tape:\n        y = kept * 2.0\n    return [tape.gradient(y, x)]\nasked()\n"
    )
    with Observer() as observer:
        seen = observer.run({"main.py": text})
    assert [call.sources for call in seen.calls.values()] == [[set()]] and seen.error.startswith("ValueError")


@needs_tensorflow
def test_a_program_without_end_leaves_nothing_behind() -> None:
    import tensorflow as tf

    text = (
        "import tensorflow as tf\nwith tf.Graph().as_default():\n"
        "    for n in iter(int, 1):\n        y = tf.add_n([tf.constant(1.0)] * 9)\n"
    )
    tracing = sys.gettrace()
    with Observer(seconds=0.3) as observer:
        seen = observer.run({"main.py": text})
    assert seen.error.startswith("TooLong") and seen.error_place and seen.error_place[0] == "main.py"
    assert tf.executing_eagerly() and sys.gettrace() is tracing


@needs_tensorflow
def test_a_wrong_claim_is_seen() -> None:
    text = (
        "import tensorflow as tf\nx = tf.Variable(1.0)\n"
        "with tf.GradientTape() as tape:\n    y = x * x\ntape.gradient(y, x)\n"
    )
    told_of_another = text.replace("x * x", "tf.round(x)")
    with Observer() as observer:
        compared = compare({"0": {"main.py": told_of_another}}, {"0": observer.run({"main.py": text})}, alarms=False)
    assert [(f.said, f.judged) for f in compared.findings] == [("none", WRONG)]
    assert Shrinker(observer, compared.findings[0]).kind == (WRONG, "none", "flows")


@needs_tensorflow
def test_no_claim_is_wrong() -> None:
    with Observer() as observer:
        campaign = run(observer, SEEDS)
    wrong = [f"{f.key} {f.place} {f.index}: said {f.said}, seen {sorted(f.seen)}" for f in campaign.wrong]
    assert not wrong
    assert not campaign.compared.alarms
    assert not campaign.compared.problems
    assert len(campaign.compared.of("right")) > 0.8 * len(campaign.compared.findings)
