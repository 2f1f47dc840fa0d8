"""What operators make of operands of two kinds; the docstring is the verdict of each source."""

import keras
import numpy as np
import tensorflow as tf

counts = tf.constant([2, 4])


def whole_numbers_are_divided():
    """raises InvalidArgumentError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * (counts / 2)
    return tape.gradient(y, v)


def whole_numbers_are_cast_before_they_are_divided():
    """flows"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * (tf.cast(counts, tf.float32) / 2)
    return tape.gradient(y, v)


def a_number_of_numpys_beside_whole_numbers():
    """raises InvalidArgumentError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * (counts - np.float32(2.0))
    return tape.gradient(y, v)


def a_number_of_numpys_beside_whole_numbers_in_a_graph():
    """raises TypeError"""
    v = tf.Variable([1.5, 2.0])

    @tf.function
    def f():
        return v * (counts - np.float32(2.0))

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def a_variable_of_keras_beside_whole_numbers():
    """flows"""
    v = keras.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * counts
    return tape.gradient(y, v)


def truths_are_multiplied():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = (v > 1.0) * v
    return tape.gradient(y, v)


def an_array_of_floats_beside_truths():
    """none"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = np.array([2.0, 3.0]) * (v > 1.0)
    return tape.gradient(y, v)


def a_list_of_floats_beside_whole_numbers():
    """raises TypeError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * tf.cast(counts - [1.0, 2.0], tf.float32)
    return tape.gradient(y, v)


def an_array_of_truths_becomes_floats():
    """flows"""
    v = tf.Variable([1.5, 2.0])
    mask = tf.constant(np.array([1, 2]) > 1, dtype=tf.float32)
    with tf.GradientTape() as tape:
        y = v * mask
    return tape.gradient(y, v)


def a_dtype_behind_unpacked_arguments():
    """flows"""
    v = tf.Variable([[1.5], [2.0]])

    def rows(*args):
        return tf.nn.embedding_lookup(v, tf.cast(*args, tf.int32))

    with tf.GradientTape() as tape:
        y = rows(tf.constant([1.0, 0.0]))
    return tape.gradient(y, v)


class Pair:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Pair(self.value + getattr(other, "value", other))


def a_tensor_where_an_object_may_stand():
    """flows"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        part = v * 2.0
        y = (Pair(part) + part).value
    return tape.gradient(y, v)
