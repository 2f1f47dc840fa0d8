"""What a model of Keras 3 lacks until it is compiled: an optimizer, and a loss to compute."""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow import containers
from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Flag,
    Function,
    Library,
    Many,
    Method,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
)

from ..names import is_of_keras
from ..registry import Registry
from ..shapes.shapes import of_value
from ..structures import mapped
from ..world import Libraries
from .weights import ModelInfo, is_keras, is_of_keras_2

COMPILED = "compiled"
"""Set on a model that was compiled, or perhaps."""
_COMPILED_LOSS = "compiled_loss.call"
"""A function of which it is known only that it is a loss."""


def register(registry: Registry) -> None:
    """Add what computes losses."""
    for kind in ("layer", "instance"):
        registry.methods[(kind, "loss")] = _loss
        registry.methods[(kind, "compute_loss")] = _compute_loss


def note_compiled(world: Libraries, model: Cell) -> None:
    """A model was compiled, or may have been."""
    world.run.state.set((model.uid, COMPILED), Flag())


def never_compiled(world: Libraries, model: Cell) -> bool:
    """Whether a model of Keras 3 was certainly not compiled so far."""
    run = world.run
    if model.kind == "instance":
        order = run.lineage(model.info)
        seen = all(isinstance(c, Class) or (isinstance(c, Library) and is_of_keras(c.name)) for c in order)
        is_model = seen and is_keras(world, model, ("model",)) and run.is_made_here(model)
    else:
        is_model = isinstance(model.info, ModelInfo) and model.uid > run.outside
    return (
        is_model
        and not is_of_keras_2(world, model)
        and not run.is_in_unknown_hands(model)
        and run.state.get((model.uid, COMPILED)) is UNBOUND
    )


def _loss(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`model.loss(...)`: what the model was compiled with, which is not known here; None without that."""
    assert isinstance(base, Cell)
    if never_compiled(world, base):
        world.raised("TypeError", site, "Model.loss")
    return _unknown_loss(world, args.every(), site)


def _compute_loss(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`model.compute_loss(x, y, y_pred, sample_weight)`: the loss that the model was compiled with, which sees no more
    than it is handed, and all that layers add.
    """
    assert isinstance(base, Cell)
    loss = world.run.state.get((base.uid, "compiled loss"))
    lacks = loss == NO_VALUE or (loss is UNBOUND and never_compiled(world, base))
    if lacks and _adds_no_losses(world, base, site):
        world.raised("ValueError", site, "Model.compute_loss")
    handed = [args.get(1, "y"), args.get(2, "y_pred"), args.get(3, "sample_weight")]
    if args.rest is not None or UNBOUND in handed[:2]:
        return world.run.call_unknown(Method(base, "compute_loss"), args, site)
    total: Value = NO_VALUE
    if not lacks:
        given = [v for v in handed if v not in (UNBOUND, NO_VALUE)]
        given = given if is_of_keras_2(world, base) else _adapted(world, loss, given, site)
        total = _of_compiled(world, loss, given, site)
    added = world.run.elements(world.run.attribute(base, "losses", site), site)
    for each in [added.element] if isinstance(added, Many) else added:
        total = world.operate("+", [total, each], site) if total != NO_VALUE else each
    return total


def _adapted(world: Libraries, loss: Value, handed: list[Value], site: Site) -> list[Value]:
    """What a function of the project is handed that stands for a loss: floats, and labels of the predictions' rank."""
    if not isinstance(loss, (Function, Bound, Partial, Wrapped)) or len(handed) != 2:
        return handed
    made = [as_floats(world, value, UNBOUND, site) for value in handed]
    ranks = [None if shape is None else len(shape) for value in made for shape in [of_value(world, value)]]
    if ranks[0] is not None and ranks[0] == ranks[1]:
        return made
    return [replace(value, shape=None) if isinstance(value, Data) else value for value in made]


def as_floats(world: Libraries, value: Value, dtype: Value, site: Site) -> Value:
    """What a loss of Keras 3 is handed: of each tensor one of floats, of truths and of whole numbers as well."""
    wanted = Const("float32") if dtype in (UNBOUND, NO_VALUE) else dtype
    return mapped(world, Partial(Library("keras.ops.convert_to_tensor"), (), (("dtype", wanted),)), [value], site)


def _of_compiled(world: Libraries, loss: Value, handed: list[Value], site: Site) -> Value:
    """What a compiled loss gives; of one function for one output that is the mean of what the function gives."""
    single = len(handed) == 2 and isinstance(handed[1], (Data, Variable))
    known = isinstance(loss, Library) or (isinstance(loss, Cell) and loss.kind == "loss") or world.is_callable(loss)
    if not single or not known:
        return _unknown_loss(world, handed, site)
    made = world.run.call(loss, Arguments(handed), site)
    return world.run.call(Library("tensorflow.reduce_mean"), Arguments([made]), site)


def _unknown_loss(world: Libraries, handed: list[Value], site: Site) -> Value:
    return world.run.call_unknown(Library(_COMPILED_LOSS), Arguments(handed), site)


def _adds_no_losses(world: Libraries, model: Cell, site: Site) -> bool:
    """Whether no layer of a model has anything to add to a loss."""
    return containers.sequence(world.run, world.run.attribute(model, "losses", site)) == Tuple(())
