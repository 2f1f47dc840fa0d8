"""Where a gradient is not finite: the evidence for it, what guards against it, what stays silent."""

from pathlib import Path
from textwrap import dedent

import pytest

from tapelint.facts import Facts
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source
from tapelint.views import Singularity

FACTS = Facts.load()
HEAD = "import tensorflow as tf\nimport keras\n"


def found(text: str, folder: Path) -> list[Singularity]:
    """The singularities of a program."""
    path = folder / "program.py"
    path.write_text(HEAD + dedent(text), encoding="utf-8")
    analysis = analyse(Source.read(path), Project(folder), FACTS)
    return [s for block in analysis.blocks for s in block.singularities]


def of_an_unknown(loss: str) -> str:
    """A function of an unknown tensor, as a library has it."""
    return f"""
        def step(x, y, mask, model, scale):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = {loss}
            return tape.gradient(loss, x)
        """


SEEN = {
    "tf.reduce_sum(tf.math.log(tf.nn.softmax(x)))": ("log", "rounds to 0"),
    "tf.reduce_sum(tf.math.log(1.0 - tf.sigmoid(x)))": ("log", "rounds to 1"),
    "tf.reduce_sum(tf.sqrt(tf.nn.relu(x)))": ("root", "negative input"),
    "tf.reduce_sum(tf.math.log(tf.clip_by_value(x, 0.0, 1.0)))": ("log", "holds it there"),
    "tf.acos(tf.clip_by_value(x, -1.0, 1.0))": ("inverse", "holds it there"),
    "tf.reduce_sum(x) / tf.reduce_sum(tf.cast(y > 0, tf.float32))": ("division", "select nothing"),
    "tf.norm(x - x)": ("root", "difference of equals"),
    "tf.reduce_sum(tf.norm(x[:, None] - x[None], axis=-1))": ("root", "compared with itself"),
    "tf.reduce_sum(tf.math.log(1.0 + tf.exp(x)))": ("overflow", "before the logarithm"),
    "tf.reduce_sum(tf.math.digamma(tf.nn.relu(x)))": ("point", "negative input"),
    "tf.linalg.global_norm([x - x, y - y])": ("point", "difference of equals"),
    "tf.norm(x - x, ord=3)": ("root", "difference of equals"),
    "tf.linalg.logdet(x - x)": ("matrix", "difference of equals"),
    "tf.exp(x) / tf.reduce_sum(tf.exp(x))": ("overflow", "infinity"),
    "tf.reduce_sum(tf.where(x > 0.0, tf.math.log(x), 0.0))": ("log", "is there for that case"),
    "tf.reduce_sum(tf.where(x < 1.0, tf.math.log(1.0 - x), 0.0))": ("log", "is there for that case"),
    "tf.reduce_sum(tf.where(x > 0.0, x, tf.exp(x) - 1.0))": ("overflow", "is there for that case"),
    "tf.reduce_sum(tf.where(tf.equal(x, 0.0), 1.0, tf.sin(x) / x))": ("division", "is there for that case"),
}

