"""Things that no tensor is made of beside tensors, and methods that stand for operators; the docstring has the verdict a
source."""

import numpy as np
import tensorflow as tf


def the_name_of_a_device():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * v.device
    return tape.gradient(y, v)


def a_method_that_is_not_called():
    """unknown"""
    v = tf.Variable(1.5)
    t = tf.constant(2.0)
    with tf.GradientTape() as tape:
        y = v * getattr(t, "numpy", 1.0)
    return tape.gradient(y, v)


def a_class():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * type(tf.constant(2.0))
    return tape.gradient(y, v)


def a_shape_by_numpy():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * np.shape(tf.constant([1.0, 2.0]))
    return tape.gradient(y, v)


def the_length_of_a_shape_by_numpy():
    """flows"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * float(np.shape([1.0, 2.0])[0])
    return tape.gradient(y, v)


def the_greatest_number_of_a_dtype():
    """flows"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * v.dtype.max
    return tape.gradient(y, v)


def the_method_of_an_operator():
    """flows, flows"""
    v, w = tf.Variable(1.5), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = v.__mul__(2.0).__rsub__(w)
    return tape.gradient(y, [v, w])


def the_method_of_an_operator_that_refuses():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * tf.constant(True).__rmul__(2.0)
    return tape.gradient(y, v)
