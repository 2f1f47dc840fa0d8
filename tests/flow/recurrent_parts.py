"""What recurrent layers give in parts, and cells that extend Keras's; the docstring has the verdicts."""

import keras
import tensorflow as tf

steps = tf.random.normal((2, 5, 3), seed=1)


class _Scaled(keras.layers.LSTMCell):
    def build(self, shape):
        super().build(shape)
        self.scale = self.add_weight(shape=(self.units,), name="scale")

    def call(self, x, states, training=None):
        out, new = super().call(x, states, training=training)
        return out * self.scale, new


class _Wasteful(keras.layers.GRUCell):
    def build(self, shape):
        super().build(shape)
        self.unused = self.add_weight(shape=(self.units,), name="unused")


def states_of_one_direction():
    """flows, flows, flows, none, none, none"""
    both = keras.layers.Bidirectional(keras.layers.LSTM(3, return_state=True))
    with tf.GradientTape() as tape:
        _, hidden, carried, _, _ = both(steps)
        y = hidden + carried
    return tape.gradient(y, both.trainable_variables)


def what_is_merged_is_of_both():
    """flows, flows, flows, flows, flows, flows"""
    both = keras.layers.Bidirectional(keras.layers.GRU(3, return_state=True), merge_mode="sum")
    with tf.GradientTape() as tape:
        y = both(steps)[0]
    return tape.gradient(y, both.trainable_variables)


def directions_that_are_not_merged():
    """none, none, none, flows, flows, flows"""
    both = keras.layers.Bidirectional(keras.layers.GRU(3, return_sequences=True), merge_mode=None)
    with tf.GradientTape() as tape:
        y = both(steps)[1]
    return tape.gradient(y, both.trainable_variables)


def the_last_states():
    """none, none, none, flows, flows, flows"""
    both = keras.layers.Bidirectional(keras.layers.LSTM(3, return_state=True))
    with tf.GradientTape() as tape:
        _, *states = both(steps)
        y = tf.concat(states[2:], -1)
    return tape.gradient(y, both.trainable_variables)


def a_cell_that_extends_one_of_keras():
    """flows, flows, flows, flows"""
    layer = keras.layers.RNN(_Scaled(4))
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, layer.trainable_variables)


def a_cell_that_adds_what_it_does_not_use():
    """unknown"""
    layer = keras.layers.RNN(_Wasteful(4))
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, layer.cell.unused)


def no_states_to_begin_with():
    """flows, flows, flows, none"""
    layer, w = keras.layers.LSTM(3), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3, 2]), initial_state=None, mask=None) + tf.round(w)
    return tape.gradient(y, [*layer.trainable_variables, w])
