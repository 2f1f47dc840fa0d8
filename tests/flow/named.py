"""Variables and layers picked by their names and classes, and what holds them; the docstring is the verdict a source."""

import argparse
import tempfile

import keras
import tensorflow as tf

keras.utils.set_random_seed(1)
x = tf.constant([[0.3, -0.5, 0.7], [0.2, 0.9, -0.4]])
v = tf.Variable([1.0, 2.0], name="bias")
w = tf.Variable(2.0)


def _model():
    layers = [keras.layers.Dense(2), keras.layers.BatchNormalization(), keras.layers.Dense(1, name="head")]
    return keras.Sequential([keras.Input((3,)), *layers])


def variables_by_a_part_of_their_names():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * w
    return tape.gradient(y, [each for each in (v, w) if "bias" in each.name])


def variables_by_their_whole_names():
    """flows, flows"""
    named = {each.name: each for each in (v, w)}
    with tf.GradientTape() as tape:
        y = named["bias:0"] * named["Variable:0"]
    return tape.gradient(y, [v, w])


def a_variable_of_keras_by_its_name():
    """flows"""
    kept = keras.Variable(1.0, name="gamma")
    with tf.GradientTape() as tape:
        y = kept * v
    return tape.gradient(y, [each for each in (v, kept) if each.name == "gamma"])


def names_in_a_scope():
    """unknown"""
    with tf.name_scope("outer"):
        inside = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = inside * v
    return tape.gradient(y, [each for each in (v, inside) if "outer" in each.name])


def layers_by_the_names_that_keras_gives():
    """flows, flows"""
    model = _model()
    for layer in model.layers:
        layer.trainable = "batch_normalization" not in layer.name and layer.name != "head"
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def layers_by_their_class():
    """flows, flows, flows, flows"""
    model = _model()
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def what_a_checkpoint_holds():
    """flows, flows, flows, flows, flows, flows"""
    kept = tf.train.Checkpoint(model=_model())
    with tf.GradientTape() as tape:
        y = kept.model(x) ** 2
    return tape.gradient(y, kept.model.trainable_variables)


def what_a_namespace_holds():
    """flows"""
    kept = argparse.Namespace(factor=w)
    with tf.GradientTape() as tape:
        y = kept.factor * 2.0
    return tape.gradient(y, w)


def numbers_that_were_restored():
    """flows"""
    factor = tf.Variable(5.0)
    kept = tf.train.Checkpoint(factor=factor)
    path = kept.save(tempfile.mkdtemp() + "/kept")
    factor.assign(0.0)
    kept.restore(path)
    with tf.GradientTape() as tape:
        y = w * factor
    return tape.gradient(y, w)


def a_moving_average_beside_its_variable():
    """flows, none"""
    averages = tf.train.ExponentialMovingAverage(0.9)
    averages.apply([w])
    with tf.GradientTape() as tape:
        y = w * averages.average(w)
    return tape.gradient(y, [w, averages.average(w)])


def a_number_written_in_a_graph():
    """raises TypeError"""

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v)
            print(f"loss {y:.3f}")
        return tape.gradient(y, v)

    return step()


def numbers_written_in_eager_code():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v)
        print(f"loss {y:.3f} {v}", "{:.2f}".format(y), "%.2f" % y)  # noqa: UP030, UP031, UP032
    return tape.gradient(y, v)


def a_missing_gradient_written():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    print(f"{tape.gradient(y, w):.3f}")
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)
