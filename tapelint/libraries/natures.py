"""What a value is to TensorFlow where a tape asks for a tensor: a tensor, or something that it refuses, by its nature.

The natures are the words of facts/natures.txt, which has measured what TensorFlow makes of each, in each place of a
gradient call. A word with "?" before it says what a value may be; "" stands for a tensor, and for what may be anything.
"""

from __future__ import annotations

import ast

from tapelint.facts import nature_of, refused
from tapelint.flow.graph import MISSING, PERHAPS_ROWS, Node
from tapelint.flow.values import (
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Generator,
    Library,
    Many,
    Method,
    Opaque,
    Partial,
    SliceOf,
    Value,
    Wrapped,
)
from tapelint.source import class_body, last_name

from .arguments import category, is_of_dtype
from .names import HOLDING, is_of_keras, root

TARGET, SOURCE, WATCHED, GIVEN, JACOBIAN_TARGET, JACOBIAN_SOURCE = range(6)
"""The places of a gradient call, in the order of the table's columns; `GIVEN` is for `output_gradients`."""


def error(value: Value, place: int) -> str:
    """The exception for a value in a place; "?" before it where it may be raised, "" where it is not."""
    found = nature(value)
    said = refused(found.lstrip("?"), place) if found else "fine"
    if said == "fine":
        return ""
    return f"?{said.lstrip('?')}" if found.startswith("?") else said


def nature(value: Value) -> str:
    """The nature of a value."""
    if isinstance(value, Data):
        return _of_data(value)
    if isinstance(value, Const):
        return _of_constant(value.value)
    if isinstance(value, Cell):
        return _of_instance(value.info) if value.kind == "instance" else _of_cell(value)
    if isinstance(value, Opaque):
        return nature_of(value.hint) or nature_of(value.node.detail or value.node.op)
    if isinstance(value, (Function, Class, Bound, Partial, Wrapped, Generator, SliceOf)):
        return "plain"
    if isinstance(value, Library):
        return _of_name(value.name)
    return "?plain" if isinstance(value, (Method, Many)) else ""


CONVERTS = (0, "own conversions")
"""Before what says that TensorFlow makes tensors of objects of the program's, or has functions for them."""


def is_stranger(value: Value) -> bool:
    """Whether TensorFlow makes no tensor of a value: a function, a class, a layer, an object of the program's."""
    if isinstance(value, Cell) and value.kind == "instance":
        return nature(value) in ("plain", "dtyped") and not _is_gone_over(value.info)
    return isinstance(value, (Function, Class, Bound)) or (isinstance(value, Cell) and value.kind in STRANGERS)


STRANGERS = ("layer", "loss", "metric", "dtype", "optimizer", "tape")
"""The kinds of objects of libraries of which no tensor is made."""


def _is_gone_over(cls: Value) -> bool:
    """Whether objects of a class have items."""
    if not isinstance(cls, Class):
        return False
    return bool(_methods(cls) & {"__iter__", "__getitem__", "__getattr__"}) or any(map(_is_gone_over, cls.bases))


def _methods(cls: Class) -> set[str]:
    """The names of the methods that a class itself defines."""
    return {each.name for each in class_body(cls.node) if isinstance(each, ast.FunctionDef)}


REGULARIZER = "regularizer"
"""The kind of a regularizer or a constraint of Keras, under which its call is registered."""


def is_regularizer(value: Value) -> bool:
    """Whether a value is what stands for a regularizer or a constraint of Keras."""
    return isinstance(value, Data) and value.node.op.startswith(("keras.regularizers.", "keras.constraints."))


def mark(made: Node, name: str) -> None:
    """Mark what a library's function gave of which there is no fact: where it is one that the facts are about, or one
    that hands on what the program has made, it may be no tensor.
    """
    made.detail = MISSING if root(name) in HOLDING else name if nature_of(name) else ""
    if root(name) in (*HOLDING, "tensorflow", "keras", "builtins"):
        made.kind = "object"


def _of_name(name: str) -> str:
    """The nature of a module, function, class or constant of a library that is not called."""
    owner, _, last = name.rpartition(".")
    if name in ("builtins.object", "numpy") or category(last) != "?":
        return "?dtyped"
    if root(name) in ("tensorflow", "keras", "numpy", "builtins") and category(owner.rpartition(".")[2]) == "?":
        return "plain"
    return "?plain"


def _of_data(value: Data) -> str:
    if value.kind == "numpy":
        return "?array" if value.node.op in PERHAPS_NO_ARRAY or _is_one_draw(value) else "array"
    if value.kind == "python":
        return "?number" if value.node.op == "ndarray.tolist" else _of_number(value)
    if value.kind == "symbolic":
        return "?symbolic" if root(value.node.op) in OF_KERAS_2 else "symbolic"
    node, made = value.node, form(value)
    if made or value.is_part:
        return made
    if node.op == "gradient" and node.detail == PERHAPS_ROWS:
        return "?rows"
    keeps = IN_PARTS if node.op in UNARY else ("sparse", "ragged") if node.op in BINARY else ()
    return next((f"?{word}" for edge in node.edges if (word := made_as(edge.node)) in keeps), "")


