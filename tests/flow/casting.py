"""Numbers that are cast, and dtypes of what comes of truths; the docstring is the verdict of each source."""

import math
import keras
import numpy as np
import tensorflow as tf
import tensorflow.experimental.numpy as tnp
import tf_keras

v = tf.Variable([[0.2, 0.3, 0.5]])
m = tf.Variable([[4.0, 0.3, 0.5], [0.1, 3.0, 0.2], [0.4, 0.1, 2.0]])
k = keras.Variable([[4.0, 0.3, 0.5], [0.1, 3.0, 0.2], [0.4, 0.1, 2.0]])
labels = tf.constant([[1, 0, 2]])
array = np.array([[1, 0, 2]])
truths = tf.constant([True, True, False])


def whole_numbers_where_a_loss_wants_what_is_predicted():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.reduce_mean(keras.losses.mean_squared_error(v * 2.0, labels))
    return tape.gradient(y, v)


def an_array_of_whole_numbers_as_what_is_predicted():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.losses.mean_absolute_error(v * 2.0, array)
    return tape.gradient(y, v)


def a_list_of_whole_numbers_as_what_is_predicted():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.losses.huber(v, [[1, 0, 2]], delta=2.0)
    return tape.gradient(y, v)


def a_list_of_floats_as_what_is_predicted():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.losses.mse(v, [[1.0, 0.0, 2.0]])
    return tape.gradient(y, v)


def whole_numbers_as_what_is_true():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.losses.mean_squared_error(labels, v * 2.0)
    return tape.gradient(y, v)


def whole_numbers_in_a_loss_of_a_graph():
    """none"""

    @tf.function
    def traced():
        with tf.GradientTape() as tape:
            y = tf.keras.losses.MSE(y_pred=labels, y_true=v * 1.0)
        return tape.gradient(y, v)

    return traced()


def an_object_converts_both():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(v * 1.0, labels)
    return tape.gradient(y, v)


def an_object_of_keras_2_casts():
    """none"""
    with tf.GradientTape() as tape:
        y = tf_keras.losses.MeanSquaredError()(v * 1.0, labels)
    return tape.gradient(y, v)


def a_huber_loss_of_keras_2_is_of_floats():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf_keras.losses.huber(v * 1.0, labels)
    return tape.gradient(y, v)


def whole_numbers_of_what_has_no_gradient_beside_a_variable_of_keras():
    """none"""
    with tf.GradientTape() as tape:
        y = k + tf.linalg.lu(m + 0.0)[1]
    return tape.gradient(y, m)


def the_same_that_a_function_of_keras_adds():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.ops.add(k, keras.ops.lu_factor(m + 0.0)[1])
    return tape.gradient(y, m)


def truths_beside_a_variable_of_keras():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.multiply(k, m > 0.0)
    return tape.gradient(y, m)


def a_mean_of_truths():
    """flows"""
    with tf.GradientTape() as tape:
        y = (tf.keras.backend.mean(truths) + 1) * v
    return tape.gradient(y, v)


def floats_and_truths_of_numpys_namesake():
    """flows"""
    with tf.GradientTape() as tape:
        y = (tnp.heaviside(tf.zeros([3]), truths) + 1) * v
    return tape.gradient(y, v)


def truths_that_are_put_in_a_row():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.where(tf.reshape(truths, [1, 3]), v, v * 2.0)
    return tape.gradient(y, v)


def a_distance_of_two_vectors():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * math.dist(v[0], [1.0, 2.0, 3.0])
    return tape.gradient(y, v)


def weights_of_whole_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * tf.cast(tnp.average(tf.constant([3, 2, 1]), weights=[1, 2, 3]), tf.float32)
    return tape.gradient(y, v)


def weights_of_an_average():
    """flows"""
    with tf.GradientTape() as tape:
        y = tnp.average(tf.constant([3.0, 2.0, 1.0]), weights=v[0])
    return tape.gradient(y, v)


def steps_of_a_loop_of_a_graph_as_the_target():
    """zero"""

    @tf.function
    def traced():
        with tf.GradientTape() as tape:
            a = tf.linalg.LinearOperatorFullMatrix(m, is_self_adjoint=True, is_positive_definite=True)
            y = tf.linalg.experimental.conjugate_gradient(a, v[0])[0]
        return tape.gradient(y, v)

    return traced()


def steps_of_a_loop_as_the_target():
    """none"""
    with tf.GradientTape() as tape:
        a = tf.linalg.LinearOperatorFullMatrix(m, is_self_adjoint=True, is_positive_definite=True)
        y = tf.linalg.experimental.conjugate_gradient(a, v[0])[0]
    return tape.gradient(y, v)


def labels_that_a_graph_counts_as_the_target():
    """zero"""

    @tf.function
    def traced():
        with tf.GradientTape() as tape:
            y = tf.nn.ctc_unique_labels(m)[1]
        return tape.gradient(y, m)

    return traced()


def a_range_as_what_is_predicted():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(v[0], range(3))
    return tape.gradient(y, v)


def a_brightness_of_a_picture_of_whole_numbers():
    """none"""
    delta = tf.Variable(0.1)
    picture = tf.constant([[[10], [200]]], tf.uint8)
    with tf.GradientTape() as tape:
        y = tf.cast(tf.image.adjust_brightness(picture, delta), tf.float32)
    return tape.gradient(y, delta)


def a_brightness_of_a_picture_of_floats():
    """flows"""
    delta = tf.Variable(0.1)
    picture = tf.image.convert_image_dtype(tf.constant([[[10], [200]]], tf.uint8), tf.float32)
    with tf.GradientTape() as tape:
        y = tf.image.adjust_brightness(picture, delta)
    return tape.gradient(y, delta)


def a_normalization_of_whole_numbers():
    """unknown"""
    scale = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.nn.batch_normalization(labels, [0.0] * 3, [1.0] * 3, None, scale, 0.001)
    return tape.gradient(y, scale)
