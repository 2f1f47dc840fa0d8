"""Blocks that may end before their end: each function is a program of its own; its docstring is the verdict a source."""

import contextlib

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def a_block_that_swallows_what_is_raised():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = w * 1.0
        with contextlib.suppress(ValueError):
            if float(tf.random.uniform([])) < 2.0:
                raise ValueError
            y = v * 1.0
    return tape.gradient(y, [v, w])


def a_block_that_may_be_left_where_an_operation_fails():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = w * 1.0
        with contextlib.suppress(Exception):
            y = y + tf.reshape(v, [7])
            y = y * 0.0
    return tape.gradient(y, [v, w])


def a_manager_that_swallows():
    """none, flows"""

    class Quiet:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return True

    with tf.GradientTape() as tape:
        y = w * 1.0
        with Quiet():
            y = y * 2.0
            raise ValueError
            y = y * v
    return tape.gradient(y, [v, w])
