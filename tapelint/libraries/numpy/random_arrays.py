"""NumPy's random generators: plain arrays that no tape knows."""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Cell, Const, Data, Value, Variable

from .. import apply
from ..python import passing
from ..registry import Registry
from ..shapes import shapes, widths
from ..world import Libraries

MAKERS = ("default_rng", "RandomState", "Generator")
INTEGERS = ("integers", "randint", "random_integers", "binomial", "poisson", "geometric", "multinomial")
WITHOUT_RESULT = ("shuffle", "seed", "set_state")


def register(registry: Registry) -> None:
    """Add them."""
    for name in MAKERS:
        registry.functions[f"numpy.random.{name}"] = _generator
    registry.functions["numpy.random.choice"] = _choice
    registry.functions["numpy.random.permutation"] = _permutation
    registry.methods[("numpy generator", "*")] = _drawn


def _generator(world: Libraries, args: Arguments, site: Site) -> Value:
    return Cell(world.run.uid(), "numpy generator", site=site)


def _choice(world: Libraries, args: Arguments, site: Site) -> Value:
    """`np.random.choice(a, size)`: of a whole number it draws places below it, one or an array of them.

    Probabilities of 32 bits need not have the sum 1 exactly in an array, but in a tensor.
    """
    name = "numpy.random.choice"
    if not _is_whole(args.get(0, "a")) or args.rest is not None or any(map(world.is_in_graph, args.every())):
        return _of_others(world, name, args, site)
    size = args.get(1, "size", NO_VALUE)
    drawn = apply.detached(world, name, args, site, "python" if size == NO_VALUE else "numpy", "i")
    odds = args.get(3, "p", NO_VALUE)
    if isinstance(odds, Variable) or (isinstance(odds, Data) and odds.kind == "tensor"):
        world.known.failing.add(drawn.node.id)
    return drawn if size == NO_VALUE else Data(drawn.node, drawn.kind, "i", shapes.as_shape(world, size))


def _permutation(world: Libraries, args: Arguments, site: Site) -> Value:
    """`np.random.permutation(x)`: of a whole number it gives the places below it in another order."""
    first, name = args.get(0, "x"), "numpy.random.permutation"
    if not _is_whole(first):
        return _of_others(world, name, args, site)
    drawn = apply.detached(world, name, args, site, dtype="i")
    return Data(drawn.node, drawn.kind, "i", shapes.as_shape(world, first))


def _of_others(world: Libraries, name: str, args: Arguments, site: Site) -> Value:
    """The same of anything but a whole number, as it was measured."""
    fact = world.facts.fact(name)
    assert fact is not None
    return apply.call_fact(world, fact, args, site)


def _is_whole(value: Value) -> bool:
    """Whether a value is a whole number of Python's."""
    if isinstance(value, Const):
        return type(value.value) is int and value.value > 0
    return isinstance(value, Data) and value.kind == "python" and value.dtype == "i"


def _drawn(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
    """One draw; which numbers are drawn decides the dtype, `size` the shape."""
    method, rest = args.positional[0], args.after(1)
    name = str(method.value) if isinstance(method, Const) else ""
    if name == "shuffle" and rest.positional:
        return passing.shuffled(world, rest.positional[0], site)
    if name in WITHOUT_RESULT:
        return NO_VALUE
    dtype = "i" if name in INTEGERS else "f"
    like = name in widths.LIKE_THE_ARGUMENT
    if like and rest.positional:
        first = rest.positional[0]
        dtype = "i" if isinstance(first, Const) else apply.dtype_of(world, first) or "f"
    drawn = apply.detached(world, f"numpy.random.{name}", rest, site, dtype=dtype)
    size = rest.keywords.get("size")
    shape = shapes.as_shape(world, size) if size is not None else None
    return Data(drawn.node, drawn.kind, dtype, shape, width="" if like else _width(name, rest))


OF_ANY_WIDTH = ("random", "standard_normal", "standard_exponential", "standard_gamma")
"""What draws numbers of the dtype that is asked for; others draw doubles."""


def _width(name: str, args: Arguments) -> str:
    if name in INTEGERS:
        return ""
    if name not in OF_ANY_WIDTH:
        return "float64"
    asked = args.keywords.get("dtype")
    return widths.named(asked, of_numpy=True) if asked is not None else "" if len(args.positional) > 1 else "float64"
