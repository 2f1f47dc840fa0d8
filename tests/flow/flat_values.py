"""Functions called on what ragged and sparse tensors hold: the docstring is the verdict a source."""

import tensorflow as tf

v = tf.Variable([2.0, 1.0, 3.0])
w = tf.Variable(2.0)


def a_ragged_tensor_is_rounded():
    """none"""
    with tf.GradientTape() as tape:
        ragged = tf.RaggedTensor.from_row_splits(v, [0, 2, 3])
        y = tf.ragged.map_flat_values(tf.math.rint, ragged).flat_values
    return tape.gradient(y, v)


def a_ragged_tensor_beside_a_variable():
    """flows, flows"""
    with tf.GradientTape() as tape:
        ragged = tf.RaggedTensor.from_row_splits(v, [0, 2, 3])
        y = tf.ragged.map_flat_values(lambda x, k: x * k, ragged, w).to_tensor()
    return tape.gradient(y, [v, w])


def a_sparse_tensor_is_rounded():
    """none"""
    with tf.GradientTape() as tape:
        sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 1]], v * 1.0, [2, 2])
        y = tf.sparse.map_values(tf.round, sparse).values
    return tape.gradient(y, v)


def a_sparse_tensor_to_the_power_of_a_variable():
    """flows, flows"""
    with tf.GradientTape() as tape:
        sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 1]], v * 1.0, [2, 2])
        y = tf.sparse.to_dense(tf.sparse.map_values(lambda x, k: x**k, sparse, k=w))
    return tape.gradient(y, [v, w])


def components_that_are_asked_for_after_the_tape():
    """flows"""
    with tf.GradientTape() as tape:
        ragged = tf.RaggedTensor.from_row_splits(v * w, [0, 1, 3])
    return tape.gradient(ragged.flat_values, v)


def values_of_a_sparse_tensor_made_before_the_tape():
    """flows"""
    x = tf.constant([1.0, 2.0])
    held = tf.SparseTensor([[0], [1]], x, [2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sparse.to_dense(held)
    return tape.gradient(y, x)


def a_sparse_tensor_of_a_variable_made_before_the_tape():
    """none"""
    own = tf.Variable([1.0, 2.0])
    held = tf.SparseTensor([[0], [1]], own, [2])
    with tf.GradientTape() as tape:
        y = tf.sparse.to_dense(held)
    return tape.gradient(y, own)


def values_of_a_ragged_tensor_of_a_ragged_tensor():
    """flows, none"""
    x, z = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0])
    held = tf.RaggedTensor.from_row_limits(tf.RaggedTensor.from_row_starts(x, [0, 1]), [2])
    with tf.GradientTape() as tape:
        tape.watch([held.flat_values, z])
        y = tf.reduce_sum(held.values)
    return tape.gradient(y, [x, z])


def values_that_are_watched_by_their_own_name():
    """flows, none"""
    x = tf.constant([[1.0, 2.0]])
    held = tf.RaggedTensor.from_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(held.values)
        y = held * 2.0
    return tape.gradient(y, [held.values, x])


def slices_of_a_variable():
    """flows"""
    own = tf.Variable([1.0, 2.0])
    held = tf.IndexedSlices(own, tf.constant([0, 1]))
    with tf.GradientTape() as tape:
        y = held.values * 2.0
    return tape.gradient(y, own)


def sum_of_a_tensor_of_nothing():
    """raises TypeError"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        tf.print(w * 1.0)
        y = sum(tf.sort([]))
    return tape.gradient(y, w)
