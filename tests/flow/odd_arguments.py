"""Functions whose arguments are of an odd sort, length or dtype: some refuse them, some raise something else than they
do otherwise; the docstring is the verdict a source.
"""

import copy

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([0.5, -1.2, 2.1])
w = tf.Variable([1.7, 0.6, -0.9])
m = tf.Variable([[0.5, -1.2, 2.1], [0.3, 0.7, -0.4], [1.1, -0.2, 0.6]])
whole = tf.Variable([0, -1, 2])
short = tf.constant([0.5, -1.2])
truths = tf.constant([[True, True, True], [True, False, True], [False, True, True]])


def sets_of_a_text_and_of_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sets.union("a", tf.cast(m, tf.int32))
    return tape.gradient(y, m)


def sets_of_whole_numbers_and_of_an_array_of_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sets.difference(tf.cast(m, tf.int32), np.array([[1, 2, 0], [1, 2, 0], [1, 2, 0]], np.float32))
    return tape.gradient(y, m)


def sets_of_whole_numbers():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.sets.union(tf.cast(m, tf.int32), tf.cast(m, tf.int32))
    return tape.gradient(y, m)


def a_second_gradient_of_one_that_may_have_raised():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.truncatemod("a", v)
        g = tape.gradient(y, v)
    return outer.gradient(g, v)


def a_vector_for_a_depth():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.one_hot(tf.cast(v, tf.int32), tf.constant([0, 1]))
    return tape.gradient(y, v)


def none_for_another_default():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.random.stateless_parameterized_truncated_normal([3], [1, 2], v, None))
    return tape.gradient(y, v)


def a_seed_of_one_number():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.random.stateless_truncated_normal([3], [1], v))
    return tape.gradient(y, v)


def more_steps_than_there_are():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.nn.ctc_greedy_decoder(tf.reshape(m, [3, 1, 3]), [5])[1]
    return tape.gradient(tf.sign(y), m)


def as_many_steps_as_there_are():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.nn.ctc_greedy_decoder(tf.reshape(m, [3, 1, 3]), [3])[1]
    return tape.gradient(y * 2.0, m)


def updates_of_another_shape_than_the_places_ask_for():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.tensor_scatter_nd_sub(v, [[0], [2], [1]], tf.zeros([0])))
    return tape.gradient(y, v)


