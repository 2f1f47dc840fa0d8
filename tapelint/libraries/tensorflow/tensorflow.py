"""Variables, structures, parts of tensors, quiet calls and distribution: what facts about TensorFlow cannot say."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import ROWS, Edge, Site
from tapelint.flow.outcomes import FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
)

from .. import apply, arguments
from ..refusals import packing, refusing, unfit
from ..registry import FunctionHandler, Registry
from ..shapes import widths
from ..world import Libraries
from . import parts, singletons
from .variable_names import name_it


def register(registry: Registry) -> None:
    """Add the handlers."""
    registry.functions.update({f"tensorflow.{name}": handler for name, handler in FUNCTIONS.items()})
    for name in ("tensorflow.range", "numpy.arange", "keras.ops.arange"):
        registry.functions[name] = _counting(name)
    for name in ("tensorflow.debugging.assert_equal", "tensorflow.assert_equal"):
        registry.functions[name] = _assert_equal(name)
    for name in ("tensorflow.argsort", "keras.ops.argsort"):
        registry.functions[name] = _argsort(name)
    for name in ("tensorflow.einsum", "keras.ops.einsum"):
        registry.functions[name] = _einsum(name)
    for name in BACKEND_VARIABLES:
        registry.functions[f"keras.backend.{name}"] = registry.functions[f"tf_keras.backend.{name}"] = _of_backend(name)
    registry.functions["keras.backend.set_value"] = _set_value
    for name, error in OF_NONE.items():
        registry.functions[name] = _of_some(name, error)
    for name, (alone, parameter) in ALONE.items():
        registry.functions[name] = _alone(name, alone, parameter)
    registry.families.append(_quiet)
    registry.methods[("strategy", "scope")] = lambda world, base, args, site: Cell(world.run.uid(), "context")
    registry.methods[("strategy", "run")] = _strategy_run
    registry.attributes["strategy"] = lambda world, base, name, site: (
        Data(world.run.constant_node(), "python", "i") if name == "num_replicas_in_sync" else None
    )
    registry.methods[("strategy", "reduce")] = lambda world, base, args, site: args.positional[1]
    registry.methods[("strategy", "experimental_distribute_dataset")] = lambda world, base, args, site: args.positional[
        0
    ]
    registry.methods[("opaque", "run")] = _opaque_run


ALONE = {
    "tensorflow.where": ("tensorflow.raw_ops.Where", "condition"),
    "numpy.where": ("numpy.nonzero", "a"),
    "keras.ops.where": ("keras.ops.nonzero", "x"),
}
"""What gives places where a condition is all it is given, each with the function that does that, and its parameter."""


def _alone(name: str, alone: str, parameter: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        given = apply.bind(fact.parameters, args)
        first, *others = (given.get(p.name) for p in fact.parameters if p.name != "name")
        if args.rest is not None or first is UNBOUND or any(value not in (UNBOUND, NO_VALUE) for value in others):
            return apply.call_fact(world, fact, args, site)
        place = given.places.get(fact.parameters[0].name)
        places: dict[int | str, ast.AST] = {} if place is None else {parameter: place}
        return world.run.call(Library(alone), Arguments([], {parameter: first}, places=places), site)

    return call


OF_NONE = {"tensorflow.add_n": "ValueError", "tensorflow.concat": "IndexError"}
"""What functions of several tensors raise where they get none."""


def _of_some(name: str, error: str) -> Callable[[Libraries, Arguments, Site], Value]:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        given = containers.sequence(world.run, args.get(0, "inputs" if name.endswith("add_n") else "values"))
        if given == Tuple(()):
            world.raised(error, site, name)
        fact = world.facts.fact(name)
        assert fact is not None
        return apply.call_fact(world, fact, args, site)

    return call


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
    if not name.startswith(QUIET) or world.facts.fact(name) is not None:
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
    lifted = args.keywords.get("experimental_enable_variable_lifting", NO_VALUE) in (NO_VALUE, Const(True))
    with nullcontext() if lifted else singletons.watched(world, UNBOUND):
        dtype = args.keywords.get("dtype", UNBOUND)
        if initial == NO_VALUE:
            world.raised("ValueError", site, "tf.Variable")
        made = make_variable(world, initial, dtype, trainable, "tf", site)
        if packing.is_of_another_kind(world, "tensorflow.Variable", initial, dtype):
            world.known.doubt([made.node])
    name_it(world, made, args.get(4, "name"))
    return made


BACKEND_VARIABLES = ("variable", "zeros", "ones", "eye", "random_normal_variable", "random_uniform_variable")


def _of_backend(name: str) -> Callable[[Libraries, Arguments, Site], Value]:
    """What gives a variable in Keras's old backend, be it called `zeros`."""

    def make(world: Libraries, args: Arguments, site: Site) -> Value:
        dtype = args.get({"variable": 1, "zeros": 1, "ones": 1, "eye": 1}.get(name, 3), "dtype", NO_VALUE)
        initial = args.get(0, "value") if name == "variable" else UNBOUND
        if name in ("zeros", "ones", "eye"):
            initial = world.run.call(Library(f"tensorflow.{name}"), Arguments(args.positional[:1]), site)
        return make_variable(world, initial, Const("float32") if dtype == NO_VALUE else dtype, Const(True), "tf", site)

    return make


