"""TensorFlow's own control and wrappers: what facts cannot say."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, NONE, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Function,
    Library,
    Many,
    OneOf,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

from . import apply, python
from .world import FunctionHandler, Libraries, Registry


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions.update({f"tensorflow.{name}": handler for name, handler in FUNCTIONS.items()})
    registry.functions["keras.ops.cond"] = _cond
    registry.functions["keras.ops.while_loop"] = _while_loop
    registry.functions["keras.ops.map"] = _map_fn
    registry.functions["keras.ops.vectorized_map"] = _map_fn
    registry.calls["tensorflow.function"] = _call_graph_function
    registry.calls["tensorflow.custom_gradient"] = _call_custom_gradient
    registry.methods[("tensorflow.function", "get_concrete_function")] = lambda world, base, args, site: base
    for name, handler in TENSOR_ARRAY.items():
        registry.methods[("tensor array", name)] = handler
    registry.enters["context"] = lambda world, cell, site: NO_VALUE
    for prefix in CONTEXTS:
        registry.functions[prefix] = lambda world, args, site: Cell(world.run.uid(), "context")
    registry.families.append(_quiet)
    registry.methods[("strategy", "scope")] = lambda world, base, args, site: Cell(world.run.uid(), "context")
    registry.methods[("strategy", "run")] = _strategy_run
    registry.methods[("strategy", "reduce")] = lambda world, base, args, site: args.positional[1]
    registry.methods[("strategy", "experimental_distribute_dataset")] = lambda world, base, args, site: args.positional[0]
    registry.methods[("opaque", "run")] = _opaque_run


CONTEXTS = (
    "tensorflow.device", "tensorflow.name_scope", "tensorflow.init_scope", "tensorflow.control_dependencies",
    "contextlib.suppress", "contextlib.nullcontext", "contextlib.ExitStack", "tensorflow.profiler.experimental.Profile",
    "tensorflow.profiler.experimental.Trace", "keras.name_scope", "tensorflow.summary.record_if",
)  # fmt: skip

QUIET = (
    "tensorflow.summary.", "tensorflow.debugging.", "tensorflow.print", "tensorflow.config.", "tensorflow.io.",
    "tensorflow.random.set_seed", "tensorflow.train.", "tensorflow.saved_model.", "tensorflow.get_logger",
    "tensorflow.profiler.", "keras.utils.set_random_seed", "keras.backend.clear_session", "keras.utils.plot_model",
    "tensorflow.executing_eagerly", "keras.config.", "tensorflow.test.", "tensorflow.no_op", "tensorflow.group",
    "keras.mixed_precision.", "keras.callbacks.", "numpy.random.seed", "numpy.random.default_rng", "numpy.save",
    "numpy.testing.", "numpy.random.RandomState", "numpy.set_printoptions", "tensorflow.TensorSpec",
    "tensorflow.TensorShape", "keras.initializers.", "keras.utils.to_categorical", "keras.datasets.",
    "tensorflow.autograph.", "keras.utils.register_keras_serializable", "keras.saving.register_keras_serializable",
)  # fmt: skip


def _quiet(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """Calls that change no number of the program: logs, checks, seeds, devices."""
    if not name.startswith(QUIET):
        return None
    if name == "tensorflow.executing_eagerly":
        return Const(not world.run.graph_mode)
    if name.endswith("register_keras_serializable"):
        return Library("tapelint.identity")
    return world.inert(name, args, site)


# -- variables


def _variable(world: Libraries, args: Arguments, site: Site) -> Value:
    initial = args.get(0, "initial_value")
    trainable = args.get(1, "trainable", Const(True))
    return make_variable(world, initial, args.keywords.get("dtype", UNBOUND), trainable, "tf", site)


def make_variable(
    world: Libraries, initial: Value, dtype: Value, trainable: Value, flavor: str, site: Site, name: str = ""
) -> Variable:
    """A new variable; what it was made from stays behind."""
    from . import numbers, shapes

    if initial is not UNBOUND and isinstance(initial, (OneOf,)) is False and world.is_callable(initial):
        initial = world.run.call(initial, Arguments([]), site)
    source = world.run.node_of(initial, site) if initial is not UNBOUND else None
    place = getattr(site.node, "args", [None])
    edges = [Edge(source, NONE, "other", place[0] if place else None)] if source is not None else []
    kind = apply.dtype_argument(world, dtype) if dtype not in (UNBOUND, NO_VALUE) else ""
    kind = kind or (apply.dtype_of(world, initial) if initial is not UNBOUND else "f") or "f"
    node = world.run.node(f"{'tensorflow' if flavor == 'tf' else flavor}.Variable", edges, site, dtype=kind, kind="variable")
    is_trainable = {True: True, False: False, None: True}.get(getattr(trainable, "value", "?"))  # type: ignore[arg-type]
    shape = shapes.of_value(world, initial) if initial is not UNBOUND else None
    variable = Variable(world.run.uid(), node, flavor, is_trainable, kind, shape, name, site)
    bounds = numbers.of_value(world, initial)
    content = Data(world.run.constant_node(), "tensor", kind, shape, bounds)
    world.run.state.set((variable.uid, "content"), content)
    return variable


# -- tf.function


def _function(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "func")
    if function in (UNBOUND, NO_VALUE):
        return Partial(Library("tensorflow.function"), (), tuple(args.keywords.items()))
    options = tuple((k, v) for k, v in args.keywords.items())
    return Wrapped("tensorflow.function", function, options, world.run.uid())


def _call_graph_function(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Wrapped)
    run = world.run
    autograph = dict(callee.options).get("autograph", Const(True))
    run.graph_mode += 1
    run.no_autograph += autograph == Const(False)
    try:
        return run.call(callee.function, _traced(world, args, site), site)
    finally:
        run.graph_mode -= 1
        run.no_autograph -= autograph == Const(False)


def _traced(world: Libraries, args: Arguments, site: Site) -> Arguments:
    """Arguments as a graph function sees them: arrays become tensors."""

    def trace(value: Value) -> Value:
        if isinstance(value, Data) and value.kind == "numpy":
            node = world.run.node("tensorflow.constant", [Edge(value.node, FLOWS, "linear")], site, dtype=value.dtype)
            return Data(node, "tensor", value.dtype, value.shape, value.range)
        return value

    keywords = {name: trace(value) for name, value in args.keywords.items()}
    return Arguments([trace(v) for v in args.positional], keywords, args.rest, args.places)


# -- control


def _cond(world: Libraries, args: Arguments, site: Site) -> Value:
    pred = args.get(0, "pred")
    functions = [args.get(1, "true_fn"), args.get(2, "false_fn")]
    truth = world.run.truth(pred)
    if truth is not None:
        return world.run.call(functions[0 if truth else 1], Arguments([]), site)
    return _either(world, functions, Arguments([]), pred, site)


def _either(world: Libraries, functions: list[Value], args: Arguments, pred: Value, site: Site) -> Value:
    """The result of one of several functions; in a graph, where only some cut, the gradient is zero and not missing."""
    results: list[Value] = []
    arms: list[Callable[[], object]] = [lambda f=f: results.append(world.run.call(f, args, site)) for f in functions]  # type: ignore[misc]
    world.run.branch(pred, site.node, arms)
    return world.run.join_all(results)


def _switch_case(world: Libraries, args: Arguments, site: Site) -> Value:
    functions = args.get(1, "branch_fns")
    known = containers.pairs(world.run, functions) if isinstance(functions, Cell) and functions.kind == "dict" else None
    items = [v for _, v in known] if known is not None else world.run.elements(functions, site)
    if isinstance(items, Many):
        return world.run.opaque(site, args.every())
    items = [i.items[1] if isinstance(i, Tuple) and len(i.items) == 2 else i for i in items]
    default = args.get(2, "default")
    return _either(world, [*items, *([default] if default not in (UNBOUND, NO_VALUE) else [])], Arguments([]), args.get(0, "index"), site)


def _case(world: Libraries, args: Arguments, site: Site) -> Value:
    pairs = world.run.elements(args.get(0, "pred_fn_pairs"), site)
    if isinstance(pairs, Many):
        return world.run.opaque(site, args.every())
    functions = [p.items[1] for p in pairs if isinstance(p, Tuple) and len(p.items) == 2]
    default = args.get(1, "default")
    tests = Tuple(tuple(p.items[0] for p in pairs if isinstance(p, Tuple)))
    return _either(world, [*functions, *([default] if default not in (UNBOUND, NO_VALUE) else [])], Arguments([]), tests, site)


def _while_loop(world: Libraries, args: Arguments, site: Site) -> Value:
    test, body, variables = args.get(0, "cond"), args.get(1, "body"), args.get(2, "loop_vars")
    results: list[Value] = []
    current = variables
    for _ in range(3):
        items = world.run.elements(current, site)
        row = [items.element] if isinstance(items, Many) else items
        world.run.call(test, Arguments(list(row)), site)
        made = world.run.call(body, Arguments(list(row)), site)
        if isinstance(made, Cell) and made.kind == "list":
            made = containers.stored(world.run, made)
        current = made if isinstance(made, (Tuple, Many)) or len(row) != 1 else Tuple((made,))
        results.append(current)
    return world.run.join_all(results)


def _rows(world: Libraries, elems: Value, site: Site) -> Value:
    """One row of a tensor, or of each of several."""
    if isinstance(elems, Tuple):
        return Tuple(tuple(_rows(world, item, site) for item in elems.items))
    if isinstance(elems, Cell) and elems.kind in ("list", "dict"):
        items = world.run.state.get((elems.uid, "items"))
        return _rows(world, items, site) if isinstance(items, Tuple) else world.run.opaque(site, [elems])
    rows = world.run.elements(elems, site)
    return rows.element if isinstance(rows, Many) else world.run.join_all(rows)


def stacked(world: Libraries, name: str, value: Value, site: Site) -> Value:
    """Results of many rounds put together, in the structure of one."""
    if isinstance(value, Tuple):
        return Tuple(tuple(stacked(world, name, item, site) for item in value.items), value.names)
    if isinstance(value, Cell) and value.kind == "list":
        items = containers.stored(world.run, value)
        return stacked(world, name, items, site) if isinstance(items, Tuple) else items
    node = world.run.node_of(value, site)
    if node is None:
        return Data(world.run.constant_node())
    dtype = apply.dtype_of(world, value) or "?"
    made = world.run.node(name, [Edge(node, FLOWS, "linear")], site, dtype=dtype)
    return Data(made, "tensor", dtype)


def _map_fn(world: Libraries, args: Arguments, site: Site) -> Value:
    row = _rows(world, args.get(1, "elems"), site)
    return stacked(world, "tensorflow.map_fn", world.run.call(args.get(0, "fn"), Arguments([row]), site), site)


def _scan(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "fn")
    row = _rows(world, args.get(1, "elems"), site)
    start = args.get(2, "initializer")
    current = start if start not in (UNBOUND, NO_VALUE) else row
    results = []
    for _ in range(2):
        current = world.run.call(function, Arguments([current, row]), site)
        results.append(current)
    return stacked(world, "tensorflow.scan", world.run.join_all(results), site)


# -- wrappers


def _custom_gradient(world: Libraries, args: Arguments, site: Site) -> Value:
    function = args.get(0, "f")
    return Wrapped("tensorflow.custom_gradient", function, (), world.run.uid()) if function is not UNBOUND else Library("tensorflow.custom_gradient")


def _call_custom_gradient(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """The function's value, with the gradients that its gradient function gives."""
    assert isinstance(callee, Wrapped)
    run = world.run
    first = len(run.graph.nodes)
    with world.paused():
        made = run.call(callee.function, args, site)
    if not (isinstance(made, Tuple) and len(made.items) == 2):
        return run.opaque(site, args.every())
    value, backward = made.items
    inner = [n for n in run.graph.nodes[first:] for e in n.edges if e.node.kind == "variable"]
    captured = {e.node.id: e.node for n in inner for e in n.edges if e.node.kind == "variable"}
    inputs = [run.node_of(v, site) for v in args.positional]
    results = len(value.items) if isinstance(value, Tuple) else 1
    gradients = _custom_gradients(world, backward, results, site)
    edges, error = _custom_edges(world, inputs, gradients)
    given = {n.id for n in inputs if n is not None}
    edges += [Edge(n, ANYTHING) for key, n in sorted(captured.items()) if key not in given]
    result = _custom_result(world, value, edges, error, site)
    place = _return_place(world, backward)
    for part in result.items if isinstance(result, Tuple) else (result,):
        if isinstance(part, Data):
            part.node.blame = place
    return result


