"""Functions with a gradient function of their own: `tf.custom_gradient`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from tapelint.flow import containers
from tapelint.flow.core import ENDED, ENDED_BY, Arguments
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import CARRIES_NOTHING, REFUSES_ROWS, SURE, UPSTREAM, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.state import Delta
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    Wrapped,
    options,
)
from tapelint.source import last_name

from .. import apply, natures
from ..registry import Registry
from ..shapes import widths
from ..structures import flattened
from ..world import Libraries
from . import gradient_functions
from .gradient_functions import made_of
from .graphs import symbolic_arguments
from .traces import logged


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions["tensorflow.custom_gradient"] = _custom_gradient
    registry.functions["keras.ops.custom_gradient"] = _custom_gradient
    registry.calls["tensorflow.custom_gradient"] = _call


@dataclass(slots=True)
class _Call:
    """A call that is followed: its inputs, leaf by leaf, and the variables that the function takes from around it.

    `certain`: whether it is clear which these are, and how many inputs there are. `followed`: whether all that the
    function does is known. `first`: the number of nodes there were before the call.
    `found`: the names, items and attributes that the gradient function reads, as they are when the function is called.
    """

    site: Site
    first: int
    inputs: list[Value]
    nodes: list[Node | None]
    hidden: list[Variable]
    certain: bool
    followed: bool
    backward: Value
    upstream: list[Data]
    found: Delta = field(default_factory=dict)


@dataclass(slots=True)
class _Given:
    """What a gradient function gives: a gradient for each input, and for each variable; None where nobody can tell.

    `error`: what is raised when it is asked, "?" in front where it may be; `why`, in words.
    """

    inputs: list[Value] | None = None
    variables: list[Value] | None = None
    error: str = ""
    why: str = ""


def _custom_gradient(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "f")
    return (
        Wrapped("tensorflow.custom_gradient", function, (), world.run.uid())
        if function is not UNBOUND
        else Library("tensorflow.custom_gradient")
    )


def _call(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, with the gradients that its gradient function gives."""
    assert isinstance(callee, Wrapped)
    run = world.run
    if run.graph_mode and args.keywords:
        world.raised("ValueError", site, "tensorflow.custom_gradient keywords")
    args = as_handed(world, args, site)
    counted, _ = without_object(callee.function, args, site)
    refused = refused_argument(world, counted)
    if refused and run.graph_mode:
        world.raised(refused, site, "tensorflow.custom_gradient argument")
    first = len(run.graph.nodes)
    with symbolic(world, args), world.recorder.collecting() as used:
        made = containers.sequence(run, run.call(callee.function, args, site))
        sure = world.recorder.surely_read()
    if not (isinstance(made, Tuple) and len(made.items) == 2):
        return run.opaque(site, args.every())
    value, backward = made.items
    if isinstance(callee.function, Wrapped) and callee.function.kind == "tensorflow.function":
        world.raised("TypeError", site, "tensorflow.custom_gradient graph")  # a graph gives no functions
    results, inputs = flattened(world, value), flattened(world, Tuple(tuple(counted.positional)))
    if results is None or inputs is None:
        return run.opaque(site, args.every())
    followed = not any(node.opaque for node in run.graph.nodes[first:])
    call = _Call(
        site, first, inputs, [run.node_of(v, site) for v in inputs], [], args.rest is None, followed, backward,
        [_upstream(world, each, site) for each in results],
    )  # fmt: skip
    captured = _captured(call, run.graph.nodes[first:], used, sure, _passed(world, counted))
    if call.hidden and _takes_variables(backward) is False:
        world.recorder.note("custom gradient", Tuple((backward, Const("variables"), Const("none"))), site)
        world.raised("TypeError", site, "tensorflow.custom_gradient")
    if refused and not run.graph_mode:  # only now its arguments become tensors
        world.raised(refused, site, "tensorflow.custom_gradient argument")
    given, read = _given(world, call)
    if given.error and not call.followed:
        given.error = "?" + given.error.removeprefix("?")
    if given.error and not given.error.startswith("?"):
        count = Const(len(inputs)), Const(len(given.inputs or ()))
        world.recorder.note("custom gradient", Tuple((backward, *count, Const(given.why))), site)
    for variable in used:
        world.use(variable, site)
    edges = [_edges(world, call, given, captured, number) for number in range(len(results))]
    known = how_known(world, [edge for row in edges for edge in row], site)
    if known == UNKNOWN:
        return as_it_is(world, value, site)
    if known == DOUBTFUL:
        inner = made_of(world, value, first)
        more = [Edge(node, ANYTHING) for node, _ in inner if node not in call.nodes]
        edges = [[*row, *(edge for edge in more if edge.node not in [e.node for e in row])] for row in edges]
    return _finished(world, call, value, edges, given.error, read)


