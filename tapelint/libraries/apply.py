"""Facts applied to a call: which argument's gradient flows, and what comes out."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.facts import Effect, Fact, Input, made_of_truths, positional
from tapelint.facts.values import Linearity
from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.effects import is_reaching_out
from tapelint.flow.graph import MISSING, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE, ZERO
from tapelint.flow.ranges import Range
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Data,
    Library,
    Many,
    Opaque,
    Tuple,
    Value,
    Variable,
    options,
)

from .arguments import UNSET as UNSET
from .arguments import Given as Given
from .arguments import asked_dtype
from .arguments import bind as bind
from .arguments import category as category
from .arguments import constants as constants
from .arguments import dtype_argument as dtype_argument
from .arguments import dtype_of as dtype_of
from .arguments import misfit as misfit
from .arguments import plain_constant as plain_constant
from .casts import as_cast
from .names import root
from .numerics import numbers, numbers_singular
from .refusals import failures, fitting, oddities, refusing, unfit
from .refusals.protocols import IN_GRAPH
from .shapes import shapes, shapes_misfit, widths
from .tensorflow import lookups, parts

if TYPE_CHECKING:
    from .world import Libraries

OUTCOMES = {"flows": FLOWS, "none": NONE, "zero": ZERO, "detached": NONE, "raises": FLOWS, "unknown": ANYTHING}


def call_fact(
    world: Libraries, fact: Fact, args: Arguments, site: Site, *, name: str = "", word: Linearity | None = None
) -> Value:
    """The result of calling a function of which there is a fact; `word` says how it is linear, if that is known."""
    called = fact.kind == "function" or (fact.kind == "method" and isinstance(site.node, ast.Call))
    if called and misfit(fact.parameters, args) and not world.has_old_names:
        return unfollowed(world, args, site)
    given = bind(fact.parameters, args)
    if fact.kind == "function" and not positional(fact.name).isdisjoint(args.keywords):
        refusing.refuse(world, "TypeError", site, name or fact.name, list(given.values.values()))
        return world.run.opaque(site, given.values.values())
    effect = world.effect(fact, *constants(world, given))
    if word is not None:
        inputs = {n: replace(i, linearity=word) if i.outcome == "flows" else i for n, i in effect.inputs.items()}
        effect = replace(effect, inputs=inputs)
    error = unfit.refused(world, fact, effect, given) if fact.kind in ("function", "method", "operator") else ""
    if error and not world.is_symbolic(given.values.values()):
        nothing = world.run.opaque(site, given.values.values())
        if error == unfit.UNCLEAR:
            world.known.failing.add(nothing.node.id)
        else:
            refusing.refuse(world, error, site, name or fact.name, list(given.values.values()))
        return nothing
    if effect.error and root(fact.name) in sys.stdlib_module_names and not _error(world, effect, given):
        return detached(world, fact.name, args, site, "python", "")  # only that it refuses others is known
    if _error(world, effect, given) and _may_raise_another(world, fact, effect, given):
        nothing = world.run.opaque(site, given.values.values())
        world.known.failing.add(nothing.node.id)
        return nothing
    if fact.kind == "function":
        failures.note_operation(world, name or fact.name, given, effect.result.kind)
    made = answer(world, name or fact.name, effect, given, site)
    parts.hold(world, fact.name, given, made)
    result = [_nothing(world, name or fact.name, given, site)] if made == NO_VALUE else world.run.nodes_in(made)
    if unfit.perhaps_refused(world, fact, effect, given):
        world.known.refusing.update(node.id for node in result)
    may_fail = isinstance(made, (Data, Tuple, Many, Cell)) or made == NO_VALUE
    if unfit.is_given_text(world, fact, effect, given) or (may_fail and unfit.may_fail(world, fact, given)):
        world.known.failing.update(node.id for node in result)
        if shapes_misfit.is_refused_by_others(world, fact.name, given):
            world.known.refusing.update(node.id for node in result)
    doubt(world, fact, given, result)
    if isinstance(made, Data) and made.kind == "symbolic" and fact.kind == "function":
        world.made_of_symbols(made.node, Library(fact.name), args)
    return made


def doubt(world: Libraries, fact: Fact, given: Given, made: Iterable[Node]) -> None:
    """Note that what a call gave may be an exception, where it is given what no experiment was made with."""
    oddly = fitting.is_oddly_given(world, fact, given) or oddities.is_odd(world, fact, given)
    if oddly or fitting.is_unfit(world, fact, given):
        nodes = [node.id for node in made]
        world.known.failing.update(nodes)
        world.known.refusing.update(nodes if oddly else ())


NO_ARRAY = "NotImplementedError"
"""What a tensor of a graph raises where NumPy asks for an array."""


def _may_raise_another(world: Libraries, fact: Fact, effect: Effect, given: Given) -> bool:
    """Whether a call that was seen to raise has arguments for which it may raise something else, or nothing: it was
    tried with variables of floats.
    """
    refusing = effect.variable_error or effect.keras_variable_error
    variables = [o for v in given.values.values() for o in options(v) if isinstance(o, Variable)]
    if refusing and variables and all(each.dtype != "f" for each in variables):
        return True
    if unfit.perhaps_refused(world, fact, effect, given) or unfit.may_fail(world, fact, given):
        return True
    if fitting.is_oddly_set(world, fact, given) or fitting.is_given_untried(world, fact, given):
        return True
    makes_array = root(fact.name) == "numpy" and _error(world, effect, given) == NO_ARRAY
    if makes_array and not fitting.is_asked_for_ranks_first(fact):
        return False
    return fitting.is_of_refused_ranks(world, fact, given)


def _nothing(world: Libraries, name: str, given: Given, site: Site) -> Node:
    """A call that gave None, which stands for it where it may have raised instead."""
    behind = {node.id: node for value in given.values.values() for node in world.run.nodes_in(value)}
    with world.paused():
        node = world.run.node(name, [Edge(each, NONE) for each in behind.values()], site, kind="object", dtype="?")
    world.known.nothing.append(node)
    return node


def unfollowed(world: Libraries, args: Arguments, site: Site) -> Value:
    """What a call gives that ends the program in some versions of the library, and perhaps not in the program's."""
    world.run.lose_track(site)
    made = world.run.opaque(site, args.every())
    made.node.detail = MISSING
    return made


