"""`match`: what counts as a sequence or a mapping, and what is bound."""

import collections.abc
import os
from typing import NamedTuple

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
u = tf.Variable([0.5, 1.0, 2.0])


class Pair(NamedTuple):
    first: tf.Variable
    second: tf.Variable

    def total(self):
        return self.first + self.second


class Row(collections.abc.Sequence):
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)


def _first(value):
    match value:
        case [first, _]:
            return first * 1.0
        case {"k": first, **rest}:
            return first * 1.0 if rest else u * 1.0
        case _:
            return u * 1.0


def a_named_tuple_with_methods():
    """flows, none, none"""
    with tf.GradientTape() as tape:
        y = _first(Pair(v, w))
    return tape.gradient(y, [v, w, u])


def an_object_that_is_a_sequence():
    """unknown, unknown, unknown"""
    with tf.GradientTape() as tape:
        y = _first(Row(v, w))
    return tape.gradient(y, [v, w, u])


def keys_are_no_sequence():
    """none, none, flows"""
    with tf.GradientTape() as tape:
        y = _first({"a": v, "b": w}.keys())
    return tape.gradient(y, [v, w, u])


def the_rest_of_a_mapping():
    """flows, none, none"""
    with tf.GradientTape() as tape:
        y = _first({"k": v, "z": w})
    return tape.gradient(y, [v, w, u])


def no_rest_of_a_mapping():
    """none, none, flows"""
    with tf.GradientTape() as tape:
        y = _first({"k": v})
    return tape.gradient(y, [v, w, u])


def a_mapping_of_a_library():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        match os.environ:
            case {"PATH": _}:
                y = v * 1.0
            case _:
                y = w * 1.0
    return tape.gradient(y, [v, w])
