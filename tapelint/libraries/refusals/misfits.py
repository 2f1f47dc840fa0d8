"""Operands that an operator refuses: numbers of different kinds, None, lists beside numbers."""

from __future__ import annotations

from collections.abc import Iterator

from tapelint.flow.core import Arguments
from tapelint.flow.graph import ROWS, Site
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Const,
    Data,
    Function,
    Generator,
    Method,
    Value,
    Variable,
    options,
)

from ..arguments import OfWidth, is_list
from ..natures import CONVERTS, form
from ..registry import FunctionHandler, Registry
from ..shapes import widths
from ..shapes.widths import PROMOTES
from ..tensorflow import members
from ..world import Libraries, kind_of
from . import operands as measured
from . import protocols
from .refusing import OF_KERNELS

ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")
ORDER = ("<", "<=", ">", ">=")

UNLIKE = "unlike tensors"
"""Of what an operator makes of these two no claim is made: TensorFlow takes `x * (x > 0)` for "and"."""


def register(registry: Registry) -> None:
    """Add the calls that change what operators refuse."""
    for name in ("experimental_enable_numpy_behavior", "enable_numpy_behavior"):
        registry.functions[f"tensorflow.experimental.numpy.{name}"] = _numpy_behavior
    registry.functions.update({f"keras.{name}": _setting_dtypes(key) for name, key in SETTING_DTYPES.items()})
    for name in DISPATCHING:
        registry.functions[f"tensorflow.{name}"] = _converting


DISPATCHING = (
    *("register_tensor_conversion_function", "experimental.dispatch_for_api"),
    *("experimental.dispatch_for_unary_elementwise_apis", "experimental.dispatch_for_binary_elementwise_apis"),
    "experimental.dispatch_for_binary_elementwise_assert_apis",
)
"""What makes TensorFlow take objects of a program's class."""


def _converting(world: Libraries, args: Arguments, site: Site) -> Value:
    world.run.state.set(CONVERTS, Const(True))
    return world.run.opaque(site, args.every())


def _numpy_behavior(world: Libraries, args: Arguments, site: Site) -> Value:
    world.run.state.set(PROMOTES, Const(True))
    return NO_VALUE


SETTING_DTYPES = {
    "backend.set_floatx": widths.FLOATX,
    "config.set_floatx": widths.FLOATX,
    "config.set_dtype_policy": widths.POLICY,
    "mixed_precision.set_dtype_policy": widths.POLICY,
    "mixed_precision.set_global_policy": widths.POLICY,
}


def _setting_dtypes(key: tuple[int, str]) -> FunctionHandler:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        given = [*args.positional, *args.keywords.values()]
        world.run.state.set(key, Const(widths.named(given[0]) if given else ""))
        return NO_VALUE

    return call


def misfit(world: Libraries, op: str, operands: list[Value]) -> str:
    """The exception that an operator raises on any of the values that its operands may be; "" where it may raise none.

    UNLIKE where TensorFlow has an answer of its own.
    """
    found = {_refusal(world, op, pair) for pair in _pairs(operands)}
    of_product = op == "@" and any(isinstance(o, (Data, Variable)) for each in operands for o in options(each))
    if UNLIKE in found or (of_product and found not in ({""}, {OF_KERNELS})):
        return UNLIKE  # of products it was not measured which exception comes
    return found.pop() if len(found) == 1 else ""


def _pairs(operands: list[Value]) -> Iterator[list[Value]]:
    if len(operands) == 1:
        yield from ([option] for option in options(operands[0]))
    else:
        yield from ([a, b] for a in options(operands[0]) for b in options(operands[1]))


