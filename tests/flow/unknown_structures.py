"""Models of Keras made of lists and loops of unknown length; the docstring has the verdict a source."""

import collections
import json
import os
import random

import keras
import tensorflow as tf
from keras import layers

UNITS = json.loads("[4, 5]")
x = tf.Variable(tf.ones((1, 3)))


def as_many_outputs_as_a_file_says():
    """flows"""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, [layers.Dense(units)(inputs) for units in UNITS])
    with tf.GradientTape() as tape:
        first, second = model(x)
        loss = tf.reduce_sum(first) + tf.reduce_sum(second)
    return tape.gradient(loss, x)


def clone_of_a_model_with_outputs_of_unknown_number():
    """flows"""
    inputs = keras.Input((3,))
    model = keras.models.clone_model(keras.Model(inputs, [layers.Dense(units)(inputs) for units in UNITS]))
    with tf.GradientTape() as tape:
        loss = tf.add_n([tf.reduce_sum(part) for part in model(x)])
    return tape.gradient(loss, x)


def outputs_by_the_names_of_layers():
    """flows, sometimes none"""
    inputs = keras.Input((3,))
    dense = layers.Dense(3, name="a")
    model = keras.Model(inputs, dense(inputs))
    outputs = {layer.name: layer.output for layer in model.layers if "dense" in type(layer).__name__.lower()}
    extractor = keras.Model(model.input, outputs)
    with tf.GradientTape() as tape:
        made = extractor(x)
        loss = tf.add_n([tf.reduce_sum(made[name]) for name in made])
    return tape.gradient(loss, [x, dense.kernel])


def an_output_that_may_be_there():
    """sometimes none, unknown"""
    inputs = keras.Input((3,))
    first, second = layers.Dense(3), layers.Dense(3)
    outputs = [first(inputs)]
    if random.random() < 2:
        outputs.append(second(inputs))
    model = keras.Model(inputs, outputs)
    with tf.GradientTape() as tape:
        y = model(x)[1]
    return tape.gradient(y, [first.kernel, second.kernel])


def one_output_or_a_list_of_two():
    """unknown, unknown"""
    inputs = keras.Input((3,))
    first, second = layers.Dense(2), layers.Dense(2)
    more = os.environ.get("NO_SUCH_NAME") is None
    model = keras.Model(inputs, [first(inputs), second(inputs)] if more else first(inputs))
    with tf.GradientTape() as tape:
        y = model(x)
        loss = tf.reduce_sum(y[1]) if more else tf.reduce_sum(y)
    return tape.gradient(loss, [first.kernel, second.kernel])


def an_input_that_may_be_there():
    """flows"""
    first, second = keras.Input((3,)), keras.Input((3,))
    inputs = [first]
    if random.random() < 2:
        inputs.append(second)
    model = keras.Model(inputs, layers.Dense(2)(layers.Add()([first, second])))
    with tf.GradientTape() as tape:
        y = model([x, x])
    return tape.gradient(y, x)


def inputs_of_unknown_number():
    """flows"""
    inputs = [keras.Input((3,)) for _ in UNITS]
    model = keras.Model(inputs, layers.Concatenate()([layers.Dense(3)(each) for each in inputs]))
    with tf.GradientTape() as tape:
        y = model([x for _ in UNITS])
    return tape.gradient(y, x)


def as_many_branches_as_a_file_says():
    """flows"""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Concatenate()([layers.Dense(units)(inputs) for units in UNITS]))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)


def skips_put_together_by_an_operation():
    """flows"""
    hidden = inputs = keras.Input((3,))
    skips = []
    for units in UNITS:
        hidden = layers.Dense(units)(hidden)
        skips.append(hidden)
    model = keras.Model(inputs, keras.ops.concatenate(skips, axis=-1))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)


def a_list_as_it_was_when_a_layer_was_called():
    """flows"""
    inputs = keras.Input((3,))
    parts = [layers.Dense(2)(inputs), layers.Dense(2)(inputs)]
    added = layers.Add()(parts)
    parts[0] = parts[1] = layers.Lambda(tf.stop_gradient)(inputs)
    model = keras.Model(inputs, added)
    parts.clear()
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)


def a_loop_that_may_run_no_round():
    """sometimes none"""
    inputs = keras.Input((3,))
    hidden = layers.Dense(2)(inputs)
    for _ in json.loads("[]"):
        hidden = layers.Lambda(tf.stop_gradient)(hidden)
    model = keras.Model(inputs, hidden)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)


def layers_added_in_a_loop():
    """unknown, unknown"""
    model = keras.Sequential()
    for units in UNITS:
        model.add(layers.Dense(units))
    model.add(layers.Dense(1))
    with tf.GradientTape() as tape:
        y = model(tf.ones((1, 3)))
    return tape.gradient(y, [model.layers[0].kernel, model.layers[1].kernel])


def a_layer_added_in_a_branch():
    """flows, sometimes none"""
    first, between = layers.Dense(2), layers.Dense(3)
    model = keras.Sequential([first])
    if random.random() < 2:
        model.add(between)
    model.add(layers.Dense(1))
    with tf.GradientTape() as tape:
        y = model(tf.ones((1, 3)))
    return tape.gradient(y, [first.kernel, between.kernel])


def what_stops_a_gradient_added_in_a_branch():
    """sometimes none"""
    model = keras.Sequential()
    if random.random() < 2:
        model.add(layers.Lambda(tf.stop_gradient))
    model.add(layers.Dense(2))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)


def a_layer_built_in_two_branches():
    """unknown"""
    dense = layers.Dense(2)
    with tf.GradientTape() as tape:
        if random.random() < 2:
            y = dense(layers.Dense(8)(x))
        else:
            y = dense(x)
    return tape.gradient(y, dense.kernel)


def cells_of_unknown_number():
    """flows, flows"""
    cells = [layers.GRUCell(units) for units in UNITS]
    recurrent = layers.RNN(cells)
    sequence = tf.Variable(tf.ones((2, 4, 3)))
    with tf.GradientTape() as tape:
        y = recurrent(sequence)
    return tape.gradient(y, [sequence, cells[0].kernel])


class Cell(layers.Layer):
    def __init__(self):
        super().__init__()
        self.state_size = 3

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3))

    def call(self, inputs, states):
        made = inputs @ self.w + states[0]
        return made, [made]


def variables_of_a_cell_of_ones_own():
    """flows"""
    recurrent = layers.RNN(Cell())
    with tf.GradientTape() as tape:
        y = recurrent(tf.ones((1, 3, 4)))
    return tape.gradient(y, recurrent.trainable_variables)


def an_entry_of_a_default_dict_that_is_drawn():
    """unknown"""
    table = collections.defaultdict(lambda: tf.Variable(0.0))
    for _ in range(3):
        s, a, r = random.randrange(3), random.choice("lr"), random.random()
        with tf.GradientTape() as tape:
            loss = (table[s, a] - r) ** 2
        table[s, a].assign_sub(0.1 * tape.gradient(loss, table[s, a]))
    with tf.GradientTape() as tape:
        loss = (table[s, a] - r) ** 2
    return tape.gradient(loss, table[s, a])


def the_weights_of_a_layer_that_is_drawn():
    """unknown, unknown"""
    layers = [tf.keras.layers.Dense(2) for _ in range(3)]
    x = tf.ones([1, 2])
    for layer in layers:
        layer(x)
    i = random.randrange(3)
    with tf.GradientTape() as tape:
        y = layers[i](x)
    return tape.gradient(y, layers[i].trainable_variables)
