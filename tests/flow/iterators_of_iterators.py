"""Iterators over iterators that nobody else has, left before their end; and those that somebody has."""

import numpy as np
import tensorflow as tf


def enumerate_of_zip_left_early():
    """flows"""
    a = tf.Variable([1.0, 2.0])
    xs = [tf.constant([1.0, 2.0]), tf.constant([2.0, 2.0]), tf.constant([3.0, 1.0])]
    ys = np.array([1.0, 2.0, 3.0], dtype="float32")
    total = 0.0
    with tf.GradientTape() as tape:
        for i, (x, y) in enumerate(zip(xs, ys)):
            total += tf.reduce_sum(a * x) * y
            if i >= 1:
                break
    return tape.gradient(total, a)


def first_of_enumerate_of_zip():
    """flows, none"""
    a, b = tf.Variable([1.0, 2.0]), tf.Variable(1.0)
    pairs = enumerate(zip([a, a], [b, b]))
    with tf.GradientTape() as tape:
        i, (x, y) = next(pairs)
        total = tf.reduce_sum(x) + float(i)
    return tape.gradient(total, [a, b])


def second_of_enumerate_of_zip():
    """none, flows"""
    a, b = tf.Variable([1.0, 2.0]), tf.Variable(1.0)
    pairs = enumerate(zip([a, b], [b, a]))
    with tf.GradientTape() as tape:
        next(pairs)
        i, (x, y) = next(pairs)
        total = tf.reduce_sum(x) + float(i)
    return tape.gradient(total, [a, b])


def what_is_left_of_a_named_zip():
    """unknown, unknown"""
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    pairs = zip([b, a, a], [1.0, 2.0, 3.0])
    total = 0.0
    for i, (x, y) in enumerate(pairs):
        if i == 0:
            break
    with tf.GradientTape() as tape:
        for x, y in pairs:
            total += x * y
    return tape.gradient(total, [a, b])


def what_is_left_of_a_generator_in_a_zip():
    """unknown, unknown"""
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    items = (v * 2.0 for v in [b, b, a])
    for i, (x, y) in enumerate(zip([1.0, 2.0, 3.0], items)):
        if i == 1:
            break
    with tf.GradientTape() as tape:
        total = sum(v * 2.0 for v in [a])
    for left in items:
        pass
    return tape.gradient(total, [a, b])


def kept_by_a_walrus():
    """unknown, unknown"""
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        for i, (x, y) in enumerate(kept := zip([a, b, a], [1.0, 2.0, 3.0])):
            if i == 0:
                break
        total, _ = next(kept)
        total = total * 1.0
    return tape.gradient(total, [a, b])
