"""Layers and losses of Keras 3 that refuse what they get, or compute from less than they hold; the docstring has the
verdict a source."""

import random

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

x = tf.Variable([[0.2, 0.8]])


def a_list_for_what_is_true():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()([[0.0, 1.0]], x)
    return tape.gradient(loss, x)


def perhaps_a_list_for_what_is_true():
    """unknown"""
    true = [1] if random.random() < 2 else tf.constant([1])
    with tf.GradientTape() as tape:
        loss = keras.losses.SparseCategoricalCrossentropy()(true, x)
    return tape.gradient(loss, x)


def a_list_for_a_function_that_is_a_loss():
    """flows"""
    with tf.GradientTape() as tape:
        loss = keras.losses.mean_squared_error([[0.0, 1.0]], x)
    return tape.gradient(loss, x)


def a_list_of_classes():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        loss = keras.losses.sparse_categorical_crossentropy([1], x)
    return tape.gradient(loss, x)


def a_loss_of_two_numbers():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(tf.constant(1.0), x[0, 0])
    return tape.gradient(loss, x)


def a_loss_of_a_number_and_one_row():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        loss = keras.losses.Huber()(0.5, x[0, :1])
    return tape.gradient(loss, x)


def a_hinge_of_a_number_and_one_row():
    """flows"""
    with tf.GradientTape() as tape:
        loss = keras.losses.hinge(tf.constant(0.5), x[0, :1])
    return tape.gradient(loss, x)


def a_loss_of_numbers_side_by_side():
    """flows"""
    with tf.GradientTape() as tape:
        loss = keras.losses.dice(tf.constant(1.0), x[0, 0])
    return tape.gradient(loss, x)


def a_variable_whose_axes_are_counted():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = ops.take_along_axis(x, tf.constant([[0]]), axis=1)
    return tape.gradient(y, x)


def a_variable_for_the_keys_of_an_attention():
    """raises AttributeError"""
    keys = tf.Variable(tf.ones((1, 4, 3)))
    with tf.GradientTape() as tape:
        y = layers.Attention()([tf.ones((1, 2, 3)), keys])
    return tape.gradient(y, keys)


def a_variable_for_the_queries_of_an_attention():
    """flows"""
    queries = tf.Variable(tf.random.normal((1, 2, 3)))
    with tf.GradientTape() as tape:
        y = layers.Attention()([queries, tf.random.normal((1, 4, 3))])
    return tape.gradient(y, queries)


def weighted_counts():
    """raises LookupError"""
    with tf.GradientTape() as tape:
        y = ops.bincount(tf.constant([0, 1]), weights=x[0])
    return tape.gradient(y, x)


def rows_of_a_variable_of_keras():
    """raises InvalidArgumentError"""
    v = keras.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        first, second = v
        y = first * second
    return tape.gradient(y, v)


def averages_of_earlier_batches_while_training():
    """none, flows"""
    normal = layers.BatchNormalization()
    normal(x)
    with tf.GradientTape() as tape:
        tape.watch(normal.moving_mean.value)
        y = normal(tf.concat([x, [[0.5, 2.0], [3.0, 1.0]]], 0), training=True) ** 3
    return tape.gradient(y, [normal.moving_mean.value, normal.gamma])


def averages_of_earlier_batches():
    """flows, flows"""
    normal = layers.BatchNormalization()
    normal(x)
    with tf.GradientTape() as tape:
        tape.watch(normal.moving_mean.value)
        y = normal(x)
    return tape.gradient(y, [normal.moving_mean.value, normal.gamma])


def averages_of_earlier_batches_in_a_frozen_layer():
    """flows"""
    normal = layers.BatchNormalization()
    normal.trainable = False
    normal(x)
    with tf.GradientTape() as tape:
        tape.watch(normal.moving_mean.value)
        y = normal(x, training=True)
    return tape.gradient(y, normal.moving_mean.value)


def a_kernel_with_adapters():
    """unknown, flows, flows"""
    dense = layers.Dense(2)
    dense.build((None, 2))
    dense.enable_lora(1)
    with tf.GradientTape() as tape:
        y = dense(x)
    return tape.gradient(y, [dense.kernel, dense.bias, x])


def variables_of_a_layer_with_adapters():
    """unknown"""
    dense = layers.Dense(2, lora_rank=1)
    with tf.GradientTape() as tape:
        y = dense(x)
    return tape.gradient(y, dense.trainable_variables[1])


def adapters_before_there_is_a_kernel():
    """raises ValueError"""
    dense = layers.Dense(2)
    dense.enable_lora(1)
    with tf.GradientTape() as tape:
        y = dense(x)
    return tape.gradient(y, x)


def a_quantised_kernel():
    """unknown, flows"""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    model.quantize("int8")
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, [model.layers[0].kernel, model.layers[0].bias])


