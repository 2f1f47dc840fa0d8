"""What is no tensor, in each place of a gradient call: the docstring is the verdict a source."""

from collections import OrderedDict
from fractions import Fraction

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
indices = tf.constant([[0, 0], [1, 1], [2, 0]], tf.int64)


def a_sparse_tensor_as_target():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.sparse.from_dense(v * 2.0)
    return tape.gradient(y, v)


def its_values_as_target():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.SparseTensor(indices, v * 2.0, [3, 3]).values
    return tape.gradient(y, v)


def a_sparse_tensor_among_the_sources():
    """raises ValueError, raises ValueError"""
    with tf.GradientTape() as tape:
        s = tf.sparse.from_dense(v)
        tape.watch(s)
        y = tf.sparse.reduce_sum(s)
    return tape.gradient(y, [v, s])


def a_sparse_product_is_told_of_by_nobody():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sparse.from_dense(v) * 2.0
    return tape.gradient(y, v)


def a_sparse_tensor_as_target_of_a_jacobian():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.sparse.from_dense(v)
    return tape.jacobian(y, v)


def rows_as_source():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        s = tf.IndexedSlices(v, [0, 1, 2])
        y = tf.reduce_sum(v)
    return tape.gradient(y, s)


def a_ragged_tensor_as_target():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.RaggedTensor.from_row_splits(v, [0, 1, 3])
    return tape.gradient(y, v)


def a_data_set_as_target():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.data.Dataset.from_tensor_slices(v)
    return tape.gradient(y, v)


def an_iterator_over_a_data_set_as_target():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = iter(tf.data.Dataset.range(3))
    return tape.gradient(y, v)


def an_iterator_of_python_as_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = iter([v])
    return tape.gradient(y, v)


def a_tensor_array_as_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.TensorArray(tf.float32, 3).unstack(v)
    return tape.gradient(y, v)


def a_shape_as_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v.shape
    return tape.gradient(y, v)


def a_dtype_as_source():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v.dtype)


def a_module_as_source():
    """raises TypeError"""
    module = tf.Module()
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, module)


def a_function_of_the_library_as_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.square
        tape.watch(v)
    return tape.gradient(y, v)


def a_set_is_a_leaf():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = {1.0}
    return tape.gradient(y, v)


def a_python_object_as_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = Fraction(1, 2)
    return tape.gradient(y, v)


def a_data_set_may_be_watched():
    """flows"""
    data = tf.data.Dataset.range(3)
    with tf.GradientTape() as tape:
        tape.watch(data)
        y = v * 2.0
    return tape.gradient(y, v)


def an_optimizer_is_not_watched():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        tape.watch(keras.optimizers.SGD())
        y = v * 2.0
    return tape.gradient(y, v)


def a_layer_as_gradient_of_the_target():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, output_gradients=keras.layers.Dense(2))


def a_number_as_gradient_of_the_target():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, output_gradients=2.0)


def an_array_as_gradient_of_the_target():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, output_gradients=np.ones(3, "float32"))


def whole_numbers_as_gradient_of_the_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v, output_gradients=tf.constant([1, 1, 1]))


def a_text_as_target():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.constant("a")
        tape.watch(v)
    return tape.gradient(y, v)


def what_a_variable_is_kept_under():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v.handle
        tape.watch(v)
    return tape.gradient(y, v)


def an_ordered_dict_as_target():
    """flows"""
    with tf.GradientTape() as tape:
        y = OrderedDict(a=v * 2.0)
    return tape.gradient(y, v)


def rows_converted_are_a_tensor():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.convert_to_tensor(tf.IndexedSlices(v, tf.constant([0, 1, 2]), dense_shape=tf.constant([3])))
    return tape.gradient(y, v)


def rows_have_no_product_with_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.IndexedSlices(v, tf.constant([0, 1, 2])) * 2.0
    return tape.gradient(y, v)


def a_sparse_tensor_has_no_minus():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = -tf.sparse.from_dense(v)
    return tape.gradient(y, v)


def a_sum_of_a_sparse_and_a_dense_tensor_is_dense():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.sparse.add(tf.SparseTensor(indices, v, [3, 2]), tf.ones([3, 2]))
    return tape.gradient(y, v)


