"""What `locals()` gives; the docstring is the verdict a source."""

import keras
import tensorflow as tf

keras.utils.set_random_seed(1)
v = tf.Variable([1.0, 2.0])
w = tf.Variable([3.0, 4.0])


class _Configured:
    def __init__(self, units=3, activation="tanh"):
        self.config = locals()
        self.model = keras.Sequential([keras.Input((2,))])

    def build(self):
        self.model.add(keras.layers.Dense(self.config["units"], activation=self.config["activation"]))


class _Base:
    def __init__(self):
        self.power = 1


class _Named(_Base):
    def __init__(self, scale=2.0, shift=1.0):
        super().__init__()
        given = locals()
        given.pop("self")
        given.pop("__class__")
        for name, value in given.items():
            setattr(self, name, value)

    def __call__(self, x):
        return self.scale * x + self.shift


def arguments_kept_as_a_configuration():
    """flows, flows"""
    made = _Configured()
    made.build()
    with tf.GradientTape() as tape:
        y = made.model(tf.ones((1, 2)))
    return tape.gradient(y, made.model.trainable_variables)


def arguments_made_attributes():
    """flows, none"""
    line = _Named(scale=v, shift=tf.round(w))
    with tf.GradientTape() as tape:
        y = line(3.0)
    return tape.gradient(y, [v, w])


def a_dict_that_is_changed_changes_no_name():
    """flows, none"""

    def scaled(x):
        names = locals()
        names["x"] = w
        return 2.0 * x

    with tf.GradientTape() as tape:
        y = scaled(v)
    return tape.gradient(y, [v, w])


def names_of_a_function_around():
    """flows, flows"""
    a = tf.Variable(2.0)

    def both(x):
        y = a * x
        return locals()

    with tf.GradientTape() as tape:
        found = both(tf.reduce_sum(v))
        z = found["y"] + found["a"]
    return tape.gradient(z, [v, a])


def a_name_that_a_branch_binds():
    """none, flows"""

    def chosen(x, flag):
        if flag:
            y = x * 2.0
        return locals().get("y", w)

    with tf.GradientTape() as tape:
        z = chosen(v, False) * 1.0
    return tape.gradient(z, [v, w])


def asked_again_after_a_name_was_bound_anew():
    """unknown, unknown"""

    def latest(x):
        names = locals()
        x = w
        locals()
        return names["x"] * 1.0

    with tf.GradientTape() as tape:
        y = latest(v)
    return tape.gradient(y, [v, w])


def a_function_has_no_class_among_its_names():
    """raises KeyError"""

    def asked(x):
        return locals()["__class__"]

    with tf.GradientTape() as tape:
        y = asked(v)
    return tape.gradient(y, v)
