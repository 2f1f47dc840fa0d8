"""Calls that Keras 3 refuses and Keras 2 took, and what models lack that are not compiled; the docstring has the verdict
a source."""

import copy

import keras
import numpy as np
import tensorflow as tf

x = tf.ones((2, 3))
v = tf.Variable(2.0)


class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs, training=None):
        return self.dense(inputs)


def _functional():
    symbols = keras.Input((3,))
    return keras.Model(symbols, keras.layers.Dense(1)(symbols))


def a_truth_by_position():
    """raises ValueError, raises ValueError"""
    model = Model()
    with tf.GradientTape() as tape:
        y = model(x, True)
    return tape.gradient(y, model.trainable_variables)


def a_truth_by_name():
    """flows, flows"""
    model = Model()
    with tf.GradientTape() as tape:
        y = model(x, training=True)
    return tape.gradient(y, model.trainable_variables)


def a_truth_by_position_where_no_layer_is_called():
    """flows, flows"""
    model = Model()
    model(x)
    with tf.GradientTape() as tape:
        y = model.call(x, True)
    return tape.gradient(y, model.trainable_variables)


def numbers_in_a_list_by_position():
    """raises ValueError"""
    dense = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = dense([[1.0, 2.0, 3.0]])
    return tape.gradient(y, dense.kernel)


def numbers_for_a_layer_that_prepares_them():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.Rescaling(2.0)([1.0, 2.0]) * v
    return tape.gradient(y, v)


def a_reduction_of_keras_2():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError(reduction="auto")(x, x * v)
    return tape.gradient(y, v)


def an_argument_that_optimizers_had():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        keras.optimizers.SGD(0.1).apply_gradients([(tf.ones(()), v)], name="step")
    return tape.gradient(y, v)


def pairs_the_other_way_round():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        keras.optimizers.SGD(0.1).apply_gradients([(v, tf.ones(()))])
    return tape.gradient(y, v)


def a_file_of_another_kind():
    """raises ValueError, raises ValueError"""
    model = _functional()
    with tf.GradientTape() as tape:
        y = model(x)
        model.save_weights("checkpoint")
    return tape.gradient(y, model.trainable_variables)


def a_function_that_is_no_loss():
    """raises ValueError, raises ValueError"""
    model = Model()
    model(x)
    model.add_loss(lambda: tf.reduce_sum(model.dense.kernel))
    with tf.GradientTape() as tape:
        y = tf.add_n(model.losses)
    return tape.gradient(y, model.trainable_variables)


def a_loss_for_a_functional_model():
    """raises NotImplementedError, raises NotImplementedError"""
    model = _functional()
    model.add_loss(tf.reduce_sum(v))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def a_metric_that_is_added():
    """raises NotImplementedError, raises NotImplementedError"""
    model = Model()
    with tf.GradientTape() as tape:
        y = model(x)
        model.add_metric(y, name="mean")
    return tape.gradient(y, model.trainable_variables)


def a_loss_of_a_model_that_is_not_compiled():
    """raises ValueError, raises ValueError"""
    model = Model()
    with tf.GradientTape() as tape:
        y = model.compute_loss(x, tf.ones((2, 1)), model(x))
    return tape.gradient(y, model.trainable_variables)


def a_loss_of_layers_of_a_model_that_is_not_compiled():
    """flows, none"""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_regularizer="l2")])
    with tf.GradientTape() as tape:
        y = model.compute_loss(x, tf.ones((2, 1)), model(x)) + tf.reduce_sum(model.layers[0].kernel)
    return tape.gradient(y, model.trainable_variables)


def a_loss_of_a_copy_of_a_compiled_model():
    """flows, flows"""
    model = _functional()
    model.compile("sgd", "mse")
    model = copy.deepcopy(model)
    with tf.GradientTape() as tape:
        y = model.compute_loss(x, tf.ones((2, 1)), model(x))
    return tape.gradient(y, model.trainable_variables)


def the_optimizer_of_a_model_that_is_not_compiled():
    """raises AttributeError, raises AttributeError"""
    model = _functional()
    with tf.GradientTape() as tape:
        y = model(x) * model.optimizer.learning_rate
    return tape.gradient(y, model.trainable_variables)


def the_optimizer_of_a_compiled_model():
    """flows, flows"""
    model = _functional()
    model.compile("sgd", "mse")
    with tf.GradientTape() as tape:
        y = model(x) * model.optimizer.learning_rate
    return tape.gradient(y, model.trainable_variables)


def layer_of_no_size():
    """raises ValueError, raises ValueError"""
    layer = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3])) + keras.layers.Dense(0)(tf.ones([2, 3]))[:, :1]
    return tape.gradient(y, layer.trainable_variables)



def tensorflow_on_a_symbolic_tensor():
    """unknown"""
    symbol = keras.Input((3,))
    model = keras.Model(symbol, tf.square(symbol))
    w = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = model(w)
    return tape.gradient(y, w)