def _set_value(world: Libraries, args: Arguments, site: Site) -> Value:
    """`tf.keras.backend.set_value(x, value)` of Keras 3: it reads the dtype of no variable of Keras, nor of a rate."""
    first = args.get(0, "x")
    if isinstance(first, Opaque) and first.hint in ("learning_rate", "iterations"):
        world.raised("AttributeError", site, "tf.keras.backend.set_value")
    if isinstance(first, Variable) and first.flavor == "tf":
        return world.registry.methods[("variable", "assign")](world, first, Arguments([args.get(1, "value")]), site)
    fact = world.facts.fact("keras.backend.set_value")
    assert fact is not None
    return apply.call_fact(world, fact, args, site)


def make_variable(
    world: Libraries, initial: Value, dtype: Value, trainable: Value, flavor: str, site: Site, name: str = ""
) -> Variable:
    """A new variable; what it was made from stays behind."""
    from ..numerics import numbers
    from ..shapes import shapes

    singletons.note(world, site)
    if initial is not UNBOUND and isinstance(initial, (OneOf,)) is False and world.is_callable(initial):
        initial = world.run.call(initial, Arguments([]), site)
    source = world.run.node_of(initial, site) if initial is not UNBOUND else None
    place = site.node.args[0] if isinstance(site.node, ast.Call) and site.node.args else None
    edges = [Edge(source, NONE, "other", place)] if source is not None else []
    kind = apply.dtype_argument(dtype) if dtype not in (UNBOUND, NO_VALUE) else ""
    kind = kind or (unfit.dtype_made(world, initial) if initial is not UNBOUND else "f")
    node = world.run.node(
        f"{'tensorflow' if flavor == 'tf' else flavor}.Variable", edges, site, dtype=kind, kind="variable"
    )
    if packing.is_of_keras_variables(world, initial):
        world.known.doubt([node])
    is_trainable = {True: True, False: False, None: True}.get(getattr(trainable, "value", "?"))  # type: ignore[arg-type]
    node.detail = "" if is_trainable else "not trainable"
    shape = shapes.of_value(world, initial) if initial is not UNBOUND else None
    variable = Variable(world.run.uid(), node, flavor, is_trainable, kind, shape, name, site)
    bounds = numbers.of_content(world, initial, dtype, variable)
    content = Data(world.run.constant_node(), "tensor", kind, shape, bounds)
    world.run.state.set((variable.uid, "content"), content)
    world.run.state.set((variable.uid, "dtype"), _exact_dtype(world, initial, dtype, flavor))
    return variable


def _exact_dtype(world: Libraries, initial: Value, dtype: Value, flavor: str) -> Value:
    """The dtype's name where it is asked for, or where what it starts with says it; else UNBOUND."""
    if dtype not in (UNBOUND, NO_VALUE):
        if not isinstance(dtype, (Const, Library)):
            return Const(asked) if (asked := widths.named(dtype)) else UNBOUND
        named = arguments.plain_constant(world, dtype)
        return Const(named) if isinstance(named, str) else UNBOUND
    if flavor != "tf" or initial is UNBOUND:
        return UNBOUND
    width = "int32" if widths.is_whole(world, initial) else widths.of_operands(world, [initial])
    return Const(width) if width else UNBOUND