def _return_place(world: Libraries, backward: Value) -> Site | None:
    """The `return` of a gradient function, where it has one."""
    if not isinstance(backward, Function) or isinstance(backward.node, ast.Lambda):
        return None
    found = [n for n in ast.walk(backward.node) if isinstance(n, ast.Return)]
    return Site(world.run.source_of(backward), found[0]) if len(found) == 1 else None


def _custom_gradients(world: Libraries, backward: Value, results: int, site: Site) -> list[Value] | None:
    """What the gradient function returns, per input; None where nobody can tell."""
    upstream: list[Value] = [Data(world.run.node("upstream", [], site, dtype="f")) for _ in range(results)]
    with world.paused():
        made = world.run.call(backward, Arguments(upstream), site)
    if isinstance(made, Cell) and made.kind == "list":
        made = containers.stored(world.run, made)
    if isinstance(made, Tuple):
        return list(made.items)
    return None if isinstance(made, (Many, Opaque)) else [made]


def _custom_edges(world: Libraries, inputs: list[Node | None], gradients: list[Value] | None) -> tuple[list[Edge], str]:
    edges = []
    error = ""
    if gradients is not None and len(gradients) != len(inputs):
        error = "ValueError"
    for index, node in enumerate(inputs):
        if node is None:
            continue
        if gradients is None or index >= len(gradients):
            edges.append(Edge(node, ANYTHING if gradients is None else FLOWS))
        else:
            edges.append(Edge(node, _custom_outcome(gradients[index])))
    return edges, error


