"""What a graph function gives out, keeps and refuses; the docstring is the verdict a source."""

import keras
import tensorflow as tf

x = tf.Variable([0.3, 0.7, 0.2])
w = tf.Variable([1.0, 2.0, 3.0])
s = tf.Variable(1.0)


def whole_numbers_alone():
    """none"""

    @tf.function
    def order(values):
        return tf.argsort(values)

    with tf.GradientTape() as tape:
        y = order(x)
    return tape.gradient(y, x)


def whole_numbers_before_a_float():
    """zero, none"""

    @tf.function
    def both(values):
        return tf.argsort(values), values * 2.0

    with tf.GradientTape() as tape:
        y = both(x * w)[0]
    return tape.gradient(y, [x, s])


def a_truth_without_a_gradient_beside_a_float():
    """flows"""

    @tf.function
    def both(values):
        return values * 2.0, tf.math.is_nan(values)

    with tf.GradientTape() as tape:
        y = both(x)
    return tape.gradient(y, x)


def a_text():
    """none"""

    @tf.function
    def shown(values):
        return format(values[0])

    with tf.GradientTape() as tape:
        y = shown(x)
    return tape.gradient(y, x)


