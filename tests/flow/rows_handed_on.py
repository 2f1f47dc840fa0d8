"""A gradient that has only rows comes down to the gradient of a hyperbolic tangent, which refuses it, straight or by
what hands it on."""

import tensorflow as tf


def by_an_identity():
    """raises TypeError"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.tanh(tf.identity(w)))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0, 1]))
    return t.gradient(p, w)


def by_reading_a_variable():
    """raises TypeError"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.tanh(w.read_value()))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0]))
    return t.gradient(p, w)


def by_a_cast():
    """unknown"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.tanh(tf.cast(tf.cast(w, tf.float64), tf.float32)))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0, 1]))
    return t.gradient(p, w)


def by_a_negation():
    """unknown"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.tanh(-w))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0, 1]))
    return t.gradient(p, w)


def not_by_a_product():
    """flows"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.tanh(w * 2.0))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0, 1]))
    return t.gradient(p, w)


def by_several_identities():
    """raises TypeError"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            l = w
            items = []
            for i in range(2):
                l = tf.identity(l)
                items.insert(0, tf.tanh(l))
            e = tf.reduce_sum(tf.stack(items))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0, 1]))
    return t.gradient(p, w)


def a_sine_takes_them():
    """flows"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.sin(tf.cast(w, tf.float64)))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0]))
    return t.gradient(p, w)


def by_a_sum_of_several():
    """unknown"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        with tf.GradientTape() as u:
            e = tf.reduce_sum(tf.tanh(tf.math.accumulate_n([w, w])))
        d = u.gradient(e, w)
        p = tf.reduce_sum(tf.gather(d, [0, 1]))
    return t.gradient(p, w)
