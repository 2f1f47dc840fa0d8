"""Losses of the project's own, and what Keras 3 hands them: floats; the docstring has the verdicts."""

import keras
import tensorflow as tf

v = tf.Variable(tf.ones((2, 2)))
weights = tf.Variable([1.0, 2.0])
labels = tf.constant([[0, 1], [1, 2]])


class _Squares(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), -1)


class _Plain(keras.losses.Loss):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), -1)


class _OneHot(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(tf.one_hot(y_true, 2) - y_pred), -1)


class _OfTwo(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true["a"] - y_pred["b"]), -1)


class _Whole(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.cast(y_true * y_pred, tf.int32)


class _Wide(keras.losses.Loss):
    def __init__(self):
        super().__init__(dtype="float64")

    def call(self, y_true, y_pred):
        return tf.reduce_mean(y_pred - tf.ones((2, 2), tf.float64), -1)


class _Old(keras.losses.Loss):
    def __init__(self):
        super().__init__(reduction="auto")

    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), -1)


def labels_become_floats():
    """flows"""
    with tf.GradientTape() as tape:
        y = _Squares()(labels, v)
    return tape.gradient(y, v)


def predictions_become_floats():
    """flows"""
    wide = tf.Variable(tf.ones((2, 2), tf.float64))
    with tf.GradientTape() as tape:
        y = _Squares()(labels, wide)
    return tape.gradient(y, wide)


def labels_are_no_places_any_more():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = _OneHot()(tf.constant([0, 1]), v)
    return tape.gradient(y, v)


def structures_are_gone_through():
    """flows"""
    with tf.GradientTape() as tape:
        y = _OfTwo()({"a": labels}, {"b": v})
    return tape.gradient(y, v)


def what_it_gives_becomes_floats():
    """none"""
    with tf.GradientTape() as tape:
        y = _Whole()(labels, v)
    return tape.gradient(y, v)


def floats_of_another_width():
    """flows"""
    with tf.GradientTape() as tape:
        y = _Wide()(labels, v)
    return tape.gradient(y, v)


def weights_of_samples():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = _Squares()(labels, v, sample_weight=weights)
    return tape.gradient(y, [v, weights])


def weights_by_place():
    """flows"""
    with tf.GradientTape() as tape:
        y = _Plain()(labels, v, weights)
    return tape.gradient(y, weights)


def one_number_for_each_row():
    """flows"""
    with tf.GradientTape() as tape:
        y = _Plain(reduction="none")(labels, v)
        y = y[0]
    return tape.gradient(y, v)


def a_reduction_of_keras_2():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = _Old()(labels, v)
    return tape.gradient(y, v)


def _model(loss):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("adam", loss=loss)
    return model


def _squared(y_true, y_pred):
    return tf.square(y_true - y_pred)


def _one_hot(y_true, y_pred):
    return tf.square(tf.one_hot(y_true, 2) - y_pred)


def a_compiled_function_gets_floats():
    """flows, flows"""
    model = _model(_squared)
    x = tf.ones((2, 3))
    with tf.GradientTape() as tape:
        y = model.compute_loss(x, labels, model(x))
    return tape.gradient(y, model.trainable_variables)


def a_compiled_function_gets_no_places():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    model = _model(_one_hot)
    x = tf.ones((2, 3))
    with tf.GradientTape() as tape:
        y = model.compute_loss(x, tf.constant([0, 1]), model(x))
    return tape.gradient(y, model.trainable_variables)


def a_compiled_function_gets_labels_of_the_same_rank():
    """flows, flows"""
    model = _model(_squared)
    x = tf.ones((4, 3))
    with tf.GradientTape() as tape:
        y = model.compute_loss(x, tf.ones((4, 2, 1)), model(x))
    return tape.gradient(y, model.trainable_variables)


def the_function_itself_gets_what_it_is_given():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    model = _model(_squared)
    x = tf.ones((2, 3))
    with tf.GradientTape() as tape:
        y = model.loss(labels, model(x))
    return tape.gradient(y, model.trainable_variables)


class _Counting(keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, values):
        self.total.assign_add(tf.reduce_mean(values))

    def result(self):
        return self.total * 2.0


def what_a_metric_counts_in():
    """none"""
    metric = _Counting()
    with tf.GradientTape() as tape:
        metric.update_state(v)
        y = metric.result()
    return tape.gradient(y, metric.total)
