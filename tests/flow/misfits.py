"""Tensors whose shapes do not fit: TensorFlow refuses them; the docstring is the verdict."""

import operator

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([1.0, 2.0])
m = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def sums_of_vectors_of_two_lengths():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v + w
    return tape.gradient(y, [v, w])


def a_vector_and_a_single_number_in_one_stack():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.stack([tf.sign(v), tf.norm(w)])
    return tape.gradient(y, v)


def matrices_whose_inner_lengths_differ():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = m @ m
    return tape.gradient(y, m)


def matrices_one_of_which_is_turned():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.matmul(m, m, transpose_b=True)
    return tape.gradient(y, m)


def a_vector_where_a_matrix_is_needed():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.matmul(m, w)
    return tape.gradient(y, w)


def columns_of_two_heights_side_by_side():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.concat([m, m[:2]], 1)
    return tape.gradient(y, m)


def rows_below_each_other():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.concat([m, m[:2]], 0)
    return tape.gradient(y, m)


def another_number_of_elements():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.reshape(v, [2, 2])
    return tape.gradient(y, v)


def a_matrix_and_its_rows():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = m * w + tf.reshape(v, [-1, 1])
    return tape.gradient(y, [v, w])


def a_complex_number_beside_a_tensor_of_floats():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * 2j
    return tape.gradient(y, v)


def a_complex_number_added_to_a_tensor_of_floats():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v + 1j
    return tape.gradient(y, v)


def rows_that_are_summed_away():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.nn.moments(m, [1])[0]
    return tape.batch_jacobian(y, m)


def all_axes_but_the_first_are_summed_away():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(m[:, :, None], axis=(1, -1))
    return tape.batch_jacobian(y, m)


def an_axis_in_the_place_of_the_tensors():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.concat(0, [v, v])
    return tape.gradient(y, v)


def an_axis_in_the_place_of_a_tensor_to_split():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.split(0, 3, v)[0]
    return tape.gradient(y, v)


def a_number_beside_what_has_axes():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.stack([tf.round(v), 1.0])
    return tape.gradient(y, v)


def a_number_beside_numbers():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.stack([tf.round(v[0]), 1.0])
    return tape.gradient(y, v)


def a_function_that_makes_few_arguments_as_long_as_others():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.math.betainc(0.5, v, 0.5)
    return tape.gradient(y, v)


def the_greatest_of_a_single_number():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.argmax(v[0])
    return tape.gradient(y, v)


def the_greatest_of_a_vector():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.argmax(v)
    return tape.gradient(y, v)


def an_inner_gradient_of_what_has_too_few_axes():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.nn.max_pool2d(v, 2, 2, "SAME")
        g = tape.gradient(y, v)
    return outer.gradient(g, v)


