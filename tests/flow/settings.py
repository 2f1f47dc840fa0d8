"""What stands where a function asks for a whole number, a shape, a dtype or one tensor; the docstring is the verdict of
each source."""

import keras
import tensorflow as tf

v = tf.Variable(2.0)
pair = tf.Variable([1.0, 2.0])


def a_length_that_is_a_float():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * tf.zeros([tf.constant([2.0, 3.0])])
    return tape.gradient(y, v)


def no_shape():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reshape(tf.round(pair), None)
    return tape.gradient(y, pair)


def a_shape_of_a_tensor():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reshape(pair, tf.shape(pair)[:1])
    return tape.gradient(y, pair)


def an_axis_of_a_shape_that_is_not_there():
    """raises IndexError"""
    with tf.GradientTape() as tape:
        y = v * float(v.shape[0])
    return tape.gradient(y, v)


def another_shape_than_there_is():
    """raises ValueError"""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        x.set_shape([3])
        y = v * x
    return tape.gradient(y, v)


def floats_that_are_to_be_whole():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * tf.constant(2.5, tf.int32)
    return tape.gradient(y, v)


def whole_numbers_that_are_to_be_floats():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * tf.reduce_sum(tf.constant([1, pair.shape[0]], tf.float32))
    return tape.gradient(y, v)


def whole_numbers_of_a_function_of_floats():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v * tf.math.log(2)
    return tape.gradient(y, v)


def a_dict_where_a_tensor_is_wanted():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum({"v": tf.round(v)})
    return tape.gradient(y, v)


def a_generator_where_a_list_is_wanted():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.stack(x * 2.0 for x in [v, v])
    return tape.gradient(y, v)


def a_generator_that_is_added_up():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.add_n(x * 2.0 for x in [v, v])
    return tape.gradient(y, v)


def a_list_of_other_shapes_that_stands_for_a_tensor():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.square([pair, 2.0])
    return tape.gradient(y, pair)


def a_list_of_variables_of_keras_that_stands_for_a_tensor():
    """unknown"""
    scale = keras.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.argmax([scale, scale])
    return tape.gradient(y, scale)


def a_sum_of_products_of_other_shapes():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.einsum("i,->i", pair, v)
    return tape.gradient(y, [pair, v])


def a_method_that_is_not_called():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * pair.read_value
    return tape.gradient(y, v)


def a_shape_as_a_factor():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * pair.shape
    return tape.gradient(y, v)


def no_bound():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.clip_by_value(tf.round(pair), None, 1.0)
    return tape.gradient(y, pair)


def no_dtype():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.cast(tf.round(pair), None)
    return tape.gradient(y, pair)


def a_list_with_nothing_in_it():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.reduce_max([tf.round(v), None])
    return tape.gradient(y, v)


def the_rows_of_a_number():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.round(tf.map_fn(lambda row: row, v * 2.0))
    return tape.gradient(y, v)


def numbers_of_a_variable_that_are_not_asked_for():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * pair.numpy
    return tape.gradient(y, v)


def floats_that_are_to_be_places():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.round(v) * tf.gather([1.0, 2.0, 3.0], tf.constant(1.0))
    return tape.gradient(y, v)


def a_loss_of_whole_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * keras.losses.Hinge()(tf.constant([0, 1]), tf.constant([0, 1]))
    return tape.gradient(y, v)


def truths_that_a_graph_makes_floats():
    """flows"""
    mask = tf.constant(True)

    @tf.function
    def step():
        return v * tf.constant(mask, dtype=tf.float32)

    with tf.GradientTape() as tape:
        y = step()
    return tape.gradient(y, v)
