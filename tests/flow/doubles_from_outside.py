"""Doubles of NumPy's that meet floats: drawn, spaced, read from a text, and handed on by a data set."""

import io

import keras
import numpy as np
import tensorflow as tf


def spaced():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    x = np.linspace(0, 1, 2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(x) * w)
    return tape.gradient(loss, w)


def read_from_a_text():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    x = np.loadtxt(io.StringIO("1.0 2.0"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.convert_to_tensor(x) - w)
    return tape.gradient(loss, w)


def read_as_floats():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    x = np.loadtxt(io.StringIO("1.0 2.0"), dtype=np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.convert_to_tensor(x) - w)
    return tape.gradient(loss, w)


def of_a_data_set():
    """raises InvalidArgumentError"""
    w = tf.Variable(tf.ones([3, 1]))
    data = tf.data.Dataset.from_tensor_slices((np.random.rand(8, 3), np.random.rand(8, 1))).batch(4)
    for x, y in data:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
        grads = tape.gradient(loss, w)
    return grads


def of_a_data_set_into_a_layer():
    """flows, flows"""
    model = keras.Sequential([keras.layers.Dense(1)])
    data = tf.data.Dataset.from_tensor_slices((np.random.rand(8, 3), np.random.rand(8, 1))).batch(4)
    for x, y in data:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y, model(x)))
        grads = tape.gradient(loss, model.trainable_variables)
    return grads


def of_a_data_set_that_casts():
    """flows"""
    w = tf.Variable(tf.ones([3]))
    data = tf.data.Dataset.from_tensor_slices(np.random.rand(8, 3)).map(lambda row: tf.cast(row, tf.float32)).batch(4)
    for x in data:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.linalg.matvec(x, w))
        grads = tape.gradient(loss, w)
    return grads


def drawn():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    noise = np.random.exponential(size=2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * tf.constant(noise))
    return tape.gradient(loss, w)


def counts_that_are_drawn():
    """none"""
    counts = tf.Variable(np.random.poisson(3.0, size=2))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.cast(counts, tf.float32))
    return tape.gradient(loss, counts)


def spaced_beside_doubles():
    """flows"""
    w = tf.Variable([1.0, 2.0], dtype=tf.float64)
    x = np.logspace(0, 1, 2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(x) * w)
    return tape.gradient(loss, w)


def numbers_of_an_array_stacked():
    """raises InvalidArgumentError"""
    x = np.random.randn(2)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(w * tf.stack([x[0], x[1]]))
    return tape.gradient(y, w)


def number_of_an_array_first():
    """raises InvalidArgumentError"""
    x = np.random.randn(2)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(w * tf.constant([x[0], 1.0]))
    return tape.gradient(y, w)


def number_of_python_first():
    """flows"""
    x = np.random.randn(2)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(w * tf.constant([1.0, x[0]]))
    return tape.gradient(y, w)


def numbers_of_python_appended():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    rows = []
    for k in range(2):
        rows.append(float(np.mean(np.random.randn(3))))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(w * tf.convert_to_tensor(rows))
    return tape.gradient(y, w)


def numbers_of_an_array_in_a_graph():
    """flows"""
    x = np.random.randn(2)
    w = tf.Variable([1.0, 2.0])

    @tf.function
    def f():
        return tf.reduce_sum(w * tf.stack([x[0], x[1]]))

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, w)


def returns_in_doubles():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0, 3.0])
    rewards = [np.float64(1.0), 2.0, 3.0]
    out, total = [], 0
    for r in rewards[::-1]:
        total = r + 0.9 * total
        out.insert(0, total)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(w * tf.convert_to_tensor(out))
    return tape.gradient(y, w)


def returns_as_floats():
    """flows"""
    w = tf.Variable([1.0, 2.0, 3.0])
    rewards = [np.float64(1.0), 2.0, 3.0]
    out, total = [], 0
    for r in rewards[::-1]:
        total = r + 0.9 * total
        out.insert(0, total)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(w * tf.convert_to_tensor(out, dtype=tf.float32))
    return tape.gradient(y, w)


def factors_of_doubles():
    """flows"""
    a = tf.Variable(np.eye(2) * 2.0)
    right = np.linspace(0, 1, 2)[:, None]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.linalg.cholesky_solve(tf.linalg.cholesky(a), right))
    return tape.gradient(loss, a)


def factors_of_floats_beside_doubles():
    """flows"""
    a = tf.Variable(np.eye(2, dtype="float32") * 2.0)
    right = np.linspace(0, 1, 2)[:, None]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.linalg.cholesky_solve(tf.linalg.cholesky(a), right))
    return tape.gradient(loss, a)


def numbers_of_pythons_among_others_in_an_array():
    """raises InvalidArgumentError"""
    losses = [tf.constant(1.5), 0.0]
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.constant(np.mean(losses)) * v
    return tape.gradient(y, v)
