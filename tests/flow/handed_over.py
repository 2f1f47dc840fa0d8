"""Functions, models and tensors in the hands of library code; the docstring is the verdict a source."""

import concurrent.futures
import operator

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
_unseen = vars(operator)["call"]
_model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


def _scaled(x):
    return x * w


def captured_by_the_body_of_a_py_function():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.py_function(lambda x: x * w, [v], tf.float32)
    return tape.gradient(y, [v, w])


def captured_and_handed_over_too():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.py_function(func=lambda x: x * v, inp=[v], Tout=tf.float32)
    return tape.gradient(y, [v])


def all_of_it_captured():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.py_function(lambda: v * 2.0, [], tf.float32)
    return tape.gradient(y, [v])


def captured_by_the_body_of_a_numpy_function():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = tf.numpy_function(lambda x: x * w, [v], tf.float32)
    return tape.gradient(y, [v, w])


def a_numpy_function_in_a_graph():
    """none, none"""

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = tf.numpy_function(_scaled, [v], tf.float32)
        return [tf.constant(77.0) if g is None else g for g in tape.gradient(y, [v, w])]

    return [None if g.shape == () and float(g) == 77.0 else g for g in step()]


def the_python_function_of_a_graph_function():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.function(_scaled).python_function(v)
    return tape.gradient(y, [v, w])


def converted_by_hand():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.autograph.to_graph(_scaled)(v)
    return tape.gradient(y, [v, w])


def recomputed_by_numpy():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: np.square(x))(v) * v
    return tape.gradient(y, [v])


def recomputed_as_a_number():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: 0.25)(v) * v
    return tape.gradient(y, [v])


def a_loop_of_keras():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.fori_loop(0, 3, lambda i, x: x * w, v * 1.0)
    return tape.gradient(y, [v, w])


def branches_of_keras():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.switch(1, [lambda: v * 1.0, lambda: w * 1.0])
    return tape.gradient(y, [v, w])


def a_gradient_of_its_own_by_keras():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = keras.ops.custom_gradient(lambda x: (tf.round(x), lambda *up, upstream=None: upstream or up[0]))(v)
    return tape.gradient(y, [v, w])


def a_global_in_a_function_that_unseen_code_calls():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = _unseen(_scaled, v)
    return tape.gradient(y, [v, w])


def again_under_another_tape():
    """unknown, unknown"""
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = _unseen(lambda x: _scaled(x), v)
    return tape.gradient(y, [v, w])


def a_model_that_unseen_code_calls():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = _unseen(_model, tf.ones([1, 3]))
    return tape.gradient(y, _model.trainable_variables)


def a_model_in_a_function_that_unseen_code_keeps():
    """unknown, unknown"""
    call = _unseen(operator.itemgetter(0), [lambda x: _model(x)])
    with tf.GradientTape() as tape:
        y = _unseen(call, tf.ones([1, 3]))
    return tape.gradient(y, _model.trainable_variables)


def a_model_that_unseen_code_builds():
    """unknown"""
    model = keras.Sequential([keras.layers.Dense(1, use_bias=False)])
    with tf.GradientTape() as tape:
        y = _unseen(model, tf.ones([1, 3]))
    return tape.gradient(y, model.trainable_variables)


class _Method:
    """Only its methods see `v`."""

    def scaled(self, x):
        return x * v


def an_object_that_unseen_code_keeps():
    """unknown"""
    kept = _unseen(operator.itemgetter(0), [_Method()])
    with tf.GradientTape() as tape:
        y = _unseen(operator.methodcaller("scaled", 2.0), kept)
    return tape.gradient(y, [v])


def a_class_that_unseen_code_keeps():
    """unknown"""
    kept = _unseen(operator.itemgetter(0), [_Method])
    with tf.GradientTape() as tape:
        y = _unseen(operator.methodcaller("scaled", 2.0), kept())
    return tape.gradient(y, [v])


def a_method_of_an_unseen_base():
    """unknown"""
    import cmd

    class Console(cmd.Cmd):
        def default(self, line):
            self.made = float(line) * v

    console = Console()
    with tf.GradientTape() as tape:
        console.onecmd("2.0")
        y = console.made * 2.0
    return tape.gradient(y, [v])


