"""Classes of the program that extend Python's containers: the docstring is the verdict a source."""

import tensorflow as tf


a = tf.Variable(2.0)


b = tf.Variable(3.0)


def dsub_get():
    """unknown, flows"""

    class M(dict):
        def __getitem__(self, k):
            return tf.stop_gradient(super().__getitem__(k))

    m = M(w=a)
    with tf.GradientTape() as tape:
        z = m.get("w") * b
    return tape.gradient(z, [a, b])


def dsub_item():
    """none, flows"""

    class M(dict):
        def __getitem__(self, k):
            return tf.stop_gradient(super().__getitem__(k))

    m = M(w=a)
    with tf.GradientTape() as tape:
        z = m["w"] * b
    return tape.gradient(z, [a, b])


def dsub_plain():
    """unknown, flows"""

    class M(dict):
        def total(self):
            return sum(self.values())

    m = M(w=a)
    with tf.GradientTape() as tape:
        z = m.total() * b
    return tape.gradient(z, [a, b])


def lsub_plain():
    """unknown, flows"""

    class M(list):
        def total(self):
            return sum(self)

    m = M([a])
    m.append(b)
    with tf.GradientTape() as tape:
        z = m.total() * b
    return tape.gradient(z, [a, b])


def lsub_item():
    """none, flows"""

    class M(list):
        def __getitem__(self, i):
            return tf.stop_gradient(super().__getitem__(i))

    m = M([a])
    with tf.GradientTape() as tape:
        z = m[0] * b
    return tape.gradient(z, [a, b])


def dsub_attr():
    """unknown, flows"""

    class M(dict):
        __getattr__ = dict.__getitem__

    m = M(w=a)
    with tf.GradientTape() as tape:
        z = m.w * b
    return tape.gradient(z, [a, b])


def a_chain_that_is_a_list():
    """unknown, flows"""

    class Chain(list):
        def __call__(self, x):
            for step in self:
                x = step(x)
            return x

    with tf.GradientTape() as tape:
        z = Chain([tf.square, tf.stop_gradient])(a) * b
    return tape.gradient(z, [a, b])


def a_method_for_each_type():
    """none, flows"""

    class Visitor:
        def visit(self, node, x):
            return getattr(self, f"visit_{type(node).__name__}", self.other)(node, x)

        def visit_list(self, node, x):
            for each in node:
                x = self.visit(each, x)
            return x

        def visit_int(self, node, x):
            return x * float(node)

        def other(self, node, x):
            return tf.stop_gradient(x)

    with tf.GradientTape() as tape:
        z = Visitor().visit([1, "s"], a) * Visitor().visit([1, [2]], b)
    return tape.gradient(z, [a, b])


class _Named(dict):
    def __getattr__(self, name):
        return self[name]


def what_a_dict_of_its_own_class_has_under_a_name():
    """unknown"""
    with tf.GradientTape() as tape:
        y = _Named(loss=a * 2.0).loss
    return tape.gradient(y, a)


def what_was_set_in_a_dict_of_its_own_class():
    """unknown"""

    class Losses(dict):
        pass

    losses = Losses()
    with tf.GradientTape() as tape:
        losses["a"] = 0.0
        losses["a"] += a * 2.0
        y = losses["a"]
    return tape.gradient(y, a)


def a_list_of_its_own_class_is_added():
    """unknown"""

    class Losses(list):
        pass

    with tf.GradientTape() as tape:
        y = tf.add_n(Losses([a * 2.0]))
    return tape.gradient(y, a)


def what_is_kept_as_it_is():
    """unknown"""

    class Plain(dict):
        pass

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        kept = Plain()
        kept["x"] = x
        y = kept["x"]
    return tape.gradient(y, x)


def watched_by_get():
    """unknown"""

    class M(dict):
        pass

    x = tf.constant(2.0)
    m = M(w=x)
    with tf.GradientTape() as tape:
        tape.watch(m.get("w"))
        z = x * 3.0
    return tape.gradient(z, x)


def watched_by_values():
    """unknown, unknown"""

    class M(dict):
        def __init__(self, w):
            self["w"] = w

        def watch(self, tape):
            for value in self.values():
                tape.watch(value)

    x, c = tf.constant(2.0), tf.constant(3.0)
    m = M(x)
    with tf.GradientTape() as tape:
        m.watch(tape)
        z = x * c
    return tape.gradient(z, [x, c])


def watched_whole():
    """unknown"""

    class M(dict):
        pass

    x = tf.constant(2.0)
    m = M(w=x)
    with tf.GradientTape() as tape:
        tape.watch(m)
        z = x * 3.0
    return tape.gradient(z, x)
