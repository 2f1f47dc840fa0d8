"""Of which class a value is, and what a function is called; the docstring is the verdict of each source."""

import abc
import collections
import functools
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import tensorflow as tf

w = tf.Variable(2.0)
b = tf.Variable(3.0)
rows = tf.Variable([[1.0, 2.0], [3.0, 4.0]])


class Pair(NamedTuple):
    first: tf.Variable
    second: float = 1.0


class Registering(abc.ABC):  # noqa: B024
    pass


@Registering.register
class Registered:
    pass


@runtime_checkable
class Sized(Protocol):
    size: int


class WithSize:
    size = 3


class Asking(type):
    def __instancecheck__(cls, other):
        return True


class Anything(metaclass=Asking):
    pass


def a_named_tuple():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if isinstance(Pair(w), Pair) else b * 1.0
    return tape.gradient(y, [w, b])


def classes_that_decide_themselves():
    """sometimes none, flows, flows"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if isinstance(Registered(), Registering) else tf.constant(0.0)
        z = b * 1.0 if isinstance(WithSize(), Sized) else tf.constant(0.0)
        u = tf.reduce_sum(rows) if isinstance(WithSize(), Anything) else tf.constant(0.0)
        total = y + z + u
    return tape.gradient(total, [w, b, rows])


def a_deque_is_no_list():
    """flows"""
    with tf.GradientTape() as tape:
        held = collections.deque([w])
        y = tf.stop_gradient(w) if isinstance(held, list) else held[0] * 1.0
    return tape.gradient(y, w)


def what_numpy_gives_of_one_number():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if isinstance(w.numpy(), np.ndarray) else tf.constant(0.0)
        z = b * 1.0 if isinstance(np.mean([1.0, 2.0]), float) else tf.constant(0.0)
        total = y + z
    return tape.gradient(total, [w, b])


def an_array():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if isinstance(rows.numpy(), np.ndarray) and isinstance(np.array([1.0]), np.ndarray) else b * 1.0
    return tape.gradient(y, [w, b])


def a_ragged_tensor_is_no_tensor():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if isinstance(tf.ragged.constant([[1.0]]), tf.Tensor) else b * 1.0
    return tape.gradient(y, [w, b])


def _logged(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)

    return inner


def _named(function):
    def inner(*args):
        return function(*args)

    inner.__name__ = function.__name__
    return inner


def a_function_by_the_name_that_its_wrapper_has():
    """flows, none"""

    @_logged
    def scale(x):
        return x * w

    @_named
    def shift(x):
        return x * b

    table = {each.__name__: each for each in (scale, shift)}
    with tf.GradientTape() as tape:
        y = table["scale"](2.0) + tf.stop_gradient(table["shift"](2.0))
    return tape.gradient(y, [w, b])


def those_that_have_what_a_protocol_asks_for():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = sum((w * float(each.size) for each in (WithSize(), Registered()) if isinstance(each, Sized)), b - b.value())
    return tape.gradient(y, [w, tf.Variable(1.0)])


def a_range_is_no_tuple_and_a_frozen_set_no_set():
    """flows, none"""
    with tf.GradientTape() as tape:
        held = isinstance(range(3), tuple) or isinstance(frozenset([1]), set)
        y = b * 1.0 if held else w * 1.0
    return tape.gradient(y, [w, b])


class Held:
    def __init__(self, value):
        self.value = value


def objects_in_an_array():
    """unknown"""
    boxes = np.stack([Held(w), Held(3.0)])
    with tf.GradientTape() as tape:
        y = boxes[0].value * 2.0
    return tape.gradient(y, w)


def nothing_beside_a_tensor_in_an_array():
    """unknown"""
    with tf.GradientTape() as tape:
        pair = np.array([w * 2.0, None])
        y = tf.constant(1.0) * pair[0]
    return tape.gradient(y, w)


def functions_in_an_array():
    """unknown"""
    steps = np.array([lambda x: x + 1.0, lambda x: x * w])
    with tf.GradientTape() as tape:
        y = steps[1](tf.constant(1.0))
    return tape.gradient(y, w)


class Plain:
    pass


class Named:
    def value(self):
        return w * 2.0


def a_method_that_one_of_two_objects_has():
    """sometimes none"""
    held = Named() if np.random.rand() < 2 else Plain()
    with tf.GradientTape() as tape:
        y = held.value()
    return tape.gradient(y, w)


def one_of_two_names_of_methods():
    """unknown"""
    name = "value" if np.random.rand() < 2 else "values"
    with tf.GradientTape() as tape:
        y = getattr(Named(), name)()
    return tape.gradient(y, w)


def a_power_of_a_whole_number():
    """none"""
    whole = tf.Variable(3)
    with tf.GradientTape() as tape:
        y = whole**2 + 3 * whole
    return tape.gradient(y, whole)


def a_negative_power_of_a_whole_number():
    """unknown"""
    whole = tf.Variable(3)
    with tf.GradientTape() as tape:
        y = whole**-1
    return tape.gradient(y, whole)


def the_places_of_truths_are_whole_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        places = tf.where(rows > 0.0)
        y = rows * tf.reduce_sum(tf.cast(places % 2, tf.float32))
    return tape.gradient(y, rows)


def the_places_of_numbers():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.cast(tf.where(rows), tf.float32)
    return tape.gradient(y, rows)


def the_places_in_an_array():
    """flows"""
    places = tf.convert_to_tensor(np.where(np.ones((3, 2)) > 0)[0])
    with tf.GradientTape() as tape:
        y = rows * tf.reduce_sum(tf.cast(places % 2, tf.float32))
    return tape.gradient(y, rows)


def one_of_two_numbers_at_each_place():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.gather(rows, tf.where(rows > 0.0, 1.0, 0.0))
    return tape.gradient(y, rows)


def numbers_drawn_between_doubles():
    """flows"""
    limit = np.sqrt(6.0 / 3)
    weights = tf.random.uniform([2, 2], -limit, limit)
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = x @ weights
    return tape.gradient(y, x)