def without_fields(world: Libraries, args: Arguments, site: Site) -> Arguments:
    """A call that is handed `vars(x)`: TensorFlow goes through it as through a dict, here it is something unknown."""

    def seen(value: Value) -> Value:
        return world.run.opaque(site, [value.info]) if isinstance(value, Cell) and value.kind == "fields" else value

    if not any(isinstance(value, Cell) and value.kind == "fields" for value in args.every()):
        return args
    keywords = {name: seen(value) for name, value in args.keywords.items()}
    return Arguments([seen(value) for value in args.positional], keywords, args.rest, args.places)


def may_call_again(world: Libraries, args: Arguments, site: Site) -> None:
    """A library calls the functions that it is given as often as it likes: what they write elsewhere is not known."""
    if any(map(is_reaching_out, args.every())):
        world.run.lose_track(site)


def by_own_code(world: Libraries, given: Iterable[Value], site: Site) -> list[Edge]:
    """What a library may make with the project's functions, layers and objects that it is given to call: anything
    that they see."""
    every = [v for value in given for v in options(value)]
    code = [v for v in every if _to_call(world, v) or (isinstance(v, Cell) and v.kind == "instance")]
    if not code:
        return []
    world.run.escape(code)
    return [Edge(world.run.opaque(site, code).node, ANYTHING)]


