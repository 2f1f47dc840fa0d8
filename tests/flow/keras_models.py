"""Models of Keras 3: what is trainable, what layers are called, what their losses are; the docstring has the verdicts."""

import keras
import tensorflow as tf
from keras import layers

x = tf.random.normal([4, 3], seed=1)


def _two_layers():
    return keras.Sequential(
        [keras.Input((3,)), layers.Dense(4, activation="tanh", name="first"), layers.Dense(2, name="last")]
    )


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(4, activation="tanh")
        self.last = layers.Dense(2)

    def call(self, inputs):
        return self.last(self.first(inputs))


class Scale(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="w", regularizer="l2")
        self.b = self.add_weight(shape=(self.units,), initializer="ones", name="b")

    def call(self, inputs):
        self.add_loss(tf.reduce_sum(inputs**2))
        return tf.matmul(inputs, self.w) + self.b


def weights_frozen_one_by_one():
    """flows, flows"""
    model = Net()
    model(x)
    for weight in model.first.trainable_variables:
        weight.trainable = False
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def weights_that_say_they_are_trainable():
    """flows, flows"""
    model = _two_layers()
    model.layers[0].trainable = False
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, [v for v in model.weights if v.trainable])


def frozen_layer_of_a_frozen_model_thawed():
    """raises IndexError"""
    model = _two_layers()
    model.trainable = False
    model.layers[-1].trainable = True
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables[0])


def every_second_weight():
    """flows"""
    model = Net()
    model.first.trainable = False
    model(x)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables[::2])


def frozen_if_somebody_says_so():
    """unknown"""
    model = Net()
    model(x)
    if x[0, 0] > 100.0:
        model.trainable = False
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables[0])


def a_thing_with_a_model_is_not_a_model():
    """flows, flows, flows, flows"""

    class Trainer:
        def __init__(self, model):
            self.model = model
            self.trainable = False

    trainer = Trainer(_two_layers())
    with tf.GradientTape() as tape:
        y = trainer.model(x)
    return tape.gradient(y, trainer.model.trainable_variables)


def penalties_of_what_is_frozen():
    """none"""
    layer = layers.Dense(2, kernel_regularizer="l2")
    layer(x)
    layer.trainable = False
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer.losses)
    return tape.gradient(y, layer.kernel)


def penalties_of_own_weights():
    """flows, none"""
    layer = Scale(2)
    with tf.GradientTape() as tape:
        layer(x)
        y = sum(layer.losses)
    return tape.gradient(y, layer.trainable_weights)


def losses_of_the_last_call_only():
    """none, flows"""
    layer = Scale(2)
    first, second = tf.Variable(x), tf.Variable(x)
    with tf.GradientTape() as tape:
        layer(first)
        layer(second)
        y = sum(layer.losses)
    return tape.gradient(y, [first, second])


def an_input_layer_called():
    """raises TypeError, raises TypeError"""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(2)(inputs))
    with tf.GradientTape() as tape:
        y = x
        for layer in model.layers:
            y = layer(y)
    return tape.gradient(y, model.trainable_variables)


def layers_that_have_a_kernel():
    """flows, flows"""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(2)(layers.Activation("tanh")(layers.Dense(2)(inputs))))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, [layer.kernel for layer in model.layers if hasattr(layer, "kernel")])


def names_with_a_number_perhaps():
    """unknown"""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, [layer.kernel for layer in model.layers if layer.name == "dense_1"])


def names_of_a_kind():
    """flows, none, none"""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="last"), layers.BatchNormalization()])
    with tf.GradientTape() as tape:
        y = model(x)
    norms = [layer for layer in model.layers if layer.name.startswith("batch")]
    return tape.gradient(y, [norms[0].beta, norms[0].moving_mean, norms[0].moving_variance])


def a_layer_of_a_class_that_is_functional():
    """none, none"""

    class Functional(keras.Model):
        def __init__(self):
            inputs = keras.Input((3,))
            first = layers.Dense(4, name="first")
            super().__init__(inputs, layers.Dense(2, name="last")(first(inputs)))

    model = Functional()
    with tf.GradientTape() as tape:
        y = model.get_layer("first")(x)
    return tape.gradient(y, model.get_layer("last").trainable_weights)


