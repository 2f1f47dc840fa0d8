"""Gradients that have only rows: an `IndexedSlices`, which comes of looking up rows and is no tensor."""

from __future__ import annotations

from collections.abc import Sequence, Set

from tapelint.facts import whose_backward_pass
from tapelint.flow.core import Core
from tapelint.flow.graph import MAYBE, PERHAPS_ROWS, REFUSES_ROWS, ROWS, SURE, UNSURE, Node
from tapelint.flow.outcomes import NONE


def refuses(node: Node) -> bool:
    """Whether the gradient of an operation raises if an `IndexedSlices` comes down to it."""
    return node.detail == REFUSES_ROWS or (node.op == "gradient" and node.detail in whose_backward_pass("refuses rows"))


def refusing_again(nodes: Sequence[Node]) -> set[int]:
    """The operations of graphs whose gradient, differentiated again at once, may raise: an `IndexedSlices` comes down
    to it from what picks rows of their results, or of what they are handed.
    """
    picks, refuses = whose_backward_pass("picks rows"), whose_backward_pass("refuses rows")
    found: set[int] = set()
    for node in nodes:
        found |= {node.id} if node.depth and node.op in refuses and _comes_from(node, picks) else set()
    return found


def _comes_from(node: Node, ops: Set[str]) -> bool:
    """Whether an argument of an operation was made by one of these, or is one of several that may have been."""
    todo, seen = [edge.node for edge in node.edges], set[int]()
    while todo:
        before = todo.pop()
        if before.op in ops:
            return True
        if before.is_transparent and before.id not in seen:
            seen.add(before.id)
            todo += [edge.node for edge in before.edges]
    return False


def looked_up(core: Core, rec: int, targets: Sequence[Node], sources: Sequence[Node]) -> dict[int, str]:
    """The sources of which only rows are looked up, or may be: their gradients are no tensors but `IndexedSlices`."""
    mine = {s.id for s in sources}
    certain, perhaps = behind(core, rec, targets)
    return dict.fromkeys(mine & certain, ROWS) | dict.fromkeys(mine & perhaps, PERHAPS_ROWS)


def behind(core: Core, rec: int, targets: Sequence[Node]) -> tuple[set[int], set[int]]:
    """The nodes behind the targets whose gradients are `IndexedSlices`, and those whose gradients may be."""
    whole = {t.id for t in targets}
    rows: set[int] = set()
    perhaps: set[int] = set()
    hands_back, picks_rows = whose_backward_pass("hands back"), whose_backward_pass("picks rows")
    of_some = whose_backward_pass("rows of vectors") | whose_backward_pass("rows of some")
    may_hand_back = whose_backward_pass("may hand back")
    reached = set(whole)
    for node in reversed(core.graph.ancestors(targets)):
        status = node.recorded.get(rec)
        if node.id not in reached or (status is None and not node.is_transparent):
            continue  # nothing comes down to it, or it passes nothing on
        is_gradient, is_join = node.op == "gradient", node.op == "join"
        done = node.detail if is_gradient else node.op  # the gradient of what hands on does, too
        hands_on = done in hands_back or (is_gradient and not done)
        handed = hands_on and node.id in rows and node.id not in whole
        gives_rows = node.detail == ROWS or handed or (is_gradient and node.detail in picks_rows)
        passed = (is_join and node.id in rows) or ((is_join or hands_on) and node.id in perhaps)
        passed = passed or (done in may_hand_back and node.id in rows | perhaps and node.id not in whole)
        doubtful = passed or node.op in of_some or node.detail == PERHAPS_ROWS
        if doubtful or (gives_rows and status in (MAYBE, UNSURE)):
            found = perhaps
        else:
            found = rows if gives_rows and status == SURE else set() if status in (MAYBE, UNSURE) else whole
        inputs = {edge.node.id for edge in node.edges if edge.outcome != NONE}
        found |= inputs
        reached |= inputs
    return rows - whole - perhaps, perhaps - whole