def updates_as_the_places_ask_for_them():
    """zero"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.tensor_scatter_nd_sub(v, [[0], [2], [1]], w))
    return tape.gradient(y, v)


def what_a_metric_refuses_as_the_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.metrics.MeanSquaredError().update_state(short, v)
    return tape.gradient(y, v)


def what_a_metric_takes_as_the_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = keras.metrics.MeanSquaredError().update_state(w, v)
    return tape.gradient(y, v)


def a_shape_that_a_tensor_has_not():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = (v * 2.0).set_shape([2])
    return tape.gradient(y, v)


def a_shape_that_a_tensor_has():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = (v * 2.0).set_shape([3])
    return tape.gradient(y, v)


def a_setting_of_an_odd_sort_beside_one_that_is_refused():
    """unknown"""
    images = tf.constant(np.ones((1, 4, 4, 3)))
    with tf.GradientTape() as tape:
        y = tf.image.extract_glimpse(images, [4, 4], tf.cast(v[:2], tf.float64)[None], 0)
    return tape.gradient(y, v)


def a_text_among_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.stack(["a", v[0]]))
    return tape.gradient(y, v)


def a_text_in_a_product():
    """unknown"""
    with tf.GradientTape() as tape:
        y = m @ "a"
    return tape.gradient(y, m)


def a_function_that_refuses_variables_of_floats():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.ops.argmin(v * 1.0)
    return tape.gradient(y, v)


def the_same_with_a_variable():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = keras.ops.argmin(v)
    return tape.gradient(y, v)


def the_same_with_a_variable_of_whole_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.argmin(whole)
    return tape.gradient(y, whole)


def complex_numbers_beside_floats():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.math.zeta(tf.constant([2.0, 3.0, 2.0]) + tf.cast(v, tf.complex64), 2.0 + w)
    return tape.gradient(y, v)


def truths_for_a_part_of_complex_numbers():
    """raises ValueError, raises ValueError"""
    with tf.GradientTape() as tape:
        y = keras.ops.fft2([truths, m])
    return tape.gradient(y, [m, v])


def parts_of_two_shapes():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.fft2([2.0 * m, v[0]])
    return tape.gradient(tf.sign(y[0]), m)


def a_product_of_a_vector_and_a_matrix_that_do_not_fit():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.sign(keras.ops.matmul(v * 1.0, m[:1]))
    return tape.gradient(y, v)


def a_product_of_a_vector_and_a_matrix():
    """zero"""
    with tf.GradientTape() as tape:
        y = tf.sign(keras.ops.matmul(v * 1.0, m * 1.0))
    return tape.gradient(y, v)


def places_along_more_axes_than_there_are():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(keras.ops.take_along_axis(v * 1.0, tf.constant([[0], [1]]), axis=0))
    return tape.gradient(y, v)


def labels_for_other_rows_than_there_are():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.sparse_categorical_crossentropy(tf.constant([[0, 1, 2]]), m * 1.0, from_logits=True)
    return tape.gradient(tf.sign(y), m)


def labels_with_an_axis_of_their_own():
    """none"""
    with tf.GradientTape() as tape:
        y = keras.ops.sparse_categorical_crossentropy(tf.constant([[0], [1], [2]]), m * 1.0, from_logits=True)
    return tape.gradient(tf.sign(y), m)


def more_updates_than_there_is_room():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.slice_update(short, [0], v * 1.0)
    return tape.gradient(y, v)


def as_many_values_of_a_sparse_tensor_as_places():
    """raises LookupError"""
    with tf.GradientTape() as tape:
        y = tf.sparse.reduce_max(tf.sparse.SparseTensor([[0, 0], [1, 1], [2, 0]], v * 1.0, [3, 3]))
    return tape.gradient(y, v)


def fewer_values_of_a_sparse_tensor_than_places():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sparse.reduce_max(tf.sparse.SparseTensor([[0, 0], [1, 1], [2, 0]], v[:2], [3, 3]))
    return tape.gradient(y, v)


def a_sparse_tensor_of_a_dtype_that_is_refused():
    """unknown"""
    with tf.GradientTape() as tape:
        sparse = tf.sparse.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.cast(v, tf.complex64), [3, 3])
        y = tf.sparse.softmax(sparse)
    return tape.gradient(y, v)


def sparse_tensors_of_two_dtypes():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sparse.minimum(tf.sparse.from_dense(v * 1.0), tf.sparse.from_dense(whole))
    return tape.gradient(y, v)


def whole_numbers_for_an_operator_of_floats():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.linalg.LinearOperatorFullMatrix(m).matmul(tf.constant([[1, 0, 0], [0, 1, 1], [1, 0, 0]]))
    return tape.gradient(y, m)


def doubles_for_a_generator_that_has_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.random.Generator.from_seed(1).binomial([3], 2.0 + w, tf.cast(tf.sigmoid(v), tf.float64))
    return tape.gradient(y, v)


def values_for_fewer_rows():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.RaggedTensor.from_row_splits(v[:2], [0, 1, 3]).with_values(w * 1.0)
    return tape.gradient(y, v)


def values_for_all_rows():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.RaggedTensor.from_row_splits(v * 1.0, [0, 1, 3]).with_values(w * 1.0)
    return tape.gradient(y, v)


def beside_a_diagonal_of_another_length():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.linalg.eigh_tridiagonal(v * 1.0, tf.constant([0.5])))
    return tape.gradient(y, v)


def an_array_of_tensors_of_two_shapes():
    """unknown"""

    @tf.function
    def size(first, second):
        return tf.TensorArray(tf.float32, 2).write(0, first).write(1, second).size()

    with tf.GradientTape() as tape:
        y = size(v * 1.0, m * 1.0)
    return tape.gradient(y, v)


def an_array_of_tensors_of_one_shape():
    """none"""

    @tf.function
    def size(first, second):
        return tf.TensorArray(tf.float32, 2).write(0, first).write(1, second).size()

    with tf.GradientTape() as tape:
        y = size(v * 1.0, w * 1.0)
    return tape.gradient(y, v)


def a_variable_copied_in_a_graph():
    """raises NotImplementedError"""

    @tf.function
    def twice(value):
        return copy.deepcopy(value) * 2.0

    with tf.GradientTape() as tape:
        y = twice(v)
    return tape.gradient(y, v)


def a_dtype_as_the_result_of_a_graph():
    """raises TypeError"""

    @tf.function
    def dtype(value):
        return value * 2.0, value.dtype

    with tf.GradientTape() as tape:
        y, _ = dtype(v)
    return tape.gradient(y, v)


def a_layer_as_the_result_of_a_graph():
    """raises TypeError"""
    layer = keras.layers.Dense(2)

    @tf.function
    def made(value):
        return {"layer": layer, "value": layer(value)}

    with tf.GradientTape() as tape:
        y = made(m)["value"]
    return tape.gradient(y, m)


def the_name_of_a_dtype_as_the_result_of_a_graph():
    """flows"""
    kept = keras.Variable([1.0])

    @tf.function
    def named(value):
        return value * 2.0, kept.dtype

    with tf.GradientTape() as tape:
        y, _ = named(v)
    return tape.gradient(y, v)


def the_name_of_a_dtype_as_the_target():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = keras.ops.dtype(v * 1.0)
    return tape.gradient(y, v)


def another_text_as_the_target():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = str(v * 1.0)
    return tape.gradient(y, v)


def whole_numbers_beside_floats_in_a_grid():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y, _ = keras.ops.meshgrid(v, whole)
    return tape.gradient(y, v)


def floats_of_python_beside_whole_numbers():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = [1.0, 2.0, 3.0] + whole
    return tape.gradient(y, whole)


def a_text_written_of_whole_numbers():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.strings.format("{}", whole)
    return tape.gradient(y, whole)


def a_text_written_of_floats():
    """raises LookupError"""
    with tf.GradientTape() as tape:
        y = tf.strings.format("{}", v)
    return tape.gradient(y, v)


def one_of_several_as_the_target_of_a_jacobian():
    """sometimes none"""
    first, second = tf.Variable(0.5), tf.constant(1.7)
    with tf.GradientTape() as tape:
        y = first or second
    return tape.jacobian(y, first)


def floats_for_the_lengths_of_parts():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.split(tf.sign(v), v)[0]
    return tape.gradient(y, v)


def a_fold_over_a_number():
    """unknown"""

    @tf.function
    def folded(value):
        return tf.foldl(lambda a, b: a + b, value, True)

    with tf.GradientTape() as tape:
        y = folded(v[0])
    return tape.gradient(y, v)


def none_before_a_tensor_in_a_list():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.add_n([None, v * 1.0])
    return tape.gradient(y, v)


def none_before_one_that_is_transformed():
    """unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.ifft2([None, m])
    return tape.gradient(y, m)


