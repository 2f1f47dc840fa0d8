"""The heap with its undo trail."""

from __future__ import annotations

from tapelint.flow.state import State
from tapelint.flow.values import UNBOUND, Const


def test_a_name_that_is_deleted_bound_again_and_undone() -> None:
    state, key = State(), (1, "name")
    state.set(key, Const(1))
    outer = state.mark()
    state.set(key, UNBOUND)
    inner = state.mark()
    state.set(key, Const(2))
    state.rollback(inner)
    assert state.delta(outer) == {key: UNBOUND}
    state.rollback(outer)
    assert state.get(key) == Const(1)
