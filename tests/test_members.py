"""What is listed of TensorFlow's objects is what they have."""

import inspect
import re
from types import ModuleType

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.utils import tracking

from tapelint.libraries.keras import keras_arguments, keras_members
from tapelint.libraries.numpy import array_members
from tapelint.libraries.python import plain
from tapelint.libraries.tensorflow import members


def test_members_are_theirs() -> None:
    with tf.GradientTape() as tape:
        pass
    assert {name for name in dir(tape) if not name.startswith("__")} == members.TAPE
    assert {name for name in dir(tf.Variable(1.0)) if not name.startswith("_")} == members.VARIABLE
    assert {name for name in dir(keras.Variable(1.0)) if not name.startswith("_")} == members.KERAS_VARIABLE
    eager = {name for name in dir(tf.constant(1.0)) if not name.startswith("_")}
    traced: set[str] = set()
    tf.function(lambda x: traced.update(name for name in dir(x) if not name.startswith("_"))).get_concrete_function(
        tf.constant(1.0)
    )
    assert eager | traced == members.TENSOR
    assert eager - traced == members.OF_EAGER | {"numpy"}
    sliced = {name for name in dir(tf.Variable([1.0])[0]) if not name.startswith("_")}
    assert sliced - eager == members.OF_SLICES
    assert {name for name in dir(tf.Module()) if not name.startswith("_")} == members.MODULE


def _public(value: object) -> set[str]:
    return {name for name in dir(value) if not name.startswith("_")}


def test_members_of_arrays() -> None:
    """Some of them are there in other versions only."""
    kinds = (np.float16, np.float32, np.float64, np.int32, np.int64, np.bool_, np.complex64)
    assert _public(np.ndarray) <= array_members.ARRAY
    assert set.union(*map(_public, kinds)) <= array_members.ARRAY | array_members.SCALAR
    common = set.intersection(_public(np.ndarray), *map(_public, kinds))
    assert common >= array_members.ARRAY - array_members.OF_ONE


def test_what_lists_have_in_modules_and_layers() -> None:
    module, held = tf.Module(), set[str]()
    module.items = [[1.0], (1.0,), {"a": 1.0}]
    for value in module.items:
        held |= _public(value)
    held |= _public(tracking.TrackedList([])) | _public(tracking.TrackedDict({}))
    assert held - _public([]) - _public(()) - _public({}) == plain.TRACKED


def test_what_tensors_lack() -> None:
    for value in (tf.Variable(1.0), tf.constant(1.0)):
        assert not [name for name in members.NOT_OF_TENSORS if hasattr(value, name)]


class Layer(keras.layers.Layer):
    def call(self, inputs):
        return inputs


class Model(keras.Model):
    def build(self, shape):
        self.of_the_test = self.add_weight(shape=())

    def call(self, inputs):
        return inputs * self.of_the_test


def test_what_layers_and_models_have() -> None:
    """After all has been done with them that may give them an attribute."""
    layer, model, batch = Layer(), Model(), tf.ones([2, 1])
    layer(batch)
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(batch, batch, verbose=0)
    model.evaluate(batch, batch, verbose=0)
    model.predict(batch, verbose=0)
    found = {name for name in (*dir(layer), *dir(model)) if not name.startswith("_")}
    assert found - {"of_the_test"} == keras_members.MEMBERS


def _classes(module: ModuleType, base: type) -> list[type]:
    every = (getattr(module, name) for name in dir(module))
    return [each for each in every if inspect.isclass(each) and issubclass(each, base)]


def _functional() -> type:
    symbol = keras.Input((1,))
    return type(keras.Model(symbol, symbol * 2.0))


FAMILIES = {
    "layer": [c for c in _classes(keras.layers, keras.layers.Layer) if c is not keras.layers.TorchModuleWrapper],
    "model": [keras.Model, keras.Sequential, _functional()],
    "optimizer": _classes(keras.optimizers, keras.optimizers.Optimizer),
    "metric": _classes(keras.metrics, keras.metrics.Metric),
}


@pytest.mark.parametrize("kind", FAMILIES)
def test_what_objects_of_keras_3_lack(kind: str) -> None:
    """No class has such a member, and none of them writes an attribute of this name."""
    for cls in FAMILIES[kind]:
        code = "\n".join(inspect.getsource(base) for base in cls.__mro__ if base.__module__.startswith("keras."))
        written = set(re.findall(r"self\.(\w+)\b[^=\n]*=[^=]", code))
        assert not keras_members.GONE[kind] & ({*dir(cls)} | written), cls


def test_layers_that_take_what_is_no_tensor() -> None:
    found = set()
    for cls in FAMILIES["layer"]:
        bases = [base for base in cls.__mro__ if base.__module__.startswith("keras.")]
        bases = [base for base in bases if base.__name__ not in ("Layer", "Operation")]
        code = "\n".join(map(inspect.getsource, bases))
        if f"{keras_members.TAKES_ALL} = True" in code or any("__call__" in vars(base) for base in bases):
            found.add(f"keras.layers.{cls.__name__}")
    assert found == keras_members.TAKING_ALL


def test_what_keras_takes_besides() -> None:
    """An argument that no optimizer has is refused; every layer takes those that are listed."""
    of_one: set[str] = set()
    for cls in _classes(keras.optimizers, keras.optimizers.Optimizer):
        of_one |= {name for name, p in inspect.signature(cls).parameters.items() if p.kind not in (2, 4)}
    assert of_one | {"decay"} == keras_arguments.OF_OPTIMIZERS
    keras.optimizers.Adam(decay=0.1)
    values = {"name": "own", "dtype": "float32", "input_dim": 3, "input_shape": (3,), "activity_regularizer": None}
    for word in keras_arguments.OF_LAYERS:
        keras.layers.Dense(2, **{word: values.get(word, True)})
