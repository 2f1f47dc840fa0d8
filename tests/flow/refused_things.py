"""What Python, NumPy and TensorFlow refuse of plain values; the docstring is the verdict of each source."""

import tensorflow as tf
import keras
import numpy as np
v = tf.Variable(2.0)


def a_loop_over_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        for q in 3.0:
            pass
        y = v * 2.0
    return tape.gradient(y, v)


def a_list_of_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * len(list(3))
    return tape.gradient(y, v)


def the_sum_of_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * sum(2.0)
    return tape.gradient(y, v)


def none_spread():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        z = [*None]
        y = v * 2.0
    return tape.gradient(y, v)


def a_number_unpacked():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        a, b = 2.0
        y = v * a
    return tape.gradient(y, v)


def a_comprehension_over_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        z = [q for q in 2]
        y = v * 2.0
    return tape.gradient(y, v)


def a_number_added_to_a_list():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        z = []
        z += 1.0
        y = v * 2.0
    return tape.gradient(y, v)


def a_list_extended_by_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        z = []
        z.extend(1.0)
        y = v * 2.0
    return tape.gradient(y, v)


def a_float_added_to_whole_numbers():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        n = np.array([1, 2])
        n += 0.5
        y = v * n
    return tape.gradient(y, v)


def whole_numbers_doubled():
    """flows"""
    with tf.GradientTape() as tape:
        n = np.array([1, 2])
        n *= 2
        y = v * n
    return tape.gradient(y, v)


def floats_halved():
    """flows"""
    with tf.GradientTape() as tape:
        n = np.array([1.0, 2])
        n /= 2
        y = v * n
    return tape.gradient(y, v)


def whole_numbers_halved_anew():
    """flows"""
    with tf.GradientTape() as tape:
        n = np.ones(3, dtype=int)
        n = n / 2
        y = v * n
    return tape.gradient(y, v)


def a_variable_added_to_an_array():
    """flows"""
    n = np.zeros(3, dtype=int)
    with tf.GradientTape() as tape:
        n += v
        y = v * n
    return tape.gradient(y, v)


def a_float_added_to_an_element():
    """flows"""
    n = np.arange(3)
    with tf.GradientTape() as tape:
        n[0] += 0.5
        y = v * n
    return tape.gradient(y, v)


def a_single_whole_number_halved():
    """flows"""
    n = np.int64(3)
    with tf.GradientTape() as tape:
        n /= 2
        y = v * n
    return tape.gradient(y, v)


def a_product_of_dicts():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        z = {"a": 1.0} @ {"b": 2.0}
        y = v * 2.0
    return tape.gradient(y, v)


def an_attribute_of_a_list():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        z = [1.0]
        z.total = 2.0
        y = v * 2.0
    return tape.gradient(y, v)


def an_attribute_of_a_tuple():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        z = (1.0,)
        z.total = 2.0
        y = v * 2.0
    return tape.gradient(y, v)


def an_attribute_of_a_number():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        z = 1.0
        z.total = 2.0
        y = v * 2.0
    return tape.gradient(y, v)


def an_attribute_of_a_tensor():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        y.total = 2.0
    return tape.gradient(y, v)


def the_rank_of_a_tuple():
    """raises AttributeError"""
    n = np.zeros((3, 2))
    with tf.GradientTape() as tape:
        y = v * n.shape.rank
    return tape.gradient(y, v)


def the_list_of_a_tuple():
    """raises AttributeError"""
    n = np.zeros((3, 2))
    with tf.GradientTape() as tape:
        y = v * n.shape.as_list()[0]
    return tape.gradient(y, v)


def what_a_tuple_has():
    """flows"""
    n = np.zeros((3, 2))
    with tf.GradientTape() as tape:
        y = v * n.shape[0] * len(n.shape) * n.shape.count(3)
    return tape.gradient(y, v)


def what_print_gives():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * print("a")
    return tape.gradient(y, v)


