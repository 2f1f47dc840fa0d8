"""Tapes: each function is a program of its own; its docstring is the verdict a source."""

import contextlib
import importlib

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
x = tf.constant([1.0, 2.0, 3.0])


def second_derivative():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = v**3
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def second_derivative_of_a_square():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.square(v))
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def second_derivative_of_a_linear_function():
    """none"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(v * 2.0)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def mixed_derivative():
    """none, flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(v * w)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v, w])


def second_derivative_of_relu():
    """zero"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.nn.relu(v)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def inner_gradient_outside():
    """none"""
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = v**3
    dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def three_tapes():
    """flows"""
    with tf.GradientTape() as t3:
        with tf.GradientTape() as t2:
            with tf.GradientTape() as t1:
                y = v**4
            d1 = t1.gradient(y, v)
        d2 = t2.gradient(d1, v)
    return t3.gradient(d2, [v])


def spent():
    """raises RuntimeError"""
    with tf.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    return tape.gradient(y, [v])


def persistent():
    """flows"""
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
    tape.gradient(y, v)
    return tape.gradient(y, [v])


def entered_again():
    """flows, flows"""
    tape = tf.GradientTape(persistent=True)
    with tape:
        a = v * 2.0
    with tape:
        b = w * 2.0
    return tape.gradient(a + 0.0 if False else [a, b], [v, w])


def shadowed():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    with tf.GradientTape() as tape:
        z = w * 2.0
    return tape.gradient([y, z], [v, w])


def passed_to_a_function():
    """flows"""

    def ask(tape, y):
        return tape.gradient(y, [v])

    with tf.GradientTape() as tape:
        y = v * 2.0
    return ask(tape, y)


def returned_by_a_function():
    """flows"""

    def record():
        with tf.GradientTape() as tape:
            y = v * 2.0
        return tape, y

    tape, y = record()
    return tape.gradient(y, [v])


def kept_on_an_object():
    """flows"""

    class Keeper:
        def record(self):
            with tf.GradientTape() as self.tape:
                self.y = v * 2.0

        def ask(self):
            return self.tape.gradient(self.y, [v])

    keeper = Keeper()
    keeper.record()
    return keeper.ask()


def out_of_a_context_manager():
    """flows"""

    @contextlib.contextmanager
    def recording():
        with tf.GradientTape() as tape:
            yield tape

    with recording() as tape:
        y = v * 2.0
    return tape.gradient(y, [v])


def after_a_context_manager():
    """none"""

    @contextlib.contextmanager
    def recording():
        with tf.GradientTape() as tape:
            yield tape

    with recording() as tape:
        pass
    y = v * 2.0
    return tape.gradient(y, [v])


def in_an_exit_stack():
    """flows"""
    with contextlib.ExitStack() as stack:
        tape = stack.enter_context(tf.GradientTape())
        y = v * 2.0
    return tape.gradient(y, [v])


def two_in_one_with():
    """flows, none"""
    with tf.GradientTape() as first, tf.GradientTape() as second:
        y = v * 2.0
        z = w * 2.0
    second.gradient(z, w)
    return first.gradient(y, [v, w])


def stopped():
    """none, flows"""
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            a = v * 2.0
        y = a + w
    return tape.gradient(y, [v, w])


def reset():
    """none, flows"""
    with tf.GradientTape() as tape:
        a = v * 2.0
        tape.reset()
        y = a * w
    return tape.gradient(y, [v, w])


def watched_before():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    return tape.gradient(y, [x])


def watched_after():
    """none"""
    with tf.GradientTape() as tape:
        y = x * x
        tape.watch(x)
    return tape.gradient(y, [x])


def watched_after_beside_a_variable():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = x * v
        tape.watch(x)
    return tape.gradient(y, [x, v])


def watched_something_else():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(tf.identity(x))
        y = x * x
    return tape.gradient(y, [x])


def watched_what_convert_gives():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(tf.convert_to_tensor(x))
        y = x * x
    return tape.gradient(y, [x])


def watched_a_list():
    """flows, flows"""
    other = x + 1.0
    with tf.GradientTape() as tape:
        tape.watch([x, other])
        y = x * other
    return tape.gradient(y, [x, other])


def watches_nothing_by_itself():
    """none, flows"""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(w)
        y = v * w
    return tape.gradient(y, [v, w])


def zeros_for_none():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.floor(v)
    return [
        g if np.any(g.numpy()) else None
        for g in tape.gradient(y, [v], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    ]


def integer_source():
    """none"""
    n = tf.Variable(3)
    with tf.GradientTape() as tape:
        y = tf.cast(n, tf.float32) * v
    return tape.gradient(y, [n])


def not_trainable():
    """none, flows"""
    frozen = tf.Variable(1.0, trainable=False)
    with tf.GradientTape() as tape:
        y = frozen * v
    return tape.gradient(y, [frozen, v])


def not_trainable_but_watched():
    """flows"""
    frozen = tf.Variable(1.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(frozen)
        y = frozen * v
    return tape.gradient(y, [frozen])


def made_inside():
    """flows"""
    with tf.GradientTape() as tape:
        fresh = tf.Variable([1.0, 2.0, 3.0])
        y = fresh * v
    return tape.gradient(y, [fresh])


def variable_from_a_tensor():
    """none"""
    with tf.GradientTape() as tape:
        fresh = tf.Variable(v * 2.0)
        y = fresh * 1.0
    return tape.gradient(y, [v])


def assigned():
    """none, flows"""
    held = tf.Variable([0.0, 0.0, 0.0])
    with tf.GradientTape() as tape:
        held.assign(v * 2.0)
        y = held * 1.0
    return tape.gradient(y, [v, held])


def never_entered():
    """raises RuntimeError"""
    tape = tf.GradientTape()
    y = v * 2.0
    return tape.gradient(y, [v])


def numpy_target():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = np.square(v)
    return tape.gradient(y, [v])


def watched_variables():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = v * w
    return tape.gradient(y, tape.watched_variables())


def source_of_the_second_round():
    """sometimes none"""
    moving = tf.Variable([1.0, 2.0])
    gradient = None
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = tf.square(moving)
        gradient = tape.gradient(y, [moving])
        if gradient[0] is not None:
            moving = moving - 0.1 * gradient[0]
    return gradient


def target_is_the_source():
    """flows"""
    with tf.GradientTape() as tape:
        pass
    return tape.gradient(v, [v])


def jacobian_of_the_source_itself():
    """none"""
    with tf.GradientTape() as tape:
        y = x
    return tape.jacobian(y, [x])


def gradient_inside_the_block():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * v
        grads = tape.gradient(y, [v])
    return grads


def operations_after_the_gradient_inside():
    """raises RuntimeError"""
    with tf.GradientTape() as tape:
        y = v * v
        tape.gradient(y, [v])
        z = y * 2.0
    return tape.gradient(z, [v])


def second_derivative_beside_a_summand():
    """flows, none"""
    layer = keras.layers.LayerNormalization()
    rows = tf.reshape(tf.range(6.0), [2, 3])
    layer.build((2, 3))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(rows)
            y = layer(tf.sin(rows))
        dy = inner.gradient(y, rows)
    return outer.gradient(dy, layer.trainable_variables)


def second_derivative_beside_something_unknown():
    """unknown"""
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(importlib.import_module("json").loads("[2.0, 3.0, 4.0]") * (2.0 * v))
        total = tf.reduce_sum(tape.gradient(y, v))
    return tape.gradient(total, [v])


def second_derivative_of_computed_again():
    """flows, none"""
    half = tf.recompute_grad(lambda a: a * 0.5)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(half(v * v))
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v, w])


def cut_in_what_is_computed_again():
    """zero, flows"""
    scaled = tf.recompute_grad(lambda a: tf.stop_gradient(a) * w)
    with tf.GradientTape() as tape:
        y = scaled(v)
    return tape.gradient(y, [v, w])


def computed_again_in_a_graph_under_two_tapes():
    """raises NotImplementedError"""

    @tf.function
    def f(a):
        return tf.recompute_grad(lambda b: b * b)(a)

    with tf.GradientTape(), tf.GradientTape() as inner:
        y = f(v)
        return inner.gradient(y, [v])


def second_derivative_of_a_gradient_function():
    """none, flows"""

    @tf.custom_gradient
    def product(a, b):
        def grad(upstream):
            return upstream * b, tf.zeros_like(b)

        return a * b, grad

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = product(v, w)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v, w])


def rows_are_no_tensor():
    """raises AttributeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [0, 1]) ** 3)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def rows_of_an_embedding():
    """raises AttributeError"""
    layer = keras.layers.Embedding(4, 3)
    layer.build(None)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(layer(tf.constant([1, 2])) ** 3)
        dy = inner.gradient(y, layer.trainable_variables)
    return outer.gradient(dy, layer.trainable_variables)