def a_kernel_before_it_is_made():
    """raises AttributeError"""
    model = Net()
    with tf.GradientTape() as tape:
        y = model.first(x)
    return tape.gradient(y, model.last.kernel)


def a_kernel_that_belongs_to_the_cell():
    """raises AttributeError"""
    layer = layers.LSTM(2)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([1, 2, 3]))
    return tape.gradient(y, layer.kernel)


def a_model_from_the_middle():
    """flows, flows"""
    inputs = keras.Input((3,))
    middle = layers.Dense(4)(inputs)
    head = keras.Model(middle, layers.Dense(2)(middle))
    with tf.GradientTape() as tape:
        y = head(tf.ones([1, 4]))
    return tape.gradient(y, head.trainable_variables)


def all_is_left_out():
    """unknown"""
    w = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = layers.Dropout(1.0)(w * 1.0, training=True)
    return tape.gradient(y, w)


def an_update_of_nothing():
    """raises ValueError, raises ValueError, raises ValueError, raises ValueError"""
    model = _two_layers()
    optimizer = keras.optimizers.SGD(0.1)
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = tf.stop_gradient(model(x))
        optimizer.apply_gradients(zip(tape.gradient(y, model.weights), model.weights))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def predicted_after_build():
    """none, none, none, none"""
    model = Net()
    model.build((None, 3))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model.predict(x, verbose=0))
    return tape.gradient(y, model.weights)


class _Compiled(keras.Model):
    def __init__(self, regularizer=None):
        super().__init__()
        self.dense = keras.layers.Dense(2, kernel_regularizer=regularizer)

    def call(self, inputs):
        return self.dense(inputs)


def a_compiled_loss_of_what_was_stopped():
    """none, none"""
    model = _Compiled()
    model.compile(loss="mse")
    with tf.GradientTape() as tape:
        loss = model.compute_loss(y=tf.zeros([3, 2]), y_pred=tf.stop_gradient(model(tf.ones([3, 2]))))
    return tape.gradient(loss, model.trainable_variables)


def a_compiled_loss_and_what_layers_add():
    """flows, none"""
    model = _Compiled("l2")
    model.compile(loss=lambda wanted, given: tf.reduce_mean(tf.cast(wanted == tf.round(given), tf.float32)))
    with tf.GradientTape() as tape:
        loss = model.compute_loss(None, tf.zeros([3, 2]), model(tf.ones([3, 2])))
    return tape.gradient(loss, model.trainable_variables)


def a_compiled_loss_of_two_outputs():
    """flows, flows, flows, flows, none, none"""
    inputs = keras.Input((2,))
    hidden = keras.layers.Dense(3)(inputs)
    model = keras.Model(inputs, [keras.layers.Dense(2)(hidden), keras.layers.Dense(1)(hidden)])
    model.compile(loss=["mse", "mae"])
    with tf.GradientTape() as tape:
        first, second = model(tf.ones([3, 2]))
        loss = model.compute_loss(None, [tf.zeros([3, 2]), tf.zeros([3, 1])], [first, tf.stop_gradient(second)])
    return tape.gradient(loss, model.trainable_variables)


def compiled_without_a_loss():
    """raises ValueError, raises ValueError"""
    model = _Compiled()
    model.compile(optimizer="sgd")
    with tf.GradientTape() as tape:
        loss = model.compute_loss(y=tf.zeros([3, 2]), y_pred=model(tf.ones([3, 2])))
    return tape.gradient(loss, model.trainable_variables)


class _Stack(keras.Sequential):
    def __init__(self, units, stop=False):
        super().__init__(name="stack")
        for each in units:
            self.add(keras.layers.Dense(each, activation="tanh"))
        if stop:
            self.add(keras.layers.Lambda(tf.stop_gradient))
        self.add(keras.layers.Dense(1))


