"""Floats of one dtype beside those of another: each function is a program; its docstring is the verdict a source."""

import keras
import numpy as np
import tensorflow as tf
import tensorflow.experimental.numpy as tnp
import tf_keras

v = tf.Variable([0.5, 1.5])
double = tf.Variable(tf.constant([0.5, 1.5], tf.float64))


def doubles_of_numpy_made_a_tensor():
    """raises InvalidArgumentError"""
    x = tf.constant(np.random.randn(2))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x * v)
    return tape.gradient(y, v)


def doubles_of_numpy_as_they_are():
    """flows"""
    x = np.random.randn(2)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x * v)
    return tape.gradient(y, v)


def doubles_cast():
    """flows"""
    x = tf.cast(np.random.randn(2), tf.float32)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x * v)
    return tape.gradient(y, v)


def doubles_in_a_variable_of_their_own():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    w = tf.Variable(np.ones(2))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v - w)
    return tape.gradient(y, [v, w])


def variables_of_one_dtype():
    """flows, flows"""
    w, u = tf.Variable(np.ones(2)), tf.Variable([1.0, 2.0], dtype=tf.double)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(u * w)
    return tape.gradient(y, [u, w])


def division():
    """raises TypeError"""
    x = tf.ones([2], tf.float64)
    with tf.GradientTape() as tape:
        y = v / x
    return tape.gradient(y, v)


def in_a_graph():
    """raises TypeError"""
    x = tf.ones([2], tf.float64)

    @tf.function
    def f(x):
        return v * x

    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, v)


def an_array_handed_to_a_graph():
    """raises TypeError"""

    @tf.function
    def f(x):
        return v * x

    with tf.GradientTape() as tape:
        y = f(np.ones(2))
    return tape.gradient(y, v)


def an_array_handed_to_a_graph_with_a_signature():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def f(x):
        return v * x

    with tf.GradientTape() as tape:
        y = f(np.ones(2))
    return tape.gradient(y, v)


def an_array_first_in_a_product_of_matrices():
    """raises InvalidArgumentError"""
    x, w = np.ones((3, 2)), tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = tf.matmul(x, w)
    return tape.gradient(y, w)


def an_array_second_in_a_product_of_matrices():
    """flows"""
    x, w = np.ones((2, 3)), tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = tf.matmul(w, x)
    return tape.gradient(y, w)


def an_array_on_the_left_of_at():
    """flows"""
    x, w = np.ones((3, 2)), tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = x @ w
    return tape.gradient(y, w)


def tensors_on_both_sides_of_at():
    """raises InvalidArgumentError"""
    x, w = tf.constant(np.ones((3, 2))), tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = x @ w
    return tape.gradient(y, w)


def a_list_of_both():
    """raises InvalidArgumentError"""
    x = tf.constant(np.ones(2))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum([v, x])
    return tape.gradient(y, v)


def the_sum_of_products():
    """raises InvalidArgumentError"""
    x = tf.constant(np.ones(2))
    with tf.GradientTape() as tape:
        y = tf.einsum("i,i->", v, x)
    return tape.gradient(y, v)


def python_first_then_an_array():
    """flows"""
    x = tf.multiply(2.0, np.ones(2))
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def an_array_first_then_python():
    """raises InvalidArgumentError"""
    x = tf.multiply(np.ones(2), 2.0)
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def floats_by_numpy():
    """flows"""
    x = tf.constant(np.linspace(0.0, 1.0, 2).astype(np.float32))
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def whole_numbers_of_numpy_divided():
    """raises InvalidArgumentError"""
    x = tf.constant(np.arange(2) / 255.0)
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def bytes_made_floats():
    """flows"""
    x = tf.constant(np.ones(2, np.uint8).astype("float32") / 255.0)
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def drawn_as_floats():
    """flows"""
    x = tf.constant(np.random.default_rng(0).random(2, dtype=np.float32))
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def an_image_resized():
    """flows"""
    x = tf.image.resize(np.ones((2, 2, 1)), [2, 2])[0, :, 0]
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def shorter_floats_in_a_product_of_matrices():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.linalg.diag(v) @ tf.linalg.diag(tf.cast(v, tf.bfloat16))
    return tape.gradient(y, v)


def a_gradient_beside_doubles():
    """raises InvalidArgumentError"""
    x = tf.constant(np.ones(2))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = v * v
        y = inner.gradient(y, v) * x
    return outer.gradient(y, v)


def one_of_two_dtypes():
    """flows"""
    x = tf.constant(np.ones(2)) if tf.random.uniform([]) > 2.0 else tf.ones([2])
    with tf.GradientTape() as tape:
        y = x * v
    return tape.gradient(y, v)


def doubles_in_a_layer():
    """flows, flows"""
    layer = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = layer(np.ones((3, 2))) * tf.constant(2.0)
    return tape.gradient(y, layer.trainable_variables)


