"""How wide numbers are: a dtype by its name, where it is known for sure. TensorFlow converts no tensor to another's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.facts import Effect, always_of, keeps_whole
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Library, OneOf, Tuple, Value, Variable, is_tensor

from ..arguments import PERHAPS, Given, OfWidth, asked_dtype, category, dtype_of, listed, python_numbers
from ..names import root

if TYPE_CHECKING:
    from ..world import Libraries

EXACT = frozenset(
    "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool complex64 complex128 "  # noqa: SIM905
    "qint8 quint8 qint16 quint16 qint32".split()
)
PROMOTES = (0, "numpy behavior")
"""Set where TensorFlow's operators convert numbers as NumPy's do."""
FLOATX, POLICY = (0, "floatx"), (0, "dtype policy")
"""Set where the program says of which dtype Keras is by default: that, "" if that is not clear. A policy is for layers,
which then have nothing to do with the other.
"""
COUNTING = ("tensorflow.range", "numpy.arange")
"""What counts in the floats that it is given."""
OTHER_NAMES = {"half": "float16", "double": "float64", "single": "float32"}
FLOATS = frozenset(("float32", "float64"))
"""The dtypes of which it was measured that the one is refused beside the other; shorter ones are not in all places."""


def of(world: Libraries, value: Value) -> str:
    """The dtype of a tensor, an array or a variable of TensorFlow's; "" where it is not known for sure."""
    if isinstance(value, Data):
        return value.width
    if isinstance(value, Variable) and value.flavor == "tf":
        held = world.run.state.get((value.uid, "dtype"))
        return held.value if isinstance(held, Const) and held.value in EXACT else ""
    if isinstance(value, OneOf):
        found = {of(world, option) for option in value.options}
        return found.pop() if len(found) == 1 else ""
    return ""


def of_variable(world: Libraries, value: Value) -> str:
    """The dtype of whatever has one, a variable of Keras 3 as well, which has by default that which Keras casts to."""
    if not isinstance(value, Variable) or value.flavor == "tf":
        return seeming(world, value)
    held = world.run.state.get((value.uid, "dtype"))
    if isinstance(held, Const) and held.value in EXACT:
        return str(held.value)
    as_ever = held is UNBOUND and value.dtype == "f" and _is_as_ever(world)
    return "float32" if as_ever else ""


def _is_as_ever(world: Libraries) -> bool:
    return world.run.state.get(FLOATX) is UNBOUND and world.run.state.get(POLICY) is UNBOUND


def of_keras(world: Libraries, policy: bool = True) -> str:
    """The dtype that Keras's layers have by default, perhaps; "" where the program sets another one than a known.

    policy: whether a policy is for it.
    """
    said = world.run.state.get(POLICY) if policy else UNBOUND
    said = said if said is not UNBOUND else world.run.state.get(FLOATX)
    known = "float32" if said is UNBOUND else said.value if isinstance(said, Const) else ""
    return f"{PERHAPS}{known}" if known in FLOATS else ""


def named(value: Value, of_numpy: bool = False) -> str:
    """The dtype that an argument asks for; "" where that is not clear. NumPy's `float` is another than TensorFlow's."""
    if isinstance(value, Cell) and isinstance(value.info, OfWidth):
        return value.info.width if value.info.width in EXACT else ""
    name = value.name.rpartition(".")[2] if isinstance(value, Library) else getattr(value, "value", "")
    if not isinstance(name, str):
        return ""
    if name == "float":
        return "float64" if of_numpy else "float32"
    return name if name in EXACT else OTHER_NAMES.get(name, "")


PROMOTING = "tensorflow.experimental.numpy."
"""The functions of TensorFlow's that make numbers as NumPy does."""
DRAWING = "numpy.random."
OF_DRAWN = {"f": "float64", "i": "int64"}
LIKE_THE_ARGUMENT = ("choice", "permuted", "permutation", "shuffle")
"""What draws from numbers that it is given; the other functions draw doubles, or whole numbers of 64 bits."""
KNOWN = ("tensorflow.", "numpy.", "ndarray.", "builtins.", "Tensor.", "keras.activations.", "Generator.")
"""The functions whose facts tell the dtype of what they give."""


