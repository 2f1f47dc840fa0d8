"""Checks floats.txt and reals.txt: which functions give floats of whole numbers, which real numbers of complex ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facts_check
import facts_lab as lab
import propose_facts as propose

from tapelint.facts.parse import full_name, split_line
from tapelint.facts.table import FOLDER, NO_FACTS

ALIKE = (
    *("numpy.txt", "keras_ops.txt", "tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_numpy.txt", "operators.txt"),
    *("methods.txt", "tf_image.txt", "tf_nn.txt", "tf_random.txt", "tf_signal.txt", "tf_other.txt", "tf_sparse.txt"),
    *("keras_layers.txt", "keras_losses.txt"),
)
UNLIKE = ("dtype", "float", "complex", "cast", "while_loop", "scan", "map_fn", "ctc_", "edit_distance", "one_hot")
UNLIKE += ("Activation(", "RandomHue", "RandomPosterization")
"""What is asked for floats, gives several things, or gives floats only where it is told so."""


def whole(expression: str) -> str:
    """The expression with whole numbers in place of the floats that are written in it."""
    return re.sub(r"(?<![\w.])(\d+)\.0(?![\w.])", r"\1", expression)


def result(expression: str) -> Any:
    """What the expression gives with leaves of whole numbers, arrays for NumPy and Keras, tensors for TensorFlow."""
    env = propose.env_of(expression)
    tensor = expression.startswith(("tf.", "operator")) or not re.match(r"(np|keras|tnp)\.", expression)
    given = {name: _whole(value, tensor and not isinstance(value, lab.np.ndarray)) for name, value in env.items()}
    return lab.run(whole(expression), given)


def _whole(value: Any, tensor: bool) -> Any:
    made = lab.np.abs(lab.np.asarray(value)).astype("int32") + 1
    return lab.tf.constant(made) if tensor else made


def is_float(value: Any) -> bool:
    """Whether a result's dtype is a float or complex one."""
    if lab.tf.is_tensor(value):
        return lab.differentiable(value)
    return isinstance(value, (float, lab.np.ndarray, lab.np.generic)) and lab.np.asarray(value).dtype.kind in "fc"


def of_complex_numbers() -> dict[str, bool]:
    """The calls of reals.txt, and whether each gives real numbers of complex ones."""
    found: dict[str, bool] = {}
    for line in (FOLDER / "reals.txt").read_text(encoding="utf-8").splitlines():
        name, _, call = line.partition("  ")
        if name.startswith("#"):
            continue
        env = {leaf: lab.np.asarray(value).astype("complex64") for leaf, value in propose.env_of(call).items()}
        plain = name.startswith("np.")
        made = lab.run(call, env if plain else {leaf: lab.tf.constant(value) for leaf, value in env.items()})
        every = [lab.np.asarray(part) for part in lab.tf.nest.flatten(made)]
        found[call] = all(part.dtype.kind == "f" for part in every)
    return found


def listed() -> list[tuple[str, str]]:
    """The names of floats.txt with their expressions."""
    text = (FOLDER / "floats.txt").read_text(encoding="utf-8")
    pairs = (line.partition("  ") for line in text.splitlines() if not line.startswith("#"))
    return [(full_name(name), expression) for name, _, expression in pairs]


def unlisted() -> dict[str, str]:
    """What gives floats, with a call, and is not in floats.txt, or not as it is called there."""
    said = listed()
    alone = {name for name, _ in said if [known for known, _ in said].count(name) == 1}
    return {name: call for name, call in measured() if name not in alone and (name, call) not in said}


def measured() -> Iterator[tuple[str, str]]:
    """The names, and the expressions, of all facts that give floats of whole numbers without being asked for them."""
    for name in ALIKE:
        path = Path(FOLDER, name)
        assert name not in NO_FACTS
        for line in facts_check.lines_of(path):
            if line.text == line.header or line.text.startswith(("in ", "weights ", "inner ", "[")):
                continue
            expression = split_line(line.text)[2]
            asked = any(word in expression.removeprefix("np.float") for word in UNLIKE)
            fraction = re.search(r"\d\.\d", whole(expression))
            if asked or fraction or not propose.names_in(expression):
                continue
            try:
                found = is_float(result(expression))
            except Exception:
                continue
            if found:
                yield full_name(line.header.partition("(")[0].partition(" = ")[0].strip()), expression
