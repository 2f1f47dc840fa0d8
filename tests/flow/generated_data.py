"""Data sets of what a generator gives: its dtypes are told, structure by structure."""

import numpy as np
import tensorflow as tf

_ROWS = np.random.rand(8, 3)


def doubles():
    """raises InvalidArgumentError"""
    w = tf.Variable(tf.ones([3]))

    def gen():
        for row in _ROWS:
            yield row

    ds = tf.data.Dataset.from_generator(gen, output_signature=tf.TensorSpec([3], tf.float64)).batch(2)
    for b in ds:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.linalg.matvec(b, w))
        g = tape.gradient(loss, w)
    return g


def pairs_by_their_types():
    """flows, flows, none"""
    w = tf.Variable(tf.ones([3]))

    def gen():
        for row in _ROWS:
            yield row, 1

    ds = tf.data.Dataset.from_generator(gen, output_types=(tf.float32, tf.int32), output_shapes=([3], [])).batch(2)
    for b, y in ds:
        with tf.GradientTape() as tape:
            tape.watch([b, y])
            loss = tf.reduce_mean(tf.linalg.matvec(b, w) * tf.cast(y, tf.float32))
        g = tape.gradient(loss, [w, b, y])
    return g


def dicts_by_their_specifications():
    """flows, flows, none"""
    w = tf.Variable(tf.ones([3]))

    def gen():
        for row in _ROWS:
            yield {"x": row, "y": 1}

    ds = tf.data.Dataset.from_generator(
        gen, output_signature={"x": tf.TensorSpec((3,), dtype=tf.float32), "y": tf.TensorSpec((), dtype=tf.int32)}
    )
    ds = ds.map(lambda r: (r["x"] * 2.0, r["y"])).batch(2).prefetch(1)
    for step, (x, y) in enumerate(ds):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            loss = tf.reduce_mean(tf.linalg.matvec(x, w) * tf.cast(y, tf.float32))
        g = tape.gradient(loss, [w, x, y])
    return g


def one_type():
    """flows"""
    w = tf.Variable(tf.ones([3]))
    ds = tf.data.Dataset.from_generator(lambda: iter(_ROWS), tf.float32)
    for x in ds:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x * w)
        g = tape.gradient(loss, w)
    return g


def ragged_rows():
    """flows"""
    w = tf.Variable(2.0)
    ds = tf.data.Dataset.from_generator(
        lambda: iter([tf.ragged.constant([[1.0], [2.0, 3.0]])]),
        output_signature=tf.RaggedTensorSpec([2, None], tf.float32),
    )
    for x in ds:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x) * w
        g = tape.gradient(loss, w)
    return g


def texts():
    """flows"""
    w = tf.Variable(2.0)
    ds = tf.data.Dataset.from_generator(lambda: iter(["a", "b"]), output_signature=tf.TensorSpec([], tf.string))
    for x in ds:
        with tf.GradientTape() as tape:
            loss = tf.cast(tf.strings.length(x), tf.float32) * w
        g = tape.gradient(loss, w)
    return g


def type_by_its_name():
    """flows"""
    w = tf.Variable(tf.ones([3]))
    ds = tf.data.Dataset.from_generator(lambda: iter(_ROWS), "float32")
    for x in ds:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x * w)
        g = tape.gradient(loss, w)
    return g