def _parts(
    world: Libraries, name: str, args: Arguments, site: Site, count: int | None,
    split: Sequence[int | None] | int | None = None,
) -> Value:  # fmt: skip
    """The parts of a tensor along an axis; `count`: how many, `split`: how long they are, where they are no entries."""
    value = args.get(0, "value")
    node = world.run.node_of(value, site)
    dtype = apply.dtype_of(world, value) or "?"
    axis = args.get(2, "axis", Const(0))

    def part(index: int | None) -> Value:
        from ..numerics import numbers

        edges = [Edge(node, FLOWS, "linear", args.places.get(0))] if node is not None else []
        shape, bounds = numbers.of_part(world, value, axis, index, split)
        made = world.run.node(name, edges, site, dtype=dtype)
        if unfit.has_floats(world, axis):
            world.known.refusing.add(made.id)
        return Data(made, "tensor", dtype, shape, bounds, widths.of(world, value))

    made: Value = Many(part(None))
    if count is not None and count <= 32:
        made = containers.make_list(world.run, Tuple(tuple(part(i) for i in range(count))))
    fact = world.facts.fact(name)
    if fact is not None and unfit.may_fail(world, fact, apply.bind(fact.parameters, args)):
        world.known.failing.update(each.id for each in world.run.nodes_in(made))
    return made


