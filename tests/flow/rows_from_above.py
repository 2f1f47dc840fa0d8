"""Gradient functions to which rows come down; the docstring is the verdict of each source."""

import numpy as np
import tensorflow as tf

_data = np.array([-1.31, 0.69, -0.75], dtype="float32")


def _made(how):
    @tf.custom_gradient
    def f(a, b):
        def grad(dy):
            return how(dy, b), None

        return a * b, grad

    return f


def times_a_number():
    """raises TypeError"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: dy * 2.0)(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def times_a_captured_array():
    """raises TypeError"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: dy * _data)(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def an_array_times():
    """raises TypeError"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: b * dy)(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def a_tensor_times():
    """flows"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: tf.constant(_data) * dy)(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def times_a_tensor():
    """flows"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: dy * tf.constant(_data))(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def times_a_number_of_numpys():
    """raises TypeError"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: dy * np.float32(2.0))(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def times_an_array_in_a_graph():
    """flows"""
    gain = tf.Variable([-0.27, 0.25, 0.85])

    @tf.function
    def f():
        return tf.reduce_sum(tf.gather(_made(lambda dy, b: dy * b)(gain, _data), [0, 2, 1]))

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, gain)


def multiplied_by_tensorflow():
    """flows"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: tf.multiply(dy, b))(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def plus_an_array():
    """raises TypeError"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: dy + b)(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)


def divided_by_an_array():
    """raises TypeError"""
    gain = tf.Variable([-0.27, 0.25, 0.85])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(_made(lambda dy, b: dy / b)(gain, _data), [0, 2, 1]))
    return tape.gradient(y, gain)
