"""Keys that are missing, texts that are no numbers; the docstring is the verdict of each source."""

import tensorflow as tf

v = tf.Variable(2.0)


def a_missing_key_deleted():
    """raises KeyError"""
    a = {'a': tf.constant(2.0)}
    with tf.GradientTape() as tape:
        del a[0]
        y = v * 2.0
    return tape.gradient(y, v)


def a_missing_key_deleted_in_a_graph():
    """raises KeyError"""
    a = {'a': tf.constant(2.0)}

    @tf.function

    def f(a):
        del a[0]
        return v * 2.0

    with tf.GradientTape() as tape:
        y = f(a)
    return tape.gradient(y, v)


def a_key_that_is_no_number():
    """raises ValueError"""
    a = {'a': tf.constant(2.0)}
    with tf.GradientTape() as tape:
        y = v * min(a, key=float)
    return tape.gradient(y, v)


def a_text_that_is_no_number():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * float("a")
    return tape.gradient(y, v)


def a_text_that_is_a_number():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * float("3.5")
    return tape.gradient(y, v)


def a_text_that_is_no_whole_number():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * int("3.5")
    return tape.gradient(y, v)


def a_key_that_is_no_number_in_a_graph():
    """raises ValueError"""
    a = {'a': tf.constant(2.0)}

    @tf.function

    def f(a):
        return v * min(a, key=float)

    with tf.GradientTape() as tape:
        y = f(a)
    return tape.gradient(y, v)


def a_text_of_several():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * sorted(["b", "a"], key=len)[0]
    return tape.gradient(y, v)


def the_largest_of_texts():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * float(max(["2.0", "3.0"], key=float))
    return tape.gradient(y, v)