def a_subclass_of_sequential_that_adds_layers():
    """none, none, flows, flows"""
    net = _Stack([4], stop=True)
    with tf.GradientTape() as tape:
        y = net(tf.ones((3, 2)))
    return tape.gradient(y, net.trainable_weights)


def a_layer_added_to_an_object_of_a_subclass():
    """flows, flows"""
    net = _Stack([4, 3])
    net.pop()
    net.add(keras.layers.Dense(2))
    with tf.GradientTape() as tape:
        y = net(tf.ones((3, 2)))
    return tape.gradient(y, net.layers[-1].trainable_weights)


def whole_numbers_for_an_input_of_floats():
    """flows, flows"""
    model = keras.Sequential([layers.Flatten()])
    entry = keras.Input((1,))
    other = keras.Model(entry, layers.Flatten()(entry))
    v = tf.Variable([1.0])
    w = tf.Variable([1.0])
    with tf.GradientTape() as tape:
        y = v * model(tf.constant([[1]])) + w * other(tf.constant([[2]]))
    return tape.gradient(y, [v, w])


def floats_for_an_input_of_whole_numbers():
    """none, flows"""
    model = keras.Sequential([keras.Input((1,), dtype="int32"), layers.Embedding(5, 2), layers.Flatten()])
    v = tf.Variable([[1.0]])
    with tf.GradientTape() as tape:
        y = model(v)
    return tape.gradient(y, [v, *model.trainable_variables])


def whole_numbers_for_an_input_of_them():
    """raises InvalidArgumentError"""
    entry = keras.Input((1,), dtype="int32")
    model = keras.Model(entry, layers.Flatten()(entry))
    v = tf.Variable([1.0])
    with tf.GradientTape() as tape:
        y = v * model(tf.constant([[1]]))
    return tape.gradient(y, v)


def a_frozen_normalisation_of_one_row():
    """flows"""
    norm = layers.BatchNormalization()
    norm.trainable = False
    row = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = norm(row, training=True)
    return tape.gradient(y, row)


def a_normalisation_of_one_row():
    """zero"""
    norm = layers.BatchNormalization()
    row = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        y = norm(row, training=True)
    return tape.gradient(y, row)


def layers_behind_one_that_is_looked_up():
    """flows"""
    symbol = keras.Input((3,))
    hidden = keras.layers.Dense(2, activation="tanh", name="hidden")
    model = keras.Model(symbol, keras.layers.Dense(1)(keras.layers.Dense(2)(hidden(symbol))))
    last = model.get_layer("hidden")
    begin = end = keras.Input((2,))
    for layer in model.layers[model.layers.index(last) + 1 :]:
        end = layer(end)
    behind = keras.Model(begin, end)
    x = tf.Variable(tf.ones((1, 2)))
    with tf.GradientTape() as tape:
        y = behind(x)
    return tape.gradient(y, x)


def layers_but_the_one_that_is_last():
    """flows, flows"""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    frozen = [layer for layer in model.layers if layer != model.layers[-1]]
    with tf.GradientTape() as tape:
        y = frozen[0](tf.ones((1, 2)))
    return tape.gradient(y, frozen[0].trainable_variables)


def an_activation_of_two():
    """flows, flows"""
    layer = layers.Dense(2, activation="relu" if tf.random.uniform([]) > 2.0 else "tanh")
    with tf.GradientTape() as tape:
        y = layer(x)
    return tape.gradient(y, layer.trainable_variables)


def an_activation_or_none():
    """flows, flows"""
    layer = layers.Dense(2, activation=tf.nn.tanh if tf.random.uniform([]) > 2.0 else None)
    with tf.GradientTape() as tape:
        y = layer(x)
    return tape.gradient(y, layer.trainable_variables)


def an_activation_that_rounds_or_not():
    """sometimes none, sometimes none"""
    layer = layers.Dense(2, activation=tf.nn.tanh if tf.random.uniform([]) > 2.0 else tf.round)
    with tf.GradientTape() as tape:
        y = layer(x)
    return tape.gradient(y, layer.trainable_variables)
