"""Calls of Keras 3's layers and models: for training, in wrappers, by strategies; the docstring has the verdicts."""

import copy

import keras
import tensorflow as tf
from keras import layers

x = tf.random.normal([4, 3], seed=1)
steps = tf.random.normal([2, 4, 3], seed=1)
flag = tf.constant(True)


class Gate(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.left = layers.Dense(3)
        self.right = layers.Dense(3)
        self.left.build((None, 3))
        self.right.build((None, 3))

    def call(self, inputs, training=None):
        return self.left(inputs) if training else self.right(inputs)


class Around(keras.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)


def training_from_the_model_around():
    """flows, none"""
    gate = Gate()
    model = Around(gate)
    with tf.GradientTape() as tape:
        y = model(x, training=True)
    return tape.gradient(y, [gate.left.bias, gate.right.bias])


def training_through_a_sequence():
    """flows, none"""
    gate = Gate()
    model = keras.Sequential([keras.Input((3,)), gate])
    with tf.GradientTape() as tape:
        y = model(x, training=True)
    return tape.gradient(y, [gate.left.bias, gate.right.bias])


def inference_that_a_functional_model_overrides():
    """flows, none"""
    gate = Gate()
    inputs = keras.Input((3,))
    model = keras.Model(inputs, gate(inputs, training=False))
    with tf.GradientTape() as tape:
        y = model(x, training=True)
    return tape.gradient(y, [gate.left.bias, gate.right.bias])


def inference_that_a_functional_model_keeps():
    """none, flows"""
    gate = Gate()
    inputs = keras.Input((3,))
    model = keras.Model(inputs, gate(inputs, training=False))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, [gate.left.bias, gate.right.bias])


def training_in_a_function_made_a_layer():
    """flows, flows"""
    model = keras.Sequential([layers.Dense(3), layers.Lambda(lambda z, training=None: z if training else tf.round(z))])
    with tf.GradientTape() as tape:
        y = model(x, training=True)
    return tape.gradient(y, model.trainable_variables)


def frozen_already_when_it_is_frozen():
    """flows, flows, flows, flows"""
    gate = Gate(trainable=False)
    gate.trainable = False
    with tf.GradientTape() as tape:
        y = gate.left(x) + gate.right(x)
    return tape.gradient(y, [v for v in gate.weights if v.trainable])


def frozen_layers_of_a_clone():
    """flows, flows"""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(3), layers.Dense(2)])
    model.layers[0].trainable = False
    clone = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        y = clone(x)
    return tape.gradient(y, [v for v in clone.variables if v.trainable])


def frozen_layers_of_a_copy():
    """flows, flows"""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(3), layers.Dense(2)])
    model.layers[0].trainable = False
    other = copy.deepcopy(model)
    with tf.GradientTape() as tape:
        y = other(x)
    return tape.gradient(y, other.non_trainable_variables)


def cells_in_a_wrapper_in_a_wrapper():
    """flows, flows, flows, flows, flows, flows"""
    layer = layers.Bidirectional(layers.RNN(layers.GRUCell(3)))
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, layer.trainable_variables)


def a_call_that_is_written_over():
    """none, flows"""
    first, second = layers.Dense(3), layers.Dense(2)
    first(x)
    first.call = lambda inputs: inputs * 2.0
    with tf.GradientTape() as tape:
        y = second(first(x))
    return tape.gradient(y, [first.kernel, second.kernel])


def a_weight_of_another_layer():
    """raises ValueError"""
    first, second = layers.Dense(3), layers.Dense(3)
    first(x)
    second(x)
    second.bias = first.bias
    with tf.GradientTape() as tape:
        y = second(x)
    return tape.gradient(y, first.bias)


def replicas_in_threads_of_their_own():
    """none"""
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = strategy.run(lambda: w * w)
    return tape.gradient(y, w)


def a_tape_in_a_thread_of_its_own():
    """flows"""
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    w = tf.Variable(2.0)

    def step():
        with tf.GradientTape() as tape:
            y = w * w
        return tape.gradient(y, w)

    return strategy.run(step)


def replicas_on_the_spot():
    """flows"""
    strategy = tf.distribute.OneDeviceStrategy("CPU:0")
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = strategy.run(lambda: w * w)
    return tape.gradient(y, w)


def a_variable_among_others():
    """flows"""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(3, use_bias=False)])
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, [v for v in model.weights if v in model.trainable_variables])


def keys_of_outputs():
    """raises TypeError"""
    w = tf.Variable(2.0)
    outputs = {"a": w * 1.0, "b": w}
    with tf.GradientTape() as tape:
        y = tf.add_n([tf.reduce_sum(each**2) for each in outputs])
    return tape.gradient(y, w)


def a_sum_of_no_losses():
    """raises ValueError, raises ValueError"""
    layer = layers.Dense(2)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(x)) + tf.add_n(layer.losses)
    return tape.gradient(y, [layer.kernel, layer.bias])


def a_graph_that_was_traced_while_its_layers_were_made():
    """unknown, unknown"""

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        @tf.function
        def call(self, inputs):
            return self.dense(inputs)

    model = Model()
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def variables_of_keras_in_one_tensor():
    """raises AttributeError, raises AttributeError"""
    first, second = keras.Variable(1.0), keras.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.stack([first, second]) ** 2)
    return tape.gradient(y, [first, second])


def variables_of_keras_after_a_tensor():
    """flows, flows"""
    first, second = keras.Variable(1.0), keras.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.stack([first * 1.0, second]) ** 2)
    return tape.gradient(y, [first, second])


def a_loss_that_goes_round_the_softmax():
    """none, flows, flows"""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation="softmax")])
    with tf.GradientTape() as tape:
        shares = model(x)
        y = keras.losses.CategoricalCrossentropy()(tf.one_hot([0, 1, 1, 0], 2), shares)
    return tape.gradient(y, [shares, *model.trainable_variables])


def a_loss_by_a_short_name():
    """unknown"""
    v = tf.Variable([[2.0]])
    loss = keras.losses.deserialize("mse")
    with tf.GradientTape() as tape:
        y = loss(tf.ones((1, 1)), v)
    return tape.gradient(y, v)


def a_loss_by_its_name():
    """flows"""
    v = tf.Variable([[2.0]])
    loss = keras.losses.deserialize("mean_squared_error")
    with tf.GradientTape() as tape:
        y = loss(tf.ones((1, 1)), v)
    return tape.gradient(y, v)
