"""Names that are not bound, or not yet, or not any more, where they are read."""

import random

import tensorflow as tf

_scale = 2.0


def a_global_that_is_augmented():
    """raises UnboundLocalError"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * _scale
        _scale += 1.0
    return tape.gradient(y, w)


def an_import_after_the_use():
    """raises UnboundLocalError"""
    w = tf.Variable(2.0)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        y = w * w
    return tape.gradient(y, w)


def the_name_of_a_handler():
    """raises UnboundLocalError"""
    w = tf.Variable(2.0)
    e = w * 2.0
    try:
        raise ValueError("x")
    except ValueError as e:
        pass
    with tf.GradientTape() as tape:
        y = e * w
    return tape.gradient(y, w)


def a_free_name_that_is_bound_later():
    """raises NameError"""
    w = tf.Variable(2.0)

    def f():
        return w * k

    with tf.GradientTape() as tape:
        y = f()
    k = 2.0
    return tape.gradient(y, w)


def a_loop_without_rounds():
    """raises UnboundLocalError"""
    w = tf.Variable(2.0)
    for x in []:
        pass
    with tf.GradientTape() as tape:
        y = w * x
    return tape.gradient(y, w)


def deleted_perhaps():
    """flows"""
    w = tf.Variable(2.0)
    k = 2.0
    if random.random() > 2:
        del k
    with tf.GradientTape() as tape:
        y = w * k
    return tape.gradient(y, w)


def bound_by_an_inner_function():
    """flows"""
    w = tf.Variable(2.0)

    def setup():
        nonlocal k
        k = tf.constant(3.0)

    setup()
    with tf.GradientTape() as tape:
        y = w * k
    k = 1.0
    return tape.gradient(y, w)


def caught_where_it_is_read():
    """flows, none"""
    w, v = tf.Variable(2.0), tf.Variable(1.0)
    try:
        s = v * k
        k = 3.0
    except NameError:
        s = 2.0
    with tf.GradientTape() as tape:
        y = w * s
    return tape.gradient(y, [w, v])


def read_by_a_generator_expression_after_its_function():
    """flows"""

    def make(w):
        k = 2.0
        return (w * k * i for i in (1.0, 2.0))

    w = tf.Variable(2.0)
    made = make(w)
    with tf.GradientTape() as tape:
        y = sum(made)
    return tape.gradient(y, w)


def bound_later_in_the_loop_of_a_graph():
    """raises ValueError"""

    @tf.function
    def f(w):
        y = w
        for _ in tf.range(3):
            y = y * before
            before = w * 2.0
        return y

    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = f(w)
    return tape.gradient(y, w)


def read_in_a_graph_after_it_was_deleted():
    """raises UnboundLocalError"""

    @tf.function
    def f(w):
        z = w * 2.0
        del z
        return z * w

    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = f(w)
    return tape.gradient(y, w)
