"""Keras's losses and metrics, and what layers add to a loss."""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Node, Site
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import (
    FALSE,
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Const,
    Data,
    Function,
    Library,
    Many,
    Opaque,
    Tuple,
    Value,
)

from .. import apply
from ..natures import REGULARIZER
from ..registry import FunctionHandler, Registry
from ..shapes import widths
from ..shapes.shapes import of_value
from ..shapes.shapes_misfit import clash
from ..tensorflow.tensorflow import make_variable
from ..world import Libraries
from . import keras_refusals
from .keras import LayerInfo, penalty
from .keras_members import is_gone
from .layer_calls import ADDED, is_within_a_call, note_loss, regularizer_of
from .weights import is_of_keras_2


def register(registry: Registry) -> None:
    """Add losses and metrics."""
    for name in FUNCTIONS:
        registry.functions[f"keras.losses.{name}"] = keras_refusals.refusing(f"keras.losses.{name}")
        registry.functions[f"tf_keras.losses.{name}"] = _of_keras_2(f"tf_keras.losses.{name}")
    registry.calls["loss"] = registry.methods[("loss", "call")] = _call_loss
    registry.calls["metric"] = _call_metric
    registry.methods[("metric", "update_state")] = _update_metric
    registry.methods[("metric", "result")] = _metric_result
    for name in ("reset_state", "reset_states", "merge_state"):
        registry.methods[("metric", name)] = lambda world, base, args, site: NO_VALUE
    registry.attributes["metric"] = _of_metric
    registry.calls[REGULARIZER] = _call_made


SUMS = ("total", "count", "accumulator", "true_positives", "true_negatives", "false_positives", "false_negatives")
"""What metrics keep in variables that are not trainable; each has some of them."""


