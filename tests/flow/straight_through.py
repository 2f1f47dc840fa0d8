"""Functions that give what they are given, with a gradient of their own; the docstring is the verdict of each source."""

import tensorflow as tf
@tf.custom_gradient


def _refine(x):
    def grad(dy):
        return -dy
    return tf.identity(x), grad


def minus_itself():
    """flows"""
    mu = tf.Variable([1.89, -1.25, -1.75])
    with tf.GradientTape() as t1:
        loss = tf.reduce_sum(mu - _refine(mu))
    return t1.gradient(loss, mu)


def minus_the_largest_of_two():
    """flows"""
    mu = tf.Variable([1.89, -1.25, -1.75])
    with tf.GradientTape() as t1:
        moved = max([_refine(mu), _refine(mu)], key=lambda item: 1)
        loss = tf.reduce_sum(mu - moved)
    return t1.gradient(loss, mu)


def minus_one_of_two():
    """flows"""
    mu = tf.Variable([1.89, -1.25, -1.75])
    k = tf.random.uniform([]) > 0.5
    with tf.GradientTape() as t1:
        moved = _refine(mu) if k else _refine(mu)
        loss = tf.reduce_sum(mu - moved)
    return t1.gradient(loss, mu)


def minus_an_identity():
    """zero"""
    mu = tf.Variable([1.89, -1.25, -1.75])
    k = tf.random.uniform([]) > 0.5
    with tf.GradientTape() as t1:
        moved = tf.identity(mu) if k else tf.identity(mu)
        loss = tf.reduce_sum(mu - moved)
    return t1.gradient(loss, mu)


def minus_rows_of_it():
    """flows"""
    mu = tf.Variable([1.89, -1.25, -1.75])
    with tf.GradientTape() as t1:
        moved = max([_refine(mu), _refine(mu)], key=lambda item: 1)
        loss = tf.reduce_sum(tf.concat([mu, moved], 0) - tf.concat([mu, mu], 0))
    return t1.gradient(loss, mu)
