"""NumPy's functions in graphs, given tensors of ranks that they refuse: most make an array first."""

import numpy as np
import tensorflow as tf


def sorts_a_number():
    """raises NotImplementedError"""
    x = tf.Variable(2.0)

    @tf.function
    def f(a):
        return tf.reduce_sum(np.sort(a))

    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)


def inverts_a_number():
    """raises NotImplementedError"""
    x = tf.Variable(2.0)

    @tf.function
    def f(a):
        return tf.reduce_sum(np.linalg.inv(a * 2.0))

    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)


def splits_a_number():
    """unknown"""
    x = tf.Variable(2.0)

    @tf.function
    def f(a):
        return tf.reduce_sum(np.split(a, 2)[0])

    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)


def splits_numbers():
    """raises NotImplementedError"""
    x = tf.Variable([2.0, 3.0])

    @tf.function
    def f(a):
        return tf.reduce_sum(np.split(a, 2)[0])

    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x)
