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
