"""Which of Keras's classes a layer or model is of: `isinstance(layer, keras.layers.Dense)`."""

from __future__ import annotations

from tapelint.flow.values import UNBOUND, Cell, Data, Value, Variable

from ..names import OLD_KERAS
from ..numpy import array_members
from ..python import plain
from ..tensorflow import members
from ..world import Libraries
from .input_layers import KIND
from .keras import RECURRENT, LayerInfo, lacks_weights, own_built
from .weights import OF_KERAS_2, ModelInfo

BASES = {
    "AdditiveAttention": "Attention", "ConvLSTM1D": "RNN", "ConvLSTM2D": "RNN", "ConvLSTM3D": "RNN", "GRU": "RNN",
    "LSTM": "RNN", "SimpleRNN": "RNN", "ReversibleEmbedding": "Embedding", "SpatialDropout1D": "Dropout",
    "SpatialDropout2D": "Dropout", "SpatialDropout3D": "Dropout", "SpectralNormalization": "Wrapper",
    "TimeDistributed": "Wrapper", "FlaxLayer": "JaxLayer",
}  # fmt: skip
"""The public class, other than `Layer`, that a layer of Keras 3 extends."""

OF_SOME = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance", "embeddings")
"""Attributes that layers have or have not, by whether they are weights of theirs."""


def has_attribute(world: Libraries, value: Value, name: str) -> bool | None:
    """Whether a variable, a tensor, an array or something of Python's has an attribute, or a layer that Keras made one
    that is a weight of others; None where nobody can tell.
    """
    if (known := plain.has(value, name)) is not None:
        return known
    if isinstance(value, Data) and value.kind == "numpy":
        return array_members.has(world, value, name)
    if isinstance(value, (Variable, Data)):
        return members.has(world, value, name)
    is_layer = isinstance(value, Cell) and value.kind in ("layer", "lambda layer", KIND)
    return _has_weight(world, value, name) if is_layer and isinstance(value, Cell) else None


def _has_weight(world: Libraries, layer: Cell, name: str) -> bool | None:
    if name not in OF_SOME or world.run.state.get((layer.uid, name)) is not UNBOUND:
        return None
    info = layer.info
    if layer.kind in (KIND, "lambda layer") or isinstance(info, ModelInfo):
        return False
    if not isinstance(info, LayerInfo) or info.old or info.fact is None or info.fact.inner:
        return None
    if info.name in RECURRENT and not info.name.endswith("Cell"):
        return False
    if not any(weight.name == name for weight in info.fact.weights):
        return False
    if lacks_weights(world, layer):
        return info.name == "keras.layers.BatchNormalization"
    return True if own_built(world, layer) else None


EVERY = ("keras.layers.Layer", "keras.Layer")
MODELS = ("keras.Model", "keras.models.Model")
SEQUENTIAL = ("keras.Sequential", "keras.models.Sequential")


def is_of_class(world: Libraries, layer: Cell, wanted: str) -> bool | None:
    """Whether a layer or model that Keras made is of a library's class; None where nobody can tell."""
    old = getattr(layer.info, "old", False) or world.run.state.get((layer.uid, OF_KERAS_2)) is not UNBOUND
    if old:
        return None
    if wanted.startswith(OLD_KERAS):
        return False
    if wanted in EVERY:
        return True
    is_model = isinstance(layer.info, ModelInfo)
    if wanted in MODELS:
        return is_model
    if wanted in SEQUENTIAL:
        return is_model and layer.info.form == "sequential"
    if wanted == "keras.layers.InputLayer":
        return layer.kind == KIND
    fact = world.facts.fact(wanted)
    name = fact.name if fact is not None else wanted
    if not name.startswith("keras.layers.") or (fact is None and name.rpartition(".")[2] not in BASES.values()):
        return None
    if is_model:
        return False
    if isinstance(layer.info, LayerInfo) and layer.info.fact is None:
        return None
    if layer.kind == KIND:
        return False
    mine = layer.info.name.rpartition(".")[2] if isinstance(layer.info, LayerInfo) else "Lambda"
    last = name.rpartition(".")[2]
    return last in (mine, BASES.get(mine))
