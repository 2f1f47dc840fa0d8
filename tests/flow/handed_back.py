"""What is given back as it is, and what is no tensor: each function is a program; its docstring is the verdict."""

import logging
import re
import time

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([0.5, 1.5])
c = tf.constant([1.0, 2.0])


def one_of_a_tuple_of_tensors():
    """flows"""
    with tf.GradientTape() as tape:
        a = tf.tuple([c])[0]
    return tape.gradient(a, c)


def one_of_a_tuple_of_tensors_watched():
    """flows"""
    with tf.GradientTape() as tape:
        a = tf.tuple([c])[0]
        tape.watch(a)
        y = a * 2.0
    return tape.gradient(y, c)


def one_of_a_tuple_of_tensors_in_a_graph():
    """flows, none"""

    @tf.function
    def f():
        with tf.GradientTape() as tape:
            b = c * 1.0
            a = tf.tuple([b])[0]
            tape.watch(a)
            y = a * 2.0
        return [tf.constant(77.0) if g is None else g for g in tape.gradient(y, [a, b])]

    return [None if g.shape == () else g for g in f()]


def a_tuple_of_what_a_graph_has_captured():
    """raises AttributeError"""

    @tf.function
    def f():
        with tf.GradientTape() as tape:
            y = tf.tuple([v * 2.0, c])[0]
        return tape.gradient(y, v)

    return f()


def watched_by_a_comparison_with_itself():
    """flows"""
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        tf.debugging.assert_equal(w, w)
        y = v * v
    return tape.gradient(y, tape.watched_variables())


def watched_by_a_comparison_with_another():
    """flows, none"""
    w, u = tf.Variable(1.0), tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = v * v
        tf.debugging.assert_equal(w, u)
    return tape.gradient(y, tape.watched_variables())


def zeros_like_quantized_numbers():
    """raises NotFoundError"""
    with tf.GradientTape() as tape:
        q = tf.quantization.quantize(v, 0.0, 3.0, tf.quint8)[0]
        y = tf.reduce_sum(v)
    return tape.gradient(y, q, unconnected_gradients="zero")


def quantized_numbers():
    """none"""
    with tf.GradientTape() as tape:
        q = tf.quantization.quantize(v, 0.0, 3.0, tf.quint8)[0]
        y = tf.reduce_sum(v)
    return tape.gradient(y, q)


def the_time_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = time.time()
    return tape.gradient(y, v)


def a_logger_as_source():
    """unknown, unknown"""
    log = logging.getLogger("a")
    with tf.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, [v, log])


def a_match_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = re.match("a", "a")
    return tape.gradient(y, v)


def what_keras_makes_of_arrays():
    """flows"""
    truth = tf.keras.utils.to_categorical([0, 1], 2).astype("float32")
    truth[0, 0] = 0.9
    scaled = tf.keras.utils.normalize(np.ones([2, 2])).astype("float32")
    same = keras.activations.linear(np.ones(2)).astype("float32")
    with tf.GradientTape() as tape:
        y = v * truth * scaled * same
    return tape.gradient(y, v)


def shapes_that_are_tuples():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reshape(v, keras.ops.shape(v) + (1,)) * tf.reshape(v, tf.keras.backend.int_shape(v)[1:] + (2,))
    return tape.gradient(y, v)


def the_least_of_a_single_number():
    """flows"""
    first = np.argmin(tf.constant(2.0)) + np.argmax(np.float32(3.0))
    with tf.GradientTape() as tape:
        y = v[int(first)] * 2.0
    return tape.gradient(y, v)