def answer(world: Libraries, name: str, effect: Effect, given: Given, site: Site, extra: Sequence[Edge] = ()) -> Value:
    """An effect's result: nodes for what comes out, errors told."""
    given = as_cast(world, name, given, site)
    measured, effect = effect, numbers_singular.at_their_numbers(world, effect, given)
    error = _error(world, effect, given)
    if error:
        world.raised(error, site, name)
    if (
        effect.result.kind not in ("numpy", "python")
        and not name.startswith("operator ")
        and any(_to_call(world, v) for v in given.values.values())
    ):
        # Experiments call a function with what they hand over: what another one captured is not in them.
        return world.run.call_unknown(Library(name), Arguments(list(given.values.values())), site)
    with world.recorder.out_of_sight() if name == STOPS else nullcontext():
        own, failure = edges_of(world, effect.inputs, given, site)
    more = list(extra)
    if given.rest is not None and (node := world.run.node_of(given.rest, site)) is not None:
        more.append(Edge(node, ANYTHING if effect.result.kind == "tensor" else NONE))
    result = _value(world, name, effect, given, own, more, site, failure)
    numbers.judge(world, name, effect, given, result, site)
    if name in GIVES_BACK and isinstance(result, Data):
        world.known.same[result.node.id] = {e.node.id for e in result.node.edges if e.node.kind == "tensor"}
    if effect is not measured and (node := world.run.node_of(result, site)) is not None:
        world.known.failing.add(node.id)
    return result


STOPS = "tensorflow.stop_gradient"
"""Reads its argument while no tape records."""


PARTS = ("conj", "conjugate", "real")

GIVES_BACK = frozenset(
    [
        *("tensorflow.add_n", "tensorflow.math.accumulate_n", "tensorflow.nn.dropout"),
        *(f"keras.layers.{kind}Dropout" for kind in ("", "Gaussian", "Alpha")),
        *(f"keras.layers.SpatialDropout{rank}D" for rank in (1, 2, 3)),
        *("keras.layers.GaussianNoise", "keras.layers.Activation", "keras.layers.Identity"),
        "keras.layers.ActivityRegularization",
        *(f"keras.ops.{name}" for name in ("abs", "absolute", "moveaxis", "nan_to_num", "round", "stack", "trunc")),
        *(f"{of}.{name}" for of in ("keras.ops", "tensorflow.math", "tensorflow.experimental.numpy") for name in PARTS),
        *("tensorflow.round", "tensorflow.stack", "tensorflow.debugging.assert_all_finite", "Tensor.__copy__"),
        *("tensorflow.experimental.numpy.positive", "Tensor.__deepcopy__", "tensorflow.keras.backend.round"),
    ]
)
"""What gives back its argument, not something computed from it, where there is nothing to do."""


def _to_call(world: Libraries, value: Value) -> bool:
    """Whether a value is something to call, or a list of such."""
    if isinstance(value, Cell) and value.kind == "list":
        value = containers.stored(world.run, value)
    items = value.items if isinstance(value, Tuple) else (value,)
    return any(world.is_callable(item) for item in items)


def _error(world: Libraries, effect: Effect, given: Given) -> str:
    values = [o for v in given.values.values() for o in options(v)]
    if world.run.graph_mode and effect.graph_error and not effect.inputs and "self" not in given.values:
        return effect.graph_error  # which no tensor is needed for
    first = next((v for v in values if _is_symbolic(world, v)), None) if world.run.graph_mode else None
    if first is not None:
        if isinstance(first, Variable) and effect.graph_variable_error:
            return effect.graph_variable_error
        of_lists = effect.graph_error == IN_GRAPH and not any(map(_is_array, values))  # to iterate over one is no fault
        if effect.graph_error and not of_lists:
            return effect.graph_error
    refusing = effect.refusing_variables or given.values.keys()
    refused = [o for name in refusing for o in options(given.get(name))]
    if effect.variable_error and any(isinstance(v, Variable) and v.flavor == "tf" for v in refused):
        return effect.variable_error
    if effect.keras_variable_error and any(isinstance(v, Variable) and v.flavor == "keras" for v in values):
        return effect.keras_variable_error
    otherwise = world.run.graph_mode and any(known.graph_outcome for known in effect.inputs.values())
    if effect.error and not otherwise and any(_is_tensor(world, v) for v in values):
        return effect.error  # seen of tensors; of plain numbers nothing is known
    return ""


