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


def both_ways_added_up():
    """flows, flows, flows, flows, flows, flows"""
    layer = keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True), merge_mode="sum")
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 3, 4))) ** 2
    return tape.gradient(y, layer.trainable_variables)


def cells_in_a_stack():
    """flows, flows, flows, flows, flows, flows"""
    cells = keras.layers.StackedRNNCells([keras.layers.LSTMCell(2), keras.layers.GRUCell(3)])
    layer = keras.layers.RNN(cells)
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 3, 4))) ** 2
    return tape.gradient(y, layer.trainable_variables)


class _Plain(keras.layers.Layer):
    def __init__(self, units, rounds=False):
        super().__init__()
        self.units = self.state_size = units
        self.rounds = rounds

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1] + self.units, self.units), name="kernel")

    def call(self, x, states):
        h = tf.tanh(tf.concat([tf.round(x) if self.rounds else x, states[0]], -1) @ self.kernel)
        return h, [h]


def own_cells_one_behind_the_other():
    """flows, flows"""
    layer = keras.layers.RNN([_Plain(2), _Plain(3)])
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, layer.trainable_variables)


def own_cells_of_which_the_second_rounds():
    """none, flows"""
    layer = keras.layers.RNN([_Plain(2), _Plain(3, rounds=True)], return_sequences=True)
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, layer.trainable_variables)


def own_cells_in_a_stack_of_which_the_second_rounds():
    """none, flows"""
    layer = keras.layers.RNN(keras.layers.StackedRNNCells([_Plain(2), _Plain(3, rounds=True)]))
    with tf.GradientTape() as tape:
        y = layer(steps)
    return tape.gradient(y, layer.trainable_variables)


def own_cells_and_what_they_leave():
    """unknown, unknown"""
    layer = keras.layers.RNN([_Plain(2), _Plain(3, rounds=True)], return_state=True)
    with tf.GradientTape() as tape:
        y, *left = layer(steps)
    return tape.gradient(y, layer.trainable_variables)


def no_states_to_begin_with():
    """flows, flows, flows, none"""
    layer, w = keras.layers.LSTM(3), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3, 2]), initial_state=None, mask=None) + tf.round(w)
    return tape.gradient(y, [*layer.trainable_variables, w])
