"""What a tape was told to watch, and when: each function is a program of its own; its docstring is the verdict a source."""

import optree
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
frozen = tf.Variable([0.5, -1.0, 2.0], trainable=False)
w = tf.Variable([0.5, 1.0, 2.0])
x = tf.constant([1.0, 2.0, 3.0])


def a_frozen_variable_watched_after_its_use():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = frozen * v
        tape.watch(frozen)
    return tape.gradient(y, [frozen, v])


def a_frozen_variable_watched_after_one_of_its_uses():
    """flows"""
    with tf.GradientTape() as tape:
        y = frozen * v
        tape.watch(frozen)
        y = y + frozen
    return tape.gradient(y, [frozen])


def a_variable_watched_after_its_use_by_a_tape_that_watches_nothing():
    """none, flows"""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = frozen * v
        tape.watch(frozen)
    return tape.gradient(y, [frozen, v])


def a_tensor_watched_after_one_operation_that_was_recorded():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = x * v
        tape.watch(x)
    return tape.gradient(y, [x, v])


def a_tensor_watched_after_an_operation_of_several_steps():
    """unknown, flows"""
    with tf.GradientTape() as tape:
        y = tf.tensordot(x, v, axes=0)
        tape.watch(x)
    return tape.gradient(y, [x, v])


def a_tensor_watched_after_an_operation_that_was_not_recorded():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = tf.exp(x) * v
        tape.watch(x)
    return tape.gradient(y, [x, v])


def a_loop_of_a_graph_and_what_is_watched_meanwhile():
    """none, flows"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            beside = tf.cast(tf.histogram_fixed_width(v, [-1.0, 1.0], nbins=3), tf.float32)
            y = w * 1.0
            while tf.reduce_sum(y) > 1.0:
                y = y * 0.25
            y = y * beside
        return tape.gradient(y, [v, w])

    return run()


def a_tensor_of_the_same_numbers_as_one_that_it_is_taken_from():
    """unknown"""
    zeros = tf.zeros([3])
    with tf.GradientTape() as tape:
        tape.watch(zeros)
        y = tf.zeros([3]) - 0.5 - zeros
    return tape.gradient(y, [zeros])


def a_rounding_of_what_is_not_known():
    """flows"""

    @tf.custom_gradient
    def straight(q):
        return tf.round(q), lambda dy: dy

    with tf.GradientTape() as tape:
        y = tf.sigmoid(straight(v + tf.numpy_function(lambda q: q * 0.1, [v], tf.float32)) + v)
    return tape.gradient(y, [v])


def a_difference_of_which_one_side_was_not_recorded():
    """unknown"""
    with tf.GradientTape() as tape:
        feat = tf.tanh(v)
        with tape.stop_recording():
            other = -feat
        y = feat + other
    return tape.gradient(y, [v])


def a_difference_of_which_both_sides_were_recorded():
    """zero"""
    with tf.GradientTape() as tape:
        feat = tf.tanh(v)
        y = feat + -feat
    return tape.gradient(y, [v])


def a_tensor_watched_after_code_from_outside_used_it():
    """unknown"""
    with tf.GradientTape() as tape:
        y = optree.tree_map(tf.exp, x)
        tape.watch(x)
    return tape.gradient(y, [x])


def a_tensor_watched_before_code_from_outside_used_it():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = optree.tree_map(tf.exp, x)
    return tape.gradient(y, [x])
