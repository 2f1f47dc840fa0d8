"""Functions with a gradient function of their own: the docstring is the verdict a source."""

import sys

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0])
w = tf.Variable(3.0)


class Reversal(tf.Module):
    def __init__(self):
        super().__init__()
        self.strength = 0.5

    @tf.custom_gradient
    def reversed(self, x):
        return tf.identity(x), lambda upstream: -self.strength * upstream

    @classmethod
    @tf.custom_gradient
    def of_the_class(cls, x):
        return tf.identity(x), lambda upstream: -upstream


class _Reversible:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, x):
        @tf.custom_gradient
        def backwards(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = self.inner(x)

            def grad(dy, variables=None):
                both = tape.gradient(y, [x] + variables, output_gradients=dy)
                return both[0], both[1:]

            return y, grad

        return backwards(x)


def a_method():
    """flows"""
    with tf.GradientTape() as tape:
        y = Reversal().reversed(v)
    return tape.gradient(y, v)


def a_method_of_a_class():
    """flows"""
    with tf.GradientTape() as tape:
        y = Reversal().of_the_class(v)
    return tape.gradient(y, v)


def a_list_of_arguments():
    """flows, flows"""

    @tf.custom_gradient
    def product(pair):
        a, b = pair
        return a * b, lambda upstream: [tf.reduce_sum(upstream) * b, tf.reduce_sum(upstream * a)]

    with tf.GradientTape() as tape:
        y = product([v, w])
    return tape.gradient(y, [v, w])


def a_list_of_arguments_and_one_gradient():
    """raises ValueError, raises ValueError"""

    @tf.custom_gradient
    def product(pair):
        return pair[0] * pair[1], lambda upstream: upstream

    with tf.GradientTape() as tape:
        y = product([v, w])
    return tape.gradient(y, [v, w])


def a_variable_that_only_the_gradient_function_reads():
    """flows"""

    @tf.custom_gradient
    def scaled(x):
        return tf.identity(x), lambda upstream: upstream * w

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = scaled(v)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, w)


def a_variable_that_only_the_gradient_function_reads_in_a_graph():
    """flows"""

    @tf.custom_gradient
    def scaled(x):
        return tf.identity(x), lambda upstream: upstream * w

    @tf.function
    def slope():
        with tf.GradientTape() as inner:
            y = scaled(v)
        return inner.gradient(y, v)

    with tf.GradientTape() as outer:
        dy = slope()
    return outer.gradient(dy, w)


def ones_below_zeros():
    """flows"""

    @tf.custom_gradient
    def ones(x):
        return tf.sign(x), lambda upstream: tf.ones_like(x)

    with tf.GradientTape() as tape:
        y = ones(v) * 0.0
    return tape.gradient(y, v)


def something_added_below_zeros():
    """flows"""

    @tf.custom_gradient
    def decayed(x):
        return tf.identity(x), lambda upstream: upstream + 0.01 * x

    with tf.GradientTape() as tape:
        y = decayed(v)
        loss = tf.reduce_sum(y - y)
    return tape.gradient(loss, v)


def a_product_below_zeros():
    """zero"""

    @tf.custom_gradient
    def scaled(x):
        return tf.identity(x), lambda upstream: tf.clip_by_value(upstream * x, -1.0, 1.0)

    with tf.GradientTape() as tape:
        y = scaled(v) * 0.0
    return tape.gradient(y, v)


def one_argument_for_what_comes_down_to_two_results():
    """raises TypeError"""

    @tf.custom_gradient
    def both(x):
        return (x * 2.0, x * 3.0), lambda upstream: upstream

    with tf.GradientTape() as tape:
        y = both(v)
    return tape.gradient(y[1], v)


def the_other_one_of_two_results():
    """zero"""

    @tf.custom_gradient
    def both(x):
        return (x * 2.0, x * 3.0), lambda first, second: first * 2.0

    with tf.GradientTape() as tape:
        y = both(v)
    return tape.gradient(y[1], v)


