"""Matrices that can be inverted: each function is a program of its own; its docstring is the verdict a source."""

import tensorflow as tf

regular = tf.Variable([[2.0, 1.0], [1.0, 3.0]])
nothing = tf.Variable(tf.zeros([2, 2]))


def determinant_of_a_regular_matrix():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.linalg.det(regular)
    return tape.gradient(y, [regular])


def inverse_of_zeros_and_a_jitter():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.linalg.inv(nothing + tf.eye(2))
    return tape.gradient(y, [nothing])


def solution_of_a_regular_system():
    """flows, flows"""
    right = tf.Variable([[1.0], [1.0]])
    with tf.GradientTape() as tape:
        y = tf.linalg.solve(regular, right)
    return tape.gradient(y, [regular, right])
