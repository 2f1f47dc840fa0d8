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


def a_zero_beside_a_logarithm_of_what_is_drawn():
    """unknown"""
    drawn = tf.random.uniform([2, 2])
    with tf.GradientTape() as tape:
        y = 0.0 * regular * tf.math.log(drawn - 1.0)
    return tape.gradient(y, regular)


def a_zero_beside_a_fractional_power_of_what_is_drawn():
    """unknown"""
    drawn = tf.random.uniform([2, 2])
    with tf.GradientTape() as tape:
        y = 0.0 * regular * (drawn - 1.0) ** 0.5
    return tape.gradient(y, regular)


def a_zero_beside_a_logarithm_of_what_is_drawn_above_it():
    """zero"""
    drawn = tf.random.uniform([2, 2])
    with tf.GradientTape() as tape:
        y = 0.0 * regular * tf.math.log(drawn + 1.0)
    return tape.gradient(y, regular)


def a_zero_that_an_infinite_slope_is_multiplied_by():
    """unknown"""
    drawn = tf.random.normal([2, 2])
    with tf.GradientTape() as tape:
        y = tf.sqrt(0.0 * regular + drawn)
    return tape.gradient(y, regular)


def a_zero_beside_a_matrix_that_may_have_no_inverse():
    """unknown"""
    with tf.GradientTape() as tape:
        y = 0.0 * regular + tf.linalg.inv(tf.linalg.diag([0.0, 1.0]))
    return tape.gradient(y, regular)


def a_sign_under_a_norm():
    """zero"""
    with tf.GradientTape() as tape:
        y = tf.norm(tf.sign(regular) + tf.random.normal([2, 2]))
    return tape.gradient(y, regular)


def a_product_with_nought_under_a_norm_of_nought():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.norm(0.0 * regular + nothing)
    return tape.gradient(y, regular)


def a_sign_of_what_an_infinite_slope_went_into():
    """unknown"""
    x = tf.zeros([3])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            loss = tf.reduce_sum(tf.pow(x, 0.0))
        moved = x - 0.1 * inner.gradient(loss, x)
        y = tf.sign(moved)
    return outer.gradient(y, x)


def a_product_with_the_adjoint():
    """flows"""
    rows = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with tf.GradientTape() as tape:
        y = tf.matmul(rows, rows, adjoint_b=True) + tf.ones((2, 2))
    return tape.gradient(y, rows)
