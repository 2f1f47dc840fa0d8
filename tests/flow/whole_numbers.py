"""Variables and tensors of whole numbers, of truths and of texts: the docstring is the verdict of each source."""

import keras
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

whole = tf.Variable([1, 2, 3])
texts = tf.Variable(["x", "y"])
rows = tf.Variable([[2.0, 0.3], [0.3, 1.5]])
v = tf.Variable([1.0, 2.0])


def what_is_read_of_a_variable():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.round(whole.value())
    return tape.gradient(y, whole)


def a_copy_of_what_is_read():
    """none"""
    with tf.GradientTape() as tape:
        y = whole.read_value()
    return tape.gradient(y, whole)


def rows_of_a_variable_of_whole_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.gather(whole, [0])
    return tape.gradient(y, whole)


def computed_from_what_is_read():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.cast(whole.value(), tf.float32) * 2.0
    return tape.gradient(y, whole)


def read_before_the_tape():
    """none"""
    read = whole.value()
    with tf.GradientTape() as tape:
        y = tf.convert_to_tensor(read)
    return tape.gradient(y, whole)


def conversions_of_a_variable_of_whole_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        y = [tnp.asarray(whole), tf.RaggedTensor.from_row_splits(whole, [0, 3])]
    return tape.gradient(y, whole)


def a_variable_of_texts():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.identity(texts)
    return tape.gradient(y, texts)


def texts_beside_a_text():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * tf.cast(texts == "x", tf.float32)
        print(texts + "z")
    return tape.gradient(y, v)


def texts_of_a_data_set():
    """flows"""
    with tf.GradientTape() as tape:
        y = 0.0
        for text in tf.data.Dataset.from_tensor_slices(["x", "y"]):
            y += v * tf.cast(text == "x", tf.float32)
    return tape.gradient(y, v)


def an_order_along_an_axis_that_is_not_the_last():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.argsort(rows, axis=0)
    return tape.gradient(y, rows)


def an_order_along_the_last_axis():
    """zero"""
    with tf.GradientTape() as tape:
        y = keras.ops.argsort(rows, axis=1)
    return tape.gradient(y, rows)
