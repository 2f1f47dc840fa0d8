"""Layers that make one tensor of several, losses and weights: what shapes they refuse, and which they give; the
docstring is the verdict a source."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
x = tf.constant([[0.3, -0.5, 0.7], [0.2, 0.9, -0.4]])
v = tf.Variable(tf.ones((2, 3)))
image = tf.Variable(tf.ones((2, 9, 8, 3)))
series = tf.Variable(tf.ones((2, 9, 3)))


def a_sum_of_vectors_of_other_lengths():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Add()([v * 2.0, tf.ones((2, 4))])
    return tape.gradient(y, v)


def a_product_with_one_number_each():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Multiply()([v * 2.0, tf.ones((2, 1))])
    return tape.gradient(y, v)


def a_product_with_one_example():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Multiply()([v * 2.0, tf.ones((1, 3))])
    return tape.gradient(y, v)


def a_function_that_averages():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.average([v * 2.0, tf.ones((2, 4))])
    return tape.gradient(y, v)


def side_by_side_of_other_batches():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Concatenate()([v * 2.0, tf.ones((3, 3))])
    return tape.gradient(y, v)


def one_behind_the_other():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Concatenate(axis=0)([v * 2.0, tf.ones((3, 3))]) + tf.ones((5, 3))
    return tape.gradient(y, v)


def what_is_side_by_side_has_a_shape():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = keras.layers.concatenate([v * 2.0, tf.ones((2, 4))]) + tf.ones((2, 6))
    return tape.gradient(y, v)


def products_of_axes_of_other_lengths():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Dot(axes=1)([v * 2.0, tf.ones((2, 4))])
    return tape.gradient(y, v)


def products_of_axes():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Dot(axes=(1, 2))([v * 2.0, tf.ones((2, 4, 3))]) + tf.ones((2, 4))
    return tape.gradient(y, v)


def a_layer_that_has_merged_others_before():
    """unknown"""
    layer = keras.layers.Add()
    layer([x, x])
    with tf.GradientTape() as tape:
        y = layer([v * 2.0, tf.ones((2, 4))])
    return tape.gradient(y, v)


def branches_of_a_network_that_do_not_meet():
    """raises ValueError"""
    symbol = keras.Input((16, 16, 3))
    one = keras.layers.Conv2D(4, 3, padding="same")(symbol)
    model = keras.Model(symbol, keras.layers.Add()([one, keras.layers.Conv2D(4, 3)(symbol)]))
    with tf.GradientTape() as tape:
        y = model(image) * v[0, 0]
    return tape.gradient(y, v)


def a_map_that_is_halved_and_doubled():
    """raises ValueError, raises ValueError"""
    symbol = keras.Input((9, 8, 3))
    half = keras.layers.Conv2D(4, 3, padding="same")(keras.layers.MaxPooling2D(2)(symbol))
    whole = keras.layers.Conv2DTranspose(4, 2, strides=2, padding="same")(half)
    model = keras.Model(symbol, keras.layers.concatenate([whole, symbol]))
    with tf.GradientTape() as tape:
        y = model(image)
    return tape.gradient(y, model.trainable_variables[:2])


def pooled_by_another_step():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.AveragePooling2D((2, 3), strides=(2, 1), padding="same")(image) + tf.ones((2, 5, 8, 3))
    return tape.gradient(y, image)


def spread_without_a_border():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Conv2DTranspose(4, 3, strides=2)(image) + tf.ones((2, 18, 16, 4))
    return tape.gradient(y, image)


def a_border_of_each_side():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.ZeroPadding2D(((1, 0), (2, 3)))(image) + tf.ones((2, 10, 13, 3))
    return tape.gradient(y, image)


def cropped_and_repeated():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = keras.layers.UpSampling1D(2)(keras.layers.Cropping1D((0, 2))(series)) + tf.ones((2, 15, 3))
    return tape.gradient(y, series)


def reshaped_to_what_is_left():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Reshape((3, -1))(series) + tf.ones((2, 3, 8))
    return tape.gradient(y, series)


def labels_of_another_number():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(tf.constant([0, 1, 2]), v * 2.0)
    return tape.gradient(y, v)


def labels_with_an_axis_of_length_1():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(tf.constant([[0], [1]]), v * 2.0)
    return tape.gradient(y, v)


def classes_that_are_one_hot_for_labels():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.losses.sparse_categorical_crossentropy(tf.one_hot([0, 1], 3), v * 2.0, from_logits=True)
    return tape.gradient(y, v)


def labels_for_classes_that_are_one_hot():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.losses.categorical_crossentropy(tf.constant([0, 1]), v * 2.0, from_logits=True)
    return tape.gradient(y, v)


def truths_of_another_shape():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones((2, 1)), v * 2.0)
    return tape.gradient(y, v)


def truths_without_the_last_axis():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones((2,)), v[:, :1] * 2.0)
    return tape.gradient(y, v)


def truths_without_the_last_axis_for_a_function():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.losses.binary_crossentropy(tf.ones((2,)), v[:, :1] * 2.0, from_logits=True)
    return tape.gradient(y, v)


def squares_of_what_does_not_fit():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(np.ones((2, 4), "float32"), v * 2.0)
    return tape.gradient(y, v)


def squares_of_what_is_broadcast():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(tf.ones((2, 1)), v * 2.0)
    return tape.gradient(y, v)


def a_weight_for_each_of_too_many():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = keras.losses.Huber()(tf.ones((2, 3)), v * 2.0, sample_weight=tf.ones((3,)))
    return tape.gradient(y, v)


def a_weight_for_each():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.losses.Huber()(tf.ones((2, 3)), v * 2.0, sample_weight=tf.constant([[0.5], [1.0]]))
    return tape.gradient(y, v)


def _network(units):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(units), keras.layers.Dense(1)])


def weights_of_a_wider_network():
    """raises ValueError, raises ValueError, raises ValueError, raises ValueError"""
    model = _network(4)
    model.set_weights(_network(5).get_weights())
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def weights_of_a_network_alike():
    """flows, flows, flows, flows"""
    model = _network(4)
    model.set_weights(_network(4).get_weights())
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def weights_of_a_recurrent_layer():
    """flows, flows, flows"""
    layer = keras.layers.LSTM(2)
    layer(series)
    layer.set_weights([np.ones((3, 8)), np.ones((2, 8)), np.ones((8,))])
    with tf.GradientTape() as tape:
        y = layer(series)
    return tape.gradient(y, layer.trainable_variables)


def both_ways_beside_what_is_narrower():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        both = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(series)
        y = keras.layers.Add()([both, series * 2.0])
    return tape.gradient(y, series)


def both_ways_added_up_beside_what_is_as_wide():
    """flows"""
    with tf.GradientTape() as tape:
        both = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True), merge_mode="sum")(series)
        y = keras.layers.Add()([both, series * 2.0])
    return tape.gradient(y, series)


def a_map_for_each_step():
    """raises InvalidArgumentError"""
    video = tf.Variable(tf.ones((2, 4, 9, 8, 3)))
    with tf.GradientTape() as tape:
        y = keras.layers.TimeDistributed(keras.layers.Conv2D(5, 3))(video) + tf.ones((2, 4, 7, 6, 4))
    return tape.gradient(y, video)


def labels_for_each_step():
    """flows"""
    dense = keras.layers.TimeDistributed(keras.layers.Dense(5))
    with tf.GradientTape() as tape:
        y = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(tf.ones((2, 9), tf.int32), dense(series))
    return tape.gradient(y, series)
