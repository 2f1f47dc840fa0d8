"""What objects of Keras 2 had and those of Keras 3 have not; the docstring has the verdict a source."""

import keras
import tensorflow as tf

x = tf.ones((2, 3))


class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


def the_rate_of_an_optimizer():
    """raises AttributeError"""
    v, adam = tf.Variable(2.0), keras.optimizers.Adam(0.1)
    with tf.GradientTape() as tape:
        y = v * adam.lr
    return tape.gradient(y, v)


def the_rate_of_an_optimizer_or_another():
    """flows"""
    v, adam = tf.Variable(2.0), keras.optimizers.Adam(0.1)
    with tf.GradientTape() as tape:
        y = v * getattr(adam, "lr", 0.5)
    return tape.gradient(y, v)


def the_rate_of_an_optimizer_in_a_try():
    """none"""
    v, adam = tf.Variable(2.0), keras.optimizers.Adam(0.1)
    with tf.GradientTape() as tape:
        try:
            y = v * adam.lr
        except AttributeError:
            y = tf.constant(2.0)
    return tape.gradient(y, v)


def a_rate_that_the_program_gives():
    """flows"""
    v, adam = tf.Variable(2.0), keras.optimizers.Adam(0.1)
    adam.lr = 0.1
    with tf.GradientTape() as tape:
        y = v * adam.lr
    return tape.gradient(y, v)


def the_shape_of_a_layers_inputs():
    """raises AttributeError"""
    dense = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = dense(x) * dense.input_shape[1]
    return tape.gradient(y, dense.kernel)


def the_updates_of_a_model():
    """raises AttributeError, raises AttributeError"""
    model = Model()
    with tf.GradientTape() as tape:
        y = model(x)
        model.updates
    return tape.gradient(y, model.trainable_variables)


def an_update_that_is_added():
    """raises AttributeError, raises AttributeError"""
    model = Model()
    with tf.GradientTape() as tape:
        y = model(x)
        model.add_update([])
    return tape.gradient(y, model.trainable_variables)


def a_member_of_a_layer_that_is_not_known():
    """unknown"""
    dense = keras.layers.Dense(1)
    dense.build((None, 3))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(dense.gain)
    return tape.gradient(y, dense.kernel)


def the_state_of_a_metric():
    """raises AttributeError"""
    v, mean = tf.Variable(2.0), keras.metrics.Mean()
    with tf.GradientTape() as tape:
        mean.reset_states()
        y = v * 2.0
    return tape.gradient(y, v)


def what_a_layer_makes_of_a_text():
    """sometimes none"""
    v = tf.Variable(2.0)
    dense = keras.layers.Dense(1, activation="relu")
    with tf.GradientTape() as tape:
        y = v * 2.0 if dense.activation.__name__ == "relu" and dense.kernel_initializer.seed != 1 else tf.constant(1.0)
    return tape.gradient(y, v)


def the_shape_that_a_layer_gives():
    """raises AttributeError, raises AttributeError"""
    layer = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(x)) * layer.output_shape[1]
    return tape.gradient(y, layer.trainable_variables)


def the_shape_that_a_model_gives():
    """flows, flows"""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(x)) * model.output_shape[1]
    return tape.gradient(y, model.trainable_variables)


def a_loss_that_tf_keras_has_by_a_short_name_only():
    """unknown"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.keras.losses.mean_squared_error(tf.ones(2), v)
    return tape.gradient(y, v)


def a_loss_that_keras_has_by_a_long_name_only():
    """flows"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = keras.losses.mean_squared_error(tf.ones(2), v) + tf.keras.losses.mse(tf.ones(2), v)
    return tape.gradient(y, v)


def a_rate_set_by_the_old_backend():
    """raises AttributeError"""
    v, adam = tf.Variable(2.0), keras.optimizers.Adam(0.1)
    tf.keras.backend.set_value(adam.learning_rate, 0.01)
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def a_variable_set_by_the_old_backend():
    """flows"""
    v, kept = tf.Variable(2.0), tf.Variable(0.0)
    tf.keras.backend.set_value(kept, 3.0)
    with tf.GradientTape() as tape:
        y = v * kept
    return tape.gradient(y, v)


def a_layer_that_makes_its_own_late():
    """raises ValueError, raises ValueError"""

    class Late(keras.layers.Layer):
        def call(self, inputs):
            if not hasattr(self, "inner"):
                self.inner = keras.layers.Dense(1)
            return self.inner(inputs)

    layer = Late()
    with tf.GradientTape() as tape:
        y = layer(tf.ones([1, 2]))
    return tape.gradient(y, layer.trainable_variables)


def what_a_model_was_never_given():
    """flows"""

    class Same(keras.Model):
        def call(self, inputs):
            return tf.round(inputs) if hasattr(self, "hard") else inputs

    model = Same()
    row = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = model(row)
    return tape.gradient(y, row)


def what_a_model_was_given():
    """none"""

    class Same(keras.Model):
        def call(self, inputs):
            return tf.round(inputs) if hasattr(self, "hard") else inputs

    model = Same()
    model.hard = True
    row = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = model(row)
    return tape.gradient(y, row)
