"""What is given back as it is, and what is no tensor: each function is a program; its docstring is the verdict."""

import logging
import re
import time

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
