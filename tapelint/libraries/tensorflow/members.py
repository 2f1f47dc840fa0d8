"""What objects of TensorFlow have: an attribute that is not among these they lack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapelint.facts import nature_of, refused_ranks
from tapelint.flow.graph import PERHAPS_ROWS, ROWS, SEVERAL, Node
from tapelint.flow.values import (
    TRUE,
    UNBOUND,
    Cell,
    Class,
    Data,
    Function,
    Library,
    ModuleValue,
    Value,
    Variable,
    options,
)

from ..shapes.shapes import SAME_LAYERS
from ..shapes.widths import PROMOTES

if TYPE_CHECKING:
    from ..world import Libraries

TAPE = frozenset(
    "_ensure_recording _persistent _pop_tape _push_tape _recording _tape _tf_api_names _tf_api_names_v1 "  # noqa: SIM905
    "_watch_accessed_variables _watched_variables batch_jacobian gradient jacobian reset stop_recording watch "
    "watched_variables".split()
)
MODULE = frozenset(
    "name name_scope non_trainable_variables submodules trainable_variables variables with_name_scope".split()  # noqa: SIM905
)
"""What a `tf.Module` has, but for names with an underscore at the front."""

VARIABLE = frozenset(
    "SaveSliceInfo aggregation assign assign_add assign_sub batch_scatter_update constraint count_up_to create device "  # noqa: SIM905
    "dtype eval experimental_ref from_proto gather_nd get_shape graph handle initial_value initialized_value "
    "initializer is_initialized load name numpy op read_value read_value_no_copy ref scatter_add scatter_div "
    "scatter_max scatter_min scatter_mul scatter_nd_add scatter_nd_max scatter_nd_min scatter_nd_sub "
    "scatter_nd_update scatter_sub scatter_update set_shape shape sparse_read synchronization to_proto trainable "
    "value".split()
)
"""What a `tf.Variable` has, but for names with an underscore at the front."""

KERAS_VARIABLE = frozenset(
    "aggregation assign assign_add assign_sub constraint dtype handle name ndim numpy overwrite_with_gradient path "  # noqa: SIM905
    "regularizer shape synchronization trainable value".split()
)
"""What a `keras.Variable` has, but for names with an underscore at the front."""

TENSOR = frozenset(
    "OVERLOADABLE_OPERATORS backing_device consumers cpu device dtype eval experimental_ref get_shape gpu graph "  # noqa: SIM905
    "is_packed name ndim numpy op ref set_shape shape value_index".split()
)
"""What a tensor has, in eager code or in a graph, but for names with an underscore at the front."""

OF_GRAPHS = frozenset(["graph", "name", "op", "value_index"])
"""What a tensor has in a graph only, and a variable if it is no name."""
OF_EAGER = frozenset(["backing_device", "cpu", "gpu", "is_packed"])
"""What a tensor has outside of graphs only, beside `numpy`."""

ALWAYS_OF_TENSORS = ("shape", "dtype", "get_shape", "ref")
OF_SLICES = frozenset(["assign"])
"""What a slice of a variable has besides."""

NOT_OF_TENSORS = frozenset(["values", "indices", "dense_shape", "size", "itemsize", "nbytes"])
"""Attributes of arrays, of what holds rows and of other libraries' tensors, which TensorFlow's have not."""

MAY_BE_IN_PARTS = ("ragged", "sparse", "Ragged", "Sparse")
MAKING_TENSORS = (
    *("tensorflow.", "numpy.", "operator ", "Tensor.", "ndarray.", "Variable.", "constant", "gradient", "upstream"),
)
"""How the names of operations begin of which it is known that they give tensors."""
MAKING_TENSORS_IN_KERAS = ("keras.activations.", "keras.losses.", "keras.ops.")


def lacks(world: Libraries, value: Value, name: str) -> bool:
    """Whether a value is certainly a tensor that is all there, or a variable, and has no such attribute."""
    if world.run.state.get(PROMOTES) != UNBOUND or name.startswith("_"):
        return False
    if isinstance(value, Variable) and value.flavor == "keras":
        return name not in KERAS_VARIABLE and not world.run.is_set_somewhere(name)
    if name in OF_GRAPHS and not (name == "name" and isinstance(value, Variable)):
        return _is_eager(world, value)
    if isinstance(value, Variable):
        return name not in VARIABLE and not world.run.is_set_somewhere(name)
    if not isinstance(value, Data) or value.kind != "tensor" or value.dtype not in "fib":
        return False
    if name in OF_EAGER and world.is_in_graph(value):
        return is_made_of_tensors(world, value)
    if name in TENSOR | OF_SLICES:
        return False
    if any(n.opaque or n.outside or _may_be_in_parts(n) for n in world.run.graph.ancestors([value.node])):
        return False
    return name in NOT_OF_TENSORS or (is_made_of_tensors(world, value) and not world.run.is_set_somewhere(name))


def _is_eager(world: Libraries, value: Value) -> bool:
    """Whether a value is certainly a variable or a tensor that is computed at once."""
    if isinstance(value, Variable):
        return not world.has_old_names
    is_tensor = isinstance(value, Data) and value.kind == "tensor" and value.dtype in "fibc"
    is_tensor = is_tensor and not world.has_old_names and not world.is_in_graph(value)
    return is_tensor and isinstance(value, Data) and is_made_of_tensors(world, value)


def is_made_of_tensors(world: Libraries, value: Data) -> bool:
    """Whether all that a tensor was computed from is known to be tensors, so that it is no structure of some."""
    behind = world.run.graph.ancestors([value.node])
    plain = all(node.op.startswith(MAKING_TENSORS) or _is_keras_tensor(node) for node in behind)
    return plain and not any(n.opaque or n.outside or _may_be_in_parts(n) for n in behind)


def _is_keras_tensor(node: Node) -> bool:
    """Whether an operation of Keras gives one tensor where it is given one, or is a variable of Keras."""
    of_layer = node.op in SAME_LAYERS or refused_ranks(node.op)
    if node.kind == "variable":
        return True
    return not node.detail and (node.op.startswith(MAKING_TENSORS_IN_KERAS) or bool(of_layer))


def has(world: Libraries, value: Variable | Data, name: str) -> bool | None:
    """Whether a variable or a tensor has an attribute; None where nobody can tell."""
    if isinstance(value, Data):
        sliced = name in OF_SLICES and not value.node.op.startswith(("operator []", "tensorflow.strided_slice"))
        bare = value.kind == "tensor" and sliced and is_made_of_tensors(world, value)
        plain = value.kind == "tensor" and name in ALWAYS_OF_TENSORS
        return True if plain else False if bare or lacks(world, value, name) else None
    if lacks(world, value, name):
        return False
    return True if name in (VARIABLE if value.flavor == "tf" else KERAS_VARIABLE) else None


def _may_be_in_parts(node: Node) -> bool:
    """Whether an operation may give what is no tensor, but made of some."""
    if node.op.startswith("keras.") and not _is_keras_tensor(node):
        return True
    if any(word in node.op for word in MAY_BE_IN_PARTS):
        return True
    perhaps = node.detail in (ROWS, PERHAPS_ROWS, SEVERAL) or node.is_indexed_slices
    return perhaps or nature_of(node.op) not in ("", "?plain")


def module_lacks(world: Libraries, module: Cell, name: str) -> bool:
    """Whether a `tf.Module` of the program has no such attribute for certain."""
    return name not in MODULE and not name.startswith("_") and has_what_is_seen(world, module)


def has_what_is_seen(world: Libraries, instance: Cell, of_libraries: Sequence[Library] = ()) -> bool:
    """Whether an object has the attributes that the program was seen to give it, and no others but its library's.
    `of_libraries`: what its class may extend beside plain ones.
    """
    if world.run.is_in_unknown_hands(instance) or not world.run.hooks.isdisjoint(["__getattr__", "__getattribute__"]):
        return False
    order = world.run.lineage(instance.info)
    plain = all(isinstance(base, Class) or base in (*PLAIN_BASES, *of_libraries) for base in order)
    decorated = any(isinstance(base, Class) and base.node.decorator_list for base in order)
    return plain and not decorated and not is_written(world, instance) and world.run.is_made_here(instance)


def is_written(world: Libraries, value: Cell) -> bool:
    """Whether attributes of an object, or of its classes, may have been set of which the names are not known."""
    order = world.run.lineage(value.info) if value.kind == "instance" else ()
    places = (ANYWHERE, value.uid, *(base.uid for base in order if isinstance(base, Class)))
    return any(world.run.state.get((uid, name)) is not UNBOUND for uid in places for name in (FIELDS, "__dict__"))


def written_somewhere(world: Libraries, value: Value) -> None:
    """An attribute of an object, or of a class, was set, and which is not known; or of what is not known."""
    for option in options(value):
        uid = option.uid if isinstance(option, (Cell, Class, Function, ModuleValue)) else ANYWHERE
        world.run.state.set((uid, FIELDS), TRUE)


FIELDS = "attributes that are not known"
ANYWHERE = 0
PLAIN_BASES = (Library("tensorflow.Module"), Library("builtins.object"), Library("abc.ABC"))
