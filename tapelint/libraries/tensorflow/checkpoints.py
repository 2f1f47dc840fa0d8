"""What keeps variables beside the program: checkpoints, and moving averages of variables."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import FALSE, NO_VALUE, UNBOUND, Cell, Const, Many, Names, Tuple, Value, Variable, options

from ..keras import layer_members
from ..keras.weights import leaves
from ..numerics import numbers
from ..refusals import packing
from ..registry import Registry
from ..world import Libraries
from .tensorflow import make_variable

RESTORING = ("restore", "read", "restore_or_initialize")


def register(registry: Registry) -> None:
    """Add them."""
    train = "tensorflow.train"
    registry.functions[f"{train}.Checkpoint"] = _checkpoint
    registry.functions[f"{train}.CheckpointManager"] = _manager
    registry.functions[f"{train}.ExponentialMovingAverage"] = lambda world, args, site: Cell(
        world.run.uid(), "moving average", site=site
    )
    registry.attributes["checkpoint"] = _attribute
    registry.methods[("checkpoint", "*")] = _method
    registry.methods[("moving average", "average")] = _average
    registry.methods[("moving average", "apply")] = _apply_average
    registry.methods[("moving average", "*")] = lambda world, base, args, site: world.inert(
        "average", Arguments([]), site
    )


def _apply_average(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`average.apply(variables)`: it takes no variable of Keras 3, whose dtype is a text."""
    if packing.is_of_keras_variables(world, args.get(0, "var_list")):
        world.raised("AttributeError", site, "tf.train.ExponentialMovingAverage.apply")
    return NO_VALUE


def _checkpoint(world: Libraries, args: Arguments, site: Site) -> Value:
    """`tf.train.Checkpoint(model=model)`: an object that has what it is given."""
    return _object(world, {**args.keywords, **({"root": args.positional[0]} if args.positional else {})}, site)


def _manager(world: Libraries, args: Arguments, site: Site) -> Value:
    return _object(world, {"checkpoint": args.get(0, "checkpoint")}, site)


def _object(world: Libraries, fields: dict[str, Value], site: Site) -> Cell:
    cell = Cell(world.run.uid(), "checkpoint", site=site)
    for name, value in fields.items():
        world.run.store_field(cell, name, value)
    return cell


def _attribute(world: Libraries, base: Cell, name: str, site: Site) -> Value | None:
    """What it was given; of all else that is no method nothing is known, and nothing of it is a tensor's."""
    stored = world.run.state.get((base.uid, name))
    if stored is not UNBOUND:
        return stored
    ask = ("latest_checkpoint", "checkpoints", "directory", "save_counter", "checkpoint_interval")
    return world.inert(name, Arguments([]), site) if name in ask else None


def _method(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    name = args.positional[0]
    if isinstance(base, Cell) and isinstance(name, Const) and name.value in RESTORING:
        _forget(world, base, site)
    return world.inert("checkpoint", Arguments([]), site)


def _forget(world: Libraries, base: Cell, site: Site) -> None:
    """What a checkpoint holds has other numbers from now on."""
    names = world.run.state.get((base.uid, "__names__"))
    for name in names.names if isinstance(names, Names) else ():
        for leaf in leaves(world, world.run.state.get((base.uid, name))):
            if isinstance(leaf, Variable):
                numbers.forget(world, leaf)
            elif isinstance(leaf, Cell) and leaf.kind == "checkpoint":
                _forget(world, leaf, site)
            elif isinstance(leaf, Cell) and leaf.kind in ("layer", "instance"):
                layer_members.reload(world, leaf, Arguments([]), site)


def _average(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`average(variable)`: a variable of its own, which no tape watches."""
    variable = args.get(0, "var")
    found = [option for option in options(variable) if isinstance(option, Variable)]
    if not isinstance(base, Cell) or len(found) != 1 or isinstance(variable, (Many, Tuple)):
        return world.run.opaque(site, [variable])
    key = (base.uid, f"average of {found[0].uid}")
    kept = world.run.state.get(key)
    if kept is UNBOUND:
        kept = make_variable(world, UNBOUND, UNBOUND, FALSE, "tf", site)
        numbers.forget(world, kept)
        world.run.state.set(key, kept)
    return kept
