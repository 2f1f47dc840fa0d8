"""What people write in graph functions; the docstring is the verdict of each source."""

import numpy as np
import tensorflow as tf

w = tf.Variable(2.0)
v = tf.Variable([1.0, 2.0])


def append_in_a_graph_loop():
    """unknown"""

    @tf.function
    def f(x):
        ys = []
        for i in tf.range(3):
            ys.append(x * w)
        return tf.add_n(ys)

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def append_in_a_python_loop():
    """flows"""

    @tf.function
    def f(x):
        ys = []
        for i in range(3):
            ys.append(x * w)
        return tf.add_n(ys)

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def dict_in_a_graph_loop():
    """flows"""

    @tf.function
    def f(x):
        d = {}
        for i in tf.range(3):
            d["a"] = x * w
        return d["a"]

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def last_of_a_graph_loop():
    """flows"""

    @tf.function
    def f(x):
        for i in tf.range(3):
            y = x * w
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def set_on_self_in_a_loop():
    """flows"""

    class M(tf.Module):
        def __init__(self):
            self.total = 0.0

        @tf.function
        def run(self, x):
            for i in tf.range(3):
                self.total = self.total + x * w
            return self.total

    m = M()

    with tf.GradientTape() as tape:
        y = m.run(tf.constant(1.0))
    return tape.gradient(y, w)


def kept_on_self():
    """unknown"""

    class M(tf.Module):
        @tf.function
        def run(self, x):
            self.h = x * w
            return self.h * 2.0

    m = M()

    with tf.GradientTape() as tape:
        y = m.run(tf.constant(1.0)) + m.h
    return tape.gradient(y, w)


def tape_around_parts():
    """flows"""

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            y = x * w
        return y, tape.gradient(y, w)

    with tf.GradientTape() as tape:
        y, g = f(tf.constant(3.0))
        z = y * g
    return tape.gradient(z, w)


def tape_returned():
    """raises TypeError"""

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            y = x * w
        return y, tape

    y, tape = f(tf.constant(3.0))
    return tape.gradient(y, w)


def tape_handed():
    """none"""

    @tf.function
    def f(x, t):
        return t.gradient(x, w)

    with tf.GradientTape() as tape:
        y = w * 2.0
    return f(y, tape)


def shape_in_a_graph():
    """raises ValueError"""

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def f(x):
        n = x.shape[0]
        return tf.reduce_sum(x * v) / n

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, v)


def range_of_unknown():
    """raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def f(x):
        t = 0.0
        for i in range(x.shape[0]):
            t += tf.reduce_sum(x[i] * v)
        return t

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, v)


def range_of_a_tensor():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def f(x):
        t = 0.0
        for i in range(tf.shape(x)[0]):
            t += tf.reduce_sum(x[i] * v)
        return t

    with tf.GradientTape() as tape:
        y = f(tf.ones([3, 2]))
    return tape.gradient(y, v)


def other_signature():
    """raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f(tf.constant([1.0, 2.0]))
    return tape.gradient(y, w)


