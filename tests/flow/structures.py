"""Structures that TensorFlow's loops and custom gradients take and give: the docstring is the verdict a source."""

import types

import tensorflow as tf

v = tf.Variable(2.0)


w = tf.Variable([1.0, 2.0])


k = tf.constant([1.0, 2.0])


def map_dict():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.map_fn(lambda x: {"a": x * v, "b": x * 1.0}, k, fn_output_signature={"a": tf.float32, "b": tf.float32})
    return tape.gradient(y["a"], v)


def map_list():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.map_fn(lambda x: [x * v, x * 1.0], k, fn_output_signature=[tf.float32, tf.float32])
    return tape.gradient(y[1], v)


def vmap_dict_in():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda d: d["a"] * v, {"a": k, "b": w * 1.0})
    return tape.gradient(y, [v, w])


def vmap_list_out():
    """zero, none"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda x: [x * v, x * 1.0], k)
    return tape.gradient(y[1], [v, w])


def scan_dict_other():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.scan(
            lambda a, x: {"h": a["h"] + x * v, "g": a["g"] * x},
            k,
            initializer={"h": tf.constant(0.0), "g": tf.constant(1.0)},
        )
    return tape.gradient(y["g"], v)


def fold_list():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.foldl(lambda a, x: [a[0] + x * v, a[1] + x], k, initializer=[tf.constant(0.0), tf.constant(0.0)])
    return tape.gradient(y[1], v)


def vmap_cut_arg():
    """zero, flows"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda t: (t[0] * 2.0, t[1] * 2.0), (w * 1.0, k * v))
    return tape.gradient(y[0], [v, w])


def vmap_cut_dict():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda t: t["a"] * 2.0, {"a": w * 1.0, "b": k * v})
    return tape.gradient(y, [v, w])


def custom_pair():
    """flows"""

    @tf.custom_gradient
    def f(x):
        return (x * 2.0, x * 3.0), lambda a, b: a + b

    with tf.GradientTape() as tape:
        y = f(v * 1.0)
    return tape.gradient(y[0], v)


def scan_ok_dict():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: {"h": a["h"] + x * v}, k, initializer={"h": tf.constant(0.0)})
    return tape.gradient(y["h"], v)


def scan_ok_list():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: [a[0] + x * v, a[1] * x], k, initializer=[tf.constant(0.0), v * 1.0])
    return tape.gradient(y[0], v)


def scan_int_counter():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: (a[0] + 1, a[1] + x * v), k, initializer=(0, 0.0))
    return tape.gradient(y[1], v)


def vmap_ok2():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda x: {"a": x * v}, k)
    return tape.gradient(y["a"], v)


def keys_that_are_numbers():
    """none, none, none, flows"""
    with tf.GradientTape() as tape:
        y = w * 2.0
    return tape.gradient(y, {10: w, -9: v, 2.5: v, 1: v})


def keys_that_have_no_order():
    """raises TypeError, raises TypeError"""
    with tf.GradientTape() as tape:
        y = w * 2.0
    return tape.gradient(y, {1: w, "b": v})


def the_same_structure_twice_among_the_sources():
    """flows, none, flows, none"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, [[v, w], [v, w]])


def a_scan_of_no_rows():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: {"h": a["h"] + x * v}, tf.constant([]), initializer={"h": v})
    return tape.gradient(y["h"], v)


def a_fold_of_no_rows():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.foldl(lambda a, x: tf.floor(a + x), tf.constant([]), initializer=v)
    return tape.gradient(y, v)


def a_fold_of_no_rows_and_no_start():
    """raises OutOfRangeError"""
    with tf.GradientTape() as tape:
        y = tf.foldl(lambda a, x: a + x * v, tf.constant([]))
    return tape.gradient(y, v)


def a_function_that_no_row_is_given():
    """none"""
    seen = []
    with tf.GradientTape() as tape:
        tf.map_fn(lambda row: seen.append(row) or row * v, tf.zeros([0]))
        y = v * 2.0 if seen else tf.round(v)
    return tape.gradient(y, v)


def the_fields_of_an_object_in_a_call():
    """unknown"""
    net = types.SimpleNamespace(w=tf.Variable(1.0), v=tf.Variable(2.0))
    with tf.GradientTape() as tape:
        y = tf.add_n(tf.nest.flatten(vars(net)))
    return tape.gradient(y, net.w)


def the_fields_of_an_object_as_sources():
    """none"""
    net = types.SimpleNamespace(w=tf.Variable(1.0), v=tf.Variable(2.0))
    with tf.GradientTape() as tape:
        y = net.w * 2.0
    found = tape.gradient(y, vars(net))
    for name, gradient in found.items():
        if gradient is not None:
            getattr(net, name).assign_sub(gradient)
    with tf.GradientTape() as tape:
        y = tf.round(net.v)
    return tape.gradient(y, net.v)