KNOWN, DOUBTFUL, UNKNOWN = range(3)


def how_known(world: Libraries, edges: Sequence[Edge], site: Site) -> int:
    """Whether the tapes that record now know an input of a function. Outside of a graph those that know none have what
    the function computes itself, as they record that, too.
    """
    probe = world.run.node("custom gradient", edges, site)
    if world.run.graph_mode or all(probe.recorded.get(rec) == SURE for rec in probe.active):
        return KNOWN
    return DOUBTFUL if probe.recorded else UNKNOWN


def as_it_is(world: Libraries, value: Value, site: Site) -> Value:
    """Copies of the tensors in a value."""
    nodes = iter([world.run.node_of(leaf, site) for leaf in flattened(world, value) or ()])

    def edges() -> list[Edge]:
        node = next(nodes)
        return [Edge(node, FLOWS, "linear")] if node is not None else []

    return result_like(world, value, edges, "", site, "tensorflow.identity")


def _finished(
    world: Libraries, call: _Call, value: Value, edges: list[list[Edge]], error: str, read: Sequence[Variable]
) -> Value:
    """The results, and what there is to know of the operation that each comes from."""
    numbers = iter(range(len(edges)))
    result = result_like(world, value, lambda: edges[next(numbers)], error, call.site)
    place = _return_place(world, call.backward)
    upstream = [each.node for each in call.upstream]
    beside = () if world.run.graph_mode else ("numpy",)  # in a graph arrays that are given are tensors
    arithmetic = any(_is_plain_arithmetic(node, upstream, beside) for node in world.run.graph.nodes[call.first :])
    for part in flattened(world, result) or ():
        if isinstance(part, Data):
            if part.node.dtype in CARRIES_NOTHING and not world.run.graph_mode:
                part.node.as_target = tuple(e if e.again else e._replace(outcome=ANYTHING) for e in part.node.edges)
            part.node.blame = place
            world.found_on_the_way_back[part.node.id] = call.found
            part.node.detail = REFUSES_ROWS if arithmetic else ""
            if read:
                world.read_on_the_way_back[part.node.id] = tuple(read)
    return result


# -- what it is called with


def _is_bound(function: Value, args: Arguments, site: Site) -> bool:
    """Whether the first argument is the object, or the class, of which the function is a method."""
    first, node = args.positional[0] if args.positional else UNBOUND, site.node
    if not (isinstance(first, Class) or (isinstance(first, Cell) and first.kind not in ("list", "dict", "set"))):
        return False
    if isinstance(node, ast.Call) and last_name(node.func) == getattr(function, "name", ""):
        starred = any(isinstance(arg, ast.Starred) for arg in node.args)
        return starred or len(args.positional) > len(node.args)
    return True


def without_object(function: Value, args: Arguments, site: Site) -> tuple[Arguments, list[Value]]:
    """The arguments that count, and before them the object of which the function is a method."""
    return (args.after(1), args.positional[:1]) if _is_bound(function, args, site) else (args, [])


def refused_argument(world: Libraries, args: Arguments) -> str:
    """The exception for an argument that no tensor can be made of, "" where there is none."""
    leaves = [leaf for value in args.positional for leaf in flattened(world, value) or ()]
    if NO_VALUE in leaves:
        return "ValueError"
    plain = (Function, Bound, Wrapped, Class, Library, Cell)
    if any(isinstance(leaf, plain) and natures.nature(leaf) in ("plain", "dtyped") for leaf in leaves):
        return "TypeError" if world.run.graph_mode else "ValueError"
    return ""


