"""Third derivatives, what graphs give back under several tapes, loops that run no round, targets of whole numbers."""

import tensorflow as tf

v = tf.Variable(1.5)
w = tf.Variable(2.0)
i = tf.constant([1, 2])


@tf.function
def _branched(x):
    if x > 0.0:
        return x * x
    return x


@tf.function
def _two(x, y):
    return tf.sin(x) + y


def third_through_a_branch_of_a_graph():
    """unknown"""
    with tf.GradientTape() as t0:
        with tf.GradientTape() as t1:
            with tf.GradientTape() as t2:
                y = _branched(v)
            first = t2.gradient(y, v)
        second = t1.gradient(first, v)
    return t0.gradient(second, [v])


def zeros_for_a_summand_of_a_graph():
    """unknown, unknown"""
    with tf.GradientTape() as t0:
        with tf.GradientTape() as t1:
            with tf.GradientTape() as t2:
                y = _two(v, w)
            first = t2.gradient(y, w)
        second = t1.gradient(first, v)
    return t0.gradient(second, [v, w])


def a_third_tape_that_is_not_under_the_second():
    """raises TypeError"""
    with tf.GradientTape(persistent=True) as tape:
        y = v * v * v
        first = tape.gradient(y, v)
    second = tape.gradient(first, v)
    third = tape.gradient(second, v)
    return tape.gradient(third, [v])


def second_through_an_idle_loop_of_a_graph():
    """unknown, unknown"""

    @tf.function
    def run():
        with tf.GradientTape() as t0:
            with tf.GradientTape() as t1:
                y = tf.while_loop(lambda n, s: n < 0, lambda n, s: (n + 1, s * v * w), (0, tf.constant(1.0)))[1]
            first = t1.gradient(y, v)
        return t0.gradient(first, [v, w])

    return run()


def what_is_linear_is_not_computed_again_in_a_graph():
    """unknown, unknown"""

    @tf.function
    def run():
        with tf.GradientTape() as t0:
            with tf.GradientTape() as t1:
                y = tf.recompute_grad(lambda x: tf.identity(x))(v * 1.0)
            first = t1.gradient(y, v)
        return t0.gradient(first, [v, w])

    return run()


def what_is_not_linear_is_computed_again_in_a_graph():
    """raises NotImplementedError, raises NotImplementedError"""

    @tf.function
    def run():
        with tf.GradientTape() as t0:
            with tf.GradientTape() as t1:
                y = tf.recompute_grad(lambda x: tf.sin(x))(v * 1.0)
            first = t1.gradient(y, v)
        return t0.gradient(first, [v, w])

    return run()


def no_round_at_most():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda n, s: n < 5, lambda n, s: (n + 1, s * w), (0, v * 1.0), maximum_iterations=0)[1]
    return tape.gradient(y, [v, w])


def no_round_at_most_in_a_graph():
    """flows, zero"""

    @tf.function
    def run():
        return tf.while_loop(lambda n, s: n < 5, lambda n, s: (n + 1, s * w), (0, v * 1.0), maximum_iterations=0)[1]

    with tf.GradientTape() as tape:
        y = run()
    return tape.gradient(y, [v, w])


def no_row_to_fold():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.foldl(lambda s, e: tf.stop_gradient(s * w), tf.zeros([0]), v * 1.0)
    return tape.gradient(y, [v, w])


def a_loop_that_may_run_no_round():
    """sometimes none, none"""
    n = tf.constant(0)
    with tf.GradientTape() as tape:
        y = v * 1.0
        for _ in tf.range(n):
            y = tf.stop_gradient(y * w)
    return tape.gradient(y, [v, w])


def a_loop_of_a_graph_that_may_run_no_round():
    """unknown, zero"""

    @tf.function
    def run(n):
        y = v * 1.0
        while n > 0:
            y = tf.stop_gradient(y * w)
            n -= 1
        return y

    with tf.GradientTape() as tape:
        y = run(tf.constant(0))
    return tape.gradient(y, [v, w])


@tf.function
def _first_of(a, b):
    return a * 2.0


def handed_over_within_a_loop_and_not_used():
    """flows, zero"""

    @tf.function
    def run(a, b):
        return tf.while_loop(lambda n, s: n < 2, lambda n, s: (n + 1, _first_of(s, b)), (0, a))[1]

    with tf.GradientTape() as tape:
        y = run(v, w)
    return tape.gradient(y, [v, w])


def whole_numbers_by_themselves():
    """flows"""
    with tf.GradientTape() as tape:
        tape.watch(i)
    return tape.gradient(i, [i])


def whole_numbers_in_a_graph_by_themselves():
    """flows"""

    @tf.function
    def run(i):
        with tf.GradientTape() as tape:
            tape.watch(i)
        return tape.gradient(i, [i])

    return run(i)


def whole_numbers_of_a_variable():
    """flows, none"""
    steps = tf.Variable([1, 2])
    with tf.GradientTape() as tape:
        more = steps + 1
    return tape.gradient(more, [more, steps])


def truths_by_themselves():
    """none, flows"""
    with tf.GradientTape() as tape:
        above = v > 1.0
    return tape.gradient(above, [v, above])


def places_by_themselves():
    """zero, flows"""
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        _, places = tf.math.top_k(x)
    return tape.gradient(places, [x, places])


