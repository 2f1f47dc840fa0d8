"""What certainly raises where variables are updated by hand: parts that are set, methods and setters that lack.

Each is noted with the values that are refused, so that a finding can say what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.graph import ROWS, SEVERAL, Node, Site
from tapelint.flow.values import Cell, Data, Many, Opaque, Tuple, Value, Variable

from ..natures import form

if TYPE_CHECKING:
    from ..world import Libraries

ASSIGNING = ("assign", "assign_add", "assign_sub")
"""Methods of variables that no tensor has."""

OF_ROWS = ("consumers", "dense_shape", "device", "dtype", "graph", "indices", "name", "op", "shape", "values")
"""What an `IndexedSlices` has."""

ITEM, ITERATION, SETTER, METHOD = "item assignment", "iteration over a layer", "no setter", "no such method"
"""The calls that exceptions are noted under."""


MOST_DEEP = 20
"""So deep lists lie in lists."""


def set_item(world: Libraries, base: Value, value: Value, site: Site) -> None:
    """`base[i] = value` raises a TypeError for variables and tensors, in a graph as well."""
    if isinstance(base, Variable) or is_tensor(base):
        refuse(world, "TypeError", site, ITEM, [base, value])
    else:
        world.run.escape([value])


def missing(world: Libraries, base: Data, name: str, site: Site) -> Value | None:
    """What comes of asking a tensor for what it lacks, which raises; None where it may have it."""
    if not _lacks(base, name):
        return None
    refuse(world, "AttributeError", site, METHOD, [base])
    return world.run.opaque(site)


def refuse(world: Libraries, error: str, site: Site, call: str, values: Sequence[Value]) -> None:
    """These values are refused, if they were made: lists are noted as they are now."""
    if may_be_missing(world, values, error):
        return
    world.recorder.note("refused", Tuple(tuple(listed(world, value) for value in values)), site)
    world.raised(error, site, call)


def may_be_missing(world: Libraries, values: Sequence[Value], error: str = "") -> bool:
    """Whether another exception than `error` may have come before one of some values was made."""
    nodes = world.run.graph.ancestors([node for value in values for node in _nodes(value)])
    failing, refusing = world.known.failing, world.known.refusing
    doubtful = [node for node in nodes if node.id in failing or node.id in refusing]
    alike = error == OF_KERNELS and not world.run.graph_mode
    return (not alike and bool(doubtful)) or any(not _is_refused_by_kernels(world, node) for node in doubtful)


def _nodes(value: Value) -> Iterator[Node]:
    """The node of a value, or those of what a call has given several of."""
    if isinstance(value, (Data, Opaque, Variable)):
        yield value.node
    for part in value.items if isinstance(value, Tuple) else [value.element] if isinstance(value, Many) else ():
        yield from _nodes(part)


OF_KERNELS = "InvalidArgumentError"


def _is_refused_by_kernels(world: Libraries, node: Node) -> bool:
    """Whether the exception of an operation outside of graphs is the one that comes of numbers and shapes."""
    return node.id not in world.known.refusing and node.op.startswith(("tensorflow.", "operator "))


def listed(world: Libraries, value: Value, depth: int = 0) -> Value:
    """A list with the items that it has now; anything else as it is."""
    items = containers.sequence(world.run, value) if depth < MOST_DEEP else None
    if isinstance(items, Tuple):
        return Tuple(tuple(listed(world, item, depth + 1) for item in items.items))
    return Many(items.element) if isinstance(items, Many) else value


def is_tensor(value: Value) -> bool:
    """Whether a value is a tensor of TensorFlow for certain, and no variable or thing in parts."""
    return isinstance(value, Data) and value.kind == "tensor" and not form(value) and _gives_a_tensor(value.node)


def _gives_a_tensor(node: Node) -> bool:
    """Whether what a node stands for is one tensor, whatever it is made of."""
    if node.opaque or node.detail == SEVERAL:
        return False
    if node.op in ("operator []", "tensorflow.function argument"):
        return bool(node.edges) and (node.edges[0].node.kind == "variable" or _gives_a_tensor(node.edges[0].node))
    known = node.op.startswith(("operator ", "tensorflow.")) or node.op == "gradient"
    return known and not node.op.startswith(GIVING_ANYTHING)


GIVING_ANYTHING = tuple(
    f"tensorflow.{name}"
    for name in "data. compat. raw_ops. nest. py_function numpy_function while_loop cond case switch_case map_fn scan "  # noqa: SIM905
    "foldl foldr vectorized_map function keras. experimental. train. saved_model. lookup. queue. io. distribute. "
    "Variable TensorArray custom_gradient recompute_grad grad_pass_through".split()
)
"""What may give a structure, a variable, or whatever a function gives."""


def _lacks(value: Data, name: str) -> bool:
    """Whether a tensor has no such method of variables, or an `IndexedSlices` none of tensors.

    A part of a variable has `assign`.
    """
    if form(value) == ROWS:
        return not name.startswith("_") and name not in OF_ROWS
    return name in ASSIGNING and is_tensor(value) and (value.node.op != "operator []" or name != "assign")


def is_never_iterated(value: Value) -> bool:
    """Whether a value is a layer or model of Keras itself: none of them is a sequence."""
    return isinstance(value, Cell) and value.kind == "layer"