def as_handed(world: Libraries, args: Arguments, site: Site) -> Arguments:
    """The arguments as the function gets them: in a graph tensors in place of variables."""
    if not world.run.graph_mode:
        return args

    def read(value: Value) -> Value:
        if not isinstance(value, Variable):
            return value
        return Data(world.use(value, site), "tensor", value.dtype, value.shape, width=widths.of(world, value))

    return replace(args, positional=[containers.rebuilt(world.run, value, read) for value in args.positional])


def symbolic(world: Libraries, args: Arguments) -> AbstractContextManager[None]:
    """While it lasts a graph's arguments have no numbers."""
    return symbolic_arguments(world, args.positional if world.run.graph_mode else [])


def _passed(world: Libraries, args: Arguments) -> list[Variable]:
    """The variables that TensorFlow sees among the arguments, or may see; those of Keras it does not know again."""
    leaves = [one for value in args.every() for leaf in flattened(world, value) or () for one in options(leaf)]
    return [v for v in leaves if isinstance(v, Variable) and v.flavor == "tf"]


def _captured(
    call: _Call, nodes: Sequence[Node], used: Sequence[Variable], sure: Set[int], passed: Sequence[Variable]
) -> dict[int, Node]:
    """Find the variables that the function takes from around it; what else it took that may be one.

    sure: the nodes of the variables `used` that it surely reads.
    """
    captured = {e.node.id: e.node for n in nodes for e in n.edges if e.node.kind == "variable"}
    others = dict(captured)
    for variable in used:
        others.pop(variable.node.id, None)
        if variable in passed or variable.trainable is False:
            continue
        call.hidden.append(variable)
        call.certain = call.certain and variable.trainable is True and variable.node.id in sure
    for node in call.nodes:
        if node is not None:
            others.pop(node.id, None)
    for variable in passed:
        others.pop(variable.node.id, None)
    call.certain = call.certain and (call.followed or bool(call.hidden))
    if not call.certain:
        others.update((v.node.id, v.node) for v in call.hidden)
        call.hidden = []
    return others


# -- what its gradient function gives


def _upstream(world: Libraries, result: Value, site: Site) -> Data:
    """What comes down to one of the results."""
    node = world.run.node(UPSTREAM, [], site, dtype="f")
    return Data(node, "tensor", "f", getattr(result, "shape", None), None, widths.of(world, result))


def _given(world: Libraries, call: _Call) -> tuple[_Given, list[Variable]]:
    """What the gradient function returns, and the variables that it reads."""
    run, takes = world.run, _takes_variables(call.backward)
    more: dict[str, Value] = {}
    if call.hidden:
        inner = tuple(replace(v, flavor="tf") for v in call.hidden)  # of one of Keras, what lies in it
        more["variables"] = containers.make_list(run, Tuple(inner))
    elif takes and not call.certain:
        more["variables"] = Many(run.opaque(call.site))
    asked = Arguments(list(call.upstream), more)
    if run.misfits(call.backward, asked):
        return _Given(error="TypeError", why="the gradient function cannot be called with what comes down to it"), []
    world.on_the_way_back += 1
    before = [run.state.get(key) for key in (ENDED, ENDED_BY)]
    with world.paused(), world.recorder.collecting() as read:
        made, call.found, changed = logged(world, lambda: run.call(call.backward, asked, call.site))
    world.on_the_way_back -= 1
    if (error := run.ended()) and before[0] is UNBOUND:
        for key, value in zip((ENDED, ENDED_BY), before, strict=True):  # it is raised when the gradient is asked for
            run.state.set(key, value)
        return _Given(error=error, why="the gradient function raises an exception"), list(read)
    if changed:
        run.lose_track()  # as often as the gradient is asked for
    if takes is None or not call.certain:
        plain = takes is False and not isinstance(made, (Many, Opaque))
        return (_counted(world, call, made, None) if plain else _Given()), list(read)
    if not call.hidden:
        return _counted(world, call, made, None), list(read)
    pair = containers.sequence(run, made)
    if not isinstance(pair, Tuple):
        error = "?ValueError" if isinstance(made, (Data, Variable, OneOf)) else "TypeError" if made == NO_VALUE else ""
        return _Given(error=error, why="no gradients of the variables are returned"), list(read)
    if len(pair.items) != 2:
        return _Given(error="ValueError", why="no gradients of the variables are returned"), list(read)
    return _counted(world, call, pair.items[0], pair.items[1]), list(read)


