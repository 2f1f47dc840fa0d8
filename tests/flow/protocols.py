"""What Python's own protocols refuse of tensors and variables: the docstring is the verdict a source."""

import weakref

import numpy as np
import tensorflow as tf

a = tf.Variable([1.0, 2.0])
b = tf.Variable(3.0)
several = tf.constant([1.0, 2.0])
_current = {"w": a}


def the_truth_of_several_numbers():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = a * 2.0 if a > 0 else a * 1.0
    return tape.gradient(y, a)


def the_truth_of_an_array():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = a * 1.0
        if np.ones(2) > 0:
            y = a * 2.0
    return tape.gradient(y, a)


def the_truth_of_one_number_in_a_row():
    """flows"""
    with tf.GradientTape() as tape:
        y = b * 2.0 if tf.reshape(b, [1]) > 0 else tf.stop_gradient(b)
    return tape.gradient(y, b)


def the_larger_of_several():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = max(a, a * 2.0)
    return tape.gradient(y, a)


def several_numbers_are_no_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = a * float(several)
    return tape.gradient(y, a)


def a_variable_has_no_length():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(a) / len(a)
    return tape.gradient(y, a)


def a_tensor_has_a_length():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(a) / len(several)
    return tape.gradient(y, a)


def a_tensor_is_no_key():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = a * 2.0
        kept = {several: y}
    return tape.gradient(y, list(kept))


def a_variable_is_not_rounded():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = a * round(b)
    return tape.gradient(y, a)


def an_assert_in_a_graph_that_does_not_hold():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(x):
        assert x < 0, "not so"
        return b * x

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, b)


def what_is_called_when_an_object_goes():
    """unknown, unknown"""

    class Held:
        pass

    held = Held()
    weakref.finalize(held, _current.update, w=b)
    del held
    with tf.GradientTape() as tape:
        y = _current["w"] * 1.0
    return tape.gradient(y, [a, b])


def a_list_that_grows_under_its_reverse():
    """none, flows"""
    items = [a, a]
    backwards = reversed(items)
    items[1] = b
    items.append(a)
    with tf.GradientTape() as tape:
        y = next(backwards) * 1.0
    return tape.gradient(y, [a, b])
