"""What a graph function gives out, keeps and refuses; the docstring is the verdict a source."""

import keras
import numpy as np
import tensorflow as tf

x = tf.Variable([0.3, 0.7, 0.2])
w = tf.Variable([1.0, 2.0, 3.0])
s = tf.Variable(1.0)


def whole_numbers_alone():
    """none"""

    @tf.function
    def order(values):
        return tf.argsort(values)

    with tf.GradientTape() as tape:
        y = order(x)
    return tape.gradient(y, x)


def whole_numbers_before_a_float():
    """zero, none"""

    @tf.function
    def both(values):
        return tf.argsort(values), values * 2.0

    with tf.GradientTape() as tape:
        y = both(x * w)[0]
    return tape.gradient(y, [x, s])


def a_truth_without_a_gradient_beside_a_float():
    """flows"""

    @tf.function
    def both(values):
        return values * 2.0, tf.math.is_nan(values)

    with tf.GradientTape() as tape:
        y = both(x)
    return tape.gradient(y, x)


def a_text():
    """none"""

    @tf.function
    def shown(values):
        return format(values[0])

    with tf.GradientTape() as tape:
        y = shown(x)
    return tape.gradient(y, x)


def a_variable_made_with_each_call():
    """raises ValueError"""

    @tf.function
    def scaled(values):
        return tf.Variable(2.0) * values

    with tf.GradientTape() as tape:
        y = scaled(x)
    return tape.gradient(y, x)


def a_layer_made_with_each_call_beside_a_tape():
    """raises ValueError"""

    @tf.function
    def asked(values):
        with tf.GradientTape() as tape:
            y = keras.layers.Dropout(0.5)(values, training=True)
        return tape.gradient(y, x)

    return asked(x)


def what_a_first_trace_asked_before_the_second_was_refused():
    """raises ValueError"""

    @tf.function
    def asked(values):
        kept = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            y = kept * 2.0
        return tape.gradient(y, values)

    return asked(x)


def a_variable_that_is_kept_from_the_first_trace():
    """flows"""
    kept = {}

    @tf.function
    def asked(values):
        if "scale" not in kept:
            kept["scale"] = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            y = kept["scale"] * values
        return tape.gradient(y, x)

    return asked(x)


def the_second_of_two_traces_runs():
    """none, flows"""
    traces, layer = [], keras.layers.Dense(1)

    @tf.function
    def run(values):
        traces.append(1)
        return layer(values[None]) * (s if len(traces) > 1 else tf.stop_gradient(s) * w)

    with tf.GradientTape() as tape:
        y = run(x)
    return tape.gradient(y, [w, s])


def the_variables_of_an_optimizer_are_made_in_the_first_trace():
    """none, flows"""
    traces, optimizer = [], keras.optimizers.Adam()

    @tf.function
    def step():
        traces.append(1)
        with tf.GradientTape() as inner:
            loss = s * s
        optimizer.apply_gradients([(inner.gradient(loss, s), s)])

    step()
    with tf.GradientTape() as tape:
        y = x * 1.0 if len(traces) == 1 else w * 1.0
    return tape.gradient(y, [x, w])


def a_layer_built_for_a_second_signature():
    """raises ValueError"""
    layers = []

    @tf.function
    def run(values, count):
        while len(layers) < count:
            layers.append(keras.layers.Dense(1))
        return layers[count - 1](values[None])

    run(x, 1)
    with tf.GradientTape() as tape:
        y = run(x, 2)
    return tape.gradient(y, x)



def a_window_that_asks_for_a_truth():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def windowed(values):
        return keras.ops.bartlett(3) * values

    with tf.GradientTape() as tape:
        y = windowed(x)
    return tape.gradient(y, x)


def what_numpy_makes_an_array_of():
    """raises NotImplementedError"""

    @tf.function
    def total(values):
        return np.add.reduce(values) * values

    with tf.GradientTape() as tape:
        y = total(x)
    return tape.gradient(y, x)


def a_variable_that_is_not_lifted_out():
    """flows"""

    @tf.function
    def scaled(values):
        return tf.Variable(2.0, experimental_enable_variable_lifting=False) * values

    with tf.GradientTape() as tape:
        y = scaled(x)
    return tape.gradient(y, x)


class Penalised(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)

    @tf.function
    def call(self, inputs):
        made = self.dense(inputs)
        self.add_loss(tf.reduce_mean(made * made))
        return made


def loss_kept_in_a_graph_within_a_graph():
    """unknown, unknown"""
    layer = Penalised()
    layer(tf.ones([2, 3]))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = tf.reduce_mean(tf.stop_gradient(layer(tf.ones([2, 3])))) + sum(layer.losses)
        return tape.gradient(y, layer.trainable_variables)

    return step()


class _Doubling:
    @tf.recompute_grad
    def double(self, value):
        return value * 2.0


