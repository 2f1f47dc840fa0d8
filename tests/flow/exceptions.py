"""Blocks that may end before their end: each function is a program of its own; its docstring is the verdict a source."""

import contextlib

import numpy as np
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
    """none, flows"""
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


def a_handler_of_what_numpy_does_not_raise():
    """none"""
    with tf.GradientTape() as tape:
        try:
            y = np.sin(v * 1.0)
        except tf.errors.InvalidArgumentError:
            y = v * 1.0
        y = tf.constant(2.0) * y
    return tape.gradient(y, [v])


def a_cast_that_was_not_recorded():
    """none, flows"""
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.cast(tf.cast(x, tf.float64) * 2.0, tf.float32) * v
    return tape.gradient(y, [x, v])


def a_handler_of_shapes_that_numpy_refuses():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.constant(1.0)
        try:
            np.ones(3) + np.ones(2)
        except ValueError:
            y = v * 2.0
    return tape.gradient(y, v)


def a_handler_of_a_truth_that_numpy_refuses():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.constant(1.0)
        try:
            y = tf.constant(2.0) if np.ones(2) > 0 else tf.constant(3.0)
        except ValueError:
            y = v * 2.0
    return tape.gradient(y, v)


def a_handler_of_an_assertion_of_a_library():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.constant(1.0)
        try:
            tf.debugging.assert_positive(-1.0)
            np.testing.assert_allclose(1.0, 2.0)
        except (AssertionError, tf.errors.InvalidArgumentError):
            y = v * 2.0
    return tape.gradient(y, v)


def a_handler_of_what_a_number_refuses_not():
    """none"""
    with tf.GradientTape() as tape:
        try:
            y = tf.constant([1.0, 2.0]) * len([1.0, 2.0])
        except ValueError:
            y = v * 2.0
    return tape.gradient(y, v)


def a_handler_of_a_layer_that_cannot_be_made():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.constant(1.0)
        try:
            tf.keras.layers.Dense(-1)
        except ValueError:
            y = v * 2.0
    return tape.gradient(y, v)


def what_the_handler_does_not_catch():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    try:
        with tape.stop_recording():
            pass
    except RuntimeError:
        y = v * 3.0
    return tape.gradient(y, v)


def what_the_handler_catches():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    try:
        with tape.stop_recording():
            y = tf.stop_gradient(v)
    except ValueError:
        pass
    return tape.gradient(y, v)


def a_handler_whose_class_fails_in_another():
    """flows, none"""
    with tf.GradientTape() as tape:
        try:
            try:
                y = tf.reshape(v, [7])
            except tf.reshape(w, [7]):
                y = w * 2.0
        except tf.errors.InvalidArgumentError:
            y = v * 3.0
    return tape.gradient(y, [v, w])


def a_handler_of_what_is_computed():
    """none, flows"""
    kinds = {"bad": (KeyError, ValueError)}
    with tf.GradientTape() as tape:
        try:
            y = v * kinds["worse"]
        except kinds["bad"]:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def a_number_is_read_in_vain_before_a_handler_that_is_looked_up():
    """none, flows"""
    kinds = {"bad": (KeyError, ValueError)}
    with tf.GradientTape() as tape:
        try:
            y = v * int("seven")
        except kinds["bad"]:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def another_exception_than_the_handler_s():
    """raises TypeError, raises TypeError"""
    with tf.GradientTape() as tape:
        try:
            try:
                y = tf.cast(v, tf.int32) * 2.0
            except tf.errors.InvalidArgumentError as error:
                raise ValueError from error
        except ValueError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def a_finally_that_returns_after_a_failure():
    """unknown, unknown"""

    def computed():
        try:
            return tf.cast(v, tf.int32) * 2.0
        finally:
            return w * 1.0  # noqa: B012

    with tf.GradientTape() as tape:
        y = computed()
    return tape.gradient(y, [v, w])


def a_manager_that_raises_another_exception():
    """unknown, unknown"""

    class Manager:
        def __enter__(self):
            return self

        def __exit__(self, *details):
            raise ValueError

    with tf.GradientTape() as tape:
        try:
            with Manager():
                y = tf.cast(v, tf.int32) * 2.0
        except ValueError:
            y = w * 1.0
    return tape.gradient(y, [v, w])
