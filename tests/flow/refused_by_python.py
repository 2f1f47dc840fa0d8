"""What Python itself refuses in a try block; the docstring is the verdict of each source."""

import abc
import functools
import math
import statistics
from dataclasses import dataclass
from typing import NamedTuple

import tensorflow as tf

w = tf.Variable(2.0)
b = tf.Variable(3.0)


class Base(abc.ABC):
    @property
    @abc.abstractmethod
    def size(self): ...


class Plain:
    pass


@dataclass
class Record:
    size: int


class Pair(NamedTuple):
    first: int


def _picked(act):
    try:
        act()
        return w * 1.0
    except (TypeError, ValueError):
        return b * 1.0


def what_none_has_not():
    """none, flows"""
    with tf.GradientTape() as tape:
        held = None
        try:
            first, second = held
            y = w * 1.0
        except TypeError:
            y = b * 1.0
        try:
            z = held[0] * w
        except TypeError:
            z = b * 1.0
        total = y + z
    return tape.gradient(total, [w, b])


def what_objects_have_not():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = _picked(lambda: Plain() + Plain()) * _picked(lambda: len(Plain())) * _picked(lambda: list(Plain()))
    return tape.gradient(y, [w, b])


def constants_that_do_not_go_together():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = _picked(lambda: 1 << -1) * _picked(lambda: "%d" % "a") * _picked(lambda: f"{'a':d}")
    return tape.gradient(y, [w, b])


def a_list_is_no_key():
    """none, flows"""
    table = {}
    with tf.GradientTape() as tape:
        try:
            table[[1]] = 2.0
            y = w * 1.0
        except TypeError:
            y = b * 1.0
    return tape.gradient(y, [w, b])


def a_variable_is_no_key():
    """raises TypeError"""

    @functools.lru_cache
    def doubled(v):
        return v * 2.0

    with tf.GradientTape() as tape:
        y = doubled(w)
    return tape.gradient(y, w)


def an_object_of_a_class_that_is_to_be_completed():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = _picked(Base)
    return tape.gradient(y, [w, b])


def wrong_arguments():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = _picked(lambda: Record()) * _picked(lambda: Record(1, 2)) * _picked(lambda: Pair()) * _picked(lambda: Plain(1))
    return tape.gradient(y, [w, b])


def what_is_not_refused():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = _picked(lambda: Record(1)) * _picked(lambda: Pair(1)) * _picked(lambda: {(1, "a"): 2, Plain(): 3}[(1, "a")])
        z = y * _picked(lambda: "%s %d" % ("a", 1)) * _picked(lambda: [1] + [2]) * _picked(lambda: sorted([2, 1]))
    return tape.gradient(z, [w, b])


def the_length_of_a_variable():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = w * len(w)
    return tape.gradient(y, w)


def a_variable_rounded_by_python():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = round(w)
    return tape.gradient(y, w)


def a_whole_number_as_the_target():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = int(w[0])
    return tape.gradient(y, w)


def what_is_no_tensor_as_the_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.get_logger()
    return tape.gradient(y, w)


def a_hash_is_a_number():
    """flows"""
    layers = {hash(tf.keras.layers.Dense): 1.0, hash("a"): 2.0, hash(Plain()): 3.0}
    with tf.GradientTape() as tape:
        y = w * layers[hash(type(tf.keras.layers.Dense(2)))]
    return tape.gradient(y, w)


def a_list_has_no_hash():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = w * float(hash([1]))
    return tape.gradient(y, w)


def what_is_known_to_refuse_tensors_takes_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        y = {math.trunc(2.5): w}[2] * {statistics.mean([4, 8]): b}[6]
    return tape.gradient(y, w)


def variables_as_keys_in_a_comprehension():
    """raises TypeError"""
    steps = {each: 0 for each in [w, b]}
    with tf.GradientTape() as tape:
        y = w * float(len(steps))
    return tape.gradient(y, w)


def variables_as_keys_of_pairs():
    """raises TypeError"""
    steps = dict(zip([w, b], [1.0, 2.0]))
    with tf.GradientTape() as tape:
        y = w * float(len(steps))
    return tape.gradient(y, w)


def keys_of_a_comprehension_without_an_item():
    """flows"""
    steps = {each: 0 for each in [w, b][: int(tf.reduce_sum(tf.zeros([2])))]}
    with tf.GradientTape() as tape:
        y = w * float(len(steps) + 1)
    return tape.gradient(y, w)


def a_number_is_asked_of_a_variable_in_a_graph():
    """raises AttributeError"""
    v = tf.Variable(0.5)

    @tf.function
    def scaled(x):
        return x * math.sqrt(v)

    with tf.GradientTape() as tape:
        y = scaled(tf.constant([1.0, 2.0]))
    return tape.gradient(y, v)


def a_number_is_asked_of_a_tensor_first_and_of_a_variable_then_in_a_graph():
    """raises TypeError"""
    v = tf.Variable(0.5)

    @tf.function
    def scaled(x):
        return v * math.pow(x, v)

    with tf.GradientTape() as tape:
        y = scaled(tf.constant(2.0))
    return tape.gradient(y, v)


def a_number_is_asked_of_a_vector():
    """raises TypeError"""
    v = tf.Variable([0.5, 1.0])
    with tf.GradientTape() as tape:
        y = v * math.exp(v)
    return tape.gradient(y, v)


def a_scalar_is_iterated():
    """raises TypeError"""
    v = tf.Variable([2.0, 1.0])
    with tf.GradientTape() as tape:
        y = tf.add_n([part * 2.0 for part in tf.reduce_sum(v)])
    return tape.gradient(y, v)


def a_scalar_variable_is_unpacked():
    """raises TypeError"""
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        first, second = v
        y = first * second
    return tape.gradient(y, v)


def a_tensor_of_length_one_is_iterated():
    """flows"""
    v = tf.Variable([2.0])
    with tf.GradientTape() as tape:
        y = sum(v * 2.0)
    return tape.gradient(y, v)


def the_truth_of_a_tensor_from_before_the_graph():
    """flows"""
    v = tf.Variable(1.5)
    use = tf.constant(2.0)

    @tf.function
    def f():
        return v * 3.0 if bool(use) and all([use]) else v

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)
