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


def whole_numbers_where_floats_are_needed():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.exp(tf.cast(v, tf.int32))
    return tape.gradient(y, v)


def whole_numbers_beside_a_float_of_pythons():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.maximum(tf.cast(v, tf.int32), 0.5)
    return tape.gradient(y, v)


def whole_numbers_that_are_taken():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.reduce_mean(tf.nn.relu(tf.cast(v, tf.int32)))
    return tape.gradient(y, v)


def a_mean_of_truths():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_mean(tf.equal(v, 1.0))
    return tape.gradient(y, v)


def bits_of_floats():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v & v
    return tape.gradient(y, v)


def complex_numbers_have_no_order():
    """raises InvalidArgumentError"""
    c = tf.Variable([1.0 + 2.0j, 0.5j])
    with tf.GradientTape() as tape:
        y = tf.argmax(c)
    return tape.gradient(y, c)


def floats_that_are_too_short():
    """raises NotFoundError"""
    short = tf.Variable([0.5, 0.3], dtype=tf.float16)
    with tf.GradientTape() as tape:
        y = tf.math.erfinv(short)
    return tape.gradient(y, short)


def doubles_as_numpy_makes_them():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tnp.linspace(0.0, 1.0, 2) * v
    return tape.gradient(y, v)


def an_image_that_is_resized():
    """flows, none"""
    pixels = tf.zeros([1, 4, 4, 3], tf.uint8)
    smooth, plain = tf.image.resize(pixels, [2, 2]), tf.image.resize(pixels, [2, 2], "nearest")
    with tf.GradientTape() as tape:
        tape.watch([smooth, plain])
        y = tf.reduce_sum(smooth) + tf.reduce_sum(tf.cast(plain, tf.float32))
    return tape.gradient(y, [smooth, plain])


def an_image_cut_where_a_list_says():
    """unknown"""
    cut = tf.image.crop_and_resize(tf.zeros([1, 4, 4, 3], tf.uint8), [[0.0, 0.0, 1.0, 1.0]], [0], [2, 2])
    with tf.GradientTape() as tape:
        tape.watch(cut)
        y = tf.reduce_sum(cut)
    return tape.gradient(y, cut)


def the_parts_of_complex_numbers():
    """flows, none"""
    spectrum = tf.signal.rfft(tf.constant([1.0, 2.0, 4.0, 3.0]))
    real, imaginary = tf.Variable(tf.math.real(spectrum)), tf.Variable(tf.math.imag(spectrum))
    with tf.GradientTape() as tape:
        y = tf.signal.irfft(tf.complex(real, tf.stop_gradient(imaginary)))
    return tape.gradient(y, [real, imaginary])


def floats_in_the_place_of_whole_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.tensor_scatter_nd_update(whole, [[0]], [1.0])
    return tape.gradient(y, whole)


def rows_of_texts():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.gather(texts, [0])
    return tape.gradient(y, texts)


def truths_whose_absolute_value_they_are():
    """unknown"""
    truths = tf.constant([True, False])
    with tf.GradientTape() as tape:
        tape.watch(truths)
        y = keras.ops.abs(truths)
    return tape.gradient(y, truths)


def whole_numbers_that_are_round():
    """flows"""
    numbers = tf.constant([1, 2])
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        y = tf.round(numbers)
    return tape.gradient(y, numbers)


def what_is_made_of_texts():
    """flows"""
    with tf.GradientTape() as tape:
        same = tf.concat([tf.identity(texts), texts], 0)[:2] == "x"
        y = v * tf.cast(same, tf.float32)
    return tape.gradient(y, v)


def texts_in_a_layer():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * tf.cast(keras.layers.Flatten()(tf.constant([["x"]])) == "x", tf.float32)
    return tape.gradient(y, v)


def whether_a_complex_number_is_nought():
    """sometimes none, sometimes none"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * 1.0 if tf.cast(tf.constant(0j), tf.float32) else tf.reduce_sum(v)
    return tape.gradient(y, [v, w])


def layers_that_give_floats():
    """flows"""
    image = tf.ones([1, 2, 1], tf.uint8)
    with tf.GradientTape() as tape:
        y = v * keras.layers.Rescaling(1 / 255)(image)[0, 0] * keras.layers.GlobalAveragePooling1D()(image)[0]
    return tape.gradient(y, v)


def a_layer_that_keeps_whole_numbers():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v * keras.layers.Flatten()(tf.constant([[1]]))
    return tape.gradient(y, v)


def rest_of_a_division():
    """flows"""
    x = tf.Variable(2.0)
    place, size = tf.range(4), tf.shape(x[None])[0]
    with tf.GradientTape() as tape:
        y = x * tf.cast(tf.math.floormod(place, size) + 1, tf.float32)
    return tape.gradient(y, x)


def divided_as_whole_numbers():
    """flows"""
    x = tf.Variable(2.0)
    place, sizes = tf.constant([7, 8], tf.int64), tf.constant([2, 5], tf.int64)
    with tf.GradientTape() as tape:
        y = x * tf.cast(tf.math.floordiv(place, sizes), tf.float32)
    return tape.gradient(y, x)


def rest_of_what_is_divided_in_a_graph():
    """flows"""
    x = tf.Variable(2.0)

    @tf.function
    def asked(step):
        with tf.GradientTape() as tape:
            y = x * tf.cast(tf.math.floormod(step, 3) + 1, tf.float32)
        return tape.gradient(y, x)

    return asked(tf.constant(7))


def a_dtype_that_is_not_heeded():
    """flows"""
    x = tf.Variable(1.5)
    with tf.GradientTape() as tape:
        y = tf.experimental.numpy.linspace(0.5, x, 3, dtype=tf.int32)
    return tape.gradient(y, x)


def labels_that_are_no_whole_numbers():
    """flows"""
    x = tf.Variable([[1.0, 2.0, 2.0], [1.0, 1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = tf.nn.collapse_repeated(x, [3, 3])[0]
    return tape.gradient(y, x)
