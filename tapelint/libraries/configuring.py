"""Decorators that cannot be seen: some give a function its arguments, from a command line or a file of settings."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tapelint.flow.graph import Site
from tapelint.flow.values import Class, Function, Value
from tapelint.source import last_name, qualified_name

from .names import root

if TYPE_CHECKING:
    from .world import Libraries

LIBRARIES = frozenset(
    "abc attr attrs beartype contextlib dataclasses enum functools jax keras numba numpy overrides pytest tensorflow "  # noqa: SIM905
    "tf_keras torch typeguard typing typing_extensions".split()
)
"""Whose decorators leave the arguments to the caller."""
LEAVING = frozenset("cached deprecated export override overrides profile retry timeit timer typechecked".split())  # noqa: SIM905
"""The names of decorators that do so, wherever they come from."""


def configured(world: Libraries, made: Value, site: Site) -> Value:
    """A function or class under a decorator that cannot be seen: what a call leaves out need not be its default."""
    if _leaves_arguments(site):
        return made
    if isinstance(made, Function) and made.defaults:
        return replace(made, defaults=tuple((name, world.run.opaque(site, hint=name)) for name, _ in made.defaults))
    if isinstance(made, Class):
        first = world.run.state.get((made.uid, "__init__"))
        if isinstance(first, Function):
            world.run.state.set((made.uid, "__init__"), configured(world, first, site))
    return made


def _leaves_arguments(site: Site) -> bool:
    node = site.node.func if isinstance(site.node, ast.Call) else site.node
    return last_name(node) in LEAVING or root(qualified_name(site.source, node)) in LIBRARIES
