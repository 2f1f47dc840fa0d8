"""Arguments of other ranks, or of other sorts, than the experiments on a function had: some are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from tapelint.facts import Fact, fits
from tapelint.flow import containers
from tapelint.flow.values import Cell, Const, Data, Tuple, Value, Variable, options

from . import shapes, shapes_misfit, widths
from .arguments import python_numbers
from .natures import form

if TYPE_CHECKING:
    from .arguments import Given
    from .world import Libraries


def is_doubtful(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether a function may refuse what it is given: each time that such a thing was tried, it did."""
    for names, refused in fits().get(fact.name, ()):
        if any(name not in given.values for name in names):
            continue
        values = [given.values[name] for name in names]
        sorts = _sorts(world, values[0]) if len(values) == 1 else ()
        if _are_refused([_rank(world, value) for value in values], refused) or any((s,) in refused for s in sorts):
            return True
    return _differ(world, fact, given)


def _differ(world: Libraries, fact: Fact, given: Given) -> bool:
    """Whether tensors that must have one length have two, as far as it is known: vectors, or any if none is refused for
    its rank.
    """
    rows = fits().get(fact.name, ())
    alike = [names[0] for names, refused in rows if ("<",) in refused]
    known = [shape for name in alike if (shape := shapes.of_value(world, given.get(name))) is not None]
    by_rank = any(len(names) > 1 for names, _ in rows) or fact.name.endswith(SUMMING)
    return any(
        shapes_misfit.clash(pair) for pair in combinations(known, 2) if not by_rank or all(len(s) == 1 for s in pair)
    )


SUMMING = (".dot", ".inner", ".vdot")
"""What takes matrices that differ in their lengths."""


def _are_refused(ranks: Sequence[int | None], refused: frozenset[tuple[str, ...]]) -> bool:
    """Whether tensors of these ranks are refused, of whatever ranks those are that are not known."""
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
    items = containers.sequence(world.run, value) if isinstance(value, (Cell, Tuple)) else None
    found = items.items if isinstance(items, Tuple) else ()
    return found if any(isinstance(part, (Data, Variable)) for part in found) else (value,)


def _rank(world: Libraries, value: Value) -> int | None:
    """The rank of a tensor, or that which all of a list have; None where it is not known, and for what is no tensor."""
    parts = _parts(world, value)
    if not all(isinstance(part, Variable) or _is_tensor(part) for part in parts):
        return None
    found = {None if (shape := shapes.of_value(world, part)) is None else len(shape) for part in parts}
    return found.pop() if len(found) == 1 else None


def _is_tensor(value: Value) -> bool:
    return isinstance(value, Data) and value.kind == "tensor" and not form(value)


def _sorts(world: Libraries, value: Value) -> Iterator[str]:
    """The letters for what a value is, or may be, in the place of a tensor."""
    for part in (option for each in _parts(world, value) for option in options(each)):
        if isinstance(part, Variable):
            yield "k" if part.flavor == "keras" else "v"
        elif isinstance(part, Data) and part.kind == "numpy":
            yield "a" if widths.of(world, part) == "float64" else "A"
        elif isinstance(part, Const):
            yield OF_CONSTANTS.get(type(part.value), "")
        elif isinstance(part, (Cell, Tuple)) and python_numbers(world, part) is not None:
            yield "l"


OF_CONSTANTS = {int: "n", float: "n", type(None): "N", str: "s"}