def tensorflow_on_what_a_layer_is_given():
    """flows"""
    symbol = keras.Input((3,))
    model = keras.Model(symbol, keras.layers.Lambda(lambda values: tf.square(values))(symbol))
    w = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = model(w)
    return tape.gradient(y, w)


def the_truth_of_a_symbolic_tensor():
    """raises TypeError"""
    symbol = keras.Input((3,))
    model = keras.Model(symbol, symbol * 2.0 if symbol else symbol)
    w = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = model(w)
    return tape.gradient(y, w)


def rows_of_a_symbolic_tensor():
    """raises NotImplementedError"""
    symbol = keras.Input((3,))
    model = keras.Model(symbol, [part * 2.0 for part in symbol])
    w = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = model(w)
    return tape.gradient(y, w)


def a_number_of_a_symbolic_tensor():
    """raises ValueError"""
    symbol = keras.Input(())
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * float(symbol)
    return tape.gradient(y, w)


def a_symbolic_tensor_as_a_tensor():
    """raises AttributeError"""
    symbol = keras.Input((3,))
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * (symbol + 1.0).numpy()
    return tape.gradient(y, w)


def predictions_in_the_place_of_labels():
    """unknown, unknown"""
    dense = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = keras.losses.SparseCategoricalCrossentropy()(dense(x) * 9.0 + 5.0, tf.ones((2, 1)))
    return tape.gradient(y, dense.trainable_variables)


def probabilities_in_the_place_of_labels():
    """none, none"""
    dense = keras.layers.Dense(3, activation="sigmoid")
    with tf.GradientTape() as tape:
        y = keras.losses.SparseCategoricalCrossentropy()(dense(x)[:, 0], tf.ones((2, 3)))
    return tape.gradient(y, dense.trainable_variables)


def gradients_without_their_variables():
    """raises ValueError"""
    kernel = tf.Variable(tf.ones((3, 1)))
    with tf.GradientTape() as tape:
        y = x @ kernel
    keras.optimizers.SGD(0.1).apply_gradients([tape.gradient(y, kernel)])
    with tf.GradientTape() as tape:
        y = x @ kernel
    return tape.gradient(y, kernel)


def gradients_applied_to_the_variables_of_no_build():
    """raises ValueError"""
    keras.optimizers.SGD(0.1).apply([tf.ones(())])
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def gradients_applied_to_the_variables_of_a_build():
    """flows"""
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([v])
    optimizer.apply([tf.ones(())])
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def a_rate_that_is_a_tensor():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * keras.optimizers.SGD(tf.constant(0.1)).learning_rate
    return tape.gradient(y, v)


def a_rate_of_doubles():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    keras.optimizers.SGD(np.float64(0.1))
    return tape.gradient(y, v)


def the_number_of_updates():
    """flows"""
    with tf.GradientTape() as tape:
        count = keras.optimizers.SGD(0.1).apply_gradients([(tf.constant(1.0), v)])
        y = v * tf.cast(count, tf.float32)
    return tape.gradient(y, v)


def a_gradient_for_a_number():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        keras.optimizers.SGD(0.1).apply_gradients([(tf.constant(1.0), 2.0)])
    return tape.gradient(y, v)


def a_gradient_of_another_shape():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.round(v)
        keras.optimizers.SGD(0.1).apply_gradients([(tf.constant([1.0, 2.0]), v)])
    return tape.gradient(y, v)


def a_tensor_that_a_layer_is_made_with():
    """unknown"""
    scale = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(scale)
        y = keras.layers.Rescaling(scale)(x)
    return tape.gradient(y, scale)


def a_width_that_numpy_computes():
    """raises ValueError, raises ValueError"""
    layer = keras.layers.Dense(np.prod((2, 3)))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3]))
    return tape.gradient(y, layer.trainable_variables)


def a_width_that_is_made_a_number_of_python():
    """flows, flows"""
    layer = keras.layers.Dense(int(np.prod((2, 3))))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3]))
    return tape.gradient(y, layer.trainable_variables)


def a_width_that_an_array_holds():
    """raises ValueError, raises ValueError"""
    with tf.GradientTape() as tape:
        layer = keras.layers.Dense(np.array([4, 2])[1])
        y = layer(tf.ones([2, 3]))
    return tape.gradient(y, layer.trainable_variables)


def a_number_of_filters_that_numpy_computes():
    """flows, flows"""
    layer = keras.layers.Conv1D(np.prod((2, 3)), 1)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3, 4]))
    return tape.gradient(y, layer.trainable_variables)


def repeated_as_often_as_numpy_says():
    """raises TypeError"""
    values = tf.Variable(tf.ones([2, 3]))
    with tf.GradientTape() as tape:
        y = keras.layers.RepeatVector(np.int64(2))(values)
    return tape.gradient(y, values)


def a_table_as_large_as_numpy_says():
    """raises ValueError"""
    ids = np.array([[1, 2], [3, 0]])
    table = keras.layers.Embedding(ids.max() + 1, 3)
    with tf.GradientTape() as tape:
        y = table(tf.constant(ids))
    return tape.gradient(y, table.trainable_variables)