def _is_array_of_some(value: Value) -> bool:
    return isinstance(value, (Data, Variable)) and bool(value.shape)


def _is_array(value: Value) -> bool:
    return isinstance(value, (Data, Variable))


def _is_tensor(world: Libraries, value: Value) -> bool:
    return _holds_one(world, value, lambda v: isinstance(v, Data) and v.kind == "tensor")


def _is_symbolic(world: Libraries, value: Value) -> bool:
    return _holds_one(world, value, world.is_in_graph)


def _holds_one(world: Libraries, value: Value, test: Callable[[Value], bool]) -> bool:
    """Whether a value, or one that a list of it holds, is a variable or passes a test."""
    if isinstance(value, Many):
        return _holds_one(world, value.element, test)
    if isinstance(value, Tuple):
        return any(_holds_one(world, item, test) for item in value.items)
    if isinstance(value, Cell) and value.kind == "list":
        return _holds_one(world, containers.stored(world.run, value), test)
    return isinstance(value, Variable) or test(value)


def _side_by_side(world: Libraries, value: Value) -> Sequence[Value]:
    """The tensors of a list or of `*arguments`, each an input of its own; else the value itself."""
    items = containers.stored(world.run, value) if isinstance(value, Cell) and value.kind == "list" else value
    several = isinstance(items, Tuple) and 1 < len(items.items) <= MOST_INPUTS
    if several and isinstance(items, Tuple) and all(isinstance(item, (Data, Variable)) for item in items.items):
        return items.items
    return (value,)


MOST_INPUTS = 64


def edges_of(world: Libraries, inputs: Mapping[str, Input], given: Given, site: Site) -> tuple[list[Edge], str]:
    """The edges of an operation from its arguments, and the error that a gradient through it raises."""
    edges: list[Edge] = []
    failure = ""
    for name, value in ((name, part) for name, whole in given.values.items() for part in _side_by_side(world, whole)):
        node = world.run.node_of(value, site)
        if node is None:
            continue
        known = inputs.get(name)
        if known is None:
            edges.append(Edge(node, ANYTHING, "other", given.places.get(name)))
            continue
        outcome = _outcome(world, known, value)
        if outcome in (NONE, ZERO) and known.outcome in ("none", "zero") and dtype_of(world, value) == "c":
            outcome = ANYTHING  # facts are about real numbers
        if known.outcome == "raises" and dtype_of(world, value) in WITHOUT_GRADIENT:
            outcome = NONE
        elif known.outcome == "raises":
            failure = known.error or "LookupError"
        again = known.again_error or ("none" if known.again_outcome == "none" else "")
        real = known.linearity in ("linear", "bilinear") or dtype_of(world, value) != "c"
        edges.append(Edge(node, outcome, known.linearity if real else "unclear", given.places.get(name), again))
    return edges, failure


WITHOUT_GRADIENT = ("i", "b", "s")
"""The dtypes of what no operation is recorded for."""


def _outcome(world: Libraries, known: Input, value: Value) -> int:
    found = 0
    for option in options(value):
        word = known.outcome
        if isinstance(option, Variable):
            word = (known.variable_outcome if option.flavor == "tf" else known.keras_variable_outcome) or word
        if world.run.graph_mode and known.graph_outcome:
            word = known.graph_outcome
        found |= OUTCOMES[word]
    return found or FLOWS


def _value(
    world: Libraries, name: str, effect: Effect, given: Given, own: Sequence[Edge], more: Sequence[Edge], site: Site,
    failure: str,
) -> Value:  # fmt: skip
    """What comes out; `own` are the edges from the arguments, `more` others, which lead to each part of a tuple too."""
    result = effect.result
    if result.kind == "none":
        return nothing(world, name, site)
    if result.kind == "tuple" and result.parts:
        parts = [
            _part(world, name, part, given, more, site, failure) if part is not None else world.run.opaque(site)
            for part in result.parts
        ]
        for word, part in zip(result.names, parts, strict=False):
            if isinstance(part, Data):
                world.known.parts[part.node.id] = word
        return Tuple(tuple(parts), result.names)
    edges = [*own, *more]
    if result.kind == "object" and _holds(name):
        return world.run.opaque(site, given.values.values(), hint=name)
    if result.kind in ("object", "variable"):
        node = world.run.node(
            name, [Edge(e.node, NONE, "other", e.argument) for e in edges], site, kind="object", dtype="?"
        )
        return Opaque(node, name)
    made = make_data(world, name, effect, given, edges, site, failure)
    return Many(made) if result.kind == "tuple" else made


