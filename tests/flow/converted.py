"""Code that AutoGraph converts where it runs eagerly: each function is a program; its docstring is the verdict a source."""

import keras
import tensorflow as tf

x = tf.constant([[1.0, 2.0, 3.0]])


def _number_of(row):
    return float(tf.reduce_sum(row)) * tf.ones([3])


class _Rows(keras.layers.Layer):
    def call(self, inputs):
        return tf.map_fn(_number_of, inputs)


def float_in_the_body_of_a_map():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.map_fn(lambda row: _number_of(row), x)
    return tape.gradient(y, [x])


def float_in_a_map_of_a_layer():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _Rows()(x)
    return tape.gradient(y, [x])


def float_in_a_map_that_is_not_to_be_converted():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.map_fn(tf.autograph.experimental.do_not_convert(_number_of), x)
    return tape.gradient(y, [x])


def float_in_the_body_of_a_scan():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.scan(lambda total, row: total + float(tf.reduce_sum(row)), x, tf.constant(0.0))
    return tape.gradient(y, [x])


def float_beside_a_map():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        tf.map_fn(_number_of, x)
        y = _number_of(x[0])
    return tape.gradient(y, [x])


def float_of_several_in_the_body_of_a_map():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.map_fn(lambda row: float(row) * 2.0, x)
    return tape.gradient(y, [x])
