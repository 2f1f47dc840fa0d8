"""What TensorArrays keep, give and refuse; the docstring is the verdict of each source."""

import tensorflow as tf
import numpy as np


def doubles_beside_floats():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    y = tf.Variable([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        z = tf.TensorArray(tf.float32, 2).write(0, x).write(1, y).stack()
    return tape.gradient(z, [x, y])


def doubles_in_a_loop():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        for i in range(2):
            t = t.write(i, tf.cast(x[i], tf.float64))
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def floats_for_whole_numbers():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.int32, size=2)
        for i in range(2):
            t = t.write(i, x[i])
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def floats_for_doubles():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float64, size=2)
        for i in range(2):
            t = t.write(i, x[i])
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def whole_numbers_are_made_floats():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        for i in range(2):
            t = t.write(i, i)
        z = tf.reduce_sum(t.stack()) * x
    return tape.gradient(z, x)


def doubles_in_a_graph():
    """unknown"""
    x = tf.Variable([1.0, 2.0])

    @tf.function

    def f():
        t = tf.TensorArray(tf.float64, size=2)
        for i in tf.range(2):
            t = t.write(i, x[i])
        return tf.reduce_sum(t.stack())

    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, x)


def arrays_are_converted():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        t = t.write(0, np.float64(2.0))
        t = t.write(1, np.array(3))
        z = x * tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def unstack_does_not_ask():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.unstack(tf.cast(x, tf.float64))
        z = x * tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def none_is_refused():
    """raises ValueError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, None)
        z = x * tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def longer_whole_numbers():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.int32, size=2)
        t = t.write(0, tf.constant(2, tf.int64))
        z = x * tf.cast(tf.reduce_sum(t.stack()), tf.float32)
    return tape.gradient(z, x)


def a_float_for_whole_numbers():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.int32, size=2)
        t = t.write(0, 1.5)
        z = x * tf.cast(tf.reduce_sum(t.stack()), tf.float32)
    return tape.gradient(z, x)


def other_shapes():
    """raises ValueError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x)
        t = t.write(1, tf.constant([1.0, 2.0, 3.0]))
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def no_such_place():
    """raises OutOfRangeError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x)
        t = t.write(2, x)
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def what_nobody_wrote_is_zeros():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=3)
        t = t.write(0, x)
        t = t.write(1, x)
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def zeros_are_read():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x)
        t.read(1)
        z = tf.reduce_sum(t.read(0))
    return tape.gradient(z, x)


def read_twice():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x)
        a = t.read(0)
        z = tf.reduce_sum(t.read(0)) + tf.reduce_sum(a)
    return tape.gradient(z, x)


def read_and_gone():
    """none"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x)
        a = t.read(0)
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def read_and_kept():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2, clear_after_read=False)
        t = t.write(0, x)
        a = t.read(0)
        z = tf.reduce_sum(t.read(0)) * a
    return tape.gradient(z, x)


def changed_in_place():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        for i in range(2):
            t.write(i, x[i])
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def read_twice_in_a_graph():
    """flows"""
    x = tf.Variable([1.0, 2.0])

    @tf.function

    def f():
        t = tf.TensorArray(tf.float32, size=2)
        for i in range(2):
            t = t.write(i, x[i])
        return t.read(0) * t.read(0) + tf.reduce_sum(t.stack())

    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, x)


def none_in_a_graph():
    """raises ValueError"""
    x = tf.Variable([1.0, 2.0])

    @tf.function

    def f():
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, None)
        return x * t.read(0)

    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, x)


def no_such_place_in_a_graph():
    """unknown"""
    x = tf.Variable([1.0, 2.0])

    @tf.function

    def f():
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(3, x)
        return tf.reduce_sum(t.stack())

    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, x)


def one_array_of_three_names():
    """flows, flows"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        a = tf.TensorArray(tf.float32, size=2)
        b = a.write(0, x)
        c = b.write(1, x * w)
        z = tf.reduce_sum(a.stack())
    return tape.gradient(z, [x, w])


def the_second_place():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(1, x)
        z = tf.reduce_sum(t.read(1))
    return tape.gradient(z, x)


def written_over():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x)
        t = t.write(0, x * 2.0)
        z = tf.reduce_sum(t.read(0))
    return tape.gradient(z, x)


def another_shape_than_asked_for():
    """raises ValueError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2, element_shape=[3])
        t = t.write(0, x)
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, x)


