"""Calls of single functions with arguments that are seldom meant: other numbers, other dtypes, several things for one."""

import keras
import numpy as np
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

v = tf.Variable([0.5, 1.5, 2.5])
m = tf.Variable([[0.5, 1.5], [2.5, 3.0]])
whole = tf.Variable([1, 2, 0])
small = tf.constant([1, 2, 0], tf.int8)


def an_array_by_the_name_of_its_parameter():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = np.exp(x=v)
    return tape.gradient(y, v)


def a_number_by_the_name_of_its_parameter():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v) * abs(x=v[0])
    return tape.gradient(y, v)


def two_lists_have_no_product():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        parts = tf.split(v, 3)
        y = parts * parts
    return tape.gradient(y, v)


def no_segments_at_all():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.math.unsorted_segment_sum(v, [0, 0, 1], 0)
    return tape.gradient(y, v)


def some_segments():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.math.unsorted_segment_sum(v, [0, 0, 1], 2)
    return tape.gradient(y, v)


def all_is_dropped():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.nn.dropout(v, 1.0)
    return tape.gradient(y, v)


def an_axis_in_a_list():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.nn.softmax(m, axis=[0])
    return tape.gradient(y, m)


def an_axis_that_is_not_there_for_what_is_like_numpy():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tnp.nanmean(v, axis=2)
    return tape.gradient(y, v)


def places_in_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.searchsorted(v, v, out_type=tf.float32)
    return tape.gradient(y, v)


def a_dtype_of_tensorflow_for_numpy():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(np.sum(v, dtype=tf.float32))
    return tape.gradient(y, v)


def arrays_in_a_tuple_have_no_product():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(np.histogram(v) * 2)
    return tape.gradient(y, v)


def results_of_different_shapes_as_one():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.linalg.eigh(m))
    return tape.gradient(y, m)


def numbers_among_texts():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.strings.length(v)
    return tape.gradient(y, v)


def whole_numbers_of_two_widths():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.bitwise.bitwise_and(whole, small)
    return tape.gradient(y, whole)


def whole_numbers_of_keras_where_floats_are_wanted():
    """unknown"""
    counts = keras.Variable([1, 2, 3])
    with tf.GradientTape() as tape:
        y = tf.atanh(counts)
    return tape.gradient(y, counts)


def doubles_of_keras_beside_floats():
    """unknown"""
    doubles = keras.Variable([0.5, 1.5, 2.5], dtype="float64")
    with tf.GradientTape() as tape:
        y = tf.atan2(v, doubles)
    return tape.gradient(y, v)


def truths_of_python_where_numbers_are_wanted():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v is whole)
    return tape.gradient(y, v)


def a_dtype_is_no_number():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v.dtype)
    return tape.gradient(y, v)


def a_sparse_tensor_has_no_sum_with_a_number():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sparse.from_dense(m) + 1
    return tape.gradient(y, m)


def a_copy_of_a_variable_is_the_variable():
    """flows"""
    with tf.GradientTape() as tape:
        y = v.__copy__() * 2.0
    return tape.gradient(y, v)


def an_assignment_that_gives_nothing_back():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v.assign([1.0, 2.0, 3.0], read_value=False) * 2.0
    return tape.gradient(y, v)


def a_metric_of_other_lengths():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.metrics.Hinge()(v, [1.0, 2.0])
    return tape.gradient(y, v)


def a_metric():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.metrics.Hinge()(v, [1.0, 2.0, 0.5])
    return tape.gradient(y, v)


def a_product_of_results_that_there_may_not_be():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.linalg.slogdet(tf.reshape(v, [3, 1])) * tf.linalg.slogdet(tf.reshape(v, [3, 1]))
    return tape.gradient(y, v)


def a_permutation_is_none_of_any_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.math.invert_permutation(tf.argsort(v) * 2) * 2.0
    return tape.gradient(y, v)


def numbers_in_a_tuple_have_no_product():
    """unknown"""
    with tf.GradientTape() as tape:
        y = np.modf(v) * 2.0
    return tape.gradient(y, v)


def bits_of_whole_numbers():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(~whole)
    return tape.gradient(y, whole)


def an_array_of_one_number_in_a_graph():
    """raises NotImplementedError"""

    @tf.function
    def traced(number):
        return tf.reduce_sum(np.full([3], number))

    with tf.GradientTape() as tape:
        y = traced(v[0])
    return tape.gradient(y, v)


def a_size_in_floats_and_places_as_truths():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        mine = tf.one_hot(tf.constant(1), 2, on_value=True, off_value=False, dtype=tf.bool)
        y = tf.reduce_sum(tf.where(mine, x, 0.0)) / tf.size(x, out_type=tf.float32)
    return tape.gradient(y, x)