def nothing(world: Libraries, name: str, site: Site) -> Value:
    """None; of a function of TensorFlow's in a graph an operation, or None."""
    in_graph = world.run.graph_mode and name.startswith("tensorflow.")
    return world.inert(name, Arguments([]), site) if in_graph else NO_VALUE


def _holds(name: str) -> bool:
    """Whether an object keeps the tensors that it was made from: one of a class, an iterator, a reference."""
    last = name.rpartition(".")[2]
    return last[:1].isupper() or last in ("__iter__", "ref", "experimental_ref")


def _part(
    world: Libraries, name: str, effect: Effect, given: Given, more: Sequence[Edge], site: Site, failure: str
) -> Value:
    """One part of a tuple that comes out."""
    own, raised = edges_of(world, effect.inputs, given, site)
    return _value(world, name, effect, given, own, more, site, raised or failure)


def make_data(
    world: Libraries, name: str, effect: Effect, given: Given, edges: Sequence[Edge], site: Site, failure: str = ""
) -> Value:
    """A number or array that comes out, as a value with its node."""
    result = effect.result
    dtype = result_dtype(world, name, effect, given)
    if dtype in "ib" and given.get("dtype") in (UNBOUND, NO_VALUE) and _is_float(world, name, effect, given):
        dtype = "f"
    if dtype == "b" and result.dtype == "same" and asked_dtype(name, given) in (UNBOUND, NO_VALUE):
        dtype = made_of_truths(name)
    if dtype == "c" and world.facts.makes_reals(name):
        dtype = "f"
    if name in COPYING:
        dtype = dtype_of(world, given.get("self")) or dtype
    if failure and dtype in "ib":
        dtype = _dtype_that_raises(world, effect, given) or dtype
    kind = result.kind if result.kind in ("tensor", "numpy", "python") else "tensor"
    if kind == "tensor" and name.startswith("numpy.") and not any(_is_tensor(world, v) for v in given.values.values()):
        kind = "numpy"
    if kind == "python" and name.startswith("numpy.random.") and _draws_many(given):
        kind = "numpy"
    if dtype in "fc":  # numbers without a gradient were converted
        edges = [e._replace(outcome=NONE) if e.node.dtype in WITHOUT_GRADIENT else e for e in edges]
    if kind != "tensor":
        edges = [Edge(e.node, NONE, e.linearity, e.argument) if e.node.kind == "tensor" else e for e in edges]
    trained = {n: known for n, known in effect.inputs.items() if dtype_of(world, given.get(n)) not in WITHOUT_GRADIENT}
    as_target = next((known.target_error for known in trained.values() if known.target_error), "")
    node = world.run.node(
        name,
        edges,
        site,
        dtype=dtype,
        kind=kind,
        error=failure,
        declared=result.recorded or bool(failure or as_target) or any(e.outcome & FLOWS for e in edges),
    )
    node.error_as_target = as_target
    node.as_target = _edges_of_target(world, effect, given, edges)
    lookups.mark(world, name, given, node)
    shape = shapes.of_call(world, name, given)
    bounds = numbers.bounds(world, name, effect, given, node, dtype)
    symbolic = kind == "tensor" and world.is_symbolic(given.values.values())
    width = widths.of_call(world, name, effect, given, dtype)
    return Data(node, "symbolic" if symbolic else kind, dtype, shape, bounds, width)


def _draws_many(given: Given) -> bool:
    """Whether NumPy draws, or may draw, an array: one of a size, or a number for each of an array's."""
    sized = given.get("size") not in (UNBOUND, NO_VALUE) or given.rest is not None
    return sized or any(map(_is_array_of_some, given.values.values()))


