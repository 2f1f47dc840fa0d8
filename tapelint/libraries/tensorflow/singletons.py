"""Variables that are made while a `tf.function` is traced.

It may make them in its first call only. Then it is traced a second time at once, and that trace is what runs: a
variable that would be made there again is refused, as one that is made for another signature later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import UNBOUND, Cell, Const, OneOf, Value

from ..names import OLD_KERAS
from ..registry import Registry
from ..world import Libraries

MAKING = (0, "variables made in a trace")
"""Where the state says how it stands with variables in the innermost trace; UNBOUND where nobody asks."""

NONE_YET, MADE, REFUSED = Const("none yet"), Const("made"), Const("refused")

GENERATORS = (
    "keras.random.SeedGenerator", "tensorflow.random.Generator",
    *(f"tensorflow.random.Generator.from_{what}" for what in ("seed", "state", "key_counter")),
    "tensorflow.random.Generator.from_non_deterministic_state",
)  # fmt: skip
"""What makes a random generator, which keeps its state in a variable."""

LATE = ("keras.metrics.Metric", "keras.metrics.F1Score", "keras.metrics.FBetaScore")
"""Metrics that make no variables when they are made."""

WITHOUT_SLOTS = ("keras.optimizers.SGD", "keras.optimizers.Optimizer")
"""Optimizers of which it is not known by the name whether they keep variables beside those that they change."""


def register(registry: Registry) -> None:
    """Note what makes variables and is no variable itself."""
    registry.families.insert(0, _generator)
    registry.traced_on.append(MAKING)


def _generator(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    if name in GENERATORS:
        note(world, site)
    return None


def note(world: Libraries, site: Site, sure: bool = True) -> None:
    """A variable is made here; not `sure`: perhaps."""
    now = world.run.state.get(MAKING)
    if now is UNBOUND or (now == REFUSED and not sure):
        return
    if now == REFUSED:
        world.raised("ValueError", site, "tensorflow.Variable in a graph")
    else:
        world.run.state.set(MAKING, MADE if sure or now == MADE else OneOf((NONE_YET, MADE)))


def note_metric(world: Libraries, name: str, site: Site) -> None:
    """A metric is made."""
    if not name.startswith(OLD_KERAS) and name not in LATE:
        note(world, site)


def note_optimizer(world: Libraries, name: str, site: Site) -> None:
    """An optimizer is made: it counts its steps in a variable."""
    if not name.startswith(OLD_KERAS):
        note(world, site)


def note_slots(world: Libraries, optimizer: Value, site: Site) -> None:
    """An optimizer is applied: the first time it makes variables of its own for those that it changes."""
    if not isinstance(optimizer, Cell) or optimizer.kind != "optimizer":
        note(world, site, False)
    elif world.run.state.get(slot := (optimizer.uid, "slots")) is UNBOUND:
        world.run.state.set(slot, Const(True))
        seen = optimizer.uid > world.run.outside and str(optimizer.info).startswith("keras.")
        note(world, site, seen and optimizer.info not in WITHOUT_SLOTS)


@contextmanager
def watched(world: Libraries, now: Value) -> Iterator[None]:
    """Note the variables that are made meanwhile for what runs within, and not for what runs around it."""
    state = world.run.state
    outer = state.get(MAKING)
    state.set(MAKING, now)
    try:
        yield
    finally:
        state.set(MAKING, outer)
