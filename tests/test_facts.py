"""Every fact is an experiment: each line of the tables is run on the real libraries."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tapelint.facts import NUMPY, FactError, Facts
from tapelint.facts.table import FOLDER, NO_FACTS
from tapelint.libraries.keras.datasets import OF_IMAGES
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source

needs_tensorflow = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("tensorflow", "tf_keras")),
    reason="the facts are measured on TensorFlow and tf_keras, which are not installed",
)
FILES = [path for path in sorted(FOLDER.glob("*.txt")) if path.name not in NO_FACTS]


@needs_tensorflow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_is_what_the_library_does(path: Path) -> None:
    import facts_check

    wrong = [found for line in facts_check.lines_of(path) if (found := facts_check.check(line))]
    assert not wrong, f"{len(wrong)} wrong\n\n" + "\n\n".join(wrong)


@needs_tensorflow
def test_equivalents_agree_and_let_the_gradient_through() -> None:
    import facts_equivalents

    wrong = [found for pair in facts_equivalents.pairs() if (found := facts_equivalents.check(pair))]
    assert not wrong, "\n\n".join(wrong)


@needs_tensorflow
def test_what_makes_floats_is_listed_and_nothing_else() -> None:
    import facts_floats

    wrong = [call for _, call in facts_floats.listed() if not facts_floats.is_float(facts_floats.result(call))]
    assert not wrong and not facts_floats.unlisted()


@needs_tensorflow
def test_what_makes_real_numbers_of_complex_ones() -> None:
    import facts_floats

    assert [call for call, real in facts_floats.of_complex_numbers().items() if not real] == []


@needs_tensorflow
def test_what_is_special_about_a_backward_pass() -> None:
    import facts_backward

    lines = list(facts_backward.lines())
    assert [line for line in lines if not facts_backward.CHECKS[line[1]](line[2])] == []
    assert {name for name, word, _ in lines if word == "refuses rows"} == facts_backward.refusing()


@needs_tensorflow
def test_what_none_does_in_place_of_a_tensor() -> None:
    import facts_nones

    assert facts_nones.measured() == facts_nones.listed()


@needs_tensorflow
def test_which_names_modules_have() -> None:
    import facts_names

    assert facts_names.measured() == facts_names.listed()


@needs_tensorflow
def test_which_functions_refuse_other_numbers_beside_floats() -> None:
    import facts_unlike

    assert facts_unlike.measured() == facts_unlike.listed()


@needs_tensorflow
def test_which_functions_refuse_numbers_of_a_dtype() -> None:
    import facts_dtypes

    assert facts_dtypes.measured() == facts_dtypes.listed()


@needs_tensorflow
def test_what_functions_refuse_in_the_place_of_their_tensors() -> None:
    import facts_fits

    assert facts_fits.measured() == facts_fits.listed()


@needs_tensorflow
def test_which_functions_give_floats_of_one_dtype() -> None:
    import facts_widths

    assert facts_widths.measured() == facts_widths.listed()


@needs_tensorflow
def test_which_functions_keep_whole_numbers_as_they_are() -> None:
    import facts_whole

    assert facts_whole.measured() == facts_whole.listed()
    assert facts_whole.other_floats() == facts_whole.ASKING


@needs_tensorflow
def test_what_functions_give_of_truths() -> None:
    import facts_truths

    assert facts_truths.measured() == facts_truths.listed()


@needs_tensorflow
def test_what_functions_cast_to_the_dtype_of_another_argument() -> None:
    import facts_casts

    assert facts_casts.measured() == facts_casts.listed()


@needs_tensorflow
def test_what_functions_raise_of_what_is_no_tensor() -> None:
    import facts_strangers

    assert facts_strangers.measured() == facts_strangers.listed()


@needs_tensorflow
def test_which_functions_do_not_heed_the_dtype_that_they_are_asked_for() -> None:
    import facts_undtyped

    assert facts_undtyped.measured() == facts_undtyped.listed()


@needs_tensorflow
def test_which_data_sets_are_of_whole_numbers() -> None:
    """They are downloaded, and stand here as Keras documents them."""
    import keras

    for name in OF_IMAGES:
        told = getattr(keras.datasets, name).load_data.__doc__
        for array in ("x_train", "y_train", "x_test", "y_test"):
            assert f"**`{array}`**: `uint8` NumPy array" in told


def test_pictures_that_keras_downloads_are_whole_numbers(tmp_path: Path) -> None:
    program = (
        "import keras\nimport tensorflow as tf\n(x_train, _), _ = keras.datasets.mnist.load_data()\n"
        "x = tf.convert_to_tensor(x_train[:1])\nscaled = tf.convert_to_tensor(x_train[:1] / 255.0)\n"
        "with tf.GradientTape() as tape:\n    tape.watch([x, scaled])\n"
        "    y = tf.reduce_sum(tf.cast(x, tf.float64) * scaled)\ntape.gradient(y, [x, scaled])\n"
    )
    path = tmp_path / "main.py"
    path.write_text(program)
    (call,) = analyse(Source.read(path), Project(tmp_path), Facts.load()).gradients
    assert [source.verdict for source in call.sources] == ["none", "flows"]


@needs_tensorflow
def test_which_functions_refuse_lists_of_numbers() -> None:
    import facts_lists

    assert facts_lists.measured() == facts_lists.listed()


@needs_tensorflow
def test_what_functions_of_numpy_refuse() -> None:
    import facts_fits

    assert facts_fits.measured(facts_fits.OF_NUMPY) == facts_fits.listed(numpys=True)


@needs_tensorflow
def test_which_settings_are_refused() -> None:
    import facts_settings

    assert facts_settings.measured() == facts_settings.listed()


@needs_tensorflow
def test_which_arguments_have_no_names() -> None:
    import facts_positional

    assert facts_positional.measured() == facts_positional.listed()


@needs_tensorflow
def test_which_functions_of_numpy_give_several_arrays() -> None:
    import facts_several

    assert facts_several.measured() == facts_several.listed()


@needs_tensorflow
def test_which_layers_refuse_numbers_of_axes() -> None:
    import facts_ranks

    assert facts_ranks.measured() == facts_ranks.listed()


@needs_tensorflow
def test_what_a_gradient_call_makes_of_what_is_no_tensor() -> None:
    import facts_natures

    assert list(facts_natures.wrong()) == []


@needs_tensorflow
def test_a_wrong_line_shows_what_was_observed() -> None:
    import facts_check

    header = "tf.round(x, name=None) = tf.math.round"
    line = facts_check.Line(FOLDER / "tf.txt", 7, header, "tf.round(x)  flows linear")
    assert facts_check.check(line) == (
        "tf.txt:7: tf.round(x)  flows linear\n    wrong: x none\n    observed: tf.round(x)  none, keeps sign"
    )


def test_every_block_can_be_read_and_no_name_is_twice() -> None:
    facts = Facts.load()
    for name in facts.names():
        assert facts.fact(name) is not None
    headers = [
        line.partition("(")[0]
        for path in FILES
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith((" ", "#"))
    ]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("tensorflow.log", "tensorflow.math.log"),
        ("tensorflow.compat.v1.log", "tensorflow.math.log"),
        ("tensorflow.compat.v2.math.log", "tensorflow.math.log"),
        ("tensorflow.math.reduce_sum", "tensorflow.reduce_sum"),
        ("tensorflow.keras.ops.log", "keras.ops.log"),
        ("keras.ops.numpy.log", "keras.ops.log"),
        ("tensorflow.experimental.numpy.log", "tensorflow.experimental.numpy.log"),
        ("tensorflow.keras.layers.Dense", "keras.layers.Dense"),
        ("tf_keras.layers.Dense", "keras.layers.Dense"),
        ("tf_keras.layers.LeakyReLU", "tf_keras.layers.LeakyReLU"),
        ("tensorflow.keras.losses.mse", "keras.losses.mean_squared_error"),
        ("tensorflow.nosuch", None),
    ],
)
def test_aliases_lead_to_one_entry(name: str, canonical: str | None) -> None:
    assert Facts.load().canonical(name) == canonical


def test_the_experiment_that_fits_answers() -> None:
    facts = Facts.load()
    cast = facts.fact("tensorflow.cast")
    assert cast is not None
    assert cast.decided_by == {"dtype"}
    assert cast.effect({"dtype": "int64"}).inputs["x"].outcome == "none"
    assert cast.effect({"dtype": "float16"}).result.dtype == "float16"
    assert cast.effect({}, {"dtype"}).inputs["x"].outcome == "unknown"
    power = facts.fact("operator **")
    assert power is not None
    assert power.effect({"right": 5}).inputs["left"].singular == ()
    assert power.effect({"right": 0.3}).inputs["left"].singular[0].at == 0.0
    times = facts.fact("operator *")
    assert times is not None
    assert times.effect({"left": NUMPY}).inputs["right"].keras_variable_outcome == "detached"
    activation = facts.fact("keras.layers.Activation")
    assert activation is not None
    assert activation.effect({"activation": "unheard of"}).result.low is None


def test_variables_and_graphs_differ_where_it_was_measured() -> None:
    constant = Facts.load().fact("tensorflow.constant")
    assert constant is not None
    value = constant.effect({}).inputs["value"]
    assert (value.outcome, value.variable_outcome) == ("flows", "none")
    numpy = Facts.load().fact("numpy.square")
    assert numpy is not None
    assert numpy.effect({}).graph_error == "NotImplementedError"
    top = Facts.load().fact("tensorflow.math.top_k")
    assert top is not None
    values, indices = top.effect({"k": 3}).result.parts or ()
    assert values is not None and values.inputs["input"].outcome == "flows"
    assert indices is not None and indices.inputs["input"].outcome == "none"


def test_weights_of_a_layer() -> None:
    layer = Facts.load().fact("keras.layers.BatchNormalization")
    assert layer is not None
    assert [(w.name, w.trainable, w.when) for w in layer.weights] == [
        ("gamma", True, ("scale", True)),
        ("beta", True, ("center", True)),
        ("moving_mean", False, None),
        ("moving_variance", False, None),
    ]


def test_namespaces_are_known() -> None:
    facts = Facts.load()
    assert facts.has_prefix("tensorflow.math")
    assert facts.has_prefix("tensorflow.keras.layers")
    assert not facts.has_prefix("tensorflow.math.log")
    assert not facts.has_prefix("torch")


def test_a_project_adds_facts_in_the_same_words() -> None:
    facts = Facts.load(
        {
            "mylib.losses.smooth": "flows",
            "mylib.io.to_image": "detached",
            "mylib.mix": "x flows, y none",
            "mylib.ids": "none, int32",
            "mylib.broken": "raises LookupError",
        }
    )
    smooth = facts.fact("mylib.losses.smooth")
    assert smooth is not None
    assert [(p.star, p.name) for p in smooth.parameters] == [("*", "args"), ("**", "kwargs")]
    assert smooth.effect({}).inputs["args"].outcome == "flows"
    image = facts.fact("mylib.io.to_image")
    assert image is not None and image.effect({}).result.kind == "numpy"
    mix = facts.fact("mylib.mix")
    assert mix is not None
    assert {name: i.outcome for name, i in mix.effect({}).inputs.items()} == {"x": "flows", "y": "none"}
    broken = facts.fact("mylib.broken")
    assert broken is not None and broken.effect({}).inputs["args"].error == "LookupError"
    assert facts.has_prefix("mylib.losses")
    assert Facts.load().fact("mylib.mix") is None


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("mylib.f", "flow", "\"mylib.f\" = 'flow'"),
        ("mylib.f", "", "\"mylib.f\" = ''"),
        ("my lib", "flows", "\"my lib\" = 'flows'"),
        ("mylib.f", "raises", "a word is missing at the end"),
        ("mylib.f", 3, '"mylib.f" = 3'),
    ],
)
def test_a_malformed_fact_of_a_project_is_shown(name: str, words: str, message: str) -> None:
    with pytest.raises(FactError) as caught:
        Facts.load({name: words})
    assert message in str(caught.value)


def test_a_replacement_says_which_calls_it_fits() -> None:
    mean = Facts.load().replacement("numpy.mean")
    assert mean is not None and mean.name == "tensorflow.reduce_mean"
    assert mean.fits(1, []) and mean.fits(2, ["keepdims"]) and mean.fits(1, ["axis"])
    assert not mean.fits(1, ["dtype"]) and not mean.fits(3, []) and not mean.fits(0, ["axis"])
    assert mean.keywords["a"] == "input_tensor"


def test_loading_reads_headers_only_and_is_quick() -> None:
    code = (
        "import ast, dataclasses, pathlib, time\n"
        "import tapelint.facts.values\n"
        "from time import perf_counter as now\n"
        "best = []\n"
        "from tapelint.facts import Facts, table\n"
        "for _ in range(3):\n"
        "    table._index.cache_clear(); start = now(); Facts.load(); best.append(now() - start)\n"
        "print(min(best) * 1000)"
    )
    took = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert float(took) < 15, f"loading the table took {took} ms"


@needs_tensorflow
def test_which_layers_extend_which() -> None:
    import inspect

    import keras

    from tapelint.libraries.keras.layer_classes import BASES

    layers = {n: c for n, c in vars(keras.layers).items() if inspect.isclass(c) and c is not keras.layers.Layer}
    pairs = ((a, b) for a in layers for b in layers if layers[a] is not layers[b] and issubclass(layers[a], layers[b]))
    assert dict(pairs) == BASES


@needs_tensorflow
def test_what_pythons_functions_and_conditions_raise_of_tensors() -> None:
    import facts_protocols

    from tapelint.facts.table import protocols

    assert facts_protocols.measured([*protocols()]) == facts_protocols.listed()


@needs_tensorflow
def test_what_operators_make_of_two_operands() -> None:
    import facts_operands

    assert facts_operands.measured() == facts_operands.listed()
