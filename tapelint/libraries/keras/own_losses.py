"""The project's own losses and metrics: what `keras.losses.Loss` does before and after their own code."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Edge, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Method, Tuple, Value

from .. import apply
from ..arguments import plain_constant
from ..registry import Registry
from ..world import Libraries
from .compiled import as_floats
from .keras import REDUCTIONS
from .subclassed import as_keras_calls
from .weights import is_old

_SETTINGS = "settings of a loss"
_ORDER = ("name", "reduction", "dtype")
"""The parameters of `keras.losses.Loss`."""


def register(registry: Registry) -> None:
    """Add what these classes give."""
    registry.bases["loss"] = registry.bases["metric"] = _inherited
    registry.methods[("instance", "loss __call__")] = _call_loss
    registry.methods[("instance", "metric __call__")] = _call_metric
    registry.methods[("loss init", "__init__")] = _initialise


def _inherited(world: Libraries, base: Value, cls: str, name: str, site: Site) -> Value | None:
    """What `keras.losses.Loss` gives: calling it calls `call` and takes the mean; and `keras.metrics.Metric`."""
    family = world.base_family(cls)
    if name == "__call__" and isinstance(base, Cell):
        return Method(base, f"{family} __call__")
    if name == "__init__" and isinstance(base, Cell) and family == "loss":
        return Method(Cell(world.run.uid(), "loss init", (base, cls)), name)
    return Method(base, name)


def _initialise(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`super().__init__(...)` of a loss: what it makes of its numbers, and in which floats it computes."""
    assert isinstance(base, Cell)
    instance, cls = base.info
    order = _ORDER if cls.rpartition(".")[2] == "Loss" else ()
    unknown = args.rest is not None or len(args.positional) > len(order)
    given = [UNBOUND if unknown else args.get(_ORDER.index(n) if order else 99, n) for n in _ORDER[1:]]
    world.run.state.set((instance.uid, _SETTINGS), Const("unknown") if unknown else Tuple(tuple(given)))
    told = plain_constant(world, given[0])
    if not is_old(world, instance) and isinstance(told, str) and told not in REDUCTIONS:
        world.raised("ValueError", site, cls)
    return NO_VALUE


def _settings(world: Libraries, loss: Cell) -> tuple[Value, Value] | None:
    """What a loss was told of its reduction and its dtype; None where that is not known."""
    told = world.run.state.get((loss.uid, _SETTINGS))
    if isinstance(told, Tuple):
        return told.items[0], told.items[1]
    return None


def _call_metric(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """A metric takes in what it is called with, and gives its result: a library's own is computed from no tensor."""
    assert isinstance(base, Cell)
    update, result = (world.run.class_attribute(base, name) for name in ("update_state", "result"))
    if update is not None:
        world.run.call(update, args, site)
    if result is not None:
        return world.run.call(result, Arguments([]), site)
    return apply.detached(world, "keras.metrics.Metric", args, site, "tensor")


def _call_loss(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """Keras makes floats of labels and predictions; what `call` gives of them is weighted, and the mean is taken."""
    assert isinstance(base, Cell)
    method = world.run.class_attribute(base, "call")
    labels, predicted, weight = args.get(0, "y_true"), args.get(1, "y_pred"), args.get(2, "sample_weight")
    if method is None or args.rest is not None or UNBOUND in (labels, predicted):
        return world.run.call_unknown(base, args, site)
    settings = _settings(world, base)
    floats = settings[1] if settings is not None else world.run.opaque(site)
    handed = [labels, predicted]
    if not is_old(world, base):
        handed = [as_floats(world, value, floats, site) for value in (predicted, labels)][::-1]
    with as_keras_calls(world, base):
        result = world.run.call(method, Arguments(handed), site)
    if not is_old(world, base):
        result = as_floats(world, result, floats, site)
    nodes = [n for v in (result, weight) if v is not UNBOUND and (n := world.run.node_of(v, site)) is not None]
    edges = [Edge(n, FLOWS, "bilinear" if nodes[1:] else "linear") for n in nodes]
    made = world.run.node("keras.losses.Loss", edges, site, dtype="f")
    return Data(made, "tensor", "f", () if settings is not None and _is_one_number(world, settings[0]) else None)


def _is_one_number(world: Libraries, reduction: Value) -> bool:
    """Whether a loss makes one number of all, as it does unless it is told not to."""
    told = plain_constant(world, reduction)
    return reduction is UNBOUND or (isinstance(told, str) and told != "none")