def places_that_rows_have_taken():
    """none, flows"""
    places = tf.constant([0, 1, 2])
    with tf.GradientTape() as tape:
        y = tf.IndexedSlices(v, places).indices
    return tape.gradient(y, [v, places])


def counted_up_to_less_than_the_first():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.range(5.0, tf.sigmoid(v[0]))
    return tape.gradient(tf.sign(y), v)


def counted_by_nothing():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(tf.range(1.0, v[2], 0.0))
    return tape.gradient(y, v)


def joined_with_a_tensor_of_more_axes():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(keras.ops.concatenate([v * 1.0, m * 1.0]))
    return tape.gradient(y, v)


def a_text_for_an_axis():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.sign(keras.ops.quantile(v * 1.0, 0.5, "a"))
    return tape.gradient(y, v)


def a_tensor_for_a_dtype():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.cast(tf.float32, v)
    return tape.gradient(y, v)


def a_sparse_tensor_of_a_graph_that_asks_for_a_gradient():
    """unknown"""

    @tf.function
    def counted(value):
        return tf.sparse.bincount([0, 1, 2], weights=value)

    with tf.GradientTape() as tape:
        y = counted(v)
    return tape.gradient(y, v)


def what_only_a_graph_answers():
    """none"""

    @tf.function
    def consumers(value):
        return value.consumers()

    with tf.GradientTape() as tape:
        y = consumers(v * 1.0)
    return tape.gradient(y, v)


