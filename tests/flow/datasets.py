"""Elements of data sets, archives and structures of unknown content; the docstring is the verdict of each source."""

import io
import json

import numpy as np
import tensorflow as tf

w = tf.Variable([2.0, 1.0])
_SIGNATURE = {"x": tf.TensorSpec([2], tf.float32), "y": tf.TensorSpec([], tf.float32)}
_FEATURES = {"x": tf.io.FixedLenFeature([2], tf.float32)}
_NUMBERS = tf.train.Feature(float_list=tf.train.FloatList(value=[1.0, 2.0]))
_WRITTEN = tf.train.Example(features=tf.train.Features(feature={"x": _NUMBERS})).SerializeToString()


def _examples():
    yield {"x": np.array([1.0, 2.0], "float32"), "y": np.float32(3.0)}


def _parsed(text):
    return tf.io.parse_single_example(text, _FEATURES)


def dicts_of_a_generator():
    """flows"""
    batch = next(iter(tf.data.Dataset.from_generator(_examples, output_signature=_SIGNATURE)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(batch["x"] * w) - batch["y"]
    return tape.gradient(loss, w)


def an_input_that_nobody_watched():
    """none"""
    batch = next(iter(tf.data.Dataset.from_generator(_examples, output_signature=_SIGNATURE)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(batch["x"] * w) - batch["y"]
    return tape.gradient(loss, batch["x"])


def parsed_examples():
    """flows"""
    batch = next(iter(tf.data.Dataset.from_tensors(_WRITTEN).map(_parsed).batch(1)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(batch["x"] * w)
    return tape.gradient(loss, w)


def a_key_that_is_asked_for_first():
    """flows"""
    batch = next(iter(tf.data.Dataset.from_tensors(_WRITTEN).map(_parsed)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(batch["x"] * w) if "x" in batch else tf.reduce_sum(w)
    return tape.gradient(loss, w)


def pairs_of_a_generator():
    """flows, none, flows"""
    pairs = tf.data.Dataset.from_generator(lambda: iter([([1.0, 2.0], 3.0)]), output_types=(tf.float32, tf.float32))
    x, y = next(iter(pairs))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(x * w) - y
    return tape.gradient(loss, [x, y, w])


def an_archive_of_arrays():
    """flows"""
    held = io.BytesIO()
    np.savez(held, x=np.array([1.0, 2.0], "float32"))
    held.seek(0)
    with np.load(held) as archive:
        x = archive["x"]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(x * w)
    return tape.gradient(loss, w)


def a_structure_that_is_mapped():
    """flows"""
    made = eval("lambda t: t")(tf.constant([1.0, 2.0]))
    if isinstance(made, tf.Tensor):
        made = {"logits": made}
    made = tf.nest.map_structure(lambda t: tf.cast(t, tf.float32), made)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(made["logits"] * w) if "mask" not in made else tf.reduce_sum(w)
    return tape.gradient(loss, w)


def a_number_of_a_file():
    """flows"""
    read = json.loads('{"beta": 2.0}')
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * read["beta"] + read.get("rest", 0.0))
    return tape.gradient(loss, w)