def _refusal(world: Libraries, op: str, operands: list[Value]) -> str:
    sides = [_side(world, operand) for operand in operands]
    if ROWS in sides and len(sides) == 2:
        alone = all(side in (ROWS, "int", "float", "bool") for side in sides)
        return "TypeError" if alone and op in (*ARITHMETIC, *ORDER) else ""
    if len(sides) == 1:
        return _of_one(world, op, operands[0], sides[0])
    left, right = sides
    if op == "*" and right == "str" and left.startswith("tensor ") and not world.run.graph_mode:
        return _repeated(operands[0], left)
    if (known := measured.refused(world, op, *operands)) is not None:
        return UNLIKE if known == measured.UNCLEAR else known
    if op == "@" and widths.unlike(world, *operands):
        return _of_tensors(world, op, "f", "f", True)
    if "" in sides or "sparse" in sides or op not in (*ARITHMETIC, *ORDER, "==", "!=", "@"):
        return ""
    if "None" in sides:
        compared = any(isinstance(operand, Variable) and operand.flavor == "tf" for operand in operands)
        return _with_none(op, left, right) if op in (*ARITHMETIC, *ORDER, "@") or compared else ""
    tensors = [side for side in sides if side.startswith("tensor ")]
    if tensors and "shape" in sides:
        return _with_shape(world, op, right == "shape") if tensors == ["tensor f"] else UNLIKE
    if tensors and ("str" in sides or not STRANGERS.isdisjoint(sides)):
        return _with_no_number(world, op, left, right)
    if len(tensors) == 2:
        return _of_tensors(world, op, left[-1], right[-1], widths.unlike(world, *operands))
    if tensors:
        return _tensor_and_number(world, op, left, right)
    return _of_python(op, left, right)


def _of_one(world: Libraries, op: str, operand: Value, side: str) -> str:
    """A sign before one operand."""
    if op in protocols.SIGNS and side in NOT_NEGATED:
        return "TypeError" if op == "unary -" or side != "sparse" else ""
    if world.run.state.get(PROMOTES) != UNBOUND:
        return ""
    error = protocols.of_sign(world, op, operand)
    return UNLIKE if error in (protocols.UNCLEAR, measured.OF_NUMPY) else error


NOT_NEGATED = ("None", "str", "list", "dict", "function", "sparse")

OF_NO_NUMBERS = ("dataset", "optimizer", "layer", "loss", "tape")
"""The kinds of libraries' things that are no numbers."""

STRANGERS = {"dict", "function", "object"}
"""What is no number, and nothing that a tensor is made of."""


def _with_shape(world: Libraries, op: str, on_the_right: bool) -> str:
    """A tensor of floats beside a shape, which is made a tensor of whole numbers."""
    if op == "@" and world.run.graph_mode:
        return UNLIKE
    return OF_KERNELS if op in ("+", "@") and on_the_right and not world.run.graph_mode else "TypeError"


def _repeated(value: Value, side: str) -> str:
    """A tensor before a text: Python takes it for the number of times that the text is repeated."""
    shape = value.shape if isinstance(value, (Data, Variable)) else None
    if shape is None or side != "tensor f":
        return UNLIKE
    return "TypeError" if shape else "AttributeError"


def _with_no_number(world: Libraries, op: str, left: str, right: str) -> str:
    """A tensor beside what none is made of: TensorFlow does not convert it, not even to compare."""
    if world.run.state.get(PROMOTES) != UNBOUND or world.run.state.get(CONVERTS) != UNBOUND:
        return UNLIKE
    if "str" not in (left, right):
        return "TypeError" if world.run.graph_mode else "ValueError"
    if "tensor s" in (left, right):  # the text is made a tensor, too
        return "" if op in ("+", "==", "!=") else UNLIKE
    if (op == "%" and left == "str") or op == "@" or "tensor b" in (left, right):
        return UNLIKE
    return OF_KERNELS if op == "+" and right == "str" and not world.run.graph_mode else "TypeError"


