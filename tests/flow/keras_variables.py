"""Variables of Keras 3, which are none of TensorFlow's: what they have, and what their operators do; the docstring has
the verdict a source."""

import keras
import numpy as np
import tensorflow as tf

v = keras.Variable([1.0, 2.0])


class Scaled(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, inputs):
        return np.sqrt(2.0).astype("float32") * self.scale + tf.reduce_mean(inputs)


def a_number_of_numpy_on_the_left():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum((np.float32(2.0) * v - v.numpy()) ** 2)
    return tape.gradient(y, v)


def a_number_of_numpy_on_the_right():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * np.float32(2.0) + 2.0 * v
    return tape.gradient(y, v)


def an_array_that_numpy_made_of_one():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = np.ones(2, "float32") + v
    return tape.gradient(y, v)


def a_number_of_numpy_on_the_left_in_a_layer():
    """none"""
    layer = Scaled()
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(tf.ones((2, 3))))
    return tape.gradient(y, layer.trainable_variables)


def a_number_of_numpy_on_the_left_in_a_graph():
    """raises NotImplementedError"""
    scaled = tf.function(lambda: np.float32(2.0) * v)
    with tf.GradientTape() as tape:
        y = scaled()
    return tape.gradient(y, v)


def what_lies_in_one():
    """flows, none"""
    with tf.GradientTape(persistent=True) as tape:
        y = v._value * +v
        z = round(v)
    g = tape.gradient(z, v)
    return tape.gradient([y, z], [v, tf.constant(1.0)]) if g is None else g


def one_around_a_variable_of_tensorflow():
    """flows, flows"""
    inner = tf.Variable([1.0, 2.0])
    outer = keras.Variable(inner)
    with tf.GradientTape() as tape:
        y = outer * 2.0
    return tape.gradient(y, [inner, outer])


def one_made_of_a_variable_of_another_dtype():
    """none, flows"""
    inner = tf.Variable([1.0, 2.0])
    outer = keras.Variable(inner, dtype="float64")
    with tf.GradientTape() as tape:
        y = outer * 2.0
    return tape.gradient(y, [inner, outer])


def a_member_that_it_lacks():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v.read_value() * 2.0
    return tape.gradient(y, v)


def its_value_is_no_method():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v.value() * 2.0
    return tape.gradient(y, v)


def its_dtype_is_a_text():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0 if v.dtype.is_floating else v.numpy()
    return tape.gradient(y, v)


def its_dtype_among_others():
    """sometimes none"""
    with tf.GradientTape() as tape:
        y = tf.cast(v, v.dtype) * 2.0 if v.dtype in (tf.float32, tf.float64) else tf.constant(1.0)
    return tape.gradient(y, v)


def it_is_no_key():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = {v: 2.0}[v] * v
    return tape.gradient(y, v)


def it_is_assigned_one_value():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v.assign_add(v, use_locking=True) * 2.0
    return tape.gradient(y, v)


def its_path_is_a_text():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v.path
    return tape.gradient(y, v)


def what_a_constant_initializer_was_given():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.initializers.Constant(v[0])((3,))
    return tape.gradient(y, v)


def what_another_initializer_was_given():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.initializers.RandomNormal(v[0])((3,))
    return tape.gradient(y, v)


def a_text_among_dtypes():
    """sometimes none"""
    with tf.GradientTape() as tape:
        y = v * 2.0 if "float32" in (tf.float32, tf.float64) else tf.constant(1.0)
    return tape.gradient(y, v)


def what_a_metric_has_counted():
    """none, none"""
    x = tf.Variable([1.0, 2.0])
    mean = keras.metrics.Mean()
    with tf.GradientTape() as tape:
        mean.update_state(x)
        y = mean.total / mean.count
    return tape.gradient(y, [x, mean.total])


