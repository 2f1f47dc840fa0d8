"""TensorFlow's control flow: `tf.function`, `tf.cond`, loops; and Python's own that AutoGraph turns into it.

In eager code they only run Python. In a graph each becomes one operation with all that it captured as inputs; what
comes out of one, `staging` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Class,
    Const,
    Data,
    Flag,
    Function,
    Library,
    Many,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

from ..arguments import category
from ..keras.symbols import is_symbol
from ..numerics import numbers
from ..numpy import arrays
from ..registry import Registry
from ..structures import flattened
from ..world import Libraries
from . import signatures, singletons
from .staging import (
    from_function,
    staged,
    staged_branch,
    staged_loop,
    staged_value,
    together,
)
from .traces import TRACES, done_some_times, repeated

COPIED_ARGUMENT = "tensorflow.function argument"
"""A variable that a graph function was handed, and sees as a plain tensor."""

EAGERLY = (0, "functions run eagerly")
"""Where the state says that calls of a `tf.function` are plain calls, or may be."""


def register(registry: Registry) -> None:
    """Add the handlers."""
    functions = {
        "function": _function, "cond": _cond, "switch_case": _switch_case, "case": _case,
        "autograph.experimental.do_not_convert": _do_not_convert,
    }  # fmt: skip
    registry.functions.update({f"tensorflow.{name}": handler for name, handler in functions.items()})
    registry.functions["keras.ops.cond"] = _keras_cond
    registry.staged, registry.staged_value = staged, staged_value
    registry.staged_branch, registry.staged_loop = staged_branch, staged_loop
    registry.calls["tensorflow.function"] = call_graph_function
    registry.calls["tensorflow.do_not_convert"] = _call_unconverted
    for name in ("run_functions_eagerly", "experimental_run_functions_eagerly"):
        registry.functions[f"tensorflow.config.{name}"] = _run_eagerly
    registry.functions["tensorflow.executing_eagerly"] = lambda world, args, site: Const(not world.run.graph_mode)
    registry.functions["tensorflow.gradients"] = _gradients
    registry.functions["tensorflow.init_scope"] = lambda world, args, site: Cell(world.run.uid(), "init scope", [])
    registry.enters["init scope"] = _enter_init_scope
    registry.leaves["init scope"] = _leave_init_scope
    registry.methods[("tensorflow.function", "python_function")] = lambda world, base, args, site: (
        world.run.call(base.function, args, site) if isinstance(base, Wrapped) else world.run.opaque(site, [base])
    )
    registry.functions["tensorflow.autograph.to_graph"] = lambda world, args, site: args.get(0, "entity")


def _gradients(world: Libraries, args: Arguments, site: Site) -> Value:
    """`tf.gradients`, which there is in graphs only."""
    if not world.run.graph_mode and not world.has_old_names:
        world.raised("RuntimeError", site, "tensorflow.gradients")
    return world.run.call_unknown(Library("tensorflow.gradients"), args, site)


# -- tf.function


def _function(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "func")
    if function in (UNBOUND, NO_VALUE):
        return Partial(Library("tensorflow.function"), (), tuple(args.keywords.items()))
    options = tuple((k, v) for k, v in args.keywords.items())
    made = Wrapped("tensorflow.function", function, options, world.run.uid())
    world.run.state.set((made.uid, TRACES), Tuple(()))
    return made


def call_graph_function(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    run = world.run
    if (told := run.state.get(EAGERLY)) is not UNBOUND:
        if told == Flag(False):
            ways = [Flag(True), UNBOUND]
            return run.on_each_way(EAGERLY, ways, lambda: call_graph_function(world, callee, args, site), site)
        return run.call(callee.function, args, site)
    if any(is_symbol(world, value) for value in args.every()):
        world.raised("ValueError", site, "tensorflow.function")
    for handed in args.every():
        if isinstance(handed, Variable):
            world.use(handed, site)  # a tape watches what it sees handed over, whether it is read or not
    if run.graph_mode:  # the graph around it takes all that it hands over, used or not
        run.graph.add("call", [Edge(n, NONE) for value in args.every() for n in run.nodes_in(value)], site)
    autograph = dict(callee.options).get("autograph", Const(True))
    outer, run.no_autograph = run.no_autograph, int(autograph == Const(False))
    run.graph_mode += 1
    first = len(run.graph.nodes)
    try:
        signed = is_signed(callee)
        traced = _traced(world, signatures.bound(world, callee, args, site) if signed else args, site, signed)
        signatures.mark(world, callee, traced)
        _refuse_sets(world, traced.every(), site)
        held = dict(_containers(world, traced.every()))

        def body() -> Value:
            made = run.call(callee.function, traced, site)
            _refuse_changes(world, held, made, site)
            return made

        with symbolic_arguments(world, traced.every()), _leaving_converted(world):
            made = repeated(world, callee, args, signed, body)
    finally:
        run.graph_mode -= 1
        run.no_autograph = outer
    if any(map(_is_no_result, flattened(world, made) or ())):
        world.raised("TypeError", site, "tensorflow.function")
    result = from_function(world, made, site)
    given = {node.id for node in run.nodes_in(result)}
    depth = run.graph_depth
    world.known.left_in_graph |= {n.id for n in run.graph.nodes[first:] if _stays(n, depth) and n.id not in given}
    return result


def _containers(world: Libraries, values: Iterable[Value], depth: int = 0) -> Iterator[tuple[Cell, Value]]:
    """The lists and dicts that a graph function is handed, those in them too, with what they hold."""
    for value in values if depth < DEEPEST else ():
        held = value
        if isinstance(value, Cell) and value.kind in ("list", "dict") and value.info is None:
            held = world.run.state.looked_at((value.uid, "items"))
            yield value, held
        if isinstance(held, Tuple):
            yield from _containers(world, held.items, depth + 1)


DEEPEST = 5
"""So deep lists and dicts lie in each other."""


def _refuse_changes(world: Libraries, held: Mapping[Cell, Value], made: Value, site: Site) -> None:
    """A graph function must leave the lists and dicts as they are that it is handed, copies of those of its caller."""
    if world.run.ended():
        return
    pairs = [(before, world.run.state.looked_at((cell.uid, "items"))) for cell, before in held.items()]
    if any(_is_another(before, now) for before, now in pairs):
        world.raised("ValueError", site, CHANGED)
    elif any(before != now for before, now in pairs):
        world.known.refusing.update(node.id for node in world.run.nodes_in(made))


CHANGED = "argument changed"
"""The call that this exception is noted under."""


def _is_another(before: Value, now: Value) -> bool:
    """Whether what a container holds is certainly not what it held."""
    if not (isinstance(before, Tuple) and isinstance(now, Tuple)):
        return False
    if len(before.items) != len(now.items):
        return True
    return any(
        _is_another(a, b) if isinstance(a, Tuple) and isinstance(b, Tuple) else _are_others(a, b)
        for a, b in zip(before.items, now.items, strict=True)
    )


def _are_others(one: Value, other: Value) -> bool:
    """Whether two values are certainly not the same object."""
    if one == other or not all(isinstance(v, (Const, Data, Variable)) for v in (one, other)):
        return False
    nodes = [v.node for v in (one, other) if isinstance(v, Data)]
    return not any(n.opaque or n.is_transparent or n.op == "join" for n in nodes)


def _refuse_sets(world: Libraries, values: Iterable[Value], site: Site) -> None:
    """Sets have no place in the signature of a graph function."""
    if any(isinstance(value, Cell) and value.kind == "set" and value.info is None for value in values):
        world.raised("TypeError", site, "tensorflow.function")


def _is_no_result(value: Value) -> bool:
    """Whether a graph function cannot return a value: neither a tensor nor what one is made of."""
    if isinstance(value, Cell):
        return value.kind in NO_RESULTS and not isinstance(value.info, arrays.AsText)
    if isinstance(value, Library):
        return category(value.name.rpartition(".")[2]) != "?"
    return isinstance(value, (Function, Class)) or (isinstance(value, Data) and value.kind == "symbolic")


NO_RESULTS = ("dtype", "layer", "loss", "metric", "optimizer", "set", "tape")
"""The kinds of what no tensor is made of."""


def _leaving_converted(world: Libraries) -> AbstractContextManager[None]:
    """Exceptions that leave a graph function are as AutoGraph has them, if it converts it."""
    return world.run.converting_exceptions() if not world.run.no_autograph else nullcontext()


def _stays(node: Node, depth: int) -> bool:
    """Whether a node is a tensor of a graph deeper than this, not one of several that were there before."""
    return node.kind == "tensor" and node.depth > depth and not node.is_transparent and not node.opaque


def is_signed(function: Wrapped) -> bool:
    """Whether all calls of a graph function share one trace."""
    return dict(function.options).get("input_signature", NO_VALUE) != NO_VALUE


def _do_not_convert(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "func")
    if function in (UNBOUND, NO_VALUE):
        return Library("tensorflow.autograph.experimental.do_not_convert")
    return Wrapped("tensorflow.do_not_convert", function, (), world.run.uid())


def _call_unconverted(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    with unconverted(world):
        return world.run.call(callee.function, args, site)


def _run_eagerly(world: Libraries, args: Arguments, site: Site) -> Value:
    """From now on calls of a `tf.function` are plain calls."""
    wanted = world.run.truth(args.get(0, "run_eagerly"))
    world.run.state.set(EAGERLY, UNBOUND if wanted is False else Flag(wanted is True))
    return NO_VALUE


@contextmanager
def eager(world: Libraries) -> Iterator[None]:
    """Code that runs eagerly, although a graph is being made."""
    run = world.run
    outer = run.graph_mode, run.no_autograph
    run.graph_mode = run.no_autograph = 0
    try:
        with singletons.watched(world, UNBOUND):
            yield
    finally:
        run.graph_mode, run.no_autograph = outer


def _enter_init_scope(world: Libraries, cell: Cell, site: Site) -> Value:
    run = world.run
    if run.one_of_several:
        run.lose_track(site)
        return NO_VALUE
    paused = world.paused(later=True)  # it stops recording, that of tapes within it as well
    cell.info.append((run.graph_mode, run.no_autograph, paused))
    paused.__enter__()
    run.graph_mode = run.no_autograph = 0
    return NO_VALUE


def _leave_init_scope(world: Libraries, cell: Cell, site: Site) -> None:
    if cell.info:
        world.run.graph_mode, world.run.no_autograph, paused = cell.info.pop()
        paused.__exit__(None, None, None)


@contextmanager
def unconverted(world: Libraries) -> Iterator[None]:
    """Code that AutoGraph does not convert, in a graph too."""
    world.run.no_autograph += 1
    try:
        yield
    finally:
        world.run.no_autograph -= 1


@contextmanager
def converted(world: Libraries) -> Iterator[None]:
    """Code that AutoGraph converts even where it runs eagerly, in a layer too, and in what it could not convert."""
    run = world.run
    outer = run.converted, run.no_autograph
    if not run.graph_mode:
        run.converted, run.no_autograph = True, 0
    elif run.fell_back:
        run.no_autograph = 0
    try:
        with run.converting_exceptions():
            yield
    finally:
        run.converted, run.no_autograph = outer


@contextmanager
def symbolic_arguments(world: Libraries, values: Iterable[Value]) -> Iterator[None]:
    """What these hold are placeholders while a graph is made; other tensors from outside it keep their numbers."""
    outer = world.run.arguments_of_graphs
    world.run.arguments_of_graphs = outer | {n.id for value in values for n in world.run.nodes_in(value)}
    try:
        yield
    finally:
        world.run.arguments_of_graphs = outer


def _traced(world: Libraries, args: Arguments, site: Site, signed: bool) -> Arguments:
    """Arguments as a graph function sees them: tensors, arrays and Keras 3's variables become tensors of the graph; by
    a signature all variables do.
    """

    def trace(value: Value, key: int | str) -> Value:
        if isinstance(value, Variable) and (signed or value.flavor == "keras"):
            edges = [Edge(world.use(value, site), FLOWS, "linear")]
            where = Site(site.source, args.places.get(key, site.node))
            node = world.run.node(COPIED_ARGUMENT, edges, where, dtype=value.dtype)
            return Data(node, "tensor", value.dtype, value.shape)
        if isinstance(value, Tuple):
            return Tuple(tuple(trace(v, key) for v in value.items), value.names)
        if isinstance(value, Cell) and value.kind in ("list", "dict"):
            items = containers.stored(world.run, value)
            is_plain = value.info is None and world.run.filled_with(value) is None
            if is_plain or _holds_traced(world, items):
                copied = Cell(world.run.uid(), value.kind)
                world.run.state.set((copied.uid, "items"), trace(items, key))
                return copied
        if isinstance(value, Data) and _is_handed(world, value):
            where = Site(site.source, args.places.get(key, site.node))
            node = world.run.node(COPIED_ARGUMENT, [Edge(value.node, FLOWS, "linear")], where, dtype=value.dtype)
            return replace(value, node=node, width="" if signed else value.width)
        if isinstance(value, Data) and value.kind == "numpy":
            node = world.run.node("tensorflow.constant", [Edge(value.node, FLOWS, "linear")], site, dtype=value.dtype)
            return Data(node, "tensor", value.dtype, value.shape, value.range, "" if signed else value.width)
        return value

    keywords = {name: trace(value, name) for name, value in args.keywords.items()}
    return Arguments([trace(v, i) for i, v in enumerate(args.positional)], keywords, args.rest, args.places)


def _holds_traced(world: Libraries, value: Value) -> bool:
    """Whether something stands in a value, or in what that holds, for which a graph function sees another."""
    if isinstance(value, Tuple):
        return any(_holds_traced(world, item) for item in value.items)
    if isinstance(value, Cell) and value.kind in ("list", "dict"):
        return _holds_traced(world, containers.stored(world.run, value))
    return _is_handed(world, value) or (isinstance(value, Variable) and value.flavor == "keras")


def _is_handed(world: Libraries, value: Value) -> bool:
    """Whether a value is a tensor: a graph function sees a copy of what it is handed."""
    return isinstance(value, Data) and value.kind == "tensor" and world.run.graph_mode > 0


# -- control


def _cond(world: Libraries, args: Arguments, site: Site) -> Value:
    pred = args.get(0, "pred")
    if world.run.graph_mode and isinstance(pred, Const) and isinstance(pred.value, bool):
        world.raised("TypeError", site, "tensorflow.cond")
    return _keras_cond(world, args, site)


def _keras_cond(world: Libraries, args: Arguments, site: Site) -> Value:
    """Keras's takes Python's truth values in a graph too."""
    pred = args.get(0, "pred")
    functions = [args.get(1, "true_fn"), args.get(2, "false_fn")]
    truth = world.run.truth(pred) if not world.run.graph_mode or isinstance(pred, Const) else None
    if truth is not None:
        return world.run.call(functions[0 if truth else 1], Arguments([]), site)
    return _either(world, functions, Arguments([]), pred, site)


def _either(world: Libraries, functions: list[Value], args: Arguments, pred: Value, site: Site) -> Value:
    """The result of one of several functions; in a graph, where only some cut, the gradient is zero and not missing."""

    def choose() -> Value:
        return _one_of_them(world, functions, args, pred, site)

    return done_some_times(world, choose) if world.run.graph_mode else choose()  # in a graph all of them are traced


def _one_of_them(world: Libraries, functions: list[Value], args: Arguments, pred: Value, site: Site) -> Value:
    results: list[Value] = []
    arms: list[Callable[[], object]] = [lambda f=f: results.append(world.run.call(f, args, site)) for f in functions]  # type: ignore[misc]
    world.run.branch(pred, site.node, arms)
    with world.run.joining("graph" if world.run.graph_mode else ""):
        made = world.run.join_all(results)
    return together(world, made, site) if world.run.graph_mode else made


def _switch_case(world: Libraries, args: Arguments, site: Site) -> Value:
    functions = args.get(1, "branch_fns")
    known = containers.pairs(world.run, functions) if isinstance(functions, Cell) and functions.kind == "dict" else None
    items = [v for _, v in known] if known is not None else world.run.elements(functions, site)
    if isinstance(items, Many):
        return world.run.opaque(site, args.every())
    pairs: list[tuple[Value, Value]] = known if known is not None else [(Const(i), v) for i, v in enumerate(items)]
    pairs = [(p.items[0], p.items[1]) if isinstance(p, Tuple) and len(p.items) == 2 else (k, p) for k, p in pairs]
    default = args.get(2, "default")
    arms = [function for _, function in pairs]
    arms += [default] if default not in (UNBOUND, NO_VALUE) else []
    if isinstance(args.get(0, "branch_index"), Const):
        world.raised("TypeError", site, "tensorflow.switch_case")
    chosen = _whole_number(world, args.get(0, "branch_index")) if not world.run.graph_mode else None
    if chosen is not None and arms and all(isinstance(k, Const) for k, _ in pairs):
        last = arms[-1] if default not in (UNBOUND, NO_VALUE) else _of_largest_key(pairs)
        return world.run.call(next((f for k, f in pairs if k == Const(chosen)), last), Arguments([]), site)
    return _either(world, arms, Arguments([]), args.get(0, "branch_index"), site)


def _of_largest_key(pairs: Sequence[tuple[Value, Value]]) -> Value:
    """The branch that an index out of range gets where there is no default."""
    return max(pairs, key=lambda pair: pair[0].value if isinstance(pair[0], Const) else 0)[1]


def _whole_number(world: Libraries, value: Value) -> int | None:
    """The integer that a tensor is known to hold."""
    bounds = numbers.of_value(world, value)
    number = bounds.constant if bounds is not None else None
    return int(number) if number is not None and number == int(number) else None


def _case(world: Libraries, args: Arguments, site: Site) -> Value:
    pairs = world.run.elements(args.get(0, "pred_fn_pairs"), site)
    if isinstance(pairs, Many):
        return world.run.opaque(site, args.every())
    default = args.get(1, "default")
    tests: list[Value] = []
    functions: list[Value] = []
    for pair in pairs:
        if not (isinstance(pair, Tuple) and len(pair.items) == 2):
            return world.run.opaque(site, args.every())
        truth = world.run.truth(pair.items[0]) if not world.run.graph_mode else None
        if truth is not False:
            tests.append(pair.items[0])
            functions.append(pair.items[1])
        if truth:
            break
    else:
        functions += [default] if default not in (UNBOUND, NO_VALUE) else []
    if len(functions) == 1:
        return world.run.call(functions[0], Arguments([]), site)
    return _either(world, functions, Arguments([]), Tuple(tuple(tests)), site)
