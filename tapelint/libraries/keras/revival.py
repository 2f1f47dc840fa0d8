"""Copies that Keras 3 makes of layers and models: it writes down how each was made, and makes it anew from that."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tapelint.flow.values import UNBOUND, Bound, Cell, Class, Const, Data, Function, Library, Value, Variable, options

from ..world import Libraries
from .keras import LayerInfo
from .weights import ModelInfo, all_layers, is_keras, is_old, leaves

PERHAPS = "?"
"""Of a copy that may fail no more is known than that."""


def refusal(world: Libraries, value: Cell, how: str) -> str:
    """The exception with which a layer or model refuses to be copied; "" where it is copied, PERHAPS where it may be.

    `how`: `copy.deepcopy` finds classes by names under which they are registered, `keras.models.clone_model` has them
    from the objects.
    """
    found = [_of_one(world, layer, how) for layer in all_layers(world, value) if isinstance(layer, Cell)]
    found = [each for each in found if each]
    if not found:
        return ""
    return found[0] if len(set(found)) == 1 else PERHAPS


def _of_one(world: Libraries, layer: Cell, how: str) -> str:
    if layer.kind == "lambda layer":
        return _of_lambda(layer.info, how)
    if layer.kind == "layer":
        info = layer.info
        given = info.args.every() if isinstance(info, (LayerInfo, ModelInfo)) else []
        return PERHAPS if not getattr(info, "old", False) and _hold_code(world, given) else ""
    if layer.kind != "instance" or not is_keras(world, layer) or is_old(world, layer):
        return ""
    classes = [c for c in world.run.lineage(layer.info) if isinstance(c, Class)]
    if any(c.node.decorator_list for c in classes):
        return PERHAPS if how == "copy.deepcopy" else _by_arguments(world, layer, classes)
    made = _by_arguments(world, layer, classes)
    return made if how != "copy.deepcopy" or made == PERHAPS else "TypeError"


def _of_lambda(function: Value, how: str) -> str:
    plain = isinstance(function, Function) and isinstance(function.node, ast.Lambda)
    if not plain:
        return PERHAPS
    return "" if how == "copy.deepcopy" else "ValueError"


def _hold_code(world: Libraries, values: Iterable[Value]) -> bool:
    """Whether one of these is a function of the project, which Keras looks up by its name."""
    return any(isinstance(leaf, (Function, Bound)) for value in values for leaf in leaves(world, value))


def _by_arguments(world: Libraries, layer: Cell, classes: list[Class]) -> str:
    """Whether an object of a project's class can be made from what Keras wrote down of the call that made it."""
    if any(world.run.class_attribute(layer, name) is not None for name in ("get_config", "from_config")):
        return ""
    init = world.run.class_attribute(layer, "__init__")
    if init is None:
        return ""
    if not isinstance(init, Bound) or not isinstance(init.function, Function) or len(classes) > 1:
        return PERHAPS
    args = init.function.node.args
    names = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)][1:]
    if any(not _is_plain(value) for value in _kept(world, layer, names)):
        return PERHAPS
    if args.kwarg is not None:
        return ""
    return PERHAPS if {"trainable", "dtype"} & set(names) else "TypeError"


def _kept(world: Libraries, layer: Cell, names: Iterable[str]) -> Iterator[Value]:
    """What an object keeps under the names of its constructor's parameters."""
    for name in names:
        value = world.run.state.get((layer.uid, name))
        if value is not UNBOUND:
            yield from options(value)


def _is_plain(value: Value) -> bool:
    """Whether Keras can write an argument down."""
    return isinstance(value, (Const, Library)) and not isinstance(value, (Data, Variable))
