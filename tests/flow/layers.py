"""Layers, and functions that give several tensors; the docstring is the verdict a source."""

import keras
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def one_of_the_grids():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.meshgrid(v, w)[0]
    return tape.gradient(y, [v, w])


def the_other_grid_of_keras():
    """none, flows"""
    with tf.GradientTape() as tape:
        _, y = keras.ops.meshgrid(v * 1.0, w * 1.0, indexing="ij")
    return tape.gradient(y, [v, w])


def one_tensor_of_a_tuple():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.tuple([v, w])[0]
    return tape.gradient(y, [v, w])


def what_the_kernel_is_divided_by():
    """flows, none, flows"""
    layer = keras.layers.SpectralNormalization(keras.layers.Dense(2))
    with tf.GradientTape() as tape:
        y = layer(tf.constant([[1.0, 2.0, 3.0]]))
    return tape.gradient(y, layer.weights)


def scores_of_concatenation():
    """flows"""
    layer = keras.layers.Attention(score_mode="concat")
    query, value = tf.random.normal([1, 2, 3], seed=1), tf.random.normal([1, 4, 3], seed=2)
    with tf.GradientTape() as tape:
        y = layer([query, value])
    return tape.gradient(y, layer.weights)


def colours_at_inference():
    """flows"""
    image = tf.Variable(tf.random.uniform([1, 4, 4, 3], seed=1))
    with tf.GradientTape() as tape:
        y = keras.layers.RandomHue(0.5)(image * 1.0, training=False)
    return tape.gradient(y, [image])


class _Frozen(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(2)

    def call(self, x):
        return self.first(x)


def frozen_before_its_variables_are_made():
    """sometimes none, sometimes none"""
    model = _Frozen()
    model.trainable = False
    with tf.GradientTape() as tape:
        y = model(tf.constant([[1.0, 2.0, 3.0]]))
    return tape.gradient(y, model.weights)


def frozen_when_its_variables_are_there():
    """flows, flows"""
    model = _Frozen()
    model(tf.constant([[1.0, 2.0, 3.0]]))
    model.trainable = False
    with tf.GradientTape() as tape:
        y = model(tf.constant([[1.0, 2.0, 3.0]]))
    return tape.gradient(y, model.weights)
