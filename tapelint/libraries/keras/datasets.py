"""The images that Keras downloads: whole numbers from 0 to 255, which no tape watches."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Tuple, Value

from .. import apply
from ..registry import Registry
from ..world import Libraries

OF_IMAGES = ("mnist", "fashion_mnist", "cifar10", "cifar100")
"""The data sets whose pictures and labels are arrays of `uint8`, as Keras 3 documents them."""


def register(registry: Registry) -> None:
    """Add the functions that load them."""
    for library in ("keras", "tf_keras"):
        for name in OF_IMAGES:
            full = f"{library}.datasets.{name}.load_data"
            registry.functions[full] = partial(_load, name=full)


def _load(world: Libraries, args: Arguments, site: Site, name: str) -> Value:
    """Two pairs of pictures and labels: those to train with, those to test with."""
    arrays = [replace(apply.detached(world, name, args, site, "numpy", "i"), width="uint8") for _ in range(4)]
    return Tuple((Tuple(tuple(arrays[:2])), Tuple(tuple(arrays[2:]))))