def ones_have_no_gradient():
    """none"""
    with tf.GradientTape() as outer:
        outer.watch(i)
        with tf.GradientTape() as inner:
            inner.watch(i)
        ones = inner.gradient(i, i)
    return outer.gradient(ones, [i])


def a_jacobian_of_whole_numbers():
    """none"""
    with tf.GradientTape() as tape:
        tape.watch(i)
    return tape.jacobian(i, [i])


def a_quotient_three_times():
    """flows, none"""
    with tf.GradientTape() as t0:
        with tf.GradientTape() as t1:
            with tf.GradientTape() as t2:
                y = w / v
            first = t2.gradient(y, w)
        second = t1.gradient(first, v)
    return t0.gradient(second, [v, w])


def branches_within_branches_twice():
    """unknown, unknown"""

    @tf.function
    def run(x, y):
        if y > 100.0:
            z = x * x * x
        elif x > 0.0:
            z = y**3
        else:
            z = y**3
        return z

    with tf.GradientTape() as t0:
        with tf.GradientTape() as t1:
            y = run(v, w)
        first = t1.gradient(y, v)
    return t0.gradient(first, [v, w])


def through_python_twice():
    """unknown"""
    with tf.GradientTape(persistent=True) as tape:
        y = tf.py_function(lambda x: x * x, [v], tf.float32)
    tape.gradient(y, v)
    return tape.gradient(y, [v])


def read_by_stop_gradient_in_a_graph():
    """zero, flows"""

    @tf.function
    def run():
        y = 1.0
        for _ in tf.range(2):
            y = y * w * tf.stop_gradient(v)
        return y

    with tf.GradientTape() as tape:
        y = run()
    return tape.gradient(y, [v, w])


def the_shape_of_it_in_a_loop():
    """unknown, none"""

    @tf.function
    def run():
        return tf.while_loop(lambda n, s: n < 2, lambda n, s: (n + 1, s + tf.ones_like(v)), (0, tf.constant(1.0)))[1]

    with tf.GradientTape() as tape:
        y = run() * 1.0
    return tape.gradient(y, [v, w])


def rows_that_a_loop_does_not_use():
    """zero, flows"""

    @tf.function
    def run(a, b):
        y = tf.constant(0.0)
        for _ in tf.stack([a, a]):
            y += b
        return y

    with tf.GradientTape() as tape:
        y = run(v, w)
    return tape.gradient(y, [v, w])


def a_branch_from_before_the_tape():
    """none, none"""

    @tf.function
    def run():
        y = tf.cond(w > 100.0, lambda: v, lambda: tf.stop_gradient(v))
        with tf.GradientTape() as tape:
            tape.watch(v)
        return tape.gradient(y, [v, w])

    return run()


def a_gradient_of_its_own_that_ignores_what_comes_down():
    """unknown, unknown"""

    @tf.function
    def run(a, b):
        @tf.custom_gradient
        def own(p, q):
            return p * 1.0, lambda up: (tf.ones_like(p), up * tf.sign(p))

        return own(tf.identity(a), tf.identity(b))

    with tf.GradientTape() as t0:
        with tf.GradientTape() as t1:
            y = run(v, w)
        first = t1.gradient(y, w)
    return t0.gradient(first, [v, w])


def what_a_loop_read_before_the_tape():
    """none"""
    y = tf.while_loop(lambda s: s < 0.0, lambda s: (s + 1.0,), (v,))[0]
    with tf.GradientTape() as tape:
        tape.watch(v)
    return tape.gradient(y, [v])


def what_is_recomputed_from_around_it():
    """raises NotImplementedError, raises NotImplementedError"""

    @tf.function
    def run(a, b):
        return tf.recompute_grad(lambda c: b / c)(a * 1.0)

    with tf.GradientTape() as t0:
        with tf.GradientTape() as t1:
            y = run(v, w)
        first = t1.gradient(y, w)
        first = v * w if first is None else first
    return t0.gradient(first, [v, w])


def rows_of_an_idle_jacobian():
    """unknown, unknown"""

    @tf.function
    def run(x):
        y = x * 1.0
        n = tf.constant(0)
        while n < 1:
            y = 3.0 * tf.ones_like(y)
            n += 1
        return y

    with tf.GradientTape() as tape:
        y = run(v)
    return tape.jacobian(y, [v, w])


def recomputed_of_what_no_tape_watches_by_itself():
    """unknown"""
    x = tf.Variable([1.0, 2.0, 3.0], trainable=False)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.recompute_grad(tf.tanh)(x)
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


def recomputed_in_the_graph_of_a_jacobian():
    """unknown"""
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(tf.constant)(x * 2.0)
    return tape.jacobian(y, x)


def rows_that_one_way_of_two_hands_on():
    """unknown, unknown"""
    x, other = tf.constant([1.0, 2.0, 3.0]), tf.Variable(1.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            try:
                part = tf.reshape(x, [2, 2])
            except tf.errors.InvalidArgumentError:
                part = tf.math.segment_sum(x, [0, 1, 2])
            y = tf.reduce_sum(tf.tanh(part))
        slope = inner.gradient(y, x)
    return outer.jacobian(slope, [x, other])
