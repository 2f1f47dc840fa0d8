"""Whole numbers of 8 and 16 bits: floats of 32 bits come of them where doubles come of others."""

import numpy as np
import tensorflow as tf


def pixels_picked_over_a_single():
    """flows"""
    a = np.array([1, 2, 3], dtype=np.uint8)[:2].reshape(2)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(a / np.float32(2)) * w)
    return tape.gradient(loss, w)


def pixels_summed_over_a_single():
    """flows"""
    a = (np.array([1, 2], dtype=np.uint8) + np.array([1, 2], dtype=np.uint8)).copy()
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(a / np.float32(2)) * w)
    return tape.gradient(loss, w)


def decoded_pixels_over_a_single():
    """flows"""
    a = tf.io.decode_png(tf.io.encode_png(tf.zeros([1, 2, 1], tf.uint8))).numpy().reshape(-1)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant((a + 1) / np.float32(2)) * w)
    return tape.gradient(loss, w)


def clipped_times_a_single():
    """flows"""
    a = np.clip(np.array([1, 2], dtype=np.int16), 0, 5)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(a * np.float32(2)) * w)
    return tape.gradient(loss, w)


def shifted_times_a_single():
    """flows"""
    a = np.array([1, 2], dtype=np.int8)
    a = a - a.mean().astype(np.int8)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(a * np.float32(2)) * w)
    return tape.gradient(loss, w)


def repeated_times_a_single():
    """flows"""
    a = np.repeat(np.array([1], dtype=np.int8), 2)
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(a * np.float32(2)) * w)
    return tape.gradient(loss, w)


def pixels_reshaped_over_a_number():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    a = tf.reshape(tf.constant([[1, 2]], tf.uint8), [2]) / 255
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(a * w)
    return tape.gradient(loss, w)


def pixels_decoded_over_a_number():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    a = tf.reshape(tf.io.decode_png(tf.io.encode_png(tf.zeros([1, 2, 1], tf.uint8))), [-1]) / 255
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((a + 1.0) * w)
    return tape.gradient(loss, w)


def counts_over_a_number():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    a = tf.constant([1, 2, 3])[:2] / 255
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(a * w)
    return tape.gradient(loss, w)


def pixels_summed_over_a_number():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    a = (tf.constant([1, 2], tf.uint8) + tf.constant([1, 2], tf.uint8)) / 255
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(a * w)
    return tape.gradient(loss, w)


def batch_of_pixels_over_a_number():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    for x in tf.data.Dataset.from_tensor_slices(np.zeros([4, 2], np.uint8)).batch(2):
        a = x / 255
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((a + 1.0) * w)
        g = tape.gradient(loss, w)
    return g


def long_counts_over_a_number():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    a = tf.squeeze(tf.transpose(tf.constant([[1], [2]], tf.int64))) / 255
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(a * w)
    return tape.gradient(loss, w)


def long_array_times_a_single():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    a = np.arange(4)[:2].reshape(2) * np.float32(2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(a) * w)
    return tape.gradient(loss, w)


def pixels_as_doubles():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    pixels = np.array([1, 2], dtype=np.uint8) / 255
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(pixels) * w)
    return tape.gradient(loss, w)


def root_of_counts():
    """raises InvalidArgumentError"""
    w = tf.Variable([1.0, 2.0])
    roots = np.sqrt(np.arange(2))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.constant(roots) * w)
    return tape.gradient(loss, w)
