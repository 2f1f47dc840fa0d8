"""What functions and operators take, though experiments like it failed: whole numbers divided by a number, a number
beside scalars, a loss that reduces nothing, the one element of a data set."""

import keras
import numpy as np
import tensorflow as tf


def gather_at_a_remainder():
    """flows"""
    w = tf.Variable([1.0, 2.0, 3.0])
    ids = tf.constant([4, 5])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(w, ids % 3))
    return tape.gradient(y, w)


def gather_at_a_quotient():
    """flows, none"""
    w = tf.Variable([1.0, 2.0, 3.0])
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(w, tf.cast(x, tf.int32) // 2))
    return tape.gradient(y, [w, x])


def remainder_by_zero():
    """unknown"""
    w = tf.Variable([1.0, 2.0, 3.0])
    ids = tf.constant([4, 5])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(w, ids % 0))
    return tape.gradient(y, w)


def sum_of_a_loss_and_a_number():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.add_n([tf.reduce_sum(x * 2.0), 1.0])
    return tape.gradient(loss, x)


def sum_of_a_vector_and_a_number():
    """unknown"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.add_n([x * 2.0, 1.0])
    return tape.gradient(loss, x)


def loss_that_reduces_nothing():
    """flows"""
    x = tf.Variable([[1.0, 2.0]])
    loss_of = keras.losses.MeanAbsoluteError(reduction=None)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(loss_of(tf.ones([1, 2]), x))
    return tape.gradient(loss, x)


def loss_with_a_number_for_its_reduction():
    """raises ValueError"""
    x = tf.Variable([[1.0, 2.0]])
    loss_of = keras.losses.MeanSquaredError(3)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(loss_of(tf.ones([1, 2]), x))
    return tape.gradient(loss, x)


def single_element_beside_an_array():
    """none"""
    x = tf.Variable(2.0)
    data = tf.data.Dataset.from_tensors(np.array([1.04, -0.58, 1.19], dtype="float32"))
    w = data.get_single_element()
    with tf.GradientTape() as tape:
        y = w * x.numpy()
    return tape.gradient(y, x)


def single_element_of_a_recorded_one():
    """unknown"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.data.Dataset.from_tensors(x * 2.0).get_single_element()
    return tape.gradient(y, x)
