"""What a function refuses to be called with: None, other numbers beside its own, texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from tapelint.facts import Effect, Fact, asks_list, of_none, of_stranger, unlike
from tapelint.flow import containers
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, OneOf, Tuple, Value, Variable, is_tensor

from ..arguments import Given, dtype_of, listed, python_numbers
from ..natures import CONVERTS, form, is_stranger
from ..shapes import shapes_misfit, widths
from ..shapes.shapes import differ, of_value
from . import dtypes, fitting, operands, packing
from .refusing import OF_KERNELS

if TYPE_CHECKING:
    from ..world import Libraries

UNCLEAR = "unclear"
"""An exception comes, but which one is not known."""


def refused(world: Libraries, fact: Fact, effect: Effect, given: Given) -> str:
    """The exception of a function that is given what it does not take; "" where it takes it."""
    if error := of_shapes(world, fact, given):
        return error
    if fact.kind == "operator" and operands.are_measured(world, fact, given):
        return ""  # else it would have been told before
    if packing.holds_no_tensor(world, fact, effect, given):
        return UNCLEAR
    error = _of_none(world, fact, effect, given) or _of_strangers(world, fact, effect, given)
    error = error or _of_unlike(world, fact, given) or _of_ragged(world, fact, given)
    error = error or _of_numbers(world, fact, given)
    if error and (is_given_text(world, fact, effect, given) or fitting.is_oddly_set(world, fact, given)):
        return UNCLEAR
    alone = dtypes.refused(world, fact, given) if not error and world.run.state.get(widths.PROMOTES) == UNBOUND else ""
    if error or alone in ("", dtypes.PERHAPS):
        return error
    odd = fitting.is_oddly_set(world, fact, given) or fitting.is_of_another_kind(world, fact, given)
    return UNCLEAR if odd or fitting.is_unfit(world, fact, given) else alone


def of_shapes(world: Libraries, fact: Fact, given: Given) -> str:
    """The exception of a function that is given tensors of shapes that do not fit, and nothing else amiss; else ""."""
    refused = shapes_misfit.is_refused(world, fact.name, given) and not _may_refuse_otherwise(world, fact, given)
    return OF_KERNELS if refused else ""


def _may_refuse_otherwise(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a function may refuse what it is given for another reason than its shape, and with another exception."""
    values = [value for name, value in given.values.items() if name not in ("condition", "indices")]
    tensors = [part for value in values for part in _numbers_in(world, value) if isinstance(part, (Data, Variable))]
    if any(part.dtype != "f" for part in tensors) or given.get("name") not in (UNBOUND, NO_VALUE):
        return True
    return any(widths.perhaps_unlike(world, one, other) for one, other in combinations(tensors, 2))


