"""Copies, caches, fields by their dict, orders of bases, and names bound in expressions."""

import copy
import functools
from dataclasses import dataclass

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
u = tf.Variable([0.5, 1.0, 2.0])


def a_method_copied_with_its_object():
    """none"""

    class Model:
        def __init__(self):
            self.held = v

        def call(self):
            return self.held * 1.0

    call = copy.deepcopy(Model().call)
    with tf.GradientTape() as tape:
        y = call()
    return tape.gradient(y, v)


def a_partial_copied_with_its_arguments():
    """none"""
    scale = copy.deepcopy(functools.partial(lambda weight, by: weight * by, v))
    with tf.GradientTape() as tape:
        y = scale(2.0)
    return tape.gradient(y, v)


def what_is_not_to_be_copied():
    """unknown, unknown"""
    copied = copy.deepcopy({"v": v, "w": w}, {id(v): v})
    with tf.GradientTape() as tape:
        y = copied["v"] * copied["w"]
    return tape.gradient(y, [v, w])


def kept_for_an_equal_object():
    """unknown, unknown"""

    @dataclass(frozen=True)
    class Size:
        rows: int

    held = [v, w]

    @functools.lru_cache
    def build(size):
        return held.pop() * 1.0

    with tf.GradientTape() as tape:
        build(Size(3))
        y = build(Size(3))
    return tape.gradient(y, [v, w])


def a_variable_is_no_key_of_a_cache():
    """raises TypeError"""

    @functools.lru_cache
    def double(x):
        return x * 2.0

    with tf.GradientTape() as tape:
        y = double(v)
    return tape.gradient(y, v)


class Once:
    def __init__(self):
        self.held = v

    @functools.cached_property
    def scaled(self):
        return self.held * 2.0


def a_kept_field_taken_out():
    """flows"""
    once = Once()
    once.scaled
    once.__dict__.pop("scaled", None)
    with tf.GradientTape() as tape:
        y = once.scaled * 1.0
    return tape.gradient(y, v)


def a_field_taken_out():
    """flows, none"""
    once = Once()
    once.mark = None
    vars(once).pop("mark")
    with tf.GradientTape() as tape:
        y = v * 1.0 if not hasattr(once, "mark") else w * 1.0
    return tape.gradient(y, [v, w])


class Base:
    def call(self):
        return v * 1.0


class First(Base):
    def call(self):
        return w * 1.0


class Second(Base):
    def call(self):
        return u * 1.0


class Both(First, Second):
    pass


class One(First):
    pass


class All(Both, One):
    pass


def the_order_of_bases():
    """none, flows, none"""
    with tf.GradientTape() as tape:
        y = All().call()
    return tape.gradient(y, [v, w, u])


def bound_outside_by_an_expression():
    """none, flows"""
    held = v

    def change():
        nonlocal held
        return (held := w) is not None

    with tf.GradientTape() as tape:
        change()
        y = held * 1.0
    return tape.gradient(y, [v, w])


def bits_of_a_truth():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if ~True else w * 1.0
    return tape.gradient(y, [v, w])