def of_call(world: Libraries, name: str, effect: Effect, given: Given, letter: str) -> str:
    """The dtype of what a function or an operator gives, of the category that is known; "" where it is not sure."""
    is_numpy = root(name) in ("numpy", "ndarray") or name.startswith(PROMOTING)
    if (asked := asked_dtype(name, given)) is not UNBOUND:
        if isinstance(asked, Cell) and isinstance(asked.info, OfWidth) and letter == "f":
            return asked.info.width
        return named(asked, is_numpy)
    if always := always_of(name):
        return always if always in EXACT and category(always) == letter else ""
    if name.startswith(DRAWING):
        return OF_DRAWN.get(letter, "") if not name.endswith(LIKE_THE_ARGUMENT) else ""
    is_operator = name.startswith("operator ")
    if given.rest is not None or not (is_operator or name.startswith(KNOWN)):
        return ""
    if letter == "f" and name.startswith(PROMOTING) and _makes_doubles(world, name, effect, given):
        return "float64"
    if effect.result.dtype in EXACT and category(effect.result.dtype) == letter:
        return effect.result.dtype
    if letter == "i" and name in MAKING and all(is_whole(world, value) for value in given.values.values()):
        return "int32"
    if letter == "i" and keeps_whole(name):
        kept = {key: value for key, value in given.values.items() if is_operator or key in effect.inputs}
        return of_whole(world, kept.values(), beside_numbers=is_operator)
    if letter != "f" or (effect.result.dtype != "same" and name not in COUNTING):
        return ""
    if name.startswith("numpy.") and all(map(_is_number, given.values.values())):
        return "float64"
    values = [v for key, v in given.values.items() if key in effect.inputs or name in COUNTING]
    if root(name) in ("numpy", "ndarray") and of_whole(world, values, beside_numbers=True) in LONG:
        return "float64"
    if is_numpy and any(_is_among_others(world, value) for value in values):
        return "float64" if root(name) == "numpy" else ""
    found = of_operands(world, values, is_numpy, converting=not (is_numpy or is_operator))
    return "" if found.startswith("complex") else found  # real numbers are made of them


def of_whole(world: Libraries, values: Iterable[Value], beside_numbers: bool) -> str:
    """The one dtype of all whole numbers among some values, which are tensors, arrays, or lists of them, but for
    Python's own `beside_numbers`; "" where it is not sure.
    """
    leaves = [leaf for value in values for leaf in (listed(world, value) or (value,))]
    if beside_numbers:
        leaves = [leaf for leaf in leaves if not (isinstance(leaf, Const) and type(leaf.value) is int)]
    found = {of(world, leaf) if getattr(leaf, "dtype", "") == "i" else "" for leaf in leaves}
    return found.pop() if len(found) == 1 else ""


LONG = ("int32", "int64", "uint32", "uint64")
"""The whole numbers of which NumPy makes doubles wherever it makes floats of them."""
MAKING = ("tensorflow.constant", "tensorflow.convert_to_tensor")


def is_whole(world: Libraries, value: Value) -> bool:
    """Whether a value is a whole number of Python's, or a list of such: tensors of 32 bits are made of them."""
    numbers = python_numbers(world, value)
    return bool(numbers) and all(type(number) is int and abs(number) < 2**31 for number in numbers or ())


def _is_number(value: Value) -> bool:
    """Whether an argument is a setting, or a number, of Python's."""
    return isinstance(value, Const) and isinstance(value.value, (bool, int, float, str, type(None)))


def _is_among_others(world: Libraries, value: Value) -> bool:
    """Whether a value is a list in which a number of Python's stands beside others: NumPy makes a double of it."""
    items = listed(world, value) or ()
    numbers = [isinstance(item, Const) and type(item.value) in (int, float) for item in items]
    return any(numbers) and not all(numbers)


def _makes_doubles(world: Libraries, name: str, effect: Effect, given: Given) -> bool:
    """Whether a function makes floats of whole numbers, and is given no others: floats as NumPy's are."""
    values = [value for key, value in given.values.items() if key in effect.inputs]
    whole = all(dtype_of(world, value) in ("i", "b") for value in values)
    return bool(values) and whole and world.facts.makes_floats(name, effect.experiment)


def of_operands(world: Libraries, values: Iterable[Value], is_numpy: bool = False, converting: bool = False) -> str:
    """The one dtype that all floats among some values have; Python's own take the usual one.

    Where tensors are made of all (`converting`), arrays and Python's floats take the dtype of what comes first.
    """
    found = [found for value in values for found in _found_in(world, value)]
    tensors = {width for kind, width in found if kind == "tensor"}
    arrays = {width for kind, width in found if kind == "numpy"}
    widths = _agreed(tensors or arrays)
    if "" in tensors | arrays or len(widths) > 1:
        return ""
    if ("whole", "") in found and not tensors and widths - {"float64"}:
        return ""  # NumPy makes doubles of most
    usual = "float64" if is_numpy else "float32"
    plain = ("python", "") in found
    if converting and plain and not tensors and found[0][0] == "python":
        return usual
    return widths.pop() if widths else usual if plain else ""


