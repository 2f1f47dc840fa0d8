"""What the losses of Keras 3 refuse: lists, and numbers without axes."""

from __future__ import annotations

from collections.abc import Callable

from tapelint.flow.containers import is_dict, is_structure
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Cell, Const, Counted, Data, OneOf, Opaque, Tuple, Value, Variable, options

from .. import apply
from ..arguments import Given
from ..refusals.refusing import may_be_missing
from ..refusals.unfit import UNCLEAR
from ..registry import FunctionHandler
from ..shapes import shapes, shapes_misfit
from ..world import Libraries
from . import loss_shapes

TAKING_A_MEAN = frozenset(
    "binarycrossentropy binaryfocalcrossentropy categoricalhinge circle hinge huber kldivergence logcosh "  # noqa: SIM905
    "meanabsoluteerror meanabsolutepercentageerror meansquarederror meansquaredlogarithmicerror poisson "
    "squaredhinge".split()
)
"""Losses, as functions and as classes, that take the mean over the last axis, which a number has not."""

READING_THE_SHAPE = frozenset(
    "categoricalcrossentropy categoricalfocalcrossentropy categoricalgeneralizedcrossentropy "  # noqa: SIM905
    "sparsecategoricalcrossentropy".split()
)
"""Losses that ask for the length of the last axis."""

SQUEEZING = frozenset(
    "circle huber logcosh meanabsoluteerror meanabsolutepercentageerror meansquarederror "  # noqa: SIM905
    "meansquaredlogarithmicerror".split()
)
"""Functions that take a last axis of length 1 away where the other argument has one axis less; all classes do."""


def of_object(world: Libraries, name: str, given: Given) -> str:
    """What a loss object raises; "" where it takes what it is given."""
    true, pred = given.get("y_true"), given.get("y_pred")
    if isinstance(true, OneOf):
        return _of_one(given, lambda way: of_object(world, name, way))
    if (_is_tensor(pred) and _is_taken_apart(true)) or (_is_tensor(true) and _is_taken_apart(pred)):
        return "ValueError"  # the two are held side by side as structures
    if is_dict(true) and is_dict(pred):
        return "ValueError"  # no tensor is made of one
    return _of_a_number(world, _plain(name), true, pred, True) or loss_shapes.refused(world, _plain(name), given, True)


def _is_taken_apart(value: Value) -> bool:
    """Whether Keras looks into a value for several: not into a `range`, of which a tensor is made."""
    return is_structure(value) and not isinstance(value, Counted)


def of_function(world: Libraries, name: str, given: Given) -> str:
    """What a function that is a loss raises; "" where it takes what it is given."""
    true, pred = given.get("y_true"), given.get("y_pred")
    if isinstance(true, OneOf):
        return _of_one(given, lambda way: of_function(world, name, way))
    if _plain(name) == "sparsecategoricalcrossentropy":
        is_list = isinstance(true, Tuple) or (isinstance(true, Cell) and true.kind == "list")
        if is_list or (isinstance(true, Const) and isinstance(true.value, (int, float))):
            return "AttributeError"  # it is asked for its shape
    squeezes = _plain(name) in SQUEEZING
    known = _of_a_number(world, _plain(name), true, pred, False)
    return known or loss_shapes.refused(world, _plain(name), given, squeezes)


def _of_one(given: Given, refused: Callable[[Given], str]) -> str:
    """What is raised for one of several values of what is true."""
    ways = options(given.get("y_true"))
    said = {refused(Given({**given.values, "y_true": way}, given.places, given.rest)) for way in ways}
    return said.pop() if len(said) == 1 else UNCLEAR


def refusing(name: str) -> FunctionHandler:
    """A loss function of Keras 3 that refuses what it does not take."""

    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        given = apply.bind(fact.parameters, args)
        if error := of_function(world, name, given):
            return refuse(world, error, name, given, site)
        made = apply.call_fact(world, fact, args, site)
        doubt_labels(world, name, given, made)
        return made

    return call


def doubt_labels(world: Libraries, name: str, given: Given, made: Value) -> None:
    """Note where numbers that are computed stand for labels, and may lie outside of the classes."""
    true, pred = given.get("y_true"), given.get("y_pred")
    if _plain(name) != "sparsecategoricalcrossentropy" or not isinstance(true, Data) or not true.node.edges:
        return
    shape, bounds = shapes.of_value(world, pred), true.range
    if shape and true.shape and shapes_misfit.clash((true.shape[:1], shape[:1])):
        world.known.doubt(world.run.nodes_in(made))
    classes = shape[-1] if shape else None
    fits = bounds is not None and classes is not None and bounds.low > -1 and bounds.high < classes
    if true.dtype == "f" and not fits:
        world.known.refusing.update(node.id for node in world.run.nodes_in(made))


def refuse(world: Libraries, error: str, name: str, given: Given, site: Site) -> Opaque:
    """The call raises; in a graph it is not known what."""
    nothing = world.run.opaque(site, given.values.values())
    missing = may_be_missing(world, list(given.values.values()), error)
    if error != UNCLEAR and not world.run.graph_mode and not missing:
        world.raised(error, site, name)
    else:
        world.known.doubt([nothing.node])
    return nothing


def _plain(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower()


def _is_tensor(value: Value) -> bool:
    return isinstance(value, (Data, Variable))


def _of_a_number(world: Libraries, name: str, true: Value, pred: Value, is_object: bool) -> str:
    found = [shapes.of_value(world, value) for value in (true, pred)]
    known = sorted((shape for shape in found if shape is not None), key=len)
    if len(known) < 2:
        return ""
    short, long = known
    if short != () or long not in ((), (1,)) or (long and not (is_object or name in SQUEEZING)):
        return ""
    if name in TAKING_A_MEAN:
        return "InvalidArgumentError"
    return "IndexError" if name in READING_THE_SHAPE and is_object else ""