def a_tuple_of_gradients_of_variables():
    """raises TypeError, raises TypeError"""

    @tf.custom_gradient
    def scaled(x):
        def grad(upstream, variables=None):
            return upstream * w, (tf.reduce_sum(upstream * x),)

        return x * w, grad

    with tf.GradientTape() as tape:
        y = scaled(v)
    return tape.gradient(y, [v, w])


def no_gradients_of_variables():
    """raises ValueError, raises ValueError"""

    @tf.custom_gradient
    def scaled(x):
        def grad(upstream, variables=None):
            return upstream * w, []

        return x * w, grad

    with tf.GradientTape() as tape:
        y = scaled(v)
    return tape.gradient(y, [v, w])


def none_for_the_variable():
    """flows, none"""

    @tf.custom_gradient
    def scaled(x):
        def grad(upstream, variables=None):
            return upstream * w, [None]

        return x * w, grad

    with tf.GradientTape() as tape:
        y = scaled(v)
    return tape.gradient(y, [v, w])


def a_parameter_for_variables_that_there_are_not():
    """raises TypeError"""

    @tf.custom_gradient
    def doubled(x):
        return x * 2.0, lambda upstream, variables: (upstream * 2.0, [])

    with tf.GradientTape() as tape:
        y = doubled(v)
    return tape.gradient(y, v)


def a_keyword_in_a_graph():
    """raises ValueError"""

    @tf.custom_gradient
    def scaled(x, by=2.0):
        return x * by, lambda upstream: upstream * by

    @tf.function
    def graph():
        return scaled(v, by=3.0)

    with tf.GradientTape() as tape:
        y = graph()
    return tape.gradient(y, v)


def another_shape_in_a_graph():
    """unknown"""

    @tf.custom_gradient
    def doubled(x):
        return x * 2.0, lambda upstream: tf.reduce_sum(upstream)

    @tf.function
    def graph():
        return doubled(v * 2.0)

    with tf.GradientTape() as tape:
        y = graph()
    return tape.gradient(y, v)


def a_variable_of_keras():
    """raises TypeError"""
    dense = keras.layers.Dense(2)
    dense.build((None, 3))

    @tf.custom_gradient
    def quantized(x):
        return tf.round(x), lambda upstream: upstream

    with tf.GradientTape() as tape:
        y = quantized(dense.kernel)
    return tape.gradient(y, dense.kernel)


def the_value_of_a_variable_of_keras():
    """flows"""
    dense = keras.layers.Dense(2)
    dense.build((None, 3))

    @tf.custom_gradient
    def quantized(x):
        return tf.round(x), lambda upstream: upstream

    with tf.GradientTape() as tape:
        y = quantized(dense.kernel.value)
    return tape.gradient(y, dense.kernel.value)


def a_tensor_from_around_and_an_argument_that_no_tape_knows():
    """flows"""
    with tf.GradientTape() as tape:
        inner = w * w

        @tf.custom_gradient
        def product(x):
            return x * inner, lambda upstream: upstream

        y = product(tf.constant(2.0))
    return tape.gradient(y, w)


def a_tensor_from_around_and_an_argument_that_the_tape_knows():
    """none, flows"""
    with tf.GradientTape() as tape:
        inner = w * w

        @tf.custom_gradient
        def product(x):
            return x * inner, lambda upstream: upstream

        y = product(v)
    return tape.gradient(y, [w, v])


def a_variable_under_its_name():
    """flows, none"""

    @tf.custom_gradient
    def product(x, k=None):
        return x * k, lambda upstream: upstream

    with tf.GradientTape() as tape:
        y = product(v, k=w)
    return tape.gradient(y, [v, w])


def a_function_for_an_argument():
    """raises ValueError"""

    @tf.custom_gradient
    def applied(x, function):
        return function(x), lambda upstream: (upstream, None)

    with tf.GradientTape() as tape:
        y = applied(v, tf.sin)
    return tape.gradient(y, v)


