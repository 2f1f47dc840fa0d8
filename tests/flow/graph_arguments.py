"""A graph function sees tensors of its own for those it is handed; the docstring is the verdict a source."""

import tensorflow as tf

a = tf.constant(1.5)


def captured_beside_an_argument():
    """none"""
    product = tf.function(lambda: a * a)

    @tf.function
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = product()
        return tape.gradient(y, x)

    return run(a)


def argument_that_is_watched_outside():
    """flows"""

    @tf.function
    def run(x):
        return x * a

    with tf.GradientTape() as tape:
        tape.watch(a)
        y = run(a)
    return tape.gradient(y, a)


def argument_that_is_watched_inside():
    """flows, none"""

    @tf.function
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * a
        return tape.gradient(y, [x, a])

    return run(a)


def captured_that_is_watched():
    """none"""

    @tf.function
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = x * x
        return tape.gradient(y, a)

    return run(a)


def argument_that_comes_back():
    """none, flows"""

    @tf.function
    def run(x):
        return x

    with tf.GradientTape() as tape:
        b = run(a)
        tape.watch(b)
        y = b * a
    return tape.gradient(y, [a, b])


def argument_in_a_dict():
    """flows, none"""

    @tf.function
    def run(parts):
        with tf.GradientTape() as tape:
            tape.watch(parts["k"])
            y = parts["k"] * a
        return tape.gradient(y, [parts["k"], a])

    return run({"k": a})


def second_derivative_of_an_argument():
    """flows"""

    @tf.function
    def run(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = x * x * a
            slope = inner.gradient(y, x)
        return outer.gradient(slope, x)

    return run(a)
