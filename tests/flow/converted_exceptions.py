"""Exceptions that leave code which AutoGraph has converted; the docstring is the verdict of each source."""

import tensorflow as tf

v = tf.Variable([1.0, 2.0])
w = tf.Variable([0.5, -1.0])


class _Refusal(Exception):
    pass


class _Numbered(Exception):
    def __init__(self, number):
        super().__init__(str(number))
        self.number = number


def _chosen(raised, caught, autograph=True):
    @tf.function(autograph=autograph)
    def refuse(x):
        raise raised

    try:
        refuse(tf.constant(1.0))
    except caught:
        return w
    except Exception:
        return v


def one_that_is_known():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = _chosen(ValueError("no"), ValueError) * 1.0
    return tape.gradient(y, [v, w])


def one_of_the_program():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = _chosen(_Refusal("no"), _Refusal) * 1.0
    return tape.gradient(y, [v, w])


def one_with_an_initializer():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = _chosen(_Numbered(2), _Numbered) * 1.0
    return tape.gradient(y, [v, w])


def one_that_is_not_known():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = _chosen(IndexError("no"), LookupError) * 1.0
    return tape.gradient(y, [v, w])


def one_that_leaves_what_is_not_converted():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = _chosen(IndexError("no"), LookupError, autograph=False) * 1.0
    return tape.gradient(y, [v, w])


def a_lookup_that_fails():
    """flows, none"""
    chosen = v

    @tf.function
    def look(x):
        return [x][3]

    try:
        look(tf.constant(1.0))
    except IndexError:
        chosen = w
    except Exception:
        pass
    with tf.GradientTape() as tape:
        y = chosen * 1.0
    return tape.gradient(y, [v, w])


def one_that_is_caught_inside():
    """none, flows"""
    chosen = v

    @tf.function
    def look(x):
        try:
            return [x][3]
        except IndexError:
            return x

    try:
        look(tf.constant(1.0))
        chosen = w
    except Exception:
        pass
    with tf.GradientTape() as tape:
        y = chosen * 1.0
    return tape.gradient(y, [v, w])


def a_gradient_that_is_not_registered():
    """raises StagingError"""

    @tf.function
    def slope(x):
        with tf.GradientTape() as tape:
            y = tf.unique(x)[0]
        return tape.gradient(y, x)

    return slope(v)


def the_same_in_what_is_not_converted():
    """raises LookupError"""

    @tf.function(autograph=False)
    def slope(x):
        with tf.GradientTape() as tape:
            y = tf.unique(x)[0]
        return tape.gradient(y, x)

    return slope(v)


def the_same_through_two_graph_functions():
    """raises StagingError"""

    @tf.function
    def slope(x):
        with tf.GradientTape() as tape:
            y = tf.unique(x)[0]
        return tape.gradient(y, x)

    @tf.function
    def tried(x):
        try:
            return slope(x)
        except LookupError:
            return x

    return tried(v)


def a_lookup_in_a_graph_function():
    """raises StagingError"""

    @tf.function
    def look(x):
        return [x][3]

    with tf.GradientTape() as tape:
        y = look(v)
    return tape.gradient(y, v)