SILENT = [
    "tf.reduce_sum(1.0 / x)",
    "tf.reduce_sum(tf.math.log(x) + tf.sqrt(x) + x ** 0.5)",
    "tf.reduce_sum(x / tf.reduce_sum(mask))",
    "tf.reduce_sum(x / scale)",
    "tf.reduce_sum(x) / tf.cast(tf.shape(x)[0], tf.float32)",
    "tf.reduce_sum(x) / tf.maximum(tf.reduce_sum(tf.cast(y > 0, tf.float32)), 1.0)",
    "tf.reduce_sum(x) / (tf.reduce_sum(tf.cast(y > 0, tf.float32)) + 1e-6)",
    "tf.reduce_sum(tf.math.log(tf.nn.softmax(x) + 1e-7))",
    "tf.reduce_sum(tf.math.log(tf.clip_by_value(tf.nn.softmax(x), 1e-7, 1.0)))",
    "tf.reduce_sum(tf.math.log(1.0 - tf.tanh(x) ** 2 + 1e-6))",
    "tf.reduce_sum(tf.sqrt(tf.square(x) + 1e-8))",
    "tf.reduce_sum(tf.sqrt(tf.nn.relu(x)) ** 2)",
    "tf.reduce_sum(tf.where(x > 0.0, tf.sqrt(x), 0.0))",
    "tf.reduce_sum(tf.where(x > 0.0, tf.math.log(tf.where(x > 0.0, x, 1.0)), 0.0))",
    "tf.reduce_sum(tf.math.log(1.0 + tf.exp(-tf.abs(x))))",
    "tf.exp(x - tf.reduce_max(x)) / tf.reduce_sum(tf.exp(x - tf.reduce_max(x)))",
    "tf.reduce_sum(tf.exp(x))",
    "tf.reduce_sum(tf.where(x > 0.0, x, tf.exp(tf.minimum(x, 0.0)) - 1.0))",
    "tf.reduce_sum(model(x)) / 3.0",
    "tf.reduce_sum(tf.nn.log_softmax(x)) + tf.reduce_sum(tf.math.divide_no_nan(x, y))",
    "tf.reduce_sum(x) + tf.stop_gradient(tf.norm(x - x))",
    "tf.linalg.logdet(x) + tf.reduce_sum(tf.linalg.triangular_solve(x, y))",
    "tf.linalg.global_norm([x, y]) + tf.reduce_sum(tf.math.digamma(x))",
    "tf.norm(x - x, ord=1)",
    "tf.reduce_sum(tf.keras.losses.categorical_crossentropy(y, x))",
    "tf.reduce_sum(tf.keras.losses.categorical_crossentropy(y, tf.nn.softmax(x)))",
]


@pytest.mark.parametrize("loss", SEEN)
def test_what_an_unknown_argument_can_be_seen_to_reach(loss: str, tmp_path: Path) -> None:
    kind, because = SEEN[loss]
    views = [s for s in found(of_an_unknown(loss), tmp_path) if s.evidence != "unknown"]
    assert [(s.kind, s.evidence in ("possible", "certain")) for s in views] == [(kind, True)] * len(views)
    assert views, "nothing is found"
    assert because in views[0].because


@pytest.mark.parametrize("loss", SILENT)
def test_what_nobody_can_tell(loss: str, tmp_path: Path) -> None:
    assert [s for s in found(of_an_unknown(loss), tmp_path) if s.evidence != "unknown"] == []


def test_an_if_on_the_divisor_guards_it(tmp_path: Path) -> None:
    text = """
        def step(x, y):
            with tf.GradientTape() as tape:
                tape.watch(x)
                count = tf.reduce_sum(tf.cast(y > 0, tf.float32))
                loss = tf.reduce_sum(x)
                {}
                    loss = loss / count
            return tape.gradient(loss, x)
        """
    assert [s.evidence for s in found(text.format("if count > 0:"), tmp_path)] == ["unknown"]
    assert [s.evidence for s in found(text.format("if x is not None:"), tmp_path)] == ["possible"]


def test_numbers_are_forgotten_after_an_update(tmp_path: Path) -> None:
    text = """
        v = tf.Variable([0.0, 1.0])
        {}
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(1.0 / v)
        tape.gradient(loss, v)
        """
    assert [s.evidence for s in found(text.format(""), tmp_path)] == ["certain"]
    assert [s.evidence for s in found(text.format("v.assign_add([1.0, 1.0])"), tmp_path)] == ["unknown"]
    assert found(text.format("v.assign([1.0, 1.0])"), tmp_path) == []


def test_what_a_view_says(tmp_path: Path) -> None:
    text = """
        v = tf.Variable([[0.0, 0.0], [3.0, 4.0]])
        def unit(x):
            return x / tf.norm(x, axis=1, keepdims=True)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(unit(v))
        tape.gradient(loss, v)
        """
    by_kind = {s.kind: s for s in found(text, tmp_path)}
    assert set(by_kind) == {"division"}, "the root is nothing but the divisor"
    division = by_kind["division"]
    assert division.argument.text == "tf.norm(x, axis=1, keepdims=True)"
    assert division.numerator is not None
    assert division.numerator.text == "x"
    assert division.sources == ("v",)
    assert [step.span.start.line for step in division.steps] == [4, 8, 6, 9]