def truths_of_vectors_of_two_lengths():
    """raises InvalidArgumentError, raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.equal(v, w)
    return tape.gradient(y, [v, w])


def an_operation_of_keras_that_takes_no_variable_of_tensorflow():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = keras.ops.argmax(v)
    return tape.gradient(y, v)


def elements_of_two_shapes_in_one_array():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.TensorArray(tf.float32, 2).write(0, v).write(1, tf.round(w)).stack()
    return tape.gradient(y, v)


def an_element_of_another_dtype():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.TensorArray(tf.float32, 1).write(0, tf.cast(v, tf.float64)).stack()
    return tape.gradient(y, v)


def truths_of_two_lengths_together():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = (v > 0.0) ^ (w > 0.0)
    return tape.gradient(y, [v, w])


def none_of_what_may_have_raised():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = v > w
        g = tape.gradient(y, v)
    return outer.gradient(g, v)


def whole_numbers_where_an_exponent_of_floats_is_asked_for():
    """unknown"""
    x = tf.Variable([2.0, 3.0, 1.0])
    exponent = tf.constant(1)
    with tf.GradientTape() as tape:
        y = tf.image.adjust_gamma(tf.stop_gradient(x), exponent)
    return tape.gradient(y, x)


def an_axis_that_is_a_float():
    """unknown"""
    x = tf.Variable([0.5, 1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.stop_gradient(x), axis=0.5)
    return tape.gradient(y, x)


def a_part_is_set_of_a_variable_that_has_none():
    """unknown"""
    v = tf.Variable(1.0)
    x = tf.Variable([0.5])
    with tf.GradientTape() as tape:
        y = v.scatter_nd_update([[0]], x)
    return tape.gradient(y, x)


def a_part_is_set_of_a_variable_that_has_some():
    """none"""
    v = tf.Variable([1.0, 2.0])
    x = tf.Variable([0.5])
    with tf.GradientTape() as tape:
        y = v.scatter_nd_update([[0]], x)
    return tape.gradient(y, x)


def a_loss_without_predictions():
    """unknown"""
    x = tf.Variable([[0.5, 0.5]])
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(tf.stop_gradient(x))
    return tape.gradient(y, x)


def an_operator_as_a_function_of_three():
    """raises TypeError"""
    x = tf.Variable([0.5, 0.5])
    with tf.GradientTape() as tape:
        y = operator.le(x, x, None)
    return tape.gradient(y, x)


def a_text_that_is_made_of_numbers():
    """raises LookupError"""
    x = tf.Variable([0.5])
    with tf.GradientTape() as tape:
        y = tf.strings.format("{}", x)
    return tape.gradient(y, x)


def a_text_after_a_number():
    """raises AttributeError"""
    scale = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = scale * "2"
    return tape.gradient(y, scale)


def a_text_after_several_numbers():
    """raises TypeError"""
    scale = tf.Variable([2.0, 3.0])
    with tf.GradientTape() as tape:
        y = scale * "2"
    return tape.gradient(y, scale)


def an_axis_that_is_too_long_to_be_taken_away():
    """raises InvalidArgumentError"""
    scale = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.round(scale) * tf.squeeze(tf.constant([2.0, 3.0]), 0)
    return tape.gradient(y, scale)


def a_name_as_a_factor():
    """raises AttributeError"""
    scale = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = scale * scale.name
    return tape.gradient(y, scale)


def parts_of_lengths_of_their_own():
    """flows"""
    row = tf.Variable(tf.ones((1, 8)))
    with tf.GradientTape() as tape:
        first, last = tf.split(row, [6, 2], axis=1)
        y = first @ tf.ones((6, 3)) + tf.reshape(last, (2, 1))[0] * tf.reshape(tf.split(row, [-1, 3], axis=1)[0], (5,))[:3]
    return tape.gradient(y, row)


def parts_that_are_taken_for_halves():
    """raises InvalidArgumentError"""
    row = tf.Variable(tf.ones((1, 8)))
    with tf.GradientTape() as tape:
        y = tf.split(row, [6, 2], axis=1)[0] @ tf.ones((4, 3))
    return tape.gradient(y, row)


def an_array_that_is_given_another_shape():
    """flows"""
    a = np.ones((2, 3), np.float32)
    a.shape = (3, 2)
    with tf.GradientTape() as tape:
        y = a * m
    return tape.gradient(y, m)


def an_array_that_is_given_another_size():
    """flows"""
    a = np.ones((1, 2), np.float32)
    b = a
    b.resize((3, 2), refcheck=False)
    with tf.GradientTape() as tape:
        y = a + m
    return tape.gradient(y, m)


def a_handler_of_another_class_does_not_catch_it():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        try:
            y = v * w
        except (ValueError, tf.errors.NotFoundError):
            y = v * 2.0
    return tape.gradient(y, v)


def the_handler_of_all_of_tensorflows_does():
    """flows"""
    with tf.GradientTape() as tape:
        try:
            y = v * w
        except tf.errors.OpError:
            y = v * 2.0
    return tape.gradient(y, v)


def rows_that_were_put_below_each_other_until_they_fit():
    """flows"""
    with tf.GradientTape() as tape:
        rows = tf.zeros([1, 2])
        while rows.shape[0] < 3:
            rows = tf.concat([rows, tf.ones([1, 2])], 0)
        y = rows * m
    return tape.gradient(y, m)


def many_axes_between_two_numbers():
    """flows"""
    x = tf.Variable(tf.ones((2, 3, 3, 2, 4)))
    with tf.GradientTape() as tape:
        y = tf.clip_by_value(x * 0.5, -4.0, 4.0)
    return tape.gradient(y, x)