def _refused_for_shapes(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """What comes of a call whose tensors certainly do not fit; None where they may."""
    fact = world.facts.fact(name)
    given = apply.bind(fact.parameters, args) if fact is not None else None
    error = unfit.of_shapes(world, fact, given) if fact is not None and given is not None else ""
    if not error or given is None:
        return None
    refusing.refuse(world, error, site, name, list(given.values.values()))
    return world.run.opaque(site, given.values.values())


def _split(world: Libraries, args: Arguments, site: Site) -> Value:
    sizes = args.get(1, "num_or_size_splits")
    items = containers.sequence(world.run, sizes)
    count = sizes.value if isinstance(sizes, Const) and isinstance(sizes.value, int) else None
    lengths: Sequence[int | None] | int = count if count is not None else ()
    if isinstance(items, Tuple):
        count = len(items.items)
        lengths = [n.value if isinstance(n, Const) and type(n.value) is int else None for n in items.items]
    if (refused := _refused_for_shapes(world, "tensorflow.split", args, site)) is not None:
        return refused
    made = _parts(world, "tensorflow.split", args, site, count, lengths)
    if unfit.has_floats(world, sizes):
        world.known.refusing.update(each.id for each in world.run.nodes_in(made))
    return made


def _unstack(world: Libraries, args: Arguments, site: Site) -> Value:
    from ..shapes import shapes

    number = args.get(1, "num")
    axis = args.get(2, "axis", Const(0))
    shape = shapes.of_value(world, args.get(0, "value"))
    count = number.value if isinstance(number, Const) and isinstance(number.value, int) else None
    if (
        count is None
        and shape
        and isinstance(axis, Const)
        and isinstance(axis.value, int)
        and -len(shape) <= axis.value < len(shape)
    ):
        count = shape[axis.value]
    return _parts(world, "tensorflow.unstack", args, site, count)


# -- distribution


def _strategy(name: str) -> FunctionHandler:
    return lambda world, args, site: Cell(world.run.uid(), "strategy", name, site)


IN_THREADS = ("MirroredStrategy", "MultiWorkerMirroredStrategy")
"""Strategies that run a function in threads of their own, which the tapes of the thread outside do not see."""


ON_THE_SPOT = ("get_strategy", "OneDeviceStrategy", "TPUStrategy")


def _strategy_run(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    given = args.get(1, "args", Tuple(()))
    items = world.run.elements(given, site)
    inner = Arguments([], rest=items.element) if isinstance(items, Many) else Arguments(list(items))
    keywords = args.keywords.get("kwargs")
    if isinstance(keywords, Cell) and keywords.kind == "dict":
        for key, value in containers.pairs(world.run, keywords) or []:
            if isinstance(key, Const):
                inner.keywords[str(key.value)] = value
    unseen = isinstance(base, Cell) and base.info in IN_THREADS
    with world.paused() if unseen else nullcontext():
        return world.run.call(args.get(0, "fn"), inner, site)


def _opaque_run(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`strategy.run(step, args=...)` of a strategy that cannot be seen."""
    if (
        args.positional
        and world.is_callable(args.positional[0])
        and (len(args.positional) == 1 or isinstance(args.positional[1], Tuple))
    ):
        return _strategy_run(world, base, args, site)
    return world.run.call_unknown(base, args, site)


# -- operations that facts cannot say whole


def _einsum(name: str) -> FunctionHandler:
    """A sum of products: linear in one operand, in several linear in each."""

    def multiply(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        return apply.call_fact(world, fact, args, site, word="bilinear" if len(args.positional) > 2 else "linear")

    return multiply


def _argsort(name: str) -> FunctionHandler:
    """`tf.argsort`: what sorts along the last axis is recorded, and has zeros for a gradient where it is the target;
    along another one it is followed by an operation that has none.
    """

    def sort(world: Libraries, args: Arguments, site: Site) -> Value:
        from ..shapes import shapes

        fact = world.facts.fact(name)
        assert fact is not None
        made = apply.call_fact(world, fact, args, site)
        axis, shape = args.get(1, "axis", Const(-1)), shapes.of_value(world, args.get(0, fact.parameters[0].name))
        if not isinstance(made, Data) or axis == Const(-1):
            return made
        rank = len(shape) if shape is not None else None
        last = axis.value == rank - 1 if isinstance(axis, Const) and rank is not None else None
        if isinstance(axis, Const) and isinstance(axis.value, int) and axis.value < -1:
            last = rank == 1
        outcome = {True: ZERO, False: NONE, None: ZERO | NONE | IGNORANT}[last]
        made.node.as_target = tuple(edge._replace(outcome=outcome) for edge in made.node.as_target)
        return made

    return sort


def _assert_equal(name: str) -> FunctionHandler:
    """`tf.debugging.assert_equal`: of the very same tensor or variable nothing is read."""

    def compare(world: Libraries, args: Arguments, site: Site) -> Value:
        one, other = args.get(0, "x"), args.get(1, "y")
        if isinstance(one, (Data, Variable)) and one == other:
            return apply.nothing(world, name, site)
        fact = world.facts.fact(name)
        assert fact is not None
        return apply.call_fact(world, fact, args, site)

    return compare


def _gather(world: Libraries, args: Arguments, site: Site) -> Value:
    """`tf.gather`: of a variable it reads its rows."""
    fact = world.facts.fact("tensorflow.gather")
    assert fact is not None
    made = apply.call_fact(world, fact, args, site)
    params = args.get(0, "params")
    if isinstance(params, Variable) and isinstance(made, Data) and made.node.detail == ROWS:
        parts.value_read(world, params, made)
    return made


def _counting(name: str) -> FunctionHandler:
    """`tf.range` and the like: of integers where all arguments are, else of floats."""

    def count(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        assert fact is not None
        made = apply.call_fact(world, fact, args, site)
        if not isinstance(made, Data):
            return made
        asked = args.keywords.get("dtype", args.get(3, "dtype", NO_VALUE))
        ends = [*args.positional[:3], *(v for n, v in args.keywords.items() if n in ENDS)]
        given = [apply.dtype_of(world, end) for end in ends]
        found = next((letter for letter in "?fi" if letter in given), "?")
        made.node.dtype = found if asked == NO_VALUE else apply.dtype_argument(asked)
        exact = made.range.array if made.range is not None and not world.run.graph_mode else None
        return replace(made, dtype=made.node.dtype, shape=exact.shape if exact is not None else made.shape)

    return count


ENDS = ("start", "limit", "delta", "stop", "step")

FUNCTIONS: dict[str, FunctionHandler] = {
    "Variable": _variable, "split": _split, "gather": _gather,
    "unstack": _unstack,
    **{f"distribute.{name}": _strategy(name) for name in (*IN_THREADS, *ON_THE_SPOT)},
}  # fmt: skip