def rows_of_what_is_handed_back():
    """raises AttributeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather_nd(tf.identity(v), [[0], [1]]) ** 3)
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def rows_made_a_tensor():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [0, 1]) ** 3)
        rows = inner.gradient(y, v)
        total = tf.reduce_sum(rows.values)
    return outer.gradient(total, [v])


def jacobian_of_a_frozen_variable():
    """none"""
    frozen = tf.Variable([1.0, 2.0], trainable=False)
    with tf.GradientTape() as tape:
        tf.print("nothing is read")
    return [tape.jacobian(frozen, frozen)]


def counts_nothing_registered_where_all_cancels():
    """raises LookupError"""
    with tf.GradientTape() as tape:
        y = tf.histogram_fixed_width(v - v, [-1.0, 1.0])
    return tape.gradient(y, [v])


def stopped_on_one_way():
    """flows"""
    outer = tf.GradientTape()
    with outer, tf.GradientTape() as inner:
        y = tf.identity(v)
        if tf.reduce_sum(tf.random.uniform([3])) > 1.0:
            with outer.stop_recording():
                inner.watch(-y)
        z = y * y
    return outer.gradient(z, [v])


def captured_by_what_is_computed_again():
    """none, flows"""
    factor = w * 1.0
    with tf.GradientTape() as tape:
        tape.watch(factor)
        y = tf.recompute_grad(lambda a: a * factor)(v)
    return tape.gradient(y, [factor, v])


def constant_of_a_variable():
    """none, flows"""
    with tf.GradientTape() as tape:
        copy = tf.constant(w)
        y = copy * v
    return tape.gradient(y, [copy, v])


def variable_for_a_signature():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
    def moved(values):
        values += 1.0
        return values * 2.0

    with tf.GradientTape() as tape:
        y = moved(v)
    return tape.gradient(y, [v])


def jacobian_of_what_is_not_registered():
    """raises StagingError"""
    image = tf.Variable(tf.ones([1, 2, 2, 1]))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.image.resize(image, [1, 1], method="area"))
    return [tape.jacobian(y, image)]


def slope_of_a_slope_through_rounds_that_may_not_be():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.fill([3], v[0])
            while tf.reduce_sum(y) > tf.random.uniform([], 0.0, 9.0):
                y = tf.tanh(y) * 0.1
            y = y * 2.0
        slope = inner.gradient(y, v)
    return outer.gradient(slope, [v])


def slope_of_a_slope_before_rounds_that_may_not_be():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.square(v)
            for _ in range(int(tf.random.uniform([], 0, 3, tf.int32))):
                y = tf.tanh(y)
        slope = inner.gradient(y, v)
    return outer.gradient(slope, [v])


def one_of_two_tapes_of_which_one_is_spent():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    tape.gradient(y, v)
    if tf.random.uniform([]) < 2.0:
        with tf.GradientTape() as tape:
            y = v * 3.0
    return tape.gradient(y, [v])


def a_jacobian_of_a_dict_in_eager_loops():
    """raises AttributeError"""
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = {"a": w * 2.0}
    return tape.jacobian(y, [w], experimental_use_pfor=False)


def a_jacobian_of_a_target_without_a_gradient():
    """none"""
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.histogram_fixed_width(w * 1.0, [-1.0, 1.0])
    return tape.jacobian(y, [w])


def a_sum_of_one_may_be_that_one():
    """unknown"""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.add_n([x])
    return tape.gradient(y, x)


def a_cast_to_the_same_may_give_back_what_it_was_given():
    """flows"""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.cast(x, tf.float32)
    return tape.gradient(y, x)


def a_batch_of_one_number():
    """raises IndexError"""
    x = tf.constant([[0.3, 0.7], [0.2, 0.5]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.size(x)
    return tape.batch_jacobian(y, x, experimental_use_pfor=False)


def a_batch_of_what_has_left_the_tape():
    """raises AttributeError"""
    x = tf.constant([[0.3, 0.7], [0.2, 0.5]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x.numpy() * 2.0
    return tape.batch_jacobian(y, x)


def a_batch_of_what_is_not_connected():
    """unknown"""
    x = tf.constant([[0.3, 0.7], [0.2, 0.5]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.where(x > 0.3)
    return tape.batch_jacobian(y, x)


def a_number_on_one_way():
    """unknown, sometimes none"""
    import random

    with tf.GradientTape() as tape:
        y = 0.0
        if random.random() > -1.0:
            y = y + w
    return tape.gradient(y, [v, w])


def methods_as_the_class_has_them():
    """raises RuntimeError"""
    with tf.GradientTape() as tape:
        y = v * v
    tf.GradientTape.gradient(tape, y, v)
    return tape.gradient(y, v)


def watched_by_the_class_of_a_tape():
    """flows"""
    with tf.GradientTape() as tape:
        type(tape).watch(tape, x)
        y = x * x
    return tape.gradient(y, x)
