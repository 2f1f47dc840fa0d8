"""Branches that become operations of a graph: each function is a program; its docstring is the verdict a source."""

import numpy as np
import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0])
v = tf.Variable(2.0)


def _asked(branch):
    @tf.function
    def run(p):
        with tf.GradientTape() as tape:
            y = branch(p)
        return tape.gradient(y, [v])

    return run(x)


def a_number_where_the_other_branch_gives_a_tensor():
    """unknown"""

    def branch(p):
        if tf.reduce_sum(p) < 0.0:
            y = v * v
        else:
            y = 0.0
        return y

    return _asked(branch)


def a_number_that_one_branch_leaves():
    """unknown"""

    def branch(p):
        y = 0.0
        if tf.reduce_sum(p) > 0.0:
            if tf.reduce_max(p) > 5.0:
                y = v * v
        return y

    return _asked(branch)


def a_number_of_numpy():
    """unknown"""

    def branch(p):
        if tf.reduce_sum(p) < 0.0:
            y = v * v
        else:
            y = np.float32(0.0)
        return y

    return _asked(branch)


def a_number_that_is_returned_early():
    """unknown"""

    def branch(p):
        if tf.reduce_sum(p) < 0.0:
            return v * v
        return 0.0

    return _asked(branch)


def a_number_or_what_is_read_from_a_variable():
    """unknown"""
    return _asked(lambda p: tf.cond(tf.reduce_sum(p) < 0.0, lambda: v, lambda: 0.0))


def a_number_in_a_list():
    """unknown"""

    def branch(p):
        if tf.reduce_sum(p) < 0.0:
            y = [v * v, v]
        else:
            y = [0.0, 1.0]
        return y[0]

    return _asked(branch)


def a_number_beside_a_tensor_in_a_dict():
    """zero"""

    def branch(p):
        made = tf.cond(tf.reduce_sum(p) < 0.0, lambda: {"a": v * v, "b": 1.0}, lambda: {"b": 0.0, "a": v})
        return made["b"]

    return _asked(branch)


def a_number_that_another_branch_decides_by():
    """unknown"""

    def branch(p):
        if tf.reduce_sum(p) < 0.0:
            s = 1.0
        else:
            s = 0.0
        y = v * v
        if s == 0.0:
            y = tf.stop_gradient(y)
        return y

    return _asked(branch)


def a_number_kept_in_an_attribute():
    """unknown"""

    class Model(tf.Module):
        def __call__(self, p):
            self.extra = 0.0
            if tf.reduce_max(p) > 5.0:
                self.extra = v * v
            return self.extra

    return _asked(Model())


def a_number_where_the_graph_does_not_branch():
    """none"""

    def branch(p):
        use = False
        return v * v if use else tf.constant(0.0)

    return _asked(branch)