def method_that_is_run_again():
    """raises ValueError"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = _Doubling().double(x)
    return tape.gradient(y, x)


def method_that_is_run_again_and_not_recorded():
    """none"""
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        y = _Doubling().double(x)
    return tape.gradient(y, x)


def tape_within_a_function_that_is_run_again():
    """none"""
    asked = []

    @tf.recompute_grad
    def squared(value):
        with tf.GradientTape() as inner:
            inner.watch(value)
            y = value * value
        asked.append((inner, y))
        return y

    x = tf.constant(3.0)
    squared(x)
    tape, y = asked[0]
    return tape.gradient(y, x)


def a_variable_in_the_dict_that_a_graph_gives():
    """zero, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def both():
        return {"product": b * 1.0, "weight": a}

    with tf.GradientTape() as tape:
        y = both()["product"]
    return tape.gradient(y, [a, b])


def a_variable_deep_in_the_list_that_a_graph_gives():
    """zero, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def both():
        return [b * 1.0, [a]]

    with tf.GradientTape() as tape:
        y = both()[0]
    return tape.gradient(y, [a, b])


def attributes_of_a_graph_function():
    """flows, flows"""
    scale = tf.Variable(2.0)

    @tf.function
    def scaled(a):
        scaled.count.assign_add(1)
        return a * scaled.scale

    scaled.count = tf.Variable(0)
    scaled.scale = scale
    with tf.GradientTape() as tape:
        y = scaled(x)
    return tape.gradient(y, [x, scale])


def an_attribute_replaced_after_the_trace():
    """flows, none"""
    old, new = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def scaled(a):
        return a * scaled.scale

    scaled.scale = old
    scaled(tf.constant(1.0))
    scaled.scale = new
    with tf.GradientTape() as tape:
        y = scaled(tf.constant(1.0))
    return tape.gradient(y, [old, new])


def an_attribute_is_none_of_the_function_inside():
    """flows, none"""

    def scaled(a):
        return a * scaled.scale

    scaled.scale = s
    graph = tf.function(scaled)
    graph.scale = w
    with tf.GradientTape() as tape:
        y = graph(tf.constant(1.0))
    return tape.gradient(y, [s, w])


def an_attribute_asked_for():
    """flows, flows"""

    @tf.function
    def scaled(a):
        return a * getattr(scaled, "scale", 1.0)

    scaled.scale = s
    if not hasattr(scaled, "scale"):
        scaled.scale = tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = scaled(x)
    return tape.gradient(y, [x, s])


def what_the_program_hangs_on_a_graph_function():
    """flows, flows, none"""

    @tf.function
    def scaled(values):
        return values * w

    scaled.factor = s * 2.0
    scaled.calls = []
    with tf.GradientTape() as tape:
        scaled.factor = s * 3.0
        scaled.calls.append(scaled(x) * scaled.factor)
        y = scaled.calls[0]
    return tape.gradient(y, [x, s, tf.Variable(1.0)])


def what_was_hung_on_a_graph_function_before_the_tape():
    """none"""

    @tf.function
    def scaled(values):
        return values * w

    scaled.factor = s * 2.0
    with tf.GradientTape() as tape:
        y = scaled(x) * scaled.factor
    return tape.gradient(y, s)


def a_slope_through_two_graphs():
    """flows"""

    @tf.function
    def inner(values):
        return w * values * values

    @tf.function
    def slope(values):
        with tf.GradientTape() as around:
            around.watch(values)
            y = inner(values)
        return around.gradient(y, values)

    with tf.GradientTape() as tape:
        y = slope(tf.constant(3.0)) ** 2
    return tape.gradient(y, w)


def what_another_graph_kept():
    """unknown"""
    kept = []

    @tf.function
    def inner(values):
        kept.append(w * values)
        return kept[0] * values

    @tf.function
    def slope(values):
        with tf.GradientTape() as around:
            around.watch(values)
            inner(values)
        return around.gradient(kept[0], values)

    with tf.GradientTape() as tape:
        y = slope(tf.constant(3.0)) ** 2
    return tape.gradient(y, w)


def a_variable_that_a_loop_of_a_graph_carries():
    """flows"""
    v = tf.Variable(1.5)

    @tf.function
    def run(n):
        y = v * 1.0
        while n > 0:
            y = y * 2.0
            n -= 1
        return y

    with tf.GradientTape() as tape:
        y = run(tf.Variable(2))
    return tape.gradient(y, v)


def a_variable_that_gets_its_name_in_the_loop():
    """raises RuntimeError"""
    v = tf.Variable(1.5)
    count = tf.Variable(2)

    @tf.function
    def run():
        y = v * 1.0
        for _ in tf.range(3):
            n = count
            n -= 1
            y = y * 2.0
        return y

    with tf.GradientTape() as tape:
        y = run()
    return tape.gradient(y, v)


def a_tape_within_an_init_scope():
    """none"""
    v = tf.Variable(1.5)
    with tf.init_scope():
        with tf.GradientTape() as tape:
            y = v * 2.0
    return tape.gradient(y, v)


def a_tape_made_in_an_init_scope():
    """flows"""
    v = tf.Variable(1.5)
    with tf.init_scope():
        tape = tf.GradientTape()
    with tape:
        y = v * 2.0
    return tape.gradient(y, v)