def ones_below_zeros_that_are_computed_again():
    """unknown"""

    @tf.custom_gradient
    def ones(x):
        return tf.sign(x), lambda upstream: tf.ones_like(x)

    with tf.GradientTape() as tape:
        y = tf.recompute_grad(ones)(v) * 0.0
    return tape.gradient(y, v)


def a_method_that_is_computed_again():
    """raises ValueError"""

    class Squares:
        @tf.recompute_grad
        def square(self, x):
            return x * x

    with tf.GradientTape() as tape:
        y = Squares().square(v)
    return tape.gradient(y, v)


def whole_numbers_as_the_target():
    """flows"""

    @tf.custom_gradient
    def largest(x):
        return tf.argmax(x), lambda upstream: tf.ones_like(x)

    with tf.GradientTape() as tape:
        y = largest(v)
    return tape.gradient(y, v)


def doubles_below_floats():
    """unknown"""

    @tf.custom_gradient
    def doubles(x):
        return tf.identity(x), lambda upstream: tf.cast(upstream, tf.float64)

    with tf.GradientTape() as tape:
        y = doubles(v * 2.0)
    return tape.gradient(y, v)


def a_graph_with_a_gradient_function():
    """raises TypeError"""

    @tf.custom_gradient
    @tf.function
    def rounded(x):
        return tf.round(x), lambda upstream: upstream

    with tf.GradientTape() as tape:
        y = rounded(v)
    return tape.gradient(y, v)


def a_gradient_that_a_gradient_function_asks_for():
    """none, flows, flows"""
    factor = tf.Variable(2.0)

    @tf.custom_gradient
    def doubled(x):
        def grad(upstream):
            with tf.GradientTape() as tape:
                tape.watch(x)
                scaled = x * factor
            return tape.gradient(scaled, x, output_gradients=upstream)

        return x * 2.0, grad

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = doubled(v) * w
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v, w, factor])


def a_method_that_is_passed_through():
    """flows"""

    class Rounding:
        @tf.grad_pass_through
        def rounded(self, x):
            return tf.round(x)

    with tf.GradientTape() as tape:
        y = Rounding().rounded(v)
    return tape.gradient(y, v)


def a_name_for_what_is_passed_through():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.grad_pass_through(lambda x: tf.round(x))(x=v)
    return tape.gradient(y, v)


