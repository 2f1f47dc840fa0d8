"""Functions under decorators that cannot be seen, which may give them their arguments; the docstring is the verdict."""

from unittest import mock

import tensorflow as tf

w = tf.Variable(2.0)


def arguments_that_a_decorator_gives():
    """flows"""

    @mock.patch("math.tau", new_callable=lambda: 3.0)
    def step(rate):
        with tf.GradientTape() as tape:
            y = w * rate
        return tape, y

    tape, y = step()
    return tape.gradient(y, w)


def an_argument_instead_of_the_default():
    """flows"""

    @mock.patch("math.tau", new_callable=lambda: 3.0)
    def loss(rate=None):
        return w * rate

    with tf.GradientTape() as tape:
        y = loss()
    return tape.gradient(y, w)


def a_default_that_may_be_another():
    """sometimes none"""

    @mock.patch("math.tau", new_callable=lambda: False)
    def loss(stop=True):
        return tf.stop_gradient(w) if stop else w * 2.0

    with tf.GradientTape() as tape:
        y = loss()
    return tape.gradient(y, w)


def what_the_call_says():
    """none"""

    @mock.patch("math.tau", new_callable=lambda: 3.0)
    def loss(stop=False, rate=None):
        return tf.stop_gradient(w) if stop else w * rate

    with tf.GradientTape() as tape:
        y = loss(True)
    return tape.gradient(y, w)


def too_few_arguments():
    """raises TypeError"""

    def loss(rate):
        return w * rate

    with tf.GradientTape() as tape:
        y = loss()
    return tape.gradient(y, w)