def _custom_outcome(gradient: Value) -> int:
    if gradient == NO_VALUE:
        return NONE
    if isinstance(gradient, OneOf):
        found = 0
        for option in gradient.options:
            found |= _custom_outcome(option)
        return found
    if isinstance(gradient, Data) and gradient.node.op in ZEROS:
        return ZERO
    return FLOWS if isinstance(gradient, (Data, Variable)) else ANYTHING


ZEROS = ("tensorflow.zeros_like", "tensorflow.zeros", "keras.ops.zeros_like", "keras.ops.zeros")


def _custom_result(world: Libraries, value: Value, edges: list[Edge], error: str, site: Site) -> Value:
    if isinstance(value, Tuple):
        return Tuple(tuple(_custom_result(world, item, edges, error, site) for item in value.items))
    dtype = apply.dtype_of(world, value) or "f"
    node = world.run.node("custom gradient", edges, site, dtype=dtype, error=error)
    return Data(node, "tensor", dtype, getattr(value, "shape", None), getattr(value, "range", None))


def _same(world: Libraries, args: Arguments, site: Site) -> Value:
    return args.get(0, "f")


def _py_function(world: Libraries, args: Arguments, site: Site) -> Value:
    """The body runs on tensors; where it leaves TensorFlow the gradient is zero, not missing."""
    items = world.run.elements(args.get(1, "inp"), site)
    inputs = [items.element] if isinstance(items, Many) else items
    result = world.run.call(args.get(0, "func"), Arguments(list(inputs)), site)
    nodes = [n for v in inputs if (n := world.run.node_of(v, site)) is not None]

    def wrap(value: Value, dtype: str) -> Value:
        node = world.run.node_of(value, site)
        edges = [Edge(n, ZERO) for n in nodes] + ([Edge(node, FLOWS)] if node is not None else [])
        return Data(world.run.node("tensorflow.py_function", edges, site, dtype=dtype), "tensor", dtype)

    wanted = args.get(2, "Tout")
    kinds = world.run.elements(wanted, site) if containers.sequence(world.run, wanted) is not None else None
    if isinstance(kinds, list):
        made = world.run.elements(result, site)
        values = made if isinstance(made, list) and len(made) == len(kinds) else [result] * len(kinds)
        parts = [wrap(v, apply.dtype_argument(world, k)) for v, k in zip(values, kinds, strict=True)]
        return containers.make_list(world.run, Tuple(tuple(parts)))
    return wrap(result, apply.dtype_argument(world, wanted))


