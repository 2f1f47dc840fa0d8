"""What calls of objects of Keras 3 refuse: numbers by position, what Keras 2 had, files that are named otherwise."""

from __future__ import annotations

from collections.abc import Callable

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, UNBOUND, Bound, Cell, Const, Data, Function, Library, Value

from ..names import is_of_keras
from ..registry import MethodHandler, Registry
from ..structures import flattened
from ..world import Libraries
from . import layer_shapes
from .keras import LayerInfo
from .keras_members import TAKES_ALL, TAKING_ALL
from .weights import ModelInfo, is_keras, is_of_keras_2, part_of


def register(registry: Registry) -> None:
    """Put what is refused before what calls do."""
    registry.calls["layer"] = _of_their_shape(_after(by_position, registry.calls["layer"]))
    for key in (("layer", "__call__"), ("instance", "__call__")):
        registry.methods[key] = _after(by_position, registry.methods[key])
    for kind in ("layer", "instance"):
        registry.methods[(kind, "add_metric")] = _no_more
        for name, endings in FILES.items():
            known = registry.methods[(kind, name)]
            registry.methods[(kind, name)] = _after(_to_a_file(name, endings), known)


Check = Callable[[Libraries, Cell, Arguments, Site], None]

FILES = {"save_weights": (".weights.h5",), "save": (".keras", ".h5", ".hdf5")}
"""What the names of the files end in to which models are written."""


def _after(check: Check, known: MethodHandler) -> MethodHandler:
    def call(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        if isinstance(base, Cell):
            check(world, base, args, site)
        return known(world, base, args, site)

    return call


def _of_their_shape(known: MethodHandler) -> MethodHandler:
    def call(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        taken = layer_shapes.check(world, base, args, site) if isinstance(base, Cell) else args
        return known(world, base, taken, site)

    return call


def _no_more(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """`layer.add_metric(...)`, which is left of Keras 2 and does nothing else than raise."""
    if isinstance(base, Cell) and not is_of_keras_2(world, base):
        world.raised("NotImplementedError", site, "Layer.add_metric")
    return NO_VALUE


def _to_a_file(name: str, endings: tuple[str, ...]) -> Check:
    def check(world: Libraries, base: Cell, args: Arguments, site: Site) -> None:
        path = args.get(0, "filepath", UNBOUND)
        known = isinstance(path, Const) and isinstance(path.value, str) and not is_of_keras_2(world, base)
        if known and not str(path.value).endswith(endings):  # type: ignore[attr-defined]
            world.raised("ValueError", site, f"Model.{name}")

    return check


def by_position(world: Libraries, layer: Cell, args: Arguments, site: Site) -> None:
    """A layer or model is called: one of Keras 3 takes tensors only by position, alone or in lists."""
    if layer.kind == "instance":
        names = [c.name for c in world.run.lineage(layer.info) if isinstance(c, Library)]
        known = bool(names) and all(map(is_of_keras, names)) and part_of(world, layer) is None
        known = known and is_keras(world, layer)
    else:
        functional = isinstance(layer.info, ModelInfo) and layer.info.form == "functional"
        names = [layer.info.name] if isinstance(layer.info, LayerInfo) else []
        known = not functional and getattr(layer.info, "fact", UNBOUND) is not None
    if not known or is_of_keras_2(world, layer) or world.run.is_set_somewhere(TAKES_ALL):
        return
    if TAKING_ALL.isdisjoint(names) and any(map(_is_strange, _leaves(world, args))):
        world.raised("ValueError", site, "Layer.__call__")


def _leaves(world: Libraries, args: Arguments) -> list[Value]:
    return [leaf for value in args.positional for leaf in flattened(world, value) or ()]


def _is_strange(value: Value) -> bool:
    """Whether a value is certainly no tensor, and nothing that Keras makes one of."""
    if isinstance(value, (Function, Bound)) or (isinstance(value, Data) and value.kind == "python"):
        return True
    return isinstance(value, Const) and value != NO_VALUE