def a_gradient_of_a_ragged_tensor_made_whole_has_rows_only():
    """raises AttributeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.RaggedTensor.from_row_splits(v, [0, 1, 3]).to_tensor()
        slope = inner.gradient(y, v)
    return outer.gradient(slope, v)


def a_gradient_that_raises_if_it_is_asked_for_more_than_it_hangs_on():
    """none"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.sparse.slice(tf.SparseTensor(indices, v, [3, 2]), [0, 0], [2, 2]).values
        slope = inner.gradient(y, v)
    return outer.gradient(slope, v)


def a_sum_of_what_may_be_none():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.raw_ops.Round(x=v)
        slope = inner.gradient(y, v)
    return outer.gradient(tf.reduce_sum(slope), v)


@tf.custom_gradient
def _by_the_first(a, b):
    return a * b, lambda dy: (dy * b, None)


def a_target_that_may_be_none():
    """unknown"""

    @tf.function
    def step():
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape() as inner:
                y = _by_the_first(tf.ones([3]), v)
            slope = inner.gradient(y, v)
        return outer.gradient(slope, v)

    return step()


def a_gradient_of_what_is_retained_may_have_rows_only():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.sparse.retain(tf.SparseTensor(indices, v, [3, 2]), [True, False, True]).values
        slope = inner.gradient(y, v)
    return outer.gradient(slope, v)


class _Items(list):
    pass


class _Flat:
    def __init__(self, a):
        self.a = a

    def __tf_flatten__(self):
        return (), (self.a,)

    @classmethod
    def __tf_unflatten__(cls, metadata, components):
        return cls(*components)


def an_object_of_a_class_of_lists_may_be_a_structure():
    """unknown"""
    with tf.GradientTape() as tape:
        y = _Items([v * 2.0])
    return tape.gradient(y, v)


def an_object_that_says_how_it_is_flattened():
    """unknown"""
    with tf.GradientTape() as tape:
        y = _Flat(v * 2.0)
    return tape.gradient(y, v)


def none_among_the_gradients_of_targets():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = [v * 2.0, v]
    return tape.gradient(y, v, output_gradients=[None, tf.ones([3])])


def watched_variables_are_in_the_order_of_making():
    """none, flows"""
    first, second = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = second * 1.0
        first.assign_add(1.0)
    return tape.gradient(y, tape.watched_variables())


def the_size_of_an_array_is_one():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(v)
        y = abs(np.dot(v * 2.0, np.eye(3, dtype="float32")))
    return tape.jacobian(y, v)


def gradients_of_targets_that_may_be_none():
    """unknown"""
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.raw_ops.Round(x=v)
        slope = inner.gradient(y, v)
        z = v * 2.0
    return outer.gradient(z, v, output_gradients=[slope])


def a_sparse_tensor_inside_of_what_a_decoder_gives():
    """raises ValueError"""
    logits = tf.Variable([[[2.0, 0.3]], [[0.3, 1.5]]])
    with tf.GradientTape() as tape:
        y = tf.nn.ctc_greedy_decoder(logits, [2])[0]
    return tape.gradient(y, logits)


def the_values_of_what_a_decoder_gives():
    """none"""
    logits = tf.Variable([[[2.0, 0.3]], [[0.3, 1.5]]])
    with tf.GradientTape() as tape:
        y = tf.nn.ctc_beam_search_decoder(logits, [2])[0][0].values
    return tape.gradient(y, logits)


def numbers_that_numpy_draws_around_others():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = np.random.normal(v.numpy())
    return tape.gradient(y, v)


def the_class_of_a_variable_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = type(v)
    return tape.gradient(y, v)


def a_setting_of_keras_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.backend.image_data_format()
    return tape.gradient(y, v)


def a_method_that_is_not_called_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v.read_value
    return tape.gradient(y, v)


def sizes_as_targets():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v.shape.as_list()
    return tape.gradient(y, v)


def a_number_that_numpy_draws_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = np.random.rand()
    return tape.gradient(y, v)


def an_initializer_as_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.initializers.Zeros()
    return tape.gradient(y, v)
