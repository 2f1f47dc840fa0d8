"""Arguments of other ranks, or of other sorts, than the experiments on a function had: some are refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from types import NoneType
from typing import TYPE_CHECKING

from tapelint.facts import Fact, Parameter, fits, settings
from tapelint.facts.parse import split_line
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Tuple, Value, Variable, is_tensor, options

from ..arguments import DTYPES, category, dtype_of, is_list, listed, plain_constant, python_numbers
from ..names import root
from ..natures import class_of, form
from ..shapes import shapes, shapes_misfit, widths
from ..tensorflow.members import is_made_of_tensors
from . import dtypes, packing

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries


def is_oddly_given(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a function may refuse a setting, or the dtype of a tensor: each time that such was tried, it did."""
    rows = _rows(fact, given)
    if is_oddly_set(world, fact, given) or _is_of_other_dtype(world, fact, rows, given):
        return True
    if packing.does_not_go_together(world, fact, given, given_several):
        return True
    if is_of_another_kind(world, fact, given):
        return True
    if is_given_untried(world, fact, given) or _are_floats_for_places(world, rows, given):
        return True
    first = next((given.get(p.name) for p in fact.parameters), UNBOUND)
    return packing.is_of_another_kind(world, fact.name, first, given.get("dtype"))


def is_of_another_kind(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether one tensor stands for a list of them, or for a thing in parts, or nothing where something is needed."""
    for names, refused in fits().get(fact.name, ()):
        found = OF_KINDS & refused if len(names) == 1 else frozenset()
        if not found:
            continue
        value = given.get(names[0])
        if value is UNBOUND:
            if LEFT_OUT in found and given.rest is None:
                return True
        elif _is_left_out(fact, names[0], value) and LEFT_OUT not in found:
            continue
        elif (("N",) in found and value == NO_VALUE) or (found - {LEFT_OUT, ("N",)} and _is_one(world, value)):
            return True
    return False


def _is_left_out(fact: Fact, name: str, value: Value) -> bool:
    """Whether None stands for a list of tensors, as it does by itself: what was refused is a list of nothings."""
    found = next((p for p in (*fact.call_parameters, *fact.parameters) if p.name == name), None)
    by_itself = found is not None and found.default == "None" and value == NO_VALUE
    return by_itself and name in given_several(fact)


LEFT_OUT = ("-",)
OF_KINDS = frozenset([LEFT_OUT, ("]",), ("t",), ("N",)])


def _is_one(world: Libraries, value: Value) -> bool:
    """Whether a value is one tensor for certain, or a number."""
    if isinstance(value, Data):
        return value.kind in ("tensor", "numpy") and not form(value) and is_made_of_tensors(world, value)
    return isinstance(value, Variable) or (isinstance(value, Const) and type(value.value) in (int, float))


def _are_floats_for_places(world: Libraries, rows: Sequence[Row], given: Given) -> bool:
    """Whether floats stand where the only whole numbers are wanted that a function is given."""
    places = [names[0] for names, refused in rows if len(names) == 1 and refused >= OF_FLOATS]
    return len(places) == 1 and packing.are_floats(world, given.values[places[0]])


def is_given_untried(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether NumPy is given a tensor where no experiment had one: one of a graph, which has no numbers yet, a
    variable, truths, or several numbers.
    """
    if not fact.name.startswith("numpy."):
        return False
    tried = {name for each in fact.experiments for name in each.inputs}
    others = [(n, part) for n, v in given.values.items() if n not in tried for part in (v, *listed(world, v))]
    return any(isinstance(v, Variable) or world.is_in_graph(v) or _is_no_place(name, v) for name, v in others)


def _is_no_place(name: str, value: Value) -> bool:
    """Whether a tensor or an array is nothing that says how many there are or where."""
    if not isinstance(value, Data) or value.kind not in ("tensor", "numpy"):
        return False
    return value.dtype == "b" or (bool(value.shape) and (value.dtype == "f" or name not in OF_SHAPES))


OF_SHAPES = ("shape", "size", "newshape", "reps", "axis", "axes")
"""The parameters of NumPy's functions for several whole numbers."""


def is_oddly_set(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a setting is of a sort that no experiment had there, nor the default; or one that is refused."""
    for name, refused in settings().get(fact.name, {}).items():
        value = given.get(name)
        if name in DTYPES:
            if _is_refused_dtype(world, value, refused, given):
                return True
            continue
        letters = {LETTERS_OF.get(_sort_of_value(world, value), "")} | _letters(plain_constant(world, value))
        if any(letter and letter in refused for letter in letters):
            return True
    if not fact.name.startswith(("tensorflow.", "keras.", "numpy.")) or not fact.experiments:
        return False
    tensors = {name for each in fact.experiments for name in each.inputs}
    for parameter in fact.parameters:
        name = parameter.name
        if _is_no_name(name, given.get(name)) or _is_no_default(parameter, given.get(name), name in tensors):
            return True
        if name in DTYPES and _is_no_dtype(given.get(name)):
            return True
        value = UNBOUND if parameter.star or name in (*DTYPES, "name", *tensors) else given.get(name)
        sort = _sort_of(plain_constant(world, value)) if value is not UNBOUND else ""
        tried = [each.given[name] for each in fact.experiments if name in each.given]
        sorts = {*([_sort_of(_default(parameter))] if parameter.has_default else ()), *map(_sort_of, tried)}
        if sort and sorts and "" not in sorts and not _is_among(sort, sorts, root(fact.name) == "numpy"):
            return True
        if sort == "text" and name in ("axis", "axes"):
            return True
        if name == "seed" and _length(plain_constant(world, value)) not in (None, *map(_length, tried)):
            return True
    return False


LETTERS_OF = {"float": "f", "none": "N"}
"""The letters of settings.txt."""


def _is_refused_dtype(world: Libraries, asked: Value, refused: str, given: Given) -> bool:
    """Whether a dtype is asked for that is refused, and none of what is given has it; float32 was tried with such."""
    name = widths.named(asked) or plain_constant(world, asked)
    letter = OF_NAMES.get(name, "") if isinstance(name, str) else ""
    if not letter or letter not in refused:
        return asked == NO_VALUE and "N" in refused
    parts = [part for value in given.values.values() for part in _parts(world, value)]
    return letter == "F" or not any(_has_dtype(world, part, str(name)) for part in parts)


OF_NAMES = {
    "float64": "D", "float32": "F", "float16": "H", "int32": "I", "int64": "I", "int": "I", "bool": "B",
    "complex64": "C", "complex128": "C",
}  # fmt: skip


def _has_dtype(world: Libraries, value: Value, name: str) -> bool:
    """Whether a value is a tensor or an array of a dtype, or a truth where truths are asked for, as far as is known."""
    if isinstance(value, Const) and type(value.value) is bool:
        return name == "bool"
    if not isinstance(value, (Data, Variable)):
        return False
    width = widths.of(world, value)
    return width == name if width and dtype_of(world, value) == "f" else dtype_of(world, value) == category(name)


def _letters(value: object) -> set[str]:
    """Those for the numbers that a setting is, or that it holds: 0 stands for the last one."""
    if isinstance(value, tuple):
        each = [*map(_letters, value)]
        alone = {"l"} if len(each) == 1 and not isinstance(value[0], tuple) else set[str]()
        return alone | {"-"} & set[str]().union(*each) | (each[-1] if each else set())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return set()
    return {"-" if value < 0 else "0" if value == 0 else "1" if value == 1 and isinstance(value, float) else ""}


def _is_no_name(parameter: str, value: Value) -> bool:
    return parameter == "name" and isinstance(value, Const) and not isinstance(value.value, (str, NoneType))


def _is_no_dtype(value: Value) -> bool:
    return is_tensor(value) or (isinstance(value, Const) and not isinstance(value.value, (str, NoneType)))


def _is_no_default(parameter: Parameter, value: Value, is_tensor: bool) -> bool:
    """Whether None stands for a tensor that has another default, or for a dtype whose default is not None."""
    if value != NO_VALUE or parameter.star or parameter.default == "None":
        return False
    return parameter.name in DTYPES or (is_tensor and parameter.default is not None)


def _is_among(sort: str, sorts: set[str], is_numpy: bool) -> bool:
    """Whether a sort is one of those that were tried, or is converted to one; any may be where None alone was."""
    alike: tuple[str, ...] = {"whole": ("float",), "truth": ("none",)}.get(sort, ())
    if is_numpy:  # of a float in the place of a whole number it was measured
        alike = {"whole": ("float", "truth"), "float": ("whole",)}.get(sort, alike)
    return sort in sorts or sorts == {"none"} or not sorts.isdisjoint(alike)


def _sort_of_value(world: Libraries, value: Value) -> str:
    """The sort of a setting, or of the numbers that it holds; "" where it is not known."""
    if value is UNBOUND:
        return ""
    if isinstance(value, (Data, Variable)):
        return OF_DTYPES.get(packing.sure_kind(world, value), "") if getattr(value, "kind", "") != "?" else ""
    parts = listed(world, value)
    if NO_VALUE in parts:
        return "none"
    if parts and isinstance(parts[0], (Data, Variable, Cell, Tuple)):
        return _sort_of_value(world, parts[0])
    return _sort_of(plain_constant(world, value))


OF_DTYPES = {"b": "truth", "i": "whole", "f": "float", "s": "text"}


def _sort_of(value: object) -> str:
    """The sort of a setting, or of the first in a tuple; "" where it is not known."""
    if isinstance(value, tuple):
        sorts = [_sort_of(each) for each in value]
        return "float" if "float" in sorts else sorts[0] if sorts else ""
    return "none" if value is None else SORTS.get(type(value), "")


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, tuple) else None


SORTS = {bool: "truth", int: "whole", float: "float", str: "text"}


def _default(parameter: Parameter) -> object:
    try:
        value: object = ast.literal_eval(parameter.default or "...")
    except (SyntaxError, ValueError):
        return ...
    return tuple(value) if isinstance(value, list) else value


def is_unfit(world: Libraries, fact: Fact, given: Given) -> bool:
    """The same of ranks, of lengths, and of what is no tensor."""
    for names, refused in _rows(fact, given):
        sorts = set(_sorts(world, given.values[names[0]])) if len(names) == 1 else set()
        if "a" in sorts and _is_beside_doubles(world, given, names[0]):
            sorts.discard("a")  # it was refused beside floats
        if any((sort,) in refused for sort in sorts):
            return True
    return is_of_refused_ranks(world, fact, given) or _differ(world, fact, given)


def _is_beside_doubles(world: Libraries, given: Given, name: str) -> bool:
    """Whether another parameter than this is given a tensor of doubles."""
    others = (part for other, value in given.values.items() if other != name for part in _parts(world, value))
    return any(is_tensor(part) and widths.of(world, part) == "float64" for part in others)


def is_of_refused_ranks(world: Libraries, fact: Fact, given: Given) -> bool:
    """The same of ranks alone."""
    rows = _rows(fact, given)
    several = given_several(fact) if rows else set[str]()
    for names, refused in rows:
        ranks = [_rank(world, given.values[name], is_one=name not in several) for name in names]
        if _are_refused(ranks, refused):
            return True
    return False


def is_asked_for_ranks_first(fact: Fact) -> bool:
    """Whether a function of NumPy's may raise for the rank of a tensor of a graph, before it makes an array of it."""
    return any(("g",) in refused for _, refused in fits().get(fact.name, ()))


OF_FLOATS = {("f",), ("d",)}
"""Refused where whole numbers are asked for."""

Row = tuple[tuple[str, ...], frozenset[tuple[str, ...]]]


def _rows(fact: Fact, given: Given) -> list[Row]:
    """The lines of the table that are about what a call gives."""
    told = {name for name, value in given.values.items() if not _is_left_out(fact, name, value)}
    return [(names, refused) for names, refused in fits().get(fact.name, ()) if told >= set(names)]


def _is_of_other_dtype(world: Libraries, fact: Fact, rows: Sequence[Row], given: Given) -> bool:
    """Whether tensors are of a dtype that is refused beside the others; where all are of one, what was seen of it
    counts. Of all that stand for the same and refuse it alone nothing is known.
    """
    if any(given.get(name) is not UNBOUND for name in DTYPES):
        return False
    every = {name: given.values[name] for names, _ in rows for name in names}
    kept = every.keys() if all(map(is_list, every.values())) else given_several(fact)
    is_alone = len(every) == 1 and not any(p.name in DTYPES for p in fact.parameters)
    kinds = {name: _dtypes(world, value, name in kept, is_alone) for name, value in every.items()}
    kinds = {name: found for name, found in kinds.items() if found or not class_of(given.values[name])}
    if {"d"} in kinds.values():  # arrays of doubles are made tensors of them, too
        kinds |= {name: {"d"} for name in kinds if _is_array_of_doubles(world, every[name])}
    if not kinds or not all(kinds.values()):
        return False  # what is no tensor may be made one of any dtype
    asked = {names[0]: {letter for (letter,) in refused} for names, refused in rows if len(names) == 1}
    for kind in LETTERS:
        mine = {name for name, found in kinds.items() if kind in found}
        if len(mine) == len(kinds) > 1:
            if any(len(names) > 1 and (kind,) * len(names) in refused for names, refused in rows):
                return True
            continue
        for name in mine & asked.keys():
            alike = {n for n, found in asked.items() if kind in found and found & NATURES == asked[name] & NATURES}
            if kind in asked[name] and (alike == {name} or alike - mine):
                return True
    return False


def _is_array_of_doubles(world: Libraries, value: Value) -> bool:
    return isinstance(value, Data) and value.kind == "numpy" and widths.of(world, value) == "float64"


NATURES = frozenset("bfi")
"""By which of these they refuse, parameters are alike: those for truths, for whole numbers, for floats."""


def _dtypes(world: Libraries, value: Value, is_kept: bool, is_alone: bool) -> set[str]:
    """The letter for the dtype of a tensor, or of one in parts, if it is known; of what a list holds, if that is not
    converted to the dtype of something beside it.
    """
    parts = [option for part in (_leaves(world, value) if is_kept else (value,)) for option in options(part)]
    letters = {dtypes.letter_of(world, part) or _other_letter(world, part, is_alone) for part in parts}
    return letters if len(letters) == 1 and letters <= LETTERS else set()


def _leaves(world: Libraries, value: Value, depth: int = 0) -> Sequence[Value]:
    """What a list holds, or those in it, in turn; else the value alone."""
    items = listed(world, value) if depth < MOST_DEEP else ()
    return [leaf for item in items for leaf in _leaves(world, item, depth + 1)] if items else (value,)


MOST_DEEP = 8


def _other_letter(world: Libraries, value: Value, is_alone: bool) -> str:
    """That of a tensor in parts; of an array where it is not converted, as one of floats is not to whole numbers."""
    if not isinstance(value, Data) or (value.kind != "numpy" and not form(value)):
        return ""
    letter = dtype_of(world, value)
    if value.kind == "numpy":
        return letter if letter == "f" or is_alone else ""
    return dtypes.SIZES.get(widths.of(world, value), letter) if letter == "f" else letter


LETTERS = frozenset("bcdfhi")


def _differ(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether tensors that must have one length have two, as far as it is known."""
    rows, sums = fits().get(fact.name, ()), fact.name.endswith(SUMMING)
    by_rank = any(each[0] in "01234" for names, refused in rows if len(names) > 1 for each in refused)
    for letter, at in (("<", -1), ("^", 0)):
        alike = [names[0] for names, refused in rows if (letter,) in refused]
        known = [shape for name in alike if (shape := shapes.of_value(world, given.get(name))) is not None]
        for one, other in combinations(known, 2):
            if not (by_rank or sums or letter == "^") and shapes_misfit.clash((one, other)):
                return True
            if letter == "<" and not sums and _clash_in_ranks(one, other):
                return True
            of_one_rank = len(one) == len(other) > 0 and not (sums and len(one) > 1)
            if of_one_rank and shapes_misfit.clash(((one[at],), (other[at],))):
                return True
    return False


def _clash_in_ranks(one: shapes.Shape, other: shapes.Shape) -> bool:
    """Whether shapes of two ranks are not broadcast to one, nor by dropping a last axis of length 1."""
    short, long = sorted((one, other), key=len)
    squeezed = len(long) == len(short) + 1 and long[-1] in (1, None)
    return len(short) < len(long) and not squeezed and shapes_misfit.clash((short, long))


SUMMING = (".dot", ".inner", ".vdot", ".matmul", ".tensordot", ".batch_dot")
"""What takes matrices that differ in their lengths."""


def _are_refused(ranks: Sequence[int | None], refused: frozenset[tuple[str, ...]]) -> bool:
    """Whether tensors of these ranks are refused, of whatever ranks those are that are not known; one of more axes than
    were tried is so where another one of many is refused, or the others are beside one of many.
    """
    if any(rank is not None and rank >= TRIED for rank in ranks):
        if len(ranks) == 1:
            return (("3",) in refused) != (("4",) in refused)
        many = [[most if rank is not None and rank >= TRIED else rank for rank in ranks] for most in (3, 4)]
        return any(_are_refused(each, refused) for each in many)
    if all(rank is None for rank in ranks):
        return False
    wanted = [None if rank is None else str(rank) for rank in ranks]
    fitting = [each for each in refused if all(w in (None, one) for w, one in zip(wanted, each, strict=True))]
    unknown: int = wanted.count(None)
    return len(fitting) >= int(TRIED**unknown)


TRIED = 5
"""So many ranks were tried."""


def _parts(world: Libraries, value: Value) -> Sequence[Value]:
    """The tensors that a list of them holds; else the value alone."""
    found = listed(world, value)
    return found if any(isinstance(part, (Data, Variable)) for part in found) else (value,)


def _rank(world: Libraries, value: Value, is_one: bool) -> int | None:
    """The rank of a tensor, or that which all of a list have, which is put together where it stands for one; None where
    it is not known, and for what is no tensor.
    """
    parts = _parts(world, value)
    if not all(isinstance(part, Variable) or _is_tensor(part) or python_numbers(world, part) for part in parts):
        return None
    found = {None if (shape := shapes.of_value(world, part)) is None else len(shape) for part in parts}
    rank = found.pop() if len(found) == 1 else None
    return rank if rank is None or not is_one or parts[0] is value else rank + 1


def given_several(fact: Fact) -> set[str]:
    """The parameters that experiments give lists of tensors."""
    return {name for name, argument in _tried(*_texts(fact)) if not isinstance(argument, ast.Name)}


def given_calls(fact: Fact) -> set[str]:
    """The parameters that experiments give what another call makes, a tensor mostly."""
    return {name for name, argument in _tried(*_texts(fact)) if isinstance(argument, ast.Call)}


def _texts(fact: Fact) -> tuple[tuple[Parameter, ...], tuple[str, ...]]:
    return fact.call_parameters or fact.parameters, tuple(each.text for each in fact.experiments)


@cache
def _tried(parameters: tuple[Parameter, ...], experiments: tuple[str, ...]) -> Sequence[tuple[str, ast.expr]]:
    """The parameters that experiments give something, and what they give."""
    names, found = [p.name for p in parameters if not p.keyword_only], list[tuple[str, ast.expr]]()
    names += [p.name for p in parameters if p.star == "*"] * MOST_GIVEN
    for text in experiments:
        call = ast.parse(split_line(text)[2], mode="eval").body
        if isinstance(call, ast.Call):
            found += [*zip(names, call.args, strict=False), *((str(k.arg), k.value) for k in call.keywords)]
    return found


MOST_GIVEN = 4


def _is_tensor(value: Value) -> bool:
    return isinstance(value, Data) and value.kind in ("tensor", "numpy") and not form(value)


def _sorts(world: Libraries, value: Value) -> Iterator[str]:
    """The letters for what a value is, or may be, in the place of a tensor: for a list of variables, if it has nothing
    else.
    """
    every = [option for each in _parts(world, value) for option in options(each)]
    if isinstance(value, (Cell, Tuple)) and any(map(is_tensor, _parts(world, value))):
        yield "["
    for part in every:
        if isinstance(part, Variable) and part.flavor == "keras":
            yield "k"
        elif isinstance(part, Variable):
            yield "v" if all(isinstance(each, Variable) for each in every) else ""
        elif isinstance(part, Data) and part.kind == "numpy":
            yield "a" if widths.of(world, part) == "float64" else "A"
        elif isinstance(part, Const) and not (type(part.value) in (int, float) and _are_scalars(world, every)):
            yield OF_CONSTANTS.get(type(part.value), "")
        elif isinstance(part, (Cell, Tuple)) and python_numbers(world, part) is not None:
            yield "l"


def _are_scalars(world: Libraries, parts: Sequence[Value]) -> bool:
    """Whether there are tensors among some values, none of which has an axis."""
    found = {shapes.of_value(world, part) for part in parts if is_tensor(part)}
    return found == {()}


OF_CONSTANTS = {int: "n", float: "n", type(None): "N", str: "s"}
