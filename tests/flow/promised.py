"""What functions return that TensorFlow calls, and what was promised; the docstring is the verdict of each source."""

import numpy as np
import tensorflow as tf


def doubles_of_arrays():
    """raises InvalidArgumentError"""
    x = tf.constant([1.0, 2.0])
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.numpy_function(lambda t: np.sin(t).astype(np.float64), [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, w)


def a_function_of_numpys():
    """raises InvalidArgumentError"""
    x = tf.constant([1.0, 2.0], tf.float64)
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.numpy_function(np.sin, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, w)


def a_tensor_of_doubles():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.py_function(lambda t: tf.cast(t, tf.float64) * 2.0, [x], tf.float32)
        z = tf.reduce_sum(y)
    return tape.gradient(z, x)


def complex_numbers():
    """raises InvalidArgumentError"""
    x = tf.constant([1.0, 2.0], tf.complex64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda t: t * t, [x], tf.float32)
    return tape.gradient(y, x)


def a_number_of_pythons():
    """zero"""
    x = tf.Variable([1.0, 2.0])

    def f(t):
        return float(t.numpy().sum())

    with tf.GradientTape() as tape:
        y = tf.py_function(f, [x], tf.float32)
        z = tf.reduce_sum(y)
    return tape.gradient(z, x)


def a_list_for_one_tensor():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return [1.0, 2.0]

    with tf.GradientTape() as tape:
        y = tf.py_function(f, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, w)


def zeros_are_doubles():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return np.zeros(3)

    with tf.GradientTape() as tape:
        y = tf.numpy_function(f, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, [w, x])


def pythons_numbers_are_floats():
    """flows, none"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return 1.0

    with tf.GradientTape() as tape:
        y = tf.numpy_function(f, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, [w, x])


def a_length_is_whole():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return t.shape[0]

    with tf.GradientTape() as tape:
        y = tf.numpy_function(f, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, [w, x])


def truths():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return t > 1.0

    with tf.GradientTape() as tape:
        y = tf.py_function(f, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, [w, x])


def two_for_one():
    """flows, flows"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return t, t

    with tf.GradientTape() as tape:
        y = tf.py_function(f, [x], tf.float32)
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, [w, x])


def one_for_two():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(3.0)

    def f(t):
        return t

    with tf.GradientTape() as tape:
        y, u = tf.py_function(f, [x], [tf.float32, tf.float32])
        z = w * tf.reduce_sum(y)
    return tape.gradient(z, [w, x])


def a_tensor_in_a_graph():
    """unknown"""
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def g():
        return tf.reduce_sum(tf.py_function(lambda t: tf.cast(t, tf.float64), [x], tf.float32))

    with tf.GradientTape() as tape:
        z = g()
    return tape.gradient(z, x)


def doubles_in_a_graph():
    """unknown"""
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def g():
        return tf.reduce_sum(tf.numpy_function(lambda t: t.astype(np.float64), [x], tf.float32)) * tf.reduce_sum(x)

    with tf.GradientTape() as tape:
        z = g()
    return tape.gradient(z, x)


def doubles_that_were_promised():
    """raises TypeError"""
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def g():
        return tf.reduce_sum(tf.numpy_function(lambda t: t.astype(np.float64), [x], tf.float64)) * tf.reduce_sum(x)

    with tf.GradientTape() as tape:
        z = g()
    return tape.gradient(z, x)


def a_number_in_a_graph():
    """unknown"""
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def g():
        return tf.reduce_sum(tf.numpy_function(lambda t: 1.0, [x], tf.float32)) * tf.reduce_sum(x)

    with tf.GradientTape() as tape:
        z = g()
    return tape.gradient(z, x)


def one_for_a_list_of_one():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        z = tf.py_function(lambda t: t, [x], [tf.float32])
    return tape.gradient(z, x)


def arrays_are_converted():
    """unknown"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        z = tf.py_function(lambda t: np.array([1.0, 2.0]), [x], tf.int32)
        z = tf.reduce_sum(x) * tf.cast(tf.reduce_sum(z), tf.float32)
    return tape.gradient(z, x)


def the_second_is_another():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        z = tf.py_function(lambda t: (t, t), [x], [tf.float32, tf.float64])[0]
        z = tf.reduce_sum(x) * tf.reduce_sum(z)
    return tape.gradient(z, x)


def three_for_two():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        a, b = tf.py_function(lambda t: (t, t, t), [x], [tf.float32, tf.float32])
        z = tf.reduce_sum(x) * tf.reduce_sum(a)
    return tape.gradient(z, x)


def longer_whole_numbers():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        a = tf.py_function(lambda t: tf.constant(2, tf.int64), [x], tf.int32)
        z = tf.reduce_sum(x) * tf.cast(a, tf.float32)
    return tape.gradient(z, x)


def several_arrays():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        a = tf.numpy_function(lambda t: (t.sum(), t.mean()), [x], [tf.float32, tf.float32])
        z = tf.reduce_sum(x) * a[0] * a[1]
    return tape.gradient(z, x)


def a_list_of_one():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        a = tf.numpy_function(lambda t: [t.sum()], [x], tf.float32)
        z = tf.reduce_sum(x) * a
    return tape.gradient(z, x)


def a_list_of_numbers():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        a = tf.numpy_function(lambda t: [1.0, 2.0], [x], tf.float32)
        z = tf.reduce_sum(x) * tf.reduce_sum(a)
    return tape.gradient(z, x)
