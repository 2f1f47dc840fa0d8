"""Layers, and functions that give several tensors; the docstring is the verdict a source."""

import keras
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def _in_graph(body):
    """The gradients of a body that is traced with its tape; 77 stands for None, which a graph cannot return."""

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = body()
        return [tf.constant(77.0) if g is None else g for g in tape.gradient(y, [v, w])]

    return [None if g.shape == () and float(g) == 77.0 else g for g in step()]


def one_of_the_grids():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.meshgrid(v, w)[0]
    return tape.gradient(y, [v, w])


def the_other_grid_of_keras():
    """none, flows"""
    with tf.GradientTape() as tape:
        _, y = keras.ops.meshgrid(v * 1.0, w * 1.0, indexing="ij")
    return tape.gradient(y, [v, w])


def one_tensor_of_a_tuple():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.tuple([v, w])[0]
    return tape.gradient(y, [v, w])


def what_the_kernel_is_divided_by():
    """flows, none, flows"""
    layer = keras.layers.SpectralNormalization(keras.layers.Dense(2))
    with tf.GradientTape() as tape:
        y = layer(tf.constant([[1.0, 2.0, 3.0]]))
    return tape.gradient(y, layer.weights)


def scores_of_concatenation():
    """flows"""
    layer = keras.layers.Attention(score_mode="concat")
    query, value = tf.random.normal([1, 2, 3], seed=1), tf.random.normal([1, 4, 3], seed=2)
    with tf.GradientTape() as tape:
        y = layer([query, value])
    return tape.gradient(y, layer.weights)


def colours_at_inference():
    """flows"""
    image = tf.Variable(tf.random.uniform([1, 4, 4, 3], seed=1))
    with tf.GradientTape() as tape:
        y = keras.layers.RandomHue(0.5)(image * 1.0, training=False)
    return tape.gradient(y, [image])


class _Frozen(keras.Model):
    def __init__(self):
        super().__init__(name="frozen")
        self.first = keras.layers.Dense(2)

    def call(self, x):
        return self.first(x)


def frozen_before_its_variables_are_made():
    """sometimes none, sometimes none"""
    model = _Frozen()
    model.trainable = False
    with tf.GradientTape() as tape:
        y = model(tf.constant([[1.0, 2.0, 3.0]]))
    return tape.gradient(y, model.weights)


def frozen_when_its_variables_are_there():
    """flows, flows"""
    model = _Frozen()
    model(tf.constant([[1.0, 2.0, 3.0]]))
    model.trainable = False
    with tf.GradientTape() as tape:
        y = model(tf.constant([[1.0, 2.0, 3.0]]))
    return tape.gradient(y, model.weights)


class _Own(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.first = keras.layers.Dense(1, use_bias=False)

    def call(self, x):
        return self.first(x)


def predicted_before_it_is_built():
    """none"""
    model = _Own()
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model.predict(tf.ones([2, 3]), verbose=0))
    return tape.gradient(y, model.trainable_variables)


def a_function_made_a_layer():
    """none"""
    layer = keras.layers.Lambda(lambda x: tf.floor(x))
    with tf.GradientTape() as tape:
        y = layer(v)
    return tape.gradient(y, [v, *layer.weights])


def elements_written_backwards():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.TensorArray(tf.float32, 2, clear_after_read=False).write(1, w).write(0, v).read(0)
    return tape.gradient(y, [v, w])


def an_element_that_is_not_read_in_a_graph():
    """flows, zero"""
    return _in_graph(lambda: tf.TensorArray(tf.float32, 2).write(0, v).write(1, w).read(0))


def a_loop_of_a_graph_that_never_runs():
    """flows, zero"""
    return _in_graph(lambda: tf.while_loop(lambda i, x: i < 0, lambda i, x: (i + 1, x * w), (tf.constant(0), v))[1])


def a_loop_of_a_graph_that_forgets_its_input():
    """zero, flows"""
    return _in_graph(lambda: tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, w * 1.0), (0, v * 1.0))[1])


def rounds_of_a_counting_tensor():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0
        for i in tf.range(5):
            if i > 2:
                break
            y = y + w
    return tape.gradient(y, [v, w])


class _Chain(keras.Sequential):
    pass


def the_layers_of_a_class_that_extends_sequential():
    """none, flows"""
    model = _Chain([keras.Input((3,)), keras.layers.Dense(2, use_bias=False), keras.layers.Dense(1, use_bias=False)])
    first, second = model.layers
    with tf.GradientTape() as tape:
        y = second(tf.stop_gradient(first(tf.ones([1, 3]))))
    return tape.gradient(y, [*first.trainable_variables, *model.layers[1].trainable_variables])


def the_value_that_a_tensor_is_padded_with():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.pad(v, [[1, 1]], constant_values=w[0])
    return tape.gradient(y, [v, w])


def two_names_for_what_a_layer_gives_as_one():
    """raises OperatorNotAllowedInGraphError"""
    layer = keras.layers.Dense(2)

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            first, second = layer(tf.ones([2, 3]) * v)
            y = tf.reduce_sum(first * second)
        return tape.gradient(y, v)

    return run()


def two_names_for_what_a_layer_gives_with_its_state():
    """flows"""
    layer = keras.layers.GRU(2, return_state=True)

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            first, second = layer(tf.ones([1, 2, 3]) * v)
            y = tf.reduce_sum(first * second)
        return tape.gradient(y, v)

    return run()