def _agreed(found: set[str]) -> set[str]:
    """Some dtypes without those that are the same, if they are as they seem."""
    return found - {f"{PERHAPS}{width}" for width in found}


def _found_in(world: Libraries, value: Value, held: bool = False) -> Iterator[tuple[str, str]]:
    """What numbers there are in a value, and how wide: floats of a "tensor", of a "numpy" array, or of "python", and
    "whole" ones of an array.
    """
    if isinstance(value, Cell) and value.kind == "list":
        value = world.run.state.get((value.uid, "items"))
    if isinstance(value, Tuple):
        for item in value.items:
            yield from _found_in(world, item, held=True)
    elif isinstance(value, Const):
        if isinstance(value.value, float):
            yield "python", ""
    elif isinstance(value, (Data, Variable)) and value.dtype in "ib":
        if isinstance(value, Data) and value.kind == "numpy" and value.dtype == "i":
            yield "whole", ""
    else:
        kind = value.kind if isinstance(value, Data) else "tensor"
        if kind == "python" and getattr(value, "shape", None) != ():
            kind = "numpy"  # perhaps more than one number
        # A list of numbers of NumPy's is of theirs in eager code, of Python's in a graph; arrays stay what they are.
        of_python = world.run.graph_mode and kind == "numpy" and held and not getattr(value, "shape", None)
        yield kind, "" if of_python else of(world, value)


def unlike(world: Libraries, one: Value, other: Value) -> bool:
    """Whether two tensors of floats are of different dtypes."""
    return {of(world, one), of(world, other)} == FLOATS and is_tensor(one) and is_tensor(other)


def seeming(world: Libraries, value: Value) -> str:
    """The dtype, of what Keras gives the one that it has by default."""
    return of(world, value).removeprefix(PERHAPS)


def perhaps_unlike(world: Libraries, one: Value, other: Value) -> bool:
    """Whether two tensors are of different dtypes, if Keras casts as it does by default, and may be refused for it."""
    if not (is_tensor(one) and is_tensor(other)):
        return False
    known = {width for value in (one, other) if (width := seeming(world, value))}
    letters = {getattr(value, "dtype", "?") for value in (one, other)}
    return len(known) > 1 or letters == {"i", "b"}


def autocast(world: Libraries, value: Value, site: Site, is_old: bool = False) -> Value:
    """What a layer is called with, as its code sees it: Keras casts floats of another dtype than the layer's."""

    usual = of_keras(world)
    as_they_are = (usual, usual.removeprefix(PERHAPS))

    def cast(leaf: Value) -> Value:
        if isinstance(leaf, Data) and leaf.kind == "numpy" and not is_old:
            leaf = world.call_library("tensorflow.convert_to_tensor", Arguments([leaf]), site)
        if isinstance(leaf, Data) and leaf.dtype not in "ibs" and leaf.width not in as_they_are:
            return replace(leaf, width=usual)
        if isinstance(leaf, Variable) and not is_old and of(world, leaf) not in ("", *as_they_are):
            node = world.run.node("Layer.input", [Edge(world.use(leaf, site), FLOWS, "linear")], site, dtype="f")
            return Data(node, "tensor", "f", leaf.shape, width=usual)
        return leaf

    return containers.rebuilt(world.run, value, cast)


def autocast_all(world: Libraries, args: Arguments, site: Site, is_old: bool = False) -> Arguments:
    """The same of all arguments of a call."""
    keywords = {name: autocast(world, value, site, is_old) for name, value in args.keywords.items()}
    return replace(args, positional=[autocast(world, v, site, is_old) for v in args.positional], keywords=keywords)


def of_layer(world: Libraries, dtype: Value, policy: bool = True) -> str:
    """The dtype of what a layer or a loss of Keras gives, by the dtype that it was made with."""
    return of_keras(world, policy) if dtype in (UNBOUND, NO_VALUE) else named(dtype)


def is_quantized(world: Libraries, value: Value) -> bool:
    """Whether a tensor is of whole numbers that stand for floats."""
    return of(world, value).startswith(("qint", "quint"))