def a_captured_tensor_that_is_watched_after_its_use():
    """unknown, flows"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = x * v
            tape.watch(x)
        return tape.gradient(y, [x, v])

    return run()


def a_tensor_that_is_watched_after_its_use():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = x * v
        tape.watch(x)
    return tape.gradient(y, [x, v])


def a_branch_that_is_not_taken_where_something_is_negated():
    """unknown"""

    def branch(p):
        y = 0.0
        if not tf.reduce_sum(p) > 0.0:
            y = v * v
        return y

    return _asked(branch)


def two_conditions_of_which_the_numbers_are_known():
    """unknown"""

    def branch(p):
        y = 0.0
        if tf.reduce_sum(p) < 0.0 and True:
            y = v * v
        return y

    return _asked(branch)


def a_condition_that_python_decides_before_the_graph():
    """raises TypeError"""

    def branch(p):
        y = 0.0
        if False and tf.reduce_sum(p) < 0.0:
            y = v * v
        return y

    return _asked(branch)


def returned_numbers_that_another_branch_decides_by():
    """unknown"""

    def sign(p):
        if tf.reduce_sum(p) < 0.0:
            return 1.0
        return 0.0

    def branch(p):
        y = v * v
        if sign(p) == 0.0:
            y = tf.stop_gradient(y)
        return y

    return _asked(branch)


def a_number_in_place_of_a_tensor_after_a_loop():
    """zero"""

    def branch(p):
        y = v * v
        for _ in p:
            y = 1.0
        return y

    return _asked(branch)


def a_number_that_a_loop_changes():
    """none"""

    def branch(p):
        y = 2.0
        for _ in p:
            y = y * 2.0
        return y

    return _asked(branch)


def a_number_that_a_loop_changes_beside_a_tensor():
    """zero"""

    def branch(p):
        y, z, n = 2.0, v * v, tf.constant(0)
        while n < 3:
            y = 3.0
            z = z * v
            n += 1
        return y

    return _asked(branch)


def a_number_that_a_branch_gives_beside_a_tensor():
    """zero, flows"""
    w = tf.Variable(3.0)

    @tf.function
    def run(p):
        with tf.GradientTape() as tape:
            z = w * v
            if tf.reduce_sum(p) > 0.0:
                y, z = 1.0, v * v
            else:
                y = 2.0
            total = y + tf.stop_gradient(z) + w
        return tape.gradient(total, [v, w])

    return run(x)


def a_number_that_a_branch_gives_beside_what_nobody_reads():
    """none"""

    def branch(p):
        z = v * 1.0
        if tf.reduce_sum(p) > 0.0:
            y = 1.0
            z = v * v
        else:
            y = 2.0
        return y

    return _asked(branch)


def a_tape_in_a_loop_over_data():
    """flows"""

    @tf.function
    def run(data):
        found = 0.0
        for value in data:
            with tf.GradientTape() as tape:
                loss = tf.square(value * v)
            found += tape.gradient(loss, [v])[0]
        return [found]

    return run(tf.data.Dataset.from_tensor_slices(x))


def a_loop_over_data_that_decides_only_a_factor():
    """none, flows"""
    w = tf.Variable(3.0)

    @tf.function
    def run(data):
        with tf.GradientTape() as tape:
            y, n = w * 1.0, v * 1.0
            for value in data:
                n = n + value
            y = y * n
        return tape.gradient(y, [v, w])

    return run(tf.data.Dataset.from_tensor_slices(x))


def whole_numbers_that_come_out_of_a_map():
    """zero"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = tf.map_fn(lambda t: tf.cast(t * v, tf.int32), x, fn_output_signature=tf.int32)
        return tape.gradient(y, [v])

    return run()


def what_is_computed_from_such_whole_numbers():
    """none"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = tf.map_fn(lambda t: tf.cast(t * v, tf.int32), x, fn_output_signature=tf.int32)[0]
        return [tf.constant(77.0) if g is None else g for g in tape.gradient(y, [v])]

    return [None if float(g) == 77.0 else g for g in run()]


def a_counter_of_a_python_loop():
    """zero"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y, z = tf.constant(0), v * 1.0
            for _ in tf.range(3):
                y, z = y + 1, z * v
        return tape.gradient(y, [v])

    return run()


def a_loop_whose_body_gives_a_dict_for_a_list():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda d: d["i"] < 3, lambda d: {"i": d["i"] + 1, "a": d["a"] * v}, [{"i": 0, "a": v}])
    return tape.gradient(y[0]["a"], [v])


def a_loop_that_reads_a_variable_out_of_sight():
    """none"""

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y + tf.stop_gradient(v) * x), [0, x * 0.0])[1]
        return [tf.constant(77.0) if g is None else g for g in tape.gradient(y, [v])]

    return [None if float(g) == 77.0 else g for g in run()]


def a_map_to_another_structure():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.map_fn(lambda t: (t, t * v), x)[1]
    return tape.gradient(y, [v])


def a_map_to_the_structure_that_is_said():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.map_fn(lambda t: (t, t * v), x, fn_output_signature=(tf.float32, tf.float32))[1]
    return tape.gradient(y, [v])


def a_parameter_named_as_what_an_arm_leaves():
    """flows"""

    @tf.function
    def f():
        y = v * 1.0
        if tf.reduce_max(v) >= 0.65:
            states = [y]
            y = states[0]
        shift = lambda states, more: states + more
        return shift(y, 1.0)

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, v)