def _counted(world: Libraries, call: _Call, of_inputs: Value, of_variables: Value | None) -> _Given:
    """The gradients one by one, and what is wrong with their number."""
    given = _Given(flattened(world, of_inputs), [] if of_variables is None else None)
    if given.inputs is not None and any(isinstance(each, (Many, Opaque)) for each in given.inputs):
        given.inputs = given.inputs if len(given.inputs) == len(call.inputs) > 1 else None
    late = ""
    if of_variables is not None:
        found = containers.sequence(world.run, of_variables)
        given.variables = list(found.items) if isinstance(found, Tuple) else None
        if given.variables is not None and len(given.variables) != len(call.hidden):
            given.error = "ValueError"
            given.why = f"it returns {len(given.variables)} gradients for {len(call.hidden)} variables"
            return given
        if isinstance(of_variables, (Data, Variable)) or of_variables == NO_VALUE:
            lengthless = of_variables == NO_VALUE or getattr(of_variables, "shape", None) == ()
            given.error = "TypeError" if lengthless else "?TypeError"
            given.why = "the gradients of the variables are no list"
            return given
        late = "TypeError" if isinstance(of_variables, Tuple) or containers.is_dict(of_variables) else ""
    wrong = given.inputs is not None and len(given.inputs) != len(call.inputs)
    if wrong and any(isinstance(each, (Opaque, OneOf, Many)) for each in call.inputs):
        given.inputs, wrong = None, False  # which may be several
    graph = world.run.graph_mode
    if wrong and not (late and graph):
        direct = graph == 1 and not world.run.staged_in  # no graph within the function's graph
        given.error = "InternalError" if direct else "ValueError"
    elif late:
        given.error, given.why = late, "the gradients of the variables are no list"
    elif given.inputs is not None and graph and _is_reshaped(given.inputs, call.inputs):
        given.error = "?ValueError"
    elif any(widths.unlike(world, g, i) for g, i in zip(given.inputs or (), call.inputs, strict=False)):
        given.error = "?InvalidArgumentError"  # of what comes next on the way
    return given


def _is_reshaped(gradients: Sequence[Value], inputs: Sequence[Value]) -> bool:
    """Whether a gradient has another shape than its input, which some graphs find out."""
    shapes = [(getattr(g, "shape", None), getattr(i, "shape", None)) for g, i in zip(gradients, inputs, strict=False)]
    return any(a is not None and b is not None and None not in (*a, *b) and a != b for a, b in shapes)


def _takes_variables(backward: Value) -> bool | None:
    """Whether a gradient function has a parameter for the variables that were captured; None if it cannot be seen."""
    inner = backward.function if isinstance(backward, (Bound, Wrapped)) else backward
    if not isinstance(inner, Function):
        return None
    spec = inner.node.args
    return spec.kwarg is not None or any(a.arg == "variables" for a in (*spec.args, *spec.kwonlyargs))


# -- the edges


