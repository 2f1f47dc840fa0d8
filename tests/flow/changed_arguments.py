"""Graph functions that change what they are handed; the docstring is the verdict of each source."""

import tensorflow as tf

w = tf.Variable(2.0)


def append_to_a_list():
    """raises ValueError"""
    xs = [tf.constant(1.0)]

    @tf.function

    def f(xs):
        xs.append(w * 2.0)
        return tf.add_n(xs)

    with tf.GradientTape() as tape:
        y = f(xs)
    return tape.gradient(y, w)


def set_in_a_list():
    """raises ValueError"""

    @tf.function

    def f(xs):
        xs[0] = w * 2.0
        return tf.add_n(xs)

    with tf.GradientTape() as tape:
        y = f([tf.constant(1.0), tf.constant(2.0)])
    return tape.gradient(y, w)


def set_in_a_dict():
    """raises ValueError"""

    @tf.function

    def f(xs):
        xs["b"] = w * 2.0
        return xs["a"] + xs["b"]

    with tf.GradientTape() as tape:
        y = f({"a": tf.constant(1.0)})
    return tape.gradient(y, w)


def set_anew_in_a_dict():
    """raises ValueError"""

    @tf.function

    def f(xs):
        xs["a"] = xs["a"] * w
        return xs["a"]

    with tf.GradientTape() as tape:
        y = f({"a": tf.constant(1.0)})
    return tape.gradient(y, w)


def pop_of_a_dict():
    """raises ValueError"""

    @tf.function

    def f(xs):
        a = xs.pop("a")
        return a * w

    with tf.GradientTape() as tape:
        y = f({"a": tf.constant(1.0)})
    return tape.gradient(y, w)


def a_copy():
    """flows"""

    @tf.function

    def f(xs):
        xs = list(xs)
        xs.append(w * 2.0)
        return tf.add_n(xs)

    with tf.GradientTape() as tape:
        y = f([tf.constant(1.0)])
    return tape.gradient(y, w)


def captured_list():
    """flows"""
    xs = []

    @tf.function

    def f(a):
        xs.append(a)
        return tf.add_n(xs) * w

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def by_a_helper():
    """raises ValueError"""

    def add(xs):
        xs.append(w * 2.0)

    @tf.function

    def f(xs):
        add(xs)
        return tf.add_n(xs)

    with tf.GradientTape() as tape:
        y = f([tf.constant(1.0)])
    return tape.gradient(y, w)


def inner_list():
    """raises ValueError"""

    @tf.function

    def f(d):
        d["a"].append(w * 2.0)
        return tf.add_n(d["a"])

    with tf.GradientTape() as tape:
        y = f({"a": [tf.constant(1.0)]})
    return tape.gradient(y, w)


def sorted_in_place():
    """raises ValueError"""

    @tf.function

    def f(xs):
        xs.reverse()
        return xs[0] * w

    with tf.GradientTape() as tape:
        y = f([tf.constant(1.0), tf.constant(2.0)])
    return tape.gradient(y, w)


def same_again():
    """flows"""

    @tf.function

    def f(xs):
        xs["a"] = xs["a"]
        return xs["a"] * w

    with tf.GradientTape() as tape:
        y = f({"a": tf.constant(1.0)})
    return tape.gradient(y, w)


def restored():
    """flows"""

    @tf.function

    def f(xs):
        xs.append(w * 1.0)
        y = xs.pop()
        return y * xs[0]

    with tf.GradientTape() as tape:
        y = f([tf.constant(1.0)])
    return tape.gradient(y, w)


def plus_equals():
    """raises ValueError"""

    @tf.function

    def f(xs):
        xs += [w * 1.0]
        return tf.add_n(xs)

    with tf.GradientTape() as tape:
        y = f([tf.constant(1.0)])
    return tape.gradient(y, w)


def numbers_in_a_list():
    """raises ValueError"""

    @tf.function

    def f(xs):
        xs.append(3.0)
        return w * xs[-1]

    with tf.GradientTape() as tape:
        y = f([1.0])
    return tape.gradient(y, w)


def an_object():
    """flows"""
    class O:
        pass

    @tf.function

    def f(o):
        o.a = w * 2.0
        return o.a * 2.0

    with tf.GradientTape() as tape:
        y = f(O())
    return tape.gradient(y, w)


def unpacked_list():
    """flows"""

    @tf.function

    def f(*xs, **kw):
        kw["a"] = 1.0
        return w * xs[0]

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def a_set():
    """raises TypeError"""

    @tf.function

    def f(s):
        s.add(3)
        return w * 2.0

    with tf.GradientTape() as tape:
        y = f({1, 2})
    return tape.gradient(y, w)


def kwargs_pop():
    """flows"""

    @tf.function

    def f(x, **kw):
        s = kw.pop("s")
        return w * x * s

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0), s=2.0)
    return tape.gradient(y, w)


def pop_in_a_condition():
    """raises ValueError"""

    @tf.function

    def f(x, d):
        if "a" in d:
            d.pop("a")
        return w * x

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0), {"a": 1.0})
    return tape.gradient(y, w)