def variables_of_what_is_not_known():
    """unknown"""
    inner = sys.modules["keras"].layers.Dense(2)

    @tf.custom_gradient
    def backwards(x):
        with tf.GradientTape() as own:
            own.watch(x)
            y = inner(x)

        def grad(dy, variables=None):
            both = own.gradient(y, [x] + variables, output_gradients=dy)
            return both[0], both[1:]

        return y, grad

    x = tf.ones((1, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = backwards(x)
    return tape.gradient(y, x)


def a_flag_that_is_set_before_the_gradient_is_asked():
    """unknown"""
    flags = {"block": False}

    @tf.custom_gradient
    def gate(x):
        return tf.identity(x), lambda upstream: None if flags["block"] else upstream

    with tf.GradientTape() as tape:
        y = gate(v * 2.0)
    flags["block"] = True
    return tape.gradient(y, v)


def what_a_gradient_function_counts():
    """unknown, unknown"""
    asked = []

    @tf.custom_gradient
    def spied(x):
        def backwards(upstream):
            asked.append(1)
            return upstream

        return tf.identity(x), backwards

    with tf.GradientTape() as tape:
        y = spied(w * 2.0)
        z = y * 1.0 if not asked else y * v
    return tape.gradient(z, [v, w])


def a_flag_that_stays_as_it_is():
    """none"""
    flags = {"block": True}

    @tf.custom_gradient
    def gate(x):
        return tf.identity(x), lambda upstream: None if flags["block"] else upstream

    with tf.GradientTape() as tape:
        y = gate(v * 2.0)
    return tape.gradient(y, v)


def an_argument_that_may_be_a_variable():
    """flows"""

    @tf.custom_gradient
    def wave(x):
        return tf.numpy_function(lambda n: n * 2.0, [x], tf.float32), lambda upstream: upstream * tf.cos(x)

    with tf.GradientTape() as tape:
        rate = v
        if tf.reduce_sum(v) > 5.0:
            rate = rate * 0.5
        y = wave(rate)
    return tape.gradient(y, v)


def a_gradient_function_that_would_raise():
    """flows"""

    @tf.custom_gradient
    def squared(x):
        return x * x, lambda upstream: tf.cast(upstream, tf.int32) * 2.5

    with tf.GradientTape(persistent=True) as tape:
        squared(v * 1.0)
        y = v * 2.0
    return tape.gradient(y, v)


def a_gradient_function_that_raises():
    """raises TypeError"""

    @tf.custom_gradient
    def squared(x):
        return x * x, lambda upstream: tf.cast(upstream, tf.int32) * 2.5

    with tf.GradientTape() as tape:
        y = squared(v * 1.0)
    return tape.gradient(y, v)


def an_argument_that_is_no_tensor():
    """flows"""
    seen = []

    @tf.custom_gradient
    def doubled(name, x):
        seen.append(name)
        return x * 2.0, lambda upstream: (None, upstream)

    try:
        doubled(len, v)
    except ValueError:
        pass
    with tf.GradientTape() as tape:
        y = v * 1.0 if seen else tf.round(v)
    return tape.gradient(y, v)


def variables_of_keras_in_a_graph_of_the_gradient():
    """flows, flows"""
    layer = keras.layers.Dense(1, use_bias=False)
    layer.build((None, 2))

    @tf.custom_gradient
    def applied(x):
        @tf.function
        def backward(upstream, variables=None):
            with tf.GradientTape() as tape:
                made = layer(x)
            return upstream * tf.ones_like(x), tape.gradient(made, variables)

        return layer(x), backward

    with tf.GradientTape() as tape:
        y = applied(v[None] * 1.0)
    return tape.gradient(y, [v, *layer.trainable_variables])


def rows_come_down_to_a_gradient_of_ones_own():
    """unknown"""
    v = tf.Variable([1.0, 2.0])

    @tf.custom_gradient
    def squared(x):
        def backward(dy):
            return dy * 2.0 * x

        return tf.square(x), backward

    with tf.GradientTape() as tape:
        y = tf.gather(squared(v) + 1.5, [0, 1])
    return tape.gradient(y, v)


def a_variable_that_is_perhaps_captured():
    """unknown, unknown"""
    factor = tf.Variable(0.5)

    @tf.custom_gradient
    def scaled(t):
        y = t * factor if len(tf.config.list_physical_devices()) > 50 else t * 2.0

        def grad(upstream, variables=None):
            return upstream * 2.0, [tf.zeros_like(each) for each in variables or []]

        return y, grad

    with tf.GradientTape() as tape:
        y = scaled(v * 1.0)
    return tape.gradient(y, [factor, v])


def a_variable_that_is_perhaps_captured_and_not_asked_for():
    """unknown, flows"""
    factor = tf.Variable(0.5)

    @tf.custom_gradient
    def scaled(t):
        y = t * factor if len(tf.config.list_physical_devices()) > 50 else t * 2.0
        return y, lambda upstream: upstream * 2.0

    with tf.GradientTape() as tape:
        y = scaled(v * 1.0)
    return tape.gradient(y, [factor, v])


def a_variable_that_is_perhaps_read_again():
    """unknown, flows"""
    factor = tf.Variable(0.5)

    def body(t):
        return t * tf.stop_gradient(factor) if len(tf.config.list_physical_devices()) > 50 else t * 2.0

    with tf.GradientTape() as tape:
        y = tf.recompute_grad(body)(v * 1.0)
    return tape.gradient(y, [factor, v])


def some_item_of_no_variables():
    """raises IndexError"""
    layer = keras.layers.Dense(2, trainable=False)
    place = int(np.random.randint(0, 1))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(tf.ones([1, 3])))
    return tape.gradient(y, layer.trainable_variables[place])