def two_names_for_what_an_inner_layer_gives():
    """flows"""
    layer = keras.layers.Bidirectional(keras.layers.GRU(2), merge_mode=None)

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            first, second = layer(tf.ones([1, 2, 3]) * v)
            y = tf.reduce_sum(first * second)
        return tape.gradient(y, v)

    return run()


def two_names_for_two_that_go_through_a_layer():
    """flows"""
    layer = keras.layers.Identity()

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            first, second = layer([v, v + 1.0])
            y = tf.reduce_sum(first * second)
        return tape.gradient(y, v)

    return run()


def scores_of_attention():
    """flows, flows, flows, flows, none, none, none, none"""
    layer = keras.layers.MultiHeadAttention(2, 3)
    steps = tf.random.normal([2, 4, 3], seed=1)
    with tf.GradientTape() as tape:
        _, scores = layer(steps, steps, return_attention_scores=True)
        y = scores**2
    return tape.gradient(y, layer.trainable_variables)


class _Module(tf.Module):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(2.0)
        self.layer = keras.layers.Dense(2)

    def __call__(self, inputs):
        return self.layer(inputs) * self.factor


def layers_of_keras_in_a_module():
    """flows"""
    module = _Module()
    with tf.GradientTape() as tape:
        y = module(tf.ones([2, 3]))
    return tape.gradient(y, module.trainable_variables)


def one_output_in_a_list():
    """flows, flows"""
    first, second = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([first, second], [keras.layers.Dense(1)(first + second)])
    with tf.GradientTape() as tape:
        y = model([tf.ones([1, 2]), tf.ones([1, 2])]) * 0.5
    return tape.gradient(y, model.trainable_variables)


class _Normed(tf.keras.layers.Wrapper):
    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight(shape=(self.layer.kernel.shape[-1],), initializer="ones")

    def call(self, inputs):
        return self.layer(inputs) * self.scale / tf.norm(self.layer.kernel)


def a_wrapper_builds_what_it_wraps():
    """flows, flows, flows"""
    layer = _Normed(tf.keras.layers.Dense(3))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 4]))
    return tape.gradient(y, layer.trainable_variables)


class _Masked(tf.keras.layers.Dense):
    def build(self, input_shape):
        super().build(input_shape)
        self.mask = self.add_weight(shape=self.kernel.shape, initializer="ones", trainable=False)

    def call(self, inputs):
        return tf.matmul(inputs, self.kernel * self.mask)


def what_a_layer_has_from_the_one_it_extends():
    """flows, none, none"""
    layer = _Masked(3)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 4]))
    return tape.gradient(y, layer.variables)


class _Rounding(tf.keras.layers.Dense):
    def call(self, inputs):
        return self.activation(tf.matmul(inputs, self.kernel)) * self.units


def what_a_layer_was_given_by_the_one_it_extends():
    """none, none"""
    layer = _Rounding(3, activation=tf.round)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 4]))
    return tape.gradient(y, layer.trainable_variables)


class _Shortcut(tf.keras.layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size, self.inner = size, tf.keras.layers.Dense(size, use_bias=False)

    def build(self, shape):
        self.short = tf.keras.layers.Dense(self.size) if shape[-1] != self.size else tf.keras.layers.Identity()

    def call(self, inputs):
        return self.inner(inputs) + self.short(inputs)


def a_layer_that_is_perhaps_made():
    """unknown"""
    layer = _Shortcut(4)
    inputs = tf.random.normal([2, int(tf.reduce_sum(tf.ones([4])))])
    with tf.GradientTape() as tape:
        y = layer(inputs)
    return tape.gradient(y, layer.trainable_variables)


def a_relu_that_lets_more_through():
    """flows"""
    w = tf.Variable([-1.0, -2.0])
    with tf.GradientTape() as tape:
        y = keras.layers.ReLU(negative_slope=0.5)(w)
    return tape.gradient(y, w)


def a_relu_that_lets_nothing_through():
    """zero"""
    w = tf.Variable([-1.0, -2.0])
    with tf.GradientTape() as tape:
        y = keras.layers.ReLU()(w)
    return tape.gradient(y, w)


def a_map_whose_kernel_is_spread():
    """flows"""
    image = tf.Variable(tf.ones((1, 8, 8, 3)))
    with tf.GradientTape() as tape:
        y = keras.layers.Conv2D(2, 3, dilation_rate=2)(image)
        z = tf.reshape(y, (1, 32)) * tf.reshape(keras.layers.GlobalMaxPooling2D(keepdims=True)(y), (1, 1, 2))[0, 0, 0]
    return tape.gradient(z, image)


class _Scaling(keras.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")
        self.unused = self.add_weight(shape=(), name="unused")

    def call(self, x):
        return x * self.scale


def a_layer_that_extends_the_class_at_the_top():
    """flows, none"""
    layer = _Scaling()
    with tf.GradientTape() as tape:
        y = layer(tf.ones((2, 3)))
    return tape.gradient(y, layer.trainable_variables)


class _Rounded(keras.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.round(y_true - y_pred), axis=-1)


def a_loss_that_extends_the_class_at_the_top():
    """none"""
    with tf.GradientTape() as tape:
        y = _Rounded()(tf.zeros((3,)), v * 2.0)
    return tape.gradient(y, v)
