"""The arguments of a gradient call: the docstring is the verdict a source."""

import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0])
s = tf.Variable(3.0)
m = tf.Variable([[1.0, 2.0], [3.0, 4.0]])


def row_by_row_in_a_graph():
    """flows"""

    @tf.function
    def rows():
        with tf.GradientTape() as tape:
            y = v * 2.0
        return tape.jacobian(y, v, experimental_use_pfor=False)

    return rows()


def row_by_row_of_a_batch():
    """raises RuntimeError"""
    with tf.GradientTape() as tape:
        y = m * 2.0
    return tape.batch_jacobian(y, m, experimental_use_pfor=False)


def some_rows_at_a_time_of_a_batch():
    """raises RuntimeError"""
    with tf.GradientTape() as tape:
        y = m * 2.0
    return tape.batch_jacobian(y, m, parallel_iterations=2)


def some_rows_at_a_time():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.jacobian(y, v, parallel_iterations=2)


def as_many_rows_at_a_time_as_there_are_not():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.jacobian(y, v, parallel_iterations=3)


def some_rows_at_a_time_of_what_is_not_connected():
    """raises ValueError"""
    with tf.GradientTape(persistent=True) as tape:
        y = tf.round(m) * 2.0
    return tape.batch_jacobian(y, m, parallel_iterations=2)


def a_list_for_a_batch_jacobian():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = m * 2.0
    return tape.batch_jacobian(y, [m])


def none_for_what_is_not_connected():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, v, unconnected_gradients=None)


def true_for_what_is_not_connected():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, v, unconnected_gradients=True)


def doubles_beside_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, v, output_gradients=np.ones(2))


def doubles_beside_doubles():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.cast(v * v, tf.float64)
    return tape.gradient(y, v, output_gradients=np.ones(2))


def none_that_is_handed_on():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v + 1.0
    return tape.gradient([y], v, output_gradients=[None])


def none_where_the_target_is_multiplied():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y, z = v * 2.0, s * 2.0
    return tape.gradient([y, z], v, output_gradients=[tf.ones(2), None])


def one_argument_too_many():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, None, "none", 3)


def a_target_given_twice():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, target=y)


def a_class_for_what_is_not_connected():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, unconnected_gradients=tf.UnconnectedGradients)


def a_gradient_of_another_shape():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.matmul(m, m)
    return tape.gradient(y, m, output_gradients=tf.ones(3))
