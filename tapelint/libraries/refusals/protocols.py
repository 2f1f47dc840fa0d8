"""What Python's own functions and operations refuse: a tensor without numbers, one that is several, what is no number.

All of it was measured: facts/protocols.txt has the exceptions by expression, place and kind of value.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from tapelint.facts.table import calls_of_protocols, protocols
from tapelint.flow.core import Arguments
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import SEVERAL, Site
from tapelint.flow.values import Cell, Const, Data, SliceOf, Tuple, Value, Variable, options

from ..natures import nature
from ..numpy.array_members import is_of_numpy
from ..shapes import widths
from .refusing import is_tensor

if TYPE_CHECKING:
    from ..world import Libraries

BEGUN, ITERATION, TRUTH, CONDITION = "iter(_)", "[*_]", "operator.truth(_)", "1.0 if _ else 2.0"
CONDITIONS = {
    "not": "not _", "assert": TRUTH, "comprehension": TRUTH, "if": "if _: ...", "while": "while _: ...",
}  # fmt: skip
"""What a condition is to AutoGraph, which leaves some as they are, and makes operations of the others."""
LEFT_LOOP, LOOP = "while _: break", "for x in _: ..."
ENTERED = "with _: ..."
SOUGHT = {str: "'a' in _", float: "2.0 in _", int: "2 in _", type(None): "None in _"}
"""What is looked for in a value."""
SIGNS = {"unary +": "+_", "unary -": "-_", "unary ~": "~_"}
INDEX, SLICE, PERCENT = "[1.0, 2.0, 3.0][_]", "[1.0, 2.0, 3.0][:_]", "'%f' % _"
IN_GRAPH = "OperatorNotAllowedInGraphError"
"""What a tensor of a graph raises where Python wants its truth or its items."""
OF_TRUTH = ("builtins.bool", "operator.truth", "operator.not_")
"""What asks for a truth; what else a graph's tensors do not allow is to iterate over them."""
OF_TEXTS = ("builtins.float", "builtins.int")
"""What reads a number from a text."""
UNCLEAR = "?"
"""What stands for an exception where it is not known which one comes."""
SINGLE = {"n": "ndo", "j": "jp", "q": "qr", "float32": "no", "float64": "do"}
"""What a single number of NumPy's may be: a number, or an array without axes."""


def refused(world: Libraries, expression: str, value: Value) -> str:
    """The exception that an expression raises of a value, `UNCLEAR` where it raises one that is not known; "" where it
    is not known to raise.
    """
    found = {_of_one(world, expression, option) for option in options(value)}
    return "" if "" in found else found.pop() if len(found) == 1 else UNCLEAR


def refuse(world: Libraries, expression: str, value: Value, site: Site, call: str) -> str:
    """Raise what an expression certainly raises of a value. Returns the exception, "" where there is none."""
    error = refused(world, expression, value).strip(UNCLEAR)
    if error:
        world.raised(error, site, call)
    return error


def of_call(world: Libraries, name: str, args: Arguments, site: Site) -> str:
    """Raise the exception of a call of one of Python's functions, by what it is given first that it refuses. Returns
    the exception, `UNCLEAR` where there is one that is not known, "" where there is none.
    """
    known = calls_of_protocols().get((name, len(args.positional)), ())
    found = {}
    for place, arguments, expression in known if args.rest is None and not args.keywords else ():
        if all(map(_is_given, arguments, args.positional)):
            found[place] = refused(world, expression, args.positional[place])
    error = next((found[place] for place in sorted(found) if found[place]), "")
    if name in OF_TEXTS and len(args.positional) == 1 and _is_text(args.positional[0]):
        error = UNCLEAR  # what a tensor is shown as is no number most of the time
    if error not in ("", UNCLEAR):
        asks = "condition call" if name in OF_TRUTH else "iteration"
        world.raised(error, site, asks if error == IN_GRAPH else name)
    return error


def of_condition(world: Libraries, kind: str, value: Value, statement: ast.AST) -> str:
    """The exception that a condition certainly raises of a value; "" where there is none.

    In converted code what `and` and `or` raise hangs on what else is in them.
    """
    converted = world.run.graph_mode and not world.run.no_autograph
    expression = CONDITIONS.get(kind, CONDITION) if converted or kind != "while" else CONDITION
    if converted and kind == "while" and any(isinstance(n, (ast.Break, ast.Return)) for n in own_nodes(statement)):
        expression = LEFT_LOOP
    if converted and kind in ("and", "or"):
        if refused(world, expression, value):
            world.known.failing.update(o.node.id for o in options(value) if isinstance(o, (Data, Variable)))
        return ""
    return refused(world, expression, value).strip(UNCLEAR)


