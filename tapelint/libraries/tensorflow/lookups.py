"""Operations that look up rows of a tensor: its gradient has these rows only, and is no tensor (`IndexedSlices`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.facts import looks_up_rows
from tapelint.flow.graph import PERHAPS_ROWS, ROWS, Node
from tapelint.flow.outcomes import NONE
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Value, Variable

from ..arguments import Given
from ..shapes import shapes

if TYPE_CHECKING:
    from ..world import Libraries

ALONG = ("axis", "batch_dims")
"""What says along which axis is looked up: rows come of the first one."""


def mark(world: Libraries, name: str, given: Given, made: Node) -> None:
    """Mark what looks up rows, or may; `made` is the node of the call."""
    wanted = looks_up_rows(name)
    if wanted is not None:
        found = [_is_first(given.get(word), told=word in wanted) for word in ALONG]
        found.append(_is_flat(world, given.get("indices")) if name.endswith("gather_nd") else True)
        whole = next(iter(given.values.values()), UNBOUND)
        found.append(_is_one(whole, "embedding_lookup" in name))
        if isinstance(whole, Variable) and whole.dtype == "s":
            world.known.refusing.add(made.id)  # there are no rows of texts that are zeros
        if False not in found:
            made.detail = ROWS if None not in found and _has_one_input(made) else PERHAPS_ROWS


def _is_first(value: Value, told: bool) -> bool | None:
    """Whether an argument says that the first axis is meant; None where nobody can tell. `told`: it must say so."""
    if value in (UNBOUND, NO_VALUE):
        return not told
    return value.value == 0 if isinstance(value, Const) else None


def _is_one(value: Value, may_be_list: bool) -> bool | None:
    """Whether a tensor is looked up in as it is: a list of tensors is made one first, but for embeddings."""
    if isinstance(value, Cell) and value.kind == "list":
        return may_be_list
    return True if isinstance(value, (Data, Variable)) else None


def _is_flat(world: Libraries, indices: Value) -> bool | None:
    """Whether each of the indices of `tf.gather_nd` is one number: others give a gradient that is a tensor."""
    shape = shapes.of_value(world, indices)
    if shape is None or (len(shape) == 2 and shape[1] is None):
        return None
    return len(shape) == 2 and shape[1] == 1


def _has_one_input(made: Node) -> bool:
    """Whether all that carries a gradient is what is looked up in."""
    return len({id(edge.argument) for edge in made.edges if edge.outcome != NONE}) <= 1