COPYING = ("ndarray.item", "ndarray.tolist")
"""What gives the numbers of an array to Python as they are."""

COUNTING = ("tensorflow.range", "numpy.arange", "keras.ops.arange")
"""What counts in floats where one of its numbers is a float."""


def _is_float(world: Libraries, name: str, effect: Effect, given: Given) -> bool:
    """Whether a function gives floats, whatever it is given."""
    if name in COUNTING:
        return any(dtype_of(world, value) == "f" for value in given.values.values())
    return world.facts.makes_floats(name, effect.experiment)


def _edges_of_target(
    world: Libraries, effect: Effect, given: Given, edges: Sequence[Edge]
) -> tuple[Edge, ...]:
    """The edges of a result that is itself the target, where they are others: integer results are seen otherwise."""
    words = {}
    for name, known in effect.inputs.items():
        graph = world.run.graph_mode and known.graph_outcome
        if word := known.graph_target_outcome if graph else known.target_outcome:
            words[id(given.places.get(name))] = word
    if not words:
        return ()
    alone = next(iter(words.values())) if len(words) == 1 else None
    return tuple(
        edge._replace(outcome=_of_target(edge, word)) if (word := words.get(id(edge.argument), alone)) else edge
        for edge in edges
    )


def _of_target(edge: Edge, word: str) -> int:
    """The outcome of an edge of a target; zeros were seen for floats only, and exceptions."""
    if word == "raises" and edge.node.dtype in WITHOUT_GRADIENT:
        return NONE
    return ANYTHING if word == "zero" and edge.node.dtype != "f" else OUTCOMES[word]


def _dtype_that_raises(world: Libraries, effect: Effect, given: Given) -> str:
    """The dtype of the arguments whose gradient raises: only a result of that dtype can be asked for it."""
    names = [name for name, known in effect.inputs.items() if known.outcome == "raises" and name in given.values]
    return next((d for name in names if (d := dtype_of(world, given.values[name]))), "")


def result_dtype(world: Libraries, name: str, effect: Effect, given: Given) -> str:
    """The category of what comes out."""
    result, asked = effect.result, asked_dtype(name, given)
    if asked is UNBOUND and given.rest is not None:
        return "?"  # it may be among what is unpacked
    if result.dtype == "argument" or asked not in (UNBOUND, NO_VALUE):
        return dtype_argument(asked)
    if result.dtype != "same":
        return category(result.dtype)
    for wanted in (("flows", "zero", "raises", "unknown"), ("detached",), ("none",)):
        names = [n for n, known in effect.inputs.items() if known.outcome in wanted and n in given.values]
        found = [d for n in names if (d := dtype_of(world, given.values[n]))]
        if found:
            return next((letter for letter in "cf?ibs" if letter in found), "f")
        if any(unfit.is_text(world, given.values[n]) for n in names):
            return "s"
    return "f"


def detached(world: Libraries, name: str, args: Arguments, site: Site, kind: str = "numpy", dtype: str = "f") -> Data:
    """A call into a library that knows no tensors: what comes out has left the tape."""
    edges = []
    given: list[tuple[int | str, Value]] = [*enumerate(args.positional), *args.keywords.items()]
    for key, value in given:
        node = world.run.node_of(value, site)
        if node is not None:
            edges.append(Edge(node, NONE, "other", args.places.get(key)))
    return Data(world.run.node(name, edges, site, dtype=dtype, kind=kind), kind, dtype)


def tensor_like(world: Libraries, value: Value, node: Node) -> Data:
    """A tensor of the form and the numbers of a value, whose gradient may be another: it is not known as the same."""
    shape, bounds = getattr(value, "shape", None), getattr(value, "range", None)
    if isinstance(bounds, Range) and bounds.key is not None:
        bounds = replace(bounds, key=world.known.key("node", node.id), rows=None)
    return Data(node, "tensor", node.dtype, shape, bounds, widths.of(world, value))
