"""All handlers of this package in one registry."""

from __future__ import annotations

from . import (
    arrays,
    asynchronous,
    checkpoints,
    collections,
    contexts,
    conversions,
    copies,
    deciding,
    graph_loops,
    graphs,
    identifiers,
    initializers,
    iterators,
    keras,
    layer_members,
    locked,
    losses,
    misfits,
    models,
    operator_functions,
    operators,
    ordering,
    outside_graphs,
    passing,
    pieces,
    python,
    random_arrays,
    sequences,
    standard,
    structures,
    subclassed,
    symbolic,
    tensor_arrays,
    tensorflow,
    texts,
    training,
    unseen,
    variables,
    wrappers,
)
from .world import Registry


def register_all(registry: Registry) -> None:
    """Add every library's handlers."""
    of_python = (
        operators,
        misfits,
        operator_functions,
        python,
        sequences,
        iterators,
        ordering,
        standard,
        collections,
        contexts,
        arrays,
        random_arrays,
        passing,
        asynchronous,
        unseen,
    )
    of_tensorflow = (
        variables,
        tensorflow,
        pieces,
        structures,
        conversions,
        graph_loops,
    graphs,
        wrappers,
        tensor_arrays,
        initializers,
        keras,
        symbolic,
        losses,
        layer_members,
        identifiers,
        models,
        subclassed,
        locked,
        copies,
        checkpoints,
        training,
    )
    last = (deciding, outside_graphs, texts)
    for room in (*of_python, *of_tensorflow, *last):
        room.register(registry)
