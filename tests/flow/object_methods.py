"""What objects do by methods with double underscores, and by their classes: the docstring is the verdict a source."""

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def added_in_place():
    """flows, flows"""

    class A:
        def __init__(self):
            self.t = v * 1.0

        def __iadd__(self, o):
            self.t = self.t * o
            return self

    with tf.GradientTape() as tape:
        a = A()
        a += w
        y = a.t
    return tape.gradient(y, [v, w])


def membership_by_a_method():
    """flows, none"""

    class S:
        def __contains__(self, e):
            self.e = e
            return True

    s = S()
    with tf.GradientTape() as tape:
        if 3 in s:
            y = v * float(s.e)
        else:
            y = w * 1.0
    return tape.gradient(y, [v, w])