def test_another_tape_library_divides_too(tmp_path: Path) -> None:
    path = tmp_path / "other.py"
    path.write_text(
        "import tape\nx = tape.Variable(0.0)\nwith tape.GradientTape() as g:\n    z = 1 / x\ng.gradient(z, x)\n"
    )
    analysis = analyse(Source.read(path), Project(tmp_path), FACTS)
    (view,) = [s for block in analysis.blocks for s in block.singularities]
    assert (view.kind, view.evidence, view.known_library) == ("division", "certain", False)


@pytest.mark.parametrize("matrix", ["[[0.0, 0.0], [0.0, 0.0]]", "[[1.0, 2.0], [2.0, 4.0]]"])
@pytest.mark.parametrize(
    "call",
    ["tf.linalg.det(m)", "tf.linalg.slogdet(m)[1]", "keras.ops.inv(m + 0.0)", "tf.linalg.solve(m, tf.ones([2, 1]))"],
)
def test_nothing_is_known_of_what_a_singular_matrix_may_raise(call: str, matrix: str, tmp_path: Path) -> None:
    def verdict(numbers: str) -> str:
        path = tmp_path / "program.py"
        tape = f"with tf.GradientTape() as tape:\n    y = {call}\ntape.gradient(y, m)\n"
        path.write_text(f"{HEAD}m = tf.Variable({numbers})\n{tape}")
        return analyse(Source.read(path), Project(tmp_path), FACTS).gradients[0].sources[0].verdict

    assert verdict(matrix) == "unknown"
    assert verdict("[[2.0, 1.0], [1.0, 3.0]]") == "flows"


def test_what_rounds_to_a_point_is_at_the_point(tmp_path: Path) -> None:
    views = found(of_an_unknown("tf.reduce_sum(tf.sqrt(tf.sigmoid(x)))"), tmp_path)
    assert [(view.at,) for view in views if view.evidence != "unknown"] == [("0",)]


PAIRS = "p = tf.Variable([[1.0, 2.0], [3.0, 1.0]])\ntable = tf.ones([2, 2]) - tf.eye(2)\n"


@pytest.mark.parametrize(
    ("loss", "finite"),
    [
        ("tf.reduce_sum((d - table) ** 2)", True),
        ("keras.losses.MeanSquaredError()(table, d)", True),
        ("tf.reduce_sum(tf.square((d - table) / (table + 1.0)))", True),
        ("tf.reduce_sum(tf.nn.relu(d - 0.5))", True),
        ("tf.reduce_sum(tf.maximum(d, 0.01))", True),
        ("tf.reduce_sum((d - 0.0) ** 2)", True),
        ("tf.reduce_sum(tf.maximum(d - 0.1, 0.0))", True),
        ("tf.reduce_sum(tf.nn.relu(0.5 - d))", False),
        ("tf.reduce_sum((d - 1.0) ** 2)", False),
        ("tf.reduce_sum(tf.nn.relu(d + 1.0))", False),
        ("tf.reduce_sum(tf.exp(-d))", False),
    ],
)
def test_what_comes_back_where_each_is_compared_with_itself(loss: str, finite: bool, tmp_path: Path) -> None:
    text = (
        f"{PAIRS}with tf.GradientTape() as tape:\n    d = tf.norm(p[None] - p[:, None], axis=-1)\n"
        f"    loss = {loss}\ngradient = tape.gradient(loss, p)\n"
    )
    views = [view for view in found(text, tmp_path) if view.evidence != "unknown"]
    assert (not views) == finite
    tf = pytest.importorskip("tensorflow")
    scope: dict[str, object] = {}
    exec(compile(HEAD + text, "program", "exec"), scope)
    assert bool(tf.reduce_all(tf.math.is_finite(scope["gradient"]))) == finite


@pytest.mark.parametrize(
    "safe", ["tf.math.log(tf.where(x > 0.0, x, 1.0))", "1.0 / tf.where(tf.greater(x, 1e-6), x, tf.ones_like(x))"]
)
def test_what_a_condition_lets_through(safe: str, tmp_path: Path) -> None:
    text = f"""
        v = tf.Variable(tf.random.normal([4]))
        with tf.GradientTape() as tape:
            x = tf.nn.relu(v)
            loss = tf.reduce_mean(tf.where(x > 1e-6, {safe}, tf.zeros_like(x)))
        gradient = tape.gradient(loss, v)
        """
    assert [view for view in found(text, tmp_path) if view.evidence != "unknown"] == []
