"""Calls that a function's parameters refuse: the docstring is the verdict a source."""

import functools
import keras
import tensorflow as tf


v = tf.Variable(2.0)


w = tf.Variable(3.0)


def _two(x, y):
    return x * y


def _kw(x, *, k):
    return x * k


class _M:
    def f(self, x):
        return x * 1.0

    @staticmethod
    def s(x):
        return x * 1.0

    @classmethod
    def c(cls, x):
        return x * 1.0

    def __call__(self, x):
        return x * 1.0


def _deco(f):
    @functools.wraps(f)
    def g(*a):
        return f(*a, w)

    return g


@_deco
def _added(x, y):
    return x * y


def too_many():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = _two(v, w, 1.0)
    return tape.gradient(y, v)


def too_few():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = _two(v)
    return tape.gradient(y, v)


def unexpected():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = _two(v, y=w, z=1)
    return tape.gradient(y, v)


def twice():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = _two(v, x=w)
    return tape.gradient(y, v)


def no_kw():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = _kw(v)
    return tape.gradient(y, v)


def meth_ok():
    """flows"""
    m = _M()
    with tf.GradientTape() as tape:
        y = m.f(v) + m.s(v) + m.c(v) + m(v) + _M.f(m, v) + _M.s(v) + _M.c(v)
    return tape.gradient(y, v)


def meth_bad():
    """raises TypeError"""
    m = _M()
    with tf.GradientTape() as tape:
        y = m.f(v, w)
    return tape.gradient(y, v)


def static_bad():
    """raises TypeError"""
    m = _M()
    with tf.GradientTape() as tape:
        y = m.s(m, v)
    return tape.gradient(y, v)


def deco_ok():
    """flows"""
    with tf.GradientTape() as tape:
        y = _added(v)
    return tape.gradient(y, v)


def lam_bad():
    """raises TypeError"""
    f = lambda x, y: x * y
    with tf.GradientTape() as tape:
        y = f(v)
    return tape.gradient(y, v)


def lam_default():
    """flows"""
    f = lambda x, y=w: x * y
    with tf.GradientTape() as tape:
        y = f(v)
    return tape.gradient(y, v)


def tf_function_bad():
    """raises TypeError"""
    f = tf.function(_two)
    with tf.GradientTape() as tape:
        y = f(v)
    return tape.gradient(y, v)


def caught():
    """flows"""
    with tf.GradientTape() as tape:
        try:
            y = _two(v)
        except TypeError:
            y = v * 3.0
    return tape.gradient(y, v)


def init_bad():
    """raises TypeError"""

    class C:
        def __init__(self, x):
            self.x = x

    with tf.GradientTape() as tape:
        y = C().x * v
    return tape.gradient(y, v)


def module_call_extra():
    """raises TypeError"""

    class C(tf.Module):
        def __call__(self, x):
            return x * v

    with tf.GradientTape() as tape:
        y = C()(1.0, training=True)
    return tape.gradient(y, v)


def nested_maybe_raise():
    """flows, none"""

    def f(x):
        if x > 3.0:
            raise RuntimeError

    with tf.GradientTape() as tape:
        try:
            f(v)
            y = v * 1.0
        except RuntimeError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def a_jacobian_of_several_tensors():
    """raises AttributeError"""
    vector = tf.Variable([0.3, 0.7])
    with tf.GradientTape() as tape:
        y = tf.identity_n([vector, vector])
    return tape.jacobian(y, vector)


class _Scaled(keras.layers.Layer):
    def __init__(self, by, **others):
        super().__init__(**others)
        self.by = by

    def call(self, x, more=1.0):
        return x * self.by * more


class _Doubled(keras.layers.Layer):
    def call(self, x):
        return x * 2.0


class _Weighed(keras.losses.Loss):
    def __init__(self, by):
        super().__init__()
        self.by = by

    def call(self, y, p):
        return self.by * tf.square(y - p)


def layer_made_without_what_it_needs():
    """raises TypeError"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = _Scaled()(x)
    return tape.gradient(y, x)


def loss_made_without_what_it_needs():
    """raises TypeError"""
    x = tf.Variable([2.0])
    with tf.GradientTape() as tape:
        y = _Weighed()(x, x * 2.0)
    return tape.gradient(y, x)


def layer_that_takes_nothing_by_place():
    """raises TypeError"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = _Doubled(3)(x)
    return tape.gradient(y, x)


def layer_called_with_more_than_it_takes():
    """raises TypeError"""
    x = tf.Variable(2.0)
    layer = _Doubled()
    with tf.GradientTape() as tape:
        y = layer(x, x)
    return tape.gradient(y, x)


def layer_called_with_a_mask_that_it_does_not_take():
    """raises TypeError"""
    x = tf.Variable(2.0)
    layer = _Doubled()
    with tf.GradientTape() as tape:
        y = layer(x, mask=None)
    return tape.gradient(y, x)


def layer_called_with_training_and_more():
    """flows"""
    x = tf.Variable(2.0)
    layer = _Scaled(2.0, name="scaled")
    with tf.GradientTape() as tape:
        y = layer(x, more=x, training=True)
    return tape.gradient(y, x)



def a_name_that_tensorflow_no_longer_has():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.log(v)
    return tape.gradient(y, v)


def a_name_that_keras_no_longer_has():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.keras.layers.CuDNNLSTM(2)(tf.reshape(v, [1, 1, 1]))
    return tape.gradient(y, v)


def an_argument_by_its_old_name():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v, keep_dims=True)
    return tape.gradient(y, v)


def a_rate_by_its_old_name():
    """unknown"""
    optimizer = tf.keras.optimizers.Adam(lr=0.1)
    with tf.GradientTape() as tape:
        y = v * 2.0
    optimizer.apply_gradients([(tape.gradient(y, v), v)])
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def what_a_generator_draws_without_a_gradient():
    """raises LookupError"""
    chance = tf.Variable([0.3, 0.7])
    with tf.GradientTape() as tape:
        y = tf.random.Generator.from_seed(1).binomial([2], 5.0, chance)
    return tape.gradient(y, chance)


def what_a_generator_draws_with_one():
    """flows"""
    mean = tf.Variable([0.3, 0.7])
    with tf.GradientTape() as tape:
        y = tf.random.Generator.from_seed(1).normal([2], mean)
    return tape.gradient(y, mean)


def a_list_that_is_asked_for_its_shape():
    """raises AttributeError"""
    data = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = keras.ops.segment_sum(data, [0, 0, 1])
    return tape.gradient(y, data)


def a_tensor_that_is_asked_for_its_shape():
    """flows"""
    data = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = keras.ops.segment_sum(data, tf.constant([0, 0, 1]))
    return tape.gradient(y, data)


def a_truth_that_is_asked_for_its_dtype():
    """raises AttributeError"""
    data = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.keras.backend.switch(True, data, data * 2.0)
    return tape.gradient(y, data)


def a_list_that_is_made_a_tensor():
    """flows"""
    data = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.math.segment_sum(data, [0, 0, 1]) + keras.ops.sum(keras.ops.multiply(data, [1.0, 2.0, 3.0]))
    return tape.gradient(y, data)