def _of_metric(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    if not base.info.old and is_gone(world, "metric", name):
        world.raised("AttributeError", site, f"Metric.{name}")
    if name in ("variables", "weights") or (name.startswith("_") and not name.startswith("__")):
        return world.run.opaque(site, [base], hint=name)
    if name not in SUMS:
        return None
    known = world.run.state.get((base.uid, name))
    if known is UNBOUND:
        flavor = "tf" if base.info.old else "keras"
        known = make_variable(world, UNBOUND, Const("float32"), FALSE, flavor, base.site or site, name)
        world.run.state.set((base.uid, name), known)
    return known


def losses(world: Libraries, base: Cell, site: Site) -> Value:
    """`layer.losses`: what `add_loss` took and what layers add for what they gave, then regularisation of weights."""
    found: list[Value] = []
    layers = world.registry.attributes["layers of"](world, base, "", site).items  # type: ignore[union-attr]
    for layer in layers:
        added = world.run.state.get((layer.uid, ADDED)) if isinstance(layer, Cell) else UNBOUND
        found += added.items if isinstance(added, Tuple) else ()
    asked = world.registry.attributes["weights of"](world, base, "trainable_weights", site)
    mine = world.run.elements(asked, site) if asked is not None else None
    if not isinstance(mine, list):
        return Many(world.run.opaque(site, [*found, *([asked] if asked is not None else [])]))
    for weight in mine:
        given = regularizer_of(world, weight)
        if given is not UNBOUND:
            found.append(penalty(world, given, weight, site))
    return containers.make_list(world.run, Tuple(tuple(found)))


def add_loss(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`layer.add_loss(loss)`: in Keras 3 of tensors only, while the layer is called."""
    assert isinstance(base, Cell)
    loss = args.get(0, "loss", NO_VALUE)
    items = containers.sequence(world.run, loss)
    each = items.items if isinstance(items, Tuple) else (loss,)
    if getattr(base.info, "form", "") == "functional" and not is_of_keras_2(world, base):
        world.raised("NotImplementedError", site, "Functional.add_loss")
    late = world.is_symbolic(each) and not is_within_a_call(world)
    if (late or any(map(_is_no_tensor, each))) and not is_of_keras_2(world, base):
        world.raised("ValueError", site, "Layer.add_loss")
    for value in each:
        note_loss(world, base, value)
    return NO_VALUE


def _is_no_tensor(value: Value) -> bool:
    """Whether a value is certainly no loss to Keras 3: a function, a number of Python's or NumPy's."""
    if isinstance(value, (Function, Bound, Const)):
        return True
    return isinstance(value, Data) and value.kind in ("python", "numpy")


FUNCTIONS = (
    *("binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy", "categorical_hinge", "circle"),
    *("cosine_similarity", "hinge", "huber"),
    *("kl_divergence", "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error"),
    *("mean_squared_logarithmic_error", "poisson", "squared_hinge", "sparse_categorical_crossentropy"),
)


def _of_keras_2(name: str) -> FunctionHandler:
    def call(world: Libraries, args: Arguments, site: Site) -> Value:
        fact = world.facts.fact(name)
        return apply.call_fact(world, fact, args, site) if fact else world.run.call_unknown(Library(name), args, site)

    return call


OF_LOGITS = tuple(f"keras.losses.{n}Crossentropy" for n in ("Binary", "Categorical", "SparseCategorical"))
"""Losses that look for what an activation of Keras was given, and are computed from that."""


def _logits(value: Value) -> Data | None:
    """What Keras's softmax or sigmoid made this tensor of; None for another one."""
    if not isinstance(value, Data) or value.node.op not in ("keras.activations.softmax", "keras.activations.sigmoid"):
        return None
    return Data(value.node.edges[0].node, "tensor", "f", value.shape) if len(value.node.edges) == 1 else None


def _call_loss(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    info: LayerInfo = callee.info
    if info.fact is None:
        return world.run.call_unknown(callee, args, site)
    if apply.misfit(info.fact.call_parameters, args):
        return apply.unfollowed(world, args, site)
    given = apply.bind(info.fact.call_parameters, args)
    if not info.old and (error := keras_refusals.of_object(world, info.name, given)):
        return keras_refusals.refuse(world, error, info.name, given, site)
    if info.name in OF_LOGITS and (logits := _logits(given.get("y_pred"))) is not None:
        given.values["y_pred"] = logits
    constants, unknown = apply.constants(world, apply.bind(info.fact.parameters, info.args))
    more, _ = apply.constants(world, given)
    made = apply.answer(world, info.name, info.fact.effect({**constants, **more}, unknown), given, site)
    keras_refusals.doubt_labels(world, info.name, given, made)
    apply.doubt(world, info.fact, given, world.run.nodes_in(made))
    width = widths.of_layer(world, info.args.keywords.get("dtype", UNBOUND), policy=False)
    return replace(made, width=width) if isinstance(made, Data) else made


def _call_made(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    """A call of a regularizer or a constraint of Keras."""
    fact = world.facts.fact(callee.node.op) if isinstance(callee, Data) else None
    if fact is None or not isinstance(callee, Data) or apply.misfit(fact.call_parameters, args):
        return world.run.call_unknown(callee, args, site)
    given = apply.bind(fact.call_parameters, args)
    constants, unknown = apply.constants(world, given)
    effect = fact.effect(constants, unknown | {p.name for p in fact.parameters})
    made = apply.answer(world, fact.name, effect, given, site, [Edge(callee.node, NONE)])
    apply.doubt(world, fact, given, world.run.nodes_in(made))
    if any(apply.dtype_of(world, value) != "f" for value in given.values.values()):
        world.known.doubt(world.run.nodes_in(made))
    return made


def _update_metric(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    node = _pack(world, args, site)
    if node is not None:
        world.run.state.set((base.uid, "seen"), Opaque(node))
        world.known.nothing.append(node)
        info: LayerInfo = base.info
        if info.fact is not None and not info.old:
            apply.doubt(world, info.fact, apply.bind(info.fact.call_parameters, args), [node])
        shapes = [shape for value in args.every()[:2] if (shape := of_value(world, value)) is not None]
        if len({len(shape) for shape in shapes}) == 1 and clash(shapes):
            world.known.failing.add(node.id)
    return NO_VALUE


def _pack(world: Libraries, args: Arguments, site: Site) -> Node | None:
    return world.run.node_of(Tuple(tuple(args.every())), site)


def _metric_result(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(base, Cell)
    seen = world.run.state.get((base.uid, "seen"))
    edges = [Edge(seen.node, NONE)] if isinstance(seen, Opaque) else []
    return Data(world.run.node("Metric.result", edges, site, dtype="f", declared=False), "tensor", "f")


def _call_metric(world: Libraries, callee: Value, args: Arguments, site: Site) -> Value:
    assert isinstance(callee, Cell)
    world.run.state.set((callee.uid, "seen"), UNBOUND)
    _update_metric(world, callee, args, site)
    seen = world.run.state.get((callee.uid, "seen"))
    edges = [Edge(seen.node, NONE)] if isinstance(seen, Opaque) else []
    return Data(world.run.node("Metric.__call__", edges, site, dtype="f", declared=False), "tensor", "f")