def keyed(world: Libraries, key: Value, site: Site) -> None:
    """A list or a tuple is asked for what is there at a key, or at the places of a slice."""
    if isinstance(key, SliceOf):
        any(refuse(world, SLICE, part, site, "slice") for part in (key.start, key.stop, key.step))
    else:
        refuse(world, INDEX, key, site, "index")


def iterated(world: Libraries, value: Value, site: Site, to_end: bool) -> None:
    """Python iterates over a value; to_end: surely until there is nothing more, which is where some refuse it."""
    error = refuse(world, ITERATION if to_end else BEGUN, value, site, "iteration")
    if not to_end and not error and refused(world, ITERATION, value):
        world.known.failing.update(o.node.id for o in options(value) if isinstance(o, (Data, Variable)))


def looped(world: Libraries, value: Value, site: Site) -> None:
    """A loop over a value becomes an operation of a graph."""
    refuse(world, LOOP, value, site, "loop")


def sought(world: Libraries, item: Value, value: Value, site: Site) -> None:
    """Python looks for an item in a value."""
    expression = SOUGHT.get(type(item.value)) if isinstance(item, Const) else None
    if expression is not None and all(_is_surely_made_of_numbers(world, option) for option in options(value)):
        refuse(world, expression, value, site, "in")


def entered(world: Libraries, value: Value, site: Site) -> Value:
    """`with value:`, which Python's own containers have no methods for, either."""
    if isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind in ("list", "dict", "set")):
        world.raised("TypeError", site, "with")
    if _is_surely_made_of_numbers(world, value):
        refuse(world, ENTERED, value, site, "with")
    return value if isinstance(value, (Cell, Variable)) else world.run.opaque(site, [value])


def _is_surely_made_of_numbers(world: Libraries, value: Value) -> bool:
    """Whether a value is a tensor, a variable or an array whatever it is made of: not a dict, or what a file holds."""
    if isinstance(value, Data) and value.kind == "numpy":
        return is_of_numpy(world, value.node)
    return isinstance(value, Variable) or is_tensor(value)


def of_sign(world: Libraries, op: str, value: Value) -> str:
    """The exception of an operator of one operand; `UNCLEAR` where it is not known which, "" where there is none."""
    return refused(world, SIGNS[op], value) if op in SIGNS else ""


def asked(world: Libraries, value: Value, site: Site) -> None:
    """Python asks for a truth, which no tensor of a graph has while that is made."""
    refuse(world, TRUTH, value, site, "condition call" if world.run.graph_mode else "truth")


def _is_text(value: Value) -> bool:
    return isinstance(value, Data) and value.kind == "python" and value.dtype == "s"


def _is_given(argument: ast.expr, value: Value) -> bool:
    """Whether an argument of an expression stands for what a call is given: a text must be the same."""
    text = argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
    return text is None or value == Const(text)


def _of_one(world: Libraries, expression: str, value: Value) -> str:
    place = _place(world, value)
    told = protocols()[expression].get(place) if place else None
    if told is None:
        return ""
    found = [{told.get(kind, "") for kind in kinds} for kinds in _kinds(world, value)]
    if not found or {""} in found:
        return ""
    errors = set().union(*found)
    return errors.pop() if len(errors) == 1 else UNCLEAR


def _place(world: Libraries, value: Value) -> str:
    """Where a value is asked: a column of the table; "" where that is none."""
    run = world.run
    if not run.graph_mode:
        return "" if run.converted and not run.no_autograph else "eager"
    plain = "plain " if run.no_autograph else ""
    return plain + ("graph" if world.is_in_graph(value) else "before")


def _kinds(world: Libraries, value: Value) -> list[str]:
    """What a value may be: the letters of the kinds that it is one of, for one number and for several; the one alone
    where it is known to be that. Nothing for what the table does not have.
    """
    letters = _letters(value)
    if not letters:
        return []
    several = [letter.upper() for letter in letters]
    single = [*letters]
    if letters in SINGLE:
        single = [SINGLE.get(widths.of(world, value), SINGLE[letters])]
    shape = getattr(value, "shape", None)
    if shape == ():
        return single
    sizes = [size for size in shape or () if size is not None]
    certain = shape is not None and len(sizes) == len(shape) and math.prod(sizes) > 1
    return several if certain else [*single, *several]


def _letters(value: Value) -> str:
    """The small letters of what a value may be, by its category; "" for what the table does not have."""
    if isinstance(value, Variable):
        known = {"tf": {"f": "v", "i": "w", "?": "vw"}, "keras": {"f": "k"}}.get(value.flavor, {})
        return known.get(value.dtype, "")
    if not isinstance(value, Data) or value.node.detail == SEVERAL:
        return ""
    if value.kind == "tensor" and not nature(value):
        return {"f": "t", "i": "i", "b": "b", "?": "tib"}.get(value.dtype, "")
    if value.kind == "numpy" and nature(value) == "array":
        return {"f": "n", "i": "j", "b": "q"}.get(value.dtype, "")
    return ""
