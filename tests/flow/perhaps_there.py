"""Layers and variables that are made on one of several ways only; the docstring is the verdict a source."""

import os
import random

import keras
import tensorflow as tf

keras.utils.set_random_seed(1)
x = tf.constant([[1.0, 2.0], [3.0, 1.0], [2.0, -1.0]])


def _perhaps():
    return random.random() < 2.0


def _names():
    return os.environ.get("NO_SUCH_NAME", "a").split()


class _Normalised(keras.Model):
    def __init__(self, normalised):
        super().__init__()
        self.normalised = normalised
        self.body = keras.layers.Rescaling(2.0)
        if normalised:
            self.norm = keras.layers.LayerNormalization(center=False)

    def call(self, inputs):
        y = self.body(inputs)
        return self.norm(y) if self.normalised else y


class _Heads(keras.Model):
    def __init__(self, second):
        super().__init__()
        self.heads = {"first": keras.layers.Rescaling(2.0)}
        if second:
            self.heads["second"] = keras.layers.Dense(2, use_bias=False)

    def call(self, inputs):
        return sum(head(inputs) for head in self.heads.values())


class _Blocks(keras.Model):
    def __init__(self, deep):
        super().__init__()
        self.blocks = [keras.layers.Rescaling(2.0)]
        if deep:
            self.blocks.append(keras.layers.Dense(2, use_bias=False))

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return inputs


class _Biased(keras.layers.Layer):
    def __init__(self, use_bias):
        super().__init__()
        self.use_bias = use_bias

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 2), initializer="ones")
        self.b = self.add_weight(shape=(2,), initializer="ones") if self.use_bias else None

    def call(self, inputs):
        y = tf.matmul(inputs, self.w)
        return y + self.b if self.b is not None else y


class _Scales(keras.Model):
    def __init__(self, names):
        super().__init__()
        self.scales = []
        for name in names:
            self.scales.append(self.add_weight(shape=(2,), initializer="ones", name=name))

    def call(self, inputs):
        for scale in self.scales:
            inputs = inputs * scale
        return inputs


class _Module(tf.Module):
    def __init__(self, scaled):
        self.w = tf.Variable([2.0, 1.0])
        self.scaled = scaled
        if scaled:
            self.z = tf.Variable(3.0)

    def __call__(self, inputs):
        y = inputs * self.w
        return y * self.z if self.scaled else y


def _scale(scaled):
    if not scaled:
        return None
    return tf.Variable(2.0)


def a_layer_made_and_called_under_one_condition():
    """unknown"""
    model = _Normalised(_perhaps())
    model(x)
    with tf.GradientTape() as tape:
        y = model(x) ** 2
    return tape.gradient(y, model.trainable_variables)


def layers_in_a_dict_that_may_have_more():
    """unknown"""
    model = _Heads(_perhaps())
    model(x)
    with tf.GradientTape() as tape:
        y = model(x) ** 2
    return tape.gradient(y, model.trainable_variables)


def layers_in_a_list_that_may_have_more():
    """unknown"""
    model = _Blocks(_perhaps())
    model(x)
    with tf.GradientTape() as tape:
        y = model(x) ** 2
    return tape.gradient(y, model.trainable_variables)


def a_weight_or_none():
    """flows, unknown"""
    layer = _Biased(_perhaps())
    layer(x)
    with tf.GradientTape() as tape:
        y = layer(x) ** 2
    return tape.gradient(y, layer.trainable_variables)


def as_many_weights_as_there_are_names():
    """unknown"""
    model = _Scales(_names())
    with tf.GradientTape() as tape:
        y = model(x) ** 2
    return tape.gradient(y, model.trainable_variables[0])


def a_variable_of_a_module():
    """flows, unknown"""
    module = _Module(_perhaps())
    with tf.GradientTape() as tape:
        y = module(x) ** 2
    return tape.gradient(y, [module.w, module.z])


def a_variable_made_after_a_return():
    """flows, unknown"""
    w, z = tf.Variable(3.0), _scale(_perhaps())
    with tf.GradientTape() as tape:
        y = w * 2.0
        if z is not None:
            y = y * z
    return tape.gradient(y, [w, z])


def a_variable_that_is_always_there():
    """flows, sometimes none"""
    w, z = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * 2.0
        if _perhaps():
            y = y * z
    return tape.gradient(y, [w, z])


def a_variable_of_one_way_that_is_never_used():
    """flows, none"""
    w = tf.Variable(3.0)
    z = tf.Variable(2.0) if _perhaps() else tf.Variable(4.0)
    with tf.GradientTape() as tape:
        y = w * 2.0
    return tape.gradient(y, [w, z])


def a_variable_of_an_attempt():
    """flows, unknown"""
    w = tf.Variable(3.0)
    try:
        z = tf.Variable(float(os.environ.get("NO_SUCH_NAME", "2")))
    except ValueError:
        z = None
    with tf.GradientTape() as tape:
        y = w * 2.0
        if z is not None:
            y += z
    return tape.gradient(y, [w, z])