def structures_for_a_loss():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()({"a": tf.constant([[0.0, 1.0]])}, {"a": x * 1.0})
    return tape.gradient(loss, x)


def a_weight_watched_by_a_forward_accumulator():
    """raises AttributeError"""
    dense = layers.Dense(1)
    dense.build((None, 2))
    with tf.GradientTape() as tape:
        with tf.autodiff.ForwardAccumulator(dense.kernel, tf.ones((2, 1))):
            y = dense(x)
    return tape.gradient(y, x)


class _Stopping(layers.Lambda):
    def __init__(self):
        super().__init__(lambda inputs: tf.stop_gradient(inputs))


def a_layer_that_extends_lambda():
    """none, none, flows, flows"""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3), _Stopping(), layers.Dense(1)])
    with tf.GradientTape() as tape:
        y = model(tf.ones([1, 2]))
    return tape.gradient(y, model.trainable_variables)


def a_lambda_at_each_time():
    """none"""
    steps = tf.Variable(tf.ones([1, 3, 2]))
    layer = layers.TimeDistributed(layers.Lambda(lambda inputs: tf.round(inputs)))
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, steps)


class _Squares(keras.metrics.Mean):
    def update_state(self, values, sample_weight=None):
        return super().update_state(values**2)


class _Total(keras.metrics.Metric):
    def __init__(self):
        super().__init__(name="total")
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, values, sample_weight=None):
        self.total.assign_add(tf.reduce_sum(values))

    def result(self):
        return self.total * 1.0


def metrics_of_the_program():
    """none"""
    squares, total = _Squares(), _Total()
    with tf.GradientTape() as tape:
        y = squares(x) + total(x)
    return tape.gradient(y, x)


def metrics_by_name_and_around_a_function():
    """none"""
    truth = tf.zeros([1, 2])
    named, around = keras.metrics.get("mse"), keras.metrics.MeanMetricWrapper(keras.losses.mean_squared_error)
    with tf.GradientTape() as tape:
        y = named(truth, x) + around(truth, x)
    return tape.gradient(y, x)


def a_metric_of_a_variable():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.metrics.top_k_categorical_accuracy(tf.constant([[0.0, 1.0]]), x, k=1)
    return tape.gradient(y, x)


class _HalfFrozen(keras.layers.Dense):
    def build(self, input_shape):
        super().build(input_shape)
        self.kernel.trainable = False


def a_weight_frozen_in_the_build_of_a_dense_layer():
    """flows"""
    layer = _HalfFrozen(2)
    with tf.GradientTape() as tape:
        y = layer(tf.ones((1, 3)))
    return tape.gradient(y, layer.trainable_variables)


def both_ways_of_a_recurrent_layer_one_by_one():
    """flows"""
    steps = tf.Variable(tf.ones((1, 2, 3)))
    with tf.GradientTape() as tape:
        forward, _ = keras.layers.Bidirectional(keras.layers.GRU(2), merge_mode=None)(steps)
    return tape.jacobian(forward, steps)


def both_ways_of_a_recurrent_layer_together():
    """raises AttributeError"""
    steps = tf.Variable(tf.ones((1, 2, 3)))
    with tf.GradientTape() as tape:
        y = keras.layers.Bidirectional(keras.layers.GRU(2), merge_mode=None)(steps)
    return tape.jacobian(y, steps)


def the_averages_of_a_layer():
    """raises AttributeError, raises AttributeError"""
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    tf.train.ExponentialMovingAverage(0.9).apply(layer.trainable_variables)
    with tf.GradientTape() as tape:
        y = layer(tf.ones((1, 3)))
    return tape.gradient(y, layer.trainable_variables)