PERHAPS_NO_ARRAY = ("tensorflow.get_static_value",)
"""What may give None in the place of an array."""


def _is_one_draw(value: Data) -> bool:
    """Whether a random number may be a float of Python's: it is one where no size is asked for."""
    alone = not value.shape and all(edge.argument is None for edge in value.node.edges)
    return alone and value.node.op.startswith("numpy.random.")


OF_KERAS_2 = ("tensorflow", "numpy", "builtins")
"""Whose functions take no symbolic tensor of Keras 3: there none is ever made of one."""
IN_PARTS = ("sparse", "rows", "ragged")
"""The natures of what is followed like a tensor and is none."""
UNARY = frozenset(
    f"tensorflow.{name}"
    for name in "cast identity stop_gradient clip_by_norm abs negative sign square sqrt tanh round".split()  # noqa: SIM905
) | {"operator unary -"}
"""What may give a thing of the nature of its argument."""
BINARY = ("operator *", "operator /")
"""What may give a sparse or a ragged tensor if one side is one."""


def form(value: Data) -> str:
    """The nature of what is followed like a tensor: a thing in parts, not what it holds, which is a tensor."""
    return "" if value.is_part else made_as(value.node)


CLASSES = {"sparse": "SparseTensor", "ragged": "RaggedTensor", "rows": "IndexedSlices"}
"""The classes whose objects have a nature, for what is followed like a tensor."""
GENERATORS = ("tensorflow.random.Generator", "tensorflow.random.get_global_generator")
"""What makes a generator of random numbers."""


OPERATORS = "tensorflow.linalg.LinearOperator"


def class_of(value: Value) -> str:
    """The class, as facts about its methods have it, of what is no plain tensor; "" where that is not known."""
    if isinstance(value, Opaque):
        operator = value.hint.rpartition(".")[2] if value.hint.startswith(OPERATORS) else ""
        return "Generator" if value.node.detail.startswith(GENERATORS) else operator
    return CLASSES.get(form(value), "") if isinstance(value, Data) else ""


def made_as(node: Node) -> str:
    """The nature of what a node stands for: an `IndexedSlices`, or what a library's function gives."""
    made = "rows" if node.is_indexed_slices else nature_of(node.op)
    return "" if made.startswith("?") else made


def _of_number(value: Data) -> str:
    """The nature of a number of Python's. One that is not known is taken for no whole number if it is a float; a whole
    one may be that of a dtype.
    """
    if value.dtype == "s":
        return "number" if nature_of(value.node.op) == "number" else "convertible"
    known = value.range.constant if value.range is not None else None
    if known is None:
        of_whole = root(value.node.op) != "numpy" and any(e.node.dtype in ("i", "b") for e in value.node.edges)
        return "other number" if value.dtype in ("f", "c") and not of_whole else "?number"
    return _of_constant(known)


def _of_constant(value: object) -> str:
    if not isinstance(value, (str, bytes, int, float, complex)):
        return "plain"
    if is_of_dtype(value):
        return "number"
    return "convertible" if isinstance(value, (str, bytes)) else "other number"


OF_CELLS = {
    **dict.fromkeys(("layer", "loss", "metric", "dtype"), "dtyped"),
    **dict.fromkeys(("exception", "iterator", "object", "optimizer", "set", "tape", "tensor array"), "plain"),
    "dataset": "composite",
    "shape": "convertible",
}
STRUCTURES = ("list", "dict", "instance")
"""The kinds of what holds other values, or may be anything."""


def _of_cell(cell: Cell) -> str:
    if cell.kind == "iterator" and cell.info == "dataset":
        return "composite"
    return "" if cell.kind in STRUCTURES else OF_CELLS.get(cell.kind, "?plain")


def _of_instance(cls: Value) -> str:
    """The nature of an object of a class: Keras's have a tensor's dtype and no more, plain ones not even it."""
    if isinstance(cls, Library):
        if is_of_keras(cls.name):
            return "dtyped"
        return "plain" if cls.name in ("tensorflow.Module", "builtins.object", "abc.ABC") else ""
    if not isinstance(cls, Class):
        return ""
    found = {_of_instance(base) for base in cls.bases}
    methods = _methods(cls)
    if "" in found or methods & FLATTENED or not all(last_name(d) in SIMPLE for d in cls.node.decorator_list):
        return ""
    return "dtyped" if "dtyped" in found else "convertible" if methods & CONVERTED or found - {"plain"} else "plain"


FLATTENED = {"__tf_flatten__"}
"""What makes an object a structure of what it holds."""
CONVERTED = {"__array__", "__tf_tensor__", "__array_interface__", "__len__", "__float__"}
"""What may make a tensor of an object."""
SIMPLE = ("dataclass", "total_ordering", "final", "runtime_checkable")
"""The decorators that leave a class what it is to TensorFlow."""