def whole_numbers_halved():
    """raises TypeError"""
    n = np.array([1, 2])
    with tf.GradientTape() as tape:
        n /= 2
        y = v * n
    return tape.gradient(y, v)


def truths_counted():
    """raises TypeError"""
    n = np.array([True, False])
    with tf.GradientTape() as tape:
        n += 1
        y = v * n
    return tape.gradient(y, v)


def whole_numbers_squared():
    """flows"""
    n = np.array([1, 2])
    with tf.GradientTape() as tape:
        n **= 2
        y = v * n
    return tape.gradient(y, v)


def whole_numbers_divided_by_a_float():
    """raises TypeError"""
    n = np.array([1, 2])
    with tf.GradientTape() as tape:
        n //= 2.0
        y = v * n
    return tape.gradient(y, v)


def a_float_added_where_that_is_caught():
    """flows"""
    n = np.array([1, 2])
    with tf.GradientTape() as tape:
        try:
            n += 0.5
        except TypeError:
            n = n + 0.5
        y = v * n
    return tape.gradient(y, v)


def a_loop_over_none_that_is_caught():
    """flows"""
    n = None
    with tf.GradientTape() as tape:
        try:
            for q in n:
                y = v * q
        except TypeError:
            y = v * 3.0
    return tape.gradient(y, v)


def a_loop_over_a_function():
    """raises TypeError"""

    def f(x):
        return x

    with tf.GradientTape() as tape:
        y = v * 2.0
        for q in f:
            y = y + q
    return tape.gradient(y, v)


def an_attribute_of_a_function():
    """flows"""

    def f(x):
        return x

    with tf.GradientTape() as tape:
        f.total = v * 2.0
        y = f.total * 2.0
    return tape.gradient(y, v)


def a_text_added():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        y += str(y)
    return tape.gradient(y, v)


def texts_put_together():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        s = "%s" + str(y)
        s = s % 2.0 + repr(v) * 2
    return tape.gradient(y, v)


def a_float_inverted():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v * ~tf.constant(1.5)
    return tape.gradient(y, v)


def a_plus_before_a_tensor():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * +tf.constant(1.5)
    return tape.gradient(y, v)


def a_plus_before_an_array():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * +np.ones(3)
    return tape.gradient(y, v)


def a_mask_inverted():
    """flows"""
    with tf.GradientTape() as tape:
        y = -(v * tf.cast(v > 1.0, tf.float32)) + tf.cast(~(v > 1.0), tf.float32)
    return tape.gradient(y, v)


def a_function_that_is_not_called():
    """raises ValueError"""

    def doubled(t):
        return t * 2.0

    with tf.GradientTape() as tape:
        y = v * tf.reduce_sum(doubled)
    return tape.gradient(y, v)


def a_loss_that_is_not_called():
    """raises ValueError"""
    loss = keras.losses.MeanSquaredError()
    with tf.GradientTape() as tape:
        y = v * tf.reduce_mean(loss)
    return tape.gradient(y, v)


def a_model_for_what_it_gives():
    """raises ValueError"""
    model = keras.Sequential([keras.layers.Dense(2)])
    with tf.GradientTape() as tape:
        y = v * tf.nn.relu(model)
    return tape.gradient(y, v)


def an_object_for_what_it_holds():
    """raises ValueError"""

    class Batch:
        def __init__(self, rows):
            self.rows = rows

    with tf.GradientTape() as tape:
        y = tf.multiply(v, Batch(tf.ones([3])))
    return tape.gradient(y, v)


def an_object_that_becomes_a_tensor():
    """unknown"""

    class Batch:
        def __init__(self, rows):
            self.rows = rows

    tf.register_tensor_conversion_function(
        Batch, lambda value, dtype=None, name=None, as_ref=False: tf.convert_to_tensor(value.rows)
    )
    with tf.GradientTape() as tape:
        y = v * tf.reduce_sum(Batch(tf.ones([3])))
    return tape.gradient(y, v)
