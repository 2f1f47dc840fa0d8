"""What is made one tensor: things of which none is made, lists that do not go together, floats where whole numbers are
wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from itertools import combinations
from typing import TYPE_CHECKING

from tapelint.facts import Effect, Fact, of_none
from tapelint.flow import containers
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Generator, Tuple, Value, Variable, is_tensor

from ..arguments import Given, category, dtype_of, listed, plain_constant, python_numbers
from ..shapes import shapes, widths

if TYPE_CHECKING:
    from ..world import Libraries

OF_STRUCTURES = tuple(
    f"tensorflow.{name}"
    for name in "nest. data. io. train. summary. saved_model. strings. ragged. sparse. lookup. distribute. autograph. "  # noqa: SIM905
    "debugging. map_fn scan foldl foldr vectorized_map while_loop cond switch_case case print group tuple py_function "
    "numpy_function function identity_n gradients recompute_grad custom_gradient keras. Assert nn.dynamic_rnn "
    "nn.embedding_lookup_sparse".split()
)
"""What takes dicts, or hands on whatever it is given."""
SUMMING = ("tensorflow.add_n", "tensorflow.math.accumulate_n")
"""What makes a list of what it is given."""


PACKING = {
    "tensorflow": frozenset(
        "stack convert_to_tensor reduce_sum reduce_mean reduce_max reduce_min reduce_prod "  # noqa: SIM905
        "reduce_logsumexp square abs exp tanh "
        "log norm reshape squeeze transpose sqrt sigmoid softmax relu cast identity expand_dims".split()
    ),
    "keras.ops": frozenset("stack sum mean max convert_to_tensor square exp array".split()),  # noqa: SIM905
}
"""Functions of one tensor, and those that make one of several, which put a list together first."""


def holds_no_tensor(world: Libraries, fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a function of tensors is given a generator, an iterator, a dict or a set, or a list with None in it: it
    refuses these, and which exception comes is not known.
    """
    if not fact.name.startswith("tensorflow.") or fact.name.startswith(OF_STRUCTURES) or fact.kind != "function":
        return False
    values = [given.get(name) for name in effect.inputs]
    said = [of_none(fact.name, f"{n}[]") for n in effect.inputs if NO_VALUE in listed(world, given.get(n))]
    if any(each != "fine" and (world.run.graph_mode or not each) for each in said):
        return True  # of a list with None it was measured in eager code only
    odd = [value for value in values if containers.is_dict(value) or getattr(value, "kind", "") == "set"]
    return bool(odd) or (fact.name not in SUMMING and any(map(_is_iterator, values)))


def _is_iterator(value: Value) -> bool:
    of_python = isinstance(value, Cell) and value.kind == "iterator" and value.info != "dataset"
    return of_python or isinstance(value, Generator)


def does_not_go_together(world: Libraries, fact: Fact, given: Given, several: Callable[[Fact], Set[str]]) -> bool:
    """Whether a list stands for one tensor that cannot be made of it: its items have other shapes, or the first is a
    variable of Keras 3, whose dtype TensorFlow cannot read. `several`: which parameters take lists of tensors.
    """
    if not fact.name.startswith(("tensorflow.", "keras.ops.")) or fact.name.startswith(OF_STRUCTURES):
        return False
    lists = {name: items for name, value in given.values.items() if (items := listed(world, value))}
    lists = {n: items for n, items in lists.items() if any(isinstance(item, (Data, Variable)) for item in items)}
    if lists and fact.name.rpartition(".")[2] not in PACKING["tensorflow"]:
        taken = several(fact) | {p.name for p in fact.parameters if p.star}
        lists = {name: items for name, items in lists.items() if name not in taken}
    return any(
        _begins_with_keras(items) or _differ(world, items) or _are_arrays(world, items) for items in lists.values()
    )


def is_of_keras_variables(world: Libraries, value: Value) -> bool:
    """Whether TensorFlow cannot read the dtype of what a list begins with."""
    items = listed(world, value)
    return bool(items) and _begins_with_keras(items)


def _begins_with_keras(items: Sequence[Value]) -> bool:
    return isinstance(items[0], Variable) and items[0].flavor == "keras"


def _differ(world: Libraries, items: Sequence[Value]) -> bool:
    known = {shape for item in items if (shape := shapes.of_value(world, item)) is not None}
    return any(shapes.differ(one, other) for one, other in combinations(known, 2))


def _are_arrays(world: Libraries, items: Sequence[Value]) -> bool:
    """Whether a graph is to put arrays of NumPy together, which it does not take for tensors."""
    return bool(world.run.graph_mode) and any(isinstance(i, Data) and i.kind == "numpy" and i.shape for i in items)


MAKING = ("tensorflow.constant", "tensorflow.convert_to_tensor", "tensorflow.Variable")


def is_of_another_kind(world: Libraries, name: str, value: Value, dtype: Value) -> bool:
    """Whether a tensor is to be made of floats that is to hold whole numbers, or truths; or the other way round. Arrays
    are converted.
    """
    if name not in MAKING or dtype in (UNBOUND, NO_VALUE) or (isinstance(value, Data) and value.kind == "numpy"):
        return False
    asked = plain_constant(world, dtype)
    wanted = category(asked) if isinstance(asked, str) else "?"
    parts = listed(world, value) or (value,)
    kind = next((kind for part in parts if (kind := sure_kind(world, part))), "")
    if not {kind, wanted} <= set("fib") or kind == wanted:
        return False
    return (kind, wanted) != ("i", "f") or any(map(is_tensor, parts))


def sure_kind(world: Libraries, value: Value) -> str:
    """The letter of the numbers of a tensor, a variable or a number; of arrays, of which it is often not known, only
    where their dtype is.
    """
    if isinstance(value, Data) and value.kind != "tensor" and value.dtype == "f" and not widths.of(world, value):
        return ""
    return dtype_of(world, value)


def are_floats(world: Libraries, value: Value) -> bool:
    """Whether a value is a float of Python's, a list that holds some, or an array or a tensor of floats."""
    if isinstance(value, (Data, Variable)):
        if isinstance(value, Variable):
            return value.dtype == "f"
        return value.kind in ("numpy", "python", "tensor") and sure_kind(world, value) == "f"
    if not isinstance(value, (Const, Cell, Tuple)):
        return False
    return any(isinstance(number, float) for number in python_numbers(world, value) or ())