def it_has_no_such_member():
    """flows"""
    with tf.GradientTape() as tape:
        y = v.numpy() if hasattr(v, "read_value") else v * 2.0
    return tape.gradient(y, v)


def what_an_optimizer_keeps():
    """flows"""
    adam = keras.optimizers.Adam(0.1)
    adam.build([v])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v * 2.0) + tf.reduce_sum(adam._momentums[0])
    return tape.gradient(y, v)


def where_a_layer_keeps_its_kernel():
    """flows, none"""
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer._kernel)
    return tape.gradient(y, layer.trainable_variables)


def where_a_layer_keeps_its_variables():
    """unknown, unknown"""
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer._trainable_variables[0])
    return tape.gradient(y, layer.trainable_variables)


def a_bias_that_was_taken_away():
    """flows, none, flows, flows"""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    net.layers[0].bias = None
    with tf.GradientTape() as tape:
        y = net(tf.ones((2, 3)))
    return tape.gradient(y, net.trainable_variables)


def a_call_in_the_place_of_a_layers_own():
    """none, none, flows, flows"""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    net.layers[0].call = lambda inputs: tf.ones((2, 4))
    with tf.GradientTape() as tape:
        y = net(tf.ones((2, 3)))
    return tape.gradient(y, net.trainable_variables)


def a_cast_by_the_backend():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.keras.backend.cast(v * 2.0, "float32")
    return tape.gradient(y, v)


def a_neighbour_of_one_that_may_lack_zeros():
    """unknown, unknown"""
    w = tf.Variable([1.0, 2.0])
    parts = [v * 1.0, w * 1.0]
    with tf.GradientTape() as tape:
        y = parts[int(np.random.randint(0, 1))] * 0.0 + w
        y = (v * y) if np.random.random() < 2.0 else y
    return tape.gradient(y, [v, w], unconnected_gradients="zero")


def truths_beside_a_variable():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * tf.constant([True, False]) + tf.constant([1.0, 1.0])
    return tape.gradient(y, [v.value])


def truths_that_a_variable_is_compared_to():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.cast(v < tf.constant([True, False]), tf.float32)
    return tape.gradient(y, [v.value])


def what_is_added_to_a_variable_is_given_back():
    """flows, flows"""
    x = tf.Variable([0.5, -1.2])
    v = keras.Variable([0.8, -1.5])
    with tf.GradientTape() as tape:
        y = v.assign_add(x)
    return tape.gradient(y, [x, v])


def one_number_of_an_iterator():
    """unknown"""
    x = keras.Variable([0.8, 0.6, 0.4])
    with tf.GradientTape() as tape:
        y = next(iter(x)) + 1.0
    return tape.gradient(y, x)


def left_before_its_end():
    """unknown"""
    x = keras.Variable([0.8, 0.6, 0.4])
    with tf.GradientTape() as tape:
        y = 0.0
        for item in x:
            y = y + item
            break
    return tape.gradient(y, x)


def beside_a_list_that_ends_first():
    """unknown"""
    x = keras.Variable([0.8, 0.6, 0.4])
    with tf.GradientTape() as tape:
        y = sum([p * q for q, p in zip([1.0, 2.0, 3.0], x)])
    return tape.gradient(y, x)


def gone_over_to_its_end():
    """raises InvalidArgumentError"""
    x = keras.Variable([0.8, 0.6, 0.4])
    with tf.GradientTape() as tape:
        y = 0.0
        for item in x:
            y = y + item
    return tape.gradient(y, x)


def unpacked_to_its_end():
    """raises InvalidArgumentError"""
    x = keras.Variable([0.8, 0.6, 0.4])
    with tf.GradientTape() as tape:
        p, q, r = x
        y = p * q * r
    return tape.gradient(y, x)


def too_few_names_for_it():
    """unknown"""
    x = keras.Variable([0.8, 0.6, 0.4])
    with tf.GradientTape() as tape:
        p, q = x
        y = p * q
    return tape.gradient(y, x)