def perhaps_refused(world: Libraries, fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a function may be given what it does not take."""
    return (
        _perhaps_of_none(fact, effect, given)
        or is_given_text(world, fact, effect, given)
        or _of_setting(world, fact, effect, given)
        or _of_float(world, fact, effect, given)
    )


def _of_none(world: Libraries, fact: Fact, effect: Effect, given: Given) -> str:
    """What a function makes of None in the place of a tensor that it needs, or in a list of them; "" where it is given
    none there."""
    if not _none_is_known(fact):
        return ""
    said: list[str] = []
    for parameter in fact.parameters:
        name, value = parameter.name, given.get(parameter.name)
        if name in effect.inputs and value == NO_VALUE and not (parameter.has_default or parameter.star):
            said.append(of_none(fact.name, name))
        elif name in effect.inputs and NO_VALUE in listed(world, value):
            said.append(of_none(fact.name, f"{name}[]"))
    return next((each for each in said if each not in ("", "fine")), "")


def _of_strangers(world: Libraries, fact: Fact, effect: Effect, given: Given) -> str:
    """What a function makes of something of which no tensor is made, in the place of one; "" where it is given none."""
    if not _none_is_known(fact) or fact.name.startswith("tensorflow.keras."):
        return ""
    places = [p.name for p in fact.parameters if p.name in effect.inputs and not p.star]
    said = {of_stranger(fact.name, name) for name in places if is_stranger(given.get(name))} - {"fine"}
    certain = len(said) == 1 and not world.run.graph_mode and world.run.state.get(CONVERTS) == UNBOUND
    return "" if not said else said.pop() if certain else UNCLEAR


def _none_is_known(fact: Fact) -> bool:
    """Whether it was measured what a function makes of None."""
    measured = fact.name.startswith(("tensorflow.", "keras.ops."))
    return measured and fact.kind == "function" and not fact.name.startswith("tensorflow.experimental.")


def _perhaps_of_none(fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a function may be given None in the place of a tensor that it needs."""
    needed = (p.name for p in fact.parameters if p.name in effect.inputs and not (p.has_default or p.star))
    return _none_is_known(fact) and any(
        isinstance(value := given.get(name), OneOf) and NO_VALUE in value.options and of_none(fact.name, name) != "fine"
        for name in needed
    )


def _of_unlike(world: Libraries, fact: Fact, given: Given) -> str:
    """The exception of a function that is given tensors of floats and others, which it does not convert; else ""."""
    if _packs_variables(world, fact, given):
        return "AttributeError"
    table = unlike().get(fact.name)
    if table is None:
        return _of_list(world, fact, given)
    if any(map(containers.is_dict, given.values.values())):
        return UNCLEAR  # no tensor is made of one
    converted = {name for name, value in given.values.items() if _is_converted(world, value)}
    kinds = [
        (name, part, "l" if kind == "n" and part is not value else kind)
        for name, value in given.values.items()
        for part in _numbers_in(world, value)
        for kind in (_kind_of_numbers(world, part),)
        if name not in converted
    ]
    floats = [part for _, part, kind in kinds if kind == "f"]
    alone = {isinstance(part, Variable) for part in floats}
    if not floats or world.run.state.get(widths.PROMOTES) != UNBOUND:
        return ""
    for name, part, kind in kinds:
        said = {_said(world, table, name, case) for case in _beside(kind, part, alone)}
        if said != {"-"}:
            also = any(isinstance(part, Const) and type(part.value) is float for _, part, _ in kinds)
            return UNCLEAR if len(said) > 1 or (also and kind in "nl") else said.pop()
    return _of_floats(world, table, given, floats) or _of_widths(world, table, kinds)


Table = Mapping[tuple[str, str], tuple[str, str]]


def _said(world: Libraries, table: Table, name: str, kind: str) -> str:
    """What the table says of a kind of numbers for a parameter, here."""
    return table.get((name, kind), ("-", "-"))[bool(world.run.graph_mode)]


def _beside(kind: str, part: Value, alone: set[bool]) -> set[str]:
    """A kind as it is beside variables and beside other tensors; a variable among these makes them such, too."""
    kinds = alone | {True} if isinstance(part, Variable) else alone
    return {kind.upper() if is_variable and kind in KINDS else kind for is_variable in kinds}


KINDS = ("b", "d", "i", "l", "n", "p")


def _of_widths(world: Libraries, table: Table, kinds: Sequence[tuple[str, Value, str]]) -> str:
    """The exception where floats of one dtype meet floats of another, in tensors or in an array."""
    tensors = [(name, part) for name, part, kind in kinds if kind == "f"]
    found = {widths.of(world, part) for _, part in tensors}
    if not found <= widths.FLOATS:
        return ""
    said, alone = set[str](), {isinstance(part, Variable) for _, part in tensors}
    if len(found) > 1:
        said = {_said(world, table, name, case) for name, part in tensors for case in _beside("d", part, alone)}
    else:
        for name, part, _ in kinds:
            if _is_array(part) and widths.of(world, part) in widths.FLOATS - found:
                said |= {_said(world, table, name, case) for case in _beside("p", part, alone)}
            if found == {"float64"} and _is_list_of_floats(world, part):
                cases = _beside("p", part, alone) | (_beside("l", part, alone) - {"l"})
                said |= {UNCLEAR for case in cases if _said(world, table, name, case) != "-"}
    if said <= {"-"}:
        return ""
    return said.pop() if len(said) == 1 else UNCLEAR


def _of_floats(world: Libraries, table: Table, given: Given, floats: Sequence[Value]) -> str:
    """The exception where a list of floats is made a tensor before it meets doubles."""
    if {widths.of(world, part) for part in floats} != {"float64"}:
        return ""
    lists = [n for n, v in given.values.items() for part in _numbers_in(world, v) if _is_list_of_floats(world, part)]
    return next((said for name in lists if (said := _said(world, table, name, "w")) != "-"), "")


def _is_list_of_floats(world: Libraries, value: Value) -> bool:
    return _is_list_of_numbers(world, value) and dtype_of(world, value) == "f"


def may_fail(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a function or an operator may raise for the dtypes or the shapes of what it is given."""
    if _perhaps_of_widths(world, fact, given) or dtypes.refused(world, fact, given) == dtypes.PERHAPS:
        return True
    if fact.name.startswith("operator ") and _is_unlike_of_keras(world, fact.name[9:], given):
        return True
    return shapes_misfit.is_misfit(world, fact.name, given)


def _is_unlike_of_keras(world: Libraries, op: str, given: Given) -> bool:
    """Whether a variable of Keras 3 stands to the right of floats of another dtype, which it is not converted to: its
    own operators are only asked where those of a tensor give up, which they do not where they compare.
    """
    left, right = given.get("left"), given.get("right")
    if not (isinstance(right, Variable) and right.flavor == "keras"):
        return False
    asked = isinstance(left, Variable) or (isinstance(left, Data) and op in ("==", "!=", "<", "<=", ">", ">="))
    known = {widths.of(world, left), widths.seeming(world, right) or "float32"}  # as Keras makes them by default
    return asked and getattr(left, "flavor", "tf") == "tf" and len(known) == 2 and known <= widths.FLOATS


def _perhaps_of_widths(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether floats of one dtype perhaps meet floats of another, as what Keras gives may."""
    if fact.name.startswith("operator "):
        floats = list(given.values.values())
    else:
        places = {name for name, kind in unlike().get(fact.name, {}) if kind in "dD"}
        values = [v for n, v in given.values.items() if n in places and not _is_converted(world, v)]
        floats = [part for value in values for part in _numbers_in(world, value)]
    if fact.name in MIXING:
        floats = [part for part in floats if widths.seeming(world, part) in (*widths.FLOATS, "float16")]
    return any(widths.perhaps_unlike(world, one, other) for one, other in combinations(floats, 2))


MIXING = ("operator @", "tensorflow.matmul")
"""What takes floats of bfloat16 beside others."""


def _is_array(value: Value) -> bool:
    """Whether a value is an array of NumPy's, more than one number."""
    return isinstance(value, Data) and value.kind == "numpy" and bool(value.shape)


def _numbers_in(world: Libraries, value: Value) -> Sequence[Value]:
    """What of an argument is converted to tensors one by one: the items of a list that holds some, or all of it."""
    items = listed(world, value)
    return items if any(is_tensor(item) for item in items) else (value,)


def _is_converted(world: Libraries, value: Value) -> bool:
    """Whether an argument is a list of tensors of one dtype, which TensorFlow converts to any other."""
    numbers = [item for item in listed(world, value) if not isinstance(item, Const)]
    kinds = [_kind_of_numbers(world, item) for item in numbers]
    found = {(k, widths.of(world, item) if k == "f" else "") for k, item in zip(kinds, numbers, strict=True)}
    return len(found) == 1 and all(map(is_tensor, numbers))


def _kind_of_numbers(world: Libraries, value: Value) -> str:
    """The kind of numbers that a value is, as unlike.txt has it; "" for what does not matter there."""
    if is_tensor(value):
        return dtype_of(world, value) if getattr(value, "flavor", "tf") == "tf" else ""
    if isinstance(value, Const):
        return "n" if type(value.value) is int else ""
    items = listed(world, value)
    return "l" if items and all(_kind_of_numbers(world, item) in ("n", "l") for item in items) else ""


def _packs_variables(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a list is made one tensor that begins with a variable of Keras 3, whose dtype TensorFlow cannot read."""
    root, _, last = fact.name.rpartition(".")
    names = packing.PACKING.get("keras.ops" if root == "keras.ops" else root.partition(".")[0], frozenset())
    if last not in names or not fact.parameters:
        return False
    return packing.is_of_keras_variables(world, given.get(fact.parameters[0].name))


def _of_list(world: Libraries, fact: Fact, given: Given) -> str:
    """The exception where one tensor is made of floats of several dtypes."""
    parts = listed(world, given.get(fact.parameters[0].name)) if fact.parameters else ()
    is_made = fact.name.startswith("tensorflow.") and not fact.name.startswith(widths.PROMOTING)
    is_made = is_made and fact.name.rpartition(".")[2] in packing.PACKING["tensorflow"]
    if not is_made or world.run.state.get(widths.PROMOTES) != UNBOUND:
        return ""
    floats = [part for part in parts if is_tensor(part)]
    if not any(widths.unlike(world, one, other) for one, other in pairwise(floats)):
        return ""
    return "TypeError" if world.run.graph_mode else "InvalidArgumentError"


def _of_numbers(world: Libraries, fact: Fact, given: Given) -> str:
    """The exception where Python's numbers stand for a tensor and are asked for what they have not; else ""."""
    numbers = [value for name, value in given.values.items() if _is_number(value) and asks_list(fact.name, name, "n")]
    lists = [value for name, value in given.values.items() if asks_list(fact.name, name, "l")]
    if not numbers and not any(_is_list_of_numbers(world, value) for value in lists):
        return ""
    return UNCLEAR if world.run.graph_mode else "AttributeError"


def _is_list_of_numbers(world: Libraries, value: Value) -> bool:
    """Whether a value is a list of Python's numbers, or of such lists."""
    return isinstance(value, (Cell, Tuple)) and bool(python_numbers(world, value))


def _is_number(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, (int, float))


def _of_ragged(world: Libraries, fact: Fact, given: Given) -> str:
    """The exception where a list is clipped as one tensor, and the shapes in it are known to differ; else ""."""
    parts = listed(world, given.get(fact.parameters[0].name)) if fact.name in CLIPPING else ()
    if not all(map(_is_dense, parts)):
        return ""
    shapes = [shape for part in parts if (shape := of_value(world, part)) is not None]
    if not any(differ(one, other) for one, other in combinations(shapes, 2)):
        return ""
    return "ValueError" if world.run.graph_mode else "InvalidArgumentError"


def _is_dense(value: Value) -> bool:
    return isinstance(value, Variable) or (isinstance(value, Data) and is_tensor(value) and not form(value))


CLIPPING = ("tensorflow.clip_by_norm", "tensorflow.clip_by_value")


def is_given_text(world: Libraries, fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a function of numbers is given a text in the place of a tensor, or one that makes one tensor of several a
    text among numbers: most refuse it.
    """
    if not fact.name.startswith(("tensorflow.", "keras.ops.")):
        return False
    values = [given.get(name) for name in {*effect.inputs, *(n for e in fact.experiments for n in e.inputs)}]
    last = fact.name.rpartition(".")[2]
    packs = last in (*packing.PACKING["tensorflow"], "concat")
    if packs and any(_has_text_among_numbers(world, value) for value in values):
        return True
    return not fact.name.startswith(OF_TEXTS) and any(is_text(world, value) for value in values)


def _has_text_among_numbers(world: Libraries, value: Value) -> bool:
    parts = listed(world, value)
    return any(is_text(world, part) for part in parts) and any(dtype_of(world, part) in tuple("fib") for part in parts)


def _of_setting(world: Libraries, fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a function is given a tensor of floats, or one that has axes, where no experiment had a tensor but an
    axis, or a length.
    """
    if not fact.name.startswith(("tensorflow.", "keras.ops.")) or fact.kind != "function":
        return False
    if not effect.inputs and (not fact.experiments or fact.name.startswith(packing.OF_STRUCTURES)):
        return False
    settings = [p.name for p in fact.parameters if not p.star and p.name not in effect.inputs]
    given_to = {name: value for name in settings if (value := given.get(name)) is not UNBOUND}
    odd = {name for name, value in given_to.items() if has_floats(world, value)}
    with_axes = {name for name, value in given_to.items() if is_tensor(value) and of_value(world, value)}
    odd |= with_axes & {n for e in fact.experiments for n, tried in e.given.items() if isinstance(tried, (int, float))}
    return bool(odd) and not odd <= fitting.given_calls(fact)


def has_floats(world: Libraries, value: Value) -> bool:
    """Whether a value is a tensor of floats, or a list with one."""
    return any(is_tensor(part) and dtype_of(world, part) == "f" for part in (value, *listed(world, value)))


def _of_float(world: Libraries, fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a function is given floats of Python's beside tensors that they do not fit: whole numbers, or tensors
    that have axes.
    """
    if not fact.name.startswith(("tensorflow.", "operator ")) or fact.name.startswith(widths.PROMOTING):
        return False
    names = given.values if "left" in given.values else effect.inputs
    values = {name: value for name in names if (value := given.get(name)) is not UNBOUND}
    parts = [(name, part) for name, value in values.items() for part in _numbers_in(world, value)]
    tensors = [part for _, part in parts if is_tensor(part)]
    plain = [(name, part) for name, part in parts if dtype_of(world, part) == "f" and python_numbers(world, part)]
    if plain and any(_kind_of_numbers(world, part) == "i" for part in tensors):
        return True
    table = unlike().get(fact.name, {})
    has_axes = any(shape for part in tensors if (shape := of_value(world, part)) is not None)
    return has_axes and any(isinstance(part, Const) and _said(world, table, name, "o") != "-" for name, part in plain)


OF_TEXTS = tuple(
    f"tensorflow.{name}"
    for name in "strings. io. audio. constant convert_to_tensor identity stack concat add Variable fill print".split()  # noqa: SIM905
)
"""What is made for texts, or takes them as well."""


def dtype_made(world: Libraries, value: Value) -> str:
    """The category of the tensor that is made of a value; that of floats where nothing is known."""
    return dtype_of(world, value) or ("s" if is_text(world, value) else "f")


def is_text(world: Libraries, value: Value) -> bool:
    """Whether a value is a text, or a list of texts."""
    first = next(iter(listed(world, value)), value)
    if first is not value and isinstance(first, (Cell, Tuple)):
        return is_text(world, first)
    if isinstance(first, Data) and first.dtype == "s":
        return True
    return isinstance(first, Const) and isinstance(first.value, (str, bytes))