def _numpy_function(world: Libraries, args: Arguments, site: Site) -> Value:
    node = world.run.node_of(args.get(1, "inp"), site)
    wanted = args.get(2, "Tout")

    def made(dtype: str) -> Value:
        edges = [Edge(node, NONE, "other", args.places.get(1, args.places.get("inp")))] if node is not None else []
        return Data(world.run.node("tensorflow.numpy_function", edges, site, dtype=dtype), "tensor", dtype)

    if containers.sequence(world.run, wanted) is not None:
        kinds = world.run.elements(wanted, site)
        each = [kinds.element] if isinstance(kinds, Many) else kinds
        return containers.make_list(world.run, Tuple(tuple(made(apply.dtype_argument(world, k)) for k in each)))
    return made(apply.dtype_argument(world, wanted))


# -- structures


def _map_structure(world: Libraries, args: Arguments, site: Site) -> Value:
    function, first, *others = args.positional
    return _mapped(world, function, [first, *others], site)


def _mapped(world: Libraries, function: Value, values: list[Value], site: Site) -> Value:
    first = values[0]
    if isinstance(first, Cell) and first.kind == "dict":
        known = containers.pairs(world.run, first)
        if known is None:
            return world.run.opaque(site, values)
        columns = [[containers.lookup(world.run, v, k) for k, _ in known] for v in values if isinstance(v, Cell)]
        rows = [(k, _mapped(world, function, [c[i] for c in columns], site)) for i, (k, _) in enumerate(known)]
        return containers.make_dict(world.run, rows, site)
    if containers.sequence(world.run, first) is not None:
        lists = [world.run.elements(v, site) for v in values]
        known_lists = [c for c in lists if isinstance(c, list)]
        if len(known_lists) < len(lists):
            row = [c.element if isinstance(c, Many) else world.run.join_all(c) for c in lists]
            return Many(_mapped(world, function, row, site))
        made = Tuple(tuple(_mapped(world, function, list(row), site) for row in zip(*known_lists, strict=False)))
        return made if isinstance(first, Tuple) else containers.make_list(world.run, made)
    return world.run.call(function, Arguments(values), site)