def an_array_that_a_layer_is_given():
    """raises InvalidArgumentError"""

    class Same(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    scale = tf.Variable([1.0])
    with tf.GradientTape() as tape:
        y = scale * Same()(np.ones((1, 1), np.int32))
    return tape.gradient(y, scale)


def a_layer_with_a_penalty():
    """flows, none"""
    layer = layers.Dense(2, kernel_regularizer=keras.regularizers.l2(0.01), kernel_constraint=keras.constraints.NonNeg())
    with tf.GradientTape() as tape:
        layer(x)
        loss = tf.add_n(layer.losses)
    return tape.gradient(loss, layer.trainable_variables)


def a_penalty_that_is_called():
    """flows"""
    weight = tf.Variable([[1.0, -2.0]])
    with tf.GradientTape() as tape:
        loss = keras.regularizers.L1(0.1)(weight)
    return tape.gradient(loss, weight)


def what_layers_take_as_before():
    """flows"""
    layer = layers.LeakyReLU(alpha=0.2)
    with tf.GradientTape() as tape:
        y = layer(x)
    return tape.gradient(y, x)


def _masking(mask):
    class Masked(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")
            self.mask = mask(shape)

        def call(self, inputs):
            return inputs * self.scale * self.mask

    class Around(keras.Model):
        def __init__(self):
            super().__init__()
            self.masked = Masked()

        def call(self, inputs):
            return self.masked(inputs)

    return Masked, Around


def a_tensor_that_a_layer_inside_makes_when_it_is_built():
    """unknown"""
    _, around = _masking(lambda shape: tf.ones((shape[-1],)))
    model = around()
    with tf.GradientTape() as tape:
        y = model(tf.ones((3, 2)))
    return tape.gradient(y, model.trainable_variables)


def a_tensor_that_a_layer_makes_when_it_is_built():
    """flows"""
    masked, _ = _masking(lambda shape: tf.ones((shape[-1],)))
    layer = masked()
    with tf.GradientTape() as tape:
        y = layer(tf.ones((3, 2)))
    return tape.gradient(y, layer.trainable_variables)


def an_array_that_a_layer_inside_makes_when_it_is_built():
    """flows"""
    _, around = _masking(lambda shape: np.ones((shape[-1],), np.float32))
    model = around()
    with tf.GradientTape() as tape:
        y = model(tf.ones((3, 2)))
    return tape.gradient(y, model.trainable_variables)


def the_states_that_a_recurrent_layer_begins_with():
    """flows, flows"""
    h, c = tf.Variable(tf.zeros((1, 3))), tf.Variable(tf.ones((1, 3)))
    with tf.GradientTape() as tape:
        y = layers.LSTM(3)(tf.ones((1, 4, 2)), initial_state=[h, c])
    return tape.gradient(y, [h, c])


class _Cell(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units, self.state_size = units, units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer="ones")
        self.recurrent = self.add_weight(shape=(self.units, self.units), initializer="ones")

    def call(self, inputs, states):
        kept = tf.stop_gradient(tf.matmul(states[0], self.recurrent))
        output = tf.matmul(inputs, self.kernel) + kept
        return output, [output]


class _CellOfTwo(_Cell):
    def __init__(self, units):
        super().__init__(units)
        self.state_size = [units, units]

    def call(self, inputs, states):
        h, c = states
        c = c + tf.matmul(inputs, self.kernel)
        h = tf.tanh(c) + tf.matmul(h, self.recurrent)
        return h, [h, c]


def a_cell_that_stops_what_it_kept():
    """flows, none"""
    layer = layers.RNN(_Cell(2))
    with tf.GradientTape() as tape:
        y = layer(tf.ones((1, 3, 2)))
    return tape.gradient(y, layer.trainable_variables)


def a_cell_that_stops_what_it_kept_in_a_model():
    """flows, none, flows, flows"""
    model = keras.Sequential([keras.Input((3, 2)), layers.RNN(_Cell(2), return_sequences=True), layers.Dense(1)])
    with tf.GradientTape() as tape:
        y = model(tf.ones((1, 3, 2)))
    return tape.gradient(y, model.trainable_variables)


def a_cell_that_stops_what_it_kept_in_a_graph():
    """flows, zero"""
    layer = layers.RNN(_Cell(2))
    layer(tf.ones((1, 3, 2)))
    step = tf.function(lambda: layer(tf.ones((1, 3, 2))))
    with tf.GradientTape() as tape:
        y = step()
    return tape.gradient(y, layer.trainable_variables)


def a_cell_of_two_states():
    """flows, flows"""
    layer = layers.RNN(_CellOfTwo(2), return_state=True)
    with tf.GradientTape() as tape:
        y, h, c = layer(tf.ones((1, 3, 2)))
        loss = tf.reduce_sum(y) + tf.reduce_sum(h)
    return tape.gradient(loss, layer.trainable_variables)


def a_state_of_a_cell_that_another_weight_makes():
    """flows, none"""
    layer = layers.RNN(_CellOfTwo(2), return_state=True)
    with tf.GradientTape() as tape:
        y, h, c = layer(tf.ones((1, 3, 2)))
    return tape.gradient(c, layer.trainable_variables)


def a_cell_that_begins_with_what_is_given():
    """flows"""
    start = tf.Variable([[0.5, 0.5]])
    with tf.GradientTape() as tape:
        y = layers.RNN(_CellOfTwo(2))(tf.ones((1, 3, 2)), initial_state=[start, start])
    return tape.gradient(y, start)


def a_cell_that_keeps_its_state_from_call_to_call():
    """unknown"""
    cell = _Cell(2)
    layer = layers.RNN(cell, stateful=True)
    with tf.GradientTape() as tape:
        y = layer(tf.ones((1, 3, 2)))
    return tape.gradient(y, cell.kernel)


def a_cell_of_ones_own_above_another():
    """unknown"""
    layer = layers.RNN([layers.GRUCell(2), _Cell(2)])
    with tf.GradientTape() as tape:
        y = layer(tf.ones((1, 3, 2)))
    return tape.gradient(y, layer.cell.cells[1].kernel)
