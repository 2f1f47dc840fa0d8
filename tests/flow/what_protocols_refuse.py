"""What Python's own functions and conditions make of tensors; the docstring is the verdict of each source."""

import copy
import decimal
import fractions
import math
import operator
import random

import keras
import numpy as np
import tensorflow as tf

several = tf.constant([2.0, 3.0])
one = tf.constant(2.0)
whole = tf.constant(1)


def a_fraction_of_a_tensor():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * float(fractions.Fraction(one))
    return tape.gradient(y, v)


def a_decimal_of_an_array():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * float(decimal.Decimal(np.mean([1.0, 2.0])))
    return tape.gradient(y, v)


def whole_numbers_of_a_float():
    """raises AttributeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * math.factorial(one)
    return tape.gradient(y, v)


def a_list_is_asked_for_the_place_of_a_variable():
    """raises TypeError"""
    v = tf.Variable(1.5)
    place = tf.Variable(1)
    with tf.GradientTape() as tape:
        y = v * [1.0, 2.0][place]
    return tape.gradient(y, v)


def a_list_is_asked_for_the_place_of_a_whole_number():
    """flows"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * [1.0, 2.0][whole]
    return tape.gradient(y, v)


def a_slice_ends_at_a_float():
    """raises AttributeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = tf.add_n([v, v, v][:one])
    return tape.gradient(y, v)


def a_place_of_a_graph():
    """raises TypeError"""
    v = tf.Variable(1.5)

    @tf.function
    def f(place):
        return v * operator.index(place)

    with tf.GradientTape() as tape:
        y = f(whole)
    return tape.gradient(y, v)


def the_truth_of_a_variable_of_keras():
    """raises TypeError"""
    v = keras.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * 2.0 if v else v * 3.0
    return tape.gradient(y, v)


def the_truth_of_several_numbers():
    """raises ValueError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * 2.0 if v > 1.0 else v * 3.0
    return tape.gradient(y, v)


def several_truths_decide_in_a_graph():
    """raises ValueError"""
    v = tf.Variable([1.5, 2.0])

    @tf.function
    def f():
        y = v * 1.0
        if v > 1.0:
            y = v * 2.0
        return y

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def one_of_several_truths_decides_in_a_graph():
    """flows"""
    v = tf.Variable([1.5, 2.0])

    @tf.function
    def f():
        y = v * 1.0
        if tf.reduce_any(v > 1.0):
            y = v * 2.0
        return y

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def a_number_decides_in_a_graph():
    """raises ValueError"""
    v = tf.Variable(1.5)

    @tf.function
    def f(n):
        y = v * 1.0
        while n:
            y = y * 2.0
            n = n - 1
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3))
    return tape.gradient(y, v)


def a_number_decides_in_a_loop_that_is_left():
    """raises TypeError"""
    v = tf.Variable(1.5)

    @tf.function
    def f(n):
        y = v * 1.0
        while n:
            y = y * 2.0
            if y > 10.0:
                break
            n = n - 1
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3))
    return tape.gradient(y, v)


def an_expression_by_a_number_in_a_graph():
    """raises InvalidArgumentError"""
    v = tf.Variable(1.5)

    @tf.function
    def f(n):
        return v * 2.0 if n else v * 3.0

    with tf.GradientTape() as tape:
        y = f(one)
    return tape.gradient(y, v)


def a_cond_by_several_truths():
    """raises InvalidArgumentError"""
    v = tf.Variable([1.5, 2.0])

    @tf.function
    def f():
        return tf.cond(v > 1.0, lambda: v * 2.0, lambda: v * 3.0)

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def a_signature_leaves_the_shape_open():
    """flows"""
    v = tf.Variable([1.5])

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def f(x):
        y = v * 1.0
        if x > 1.0:
            y = v * 2.0
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant([2.0]))
    return tape.gradient(y, v)


def a_constant_is_negated_in_a_graph():
    """raises AssertionError"""
    v = tf.Variable(1.5)

    @tf.function
    def f():
        return v * 2.0 if not one else v * 3.0

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def a_variable_is_copied_in_a_graph():
    """raises NotImplementedError"""
    v = tf.Variable(1.5)

    @tf.function
    def f():
        return v * copy.deepcopy(v)

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def the_larger_of_two_dtypes():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * max(whole, 1.5)
    return tape.gradient(y, v)


def sorted_in_a_graph():
    """flows"""
    v = tf.Variable([1.5, 1.0])

    @tf.function
    def f():
        return sorted(v)[0]

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def numbers_are_drawn_up_to_a_whole_number():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * random.uniform(0.0, whole)
    return tape.gradient(y, v)


def the_length_of_a_scalar_along_an_axis():
    """raises IndexError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * v.shape[0]
    return tape.gradient(y, v)


def several_numbers_are_written_as_one():
    """raises TypeError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * len("%f" % v)
    return tape.gradient(y, v)


def several_numbers_are_looked_for():
    """raises ValueError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * (2.0 if several in [v] else 1.0)
    return tape.gradient(y, v)


def an_iterator_beside_a_variable():
    """raises ValueError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * reversed([v])
    return tape.gradient(y, v)


def a_list_is_asked_for_a_text():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * [1.0, 2.0]["a"]
    return tape.gradient(y, v)


def more_rows_than_names():
    """raises ValueError"""
    v = tf.Variable([1.5, 2.0, 3.0])
    with tf.GradientTape() as tape:
        first, second = v * 2.0
        y = first * second
    return tape.gradient(y, v)


def a_mask_of_another_length():
    """raises ValueError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v[tf.constant([True, False, True])]
    return tape.gradient(y, v)


def an_array_by_the_place_of_a_tensor():
    """flows"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * np.array([1.0, 2.0])[whole]
    return tape.gradient(y, v)


def an_array_has_one_axis():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * np.array([1.0, 2.0])[:, 0]
    return tape.gradient(y, v)


def a_loop_of_a_graph_over_a_scalar():
    """raises ValueError"""
    v = tf.Variable(1.5)

    @tf.function
    def f(x):
        y = v * 1.0
        for part in x:
            y = y * part
        return y

    with tf.GradientTape() as tape:
        y = f(one)
    return tape.gradient(y, v)


def a_number_of_numpys_has_no_length():
    """raises TypeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * len(np.float32(2.0))
    return tape.gradient(y, v)