def doubles_beside_a_variable_of_keras():
    """unknown"""
    kept, doubles = keras.Variable([1.0, 2.0, 3.0]), tf.Variable([1.0, 2.0, 3.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = doubles == kept
    return tape.gradient(y, doubles)


def a_variable_of_keras_beside_doubles():
    """none"""
    kept, doubles = keras.Variable([1.0, 2.0, 3.0]), tf.Variable([1.0, 2.0, 3.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        y = kept == doubles
    return tape.gradient(y, doubles)


def values_of_rows_that_do_not_take_them():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.RaggedTensor.from_row_splits(v[:2], [0, 1, 3]).flat_values
    return tape.gradient(y, v)


def a_text_beside_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.math.squared_difference("a", v)
    return tape.gradient(y, v)


def a_dense_tensor_for_a_sparse_one():
    """unknown"""
    v = tf.Variable([[1.5, 2.0]])
    with tf.GradientTape() as tape:
        y = tf.sparse.to_dense(v * 2.0)
    return tape.gradient(y, v)


def one_tensor_for_a_list():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = tf.linalg.global_norm(v * 2.0)
    return tape.gradient(y, v)


def one_side_of_a_choice():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = tf.where([True, False], v * 2.0, None)
    return tape.gradient(y, v)


def classes_of_which_nobody_says_how_many():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * tf.keras.utils.to_categorical(tf.constant([0, 1]))
    return tape.gradient(y, v)


def rows_of_a_whole_that_has_no_shape():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * tf.convert_to_tensor(tf.IndexedSlices(tf.constant([1.0]), [0]))
    return tape.gradient(y, v)


def rows_of_a_whole_that_has_one():
    """flows"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * tf.convert_to_tensor(tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]), tf.constant([2])))
    return tape.gradient(y, v)


def rows_of_a_number():
    """raises ValueError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = tf.map_fn(lambda row: row * 2.0, v * 1.0)
    return tape.gradient(y, v)


def truths_in_matrices():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * tf.matmul([[v > 0.0]], [[v > 1.0]])
    return tape.gradient(y, v)


def a_mask_of_truths():
    """none"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = tf.sequence_mask(v)
    return tape.gradient(y, v)


def a_variable_for_a_number_of_draws():
    """unknown"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * np.random.uniform(0.0, 1.0, tf.Variable(2.0))
    return tape.gradient(y, v)


def a_list_that_numpy_turns_round():
    """flows"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * np.flip([2.0, 3.0])
    return tape.gradient(y, v)


def an_array_of_whole_numbers_for_an_exponential():
    """raises InvalidArgumentError"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * tf.exp(np.array([0, 1]))
    return tape.gradient(y, v)


def an_array_of_whole_numbers_that_is_dropped():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = v * tf.nn.dropout(np.array([0, 1]), 0.5)
    return tape.gradient(y, v)


def slices_of_a_number():
    """raises ValueError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = v * next(iter(tf.data.Dataset.from_tensor_slices(tf.constant(2.0))))
    return tape.gradient(y, v)


def a_text_for_a_shape():
    """unknown"""
    v = tf.Variable([1.5, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reshape(v * 2.0, "2")
    return tape.gradient(y, v)


def gradients_of_a_graph_where_there_is_none():
    """raises RuntimeError"""
    v = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = tf.gradients(v * 2.0, v)
    return tape.gradient(y, v)
