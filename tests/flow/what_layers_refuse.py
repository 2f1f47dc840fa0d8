"""What layers, activations and losses of Keras 3 refuse: tensors of other ranks and dtypes, lists and numbers; the
docstring has the verdict a source."""

import keras
import tensorflow as tf


def a_number_for_a_normalisation():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * keras.layers.LayerNormalization()(tf.constant(2.0))
    return tape.gradient(y, v)


def a_vector_for_a_normalisation():
    """flows"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = keras.layers.LayerNormalization()(v * 2.0) * [1.0, 3.0]
    return tape.gradient(y, v)


def numbers_side_by_side():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = keras.layers.Concatenate()([v * 1.0, v * 2.0])
    return tape.gradient(y, v)


def truths_for_an_activation():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * keras.activations.get("relu")(v > 0.0)
    return tape.gradient(y, v)


def a_list_for_a_dense_layer():
    """unknown"""
    v = tf.Variable([[1.5, 2.0]])
    with tf.GradientTape() as tape:
        y = keras.layers.Dense(1)([v * 1.0, v * 2.0])
    return tape.gradient(y, v)


def matrices_for_a_layer_that_reshapes():
    """flows"""
    v = tf.Variable([[1.5, 2.0]])
    with tf.GradientTape() as tape:
        y = keras.layers.Reshape([2, 1])(v * 1.0)
    return tape.gradient(y, v)


def a_loss_of_numbers_in_a_graph():
    """unknown"""
    v = tf.Variable(1.5)

    @tf.function
    def loss():
        return keras.losses.MeanSquaredError()(1.0, v * 2.0)

    with tf.GradientTape() as tape:
        y = loss()
    return tape.gradient(y, v)


def one_tensor_for_a_sum_of_several():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = keras.layers.Add()(v * 2.0)
    return tape.gradient(y, v)


def a_model_without_layers():
    """raises ValueError"""
    v = tf.Variable([[1.5, 2.0]])
    with tf.GradientTape() as tape:
        y = keras.Sequential([])(v * 2.0)
    return tape.gradient(y, v)


def axes_that_are_not_there():
    """raises ValueError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = keras.layers.Permute([1])(v * 2.0)
    return tape.gradient(y, v)


def axes_that_are_there():
    """flows"""
    v = tf.Variable([[1.5, 2.0]])
    with tf.GradientTape() as tape:
        y = keras.layers.Permute([1])(v * 2.0)
    return tape.gradient(y, v)


def a_number_for_a_normalisation_in_a_graph():
    """unknown"""
    v = tf.Variable(1.5)

    @tf.function
    def normalised():
        return keras.layers.BatchNormalization()(v * 2.0)

    with tf.GradientTape() as tape:
        y = normalised()
    return tape.gradient(y, v)


def a_metric_of_numbers():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * keras.metrics.MeanSquaredError()(1.0, v)
    return tape.gradient(y, v)


def truths_that_are_added_up():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * keras.layers.Add()([v > 0.0, v > 1.0])
    return tape.gradient(y, v)


def a_symbol_that_leaves_a_graph():
    """raises TypeError"""
    v = tf.Variable([1.5, 2.0])

    @tf.function
    def made():
        return keras.Input([2])

    with tf.GradientTape() as tape:
        y = made()
    return tape.gradient(y, v)


def a_regularizer_of_a_variable():
    """flows"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = keras.regularizers.L2(0.1)(v)
    return tape.gradient(y, v)


def a_regularizer_of_a_list():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = keras.regularizers.L2(0.1)([v * 1.0])
    return tape.gradient(y, v)


def a_tensor_for_a_factor():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * keras.regularizers.L2(tf.constant(2.0))(tf.ones([2]))
    return tape.gradient(y, v)
