"""What is read from files and texts: images and sounds of their own dtypes, columns of lines, features of examples."""

import keras
import tensorflow as tf

_JPEG = tf.io.encode_jpeg(tf.zeros([8, 8, 3], tf.uint8))
_PNG = tf.io.encode_png(tf.zeros([8, 8, 3], tf.uint8))
_WAV = tf.audio.encode_wav(tf.ones([8, 1]) * 0.5, 8000)
_EXAMPLE = tf.train.Example(
    features=tf.train.Features(
        feature={
            "x": tf.train.Feature(float_list=tf.train.FloatList(value=[1.0, 2.0])),
            "y": tf.train.Feature(int64_list=tf.train.Int64List(value=[1])),
        }
    )
).SerializeToString()
_FEATURES = {"x": tf.io.FixedLenFeature([2], tf.float32), "y": tf.io.FixedLenFeature([], tf.int64)}


def pixels_are_whole_numbers():
    """none"""
    image = tf.io.decode_jpeg(_JPEG, channels=3)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(tf.cast(image, tf.float32) * 2.0)
    return tape.gradient(loss, image)


def pixels_of_the_image_module():
    """none"""
    image = tf.image.decode_png(_PNG)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(tf.cast(image, tf.float32) * 2.0)
    return tape.gradient(loss, image)


def pixels_as_floats():
    """flows"""
    image = tf.io.decode_image(_PNG, dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(image * 2.0)
    return tape.gradient(loss, image)


def pixels_that_are_resized():
    """flows"""
    image = tf.image.resize(tf.io.decode_jpeg(_JPEG), (4, 4))
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(image * 2.0)
    return tape.gradient(loss, image)


def pixels_that_are_picked():
    """none"""
    image = tf.image.resize(tf.io.decode_jpeg(_JPEG), (4, 4), method="nearest")
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(tf.cast(image, tf.float32) * 2.0)
    return tape.gradient(loss, image)


def sound():
    """flows, flows"""
    audio, _ = tf.audio.decode_wav(_WAV, desired_channels=1)
    w = tf.Variable(tf.ones([8]))
    with tf.GradientTape() as tape:
        tape.watch(audio)
        loss = tf.reduce_sum(w * tf.squeeze(audio, -1))
    return tape.gradient(loss, [w, audio])


def sample_rate():
    """none"""
    wav = tf.audio.decode_wav(_WAV)
    with tf.GradientTape() as tape:
        tape.watch(wav.sample_rate)
        loss = tf.reduce_sum(wav.audio) * tf.cast(wav.sample_rate, tf.float32)
    return tape.gradient(loss, wav.sample_rate)


def columns_of_a_line():
    """flows, none, none"""
    data = tf.io.decode_csv("1.0,2,3.0", [[0.0], [0], 0.0])
    with tf.GradientTape() as tape:
        tape.watch(data)
        loss = data[0] * tf.cast(data[1], tf.float32)
    return tape.gradient(loss, data)


def _row(line):
    *features, label = tf.io.decode_csv(line, [[0.0]] * 3 + [[0]])
    return tf.stack(features), label


def lines():
    """flows, flows"""
    model = keras.Sequential([keras.layers.Dense(2)])
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    data = tf.data.Dataset.from_tensor_slices(["1.0,2.0,3.0,0", "2.0,1.0,1.0,1"]).map(_row).batch(2)
    x, y = next(iter(data))
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x))
    return tape.gradient(loss, model.trainable_variables)


def floats_of_an_example():
    """flows"""
    x = tf.io.parse_single_example(_EXAMPLE, _FEATURES)["x"]
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(x * 2.0)
    return tape.gradient(loss, x)


def whole_numbers_of_an_example():
    """none"""
    y = tf.io.parse_single_example(_EXAMPLE, _FEATURES)["y"]
    with tf.GradientTape() as tape:
        tape.watch(y)
        loss = tf.cast(y, tf.float32) * 2.0
    return tape.gradient(loss, y)


def tensor_that_was_written():
    """none"""
    w = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        x = tf.io.parse_tensor(tf.io.serialize_tensor(w * 2.0), out_type=tf.float32)
        loss = tf.reduce_sum(x)
    return tape.gradient(loss, w)


def doubles_that_were_written():
    """raises InvalidArgumentError"""
    x = tf.io.parse_tensor(tf.io.serialize_tensor(tf.ones([3], tf.float64)), out_type=tf.float64)
    w = tf.Variable(tf.ones([3]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(x * w)
    return tape.gradient(loss, w)
