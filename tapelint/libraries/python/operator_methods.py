"""The methods of tensors and variables that stand for operators: `x.__add__(y)`."""

from __future__ import annotations

from dataclasses import replace

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.operators import METHODS
from tapelint.flow.values import Const, Method, Value, Variable

from ..registry import MethodHandler, Registry
from ..world import Libraries

OF_TWO = ("+", "-", "*", "/", "**", "@", "//", "%")


def register(registry: Registry) -> None:
    """Add them; of others of which nothing is known, and that Python calls itself, it is not known what they refuse."""
    for kind in ("tensor", "variable"):
        for op in OF_TWO:
            method, reflected = METHODS[op]
            registry.methods[(kind, method)] = _operator(op, method, False)
            registry.methods[(kind, reflected)] = _operator(op, reflected, True)
        registry.methods[(kind, "__getitem__")] = _operator("[]", "__getitem__", False)
        registry.methods[(kind, "*")] = _unknown


def _unknown(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """A method by its name, which comes before what it is given."""
    first, *others = args.positional
    name = first.value if isinstance(first, Const) and isinstance(first.value, str) else ""
    made = world.run.call_unknown(Method(base, name), replace(args, positional=[base, *others]), site)
    if name.startswith("__"):
        world.known.doubt(world.run.nodes_in(made))
    return made


def _operator(op: str, name: str, is_reflected: bool) -> MethodHandler:
    def call(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        """The operator, but for a variable of Keras 3, which asks no one else where it does not know the other."""
        if len(args.positional) != 1 or args.keywords or args.rest is not None:
            return _unknown(world, base, args.before(Const(name)), site)
        sides = [args.positional[0], base] if is_reflected else [base, args.positional[0]]
        made = world.operate(op, sides, site)
        if isinstance(base, Variable) and base.flavor == "keras":
            world.known.doubt(world.run.nodes_in(made))
        return made

    return call
