"""`keras.losses.get("mse")` and the like: what Keras finds under a name."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Cell, Const, Library, Value

from ..registry import FunctionHandler, Registry
from ..world import Libraries

WITHOUT: dict[str, Value] = {"activations": Library("keras.activations.linear")}
"""What `get(None)` gives, where it is something."""


def register(registry: Registry) -> None:
    """Add them."""
    for module in ("activations", "losses", "metrics", "optimizers"):
        registry.functions[f"keras.{module}.get"] = _get(module)
    registry.functions["keras.losses.deserialize"] = _deserialize_loss


def _get(module: str) -> FunctionHandler:
    """A function as it is, an object of a class: the name tells which."""

    def get(world: Libraries, args: Arguments, site: Site) -> Value:
        value = args.get(0, "identifier")
        if value == NO_VALUE:
            return WITHOUT.get(module, NO_VALUE)
        if isinstance(value, Const) and isinstance(value.value, str):
            return named(world, module, value.value, site)
        known = isinstance(value, (Cell, Library)) or world.is_callable(value)
        return value if known else world.run.call_unknown(Library(f"keras.{module}.get"), args, site)

    return get


def _deserialize_loss(world: Libraries, args: Arguments, site: Site) -> Value:
    """`keras.losses.deserialize(name)`: it knows no short names, and may give back a name that it does not know."""
    value = args.get(0, "name")
    if not isinstance(value, Const):
        return world.run.call_unknown(Library("keras.losses.deserialize"), args, site)
    name = str(value.value)
    known = world.facts.fact(f"keras.losses.{name}") is not None and (name[:1].isupper() or "_" in name)
    return named(world, "losses", name, site) if known else world.run.missing(site)


def named(world: Libraries, module: str, name: str, site: Site) -> Value:
    """What stands under a name in one of Keras's modules."""
    found = Library(f"keras.{module}.{name}")
    if module == "metrics" and not name[:1].isupper():
        cls = Library(f"keras.metrics.{_class_of(name)}")
        return world.run.call(cls, Arguments([]), site) if world.facts.fact(cls.name) is not None else found
    if module == "optimizers":
        return Cell(world.run.uid(), "optimizer", found.name, site)
    if not name[:1].isupper():
        return found
    return world.run.call(found, Arguments([]), site)


SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error"}


def _class_of(name: str) -> str:
    """The class of a metric, of whose objects a name stands for one."""
    return "".join(word.capitalize() for word in SHORT.get(name, name).split("_"))