def a_place_that_nobody_knows():
    """flows, flows"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(2.0)
    k = tf.random.uniform([], 0, 2, tf.int32)
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=3)
        t = t.write(k, x)
        t = t.write(2, x * w)
        t = t.write(0, x * 1.0)
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, [x, w])


def written_over_by_another():
    """flows, none"""
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        t = tf.TensorArray(tf.float32, size=2)
        t = t.write(0, x * w)
        t = t.write(0, x)
        z = tf.reduce_sum(t.stack())
    return tape.gradient(z, [x, w])


def filled_by_a_loop_outside_of_graphs():
    """flows"""
    w = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float32, size=5).write(0, 1.0)
        _, _, array = tf.while_loop(
            lambda i, y, array: i < 5,
            lambda i, y, array: (i + 1, y * w, array.write(i, y)),
            (1, w * 1.0, array),
        )
        y = array.stack()
    return tape.gradient(y, w)


def filled_with_what_is_rounded_by_a_loop_outside_of_graphs():
    """none"""
    w = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float32, size=5)
        _, array = tf.while_loop(
            lambda i, array: i < 5, lambda i, array: (i + 1, array.write(i, tf.round(w * 2.0))), (0, array)
        )
        y = array.stack()
    return tape.gradient(y, w)


def one_of_those_that_a_loop_outside_of_graphs_filled():
    """unknown"""
    w = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float32, size=5)
        _, array = tf.while_loop(lambda i, array: i < 5, lambda i, array: (i + 1, array.write(i, w * 2.0)), (0, array))
        y = array.read(4)
    return tape.gradient(y, w)


def cut_within_a_graph_loop_that_carries_an_array():
    """zero, flows"""
    x = tf.Variable(2.0)
    w = tf.Variable(2.0)

    @tf.function
    def run():
        def body(i, s, t):
            s = s - tf.stop_gradient(x) * w
            return i + 1, s, t.write(i, s)

        return tf.while_loop(lambda i, *_: i < 3, body, (0, 1.0, tf.TensorArray(tf.float32, size=3)))[2].stack()

    with tf.GradientTape() as tape:
        y = run()
    return tape.gradient(y, [x, w])


def written_before_a_graph_loop_that_carries_the_array():
    """zero, flows"""
    x = tf.Variable(2.0)
    w = tf.Variable(2.0)

    @tf.function
    def run():
        first = tf.TensorArray(tf.float32, size=3).write(0, w * 2.0)

        def body(i, t):
            return i + 1, t.write(i, tf.stop_gradient(x) * 2.0)

        return tf.while_loop(lambda i, _: i < 3, body, (1, first))[1].read(0)

    with tf.GradientTape() as tape:
        y = run()
    return tape.gradient(y, [x, w])


def an_array_in_a_dict_that_a_graph_loop_carries():
    """zero"""
    x = tf.Variable(2.0)

    @tf.function
    def run():
        def body(i, kept):
            return i + 1, {"array": kept["array"].write(i, tf.round(x))}

        kept = {"array": tf.TensorArray(tf.float32, size=3)}
        return tf.while_loop(lambda i, _: i < 3, body, (0, kept))[1]["array"].stack()

    with tf.GradientTape() as tape:
        y = run()
    return tape.gradient(y, x)


def an_array_beside_another_result_of_a_graph_branch():
    """zero, flows"""
    x = tf.Variable(2.0)
    w = tf.Variable(2.0)

    @tf.function
    def run(s):
        t = tf.TensorArray(tf.float32, size=2).write(0, w * 2.0)
        _, t = tf.cond(s > 0, lambda: (tf.round(x) * w, t.write(1, w)), lambda: (x, t.write(1, s)))
        return t.stack()

    with tf.GradientTape() as tape:
        y = run(tf.constant(1.0))
    return tape.gradient(y, [x, w])
