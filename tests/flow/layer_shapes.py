"""What layers and models refuse by the shape of what they are given; the docstring is the verdict a source."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
x = tf.constant([[0.3, -0.5, 0.7], [0.2, 0.9, -0.4]])
v = tf.Variable(tf.ones((2, 3)))
dense = keras.layers.Dense(2)
recurrent = keras.layers.LSTM(2)


def _functional(shape=(3,)):
    symbol = keras.Input(shape, name="given")
    return keras.Model(symbol, keras.layers.Dense(1)(symbol))


def _sequential(*layers):
    return keras.Sequential([*layers])


def one_example():
    """raises ValueError, raises ValueError"""
    with tf.GradientTape() as tape:
        y = dense(x[0])
    return tape.gradient(y, dense.trainable_variables)


def one_example_as_a_batch():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = dense(x[0][None])
    return tape.gradient(y, dense.trainable_variables)


def numbers_drawn_for_one_example():
    """raises ValueError, raises ValueError"""
    with tf.GradientTape() as tape:
        y = dense(np.random.rand(3))
    return tape.gradient(y, dense.trainable_variables)


def steps_of_no_time():
    """raises ValueError, raises ValueError, raises ValueError"""
    with tf.GradientTape() as tape:
        y = recurrent(x)
    return tape.gradient(y, recurrent.trainable_variables)


def a_recurrent_layer_after_a_last_step():
    """raises ValueError, raises ValueError, raises ValueError, raises ValueError, raises ValueError, raises ValueError"""
    model = _sequential(keras.layers.LSTM(2), keras.layers.LSTM(2))
    with tf.GradientTape() as tape:
        y = model(x[None])
    return tape.gradient(y, model.trainable_variables)


def a_recurrent_layer_after_all_steps():
    """flows, flows, flows, flows, flows, flows"""
    model = _sequential(keras.layers.LSTM(2, return_sequences=True), keras.layers.LSTM(2))
    with tf.GradientTape() as tape:
        y = model(x[None])
    return tape.gradient(y, model.trainable_variables)


def images_without_channels():
    """raises ValueError, raises ValueError"""
    layer = keras.layers.Conv2D(2, 3)
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 8, 8)))
    return tape.gradient(y, layer.trainable_variables)


def another_number_of_elements():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Reshape((4,))(v)
    return tape.gradient(y, v)


def as_many_elements():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Reshape((1, -1))(v)
    return tape.gradient(y, v)


def a_wider_input_of_a_functional_model():
    """raises ValueError, raises ValueError"""
    model = _functional()
    with tf.GradientTape() as tape:
        y = model(tf.ones((2, 5)))
    return tape.gradient(y, model.trainable_variables)


def a_last_axis_that_is_taken_away():
    """flows, flows"""
    model = _functional()
    with tf.GradientTape() as tape:
        y = model(x[..., None])
    return tape.gradient(y, model.trainable_variables)


def a_last_axis_that_is_added():
    """flows, flows"""
    model = _functional((3, 1))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def an_axis_that_is_not_taken_away():
    """raises ValueError, raises ValueError"""
    model = _sequential(keras.Input((3,)), keras.layers.Dense(1))
    with tf.GradientTape() as tape:
        y = model(x[None])
    return tape.gradient(y, model.trainable_variables)


def a_wider_input_of_a_sequential_model():
    """raises ValueError, raises ValueError"""
    model = _sequential(keras.layers.Dense(1, input_shape=(3,)))
    with tf.GradientTape() as tape:
        y = model(tf.ones((2, 5)))
    return tape.gradient(y, model.trainable_variables)


def more_steps_of_a_sequential_model():
    """flows, flows, flows"""
    model = _sequential(keras.layers.LSTM(1, input_shape=(2, 3)))
    with tf.GradientTape() as tape:
        y = model(tf.ones((2, 5, 3)))
    return tape.gradient(y, model.trainable_variables)


def a_wider_layer_between():
    """raises ValueError, raises ValueError"""
    first, second = keras.layers.Dense(4), keras.layers.Dense(2)
    model = _sequential(keras.Input((3,)), first, second)
    with tf.GradientTape() as tape:
        y = model(x) + second(tf.ones((2, 5)))
    return tape.gradient(y, second.trainable_variables)


def two_inputs_side_by_side():
    """raises TypeError, raises TypeError"""
    model = _sequential(keras.Input((3,)), keras.layers.Dense(1))
    with tf.GradientTape() as tape:
        y = model(x, x)
    return tape.gradient(y, model.trainable_variables)


def two_inputs_of_a_layer():
    """raises TypeError, raises TypeError"""
    with tf.GradientTape() as tape:
        y = dense(x, x)
    return tape.gradient(y, dense.trainable_variables)


def a_state_side_by_side():
    """flows, flows, flows"""
    with tf.GradientTape() as tape:
        y = recurrent(x[None], [tf.ones((1, 2)), tf.ones((1, 2))])
    return tape.gradient(y, recurrent.trainable_variables)


def an_input_by_its_name():
    """unknown, unknown"""
    model = _functional()
    with tf.GradientTape() as tape:
        y = model({"given": x})
    return tape.gradient(y, model.trainable_variables)


small = tf.Variable(tf.ones((1, 8, 8, 3)))


def a_map_too_small_for_its_window():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.layers.Conv2D(2, 9)(small)
    return tape.gradient(y, small)


def a_map_as_large_as_its_window():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Conv2D(2, 8)(small)
    return tape.gradient(y, small)


def a_map_too_small_for_a_layer_that_is_built():
    """unknown"""
    layer = keras.layers.Conv2D(2, 9)
    layer(tf.ones((1, 9, 9, 3)))
    with tf.GradientTape() as tape:
        y = layer(small)
    return tape.gradient(y, small)


def a_map_too_small_to_pool():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.layers.MaxPooling2D(9)(small)
    return tape.gradient(y, small)


def a_map_of_which_nothing_is_left_to_pool():
    """raises ValueError, raises ValueError"""
    symbol = end = keras.Input((8, 8, 3))
    for size in (2, 2, 2, 2):
        end = keras.layers.MaxPooling2D(size)(end)
    model = keras.Model(symbol, keras.layers.Dense(1)(end))
    with tf.GradientTape() as tape:
        y = model(small)
    return tape.gradient(y, model.trainable_variables)


def a_stack_that_leaves_nothing():
    """raises ValueError, raises ValueError"""
    model = _sequential(
        keras.Input((8, 8, 3)),
        keras.layers.DepthwiseConv2D(5),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(2, 3),
    )
    with tf.GradientTape() as tape:
        y = model(small)
    return tape.gradient(y, model.layers[0].trainable_variables)


def what_is_padded_is_not_too_small():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Conv2D(2, 9, padding="same")(small)
    return tape.gradient(y, small)