def _edges(world: Libraries, call: _Call, given: _Given, captured: dict[int, Node], number: int) -> list[Edge]:
    """From each input and each variable to one of the results."""
    edges = []
    for index, node in enumerate(call.nodes):
        if node is None:
            continue
        if given.inputs is None or index >= len(given.inputs):
            edges.append(Edge(node, ANYTHING if given.inputs is None else FLOWS))
        else:
            edges.append(_edge(world, call, node, given.inputs[index], number))
            if edges[-1].outcome == NONE and world.run.graph_mode and _is_kept(world, node, given.inputs, call.first):
                edges[-1] = edges[-1]._replace(outcome=NONE | ZERO | IGNORANT)
    if given.variables and len(given.variables) == len(call.hidden):
        found = [_edge(world, call, v.node, g, number) for v, g in zip(call.hidden, given.variables, strict=True)]
        mixed = len({edge.outcome for edge in found}) > 1  # nobody knows the order of the variables
        edges += [Edge(edge.node, ANYTHING) for edge in found] if mixed else found
    else:
        edges += [Edge(variable.node, ANYTHING) for variable in call.hidden]
    return edges + [Edge(node, ANYTHING) for _, node in sorted(captured.items())]


def _edge(world: Libraries, call: _Call, node: Node, gradient: Value, number: int) -> Edge:
    """The way of a gradient from the result of a number to an input; the other results have zeros come down."""
    leaves = made_of(world, gradient, call.first, every=True)
    upstream = [each.node for each in call.upstream]
    own = tuple((n, how) for n, how in leaves if n not in upstream)
    met = {upstream.index(n) for n, how in leaves if n in upstream and how != NONE}
    outcome = gradient_functions.outcome_of(gradient)
    afresh = 0
    if outcome & FLOWS:
        afresh = gradient_functions.of_zeros(world, gradient, call.first) if outcome == FLOWS else ANYTHING
    if met and number not in met and outcome == FLOWS:
        outcome = afresh
    return Edge(node, outcome, "other", None, "" if met else "none", own, 0 if afresh == ZERO else afresh)


def _is_kept(world: Libraries, node: Node, gradients: Sequence[Value], first: int) -> bool:
    """Whether a gradient needs an input: under two tapes a graph gives it out, and zeros come back for it."""
    return any(node is leaf for gradient in gradients for leaf, _ in made_of(world, gradient, first))


def _is_plain_arithmetic(node: Node, upstream: Sequence[Node], beside: Collection[str]) -> bool:
    """Whether Python combines what comes from above with itself, a plain number or something of these kinds:
    `IndexedSlices` cannot do it.
    """
    if not node.op.startswith(("operator ", "builtins.")) or node.op == "operator unary -":
        return False
    others = [edge.node for edge in node.edges if edge.node not in upstream]
    return len(others) < len(node.edges) and all(other.kind in beside for other in others)


def _return_place(world: Libraries, backward: Value) -> Site | None:
    """The one `return` of a gradient function; what a lambda gives; the whole function where it returns nothing."""
    while isinstance(backward, (Wrapped, Bound)):
        backward = backward.function
    if not isinstance(backward, Function):
        return None
    source = world.run.source_of(backward)
    if isinstance(backward.node, ast.Lambda):
        return Site(source, backward.node.body)
    found = [n for n in own_nodes(backward.node) if isinstance(n, ast.Return)]
    return Site(source, found[0] if found else backward.node) if len(found) < 2 else None


def result_like(
    world: Libraries, value: Value, edges: Callable[[], list[Edge]], error: str, site: Site, op: str = "custom gradient"
) -> Value:
    """Tensors in the structure of a value, each with edges of its own, in the order of `flattened`."""
    run = world.run
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(run, value) or []
        order = sorted(known, key=lambda pair: str(getattr(pair[0], "value", "")))
        made = {key: result_like(world, item, edges, error, site, op) for key, item in order}
        return containers.make_dict(run, [(key, made[key]) for key, _ in known])
    if isinstance(value, Tuple):
        return Tuple(tuple(result_like(world, item, edges, error, site, op) for item in value.items), value.names)
    if isinstance(value, Cell) and isinstance(items := containers.sequence(run, value), Tuple):
        return containers.make_list(run, result_like(world, items, edges, error, site, op))
    dtype = apply.dtype_of(world, value) or "f"
    node = run.node(op, edges(), site, dtype=dtype, error=error)
    return apply.tensor_like(world, value, node)
