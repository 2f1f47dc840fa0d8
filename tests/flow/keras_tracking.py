"""What layers and models of Keras 3 keep of what is assigned to their attributes; the docstring has the verdict a
source."""

import keras
import numpy as np
import tensorflow as tf

a = tf.Variable(1.0)
b = tf.Variable(1.0)


class Holder(keras.layers.Layer):
    def __init__(self, held):
        super().__init__()
        self.held = held


class Scale(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = self.add_weight(shape=(3,), initializer="ones")

    def call(self, inputs):
        return inputs * self.scale


def a_list_that_grows_after_it_was_assigned():
    """flows, none"""
    held = [a]
    holder = Holder(held)
    held.append(b)
    with tf.GradientTape() as tape:
        y = tf.add_n([w * 1.0 for w in holder.held])
    return tape.gradient(y, [a, b])


def a_list_that_grows_in_the_layer():
    """flows, none"""
    held = [[a], "other"]
    holder = Holder(held)
    holder.held[0].append(b)
    with tf.GradientTape() as tape:
        y = tf.add_n([w * 1.0 for w in held[0]])
    return tape.gradient(y, [a, b])


def a_dict_that_is_changed_after_it_was_assigned():
    """flows, none"""
    held = {"w": a, "kinds": {"x"}}
    holder = Holder(held)
    held["w"] = b
    held["kinds"].add("y")
    with tf.GradientTape() as tape:
        y = (b if "y" in holder.held["kinds"] else holder.held["w"]) * 1.0
    return tape.gradient(y, [a, b])


def a_list_that_a_module_shares():
    """flows, flows"""

    class Module(tf.Module):
        def __init__(self, held):
            super().__init__()
            self.held = held

    held = [a]
    module = Module(held)
    held.append(b)
    with tf.GradientTape() as tape:
        y = tf.add_n([w * 1.0 for w in module.held])
    return tape.gradient(y, [a, b])


def a_weight_in_the_place_of_another():
    """none, flows"""
    layer = Scale()
    layer.scale = layer.add_weight(shape=(3,), initializer="ones")
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 3)))
    return tape.gradient(y, layer.trainable_variables)


def a_layer_in_the_place_of_another():
    """none, flows, flows"""

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = Scale()
            self.second = Scale()
            self.first = Scale()

        def call(self, inputs):
            return self.first(self.second(inputs))

    model = Model()
    with tf.GradientTape() as tape:
        y = model(tf.ones((2, 3)))
    return tape.gradient(y, model.trainable_variables)


def a_variable_that_was_taken_away():
    """none, flows"""

    class Layer(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.first = keras.Variable(np.ones(3, "float32"))
            self.first = None
            self.second = keras.Variable(np.ones(3, "float32"))

        def call(self, inputs):
            return inputs * self.second

    layer = Layer()
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 3)))
    return tape.gradient(y, layer.trainable_variables)


def a_layer_that_is_taken_out_of_a_list():
    """flows"""

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.scales = [Scale(), Scale()]
            self.scales.pop()

        def call(self, inputs):
            return self.scales[0](inputs)

    model = Model()
    with tf.GradientTape() as tape:
        y = model(tf.ones((2, 3)))
    return tape.gradient(y, model.trainable_variables)


def weights_of_another_number():
    """raises ValueError"""
    layer = Scale()
    layer.set_weights([np.ones(3), np.ones(3)])
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 3)))
    return tape.gradient(y, layer.scale)


def a_normalisation_by_given_numbers():
    """flows, flows"""
    layer = keras.layers.Normalization(mean=0.0, variance=1.0)
    dense = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = dense(layer(tf.ones((2, 3))))
    return tape.gradient(y, layer.weights + dense.weights)
