"""Graph functions with a signature; the docstring is the verdict of each source."""

import numpy as np
import tensorflow as tf

w = tf.Variable(2.0)
_u = tf.Variable([1.0, 2.0])
_S = tf.TensorSpec([None, 2], tf.float32)


def longer_whole_numbers():
    """raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.int64)])
    def f(x):
        return tf.cast(x, tf.float32) * w

    with tf.GradientTape() as tape:
        y = f(tf.constant(1))
    return tape.gradient(y, w)


def doubles():
    """raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0, tf.float64))
    return tape.gradient(y, w)


def whole_array():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f(np.array([1, 2]))
    return tape.gradient(y, w)


def float_array_for_whole():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([2], tf.int32)])
    def f(x):
        return tf.cast(x, tf.float32) * w

    with tf.GradientTape() as tape:
        y = f(np.array([1.0, 2.0]))
    return tape.gradient(y, w)


def a_list():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f([1.0, 2.0])
    return tape.gradient(y, w)


def a_truth():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f(True)
    return tape.gradient(y, w)


def a_float_for_whole():
    """raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def f(x):
        return tf.cast(x, tf.float32) * w

    with tf.GradientTape() as tape:
        y = f(1.5)
    return tape.gradient(y, w)


def a_variable():
    """flows, flows"""

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(_u)
    return tape.gradient(y, [w, _u])


def a_variable_of_other_shape():
    """raises TypeError, raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(_u)
    return tape.gradient(y, [w, _u])


def other_rank():
    """raises TypeError"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([2]))
    return tape.gradient(y, w)


def other_length():
    """raises TypeError"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([2, 3]))
    return tape.gradient(y, w)


def any_length():
    """flows"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def unknown_size_divides():
    """raises ValueError"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w) / x.shape[0]

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def known_size_divides():
    """flows"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w) / x.shape[1]

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def unknown_size_made():
    """unknown"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w + tf.zeros([x.shape[0], 2]))

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def asked_of_tensorflow():
    """flows"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w + tf.zeros([tf.shape(x)[0], 2]))

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def asked_for_none():
    """flows"""

    @tf.function(input_signature=[_S])
    def f(x):
        n = x.shape[0]
        if n is None:
            n = tf.shape(x)[0]
        return tf.reduce_sum(x * w) / tf.cast(n, tf.float32)

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def or_else():
    """flows"""

    @tf.function(input_signature=[_S])
    def f(x):
        n = x.shape[0] or tf.shape(x)[0]
        return tf.reduce_sum(x * w) / tf.cast(n, tf.float32)

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def as_list():
    """raises ValueError"""

    @tf.function(input_signature=[_S])
    def f(x):
        n, m = x.shape.as_list()
        return tf.reduce_sum(x * w) * n

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def get_shape():
    """raises ValueError"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(x * w) * tf.cast(x.get_shape()[0], tf.float32)

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def in_a_method():
    """raises ValueError"""

    class M(tf.Module):
        @tf.function(input_signature=[_S])
        def f(self, x):
            return tf.reduce_sum(x * w) / x.shape[0]

    m = M()

    with tf.GradientTape() as tape:
        y = m.f(tf.ones([5, 2]))
    return tape.gradient(y, w)


def a_method_with_another_shape():
    """raises TypeError"""

    class M(tf.Module):
        @tf.function(input_signature=[_S])
        def f(self, x):
            return tf.reduce_sum(x * w)

    m = M()

    with tf.GradientTape() as tape:
        y = m.f(tf.ones([5, 3]))
    return tape.gradient(y, w)


def no_rank():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec(None, tf.float32)])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([5, 3]))
    return tape.gradient(y, w)


def rows_of_unknown_number():
    """raises TypeError"""

    @tf.function(input_signature=[_S])
    def f(x):
        t = 0.0
        for i in range(x.shape[0]):
            t += tf.reduce_sum(x[i] * w)
        return t

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, w)


def reshaped_by_it():
    """raises TypeError"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(tf.reshape(x, [x.shape[0] * 2]) * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, w)


def reshaped_by_none():
    """unknown"""

    @tf.function(input_signature=[_S])
    def f(x):
        return tf.reduce_sum(tf.reshape(x, [x.shape[0], 2]) * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, w)


def handed_a_number_for_a_default():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x, k=2.0):
        return x * w * k

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def too_few():
    """raises TypeError"""

    @tf.function(input_signature=[_S, _S])
    def f(x, y):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, w)
