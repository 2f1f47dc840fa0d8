"""Which values can be called: each function is a program of its own; its docstring is the verdict a source."""

import numpy as np
import tensorflow as tf

w = tf.Variable([1.0, 2.0])
b = tf.Variable(3.0)


class Holder:
    def __init__(self, variables):
        self.variables = variables


class Giving(Holder):
    def __call__(self):
        return self.variables


def a_list_is_not_called():
    """flows, none"""
    variables = [w, b]
    with tf.GradientTape() as tape:
        y = w * w
    if callable(variables):
        variables = variables()
    return tape.gradient(y, variables)


def a_dict_is_not_called():
    """none, flows"""
    variables = {"b": b, "w": w}
    with tf.GradientTape() as tape:
        y = w * w
    if callable(variables):
        variables = variables()
    return tape.gradient(y, variables)


def a_variable_is_not_called():
    """flows"""
    variables = w
    with tf.GradientTape() as tape:
        y = w * w
    if callable(variables):
        variables = variables()
    return tape.gradient(y, variables)


def a_lambda_is_called():
    """flows, none"""
    variables = lambda: [w, b]
    with tf.GradientTape() as tape:
        y = w * w
    if callable(variables):
        variables = variables()
    return tape.gradient(y, variables)


def an_object_with_a_method_for_it_is_called():
    """none, flows"""
    variables = Giving([b, w])
    with tf.GradientTape() as tape:
        y = w * w
    if callable(variables):
        variables = variables()
    return tape.gradient(y, variables)


def an_object_without_is_not_called():
    """flows"""
    holder = Holder([w])
    with tf.GradientTape() as tape:
        y = tf.round(w) if callable(holder) else w * 2.0
    return tape.gradient(y, w)


def a_field_does_not_make_an_object_callable():
    """flows"""
    holder = Holder([w])
    holder.__call__ = lambda: 1.0
    with tf.GradientTape() as tape:
        y = tf.round(w) if callable(holder) else w * 2.0
    return tape.gradient(y, w)


def a_class_is_given_the_method_later():
    """none"""

    class Plain:
        pass

    plain = Plain()
    Plain.__call__ = lambda self: 1.0
    with tf.GradientTape() as tape:
        y = tf.round(w) if callable(plain) else w * 2.0
    return tape.gradient(y, w)


def a_class_is_given_a_method_whose_name_is_computed():
    """sometimes none"""

    class Plain:
        pass

    plain = Plain()
    setattr(Plain, "_".join(["", "", "call", "", ""]), lambda self: 1.0)
    with tf.GradientTape() as tape:
        y = w * 2.0 if callable(plain) else tf.round(w)
    return tape.gradient(y, w)


def none_in_the_place_of_the_method():
    """flows"""

    class Plain:
        __call__ = None

    with tf.GradientTape() as tape:
        y = w * 2.0 if callable(Plain()) else tf.round(w)
    return tape.gradient(y, w)


def an_array_is_not_called():
    """flows"""
    rows = np.ones(2, np.float32)
    with tf.GradientTape() as tape:
        y = w * (rows() if callable(rows) else rows)
    return tape.gradient(y, w)


def a_layer_is_called_with_nothing():
    """flows"""
    dense = tf.keras.layers.Dense(1)
    dense.build((None, 2))
    with tf.GradientTape() as tape:
        try:
            dense()
        except (TypeError, ValueError):
            pass
        y = w * 2.0
    return tape.gradient(y, w)