def called_in_another_thread():
    """unknown, unknown"""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    with tf.GradientTape() as tape:
        y = pool.submit(_scaled, v).result()
    return tape.gradient(y, [v, w])


def a_list_that_unseen_code_fills():
    """unknown"""
    found = []
    with tf.GradientTape() as tape:
        _unseen(list.append, found, v * 2.0)
        y = tf.add_n(found)
    return tape.gradient(y, [v])


def a_method_of_a_list_in_unseen_hands():
    """unknown"""
    found = []
    with tf.GradientTape() as tape:
        _unseen(found.append, v * 2.0)
        y = sum(found)
    return tape.gradient(y, [v])


def a_key_that_unseen_code_writes():
    """unknown"""
    found = {"loss": tf.constant(0.0)}
    with tf.GradientTape() as tape:
        _unseen(dict.update, found, loss=v * 2.0)
        y = found["loss"]
    return tape.gradient(y, [v])


def a_list_within_a_dict_in_unseen_hands():
    """unknown"""
    found = []
    with tf.GradientTape() as tape:
        _unseen(lambda box, y: dict.get(box, "all").append(y), {"all": found}, v * 2.0)
        y = found[0]
    return tape.gradient(y, [v])


def a_list_that_is_filled_by_a_later_call():
    """unknown"""
    found = []
    add = _unseen(getattr, found, "append")
    with tf.GradientTape() as tape:
        add(v * 2.0)
        y = found[0]
    return tape.gradient(y, [v])


def a_list_of_variables_in_unseen_hands():
    """flows, none"""
    both = [v, w]
    _unseen(len, both)
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, both)


def a_list_of_settings_in_unseen_hands():
    """none"""
    powers = [1, 2]
    _unseen(len, powers)
    with tf.GradientTape() as tape:
        y = sum(tf.round(v) ** p for p in powers)
    return tape.gradient(y, [v])


def recomputed_as_a_list():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: [x * w])(v)[0]
    return tape.gradient(y, [v, w])


def recomputed_as_a_dict():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: {"y": x * w})(v)["y"]
    return tape.gradient(y, [v, w])


def rows_of_what_a_graph_recomputes():
    """raises TypeError"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = tf.gather(tf.recompute_grad(lambda x: x * 2.0)(v), [0, 1])
        return tape.gradient(y, [v])

    return run()


def rows_of_what_is_recomputed():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.gather(tf.recompute_grad(lambda x: x * 2.0)(v), [0, 1])
    return tape.gradient(y, [v])


def a_numpy_function_as_a_decorator():
    """flows, none"""

    @tf.numpy_function(Tout=tf.float32)
    def halved(x):
        return np.float32(x) * np.float32(float(x[0] > 0.0))

    @tf.function
    def step():
        with tf.GradientTape() as inner:
            y = halved(v) * w
        return y

    with tf.GradientTape() as tape:
        y = step()
    return tape.gradient(y, [w, v])


def a_py_function_as_a_decorator():
    """flows"""

    @tf.py_function(Tout=tf.float32)
    def grown(x):
        return x * 2.0 if float(x[0]) > 0.0 else x

    with tf.GradientTape() as tape:
        y = grown(v)
    return tape.gradient(y, v)


def a_list_that_unseen_hands_may_fill():
    """none, none, none"""
    found = []
    _unseen(found.append, 2.0)
    with tf.GradientTape() as tape:
        y = sum(tf.Variable(found))
    return tape.gradient(y, [v, w, tf.Variable(1.0)])


def a_function_that_gives_nothing_to_numpy_function():
    """flows"""
    with tf.GradientTape() as tape:
        made = tf.numpy_function(lambda a: None, [v], tf.float32)
        y = v * 2.0 if made is None else tf.round(v)
    return tape.gradient(y, v)


def a_function_that_gives_nothing_to_py_function():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.py_function(lambda a: None, [v], tf.float32)
    return tape.gradient(y, v)
