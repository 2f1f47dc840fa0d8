"""What functions and loops of TensorFlow refuse: the docstring is the verdict a source."""

import tensorflow as tf


v = tf.Variable(2.0)


w = tf.Variable([1.0, 2.0])


k = tf.constant([1.0, 2.0])


def scan_graph_shape():
    """raises ValueError"""

    @tf.function(autograph=False)
    def f():
        return tf.scan(lambda a, x: a + x * w, k, initializer=v * 1.0)

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def fold_graph_shape():
    """raises ValueError"""

    @tf.function(autograph=False)
    def f():
        return tf.foldl(lambda a, x: a + x * w, k, initializer=v * 1.0)

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def fold_graph_dtype():
    """raises TypeError"""

    @tf.function(autograph=False)
    def f():
        return tf.foldl(lambda a, x: a + x * v, k, initializer=0)

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)


def gpt_two_two():
    """flows, zero"""
    f = tf.grad_pass_through(lambda x, y: (tf.round(x), tf.round(y)))
    with tf.GradientTape() as tape:
        a, b = f(v * 1.0, w * 1.0)
    return tape.gradient(a, [v, w])


def max_in_graph_arg():
    """raises TypeError"""

    @tf.function
    def f(x):
        return tf.maximum(0, x)

    with tf.GradientTape() as tape:
        y = f(v * 1.0)
    return tape.gradient(y, v)


def mul_list_tensor():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.multiply([1, 2], w * 1.0)
    return tape.gradient(y, w)


def mul_list_float():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.multiply([1.0, 2], w * 1.0)
    return tape.gradient(y, w)


def add_n_list():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.add_n([w, [1, 2]])
    return tape.gradient(y, w)


def vmap_list_var():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda x: [x * v, v], k)
    return tape.gradient(y[0], v)


def add_int_left():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.add(2, v)
    return tape.gradient(y, v)


def list_int_mul_fn():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.multiply([1, 2], w)
    return tape.gradient(y, w)


def clip_int_left():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.clip_by_value(3, v, 5.0)
    return tape.gradient(y, v)


def matmul_int():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.matmul([[1, 2]], w[:, None])
    return tape.gradient(y, w)


def scan_list_shape():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: a + x * w, w * 1.0, initializer=v * 1.0)
    return tape.gradient(y, v)


def scan_dtype():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: tf.cast(x, tf.int32), w * 1.0, initializer=v * 1.0)
    return tape.gradient(y, v)


def gpt_tuple():
    """raises ValueError"""
    f = tf.grad_pass_through(lambda x: (x, x))
    with tf.GradientTape() as tape:
        y = f(v)
    return tape.gradient(y, v)


def gpt_two_args():
    """raises ValueError"""
    f = tf.grad_pass_through(lambda x, y: x * y)
    with tf.GradientTape() as tape:
        y = f(v * 1.0, v)
    return tape.gradient(y, v)


def vmap_var():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda x: v, w * 1.0)
    return tape.gradient(y, v)


def a_text_among_numbers():
    """unknown"""
    with tf.GradientTape() as tape:
        y = sum(tf.reduce_sum(part) for part in {"a": w * 2.0})
    return tape.gradient(y, w)


def a_text_by_itself():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(w)
        y = tf.identity("a")
    return tape.gradient(y, w)


@tf.custom_gradient
def _of_a_dict(x):
    return {"y": x * 2.0}, lambda dy: dy


def a_gradient_of_its_own_for_a_dict():
    """flows"""
    with tf.GradientTape() as tape:
        y = _of_a_dict(w)["y"]
    return tape.gradient(y, w)
