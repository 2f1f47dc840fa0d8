"""Axes, lengths and places that a tensor has not; the docstring is the verdict a source."""

import tensorflow as tf
import tensorflow.experimental.numpy as tnp

v = tf.Variable(tf.ones((2, 3)))


def as_many_axes_as_there_are():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.pad(tf.tile(v, [2, 1]), [[1, 1], [0, 0]]) + tf.reduce_sum(v, [0, 1])
    return tape.gradient(y, v)


def repeated_along_one_axis_of_two():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.tile(v, [2])
    return tape.gradient(y, v)


def padded_along_one_axis_of_two():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.pad(v, [[1, 1]])
    return tape.gradient(y, v)


def padded_by_one_number():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tnp.pad(v, 1, "constant")
    return tape.gradient(y, v)


def summed_along_an_axis_that_is_not_there():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v, axis=2)
    return tape.gradient(y, v)


def a_row_behind_the_last():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.gather(v, [0, 2])
    return tape.gradient(y, v)


def a_column_by_its_place():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.gather(v, [2], axis=1)
    return tape.gradient(y, v)


def a_mask_of_another_length():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.boolean_mask(v, [True, False, True])
    return tape.gradient(y, v)


def parts_of_no_equal_length():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.split(v, 2, axis=1)[0]
    return tape.gradient(y, v)


def parts_of_equal_length():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.split(v, 3, axis=1)[0] + tf.split(v, [1, -1], axis=1)[1]
    return tape.gradient(y, v)


def one_letter_for_two_axes():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.einsum("i,i->", v, v)
    return tape.gradient(y, v)


def a_letter_for_each_axis():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.einsum("ij,kj->ik", v, v)
    return tape.gradient(y, v)


def the_inverse_of_no_square():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.linalg.inv(v)
    return tape.gradient(y, v)


def a_number_the_other_way_round():
    """flows"""
    number = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.reverse(number, [0])
    return tape.gradient(y, number)
