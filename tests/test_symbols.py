"""What is listed of Keras's symbolic tensors is what they have, and what takes them."""

from __future__ import annotations

from collections import defaultdict

import facts_check
import facts_lab as lab
import keras
import propose_facts
import tf_keras

from tapelint.facts.parse import full_name, header_name, split_line
from tapelint.libraries.keras import symbols

PARTS = ("image", "linalg", "math", "nn", "numpy", "other", "random", "signal", "sparse")
MODULES = ("numpy", "keras_backend", "tf", *(f"tf_{part}" for part in PARTS))


def _outcomes() -> dict[str, set[str]]:
    """By function: what comes of each of its arguments' being a symbolic tensor, an exception or ""."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in facts_check.files():
        for line in facts_check.lines_of(path) if path.stem in MODULES else ():
            if line.text == line.header:
                continue
            versions, graph, expression, _ = split_line(line.text)
            if graph or ".numpy()" in expression or not facts_check.holds_here(versions):
                continue
            env = propose_facts.env_of(expression)
            for name, value in env.items():
                if lab.differentiable(value) and not isinstance(value, keras.Variable):
                    found[full_name(header_name(line.header))].add(_outcome(expression, env, name))
    return found


def _outcome(expression: str, env: dict[str, object], name: str) -> str:
    value = env[name]
    symbol = keras.Input(batch_shape=tuple(value.shape), dtype=lab.tf.as_dtype(value.dtype).name)
    try:
        lab.run(expression, {**env, name: symbol})
    except Exception as error:
        return type(error).__name__
    return ""


def test_which_functions_take_symbolic_tensors() -> None:
    found = _outcomes()
    ours = {name: seen for name, seen in found.items() if not name.startswith("numpy.")}
    assert {n for n, seen in ours.items() if "" in seen and n.rpartition(".")[2] not in symbols.TAKING} == set()
    known = {n: seen for n, seen in found.items() if n.startswith("numpy.") and n not in symbols.NOT_CONVERTING}
    known = {n: seen for n, seen in known.items() if not n.startswith(tuple(symbols.OTHERWISE))}
    assert {n: seen for n, seen in known.items() if seen - {"ValueError"}} == {}


def test_what_symbolic_tensors_have() -> None:
    both = (keras.Input((3,)), tf_keras.Input((3,)))
    assert {name for each in both for name in dir(each) if not name.startswith("_")} == symbols.OWN