def _side(world: Libraries, value: Value) -> str:
    """What an operand is, as far as it matters here; "" for what is not known or fits all."""
    if isinstance(value, Const):
        return _constant(value.value)
    if isinstance(value, Variable):
        return f"tensor {value.dtype}" if value.flavor == "tf" else "keras"
    if isinstance(value, Data):
        made = form(value)
        if made:  # `rows` have no operators, `sparse` few
            return made if made != "ragged" else ""
        letter = value.dtype if value.dtype in "fib" else ""
        words = {"tensor": f"tensor {value.dtype}", "numpy": "numpy", "python": f"some {letter}" if letter else ""}
        return words.get(value.kind, "") if value.dtype != "?" else ""
    if isinstance(value, (Function, Bound, Generator)) or (isinstance(value, Cell) and value.kind == "iterator"):
        return "function"
    if _is_method(world, value):
        return "function"
    if isinstance(value, Cell) and value.kind in OF_NO_NUMBERS:
        return "object"
    if isinstance(value, Cell) and value.kind == "shape":
        return "shape" if value.info is not None and None not in value.info else ""
    if isinstance(value, Cell) and value.kind == "dtype":
        return "object" if type(value.info) is OfWidth and value.info != "?" else ""
    if isinstance(value, Cell) and value.kind == "instance":
        plain = world.run.is_equal_to_itself_only(value) and world.run.hooks.isdisjoint(CONVERTING)
        return "object" if plain else ""
    if isinstance(value, Cell) and value.kind in ("dict", "set"):
        return "dict"
    return "list" if is_list(value) else ""


def _is_method(world: Libraries, value: Value) -> bool:
    """Whether a value is a method, for certain, of a tensor or a variable."""
    if not isinstance(value, Method) or not isinstance(value.base, (Data, Variable)):
        return False
    kind = kind_of(value.base)
    fact = world.facts.fact(f"{'Variable' if kind == 'variable' else 'Tensor'}.{value.name}")
    known = (kind, value.name) in world.registry.methods or (fact is not None and fact.kind == "method")
    known = known and not (value.name == "numpy" and world.run.graph_mode)
    return kind in ("tensor", "variable") and known and members.has(world, value.base, value.name) is not False


CONVERTING = frozenset(
    ["__array__", "__array_interface__", "__tf_tensor__", "__float__", "__int__", "__index__", "__len__", "__getattr__",
     "__getattribute__", "__array_priority__"]
)  # fmt: skip
"""Methods by which a tensor may be made of an object."""


def _constant(value: object) -> str:
    if value is None:
        return "None"
    words = {bool: "bool", int: "int", float: "float", complex: "complex", str: "str", bytes: "str"}
    return words.get(type(value), "")


def _with_none(op: str, left: str, right: str) -> str:
    if left == "str" and op == "%":
        return ""
    return "ValueError" if any(side.startswith(("tensor", "keras")) for side in (left, right)) else "TypeError"


def _of_tensors(world: Libraries, op: str, left: str, right: str, unlike: bool) -> str:
    """Two tensors: TensorFlow converts none of them, not even floats of one width to another (`unlike`)."""
    if (left == right and not unlike) or world.run.state.get(PROMOTES) == Const(True):
        return ""
    if not {left, right} <= {"f", "i", "b"} or (op == "*" and "b" in (left, right)):
        return UNLIKE
    return "TypeError" if op == "/" or world.run.graph_mode else "InvalidArgumentError"


def _tensor_and_number(world: Libraries, op: str, left: str, right: str) -> str:
    """A tensor of numbers that are not complex, or of truths, beside a Python number that is more than that."""
    is_left = left.startswith("tensor ")
    tensor, other = (left[-1], right) if is_left else (right[-1], left)
    too_much = {"f": ("complex",), "i": ("float", "complex"), "b": ("float", "complex", "int")}.get(tensor, ())
    if other not in too_much or world.run.state.get(PROMOTES) == Const(True):
        return ""
    if op == "*" and is_left and tensor == "b":
        return UNLIKE
    return "InvalidArgumentError" if op == "+" and is_left and not world.run.graph_mode else "TypeError"


def _of_python(op: str, left: str, right: str) -> str:
    """Two of Python's own values, one of them no number."""
    held = [side for side in (left, right) if side in ("list", "dict", "function", "str")]
    number = [side for side in (left, right) if side in ("bool", "int", "float", "some f", "some i", "some b")]
    if not held or op in ("==", "!="):
        return ""
    if len(number) == 1:
        repeats = op == "*" and held[0] in ("list", "str") and number[0] not in ("float", "some f")
        return "" if repeats or (op == "%" and left == "str") else "TypeError"
    refused = op in ("/", "//", "**", "@", "*") or (op == "-" and "dict" not in held)  # sets have a difference
    refused = refused or (op == "%" and left != "str")
    return "TypeError" if refused and len(held) == 2 else ""