def other_dtype_in_the_signature():
    """raises TypeError"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f(tf.constant(1))
    return tape.gradient(y, w)


def number_for_the_signature():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        return x * w

    with tf.GradientTape() as tape:
        y = f(3)
    return tape.gradient(y, w)


def array_for_the_signature():
    """flows"""

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def f(x):
        return tf.reduce_sum(x * w)

    with tf.GradientTape() as tape:
        y = f(np.ones(2))
    return tape.gradient(y, w)


def variable_made_inside():
    """raises ValueError"""

    @tf.function
    def f(x):
        k = tf.Variable(3.0)
        return x * k

    with tf.GradientTape() as tape:
        y = f(w * 1.0)
    return tape.gradient(y, w)


def lambda_in_a_graph():
    """unknown"""
    f = tf.function(lambda x: x * w if x > 0 else x)
    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def one_arm_only():
    """raises ValueError"""

    @tf.function
    def f(x):
        if x > 0:
            y = x * w
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def none_or_a_tensor():
    """raises ValueError"""

    @tf.function
    def f(x):
        y = None
        if x > 0:
            y = x * w
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def number_or_a_tensor():
    """raises TypeError"""

    @tf.function
    def f(x):
        y = 0
        if x > 0:
            y = x * w
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def float_grows_in_a_loop():
    """raises TypeError"""

    @tf.function
    def f(x):
        y = 0
        for i in tf.range(3):
            y += x * w
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def shape_grows_in_a_loop():
    """raises ValueError"""

    @tf.function
    def f(x):
        y = tf.zeros([0])
        for i in tf.range(3):
            y = tf.concat([y, [x * w]], 0)
        return tf.reduce_sum(y)

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def break_in_a_loop():
    """flows"""

    @tf.function
    def f(x):
        y = 0.0
        for i in tf.range(3):
            y += x * w
            if y > 5.0:
                break
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def return_in_a_loop():
    """raises NotImplementedError"""

    @tf.function
    def f(x):
        for i in tf.range(3):
            if x > 0:
                return x * w
        return x

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def try_in_a_graph():
    """flows"""

    @tf.function
    def f(x):
        try:
            y = x.numpy() * w
        except AttributeError:
            y = x * w
        return y

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def numpy_value_in_a_graph():
    """raises NotImplementedError"""

    @tf.function
    def f(x):
        return x * w + w.numpy()

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def zip_over_a_tensor():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(x):
        t = 0.0
        for a, b in zip(x, [1.0, 2.0]):
            t += a * b * w
        return t

    with tf.GradientTape() as tape:
        y = f(tf.constant([3.0, 4.0]))
    return tape.gradient(y, w)


def enumerate_over_a_tensor():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(x):
        t = 0.0
        for i, a in enumerate(x):
            t += a * w
        return t

    with tf.GradientTape() as tape:
        y = f(tf.constant([3.0, 4.0]))
    return tape.gradient(y, w)


def comprehension_over_a_tensor():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(x):
        return tf.add_n([a * w for a in x])

    with tf.GradientTape() as tape:
        y = f(tf.constant([3.0, 4.0]))
    return tape.gradient(y, w)


def unstacked():
    """flows"""

    @tf.function
    def f(x):
        return tf.add_n([a * w for a in tf.unstack(x)])

    with tf.GradientTape() as tape:
        y = f(tf.constant([3.0, 4.0]))
    return tape.gradient(y, w)


def max_of_tensors():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(x):
        return max(x, 1.0) * w

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def and_of_tensors():
    """unknown"""

    @tf.function
    def f(x):
        if x > 1.0 and x < 5.0:
            return x * w
        else:
            return x

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def chained_comparison():
    """unknown"""

    @tf.function
    def f(x):
        if 1.0 < x < 5.0:
            return x * w
        return x * 2.0

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def while_with_counter():
    """flows"""

    @tf.function
    def f(x):
        i = 0
        while i < 3:
            x = x * w
            i += 1
        return x

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def isinstance_in_a_graph():
    """flows"""

    @tf.function
    def f(x):
        if isinstance(x, tf.Tensor):
            return x * w
        return x

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0))
    return tape.gradient(y, w)


def global_counter():
    """flows"""
    state = {"n": 0}

    @tf.function
    def f(x):
        state["n"] += 1
        return x * w * state["n"]

    with tf.GradientTape() as tape:
        y = f(tf.constant(3.0)) + f(tf.constant(4.0))
    return tape.gradient(y, w)


def losses_kept_outside():
    """unknown"""
    losses = []

    @tf.function
    def f(x):
        losses.append(x * w)
        return x * w

    f(tf.constant(3.0))

    with tf.GradientTape() as tape:
        y = tf.add_n(losses)
    return tape.gradient(y, w)