def flattened(world: Libraries, value: Value) -> list[Value] | None:
    """The leaves of a structure in TensorFlow's order (dicts by sorted key); None where it is not known."""
    if isinstance(value, Cell) and value.kind == "dict":
        known = containers.pairs(world.run, value)
        if known is None or not all(isinstance(k, Const) for k, _ in known):
            return None
        ordered = sorted(known, key=lambda pair: str(pair[0].value))  # type: ignore[attr-defined]
        inner = [flattened(world, v) for _, v in ordered]
    elif containers.sequence(world.run, value) is not None:
        items = containers.sequence(world.run, value)
        if isinstance(items, Many):
            return None
        assert items is not None
        inner = [flattened(world, v) for v in items.items]
    else:
        return [value]
    return None if any(i is None for i in inner) else [leaf for i in inner if i is not None for leaf in i]


def _flatten(world: Libraries, args: Arguments, site: Site) -> Value:
    leaves = flattened(world, args.get(0, "structure"))
    if leaves is None:
        return Many(world.run.opaque(site, args.every()))
    return containers.make_list(world.run, Tuple(tuple(leaves)))


def _parts(world: Libraries, name: str, args: Arguments, site: Site, count: int | None) -> Value:
    value = args.get(0, "value")
    node = world.run.node_of(value, site)
    dtype = apply.dtype_of(world, value) or "?"

    def part() -> Value:
        edges = [Edge(node, FLOWS, "linear", args.places.get(0))] if node is not None else []
        return Data(world.run.node(name, edges, site, dtype=dtype), "tensor", dtype)

    if count is None or count > 32:
        return Many(part())
    return containers.make_list(world.run, Tuple(tuple(part() for _ in range(count))))


def _split(world: Libraries, args: Arguments, site: Site) -> Value:
    sizes = args.get(1, "num_or_size_splits")
    items = containers.sequence(world.run, sizes)
    count = sizes.value if isinstance(sizes, Const) and isinstance(sizes.value, int) else None
    count = len(items.items) if isinstance(items, Tuple) else count
    return _parts(world, "tensorflow.split", args, site, count)


