"""`max` and `min` of numbers that have left TensorFlow: Python's numbers, and NumPy's beside them."""

import keras
import numpy as np
import tensorflow as tf


def greatest_of_an_evaluation():
    """raises TypeError, raises TypeError"""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    with tf.GradientTape() as tape:
        loss = max(model.evaluate(np.ones((4, 2)), np.ones((4, 1)), verbose=0), 0.001)
    return tape.gradient(loss, model.trainable_weights)


def greatest_of_a_number():
    """raises TypeError"""
    w = tf.Variable(2.6)
    with tf.GradientTape() as tape:
        loss = max(float(w), 0.001)
    return tape.gradient(loss, w)


def greatest_of_numbers_of_two_kinds():
    """unknown"""
    w = tf.Variable(2.6)
    with tf.GradientTape() as tape:
        loss = max(w.numpy(), 0.001)
    return tape.gradient(loss, w)


def divided_by_the_greatest():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        length = max(np.linalg.norm(x.numpy()), 1e-8)
        loss = tf.reduce_sum(x / length)
    return tape.gradient(loss, x)