def doubles_beside_what_a_layer_gives():
    """unknown, unknown"""
    layer, labels = keras.layers.Dense(1), tf.constant(np.ones((3, 1)))
    with tf.GradientTape() as tape:
        y = layer(np.ones((3, 2))) - labels
    return tape.gradient(y, layer.trainable_variables)


def an_array_beside_what_a_layer_gives():
    """flows, flows"""
    layer = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = layer(np.ones((3, 2))) - np.ones((3, 1))
    return tape.gradient(y, layer.trainable_variables)


def a_layer_of_doubles():
    """flows, flows"""
    layer, labels = keras.layers.Dense(1, dtype="float64"), tf.constant(np.ones((3, 1)))
    with tf.GradientTape() as tape:
        y = layer(np.ones((3, 2))) - labels
    return tape.gradient(y, layer.trainable_variables)


class _Scale(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable([1.0, 2.0])

    def call(self, x, shift=0.0):
        return x * self.factor + shift


def what_a_layer_s_code_sees():
    """flows"""
    layer = _Scale()
    with tf.GradientTape() as tape:
        y = layer(tf.constant(np.ones(2)), shift=tf.constant(np.ones(2)))
    return tape.gradient(y, layer.factor)


def what_a_layer_s_code_sees_when_it_is_run_by_hand():
    """raises InvalidArgumentError"""
    layer = _Scale()
    with tf.GradientTape() as tape:
        y = layer.call(tf.constant(np.ones(2)))
    return tape.gradient(y, layer.factor)


def a_variable_of_doubles_given_to_a_layer():
    """flows"""
    layer, x = _Scale(), tf.Variable(np.ones(2))
    with tf.GradientTape() as tape:
        y = layer(x)
    return tape.gradient(y, x)


class _OldScale(tf_keras.Model):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable([1.0, 2.0])

    def call(self, x):
        return x * self.factor


def what_a_model_of_keras_2_sees():
    """flows"""
    model = _OldScale()
    with tf.GradientTape() as tape:
        y = model(tf.constant(np.ones(2)))
    return tape.gradient(y, model.factor)


def a_function_that_keras_calls():
    """flows"""
    layer, x = keras.layers.Lambda(lambda t: t * tf.constant(2.0)), tf.Variable(np.ones(2))
    with tf.GradientTape() as tape:
        y = layer(x)
    return tape.gradient(y, x)


def a_loss_of_doubles():
    """flows"""
    x = tf.Variable(np.ones((3, 1)))
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(np.zeros((3, 1)), x) * tf.constant(2.0)
    return tape.gradient(y, x)


def drawn_in_single_precision_around_doubles():
    """raises ValueError"""
    mean = tf.Variable([0.5, 1.5], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.random.normal([2], mean=mean)
    return tape.gradient(y, mean)


def drawn_in_double_precision():
    """flows"""
    mean = tf.Variable([0.5, 1.5], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.random.normal([2], mean=mean, dtype=tf.float64)
    return tape.gradient(y, mean)


def whole_numbers_in_a_list_beside_floats():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    n = tf.constant(2)
    with tf.GradientTape() as tape:
        y = tf.add(w, [n, n])
    return tape.gradient(y, w)


def whole_numbers_in_a_list_that_updates_floats():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.tensor_scatter_nd_update(tf.zeros([2]), [[0]], [2 * tf.size(w)]) * w
    return tape.gradient(y, w)


def doubles_in_a_list_beside_singles():
    """flows, flows"""
    e = tf.Variable(2.0, dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.add(v, [e, e * 1.0])
    return tape.gradient(y, [v, e])


def whole_numbers_in_a_list_within_a_graph():
    """flows"""
    n = tf.constant(2)

    @tf.function
    def largest():
        return tf.add(v, [n, n + 1])

    with tf.GradientTape() as tape:
        y = largest()
    return tape.gradient(y, v)


def a_list_of_floats_before_doubles():
    """raises InvalidArgumentError"""
    x = tf.Variable([[1.0, 2.0]], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.matmul([[1.0], [2.0]], x)
    return tape.gradient(y, x)


def a_list_of_floats_after_doubles():
    """flows"""
    x = tf.Variable([[1.0, 2.0]], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.matmul(x, [[1.0], [2.0]])
    return tape.gradient(y, x)


def floats_looked_for_among_doubles():
    """raises InvalidArgumentError"""
    x = tf.Variable([1.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = tf.searchsorted(x, [0.3])
    return tape.gradient(y, x)


def bits_of_halves_read_as_floats():
    """unknown"""
    x = tf.Variable([1.0, 2.0], dtype=tf.float16)
    with tf.GradientTape() as tape:
        y = tf.bitcast(x, tf.float32)
    return tape.gradient(y, x)


def halves_beside_floats():
    """raises InvalidArgumentError"""
    x = tf.constant([0.5, 1.5], tf.float16)
    with tf.GradientTape() as tape:
        y = v <= x
    return tape.gradient(y, v)


def whole_numbers_of_two_lengths():
    """raises InvalidArgumentError"""
    x = tf.Variable([1, 2])
    with tf.GradientTape() as tape:
        y = x + tf.constant([1, 2], tf.int64)
    return tape.gradient(y, x)


def truths_taken_off_a_variable():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v.assign_sub(tf.constant([True, False]))
    return tape.gradient(y, v)


def a_variable_or_an_array():
    """unknown"""
    array = np.array([1.0, 2.0], np.float32)
    with tf.GradientTape() as tape:
        y = v if np.random.rand() > -1.0 else array
    return tape.jacobian(y, v)


def doubles_beside_the_mean_of_whole_numbers():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tnp.mean(tnp.array([1, 2])) * v
    return tape.gradient(y, v)


def doubles_in_functions_that_promote_none():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tnp.hypot(v, tnp.ones(2))
    return tape.gradient(y, v)


def doubles_beside_what_a_generator_draws():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.random.Generator.from_seed(1).normal([2]) * double
    return tape.gradient(y, double)


def a_mean_of_doubles_for_a_generator_of_floats():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.random.Generator.from_seed(1).normal([2], mean=double)
    return tape.gradient(y, double)


def a_mean_of_doubles_for_a_generator_of_doubles():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.random.Generator.from_seed(1).normal([2], mean=double, dtype=tf.float64)
    return tape.gradient(y, double)


def a_list_of_floats_that_is_made_a_tensor_beside_doubles():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=double)
    return tape.gradient(y, double)


def a_list_of_floats_that_is_made_doubles():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.multiply([1.0, 2.0], double * 2.0) + tf.add(double, [1.0, 2.0])
    return tape.gradient(y, double)


def the_dtype_of_another_tensor():
    """flows"""
    x = tf.constant([[1.0], [2.0]], tf.float64)
    with tf.GradientTape() as tape:
        y = tf.linalg.cholesky_solve(double * tf.eye(2, dtype=x.dtype), x)
    return tape.gradient(y, double)


def the_dtype_of_another_tensor_beside_a_variable():
    """raises InvalidArgumentError"""
    x = tf.constant([[1.0], [2.0]], tf.float64)
    with tf.GradientTape() as tape:
        y = v * tf.ones([2], dtype=x.dtype)
    return tape.gradient(y, v)


def the_dtype_by_its_name_and_as_numpy_has_it():
    """flows, flows"""
    w = tf.Variable([1.0, 2.0], dtype=double.dtype)
    with tf.GradientTape() as tape:
        y = w * tf.cast(v, w.dtype) + tf.ones([2], w.dtype.name) + np.ones(2, dtype=w.dtype.as_numpy_dtype)
    return tape.gradient(y, [w, v])


def the_dtype_of_the_parts_of_complex_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        z = tf.complex(double, double)
        y = tf.math.real(z) * tf.ones([2], z.dtype.real_dtype)
    return tape.gradient(y, double)


def the_dtype_that_one_of_two_branches_chose():
    """unknown"""
    whole = tf.constant([1, 2])
    dtype = whole.dtype if np.random.rand() > 2 else v.dtype
    with tf.GradientTape() as tape:
        y = tf.cast(tf.cast(v, dtype), tf.float32)
    return tape.gradient(y, v)


def the_width_that_one_of_two_branches_chose():
    """flows"""
    x = v if np.random.rand() > 2 else double
    with tf.GradientTape() as tape:
        y = double * tf.ones([2], x.dtype)
    return tape.gradient(y, double)


def layers_of_doubles_by_a_setting():
    """flows, flows, none"""
    keras.config.set_dtype_policy("float64")
    layer = keras.layers.Dense(2)
    with tf.GradientTape() as tape:
        y = layer(tf.constant(np.ones((1, 2)))) * double * tf.cast(tf.round(v), tf.float64)
    keras.config.set_dtype_policy("float32")
    return tape.gradient(y, [layer.kernel, double, v])


def losses_of_doubles_by_a_setting():
    """flows, none"""
    keras.config.set_floatx("float64")
    loss = keras.losses.MeanSquaredError()
    with tf.GradientTape() as tape:
        y = loss(tf.constant([[1.0, 2.0]], tf.float64), double * 2.0) + tf.reduce_sum(tf.round(double)) * 0.0
        z = y + tf.cast(tf.reduce_sum(tf.round(v)), tf.float64)
    keras.config.set_floatx("float32")
    return tape.gradient(z, [double, v])


def a_dtype_that_is_set_for_some():
    """flows, flows"""
    keras.config.set_floatx("float64" if np.random.rand() > 2 else "float32")
    layer = keras.layers.Dense(2)
    with tf.GradientTape() as tape:
        y = tf.matmul(layer(tf.ones([1, 2])), tf.linalg.diag(v))
    keras.config.set_floatx("float32")
    return tape.gradient(y, [layer.kernel, v])