def _unstack(world: Libraries, args: Arguments, site: Site) -> Value:
    from . import shapes

    number = args.get(1, "num")
    axis = args.get(2, "axis", Const(0))
    shape = shapes.of_value(world, args.get(0, "value"))
    count = number.value if isinstance(number, Const) and isinstance(number.value, int) else None
    if count is None and shape and isinstance(axis, Const) and isinstance(axis.value, int) and -len(shape) <= axis.value < len(shape):
        count = shape[axis.value]
    return _parts(world, "tensorflow.unstack", args, site, count)


# -- TensorArray


def _tensor_array(world: Libraries, args: Arguments, site: Site) -> Value:
    cell = Cell(world.run.uid(), "tensor array", apply.dtype_argument(world, args.get(0, "dtype")), site)
    world.run.state.set((cell.uid, "items"), Tuple(()))
    return cell


def _array_write(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    written = args.get(1, "value")
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    made: Value = Many(world.run.join(items.element, written)) if isinstance(items, Many) else Tuple((*items.items, written))
    world.run.state.set((copy.uid, "items"), made)
    if not world.run.graph_mode:
        world.run.state.set((base.uid, "items"), made)
    return copy


def _array_stack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    node = world.run.node_of(containers.stored(world.run, base), site)
    edges = [Edge(node, FLOWS, "linear")] if node is not None else []
    return Data(world.run.node("tensorflow.TensorArray", edges, site, dtype=base.info), "tensor", base.info)


def _array_read(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    items = containers.stored(world.run, base)
    found = containers.index(world.run, items, args.get(0, "index"))
    return found if found is not UNBOUND else world.run.opaque(site, [base])


def _array_unstack(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    copy = Cell(world.run.uid(), base.kind, base.info, site)
    items = world.run.elements(args.get(0, "value"), site)
    world.run.state.set((copy.uid, "items"), items if isinstance(items, Many) else Tuple(tuple(items)))
    return copy


TENSOR_ARRAY = {
    "write": _array_write, "stack": _array_stack, "concat": _array_stack, "read": _array_read, "gather": _array_stack,
    "unstack": _array_unstack, "size": lambda world, base, args, site: python.count(world, site),
    "mark_used": lambda world, base, args, site: NO_VALUE, "close": lambda world, base, args, site: NO_VALUE,
    "identity": lambda world, base, args, site: base,
}  # fmt: skip


# -- distribution


def _strategy(world: Libraries, args: Arguments, site: Site) -> Value:
    return Cell(world.run.uid(), "strategy", site=site)


def _strategy_run(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    given = args.get(1, "args", Tuple(()))
    items = world.run.elements(given, site)
    inner = Arguments([], rest=items.element) if isinstance(items, Many) else Arguments(list(items))
    keywords = args.keywords.get("kwargs")
    if isinstance(keywords, Cell) and keywords.kind == "dict":
        for key, value in containers.pairs(world.run, keywords) or []:
            if isinstance(key, Const):
                inner.keywords[str(key.value)] = value
    return world.run.call(args.get(0, "fn"), inner, site)


def _opaque_run(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`strategy.run(step, args=...)` of a strategy that cannot be seen."""
    if args.positional and world.is_callable(args.positional[0]) and (len(args.positional) == 1 or isinstance(args.positional[1], Tuple)):
        return _strategy_run(world, base, args, site)
    return world.run.call_unknown(base, args, site)


FUNCTIONS: dict[str, FunctionHandler] = {
    "Variable": _variable, "function": _function, "cond": _cond, "switch_case": _switch_case, "case": _case,
    "while_loop": _while_loop, "map_fn": _map_fn, "vectorized_map": _map_fn, "scan": _scan, "foldl": _scan,
    "foldr": _scan, "custom_gradient": _custom_gradient, "recompute_grad": _same, "grad_pass_through": _same,
    "py_function": _py_function, "numpy_function": _numpy_function, "nest.map_structure": _map_structure,
    "nest.flatten": _flatten, "split": _split, "unstack": _unstack, "TensorArray": _tensor_array,
    "autograph.experimental.do_not_convert": _same,
    "distribute.MirroredStrategy": _strategy, "distribute.get_strategy": _strategy,
    "distribute.OneDeviceStrategy": _strategy, "distribute.TPUStrategy": _strategy,
    "distribute.MultiWorkerMirroredStrategy": _strategy,
}  # fmt: skip
