"""What other libraries' tensors have and TensorFlow's lack: the docstring is the verdict a source."""

import tensorflow as tf

v = tf.Variable(2.0)


def a_habit_of_another_library_before_the_product():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v.detach() * 2.0
    return tape.gradient(y, v)


def a_habit_of_another_library_instead_of_the_gradient():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        y.backward()
    return tape.gradient(y, v)


def a_method_of_an_array_that_a_variable_lacks():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v.reshape([1, 1]) * v
    return tape.gradient(y, v)


def what_the_program_gave_a_tensor():
    """flows"""
    x = tf.constant(2.0)
    x.tag = 3.0
    with tf.GradientTape() as tape:
        y = v * x.tag
    return tape.gradient(y, v)


def what_ragged_tensors_have():
    """unknown"""
    with tf.GradientTape() as tape:
        rows = tf.RaggedTensor.from_row_splits(tf.stack([v, v]), [0, 2])
        y = tf.reduce_sum(tf.square(rows).flat_values)
    return tape.gradient(y, v)
